"""The desk's pages: what they say, and to whom."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from django.test import Client

from stateworks.kernel.access.models import Account, Grant
from stateworks.kernel.access.scope import SYSTEM, entered
from stateworks.kernel.demo import World, build
from stateworks.modules.desk.demo import Truth
from stateworks.modules.desk.overview import overview


@pytest.fixture
def truth(transactional_db: None, tmp_path: Path) -> Truth:
    with entered(SYSTEM):
        by = Account.objects.create_user("demo@meridian.example")
    world = World(seed=3, scale=0.02, folder=tmp_path / "demo", by=by, at=dt.datetime(2026, 11, 2, tzinfo=dt.UTC))
    made: Truth = build(world).truth["desk"]
    return made


@pytest.fixture
def client_of(truth: Truth) -> Callable[[str], Client]:
    """A browser of somebody with a role at an organization."""
    from stateworks.kernel.org.models import Organization

    def make(organization: str) -> Client:
        with entered(SYSTEM):
            account = Account.objects.create_user(f"{organization}@example.org")
            Grant.objects.create(
                account=account, role="agency_liaison", organization=Organization.objects.get(code=organization),
                since=dt.date(2020, 1, 1),
            )  # fmt: skip
        client = Client()
        client.force_login(account)
        return client

    return make


def text_of(client: Client, path: str) -> str:
    response = client.get(path)
    assert response.status_code == 200, path
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


def test_the_overview_counts_every_incident_once(truth: Truth) -> None:
    with entered(SYSTEM) as scope:
        found = overview(scope, day=dt.date(2026, 10, 31), top=1000)
    assert sum(one.incidents for one in found.categories) == found.incidents > 100
    assert all(sum(one.by_month) == one.incidents for one in found.categories)
    assert [month.label for month in found.months] == [
        f"{2025 + (month > 12)}-{(month - 1) % 12 + 1:02}" for month in range(11, 23)
    ]
    assert [one.incidents for one in found.categories] == sorted(
        (one.incidents for one in found.categories), reverse=True
    )


def test_somebody_from_one_department_sees_only_its_tickets(client_of: Callable[[str], Client]) -> None:
    statewide, department = client_of("meridian"), client_of("dhs")
    everywhere = re.search(r"([\d,]+) incidents in the twelve months", text_of(statewide, "/desk/"))
    at_home = re.search(r"([\d,]+) incidents in the twelve months", text_of(department, "/desk/"))
    assert everywhere and at_home
    assert 0 < int(at_home[1].replace(",", "")) < int(everywhere[1].replace(",", ""))


def test_a_ticket_shows_why_it_counted_and_everything_that_happened(
    truth: Truth, client_of: Callable[[str], Client]
) -> None:
    from stateworks.kernel.lake.read import Condition, Reader

    with entered(SYSTEM) as scope, Reader("desk.ticket", scope=scope) as reader:
        ticket = reader.page([Condition("reassignments", "=", 1), Condition("agency", "=", "dor")], size=1).rows[0]
    path = f"/desk/tickets/meridian-desk/{ticket['number']}/"
    shown = text_of(client_of("meridian"), path)
    assert ticket["first_contact_why"] in shown
    assert f"{ticket['updates']} updates, oldest first" in shown
    assert client_of("dhs").get(path).status_code == 404
    assert Client().get(path).status_code == 302


def test_an_unknown_category_is_not_found(client_of: Callable[[str], Client]) -> None:
    client = client_of("meridian")
    assert client.get("/desk/category/?name=No+such").status_code == 404
    assert "Password reset" in text_of(client, "/desk/category/?name=Password+reset")
