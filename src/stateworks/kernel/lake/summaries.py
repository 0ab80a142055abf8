"""Sums that pages ask for, kept beside the data: counted once for a version, added up for each reader.

A module declares by which columns rows are counted. The organization is always among them, so that a reader's own sums
come from the same summary, joined to what the reader sees. A version never changes, and neither does its summary. The next
one is made from the one before: what was in files that are gone is taken off, what is in new files is added.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import logging
import shutil
import tempfile
import threading
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from stateworks.kernel.lake import keyfiles, partanswers, tables
from stateworks.kernel.lake.contracts import PART, Contract, columns_sql, contract, literal, quoted
from stateworks.kernel.lake.fingerprints import part_sql

if TYPE_CHECKING:
    import duckdb

_log = logging.getLogger(__name__)
FEWEST_ROWS = 100_000
"""Fewer rows are counted where they lie: that takes no longer."""
MAKING = ".making-"
KEPT = 3
"""How many versions' summaries are kept."""
COUNT = "n"


@dataclass(frozen=True)
class Summary:
    """Rows of a dataset counted by some columns; `sums` names further aggregates in SQL, which must add up."""

    dataset: str
    name: str
    by: tuple[str, ...]
    sums: Mapping[str, str] = field(default_factory=dict)

    def columns(self, declared: Contract) -> tuple[str, ...]:
        """Return by what it counts; whose a row is always belongs to it."""
        agency = declared.agency
        return self.by if agency is None or agency in self.by else (*self.by, agency)

    def aggregates(self) -> dict[str, str]:
        """Return its aggregates by name."""
        return {COUNT: "count(*)", **self.sums}


@dataclass(frozen=True)
class Ready:
    """A version's summaries on disk: the file of each by name, and how many lines it has."""

    folder: Path
    lines: Mapping[str, int]


_declared: dict[str, list[Summary]] = {}
_ready: dict[Path, Ready] = {}
_at_work: set[Path] = set()
_guard = threading.Lock()


def summarize(*summaries: Summary) -> None:
    """Make summaries of a dataset known."""
    for one in summaries:
        known = _declared.setdefault(one.dataset, [])
        known[:] = [other for other in known if other.name != one.name] + [one]


def summaries_of(declared: Contract) -> list[Summary]:
    """Return what is counted of a dataset; every one that is cut into months is counted by month and source."""
    if declared.partition_on is None:
        return list(_declared.get(declared.dataset, ()))
    source = tuple(name for name in declared.key if name == "source")
    return [Summary(declared.dataset, "by_month", (PART, *source)), *_declared.get(declared.dataset, ())]


def sums_of(declared: Contract) -> dict[str, str]:
    """Return every aggregate that summaries of a dataset have, by name, as SQL over its rows."""
    return {name: sql for one in summaries_of(declared) for name, sql in one.aggregates().items()}


def covering(declared: Contract, version: int, columns: Collection[str], sums: Collection[str]) -> str | None:
    """Return the smallest summary that has some columns and sums, as a FROM item; None where there is none (yet)."""
    fitting = [
        one
        for one in summaries_of(declared)
        if set(columns) <= _offered(one, declared) and set(sums) <= set(one.aggregates())
    ]
    if not fitting:
        return None
    ready = ready_or_begun(declared, version)
    if ready is None:
        return None
    best = min(fitting, key=lambda one: ready.lines[one.name])
    file = f"read_parquet({literal(str(ready.folder / f'{best.name}.parquet'))})"
    if PART in best.by or declared.partition_on not in best.by:
        return file
    return f"(SELECT *, {part_sql(declared)} AS {PART} FROM {file})"


def _offered(summary: Summary, declared: Contract) -> set[str]:
    columns = set(summary.columns(declared))
    return columns | {PART} if declared.partition_on in columns else columns


# -- making


def ready_or_begun(declared: Contract, version: int) -> Ready | None:
    """Return a version's summaries; where they are not there yet, have them made aside, so that nobody waits."""
    if tables.listing(declared.dataset, version).rows < FEWEST_ROWS:
        return None
    path = place(declared, version)
    found = _read(path)
    if found is None:
        with _guard:
            if path in _at_work:
                return None
            _at_work.add(path)
        threading.Thread(target=_made_aside, args=(declared, version, path), daemon=True).start()
    return found


def _made_aside(declared: Contract, version: int, path: Path) -> None:
    try:
        _tried(declared, version)
    finally:
        with _guard:
            _at_work.discard(path)


def keep_ready(dataset: str) -> None:
    """Make the summaries of a feed's current version and of what is derived from it, so that the first page finds them.

    Called when an import has ended: whatever goes wrong here is noted and no fault of the import's.
    """
    from stateworks.kernel.lake.feeds import derivations
    from stateworks.kernel.lake.store import current_version

    for name in (dataset, *(one.target for one in derivations(dataset))):
        version = current_version(name)
        if tables.listing(name, version).rows >= FEWEST_ROWS:
            _tried(contract(name), version)


def _tried(declared: Contract, version: int) -> None:
    import duckdb

    try:
        make(declared, version)
    except (OSError, ValueError, duckdb.Error):
        _log.exception("The summaries of %s could not be made", declared.dataset)


def place(declared: Contract, version: int) -> Path:
    """Return the folder of a version's summaries; other rows or other declarations mean another folder."""
    said = [
        *tables.listing(declared.dataset, version).files,
        *(f"{one.name} {one.columns(declared)} {one.aggregates()}" for one in summaries_of(declared)),
    ]
    mark = hashlib.sha256("\n".join(said).encode()).hexdigest()[:16]
    return tables.folder(declared.dataset) / "_summaries" / f"{version}-{mark}"


def _read(path: Path) -> Ready | None:
    told = path / "summaries.json"
    if path not in _ready:
        try:
            _ready[path] = Ready(path, json.loads(told.read_text(encoding="utf-8"))["lines"])
        except (OSError, ValueError):
            return None
    # Old ones are cleared away, by whichever process makes the next.
    return _ready[path] if told.exists() else None


def make(declared: Contract, version: int) -> None:
    """Make summaries, lists of keys and what is asked of parts for a version; a process that is not alone goes without."""
    path = place(declared, version)
    path.parent.mkdir(parents=True, exist_ok=True)
    with _alone(path.parent) as alone:
        if not alone or path.exists():
            return
        for left in path.parent.glob(f"{MAKING}*"):  # by a process that was killed: we are alone here
            shutil.rmtree(left, ignore_errors=True)
        with tempfile.TemporaryDirectory(prefix=MAKING, dir=path.parent) as temporary:
            from stateworks.kernel.lake.changes import writer_connection

            folder = Path(temporary) / "made"
            folder.mkdir()
            connection = writer_connection(str(Path(temporary) / "spill"))
            try:
                lines = _written(connection, declared, version, folder)
                keyfiles.make(connection, declared, version)
            finally:
                connection.close()
            partanswers.make(declared.dataset, version)
            told = {"lines": lines, "declared": _said(declared), "files": _names(declared, version)}
            (folder / "summaries.json").write_text(json.dumps(told), encoding="utf-8")
            folder.rename(path)
        for old in _made_before(path.parent)[KEPT:]:
            shutil.rmtree(old, ignore_errors=True)


@contextmanager
def _alone(folder: Path) -> Iterator[bool]:
    with (folder / ".lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            yield False
            return
        yield True


def _made_before(folder: Path) -> list[Path]:
    """Return the folders of summaries, the newest first."""
    found = [path.parent for path in folder.glob("*/summaries.json")]
    return sorted(found, key=lambda path: path.stat().st_mtime_ns, reverse=True)


def _said(declared: Contract) -> list[Any]:
    return [[one.name, list(one.columns(declared)), one.aggregates()] for one in summaries_of(declared)]


def _names(declared: Contract, version: int) -> list[str]:
    base = f"{tables.folder(declared.dataset)}/"
    return [file.removeprefix(base) for file in tables.listing(declared.dataset, version).files]


def _written(
    connection: duckdb.DuckDBPyConnection, declared: Contract, version: int, folder: Path
) -> dict[str, int]:
    """Write each summary as one Parquet file, sorted; return how many lines each has."""
    before = _before(declared, version)
    lines = {}
    for one in summaries_of(declared):
        by = columns_sql(one.columns(declared))
        if before is None:
            files = tables.listing(declared.dataset, version).files
            rows = _counted(declared, version, one, files)
        else:
            rows = _changed(declared, version, one, before)
        target = literal(str(folder / f"{one.name}.parquet"))
        found = connection.execute(
            f"COPY (SELECT * FROM ({rows}) ORDER BY {by}) TO {target} "
            "(FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE 20480)"
        ).fetchone()
        assert found is not None, "a copy says how many rows it wrote"
        lines[one.name] = int(found[0])
    return lines


@dataclass(frozen=True)
class _Before:
    """The summaries of an earlier version, the files that are new since, and those that are gone."""

    folder: Path
    added: list[str]
    removed: list[str]


def _before(declared: Contract, version: int) -> _Before | None:
    """Return what the next summaries can be made from; None where counting everything is as quick, or needed."""
    base = tables.folder(declared.dataset)
    now = set(_names(declared, version))
    for folder in _made_before(base / "_summaries"):
        told = json.loads((folder / "summaries.json").read_text(encoding="utf-8"))
        if told["declared"] != _said(declared):
            continue
        then = set(told["files"])
        added, removed = now - then, then - now
        # Files of an earlier version may have been cleared away meanwhile.
        if len(added) + len(removed) < len(now) and all((base / name).exists() for name in removed):
            return _Before(
                folder, [str(base / name) for name in sorted(added)], [str(base / name) for name in sorted(removed)]
            )  # fmt: skip
    return None


def _counted(declared: Contract, version: int, summary: Summary, files: Sequence[str], sign: str = "") -> str:
    by = columns_sql(summary.columns(declared))
    sums = ", ".join(
        f"CAST({sign}({sql}) AS BIGINT) AS {quoted(name)}" for name, sql in summary.aggregates().items()
    )
    rows = tables.select_files_sql(declared, version, files)
    return f"SELECT {by}, {sums} FROM ({rows}) GROUP BY {by}"


def _changed(declared: Contract, version: int, summary: Summary, before: _Before) -> str:
    by = columns_sql(summary.columns(declared))
    kept = f"SELECT * FROM read_parquet({literal(str(before.folder / f'{summary.name}.parquet'))})"
    parts = [kept]
    if before.added:
        parts.append(_counted(declared, version, summary, before.added))
    if before.removed:
        parts.append(_counted(declared, version, summary, before.removed, "-"))
    sums = ", ".join(
        f"CAST(sum({quoted(name)}) AS BIGINT) AS {quoted(name)}" for name in summary.aggregates()
    )
    union = " UNION ALL BY NAME ".join(parts)
    return f"SELECT {by}, {sums} FROM ({union}) GROUP BY {by} HAVING sum({COUNT}) <> 0"
