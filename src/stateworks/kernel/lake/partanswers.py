"""Answers about one part of a dataset that take long to find, worked out when an import ends and kept beside the data.

A part's files never change once they are written, and neither does an answer about them. Where none is kept (few rows, rows put
there in another way, a folder that was deleted) it is found when it is asked for, and is the same.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from stateworks.kernel.lake import tables
from stateworks.kernel.lake.contracts import PART
from stateworks.kernel.lake.engines import DUCKDB, Engine, open_engine

if TYPE_CHECKING:
    import ibis.expr.types as ir
    import pyarrow as pa

FEWEST_ROWS = 100_000
"""An answer about fewer rows is found as quickly as it is read."""
KEPT = 3
"""How many answers about each part are kept: earlier versions are asked for, too."""


@dataclass(frozen=True)
class PartAnswer:
    """What is asked of each part: from the part's rows to a small table. A question put in another way has another name."""

    dataset: str
    name: str
    ask: Callable[[ir.Table], ir.Table]


_declared: dict[tuple[str, str], PartAnswer] = {}


def keep_answers(*answers: PartAnswer) -> None:
    """Have answers worked out whenever an import ends."""
    _declared.update({(one.dataset, one.name): one for one in answers})


def answered(engine: Engine, asked: PartAnswer, version: int, part: str) -> pa.Table:
    """Return the answer about a part, from where it is kept or by asking the engine.

    What is kept was found by the usual engine: who opens another one wants to know what that one finds.
    """
    found = kept(asked, version, part) if engine.name == DUCKDB else None
    return _found(engine, asked, version, part) if found is None else found


def kept(asked: PartAnswer, version: int, part: str) -> pa.Table | None:
    """Return the answer about a part where one is kept."""
    import pyarrow.parquet as pq

    if tables.listing(asked.dataset, version).parts.get(part, 0) >= FEWEST_ROWS:
        # As a file, not by read_table, which would first import pandas: half a second of a short command.
        with suppress(OSError), pq.ParquetFile(_place(asked, version, part)) as file:
            return file.read()
    return None


def make(dataset: str, version: int) -> None:
    """Find and keep what is asked of a version's parts and not kept yet."""
    import pyarrow.parquet as pq

    parts = tables.listing(dataset, version).parts
    for asked in [one for one in _declared.values() if one.dataset == dataset]:
        for part in [one for one, rows in parts.items() if rows >= FEWEST_ROWS]:
            place = _place(asked, version, part)
            if place.exists():
                continue
            with open_engine() as engine:
                found = _found(engine, asked, version, part)
            place.parent.mkdir(parents=True, exist_ok=True)
            half = place.with_name(f".{place.name}-{os.getpid()}")
            pq.write_table(found, half)
            half.replace(place)
            for left in place.parent.glob(".*"):  # by a process that was killed: only one is here at a time
                left.unlink(missing_ok=True)
            for old in sorted(place.parent.glob("*.parquet"), key=lambda one: -one.stat().st_mtime_ns)[KEPT:]:
                old.unlink(missing_ok=True)


def _found(engine: Engine, asked: PartAnswer, version: int, part: str) -> pa.Table:
    rows = engine.table(asked.dataset, version=version)
    return engine.execute(asked.ask(rows.filter(rows[PART] == part)))


def _place(asked: PartAnswer, version: int, part: str) -> Path:
    base = tables.folder(asked.dataset)
    files = [
        Path(one).name for one in tables.listing(asked.dataset, version).files if f"{PART}={part}/" in one
    ]
    mark = hashlib.sha256("\n".join(sorted(files)).encode()).hexdigest()[:16]
    return base / "_summaries" / "parts" / asked.name / part / f"{mark}.parquet"
