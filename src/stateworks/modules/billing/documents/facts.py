"""What the documents of an invoice are written from: read once, the same for all forms."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from stateworks.kernel.plans.models import Plan
from stateworks.modules.billing.models import Invoice, InvoiceLine


@dataclass(frozen=True)
class Facts:
    """An issued invoice, who writes it, and its lines with account, SKU and service."""

    invoice: Invoice
    issuer: str
    lines: list[InvoiceLine]
    issued_at: dt.datetime

    @property
    def starts_on(self) -> dt.date:
        """First day of the month that is billed."""
        return self.invoice.period.starts_on

    @property
    def ends_on(self) -> dt.date:
        """Its last day."""
        return self.invoice.period.ends_on


def office_called() -> str:
    """Return the office's name, as its plan calls it."""
    found = (
        Plan.objects.filter(current__isnull=False, retired_on__isnull=True)
        .order_by("id")
        .values_list("office", flat=True)
        .first()
    )
    return found or "Office of Technology Services"


def facts_of(invoice: Invoice) -> Facts:
    """Read an issued invoice."""
    lines = list(invoice.lines.select_related("account", "sku__line_of_service").order_by("pk"))
    if invoice.issued_at is None:
        raise ValueError(f"{invoice.code} is not issued")
    return Facts(invoice, office_called(), lines, invoice.issued_at)


def month_of(origin: str) -> tuple[dt.date, dt.date]:
    """Return the first and last day of a month such as 2026-09."""
    first = dt.date.fromisoformat(f"{origin}-01")
    return first, (first.replace(day=28) + dt.timedelta(days=4)).replace(day=1) - dt.timedelta(days=1)
