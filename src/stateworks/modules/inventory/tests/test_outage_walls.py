"""Whom an outage is told: who is hit learns that something failed, and only who may see what failed learns what."""

from __future__ import annotations

import datetime as dt
import io
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from stateworks.kernel.access.scope import PUBLIC, SYSTEM, entered, scope_of
from stateworks.kernel.indicators import read, runs
from stateworks.kernel.indicators.rows import rows_behind
from stateworks.kernel.indicators.specs import IndicatorSpec
from stateworks.kernel.lake.models import QuarantinedRow
from stateworks.kernel.org.models import Organization, Vendor
from stateworks.kernel.records.intake import import_records
from stateworks.kernel.records.past import event_model
from stateworks.kernel.records.search import search
from stateworks.modules.inventory import graph_store
from stateworks.modules.inventory.models import Component, Outage, OutageImpact, System
from stateworks.modules.inventory.tests.conftest import AT, Room
from stateworks.modules.inventory.tests.outage_steps import act, declared, later, say
from stateworks.modules.inventory.verbs import outages

SECRETS = ("Shared database", "Ledger vault", "INC-77123", "Sprinkler")


@pytest.fixture(autouse=True)
def no_graph_of_another_test() -> Iterator[None]:
    graph_store.forget()
    yield
    graph_store.forget()


@pytest.fixture
def flooded(room: Room) -> Outage:
    """A closed outage of the other department's database that hit a system of Human Services, and one still open."""
    outage = declared(room, title="Ledger vault under water", reference="INC-77123")
    say(room, outage, ["benefits"], "hit")
    act(room, outages.confirm, outage)
    act(room, outages.restore, outage, at=later(30))
    act(room, outages.close, outage, at=later(40), cause="Sprinkler burst")
    declared(room, title="Ledger vault under water again", reference="INC-77123")
    return outage


def words_of(content: bytes) -> str:
    """The text of an answer, a workbook unpacked."""
    if not content.startswith(b"PK"):
        return content.decode()
    with zipfile.ZipFile(io.BytesIO(content)) as book:
        return " ".join(book.read(name).decode() for name in book.namelist())


TOLD = (
    "/data/inventory.outage/?columns=code,title,system,reference,cause",
    "/data/inventory.outage/?format=csv", "/data/inventory.outage/?format=xlsx", "/data/inventory.outage/?format=json",
    "/data/inventory.outage/outage-2026-001/", "/data/inventory.outage/outage-2026-001/history/",
    "/search/?q=ledger", "/search/?q=inc-77123",
    "/api/v1/datasets/inventory.outage/rows", "/api/v1/datasets/inventory.outage/rows/outage-2026-001",
    "/api/v1/datasets/inventory.outage/rows/outage-2026-001/history", "/api/v1/search?q=ledger",
    "/inventory/outages/", "/inventory/outages/outage-2026-001/", "/inventory/", "/inventory/systems/benefits/",
    "/inventory/backtest/",
)  # fmt: skip
"""Where somebody who may see what failed reads of it."""
BESIDE = (
    "/data/inventory.outage_impact/", "/data/inventory.outage_impact/?format=csv", "/work/", "/agencies/dhs/",
    "/inventory/outages/outage-2026-001/?format=csv", "/api/v1/datasets/inventory.outage_impact/rows",
    "/data/inventory.outage/outage-2026-001/edit/",
)  # fmt: skip


def test_what_failed_is_read_by_who_may_see_it_and_by_nobody_else(room: Room, flooded: Outage) -> None:
    ann, steward = room.client("ann"), room.client("data_steward")
    for path in TOLD:
        # The path is right, and there is something to hide.
        answer = steward.get(path, follow=True)
        assert answer.status_code == 200, path
        assert any(secret in words_of(answer.content) for secret in SECRETS), path
    for path in (*TOLD, *BESIDE):
        answer = ann.get(path, follow=True)
        assert answer.status_code in (200, 403, 404), path
        assert not [secret for secret in SECRETS if secret in words_of(answer.content)], path


def test_who_is_hit_is_still_told_that_something_failed(room: Room, flooded: Outage) -> None:
    ann = room.client("ann")
    for path in (
        "/inventory/",
        "/inventory/outages/",
        "/inventory/systems/benefits/",
        "/inventory/backtest/",
    ):
        assert "Outage of a system you may not see" in ann.get(path).content.decode(), path
    own = ann.get("/data/inventory.outage_impact/?format=csv").content.decode().splitlines()
    # Benefits and the portal in both outages; of which outage is not told.
    assert [line.split(",")[:2] for line in own[1:]] == [["", "benefits"], ["", "portal"]] * 2


def test_the_database_keeps_an_outage_from_those_whom_it_does_not_concern(room: Room) -> None:
    with entered(SYSTEM):
        vendor = Vendor.objects.create(code="telco", name="Telco")
        part = Component.objects.create(
            code="benefits-db", name="Its own database", system=room.systems["benefits"]
        )
        for code, facts in (
            ("ours", {"source": "system", "system": room.systems["benefits"]}),
            ("a-part-of-ours", {"source": "component", "component": part}),
            ("theirs", {"source": "system", "system": room.systems["mail"]}),
            ("everybody", {"source": "vendor", "vendor": vendor}),
            ("hits-us", {"source": "system", "system": room.systems["mail"]}),
        ):
            made = Outage.objects.create(code=code, title=code, declared_at=AT, **facts)
            if code == "hits-us":
                OutageImpact.objects.create(outage=made, system=room.systems["benefits"])
    with entered(scope_of(room.accounts["ann"])) as scope:
        seen = {"ours", "a-part-of-ours", "everybody"}
        assert set(Outage.objects.values_list("code", flat=True)) == seen
        assert set(event_model(Outage)._default_manager.values_list("code", flat=True)) == seen
        # The search counts what it hides, and shows none of it.
        found = {one.declared.name: one for one in search("hits-us", scope)}["inventory.outage"]
        assert (found.records, found.total, found.hidden) == ((), 0, 1)
    with entered(PUBLIC):
        assert not Outage.objects.exists()


def owner(code: str) -> str:
    with entered(SYSTEM):
        return Outage.objects.values_list("organization__code", flat=True).get(code=code)


def test_an_outage_belongs_to_whom_the_failed_system_belongs(room: Room) -> None:
    with entered(SYSTEM):
        part = Component.objects.create(code="idp-db", name="Users", system=room.systems["idp"])
        vendor = Vendor.objects.create(code="telco", name="Telco")
        Outage.objects.create(
            code="whole", title="x", declared_at=AT, source="system", system=room.systems["benefits"]
        )
        Outage.objects.create(code="part", title="x", declared_at=AT, source="component", component=part)
        for code, whose in (("far", None), ("near", room.dhs)):
            Outage.objects.create(
                code=code, title="x", declared_at=AT, source="vendor", vendor=vendor, organization=whose
            )
    assert [owner(code) for code in ("whole", "part", "far", "near")] == ["dhs", "doa", "state", "dhs"]
    with entered(SYSTEM):
        System.objects.filter(code="benefits").update(organization=room.doa)
        Component.objects.filter(pk=part.pk).update(system=room.systems["portal"])
    assert [owner(code) for code in ("whole", "part", "far", "near")] == ["doa", "dhs", "state", "dhs"]
    with entered(SYSTEM):
        unit = Organization.objects.create(code="dhs-it", name="Its own IT", kind="section", parent=room.dhs)
        System.objects.filter(code="portal").update(organization=unit)
    assert owner("part") == "dhs-it"


def test_the_rows_behind_a_figure_keep_an_outage_as_the_pages_do(room: Room, flooded: Outage) -> None:
    with entered(SYSTEM):
        Outage.objects.filter(pk=flooded.pk).update(critical=True)
    spec = IndicatorSpec(plan="p", plan_version=1, code="1", measure="inventory.time_to_identify")
    run = runs.execute([spec], plan="p", plan_version=1, as_of=dt.date(2026, 11, 30), at=AT)
    value = read.value_of(run, "1", "2026-11")
    assert value is not None
    seen = {}
    for who in ("ann", "ben", "auditor"):
        with entered(scope_of(room.accounts[who])) as scope:
            found = rows_behind(value, scope, role="ended")
            seen[who] = ([row["title"] for row in found.rows], found.hidden)
    title = "Ledger vault under water"
    assert seen == {"ann": ([], 1), "ben": ([title], 0), "auditor": ([title], 0)}


def test_a_file_brings_outages_for_whom_they_belong_to(room: Room, tmp_path: Path) -> None:
    file = tmp_path / "outages.csv"
    head, rest = "code,title,source,system,declared_at", "2025-03-01T10:00:00Z"
    theirs = f"old-1,Ours was down,system,benefits,{rest}", f"old-2,Theirs was down,system,mail,{rest}"

    def load(who: str, *lines: str) -> tuple[int, int, int, int]:
        file.write_text("\n".join(lines) + "\n")
        done = import_records("inventory.outage", file, by=room.accounts[who], at=AT)
        return done.inserted, done.updated, done.unchanged, done.quarantined

    # A steward of one department says whose it is; what failed at the other he does not even see.
    assert load("keeper", head, *theirs) == (0, 0, 0, 2)
    assert load("keeper", f"{head},agency", f"{theirs[0]},dhs", f"{theirs[1]},dhs") == (1, 0, 0, 1)
    # Who answers for the whole state need not say.
    assert load("data_steward", head, *theirs) == (1, 0, 1, 0)
    assert load("data_steward", f"{head},agency", f"{theirs[0]},dhs", f"{theirs[1]},") == (0, 1, 1, 0)
    assert [owner(code) for code in ("old-1", "old-2")] == ["dhs", "doa"]
    assert load("data_steward", f"{head},agency", f"{theirs[0]},doa") == (0, 0, 0, 1)
    with entered(SYSTEM):
        reasons = list(QuarantinedRow.objects.filter(fixed_by=None).values_list("reason", flat=True))
    assert any("is that of the system that failed; leave it empty" in reason for reason in reasons)
    # What is there already he may correct, where it is his department's.
    assert load("keeper", "code,title", "old-1,Ours was gone", "old-2,Theirs was gone") == (0, 1, 0, 1)
