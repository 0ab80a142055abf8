"""Grades, what the rule makes of them, what people decide, and the pages for it."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied

from stateworks.kernel.access.scope import SYSTEM, entered, scope_of
from stateworks.kernel.errors import Refused
from stateworks.modules.inventory.models import Rationalization, Stack, System, Technology
from stateworks.modules.inventory.rationalizing import latest, proposal, proposed, suggestions, with_evidence
from stateworks.modules.inventory.tests.conftest import AT, TODAY, Room
from stateworks.modules.inventory.tests.test_system_page import text_of
from stateworks.modules.inventory.verbs import rationalizing as verbs


@pytest.mark.parametrize(
    ("value", "fitness", "expected"),
    [
        (5, 5, "invest"), (3, 3, "invest"), (3, 2, "migrate"), (5, 1, "migrate"), (2, 3, "tolerate"), (1, 5, "tolerate"),
        (2, 2, "eliminate"), (1, 1, "eliminate"), (None, 3, ""), (3, None, ""),
    ],
)  # fmt: skip
def test_the_rule_in_python_and_in_the_database(
    room: Room, value: int | None, fitness: int | None, expected: str
) -> None:
    assert proposed(value, fitness) == expected
    with entered(SYSTEM):
        Rationalization.objects.create(
            system=room.systems["wiki"], assessed_on=TODAY, value=value, fitness=fitness
        )
        assert Rationalization.objects.annotate(proposal=proposal()).get().proposal == expected


def test_a_loaded_proposal_stands(room: Room) -> None:
    with entered(SYSTEM):
        Rationalization.objects.create(
            system=room.systems["wiki"], assessed_on=TODAY, value=5, fitness=5, proposed="tolerate"
        )
        assert Rationalization.objects.annotate(proposal=proposal()).get().proposal == "tolerate"


def test_the_newest_judgement_counts(room: Room) -> None:
    with entered(SYSTEM):
        for code, days, value in (("wiki", 9, 1), ("wiki", 2, 4), ("idp", 5, 3)):
            Rationalization.objects.create(
                system=room.systems[code], assessed_on=TODAY - timedelta(days=days), value=value, fitness=3
            )
        found = latest(Rationalization.objects.all()).values_list("system__code", "value")
        assert sorted(found) == [("idp", 3), ("wiki", 4)]


def test_what_records_suggest(room: Room) -> None:
    """Benefits: essential; on ended technology, unwatched, no single sign-on: 5 - 2 - 1 - 1; risk 1 + ended + no restore."""
    with entered(SYSTEM):
        ended = Technology.objects.create(code="x-1", product="x", cycle="1", end_of_life="ended")
        Stack.objects.create(system=room.systems["benefits"], technology=ended)
        found = suggestions(with_evidence(System.objects.filter(code="benefits"), TODAY).get())
    assert {name: one.grade for name, one in found.items()} == {"value": 5, "fitness": 1, "risk": 3}
    assert "built on technology without support" in found["fitness"].why


def test_a_person_judges_and_decides(room: Room) -> None:
    planner = room.accounts["planner"]
    with entered(scope_of(planner)):
        row = verbs.assess("wiki", value=2, fitness=1, risk=4, annual_cost_cents=12_000_00, by=planner, at=AT)
        assert (row.proposed, row.decided) == ("eliminate", "")
        done = verbs.decide(
            "wiki", decided="migrate", reason="Its pages are needed", target_on=date(2027, 6, 30), successor="portal",
            by=planner, at=AT,
        )  # fmt: skip
        assert (done.decided, done.decided_on, done.decided_by, done.successor.code) == (
            "migrate", TODAY, planner, "portal",
        )  # fmt: skip
        with pytest.raises(Refused, match="decided today already"):
            verbs.assess("wiki", value=5, fitness=5, by=planner, at=AT)
        later = verbs.assess("wiki", value=5, fitness=5, by=planner, at=AT + timedelta(days=1))
        assert later.proposed == "invest"
        assert Rationalization.objects.count() == 2


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"decided": "sell"}, "no disposition"), ({"reason": " "}, "needs its reason"),
        ({"target_on": date(2026, 1, 1)}, "is past"), ({"successor": "wiki"}, "from itself"),
        ({"successor": "nix"}, "no system nix"),
    ],
)  # fmt: skip
def test_a_decision_that_cannot_be(room: Room, fields: dict[str, Any], sentence: str) -> None:
    planner = room.accounts["planner"]
    with entered(scope_of(planner)):
        with pytest.raises(Refused, match="has not been judged yet"):
            verbs.decide("wiki", decided="invest", reason="x", by=planner, at=AT)
        verbs.assess("wiki", value=3, fitness=3, by=planner, at=AT)
        with pytest.raises(Refused, match=sentence):
            verbs.decide("wiki", **({"decided": "invest", "reason": "x"} | fields), by=planner, at=AT)
        assert Rationalization.objects.get().decided == ""


def test_who_may_decide(room: Room) -> None:
    for who in ("data_steward", "auditor", "ben"):
        with entered(scope_of(room.accounts[who])), pytest.raises(PermissionDenied):
            verbs.assess("wiki", value=3, fitness=3, by=room.accounts[who], at=AT)


def test_grades_that_cannot_be(room: Room) -> None:
    planner = room.accounts["planner"]
    with entered(scope_of(planner)):
        for fields, sentence in (
            ({"value": 6, "fitness": 1}, "from 1 to 5"), ({"value": None, "fitness": 1}, "without both"),
            ({"value": 1, "fitness": 1, "annual_cost_cents": -1}, "not negative"),
        ):  # fmt: skip
            with pytest.raises(Refused, match=sentence):
                verbs.assess("wiki", **fields, by=planner, at=AT)


def test_the_form_judges_and_decides_and_keeps_what_was_typed(room: Room) -> None:
    client = room.client("planner")
    path = "/inventory/systems/wiki/assess/"
    wrong = client.post(path, {"do": "assess", "value": "4", "fitness": "2", "cost": "12k"})
    assert wrong.status_code == 400
    page = wrong.content.decode()
    assert "“12k” is no amount" in page
    assert 'value="12k"' in page
    assert '<option value="4" selected>' in page
    assert (
        client.post(path, {"do": "assess", "value": "4", "fitness": "2", "cost": "$1,250.50"}).status_code
        == 302
    )
    assert "The rule proposes: migrate; nobody has decided" in text_of(client, path)
    assert "$1,250.50 a year" in text_of(client, path)
    refused = client.post(path, {"do": "decide", "decided": "migrate", "reason": "", "successor": "portal"})
    assert refused.status_code == 400
    assert 'value="portal"' in refused.content.decode()
    fine = {"do": "decide", "decided": "migrate", "reason": "Old", "successor": "portal"}
    assert client.post(path, fine).status_code == 302
    shown = text_of(client, "/inventory/rationalization/")
    assert "Migrate 1 1 0" in shown
    assert "6 of 7 systems that you may see are not judged yet." in shown
    # Ben sees his Wiki, and not the system of another department that takes over.
    theirs = text_of(room.client("ben"), "/inventory/rationalization/")
    assert "a system you may not see takes over" in theirs
    assert "Client portal" not in theirs
    listed = client.get("/inventory/rationalization/?format=csv&decided=migrate").content.decode()
    assert listed.splitlines()[1].startswith("wiki,Wiki,doa,,4,2,,125050,migrate,migrate,")
    assert client.get("/inventory/rationalization/?decided=none&format=csv").content.decode().count("\n") == 1
    assert room.client("auditor").post(path, fine).status_code == 403
