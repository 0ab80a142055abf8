"""Issued invoices straight in the database, through every seal it has: for tests of what comes after issue."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from stateworks.kernel.clocks.fiscal import parse_period
from stateworks.kernel.org.models import Organization
from stateworks.modules.billing import models

Line = dict[str, Any]


def issue(
    agency: Organization, month: str, at: dt.datetime, *lines: Line, code: str = "", days_to_pay: int = 30
) -> models.Invoice:
    """Issue an invoice of lines, each with `account`, `sku` and `cents`, and whatever else differs from usage of the month."""
    span = parse_period(month)
    period, _ = models.BillingPeriod.objects.get_or_create(
        code=month, defaults={"starts_on": span.starts, "ends_on": span.ends}
    )
    run, _ = models.BillingRun.objects.get_or_create(
        period=period, defaults={"inputs_hash": month, "made_at": at}
    )
    invoice = models.Invoice.objects.create(
        code=code or f"{month}-{agency.code}", period=period, organization=agency, run=run,
        cents=sum(one["cents"] for one in lines),
    )  # fmt: skip
    models.InvoiceLine.objects.bulk_create(
        models.InvoiceLine(**{"code": f"{invoice.code}.{place}", "invoice": invoice, "origin": month, "kind": "usage",
                              "quantity": Decimal(1), **one})
        for place, one in enumerate(lines, 1)
    )  # fmt: skip
    models.InvoiceReview.objects.create(invoice=invoice, reviewed_at=at)
    invoice.state = "approved"
    invoice.save(update_fields=["state"])
    number = f"{month.replace('-', '')}-{invoice.pk % 100_000:05}"
    invoice.state, invoice.number, invoice.issued_at = "issued", number, at
    invoice.due_on = at.date() + dt.timedelta(days=days_to_pay)
    invoice.save(update_fields=["state", "number", "issued_at", "due_on"])
    return invoice
