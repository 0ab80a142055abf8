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

AT = dt.datetime(2026, 11, 2, 15, tzinfo=dt.UTC)


@pytest.fixture
def truth(transactional_db: None, tmp_path: Path) -> Truth:
    with entered(SYSTEM):
        by = Account.objects.create_user("demo@meridian.example")
    world = World(seed=3, scale=0.02, folder=tmp_path / "demo", by=by, clock=lambda: AT)
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


def test_a_ticket_shows_why_it_counted_and_everything_that_happened(
    truth: Truth, client_of: Callable[[str], Client]
) -> None:
    from stateworks.kernel.lake.read import Condition, Reader

    with entered(SYSTEM) as scope, Reader("desk.ticket", scope=scope) as reader:
        ticket = reader.page(
            [Condition("reassignments", "=", 1), Condition("agency", "=", "dor")], size=1
        ).rows[0]
    path = f"/desk/tickets/meridian-desk/{ticket['number']}/"
    shown = text_of(client_of("meridian"), path)
    assert ticket["first_contact_why"] in shown
    assert shown.count("expert") > 0
    assert client_of("dhs").get(path).status_code == 404
    assert Client().get(path).status_code == 302


def test_a_category_is_found_by_name_and_another_is_not(client_of: Callable[[str], Client]) -> None:
    client = client_of("meridian")
    assert client.get("/desk/categories/No such/").status_code == 404
    assert "Password reset" in text_of(client, "/desk/categories/Password reset/")


def test_a_list_of_tickets_is_narrowed_to_what_a_role_reaches(client_of: Callable[[str], Client]) -> None:
    everywhere = text_of(client_of("meridian"), "/desk/tickets/")
    at_home = text_of(client_of("dhs"), "/desk/tickets/")
    assert "T2" in at_home
    assert numbers(at_home) < numbers(everywhere)


def numbers(text: str) -> int:
    """The total that the page names: "1 to 50 of 1,040"."""
    found = re.search(r"of ([\d,]+)", text)
    assert found, text[:600]
    return int(found[1].replace(",", ""))
