"""Runs made by Spark: the same figures as DuckDB's, kept from run to run, shown, handed out and verified by either engine."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
import pytest

from stateworks.kernel.access.scope import SYSTEM
from stateworks.kernel.indicators import evidence, measures, read, runs
from stateworks.kernel.indicators.models import Cover, Statement, Verdict
from stateworks.kernel.indicators.rows import rows_behind
from stateworks.kernel.indicators.specs import IndicatorSpec
from stateworks.kernel.indicators.tests import visits
from stateworks.kernel.indicators.tests.test_runs import EVERY, changes, three_years
from stateworks.kernel.indicators.tests.visits import AT, visit, write
from stateworks.kernel.indicators.verify import verify

pytestmark = [pytest.mark.long, pytest.mark.usefixtures("spark", "visits")]

LATER = AT + timedelta(days=1)
#: A share, and figures that months do not add up to: most frequent categories, people, quantiles, and a state.
KINDS = ("tests.answered", "tests.top_topics", "tests.people", "tests.time", "tests.level")
TOLERANCE = 1e-9


def run(*names: str, at: object = AT, engine: str = "spark", **more: object) -> runs.Run:
    specs = [
        IndicatorSpec(
            plan="p", plan_version=1, code=name, measure=name, minimum_n=2 if name == "tests.answered" else 0,
            filters={"agency": ["a0", "a1", "a2", "O'Neill \\n"]} if name == "tests.time" else {},
        )
        for name in names
    ]  # fmt: skip
    return runs.execute(
        specs, plan="p", plan_version=1, as_of=date(2026, 10, 31), at=at, engine=engine, **more
    )  # type: ignore[arg-type]


def figures(made: runs.Run) -> dict[tuple[str, ...], tuple[dict[str, object], dict[str, float]]]:
    """Every figure of a run: what must be the same to the last digit, and what is measured."""
    names = set(Cover.objects.filter(run=made).values_list("figure", flat=True))
    found = {}
    for figure in names:
        for one in read.values(made, figure=figure):
            everything = {**one.parts, "value": one.value, "low": one.low, "high": one.high}
            measured = {name: number for name, number in everything.items() if isinstance(number, float)}
            whole = {name: number for name, number in everything.items() if name not in measured}
            place = (one.indicator, one.figure, one.period, one.dimension, one.member)
            found[place] = (
                whole
                | {
                    "n": one.n,
                    "left out": one.left_out,
                    "fingerprints": one.fingerprints,
                    "hidden": one.suppressed,
                },
                measured,
            )
    return found


def the_same(one: runs.Run, other: runs.Run) -> None:
    ours, theirs = figures(one), figures(other)
    assert ours.keys() == theirs.keys()
    for place, (whole, measured) in ours.items():
        assert whole == theirs[place][0], place
        assert measured == pytest.approx(theirs[place][1], rel=TOLERANCE, abs=0), place


@pytest.fixture
def rows() -> dict[int, dict[str, object]]:
    """Three years of visits: an agency with a difficult name, equally frequent topics that a dictionary would sort otherwise."""
    made = three_years()
    for row in made.values():
        row["topic"] = {"t0": "Ärger", "t1": "apples", "t2": "Zoo"}.get(str(row["topic"]), row["topic"])
    made[300] = visit(300, "2026-08-12", agency="O'Neill \\n", seconds=77, rating=2)
    write(list(made.values()))
    return made


def test_a_run_by_spark_stores_what_a_run_by_duckdb_stores(rows: object) -> None:
    names = (*EVERY, "tests.level")
    by_duckdb, by_spark = run(*names, engine="duckdb"), run(*names)
    assert (by_duckdb.engine, by_spark.engine) == ("duckdb", "spark")
    the_same(by_spark, by_duckdb)
    assert len(figures(by_spark)) > 500
    # A figure's definition is one, whoever computes it, and so an approval outlives a change of engine.
    hashes = [
        list(
            Verdict.objects.filter(run=one).order_by("indicator").values_list("indicator", "definition_hash")
        )
        for one in (by_duckdb, by_spark)
    ]
    assert hashes[0] == hashes[1]
    assert "`tests.visit@" in Statement.objects.filter(run=by_spark)[0].sql
    assert '"tests.visit@' in Statement.objects.filter(run=by_spark)[0].rows_sql


@pytest.mark.parametrize("kind", ["late rows", "changed rows", "removed rows"])
def test_an_open_period_is_computed_alone_and_equals_the_whole(
    rows: dict[int, dict[str, object]], kind: str
) -> None:
    first = run(*KINDS)
    write(list(changes(kind, rows).values()), at=LATER)
    incremental = run(*KINDS, at=LATER)
    kept = Cover.objects.filter(run=incremental, statement__run=first)
    assert set(kept.values_list("indicator", flat=True)) >= {"tests.top_topics", "tests.people", "tests.time"}
    the_same(incremental, run(*KINDS, at=LATER, incremental=False))
    # Nothing of a run by DuckDB is taken over by Spark, nor the other way round.
    by_duckdb = run(*KINDS, at=LATER, engine="duckdb")
    assert not Cover.objects.filter(run=by_duckdb).exclude(statement__run=by_duckdb).exists()
    the_same(incremental, by_duckdb)
    # What was added from stored months, too, is made again by either engine.
    for engine in (None, "duckdb", "spark"):
        found = verify(at=LATER, engine=engine)
        assert (found.differences, found.skipped) == ([], 0), engine


def test_each_engine_finds_what_was_tampered_with(rows: object, settings: Any) -> None:
    run("tests.answered")
    for file in Path(settings.LAKE_ROOT).rglob("*.parquet"):
        frame = pl.read_parquet(file, hive_partitioning=False)
        frame.with_columns(pl.lit(value=True).alias("answered")).write_parquet(file)
    found = [
        {
            (one.period, str(one.recomputed))
            for one in verify(at=LATER, engine=engine).differences
            if one.what == "value"
        }
        for engine in (None, "duckdb", "spark")
    ]
    assert found[0] == found[1] == found[2] != set()


def test_another_engine_is_asked_only_for_the_same_definition(
    rows: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = run("tests.answered")
    count = made.values.count()
    monkeypatch.setitem(
        measures._measures, "tests.answered", replace(visits.MEASURES["tests.answered"], version=2)
    )
    own, other = verify(at=LATER), verify(at=LATER, engine="duckdb")
    assert (own.checked, own.skipped, own.differences) == (count, 0, [])
    assert (other.checked, other.skipped, other.differences) == (0, count, [])


def test_the_rows_behind_a_figure_need_no_spark(rows: dict[int, dict[str, object]]) -> None:
    value = read.value_of(run("tests.answered"), "tests.answered", "FY26")
    assert value is not None
    shown = rows_behind(value, SYSTEM)
    inside = sum(n for role, n in shown.by_role.items() if not role.startswith("left out"))
    assert inside == value.fingerprints["denominator"][0]
    assert all(row["number"] in rows for row in shown.rows)


def test_a_stranger_checks_evidence_of_spark_with_duckdb_alone(
    rows: object, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run(*KINDS)
    evidence.export("p", tmp_path / "evidence", with_data=True, at=AT)
    manifest = json.loads((tmp_path / "evidence" / "manifest.json").read_text())
    assert {one["engine"] for one in manifest["statements"]} == {"spark"}
    monkeypatch.chdir(tmp_path / "evidence")
    lines = [one for one in Path("check.sql").read_text().splitlines() if one.startswith("SELECT")]
    with duckdb.connect() as connection:
        answers = [connection.execute(one).fetchone() for one in lines]
    assert len(answers) > 100
    assert [answer for answer in answers if answer is None or answer[1] is not True] == []


def test_sums_past_64_bits_are_exact() -> None:
    # 40 amounts of 4 * 10^9: the squares add up to 6.4 * 10^20, past 2^63; so do 40 key hashes of up to 2^60.
    write([visit(n, "2026-07-10", seconds=4_000_000_000) for n in range(40)])
    made = run("tests.wait")
    value = made.values.get(period="2026-07", dimension="")
    assert value.parts["squares"] == str(40 * 4_000_000_000**2)
    assert value.parts["total"] == str(40 * 4_000_000_000)
    assert int(value.fingerprints["counted"][1]) > 2**63
    the_same(made, run("tests.wait", engine="duckdb"))
