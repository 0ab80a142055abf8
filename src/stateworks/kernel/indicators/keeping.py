"""What a run takes over from the run before it, which periods it must compute anew, and from how little.

Only rows that differ can change a figure. Where a longer period's integer parts are the sum of its months', the months that
nothing touched give theirs as they are stored, so that only touched months are read. Otherwise (medians, different
people, most frequent categories) a touched year's rows are read once, and each grain looks at its own touched periods.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Any

from stateworks.kernel.clocks.fiscal import GRAINS, Grain, Period, parse_period, period_of, periods_between
from stateworks.kernel.indicators import figures, read
from stateworks.kernel.indicators.compiler import Template, Window
from stateworks.kernel.indicators.figures import Figure
from stateworks.kernel.indicators.measures import Measure
from stateworks.kernel.indicators.models import Cover, Run, Value, Verdict
from stateworks.kernel.indicators.parts import lines_of
from stateworks.kernel.indicators.reading import Reading
from stateworks.kernel.indicators.specs import IndicatorSpec

if TYPE_CHECKING:
    import polars as pl

STAYS = timedelta(days=7)
"""How much longer the data behind a kept figure must stay in the lake at least."""

Adds = list[tuple[int, list[str]]]
"""Statements and months: whose stored parts are added to what a statement counts itself."""


@dataclass(frozen=True)
class Setting:
    """What holds for all indicators of a run."""

    as_of: date
    known_at: datetime
    at: datetime
    fiscal_start: int = 7
    previous: Run | None = None

    @cached_property
    def earlier(self) -> Earlier:
        """What the run before offers."""
        return Earlier(self.previous)


@dataclass(frozen=True)
class Kept:
    """What an earlier run offers for one figure: its covers, the first month with data, how far its date reached."""

    covers: list[Cover]
    datasets: Mapping[str, int]
    as_of: date
    fill_from: date | None

    def without(self, periods: Iterable[str]) -> Adds:
        """Return statements and periods but those that are computed anew."""
        again = set(periods)
        found = [
            (cover.statement_id, [period for period in cover.periods if period not in again])
            for cover in self.covers
        ]
        return [(statement, left) for statement, left in found if left]


class Earlier:
    """A run whose figures may be kept, read at once and not once an indicator."""

    def __init__(self, run: Run | None) -> None:
        self._run = run

    @cached_property
    def _covers(self) -> dict[tuple[str, str], list[Cover]]:
        made: dict[tuple[str, str], list[Cover]] = {}
        found = Cover.objects.filter(run=self._run).select_related("statement").order_by("id")
        for cover in found.defer("statement__sql", "statement__rows_sql"):
            made.setdefault((cover.indicator, cover.figure), []).append(cover)
        return made

    @cached_property
    def _datasets(self) -> dict[str, dict[str, int]]:
        return dict(Verdict.objects.filter(run=self._run).values_list("indicator", "datasets"))

    @cached_property
    def _statewide(self) -> dict[int, list[Figure]]:
        statements = {cover.statement_id for covers in self._covers.values() for cover in covers}
        return read.statewide(statements)

    def kept(
        self, indicator: str, figure: str, basis: str, setting: Setting, reading: Reading
    ) -> Kept | None:
        """Return what there is for a figure, if all of it rests on the same definition and on data that stays."""
        if self._run is None:
            return None
        covers = self._covers.get((indicator, figure), [])
        if not covers or any(cover.statement.basis != basis for cover in covers):
            return None
        # Old versions are cleared away in time; a run does not stand on what could not be checked next week.
        if any(
            not reading.stays(name, version, setting.at + STAYS)
            for cover in covers
            for name, version in cover.statement.datasets.items()
        ):
            return None
        fills = [cover.statement.parameters["fill_from"] for cover in covers]
        return Kept(
            covers=covers,
            datasets=self._datasets.get(indicator, {}),
            as_of=self._run.as_of,
            fill_from=min((date.fromisoformat(day) for day in fills if day), default=None),
        )

    def figures(self, chosen: Adds) -> list[Figure]:
        """Return the statewide figures of some statements, each for some periods."""
        made = []
        for statement, periods in chosen:
            wanted = set(periods)
            made += [one for one in self._statewide.get(statement, []) if one.period in wanted]
        return made


@dataclass(frozen=True)
class Plan:
    """What is computed anew of a figure: which periods, by which SQL, and which stored months are added."""

    periods: list[str]
    sql: str
    adds: Adds


def plan(
    spec: IndicatorSpec,
    measure: Measure,
    template: Template,
    kept: Kept,
    versions: Mapping[str, int],
    setting: Setting,
    reading: Reading,
) -> Plan | None:
    """Say what of a figure must be computed anew; None means all of it."""
    touched = _touched(measure, template, kept, versions, setting, reading)
    if touched is None:
        return None
    options, years = template.options, _of_grain(touched, "year", setting.fiscal_start)
    if spec.minimum_n > 1 and not options.get("snapshot"):
        # Which figures are hidden depends on their neighbours in the same fiscal year.
        touched = [
            one.label
            for year in years
            for grain in GRAINS
            for one in periods_between(
                year.starts, min(year.ends, setting.as_of), grain, setting.fiscal_start
            )
        ]
    whole_years = _windows(years, setting.as_of)
    months = _of_grain(touched, "month", setting.fiscal_start)
    if options.get("snapshot") or not touched:
        return Plan(touched, template.statement(versions, setting.as_of, whole_years), [])
    if options["roll_up"] == "sum":
        sql = template.statement(versions, setting.as_of, _windows(months, setting.as_of))
        return Plan(touched, sql, _months_of(kept.without(touched), years, setting.fiscal_start))
    windows = {
        grain: _windows(_of_grain(touched, grain, setting.fiscal_start), setting.as_of) for grain in GRAINS
    }
    return Plan(touched, template.parted(versions, setting.as_of, windows), [])


def _touched(
    measure: Measure,
    template: Template,
    kept: Kept,
    versions: Mapping[str, int],
    setting: Setting,
    reading: Reading,
) -> list[str] | None:
    """Return the periods that must be computed anew; None means all of them."""
    lead, *others = measure.reads
    options = template.options
    if setting.as_of == kept.as_of and all(kept.datasets.get(name) == one for name, one in versions.items()):
        return []
    if options.get("snapshot") and setting.as_of >= kept.as_of:
        # What stood at the end of a past period cannot be seen in today's data, so what was seen then is kept.
        return figures.current_periods(setting.as_of, setting.fiscal_start)
    if (
        setting.as_of < kept.as_of
        or (measure.uses_as_of and setting.as_of != kept.as_of)
        or options["roll_up"] == "last"
        or options.get("change")
        or not template.at
        or kept.datasets.get(lead) is None
        or any(kept.datasets.get(name) != versions[name] for name in others)
    ):
        return None
    months = set(reading.changed_months(lead, template.at, kept.datasets[lead], versions[lead]))
    if setting.as_of > kept.as_of:
        months |= {
            period.starts
            for period in periods_between(
                kept.as_of + timedelta(days=1), setting.as_of, "month", setting.fiscal_start
            )
        }
    months = {month for month in months if month <= setting.as_of}
    if kept.fill_from and months and min(months) < kept.fill_from and options.get("zero_when_empty"):
        # Data from before the first month makes zeros of what was missing.
        return None
    touched = {period_of(month, grain, setting.fiscal_start).label for month in months for grain in GRAINS}
    return sorted(touched)


def _of_grain(labels: Iterable[str], grain: Grain, fiscal_start: int) -> list[Period]:
    chosen = (parse_period(label, fiscal_start) for label in labels if _grain_of(label) == grain)
    return sorted(chosen, key=lambda period: period.starts)


def _grain_of(label: str) -> Grain:
    return "quarter" if " Q" in label else "year" if label.startswith("FY") else "month"


def _windows(periods: Sequence[Period], as_of: date) -> list[Window]:
    """Return the spans of days of some periods, neighbours joined."""
    spans: list[Window] = []
    for period in periods:
        last = min(period.ends, as_of)
        if spans and spans[-1][1] + timedelta(days=1) == period.starts:
            spans[-1] = (spans[-1][0], last)
        else:
            spans.append((period.starts, last))
    return spans


def _months_of(chosen: Adds, years: Sequence[Period], fiscal_start: int) -> Adds:
    """Return the months of some fiscal years alone."""
    wanted = {
        one.label for year in years for one in periods_between(year.starts, year.ends, "month", fiscal_start)
    }
    found = [(statement, [label for label in labels if label in wanted]) for statement, labels in chosen]
    return [(statement, labels) for statement, labels in found if labels]


def added_lines(adds: Iterable[Sequence[Any]], options: Mapping[str, Any]) -> pl.DataFrame | None:
    """Return stored months as the lines they were made from, to be added up with others."""
    stored = [
        row
        for statement, labels in adds
        for row in Value.objects.filter(statement=statement, period__in=labels).values_list(
            "starts", "dimension", "member", "parts", "left_out", "fingerprints"
        )
    ]
    return lines_of(stored, options) if stored else None
