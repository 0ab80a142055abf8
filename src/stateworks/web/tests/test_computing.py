"""Figures are computed from a page: started by somebody who may, followed to the end, and honest about failure."""

from __future__ import annotations

import datetime as dt

import pytest
from django.conf import settings
from django.test import Client

from stateworks.kernel.access.models import Account, Grant
from stateworks.kernel.access.scope import SYSTEM, entered
from stateworks.kernel.indicators.models import Run
from stateworks.kernel.jobs.models import Job
from stateworks.kernel.org.models import Organization
from stateworks.kernel.plans.load import load_plan
from stateworks.kernel.plans.yaml_format import read_plan
from stateworks.web.tests.working import work

pytestmark = pytest.mark.django_db(transaction=True)
PLAN = "louisiana-ots"
PAGE = f"/plans/{PLAN}/compute/"
AT = dt.datetime(2026, 11, 2, 15, tzinfo=dt.UTC)


@pytest.fixture
def planner() -> Client:
    with entered(SYSTEM):
        state = Organization.objects.create(code="state", name="The State", kind="state")
        load_plan(read_plan((settings.PLANS_FOLDER / f"{PLAN}.yaml").read_bytes()), by=None, at=AT)
        account = Account.objects.create_user("planner@example.org")
        Grant.objects.create(account=account, role="planner", organization=state, since=dt.date(2020, 1, 1))
    client = Client()
    client.force_login(account)
    return client


def test_the_button_computes_every_indicator(planner: Client) -> None:
    assert "Nothing has been computed for this plan yet" in planner.get(PAGE).content.decode()
    text = planner.post(PAGE, {"as_of": "2026-10-31"}, follow=True).content.decode()
    assert "Waiting for its turn" in text
    assert "by planner@example.org" in text
    assert "No worker is running, so this waits." in text
    assert 'http-equiv="refresh"' in text
    assert work() == 1
    text = planner.get(PAGE).content.decode()
    assert 'http-equiv="refresh"' not in text
    assert "The latest figures are as of 31 Oct 2026" in text.replace("\xa0", " ")
    with entered(SYSTEM):
        run = Run.objects.get(plan=PLAN)
        assert (run.as_of, sum(run.counts.values())) == (dt.date(2026, 10, 31), 63)
        assert run.by == Account.objects.get(email="planner@example.org")
        job = Job.objects.get()
        assert (job.state, job.result, job.done, job.total) == ("done", {"run": run.pk}, 63, 63)


@pytest.mark.parametrize(
    ("day", "said"),
    [("soon", "Write the day as a date such as 2026-10-31."), ("2999-01-01", "has not come yet")],
)
def test_a_wrong_day_is_told_at_its_field_and_computes_nothing(planner: Client, day: str, said: str) -> None:
    response = planner.post(PAGE, {"as_of": day})
    assert response.status_code == 400
    text = response.content.decode()
    assert said in text
    assert 'aria-invalid="true"' in text
    with entered(SYSTEM):
        assert not Job.objects.exists()


def test_a_second_start_waits_for_the_first(planner: Client) -> None:
    planner.post(PAGE, {"as_of": "2026-10-31"})
    with entered(SYSTEM):
        Job.objects.update(by=None, state="running", done=7, total=63)
    text = planner.post(PAGE, {"as_of": "2026-10-31"}, follow=True).content.decode()
    assert "The figures are being computed already." in text
    assert "7 of 63 indicators are computed" in text
    assert "Cancel" not in text, "it is another one's"
    with entered(SYSTEM):
        assert Job.objects.count() == 1


def test_it_can_be_cancelled_and_tried_again(planner: Client) -> None:
    planner.post(PAGE, {"as_of": "2026-10-31"})
    with entered(SYSTEM):
        job = Job.objects.get()
    text = planner.post(f"/work/jobs/{job.pk}/cancel/", follow=True).content.decode()
    assert "Computing them was cancelled" in text
    assert work() == 0
    assert "Try again" in planner.get("/work/jobs/").content.decode()
    text = planner.post(f"/work/jobs/{job.pk}/retry/", follow=True).content.decode()
    assert "The job is tried again." in text
    assert work() == 1
    with entered(SYSTEM):
        assert Run.objects.filter(plan=PLAN).count() == 1


def test_a_job_is_its_owner_s(planner: Client) -> None:
    planner.post(PAGE, {"as_of": "2026-10-31"})
    with entered(SYSTEM):
        job = Job.objects.get()
        other = Account.objects.create_user("other@example.org")
        Grant.objects.create(
            account=other, role="planner", organization=Organization.objects.get(), since=dt.date(2020, 1, 1)
        )
    client = Client()
    client.force_login(other)
    assert client.post(f"/work/jobs/{job.pk}/cancel/").status_code == 404
    assert "Nothing waits and nothing runs." in client.get("/work/jobs/").content.decode()
    with entered(SYSTEM):
        # Somebody who lost the right cannot start it again, though the job is theirs.
        Job.objects.update(state="failed", finished_at=job.asked_at)
        Grant.objects.filter(account__email="planner@example.org").update(role="auditor")
    assert planner.post(f"/work/jobs/{job.pk}/retry/").status_code == 403
