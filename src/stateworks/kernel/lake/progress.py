"""Tells how far an import is, keeps its heartbeat, and notices that somebody cancelled it."""

from __future__ import annotations

import time
from datetime import datetime, timedelta

from stateworks.kernel.access.scope import SYSTEM, entered
from stateworks.kernel.errors import Refused
from stateworks.kernel.lake.models import Import, ImportState

EVERY_SECONDS = 1.0
LEASE = timedelta(minutes=2)
"""An import whose heart has not beaten for so long belongs to a process that is gone."""


class Cancelled(Refused):
    """Somebody cancelled the import; nothing of it was loaded."""


class Watch:
    """The heartbeat of one import; time runs on from the instant that was passed in."""

    def __init__(self, running: Import, at: datetime) -> None:
        self.running = running
        self.at = at
        self._began = time.monotonic()
        self._told = -EVERY_SECONDS

    def now(self) -> datetime:
        """Return the instant it is, counted from the one passed in."""
        return self.at + timedelta(seconds=time.monotonic() - self._began)

    def step(self, doing: str, *, always: bool = False) -> None:
        """Say what is being done, at most once a second; raise Cancelled if somebody asked for that."""
        elapsed = time.monotonic() - self._began
        if not always and elapsed - self._told < EVERY_SECONDS:
            return
        self._told = elapsed
        with entered(SYSTEM):
            same = Import.objects.filter(pk=self.running.pk).exclude(state=ImportState.CANCELLED)
            if not same.update(progress=doing[:200], heartbeat_at=self.now()):
                raise Cancelled("The import was cancelled; nothing was loaded.")


def give_up_dead_imports(at: datetime) -> int:
    """Mark imports whose process is gone as failed: what they had not published was never seen by anybody."""
    return Import.objects.filter(state=ImportState.RUNNING, heartbeat_at__lt=at - LEASE).update(
        state=ImportState.FAILED,
        error="The program ended before the import was finished; nothing was loaded. Start it again.",
        finished_at=at,
    )
