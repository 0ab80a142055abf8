"""Milestones, check-ins, pilots, notes: what may be done, by whom, and what is written down about it."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.db import IntegrityError, ProgrammingError, transaction

from stateworks.kernel.access.models import Account, AuditEntry
from stateworks.kernel.errors import Refused
from stateworks.kernel.plans.load import load_plan
from stateworks.kernel.plans.models import CheckIn, Milestone, MilestoneForecast, Pilot, Plan, VarianceNote
from stateworks.kernel.plans.tests.samples import SAMPLE
from stateworks.kernel.plans.verbs import (
    check_in,
    confirm_milestone,
    decide_pilot,
    finish_milestone,
    move_forecast,
    plan_pilot,
    reopen_milestone,
    start_milestone,
    write_variance_note,
)
from stateworks.kernel.plans.yaml_format import read_plan

AT = datetime(2026, 10, 15, 15, tzinfo=UTC)
CHOSEN = date(2026, 9, 20)


@pytest.fixture(autouse=True)
def plan(system: None) -> Plan:
    return load_plan(read_plan(SAMPLE), by=None, at=datetime(2026, 7, 1, tzinfo=UTC)).plan


# -- milestones


def _finish(
    key: str, by: Account, done_on: date = CHOSEN, evidence: str = "minutes of 20 September"
) -> Milestone:
    return finish_milestone("riverton", key, done_on=done_on, evidence=evidence, by=by, at=AT)


def test_a_milestone_is_finished_by_its_owner_and_confirmed_by_another(
    owner: Account, other: Account
) -> None:
    start_milestone("riverton", "portal-chosen", started_on=date(2026, 8, 1), by=owner, at=AT)
    _finish("portal-chosen", owner)
    with pytest.raises(Refused, match=r"You own “Portal is chosen”; somebody else has to confirm it"):
        confirm_milestone("riverton", "portal-chosen", by=owner, at=AT)
    done = confirm_milestone("riverton", "portal-chosen", by=other, at=AT, note="Seen.")
    assert (done.done_on, done.confirmed_by, done.confirmed_on) == (
        CHOSEN,
        "other@riverton.test",
        date(2026, 10, 15),
    )
    entry = AuditEntry.objects.get(verb="confirm milestone")
    assert (entry.subject, entry.reason, entry.before) == (
        "plan.milestone riverton portal-chosen",
        "Seen.",
        {"confirmed_by": "", "confirmed_on": None},
    )


def test_who_recorded_it_cannot_confirm_it_either(owner: Account, other: Account) -> None:
    _finish("portal-chosen", other)
    with pytest.raises(Refused, match=r"You recorded"):
        confirm_milestone("riverton", "portal-chosen", by=other, at=AT)


def test_the_database_itself_keeps_an_owner_from_confirming(owner: Account) -> None:
    _finish("portal-chosen", owner)
    with pytest.raises(IntegrityError, match=r"confirmed_by_another"), transaction.atomic():
        Milestone.objects.filter(key="portal-chosen").update(confirmed_by="owner@riverton.test")


def test_a_new_claim_or_a_reopening_ends_the_confirmation(owner: Account, other: Account) -> None:
    _finish("portal-chosen", owner)
    confirm_milestone("riverton", "portal-chosen", by=other, at=AT)
    assert _finish("portal-chosen", owner, evidence="another link").confirmed_by == ""
    confirm_milestone("riverton", "portal-chosen", by=other, at=AT)
    with pytest.raises(Refused, match=r"with a reason"):
        reopen_milestone("riverton", "portal-chosen", reason=" ", by=other, at=AT)
    again = reopen_milestone("riverton", "portal-chosen", reason="Wrong portal.", by=other, at=AT)
    assert (again.done_on, again.confirmed_by) == (None, "")


@pytest.mark.parametrize(
    ("key", "fields", "sentence"),
    [
        ("portal-lost", {}, "has no milestone “portal-lost”"),
        ("portal-chosen", {"done_on": date(2026, 10, 16)}, "2026-10-16 is in the future"),
        ("portal-chosen", {"evidence": "  "}, "needs evidence"),
        ("portal-launched", {}, "“Portal is chosen” comes before “Portal is launched” and is not done yet"),
    ],
)
def test_what_cannot_be_done_yet_is_refused(
    key: str, fields: dict[str, Any], sentence: str, owner: Account
) -> None:
    with pytest.raises(Refused, match=sentence):
        _finish(key, owner, **fields)
    assert not AuditEntry.objects.filter(verb="finish milestone").exists()


def test_the_order_of_milestones_holds_by_day(owner: Account) -> None:
    _finish("portal-chosen", owner)
    with pytest.raises(Refused, match=r"done only on 2026-09-20"):
        _finish("portal-launched", owner, done_on=date(2026, 9, 1))
    assert _finish("portal-launched", owner, done_on=date(2026, 10, 1)).done_on == date(2026, 10, 1)


def test_nothing_is_confirmed_before_it_is_done(other: Account) -> None:
    with pytest.raises(Refused, match=r"not recorded as done yet"):
        confirm_milestone("riverton", "portal-chosen", by=other, at=AT)


def test_forecasts_are_kept_and_a_later_day_needs_a_reason(owner: Account) -> None:
    with pytest.raises(Refused, match=r"2027-03-31 is later than 2026-12-31, expected so far; say why"):
        move_forecast("riverton", "portal-launched", forecast=date(2027, 3, 31), by=owner, at=AT)
    move_forecast(
        "riverton", "portal-launched", forecast=date(2027, 3, 31), note="Vendor late.", by=owner, at=AT
    )
    move_forecast("riverton", "portal-launched", forecast=date(2027, 2, 1), by=owner, at=AT)
    assert list(MilestoneForecast.objects.order_by("id").values_list("forecast", "note")) == [
        (date(2027, 3, 31), "Vendor late."),
        (date(2027, 2, 1), ""),
    ]
    assert Milestone.objects.get(key="portal-launched").forecast == date(2027, 2, 1)
    with pytest.raises(ProgrammingError, match=r"Cannot update"), transaction.atomic():
        MilestoneForecast.objects.update(note="")
    _finish("portal-chosen", owner)
    with pytest.raises(Refused, match=r"needs no forecast"):
        move_forecast("riverton", "portal-chosen", forecast=date(2027, 1, 1), by=owner, at=AT)


# -- check-ins


def test_a_check_in_is_one_a_quarter_and_the_first_word_stays_in_the_audit(owner: Account) -> None:
    check_in("riverton", "1.1.1i", quarter="FY27 Q2", confidence=8, note="Fine.", by=owner, at=AT)
    check_in("riverton", "1.1.1i", quarter="Q2 FY2027", confidence=3, blocker="No money.", by=owner, at=AT)
    made = CheckIn.objects.get()
    assert (made.quarter, made.confidence, made.note, made.blocker) == ("FY27 Q2", 3, "", "No money.")
    entry = AuditEntry.objects.filter(verb="check in").order_by("-id")[0]
    assert entry.before is not None
    assert entry.before["confidence"] == 8


@pytest.mark.parametrize(
    ("code", "quarter", "confidence", "sentence"),
    [
        ("9", "FY27 Q2", 5, "has no node 9"),
        ("1.1.1i", "FY27", 5, "for a quarter such as"),
        ("1.1.1i", "FY27 Q3", 5, "FY27 Q3 begins on 2027-01-01"),
        ("1.1.1i", "FY27 Q2", 11, "from 0 .* to 10"),
    ],
)
def test_a_check_in_that_makes_no_sense(
    code: str, quarter: str, confidence: int, sentence: str, owner: Account
) -> None:
    with pytest.raises(Refused, match=sentence):
        check_in("riverton", code, quarter=quarter, confidence=confidence, by=owner, at=AT)


# -- pilots


def test_a_pilot_is_decided_once_after_its_end(owner: Account) -> None:
    with pytest.raises(Refused, match=r"runs until 2026-10-31; before that it can only be stopped"):
        decide_pilot("riverton", "headsets", decision="continue", result="3.5 minutes", by=owner, at=AT)
    later = AT.replace(month=11)
    for fields, sentence in (
        ({"decision": "maybe", "result": "x"}, "“maybe” is no decision"),
        (
            {"decision": "stop", "result": " "},
            "needs a result: what was found, against “Mean call under 4 minutes”",
        ),
        ({"decision": "stop", "result": "x", "n": -1}, "n is -1"),
    ):
        with pytest.raises(Refused, match=sentence):
            decide_pilot("riverton", "headsets", by=owner, at=later, **fields)  # type: ignore[arg-type]
    decide_pilot("riverton", "headsets", decision="continue", result="3.5 minutes", n=40, by=owner, at=later)
    pilot = Pilot.objects.get(key="headsets")
    assert (pilot.decision, pilot.n, pilot.decided_by, pilot.decided_on) == (
        "continue", 40, "owner@riverton.test", date(2026, 11, 15),
    )  # fmt: skip
    with pytest.raises(Refused, match=r"was decided on 2026-11-15: Continue"):
        decide_pilot("riverton", "headsets", decision="stop", result="x", by=owner, at=later)


def test_a_running_pilot_can_be_stopped(owner: Account) -> None:
    assert (
        decide_pilot("riverton", "headsets", decision="stop", result="They broke.", by=owner, at=AT).decision
        == "stop"
    )


def test_a_pilot_is_planned_before_it_starts(owner: Account) -> None:
    fields: dict[str, Any] = {
        "hypothesis": "h",
        "success": "s",
        "ends": date(2026, 12, 1),
        "by": owner,
        "at": AT,
    }
    with pytest.raises(Refused, match=r"in the past; its success figure is fixed before it starts"):
        plan_pilot("riverton", "1.1", "chat", starts=date(2026, 10, 1), **fields)
    with pytest.raises(Refused, match=r"already has a pilot “headsets”"):
        plan_pilot("riverton", "1.1", "headsets", starts=date(2026, 11, 1), **fields)
    with pytest.raises(Refused, match=r"needs a success figure"):
        plan_pilot("riverton", "1.1", "chat", starts=date(2026, 11, 1), **(fields | {"success": " "}))
    assert plan_pilot("riverton", "1.1", "chat", starts=date(2026, 11, 1), **fields).code == "1.1"


# -- notes


def test_notes_are_kept_and_name_a_factor_of_the_plan(owner: Account) -> None:
    with pytest.raises(Refused, match=r"“x9” is no external factor of the plan; it has x1"):
        write_variance_note(
            "riverton", "1.1.1", period="FY27 Q1", text="Flood.", external_factor="x9", by=owner, at=AT
        )
    with pytest.raises(Refused, match=r"The note is empty"):
        write_variance_note("riverton", "1.1.1", period="FY27 Q1", text=" ", by=owner, at=AT)
    write_variance_note(
        "riverton", "1.1.1", period="FY27 Q1", text="Flood.", external_factor="x1", by=owner, at=AT
    )
    write_variance_note("riverton", "1.1.1", period="FY27 Q1", text="Flood and storm.", by=owner, at=AT)
    assert VarianceNote.objects.count() == 2
    assert VarianceNote.objects.first().text == "Flood and storm."  # type: ignore[union-attr]
