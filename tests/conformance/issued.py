"""What some rows refer to has to stand somewhere that no row alone can bring it to: a payment's invoice is issued first."""

from __future__ import annotations

import datetime as dt

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
