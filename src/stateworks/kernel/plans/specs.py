"""Turn a plan's version into what a run is asked to compute."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.db.models import Q

from stateworks.kernel.access.scope import SYSTEM, entered
from stateworks.kernel.indicators import measures
from stateworks.kernel.indicators.specs import IndicatorSpec, ReportedPoint
from stateworks.kernel.indicators.targets import MILESTONE, Target
from stateworks.kernel.plans.load import current_of, plan_named
from stateworks.kernel.plans.models import Indicator, PlanVersion, ReportedValue


def specs_of(version: PlanVersion, *, known_at: datetime | None = None) -> list[IndicatorSpec]:
    """Return every indicator and key result of a version, with what was reported about each by `known_at`."""
    plan = version.plan
    reported = _reported(version, known_at)
    return [
        IndicatorSpec(
            plan=plan.slug,
            plan_version=version.number,
            code=row.code,
            name=row.name,
            kind=row.kind,
            commitment=row.commitment,  # type: ignore[arg-type]
            measure=row.measure,
            filters=filters_of(row, plan.slug),
            parameters=row.parameters,
            unit=row.unit,
            direction=row.direction,  # type: ignore[arg-type]
            frequency=row.frequency,
            reporting_level=row.reporting_level,
            targets=tuple(Target.from_json(target) for target in row.targets),
            minimum_n=row.minimum_n,
            reported=tuple(reported[row.code]),
            retired_on=plan.retired_on,
            effective_from=plan.starts,
            datasets=tuple(row.dataset),
            promise=_promise(row, plan.slug, version.number, plan.starts),
        )
        for row in version.indicators.select_related("node").order_by("order")
    ]


def specs_of_plan(slug: str) -> list[IndicatorSpec]:
    """Return the specs of a plan's current version."""
    with entered(SYSTEM):
        return specs_of(current_of(plan_named(slug)))


def filters_of(indicator: Indicator, plan: str) -> Mapping[str, Any]:
    """Return the filters of an indicator; one measured on the plan's own records sees the records of its own place."""
    found = measures.find(indicator.measure) if indicator.measure else None
    if found is None or not found.reads[0].startswith("plan."):
        return indicator.filters
    # Milestones hang on the indicator itself; criteria on its growth opportunity; pilots on either.
    places = {
        "plan.milestone": [indicator.code],
        "plan.maturity": [indicator.node.code],
    }.get(found.reads[0], [indicator.code, indicator.node.code])
    return {"plan": plan, "code": places[0] if len(places) == 1 else places} | indicator.filters


def _promise(row: Indicator, plan: str, version: int, starts: date) -> IndicatorSpec | None:
    """Return how the milestone is judged that a goal promises beside a figure; none where its figure is the milestone."""
    found = measures.find(row.measure) if row.measure else None
    if found is not None and found.unit == MILESTONE:
        return None
    if not any(Target.from_json(target).is_milestone for target in row.targets):
        return None
    return IndicatorSpec(
        plan=plan, plan_version=version, code=row.code, measure="plan.milestone", filters={"plan": plan, "code": row.code},
        unit=MILESTONE, frequency=row.frequency, effective_from=starts,
    )  # fmt: skip


def _reported(version: PlanVersion, known_at: datetime | None) -> dict[str, list[ReportedPoint]]:
    rows = ReportedValue.objects.filter(plan=version.plan)
    if known_at is None:
        rows = rows.filter(superseded_at__isnull=True)
    else:
        rows = rows.filter(
            Q(superseded_at__isnull=True) | Q(superseded_at__gt=known_at), reported_at__lte=known_at
        )
    found: dict[str, list[ReportedPoint]] = defaultdict(list)
    for row in rows.order_by("starts", "grain"):
        found[row.code].append(
            ReportedPoint(
                grain=row.grain,
                period=row.period,
                starts=row.starts,
                ends=row.ends,
                value=row.value,
                numerator=row.numerator,
                n=row.n,
                reported_at=row.reported_at,
            )
        )
    return found
