"""The rows behind a figure: the same predicate that made it, by role, a page at a time, and only what a scope may see."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from stateworks.kernel.access.scope import Scope, organization_code_table
from stateworks.kernel.errors import Refused
from stateworks.kernel.indicators.aggregates import NO_MEMBER
from stateworks.kernel.indicators.compiler import between
from stateworks.kernel.indicators.models import Value
from stateworks.kernel.indicators.parts import SHARES
from stateworks.kernel.indicators.shapes import LEFT_OUT
from stateworks.kernel.lake.contracts import contract, literal, quoted
from stateworks.kernel.lake.engines import view_name
from stateworks.kernel.lake.engines.duckdb import DuckDBEngine

LARGEST_PAGE = 1000
_ALL_LEFT_OUT = "left out"


@dataclass(frozen=True)
class RowPage:
    """Some rows behind a figure: the dataset's columns after `role` and `why`, totals by role, how many the scope hides."""

    rows: list[dict[str, Any]]
    columns: list[str]
    total: int
    hidden: int
    by_role: dict[str, int]
    dataset: str
    version: int


def rows_behind(
    value: Value, scope: Scope, *, role: str | None = None, page: int = 1, size: int = 50
) -> RowPage:
    """Return one page of the rows behind a value, in the order of their keys.

    `role` is numerator, denominator (which holds the numerator's rows too), unknown, counted, `left out` (all reasons) or
    `left out: reason`, or another role of the measure's shape; without it all rows.
    """
    if not 1 <= size <= LARGEST_PAGE or page < 1:
        raise Refused(f"Ask for a page from 1 on, with 1 to {LARGEST_PAGE} rows.")
    statement = value.statement
    dataset = statement.parameters["lead"]
    version = statement.datasets[dataset]
    declared = contract(dataset)
    with DuckDBEngine() as engine:
        for name, one in statement.datasets.items():
            engine.view(name, one, extras=True)
        seen = _visible(engine, scope, declared.wall)
        data = f"(SELECT * FROM {quoted(view_name(dataset, version))} WHERE {_during(value)})"
        behind = f"({_of(value)}) AS behind JOIN {data} AS data USING (_key)"
        counted = _query(
            engine,
            f"SELECT role, count(*) AS n, count(*) FILTER ({seen}) AS shown FROM {behind} GROUP BY role",
        )
        chosen = _roles(role, value)
        matching = [row for row in counted if chosen(row["role"])]
        names = declared.names
        listed = ", ".join(f"data.{quoted(name)}" for name in names)
        roles = ", ".join(literal(row["role"]) for row in matching) or "NULL"
        rows = _query(
            engine,
            f"SELECT behind.role AS role, {listed} FROM {behind} WHERE behind.role IN ({roles}) AND {seen} "
            f"ORDER BY {', '.join(f'data.{quoted(name)}' for name in declared.key)} LIMIT {size} OFFSET {(page - 1) * size}",
        )
    shown = sum(row["shown"] for row in matching)
    return RowPage(
        rows=[{"role": row["role"], "why": why(row["role"]), **row} for row in rows],
        columns=["role", "why", *names], total=shown, hidden=sum(row["n"] for row in matching) - shown,
        by_role={row["role"]: row["n"] for row in sorted(counted, key=lambda row: row["role"])},
        dataset=dataset, version=version,
    )  # fmt: skip


def why(role: str) -> str:
    """Say in words what part a row with a role plays."""
    if role.startswith(LEFT_OUT):
        return f"Left out of the figure: {role[len(LEFT_OUT) :]}."
    return _WHY.get(role, f"Counted as {role}.")


_WHY = {
    "numerator": "In the denominator, and counted as a hit.",
    "denominator": "In the denominator, and no hit.",
    "unknown": "In the denominator; whether it is a hit cannot be told.",
    "counted": "Counted.",
}


def _of(value: Value) -> str:
    """Return the statement's row query for the value's period and slice; one line a row, months aside."""
    rows = between(value.statement.rows_sql, value.starts, value.ends)
    where = "TRUE"
    if value.dimension:
        where = f"coalesce({quoted(value.dimension)}, {literal(NO_MEMBER)}) = {literal(value.member)}"
    return f"SELECT _key, role FROM ({rows}) AS r WHERE {where}"


def _during(value: Value) -> str:
    """Narrow the dataset to the period where the figure goes by one of its own dates, so that few files are read."""
    at = value.statement.parameters.get("at")
    if not at:
        return "TRUE"
    return f"{quoted(at)} BETWEEN DATE '{value.starts.isoformat()}' AND DATE '{value.ends.isoformat()}'"


def _visible(engine: DuckDBEngine, scope: Scope, wall: str | None) -> str:
    """Return the condition for seeing a row; the codes a scope sees are a table to join, never a list in the text."""
    if scope.everything:
        return "TRUE"
    if wall is None:
        return "TRUE" if scope.account_id is not None else "FALSE"
    codes = organization_code_table(scope)
    engine.backend.create_table("visible_codes", codes, temp=True, overwrite=True)
    return f"data.{quoted(wall)} IN (SELECT code FROM visible_codes)"


def _roles(role: str | None, value: Value) -> Any:
    kind = value.statement.parameters["options"]["kind"]
    if role is None:
        return lambda _: True
    if role == "denominator" and kind in SHARES:
        return lambda name: not name.startswith(LEFT_OUT)
    if role == _ALL_LEFT_OUT:
        return lambda name: name.startswith(LEFT_OUT)
    return lambda name: name == role


def _query(engine: DuckDBEngine, sql: str) -> list[dict[str, Any]]:
    rows: list[Mapping[str, Any]] = engine.backend.raw_sql(sql).to_arrow_table().to_pylist()
    return [dict(row) for row in rows]
