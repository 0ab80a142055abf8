"""The pages of outages and of their impact, by role, and what earlier outages look like there."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from stateworks.kernel.access.scope import SYSTEM, entered
from stateworks.kernel.org.models import Vendor
from stateworks.modules.inventory import graph_store
from stateworks.modules.inventory.backtest import back_test
from stateworks.modules.inventory.models import Dependency, System
from stateworks.modules.inventory.tests.conftest import AT, Room
from stateworks.modules.inventory.tests.outage_steps import declared


@pytest.fixture(autouse=True)
def no_graph_of_another_test() -> Iterator[None]:
    graph_store.forget()
    yield
    graph_store.forget()


def text_of(response: Any) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


def test_from_a_name_to_a_confirmed_list_in_the_browser(room: Room) -> None:
    client = room.client("administrator")
    found = client.get("/inventory/outages/declare/?q=shared").content.decode()
    assert re.search(r'value="system:db" autofocus', found)
    done = client.post("/inventory/outages/declare/", {"q": "shared", "source": "system:db"})
    assert done.status_code == 302
    page = client.get(done["Location"]).content.decode()
    ticked = re.findall(r'name="system" value="(\d+)" aria-label="[^"]+" checked', page)
    assert len(ticked) == 3
    assert client.post(done["Location"], {"do": "confirm", "system": ticked}).status_code == 302
    shown = text_of(client.get(done["Location"]))
    assert "The list was confirmed" in shown
    assert "Ann Example ann@example.org" in shown
    rows = list(csv.DictReader(io.StringIO(client.get(done["Location"] + "?format=csv").content.decode())))
    assert {row["verdict"] for row in rows} == {"hit"}


def test_pages_by_role(room: Room) -> None:
    outage = declared(room)
    address = f"/inventory/outages/{outage.code}/"
    for path in (
        "/inventory/outages/",
        "/inventory/outages/declare/",
        address,
        "/inventory/backtest/",
        "/inventory/impact/",
    ):
        assert room.client("anonymous").get(path).status_code == 302, path
    assert room.client("auditor").get("/inventory/outages/declare/").status_code == 403
    assert room.client("auditor").get(address).status_code == 200
    assert room.client("auditor").post(address, {"do": "confirm"}).status_code == 403
    assert room.client("nobody").get(address).status_code == 404
    # Human Services sees its systems, that one is hidden, and nothing of what failed.
    shown = room.client("ann").get(address).content.decode()
    assert "Benefits" in shown and "a system you may not see" in shown
    assert not {word for word in ("Shared database", "/systems/idp/", "Ben Example") if word in shown}
    listed = room.client("ann").get("/inventory/outages/").content.decode()
    assert outage.code in listed and "Shared database" not in listed
    wiki = declared(room, "wiki")
    assert wiki.code not in room.client("ann").get("/inventory/outages/").content.decode()
    assert room.client("ann").get(f"/inventory/outages/{wiki.code}/").status_code == 404


def test_the_page_says_what_is_wrong_at_the_field(room: Room) -> None:
    outage = declared(room)
    address = f"/inventory/outages/{outage.code}/"
    client = room.client("administrator")
    for data, words in (
        ({"do": "hit"}, "Tick the systems first"), ({"do": "add", "add": "no such"}, "There is no system"),
        ({"do": "restore", "restored_at": "yesterday"}, "Write the time as"), ({"do": "cancel"}, "Say why"),
        ({"do": "nonsense"}, "Press one of the buttons"),
    ):  # fmt: skip
        answer = client.post(address, data)
        assert answer.status_code == 400 and words in text_of(answer), data
    assert client.post(address, {"do": "add", "add": "wiki"}).status_code == 302


def test_drills_stand_apart(room: Room) -> None:
    drill = declared(room, drill=True)
    assert drill.code == "drill-2026-001"
    client = room.client("auditor")
    assert drill.code not in client.get("/inventory/outages/").content.decode()
    assert drill.code in client.get("/inventory/outages/?drills=1").content.decode()


def test_pages_ask_a_constant_number_of_questions(room: Room, django_assert_max_num_queries: Any) -> None:
    from django.test.utils import CaptureQueriesContext

    def count(path: str) -> int:
        client = room.client("administrator")
        client.get(path)
        with CaptureQueriesContext(connection) as queries:
            assert client.get(path).status_code == 200
        return len(queries)

    first = declared(room)
    paths = ("/inventory/outages/", f"/inventory/outages/{first.code}/", "/inventory/impact/?of=db")
    few = [count(path) for path in paths]
    with entered(SYSTEM):
        for at in range(12):
            made = System.objects.create(
                code=f"s{at}", name=f"System {at}", organization=room.dhs, owner=room.people["ann"]
            )
            Dependency.objects.create(system=made, provider=room.systems["db"])
    second = declared(room)
    paths = ("/inventory/outages/", f"/inventory/outages/{second.code}/", "/inventory/impact/?of=db")
    assert [count(path) for path in paths] == few
    assert max(few) < 40


def test_the_impact_page_lists_draws_and_offers(room: Room) -> None:
    client = room.client("auditor")
    shown = client.get("/inventory/impact/?of=db").content.decode()
    assert "When Shared database fails, 3 systems stop and 0 systems get worse." in shown
    assert '"from": "system:' in shown and "dagre" in shown
    only = text_of(client.get("/inventory/impact/?of=mail&hard=1"))
    assert "No system fits" in only
    offered = client.get("/inventory/impact/?of=share").content.decode()
    assert "?of=db&amp;kind=system" in offered
    assert "Client portal" in text_of(client.get("/inventory/impact/?of=db&agency=dhs"))
    rows = list(
        csv.DictReader(io.StringIO(client.get("/inventory/impact/?of=db&format=csv").content.decode()))
    )
    assert [row["system"] for row in rows] == ["benefits", "idp", "portal"]
    # Not drawn: what one may not see.
    with entered(SYSTEM):
        vendor = Vendor.objects.create(code="acme", name="Acme")
        System.objects.filter(code="db").update(vendor=vendor, hosting="saas")
    hidden = room.client("ann").get("/inventory/impact/?of=acme").content.decode()
    assert not {
        word
        for word in ("Shared database", "/systems/idp/", f'system:{room.systems["db"].pk}"')
        if word in hidden
    }
    assert '"hidden:vendor:' in hidden


def test_earlier_outages_load_from_files_and_hold_to_the_rules(room: Room, tmp_path: Path) -> None:
    from stateworks.kernel.lake.models import QuarantinedRow
    from stateworks.kernel.records.intake import import_records

    outages_file, impacts_file = tmp_path / "outages.csv", tmp_path / "impacts.csv"
    outages_file.write_text(
        "code,title,source,system,declared_at,identified_at,restored_at,closed_at\n"
        "old-1,Database lost,system,db,2025-03-01T10:00:00Z,2025-03-01T10:40:00Z,2025-03-01T12:00:00Z,2025-03-02T09:00:00Z\n"
        "old-2,Nothing named,system,,2025-03-01T10:00:00Z,,,\n"
        "old-3,Known before it was declared,system,db,2025-03-01T10:00:00Z,2025-03-01T09:00:00Z,,\n"
        "old-4,Closed unknown,system,db,2025-03-01T10:00:00Z,,,2025-03-01T12:00:00Z\n"
    )
    impacts_file.write_text(
        "outage,system,predicted,verdict,decided_at\nold-1,benefits,false,hit,2025-03-01T10:30:00Z\n"
    )
    by = room.accounts["administrator"]
    with entered(SYSTEM):
        done = import_records("inventory.outage", outages_file, by=by, at=AT)
        assert (done.inserted, done.quarantined) == (1, 3)
        reasons = " ".join(QuarantinedRow.objects.values_list("reason", flat=True))
        again = import_records("inventory.outage", outages_file, by=by, at=AT)
        assert (again.inserted, again.updated, again.unchanged) == (0, 0, 1)
        assert import_records("inventory.outage_impact", impacts_file, by=by, at=AT).inserted == 1
    for words in ("Name what failed", "after the outage is declared", "after its impact is confirmed"):
        assert words in reasons
    shown = text_of(room.client("auditor").get("/inventory/outages/old-1/"))
    assert "40 min" in shown and "not foretold" in shown and "Loaded from a file" in shown
    with entered(SYSTEM) as scope:
        assert [one.system.code for one in back_test(scope).missing] == []
