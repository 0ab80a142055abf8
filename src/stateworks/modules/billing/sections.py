"""What billing shows on pages of other rooms: an agency's invoices on the agency's page."""

from __future__ import annotations

from django.http import HttpRequest

from stateworks.kernel.org.models import Organization
from stateworks.web.sections import Section, register

SHOWN = 6


def invoices_of(request: HttpRequest, agency: Organization) -> Section | None:
    """The last invoices of an agency, and the way to its business review; one query."""
    from stateworks.modules.billing.models import InvoiceState
    from stateworks.modules.billing.pages.seen import invoices_seen

    rows = invoices_seen(request).filter(organization=agency).select_related("period")
    found = list(rows.order_by("-period__code")[:SHOWN])
    if not found:
        return None
    issued = next((one.period.code for one in found if one.state == InvoiceState.ISSUED), "")
    context = {"rows": found, "code": agency.code, "issued": issued}
    return Section("invoices", "Invoices", "billing/agency_invoices.html", context, order=40)


register("office.organization", invoices_of)
