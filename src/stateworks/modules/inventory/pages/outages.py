"""The pages of outages: what runs now, declaring one, and one outage from candidates to a confirmed list."""

from __future__ import annotations

import csv
import datetime as dt
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone

from stateworks.kernel.access.models import Account
from stateworks.kernel.access.permissions import RIGHTS, allowed, may_anywhere
from stateworks.kernel.access.scope import Scope, visible
from stateworks.kernel.errors import Refused
from stateworks.modules.inventory.graph import KINDS
from stateworks.modules.inventory.lookup import find, suggestions
from stateworks.modules.inventory.models import Component, Outage, OutageImpact, System, Verdict
from stateworks.modules.inventory.outage_reading import (
    Seen,
    counts_of_all,
    listed,
    listed_apart,
    log_of,
    one_seen,
    outages_seen,
    path_told,
)
from stateworks.modules.inventory.pages.impact import KIND_WORDS
from stateworks.modules.inventory.verbs import outages as verbs
from stateworks.web import asked
from stateworks.web.csv_cells import safe

RECENT = 50
OFFERED = 12
PAGE = 200
"""Candidates on one page."""

Errors = list[tuple[str, str]]


def _trail(*more: tuple[str, str]) -> list[tuple[str, str]]:
    return [("Inventory", reverse("inventory:overview")), *more]


@login_required
def outages(request: HttpRequest) -> HttpResponse:
    """Outages, the open ones first with their clock running; drills apart."""
    scope = asked.scope(request)
    drills = request.GET.get("drills") == "1"
    rows = outages_seen(scope).filter(drill=drills)
    running = Q(closed_at__isnull=True, cancelled_at__isnull=True)
    now = timezone.now()
    still, past = listed_apart([rows.filter(running), rows.exclude(running)], scope, RECENT)
    context = {
        "drills": drills, "open": [(one, one.took(now)) for one in still],
        "past": [(one, one.took(now)) for one in past], "recent": RECENT,
        "may_declare": may_anywhere(asked.account(request), RIGHTS["outages.declare"].roles), "trail": _trail(),
        "here": "Outages",
    }  # fmt: skip
    return render(request, "inventory/outages.html", context)


@login_required
def declare(request: HttpRequest) -> HttpResponse:
    """Name what is down, choose it, declared: two keystrokes after the name."""
    who = asked.signed_in(request)
    if not may_anywhere(who, RIGHTS["outages.declare"].roles):
        raise PermissionDenied(f"You may not {RIGHTS['outages.declare'].words}.")
    scope, errors = asked.scope(request), list[tuple[str, str]]()
    given = request.POST if request.method == "POST" else request.GET
    if request.method == "POST":
        kind, _, code = request.POST.get("source", "").partition(":")
        try:
            began = _moment(request.POST.get("began_at", ""), "began_at", errors)
            if not errors:
                source = find(code, kind=kind, scope=scope)
                outage = verbs.declare(
                    source, title=request.POST.get("title", "")[:200], drill=request.POST.get("drill") == "1", began_at=began,
                    reference=request.POST.get("reference", "")[:80], by=who, at=timezone.now(),
                )  # fmt: skip
                return redirect("inventory:outage", code=outage.code)
        except Refused as refused:
            errors.append(("q", refused.sentence))
    q = given.get("q", "").strip()[:200]
    offers = suggestions(q, scope=scope, limit=OFFERED) if q else []
    # What is named exactly comes first, so that Enter takes it.
    offers.sort(key=lambda one: q.lower() not in (one.code.lower(), one.name.lower()))
    open_ones = outages_seen(scope).filter(closed_at__isnull=True, cancelled_at__isnull=True)
    running = {
        (one.row.source, one.thing.pk): one.row
        for one in listed(open_ones, scope, 200)
        if one.thing is not None
    }
    context = {
        "q": q, "offers": [(one, KIND_WORDS[one.kind], running.get((one.kind, one.pk))) for one in offers], "given": given,
        "errors": errors, "trail": _trail(("Outages", reverse("inventory:outages"))), "here": "Declare an outage",
    }  # fmt: skip
    return render(request, "inventory/outage_declare.html", context, status=400 if errors else 200)


def _moment(text: str, field: str, errors: Errors) -> dt.datetime | None:
    """Read a local time of a form; an empty one is none."""
    if not text.strip():
        return None
    try:
        read = dt.datetime.fromisoformat(text.strip())
    except ValueError:
        errors.append((field, "Write the time as 2026-10-31 14:05."))
        return None
    return read if read.tzinfo else timezone.make_aware(read)


@login_required
def outage(request: HttpRequest, code: str) -> HttpResponse:
    """One outage: its clock, its candidates, whom to call, and what was done."""
    who, scope = asked.signed_in(request), asked.scope(request)
    shown = one_seen(code, scope)
    if shown is None:
        raise Http404(f"There is no outage {code} that you may see.")
    row = shown.row
    errors: Errors = []
    if request.method == "POST":
        try:
            done = _do(request, row, who, errors)
            if not errors:
                messages.success(request, done)
                return redirect(request.get_full_path())
        except Refused as refused:
            errors.append((request.POST.get("do", ""), refused.sentence))
        shown = one_seen(code, scope) or shown
        row = shown.row
    impacts = (
        visible(OutageImpact.objects.filter(outage=row), scope, "system__organization")
        .select_related("system__owner", "system__steward", "system__organization", "decided_by")
        .order_by("system__criticality", "system__critical_rank", "strength", "hops", "system__name")
    )
    if request.GET.get("format") == "csv":
        return _csv(row, list(impacts))
    return render(
        request,
        "inventory/outage.html",
        _told(request, shown, list(impacts), who, errors),
        status=400 if errors else 200,
    )


def _do(request: HttpRequest, row: Outage, who: Account, errors: Errors) -> str:
    """Do what the pressed button says; return what to tell."""
    what, at, post = request.POST.get("do", ""), timezone.now(), request.POST
    ticked = [int(pk) for pk in post.getlist("system") if pk.isdigit()]
    if what in Verdict.values:
        n = verbs.decide(row.code, ticked, what, note=post.get("note", "")[:300], by=who, at=at)
        return f"Recorded for {n:,} of {len(ticked):,} ticked systems." if n != len(ticked) else (
            "Recorded for 1 system." if n == 1 else f"Recorded for {n:,} systems."
        )  # fmt: skip
    if what == "all_hard":
        own = _may_judge(row, who, asked.scope(request)).filter(verdict=Verdict.CANDIDATE, strength="hard")
        n = verbs.decide(row.code, own.values_list("system", flat=True), Verdict.HIT, by=who, at=at)
        return f"Recorded for {n:,} systems."
    if what == "confirm":
        if ticked:
            verbs.decide(row.code, ticked, Verdict.HIT, by=who, at=at)
        confirmed = verbs.confirm(row.code, by=who, at=at)
        if confirmed.identified_by_id != who.pk or confirmed.identified_at != at:
            return "The list had been confirmed already; its time stays as it was."
        return "The list is confirmed. The time to identify is on record."
    if what == "add":
        text = post.get("add", "").strip()
        if not text:
            raise Refused("Write the code or the name of the system.")
        thing = find(text, kind="system", scope=asked.scope(request))
        verbs.add_system(row.code, System.objects.get(pk=thing.pk), note=post.get("why", ""), by=who, at=at)
        return f"{thing.name} is on the list."
    if what == "restore":
        when = _moment(post.get("restored_at", ""), "restored_at", errors)
        if errors:
            return ""
        verbs.restore(row.code, restored_at=when, by=who, at=at)
        return "Recorded as restored."
    if what == "close":
        verbs.close(row.code, cause=post.get("cause", ""), by=who, at=at)
        return "The outage is closed."
    if what == "cancel":
        verbs.cancel(row.code, reason=post.get("reason", ""), by=who, at=at)
        return "The outage is cancelled."
    raise Refused("Press one of the buttons.")


def _may_judge(row: Outage, who: Account, scope: Scope) -> Any:
    impacts = visible(OutageImpact.objects.filter(outage=row), scope, "system__organization").select_related(
        "system"
    )
    allowed_ids = verbs.decidable([one.system for one in impacts], who)
    return impacts.filter(system__in=allowed_ids)


def _told(
    request: HttpRequest, shown: Seen, impacts: list[OutageImpact], who: Account, errors: Errors
) -> dict[str, Any]:
    """Everything the page of an outage shows."""
    row = shown.row
    mine = verbs.decidable([one.system for one in impacts], who)
    counts, total = counts_of_all(row), 0
    total = sum(counts.values())
    last = max(1, -(-len(impacts) // PAGE))
    text = request.GET.get("page", "1")
    page = min(int(text), last) if text.isdecimal() and 0 < int(text) < 10**6 else 1
    here = impacts[(page - 1) * PAGE : page * PAGE]
    names, parts = _names(here, asked.scope(request))
    may_confirm = shown.open and allowed(who, "outages.confirm", verbs.source_organization(row))
    judging = shown.open and bool(mine)
    lines = [
        {
            "row": one, "system": one.system, "path": path_told(one, names, parts), "mine": shown.open and one.system_id in mine,
            "ticked": not row.identified_at and one.verdict == Verdict.CANDIDATE and one.strength == "hard",
            "word": {"hit": "Affected", "spared": "Not affected"}.get(one.verdict, "Not yet known"),
            "icon": {"hit": "missed", "spared": "met"}.get(one.verdict, "pending"),
        }
        for one in here
    ]  # fmt: skip
    return {
        "shown": shown, "row": row, "took": shown.took(timezone.now()), "lines": lines, "counts": counts,
        "total": total, "hidden": total - len(impacts), "page": page, "last": last, "judging": judging,
        "may_confirm": may_confirm, "calls": calls_of(impacts), "agencies": agencies_of(impacts), "log": log_of(shown),
        "errors": errors, "given": request.POST, "hard_waiting": sum(
            1 for one in impacts if one.verdict == Verdict.CANDIDATE and one.strength == "hard" and one.system_id in mine
        ), "may_cancel": shown.open and (may_confirm or row.declared_by_id == who.pk),
        "kind_word": KIND_WORDS[row.source].lower() if row.source in KINDS else "", "now": timezone.now(),
        "trail": _trail(("Outages", reverse("inventory:outages"))), "here": row.code,
    }  # fmt: skip


def _names(impacts: list[OutageImpact], scope: Scope) -> tuple[dict[int, str], dict[int, str]]:
    """Return the names of what stands on paths, as far as one may see it."""
    wanted: dict[str, set[int]] = {"system": set(), "component": set()}
    for one in impacts:
        for step in one.path:
            if isinstance(step, dict) and step.get("kind") in wanted:
                wanted[step["kind"]].add(step["id"])
    return (
        dict(
            visible(System.objects.filter(pk__in=wanted["system"]), scope, "organization").values_list(
                "pk", "name"
            )
        ),
        dict(
            visible(
                Component.objects.filter(pk__in=wanted["component"]), scope, "system__organization"
            ).values_list("pk", "name")
        ),
    )


def calls_of(impacts: list[OutageImpact]) -> list[dict[str, Any]]:
    """Return whom to call, each with his systems: those of affected systems first, then those still to be asked."""
    found: dict[Any, dict[str, Any]] = {}
    for one in impacts:
        if one.verdict == Verdict.SPARED:
            continue
        person = one.system.owner or one.system.steward
        call = found.setdefault(
            person.pk if person else None, {"person": person, "hit": [], "waiting": [], "agencies": set()}
        )
        call["hit" if one.verdict == Verdict.HIT else "waiting"].append(one.system)
        call["agencies"].add(one.system.organization.name)
    calls = sorted(
        found.values(), key=lambda call: (-len(call["hit"]), -len(call["waiting"]), str(call["person"]))
    )
    for call in calls:
        call["agencies"] = ", ".join(sorted(call["agencies"]))
    return calls


def agencies_of(impacts: list[OutageImpact]) -> list[dict[str, Any]]:
    """Return the agencies with how many of their systems are affected, not affected and not yet known."""
    found: dict[int, dict[str, Any]] = {}
    for one in impacts:
        agency = one.system.organization
        row = found.setdefault(
            agency.pk, {"name": agency.name, "code": agency.code, "hit": 0, "spared": 0, "candidate": 0}
        )
        row[one.verdict] += 1
    return sorted(found.values(), key=lambda row: (-row["hit"], -row["candidate"], row["name"]))


def _csv(row: Outage, impacts: list[OutageImpact]) -> HttpResponse:
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{row.code}.csv"'
    writer = csv.writer(response)
    writer.writerow([
        "outage", "system", "name", "agency", "criticality", "verdict", "predicted", "strength", "hops", "owner",
        "owner_email", "decided_at", "note",
    ])  # fmt: skip
    for one in impacts:
        system, person = one.system, one.system.owner or one.system.steward
        writer.writerow(safe([
            row.code, system.code, system.name, system.organization.code, system.criticality, one.verdict, one.predicted,
            one.strength, one.hops, person.name if person else "", person.email if person else "",
            one.decided_at.isoformat() if one.decided_at else "", one.note,
        ]))  # fmt: skip
    return response
