"""Feed intake and re-load, against the same by hand."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from benchmarks import feed_by_hand, instance, reload_by_hand
from benchmarks.harness import Comparison
from benchmarks.tickets import FIRST_DAY, MAPPING, write_export

MILLION = 1_000_000
AT = datetime(2026, 7, 1, 12, tzinfo=UTC)
RECENT = date(2026, 4, 1)
LOADED = "tickets loaded"

Answer = Callable[[], dict[str, Any]]


def tickets(scale: float) -> int:
    """Return how many tickets a scale means."""
    return max(1000, int(MILLION * scale))


def ensure_loaded(folder: Path, scale: float) -> None:
    """Have the state in which the first export is loaded."""
    path = export(folder, scale)
    if not instance.kept(LOADED):
        instance.empty()
        import_tickets(path)
        instance.keep(LOADED)


def export(folder: Path, scale: float) -> Path:
    """Have the first export."""
    path = folder / "tickets.csv"
    if not path.exists():
        write_export(path, tickets(scale))
    return path


def import_tickets(path: Path, at: datetime = AT) -> Any:
    """Load an export as a data steward does."""
    from stateworks.kernel.lake.intake import import_feed

    return import_feed("desk.ticket", path, mapping=MAPPING, by=None, at=at)


# -- intake


def empty_ground(folder: Path, scale: float) -> None:
    """Forget what the last repetition loaded, on both sides."""
    instance.empty()
    shutil.rmtree(folder / "delta", ignore_errors=True)


def intake(folder: Path, scale: float) -> Answer:
    """Load the export: validated, judged by the first-contact rule, committed, published."""
    done = import_tickets(export(folder, scale))
    assert (done.inserted, done.quarantined, done.unassigned) == (done.read, 0, 0)
    return in_the_lake


def in_the_lake() -> dict[str, Any]:
    """Say what the lake holds of the tickets."""
    from stateworks.kernel.lake.engines import open_engine

    sql = """
        SELECT count(*), sum(epoch(opened_at))::BIGINT, sum(epoch(closed_at))::BIGINT, sum(reopens)::BIGINT,
               sum(reassignments)::BIGINT, count(*) FILTER (state = 'closed') FROM "desk.ticket@{0}" """
    with open_engine() as engine:
        version = engine.version("desk.ticket")
        row = engine.execute_sql(sql.format(version), {"desk.ticket": version}).to_pylist()[0]
    return dict(zip(SAID, row.values(), strict=True))


SAID = ("rows", "opened", "closed", "reopens", "reassignments", "in state closed")


def intake_by_hand(folder: Path, scale: float) -> Answer:
    """Load the export into a Delta table with polars."""
    feed_by_hand.load(export(folder, scale), folder / "delta")

    def answer() -> dict[str, Any]:
        import duckdb
        from deltalake import DeltaTable

        return _said(duckdb.connect(), f"read_parquet({DeltaTable(folder / 'delta').file_uris()})")

    return answer


def _said(connection: Any, table: str) -> dict[str, Any]:
    row = connection.execute(
        f"""SELECT count(*), sum(epoch("Opened"))::BIGINT, sum(epoch("Closed"))::BIGINT, sum("Reopen count")::BIGINT,
        sum("Reassignment count")::BIGINT, count(*) FILTER ("State" = 'Closed') FROM {table}"""
    ).fetchone()
    return dict(zip(SAID, row, strict=True))


# -- re-load


def loaded_ground(folder: Path, scale: float) -> None:
    """Put lake and hand-made table back to where the first export is loaded."""
    instance.restore(LOADED)
    shutil.rmtree(folder / "table", ignore_errors=True)
    shutil.copytree(folder / "table as first loaded", folder / "table")


def _prepare(folder: Path, scale: float, share: float, since: date) -> None:
    ensure_loaded(folder, scale)
    if not (folder / "table as first loaded").exists():
        reload_by_hand.first_load(export(folder, scale), folder / "table as first loaded")
    path = _changed(folder, share)
    if not path.exists():
        write_export(path, tickets(scale), share=share, since=since)


def _changed(folder: Path, share: float) -> Path:
    return folder / f"tickets-changed-{share:g}.csv"


def _reload(folder: Path, share: float) -> Answer:
    done = import_tickets(_changed(folder, share), at=AT.replace(day=2))
    return lambda: {"changed": done.inserted + done.updated, **in_the_lake()}


def _reload_by_hand(folder: Path, share: float) -> Answer:
    count = reload_by_hand.reload(_changed(folder, share), folder / "table")

    def answer() -> dict[str, Any]:
        connection = reload_by_hand.connect(folder)
        return {"changed": count, **_said(connection, f"read_parquet('{folder}/table/*/*.parquet')")}

    return answer


def prepare_few(folder: Path, scale: float) -> None:
    """Have an export in which 1 % changed, all of it opened in the last three months."""
    _prepare(folder, scale, 0.01, RECENT)


def prepare_many(folder: Path, scale: float) -> None:
    """Have an export in which 10 % changed, all over the five years."""
    _prepare(folder, scale, 0.1, FIRST_DAY)


def reload_few(folder: Path, scale: float) -> Answer:
    """Load the export with 1 % changed."""
    return _reload(folder, 0.01)


def reload_many(folder: Path, scale: float) -> Answer:
    """Load the export with 10 % changed."""
    return _reload(folder, 0.1)


def reload_few_by_hand(folder: Path, scale: float) -> Answer:
    """Load the export with 1 % changed into the hand-made table."""
    return _reload_by_hand(folder, 0.01)


def reload_many_by_hand(folder: Path, scale: float) -> Answer:
    """Load the export with 10 % changed into the hand-made table."""
    return _reload_by_hand(folder, 0.1)


BY_HAND = "DuckDB diff and rewriting the months concerned"
COMPARISONS = (
    Comparison(
        name="feed-intake", what="Feed intake, CSV to queryable", prepare=export, before=empty_ground,
        ours=intake, baseline=intake_by_hand, baseline_name="polars read_csv + write_deltalake, no validation",
        target=3, rows=tickets,
    ),
    Comparison(
        name="feed-reload-1", what="Feed re-load, 1 % changed, all recent", prepare=prepare_few, before=loaded_ground,
        ours=reload_few, baseline=reload_few_by_hand, baseline_name=BY_HAND, target=2, rows=tickets,
    ),
    Comparison(
        name="feed-reload-10", what="Feed re-load, 10 % changed, in every month", prepare=prepare_many, before=loaded_ground,
        ours=reload_many, baseline=reload_many_by_hand, baseline_name=BY_HAND, target=2, rows=tickets,
    ),
)  # fmt: skip
