"""One import: how far it is, what it counted, which rows were refused; cancelling it, and loading what was previewed."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from stateworks.kernel.access.scope import SYSTEM, entered
from stateworks.kernel.jobs import queue
from stateworks.kernel.jobs.workers import START, alive
from stateworks.kernel.lake import intake
from stateworks.kernel.lake.models import Import, ImportState, QuarantinedRow
from stateworks.kernel.plans.models import Plan
from stateworks.web import asked
from stateworks.web.data.uploads import upload_of

SHOWN = 100
_OPEN = {ImportState.RUNNING, ImportState.PREVIEW}
_PREVIEWED = {ImportState.PREVIEW, ImportState.REFUSED, ImportState.FAILED, ImportState.CANCELLED}
#: A page that waits asks again after so many seconds.
REFRESH_SECONDS = 2


def import_or_404(number: int) -> Import:
    """One import with who started it and by which mapping."""
    found = (
        Import.objects.select_related("by", "mapping").filter(pk=number).first() if number < 2**62 else None
    )
    if found is None:
        raise Http404(f"There is no import {number}.")
    return found


@login_required
def import_page(request: HttpRequest, number: int) -> HttpResponse:
    """Progress while it runs; counts and refused rows when it has ended; one button to load a preview."""
    who = asked.need(request, "data.see_refused")
    row = import_or_404(number)
    job = queue.latest(f"import {row.pk}")
    # A job says it best: between two tries its import looks as if it had failed.
    working = job.under_way if job else row.finished_at is None and row.state in _OPEN
    upload = upload_of(row, who) if row.state in _PREVIEWED and not working else None
    refused = QuarantinedRow.objects.filter(made_by=row).order_by("row")
    context = {
        "row": row, "job": job, "working": working, "refresh": REFRESH_SECONDS, "upload": upload,
        "nobody": working and job is not None and not alive(timezone.now()), "start": START,
        "refused": list(refused[:SHOWN]), "shown": SHOWN,
        "counts": [("new", row.inserted), ("changed", row.updated), ("unchanged", row.unchanged), ("refused", row.quarantined)],
        "can_import": asked.can(request, "data.import"),
        # A connector may bring other records while this dataset's stay as they are.
        "brings": row.inserted + row.updated + row.removed
        + sum(told.get("inserted", 0) + told.get("updated", 0) for told in row.derived.values()),
        "notes": getattr(row, "notes", None) or [],
        "plans": Plan.objects.filter(current__isnull=False, retired_on=None) if row.state == ImportState.DONE else (),
        "trail": [("Data", reverse("web:datasets")), (row.dataset, reverse("web:dataset", args=[row.dataset]))],
        "here": f"Import {row.pk}",
    }  # fmt: skip
    return render(request, "web/import.html", context)


@require_POST
def import_cancel(request: HttpRequest, number: int) -> HttpResponse:
    """Ask a running import to stop; nothing of it is loaded."""
    who = asked.need(request, "data.import")
    row = import_or_404(number)
    job, stopped = queue.latest(f"import {row.pk}"), intake.cancel(row)
    if job is not None:
        # Whoever may load data may stop any load, also one that somebody else asked for.
        with entered(SYSTEM):
            stopped = queue.cancel(job, by=who, at=timezone.now()) or stopped
    if stopped:
        messages.success(request, "The import stops; nothing of it is loaded.")
    else:
        messages.warning(request, "The import had ended already.")
    return redirect(reverse("web:import", args=[number]))


@require_POST
def import_load(request: HttpRequest, number: int) -> HttpResponse:
    """Load what a preview counted, with the same file and the same mapping."""
    who = asked.need(request, "data.import")
    row = import_or_404(number)
    upload = upload_of(row, who)
    if row.state != ImportState.PREVIEW or upload is None:
        messages.warning(
            request, "That preview was loaded already, or its file is gone; choose the file again."
        )
        return redirect(reverse("web:dataset-import", args=[row.dataset]))
    started = upload.start(dry_run=False, at=timezone.now())
    return redirect(reverse("web:import", args=[started]))
