"""What holds for every registered measure, whichever module it belongs to, on rows made up from its datasets' contracts."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from stateworks.kernel.indicators import figures, lock, measures, sources
from stateworks.kernel.indicators.compiler import Template, between, compile_measure
from stateworks.kernel.indicators.measures import Measure
from stateworks.kernel.lake.contracts import contract
from stateworks.kernel.lake.engines import ENGINES
from tests.conformance.measure_rows import AS_OF, ROWS, some_rows

LOCK = Path(__file__).parent.parent / "measure_sql.lock"


@pytest.fixture(params=[one.name for one in measures.all_measures()])
def measure(request: pytest.FixtureRequest) -> Measure:
    """Each registered measure in turn."""
    return measures.get(request.param)


def templates(measure: Measure, **more: Any) -> list[Template]:
    return compile_measure(measure, sources.schemas(measure.reads), **more)


def connection_with(measure: Measure, rows: dict[str, list[dict[str, Any]]]) -> Any:
    import duckdb
    import pyarrow as pa

    connection = duckdb.connect()
    connection.execute("SET TimeZone = 'UTC'")
    for name in measure.reads:
        table = pa.Table.from_pylist(rows[name], schema=contract(name).arrow_schema())
        connection.register(f"rows of {name}", table)
        connection.execute(f'CREATE VIEW "{name}@1" AS SELECT * FROM "rows of {name}"')
    return connection


def statements(measure: Measure, **more: Any) -> Iterator[tuple[Template, str]]:
    for template in templates(measure, **more):
        yield template, template.statement(dict.fromkeys(measure.reads, 1), AS_OF)


def figures_of(
    measure: Measure, rows: dict[str, list[dict[str, Any]]], **more: Any
) -> dict[tuple[str, ...], dict[str, Any]]:
    import polars as pl

    connection = connection_with(measure, rows)
    found = {}
    grains = more.get("grains", ("month", "quarter", "year"))
    for template, sql in statements(measure, **more):
        lines = pl.DataFrame(pl.from_arrow(connection.execute(sql).to_arrow_table()))
        frame = figures.assemble(lines, template.options, as_of=AS_OF, grains=grains)
        for row in frame.iter_rows(named=True):
            found[template.figure, row["period"], row["dimension"], row["member"]] = row
    return found


def test_its_definition_is_published(measure: Measure) -> None:
    first = measure.definition.split("\n\n")[0]
    assert len(first.split()) >= 5, "a definition says what is counted, of what"
    assert first.endswith((".", ":")), first
    assert measure.title
    assert measure.unit
    assert measure.name.count(".") == 1


def test_its_slices_are_columns(measure: Measure) -> None:
    for column in (*measure.by, *measure.also_by):
        assert templates(measure, by=(column,))


def test_no_rows_give_no_value(measure: Measure) -> None:
    found = figures_of(measure, {name: [] for name in measure.reads})
    assert not [row for row in found.values() if row["value"] is not None]


def test_rows_give_figures(measure: Measure) -> None:
    assert [row for row in figures_of(measure, some_rows(measure)).values() if row["value"] is not None]


def test_the_order_of_rows_does_not_matter(measure: Measure) -> None:
    rows = some_rows(measure)
    turned = {name: list(reversed(found)) for name, found in rows.items()}
    assert figures_of(measure, turned) == figures_of(measure, rows)


def test_roll_up_equals_direct_computation(measure: Measure) -> None:
    """The sum of all months is the figure over everything; a measure that computes each grain anew must say so."""
    rows = some_rows(measure)
    months = figures_of(measure, rows)
    options = {template.figure: template.options for template in templates(measure)}
    for (figure, _, dimension, member), whole in figures_of(measure, rows, grains=("all",)).items():
        if options[figure]["roll_up"] != "sum":
            continue
        parts: dict[str, int] = {}
        for key, row in months.items():
            if row["grain"] == "month" and (key[0], key[2], key[3]) == (figure, dimension, member):
                for name, number in json.loads(row["parts"]).items():
                    parts[name] = parts.get(name, 0) + int(number)
        assert parts == {name: int(number) for name, number in json.loads(whole["parts"]).items()}


def test_the_rows_behind_a_figure_are_the_figure(measure: Measure) -> None:
    rows = some_rows(measure)
    connection = connection_with(measure, rows)
    found = figures_of(measure, rows)
    for template in templates(measure):
        sql = template.rows(dict.fromkeys(measure.reads, 1), AS_OF)
        for (figure, _, dimension, _), row in found.items():
            if figure != template.figure or dimension:
                continue
            behind = connection.execute(
                f"SELECT count(*) FILTER (role NOT LIKE 'left out%'), sum(_key) FILTER (role NOT LIKE 'left out%') "
                f"FROM ({between(sql, row['starts'], row['ends'])})"
            ).fetchone()
            prints = json.loads(row["fingerprints"])
            inside = prints.get("denominator") or [
                sum(one[0] for role, one in prints.items() if role != "left out"),
                sum(int(one[1]) for role, one in prints.items() if role != "left out"),
            ]
            assert (behind[0], behind[1] or 0) == (inside[0], int(inside[1]))


def test_what_one_agency_sees_is_its_part_of_the_whole(measure: Measure) -> None:
    """A scope narrows the rows by their agency and nothing else: its figure is the stored slice of that agency."""
    agency = contract(measure.reads[0]).agency
    if (
        agency is None
        or agency not in measure.by
        or any(one.options.get("within") for one in templates(measure))
    ):
        return
    # Many, since few of the rows that are made up at random run, matter and are one agency's at once.
    rows = some_rows(measure, count=10 * ROWS)
    whole = figures_of(measure, rows)
    narrowed = {name: list(found) for name, found in rows.items()}
    narrowed[measure.reads[0]] = [row for row in rows[measure.reads[0]] if row[agency] == "a"]
    alone = figures_of(measure, narrowed)
    slices = {key: row for key, row in whole.items() if key[2:] == (agency, "a")}
    assert slices
    for (figure, period, _, _), row in slices.items():
        own = alone[figure, period, "", ""]
        assert (row["parts"], row["value"], row["fingerprints"]) == (
            own["parts"],
            own["value"],
            own["fingerprints"],
        )


def test_every_engine_is_asked_the_same_question(measure: Measure) -> None:
    """What makes figures of an engine's answer, and the rows behind them, do not depend on the engine; its SQL is its own."""
    by_duckdb, by_spark = (templates(measure, engine=engine) for engine in ENGINES)
    for one, other in zip(by_duckdb, by_spark, strict=True):
        assert (one.figure, one.at, one.options, one.rows_sql, one.slices) == (
            other.figure,
            other.at,
            other.options,
            other.rows_sql,
            other.slices,
        )
        for dataset in measure.reads:
            assert (f'"{dataset}@"' in one.sql, f"`{dataset}@`" in other.sql) == (True, True)
        assert "HUGEINT" not in other.sql
        assert "MATERIALIZED" not in other.sql + other.parted_sql


def test_sql_changes_only_with_a_new_version() -> None:
    known: lock.Locked = json.loads(LOCK.read_text())
    assert lock.violations(known, lock.current()) == []


def test_the_lock_tells_a_change_without_a_new_version() -> None:
    now = lock.current()
    name = next(iter(now))
    changed = {**now, name: {**now[name], "sql": "other"}}
    assert lock.violations(now, changed) == [
        f"{name} compiles to other SQL, but its version is still {now[name]['version']}: raise it."
    ]
    raised = {**now, name: {"version": now[name]["version"] + 1, "sql": "other"}}
    assert lock.violations(now, raised) == [
        f"{name} has version {now[name]['version'] + 1} now: write the lock again."
    ]
