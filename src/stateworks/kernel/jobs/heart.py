"""A worker's heart: a thread that says that the worker lives, keeps its job's lease, and carries words both ways.

It has a database connection of its own, so it beats while the work sits in one long statement or transaction.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable
from datetime import datetime, timedelta

from django.db import Error, InterfaceError, connections

from stateworks.kernel.access.scope import SYSTEM, entered
from stateworks.kernel.errors import Refused
from stateworks.kernel.jobs import queue
from stateworks.kernel.jobs.attempt import Attempt
from stateworks.kernel.jobs.models import Job, JobState, Worker
from stateworks.kernel.jobs.workers import place

BEAT_SECONDS = 1.0
OWN_BEATS = 5
"""The worker's own row is written at every so-manieth beat; its job's row at each."""


class Heart(threading.Thread):
    """Beats until the worker ends."""

    def __init__(
        self,
        name: str,
        clock: Callable[[], datetime],
        *,
        lease: timedelta,
        grace: float,
        beat: float = BEAT_SECONDS,
    ) -> None:
        super().__init__(name=f"heart of {name}", daemon=True)
        self.worker = name
        self.clock = clock
        self.lease = lease
        self.grace = grace
        self.every = beat
        self.attempt: Attempt | None = None
        self.stopping_since: float | None = None
        self._asked_since: float | None = None
        self._ended = threading.Event()
        self._started_at = clock()
        self._beats = 0

    def run(self) -> None:
        """Beat; where the database is away for a while, go on when it is back."""
        try:
            while True:
                try:
                    self.beat()
                except (Error, InterfaceError, Refused, OSError):
                    connections.close_all()
                self._hurry()
                if self._ended.wait(self.every):
                    self._leave()
                    return
        finally:
            connections.close_all()

    def end(self) -> None:
        """Stop beating and take the worker off the list."""
        self._ended.set()
        self.join(timeout=10)

    def beat(self) -> None:
        """Write that worker and job live; read whether the job is to stop."""
        at = self.clock()
        if self._beats % OWN_BEATS == 0:
            with entered(SYSTEM):
                Worker.objects.update_or_create(
                    name=self.worker,
                    defaults={"heartbeat_at": at},
                    create_defaults={
                        "heartbeat_at": at, "started_at": self._started_at, "place": place(), "pid": os.getpid(),
                    },
                )  # fmt: skip
        self._beats += 1
        attempt = self.attempt
        if attempt is None:
            return
        job = attempt.job
        with entered(SYSTEM):
            same = Job.objects.filter(
                pk=job.pk, state=JobState.RUNNING, worker=job.worker, attempts=job.attempts
            )
            if not same.update(
                heartbeat_at=at, lease_until=at + self.lease, progress=attempt.progress, done=attempt.done, total=attempt.total
            ):  # fmt: skip
                attempt.lost = True
            elif same.filter(cancel_asked_at__isnull=False).exists():
                attempt.cancelled = True

    def _hurry(self) -> None:
        """Once the worker is to end: first let the job finish, then ask it to stop, at last leave with it undone."""
        if self.stopping_since is None or self.attempt is None:
            return
        now = time.monotonic()
        if self._asked_since is None:
            if now - self.stopping_since > self.grace:
                self._asked_since = now
                self.attempt.let_go = True
        elif now - self._asked_since > self.grace:
            # Everything a job does is safe to be cut off anywhere, and repeated.
            try:
                queue.give_back(self.attempt.job, at=self.clock())
                self._leave()
            finally:
                os._exit(0)

    def _leave(self) -> None:
        try:
            with entered(SYSTEM):
                Worker.objects.filter(name=self.worker).delete()
        except (Error, InterfaceError, Refused, OSError):
            return
