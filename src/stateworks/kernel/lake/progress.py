"""Tells how far an import is, keeps its heartbeat, and notices that somebody cancelled it."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime, timedelta

from stateworks.kernel.access.scope import SYSTEM, entered
from stateworks.kernel.errors import Cancelled
from stateworks.kernel.lake.models import Import, ImportState

__all__ = ["Cancelled", "Watch", "begin", "give_up", "give_up_dead_imports"]

EVERY_SECONDS = 1.0
CANCELLED = "The import was cancelled; nothing was loaded."
LEASE = timedelta(minutes=2)
"""An import whose heart has not beaten for so long belongs to a process that is gone."""


class Watch:
    """The heartbeat of one import; time runs on from the instant that was passed in.

    `listener` is told each step as well, and may raise to stop the import.
    """

    def __init__(self, running: Import, at: datetime, listener: Callable[[str], None] | None = None) -> None:
        self.running = running
        self.at = at
        self.listener = listener
        self._began = time.monotonic()
        self._told = -EVERY_SECONDS

    def now(self) -> datetime:
        """Return the instant it is, counted from the one passed in."""
        return self.at + timedelta(seconds=time.monotonic() - self._began)

    def step(self, doing: str, *, always: bool = False) -> None:
        """Say what is being done, at most once a second; raise Cancelled if somebody asked for that."""
        if self.listener is not None:
            self.listener(doing)
        elapsed = time.monotonic() - self._began
        if not always and elapsed - self._told < EVERY_SECONDS:
            return
        self._told = elapsed
        with entered(SYSTEM):
            same = Import.objects.filter(pk=self.running.pk).exclude(state=ImportState.CANCELLED)
            if not same.update(progress=doing[:200], heartbeat_at=self.now()):
                raise Cancelled(CANCELLED)


def begin(running: Import, *, dry_run: bool, at: datetime) -> bool:
    """Begin an import that was announced and has waited, or begin it again after its process died or failed.

    False where it had been loaded already; raises Cancelled where somebody cancelled it while it waited.
    """
    with entered(SYSTEM):
        same = Import.objects.select_for_update(of=("self",)).get(pk=running.pk)
        # With an end it was cancelled in an earlier try, and somebody has asked for another since.
        cancelled = same.state == ImportState.CANCELLED and same.finished_at is None
        if cancelled:
            give_up(same.pk, CANCELLED, cancelled=True, at=at)
        elif same.state == ImportState.DONE or (
            dry_run and same.state == ImportState.PREVIEW and same.finished_at
        ):
            return False
        else:
            state = ImportState.PREVIEW if dry_run else ImportState.RUNNING
            Import.objects.filter(pk=same.pk).update(
                state=state, heartbeat_at=at, finished_at=None, error="", progress="Starting"
            )
            running.state, running.error, running.finished_at = state, "", None
    if cancelled:
        raise Cancelled(CANCELLED)
    return True


def give_up(number: int, error: str, *, cancelled: bool, at: datetime) -> None:
    """Note that an import ends without having been loaded; one that had ended keeps its end."""
    state = ImportState.CANCELLED if cancelled else ImportState.FAILED
    open_ones = Import.objects.filter(pk=number, finished_at=None)
    open_ones.update(state=state, error=error, progress="", finished_at=at)


def give_up_dead_imports(at: datetime) -> int:
    """Mark imports whose process is gone as failed: what they had not published was never seen by anybody."""
    return Import.objects.filter(state=ImportState.RUNNING, heartbeat_at__lt=at - LEASE).update(
        state=ImportState.FAILED,
        error="The program ended before the import was finished; nothing was loaded. Start it again.",
        finished_at=at,
    )
