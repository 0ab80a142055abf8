"""The page of what is owed: by age, by agency, what is disputed, and how soon invoices are issued and paid."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from stateworks.modules.billing import receivables as owed
from stateworks.modules.billing.pages.seen import invoices_seen, note_agencies, trail
from stateworks.web import asked
from stateworks.web.paging import csv_answer, paged_list, wants_csv

MONTHS = 12
"""Months of issuing that the page lists."""
HEADS = (
    "invoice", "number", "agency", "name", "period", "issued_on", "due_on", "days_past_due", "standing", "issued_cents",
    "credits_cents", "paid_cents", "open_cents", "disputed_cents", "last_paid_on",
)  # fmt: skip


@login_required
def receivables(request: HttpRequest) -> HttpResponse:
    """What is owed as of a day: who works for the whole state sees all of it, an agency its own."""
    today = timezone.localdate()
    day, wrong = _day(request.GET.get("as_of", ""), today)
    seen = invoices_seen(request)
    rows = owed.receivables(day, seen)
    note_agencies(request, "receivables")
    agencies = sorted({(one.agency, one.agency_name) for one in rows}, key=lambda pair: pair[1])
    given = request.GET.get("agency", "")
    if given:
        rows = [one for one in rows if one.agency == given]
        seen = seen.filter(organization__code=given)
    if wants_csv(request):
        return csv_answer(f"receivables-{day}", HEADS, rows, lambda one: _cells(one, day))
    sums = owed.totals(rows, day)
    ages = [(words, sums[key], _share(sums[key], sums["open_cents"])) for key, words, _ in owed.AGES]
    overdue = sum(sums[key] for key, _, _ in owed.AGES[1:])
    context = {
        "day": day, "today": today, "wrong": wrong, "given": given, "agencies": agencies, "sums": sums, "ages": ages,
        "overdue": overdue, "by_agency": _by_agency(rows, day) if len(agencies) > 1 and not given else [],
        "heads": [words for _, words, _ in owed.AGES], "to_come": owed.credits_to_come(day, seen),
        "days": owed.collected(rows, day), "issued": owed.issued_months(rows)[:MONTHS],
        "shown": paged_list(request, [_told(one, day) for one in rows if one.open_cents > 0]),
        "any": bool(rows), "statewide": bool(asked.roles(request)), "trail": trail(), "here": "Receivables",
    }  # fmt: skip
    return render(request, "billing/receivables.html", context, status=400 if wrong else 200)


def _day(text: str, today: date) -> tuple[date, str]:
    """Read the day that is asked for; what is no day says so, and today is shown."""
    if not text:
        return today, ""
    try:
        return date.fromisoformat(text), ""
    except ValueError:
        return today, f"“{text[:40]}” is no day; write it as 2026-10-31."


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole > 0 else None


def _by_agency(rows: list[owed.Receivable], day: date) -> list[dict[str, Any]]:
    """Agencies that owe something, those that owe most first."""
    found = [
        {"code": code, "name": name, "sums": sums, "ages": [sums[key] for key, _, _ in owed.AGES]}
        for code, name, sums in owed.by_agency(rows, day)
        if sums["open_cents"]
    ]
    return sorted(found, key=lambda one: -one["sums"]["open_cents"])


def _told(one: owed.Receivable, day: date) -> dict[str, Any]:
    icon, words = owed.STANDINGS[one.standing(day)]
    return {"row": one, "icon": icon, "words": words, "late": max(0, one.days_past_due(day))}


def _cells(one: owed.Receivable, day: date) -> tuple[Any, ...]:
    return (
        one.code, one.number, one.agency, one.agency_name, one.period, one.issued_on, one.due_on,
        max(0, one.days_past_due(day)), one.standing(day), one.issued_cents, one.credits_cents, one.paid_cents,
        one.open_cents, one.disputed_cents, one.last_paid_on,
    )  # fmt: skip
