"""The page of a fiscal year's budget: what was charged and is set aside, what is expected, and how good forecasts were."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString

from stateworks.kernel.access.permissions import allowed
from stateworks.kernel.access.scope import visible
from stateworks.kernel.clocks.fiscal import Period, following, parse_period, period_of, previous
from stateworks.kernel.errors import Refused
from stateworks.kernel.org.models import Organization
from stateworks.modules.billing.budgets import BudgetYear, Part, budget_year
from stateworks.modules.billing.forecasting import SHARE
from stateworks.modules.billing.models import Forecast, ForecastKind, InvoiceLine
from stateworks.modules.billing.money import cents_given, dollars, roughly
from stateworks.modules.billing.pages.seen import agencies_seen, invoices_seen, note_agencies, trail
from stateworks.modules.billing.templatetags.billing import about
from stateworks.modules.billing.verbs import forecasting
from stateworks.web import asked
from stateworks.web.drawing.process_chart import Mark, process_chart
from stateworks.web.paging import csv_answer, wants_csv
from stateworks.web.words import MINUS, count_of, figure, period_short, period_words

YEARS = 3
"""How many fiscal years the page offers."""
SUBMITTED = 20
"""Submitted forecasts that the page lists, the newest first; the list of records has all."""
MEANT = f"{SHARE * 100:.0f}\N{NO-BREAK SPACE}%"
"""How many outcomes an interval is meant to hold, in words."""
HEADS = (
    "fiscal_year", "agency", "of", "code", "name", "budget_cents", "charged_cents", "set_aside_cents", "committed_cents",
    "expected_rest_cents", "expected_end_cents", "expected_end_low_cents", "expected_end_high_cents",
)  # fmt: skip


@login_required
def budget(request: HttpRequest) -> HttpResponse:
    """A fiscal year's budget against what was charged, of one agency or of all that one may see together."""
    agencies = list(agencies_seen(request))
    agency = _agency(request, agencies)
    known = forecasting.last_known(
        InvoiceLine.objects.filter(invoice__in=invoices_seen(request), invoice__state="issued")
    )
    offered = years_of(known)
    year = next((one for one in offered if one.label == request.GET.get("year", "")), offered[0])
    errors: list[tuple[str, str]] = []
    if request.method == "POST":
        try:
            messages.success(request, _submitted(request, agencies))
            return redirect(f"{reverse('billing:budget')}?{_kept(request)}")
        except Refused as refused:
            errors.append(("forecast", refused.sentence))
    note_agencies(request, "budget")
    code = agency.code if agency else ""
    found = asked.answers(request).of(budget_year, code, year.label, known)
    if wants_csv(request):
        rows = [("service", one) for one in found.services] + [("account", one) for one in found.accounts]
        return csv_answer(
            f"budget-{year.label.lower()}", HEADS, rows, lambda pair: _cells(pair[0], pair[1], code, year)
        )
    context = {
        "year": year, "years": offered, "agencies": agencies, "agency": agency, "found": found, "known": known,
        "sentence": _sentence(agency.name if agency else "", found), "chart": _chart(found), "share": MEANT,
        "forecasts": _newest(request, code, year), "errors": errors, "given": request.POST,
        "coming": [one.label for one in found.months if one.charged is None],
        "may_submit": agency is not None and allowed(asked.account(request), "billing.forecast", agency),
        "statewide": bool(asked.roles(request)), "trail": trail(), "here": "Budget",
    }  # fmt: skip
    return render(request, "billing/budget.html", context, status=400 if errors else 200)


def years_of(known: str) -> list[Period]:
    """Return the fiscal years that a page offers, the newest first: that of the month that is invoiced next, and those before."""
    found = [period_of(following(parse_period(known)).starts if known else timezone.localdate(), "year")]
    while len(found) < YEARS:
        found.append(previous(found[-1]))
    return found


def _agency(request: HttpRequest, agencies: list[Organization]) -> Organization | None:
    """The agency that is asked for; who sees one alone need not ask."""
    code = request.GET.get("agency", "")
    if code:
        found = next((one for one in agencies if one.code == code), None)
        if found is None:
            raise Http404(f"There is no agency {code} with invoices that you may see.")
        return found
    return agencies[0] if len(agencies) == 1 else None


def _kept(request: HttpRequest) -> str:
    """What of the address stays after a form is sent."""
    kept = QueryDict(mutable=True)
    kept.update({name: request.GET[name] for name in ("agency", "year") if request.GET.get(name)})
    return kept.urlencode()


def _submitted(request: HttpRequest, agencies: list[Organization]) -> str:
    agency = _agency(request, agencies)
    if agency is None:
        raise Refused("Choose an agency first; a forecast is of one agency.")
    made = forecasting.submit(
        agency, service=request.POST.get("service", ""), month=request.POST.get("month", ""),
        cents=cents_given(request.POST.get("amount", "")), reason=request.POST.get("reason", ""),
        by=asked.signed_in(request), at=timezone.now(),
    )  # fmt: skip
    return f"Your forecast of {dollars(made.cents)} for {period_words(made.month)} is kept."


def _sentence(agency: str, found: BudgetYear) -> str:
    """How the year is expected to end, or how it ended, in words; without an agency of all together."""
    end, over, year = found.whole.end, found.whole.over, found.year.label
    if end is None or not found.known:
        return ""
    if found.months[-1].charged is not None:
        text = f"{agency or 'The agencies together'} ended {year} at {_money(end.cents)}"
    else:
        who = f"{agency} ends" if agency else "the agencies together end"
        text = f"At this rate {who} {year} at {_money(end.cents)} (between {_money(end.low)} and {_money(end.high)})"
    if over is not None:
        text += f", {figure(abs(over), 'percent')} {'over' if over > 0 else 'below'} {'its' if agency else 'their'} budget"
    return f"{text}."


def _money(cents: int) -> str:
    """Whole dollars, for what is only expected."""
    return about(cents)


def _chart(found: BudgetYear) -> SafeString:
    """The year's months: what was charged, then what is expected, each with its interval."""
    marks = []
    for one in found.months:
        if one.charged is not None:
            marks.append(Mark(period_short(one.label), one.charged / 100))
        elif one.expected is not None:
            ends = (one.expected.cents / 100, one.expected.low / 100, one.expected.high / 100)
            marks.append(Mark(period_short(one.label), *ends, hollow=True))
    known = count_of(found.known_months, "month")
    title = f"Charged by month in {found.year.label}: {known} invoiced, the others expected. The table below says the same."
    if not found.known_months:
        return SafeString("")
    return process_chart(
        marks, title=title, words=lambda value: roughly(value * 100).replace("-", MINUS), whole_intervals=True
    )


def _newest(request: HttpRequest, agency: str, year: Period) -> list[Forecast]:
    """The newest submitted forecasts of the year."""
    months = (f"{year.starts:%Y-%m}", f"{year.ends:%Y-%m}")
    rows = visible(
        Forecast.objects.filter(kind=ForecastKind.SUBMITTED, month__range=months),
        asked.scope(request),
        "organization",
    )
    if agency:
        rows = rows.filter(organization__code=agency)
    return list(
        rows.select_related("organization", "line_of_service", "made_by").order_by("-made_on", "-pk")[
            :SUBMITTED
        ]
    )


def _cells(of: str, one: Part, agency: str, year: Period) -> tuple[Any, ...]:
    rest, end = one.rest, one.end
    return (
        year.ends.year, agency, of, one.code, one.name, one.budget, one.charged, one.set_aside, one.committed,
        rest.cents if rest else None, *((end.cents, end.low, end.high) if end and rest else (None, None, None)),
    )  # fmt: skip
