"""The goal language: phrases as offices write them, read as figures, and every doubt named."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stateworks.kernel.indicators.targets import Target
from stateworks.kernel.plans.goals import GoalReading, read_goal
from stateworks.kernel.plans.words import word_set

START, END = date(2027, 7, 1), date(2032, 6, 30)


def read(phrase: str, name: str = "") -> GoalReading:
    return read_goal(phrase, name=name, plan_start=START, plan_end=END)


def short(target: Target) -> dict[str, Any]:
    """Return a target's JSON without what is null or usual."""
    return {
        key: value for key, value in target.to_json().items() if value is not None and value != "committed"
    }


def codes(reading: GoalReading) -> list[str]:
    return [finding.code for finding in reading.findings]


PERCENT = {"unit": "percent"}
MILESTONE = {"unit": "milestone"}

READINGS: list[tuple[str, str, list[dict[str, Any]]]] = [
    # name, goal, targets
    (
        "Average rating score on a 5 point scale",
        "≥ 4.2",
        [{"comparator": ">=", "value": 4.2, "unit": "score"}],
    ),
    ("Percentage of calls solved at once", "70%", [{"comparator": ">=", "value": 70, **PERCENT}]),
    ("Percentage of laptops patched", "100%", [{"comparator": "=", "value": 100, **PERCENT}]),
    ("Share of forms online", ">85%", [{"comparator": ">", "value": 85, **PERCENT}]),
    ("Uptime", "99.96%", [{"comparator": ">=", "value": 99.96, **PERCENT}]),
    ("Average time to answer", "≤ 15 minutes", [{"comparator": "<=", "value": 15, "unit": "minute"}]),
    ("Average time to answer", "15 minutes", [{"comparator": "<=", "value": 15, "unit": "minute"}]),
    (
        "Days to approve",
        "10 business days or less",
        [{"comparator": "<=", "value": 10, "unit": "business day"}],
    ),
    ("Error rate of invoices", "2%", [{"comparator": "<=", "value": 2, **PERCENT}]),
    ("Vacancies reclassified", "50%", [{"comparator": ">=", "value": 50, **PERCENT}]),
    (
        "Number of board meetings held",
        "≥ 4 (one per quarter)",
        [
            {"comparator": ">=", "value": 4, "unit": "count", "per": "year"},
            {"comparator": ">=", "value": 1, "unit": "count", "per": "quarter"},
        ],
    ),
    (
        "Number of people at clinics",
        "≥ 40 distinct visitors per quarter (across 8 separate towns)",
        [
            {"comparator": ">=", "value": 40, "unit": "visitor", "per": "quarter"},
            {"comparator": ">=", "value": 8, "unit": "town", "per": "quarter"},
        ],
    ),
    ("Trainings", "9 courses / year", [{"comparator": ">=", "value": 9, "unit": "course", "per": "year"}]),
    ("Trainings", "two / quarter", [{"comparator": ">=", "value": 2, "unit": "count", "per": "quarter"}]),
    ("Trainings", "at least three workshops", [{"comparator": ">=", "value": 3, "unit": "workshop"}]),
    ("Trainings", "20+ per year", [{"comparator": ">=", "value": 20, "unit": "count", "per": "year"}]),
    (
        "Number of open days",
        "5 open days in FY28; more each later year",
        [
            {"comparator": ">=", "value": 5, "unit": "open day", "by": "2028-06-30"},
            {"comparator": ">", "per": "year", "change": {"direction": "up", "relative": None, "from": None}},
        ],
    ),
    (
        "Net Promoter Score",
        "NPS >30 in FY28",
        [{"comparator": ">", "value": 30, "unit": "score", "by": "2028-06-30"}],
    ),
    ("Dashboard created", "In production by end of Q1 FY28", [{**MILESTONE, "by": "2027-09-30"}]),
    ("Dashboard created", "In production by start of Q1 FY28", [{**MILESTONE, "by": "2027-07-01"}]),
    ("Dashboard created", "Launched by FY28 Q2", [{**MILESTONE, "by": "2027-12-31"}]),
    ("Method", "Method published by Q3 of FY 2028-29", [{**MILESTONE, "by": "2029-03-31"}]),
    ("Method", "before the end of Q1 in FY29", [{**MILESTONE, "by": "2028-09-30"}]),
    ("Method", "before FY29", [{**MILESTONE, "by": "2028-06-30"}]),
    ("Method", "done by 15 March 2029", [{**MILESTONE, "by": "2029-03-15"}]),
    ("Method", "done by 2029-03-15", [{**MILESTONE, "by": "2029-03-15"}]),
    (
        "Increase the response rate",
        "5%",
        [
            {
                "comparator": ">=",
                "value": 5,
                **PERCENT,
                "change": {"direction": "up", "relative": None, "from": None},
            }
        ],
    ),
    (
        "Reduction of contractor posts each FY",
        "10%",
        [
            {
                "comparator": ">=",
                "value": 10,
                **PERCENT,
                "per": "year",
                "change": {"direction": "down", "relative": None, "from": None},
            }
        ],
    ),
    (
        "Reduction in the average number of days to hire",
        "≥ 3 days",
        [
            {
                "comparator": ">=",
                "value": 3,
                "unit": "day",
                "change": {"direction": "down", "relative": False, "from": None},
            }
        ],
    ),
    (
        "Share of forms online",
        "from 60% to 75% by the end of FY29",
        [
            {
                "comparator": ">=",
                "value": 15,
                "unit": "percentage point",
                "by": "2029-06-30",
                "change": {"direction": "up", "relative": False, "from": 60},
            }
        ],
    ),
    (
        "",
        "increase participation by 10-20 percent",
        [
            {
                "comparator": ">=",
                "value": 10,
                **PERCENT,
                "change": {"direction": "up", "relative": None, "from": None},
            },
            {
                "level": "stretch",
                "comparator": ">=",
                "value": 20,
                **PERCENT,
                "change": {"direction": "up", "relative": None, "from": None},
            },
        ],
    ),
    ("Increase the response rate", "to 45%", [{"comparator": ">=", "value": 45, **PERCENT}]),
    (
        "Percentage of libraries with a guide",
        "45% of staffed libraries meet this baseline",
        [{"comparator": ">=", "value": 45, **PERCENT, "of": "staffed libraries"}],
    ),
    (
        "Percentage of staff trained",
        "55% of desk and field staff complete the course",
        [{"comparator": ">=", "value": 55, **PERCENT, "of": "desk and field staff"}],
    ),
    (
        "Pipelines",
        "35% have at least one test job; 15% have alarms",
        [
            {"comparator": ">=", "value": 35, **PERCENT, "of": "at least one test job"},
            {"comparator": ">=", "value": 15, **PERCENT, "of": "alarms"},
        ],
    ),
    (
        "Frequency of releases",
        "Start with figures from 35% of pipelines; no target yet",
        [{"comparator": ">=", "value": 35, **PERCENT, "of": "pipelines"}, {"baseline": "no target yet"}],
    ),
    (
        "Average time from request to advice",
        "Launch the desk and keep an average of 12 business days",
        [MILESTONE, {"comparator": "<=", "value": 12, "unit": "business day"}],
    ),
    (
        "Number of records and drawings",
        "Write and print 7 records and 3 network drawings",
        [
            {"comparator": ">=", "value": 7, "unit": "record"},
            {"comparator": ">=", "value": 3, "unit": "network drawing"},
        ],
    ),
    (
        "Satisfaction of teams",
        "Hold one staff survey; baseline only",
        [{"comparator": ">=", "value": 1, "unit": "staff survey"}, {"baseline": "baseline only"}],
    ),
    ("Late rework", "Not scored in Year 1; collect lessons learned", [{"level": "learning"}]),
    (
        "Complaints before and after a ferry starts",
        "Follow 4–6 new ferries to establish a baseline",
        [{"of": "4-6 new ferries", "baseline": "establish a baseline"}],
    ),
    (
        "Time to name the bridges closed",
        "Pilot a drill; answer within 2 hours for top 20 bridges",
        [MILESTONE, {"comparator": "<=", "value": 2, "unit": "hour", "of": "top 20 bridges"}],
    ),
    (
        "Share of agencies that use the portal",
        "100% use within 6 weeks of opening day",
        [
            {
                "comparator": "=",
                "value": 100,
                **PERCENT,
                "within": {"n": 6, "unit": "week", "event": "opening day"},
            }
        ],
    ),
    (
        "Average ≤ 5% failed changes, measured monthly",
        "80%",
        [{"comparator": ">=", "value": 80, **PERCENT, "of": "months"}],
    ),
    (
        "",
        "50-75 percent of Departments",
        [
            {"comparator": ">=", "value": 50, **PERCENT, "of": "Departments"},
            {"level": "stretch", "comparator": ">=", "value": 75, **PERCENT, "of": "Departments"},
        ],
    ),
    ("", "all departments", [{"comparator": "=", "value": 100, **PERCENT, "of": "departments"}]),
    (
        "",
        "test the top 10 critical systems",
        [{"comparator": "=", "value": 10, "unit": "critical system", "of": "top 10"}],
    ),
    ("", "finish Port Phase 1-3 and Dock Phase 1-2", [{"comparator": "=", "value": 5, "unit": "phase"}]),
    (
        "",
        "Year 1: 25%; Year 2: 50%",
        [
            {"comparator": ">=", "value": 25, **PERCENT, "by": "2028-06-30"},
            {"comparator": ">=", "value": 50, **PERCENT, "by": "2029-06-30"},
        ],
    ),
    (
        "",
        "75%; stretch: 90%",
        [
            {"comparator": ">=", "value": 75, **PERCENT},
            {"level": "stretch", "comparator": ">=", "value": 90, **PERCENT},
        ],
    ),
    ("", "no more than 5% of invoices", [{"comparator": "<=", "value": 5, **PERCENT, "of": "invoices"}]),
    ("", "$1.5 million", [{"comparator": ">=", "value": 1_500_000, "unit": "dollar"}]),
    ("", "zero outages", [{"comparator": "=", "value": 0, "unit": "outage"}]),
    ("", "TBD", [{"baseline": "TBD"}]),
]


@pytest.mark.parametrize(("name", "goal", "expected"), READINGS, ids=[f"{n}|{g}" for n, g, _ in READINGS])
def test_a_phrase_reads_as_its_targets(name: str, goal: str, expected: list[dict[str, Any]]) -> None:
    assert [short(target) for target in read(goal, name).targets] == expected


@pytest.mark.parametrize(
    ("name", "goal", "expected"),
    [
        ("Percentage of calls solved", "70%", ["goal.no-comparator"]),
        ("Percentage of calls solved", "≥ 70%", []),
        ("Percentage of laptops patched", "100%", []),
        ("Average time to answer", "≤ 15 minutes", ["goal.mean-or-median"]),
        ("Median time to answer", "≤ 15 minutes", []),
        (
            "Increase the response rate",
            "5%",
            ["goal.no-comparator", "goal.percent-or-points", "goal.no-baseline"],
        ),
        ("Reduction in the number of days to hire", "≥ 3 days", ["goal.no-baseline"]),
        ("Share of forms online", "from 60% to 75%", []),
        ("Average ≤ 5% failed changes", "80%", ["goal.two-figures", "goal.no-comparator"]),
        ("Share of towns", "≥ 40-60%", ["goal.two-figures"]),
        ("Pipelines", "at least 25% have tests; at least 10% have delivery", ["goal.several-targets"]),
        ("Dashboard created", "In production by end of Q1 FY27", ["goal.before-plan"]),
        ("Dashboard created", "In production by Q1 FY28", ["goal.start-or-end"]),
        ("Dashboard created", "In production in FY28", []),
        ("Dashboard created", "In production by end of FY34", ["goal.after-plan"]),
        ("Dashboard created", "soonish", ["goal.unparsed"]),
        ("Dashboard created", "", ["goal.unparsed"]),
        ("Dashboard created", "meet this baseline", ["goal.unparsed"]),
        ("Board meetings held", "≥ 4 (one per quarter)", []),
    ],
)
def test_each_doubt_is_a_finding(name: str, goal: str, expected: list[str]) -> None:
    assert codes(read(goal, name)) == expected


def test_a_finding_names_the_reading_and_the_alternatives() -> None:
    finding = next(f for f in read("In production by Q1 FY28").findings if f.code == "goal.start-or-end")
    assert "2027-09-30" in finding.suggestion
    assert "2027-07-01" in finding.suggestion
    assert finding.severity == "info"
    bare = read("70%", "Percentage of calls solved").findings[0]
    assert bare.severity == "warning"
    assert ">= 70 %" in bare.suggestion
    assert "at most" in bare.suggestion


def test_a_plain_count_without_comparison_is_only_a_remark() -> None:
    assert read("15 systems").findings[0].severity == "info"


def test_fiscal_years_follow_their_start_month() -> None:
    assert read_goal("by end of FY28", fiscal_year_start_month=10).targets[0].by == date(2028, 9, 30)
    assert read_goal("by end of FY28", fiscal_year_start_month=1).targets[0].by == date(2028, 12, 31)
    assert read_goal("by end of Q1 FY28", fiscal_year_start_month=10).targets[0].by == date(2027, 12, 31)
    assert read_goal("by end of FY28").targets[0].by == date(2028, 6, 30)


def test_year_one_needs_a_plan() -> None:
    assert read_goal("25% in Year 1").targets[0].by is None
    assert read("25% in Year 1").targets[0].by == date(2028, 6, 30)


def test_a_phrase_too_long_to_be_a_goal_is_unparsed() -> None:
    reading = read("at least 5 " * 500)
    assert reading.targets == ()
    assert codes(reading) == ["goal.unparsed"]


def test_numbers_print_exactly() -> None:
    assert read("99.96%").targets[0].value == Decimal("99.96")
    assert read("1,500 sites").targets[0].to_json()["value"] == 1500
    assert repr(read("≥ 4.0").targets[0].to_json()["value"]) == "4.0"
    assert codes(read("1234567890.123456789%")) == ["goal.unparsed"]


WORDS = st.sampled_from(
    sorted(
        word_set(
            "≥ ≤ > < 5 10% 99.96 1-3 (one per quarter ) by FY28 Q1 of end start the and ; , . from to between $ million"
            " days increase reduce baseline no target yet all every top 10 Phase 1-3 within 4 months launch stretch:"
            " Year 1 across 8 agencies one two / year + or more less 2029-02-31 30 February 2029 FY26-FY28 [ ]"
        )
    )
)


@settings(max_examples=400, deadline=None)
@given(st.one_of(st.text(max_size=200), st.lists(WORDS, max_size=25).map(" ".join)), st.text(max_size=60))
def test_reading_never_raises(phrase: str, name: str) -> None:
    reading = read_goal(phrase, name=name, plan_start=START, plan_end=END)
    assert reading.phrase == phrase
    assert bool(reading.targets) or "goal.unparsed" in codes(reading)
    for target in reading.targets:
        assert Target.from_json(target.to_json()) == target
        assert target.in_words()


@pytest.mark.parametrize(
    ("phrase", "words"),
    [
        ("≥ 75% of agencies by end of FY28", "at least 75 % of agencies by 30 June 2028"),
        ("no target yet", "find the baseline first"),
        ("9 courses / year", "at least 9 courses each year"),
        ("40 people per quarter", "at least 40 people each quarter"),
        ("done by end of FY28", "done by 30 June 2028"),
    ],
)
def test_a_target_can_be_said_in_words(phrase: str, words: str) -> None:
    assert read(phrase).targets[0].in_words() == words
