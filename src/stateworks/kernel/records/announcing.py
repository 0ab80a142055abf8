"""An import's own record: announced before anything is read, refused to who may change nothing, closed when it fails."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from django.db import DatabaseError

from stateworks.kernel.access.permissions import RIGHTS, allowed, organizations_where
from stateworks.kernel.access.scope import SYSTEM, entered
from stateworks.kernel.errors import Refused
from stateworks.kernel.lake import tables
from stateworks.kernel.lake.models import Import, ImportState
from stateworks.kernel.lake.progress import give_up_dead_imports
from stateworks.kernel.records.types import RecordType

if TYPE_CHECKING:
    from stateworks.kernel.access.models import Account


def announce(
    declared: RecordType,
    path: Path,
    *,
    filename: str,
    dry_run: bool,
    by: Account | None,
    at: datetime,
    waits: bool = False,
) -> Import:
    """Note that a file is about to be loaded; one that `waits` for a worker has no heartbeat that could stop."""
    with entered(SYSTEM):
        give_up_dead_imports(at)
        return Import.objects.create(
            dataset=declared.name, source="file", filename=filename[:255], sha256=tables.sha256(path),
            state=ImportState.PREVIEW if dry_run else ImportState.RUNNING, started_at=at, by=by,
            heartbeat_at=None if waits else at, progress="Waiting for its turn" if waits else "",
        )  # fmt: skip


def check_right(declared: RecordType, by: Account | None) -> None:
    """Refuse an account that may change no record of the type at all."""
    if by is None:
        return
    names = " or ".join(role.label.lower() for role in RIGHTS[declared.change].roles)
    if declared.organization is None:
        if not allowed(by, declared.change):
            raise Refused(
                f"{by} may not change {declared.heading.lower()}: that takes a {names} for the whole state."
            )
    elif not organizations_where(by, declared.change):
        raise Refused(
            f"{by} may not change {declared.heading.lower()}: that takes a {names} of the organization."
        )


def close(running: Import, state: ImportState, error: str, at: datetime) -> None:
    """Note how an import that did not end well ended, where the database still answers."""
    try:
        with entered(SYSTEM):
            Import.objects.filter(pk=running.pk).update(state=state, error=error, progress="", finished_at=at)
    except DatabaseError:
        return  # the next import finds that this one's heart stopped
    running.state, running.error = state, error
