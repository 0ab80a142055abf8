"""The lake as Spark reads it: casts, empty versions, scope, where files are, and what it says when it cannot."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import ibis
import pyarrow as pa
import pytest

from stateworks.kernel.access.scope import Scope, entered
from stateworks.kernel.errors import Refused
from stateworks.kernel.lake import tables
from stateworks.kernel.lake.contracts import ContractColumn, register_contract
from stateworks.kernel.lake.engines import ENGINES, open_engine
from stateworks.kernel.lake.snapshots import write_rows
from stateworks.kernel.lake.tests.conftest import AT, METER, meters
from stateworks.kernel.lake.tests.test_reading import ROWS, SEEN, world

__all__ = ["world"]

pytestmark = [pytest.mark.long, pytest.mark.usefixtures("spark")]
Put = Callable[..., int]


def rows(dataset: str, version: int | None = None) -> list[dict[str, Any]]:
    """All rows as Spark reads them, after making sure that DuckDB reads the same."""
    found = []
    for name in ENGINES:
        with open_engine(name) as engine:
            found.append(engine.execute(engine.table(dataset, version=version)).sort_by("_key").to_pylist())
    assert found[0] == found[1]
    return found[1]


def test_every_type_is_read_as_it_was_written(dataset: str, db: None) -> None:
    table = meters(("ä 'b' \\n", date(1500, 2, 28), "dor", 2**62), ("c", date(2027, 1, 5), "dhs", 1))
    changed = {
        "read_at": pa.array([datetime(2027, 1, 1, 5, 59, 59, 999999, tzinfo=UTC), None], pa.timestamp("us", "UTC")),
        "cost": pa.array(["9999999999999999.99", None], pa.string()).cast(pa.decimal128(18, 2)),
        "good": pa.array([None, False], pa.bool_()),
    }  # fmt: skip
    for name, column in changed.items():
        table = table.set_column(table.schema.get_field_index(name), name, column)
    write_rows(dataset, table, at=AT)
    first = next(row for row in rows(dataset) if row["agency"] == "dor")
    assert first["meter"] == "ä 'b' \\n"
    assert first["day"] == date(1500, 2, 28)
    assert first["units"] == 2**62
    assert first["_part"] == "m1500-02"
    assert str(first["cost"]) == "9999999999999999.99"
    assert first["read_at"] == datetime(2027, 1, 1, 5, 59, 59, 999999, tzinfo=UTC)


def test_a_dataset_without_data_is_empty_and_keeps_its_columns(dataset: str, db: None) -> None:
    with open_engine("spark") as engine:
        table = engine.table(dataset)
        assert table.schema() == ibis.schema(METER.arrow_schema())
        assert engine.execute(table).num_rows == 0


def test_files_of_an_older_contract_are_read_as_the_newer_one(dataset: str, put: Put) -> None:
    first = put(*ROWS)
    wider = replace(
        METER,
        columns=(
            *(replace(one, type="DOUBLE") if one.name == "units" else one for one in METER.columns),
            ContractColumn("note", "VARCHAR"),
        ),
    )
    register_contract(dataset, lambda: wider)
    assert {row["note"] for row in rows(dataset, first)} == {None}
    assert sum(row["units"] for row in rows(dataset, first)) == 15.0


@pytest.mark.parametrize(("who", "meters_seen"), SEEN.items())
def test_each_sees_its_rows(world: dict[str, Scope], dataset: str, who: str, meters_seen: str) -> None:
    with entered(world[who]) as scope, open_engine("spark") as engine:
        table = engine.table(dataset, scope=scope)
        found = engine.execute(table.aggregate(n=table.meter.count(), units=table.units.sum())).to_pylist()
    expected = sum(row[3] for row in ROWS if row[0] in meters_seen)
    assert found == [{"n": len(meters_seen), "units": expected or None}]


def test_stored_sql_runs_again_on_its_version(put: Put, dataset: str) -> None:
    first = put(*ROWS)
    with open_engine("spark") as engine:
        table = engine.table(dataset, version=first)
        sql = engine.compile(table.group_by("agency").aggregate(units=table.units.sum()))
    put(("a", date(2027, 1, 5), "dor", 100), replace=False)
    assert f"`{dataset}@{first}`" in sql
    with open_engine("spark") as engine:
        found = {row["agency"]: row["units"] for row in engine.execute_sql(sql, {dataset: first}).to_pylist()}
    assert found == {"dhs": 2, "dor": 6, "dor-tax": 3, "unassigned": 4}


def test_the_lake_may_lie_elsewhere_for_spark(put: Put, dataset: str, settings: Any, tmp_path: Path) -> None:
    put(*ROWS)
    shutil.copytree(tables.lake_root(), tmp_path / "a copy" / "lake")
    settings.SPARK_LAKE = f"file://{tmp_path}/a copy/lake/"
    expected = rows(dataset)
    for file in tables.folder(dataset).glob("_part=*/*.parquet"):
        file.unlink()
    with open_engine("spark") as engine:
        assert engine.execute(engine.table(dataset)).sort_by("_key").to_pylist() == expected


def test_files_that_spark_cannot_see_are_told_with_the_remedy(put: Put, dataset: str, settings: Any) -> None:
    put(*ROWS)
    settings.SPARK_LAKE = "file:///nowhere/lake"
    with open_engine("spark") as engine, pytest.raises(Refused) as refused:
        engine.table(dataset)
    assert "file:/nowhere/lake/test/meter" in refused.value.sentence
    assert refused.value.sentence.endswith("say where in STATEWORKS_SPARK_LAKE.")


def test_a_file_that_goes_away_is_an_error_and_no_smaller_figure(put: Put, dataset: str) -> None:
    put(*ROWS)
    with open_engine("spark") as engine:
        table = engine.table(dataset)
        next(tables.folder(dataset).glob("_part=*/*.parquet")).unlink()
        with pytest.raises(Refused, match="Spark could not compute it"):
            engine.execute(table.count().as_table())


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT nonsense",
        "SELECT 1 / 0",
        "SELECT CAST('x' AS INT)",
        "SELECT CAST(3e9 AS BIGINT) + 9223372036854775807",
    ],
)
def test_what_cannot_be_computed_is_refused_in_one_sentence(sql: str) -> None:
    with open_engine("spark") as engine, pytest.raises(Refused) as refused:
        engine.execute_sql(sql, {})
    assert refused.value.sentence.startswith("Spark could not compute it: [")
    assert "\n" not in refused.value.sentence


def test_views_of_one_engine_are_not_anothers() -> None:
    with open_engine("spark") as one, open_engine("spark") as other:
        one.lookup("mine", pa.table({"n": [1]}))
        with pytest.raises(Refused, match="mine"):
            other.execute_sql("SELECT * FROM mine", {})
