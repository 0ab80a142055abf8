"""The one DuckDB of this process that pages and exports read with; each reader has a connection of its own to it.

What it has read of Parquet files (their footers, and blocks as far as memory goes) serves the next reader too. Tables that
a reader registers belong to its connection alone.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from stateworks.kernel.lake import scratch

if TYPE_CHECKING:
    import duckdb

MEMORY_LIMIT = "1GB"
_lock = threading.Lock()
_databases: dict[int, duckdb.DuckDBPyConnection] = {}


@contextmanager
def connected() -> Iterator[duckdb.DuckDBPyConnection]:
    """Have a connection for one reader."""
    connection = _database().cursor()
    try:
        yield connection
    finally:
        connection.close()


def _database() -> duckdb.DuckDBPyConnection:
    # By process: after a fork the parent's threads are gone, and its database with them.
    process = os.getpid()
    with _lock:
        if process not in _databases:
            _databases.clear()
            _databases[process] = _made(process)
        return _databases[process]


def _made(process: int) -> duckdb.DuckDBPyConnection:
    import duckdb

    # What does not fit into memory, such as a large export in order, goes next to the data, in a folder per process.
    spill = scratch.spill_of_reader(process)
    database = duckdb.connect(":memory:", config={"memory_limit": MEMORY_LIMIT, "temp_directory": str(spill)})
    database.execute("SET parquet_metadata_cache = true")
    database.execute("SET GLOBAL TimeZone = 'UTC'")
    return database
