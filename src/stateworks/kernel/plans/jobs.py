"""Jobs of the plans: computing a plan's figures, and the letters of the morning."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from stateworks.kernel.access.scope import SYSTEM, entered
from stateworks.kernel.jobs.attempt import Attempt
from stateworks.kernel.jobs.kinds import Kind, register

RUN = "plan.run"
REMIND = "plan.remind"
MORNING = 7


def compute(attempt: Attempt) -> Mapping[str, Any]:
    """Compute the figures; a run that an earlier try had stored already is that job's run."""
    from stateworks.kernel.indicators.models import Run
    from stateworks.kernel.plans.scoring import run_plan

    slug, as_of = attempt.arguments["plan"], date.fromisoformat(attempt.arguments["as_of"])
    if attempt.again:
        with entered(SYSTEM):
            made = Run.objects.filter(
                plan=slug, as_of=as_of, by=attempt.by, started_at__gte=attempt.job.started_at
            ).first()
        if made is not None:
            return {"run": made.pk}

    def progress(done: int, total: int) -> None:
        attempt.step(f"{done} of {total} indicators are computed", done, total)

    run = run_plan(slug, as_of=as_of, by=attempt.by, at=attempt.now(), progress=progress)
    return {"run": run.pk}


def remind(attempt: Attempt) -> Mapping[str, Any]:
    """Send the day's letters; whoever had one gets no second. Without a mail server there is nobody to send them."""
    from django.conf import settings

    from stateworks.kernel.plans.reminders import send_reminders

    if settings.EMAIL_BACKEND.endswith("console.EmailBackend"):
        return {"told": "No mail server is set (EMAIL_URL), so no letters were sent."}
    site = settings.CSRF_TRUSTED_ORIGINS[0] if settings.CSRF_TRUSTED_ORIGINS else ""
    done = send_reminders(date.fromisoformat(attempt.arguments["on"]), at=attempt.now(), site=site)
    told = f"{len(done.sent)} letters were sent"
    if done.failed:
        told += f"; {len(done.failed)} could not be sent: {', '.join(sorted(done.failed)[:10])}"
    return {"told": f"{told}."}


register(Kind(RUN, "Computing figures", compute, right="indicators.run"))
register(
    Kind(REMIND, "Reminders", remind, right="accounts.manage", priority=-10), every="weekday", hour=MORNING
)
