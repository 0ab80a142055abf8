"""The page of usage and trends: two years of charges and quantities, by line of service and by program."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from stateworks.kernel.access.scope import visible
from stateworks.kernel.org.models import LineOfService
from stateworks.modules.billing.models import BillingAccount, InvoiceLine
from stateworks.modules.billing.money import roughly
from stateworks.modules.billing.pages.seen import agencies_seen, invoices_seen, note_agencies, trail
from stateworks.modules.billing.templatetags.billing import about, exact
from stateworks.modules.billing.usage import Trend, Usage, rows_of
from stateworks.modules.billing.usage import usage as read_usage
from stateworks.modules.billing.verbs.forecasting import last_known
from stateworks.web import asked
from stateworks.web.drawing.process_chart import Mark, process_chart
from stateworks.web.drawing.sparkline import sparkline
from stateworks.web.paging import csv_answer, wants_csv
from stateworks.web.words import MINUS, figure, period_short, period_words

HEADS = ("month", "agency", "line_of_service", "program", "unit", "quantity", "cents")
NO_PROGRAM = "-"
"""What the address says for charges of accounts without a program; nothing means all."""


@login_required
def usage(request: HttpRequest) -> HttpResponse:
    """What was used and charged in the last two years, of issued invoices that one may see."""
    scope, answers = asked.scope(request), asked.answers(request)
    agencies = list(agencies_seen(request))
    given = {name: request.GET.get(name, "") for name in ("agency", "service", "program")}
    program = {"": None, NO_PROGRAM: ""}.get(given["program"], given["program"])
    note_agencies(request, "usage")
    known = last_known(
        InvoiceLine.objects.filter(invoice__in=invoices_seen(request), invoice__state="issued")
    )
    context: dict[str, Any] = {
        "agencies": agencies, "given": given, "known": known, "statewide": bool(asked.roles(request)), "trail": trail(),
        "here": "Usage",
        "services": list(LineOfService.objects.filter(billing_skus__isnull=False).distinct().order_by("name")),
        "programs": [
            (one or NO_PROGRAM, one or "No program")
            for one in visible(BillingAccount.objects.all(), scope, "organization").order_by("program")
            .values_list("program", flat=True).distinct()
        ],
    }  # fmt: skip
    if not known:
        return render(request, "billing/usage.html", context)
    asked_for = (given["agency"], given["service"], program, known)
    if wants_csv(request):
        return csv_answer("usage", HEADS, rows_of(scope, *asked_for), _cells)
    found = answers.of(read_usage, *asked_for)
    context |= {
        "found": found, "sentence": _sentence(found), "chart": _chart(found),
        "tables": [
            ("services", "By line of service", "Line of service", [_told(one, found) for one in found.services]),
            ("programs", "By program", "Program", [_told(one, found) for one in found.programs]),
        ],
        "months": list(zip(reversed(found.months), reversed(found.whole.cents), strict=True)),
    }  # fmt: skip
    return render(request, "billing/usage.html", context)


def _sentence(found: Usage) -> str:
    """What the last twelve months came to, against those before."""
    whole = found.whole
    text = f"{about(whole.year)} was charged for the twelve months to {period_words(found.months[-1])}"
    if whole.change is None:
        return f"{text}."
    way = "more" if whole.change > 0 else "less"
    return f"{text}, {figure(abs(whole.change), 'percent')} {way} than for the twelve before."


def _chart(found: Usage) -> Any:
    marks = [
        Mark(period_short(month), cents / 100)
        for month, cents in zip(found.months, found.whole.cents, strict=True)
    ]
    first = next((at for at, one in enumerate(found.whole.cents) if one), 0)
    span = f"{period_words(found.months[first])} to {period_words(found.months[-1])}"
    title = f"Charged by month, {span}. The table below says the same."
    return process_chart(
        marks[first:], title=title, words=lambda value: roughly(value * 100).replace("-", MINUS)
    )


def _told(one: Trend, found: Usage) -> dict[str, Any]:
    title = f"{one.name} by month: {about(one.cents[0])} at first, {about(one.last)} at last"
    return {
        "row": one, "spark": sparkline([cents / 100 for cents in one.cents], title=title),
        "used": [f"{exact(_rounded(much))} {unit}".strip() for unit, much in sorted(one.quantities.items())],
    }  # fmt: skip


def _rounded(much: Decimal) -> Decimal:
    """A year's quantity to the thousandth: a table is for comparing, the file has every digit."""
    return much.quantize(Decimal("0.001"))


def _cells(row: tuple[Any, ...]) -> tuple[Any, ...]:
    *names, quantity, cents = row
    return (*names, "" if quantity is None else f"{quantity.normalize():f}", cents)
