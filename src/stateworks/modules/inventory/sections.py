"""What the inventory shows on pages of other rooms: an agency's systems on the agency's page."""

from __future__ import annotations

import datetime as dt

from django.db.models import Count, Q
from django.http import HttpRequest

from stateworks.kernel.access.scope import Scope, visible
from stateworks.kernel.org.models import Organization, OrganizationClosure
from stateworks.web import asked
from stateworks.web.sections import Section, register

SHOWN = 10


def systems_of(request: HttpRequest, agency: Organization) -> Section | None:
    """The systems of an agency and of what is below it: how many, and the most critical."""
    from django.utils import timezone

    from stateworks.modules.inventory.models import System

    counts, first = asked.answers(request).of(below, agency.pk, timezone.localdate())
    if not counts["n"]:
        return None
    rows = visible(System.objects.filter(pk__in=first), asked.scope(request), "organization")
    context = {
        **counts, "code": agency.code,
        "rows": list(rows.select_related("owner").order_by("criticality", "name", "pk")),
    }  # fmt: skip
    return Section("systems", "Its systems", "inventory/part/agency_systems.html", context, order=30)


def below(scope: Scope, agency: int, today: dt.date) -> tuple[dict[str, int], tuple[int, ...]]:
    """Count the live systems of an organization and of what is below it, and their open findings; the first ids beside."""
    from stateworks.modules.inventory.attesting import live_systems
    from stateworks.modules.inventory.models import Criticality, Finding, FindingState

    places = OrganizationClosure.objects.filter(ancestor=agency).values("descendant")
    rows = visible(live_systems(today), scope, "organization").filter(organization__in=places).order_by()
    counts: dict[str, int] = rows.aggregate(
        n=Count("pk"),
        critical=Count("pk", filter=Q(criticality__in=[Criticality.ESSENTIAL, Criticality.IMPORTANT])),
    )
    findings = Finding.objects.filter(state=FindingState.OPEN, system__in=rows.values("pk"))
    first = rows.order_by("criticality", "name", "pk").values_list("pk", flat=True)[:SHOWN]
    return {**counts, "findings": findings.count()}, tuple(first)


register("office.organization", systems_of)
