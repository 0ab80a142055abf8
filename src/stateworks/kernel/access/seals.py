"""The audit record as a chain of seals: batches of entries hashed one onto the other, so that no entry changes unseen.

Entries are sealed some time after they were written, by a job. Sealed as they were written, each writer would wait for the
one before. An entry's canonical bytes are a JSON array of its columns in the order of `_COLUMNS`: keys sorted, no spaces,
instants in UTC. A batch's digest is SHA-256 over one line `id hash` for each entry; its seal SHA-256 over the seal before it
and what the batch says of itself.
"""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.db import connection, transaction

from stateworks.kernel.access.models import AuditEntry, AuditSeal
from stateworks.kernel.access.scope import SYSTEM, entered

BATCH = 1000
MARK = 16
"""Characters of an entry's hash that its seal keeps, to tell which entry of a batch was changed."""
PATIENCE_SECONDS = 5.0
BEFORE_ALL = -(2**63)
"""Below every number that an entry can have, also one that nobody gave out."""
_COLUMNS = ("id", "at", "actor_id", "verb", "subject", "reason", "before", "after", "import_id")
_TABLE = AuditEntry._meta.db_table


@dataclass(frozen=True)
class Broken:
    """A place where the record is not what was sealed: the seal's number (0: none), the entry's, and a sentence."""

    seal: int
    entry: int | None
    what: str


@dataclass(frozen=True)
class Verified:
    """What a check found: entries and seals looked at, the newest seal, entries that wait for one, and broken places."""

    entries: int
    seals: int
    newest: str
    unsealed: int
    broken: tuple[Broken, ...]


def entry_hash(row: tuple[Any, ...]) -> str:
    """Return the SHA-256 of an entry's canonical bytes; `row` holds the columns of `_COLUMNS`."""
    text = json.dumps(row, sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=_plain)
    return hashlib.sha256(text.encode()).hexdigest()


def seal_hash(seal: AuditSeal) -> str:
    """Return the seal that a batch has by what it says of itself."""
    said = [seal.previous, seal.first_id, seal.last_id, seal.count, seal.digest, seal.marks, seal.sealed_at]
    text = json.dumps(said, sort_keys=True, separators=(",", ":"), default=_plain)
    return hashlib.sha256(text.encode()).hexdigest()


def seal_entries(*, at: datetime, patience: float = PATIENCE_SECONDS, batch: int = BATCH) -> list[AuditSeal]:
    """Seal every entry that is settled and has no seal yet, oldest first; return the new seals.

    An entry whose transaction still runs has its number already, and may have a smaller one than entries that are there.
    So only numbers given out before the last such transaction ended are sealed; where one does not end in time, the next
    call seals what this one left.
    """
    until = _settled(patience)
    made: list[AuditSeal] = []
    if until is None:
        return made
    with entered(SYSTEM):
        with connection.cursor() as cursor:
            # Of two workers that seal at once the second goes on where the first ended.
            cursor.execute("SELECT pg_advisory_xact_lock(hashtext('access.audit.seal'))")
        last = AuditSeal.objects.order_by("-id").first()
        while rows := list(_rows(last.last_id if last else BEFORE_ALL, until)[:batch]):
            hashes = [(row[0], entry_hash(row)) for row in rows]
            seal = AuditSeal(
                sealed_at=at, first_id=rows[0][0], last_id=rows[-1][0], count=len(rows), digest=_digest(hashes),
                marks=[[pk, one[:MARK]] for pk, one in hashes], previous=last.seal if last else "",
            )  # fmt: skip
            seal.seal = seal_hash(seal)
            seal.save(force_insert=True)
            made.append(last := seal)
    return made


def verify(*, expect: str = "") -> Verified:
    """Hash the whole record again and compare it with its seals; `expect` is a seal that was kept elsewhere."""
    broken: list[Broken] = []
    entries = seals = 0
    previous: AuditSeal | None = None
    found = not expect
    with entered(SYSTEM):
        for seal in AuditSeal.objects.order_by("id").iterator(chunk_size=50):
            seals += 1
            broken += _links(seal, previous)
            found = found or seal.seal == expect
            after = previous.last_id if previous is not None else BEFORE_ALL
            hashes = [(row[0], entry_hash(row)) for row in _rows(after, seal.last_id)]
            entries += len(hashes)
            broken += _entries(seal, hashes)
            previous = seal
        unsealed = AuditEntry.objects.filter(id__gt=previous.last_id if previous else BEFORE_ALL).count()
    if not found:
        what = f"the seal {expect} that was kept elsewhere is not in the record: it was written anew, or its end is gone"
        broken.append(Broken(0, None, what))
    return Verified(entries, seals, previous.seal if previous else "", unsealed, tuple(broken))


def newest_seal() -> AuditSeal | None:
    """Return the newest seal, which stands for all that is before it."""
    return AuditSeal.objects.order_by("-id").first()


def _links(seal: AuditSeal, previous: AuditSeal | None) -> Iterator[Broken]:
    """Tell where a seal does not fit itself or the one before it."""
    if seal.previous != (previous.seal if previous is not None else ""):
        yield Broken(seal.pk, None, "the seal before it is missing, or was exchanged")
    if seal_hash(seal) != seal.seal:
        yield Broken(seal.pk, None, "it was rewritten: it does not fit what it says of its batch")


def _entries(seal: AuditSeal, hashes: list[tuple[int, str]]) -> Iterator[Broken]:
    """Tell which entries of a batch are not those that were sealed."""
    kept = {int(pk): mark for pk, mark in seal.marks}
    there = dict(hashes)
    for pk in sorted(kept.keys() | there.keys()):
        if pk not in there:
            yield Broken(seal.pk, pk, f"entry {pk} was removed")
        elif pk not in kept:
            yield Broken(seal.pk, pk, f"entry {pk} was inserted after its batch was sealed")
        elif not there[pk].startswith(kept[pk]):
            yield Broken(seal.pk, pk, f"entry {pk} was changed")
    same = {pk: one[:MARK] for pk, one in hashes} == kept
    if same and (seal.count != len(hashes) or seal.digest != _digest(hashes)):
        yield Broken(seal.pk, None, "its digest or count is not that of its entries")


def _rows(after: int, until: int) -> Any:
    found = AuditEntry.objects.filter(id__gt=after, id__lte=until).order_by("id")
    return found.values_list(*_COLUMNS)


def _digest(hashes: Iterable[tuple[int, str]]) -> str:
    whole = hashlib.sha256()
    for pk, one in hashes:
        whole.update(f"{pk} {one}\n".encode())
    return whole.hexdigest()


def _settled(patience: float, wait: Callable[[float], None] = time.sleep) -> int | None:
    """Return the last number given out to entries, once every transaction that may have one of them has ended.

    Whoever inserts holds a lock of the table from before the entry gets its number until the transaction ends. When nobody
    who held it after the number was read still does, no entry up to that number can appear any more.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_get_serial_sequence(%s, 'id')", [_TABLE])
        cursor.execute(f"SELECT last_value FROM {cursor.fetchone()[0]}")
        last = int(cursor.fetchone()[0])
        writers = _writers(cursor)
        while writers:
            if patience <= 0:
                return None
            wait(0.1)
            patience -= 0.1
            writers &= _writers(cursor)
    return last


def _writers(cursor: Any) -> set[str]:
    cursor.execute(
        "SELECT virtualtransaction FROM pg_locks WHERE relation = %s::regclass AND mode = 'RowExclusiveLock' "
        "AND database = (SELECT oid FROM pg_database WHERE datname = current_database()) AND pid <> pg_backend_pid()",
        [_TABLE],
    )
    return {one for (one,) in cursor.fetchall()}


def _plain(value: Any) -> str:
    if isinstance(value, datetime):
        # One way to write an instant, whatever zone the connection speaks.
        return value.astimezone(UTC).isoformat()
    raise TypeError(f"{type(value).__name__} has no canonical form")
