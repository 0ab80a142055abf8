"""Months are written again one after the other in memory: whole columns at a time, in less than half of DuckDB's time.

Used as long as what is new or changed, and each part that it touches, fits into memory; what does not, DuckDB writes.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from stateworks.kernel.lake import tables
from stateworks.kernel.lake.contracts import KEY, PART, Contract
from stateworks.kernel.lake.partfiles import side_by_side, write_file
from stateworks.kernel.lake.tables import WrittenFile

if TYPE_CHECKING:
    import duckdb
    import polars as pl

ROWS_AT_ONCE = 1_000_000
"""So many new and changed rows, and so many rows of one part, are held in memory."""


def fits(coming: int, parts: Mapping[str, int], touched: Sequence[str]) -> bool:
    """Tell whether so many rows to come, and every part of the touched files (with its rows), may be held in memory."""
    return coming <= ROWS_AT_ONCE and all(parts[part_of(file)] <= ROWS_AT_ONCE for file in touched)


def rewrite(
    connection: duckdb.DuckDBPyConnection,
    declared: Contract,
    coming_sql: str,
    left_sql: str,
    touched: Sequence[str],
    *,
    prefix: str,
) -> list[WrittenFile]:
    """Write a query's rows by part, together with the rows that stay of the touched files; nothing is committed.

    `left_sql` gives the key and the file of each row that does not stay.
    """
    import polars as pl

    base = tables.folder(declared.dataset)
    coming = {
        str(part): rows
        for (part,), rows in _as_stored(connection.execute(coming_sql).pl(), declared)
        .partition_by(PART, as_dict=True)
        .items()
    }
    left = {
        str(file): keys[KEY]
        for (file,), keys in connection.execute(left_sql).pl().partition_by("file", as_dict=True).items()
    }
    files: dict[str, list[str]] = {}
    for file in touched:
        files.setdefault(part_of(file), []).append(file)
    written = []
    for part in sorted({*coming, *files}):
        pieces = [_staying(file, part, left[file], declared) for file in files.get(part, ())]
        if part in coming:
            pieces.append(coming.pop(part))
        rows = pl.concat(pieces).drop(PART)
        if rows.height:
            path = f"{PART}={part}/{prefix}-{uuid.uuid4()}.parquet"
            (base / path).parent.mkdir(exist_ok=True)
            write_file(side_by_side(rows, declared.together), base / path, declared.together)
            written.append(WrittenFile(path, (base / path).stat().st_size, rows.height, part))
    tables.sync(base, written)
    return written


def part_of(file: str) -> str:
    """Return the part whose folder a file lies in."""
    return Path(file).parent.name.partition("=")[2]


def _staying(file: str, part: str, leaving: pl.Series, declared: Contract) -> pl.DataFrame:
    import polars as pl

    rows = pl.read_parquet(file, hive_partitioning=False)
    rows = rows.filter(~rows[KEY].is_in(leaving.implode())).with_columns(pl.lit(part).alias(PART))
    return _as_stored(rows, declared)


def _as_stored(rows: pl.DataFrame, declared: Contract) -> pl.DataFrame:
    """Return rows in the contract's columns and types; a column that an old file does not have is empty."""
    import polars as pl

    from stateworks.kernel.lake.columns import polars_type

    return rows.select(
        (pl.col(column.name) if column.name in rows.columns else pl.lit(None))
        .cast(polars_type(column.type))
        .alias(column.name)
        for column in declared.stored
    )
