"""Binding measures and naming people: new versions, and the days they answer for."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from stateworks.kernel.access.models import Account
from stateworks.kernel.errors import Refused
from stateworks.kernel.plans.amendments import bind_measure, name_people
from stateworks.kernel.plans.load import load_plan, plan_named, version_on
from stateworks.kernel.plans.models import Indicator, Plan
from stateworks.kernel.plans.tests.samples import SAMPLE
from stateworks.kernel.plans.yaml_format import read_plan

AT = datetime(2026, 11, 2, 15, tzinfo=UTC)


@pytest.fixture(autouse=True)
def plan(system: None) -> Plan:
    return load_plan(read_plan(SAMPLE), by=None, at=datetime(2026, 7, 1, tzinfo=UTC)).plan


def _row(code: str) -> Indicator:
    current = plan_named("riverton").current
    assert current is not None
    return current.indicators.get(code=code)


def test_the_first_measure_answers_for_earlier_days_too(plan: Plan, owner: Account) -> None:
    version = bind_measure(
        "riverton", "1.1.2", "plan.milestones_done", filters={"owner": "a"}, by=owner, at=AT
    )
    assert (version.number, version.effective_on) == (2, date(2026, 7, 1))
    assert version_on(plan, date(2026, 8, 1)) == version
    assert (_row("1.1.2").measure, _row("1.1.2").filters) == ("plan.milestones_done", {"owner": "a"})
    assert version.note == "1.1.2 is computed by plan.milestones_done."


def test_another_measure_answers_from_today(plan: Plan, owner: Account) -> None:
    version = bind_measure("riverton", "1.1.3", "plan.milestones_done", by=owner, at=AT)
    assert version.effective_on == date(2026, 11, 2)
    assert version_on(plan, date(2026, 11, 1)).number == 1


def test_a_measure_of_a_key_result_of_the_maturity_model(owner: Account) -> None:
    bind_measure("riverton", "go1.k1", "", by=owner, at=AT)
    assert _row("go1.k1").measure == ""


def test_what_does_not_exist_is_refused(owner: Account) -> None:
    with pytest.raises(Refused, match=r"no measure “plan.milestons”.*plan.milestone"):
        bind_measure("riverton", "1.1.2", "plan.milestons", by=owner, at=AT)
    with pytest.raises(Refused, match=r"no parameter “kind”"):
        bind_measure("riverton", "1.1.2", "plan.milestone", parameters={"kind": "x"}, by=owner, at=AT)
    with pytest.raises(Refused, match=r"no indicator 1.9.9"):
        bind_measure("riverton", "1.9.9", "plan.milestone", by=owner, at=AT)
    assert plan_named("riverton").versions.count() == 1


def test_people_are_named_on_indicators_and_nodes(plan: Plan, owner: Account) -> None:
    version = name_people(
        "riverton", "1.1.2", owner="new@riverton.test", approver="boss@riverton.test", by=owner, at=AT
    )
    row = _row("1.1.2")
    assert (row.owner, row.steward, row.approver) == ("new@riverton.test", "", "boss@riverton.test")
    assert version.effective_on == date(2026, 7, 1)
    name_people("riverton", "1.1", owner="head@riverton.test", by=owner, at=AT)
    current = plan_named("riverton").current
    assert current is not None
    assert current.nodes.get(code="1.1").owner == "head@riverton.test"
    with pytest.raises(Refused, match=r"no steward or approver"):
        name_people("riverton", "1.1", steward="s@riverton.test", by=owner, at=AT)
    with pytest.raises(Refused, match=r"no indicator 8"):
        name_people("riverton", "8", owner="s@riverton.test", by=owner, at=AT)
