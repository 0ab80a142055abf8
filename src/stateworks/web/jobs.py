"""Jobs of the pages: loading an uploaded file, counting what loading it would do, reading a long plan."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from stateworks.kernel.access.scope import SYSTEM, entered
from stateworks.kernel.errors import Refused
from stateworks.kernel.jobs.attempt import Attempt
from stateworks.kernel.jobs.kinds import Kind, register
from stateworks.kernel.jobs.models import Job, JobState

LOAD = "data.load"
PREVIEW = "data.preview"
READ = "plan.read"


def load(attempt: Attempt) -> Mapping[str, Any]:
    """Do the import that the page announced, with the file and the choices that wait in the upload's folder."""
    from stateworks.kernel.lake.models import Import
    from stateworks.kernel.lake.progress import begin
    from stateworks.web.data.uploads import forget, upload_kept

    number, dry_run = attempt.arguments["import"], attempt.job.kind == PREVIEW
    if attempt.by is None:
        raise Refused("The account that uploaded the file is gone; upload it again.")
    with entered(SYSTEM):
        running = Import.objects.get(pk=number)
    upload = upload_kept(attempt.arguments["upload"], attempt.by)
    if begin(running, dry_run=dry_run, at=attempt.now()):
        if upload is None:
            abandoned(attempt.job, attempt.now(), "The uploaded file is gone; choose it again.")
            raise Refused("The uploaded file is gone; choose it again.")
        upload.load(running, dry_run=dry_run, at=attempt.now(), progress=attempt.step)
    if not dry_run:
        forget(attempt.arguments["upload"], attempt.by)
    return {"import": number}


def abandoned(job: Job, at: datetime, error: str = "") -> None:
    """Close the import of a job that ended without it."""
    from stateworks.kernel.lake.progress import give_up

    sentence = error or f"{job.error} Nothing was loaded."
    give_up(job.arguments["import"], sentence, cancelled=job.state == JobState.CANCELLED, at=at)


def read(attempt: Attempt) -> Mapping[str, Any]:
    """Read a plan that waits in a draft's folder; one that an earlier try has read is not read again."""
    from stateworks.kernel.plans.files import read_files
    from stateworks.web.plan.drafts import draft_kept, given_from_json

    token, given = attempt.arguments["draft"], given_from_json(attempt.arguments["given"])
    draft = draft_kept(token, attempt.by) if attempt.by is not None else None
    if draft is None:
        raise Refused("The uploaded file is gone; choose it again.")
    if not draft.ready:
        found = read_files(draft.files(), given, attempt.step)
        content = found.plan(given)
        attempt.step("Keeping the draft")
        draft.fill(found.document, content)
    return {"draft": token}


register(Kind(LOAD, "Loading a file", load, right="data.import", abandoned=abandoned))
register(Kind(PREVIEW, "Reading a file", load, right="data.import", priority=10, abandoned=abandoned))
register(Kind(READ, "Reading a plan", read, right="plan.change", priority=10))
