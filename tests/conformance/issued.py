"""What some rows need done that no row alone can bring: a payment's invoice is issued first, and so is what an agency sees.

A draft invoice, and all that hangs on it, is the office's own; `opened` issues it, and from then on its agency sees it.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from stateworks.kernel.clocks.fiscal import parse_period
from stateworks.kernel.org.models import Organization
from stateworks.kernel.records.fields import Bound
from stateworks.kernel.records.types import RecordType
from stateworks.modules.billing import models
from stateworks.modules.billing.tests.issued import issue

ISSUED_AT = dt.datetime(2026, 6, 1, 15, tzinfo=dt.UTC)
"""Before the day of any row."""
CENTS = 10**9
PLAIN = "paid"
"""What the invoice is called by where no word of the agency is asked for."""


MONTH = "2026-03"
"""The month of billing in which the invoices of rows are issued: another one than those of what is paid."""


def opened(declared: RecordType, record: Any) -> None:
    """Issue the invoice that a row is or hangs on; nothing where rows of the type are seen from the first."""
    if declared.seen_once is None:
        return
    invoice = models.Invoice.objects.get(
        pk=record.pk if declared.model is models.Invoice else record.invoice_id
    )
    if invoice.state == models.InvoiceState.ISSUED:
        return
    span = parse_period(MONTH)
    invoice.period, _ = models.BillingPeriod.objects.get_or_create(
        code=MONTH, defaults={"starts_on": span.starts, "ends_on": span.ends}
    )
    # A month has one run that counts, and as many as one likes that were replaced.
    invoice.run = models.BillingRun.objects.create(
        period=invoice.period, state=models.RunState.REPLACED, made_at=ISSUED_AT, issued_at=ISSUED_AT
    )
    models.InvoiceReview.objects.update_or_create(invoice=invoice, defaults={"reviewed_at": ISSUED_AT})
    invoice.cents = sum(invoice.lines.values_list("cents", flat=True))
    invoice.number, invoice.state = f"N{invoice.pk}", models.InvoiceState.APPROVED
    invoice.save()
    invoice.state, invoice.issued_at = models.InvoiceState.ISSUED, ISSUED_AT
    invoice.save()


def prepared(declared: RecordType, one: Bound, agency: Organization, word: str = PLAIN) -> str:
    """Return the code of what a row refers to, made for it; empty where any row will do."""
    if (declared.name, one.name) != ("billing.payment", "invoice"):
        return ""
    code = f"{word}-{agency.code}"
    if models.Invoice.objects.filter(code=code).exists():
        return code
    from stateworks.kernel.org.models import LineOfService

    service, _ = LineOfService.objects.get_or_create(
        code="paid-for", defaults={"name": "Paid for", "section": Organization.objects.get(parent=None)}
    )
    sku, _ = models.Sku.objects.get_or_create(
        code="paid-for", defaults={"name": "Paid for", "line_of_service": service}
    )
    account, _ = models.BillingAccount.objects.get_or_create(
        code=f"{word}-{agency.code}", defaults={"name": f"{word} {agency.code}", "organization": agency}
    )
    # A month has one invoice of an agency.
    month = "2026-05" if word == PLAIN else "2026-04"
    issue(agency, month, ISSUED_AT, {"account": account, "sku": sku, "cents": CENTS}, code=code)
    return code
