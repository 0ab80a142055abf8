"""The API answers what the pages show, to whom the pages show it."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from stateworks.kernel.access.models import Account, Grant, Role
from stateworks.kernel.access.scope import SYSTEM, entered
from stateworks.kernel.indicators.models import Run
from stateworks.kernel.org.models import Organization
from stateworks.kernel.plans.load import load_plan
from stateworks.kernel.plans.models import Plan
from stateworks.kernel.plans.yaml_format import read_plan
from stateworks.web.tests.world import AT, fill, run_of

pytestmark = pytest.mark.django_db
PLAN = "/api/v1/plans/louisiana-ots"
OPEN_ROUTES = {
    "/api/v1/plans", "/api/v1/plans/{slug}/nodes", "/api/v1/plans/{slug}/indicators",
    "/api/v1/plans/{slug}/indicators/{code}", "/api/v1/plans/{slug}/scorecard",
}  # fmt: skip


@pytest.fixture
def run() -> Run:
    with entered(SYSTEM):
        state = Organization.objects.create(code="state", name="The State", kind="state")
        for code in ("north", "south"):
            Organization.objects.create(code=code, name=f"{code.title()} Agency", kind="agency", parent=state)
        content = read_plan((settings.PLANS_FOLDER / "louisiana-ots.yaml").read_bytes())
        load_plan(content, by=None, at=AT)
        plan = Plan.objects.select_related("current").get(slug="louisiana-ots")
        made = run_of(plan)
        assert plan.current is not None
        fill(made, plan.current.indicators.order_by("order"), members=["north", "south"])
    return made


def signed_in(role: str, at: str) -> Client:
    client = Client()
    with entered(SYSTEM):
        account = Account.objects.create_user(f"{role}-{at}@example.org")
        Grant.objects.create(
            account=account,
            role=role,
            organization=Organization.objects.get(code=at),
            since=dt.date(2020, 1, 1),
        )
    client.force_login(account)
    return client


def asked(client: Client, path: str, status: int = 200) -> Any:
    response = client.get(path)
    assert response.status_code == status, response.content[:300]
    return response.json()


def test_a_plan_is_open_to_everybody(run: Run) -> None:
    visitor = Client()
    assert [plan["indicators"] for plan in asked(visitor, "/api/v1/plans")] == [63]
    assert len(asked(visitor, f"{PLAN}/indicators")) == 63
    assert {node["level"] for node in asked(visitor, f"{PLAN}/nodes")} >= {
        "activity",
        "objective",
        "strategy",
    }
    assert asked(visitor, f"{PLAN}/indicators/1.2.1")["targets"][0]["value"] == 75


def test_a_visitor_gets_no_figure_that_nobody_has_signed(run: Run) -> None:
    assert asked(Client(), f"{PLAN}/scorecard") == []
    assert len(asked(signed_in(Role.AUDITOR, "state"), f"{PLAN}/scorecard")) == 63


def test_every_route_but_the_plans_own_asks_who_is_there(run: Run) -> None:
    visitor, routes = Client(), asked(Client(), "/api/v1/openapi.json")["paths"]
    example = {
        "slug": "louisiana-ots",
        "code": "1.2.1",
        "run_id": str(run.pk),
        "name": "desk.ticket",
        "import_id": "1",
        "key": "acme",
        "step": "draft",
        "form": "pdf",
        "year": "2026",
    }
    for route, methods in routes.items():
        status = visitor.generic(next(iter(methods)).upper(), route.format(**example)).status_code
        assert status == (200 if route in OPEN_ROUTES else 401), route
    assert set(routes) > OPEN_ROUTES


def test_slices_are_those_the_account_may_see_and_the_rest_is_counted(run: Run) -> None:
    path = f"{PLAN}/indicators/1.2.1/values?dimension=agency&period=2026-10"
    north = asked(signed_in(Role.AGENCY_LIAISON, "north"), path)
    assert ([one["member"] for one in north["values"]], north["hidden"]) == (["north"], 1)
    everywhere = asked(signed_in(Role.AUDITOR, "state"), path)
    assert ([one["member"] for one in everywhere["values"]], everywhere["hidden"]) == (["north", "south"], 0)


def test_the_statewide_figure_is_the_same_for_everybody(run: Run) -> None:
    path = f"{PLAN}/indicators/1.2.1/values"
    assert asked(signed_in(Role.AGENCY_LIAISON, "north"), path) == asked(
        signed_in(Role.AUDITOR, "state"), path
    )


def test_refused_rows_are_for_those_who_answer_for_data(run: Run) -> None:
    asked(signed_in(Role.AGENCY_LIAISON, "north"), "/api/v1/quarantine", 403)
    assert asked(signed_in(Role.DATA_STEWARD, "state"), "/api/v1/quarantine") == []


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/api/v1/plans/nowhere/nodes", 404), (f"{PLAN}/indicators/9.9.9", 404),
        ("/api/v1/runs/99999999999999999999", 404),
        ("/api/v1/imports/99999999999999999999", 404), ("/api/v1/datasets/no.such", 404),
        (f"{PLAN}/scorecard?as_of=yesterday", 422), (f"{PLAN}/indicators/1.2.1/values?grain=week", 422),
    ],
)  # fmt: skip
def test_a_wrong_question_gets_a_sentence(run: Run, path: str, status: int) -> None:
    told = asked(signed_in(Role.AUDITOR, "state"), path, status)
    assert told["error"].endswith(".")


def test_records_and_feeds_are_listed_described_and_read(run: Run) -> None:
    client = signed_in(Role.AUDITOR, "state")
    names = {one["dataset"] for one in asked(client, "/api/v1/datasets")}
    assert names >= {"desk.ticket", "desk.event", "office.organization", "plan.milestone"}
    for name in sorted(names):
        described = asked(client, f"/api/v1/datasets/{name}")
        assert described["key"], name
        assert asked(client, f"/api/v1/datasets/{name}/rows")["page"] == 1, name
    codes = [
        row["code"] for row in asked(client, "/api/v1/datasets/office.organization/rows?sort=code")["rows"]
    ]
    assert codes == ["north", "south", "state"]
