"""My work: what one person owes, by when, and the way to do it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from stateworks.kernel.access.break_glass import lately
from stateworks.kernel.indicators.models import SignOff
from stateworks.kernel.obligations import Obligation
from stateworks.kernel.plans.obligations import kinds, obligations
from stateworks.web import asked

AHEAD_CHOICES = (7, 30, 90)
#: A longer list is nobody's work for a day: filters narrow it.
SHOWN = 100


@dataclass(frozen=True)
class Task:
    """One obligation with the address where it is done."""

    owed: Obligation
    kind: str
    url: str
    overdue: bool
    days: int


@login_required
def work(request: HttpRequest) -> HttpResponse:
    """What is due, the longest overdue first; planners may look at everybody's."""
    who = asked.signed_in(request)
    today = timezone.localdate()
    ahead = request.GET.get("ahead", "30")
    days = int(ahead) if ahead.isdigit() and int(ahead) in AHEAD_CHOICES else 30
    may_see_all = asked.can(request, "plan.change") or asked.can(request, "audit.read")
    everybody = request.GET.get("whose") == "all" and may_see_all
    owed = obligations(today, owner=None if everybody else who.email, ahead=days)
    kind = request.GET.get("kind", "")
    tasks = [task_of(one, today) for one in owed if not kind or one.kind == kind]
    waiting = (
        []
        if everybody
        else list(
            SignOff.objects.filter(approved_at__isnull=True)
            .exclude(prepared_by=who)
            .select_related("run", "prepared_by")[:20]
        )
    )
    total, late = len(tasks), sum(1 for task in tasks if task.overdue)
    tasks = tasks[:SHOWN]
    context = {
        "late": late, "shown": len(tasks),
        "overdue": [task for task in tasks if task.overdue],
        "coming": [task for task in tasks if not task.overdue],
        "total": total, "kinds": kinds(), "kind": kind, "days": days, "ahead_choices": AHEAD_CHOICES,
        "everybody": everybody, "may_see_all": may_see_all, "today": today,
        "waiting": waiting if asked.can(request, "values.approve") else [],
        "emergencies": lately(timezone.now()) if asked.can(request, "accounts.manage") else None,
        "may_audit": asked.can(request, "audit.read"), "trail": [], "here": "My work",
    }  # fmt: skip
    return render(request, "web/work.html", context)


def task_of(owed: Obligation, today: dt.date) -> Task:
    """An obligation as a line of the page."""
    return Task(owed, kinds()[owed.kind], address_of(owed), owed.overdue(today), abs((owed.due - today).days))


def address_of(owed: Obligation) -> str:
    """Where the thing is done."""
    if owed.url:
        return owed.url
    at = f"?period={owed.period}" if owed.period else ""
    if owed.kind == "report":
        return reverse("web:report-value", args=[owed.plan, owed.code]) + at
    if owed.kind == "note":
        return reverse("web:variance-note", args=[owed.plan, owed.code]) + at
    if owed.kind == "check_in":
        return reverse("web:check-in", args=[owed.plan, owed.code])
    if owed.kind in {"milestone", "confirmation"}:
        return reverse("web:milestone", args=[owed.plan, owed.key])
    if owed.kind == "refused_rows":
        return reverse("web:quarantine") + f"?dataset={owed.code}"
    if owed.kind == "sign_off":
        return reverse("web:indicator", args=[owed.plan, owed.code]) + "#signing"
    if owed.kind == "pilot":
        return reverse("web:node", args=[owed.plan, owed.code])
    return reverse("web:plan", args=[owed.plan])
