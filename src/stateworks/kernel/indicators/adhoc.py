"""A measure computed on the spot, for the `measure` command and for looking closer; nothing is stored."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from stateworks.kernel.access.scope import SYSTEM, entered
from stateworks.kernel.clocks.fiscal import GRAINS
from stateworks.kernel.errors import Refused
from stateworks.kernel.indicators import figures, sources
from stateworks.kernel.indicators.compiler import compile_measure
from stateworks.kernel.indicators.measures import Measure, get

SOURCE = "source"
"""The column of a feed that names the source system of a row."""


def compute(
    name: str,
    *,
    by: str | None = None,
    source: str | None = None,
    as_of: date,
    known_at: datetime | None = None,
    filters: Mapping[str, Any] | None = None,
    parameters: Mapping[str, Any] | None = None,
    fiscal_start: int = 7,
    engine: str = "duckdb",
    at: datetime | None = None,
) -> list[dict[str, Any]]:
    """Return a measure's figures: one for everything up to `as_of`, or by month, quarter, year or a column.

    With `at`, records that changed are first written to the lake; otherwise it is read as it is. `source` is a mapping (or the
    source system that it names) and narrows the first dataset to its rows. Each figure is
    `{"period","value","n","numerator","low","high","excluded"}`; by a column there is that column as well. Further figures of
    a measure that has several carry `figure`.
    """
    from stateworks.kernel.lake.engines import open_engine

    measure = get(name)
    schemas = sources.schemas(measure.reads)
    column = by if by is not None and by not in GRAINS else None
    if column is not None and column not in schemas[measure.reads[0]]:
        choices = ", ".join([*GRAINS, *measure.by, *measure.also_by])
        raise Refused(f"{name} cannot be shown by “{column}”; choose one of {choices}.")
    grains = (by,) if by is not None and by in GRAINS else ("all",)
    narrowed = dict(filters or {})
    found: list[dict[str, Any]] = []
    # The engine first, so that a missing one is told before anything is written.
    with open_engine(engine) as opened:
        if at is not None:
            _take_snapshots(measure, at)
        with entered(SYSTEM):
            if source is not None:
                narrowed[SOURCE] = sources.source_names(source, measure.reads[0])
            templates = compile_measure(
                measure, schemas, filters=narrowed, parameters=parameters, by=(column,) if column else (),
                fiscal_start=fiscal_start, grains=grains, engine=engine,
            )  # fmt: skip
            versions = sources.versions(measure.reads, known_at)
            for template in templates:
                import polars as pl

                lines = pl.DataFrame(
                    pl.from_arrow(opened.execute_sql(template.statement(versions, as_of), versions))
                )
                frame = figures.assemble(
                    lines, template.options, as_of=as_of, fiscal_start=fiscal_start, grains=grains,
                    fill_from=figures.first_month(lines) if column is None else None,
                )  # fmt: skip
                wanted = frame.filter(pl.col("dimension") == (column or ""))
                found += [_line(row, column, template.figure) for row in wanted.iter_rows(named=True)]
    return found or [_nothing()]


def _take_snapshots(measure: Measure, at: datetime) -> None:
    """Write changed records that a measure reads to the lake: without this it would see those of the last run."""
    from stateworks.kernel.records.snapshot import snapshot_changed
    from stateworks.kernel.records.types import record_types

    records = {one.name for one in record_types()} & set(measure.reads)
    if records:
        snapshot_changed(records, at=at)


def _line(row: Mapping[str, Any], column: str | None, figure: str) -> dict[str, Any]:
    parts = json.loads(row["parts"])
    inner = parts.get("now", parts)
    made: dict[str, Any] = {
        "period": row["period"], "value": row["value"], "n": row["n"],
        "numerator": numerator_of(inner), "low": row["low"], "high": row["high"],
        "excluded": json.loads(row["left_out"]),
    }  # fmt: skip
    extras = {name: inner[name] for name in ("median", "p90", "unknown", "open") if inner.get(name)}
    if column is not None:
        made = {column: row["member"], **made}
    if figure:
        made = {"figure": figure, **made}
    return made | ({"parts": extras} if extras else {})


def numerator_of(parts: Mapping[str, Any]) -> int | None:
    """Return the integer over n: hits, distinct things, the sum of amounts, or the count."""
    if "quantile" in parts:
        return None
    for name in ("numerator", "within", "distinct", "total", "top", "in_time", "level", "count"):
        if parts.get(name) is not None:
            return int(parts[name])
    return None


def _nothing() -> dict[str, Any]:
    return {
        "period": "all",
        "value": None,
        "n": 0,
        "numerator": None,
        "low": None,
        "high": None,
        "excluded": {},
    }
