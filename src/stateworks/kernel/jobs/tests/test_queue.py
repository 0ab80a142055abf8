"""The queue: taken once, ended once, taken up after a death, given up after the last try."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connections
from django_tasks_db.models import DBTaskResult

from stateworks.kernel.access.models import AuditEntry
from stateworks.kernel.access.scope import SYSTEM, entered, scope_of
from stateworks.kernel.access.tests.conftest import World, world
from stateworks.kernel.errors import Refused
from stateworks.kernel.jobs import queue
from stateworks.kernel.jobs.models import Job, JobState
from stateworks.kernel.jobs.tests.conftest import AT, Clock, ask, now

__all__ = ["world"]
SECOND = timedelta(seconds=1)


def nothing(attempt: object) -> None:
    return None


@pytest.mark.django_db(transaction=True)
def test_two_workers_take_each_job_once(kind: Callable[..., str]) -> None:
    name = kind(nothing)
    for number in range(12):
        ask(name, f"job {number}")
    taken: dict[str, list[int]] = {"one": [], "other": []}
    together = threading.Barrier(2)

    def take(who: str) -> None:
        together.wait()
        while (job := queue.take(who, at=AT)) is not None:
            taken[who].append(job.pk)
        connections.close_all()

    threads = [threading.Thread(target=take, args=(who,)) for who in taken]
    for one in threads:
        one.start()
    for one in threads:
        one.join(30)
    with entered(SYSTEM):
        assert sorted([*taken["one"], *taken["other"]]) == sorted(Job.objects.values_list("pk", flat=True))
    assert not DBTaskResult.objects.exists()


@pytest.mark.django_db
def test_the_urgent_come_first_and_then_the_first(kind: Callable[..., str]) -> None:
    plain, urgent = kind(nothing), kind(nothing, priority=10)
    first, second, third = ask(plain, "a"), ask(plain, "b"), ask(urgent, "c")
    order = [queue.take("w", at=AT) for _ in range(4)]
    assert [one and one.pk for one in order] == [third.pk, first.pk, second.pk, None]


@pytest.mark.django_db
def test_one_job_about_a_subject_is_under_way(kind: Callable[..., str]) -> None:
    name = kind(nothing)
    first = ask(name)
    with entered(SYSTEM):
        again, new = queue.enqueue(name, "it", by=None, at=AT)
    assert (again.pk, new) == (first.pk, False)
    taken = queue.take("w", at=AT)
    assert taken is not None
    queue.end(taken, JobState.DONE, at=AT, result={"x": 1})
    assert ask(name).pk != first.pk


@pytest.mark.django_db
def test_a_dead_worker_s_job_goes_to_the_next_and_its_own_word_counts_no_more(
    kind: Callable[..., str], clock: Clock
) -> None:
    job = ask(kind(nothing))
    dead = queue.take("dead", at=clock(), lease=60 * SECOND)
    assert dead is not None
    assert queue.take_over(at=clock.later(seconds=59)) == 0
    assert queue.take("next", at=clock()) is None
    assert queue.take_over(at=clock.later(seconds=2)) == 1
    taken = queue.take("next", at=clock())
    assert taken is not None
    assert (taken.pk, taken.attempts, taken.started_at) == (job.pk, 2, AT)
    # It was not dead, only slow.
    assert not queue.end(dead, JobState.DONE, at=clock())
    assert not queue.fail(dead, "Too late.", at=clock())
    assert not queue.give_back(dead, at=clock())
    assert (now(job).state, job.worker) == ("running", "next")
    assert queue.end(taken, JobState.DONE, at=clock())
    assert now(job).state == "done"


@pytest.mark.django_db
def test_a_worker_known_to_be_dead_is_not_waited_for(kind: Callable[..., str]) -> None:
    job = ask(kind(nothing))
    queue.take("dead", at=AT)
    assert queue.take_over(at=AT + SECOND, dead=["other"]) == 0
    assert queue.take_over(at=AT + SECOND, dead=["dead"]) == 1
    assert now(job).state == "waiting"


@pytest.mark.django_db
def test_a_job_that_kills_every_worker_is_given_up_with_a_sentence(
    kind: Callable[..., str], clock: Clock
) -> None:
    closed = []
    job = ask(kind(nothing, abandoned=lambda job, at: closed.append((job.pk, at))))
    for number in range(3):
        taken = queue.take(f"worker {number}", at=clock())
        assert taken is not None and taken.attempts == number + 1
        queue.take_over(at=clock.later(seconds=61))
    assert queue.take("another", at=clock()) is None
    assert now(job).state == "failed"
    assert job.error == (
        "The worker that did it was killed 3 times, perhaps for want of memory; "
        "look at the machine's log, then try again."
    )
    assert closed == [(job.pk, clock())]


@pytest.mark.django_db
def test_one_cancelled_while_it_waits_never_begins(kind: Callable[..., str]) -> None:
    closed = []
    job = ask(kind(nothing, abandoned=lambda job, at: closed.append(job.state)))
    with entered(SYSTEM):
        assert queue.cancel(job, by=None, at=AT)
        assert not queue.cancel(job, by=None, at=AT)
    assert queue.take("w", at=AT) is None
    assert (now(job).state, job.error, job.finished_at, closed) == (
        "cancelled", "It was cancelled before it began.", AT, ["cancelled"],
    )  # fmt: skip


@pytest.mark.django_db
def test_one_cancelled_whose_worker_died_is_not_done_by_the_next(kind: Callable[..., str]) -> None:
    job = ask(kind(nothing))
    queue.take("dead", at=AT)
    with entered(SYSTEM):
        assert queue.cancel(job, by=None, at=AT)
    queue.take_over(at=AT, dead=["dead"])
    assert now(job).state == "cancelled"


@pytest.mark.django_db
def test_who_sees_a_job_and_who_tries_it_again(kind: Callable[..., str], world: World) -> None:
    name = kind(nothing, right="plan.change", max_attempts=1)
    liaison, admin = world.accounts["liaison"], world.accounts["admin"]
    with entered(scope_of(liaison)):
        own, _ = queue.enqueue(name, "own", by=liaison, at=AT)
    ask(name, "the system's")
    seen = {}
    for who in ("admin", "auditor", "steward", "liaison"):
        with entered(scope_of(world.accounts[who])):
            seen[who] = sorted(Job.objects.values_list("subject", flat=True))
    assert seen == {"admin": ["own", "the system's"], "auditor": [], "steward": [], "liaison": ["own"]}

    with entered(scope_of(liaison)), pytest.raises(Refused, match="Only a job that failed"):
        queue.retry(own, by=admin, at=AT)
    taken = queue.take("w", at=AT)
    assert taken is not None
    queue.fail(taken, "It broke.", at=AT)
    assert (now(own).state, own.error) == ("failed", "It broke.")
    with entered(scope_of(liaison)), pytest.raises(PermissionDenied):
        queue.retry(own, by=liaison, at=AT)
    with entered(scope_of(admin)):
        assert queue.retry(own, by=admin, at=AT + SECOND).state == "waiting"
    with entered(SYSTEM):
        assert AuditEntry.objects.get(verb="retry job").actor == admin
    order = [queue.take("w", at=AT + SECOND), queue.take("w", at=AT + SECOND)]
    assert {one.subject: one.attempts for one in order if one} == {"own": 1, "the system's": 1}
