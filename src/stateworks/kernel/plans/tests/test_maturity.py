"""The level rule and the recording of criteria."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from stateworks.kernel.access.models import Account, AuditEntry
from stateworks.kernel.errors import Refused
from stateworks.kernel.plans.load import load_plan
from stateworks.kernel.plans.maturity import Met, add_criterion, assess_maturity, level_of
from stateworks.kernel.plans.models import MaturityCriterion, Plan
from stateworks.kernel.plans.tests.samples import SAMPLE
from stateworks.kernel.plans.yaml_format import read_plan

AT = datetime(2026, 10, 15, 15, tzinfo=UTC)
MET = Met(date(2026, 10, 1), "link")


@pytest.mark.parametrize(
    ("criteria", "level"),
    [
        # (level, met on); the day asked about is 15 October.
        ([], 1),
        ([(2, None)], 1),
        ([(2, date(2026, 10, 15))], 2),
        ([(2, date(2026, 10, 16))], 1),
        ([(2, date(2026, 1, 1)), (3, None)], 2),
        ([(2, date(2026, 1, 1)), (3, date(2026, 1, 1)), (3, None)], 2),
        # A met criterion above an unmet one does not lift the level.
        ([(2, None), (3, date(2026, 1, 1))], 1),
        # Nothing is asked for level 2, so an unmet level 3 means level 2.
        ([(3, None)], 2),
        ([(2, date(2026, 1, 1)), (4, date(2026, 1, 1))], 4),
    ],
)
def test_the_level_is_the_one_below_the_lowest_unmet(
    criteria: list[tuple[int, date | None]], level: int
) -> None:
    rows = [MaturityCriterion(level=of, met_on=met_on) for of, met_on in criteria]
    assert level_of(rows, date(2026, 10, 15)) == level


@pytest.fixture
def plan(system: None) -> Plan:
    return load_plan(read_plan(SAMPLE), by=None, at=datetime(2026, 7, 1, tzinfo=UTC)).plan


def test_an_assessment_records_what_is_met_and_returns_the_level(plan: Plan, owner: Account) -> None:
    assert (
        assess_maturity("riverton", "go1", {"go1-level-2-1": MET, "go1-level-3-1": MET}, by=owner, at=AT) == 2
    )
    assert assess_maturity("riverton", "go1", {"go1-level-3-2": MET}, by=owner, at=AT) == 3
    with pytest.raises(Refused, match=r"was met on 2026-10-01; say why it no longer is"):
        assess_maturity("riverton", "go1", {"go1-level-2-1": None}, by=owner, at=AT)
    assert (
        assess_maturity("riverton", "go1", {"go1-level-2-1": None}, by=owner, at=AT, reason="Dissolved.") == 1
    )
    entry = AuditEntry.objects.filter(verb="assess maturity").order_by("-id")[0]
    assert (entry.before, entry.after, entry.reason) == (
        {"go1-level-2-1": "2026-10-01"},
        {"go1-level-2-1": None, "level": 1},
        "Dissolved.",
    )


def test_an_assessment_is_all_or_nothing(plan: Plan, owner: Account) -> None:
    for found, sentence in (
        ({"go1-level-2-1": MET, "go1-level-9-9": MET}, "has no criterion “go1-level-9-9”"),
        ({"go1-level-2-1": MET, "go1-level-3-1": Met(date(2026, 10, 16), "x")}, "in the future"),
        ({"go1-level-2-1": MET, "go1-level-3-1": Met(date(2026, 10, 1), " ")}, "needs evidence"),
    ):
        with pytest.raises(Refused, match=sentence):
            assess_maturity("riverton", "go1", found, by=owner, at=AT)
    assert not MaturityCriterion.objects.filter(met_on__isnull=False).exists()
    with pytest.raises(Refused, match=r"no maturity criteria for go9"):
        assess_maturity("riverton", "go9", {}, by=owner, at=AT)


def test_an_office_adds_criteria_of_its_own(plan: Plan, owner: Account) -> None:
    add_criterion("riverton", "go1", "go1-own", level=2, text="Data has owners", by=owner, at=AT)
    assert assess_maturity("riverton", "go1", {"go1-level-2-1": MET}, by=owner, at=AT) == 1
    for code, key, level, text, sentence in (
        ("1.1", "k", 2, "t", "no growth opportunity 1.1"),
        ("go1", "go1-own", 2, "t", "already has a criterion"),
        ("go1", "k", 1, "t", "Everybody stands on level 1"),
        ("go1", "k", 2, " ", "The criterion is empty"),
    ):
        with pytest.raises(Refused, match=sentence):
            add_criterion("riverton", code, key, level=level, text=text, by=owner, at=AT)
