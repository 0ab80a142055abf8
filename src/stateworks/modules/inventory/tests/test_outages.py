"""The outage clock: declare, decide, confirm, restore, close, cancel; who may, who is told, and two people at once."""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Iterator
from typing import Any

import pytest
from django.core import mail
from django.core.exceptions import PermissionDenied
from django.db import connection

from stateworks.kernel.access.models import AuditEntry
from stateworks.kernel.access.scope import SYSTEM, entered, scope_of
from stateworks.kernel.errors import Refused
from stateworks.kernel.obligations import registered
from stateworks.kernel.org.models import Appointment
from stateworks.modules.inventory import graph_store
from stateworks.modules.inventory.models import Dependency, OutageImpact, System
from stateworks.modules.inventory.outage_letters import wait_for_letters
from stateworks.modules.inventory.tests.conftest import TODAY, Room, built
from stateworks.modules.inventory.tests.outage_steps import act, declared, later, say, verdicts
from stateworks.modules.inventory.verbs import outages


@pytest.fixture(autouse=True)
def no_graph_of_another_test() -> Iterator[None]:
    graph_store.forget()
    yield
    graph_store.forget()


def test_the_time_to_identify_runs_from_declared_to_confirmed(room: Room) -> None:
    outage = declared(room)
    assert (outage.code, outage.title, outage.critical) == (
        "outage-2026-001",
        "Shared database is down",
        False,
    )
    with entered(SYSTEM):
        rows = list(OutageImpact.objects.filter(outage=outage).order_by("hops", "system__code").values_list(
            "system__code", "strength", "hops", "predicted", "verdict"))  # fmt: skip
        via = OutageImpact.objects.get(outage=outage, system__code="benefits").via
        edge = Dependency.objects.get(system__code="benefits", provider__code="db").pk
    assert rows == [
        ("benefits", "hard", 1, True, "candidate"), ("idp", "hard", 1, True, "candidate"),
        ("portal", "hard", 2, True, "candidate"),
    ]  # fmt: skip
    assert via == [edge]
    assert say(room, outage, ["benefits", "idp"], "hit") == 2
    confirmed = act(room, outages.confirm, outage)
    assert confirmed.identified_at - confirmed.declared_at == dt.timedelta(minutes=7)
    # A second confirmation, by somebody else and later, does not move the first.
    again = act(room, outages.confirm, outage, who="data_steward", at=later(30))
    assert (again.identified_at, again.identified_by) == (later(7), room.accounts["administrator"])
    # Later corrections are heard, and the time stays.
    say(room, outage, ["portal"], "hit", at=later(40))
    with entered(SYSTEM):
        outage.refresh_from_db()
    assert (outage.identified_at, verdicts(outage)["portal"]) == (later(7), "hit")


def test_the_graph_is_frozen_when_declared(room: Room) -> None:
    outage = declared(room)
    with entered(SYSTEM):
        Dependency.objects.create(system=room.systems["wiki"], provider=room.systems["db"])
        Dependency.objects.filter(system=room.systems["benefits"], provider=room.systems["db"]).delete()
    assert set(verdicts(outage)) == {"benefits", "idp", "portal"}
    assert outage.graph_version is not None


def test_it_is_critical_when_it_touches_one_of_the_ten_most_critical(room: Room) -> None:
    with entered(SYSTEM):
        System.objects.filter(code="portal").update(critical_rank=10)
        System.objects.filter(code="benefits").update(critical_rank=11)
    outage = declared(room)
    assert not outage.critical
    say(room, outage, ["benefits"], "hit")
    act(room, outages.confirm, outage)
    with entered(SYSTEM):
        outage.refresh_from_db()
    assert not outage.critical
    say(room, outage, ["portal"], "hit")
    with entered(SYSTEM):
        outage.refresh_from_db()
    assert outage.critical
    assert declared(room, "portal").critical


def test_who_may_decide_and_confirm(room: Room) -> None:
    outage = declared(room)
    # The liaison of Human Services speaks for its systems alone; the other's he cannot even see.
    assert say(room, outage, ["benefits"], "spared", who="ann") == 1
    with pytest.raises(Refused, match="no candidates"):
        say(room, outage, ["idp"], "hit", who="ann")
    with pytest.raises(PermissionDenied, match="may not say whether Benefits"):
        say(room, outage, ["benefits"], "hit", who="auditor")
    with pytest.raises(PermissionDenied, match="may not confirm"):
        act(room, outages.confirm, outage, who="ann")
    with pytest.raises(PermissionDenied):
        # A steward of Human Services, of a failure in Administration.
        act(room, outages.confirm, outage, who="keeper")
    with pytest.raises(PermissionDenied):
        declared(room, who="auditor")
    assert verdicts(outage) == {"benefits": "spared", "idp": "candidate", "portal": "candidate"}


def test_an_owner_decides_by_name_whatever_his_role(room: Room) -> None:
    with entered(SYSTEM):
        account = room.accounts["auditor"]
        account.person = room.people["ben"]
        account.save()
    outage = declared(room)
    assert say(room, outage, ["idp"], "hit", who="auditor") == 1


def test_a_system_the_graph_did_not_name_is_added(room: Room) -> None:
    outage = declared(room)
    act(room, outages.add_system, outage, system=room.systems["wiki"], note="Users called")
    with entered(SYSTEM):
        row = OutageImpact.objects.get(outage=outage, system__code="wiki")
    assert (row.predicted, row.verdict, row.note, row.hops) == (False, "hit", "Users called", None)
    # Named already: it is simply affected.
    act(room, outages.add_system, outage, system=room.systems["portal"])
    assert verdicts(outage)["portal"] == "hit"
    with pytest.raises(Refused, match="what failed"):
        act(room, outages.add_system, outage, system=room.systems["db"])
    with pytest.raises(Refused):
        act(room, outages.add_system, outage, who="ann", system=room.systems["mail"])


def test_a_decision_is_taken_back(room: Room) -> None:
    outage = declared(room)
    say(room, outage, ["benefits"], "hit")
    say(room, outage, ["benefits"], "candidate")
    with entered(SYSTEM):
        row = OutageImpact.objects.get(outage=outage, system__code="benefits")
    assert (row.verdict, row.decided_at, row.decided_by) == ("candidate", None, None)


def test_an_outage_ends_in_order(room: Room) -> None:
    outage = declared(room)
    with pytest.raises(Refused, match="Confirm the list"):
        act(room, outages.close, outage)
    act(room, outages.confirm, outage)
    with pytest.raises(Refused, match="restored before closing"):
        act(room, outages.close, outage)
    with pytest.raises(Refused, match="after it began"):
        act(room, outages.restore, outage, restored_at=later(-1))
    act(room, outages.restore, outage, at=later(50), restored_at=later(45))
    closed = act(room, outages.close, outage, at=later(60), cause="A full disk")
    assert (closed.restored_at, closed.closed_at, closed.cause) == (later(45), later(60), "A full disk")
    for verb, more in ((outages.confirm, {}), (outages.cancel, {"reason": "x"}), (outages.restore, {})):
        with pytest.raises(Refused, match="closed"):
            act(room, verb, outage, **more)


def test_a_mistake_is_cancelled_with_a_reason(room: Room) -> None:
    outage = declared(room, who="planner")
    with pytest.raises(Refused, match="Say why"):
        act(room, outages.cancel, outage, who="planner", reason=" ")
    act(room, outages.cancel, outage, who="planner", reason="Wrong system")
    with pytest.raises(Refused, match="cancelled"):
        say(room, outage, ["benefits"], "hit")
    with entered(SYSTEM):
        entry = AuditEntry.objects.get(verb="cancel outage")
    assert (entry.actor, entry.reason) == (room.accounts["planner"], "Wrong system")


def test_everything_is_on_the_audit_record(room: Room) -> None:
    outage = declared(room)
    say(room, outage, ["benefits"], "hit", note="Confirmed by phone")
    act(room, outages.confirm, outage)
    with entered(SYSTEM):
        entries = list(
            AuditEntry.objects.filter(subject="inventory.outage outage-2026-001").order_by("id")
            .values_list("verb", "at", "reason", "after")
        )  # fmt: skip
    assert entries[0][3]["candidates"] == 3
    assert entries[1:] == [
        ("say affected", later(3), "Confirmed by phone", {"benefits": "hit"}),
        ("confirm impact", later(7), "", {"affected": 1, "critical": False}),
    ]


def test_owners_and_liaisons_are_told_each_of_his_own(
    room: Room, django_capture_on_commit_callbacks: Any
) -> None:
    with entered(SYSTEM):
        Appointment.objects.create(
            person=room.people["cleo"], organization=room.dhs, role="it_liaison", since=TODAY
        )
    with django_capture_on_commit_callbacks(execute=True):
        declared(room)
    wait_for_letters()
    letters = {letter.to[0]: letter for letter in mail.outbox}
    assert set(letters) == {"ann@example.org", "ben@example.org", "cleo@example.org"}
    assert "Benefits" in letters["ann@example.org"].body
    assert "Sign-in" not in letters["ann@example.org"].body
    # Ann's role does not reach the database: she learns that something failed, not what.
    assert "Shared database" not in letters["ann@example.org"].subject
    assert "Shared database" in letters["ben@example.org"].subject


def test_it_stands_on_the_work_page_of_who_has_to_judge(room: Room) -> None:
    outage = declared(room)
    with entered(scope_of(room.accounts["ann"])):
        owed = [one for one in registered(TODAY, "ann@example.org") if one.kind == "outage"]
    assert [(one.code, one.url) for one in owed] == [(outage.code, f"/inventory/outages/{outage.code}/")]
    assert "2 systems of yours" in owed[0].what
    say(room, outage, ["benefits", "portal"], "hit")
    with entered(scope_of(room.accounts["ann"])):
        assert not [one for one in registered(TODAY, "ann@example.org") if one.kind == "outage"]


@pytest.mark.django_db(transaction=True)
def test_two_people_at_once_confirm_once_and_lose_nothing() -> None:
    with entered(SYSTEM):
        room = built()
    outage = declared(room)
    codes = ["benefits", "idp", "portal"]
    together, failed = threading.Barrier(3), []

    def work(place: int, who: str) -> None:
        try:
            together.wait(timeout=30)
            say(room, outage, [codes[place]], "hit", who=who, at=later(2 + place))
            act(room, outages.confirm, outage, who=who, at=later(5 + place))
        except Exception as error:  # noqa: BLE001
            failed.append(error)
        finally:
            connection.close()

    people = ("administrator", "data_steward", "administrator")
    threads = [threading.Thread(target=work, args=(place, who)) for place, who in enumerate(people)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    with entered(SYSTEM):
        outage.refresh_from_db()
        assert AuditEntry.objects.filter(verb="confirm impact").count() == 1
    assert outage.identified_at in {later(5), later(6), later(7)}
    assert verdicts(outage) == dict.fromkeys(codes, "hit")
