"""Figures are computed from a page: started by somebody who may, followed to the end, and honest about failure."""

from __future__ import annotations

import datetime as dt
import json
import time
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client

from stateworks.kernel.access.models import Account, Grant
from stateworks.kernel.access.scope import SYSTEM, entered
from stateworks.kernel.indicators.models import Run
from stateworks.kernel.org.models import Organization
from stateworks.kernel.plans.load import load_plan
from stateworks.kernel.plans.yaml_format import read_plan
from stateworks.web.plan.computing import SILENCE_SECONDS, Progress

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
    response = planner.post(PAGE, {"as_of": "2026-10-31"}, follow=True)
    patience = time.monotonic() + 300
    while "of 63 indicators" in (text := response.content.decode()) or "Starting" in text:
        assert 'http-equiv="refresh"' in text
        assert time.monotonic() < patience, Progress(PLAN).told()
        time.sleep(0.2)
        response = planner.get(PAGE)
    assert "The latest figures are as of 31 Oct 2026" in text.replace("\xa0", " ")
    with entered(SYSTEM):
        run = Run.objects.get(plan=PLAN)
        assert (run.as_of, sum(run.counts.values())) == (dt.date(2026, 10, 31), 63)
        assert run.by == Account.objects.get(email="planner@example.org")


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
    assert Progress(PLAN).told() == {}


def test_a_second_start_waits_for_the_first(planner: Client) -> None:
    Progress(PLAN).say(state="working", as_of="2026-10-31", done=7, total=63)
    response = planner.post(PAGE, {"as_of": "2026-10-31"}, follow=True)
    assert "The figures are being computed already." in response.content.decode()
    assert "7 of 63 indicators are computed" in response.content.decode()
    with entered(SYSTEM):
        assert not Run.objects.exists()


def test_a_run_whose_process_died_is_told_as_stopped_and_can_start_again(planner: Client) -> None:
    progress = Progress(PLAN)
    progress.say(state="working", as_of="2026-10-31", done=7, total=63)
    said = json.loads(progress.path.read_text())
    progress.path.write_text(json.dumps(said | {"said_at": time.time() - SILENCE_SECONDS - 1}))
    text = planner.get(PAGE).content.decode()
    assert "It stopped before it was done" in text
    assert "<button" in text
    assert not list(Path(progress.path.parent).glob("*.json.*"))
