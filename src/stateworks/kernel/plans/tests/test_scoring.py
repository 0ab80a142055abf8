"""Running a plan: reported values, milestones and maturity are judged; what nothing measures says so."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from django.conf import settings

from stateworks.kernel.access.models import Account
from stateworks.kernel.indicators.models import Run, Statement, Verdict
from stateworks.kernel.indicators.read import history, verdicts
from stateworks.kernel.indicators.remaking import Asked
from stateworks.kernel.indicators.specs import PROMISE
from stateworks.kernel.indicators.verify import verify
from stateworks.kernel.lake.engines import DUCKDB
from stateworks.kernel.plans.load import load_plan, plan_named
from stateworks.kernel.plans.maturity import Met, assess_maturity
from stateworks.kernel.plans.models import Plan
from stateworks.kernel.plans.reporting import report_value
from stateworks.kernel.plans.scoring import run_plan
from stateworks.kernel.plans.specs import specs_of
from stateworks.kernel.plans.tests.samples import SAMPLE
from stateworks.kernel.plans.verbs import confirm_milestone, finish_milestone
from stateworks.kernel.plans.yaml_format import read_plan

START = datetime(2026, 7, 1, 12, tzinfo=UTC)
AT = datetime(2027, 1, 12, 15, tzinfo=UTC)
YEAR_END = date(2026, 12, 31)


@pytest.fixture
def plan(system: None) -> Plan:
    return load_plan(
        read_plan(SAMPLE.replace("desk.first_contact_resolution", "desk.nowhere")), by=None, at=START
    ).plan


def _run(as_of: date = YEAR_END, at: datetime = AT, known_at: datetime | None = None) -> dict[str, Verdict]:
    run = run_plan("riverton", as_of=as_of, known_at=known_at, at=at)
    assert isinstance(run, Run)
    assert (run.plan, run.plan_version, run.as_of) == ("riverton", 1, as_of)
    return verdicts(run)


def test_every_indicator_has_a_verdict_or_says_why_not(plan: Plan) -> None:
    found = _run()
    assert sorted(found) == ["1.1.1", "1.1.2", "1.1.3", "go1.k1"]
    assert found["1.1.2"].standing == "not_measured"
    assert all(verdict.why for verdict in found.values())


def test_reported_values_are_judged_and_labelled(plan: Plan, owner: Account) -> None:
    # Four a year and one in each closed quarter: Q1 had two, Q2 none, so the second target is missed for good.
    report_value("riverton", "1.1.2", "FY27 Q1", 2, by=owner, at=AT)
    report_value("riverton", "1.1.2", "FY27 Q2", 0, by=owner, at=AT)
    verdict = _run()["1.1.2"]
    assert (verdict.standing, verdict.attainment) == ("reported", "missed")
    assert verdict.why.startswith("Reported, not computed.")


def test_what_was_known_then_is_asked_of_then(plan: Plan, owner: Account) -> None:
    report_value("riverton", "1.1.2", "FY27 Q1", 1, by=owner, at=AT)
    later = AT.replace(day=20)
    report_value("riverton", "1.1.2", "FY27 Q1", 3, by=owner, at=later)
    version = plan_named("riverton").current
    assert version is not None

    def value(known_at: datetime | None) -> list[float]:
        specs = {spec.code: spec for spec in specs_of(version, known_at=known_at)}
        return [point.value for point in specs["1.1.2"].reported]

    assert value(None) == [3.0]
    assert value(AT) == [1.0]
    assert value(START) == []


def test_a_milestone_counts_once_another_confirmed_it(plan: Plan, owner: Account, other: Account) -> None:
    assert _run(date(2027, 1, 5))["1.1.3"].attainment == "missed"
    finish_milestone(
        "riverton", "portal-chosen", done_on=date(2026, 9, 20), evidence="minutes", by=owner, at=AT
    )
    finish_milestone(
        "riverton", "portal-launched", done_on=date(2026, 12, 20), evidence="address", by=owner, at=AT
    )
    unconfirmed = _run(date(2027, 1, 5))["1.1.3"]
    assert (unconfirmed.attainment, "nobody else has confirmed" in unconfirmed.why) == ("pending", True)
    confirm_milestone("riverton", "portal-chosen", by=other, at=AT)
    confirm_milestone("riverton", "portal-launched", by=other, at=AT)
    verdict = _run(date(2027, 1, 5))["1.1.3"]
    assert (verdict.standing, verdict.attainment) == ("scored", "met")
    # The milestone of the initiative (phones-bought) belongs to another place and is not counted here.
    assert verdict.n == 2


MIXED = SAMPLE.replace("desk.first_contact_resolution", "desk.nowhere").replace(
    """              - {comparator: '>=', value: 4, unit: session, per: year}
              - {comparator: '>=', value: 1, unit: session, per: quarter}
            unit: session
            cumulative: true
""",
    """              - {unit: milestone, of: first session}
              - {comparator: '>=', value: 1, unit: session}
            unit: session
            milestones:
              - {key: first-session, name: The first session is held, due: 2026-12-31}
""",
)


def test_a_milestone_beside_a_figure_is_judged_kept_and_made_again(
    system: None, owner: Account, other: Account
) -> None:
    load_plan(read_plan(MIXED), by=None, at=START)
    assert _run()["1.1.2"].standing == "not_measured"
    report_value("riverton", "1.1.2", "FY27 Q1", 2, by=owner, at=AT)
    early = _run(date(2026, 11, 30))["1.1.2"]
    assert (early.attainment, early.value, early.datasets.keys()) == ("pending", 2, {"plan.milestone"})
    assert "First session: not done yet; expected by 2026-12-31." in early.why
    assert _run(date(2027, 1, 5))["1.1.2"].attainment == "missed"
    finish_milestone(
        "riverton", "first-session", done_on=date(2026, 12, 20), evidence="minutes", by=owner, at=AT
    )
    waiting = _run(date(2027, 1, 5))["1.1.2"]
    assert "First session: " in waiting.why and "nobody else has confirmed it" in waiting.why
    confirm_milestone("riverton", "first-session", by=other, at=AT)
    run = run_plan("riverton", as_of=date(2027, 1, 5), at=AT)
    done = verdicts(run)["1.1.2"]
    assert (done.attainment, done.value) == ("met", 2)
    assert "First session: done on 2026-12-20." in done.why
    # The milestone is evidence like any other figure: it is stored under its own name and can be made again.
    assert [one.value for one in history(run, "1.1.2", "month", figure="milestone")][-2:] == [1.0, 1.0]
    again = run_plan("riverton", as_of=date(2027, 1, 5), at=AT)
    assert verdicts(again)["1.1.2"].why == done.why
    assert not again.statements.filter(indicator="1.1.2").exists()
    checked = verify(at=AT)
    assert (checked.different, checked.skipped) == (0, 0)
    # From its measure, too, as `verify` does for figures of another engine.
    statement = Statement.objects.filter(indicator="1.1.2", figure=PROMISE).select_related("run").latest("id")
    statement.run.engine = "another"
    asked = Asked.of(statement, DUCKDB)
    assert asked is not None
    assert asked.sql == statement.sql


def test_maturity_is_the_level_below_the_lowest_unmet_criterion(plan: Plan, owner: Account) -> None:
    assert _run()["go1.k1"].value == 1
    met = Met(date(2026, 11, 1), "link")
    assess_maturity("riverton", "go1", {"go1-level-2-1": met, "go1-level-3-1": met}, by=owner, at=AT)
    assert _run()["go1.k1"].value == 2
    assess_maturity("riverton", "go1", {"go1-level-3-2": Met(date(2026, 12, 1), "link")}, by=owner, at=AT)
    verdict = _run()["go1.k1"]
    assert (verdict.value, verdict.attainment) == (3, "met")


def test_the_bundled_plans_run_with_a_word_on_each_line(system: None) -> None:
    for name, lines, milestones in (("louisiana-ots", 63, 6), ("massachusetts-eotss", 99, 16)):
        content = read_plan((Path(settings.PLANS_FOLDER) / f"{name}.yaml").read_bytes())
        load_plan(content, by=None, at=START)
        run = run_plan(name, as_of=date(2026, 10, 31), at=datetime(2026, 11, 2, tzinfo=UTC))
        found = verdicts(run)
        assert len(found) == lines
        assert all(verdict.why for verdict in found.values())
        assert sum(1 for verdict in found.values() if verdict.measure == "plan.milestone") == milestones
        standings = {code: (verdict.measure, verdict.standing) for code, verdict in found.items()}
        assert all(
            standing in (("scored", "no_data", "baseline") if measure else ("not_measured",))
            for measure, standing in standings.values()
        ), standings
