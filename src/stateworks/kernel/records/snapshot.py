"""Record types as versions in the lake, so that measures read records as they read feeds, and as they were back then."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING

from django.db import connection, transaction

from stateworks.kernel.access.scope import SYSTEM, entered
from stateworks.kernel.records.export import rows_of
from stateworks.kernel.records.types import RecordType, record_type, record_types

if TYPE_CHECKING:
    import polars as pl


def snapshot_changed(names: Iterable[str] | None = None, *, at: datetime) -> dict[str, int]:
    """Write record types (all, or the named ones) into the lake and return the version of each.

    All are read in one REPEATABLE READ transaction, so that they fit together; a type in which nothing changed keeps its
    version. Call it outside a transaction: inside one, its isolation level can no longer be chosen.
    """
    from stateworks.kernel.lake.snapshots import write_many
    from stateworks.kernel.lake.store import locked

    chosen = record_types() if names is None else tuple(record_type(name) for name in names)
    # Held from before reading: else a slow snapshot could write older rows over those of a quick one.
    with locked(["records.snapshot"]):
        return write_many(_read(chosen), at=at)


def _read(chosen: tuple[RecordType, ...]) -> dict[str, pl.DataFrame]:
    nested = connection.in_atomic_block
    with transaction.atomic():
        if not nested:
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        with entered(SYSTEM):
            return {declared.name: rows_of(declared, SYSTEM, computed=True) for declared in chosen}
