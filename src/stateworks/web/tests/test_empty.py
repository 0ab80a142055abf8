"""Pages of an instance in which nothing is loaded yet: each offers the next step."""

from __future__ import annotations

import datetime as dt

import pytest
from django.test import Client

from stateworks.kernel.access.models import Account, Grant
from stateworks.kernel.access.scope import SYSTEM, entered
from stateworks.kernel.org.models import Organization


@pytest.fixture
def administrator(db: None) -> Client:
    client = Client(HTTP_HOST="localhost")
    with entered(SYSTEM):
        state = Organization.objects.create(code="state", name="State of Pelican", kind="state")
        account = Account.objects.create_user("admin@example.org")
        Grant.objects.create(
            account=account, role="administrator", organization=state, since=dt.date(2024, 1, 1)
        )
        client.force_login(account)
    return client


def test_a_visitor_is_told_how_to_begin(db: None) -> None:
    page = Client(HTTP_HOST="localhost").get("/").content.decode()
    assert "No plan is loaded yet" in page
    assert "stateworks demo" in page


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("/", "Upload a plan"),
        ("/work/", "Nothing waits for you"),
        ("/data/", "never loaded"),
        ("/data/desk.ticket/", "Load a file"),
        ("/data/office.vendor/", "Load a file"),
        ("/data/quarantine/", "No row waits here"),
        ("/desk/", "Load an export"),
        ("/desk/tickets/", "No ticket fits"),
        ("/search/?q=anything", "Nothing you may see contains"),
        ("/plans/import/", "Nothing is loaded before you have seen how it was read"),
        ("/data/desk.ticket/?format=csv", "number"),
        ("/data/desk.ticket/?format=json", "["),
    ],
)
def test_an_empty_page_offers_the_next_step(administrator: Client, path: str, words: str) -> None:
    response = administrator.get(path)
    assert response.status_code == 200
    assert words in response.content.decode()
