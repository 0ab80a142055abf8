"""The page of a fiscal year's federal package, which is of all agencies; its schedules as files."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from stateworks.kernel.access.scope import SYSTEM, entered
from stateworks.kernel.errors import Refused
from stateworks.modules.billing.federal import Package, package_of
from stateworks.modules.billing.federal.facts import NOBODY
from stateworks.modules.billing.federal.files import every_schedule, file_of
from stateworks.modules.billing.federal.reading import facts_of
from stateworks.modules.billing.federal.reconciling import ServiceYear
from stateworks.modules.billing.pages.seen import trail
from stateworks.web import asked

STANDINGS = {
    "over": ("missed", "over the limit"),
    "within": ("met", "within the limit"),
    "short": ("at_risk", "short of zero"),
}
"""Icon and words of how a balance stands."""


@login_required
def package(request: HttpRequest, year: int) -> HttpResponse:
    """Whether the services kept what they may, what each earned and cost, and what every schedule was held against."""
    context: dict[str, Any] = {
        "year": year,
        "trail": trail(),
        "here": f"Federal package of FY{year % 100:02}",
    }
    if not asked.roles(request):
        raise Http404(f"There is no federal package of {year} that you may see.")
    try:
        found = _package(year)
    except Refused as refused:
        return render(request, "billing/federal.html", context | {"refused": refused.sentence})
    if name := request.GET.get("schedule", ""):
        return _file(found, name)
    services = [one for one in found.services if one.service != NOBODY]
    over = [one for one in services if one.excess]
    context |= {
        "package": found, "services": found.services, "over": over, "rule": found.facts.rule(NOBODY),
        "due_on": date.fromisoformat(found.facts.rule(NOBODY).due_on),
        "meters": [_meter(one) for one in sorted(services, key=lambda one: (-one.excess, one.name))],
        "files": [(one.name, one.title, len(one.rows)) for one in every_schedule(found)],
    }  # fmt: skip
    return render(request, "billing/federal.html", context)


def _file(found: Package, name: str) -> HttpResponse:
    """One schedule as CSV, or all of them as a workbook."""
    try:
        title, kind, content = file_of(found, name)
    except Refused as refused:
        raise Http404(refused.sentence) from refused
    answer = HttpResponse(content, content_type=kind)
    answer["Content-Disposition"] = f'attachment; filename="{title}"'
    return answer


def _package(year: int) -> Package:
    with entered(SYSTEM):
        return package_of(facts_of(year))


def _meter(year: ServiceYear) -> dict[str, Any]:
    """What the reserve of a service is drawn from: a bar has no place for less than nothing."""
    days = year.reserve_days
    icon, words = STANDINGS[year.standing]
    shown = max(Decimal(0), days or Decimal(0))
    return {
        "year": year, "days": days, "icon": icon, "words": words, "value": str(shown),
        "most": str(max(Decimal(2 * year.rule.reserve_days), shown, Decimal(1))), "limit": str(year.rule.reserve_days),
    }  # fmt: skip
