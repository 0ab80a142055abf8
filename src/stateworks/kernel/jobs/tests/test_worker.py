"""The worker: what it notes about each end, how it stops, and what it does regularly."""

from __future__ import annotations

import logging
import os
import threading
import time
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.core.management import call_command
from django.db import connection

from stateworks.kernel.access.scope import SYSTEM, entered
from stateworks.kernel.errors import Refused
from stateworks.kernel.jobs import kinds, queue
from stateworks.kernel.jobs.attempt import Attempt
from stateworks.kernel.jobs.kinds import Habit
from stateworks.kernel.jobs.models import Job, Worker
from stateworks.kernel.jobs.schedule import due_on, enqueue_due
from stateworks.kernel.jobs.tests.conftest import AT, Clock, ask, now, worker
from stateworks.kernel.jobs.workers import alive, dead_here, forget, place

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_result_and_a_count_are_kept(kind: Callable[..., str], clock: Clock) -> None:
    def work(attempt: Attempt) -> dict[str, Any]:
        attempt.step("half", 1, 2)
        attempt.step("all", 2, 2)
        return {"found": attempt.arguments["what"], "by": attempt.by}

    job = ask(kind(work), what=7)
    assert worker(clock).run(until_empty=True) == 1
    assert (now(job).state, job.result, job.done, job.total) == ("done", {"found": 7, "by": None}, 2, 2)
    assert (job.started_at, job.finished_at, job.lease_until) == (AT, AT, None)
    with entered(SYSTEM):
        assert not Worker.objects.exists(), "who has ended is off the list"


def test_a_job_that_always_fails_ends_failed_after_three_tries(
    kind: Callable[..., str], clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    tries = []

    def work(attempt: Attempt) -> None:
        tries.append(clock())
        raise KeyError("lost")

    job = ask(kind(work))
    with caplog.at_level(logging.ERROR, logger="stateworks.kernel.jobs"):
        for _ in range(20):
            worker(clock).run(until_empty=True)
            clock.later(seconds=1)
    # The second try waits 5 seconds, the third 10 more.
    assert [(one - AT).total_seconds() for one in tries] == [0, 5, 15]
    assert now(job).state == "failed"
    assert job.error == "It stopped by an error of the program itself (KeyError); the worker's log says more."
    assert "Traceback" in caplog.text and "lost" in caplog.text


def test_a_refusal_is_final_and_told_in_its_own_words(kind: Callable[..., str], clock: Clock) -> None:
    def work(attempt: Attempt) -> None:
        raise Refused("The file is empty; choose another.")

    job = ask(kind(work))
    assert worker(clock).run(until_empty=True) == 1
    assert (now(job).state, job.attempts, job.error) == ("refused", 1, "The file is empty; choose another.")


def test_a_kind_that_nobody_declares_is_refused(kind: Callable[..., str], clock: Clock) -> None:
    name = kind(lambda attempt: None)
    job = ask(name)
    declared = kinds._kinds.pop(name)
    worker(clock).run(until_empty=True)
    kinds._kinds[name] = declared
    assert now(job).state == "refused"
    assert "No installed part does jobs of the kind" in job.error


def until_told(attempt: Attempt) -> None:
    """Work for ever, or until a step says otherwise."""
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        attempt.step("working", 1, 2)
        time.sleep(0.02)
    raise AssertionError("nobody said a word")


def test_a_running_job_is_cancelled_at_its_next_step(kind: Callable[..., str], clock: Clock) -> None:
    job = ask(kind(until_told))
    doing = threading.Thread(target=_run, args=(worker(clock),))
    doing.start()
    _until(lambda: now(job).progress == "working")
    with entered(SYSTEM):
        assert queue.cancel(job, by=None, at=AT)
    doing.join(30)
    assert now(job).state == "cancelled"


def test_a_worker_asked_to_end_lets_a_short_job_finish_and_gives_a_long_one_back(
    kind: Callable[..., str], clock: Clock
) -> None:
    working = worker(clock, grace=0.3)

    def short(attempt: Attempt) -> None:
        working.stop()

    first, second = ask(kind(short), "short"), ask(kind(until_told), "long")
    assert working.run() == 1
    assert (now(first).state, now(second).state) == ("done", "waiting")

    leaving = worker(clock, grace=0.3)
    doing = threading.Thread(target=_run, args=(leaving,))
    doing.start()
    _until(lambda: now(second).progress == "working")
    leaving.stop()
    doing.join(30)
    # As if it had never been taken: the try does not count.
    assert (now(second).state, second.attempts) == ("waiting", 0)


def test_a_worker_that_lost_its_job_stops_and_notes_nothing(kind: Callable[..., str], clock: Clock) -> None:
    job = ask(kind(until_told))
    doing = threading.Thread(target=_run, args=(worker(clock),))
    doing.start()
    _until(lambda: now(job).progress == "working")
    with entered(SYSTEM):
        Job.objects.update(worker="another", attempts=2)
    doing.join(30)
    assert (now(job).state, job.worker) == ("running", "another")


def test_the_heart_keeps_the_lease_while_the_work_says_nothing(kind: Callable[..., str]) -> None:
    from django.utils import timezone

    def silent(attempt: Attempt) -> None:
        with entered(SYSTEM), connection.cursor() as cursor:
            cursor.execute("SELECT pg_sleep(3)")  # one long statement in one transaction

    job = ask(kind(silent), at=timezone.now())
    working = worker(timezone.now, lease=timedelta(seconds=2))  # type: ignore[arg-type]
    doing = threading.Thread(target=_run, args=(working,))
    doing.start()
    taken_over = 0
    while doing.is_alive():
        taken_over += queue.take_over(at=timezone.now())
        time.sleep(0.1)
    assert (taken_over, now(job).state, job.attempts) == (0, "done", 1)


def test_any_worker_of_django_tasks_can_do_a_job(kind: Callable[..., str]) -> None:
    from django.utils import timezone

    job = ask(kind(lambda attempt: {"done": True}), at=timezone.now())
    call_command("db_worker", batch=True, verbosity=0, startup_delay=False, reload=False)
    assert (now(job).state, job.result) == ("done", {"done": True})


def test_who_lives_and_who_is_dead_on_this_machine(clock: Clock) -> None:
    with entered(SYSTEM):
        assert not alive(clock())
        common = {"started_at": AT, "heartbeat_at": AT, "place": place()}
        Worker.objects.create(name="here", pid=os.getpid(), **common)
        Worker.objects.create(name="gone", pid=2**22 + 1, **common)  # beyond any process id of Linux
        Worker.objects.create(name="elsewhere", pid=2**22 + 1, **{**common, "place": "another machine"})
        assert alive(clock.later(seconds=29))
        assert dead_here() == ["gone"]
        forget(["gone"], at=clock())
        assert sorted(Worker.objects.values_list("name", flat=True)) == ["elsewhere", "here"]
        assert not alive(clock.later(seconds=2))
        forget([], at=clock.later(days=1))
        assert not Worker.objects.exists()


CHICAGO = ZoneInfo("America/Chicago")


@pytest.mark.parametrize(
    ("every", "local", "due"),
    [
        # 2 November 2026 is a Monday.
        ("weekday", "2026-11-02T06:59", None),
        ("weekday", "2026-11-02T07:00", date(2026, 11, 2)),
        ("weekday", "2026-11-02T23:59", date(2026, 11, 2)),
        ("weekday", "2026-11-07T12:00", None),
        ("month", "2026-11-01T06:59", date(2026, 10, 1)),
        ("month", "2026-11-01T07:00", date(2026, 11, 1)),
        ("month", "2026-11-30T03:00", date(2026, 11, 1)),
        ("month", "2027-01-01T00:00", date(2026, 12, 1)),
    ],
)
def test_when_something_regular_is_due(every: Any, local: str, due: date | None) -> None:
    assert due_on(Habit("x", every, 7), datetime.fromisoformat(local).replace(tzinfo=CHICAGO)) == due


def test_what_is_regular_is_asked_for_once_a_day_and_once_a_month(settings: Any) -> None:
    settings.TIME_ZONE = "America/Chicago"
    monday = datetime(2026, 11, 2, 12, 30, tzinfo=CHICAGO)
    asked = [
        sorted(
            (job.kind, job.arguments["on"])
            for job in enqueue_due(at=monday + timedelta(hours=hours))
            if job.kind in ("plan.remind", "records.snapshot")  # modules have regular jobs of their own
        )
        for hours in (0, 1, 24)
    ]
    assert asked[0] == [("plan.remind", "2026-11-02"), ("records.snapshot", "2026-11-01")]
    assert asked[1] == []
    # Monday's letters still wait: Tuesday's are not sent beside them.
    assert asked[2] == []


def _run(working: Any) -> None:
    from django.db import connections

    try:
        working.run(until_empty=True)
    finally:
        connections.close_all()


def _until(condition: Callable[[], bool]) -> None:
    for _ in range(200):
        if condition():
            return
        time.sleep(0.05)
    raise AssertionError("it never came to that")
