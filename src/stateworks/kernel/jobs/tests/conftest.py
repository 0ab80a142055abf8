"""Jobs of the tests' own kinds, and a clock that stands still until it is moved."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from stateworks.kernel.access.scope import SYSTEM, entered
from stateworks.kernel.jobs import kinds, queue
from stateworks.kernel.jobs.attempt import Attempt
from stateworks.kernel.jobs.models import Job
from stateworks.kernel.jobs.worker import Worker

AT = datetime(2026, 11, 2, 15, 0, tzinfo=UTC)


@dataclass
class Clock:
    """Tells the time that it was set to."""

    at: datetime = AT

    def __call__(self) -> datetime:
        return self.at

    def later(self, **time: float) -> datetime:
        self.at += timedelta(**time)
        return self.at


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def kind() -> Iterator[Callable[..., str]]:
    """Declare a kind whose work is the function given; it is forgotten after the test."""
    made: list[str] = []

    def declare(work: Callable[[Attempt], Mapping[str, Any] | None], **more: Any) -> str:
        name = f"test.{len(made)}"
        kinds.register(kinds.Kind(name, "Test", work, **{"right": "data.import", **more}))
        made.append(name)
        return name

    yield declare
    for name in made:
        del kinds._kinds[name]


def ask(name: str, subject: str = "it", *, at: datetime = AT, **more: Any) -> Job:
    with entered(SYSTEM):
        return queue.enqueue(name, subject, more, by=None, at=at)[0]


def now(job: Job) -> Job:
    with entered(SYSTEM):
        job.refresh_from_db()
    return job


def worker(clock: Clock, **more: Any) -> Worker:
    return Worker(clock=clock, regular=False, **more)
