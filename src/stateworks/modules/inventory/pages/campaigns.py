"""Attestation campaigns: the list with progress, a new one, and one campaign with who has not answered."""

from __future__ import annotations

import datetime as dt
from itertools import groupby
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone

from stateworks.kernel.access.scope import Scope, visible
from stateworks.kernel.errors import Refused
from stateworks.kernel.org.models import Organization
from stateworks.kernel.records.changes import Invalid
from stateworks.modules.inventory.attesting import asked_systems, people, progress, totals, unanswered
from stateworks.modules.inventory.models import (
    AttestationRequest,
    Campaign,
    Criticality,
    Lifecycle,
    RequestState,
)
from stateworks.modules.inventory.pages.system import trail
from stateworks.modules.inventory.verbs import campaigns as verbs
from stateworks.web import asked
from stateworks.web.paging import csv_answer, paged, wants_csv

SHOWN = 50


@login_required
def campaigns(request: HttpRequest) -> HttpResponse:
    """The rounds, newest first, with how far each is among the systems one may see."""
    rows = list(Campaign.objects.select_related("organization")[:SHOWN])
    counted = asked.answers(request).of(totals, tuple(row.pk for row in rows))
    nothing = {"asked": 0, "answered": 0, "waiting": 0}
    context = {
        "rows": [(row, counted.get(row.pk, nothing), state_of(row, timezone.localdate())) for row in rows],
        "can_change": asked.can(request, "records.change"), "trail": trail(), "here": "Campaigns",
    }  # fmt: skip
    return render(request, "inventory/campaigns.html", context)


def state_of(row: Campaign, today: dt.date) -> tuple[str, str]:
    """Where a campaign stands: an icon, and a word."""
    if row.closed_at is not None:
        return "met", "closed"
    if row.opened_at is None:
        return "not_measured", "not opened"
    return ("missed", "overdue") if row.due_on < today else ("pending", "open")


@login_required
def new(request: HttpRequest) -> HttpResponse:
    """Set up a campaign; it asks nobody until it is opened from its own page."""
    who, today = asked.need(request, "records.change"), timezone.localdate()
    errors: list[tuple[str, str]] = []
    given: Any = request.POST
    if request.method == "POST":
        days = {name: _day(given, name, errors) for name in ("opens_on", "due_on")}
        valid = given.get("valid_days", "").strip()
        if not valid.isdigit() or not 1 <= int(valid) <= 3660:
            errors.append(("valid_days", "Write for how many days an answer counts, such as 365."))
        organization = None
        if code := given.get("organization", "").strip():
            organization = (
                visible(Organization.objects.all(), asked.scope(request), "pk").filter(code=code).first()
            )
            if organization is None:
                errors.append(
                    ("organization", f"There is no organization with the code “{code}” that you may see.")
                )
        if not errors:
            try:
                made = verbs.plan_campaign(
                    given.get("code", ""), given.get("title", ""), opens_on=days["opens_on"] or today,
                    due_on=days["due_on"] or today, asks_facts="facts" in given.getlist("asks"),
                    asks_dependencies="dependencies" in given.getlist("asks"), organization=organization,
                    criticality=given.get("criticality", ""), lifecycle=given.get("lifecycle", ""),
                    valid_days=int(valid), by=who, at=timezone.now(),
                )  # fmt: skip
            except Invalid as wrong:
                errors += list(wrong.fields.items())
            else:
                return redirect("inventory:campaign", made.code)
    else:
        given = {"opens_on": today.isoformat(), "due_on": (today + dt.timedelta(days=28)).isoformat(), "valid_days": "365",
                 "lifecycle": Lifecycle.PRODUCTION}  # fmt: skip
    context = {
        "given": given, "errors": errors, "criticalities": Criticality.choices, "lifecycles": Lifecycle.choices,
        "asks": request.POST.getlist("asks") if request.method == "POST" else ["facts", "dependencies"],
        "trail": trail(("Campaigns", reverse("inventory:campaigns"))), "here": "New campaign",
    }  # fmt: skip
    return render(request, "inventory/campaign_new.html", context, status=400 if errors else 200)


def _day(given: Any, name: str, errors: list[tuple[str, str]]) -> dt.date | None:
    try:
        return dt.date.fromisoformat(given.get(name, "").strip())
    except ValueError:
        words = "the first day" if name == "opens_on" else "the day it is due"
        errors.append((name, f"Write {words} as a date such as 2026-10-31."))
        return None


HEADINGS = ("system", "name", "agency", "criticality", "asked about", "who", "e-mail", "due", "reminded")


@login_required
def campaign(request: HttpRequest, code: str) -> HttpResponse:
    """One campaign: how far each agency is, and who has not answered; open it, close it, let somebody off."""
    found = Campaign.objects.select_related("organization").filter(code=code).first()
    if found is None:
        raise Http404(f"There is no campaign {code}.")
    scope, today = asked.scope(request), timezone.localdate()
    errors: list[tuple[str, str]] = []
    if request.method == "POST":
        try:
            messages.success(request, _do(request, found))
        except Refused as refused:
            errors.append(("", refused.sentence))
        else:
            return redirect(request.get_full_path())
    waiting = unanswered(found, scope, today)
    if agency := request.GET.get("agency", ""):
        waiting = waiting.filter(system__organization__code=agency)
    if wants_csv(request):
        who = people(waiting.values_list("whose", flat=True))
        return csv_answer(f"{found.code}-waiting", HEADINGS, waiting, lambda row: _cells(row, who, found))
    shown = paged(request, waiting)
    answers = asked.answers(request)
    agencies = answers.of(progress, found.pk, today)
    asked_in_all = sum(one.asked for one in agencies)
    every = answers.of_everything(number_asked, found.pk)
    about = answers.of_everything(number_to_ask, found.pk, today) if found.opened_at is None else 0
    who = people(row.whose for row in shown.rows)
    context = {
        "campaign": found, "state": state_of(found, today), "agencies": agencies, "shown": shown, "about": about,
        "rows": [
            (list(of), who.get(whose or 0), whose)
            for (_, whose), of in groupby(shown.rows, key=lambda row: (row.system_id, row.whose))
        ],
        "asked": asked_in_all, "systems": answers.count(waiting.values("system").distinct()) if shown.total else 0,
        "answered": sum(one.answered for one in agencies), "nobody": sum(one.nobody for one in agencies),
        "hidden": every - asked_in_all, "agency": agency, "overdue": found.due_on < today and found.closed_at is None,
        "can_change": asked.can(request, "records.change"), "errors": errors, "today": today,
        "trail": trail(("Campaigns", reverse("inventory:campaigns"))), "here": found.title,
    }  # fmt: skip
    return render(request, "inventory/campaign.html", context, status=400 if errors else 200)


def number_asked(_scope: Scope, campaign: int) -> int:
    """How many requests a campaign has made and not withdrawn."""
    return AttestationRequest.objects.filter(campaign=campaign).exclude(state=RequestState.WITHDRAWN).count()


def number_to_ask(_scope: Scope, campaign: int, today: dt.date) -> int:
    """How many systems a campaign will be about once it is opened."""
    return asked_systems(Campaign.objects.get(pk=campaign), today).count()


def _cells(row: Any, who: dict[int, Any], found: Campaign) -> tuple[Any, ...]:
    person = who.get(row.whose or 0)
    return (
        row.system.code, row.system.name, row.system.organization.code, row.system.get_criticality_display(),
        row.get_aspect_display(), person.name if person else "", person.email if person else "",
        found.due_on.isoformat(), row.reminded_at.date().isoformat() if row.reminded_at else "",
    )  # fmt: skip


def _do(request: HttpRequest, found: Campaign) -> str:
    """Do what the pressed button says and return what to tell."""
    who, at, what = asked.signed_in(request), timezone.now(), request.POST.get("do", "")
    if what == "open":
        count = verbs.open_campaign(found.code, by=who, at=at)
        return (
            f"The campaign is open: {count:,} requests. Owners see them on My work, and letters remind them."
        )
    if what == "close":
        answered, never = verbs.close_campaign(found.code, by=who, at=at)
        return f"The campaign is closed: {answered:,} answered, {never:,} not."
    if what.startswith("withdraw-") and what.removeprefix("withdraw-").isdecimal():
        request_id = int(what.removeprefix("withdraw-"))
        verbs.withdraw_request(request_id, reason=request.POST.get("reason", ""), by=who, at=at)
        return "It is not asked any more."
    raise Refused("Press one of the buttons.")
