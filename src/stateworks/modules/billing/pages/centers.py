"""The pages of the office's cost centers: budget, what was spent and what is expected of each, and the owner's form."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone

from stateworks.kernel.access.scope import visible
from stateworks.kernel.clocks.fiscal import Period, parse_period, period_of, previous
from stateworks.kernel.errors import Refused
from stateworks.kernel.lake.store import current_version
from stateworks.modules.billing.centers import Centers, CenterYear, centers_year, known_month, months_open
from stateworks.modules.billing.feeds import LEDGER
from stateworks.modules.billing.models import CostCenter, CostCenterForecast
from stateworks.modules.billing.money import cents_given, dollars
from stateworks.modules.billing.pages.seen import trail
from stateworks.modules.billing.templatetags.billing import about
from stateworks.modules.billing.verbs import centers as verb
from stateworks.web import asked
from stateworks.web.paging import csv_answer, wants_csv
from stateworks.web.words import count_of, figure

YEARS = 3
"""How many fiscal years the pages offer."""
VINTAGES = 24
"""Kept forecasts that a cost center's page lists, the newest first; the list of records has all."""
HEADS = (
    "cost_center", "name", "owner", "fiscal_year", "budget_cents", "budget_to_date_cents", "actual_cents", "expected_cents",
    "variance_cents", "months_without_forecast", "forecast_due", "submitted_at", "submitted_by",
)  # fmt: skip
MONTH_HEADS = (
    "cost_center", "month", "budget_cents", "actual_cents", "forecast_cents", "former_forecast_cents", "reason",
)  # fmt: skip


@login_required
def centers(request: HttpRequest) -> HttpResponse:
    """The cost centers that one may see in a fiscal year, whose forecast of this month is there, and whose is not."""
    year, offered = _year(request)
    found = _found(request, year)
    if wants_csv(request):
        return csv_answer(
            f"cost-centers-{year.label.lower()}", HEADS, found.rows, lambda one: _cells(one, year)
        )
    context = {
        "year": year, "years": offered, "found": found, "whole": found.whole, "missing": found.missing,
        "sentence": _sentence("All of them together", found.whole, found, "are"), "statewide": bool(asked.roles(request)),
        "due": sum(one.due for one in found.rows), "trail": trail(), "here": "Cost centers",
    }  # fmt: skip
    return render(request, "billing/centers.html", context)


@login_required
def center(request: HttpRequest, code: str) -> HttpResponse:
    """One cost center in a fiscal year, month by month; its owner submits what the next twelve months will come to."""
    seen = visible(CostCenter.objects.filter(code=code), asked.scope(request), "organization")
    row = seen.select_related("owner", "organization", "line_of_service").first()
    if row is None:
        raise Http404(f"There is no cost center {code} that you may see.")
    year, offered = _year(request)
    errors: list[tuple[str, str]] = []
    if request.method == "POST":
        try:
            messages.success(request, _submitted(request, row, errors))
            return redirect(f"{reverse('billing:center', args=[code])}?year={year.label}")
        except Refused as refused:
            errors = errors or [("", refused.sentence)]
    found = _found(request, year, code)
    one = found.rows[0] if found.rows else None
    if wants_csv(request):
        return csv_answer(f"cost-center-{code}-{year.label.lower()}", MONTH_HEADS, one.months if one else [], lambda month: (
            code, month.label, month.budget, month.actual, month.forecast, month.former, month.reason,
        ))  # fmt: skip
    kept = (
        CostCenterForecast.objects.filter(center=row).select_related("made_by").order_by("-made_at", "month")
    )
    may = verb.may_forecast(asked.account(request), row)
    context = {
        "row": row, "year": year, "years": offered, "found": found, "one": one, "errors": errors,
        "sentence": _sentence(row.name, one, found) if one else "", "vintages": list(kept[:VINTAGES]), "may_submit": may,
        "lines": _lines(request, row, found.known) if may else [], "why": request.POST.get("why", ""),
        "percent": verb.percent(), "trail": trail(("Cost centers", reverse("billing:centers"))), "here": str(row),
    }  # fmt: skip
    return render(request, "billing/center.html", context, status=400 if errors else 200)


def _year(request: HttpRequest) -> tuple[Period, list[Period]]:
    """Return the fiscal year that is asked for, and those that are offered: this one and those before."""
    offered = [period_of(timezone.localdate(), "year")]
    while len(offered) < YEARS:
        offered.append(previous(offered[-1]))
    return next((one for one in offered if one.label == request.GET.get("year", "")), offered[0]), offered


def _found(request: HttpRequest, year: Period, code: str = "") -> Centers:
    asking = (centers_year, year.label, timezone.localdate(), current_version(LEDGER), code)
    return asked.answers(request).of(*asking)


def _sentence(who: str, one: CenterYear, found: Centers, are: str = "is") -> str:
    """How the year is expected to end, or how it ended, in words."""
    if not one.budget and not one.actual and not one.expected:
        return ""
    over = parse_period(found.known).ends >= found.year.ends
    text = f"{who} {'came' if over else f'{are} expected to come'} to {about(one.expected)} in {found.year.label}"
    if one.over:
        text += f", {figure(abs(one.over), 'percent')} {'over' if one.over > 0 else 'below'} budget"
    return f"{text}."


def _lines(request: HttpRequest, row: CostCenter, known: str) -> list[dict[str, Any]]:
    """The form's months: what was expected last, or what was typed if something was wrong with it."""
    months = months_open(known)
    newest: dict[str, CostCenterForecast] = {}
    for one in CostCenterForecast.objects.filter(center=row, month__in=months).order_by("made_at", "pk"):
        newest[one.month] = one
    given = request.POST if request.method == "POST" else None
    made = []
    for month in months:
        last = newest.get(month)
        amount = dollars(last.cents).replace("$", "") if last else ""
        made.append({
            "month": month, "last": last, "amount": given.get(f"amount-{month}", "") if given else amount,
            "why": given.get(f"why-{month}", "") if given else "", "at": f"amount-{month}", "at_why": f"why-{month}",
        })  # fmt: skip
    return made


def _submitted(request: HttpRequest, row: CostCenter, errors: list[tuple[str, str]]) -> str:
    """Keep what is typed; what is wrong with it is added to `errors`, each with its field."""
    at, post = timezone.now(), request.POST
    said = []
    for month in months_open(known_month(timezone.localdate(at))):
        text = post.get(f"amount-{month}", "").strip()
        if text:
            try:
                reason = post.get(f"why-{month}", "").strip() or post.get("why", "").strip()
                said.append(verb.Expected(month, cents_given(text), reason))
            except Refused as refused:
                errors.append((f"amount-{month}", refused.sentence))
    if verb.may_forecast(asked.account(request), row):
        errors += _at_fields(verb.faults(row, said, today=timezone.localdate(at)))
        errors.sort(key=lambda one: one[0][-7:])
    if errors:
        raise Refused("Nothing was kept.")
    made = verb.submit(row.code, said, by=asked.signed_in(request), at=at)
    if not made:
        return "This month's forecast says that already; nothing was added."
    return f"Your forecast of {count_of(len(made), 'month')} is kept."


def _at_fields(faults: Iterable[verb.Fault]) -> list[tuple[str, str]]:
    return [(f"{one.part}-{one.month}", one.sentence) for one in faults]


def _cells(one: CenterYear, year: Period) -> tuple[Any, ...]:
    return (
        one.code, one.name, one.owner, year.ends.year, one.budget, one.budget_to_date, one.actual, one.expected, one.variance,
        one.unforecast, one.due, one.submitted_at, one.submitted_by,
    )  # fmt: skip
