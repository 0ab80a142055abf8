"""Rows that are already clean, written as a new version of a dataset: record snapshots, and data made by programs."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING

from stateworks.kernel.lake import tables
from stateworks.kernel.lake.changes import Change, compare, write, writer_connection
from stateworks.kernel.lake.contracts import contract
from stateworks.kernel.lake.fingerprints import stored_sql
from stateworks.kernel.lake.store import current_version, locked, publish, settle

if TYPE_CHECKING:
    import duckdb
    import pyarrow as pa

    from stateworks.kernel.lake.models import Import


def write_rows(
    dataset: str, rows: pa.Table, *, at: datetime, replace: bool = True, made_by: Import | None = None
) -> int:
    """Make rows the content of a dataset (or, without `replace`, add and change by key) and return its version.

    Rows that are as they were are not written again, and a dataset in which nothing changed keeps its version.
    """
    return write_many({dataset: rows}, at=at, replace=replace, made_by=made_by)[dataset]


def write_many(
    rows: Mapping[str, pa.Table], *, at: datetime, replace: bool = True, made_by: Import | None = None
) -> dict[str, int]:
    """Write several datasets so that readers see all of them change at once; return the version of each."""
    tables.lake_root().mkdir(parents=True, exist_ok=True)
    with locked(rows), tempfile.TemporaryDirectory(prefix=".writing-", dir=tables.lake_root()) as spill:
        ready = []
        # One for all: before a run, most of a small dataset's time would go into opening its own.
        connection = writer_connection(spill)
        try:
            for dataset, incoming in rows.items():
                change = _prepared(connection, dataset, incoming, at=at, replace=replace, made_by=made_by)
                if change.prepared is not None:
                    ready.append(change.prepared)
        finally:
            connection.close()
        publish(ready, made_by=made_by, at=at)
        return {dataset: current_version(dataset) for dataset in rows}


def _prepared(
    connection: duckdb.DuckDBPyConnection,
    dataset: str,
    incoming: pa.Table,
    *,
    at: datetime,
    replace: bool,
    made_by: Import | None,
) -> Change:
    declared = contract(dataset)
    table = settle(declared)
    import_id = None if made_by is None else made_by.pk
    connection.register("incoming", incoming)
    connection.execute(
        f"CREATE OR REPLACE TEMP TABLE staged AS {stored_sql(declared, 'incoming', import_id)}"
    )
    connection.unregister("incoming")
    change = compare(declared, connection, "staged", gone_where="true" if replace else None)
    return write(change, connection, table, import_id=import_id, at=at)
