"""A worker in the test's own process: what pages asked for is done, by the queue and the worker that the product has."""

from __future__ import annotations

from django.utils import timezone

from stateworks.kernel.jobs.worker import Worker


def work() -> int:
    """Do every job that waits, and return how many there were."""
    return Worker(clock=timezone.now, regular=False).run(until_empty=True)
