"""The page of costs: what the office's own cost is made of, and what was charged, by the words of its taxonomy."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from stateworks.kernel.lake.store import current_version
from stateworks.modules.billing.feeds import LEDGER
from stateworks.modules.billing.models import TaxonomyTerm
from stateworks.modules.billing.pages.budget import years_of
from stateworks.modules.billing.pages.seen import note_agencies, trail
from stateworks.modules.billing.transparency import Groups, Transparency, costs_of
from stateworks.modules.billing.verbs.forecasting import last_known
from stateworks.web import asked
from stateworks.web.paging import csv_answer, wants_csv

HEADS = ("view", "top", "word", "name", "cents")


@login_required
def costs(request: HttpRequest) -> HttpResponse:
    """A fiscal year's cost by tower, which is open to all who have signed in, and the charges that one may see by solution."""
    years = years_of(last_known())
    year = next((one for one in years if one.label == request.GET.get("year")), years[0])
    note_agencies(request, "costs")
    found = asked.answers(request).of(costs_of, year.label, current_version(LEDGER))
    if wants_csv(request):
        return csv_answer(f"costs-{year.label}", HEADS, list(_rows(found)), lambda row: row)
    context: dict[str, Any] = {
        "years": years, "year": year, "found": found, "trail": trail(), "here": "Costs",
        "views": [
            ("towers", "What the office's cost is made of", "Cost pool", found.towers),
            ("solutions", "What was charged", "SKU", found.solutions),
        ],
        "sorted": TaxonomyTerm.objects.exists(), "statewide": bool(asked.roles(request)),
    }  # fmt: skip
    return render(request, "billing/costs.html", context)


def _rows(found: Transparency) -> list[tuple[Any, ...]]:
    def of(view: str, groups: Groups) -> list[tuple[Any, ...]]:
        return [
            (view, top, one.word, one.name, one.cents) for top, _, parts in groups.groups for one in parts
        ]

    return [*of("tower", found.towers), *of("solution", found.solutions)]
