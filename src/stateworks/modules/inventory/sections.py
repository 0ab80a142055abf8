"""What the inventory shows on pages of other rooms: an agency's systems on the agency's page."""

from __future__ import annotations

from django.db.models import Count, Q
from django.http import HttpRequest

from stateworks.kernel.org.models import Organization, OrganizationClosure
from stateworks.web import asked
from stateworks.web.sections import Section, register

SHOWN = 10


def systems_of(request: HttpRequest, agency: Organization) -> Section | None:
    """The systems of an agency and of what is below it: how many, and the most critical; three queries."""
    from django.utils import timezone

    from stateworks.kernel.access.scope import visible
    from stateworks.modules.inventory.attesting import live_systems
    from stateworks.modules.inventory.models import Criticality, Finding, FindingState

    below = OrganizationClosure.objects.filter(ancestor=agency).values("descendant")
    rows = visible(live_systems(timezone.localdate()), asked.scope(request), "organization").filter(
        organization__in=below
    )
    counts = rows.order_by().aggregate(
        n=Count("pk"),
        critical=Count("pk", filter=Q(criticality__in=[Criticality.ESSENTIAL, Criticality.IMPORTANT])),
    )
    if not counts["n"]:
        return None
    context = {
        **counts, "code": agency.code,
        "rows": list(rows.select_related("owner").order_by("criticality", "name", "pk")[:SHOWN]),
        "findings": Finding.objects.filter(state=FindingState.OPEN, system__in=rows.order_by().values("pk")).count(),
    }  # fmt: skip
    return Section("systems", "Its systems", "inventory/part/agency_systems.html", context, order=30)


register("office.organization", systems_of)
