"""Writes rows in memory as a Parquet file, with a full disk told as one."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from stateworks.kernel import full_disk

if TYPE_CHECKING:
    import polars as pl


def write(rows: pl.DataFrame, path: Path, **options: Any) -> None:
    """Write rows as one Parquet file; `options` are those of polars.

    Polars passes on the system's words where the rows find no room, and leaves them out where only the end of the file, which
    lists its columns, finds none: the system is then asked once more.
    """
    import polars as pl

    try:
        rows.write_parquet(path, **options)
    except pl.exceptions.PolarsError:
        full_disk.raise_if_full(path)
        raise
