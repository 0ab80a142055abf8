"""Record intake, first load and unchanged re-load, against PostgreSQL by hand and against a form a row."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks import records_by_hand
from benchmarks.feeds import AT
from benchmarks.harness import Comparison
from benchmarks.instance import AGENCIES

FORMS = 500
"""Rows that the form-a-row baseline really does."""

Answer = Callable[[], Any]


def people(scale: float) -> int:
    """Return how many people a scale means."""
    return max(FORMS, int(100_000 * scale))


def prepare(folder: Path, scale: float) -> Path:
    """Have the file of people."""
    import polars as pl

    path = folder / "people.csv"
    if not path.exists():
        at = pl.int_range(people(scale), eager=True)
        pl.DataFrame({"at": at}).select(
            pl.format("person-{}", pl.col("at") + 100_000).alias("code"),
            pl.format("Given{} Family{}", pl.col("at") % 997, pl.col("at") // 997).alias("name"),
            pl.format("person-{}@state.example", pl.col("at") + 100_000).alias("email"),
            pl.format("bureau-{}", (pl.col("at") % AGENCIES).cast(pl.String).str.zfill(3)).alias(
                "organization"
            ),
            pl.when(pl.col("at") % 23 == 0).then(pl.lit("2026-03-31")).alias("left_on"),
        ).write_csv(path)
    return path


def nobody(folder: Path, scale: float) -> None:
    """Forget all people, on both sides."""
    from django.db import connections

    from stateworks.kernel.org.models import Person

    history = str(Person.pgh_event_model._meta.db_table)  # type: ignore[attr-defined]
    with connections["owner"].cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        cursor.execute(f"TRUNCATE org_person, {history} CASCADE")
    connections["owner"].close()
    records_by_hand.make_table()


def everybody(folder: Path, scale: float) -> None:
    """Have everybody loaded on both sides, freshly."""
    nobody(folder, scale)
    _load(folder, scale)
    records_by_hand.load(prepare(folder, scale))
    from django.db import connections

    with connections["owner"].cursor() as cursor:
        cursor.execute(f"ANALYZE org_person, {records_by_hand.TABLE}")
    connections["owner"].close()


def _load(folder: Path, scale: float) -> Any:
    from stateworks.kernel.records.intake import import_records

    done = import_records("office.person", prepare(folder, scale), by=None, at=AT)
    assert done.quarantined == 0
    return done


def ours(folder: Path, scale: float) -> Answer:
    """Load the file through the product's door."""
    done = _load(folder, scale)
    return lambda: (done.inserted + done.updated, *_found("org_person"))


def by_hand(folder: Path, scale: float) -> Answer:
    """Load the file by COPY and upsert."""
    written = records_by_hand.load(prepare(folder, scale))
    return lambda: (written, *_found(records_by_hand.TABLE))


def ours_first_rows(folder: Path, scale: float) -> Answer:
    """Load the file, and say what its first rows came to."""
    _load(folder, scale)
    return lambda: _found("org_person", FORMS)


def by_forms(folder: Path, scale: float) -> Answer:
    """Put the first rows through forms."""
    records_by_hand.load_by_forms(prepare(folder, scale), FORMS)
    return lambda: _found("org_person", FORMS)


def _found(table: str, first: int | None = None) -> tuple[Any, ...]:
    """Count the people of a table, with a hash over all they are."""
    from django.db import connection

    from stateworks.kernel.access.scope import SYSTEM, entered

    limit = "" if first is None else f"LIMIT {first}"
    with entered(SYSTEM), connection.cursor() as cursor:
        cursor.execute(
            f"""SELECT count(*), md5(string_agg(concat_ws('|', code, name, email, organization_id, left_on), ';' ORDER BY code))
            FROM (SELECT * FROM {table} ORDER BY code {limit}) p"""
        )
        return tuple(cursor.fetchone())


BY_HAND = "PostgreSQL COPY + INSERT … ON CONFLICT, no history"
COMPARISONS = (
    Comparison(
        name="record-intake", what="Record intake, first load", prepare=prepare, before=nobody, ours=ours,
        baseline=by_hand, baseline_name=BY_HAND, target=6, rows=people, elsewhere=True,
    ),
    Comparison(
        name="record-reload", what="Record intake, unchanged re-load", prepare=prepare, before=everybody, ours=ours,
        baseline=by_hand, baseline_name=BY_HAND, target=6, rows=people, elsewhere=True,
    ),
    Comparison(
        name="record-forms", what="Record intake, first load", prepare=prepare, before=nobody, ours=ours_first_rows,
        baseline=by_forms, baseline_name="a model form per row", target=100, faster=True, rows=people, elsewhere=True,
        sample=lambda scale: FORMS,
    ),
)  # fmt: skip
