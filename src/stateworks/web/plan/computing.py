"""Computing a plan's figures from its page: started here, done in a thread, followed from anywhere."""

from __future__ import annotations

import datetime as dt
import json
import os
import threading
import time
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.db import connections
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone

from stateworks.kernel.access.models import Account
from stateworks.kernel.errors import Refused
from stateworks.kernel.indicators import read
from stateworks.kernel.plans.scoring import run_plan
from stateworks.web import asked
from stateworks.web.indicator.found import plan_named
from stateworks.web.plan.pages import trail_to
from stateworks.web.scorecard.choice import date_from

REFRESH_SECONDS = 3
#: A run that has not said anything for so long has died with its process.
SILENCE_SECONDS = 300


def computing_page(request: HttpRequest, slug: str) -> HttpResponse:
    """Say what the latest figures are, start computing them anew, and show how far that is."""
    who = asked.need(request, "indicators.run")
    plan = plan_named(slug)
    state = Progress(slug)
    wrong = ""
    if request.method == "POST":
        as_of = date_from(request.POST.get("as_of", ""))
        if as_of is None:
            wrong = "Write the day as a date such as 2026-10-31."
        elif as_of > timezone.localdate():
            wrong = f"{as_of} has not come yet; choose today or an earlier day."
        else:
            if not state.start(as_of, who):
                messages.warning(request, "The figures are being computed already.")
            return redirect(reverse("web:computing", args=[slug]))
    told = state.told()
    run = read.latest_run(slug)
    context = {
        "plan": plan,
        "told": told,
        "working": told.get("state") == "working",
        "run": run,
        "refresh": REFRESH_SECONDS,
        "wrong": wrong,
        "as_of": request.POST.get("as_of") or timezone.localdate().isoformat(),
        "trail": trail_to(plan),
        "here": "Compute the figures",
    }
    return render(request, "web/computing.html", context, status=400 if wrong else 200)


class Progress:
    """How far the computing of one plan's figures is: a small file, so that every process of the site can tell."""

    def __init__(self, slug: str) -> None:
        self.slug = slug
        self.path = Path(settings.MEDIA_ROOT) / "computing" / f"{slug}.json"

    def told(self) -> dict[str, Any]:
        """Return what was last said; a run that fell silent is told as failed."""
        try:
            said: dict[str, Any] = json.loads(self.path.read_text())
        except (OSError, ValueError):
            return {}
        if said.get("state") == "working" and time.time() - said["said_at"] > SILENCE_SECONDS:
            return {
                "state": "failed",
                "error": "It stopped before it was done; nothing was stored. Start it again.",
            }
        return said

    def start(self, as_of: dt.date, by: Account) -> bool:
        """Start computing in a thread; False when that is under way already."""
        if self.told().get("state") == "working":
            return False
        self.say(state="working", as_of=as_of.isoformat(), done=0, total=0)
        threading.Thread(target=self._work, args=(as_of, by), name=f"run-{self.slug}", daemon=True).start()
        return True

    def say(self, **said: Any) -> None:
        """Write how far it is; a reader sees the old word or the new one, never half of it."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        half = self.path.with_suffix(f".{os.getpid()}-{threading.get_ident()}")
        half.write_text(json.dumps({**said, "said_at": time.time()}))
        half.replace(self.path)

    def _work(self, as_of: dt.date, by: Account) -> None:
        def progress(done: int, total: int) -> None:
            self.say(state="working", as_of=as_of.isoformat(), done=done, total=total)

        try:
            run = run_plan(self.slug, as_of=as_of, by=by, at=timezone.now(), progress=progress)
            self.say(state="done", as_of=as_of.isoformat(), run=run.pk)
        except Refused as refused:
            self.say(state="failed", error=refused.sentence)
        except Exception as error:  # noqa: BLE001 - a thread has nobody else to tell
            self.say(state="failed", error=f"It failed: {error}")
        finally:
            connections.close_all()
