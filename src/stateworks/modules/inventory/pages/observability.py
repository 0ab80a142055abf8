"""Watching systems: one system's checklist, and what is onboarded to monitoring in all."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Count, Exists, OuterRef
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from stateworks.kernel.access.permissions import allowed, require
from stateworks.kernel.access.scope import Scope, visible
from stateworks.kernel.errors import Refused
from stateworks.modules.inventory.attesting import alive, live_systems
from stateworks.modules.inventory.models import (
    Check,
    CheckItem,
    CheckState,
    Lifecycle,
    Monitor,
    MonitoringTool,
)
from stateworks.modules.inventory.pages.system import system_or_404, trail, trail_to
from stateworks.modules.inventory.verbs import observability as verbs
from stateworks.modules.inventory.watching import checklist_of, passed, watching
from stateworks.web import asked
from stateworks.web.paging import csv_answer, paged, wants_csv


@login_required
def checklist(request: HttpRequest, code: str) -> HttpResponse:
    """One system's checklist with evidence and dates, and what watches it; those with the right record what they found."""
    own, today = system_or_404(request, code), timezone.localdate()
    errors: list[tuple[str, str]] = []
    if request.method == "POST":
        require(asked.signed_in(request), "inventory.attest", own.organization)
        try:
            messages.success(request, _do(request, code))
        except Refused as refused:
            errors.append((request.POST.get("at", ""), refused.sentence))
        else:
            return redirect("inventory:checklist", code)
    items = list(CheckItem.objects.filter(alive(today)))
    lines = checklist_of(items, Check.objects.filter(system=own).select_related("checked_by"), today)
    required = [line for line in lines if line.item.required]
    context = {
        "system": own, "lines": lines, "passed": passed(lines), "required": len(required),
        "in_place": sum(line.counts for line in required), "states": CheckState.choices,
        "monitors": list(Monitor.objects.filter(system=own).select_related("tool").order_by("offboarded_on", "tool__name")),
        "tools": list(MonitoringTool.objects.all()), "errors": errors, "given": request.POST, "today": today,
        "can_change": allowed(asked.account(request), "inventory.attest", own.organization),
        "trail": trail_to(own), "here": "Observability",
    }  # fmt: skip
    return render(request, "inventory/checklist.html", context, status=400 if errors else 200)


def _do(request: HttpRequest, code: str) -> str:
    """Do what the pressed button says and return what to tell."""
    who, at, given = asked.signed_in(request), timezone.now(), request.POST
    what = given.get("do", "")
    if what == "onboard":
        made = verbs.onboard(
            code, given.get("tool", ""), given.get("entity", ""), name=given.get("name", ""), by=who, at=at
        )
        return f"{made} is watched."
    if what.startswith("offboard-") and what.removeprefix("offboard-").isdecimal():
        row = verbs.offboard(
            int(what.removeprefix("offboard-")), reason=given.get("reason", ""), by=who, at=at
        )
        return f"{row} is no longer watched."
    if what == "checks":
        return _checks(request, code)
    raise Refused("Press one of the buttons.")


def _checks(request: HttpRequest, code: str) -> str:
    """Record every point that was set on the form; one that is refused keeps the others from being saved."""
    from django.db import transaction

    who, at, given = asked.signed_in(request), timezone.now(), request.POST
    known = {row.item.code: row for row in Check.objects.filter(system__code=code).select_related("item")}
    done = 0
    with transaction.atomic():
        for name in given:
            if not name.startswith("state-") or not given[name]:
                continue
            item, evidence = (
                name.removeprefix("state-"),
                given.get(f"evidence-{name.removeprefix('state-')}", ""),
            )
            row = known.get(item)
            today = timezone.localdate()
            same = row is not None and (row.state, row.evidence, row.checked_on) == (
                given[name],
                evidence.strip(),
                today,
            )
            if not same:
                verbs.record_check(code, item, given[name], evidence=evidence, by=who, at=at)
                done += 1
    return f"{done} {'point was' if done == 1 else 'points were'} recorded."


HEADINGS = ("system", "name", "agency", "criticality", "owner", "e-mail")


@login_required
def monitoring(request: HttpRequest) -> HttpResponse:
    """What is watched by which tool, and the critical systems in production that nothing approved watches."""
    scope, today = asked.scope(request), timezone.localdate()
    systems = visible(live_systems(today), scope, "organization").filter(lifecycle=Lifecycle.PRODUCTION)
    approved = watching(today).filter(system=OuterRef("pk"), tool__approved=True)
    bare = (
        systems.filter(~Exists(approved))
        .select_related("organization", "owner")
        .order_by("criticality", "name", "pk")
    )
    if wants_csv(request):
        return csv_answer("not-monitored", HEADINGS, bare, _cells)
    answers = asked.answers(request)
    counted, shown = answers.of(by_tool, today), paged(request, bare)
    production = answers.count(systems)
    context = {
        "tools": [(tool, counted.get(tool.pk, {})) for tool in MonitoringTool.objects.order_by("-approved", "name")],
        "shown": shown, "production": {"n": production, "watched": production - shown.total},
        "points": list(CheckItem.objects.filter(alive(today))),
        "trail": trail(), "here": "Monitoring",
    }  # fmt: skip
    return render(request, "inventory/monitoring.html", context)


def by_tool(scope: Scope, today: dt.date) -> dict[int, Any]:
    """How many things each tool watches, and how many systems; one query."""
    rows = visible(watching(today), scope, "system__organization").order_by()
    counted = rows.values("tool").annotate(entities=Count("pk"), systems=Count("system", distinct=True))
    return {row["tool"]: row for row in counted}


def _cells(row: Any) -> tuple[Any, ...]:
    return (
        row.code, row.name, row.organization.code, row.get_criticality_display(),
        row.owner.name if row.owner else "", row.owner.email if row.owner else "",
    )  # fmt: skip
