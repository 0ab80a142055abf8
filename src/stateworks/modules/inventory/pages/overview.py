"""The inventory's front page: what needs attention, what there is, and where to go."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_required
from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from stateworks.kernel.access.scope import SYSTEM, Scope, entered, visible
from stateworks.modules.inventory.attesting import live_systems, none_attested, open_request
from stateworks.modules.inventory.models import (
    AttestationRequest,
    Criticality,
    Dependency,
    Finding,
    FindingState,
    Hosting,
    Lifecycle,
    Severity,
    System,
)
from stateworks.modules.inventory.outage_reading import listed, outages_seen
from stateworks.modules.inventory.pages.paging import csv_answer, paged, wants_csv
from stateworks.modules.inventory.pages.system import trail
from stateworks.modules.inventory.rules import counts_by_severity
from stateworks.web import asked

LIST = "inventory.system"
WAYS = (
    ("inventory.system", "Systems"), ("inventory.dependency", "Dependencies"), ("inventory.component", "Components"),
    ("inventory.technology", "Technologies"), ("inventory.monitor", "Monitors"), ("inventory.website", "Websites"),
)  # fmt: skip
"""What an empty inventory begins with."""


@dataclass(frozen=True)
class Line:
    """One value of a choice with how many systems have it, and where they are listed."""

    label: str
    n: int
    url: str


@login_required
def overview(request: HttpRequest) -> HttpResponse:
    """What needs attention now, the systems counted in three ways, and the ways in and on."""
    scope, today = asked.scope(request), timezone.localdate()
    systems = visible(System.objects.all(), scope, "organization").order_by()
    total = systems.count()
    with entered(SYSTEM):
        hidden = System.objects.count() - total
    live = visible(live_systems(today), scope, "organization").order_by()
    context = {
        "total": total, "hidden": hidden, "ways": WAYS, "today": today,
        "can_import": asked.can(request, "data.import"), "trail": [], "here": "Inventory",
    }  # fmt: skip
    if total:
        context |= {
            "lifecycle": counted(systems, "lifecycle", Lifecycle.choices),
            "criticality": counted(live, "criticality", Criticality.choices, still=True),
            "hosting": counted(live, "hosting", Hosting.choices, still=True),
            "live": live.count(), "unknown": unknown(scope, today).count(),
            **attention(scope, today),
        }  # fmt: skip
    return render(request, "inventory/overview.html", context)


STILL = [("lifecycle", str(one)) for one in Lifecycle if one != Lifecycle.RETIRED]


def counted(rows: QuerySet[System], name: str, choices: Any, *, still: bool = False) -> list[Line]:
    """How many systems have each value of a choice, in the order of the choices; one query."""
    found = dict(rows.values_list(name).annotate(n=Count("pk")))
    base = STILL if still else []
    return [
        Line(
            label, found[value], reverse("web:dataset", args=[LIST]) + "?" + urlencode([*base, (name, value)])
        )
        for value, label in choices
        if found.get(value)
    ]


def unknown(scope: Scope, today: dt.date) -> QuerySet[System]:
    """The systems one may see for which nobody has said what they depend on."""
    held = Dependency.objects.filter(
        Q(retired_on__isnull=True) | Q(retired_on__gt=today), system=OuterRef("pk")
    )
    rows = visible(live_systems(today), scope, "organization").filter(~Exists(held))
    return rows.exclude(none_attested(today)).order_by("criticality", "name", "pk")


def attention(scope: Scope, today: dt.date) -> dict[str, Any]:
    """Open outages, overdue answers and findings by severity."""
    running = outages_seen(scope).filter(
        restored_at__isnull=True, closed_at__isnull=True, cancelled_at__isnull=True
    )
    outages = [one.row for one in listed(running.order_by("drill", "-declared_at"), scope, 10)]
    waiting = visible(AttestationRequest.objects.filter(open_request()), scope, "system__organization")
    asked_for = waiting.aggregate(
        waiting=Count("system", distinct=True),
        overdue=Count("system", filter=Q(campaign__due_on__lt=today), distinct=True),
    )
    findings = visible(Finding.objects.all(), scope, "system__organization")
    by_severity = counts_by_severity(findings)
    return {
        "outages": outages, "asked_for": asked_for,
        "findings": [(value, label, by_severity[value]) for value, label in Severity.choices if by_severity.get(value)],
        "late": findings.filter(state=FindingState.OPEN, due_on__lt=today).count(),
    }  # fmt: skip


HEADINGS = ("system", "name", "agency", "criticality", "owner", "e-mail")


@login_required
def unknown_page(request: HttpRequest) -> HttpResponse:
    """The systems whose dependencies are unknown, most critical first, with whom to ask."""
    rows = unknown(asked.scope(request), timezone.localdate()).select_related("organization", "owner")
    if wants_csv(request):
        return csv_answer("dependencies-unknown", HEADINGS, rows, _cells)
    context = {
        "shown": paged(request, rows),
        "today": timezone.localdate(),
        "trail": trail(),
        "here": "Dependencies unknown",
    }
    return render(request, "inventory/unknown.html", context)


def _cells(row: Any) -> tuple[Any, ...]:
    return (
        row.code, row.name, row.organization.code, row.get_criticality_display(),
        row.owner.name if row.owner else "", row.owner.email if row.owner else "",
    )  # fmt: skip
