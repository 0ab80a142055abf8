"""`verify` makes figures again, and catches whatever was changed since."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import psycopg
import pytest
from django.db import connections

from stateworks.kernel.indicators import measures, runs, signing
from stateworks.kernel.indicators.specs import IndicatorSpec
from stateworks.kernel.indicators.tests import visits
from stateworks.kernel.indicators.tests.visits import AT, DATASET, visit, write
from stateworks.kernel.indicators.verify import Verification, verify
from stateworks.kernel.lake import upkeep

LATER = AT + timedelta(days=1)
MEASURES = (
    "tests.answered",
    "tests.top_topics",
    "tests.people",
    "tests.wait",
    "tests.time",
    "tests.money",
    "tests.rating",
)


def run(at: object = AT, **more: object) -> runs.Run:
    specs = [
        IndicatorSpec(plan="p", plan_version=1, code=f"1.{place}", measure=measure, minimum_n=3)
        for place, measure in enumerate(MEASURES)
    ]
    return runs.execute(specs, plan="p", plan_version=1, as_of=date(2026, 10, 31), at=at, **more)  # type: ignore[arg-type]


def some_visits() -> list[dict[str, object]]:
    return [
        visit(n, f"2026-{n % 10 + 1:02d}-1{n % 9}", answered=(True, False, None)[n % 3], agency=f"a{n % 4}",
              topic=f"t{n % 5}", seconds=n * 37 % 901, cents=n * 101, rating=n % 5 + 1, test=n % 11 == 0)
        for n in range(80)
    ]  # fmt: skip


def as_owner(sql: str) -> None:
    """Change stored rows past the triggers, as only the owner of the database can."""
    # Not through Django, which would then want to empty the owner's tables too.
    parameters = connections["owner"].get_connection_params()
    parameters = {name: parameters[name] for name in ("host", "port", "user", "password", "dbname")}
    tables = ("run", "statement", "value", "cover", "verdict")
    with psycopg.connect(**parameters) as connection:
        for table in tables:
            connection.execute(f"ALTER TABLE indicators_{table} DISABLE TRIGGER USER".encode())
        connection.execute(sql.encode())
        for table in tables:
            connection.execute(f"ALTER TABLE indicators_{table} ENABLE TRIGGER USER".encode())


def kinds(found: Verification) -> set[str]:
    return {difference.what for difference in found.differences}


@pytest.mark.usefixtures("visits")
def test_everything_verifies_and_counts_every_value() -> None:
    write(some_visits())
    made = run()
    found = verify(at=LATER)
    assert found.differences == []
    assert found.checked == made.values.count() > 100


@pytest.mark.usefixtures("visits")
def test_it_survives_later_imports_compaction_and_vacuum() -> None:
    write(some_visits())
    made = run()
    for n in range(3):
        write([visit(200 + n, "2026-03-10"), visit(5, "2026-06-16", answered=False)], at=LATER, replace=False)
    run(at=LATER)
    upkeep.compact(DATASET, at=LATER)
    upkeep.vacuum(DATASET, at=LATER)
    found = verify(at=LATER)
    assert (found.differences, found.skipped) == ([], 0)
    assert found.checked > made.values.count()


@pytest.mark.usefixtures("visits")
def test_versions_that_nobody_signed_are_cleared_away_and_skipped_and_signed_ones_stay() -> None:
    from stateworks.kernel.access.models import Account

    write(some_visits())
    first = run()
    preparer, approver = (Account.objects.create_user(f"{name}@example.gov") for name in ("one", "two"))
    signing.approve(signing.prepare(first, "1.0", by=preparer, at=AT), by=approver, at=AT)
    write([visit(5, "2026-06-16", answered=False)], at=LATER, replace=False)
    run(at=LATER)
    # The same month again: now nothing current or signed needs the second version's file.
    write([visit(5, "2026-06-16", answered=None)], at=LATER + timedelta(hours=1), replace=False)
    much_later = AT + timedelta(days=90)
    upkeep.vacuum(DATASET, at=much_later)
    found = verify(at=much_later)
    assert found.differences == []
    # The second run's own statements read a version that is neither current nor signed.
    assert found.skipped > 0
    signed = verify(at=much_later, signed_only=True)
    assert (signed.differences, signed.skipped) == ([], 0)
    assert signed.checked == first.values.filter(indicator="1.0").count()


@pytest.mark.usefixtures("visits")
def test_a_changed_file_shows() -> None:
    from django.conf import settings

    write(some_visits())
    run()
    file = next(Path(settings.LAKE_ROOT).rglob("*.parquet"))
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 1
    file.write_bytes(content)
    assert "file" in kinds(verify(at=LATER))


@pytest.mark.usefixtures("visits")
def test_a_deleted_file_shows() -> None:
    from django.conf import settings

    write(some_visits())
    run()
    next(Path(settings.LAKE_ROOT).rglob("*.parquet")).unlink()
    assert kinds(verify(at=LATER)) == {"file", "statement"}


@pytest.mark.usefixtures("visits")
def test_a_changed_row_of_data_shows_in_the_figures(monkeypatch: pytest.MonkeyPatch) -> None:
    import polars as pl
    from django.conf import settings

    write(some_visits())
    run()
    file = next(Path(settings.LAKE_ROOT).rglob("*.parquet"))
    frame = pl.read_parquet(file, hive_partitioning=False)
    frame.with_columns(
        pl.lit(value=True).alias("answered"), pl.lit(9).cast(pl.Int64).alias("seconds")
    ).write_parquet(file)
    assert {"file", "value"} <= kinds(verify(at=LATER))


@pytest.mark.usefixtures("visits")
def test_a_changed_definition_of_the_same_version_shows(monkeypatch: pytest.MonkeyPatch) -> None:
    write(some_visits())
    run()

    def other(rows: visits.Any) -> visits.Ratio:
        """Visits answered at once, of all visits; test visits count too."""
        return visits.Ratio(rows=rows, at="visited_on", hits=rows.answered)

    from dataclasses import replace

    known = measures._measures["tests.answered"]
    monkeypatch.setitem(measures._measures, "tests.answered", replace(known, function=other))
    found = verify(at=LATER)
    assert kinds(found) == {"definition"}
    assert {difference.indicator for difference in found.differences} == {"1.0"}
    monkeypatch.setitem(measures._measures, "tests.answered", replace(known, function=other, version=2))
    assert verify(at=LATER).differences == []


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("declared")
@pytest.mark.parametrize(
    ("sql", "caught"),
    [
        ("UPDATE indicators_value SET value = value + 0.01 WHERE value > 0", {"chain", "value"}),
        (
            "UPDATE indicators_value SET parts = parts || '{\"numerator\": 999}' WHERE parts ? 'numerator'",
            {"chain", "value"},
        ),
        ("UPDATE indicators_value SET n = n + 1", {"chain", "value"}),
        ("DELETE FROM indicators_value WHERE period = '2026-03'", {"chain", "value"}),
        (
            "UPDATE indicators_statement SET sql = replace(sql, 'numerator', 'denominator')",
            {"chain", "value"},
        ),
        ("UPDATE indicators_statement SET definition_hash = repeat('0', 64)", {"chain", "definition"}),
        ("UPDATE indicators_verdict SET attainment = 'met'", {"chain"}),
        ("UPDATE indicators_run SET as_of = '2026-09-30'", {"chain"}),
        (
            "UPDATE indicators_run SET seal = repeat('0', 64) WHERE id = (SELECT min(id) FROM indicators_run)",
            {"chain"},
        ),
    ],
)
def test_whatever_the_owner_of_the_database_changes_shows(sql: str, caught: set[str]) -> None:
    write(some_visits())
    run()
    run(at=LATER)
    assert verify(at=LATER).differences == []
    as_owner(sql)
    assert kinds(verify(at=LATER)) == caught
