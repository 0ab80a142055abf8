"""The audit record is sealed once a day, whatever day it is."""

from __future__ import annotations

from datetime import UTC, date, datetime

from stateworks.kernel.access import audit
from stateworks.kernel.access.scope import SYSTEM, entered
from stateworks.kernel.access.seals import verify
from stateworks.kernel.jobs.attempt import Attempt
from stateworks.kernel.jobs.kinds import Habit, habits, kind_named
from stateworks.kernel.jobs.models import Job
from stateworks.kernel.jobs.schedule import due_on

AT = datetime(2026, 11, 1, 15, 0, tzinfo=UTC)


def test_it_is_due_every_day() -> None:
    (habit,) = (one for one in habits() if one.kind == "audit.seal")
    # The first of November 2026 is a Sunday.
    assert due_on(habit, AT) == date(2026, 11, 1)
    assert due_on(Habit("x", "day", hour=16), AT) is None
    assert due_on(Habit("x", "weekday", hour=0), AT) is None


def test_the_job_seals_what_waits(db: None) -> None:
    with entered(SYSTEM):
        for subject in ("a", "b"):
            audit.record("do", subject, by=None, at=AT)
    attempt = Attempt(Job(kind="audit.seal"), lambda: AT)
    told = kind_named("audit.seal").work(attempt)
    assert told is not None and told["entries"] == 2
    assert verify(expect=str(told["seal"])).broken == ()
    again = kind_named("audit.seal").work(attempt)
    assert again is not None and again["entries"] == 0
