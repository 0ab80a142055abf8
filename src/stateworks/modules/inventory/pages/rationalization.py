"""What is to become of systems: grades and proposals as a table, and one system's judgement and decision."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Count, Exists, OuterRef, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone

from stateworks.kernel.access.permissions import allowed
from stateworks.kernel.access.scope import Scope, visible
from stateworks.kernel.errors import Refused
from stateworks.modules.inventory.attesting import live_systems
from stateworks.modules.inventory.models import Disposition, Rationalization, System
from stateworks.modules.inventory.pages.system import system_or_404, trail, trail_to
from stateworks.modules.inventory.rationalizing import (
    HIGH,
    RULE,
    latest,
    proposal,
    suggestions,
    with_evidence,
)
from stateworks.modules.inventory.verbs import rationalizing as verbs
from stateworks.web import asked
from stateworks.web.paging import csv_answer, paged, wants_csv

HEADINGS = (
    "system", "name", "agency", "capability", "value", "fitness", "risk", "annual cost in cents", "proposed", "decided",
    "decided on", "target", "successor", "reason",
)  # fmt: skip
SORTS = {
    "value": "-value",
    "fitness": "fitness",
    "cost": "-annual_cost_cents",
    "risk": "-risk",
    "name": "system__name",
}


@login_required
def rationalization(request: HttpRequest) -> HttpResponse:
    """The newest judgement of every system, what the rule proposes, and what was decided."""
    scope, given, today = asked.scope(request), request.GET, timezone.localdate()
    every = newest(scope)
    answers = asked.answers(request)
    table = _table(answers.of(by_proposal))
    rows = every
    if (chosen := given.get("proposed", "")) in Disposition.values:
        rows = rows.filter(proposal=chosen)
    if (chosen := given.get("decided", "")) in (*Disposition.values, "none"):
        rows = rows.filter(decided="" if chosen == "none" else chosen)
    if code := given.get("capability", "").replace("\0", ""):
        rows = rows.filter(system__capability__code=code)
    rows = rows.select_related("system__organization", "system__capability").order_by(
        SORTS.get(given.get("sort", ""), "-value"), "fitness", "system__name", "pk"
    )
    if wants_csv(request):
        return csv_answer("rationalization", HEADINGS, rows.select_related("successor"), _cells)
    shown = paged(request, rows)
    heirs = visible(System.objects.all(), scope, "organization").in_bulk(
        {row.successor_id for row in shown.rows} - {None}
    )
    live = visible(live_systems(today), scope, "organization")
    judged = Rationalization.objects.filter(system=OuterRef("pk"))
    context = {
        "shown": shown, "rows": [(row, heirs.get(row.successor_id or 0)) for row in shown.rows], "table": table, "given": given,
        "dispositions": Disposition.choices, "rule": [(v, f, then.label, why) for v, f, then, why in RULE], "high": HIGH,
        "not_judged": answers.count(live.filter(~Exists(judged))), "live": answers.count(live),
        "trail": trail(), "here": "Rationalization",
    }  # fmt: skip
    return render(request, "inventory/rationalization.html", context)


def newest(scope: Scope) -> QuerySet[Any, Any]:
    """The newest judgement of every system that is not retired, with what the rule proposes."""
    rows = latest(visible(Rationalization.objects.all(), scope, "system__organization"))
    return rows.exclude(system__lifecycle="retired").annotate(proposal=proposal())


def by_proposal(scope: Scope) -> list[dict[str, Any]]:
    """How many judgements there are by what is proposed and what was decided; one query."""
    return list(newest(scope).order_by().values("proposal", "decided").annotate(n=Count("pk")))


def _table(counted: list[Any]) -> list[tuple[str, str, int, int, int]]:
    """By proposal: how many, how many decided so, how many decided otherwise."""
    found = []
    for value, label in (*Disposition.choices, ("", "Not graded")):
        of = [row for row in counted if row["proposal"] == value]
        so = sum(row["n"] for row in of if row["decided"] == value and value)
        decided = sum(row["n"] for row in of if row["decided"])
        if total := sum(row["n"] for row in of):
            found.append((value, label, total, so, decided - so))
    return found


def _cells(row: Any) -> tuple[Any, ...]:
    system = row.system
    return (
        system.code, system.name, system.organization.code, system.capability.code if system.capability else "", row.value,
        row.fitness, row.risk, row.annual_cost_cents, row.proposal, row.decided, row.decided_on, row.target_on,
        row.successor.code if row.successor else "", row.reason,
    )  # fmt: skip


@login_required
def assess_page(request: HttpRequest, code: str) -> HttpResponse:
    """One system: what the records suggest, the grades people gave, what follows, and the decision."""
    own, scope, today = system_or_404(request, code), asked.scope(request), timezone.localdate()
    errors: list[tuple[str, str]] = []
    if request.method == "POST":
        try:
            done = _do(request, code, errors)
        except Refused as refused:
            errors.append((_field_of(refused.sentence), refused.sentence))
        else:
            if not errors:
                messages.success(request, done)
                return redirect("inventory:assess", code)
    judged = list(
        Rationalization.objects.filter(system=own)
        .annotate(proposal=proposal())
        .select_related("decided_by")[:20]
    )
    suggested = suggestions(with_evidence(System.objects.filter(pk=own.pk), today).get())
    last = judged[0] if judged else None
    beside = []
    if own.capability_id is not None:
        beside = list(
            visible(live_systems(today), scope, "organization").filter(capability=own.capability_id).exclude(pk=own.pk)
            .select_related("organization").order_by("criticality", "name")[:10]
        )  # fmt: skip
    context = {
        "system": own, "judged": judged, "last": last, "errors": errors, "given": _given(request, last, suggested),
        "suggested": suggested, "grades": range(1, 6), "dispositions": Disposition.choices, "beside": beside,
        "rule": [(v, f, then.label, why) for v, f, then, why in RULE], "high": HIGH, "today": today,
        "can_decide": allowed(asked.account(request), "rationalization.decide", own.organization),
        "trail": [*trail_to(own)], "here": "Judge it", "overview": reverse("inventory:rationalization"),
    }  # fmt: skip
    return render(request, "inventory/assess.html", context, status=400 if errors else 200)


def _given(request: HttpRequest, last: Rationalization | None, suggested: dict[str, Any]) -> dict[str, str]:
    """What the form shows: what was typed, else the last grades, else what the records suggest."""
    if request.method == "POST":
        return {name: str(request.POST[name]) for name in request.POST}
    grades = {name: getattr(last, name, None) or one.grade for name, one in suggested.items()}
    found = {name: str(grade or "") for name, grade in grades.items()}
    if last is not None:
        cost = last.annual_cost_cents
        found |= {
            "cost": "" if cost is None else f"{cost // 100}.{cost % 100:02}",
            "decided": last.decided or getattr(last, "proposal", ""),
            "reason": last.reason, "target_on": last.target_on.isoformat() if last.target_on else "",
        }  # fmt: skip
    return found


def _field_of(sentence: str) -> str:
    """The field a refusal speaks of, so that the error stands at it."""
    for word, name in (("reason", "reason"), ("successor", "successor"), ("take over", "successor"), ("by which", "target_on"),
                       ("value", "value"), ("fitness", "fitness"), ("risk", "risk"), ("cost", "cost")):  # fmt: skip
        if word in sentence:
            return name
    return ""


def _do(request: HttpRequest, code: str, errors: list[tuple[str, str]]) -> str:
    """Do what the pressed button says and return what to tell."""
    who, at, given = asked.signed_in(request), timezone.now(), request.POST
    if given.get("do") == "assess":
        grades = {
            name: int(given[name]) if given.get(name, "").isdecimal() else None
            for name in ("value", "fitness", "risk")
        }
        cents = _cents(given.get("cost", ""), errors)
        if errors:
            return ""
        made = verbs.assess(code, **grades, annual_cost_cents=cents, by=who, at=at)
        return f"It is judged; the rule proposes: {made.get_proposed_display().lower()}."
    if given.get("do") == "decide":
        target = None
        if text := given.get("target_on", "").strip():
            try:
                target = dt.date.fromisoformat(text)
            except ValueError:
                errors.append(("target_on", "Write the day as a date such as 2026-10-31."))
                return ""
        made = verbs.decide(
            code, decided=given.get("decided", ""), reason=given.get("reason", ""), target_on=target,
            successor=given.get("successor", ""), by=who, at=at,
        )  # fmt: skip
        return f"It is decided: {made.get_decided_display().lower()}."
    raise Refused("Press one of the buttons.")


def _cents(text: str, errors: list[tuple[str, str]]) -> int | None:
    """An amount in dollars as cents, exactly; empty is none."""
    from decimal import Decimal, InvalidOperation

    bare = text.strip().replace(",", "").removeprefix("$")
    if not bare:
        return None
    try:
        cents = Decimal(bare) * 100
    except InvalidOperation:
        cents = Decimal("NaN")
    if not cents.is_finite() or cents != cents.to_integral_value() or cents < 0 or cents > 10**17:
        errors.append(("cost", f"“{text.strip()}” is no amount; write dollars such as 120,000 or 99.50."))
        return None
    return int(cents)
