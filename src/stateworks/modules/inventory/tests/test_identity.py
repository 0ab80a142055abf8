"""The sign-in page: figures by secretariat that add up, and every number leading to exactly its rows."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

import pytest
from django.test import Client

from stateworks.kernel.access.scope import SYSTEM, entered
from stateworks.kernel.org.models import Organization
from stateworks.modules.inventory.models import System
from stateworks.modules.inventory.tests.conftest import Room
from stateworks.modules.inventory.tests.test_system_page import text_of


@pytest.fixture
def staged(room: Room) -> Room:
    """Human Services: three enforced or not, one in an agency below it; Administration: one exempt, one library apart."""
    with entered(SYSTEM):
        below = Organization.objects.create(
            code="dhs-wic", name="Food Aid Office", kind="agency", parent=room.dhs
        )
        System.objects.create(
            code="wic",
            name="Food aid",
            organization=below,
            single_sign_on="planned",
            owner=room.people["ann"],
        )
        for code, fields in {
            "benefits": {"single_sign_on": "enforced", "second_factor": "enforced", "identity_wave": "Wave 1"},
            "portal": {"single_sign_on": "offered", "local_accounts": True, "identity_wave": "Wave 1",
                       "identity_due_on": date(2020, 6, 30)},
            "wic": {"identity_wave": "Wave 2", "identity_due_on": date(2099, 6, 30)},
            "idp": {"single_sign_on": "exempt", "identity_exempt_until": date(2099, 1, 1), "identity_wave": "Wave 1",
                    "identity_due_on": date(2020, 6, 30)},
            "db": {"kind": "infrastructure"}, "mail": {"lifecycle": "planned"},
        }.items():  # fmt: skip
            System.objects.filter(code=code).update(**fields)
    return room


def rows_behind(client: Client, url: str) -> int:
    found = client.get(url, headers={"accept": "text/html"})
    assert found.status_code == 200
    total = re.search(r"of ([\d,]+)", re.sub(r"<[^>]+>", "", found.content.decode()).partition("Rows")[2])
    return int(total[1].replace(",", "")) if total else 0


def test_figures_by_department_with_its_agencies(staged: Room) -> None:
    """Benefits, Client portal, Forms and Food aid for Human Services; Sign-in and Wiki for Administration."""
    shown = text_of(staged.client("administrator"), "/inventory/identity/")
    assert "6 applications that run" in shown
    labels = (
        "in all|not assessed|planned|offered, another way is left|enforced|exempt until a date|nobody signs in"
        "|with a second factor|with local accounts"
    )
    numbers = re.sub(rf" (?:{labels})(?: in all)?(?:, (?:Human Services|Administration))?", "", shown)
    # All; not assessed, planned, offered, enforced, exempt, nobody signs in; second factor, local accounts.
    assert "Human Services 4 1 1 1 1 0 0 1 1" in numbers
    assert "Administration 2 1 0 0 0 1 0 0 0" in numbers
    assert "All 6 2 1 1 1 1 0 1 1" in numbers


def test_every_number_leads_to_its_rows(staged: Room) -> None:
    client = staged.client("administrator")
    page = client.get("/inventory/identity/").content.decode()
    table = page.partition('id="departments"')[2].partition("</table>")[0]
    links = re.findall(r'<a href="(/data/[^"]+)">([\d,]+)<', table.replace("&amp;", "&"))
    assert len(links) == 18
    for url, number in links:
        assert rows_behind(client, url) == int(number), url


def test_waves_say_what_is_left_and_late_and_whom_to_call(staged: Room) -> None:
    """Of wave 1 Benefits is done, Client portal is late, Sign-in is exempt and not late; wave 2 has time."""
    client = staged.client("administrator")
    shown = text_of(client, "/inventory/identity/")
    assert re.search(r"Wave 1 30 Jun 2020 3 in wave Wave 1 1 2 left in wave Wave 1 1 ", shown)
    assert re.search(r"Wave 2 30 Jun 2099 1 in wave Wave 2 0 1 left in wave Wave 2 0 ", shown)
    ahead = shown.partition("Whom to call next: Wave 1")[2]
    assert "2 applications are left." in ahead
    assert "Client portal Human Services Offered, another way is left" in ahead
    assert "Ann Example ann@example.org" in ahead
    assert (
        "Food aid Food Aid Office Planned"
        in text_of(client, "/inventory/identity/?wave=Wave+2").partition("Whom to call")[2]
    )
    assert "2 applications that are not done are in no wave" in shown
    listed = client.get("/inventory/identity/?wave=Wave+1&format=csv").content.decode().splitlines()
    assert [line.split(",")[2] for line in listed[1:]] == ["idp", "portal"]


def test_the_page_is_ones_own_department_alone(staged: Room) -> None:
    shown = text_of(staged.client("ben"), "/inventory/identity/")
    assert "2 applications that run" in shown
    assert "Human Services" not in shown
    assert "There is no application that you may see." in text_of(
        staged.client("nobody"), "/inventory/identity/"
    )


def test_systems_outside_the_departments_are_counted_apart(staged: Room, settings: Any) -> None:
    with entered(SYSTEM):
        System.objects.filter(code="wiki").update(organization=staged.state)
    assert "Outside the departments 1" in text_of(staged.client("administrator"), "/inventory/identity/")
