"""The difference between incoming rows and a dataset's current version, and its writing: only what is new or changed."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING

from stateworks.kernel.lake import rewriting, tables
from stateworks.kernel.lake.contracts import KEY, ROW, Contract, columns_sql, literal, quoted
from stateworks.kernel.lake.store import Prepared, current_version, prepare

if TYPE_CHECKING:
    from collections.abc import Callable

    import duckdb
    from deltalake import DeltaTable

    from stateworks.kernel.lake.partfiles import PartFiles

MEMORY_LIMIT = "2GB"


@dataclass(frozen=True)
class Change:
    """What incoming rows do to a dataset; `prepared` is None where nothing was, or has to be, written.

    `arriving` is the relation with the staged rows that are new or changed, every column of theirs filled; where none was
    there before and nothing goes, `files` may hold them as they will lie in the lake. `changed` and `gone` are temporary
    tables with the key of each such row and the file of the row it replaces; `older` counts incoming rows left out because
    the dataset already holds a later update.
    """

    declared: Contract
    staged: str
    arriving: str
    changed: str
    gone: str
    files: PartFiles | None = None
    inserted: int = 0
    updated: int = 0
    unchanged: int = 0
    removed: int = 0
    older: int = 0
    prepared: Prepared | None = None

    @property
    def anything(self) -> bool:
        """Tell whether there is something to write."""
        return bool(self.inserted or self.updated or self.removed)


def writer_connection(spill: str) -> duckdb.DuckDBPyConnection:
    """Open a DuckDB for writing: bounded memory, the rest goes to a folder on disk."""
    import duckdb

    connection = duckdb.connect()
    connection.execute("SET TimeZone = 'UTC'")
    connection.execute(f"SET memory_limit = '{MEMORY_LIMIT}'")
    connection.execute(f"SET temp_directory = {literal(spill)}")
    connection.execute("SET preserve_insertion_order = false")
    return connection


def compare(
    declared: Contract,
    connection: duckdb.DuckDBPyConnection,
    staged: str,
    *,
    gone_where: str | None = None,
    updated_column: str | None = None,
    complete: Callable[[str], str] | None = None,
    files: PartFiles | None = None,
) -> Change:
    """Compare staged rows (unique by key) with the current version; the difference stays in temporary tables.

    Staged rows need not have every column: `complete` fills the others, of new and changed rows alone. `files` are the
    staged rows, laid out as the lake has them.

    `gone_where` says which current rows a snapshot speaks for; those it does not hold are removed (None: it removes
    nothing). With `updated_column` a row never gives way to an older update of itself.
    """
    label = declared.dataset.replace(".", "_")
    changed, gone = f"changed_{label}", f"gone_{label}"
    current = tables.listing(declared.dataset, current_version(declared.dataset))
    connection.execute(f"CREATE OR REPLACE TEMP TABLE {gone} ({KEY} BIGINT, file VARCHAR)")
    total = number(connection, f"SELECT count(*) FROM {staged}")
    if not current.files:
        connection.execute(f"CREATE OR REPLACE TEMP TABLE {changed} ({KEY} BIGINT, file VARCHAR)")
        arriving = complete(staged) if complete is not None else staged
        return Change(declared, staged, arriving, changed, gone, files, inserted=total)
    held = tables.files_sql(current.files, filename=True)
    later, newer = "", "false"
    if updated_column is not None:
        later = f", {quoted(updated_column)}"
        newer = f"coalesce(c.{quoted(updated_column)} > s.{quoted(updated_column)}, false)"
    connection.execute(
        f"CREATE OR REPLACE TEMP TABLE {changed} AS SELECT s.{KEY}, c.filename AS file, {newer} AS older FROM {staged} s "
        f"LEFT JOIN (SELECT {KEY}, {ROW}, filename{later} FROM {held}) c ON s.{KEY} = c.{KEY} "
        f"WHERE c.{ROW} IS NULL OR c.{ROW} <> s.{ROW}"
    )
    older = number(connection, f"SELECT count(*) FROM {changed} WHERE older")
    if older:
        connection.execute(f"DELETE FROM {changed} WHERE older")
    if gone_where is not None:
        connection.execute(
            f"INSERT INTO {gone} SELECT c.{KEY}, c.filename FROM {held} c WHERE ({gone_where}) "
            f"AND NOT EXISTS (SELECT 1 FROM {staged} s WHERE s.{KEY} = c.{KEY})"
        )
    inserted = number(connection, f"SELECT count(*) FROM {changed} WHERE file IS NULL")
    updated = number(connection, f"SELECT count(*) FROM {changed} WHERE file IS NOT NULL")
    removed = number(connection, f"SELECT count(*) FROM {gone}")
    arriving = f"arriving_{label}"
    connection.execute(
        f"CREATE OR REPLACE TEMP VIEW {arriving} AS "
        f"SELECT * FROM {staged} WHERE {KEY} IN (SELECT {KEY} FROM {changed})"
    )
    if complete is not None:
        arriving = complete(arriving)
    alone = files if inserted == total and not removed else None
    return Change(
        declared, staged, arriving, changed, gone, alone, inserted, updated, total - inserted - updated, removed, older
    )  # fmt: skip


def incoming_sql(change: Change) -> str:
    """Return the query for the staged rows that are new or changed."""
    return f"SELECT {columns_sql(column.name for column in change.declared.stored)} FROM {change.arriving}"


def remaining_sql(change: Change) -> str:
    """Return the query for the current rows that stay as they are."""
    current = tables.select_sql(change.declared, current_version(change.declared.dataset))
    return (
        f"SELECT * FROM ({current}) WHERE {KEY} NOT IN "
        f"(SELECT {KEY} FROM {change.changed} UNION ALL SELECT {KEY} FROM {change.gone})"
    )


def write(
    change: Change,
    connection: duckdb.DuckDBPyConnection,
    table: DeltaTable,
    *,
    import_id: int | None,
    at: datetime,
) -> Change:
    """Write a compared difference as one Delta version that no reader sees yet.

    New rows are new files. A changed or removed row takes the file that held it with it: the file's other rows are
    written again, so that the cost follows the months that changed.
    """
    if not change.anything:
        return change
    declared = change.declared
    if change.files is not None:
        # No row was there, so nothing is rewritten: the rows already lie as they are to be kept.
        added = tables.adopt(declared, change.files.folder, change.files.written)
        moved = [str(tables.folder(declared.dataset) / file.path) for file in added]
        # Whoever still asks about the staged rows finds them where they lie now.
        connection.execute(
            f"CREATE OR REPLACE TEMP VIEW {change.staged} AS SELECT * FROM {tables.files_sql(moved)}"
        )
        ready = prepare(declared, table, added=added, removed=[], at=at, import_id=import_id)
        return replace(change, prepared=ready)
    rows = incoming_sql(change)
    leaving = f"SELECT {KEY}, file FROM {change.changed} UNION ALL SELECT {KEY}, file FROM {change.gone}"
    touched = [
        name
        for (name,) in connection.execute(
            f"SELECT DISTINCT file FROM ({leaving}) WHERE file IS NOT NULL ORDER BY 1"
        ).fetchall()
    ]
    prefix = f"i{import_id or 0}"
    parts = tables.listing(declared.dataset, current_version(declared.dataset)).parts
    if rewriting.fits(change.inserted + change.updated, parts, touched):
        left = f"SELECT * FROM ({leaving}) WHERE file IS NOT NULL"
        added = rewriting.rewrite(connection, declared, rows, left, touched, prefix=prefix)
    else:
        if touched:
            rows = f"{rows} UNION ALL BY NAME {_kept_sql(change, touched)}"
        added = tables.write_parquet(connection, declared, rows, prefix=prefix)
    base = str(tables.folder(declared.dataset)) + "/"
    ready = prepare(
        declared,
        table,
        added=added,
        removed=[name.removeprefix(base) for name in touched],
        at=at,
        import_id=import_id,
    )
    return replace(change, prepared=ready)


def _kept_sql(change: Change, files: list[str]) -> str:
    version = current_version(change.declared.dataset)
    return (
        f"SELECT * FROM ({tables.select_files_sql(change.declared, version, files)}) WHERE {KEY} NOT IN "
        f"(SELECT {KEY} FROM {change.changed} UNION ALL SELECT {KEY} FROM {change.gone})"
    )


def number(connection: duckdb.DuckDBPyConnection, sql: str) -> int:
    """Return the one number that a query gives."""
    found = connection.execute(sql).fetchone()
    assert found is not None, "a count always has a row"
    return int(found[0])
