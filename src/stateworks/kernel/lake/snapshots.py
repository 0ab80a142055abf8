"""Rows that are already clean, written as a new version of a dataset: record snapshots, and data made by programs."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from stateworks.kernel.lake import parquet, tables
from stateworks.kernel.lake.changes import Change, compare, write, writer_connection
from stateworks.kernel.lake.contracts import contract, literal
from stateworks.kernel.lake.fingerprints import stored_sql
from stateworks.kernel.lake.models import Dataset
from stateworks.kernel.lake.scratch import scratch_folder
from stateworks.kernel.lake.store import current_version, locked, publish, remove_orphans, settle

if TYPE_CHECKING:
    import duckdb
    import polars as pl
    import pyarrow as pa

    from stateworks.kernel.lake.models import Import

    Rows: TypeAlias = pa.Table | pl.DataFrame


def write_rows(
    dataset: str, rows: Rows, *, at: datetime, replace: bool = True, made_by: Import | None = None
) -> int:
    """Make rows the content of a dataset (or, without `replace`, add and change by key) and return its version.

    Rows that are as they were are not written again, and a dataset in which nothing changed keeps its version.
    """
    return write_many({dataset: rows}, at=at, replace=replace, made_by=made_by)[dataset]


def write_many(
    rows: Mapping[str, Rows], *, at: datetime, replace: bool = True, made_by: Import | None = None
) -> dict[str, int]:
    """Write several datasets so that readers see all of them change at once; return the version of each."""
    frames = {dataset: _frame(incoming) for dataset, incoming in rows.items()}
    versions = _versions(frames)
    if replace:
        # Before a run nearly every dataset is as it was; to see that needs neither a hash of each row nor a lock.
        frames = {name: frame for name, frame in frames.items() if not _holds(name, versions[name], frame)}
    if not frames:
        return versions
    with locked(frames), scratch_folder("snapshot") as folder:
        ready = []
        # One for all: before a run, most of a small dataset's time would go into opening its own.
        connection = writer_connection(str(folder / "spill"))
        try:
            for dataset, incoming in frames.items():
                change = _prepared(
                    connection, folder, dataset, incoming, at=at, replace=replace, made_by=made_by
                )
                if change.prepared is not None:
                    ready.append(change.prepared)
        finally:
            connection.close()
        publish(ready, made_by=made_by, at=at)
        return versions | {dataset: current_version(dataset) for dataset in frames}


def _frame(rows: Rows) -> pl.DataFrame:
    import polars as pl

    return rows if isinstance(rows, pl.DataFrame) else pl.DataFrame(pl.from_arrow(rows))


def _versions(names: Mapping[str, object]) -> dict[str, int]:
    """Return the versions that readers use, in one query."""
    known = dict(Dataset.objects.filter(name__in=list(names)).values_list("name", "version"))
    return {name: known.get(name, -1) for name in names}


def _holds(dataset: str, version: int, incoming: pl.DataFrame) -> bool:
    """Tell whether a version holds exactly these rows; where that is not plain to see, the answer is no."""
    import polars as pl

    declared = contract(dataset)
    found = tables.listing(dataset, version)
    if found.rows != incoming.height:
        return False
    if not found.files:
        return True
    if found.schema is None or set(found.schema.names) != {column.name for column in declared.stored}:
        return False
    stored = pl.read_parquet(
        list(found.files), columns=list(declared.names), hive_partitioning=False, glob=False
    )
    frames = (one.select(declared.names).sort(declared.key) for one in (stored, incoming))
    before, now = frames
    return before.schema == now.schema and before.equals(now)


def _prepared(
    connection: duckdb.DuckDBPyConnection,
    folder: Path,
    dataset: str,
    incoming: pl.DataFrame,
    *,
    at: datetime,
    replace: bool,
    made_by: Import | None,
) -> Change:
    declared = contract(dataset)
    table = settle(declared)
    remove_orphans(dataset)
    import_id = None if made_by is None else made_by.pk
    # By way of a file: to be handed rows in memory, DuckDB imports pandas, which takes longer than all the rest.
    handed = folder / f"{dataset}.parquet"
    parquet.write(incoming, handed, compression="lz4")
    source = f"read_parquet({literal(str(handed))})"
    connection.execute(f"CREATE OR REPLACE TEMP TABLE staged AS {stored_sql(declared, source, import_id)}")
    handed.unlink()
    change = compare(declared, connection, "staged", gone_where="true" if replace else None)
    return write(change, connection, table, import_id=import_id, at=at)
