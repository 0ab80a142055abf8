"""The front page, the system page and the lists around them: what they say, to whom, and in how many queries."""

from __future__ import annotations

import html
import re
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.http import HttpRequest
from django.test import Client
from django.test.utils import CaptureQueriesContext

from stateworks.kernel.access.scope import SYSTEM, entered
from stateworks.kernel.org.models import Vendor
from stateworks.modules.inventory.models import (
    Capability,
    Component,
    Dependency,
    Environment,
    Finding,
    Interface,
    Outage,
    OutageImpact,
    Rationalization,
    Rule,
    Site,
    Stack,
    System,
    SystemAlias,
    Technology,
)
from stateworks.modules.inventory.tests.conftest import Room
from stateworks.web import sections

PAGES = (
    "/inventory/", "/inventory/systems/benefits/", "/inventory/systems/benefits/observability/",
    "/inventory/systems/benefits/assess/", "/inventory/attest/", "/inventory/attest/benefits/", "/inventory/campaigns/",
    "/inventory/rules/", "/inventory/findings/", "/inventory/identity/", "/inventory/rationalization/",
    "/inventory/capabilities/", "/inventory/monitoring/", "/inventory/dependencies/unknown/",
)  # fmt: skip


def text_of(client: Client, path: str, status: int = 200) -> str:
    response = client.get(path)
    assert response.status_code == status, f"{path}: {response.status_code}"
    return words(response.content.decode())


def words(page: str) -> str:
    body = page.partition("<main")[2].partition("</main>")[0]
    text = re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", body)).replace("\u00a0", " "))
    return re.sub(r" ([.,;:])", r"\1", text)


@pytest.mark.parametrize("path", PAGES)
def test_pages_by_role(room: Room, path: str) -> None:
    """A visitor signs in first; an administrator sees all; another agency's people are told nothing of the system."""
    assert room.client("anonymous").get(path).status_code == 302
    assert room.client("administrator").get(path).status_code == 200
    about_benefits = "benefits" in path
    assert room.client("ben").get(path).status_code == (404 if about_benefits else 200)
    assert room.client("nobody").get(path).status_code == (404 if about_benefits else 200)
    answers = 403 if path == "/inventory/attest/benefits/" else 200
    assert room.client("auditor").get(path).status_code == answers
    assert room.client("ann").get(path).status_code == 200


def test_the_front_page_counts_what_one_may_see(room: Room) -> None:
    with entered(SYSTEM):
        System.objects.create(
            code="old", name="Old", organization=room.dhs, lifecycle="retired", retired_on=date(2020, 1, 1)
        )
    whole = text_of(room.client("administrator"), "/inventory/")
    assert "8 systems you may see." in whole
    assert "In production 7 Retired 1" in whole
    assert "4 systems have unknown dependencies of 7 that are not retired" in whole
    part = text_of(room.client("ann"), "/inventory/")
    assert "4 systems you may see, 4 more where your role does not reach." in part
    assert "1 system has unknown dependencies of 3" in part
    none = text_of(room.client("nobody"), "/inventory/")
    assert "There are 8 systems, none of which you may see." in none


def test_an_empty_inventory_says_how_to_begin(room: Room) -> None:
    with entered(SYSTEM):
        Dependency.objects.all().delete()
        System.objects.all().delete()
    shown = text_of(room.client("administrator"), "/inventory/")
    assert "There is no system yet." in shown
    assert "Load systems" in shown
    assert "Load systems" not in text_of(room.client("planner"), "/inventory/")


def test_a_system_shows_both_directions_and_whom_to_call(room: Room) -> None:
    shown = text_of(room.client("administrator"), "/inventory/systems/idp/")
    assert "Owner Ben Example ben@example.org" in shown
    assert "What it depends on" in shown
    needs, _, needing = shown.partition("What depends on it")
    assert "Shared database" in needs.partition("What it depends on")[2]
    assert "Benefits Human Services Mission essential it stops" in needing
    assert "Client portal" in needing
    assert "Unknown: nobody has said yet." in text_of(
        room.client("administrator"), "/inventory/systems/wiki/"
    )


def test_what_one_may_not_see_is_counted_and_never_named(room: Room) -> None:
    """Ann sees Human Services alone; Benefits needs three systems of Administration, two of which others need too."""
    shown = text_of(room.client("ann"), "/inventory/systems/benefits/")
    assert shown.count("A system you may not see") == 3
    assert "3 of them are systems that you may not see." in shown
    for name in ("Sign-in of", "Shared database", "Mail ", "Ben Example", "ben@example.org"):
        assert name not in shown
    theirs = text_of(room.client("ben"), "/inventory/systems/idp/")
    assert "2 systems that you may not see depend on it." in theirs
    assert "Benefits" not in theirs.partition("What depends on it")[2]


def test_three_states_in_words(room: Room) -> None:
    with entered(SYSTEM):
        System.objects.filter(code="wiki").update(
            none_attested_on=date(2026, 1, 5), none_attested_until=date(2099, 1, 5)
        )
        System.objects.filter(code="forms").update(
            none_attested_on=date(2020, 1, 5), none_attested_until=date(2021, 1, 5)
        )
    client = room.client("administrator")
    assert "Nothing. Its owner said so on 5 Jan 2026; that counts until 5 Jan 2099." in text_of(
        client, "/inventory/systems/wiki/"
    )
    ran_out = text_of(client, "/inventory/systems/forms/")
    assert "Unknown: nobody has said yet. That it depends on nothing counted until 5 Jan 2021." in ran_out


def furnish(room: Room, count: int) -> None:
    """Give Benefits `count` of everything."""
    own, other = room.systems["benefits"], room.systems["portal"]
    site = Site.objects.create(code=f"s{count}", name=f"Site {count}", kind="data_center")
    rule = Rule.objects.create(code=f"r{count}", title="Rule", check_name="orphan")
    vendor = Vendor.objects.create(code=f"v{count}", name="Vendor")
    System.objects.filter(pk=own.pk).update(vendor=vendor)
    for n in range(count):
        mark = f"{count}-{n}"
        made = System.objects.create(
            code=f"dep-{mark}", name=f"Dependant {mark}", organization=room.dhs, owner=room.people["ann"]
        )
        part = Component.objects.create(
            code=f"c-{mark}", name=f"Part {mark}", system=own, site=site, group="g"
        )
        Dependency.objects.create(system=made, provider=own, provider_component=part)
        Dependency.objects.create(
            system=own, component=part, provider=made, strength="soft", attested_by=room.people["ann"]
        )
        Environment.objects.create(system=own, name=f"e-{mark}", kind="test", site=site)
        technology = Technology.objects.create(code=f"t-{mark}", product="p", cycle=mark, end_of_life="ended")
        Stack.objects.create(system=own, technology=technology)
        Interface.objects.create(code=f"i-{mark}", name=f"Interface {mark}", system=own, other_system=other)
        SystemAlias.objects.create(system=own, alias=f"alias {mark}")
        Finding.objects.create(
            rule=rule,
            system=own,
            subject=mark,
            text="Wrong.",
            owner=room.people["ann"],
            found_on=date(2026, 1, 1),
            due_on=date(2026, 2, 1),
        )
        outage = Outage.objects.create(
            code=f"o-{mark}", title="Down", source="system", system=own, declared_at="2026-01-01T00:00Z"
        )
        OutageImpact.objects.create(outage=outage, system=own, verdict="hit")
        Rationalization.objects.create(
            system=own, assessed_on=date(2026, 1, 1) + timedelta(days=n + 10 * count)
        )


def queries(client: Client, path: str) -> int:
    with CaptureQueriesContext(connection) as seen:
        assert client.get(path).status_code == 200
    return len(seen)


@pytest.mark.parametrize("path", PAGES)
def test_queries_do_not_grow_with_what_is_there(room: Room, path: str) -> None:
    client = room.client("administrator")
    with entered(SYSTEM):
        furnish(room, 2)
    client.get(path)
    few = queries(client, path)
    with entered(SYSTEM):
        furnish(room, 9)
    assert queries(client, path) <= few, path


def test_a_hub_shows_its_first_dependants_and_a_link_to_all(room: Room) -> None:
    with entered(SYSTEM):
        made = System.objects.bulk_create(
            System(code=f"d{n}", name=f"Dependant {n:04}", organization=room.dhs, criticality="3_supporting")
            for n in range(1000)
        )
        Dependency.objects.bulk_create(Dependency(system=one, provider=room.systems["db"]) for one in made)
    response = room.client("administrator").get("/inventory/systems/db/")
    shown = words(response.content.decode())
    assert shown.count("Dependant 0") == 18, "twenty with Benefits and Sign-in before them"
    assert "All 1,002 of them" in shown
    assert 'href="/data/inventory.dependency/?provider=db"' in response.content.decode()
    assert len(response.content) < 150_000
    assert "1,001 systems that you may not see" in text_of(room.client("ben"), "/inventory/systems/db/")


def test_another_room_adds_a_section_without_the_inventory_knowing(room: Room, monkeypatch: Any) -> None:
    monkeypatch.setattr(sections, "_providers", {})

    def risks(request: HttpRequest, system: System) -> sections.Section | None:
        if system.code != "benefits":
            return None
        return sections.Section(
            "risks", "Risks", "inventory/part/agency_systems.html", {"n": 3, "critical": 1, "rows": []}
        )

    sections.register("inventory.system", risks)
    sections.register("inventory.system", risks)
    shown = text_of(room.client("administrator"), "/inventory/systems/benefits/")
    assert shown.count("Risks 3 systems, 1 of them") == 1
    assert "Risks" not in text_of(room.client("administrator"), "/inventory/systems/portal/")


def test_an_agency_page_shows_its_systems(room: Room) -> None:
    shown = text_of(room.client("administrator"), "/agencies/dhs/")
    assert "Its systems 3 systems, 2 of them essential or important" in shown
    assert "Benefits Mission essential, Ann Example" in shown


def test_both_rooms_of_the_place_are_one_click_away(room: Room) -> None:
    page = room.client("administrator").get("/inventory/").content.decode()
    rooms = page.partition('aria-label="Services &amp; systems"')[2].partition("</nav>")[0]
    assert re.findall(r'href="([^"]+)"', rooms) == ["/desk/", "/inventory/"]
    assert 'href="/inventory/" aria-current="page"' in rooms
    assert (
        'aria-label="Services &amp; systems"'
        not in room.client("administrator").get("/data/").content.decode()
    )


def test_capabilities_with_several_systems_stand_side_by_side(room: Room) -> None:
    with entered(SYSTEM):
        pay = Capability.objects.create(code="pay", name="Paying benefits")
        part = Capability.objects.create(code="pay-food", name="Food aid", parent=pay)
        System.objects.filter(code__in=["benefits", "portal", "wiki"]).update(capability=part)
        Rationalization.objects.create(
            system=room.systems["benefits"], assessed_on=date(2026, 1, 1), value=5, fitness=2
        )
    client = room.client("administrator")
    assert "Food aid, level 2 3 3 2 3 systems for one function" in text_of(client, "/inventory/capabilities/")
    side = text_of(client, "/inventory/capabilities/pay-food/")
    assert "What Benefits Client portal Wiki" in side
    assert "proposed: migrate" in side
    assert "2 systems that you may see serve it" in text_of(
        room.client("ann"), "/inventory/capabilities/pay-food/"
    )
