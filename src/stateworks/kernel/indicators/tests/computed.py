"""A measure computed over a few rows in memory: the compiler and the figures, without lake and database."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date
from typing import Any

from stateworks.kernel.clocks.fiscal import GRAINS
from stateworks.kernel.indicators import figures
from stateworks.kernel.indicators.compiler import Template, compile_measure
from stateworks.kernel.indicators.measures import Measure
from stateworks.kernel.indicators.tests import visits

AS_OF = date(2026, 10, 31)
KINDS = {"BIGINT": "int64", "VARCHAR": "string", "DATE": "date", "BOOLEAN": "boolean"}


def schema() -> Any:
    import ibis

    return ibis.schema({"_key": "int64"} | {name: KINDS[kind] for name, kind in visits.COLUMNS})


def templates_of(name: str, **more: Any) -> list[Template]:
    measure: Measure = visits.MEASURES[name]
    return compile_measure(measure, {visits.DATASET: schema()}, **more)


def connection_with(rows: Sequence[dict[str, Any]]) -> Any:
    """A DuckDB with the rows as version 1; the key hash is the row's number, so that sums can be checked by hand."""
    import duckdb
    import pyarrow as pa

    kinds = {"int64": pa.int64(), "string": pa.string(), "date": pa.date32(), "boolean": pa.bool_()}
    fields = [pa.field(name, kinds[str(kind)]) for name, kind in schema().items()]
    connection = duckdb.connect()
    connection.register(
        "rows",
        pa.Table.from_pylist([row | {"_key": row["number"]} for row in rows], schema=pa.schema(fields)),
    )
    connection.execute(f'CREATE VIEW "{visits.DATASET}@1" AS SELECT * FROM rows')
    return connection


def computed(
    name: str, rows: Sequence[dict[str, Any]], *, as_of: date = AS_OF, minimum_n: int = 0, fiscal_start: int = 7,
    grains: Sequence[str] = GRAINS, **more: Any,
) -> dict[tuple[str, str, str], dict[str, Any]]:  # fmt: skip
    """Figures by period, dimension and member."""
    import polars as pl

    connection = connection_with(rows)
    made: dict[tuple[str, str, str], dict[str, Any]] = {}
    for template in templates_of(name, fiscal_start=fiscal_start, grains=grains, **more):
        sql = template.statement({visits.DATASET: 1}, as_of)
        lines = pl.DataFrame(pl.from_arrow(connection.execute(sql).to_arrow_table()))
        frame = figures.assemble(
            lines, template.options, as_of=as_of, fiscal_start=fiscal_start, minimum_n=minimum_n,
            fill_from=figures.first_month(lines), grains=grains,
        )  # fmt: skip
        for row in frame.iter_rows(named=True):
            row |= {name: json.loads(row[name]) for name in ("parts", "left_out", "fingerprints")}
            made[row["period"], row["dimension"], row["member"]] = row
    return made
