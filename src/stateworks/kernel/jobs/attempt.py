"""One try at a job, as its work sees it: what was asked, a place to say how far it is, and a word when to stop."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, Any

from stateworks.kernel.errors import Cancelled

if TYPE_CHECKING:
    from stateworks.kernel.access.models import Account
    from stateworks.kernel.jobs.models import Job


class Interrupted(BaseException):
    """The worker must let go of the job: it is asked to end, or another one has the job now.

    No error of the work itself, so that nothing in it takes it for one and notes a failure.
    """


class Attempt:
    """What the work is given. Its notes are kept in memory; the worker's heart writes them, outside any transaction."""

    def __init__(self, job: Job, now: Callable[[], datetime]) -> None:
        self.job = job
        self.now = now
        self.progress, self.done, self.total = job.progress, 0, 0
        self.cancelled = False
        self.lost = False
        self.let_go = False

    @property
    def arguments(self) -> dict[str, Any]:
        """What was asked for."""
        found: dict[str, Any] = self.job.arguments
        return found

    @property
    def by(self) -> Account | None:
        """Who asked; None is the system."""
        return self.job.by

    @property
    def again(self) -> bool:
        """Whether an earlier try may have left something."""
        return self.job.attempts > 1

    def step(self, doing: str = "", done: int = 0, total: int = 0) -> None:
        """Say how far the work is; raises Cancelled or Interrupted where it must stop here."""
        if doing:
            self.progress = doing[:200]
        self.done, self.total = done, total
        if self.lost or self.let_go:
            raise Interrupted
        if self.cancelled:
            raise Cancelled("It was cancelled; nothing of it was kept.")
