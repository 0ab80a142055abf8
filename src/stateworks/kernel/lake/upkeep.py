"""Keeps tables in shape: many small files become few, and files that nothing needs any more are deleted.

Compaction makes a new version with the same rows and moves the pointer to it; a version that evidence pins stays readable.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from stateworks.kernel.errors import Refused
from stateworks.kernel.lake import store, tables
from stateworks.kernel.lake.changes import writer_connection
from stateworks.kernel.lake.contracts import contract
from stateworks.kernel.lake.models import Dataset, DatasetVersion
from stateworks.kernel.lake.scratch import scratch_folder

KEEP = timedelta(days=35)
"""How long a version that nothing pins can still be read after another one took its place."""
SMALL_BYTES = 32 * 1024 * 1024
"""Files below this size are worth joining with others of their month."""


@dataclass(frozen=True)
class Compacted:
    """What compaction did: the version before and after, and how many files became how many."""

    before: int
    after: int
    files_before: int
    files_after: int


def compact(dataset: str, *, at: datetime) -> Compacted:
    """Join the small files of each month into one; the rows stay what they are."""
    declared = contract(dataset)
    with store.locked([dataset]):
        base = store.current_version(dataset)
        if base < 0:
            return Compacted(base, base, 0, 0)
        table = store.settle(declared)
        found = tables.listing(dataset, base)
        joined = _small_by_part(dataset, found.files)
        if not joined:
            return Compacted(base, base, len(found.files), len(found.files))
        with scratch_folder("compact") as folder:
            connection = writer_connection(str(folder / "spill"))
            try:
                rows = tables.select_files_sql(declared, base, joined)
                added = tables.write_parquet(connection, declared, rows, prefix="c", ordered=True)
            finally:
                connection.close()
        root = str(tables.folder(dataset)) + "/"
        ready = store.prepare(
            declared,
            table,
            added=added,
            removed=[file.removeprefix(root) for file in joined],
            at=at,
            import_id=None,
            same_rows=True,
        )
        if ready.rows != found.rows:
            raise RuntimeError(
                f"compaction of {dataset} gave {ready.rows} rows where there were {found.rows}"
            )
        store.publish([ready], made_by=None, at=at)
        after = tables.listing(dataset, ready.version)
        return Compacted(base, ready.version, len(found.files), len(after.files))


def _small_by_part(dataset: str, files: tuple[str, ...]) -> list[str]:
    by_part: dict[str, list[str]] = {}
    for file in files:
        by_part.setdefault(file.rsplit("/", 2)[-2], []).append(file)
    joined: list[str] = []
    for inside in by_part.values():
        small = [file for file in inside if _size(file) < SMALL_BYTES]
        if len(small) > 1:
            joined += small
    return joined


def _size(file: str) -> int:
    from pathlib import Path

    return Path(file).stat().st_size


def vacuum(dataset: str, *, at: datetime, keep: timedelta = KEEP) -> list[str]:
    """Delete files that only old, unpinned versions need; return their paths below the table's folder.

    Kept are the current version, every pinned one, and each that was current at some time within the last `keep`.
    While a backup copies, nothing is deleted: the next vacuum does it.
    """
    if keep < timedelta(0):
        raise Refused("The time to keep cannot be negative.")
    with store.locked([dataset]), store.nobody_copies() as free:
        current = Dataset.objects.filter(name=dataset).values_list("version", flat=True).first()
        if not free or current is None or current < 0:
            return []
        store.settle(contract(dataset))
        needed = {
            file
            for version in kept_versions(dataset, at=at, keep=keep)
            for file in tables.listing(dataset, version).files
        }
        root = tables.folder(dataset)
        # Not the table's own vacuum: that goes by the machine's clock, and would add commits that move nothing.
        gone = sorted(path for path in root.glob("_part=*/*.parquet") if str(path) not in needed)
        for path in gone:
            path.unlink()
        return [str(path.relative_to(root)) for path in gone]


def kept_versions(dataset: str, *, at: datetime, keep: timedelta = KEEP) -> set[int]:
    """Return the versions that a vacuum keeps."""
    versions = (
        DatasetVersion.objects.filter(dataset=dataset)
        .order_by("version")
        .values_list("version", "created_at", "pinned")
    )
    return kept(list(versions), at=at, keep=keep)


def kept(versions: Sequence[tuple[int, datetime, bool]], *, at: datetime, keep: timedelta = KEEP) -> set[int]:
    """Return which of a dataset's versions (number, when it came, whether it is pinned; in order) are kept."""
    chosen = set()
    for place, (version, _created, pinned) in enumerate(versions):
        replaced = versions[place + 1][1] if place + 1 < len(versions) else None
        if pinned or replaced is None or replaced >= at - keep:
            chosen.add(version)
    return chosen
