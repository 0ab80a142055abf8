"""A long plan on its way to a draft: a worker reads it, and the draft's own address shows how far that is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone

from stateworks.kernel.access.models import Account
from stateworks.kernel.jobs import queue
from stateworks.kernel.jobs.models import Job, JobState
from stateworks.kernel.jobs.workers import START, alive
from stateworks.kernel.plans.files import Given, PlanFile
from stateworks.web.jobs import READ
from stateworks.web.plan.drafts import KEPT_DAYS, Draft, given_as_json, new_draft
from stateworks.web.plan.saying import MONTHS, SAID, Errors, said

REFRESH_SECONDS = 3


def start(filename: str, files: Sequence[PlanFile], given: Given, by: Account) -> Draft:
    """Keep the files, and ask a worker to read them."""
    draft = new_draft(filename, by)
    draft.wait(files)
    _ask(draft, given, by)
    return draft


def _ask(draft: Draft, given: Given, by: Account) -> None:
    arguments = {"draft": draft.token, "given": given_as_json(given)}
    queue.enqueue(READ, f"draft {draft.token}", arguments, by=by, at=timezone.now())


def reading_page(request: HttpRequest, draft: Draft, who: Account) -> HttpResponse:
    """How far the reading is; once it has ended without a draft, why, and the way to try it again or to give it up."""
    job = queue.latest(f"draft {draft.token}", READ)
    if draft.ready:  # meanwhile
        return redirect(request.path)
    working = job is not None and job.under_way
    errors: Errors = []
    given = {name: request.POST.get(name, "") for name in SAID} if request.method == "POST" else _asked(job)
    if request.method == "POST" and not working:
        if request.POST.get("do") == "discard":
            draft.remove()
            messages.success(request, "The file is gone; nothing was loaded.")
            return redirect(reverse("web:plan-import"))
        again = said(given, errors)
        if not errors:
            _ask(draft, again, who)
            return redirect(request.path)
    context: dict[str, Any] = {
        "draft": draft, "job": job, "working": working, "nobody": working and not alive(timezone.now()), "start": START,
        "refresh": REFRESH_SECONDS, "errors": errors, "given": given, "months": MONTHS, "days": KEPT_DAYS,
        "asks_days": job is not None and job.state == JobState.REFUSED and "period" in job.error,
        "trail": [("Upload a plan", reverse("web:plan-import"))], "here": draft.filename,
    }  # fmt: skip
    return render(request, "web/plan_reading.html", context, status=400 if errors else 200)


def _asked(job: Job | None) -> dict[str, str]:
    """What was said beside the file, as the form shows it."""
    kept = job.arguments["given"] if job is not None else {}
    named = {"starts": "starts", "ends": "ends", "start_month": "fiscal_year_start_month"}
    return {name: str(kept.get(named[name]) or "") for name in SAID}
