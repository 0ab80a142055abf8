"""A long plan is read by a worker: followed, cancelled, refused in words, and a draft like any other in the end."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from stateworks.kernel.access.models import Account, Grant
from stateworks.kernel.access.scope import SYSTEM, entered
from stateworks.kernel.jobs.attempt import Attempt
from stateworks.kernel.jobs.models import Job
from stateworks.kernel.org.models import Organization
from stateworks.kernel.plans import files
from stateworks.kernel.plans.tests.pdf_files import pdf_file
from stateworks.kernel.plans.tests.plan_blocks import heading, text
from stateworks.web.tests.working import work

pytestmark = pytest.mark.django_db(transaction=True)
PAGE = "/plans/import/"
OBJECTIVES = [heading(2, f"Objective {n}: Sail to harbor {n}") for n in range(1, 27)]
#: Two pages, and what they say: first as a plan, then without a period, then as no plan.
PLAN = pdf_file(
    [heading(1, "Harbor Office"), text("Strategic Plan: FY 2027-2028 through FY 2031-2032"), *OBJECTIVES]
)
TIMELESS = pdf_file(
    [heading(1, "Harbor Office"), text("What we promise to everybody who sails"), *OBJECTIVES]
)
NO_PLAN = pdf_file([text("We met, we talked, and we went home again.")] * 60)


@pytest.fixture
def planner(monkeypatch: pytest.MonkeyPatch) -> Client:
    """Somebody who may change plans, where more than a page takes long."""
    monkeypatch.setattr(files, "READ_AT_ONCE_PAGES", 1)
    monkeypatch.setattr(files, "READ_AT_ONCE", 5_000)
    with entered(SYSTEM):
        state = Organization.objects.create(code="state", name="The State", kind="state")
    return somebody("planner@example.org", state)


def somebody(email: str, state: Organization) -> Client:
    client = Client()
    with entered(SYSTEM):
        account = Account.objects.create_user(email)
        Grant.objects.create(account=account, role="planner", organization=state, since=dt.date(2020, 1, 1))
        client.force_login(account)
    return client


def uploaded(client: Client, data: bytes, name: str = "harbor.pdf", **more: str) -> str:
    """Upload a file, and return the address of what becomes of it."""
    response = client.post(PAGE, {"file": SimpleUploadedFile(name, data), **more})
    assert response.status_code == 302, response.content.decode()
    return str(response["Location"])


def shown(client: Client, path: str, status: int = 200) -> str:
    response = client.get(path)
    assert response.status_code == status
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


def kept(path: str) -> list[str]:
    """The files of a draft."""
    (folder,) = (Path(settings.MEDIA_ROOT) / "drafts").glob(f"*-{path.strip('/').rpartition('/')[2]}")
    return sorted(one.name for one in folder.iterdir())


def test_a_long_pdf_is_read_by_a_worker_and_becomes_a_draft(planner: Client) -> None:
    path = uploaded(planner, PLAN)
    page = shown(planner, path)
    assert "Reading harbor.pdf" in page
    assert "Waiting for its turn" in page
    assert "No worker is running, so this waits." in page
    assert b'http-equiv="refresh"' in planner.get(path).content
    assert "harbor.pdf not read yet" in shown(planner, PAGE)
    assert planner.get(f"{path}plan.yaml").status_code == 404
    with entered(SYSTEM):
        Job.objects.update(progress="Reading the pages", done=1, total=2)
    assert "Reading the pages, 1 of 2" in shown(planner, path)
    assert work() == 1
    page = shown(planner, path)
    assert "page 2" in page
    assert "Sail to harbor 26" in page
    assert kept(path) == ["name", "plan.yaml", "read.json"]
    assert "Reading a plan" in shown(planner, "/work/jobs/")
    loaded = planner.post(path, {"do": "load"}, follow=True)
    assert "The plan is loaded as version 1." in loaded.content.decode()


def test_a_long_text_waits_too_and_a_short_one_does_not(planner: Client) -> None:
    lines = ["Harbor Office", "Strategic Plan: FY 2027-2028 through FY 2031-2032", ""]
    lines += [f"Objective {n}: Sail to harbor {n}" for n in range(1, 10)]
    short = "\n".join(lines).encode()
    assert "Is this your plan?" in shown(planner, uploaded(planner, short, "harbor.txt"))
    long = short + b"\n" + b"We sail, and we say so. " * 400
    path = uploaded(planner, long, "harbor.txt")
    assert "Reading harbor.txt" in shown(planner, path)
    assert work() == 1
    assert "Is this your plan?" in shown(planner, path)


def test_what_is_no_plan_is_told_in_words_and_can_be_given_up(planner: Client) -> None:
    path = uploaded(planner, NO_PLAN)
    assert work() == 1
    page = shown(planner, path)
    assert "harbor.pdf is not read" in page
    assert "nothing that looks like a plan" in page
    assert b'http-equiv="refresh"' not in planner.get(path).content
    assert "The file is gone" in planner.post(path, {"do": "discard"}, follow=True).content.decode()
    assert planner.get(path).status_code == 404


def test_a_missing_period_is_asked_for_without_another_upload(planner: Client) -> None:
    path = uploaded(planner, TIMELESS)
    assert work() == 1
    page = planner.get(path).content.decode()
    assert '<details class="sw-disclosure" open>' in page
    wrong = planner.post(path, {"do": "again", "starts": "soon", "ends": "2032-06-30"})
    assert wrong.status_code == 400
    assert "“soon” is no date" in wrong.content.decode()
    days = {"starts": "2027-07-01", "ends": "2032-06-30", "start_month": "10"}
    planner.post(path, {"do": "again", **days})
    assert work() == 1
    page = planner.get(path).content.decode()
    assert 'value="2027-07-01"' in page
    assert "fiscal_year_start_month: 10" in planner.get(f"{path}plan.yaml").content.decode()


def test_it_is_cancelled_while_it_waits_and_read_again(planner: Client) -> None:
    path = uploaded(planner, PLAN)
    with entered(SYSTEM):
        job = Job.objects.get()
    page = planner.post(f"/work/jobs/{job.pk}/cancel/", follow=True)
    assert page.redirect_chain == [(path, 302)]
    assert "Reading it was cancelled" in page.content.decode()
    assert work() == 0
    planner.post(path, {"do": "again"})
    assert work() == 1
    assert "Is this your plan?" in shown(planner, path)


def test_it_is_cancelled_between_two_pages(planner: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    path = uploaded(planner, PLAN)
    step, told = Attempt.step, []

    def cancelled_at_the_second(attempt: Attempt, doing: str = "", done: int = 0, total: int = 0) -> None:
        told.append((doing, done, total))
        attempt.cancelled = done == 1
        step(attempt, doing, done, total)

    monkeypatch.setattr(Attempt, "step", cancelled_at_the_second)
    assert work() == 1
    assert told == [("Reading the pages", 0, 2), ("Reading the pages", 1, 2)]
    with entered(SYSTEM):
        assert Job.objects.get().state == "cancelled"
    assert "Reading it was cancelled" in shown(planner, path)
    assert kept(path) == ["name", "upload"], "nothing half-read is left"


def test_the_same_job_done_again_keeps_what_is_there(planner: Client) -> None:
    path = uploaded(planner, PLAN)
    assert work() == 1
    planner.post(path, {"title": "Our own title"})
    with entered(SYSTEM):
        Job.objects.update(state="failed")
        job = Job.objects.get()
    planner.post(f"/work/jobs/{job.pk}/retry/")
    assert work() == 1
    assert "Our own title" in shown(planner, path)


def test_a_draft_that_is_gone_is_told(planner: Client) -> None:
    path = uploaded(planner, PLAN)
    (folder,) = (Path(settings.MEDIA_ROOT) / "drafts").iterdir()
    for one in sorted(folder.rglob("*"), reverse=True):
        one.rmdir() if one.is_dir() else one.unlink()
    folder.rmdir()
    assert work() == 1
    with entered(SYSTEM):
        job = Job.objects.get()
    assert (job.state, job.error) == ("refused", "The uploaded file is gone; choose it again.")
    assert planner.get(path).status_code == 404


def test_it_is_its_owner_s(planner: Client) -> None:
    path = uploaded(planner, PLAN)
    with entered(SYSTEM):
        other: Any = somebody("other@example.org", Organization.objects.get())
        job = Job.objects.get()
    assert other.get(path).status_code == 404
    assert other.post(path, {"do": "discard"}).status_code == 404
    assert other.post(f"/work/jobs/{job.pk}/cancel/").status_code == 404
    assert "harbor.pdf" not in shown(other, PAGE)
