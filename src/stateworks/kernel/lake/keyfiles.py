"""Which Parquet file holds a key: beside the data lies a small sorted list of key hashes for each file.

Keys are hashes, so a Parquet file's own least and greatest key say nothing. A list holds 32 bits of each, sorted, and is
searched on disk. It only narrows where to look: whoever asks still compares the key itself, and a file without a list is
looked into.
"""

from __future__ import annotations

import mmap
import os
from bisect import bisect_left
from pathlib import Path
from typing import TYPE_CHECKING

from stateworks.kernel.lake import tables
from stateworks.kernel.lake.contracts import KEY, Contract

if TYPE_CHECKING:
    import duckdb

BITS = 28
"""How many low bits of a key's 60 are left out."""


def folder(dataset: str) -> Path:
    """Return where a dataset's lists lie."""
    return tables.folder(dataset) / "_summaries" / "keys"


def files_with(declared: Contract, version: int, key: int) -> list[str]:
    """Return the files of a version that may hold a key."""
    base = folder(declared.dataset)
    return [
        file
        for file in tables.listing(declared.dataset, version).files
        if _may_hold(base / f"{Path(file).name}.keys", key >> BITS)
    ]


def _may_hold(path: Path, wanted: int) -> bool:
    try:
        with (
            path.open("rb") as file,
            mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content,
            memoryview(content) as plain,
            plain.cast("I") as keys,
        ):
            at = bisect_left(keys, wanted)
            return at < len(keys) and keys[at] == wanted
    except (OSError, ValueError):
        return True  # not made yet, or of no use: the file itself will tell


def make(connection: duckdb.DuckDBPyConnection, declared: Contract, version: int) -> None:
    """Make the lists of a version's files that have none yet, and remove those of files that are gone."""
    base = folder(declared.dataset)
    base.mkdir(parents=True, exist_ok=True)
    there = {path.name for path in base.iterdir()}
    for file in tables.listing(declared.dataset, version).files:
        name = f"{Path(file).name}.keys"
        if name not in there:
            _write(connection, file, base / name)
    data = {path.name for path in tables.folder(declared.dataset).glob("_part=*/*.parquet")}
    for name in there:
        if name.removesuffix(".keys") not in data:
            (base / name).unlink(missing_ok=True)


def _write(connection: duckdb.DuckDBPyConnection, file: str, path: Path) -> None:
    rows = connection.execute(
        f"SELECT CAST({KEY} >> {BITS} AS UINTEGER) AS k FROM {tables.files_sql([file])} ORDER BY 1"
    ).to_arrow_reader()
    half = path.with_name(f".{path.name}-{os.getpid()}")
    with half.open("wb") as out:
        for batch in rows:
            out.write(batch.column(0).to_numpy().tobytes())
    half.replace(path)
