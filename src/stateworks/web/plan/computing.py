"""Computing a plan's figures from its page: started here, done by a worker, followed from anywhere."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone

from stateworks.kernel.indicators import read
from stateworks.kernel.jobs import queue
from stateworks.kernel.jobs.workers import START, alive
from stateworks.kernel.plans.jobs import RUN
from stateworks.web import asked
from stateworks.web.indicator.found import plan_named
from stateworks.web.plan.pages import trail_to
from stateworks.web.scorecard.choice import date_from

REFRESH_SECONDS = 3


def computing_page(request: HttpRequest, slug: str) -> HttpResponse:
    """Say what the latest figures are, start computing them anew, and show how far that is."""
    who = asked.need(request, "indicators.run")
    plan = plan_named(slug)
    wrong = ""
    if request.method == "POST":
        as_of = date_from(request.POST.get("as_of", ""))
        if as_of is None:
            wrong = "Write the day as a date such as 2026-10-31."
        elif as_of > timezone.localdate():
            wrong = f"{as_of} has not come yet; choose today or an earlier day."
        else:
            arguments = {"plan": slug, "as_of": as_of.isoformat()}
            _, new = queue.enqueue(RUN, f"plan {slug}", arguments, by=who, at=timezone.now())
            if not new:
                messages.warning(request, "The figures are being computed already.")
            return redirect(reverse("web:computing", args=[slug]))
    job = queue.latest(f"plan {slug}", RUN)
    working = job is not None and job.under_way
    context = {
        "plan": plan,
        "job": job,
        "working": working,
        "may_cancel": job is not None and (job.by_id == who.pk or asked.can(request, "accounts.manage")),
        "nobody": working and not alive(timezone.now()),
        "start": START,
        "run": read.latest_run(slug),
        "refresh": REFRESH_SECONDS,
        "wrong": wrong,
        "as_of": request.POST.get("as_of") or timezone.localdate().isoformat(),
        "trail": trail_to(plan),
        "here": "Compute the figures",
    }
    return render(request, "web/computing.html", context, status=400 if wrong else 200)
