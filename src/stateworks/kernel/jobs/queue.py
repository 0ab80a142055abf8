"""The queue: asking for a job, taking one, ending it, and taking up what a dead worker left.

Order, priority and SKIP LOCKED are those of django-tasks' table, which has a row for each job that waits. Everything that
must outlive a worker stands in the job itself. Both change in the same transaction, so neither is ever without the other.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.db import IntegrityError, transaction
from django_tasks import TaskResultStatus, task

from stateworks.kernel.access import audit
from stateworks.kernel.access.permissions import require
from stateworks.kernel.access.scope import SYSTEM, entered
from stateworks.kernel.errors import Refused
from stateworks.kernel.jobs.kinds import kind_named
from stateworks.kernel.jobs.models import UNDER_WAY, Job, JobState

if TYPE_CHECKING:
    from stateworks.kernel.access.models import Account

LEASE = timedelta(seconds=60)
FIRST_PAUSE = timedelta(seconds=5)
"""After a failed try the job waits so long, after the next one twice as long, and so on."""

log = logging.getLogger(__name__)


@task()
def perform(number: int) -> None:
    """Do the job of this number: what a row of the queue says, for any worker of django-tasks."""
    from django.utils import timezone

    from stateworks.kernel.jobs.worker import Worker

    Worker(clock=timezone.now).perform(number)


def enqueue(
    name: str,
    subject: str,
    arguments: Mapping[str, Any] | None = None,
    *,
    by: Account | None,
    at: datetime,
) -> tuple[Job, bool]:
    """Ask for a job, in the transaction of the caller; False with the job under way where there is one already."""
    kind = kind_named(name)
    try:
        with transaction.atomic():
            job = Job.objects.create(
                kind=name, subject=subject, arguments=dict(arguments or {}), by=by, asked_at=at, not_before=at,
                max_attempts=kind.max_attempts,
            )  # fmt: skip
    except IntegrityError:
        # Another one's, which the account may not see; whoever may ask for it may know that it is under way.
        with entered(SYSTEM):
            return Job.objects.get(kind=name, subject=subject, state__in=UNDER_WAY), False
    _put(job)
    return job, True


def _put(job: Job) -> None:
    perform.using(priority=kind_named(job.kind).priority, run_after=job.not_before).enqueue(job.pk)


def latest(subject: str, kind: str = "") -> Job | None:
    """Return the last job about a subject, whoever asked for it: only for a page that shows the subject itself."""
    with entered(SYSTEM):
        found = Job.objects.select_related("by").filter(subject=subject)
        return (found.filter(kind=kind) if kind else found).order_by("-id").first()


def take(worker: str, *, at: datetime, lease: timedelta = LEASE) -> Job | None:
    """Take the next job that waits, or None; of two workers that ask at once, one gets it."""
    from django_tasks_db.models import DBTaskResult

    ready = DBTaskResult.objects.filter(
        status=TaskResultStatus.READY, task_path=perform.module_path, run_after__lte=at
    )
    with entered(SYSTEM):
        while (row := ready.get_locked()) is not None:
            row.delete()
            job = _begun(row.args_kwargs["args"][0], worker, at, lease)
            if job is not None:
                return job
    return None


def take_one(number: int, worker: str, *, at: datetime, lease: timedelta = LEASE) -> Job | None:
    """Take one job by its number, or None where it does not wait."""
    with entered(SYSTEM):
        return _begun(number, worker, at, lease)


def _begun(number: int, worker: str, at: datetime, lease: timedelta) -> Job | None:
    job = Job.objects.select_for_update().filter(pk=number, state=JobState.WAITING).first()
    if job is None:
        return None
    job.state, job.worker = JobState.RUNNING, worker
    job.attempts += 1
    job.started_at = job.started_at or at
    job.heartbeat_at, job.lease_until = at, at + lease
    job.progress, job.error, job.done, job.total = "Starting", "", 0, 0
    job.save()
    return job


def _mine(job: Job) -> Any:
    """Narrow to the job as this try took it: a try whose lease is over changes nothing any more."""
    return Job.objects.filter(
        pk=job.pk, state=JobState.RUNNING, worker=job.worker, attempts=job.attempts
    ).select_for_update()


def end(
    job: Job, state: JobState, *, at: datetime, error: str = "", result: Mapping[str, Any] | None = None
) -> bool:
    """Note how a job ended; False where another worker has it meanwhile."""
    with entered(SYSTEM):
        return bool(
            _mine(job).update(
                state=state, error=error, result=dict(result or {}), finished_at=at, heartbeat_at=at, lease_until=None,
                progress="", done=job.done, total=job.total,
            )
        )  # fmt: skip


def give_back(job: Job, *, at: datetime) -> bool:
    """Let the next worker have the job, as if this one had never had it."""
    with entered(SYSTEM):
        same = _mine(job).first()
        if same is None:
            return False
        same.attempts -= 1
        _waits(same, at, "Waiting for the next worker")
        return True


def fail(job: Job, sentence: str, *, at: datetime) -> bool:
    """Note that a try failed: the job waits for the next one, or has failed for good after the last."""
    with entered(SYSTEM):
        same = _mine(job).first()
        if same is None:
            return False
        if same.attempts >= same.max_attempts:
            _given_up(same, JobState.FAILED, sentence, at)
        else:
            same.error = sentence
            _waits(same, at + FIRST_PAUSE * 2 ** (same.attempts - 1), "Waiting to be tried again")
        return True


def _waits(job: Job, not_before: datetime, progress: str) -> None:
    job.state, job.worker, job.lease_until = JobState.WAITING, "", None
    job.not_before, job.progress = not_before, progress
    job.save()
    _put(job)


def _given_up(job: Job, state: JobState, sentence: str, at: datetime) -> None:
    job.state, job.error, job.finished_at, job.lease_until, job.progress = state, sentence, at, None, ""
    job.save()
    try:
        with transaction.atomic():
            kind_named(job.kind).abandoned(job, at)
    except Exception:
        log.exception("what job %s left open could not be closed", job.pk)


def take_over(*, at: datetime, dead: Iterable[str] = ()) -> int:
    """Put the jobs of workers that are gone back into the queue, or give them up after the last try.

    A worker is gone when the lease of its job is over; `dead` names those of whom it is known before.
    """
    from django.db.models import Q

    with entered(SYSTEM):
        left = Job.objects.filter(
            Q(lease_until__lt=at) | Q(worker__in=list(dead)), state=JobState.RUNNING
        ).select_for_update(skip_locked=True)
        found = list(left)
        for job in found:
            if job.cancel_asked_at is not None:
                _given_up(job, JobState.CANCELLED, "It was cancelled; nothing of it was kept.", at)
            elif job.attempts >= job.max_attempts:
                times = "once" if job.attempts == 1 else f"{job.attempts} times"
                sentence = (
                    f"The worker that did it was killed {times}, perhaps for want of memory; "
                    "look at the machine's log, then try again."
                )
                _given_up(job, JobState.FAILED, sentence, at)
            else:
                _waits(job, at, "Waiting for the next worker, since the last one is gone")
    return len(found)


def cancel(job: Job, *, by: Account | None, at: datetime) -> bool:
    """Ask for a job to stop: one that waits never begins, one that runs stops at its next step. False if it had ended."""
    with transaction.atomic():
        same = Job.objects.select_for_update(of=("self",)).filter(pk=job.pk, state__in=UNDER_WAY).first()
        if same is None:
            return False
        audit.record("cancel job", f"job {same.pk} {same}", by=by, at=at)
        if same.state == JobState.WAITING:
            _given_up(same, JobState.CANCELLED, "It was cancelled before it began.", at)
        else:
            same.cancel_asked_at = at
            same.save(update_fields=["cancel_asked_at"])
        return True


def retry(job: Job, *, by: Account | None, at: datetime) -> Job:
    """Put a job that failed or was cancelled into the queue again; whoever does it needs the right to do its work."""
    require(by, kind_named(job.kind).right)
    with transaction.atomic():
        same = (
            Job.objects.select_for_update(of=("self",))
            .filter(pk=job.pk, state__in=(JobState.FAILED, JobState.CANCELLED))
            .first()
        )
        if same is None:
            raise Refused("Only a job that failed or was cancelled can be tried again.")
        if Job.objects.filter(kind=same.kind, subject=same.subject, state__in=UNDER_WAY).exists():
            raise Refused(f"Another job about {same.subject} is under way; wait for it.")
        audit.record("retry job", f"job {same.pk} {same}", by=by, at=at)
        same.attempts, same.started_at, same.finished_at, same.cancel_asked_at = 0, None, None, None
        same.error = ""
        _waits(same, at, "")
    return same
