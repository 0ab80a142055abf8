"""Tickets from a CSV file into a Delta table, as one would write it in an afternoon: no checks, no history, no quarantine."""

from __future__ import annotations

from pathlib import Path

from benchmarks.tickets import STAMP, ZONE

TIMES = ("Opened", "Resolved", "Closed", "Updated")


def load(path: Path, table: Path) -> int:
    """Read the file with polars, turn local times into instants, and write one Delta table; return its rows."""
    import polars as pl
    from deltalake import write_deltalake

    frame = pl.read_csv(path).with_columns(
        pl.col(TIMES)
        .str.to_datetime(STAMP, time_unit="us")
        .dt.replace_time_zone(ZONE, ambiguous="earliest")
        .dt.convert_time_zone("UTC")
    )
    write_deltalake(table, frame.to_arrow(), mode="overwrite")
    return frame.height
