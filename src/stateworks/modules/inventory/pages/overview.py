"""The inventory's front page: what needs attention, what there is, and where to go."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_required
from django.db.models import Case, Count, Exists, OuterRef, Q, QuerySet, Value, When
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from stateworks.kernel.access.scope import Scope, visible
from stateworks.modules.inventory.attesting import alive, live_systems, none_attested, open_request
from stateworks.modules.inventory.models import (
    AttestationRequest,
    Criticality,
    Dependency,
    Hosting,
    Lifecycle,
    Outage,
    Severity,
    System,
)
from stateworks.modules.inventory.outage_reading import listed, outages_seen
from stateworks.modules.inventory.pages.system import trail
from stateworks.modules.inventory.rules import by_rule, by_severity
from stateworks.web import asked
from stateworks.web.paging import csv_answer, paged, wants_csv

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
    today, answers = timezone.localdate(), asked.answers(request)
    found = answers.of(sums, today)
    total = sum(found["lifecycle"].values())
    context = {
        "total": total, "hidden": answers.of_everything(number_of_systems) - total, "ways": WAYS, "today": today,
        "can_import": asked.can(request, "data.import"), "trail": [], "here": "Inventory",
    }  # fmt: skip
    if total:
        context |= {
            "lifecycle": lines(found, "lifecycle", Lifecycle.choices),
            "criticality": lines(found, "criticality", Criticality.choices, still=True),
            "hosting": lines(found, "hosting", Hosting.choices, still=True),
            "live": found["live"], "unknown": answers.of(number_unknown, today), "outages": running(answers.scope),
            **answers.of(attention, today),
        }  # fmt: skip
    return render(request, "inventory/overview.html", context)


STILL = [("lifecycle", str(one)) for one in Lifecycle if one != Lifecycle.RETIRED]


def number_of_systems(scope: Scope) -> int:
    """How many systems there are."""
    return visible(System.objects.all(), scope, "organization").count()


def number_unknown(scope: Scope, today: dt.date) -> int:
    """How many systems nobody has said anything of what they depend on."""
    return unknown(scope, today).order_by().count()


def sums(scope: Scope, today: dt.date) -> dict[str, Any]:
    """How many systems have each value of each choice: by lifecycle of all, the others of the live ones; one query."""
    live = Case(When(Q(lifecycle=Lifecycle.RETIRED) | ~alive(today), then=Value(False)), default=Value(True))
    rows = visible(System.objects.all(), scope, "organization").order_by()
    cells = rows.values_list("lifecycle", "criticality", "hosting", live).annotate(n=Count("pk"))
    found: dict[str, Any] = {
        "lifecycle": Counter(),
        "criticality": Counter(),
        "hosting": Counter(),
        "live": 0,
    }
    for lifecycle, criticality, hosting, is_live, n in cells:
        found["lifecycle"][lifecycle] += n
        if is_live:
            found["criticality"][criticality] += n
            found["hosting"][hosting] += n
            found["live"] += n
    return found


def lines(found: dict[str, Any], name: str, choices: Any, *, still: bool = False) -> list[Line]:
    """One choice in the order of its values, those that occur, each with the address of its list."""
    base = STILL if still else []
    return [
        Line(
            label,
            found[name][value],
            reverse("web:dataset", args=[LIST]) + "?" + urlencode([*base, (name, value)]),
        )
        for value, label in choices
        if found[name][value]
    ]


def unknown(scope: Scope, today: dt.date) -> QuerySet[System]:
    """The systems one may see for which nobody has said what they depend on."""
    held = Dependency.objects.filter(
        Q(retired_on__isnull=True) | Q(retired_on__gt=today), system=OuterRef("pk")
    )
    rows = visible(live_systems(today), scope, "organization").filter(~Exists(held))
    return rows.exclude(none_attested(today)).order_by("criticality", "name", "pk")


def running(scope: Scope) -> list[Outage]:
    """The outages that run and concern a scope, real ones first; none tells what it must not."""
    rows = outages_seen(scope).filter(
        restored_at__isnull=True, closed_at__isnull=True, cancelled_at__isnull=True
    )
    return [one.row for one in listed(rows.order_by("drill", "-declared_at"), scope, 10)]


def attention(scope: Scope, today: dt.date) -> dict[str, Any]:
    """Overdue answers, and open findings by severity."""
    waiting = visible(AttestationRequest.objects.filter(open_request()), scope, "system__organization")
    asked_for = waiting.aggregate(
        waiting=Count("system", distinct=True),
        overdue=Count("system", filter=Q(campaign__due_on__lt=today), distinct=True),
    )
    counted = by_rule(scope, today)
    graded = by_severity(counted)
    return {
        "asked_for": asked_for,
        "findings": [(value, label, graded[value]) for value, label in Severity.choices if value in graded],
        "late": sum(row["overdue"] for row in counted.values()),
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
