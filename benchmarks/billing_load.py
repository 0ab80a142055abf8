"""A month's usage from a file into the lake, against the same with polars; and on to draft invoices, against the arithmetic."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

from benchmarks import billing, billing_by_hand, instance
from benchmarks.billing import AT, Answer, usage_rows, usage_sql
from benchmarks.harness import Comparison

MAPPING = "meridian-meter"
HEADER = 'event AS "Event", account AS "Account", sku AS "Item", quantity AS "Quantity"'
STAMP = "strftime(started_at AT TIME ZONE 'UTC', '%Y-%m-%dT%H:%M:%SZ') AS \"Used at\""


def export(folder: Path, scale: float) -> Path:
    """Have the month's usage as a platform writes it, in one CSV file."""
    import duckdb

    path = folder / "usage.csv"
    if not path.exists():
        with duckdb.connect() as connection:
            connection.execute(
                f"COPY (SELECT {HEADER}, {STAMP} FROM ({usage_sql(usage_rows(scale))})) TO '{path}' (HEADER)"
            )
    return path


def empty_ground(folder: Path, _scale: float) -> None:
    """Forget what the last repetition loaded, on both sides."""
    instance.empty()
    shutil.rmtree(folder / "delta", ignore_errors=True)


def load(folder: Path, scale: float) -> Answer:
    """Load the file as the billing team does: checked, keyed, sorted, committed, published, and added up by day."""
    from stateworks.kernel.lake.intake import import_feed
    from stateworks.kernel.lake.summaries import keep_ready

    done = import_feed("billing.usage", export(folder, scale), mapping=MAPPING, by=None, at=AT)
    assert (done.inserted, done.quarantined) == (done.read, 0)
    keep_ready("billing.usage")

    def answer() -> dict[str, Any]:
        from stateworks.kernel.lake import tables
        from stateworks.kernel.lake.store import current_version

        files = tables.listing("billing.usage", current_version("billing.usage")).files
        return _said([str(file) for file in files], "started_at", "quantity")

    return answer


def load_by_hand(folder: Path, scale: float) -> Answer:
    """Load the file into a Delta table with polars, unchecked."""
    import polars as pl
    from deltalake import DeltaTable, write_deltalake

    table = folder / "delta"
    frame = pl.read_csv(export(folder, scale)).with_columns(
        pl.col("Used at").str.to_datetime("%Y-%m-%dT%H:%M:%SZ", time_unit="us", time_zone="UTC"),
        pl.col("Quantity").cast(pl.Decimal(18, 6)),
    )
    write_deltalake(table, frame.to_arrow(), mode="overwrite")
    return lambda: _said(DeltaTable(table).file_uris(), '"Used at"', '"Quantity"')


def billed_ground(folder: Path, scale: float) -> None:
    """Have accounts and prices, and nothing loaded or drafted."""
    billing.ground(folder, scale)
    export(folder, scale)


def bill(folder: Path, scale: float) -> Answer:
    """Load the file and draft the month."""
    load(folder, scale)
    return billing.draft(folder, scale)


def bill_by_hand(folder: Path, scale: float) -> Answer:
    """Do the month's arithmetic in DuckDB straight from the file."""
    found = billing_by_hand.charged_of_csv(str(export(folder, scale)), billing.ACCOUNTS, billing.SKUS)
    return lambda: found


def _said(files: list[str], instant: str, quantity: str) -> dict[str, Any]:
    import duckdb

    row = duckdb.execute(
        f"SELECT count(*), sum(epoch({instant}))::BIGINT, sum({quantity})::VARCHAR FROM read_parquet({files})"
    ).fetchone()
    assert row is not None
    return dict(zip(("rows", "began", "quantity"), row, strict=True))


COMPARISONS = (
    Comparison(
        name="billing-load", what="A month's usage, CSV to queryable", prepare=export, before=empty_ground, ours=load,
        baseline=load_by_hand, baseline_name="polars read_csv + write_deltalake, no validation", target=3, rows=usage_rows,
    ),
    Comparison(
        name="billing-month", what="A month from a CSV file to draft invoices", prepare=billed_ground, before=billed_ground,
        ours=bill, baseline=bill_by_hand, baseline_name="hand-written DuckDB SQL of the arithmetic alone, from the file",
        target=1.5, rows=usage_rows,
    ),
)  # fmt: skip
