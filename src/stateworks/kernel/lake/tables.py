"""Delta tables on disk: made, read as lists of files, written file by file, rolled back.

Parquet is written by DuckDB (in bounded memory) or polars and added to the Delta log in one commit, because only so can a
commit replace exactly the files that hold changed rows.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.conf import settings

from stateworks.kernel.lake.contracts import PART, Contract, columns_sql, literal, quoted

if TYPE_CHECKING:
    import duckdb
    import pyarrow as pa
    from deltalake import DeltaTable

GROUP_ROWS = 32_768
"""Rows of one group where rows alike lie side by side: fewer make a file's own table of contents long."""
#: Delta's own clean-up removes logs of versions that evidence still needs.
TABLE_PROPERTIES = {"delta.enableExpiredLogCleanup": "false"}
IMPORT_MARK, RESTORED_MARK, BASE_MARK = "stateworks.import", "stateworks.restored", "stateworks.base"


@dataclass(frozen=True)
class WrittenFile:
    """A Parquet file in a table's folder that no commit mentions yet: its path below the folder, size, rows and part."""

    path: str
    size: int
    rows: int
    part: str


@dataclass(frozen=True)
class Listing:
    """What one Delta version consists of: its files (absolute), their rows, its schema, and how many rows each part has."""

    files: tuple[str, ...]
    rows: int
    schema: pa.Schema | None
    parts: Mapping[str, int] = field(default_factory=dict)


def lake_root() -> Path:
    """Return the folder that holds every table."""
    return Path(settings.LAKE_ROOT)


def folder(dataset: str) -> Path:
    """Return the folder of a dataset's table."""
    return lake_root().joinpath(*dataset.split("."))


def is_made(dataset: str) -> bool:
    """Tell whether the dataset's table exists."""
    return (folder(dataset) / "_delta_log" / f"{0:020}.json").exists()


def opened(dataset: str, version: int | None = None) -> DeltaTable:
    """Open a dataset's table at a version, or at its newest."""
    from deltalake import DeltaTable

    return DeltaTable(folder(dataset), version=version)


def make(contract: Contract) -> DeltaTable:
    """Make a dataset's empty table, or open it and add the columns that its contract has gained."""
    from deltalake import DeltaTable, Schema

    if not is_made(contract.dataset):
        path = folder(contract.dataset)
        path.mkdir(parents=True, exist_ok=True)
        return DeltaTable.create(
            path, contract.arrow_schema(), partition_by=[PART], configuration=TABLE_PROPERTIES, mode="ignore"
        )
    table = opened(contract.dataset)
    known = {field.name for field in table.schema().fields}
    gained = [field for field in Schema.from_arrow(contract.arrow_schema()).fields if field.name not in known]
    if gained:
        table.alter.add_columns(gained)
        table = opened(contract.dataset)
    return table


def listing(dataset: str, version: int) -> Listing:
    """Return the files of a version; version -1, or a table not made yet, has none."""
    if version < 0:
        return Listing((), 0, None)
    return _listing(str(folder(dataset)), version)


@lru_cache(maxsize=512)
def _listing(path: str, version: int) -> Listing:
    # A version never changes, so what is read once holds for the life of the process.
    from deltalake import DeltaTable

    table = DeltaTable(path, version=version)
    actions = table.get_add_actions(flatten=True)
    paths = [os.path.join(path, name) for name in actions["path"].to_pylist()]
    order = sorted(range(len(paths)), key=paths.__getitem__)
    counts = actions["num_records"].to_pylist()
    import pyarrow as pa

    parts: dict[str, int] = {}
    for file, count in zip(paths, counts, strict=True):
        part = file.rsplit("/", 2)[-2].partition("=")[2]
        parts[part] = parts.get(part, 0) + count
    return Listing(tuple(paths[i] for i in order), sum(counts), pa.schema(table.schema().to_arrow()), parts)


def files_sql(files: Sequence[str], *, filename: bool = False) -> str:
    """Return the FROM item that reads Parquet files of one table, with the part from their folder's name."""
    listed = ", ".join(literal(file) for file in files)
    extra = ", filename = true" if filename else ""
    # Without the type a part such as '7' would turn into a number.
    return (
        f"read_parquet([{listed}], union_by_name = true, hive_partitioning = true, "
        f"hive_types = {{'{PART}': VARCHAR}}{extra})"
    )


def select_sql(contract: Contract, version: int, *, extras: bool = False) -> str:
    """Return the query that reads a version cast to its contract; a version without files gives an empty relation.

    With `extras` the columns that only the files have are kept too: stored statements may still name them.
    """
    return select_files_sql(contract, version, listing(contract.dataset, version).files, extras=extras)


def select_files_sql(
    contract: Contract, version: int, files: Sequence[str], *, extras: bool = False, filename: bool = False
) -> str:
    """Return the query that reads some files of a version cast to the contract, with each row's `filename` where asked."""
    found = listing(contract.dataset, version)
    types = {} if found.schema is None else {field.name: field.type for field in found.schema}
    columns = []
    for column in contract.stored:
        name = quoted(column.name)
        if not files or column.name not in types:
            columns.append(f"CAST(NULL AS {column.type}) AS {name}")
        elif types[column.name] == column.arrow() or column.name == PART:
            columns.append(name)
        else:
            columns.append(f"CAST({name} AS {column.type}) AS {name}")
    if filename:
        columns.append("filename" if files else "CAST(NULL AS VARCHAR) AS filename")
    if not files:
        return f"SELECT {', '.join(columns)} WHERE false"
    if extras:
        known = {column.name for column in contract.stored}
        columns += [quoted(name) for name in types if name not in known]
    return f"SELECT {', '.join(columns)} FROM {files_sql(files, filename=filename)}"


def write_parquet(
    connection: duckdb.DuckDBPyConnection,
    contract: Contract,
    rows_sql: str,
    *,
    prefix: str,
    ordered: bool = False,
) -> list[WrittenFile]:
    """Write the rows of a query as Parquet files below the table's folder, by part; nothing is committed.

    `ordered` sorts them as the contract says, which costs as much again; sources deliver nearly in order anyway.
    """
    base = folder(contract.dataset)
    order = f" ORDER BY {columns_sql((PART, *(contract.order or contract.key)))}" if ordered else ""
    names = columns_sql(column.name for column in contract.stored)
    groups = f"ROW_GROUP_SIZE {GROUP_ROWS}, " if contract.together else ""
    reply = connection.execute(
        f"COPY (SELECT {names} FROM ({rows_sql}){order}) TO {literal(str(base))} "
        # Small dictionaries: room for large ones is made for every column of every part, and costs more than it saves.
        "(FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL 1, DICTIONARY_SIZE_LIMIT 1000, "
        f"PARTITION_BY ({quoted(PART)}), OVERWRITE_OR_IGNORE true, {groups}"
        f"FILENAME_PATTERN {literal(prefix + '-{uuid}')}, RETURN_STATS true)"
    ).fetchall()
    written = []
    for name, rows, size, *_rest in reply:
        relative = os.path.relpath(name, base)
        written.append(WrittenFile(relative, size, rows, relative.split("/")[0].split("=", 1)[1]))
    sync(base, written)
    return written


def adopt(contract: Contract, source: Path, files: Sequence[WrittenFile]) -> list[WrittenFile]:
    """Move files that lie below another folder as they would lie here into the table's folder; nothing is committed."""
    base = folder(contract.dataset)
    for file in files:
        target = base / file.path
        target.parent.mkdir(exist_ok=True)
        (source / file.path).rename(target)
    sync(base, files)
    return list(files)


def sync(base: Path, written: Iterable[WrittenFile]) -> None:
    """Have files on the disk for good, and their folders, too."""
    # A commit must never outlive its files: a power cut would otherwise leave a log that names empty ones.
    folders = set()
    for file in written:
        path = base / file.path
        _fsync(path)
        folders.add(path.parent)
    for path in folders:
        _fsync(path)


def _fsync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def commit(
    table: DeltaTable,
    contract: Contract,
    *,
    added: Sequence[WrittenFile],
    removed: Sequence[str],
    at_ms: int,
    marks: dict[str, Any],
    same_rows: bool = False,
) -> int:
    """Commit written files and the removal of others (paths below the folder) in one Delta version; return the version.

    `same_rows` says that the rows stay what they were and only lie differently, as after compaction.
    """
    from deltalake import CommitProperties
    from deltalake.transaction import AddAction, RemoveAction

    actions: list[AddAction | RemoveAction] = [
        AddAction(
            file.path,
            file.size,
            {PART: file.part},
            at_ms,
            not same_rows,
            json.dumps({"numRecords": file.rows}),
        )
        for file in added
    ]
    actions += [
        RemoveAction(path, not same_rows, at_ms, None, {PART: path.split("/")[0].split("=", 1)[1]})
        for path in removed
    ]
    before = table.version()
    table.create_write_transaction(
        actions,
        "append",
        contract.arrow_schema(),
        [PART],
        commit_properties=CommitProperties(
            custom_metadata={name: str(value) for name, value in marks.items()}, max_commit_retries=0
        ),
    )
    table.update_incremental()
    if table.version() != before + 1:
        raise RuntimeError(f"{contract.dataset} moved from version {before} while it was locked")
    return table.version()


def restore(table: DeltaTable, version: int) -> None:
    """Roll the table back to a version, by a new commit that says so."""
    from deltalake import CommitProperties

    marks = {RESTORED_MARK: str(version)}
    table.restore(version, commit_properties=CommitProperties(custom_metadata=marks))


def sha256(path: Path) -> str:
    """Return the SHA-256 of a file."""
    with path.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()
