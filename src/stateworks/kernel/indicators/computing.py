"""Computing one indicator: compile, decide what must be computed anew, run the SQL, make figures. Writes nothing."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import TYPE_CHECKING, Any

from stateworks.kernel.clocks.fiscal import GRAINS
from stateworks.kernel.errors import Refused
from stateworks.kernel.indicators import figures, keeping
from stateworks.kernel.indicators.compiler import Template, compile_measure
from stateworks.kernel.indicators.figures import Figure
from stateworks.kernel.indicators.keeping import Kept, Plan, Setting
from stateworks.kernel.indicators.measures import Measure, find
from stateworks.kernel.indicators.reading import Reading
from stateworks.kernel.indicators.specs import IndicatorSpec
from stateworks.kernel.lake.engines import DUCKDB

if TYPE_CHECKING:
    import polars as pl


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


def compute(spec: IndicatorSpec, setting: Setting, reading: Reading, *, figure: str = "") -> Outcome:
    """Compute an indicator; whatever an earlier run knows and nothing has touched is kept as it is.

    `figure` is the name to keep its figure under, where it stands beside another one of the same indicator.
    """
    outcome = Outcome(spec=spec, measure=find(spec.measure) if spec.measure else None)
    if not spec.measure:
        outcome.why = spec.unbound
        return outcome
    if outcome.measure is None:
        outcome.why = f"Its measure {spec.measure} does not exist in this installation."
        return outcome
    measure = outcome.measure
    try:
        schemas = reading.schemas(measure.reads)
        defined, templates = (
            compile_measure(
                measure, schemas, filters=spec.filters, parameters=spec.parameters, fiscal_start=setting.fiscal_start,
                engine=engine,
            )
            for engine in (DUCKDB, reading.engine)
        )  # fmt: skip
    except Refused as refused:
        outcome.measure = None
        outcome.why = refused.sentence
        return outcome
    outcome.versions = reading.versions(measure.reads)
    missing = [name for name, version in outcome.versions.items() if version < 0]
    if missing:
        outcome.why = f"There is no data in {' and '.join(missing)} yet."
        return outcome
    outcome.definition = definition_hash(measure, defined, spec.parameters)
    for template in (replace(one, figure=figure or one.figure) for one in templates):
        outcome.options[template.figure] = template.options
        _figure(outcome, template, setting, reading)
    return outcome


def definition_hash(measure: Measure, templates: Sequence[Template], parameters: Mapping[str, Any]) -> str:
    """Return the hash of a measure's definition: its source and its SQL for DuckDB, free of dates and versions.

    Which engine computes a figure does not change what it means, nor does it take an approval away.
    """
    sql = "\n".join(f"{template.figure}\n{template.sql}" for template in templates)
    return measure.hash_with(sql, parameters)


def _figure(outcome: Outcome, template: Template, setting: Setting, reading: Reading) -> None:
    """Compute one figure of an indicator, whole or where it was touched."""
    assert outcome.measure is not None
    spec, figure = outcome.spec, template.figure
    interval = template.options.get("interval", "")
    basis = _basis(spec, figure, outcome.definition, setting.fiscal_start, reading.engine, interval)
    kept = setting.earlier.kept(spec.code, figure, basis, setting, reading)
    part = None
    if kept is not None:
        part = keeping.plan(spec, outcome.measure, template, kept, outcome.versions, setting, reading)
    if part is None:
        kept = None
    series: list[Figure] = []
    if part is None or part.periods:
        made = _made(outcome, template, basis, part, kept, setting, reading)
        outcome.made.append(made)
        series += figures.statewide(made.values)
    if kept is not None and part is not None:
        still = kept.without(part.periods)
        outcome.kept += [(statement, figure, left) for statement, left in still]
        series += setting.earlier.figures(still)
    outcome.series[figure] = sorted(series, key=lambda one: (GRAINS.index(one.grain), one.starts))


def _made(
    outcome: Outcome,
    template: Template,
    basis: str,
    part: Plan | None,
    kept: Kept | None,
    setting: Setting,
    reading: Reading,
) -> Made:
    """Run the statement of a figure for some periods, or for all of them."""
    spec = outcome.spec
    sql = template.statement(outcome.versions, setting.as_of) if part is None else part.sql
    periods = None if part is None else part.periods
    found = reading.lines(sql, outcome.versions)
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
        "over_periods": True,
        "attacked": True,
    }
    if part is not None and part.adds:
        parameters["adds"] = part.adds
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
    """Make a statement's values from its lines; `verify` makes them again from the same stored parameters.

    Where a statement read only some months, the others of their fiscal years are added as they are stored.
    """
    fill_from = parameters["fill_from"]
    if adds := parameters.get("adds"):
        lines = figures.together(lines, keeping.added_lines(adds, parameters["options"]))
    return figures.assemble(
        lines,
        parameters["options"],
        as_of=date.fromisoformat(parameters["as_of"]),
        fiscal_start=parameters["fiscal_start"],
        minimum_n=parameters["minimum_n"],
        periods=parameters["periods"],
        fill_from=date.fromisoformat(fill_from) if fill_from else None,
        over_periods=parameters.get("over_periods", False),
        attacked=parameters.get("attacked", False),
    )


def _basis(
    spec: IndicatorSpec, figure: str, definition: str, fiscal_start: int, engine: str, interval: str
) -> str:
    """Hash everything that decides a value but the data and the dates."""
    content = [
        spec.plan, spec.code, figure, definition, dict(spec.filters), dict(spec.parameters), spec.minimum_n,
        fiscal_start,
        engine,
    ]  # fmt: skip
    if interval:
        content.append(interval)
    if spec.minimum_n > 1:
        content.append("sums give nothing away, however many are played off against each other")
    return hashlib.sha256(json.dumps(content, sort_keys=True, default=str).encode()).hexdigest()
