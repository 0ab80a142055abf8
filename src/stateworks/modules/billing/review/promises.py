"""What the office's plans promise about billing, and how that stood: statewide, and of the agency where it is kept by agency."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from stateworks.kernel.indicators import read
from stateworks.kernel.indicators.models import Run, Verdict
from stateworks.kernel.org.models import Organization
from stateworks.kernel.plans.models import Indicator, Plan
from stateworks.web import words
from stateworks.web.goal_words import goal_words
from stateworks.web.verdict_words import bucket_of

COLUMNS = ("plan", "indicator", "name", "period", "statewide", "of_the_agency", "goal", "stands")


def promised(agency: Organization, as_of: date) -> list[tuple[Any, ...]]:
    """Return a row for each indicator that billing's own records move, from each plan's last run up to a day."""
    plans = Plan.objects.filter(current__isnull=False, retired_on__isnull=True).order_by("slug")
    return [row for plan in plans for row in _of_plan(plan, agency, as_of)]


def _of_plan(plan: Plan, agency: Organization, as_of: date) -> Iterator[tuple[Any, ...]]:
    runs = Run.objects.filter(plan=plan.slug, finished_at__isnull=False, as_of__lte=as_of)
    run = runs.order_by("-as_of", "-id").first()
    if run is None:
        return
    named = {one.code: one for one in Indicator.objects.filter(version=plan.current_id)}
    for verdict in Verdict.objects.filter(run=run, measure__startswith="billing.").order_by("indicator"):
        indicator = named.get(verdict.indicator)
        if indicator is None:
            continue
        yield (
            plan.title, indicator.code, indicator.short_name or indicator.name, words.period_words(verdict.period),
            words.figure(verdict.value, indicator.unit), _own(run, verdict, agency, indicator.unit),
            goal_words(indicator.targets), bucket_of(verdict).word,
        )  # fmt: skip


def _own(run: Run, verdict: Verdict, agency: Organization, unit: str) -> str:
    rows = read.values(run, verdict.indicator).filter(period=verdict.period, suppressed=False)
    own = rows.filter(dimension="agency", member=agency.code).first()
    return words.figure(own.value, unit) if own else ""
