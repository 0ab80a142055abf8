"""Everything an indicator's page shows, read in a constant number of queries."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field

from django.utils.safestring import SafeString

from stateworks.kernel.access.scope import Scope
from stateworks.kernel.clocks.fiscal import periods_between
from stateworks.kernel.indicators.models import Cover, Grain, Run, Value, Verdict
from stateworks.kernel.indicators.read import AsReported, as_reported
from stateworks.kernel.indicators.specs import PROMISE
from stateworks.kernel.indicators.targets import PERCENT
from stateworks.kernel.indicators.units import is_share
from stateworks.kernel.plans.models import CheckIn, Indicator, Milestone, ReportedValue, VarianceNote
from stateworks.web import words
from stateworks.web.goal_words import goal_words
from stateworks.web.indicator.chart import Series, series_of
from stateworks.web.indicator.found import Found
from stateworks.web.indicator.making import Making, making_of
from stateworks.web.indicator.outlook import Projection, projection_of
from stateworks.web.indicator.sentence import (
    assurance_words,
    confidence_words,
    next_report,
    sentence_of,
    trend_words,
)
from stateworks.web.indicator.slices import SliceTable, slice_tables
from stateworks.web.promises import Promise, is_promise_beside_figure, promise_of
from stateworks.web.scorecard.history import Point, months_before, published_history
from stateworks.web.scorecard.published import Signature, published_verdicts, signature_of, signatures
from stateworks.web.verdict_words import BY_KEY, Bucket, bucket_of, outlook_words

#: Order in which grains are offered: the finest first, since it shows the process.
GRAINS = ("month", "quarter", "year")


@dataclass
class Reading:
    """An indicator as its page shows it."""

    indicator: Indicator
    verdict: Verdict | None
    bucket: Bucket
    sentence: str
    figure: str
    interval: str
    outlook: str
    confidence: str
    targets: list[tuple[str, str]]
    goal: str
    grain: str
    grains: list[tuple[str, str]]
    series: Series | None
    slices: list[SliceTable] = field(default_factory=list)
    making: Making | None = None
    signature: Signature | None = None
    signatures: list[Signature] = field(default_factory=list)
    restated: bool = False
    beside: list[tuple[str, str]] = field(default_factory=list)
    said_before: list[AsReported] = field(default_factory=list)
    reported: list[ReportedValue] = field(default_factory=list)
    milestones: list[Milestone] = field(default_factory=list)
    promises: list[Promise] = field(default_factory=list)
    notes: list[VarianceNote] = field(default_factory=list)
    check_ins: list[CheckIn] = field(default_factory=list)
    next_report: dt.date | None = None
    assurance: str = ""
    trend: str = ""
    projection: Projection | None = None
    chart: SafeString = SafeString("")  # noqa: RUF009 - immutable


def read(found: Found, *, scope: Scope, published_only: bool, grain: str = "") -> Reading:
    """Read one indicator; visitors get what was signed and no slices."""
    indicator, run = found.indicator, found.run
    signed = (
        signatures(found.plan.slug, run.as_of, approved_only=published_only).get(indicator.code, [])
        if run
        else []
    )
    verdict = _verdict(indicator, run, signed, published_only)
    shown_run = verdict.run_id if verdict else None
    points = _points(found, verdict, published_only)
    grains = [(key, Grain(key).label) for key in GRAINS if points.get(key)]
    chosen = grain if points.get(grain) else _default_grain(points, verdict)
    unit = indicator.unit
    projected = None
    if verdict is not None and not published_only:
        projected = projection_of(indicator, verdict, found.plan.slug, points.get("month", []))
    ahead = projected.marks if projected and chosen == "month" else ()
    reading = Reading(
        indicator=indicator,
        verdict=verdict,
        bucket=BY_KEY["not_published"] if published_only and verdict is None else bucket_of(verdict),
        sentence=sentence_of(indicator, verdict, published_only=published_only),
        figure=words.figure(verdict.value, unit) if verdict else "",
        interval=words.interval(verdict.low, verdict.high, unit) if verdict else "",
        outlook=outlook_words(verdict),
        confidence=confidence_words(verdict),
        targets=_targets(indicator, verdict),
        goal=goal_words(indicator.targets),
        grain=chosen,
        grains=grains,
        series=series_of(indicator, points.get(chosen, []), chosen, ahead) if chosen else None,
        projection=projected,
        trend=trend_words(verdict),
        assurance=assurance_words(verdict) if chosen == "month" else "",
        signatures=signed,
        signature=signature_of(signed, verdict.grain, verdict.period) if verdict else None,
    )
    if verdict is not None and shown_run is not None:
        reading.making = making_of(indicator, verdict, shown_run)
        reading.restated = _restated(verdict, reading.signature)
        reading.beside = beside(verdict, unit)
        if not published_only:
            reading.slices = slice_tables(indicator, verdict, scope)
            reading.said_before = (
                as_reported(found.plan.slug, indicator.code, verdict.period)[:-1] if verdict.period else []
            )
    if not published_only:
        own = {"plan": found.plan, "code": indicator.code}
        reading.reported = list(ReportedValue.objects.filter(**own).select_related("reported_by")[:60])
        reading.milestones = list(Milestone.objects.filter(**own))
        reading.notes = list(VarianceNote.objects.filter(**own).select_related("written_by")[:20])
        as_of = run.as_of if run else dt.date.today()  # noqa: DTZ011 - only words on a page
        if is_promise_beside_figure(indicator.targets):
            reading.promises = [promise_of(row, found.plan.slug, as_of) for row in reading.milestones]
        reading.next_report = next_report(indicator.frequency, as_of, found.plan.fiscal_year_start_month)
    return reading


def _verdict(
    indicator: Indicator, run: Run | None, signed: list[Signature], published_only: bool
) -> Verdict | None:
    if run is None:
        return None
    if published_only:
        return published_verdicts({indicator.code: signed}).get(indicator.code)
    return Verdict.objects.filter(run=run, indicator=indicator.code).select_related("run").first()


def _points(found: Found, verdict: Verdict | None, published_only: bool) -> dict[str, list[Value | Point]]:
    """Statewide values by grain, oldest first, back to sixty months."""
    if found.run is None or verdict is None:
        return {}
    if published_only:
        history = published_history(found.plan.slug, found.run.as_of, found.plan.fiscal_year_start_month)
        return {
            grain: list(points) for (code, grain), points in history.items() if code == found.indicator.code
        }
    labels = labels_back(found.run.as_of, found.plan.fiscal_year_start_month)
    covers = {
        statement: set(periods)
        for statement, periods in Cover.objects.filter(
            run=found.run, indicator=found.indicator.code, figure=""
        ).values_list("statement_id", "periods")
    }
    # The periods are named, so that the database looks each one up and never reads through the slices.
    rows = Value.objects.filter(statement_id__in=list(covers), period__in=labels, dimension="", member="")
    by_grain: dict[str, list[Value | Point]] = {}
    for value in rows.order_by("starts"):
        if value.period in covers[value.statement_id]:
            by_grain.setdefault(value.grain, []).append(value)
    return by_grain


def beside(verdict: Verdict, unit: str) -> list[tuple[str, str]]:
    """The measure's other figures of the same period, such as the median beside the mean; milestones are told apart."""
    rows = (
        Value.objects.select_related("statement")
        .filter(
            statement__covers__run=verdict.run_id,
            statement__covers__periods__contains=[verdict.period],
            indicator=verdict.indicator,
            period=verdict.period,
            dimension="",
        )
        .exclude(figure__in=["", PROMISE])
    )
    names = {"p90": "90th percentile", "p95": "95th percentile", "within": "within the goal"}
    return [
        (
            names.get(row.figure, row.figure.replace("_", " ")),
            words.figure(
                row.value, PERCENT if is_share(row.statement.parameters.get("options") or {}) else unit
            ),
        )
        for row in rows.order_by("statement_id")
        if row.value is not None and not row.suppressed
    ]


def labels_back(as_of: dt.date, start_month: int) -> list[str]:
    """The labels of five years of months and ten years of quarters and years, up to a day."""
    return [
        period.label
        for grain, months in (("month", 59), ("quarter", 120), ("year", 120))
        for period in periods_between(months_before(as_of, months), as_of, grain, start_month)  # type: ignore[arg-type]
    ]


def _default_grain(points: dict[str, list[Value | Point]], verdict: Verdict | None) -> str:
    for grain in GRAINS:
        if sum(1 for point in points.get(grain, []) if point.value is not None) > 1:
            return grain
    return verdict.grain if verdict and points.get(verdict.grain) else next(iter(points), "")


def _targets(indicator: Indicator, verdict: Verdict | None) -> list[tuple[str, str]]:
    """Each target as it was read, in words, with its own attainment where the run gave one."""
    from stateworks.kernel.indicators.targets import Target

    scored = verdict.targets if verdict else []
    found = []
    for index, target in enumerate(indicator.targets):
        own = scored[index] if index < len(scored) and isinstance(scored[index], dict) else {}
        found.append((Target.from_json(target).in_words(), str(own.get("attainment") or "")))
    return found


def _restated(verdict: Verdict, signature: Signature | None) -> bool:
    """Whether the figure differs from the one that was signed for the same period."""
    if signature is None or signature.run == verdict.run_id:
        return False
    signed = (
        Verdict.objects.filter(run_id=signature.run, indicator=verdict.indicator, period=verdict.period)
        .values_list("value", flat=True)
        .first()
    )
    return signed is not None and signed != verdict.value
