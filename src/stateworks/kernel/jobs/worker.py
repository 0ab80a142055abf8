"""The worker: takes jobs one after the other, does them, and notes how they ended."""

from __future__ import annotations

import logging
import os
import secrets
import socket
import time
from collections.abc import Callable
from datetime import datetime, timedelta

from django.db import DatabaseError, Error, InterfaceError, connections

from stateworks.kernel import full_disk
from stateworks.kernel.access.scope import SYSTEM, entered
from stateworks.kernel.errors import Cancelled, Refused
from stateworks.kernel.jobs import queue
from stateworks.kernel.jobs.attempt import Attempt, Interrupted
from stateworks.kernel.jobs.heart import Heart
from stateworks.kernel.jobs.kinds import kind_named
from stateworks.kernel.jobs.models import Job, JobState
from stateworks.kernel.jobs.schedule import enqueue_due
from stateworks.kernel.jobs.workers import dead_here, forget

POLL_SECONDS = 0.5
ROUND_SECONDS = 10.0
"""How often a worker looks for what dead ones left and for what is due regularly."""
GRACE_SECONDS = 10.0

log = logging.getLogger(__name__)


class Worker:
    """One worker in this process; `clock` tells the time, `say` what it does."""

    def __init__(
        self,
        *,
        clock: Callable[[], datetime],
        say: Callable[[str], None] = lambda words: None,
        lease: timedelta = queue.LEASE,
        grace: float = GRACE_SECONDS,
        regular: bool = True,
    ) -> None:
        self.name = f"{socket.gethostname()[:50]}-{os.getpid()}-{secrets.token_hex(3)}"
        self.clock = clock
        self.say = say
        self.lease = lease
        self.grace = grace
        self.regular = regular
        self._stopping = False
        self._heart: Heart | None = None
        self._round = 0.0

    def stop(self) -> None:
        """Ask the worker to end: the job under way is finished, or given back where that takes long.

        Only plain values are set, since a signal's handler may call this at any point of the loop, also within a lock.
        """
        if self._heart is not None and self._heart.stopping_since is None:
            self._heart.stopping_since = time.monotonic()
        self._stopping = True

    def run(self, *, until_empty: bool = False, lives: Callable[[], bool] = lambda: True) -> int:
        """Do jobs until stopped, until `lives` says no, or (`until_empty`) until none is left; return how many."""
        count = 0
        heart = self._heart = self._new_heart()
        heart.beat()  # before a job is taken: others tell by this row whether the process lives
        heart.start()
        try:
            while not self._stopping:
                if not lives():
                    self.stop()
                    break
                try:
                    job = self._next(until_empty=until_empty)
                except (Error, InterfaceError, Refused, OSError) as error:
                    if until_empty:
                        raise
                    log.warning("the database cannot be asked: %s", " ".join(str(error).split()))
                    connections.close_all()
                    time.sleep(POLL_SECONDS * 4)
                    continue
                if job is not None:
                    self._do(job, heart)
                    count += 1
                elif until_empty:
                    break
                else:
                    time.sleep(POLL_SECONDS)
        finally:
            heart.end()
            self._heart = None
        return count

    def perform(self, number: int) -> None:
        """Do one job, where it waits."""
        job = queue.take_one(number, self.name, at=self.clock(), lease=self.lease)
        if job is None:
            return
        heart = self._new_heart()
        heart.start()
        try:
            self._do(job, heart)
        finally:
            heart.end()

    def _new_heart(self) -> Heart:
        return Heart(self.name, self.clock, lease=self.lease, grace=self.grace)

    def _next(self, *, until_empty: bool) -> Job | None:
        at = self.clock()
        if not self._round or time.monotonic() - self._round > ROUND_SECONDS:
            with entered(SYSTEM):
                dead = dead_here()
                queue.take_over(at=at, dead=dead)
                forget(dead, at=at)
            if self.regular:
                enqueue_due(at=at)
            self._round = time.monotonic()
        return queue.take(self.name, at=at, lease=self.lease)

    def _do(self, job: Job, heart: Heart) -> None:
        attempt = Attempt(job, self.clock)
        heart.attempt = attempt
        self.say(f"{job}: begun")
        try:
            ended = self._tried(attempt)
        finally:
            heart.attempt = None
        self._recorded(ended)
        with entered(SYSTEM):
            job.refresh_from_db()
        self.say(f"{job}: {job.get_state_display().lower()}" + (f" ({job.error})" if job.error else ""))

    def _tried(self, attempt: Attempt) -> Callable[[], bool]:
        """Do the work and return how to note what became of it."""
        job = attempt.job
        try:
            with entered(SYSTEM):
                _ = job.by  # read here, where it is seen
            result = kind_named(job.kind).work(attempt) or {}
        except Interrupted:
            if attempt.lost:
                return lambda: False
            return lambda: queue.give_back(job, at=self.clock())
        except Cancelled as cancelled:
            sentence = cancelled.sentence
            return lambda: queue.end(job, JobState.CANCELLED, at=self.clock(), error=sentence)
        except Refused as refused:
            sentence = refused.sentence
            return lambda: queue.end(job, JobState.REFUSED, at=self.clock(), error=sentence)
        except Exception as error:
            log.exception("job %s (%s), try %s", job.pk, job, job.attempts)
            connections.close_all()
            sentence = sentence_of(error)
            return lambda: queue.fail(job, sentence, at=self.clock())
        job.done, job.total = attempt.done, attempt.total
        return lambda: queue.end(job, JobState.DONE, at=self.clock(), result=result)

    def _recorded(self, ended: Callable[[], bool]) -> None:
        """Note an end; where the database is away, try as long as the lease lasts. After that the job is another's."""
        deadline = time.monotonic() + self.lease.total_seconds()
        while True:
            try:
                ended()
            except (Error, InterfaceError, Refused, OSError):
                if time.monotonic() > deadline:
                    raise
                connections.close_all()
                time.sleep(POLL_SECONDS)
            else:
                return


def sentence_of(error: Exception) -> str:
    """Return what a person is told of an unforeseen error; its traceback stays in the log."""
    if full := full_disk.words(error):
        return full
    if isinstance(error, (DatabaseError, InterfaceError)):
        return "The database could not be used while it was done."
    if isinstance(error, MemoryError):
        return "The machine's memory did not suffice."
    if isinstance(error, OSError) and error.strerror:
        return f"A file could not be used: {error.strerror}."
    return (
        f"It stopped by an error of the program itself ({type(error).__name__}); the worker's log says more."
    )
