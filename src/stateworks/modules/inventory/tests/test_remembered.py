"""Counts and pages are remembered until a table changes, for whoever sees the same, and are never old or another's."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.db import connection, transaction
from django.http import QueryDict
from django.test.utils import CaptureQueriesContext

from stateworks.kernel.access.models import Account, Grant
from stateworks.kernel.access.scope import SYSTEM, Scope, entered, scope_of, visible
from stateworks.kernel.records import answers, clock
from stateworks.kernel.records.answers import Answers
from stateworks.kernel.records.query import asked
from stateworks.kernel.records.types import record_type
from stateworks.modules.inventory.models import Dependency, System
from stateworks.modules.inventory.tests.conftest import Room, built


@pytest.fixture(autouse=True)
def nothing_remembered() -> Iterator[None]:
    answers.forget()
    yield
    answers.forget()


def listed(scope: Scope, address: str = "", name: str = "inventory.dependency") -> tuple[int, int, int]:
    """What a list's page says: rows on it, how many there are in all, how many are hidden."""
    with entered(scope) as seen:
        page = asked(record_type(name), QueryDict(address), seen)
        return len(page.rows), page.total, page.hidden


def statements(scope: Scope, address: str = "") -> list[str]:
    with CaptureQueriesContext(connection) as captured:
        listed(scope, address)
    return [one["sql"] for one in captured.captured_queries]


def counts(scope: Scope, address: str = "") -> int:
    return sum("COUNT(*)" in one for one in statements(scope, address))


@pytest.mark.django_db(transaction=True)
def test_a_list_counts_once_for_a_version_and_never_shows_an_old_one() -> None:
    with entered(SYSTEM):
        room = built()
    # Of six dependencies four belong to Human Services (benefits 3, portal 2 = 5), one to Administration (idp).
    whole, agency = scope_of(room.accounts["auditor"]), scope_of(room.accounts["ann"])
    assert counts(whole) > 0
    assert (listed(whole), listed(agency)) == ((6, 6, 0), (5, 5, 1))
    assert (counts(whole), counts(agency)) == (0, 0)
    # Another account that sees the same organizations is given the same answer, one that sees others its own.
    assert counts(scope_of(room.accounts["planner"])) == 0
    assert listed(scope_of(room.accounts["ben"])) == (1, 1, 5)
    with entered(SYSTEM):
        Dependency.objects.create(system=room.systems["wiki"], provider=room.systems["db"])
        # Nobody else sees it yet; who made it does.
        assert listed(SYSTEM)[1] == 7
    assert (listed(whole), listed(agency)) == ((7, 7, 0), (5, 5, 2))
    # A system that moves to another agency takes its dependencies along, though no row of theirs has changed.
    with entered(SYSTEM):
        System.objects.filter(code="portal").update(organization=room.doa)
    assert (listed(whole), listed(agency)) == ((7, 7, 0), (3, 3, 4))
    # What is rolled back has moved no clock.
    with entered(SYSTEM):
        before = clock.read()
    with entered(SYSTEM):
        System.objects.filter(code="portal").update(organization=room.dhs)
        transaction.set_rollback(True)
    with entered(SYSTEM):
        assert clock.read() == before
    assert listed(agency) == (3, 3, 4)
    # A grant that is given changes what is seen without a change to any of these tables.
    with entered(SYSTEM):
        Grant.objects.create(
            account=room.accounts["ann"], role="auditor", organization=room.doa, since="2024-01-01"
        )
    assert listed(agency) == (7, 7, 0)


@pytest.mark.django_db(transaction=True)
def test_clocks_take_in_their_older_marks_and_show_the_same_sum() -> None:
    def marks() -> int:
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM records_mark WHERE about = 'inventory_system'")
            return int(cursor.fetchone()[0])

    with entered(SYSTEM):
        built()
        shown = clock.read().shown["inventory_system"]
    for _ in range(70):
        with entered(SYSTEM):
            System.objects.filter(code="wiki").update(users=1)
    with entered(SYSTEM):
        assert clock.read().shown["inventory_system"] == shown + 70
    # Every 32nd mark takes in the others.
    assert marks() <= 33


@pytest.mark.django_db(transaction=True)
def test_only_answers_that_can_be_told_to_be_old_are_kept() -> None:
    with entered(SYSTEM):
        room = built()
    asked_times: list[str] = []

    def accounts(scope: Scope) -> int:
        asked_times.append("accounts")
        return Account.objects.count()

    def systems(scope: Scope) -> int:
        asked_times.append("systems")
        return visible(System.objects.all(), scope, "organization").count()

    for _ in range(2):
        with entered(scope_of(room.accounts["ann"])) as scope:
            # Accounts tell nobody of their changes.
            assert Answers(scope).of(accounts) == len(room.accounts)
            assert Answers(scope).of(systems) == 3
            assert Answers(scope).of_everything(systems) == 7
            assert Answers(scope).count(System.objects.none()) == 0
            assert Answers(scope).read(
                System.objects.order_by("code").values_list("code", flat=True)[:1]
            ) == ("benefits",)
    assert asked_times.count("accounts") == 2
    assert asked_times.count("systems") == 2, "once of what the account sees and once of everything"
    # A scope that was not entered is asked each time: the answer would be filed under the wrong eyes.
    with entered(SYSTEM):
        Answers(scope_of(room.accounts["ann"])).of(systems)
        Answers(scope_of(room.accounts["ann"])).of(systems)
    assert asked_times.count("systems") == 4


def test_every_table_that_tells_changes_has_its_trigger(db: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.relname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid WHERE t.tgname = %s",
            [clock.TRIGGER],
        )
        assert {name for (name,) in cursor.fetchall()} == clock.told()
    assert {"inventory_system", "inventory_finding", "org_person", "org_organizationclosure"} <= clock.told()


@pytest.mark.parametrize(
    "sort", ["", "sort=provider", "sort=-provider", "sort=system", "sort=-strength,system"]
)
@pytest.mark.parametrize("who", ["auditor", "ann"])
def test_pages_from_behind_are_those_from_before(room: Room, who: str, sort: str) -> None:
    with entered(SYSTEM):
        for at in range(7):
            made = System.objects.create(code=f"s-{at}", name=f"S {at}", organization=room.dhs)
            Dependency.objects.create(
                system=made,
                provider=room.systems["db" if at % 2 else "portal"],
                strength="soft" if at % 3 else "hard",
            )
    with entered(scope_of(room.accounts[who])) as scope:
        whole = asked(record_type("inventory.dependency"), QueryDict(sort), scope)
        order = [row["pk"] for row in whole.rows]
        assert len(order) == whole.total == (13 if who == "auditor" else 12)
        paged = []
        for number in range(1, 1 - (-whole.total // 2)):
            page = asked(record_type("inventory.dependency"), QueryDict(f"{sort}&page={number}"), scope)
            page.page_rows = 2
            paged += [row["pk"] for row in page.rows]
    assert paged == order


def test_a_search_with_more_than_a_few_hits_counts_the_same(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    def found(few: int) -> tuple[list[str], int, int]:
        monkeypatch.setattr("stateworks.kernel.records.matching.FEW_FOUND", few)
        monkeypatch.setattr("stateworks.kernel.records.query.FEW_FOUND", few)
        with entered(scope_of(room.accounts["ann"])) as scope:
            page = asked(record_type("inventory.system"), QueryDict("q=o"), scope)
            return [row["code"] for row in page.rows], page.total, page.hidden

    # Of Benefits, Client portal and Forms two have an o; four more systems are out of reach, whatever is searched for.
    assert found(2_000) == found(1) == (["forms", "portal"], 2, 4)


def test_a_filter_with_very_many_values_is_typed(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("stateworks.kernel.records.matching.MOST_CHOICES", 2)
    page = room.client("auditor").get("/data/inventory.dependency/?system=idp&system=portal").content.decode()
    typed = '<input class="usa-input" id="x-system{}" name="system" value="{}">'
    assert typed.format("", "idp") in page and typed.format("-2", "portal") in page
    assert '<input class="usa-input" id="x-provider" name="provider" value="">' in page
    assert "Rows 1 to 3 of 3" in page
