"""A worker that is killed, or loses its database, in the middle of an import or of a run: the next one finishes, once."""

from __future__ import annotations

import datetime as dt
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.utils import timezone

from stateworks.kernel.access.models import Account, Grant
from stateworks.kernel.access.scope import SYSTEM, entered
from stateworks.kernel.indicators.models import Run
from stateworks.kernel.jobs import queue
from stateworks.kernel.jobs.models import Job
from stateworks.kernel.lake.models import Dataset, Import
from stateworks.kernel.lake.read import Reader
from stateworks.kernel.org.models import Organization, OrganizationAlias
from stateworks.kernel.plans.jobs import RUN
from stateworks.kernel.plans.load import load_plan
from stateworks.kernel.plans.yaml_format import read_plan
from stateworks.web.data.uploads import new_upload
from stateworks.web.tests.office import TICKETS
from stateworks.web.tests.working import work
from tests.durable_worker import MODULE
from tests.test_restart_under_import import restart

PLAN = "louisiana-ots"
ROOT = Path(__file__).parents[1]


@pytest.fixture
def steward(transactional_db: None) -> Account:
    with entered(SYSTEM):
        state = Organization.objects.create(code="state", name="State of Pelican", kind="state")
        for name in ("Harbor Commission", "Port Authority"):
            made = Organization.objects.create(
                code=name.split()[0].lower(), name=name, kind="agency", parent=state
            )
            OrganizationAlias.objects.create(organization=made, alias=name)
        account = Account.objects.create_user("steward@example.org")
        Grant.objects.create(
            account=account, role="data_steward", organization=state, since=dt.date(2020, 1, 1)
        )
    return account


def start(**options: Any) -> subprocess.Popen[str]:
    """Start a worker."""
    arguments = (str(connection.settings_dict["NAME"]), str(settings.LAKE_ROOT), str(settings.MEDIA_ROOT))
    return subprocess.Popen(
        [sys.executable, "-m", MODULE, *arguments, json.dumps(options)],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=ROOT, env={**os.environ, "PYTHONWARNINGS": "ignore"},
    )  # fmt: skip


def ended(worker: subprocess.Popen[str]) -> dict[str, int]:
    """Wait for a worker's end and return what it printed; nothing where it was killed."""
    out, errors = worker.communicate(timeout=120)
    if worker.returncode == -9:
        return {}
    sys.stderr.write(errors)
    assert worker.returncode == 0, errors
    found: dict[str, int] = json.loads(out.splitlines()[-1])
    return found


def until(condition: Callable[[], bool]) -> None:
    for _ in range(600):
        if condition():
            return
        time.sleep(0.1)
    raise AssertionError("it never came to that")


def upload(text: str, by: Account) -> int:
    """Upload tickets as the page does and return the number of the import that loads them."""
    made = new_upload(SimpleUploadedFile("tickets.csv", text.encode()), "desk.ticket", by)
    made.note(mapping="servicenow-incident-export")
    with entered(SYSTEM):
        return made.start(dry_run=False, at=timezone.now())


def tickets(turn: int) -> str:
    """The six tickets under numbers of their own."""
    return TICKETS.replace("INC", f"T{turn}INC")


def numbers() -> list[str]:
    with entered(SYSTEM) as scope, Reader("desk.ticket", scope=scope) as reader:
        return sorted(row["number"] for row in reader.rows(columns=["number"]))


def last_job() -> Job:
    with entered(SYSTEM):
        return Job.objects.select_related("by").latest("id")


def test_a_worker_killed_anywhere_in_an_import_leaves_it_to_the_next(steward: Account) -> None:
    for turn in (0, 1):  # the first makes the tables as well, so the second tells how many places there are
        upload(tickets(turn), steward)
        undisturbed = ended(start())
        assert undisturbed["jobs"] == 1
    places = undisturbed["places"]
    assert last_job().state == "done", last_job().error
    each = 5  # the sixth closes before it opens
    assert numbers() == [f"T{turn}INC{n}" for turn in (0, 1) for n in range(1, each + 1)]
    # Three places before the last one the file is loaded, and the end of the job not yet noted.
    for turn, die_at in enumerate(
        (*(round(places * share) for share in (0.1, 0.3, 0.5, 0.7, 0.9)), places - 3), 2
    ):
        number = upload(tickets(turn), steward)
        assert ended(start(die_at=die_at)) == {}, "it was to be killed"
        left = last_job()
        assert left.state == "running", left.state
        # The next one sees that the process is gone and does not wait for the lease.
        assert work() == 1
        done = last_job()
        assert (done.state, done.attempts, done.result) == ("done", 2, {"import": number})
        with entered(SYSTEM):
            row = Import.objects.get(pk=number)
        assert (row.state, row.read, row.error) == ("done", 6, "")
        assert len(numbers()) == len(set(numbers())) == each * (turn + 1)
    with entered(SYSTEM):
        assert Dataset.objects.get(name="desk.ticket").rows == len(numbers())
        assert Import.objects.exclude(state="done").count() == 0
    assert list((settings.MEDIA_ROOT / "uploads").iterdir()) == [], "what is loaded is not kept a second time"


def test_a_worker_killed_anywhere_in_a_run_leaves_it_to_the_next(steward: Account) -> None:
    with entered(SYSTEM):
        document = read_plan((settings.PLANS_FOLDER / f"{PLAN}.yaml").read_bytes())
        load_plan(document, by=None, at=timezone.now())

    def ask(day: int) -> None:
        with entered(SYSTEM):
            arguments = {"plan": PLAN, "as_of": f"2026-10-{day:02}"}
            queue.enqueue(RUN, f"plan {PLAN}", arguments, by=steward, at=timezone.now())

    ask(1)
    ended(start())
    ask(2)  # the first has written the records to the lake, which this one need not do
    places = ended(start())["places"]
    # In the middle of computing; with everything stored but not committed; committed but not noted as done.
    for day, die_at in ((3, places // 2), (4, places - 4), (5, places - 3)):
        ask(day)
        assert ended(start(die_at=die_at)) == {}
        assert last_job().state == "running"
        with entered(SYSTEM):
            stored = Run.objects.filter(as_of=dt.date(2026, 10, day)).count()
        assert stored == (1 if die_at == places - 3 else 0)
        assert work() == 1
        job = last_job()
        assert (job.state, job.attempts) == ("done", 2)
        with entered(SYSTEM):
            run = Run.objects.get(plan=PLAN, as_of=dt.date(2026, 10, day))
            assert (job.result, run.by, sum(run.counts.values())) == ({"run": run.pk}, steward, 63)


def test_a_worker_outlives_a_restart_of_its_database(steward: Account, tmp_path: Path) -> None:
    number, flag = upload(tickets(1), steward), tmp_path / "waiting"
    worker = start(once=False, wait_at=20, flag=str(flag))
    try:
        until(flag.exists)
        restart()
        flag.unlink()
        # The same worker tries again after its pause, without anybody's help.
        until(lambda: last_job().state == "done")
        assert last_job().attempts == 2
        with entered(SYSTEM):
            assert Import.objects.get(pk=number).state == "done"
        assert len(numbers()) == len(set(numbers()))
    finally:
        worker.terminate()
        found = ended(worker)
    assert found["jobs"] == 2


def test_a_worker_told_to_end_in_the_middle_finishes_a_short_job_first(
    steward: Account, tmp_path: Path
) -> None:
    upload(tickets(1), steward)
    flag = tmp_path / "waiting"
    worker = start(once=False, wait_at=20, flag=str(flag))
    until(flag.exists)
    worker.terminate()
    flag.unlink()
    assert ended(worker)["jobs"] == 1
    assert last_job().state == "done", "it had time enough to finish"
