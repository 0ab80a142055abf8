"""Which version of each dataset counts: the pointers in PostgreSQL, who may move them, and what happens after a crash.

A Delta commit alone changes nothing for readers. They follow the pointer, and one PostgreSQL transaction moves all
pointers of an import. A commit nobody points to is rolled back before the next write.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from django.db import connection, transaction

from stateworks.kernel.errors import Refused
from stateworks.kernel.lake import tables
from stateworks.kernel.lake.contracts import Contract, contract
from stateworks.kernel.lake.models import DataFile, Dataset, DatasetVersion, Import

if TYPE_CHECKING:
    from deltalake import DeltaTable

LOCK_POLL_SECONDS = 0.2
COPYING = "copying"
"""The lock that copies of the lake share, and that whoever deletes files takes alone; no dataset is called so."""


@dataclass(frozen=True)
class Prepared:
    """A Delta version that is committed on disk but that no reader sees until its pointer is moved."""

    dataset: str
    kind: str
    base: int
    version: int
    rows: int
    added: tuple[tables.WrittenFile, ...] = field(repr=False)
    hashes: dict[str, str] = field(repr=False)


def current_version(dataset: str) -> int:
    """Return the version that readers use; -1 before the first data."""
    found = Dataset.objects.filter(name=dataset).values_list("version", flat=True).first()
    return -1 if found is None else found


def version_at(dataset: str, known_at: datetime | None) -> int:
    """Return the version that was current at an instant; now without one."""
    if known_at is None:
        return current_version(dataset)
    found = (
        DatasetVersion.objects.filter(dataset=dataset, created_at__lte=known_at)
        .order_by("-version")
        .values_list("version", flat=True)
        .first()
    )
    return -1 if found is None else found


@contextmanager
def locked(datasets: Iterable[str], *, waiting: Callable[[], None] = lambda: None) -> Iterator[None]:
    """Be the only writer of some datasets; `waiting` is called while another one works.

    The locks belong to the database session, so they end with the process, however it ends.
    """
    names = sorted(set(datasets))
    taken: list[str] = []
    try:
        for name in names:
            while not _advisory("pg_try_advisory_lock", name):
                waiting()
                time.sleep(LOCK_POLL_SECONDS)
            taken.append(name)
        yield
    finally:
        if connection.is_usable():
            for name in reversed(taken):
                _advisory("pg_advisory_unlock", name)


@contextmanager
def nobody_copies() -> Iterator[bool]:
    """Keep backups from beginning while files are deleted; gives False where one is under way."""
    free = _advisory("pg_try_advisory_lock", COPYING)
    try:
        yield free
    finally:
        if free and connection.is_usable():
            _advisory("pg_advisory_unlock", COPYING)


def lock_name(dataset: str) -> str:
    """Return the text whose `hashtextextended` is the number of a dataset's lock."""
    return f"stateworks.lake.{dataset}"


def _advisory(function: str, dataset: str) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {function}(hashtextextended(%s, 0))", [lock_name(dataset)])
        return bool(cursor.fetchone()[0])


def settle(declared: Contract) -> DeltaTable:
    """Bring a locked dataset's table to what its pointer says, and return it ready for the next commit.

    What a killed process left (a commit without a pointer) is rolled back, for it can never have been seen.
    """
    pointer = current_version(declared.dataset)
    tables.make(declared)
    table = tables.opened(declared.dataset)
    base = max(pointer, 0)
    if table.version() != base:
        newest = tables.listing(declared.dataset, table.version())
        # A roll-back or a vacuum leaves commits behind, too; only other files mean other rows.
        if newest.files != tables.listing(declared.dataset, base).files:
            tables.restore(table, base)
    return tables.make(declared)


def remove_orphans(dataset: str) -> int:
    """Delete the Parquet files of a locked table that no commit ever mentioned; return how many there were."""
    known = set(DataFile.objects.filter(dataset=dataset).values_list("path", flat=True))
    base = tables.folder(dataset)
    gone = 0
    # Listing names is cheap; the log is read only where a file is not known from the database.
    mentioned: set[str] | None = None
    for path in base.glob("_part=*/*.parquet"):
        relative = str(path.relative_to(base))
        if relative in known:
            continue
        if mentioned is None:
            mentioned = _mentioned(base)
        if relative not in mentioned:
            path.unlink()
            gone += 1
    return gone


def _mentioned(base: object) -> set[str]:
    import json
    from pathlib import Path

    found = set()
    for log in Path(str(base)).glob("_delta_log/*.json"):
        for line in log.read_text().splitlines():
            action = json.loads(line)
            for kind in ("add", "remove"):
                if kind in action:
                    found.add(action[kind]["path"])
    return found


def prepare(
    declared: Contract,
    table: DeltaTable,
    *,
    added: list[tables.WrittenFile],
    removed: list[str],
    at: datetime,
    import_id: int | None,
    same_rows: bool = False,
) -> Prepared:
    """Commit files to a settled, locked table; readers see them after `publish`."""
    base = current_version(declared.dataset)
    hashes = {file.path: tables.sha256(tables.folder(declared.dataset) / file.path) for file in added}
    version = tables.commit(
        table,
        declared,
        added=added,
        removed=removed,
        at_ms=int(at.timestamp() * 1000),
        marks={tables.IMPORT_MARK: import_id or "", tables.BASE_MARK: base},
        same_rows=same_rows,
    )
    rows = tables.listing(declared.dataset, version).rows
    return Prepared(declared.dataset, declared.kind, base, version, rows, tuple(added), hashes)


def publish(prepared: Iterable[Prepared], *, made_by: Import | None, at: datetime) -> None:
    """Move the pointers of several datasets in one transaction, so that readers see all of them or none."""
    with transaction.atomic():
        for ready in sorted(prepared, key=lambda one: one.dataset):
            dataset, _made = Dataset.objects.select_for_update().get_or_create(
                name=ready.dataset, defaults={"kind": ready.kind}
            )
            if dataset.version != ready.base:
                raise Refused(
                    f"{ready.dataset} was changed by somebody else meanwhile (version {dataset.version}, "
                    f"expected {ready.base}); nothing was loaded, start the import again."
                )
            DatasetVersion.objects.create(
                dataset=dataset, version=ready.version, made_by=made_by, rows=ready.rows, created_at=at
            )
            DataFile.objects.bulk_create(
                [
                    DataFile(
                        dataset=dataset,
                        path=file.path,
                        size=file.size,
                        sha256=ready.hashes[file.path],
                        added_in=ready.version,
                    )
                    for file in ready.added
                ],
                batch_size=1000,
            )
            dataset.version = ready.version
            dataset.rows = ready.rows
            dataset.fresh_at = at
            dataset.save(update_fields=["version", "rows", "fresh_at"])


def mark_fresh(datasets: Iterable[str], *, at: datetime) -> None:
    """Note that datasets were confirmed as current although nothing in them changed."""
    Dataset.objects.filter(name__in=list(datasets)).update(fresh_at=at)


def pin(dataset: str, version: int) -> None:
    """Keep a version for ever, because a signed value rests on it."""
    if not DatasetVersion.objects.filter(dataset=dataset, version=version).update(pinned=True):
        raise Refused(f"{dataset} has no version {version} that could be kept.")


def files_changed(dataset: str, version: int) -> list[str]:
    """Return the files of a version whose content is not what was written, or that are gone."""
    known = dict(DataFile.objects.filter(dataset=dataset).values_list("path", "sha256"))
    base = tables.folder(dataset)
    changed = []
    for file in tables.listing(dataset, version).files:
        relative = str((base / file).relative_to(base))
        path = base / relative
        if not path.exists() or known.get(relative) != tables.sha256(path):
            changed.append(relative)
    return changed


def known_contract(dataset: str) -> Contract:
    """Return a dataset's contract; kept here so that readers of the store need one import."""
    return contract(dataset)
