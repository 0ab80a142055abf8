"""Jobs: what waits, runs, or ended lately, with the buttons to stop one and to try one again."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from stateworks.kernel.errors import Refused
from stateworks.kernel.jobs import queue
from stateworks.kernel.jobs.kinds import kind_named
from stateworks.kernel.jobs.models import UNDER_WAY, Job, JobState
from stateworks.kernel.jobs.workers import START, alive
from stateworks.kernel.plans.jobs import RUN
from stateworks.web import asked
from stateworks.web.jobs import LOAD, PREVIEW, READ

LATELY = dt.timedelta(days=7)
SHOWN = 100


@dataclass(frozen=True)
class Line:
    """One job of the page."""

    job: Job
    title: str
    url: str
    may_cancel: bool
    may_retry: bool


@login_required
def jobs(request: HttpRequest) -> HttpResponse:
    """One's own jobs; an administrator sees everybody's and the system's."""
    asked.signed_in(request)
    at = timezone.now()
    mine = Job.objects.select_related("by")
    under_way = list(mine.filter(state__in=UNDER_WAY).order_by("id")[:SHOWN])
    ended = list(mine.exclude(state__in=UNDER_WAY).filter(finished_at__gt=at - LATELY)[:SHOWN])
    context = {
        "under_way": [line(one, request) for one in under_way],
        "ended": [line(one, request) for one in ended],
        "everybody": asked.can(request, "accounts.manage"),
        "nobody": bool(under_way) and not alive(at),
        "start": START,
        "days": LATELY.days,
        "trail": [("My work", reverse("web:work"))],
        "here": "Jobs",
    }
    return render(request, "web/jobs.html", context)


def line(job: Job, request: HttpRequest) -> Line:
    """A job as a line of the page."""
    try:
        kind = kind_named(job.kind)
        title, right = kind.title, kind.right
    except Refused:
        title, right = job.kind, ""
    may = bool(right) and asked.can(request, right)
    return Line(
        job,
        title,
        page_of(job),
        may_cancel=job.under_way and job.cancel_asked_at is None,
        may_retry=may and job.state in {JobState.FAILED, JobState.CANCELLED},
    )


def page_of(job: Job) -> str:
    """The page that shows what the job is about; empty where there is none."""
    if job.kind in {LOAD, PREVIEW}:
        return reverse("web:import", args=[job.arguments["import"]])
    if job.kind == RUN:
        return reverse("web:computing", args=[job.arguments["plan"]])
    if job.kind == READ:
        return reverse("web:plan-draft", args=[job.arguments["draft"]])
    return ""


def job_or_404(number: int) -> Job:
    """A job that the account may see."""
    found = Job.objects.filter(pk=number).first() if number < 2**62 else None
    if found is None:
        raise Http404(f"There is no job {number}.")
    return found


@require_POST
def job_cancel(request: HttpRequest, number: int) -> HttpResponse:
    """Ask a job to stop."""
    who = asked.signed_in(request)
    job = job_or_404(number)
    if queue.cancel(job, by=who, at=timezone.now()):
        messages.success(request, "The job stops; nothing of it is kept.")
    else:
        messages.warning(request, "The job had ended already.")
    return redirect(page_of(job) or reverse("web:jobs"))


@require_POST
def job_retry(request: HttpRequest, number: int) -> HttpResponse:
    """Put a job that failed or was cancelled into the queue again."""
    who = asked.signed_in(request)
    job = job_or_404(number)
    try:
        queue.retry(job, by=who, at=timezone.now())
    except Refused as refused:
        messages.warning(request, refused.sentence)
        return redirect("web:jobs")
    messages.success(request, "The job is tried again.")
    return redirect(page_of(job) or reverse("web:jobs"))
