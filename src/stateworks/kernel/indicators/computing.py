"""Computing one indicator: compile, decide what must be computed anew, run the SQL, make figures. Writes nothing."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from stateworks.kernel.clocks.fiscal import GRAINS, parse_period, period_of, periods_between
from stateworks.kernel.errors import Refused
from stateworks.kernel.indicators import figures, read, sources
from stateworks.kernel.indicators.compiler import Template, Window, compile_measure
from stateworks.kernel.indicators.figures import Figure
from stateworks.kernel.indicators.measures import Measure, find
from stateworks.kernel.indicators.models import Cover, Run
from stateworks.kernel.indicators.specs import IndicatorSpec

if TYPE_CHECKING:
    import polars as pl

    from stateworks.kernel.lake.engine import DuckDBEngine


STAYS = timedelta(days=7)
"""How much longer the data behind a kept figure must stay in the lake at least."""


@dataclass(frozen=True)
class Setting:
    """What holds for all indicators of a run."""

    as_of: date
    known_at: datetime
    at: datetime
    fiscal_start: int = 7
    previous: Run | None = None


@dataclass
class Made:
    """A statement that was run, with its values."""

    template: Template
    sql: str
    rows_sql: str
    definition_hash: str
    basis: str
    parameters: dict[str, Any]
    values: pl.DataFrame
    periods: list[str]


@dataclass
class Outcome:
    """What became of one indicator: statements run, periods kept from earlier runs, statewide figures by name."""

    spec: IndicatorSpec
    measure: Measure | None = None
    options: dict[str, Mapping[str, Any]] = field(default_factory=dict)
    versions: dict[str, int] = field(default_factory=dict)
    made: list[Made] = field(default_factory=list)
    kept: list[tuple[int, str, list[str]]] = field(default_factory=list)
    series: dict[str, list[Figure]] = field(default_factory=dict)
    definition: str = ""
    why: str = ""


@dataclass(frozen=True)
class _Kept:
    """What an earlier run offers for one figure: its covers, the first month with data, how far its date reached."""

    covers: list[Cover]
    datasets: Mapping[str, int]
    as_of: date
    fill_from: date | None


def compute(spec: IndicatorSpec, setting: Setting, engine: DuckDBEngine) -> Outcome:
    """Compute an indicator; whatever an earlier run knows and nothing has touched is kept as it is."""
    outcome = Outcome(spec=spec, measure=find(spec.measure) if spec.measure else None)
    if not spec.measure:
        outcome.why = spec.unbound
        return outcome
    if outcome.measure is None:
        outcome.why = f"Its measure {spec.measure} does not exist in this installation."
        return outcome
    measure = outcome.measure
    try:
        schemas = sources.schemas(measure.reads)
        templates = compile_measure(
            measure,
            schemas,
            filters=spec.filters,
            parameters=spec.parameters,
            fiscal_start=setting.fiscal_start,
        )
    except Refused as refused:
        outcome.measure = None
        outcome.why = refused.sentence
        return outcome
    outcome.versions = sources.versions(measure.reads, setting.known_at)
    outcome.options = {template.figure: template.options for template in templates}
    missing = [name for name, version in outcome.versions.items() if version < 0]
    if missing:
        outcome.why = f"There is no data in {' and '.join(missing)} yet."
        return outcome
    outcome.definition = definition_hash(measure, templates, spec.parameters)
    lines = _Lines(engine, outcome.versions)
    for template in templates:
        _figure(outcome, template, setting, engine, lines)
    return outcome


class _Lines:
    """The lines of the statements of one indicator; figures that share their SQL are read once."""

    def __init__(self, engine: DuckDBEngine, versions: Mapping[str, int]) -> None:
        self._engine, self._versions = engine, versions
        self._known: dict[str, pl.DataFrame] = {}

    def of(self, sql: str) -> pl.DataFrame:
        """Run a statement, or return what it gave before."""
        import polars as pl

        if sql not in self._known:
            self._known[sql] = pl.DataFrame(pl.from_arrow(self._engine.execute_sql(sql, self._versions)))
        return self._known[sql]


def definition_hash(measure: Measure, templates: Sequence[Template], parameters: Mapping[str, Any]) -> str:
    """Return the hash of a measure's definition: its source and its SQL, free of dates and versions."""
    sql = "\n".join(f"{template.figure}\n{template.sql}" for template in templates)
    return measure.hash_with(sql, parameters)


def _figure(
    outcome: Outcome, template: Template, setting: Setting, engine: DuckDBEngine, lines: _Lines
) -> None:
    """Compute one figure of an indicator, whole or where it was touched."""
    spec, figure = outcome.spec, template.figure
    basis = _basis(spec, figure, outcome.definition, setting.fiscal_start, engine.name)
    kept = _kept(setting, spec.code, figure, basis)
    periods = None if kept is None else _touched(outcome, kept, template, setting, engine)
    if periods is None:
        kept = None
    series: list[Figure] = []
    if periods is None or periods:
        made = _made(outcome, template, basis, periods, kept, setting, lines)
        outcome.made.append(made)
        series += figures.statewide(made.values)
    if kept is not None:
        again = set(periods or ())
        still = [
            (cover.statement_id, left)
            for cover in kept.covers
            if (left := [period for period in cover.periods if period not in again])
        ]
        outcome.kept += [(statement, figure, left) for statement, left in still]
        series += read.figures_of(still)
    outcome.series[figure] = sorted(series, key=lambda one: (GRAINS.index(one.grain), one.starts))


def _made(
    outcome: Outcome,
    template: Template,
    basis: str,
    periods: list[str] | None,
    kept: _Kept | None,
    setting: Setting,
    lines: _Lines,
) -> Made:
    """Run the statement of a figure for some periods, or for all of them."""
    spec = outcome.spec
    windows = _windows(periods, setting) if periods else []
    sql = template.statement(outcome.versions, setting.as_of, windows)
    found = lines.of(sql)
    known = (figures.first_month(found), kept.fill_from if kept else None)
    fill_from = min((day for day in known if day), default=None)
    parameters = {
        "options": template.options,
        "lead": outcome.measure.reads[0] if outcome.measure else "",
        "at": template.at,
        "as_of": setting.as_of.isoformat(),
        "fiscal_start": setting.fiscal_start,
        "minimum_n": spec.minimum_n,
        "fill_from": fill_from.isoformat() if fill_from else None,
        "periods": periods,
        "filters": dict(spec.filters),
        "parameters": dict(spec.parameters),
        "slices": list(template.slices),
    }
    values = values_of(found, parameters)
    return Made(
        template=template,
        sql=sql,
        rows_sql=template.rows(outcome.versions, setting.as_of),
        definition_hash=outcome.definition,
        basis=basis,
        parameters=parameters,
        values=values,
        periods=sorted(values["period"].unique().to_list() if periods is None else periods),
    )


def values_of(lines: pl.DataFrame, parameters: Mapping[str, Any]) -> pl.DataFrame:
    """Make a statement's values from its lines; `verify` makes them again from the same stored parameters."""
    fill_from = parameters["fill_from"]
    return figures.assemble(
        lines,
        parameters["options"],
        as_of=date.fromisoformat(parameters["as_of"]),
        fiscal_start=parameters["fiscal_start"],
        minimum_n=parameters["minimum_n"],
        periods=parameters["periods"],
        fill_from=date.fromisoformat(fill_from) if fill_from else None,
    )


def _basis(spec: IndicatorSpec, figure: str, definition: str, fiscal_start: int, engine: str) -> str:
    """Hash everything that decides a value but the data and the dates."""
    content = [
        spec.plan, spec.code, figure, definition, dict(spec.filters), dict(spec.parameters), spec.minimum_n,
        fiscal_start,
        engine,
    ]  # fmt: skip
    return hashlib.sha256(json.dumps(content, sort_keys=True, default=str).encode()).hexdigest()


def _kept(setting: Setting, indicator: str, figure: str, basis: str) -> _Kept | None:
    """Return what the run before offers for a figure, if all of it rests on the same definition."""
    if setting.previous is None:
        return None
    covers = list(
        Cover.objects.filter(run=setting.previous, indicator=indicator, figure=figure)
        .select_related("statement")
        .order_by("id")
    )
    if not covers or any(cover.statement.basis != basis for cover in covers):
        return None
    if any(
        not sources.stays(name, version, setting.at + STAYS)
        for cover in covers
        for name, version in cover.statement.datasets.items()
    ):
        # Old versions are cleared away in time; a run does not stand on what could not be checked next week.
        return None
    fills = [cover.statement.parameters["fill_from"] for cover in covers]
    return _Kept(
        covers=covers,
        datasets=read.datasets_of(setting.previous, indicator),
        as_of=setting.previous.as_of,
        fill_from=min((date.fromisoformat(day) for day in fills if day), default=None),
    )


def _touched(
    outcome: Outcome, kept: _Kept, template: Template, setting: Setting, engine: DuckDBEngine
) -> list[str] | None:
    """Return the periods that must be computed anew; None means all of them."""
    assert outcome.measure is not None
    lead, *others = outcome.measure.reads
    options = template.options
    if options.get("snapshot") and setting.as_of >= kept.as_of:
        # What stood at the end of a past period cannot be seen in today's data, so what was seen then is kept.
        return figures.current_periods(setting.as_of, setting.fiscal_start)
    if (
        setting.as_of < kept.as_of
        or (outcome.measure.uses_as_of and setting.as_of != kept.as_of)
        or options["roll_up"] == "last"
        or options.get("change")
        or not template.at
        or kept.datasets.get(lead) is None
        or any(kept.datasets.get(name) != outcome.versions[name] for name in others)
    ):
        return None
    months = sources.changed_months(engine, lead, template.at, kept.datasets[lead], outcome.versions[lead])
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


def _grain_of(label: str) -> str:
    return "quarter" if " Q" in label else "year" if label.startswith("FY") else "month"


def _windows(periods: Sequence[str], setting: Setting) -> list[Window]:
    """Return the spans of days that the touched periods need: whole fiscal years, neighbours joined."""
    years = sorted(
        (parse_period(label, setting.fiscal_start) for label in periods if _grain_of(label) == "year"),
        key=lambda period: period.starts,
    )
    spans: list[Window] = []
    for year in years:
        last = min(year.ends, setting.as_of)
        if spans and spans[-1][1] + timedelta(days=1) == year.starts:
            spans[-1] = (spans[-1][0], last)
        else:
            spans.append((year.starts, last))
    return spans
