"""What a person does in the browser before a worker has something to do; called in a fork."""

from __future__ import annotations


def ask(path: str, mapping: str, by: str, plan: str, as_of: str) -> list[int]:
    """Upload a file to be loaded and ask for a plan's figures, and return the numbers of both jobs."""
    from pathlib import Path

    from django.core.files.uploadedfile import SimpleUploadedFile
    from django.utils import timezone

    from stateworks.kernel.access.models import Account
    from stateworks.kernel.access.scope import SYSTEM, entered
    from stateworks.kernel.jobs import queue
    from stateworks.kernel.plans.jobs import RUN
    from stateworks.web.data.uploads import new_upload

    with entered(SYSTEM):
        account = Account.objects.get(email=by)
        made = new_upload(SimpleUploadedFile("updates.csv", Path(path).read_bytes()), "desk.event", account)
        made.note(mapping=mapping)
        number = made.start(dry_run=False, at=timezone.now())
        load = queue.latest(f"import {number}")
        assert load is not None
        arguments = {"plan": plan, "as_of": as_of}
        run, _ = queue.enqueue(RUN, f"plan {plan}", arguments, by=account, at=timezone.now())
    return [load.pk, run.pk]


def upload(path: str, by: str) -> dict[str, object]:
    """Send a file of updates to the page that loads one, and return the status and where it leads or what it says."""
    from pathlib import Path

    from django.core.files.uploadedfile import SimpleUploadedFile
    from django.test import Client

    from stateworks.kernel.access.models import Account
    from stateworks.kernel.access.scope import SYSTEM, entered

    client = Client(HTTP_HOST="localhost", raise_request_exception=False)
    with entered(SYSTEM):
        client.force_login(Account.objects.get(email=by))
    file = SimpleUploadedFile("updates.csv", Path(path).read_bytes())
    answer = client.post("/data/desk.event/import/", {"file": file})
    return {"status": answer.status_code, "to": answer.get("Location", ""), "text": answer.content.decode()}
