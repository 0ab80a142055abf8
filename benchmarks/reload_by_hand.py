"""A changed export into a table of tickets, as one would write it by hand in DuckDB: compare, then write the difference.

The table is a folder of Parquet files by month of opening, as ours is: a changed row takes its month's file with it.
No version of it can be read again, and a reader at the wrong moment sees half of it.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import Any

from benchmarks.tickets import STAMP, ZONE

_TIMES = ("Opened", "Resolved", "Closed", "Updated")


def connect(folder: Path) -> Any:
    """Open a DuckDB with bounded memory."""
    import duckdb

    connection = duckdb.connect()
    connection.execute(
        f"SET TimeZone = 'UTC'; SET memory_limit = '2GB'; SET temp_directory = '{folder}/spill'"
    )
    connection.execute("SET preserve_insertion_order = false")
    return connection


def staged_sql(path: Path) -> str:
    """Return the query that reads an export: typed, with a hash of each row and the month it is filed under."""
    types = dict.fromkeys(_TIMES, "TIMESTAMP") | {"Reassignment count": "INTEGER", "Reopen count": "INTEGER"}
    columns = ", ".join(f"'{name}': '{kind}'" for name, kind in types.items())
    instants = ", ".join(f'timezone(\'{ZONE}\', "{name}") AS "{name}"' for name in _TIMES)
    return (
        f"SELECT *, strftime(\"Opened\", '%Y-%m') AS month, hash(t) AS row_hash FROM (SELECT * REPLACE ({instants}) "
        f"FROM read_csv('{path}', header = true, types = {{{columns}}}, timestampformat = '{STAMP}')) t"
    )


def first_load(path: Path, table: Path) -> None:
    """Write the table for the first time."""
    shutil.rmtree(table, ignore_errors=True)
    table.mkdir(parents=True)
    connection = connect(table.parent)
    connection.execute(_copy(staged_sql(path), table, "first"))
    connection.close()


def reload(path: Path, table: Path) -> int:
    """Bring the table to what the export says; return how many rows changed or are new."""
    connection = connect(table.parent)
    connection.execute(f"CREATE TEMP VIEW staged AS {staged_sql(path)}")
    files = (
        f"read_parquet('{table}/*/*.parquet', hive_partitioning = true, hive_types = {{'month': VARCHAR}})"
    )
    connection.execute(
        f"""CREATE TEMP TABLE difference AS SELECT s.*, c.month AS former_month FROM staged s
        LEFT JOIN {files} c ON c."Number" = s."Number" WHERE c.row_hash IS NULL OR c.row_hash <> s.row_hash"""
    )
    months = [
        month
        for (month,) in connection.execute(
            "SELECT month FROM difference UNION SELECT former_month FROM difference WHERE former_month IS NOT NULL"
        ).fetchall()
    ]
    old = [file for month in months for file in sorted((table / f"month={month}").glob("*.parquet"))]
    rows = "SELECT * EXCLUDE (former_month) FROM difference"
    if old:
        listed = ", ".join(f"'{file}'" for file in old)
        rows += (
            f" UNION ALL BY NAME SELECT * FROM read_parquet([{listed}], hive_partitioning = true, "
            'hive_types = {\'month\': VARCHAR}) c ANTI JOIN difference d ON c."Number" = d."Number"'
        )
    if months:
        connection.execute(_copy(rows, table, "next"))
    for file in old:
        os.unlink(file)
    (count,) = connection.execute("SELECT count(*) FROM difference").fetchone()
    connection.close()
    return int(count)


def _copy(rows: str, table: Path, prefix: str) -> str:
    return (
        f"COPY ({rows}) TO '{table}' (FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL 1, PARTITION_BY (month), "
        f"OVERWRITE_OR_IGNORE true, FILENAME_PATTERN '{prefix}-{{uuid}}')"
    )
