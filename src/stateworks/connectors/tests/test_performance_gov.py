"""Performance.gov: the goals as a tree, the targets as indicators, the quarters as reported values."""

from __future__ import annotations

import datetime as dt
import gzip
import json

import pytest

from stateworks.connectors.performance_gov import recognise
from stateworks.kernel.access.scope import SYSTEM, entered
from stateworks.kernel.errors import Refused
from stateworks.kernel.indicators.targets import Target
from stateworks.kernel.plans.document import Result
from stateworks.kernel.plans.file_results import load_with_results
from stateworks.kernel.plans.files import PlanFile, PlanRead, read_files
from stateworks.kernel.plans.importer import missing_lines

AT = dt.datetime(2026, 11, 2, 15, tzinfo=dt.UTC)


def goal(goal_id: str, goal_type: str, name: str, **more: str) -> dict[str, str]:
    plain = {
        "date_start_fy": "#N/A", "date_end_fy": "#N/A", "goal_type": goal_type, "goal_id": goal_id, "goal_name": name,
        "goal_status": "#N/A", "Quarter_and_FY": "#REF!", "fiscal_year": "22", "organization_abbreviation": "DOH",
        "organization_name": "Department of Harbors", "sg_id": "", "so_id": "", "apg_id": "", "leaders4": "",
    }  # fmt: skip
    return plain | more


def target(quarter: str, current: str, **more: str) -> dict[str, str]:
    plain = {
        "fiscal_yr": "2022", "fiscal_qtr": quarter, "related_goal_id": "001APG2201", "related_goal": "Open berths",
        "target": "Open 40 berths", "indicator_type": "Measurable increase", "indicator": "Number of berths\r\nopen ",
        "related_owner": "DOH", "value_start": "0", "value_target": "40", "value_current": current,
        "progress_pct_target_status": "Target not met", "progress_threshold": "", "progress_completions": "",
    }  # fmt: skip
    return plain | more


GOALS = [
    goal("001SG2211", "SG", "Calm water", sg_id="1", so_id="1.1", goal_description="Build a breakwater"),
    goal("001SG2212", "SG", "Calm waters", sg_id="1", so_id="1.2", goal_description="Watch the tide"),
    goal(
        "001APG2201", "APG", "Open berths", apg_id="1", date_start_fy="2022", date_end_fy="2023", goal_status="On Track",
        goal_description="By September 2023 there are forty.", leaders4="somebody",
    ),
    {"Update": ""},
]  # fmt: skip
DOWN = {
    "indicator": "Percent of ships late",
    "indicator_type": "Measurable decrease",
    "value_target": "5",
    "target": "Fewer late",
}
OPEN = {
    "indicator": "Sailors' trust",
    "indicator_type": "Target undefined",
    "value_target": "",
    "target": "Learn it",
}
DONE = {
    "indicator": "Pilot book",
    "indicator_type": "Complete milestone",
    "value_target": "1",
    "target": "Print it",
}
TARGETS = [
    target("1", "12"),
    target("2", "20.5", progress_pct_target_status="Target met"),
    target("2", "21"),
    target("3", ""),
    target("1", "7.5", **DOWN),
    target("2", "140", **DOWN),
    target("4", "88", **OPEN),
    target("4", "1", progress_completions="Target met: Milestone completed", **DONE),
    {"fiscal_yr": ""},
]


def files(*pairs: tuple[str, object], packed: bool = False) -> list[PlanFile]:
    found = []
    for name, rows in pairs:
        data = json.dumps(rows, indent="\t").encode()
        found.append(
            PlanFile(f"{name}.json.gz" if packed else f"{name}.json", gzip.compress(data) if packed else data)
        )
    return found


@pytest.fixture(scope="module")
def read() -> PlanRead:
    return read_files(files(("target", TARGETS), ("goals", GOALS), packed=True))


def test_the_goals_are_a_tree(read: PlanRead) -> None:
    plan = read.content
    assert plan is not None
    assert (plan.slug, plan.starts, plan.ends) == (
        "performance-gov-2022",
        dt.date(2021, 10, 1),
        dt.date(2023, 9, 30),
    )
    assert plan.fiscal_year_start_month == 10
    tree = [
        (node.code, node.level, node.title, parent.code if parent else "")
        for node, parent in plan.every_node()
    ]
    assert tree == [
        ("DOH", "agency", "Department of Harbors", ""),
        ("DOH.1", "goal", "Calm water", "DOH"),
        ("001SG2211", "objective", "Build a breakwater", "DOH.1"),
        ("001SG2212", "objective", "Watch the tide", "DOH.1"),
        ("001APG2201", "priority_goal", "Open berths", "DOH"),
    ]


def test_targets_are_the_file_s_own_figures(read: PlanRead) -> None:
    assert read.content is not None
    berths, late, trust, book = [one for one, _, _ in read.content.every_indicator()]
    assert (berths.code, berths.name, berths.goal, berths.unit) == (
        "001APG2201.1", "Number of berths open", "Open 40 berths", "count",
    )  # fmt: skip
    assert berths.targets == (Target(comparator=">=", value=40, unit="count"),)
    assert (late.targets[0].comparator, late.targets[0].value, late.direction, late.unit) == (
        "<=",
        5,
        "down",
        "percent",
    )
    assert trust.targets == (Target(baseline="no target yet"),)
    assert (book.targets[0].value, book.unit, book.measure) == (1, "completion", "")


def test_quarters_are_values_and_what_is_left_is_listed(read: PlanRead) -> None:
    told = [(one.code[-1], one.period, one.value, one.note) for one in read.document.results]
    assert told == [
        ("1", "FY22 Q1", 12.0, "Published as: Target not met."),
        ("1", "FY22 Q2", 20.5, "Published as: Target met."),
        ("2", "FY22 Q1", 7.5, "Published as: Target not met."),
        ("2", "FY22 Q2", 140.0, "Published as: Target not met."),
        ("3", "FY22 Q4", 88.0, "Published as: Target not met."),
        ("4", "FY22 Q4", 1.0, "Published as: Target met: Milestone completed."),
    ]
    reasons = {entry.text: entry.reason for entry in read.document.unplaced}
    assert (
        reasons["Value of 001APG2201.1 in FY2022 Q2: 21"] == "a second row for FY22 Q2, with another figure"
    )
    assert reasons["Status of 001APG2201: On Track"].startswith("the agency's own word")
    assert "leaders4, in 1 goals" in reasons
    assert missing_lines(read.document) == []


def test_each_file_may_be_read_alone() -> None:
    alone = read_files(files(("target", TARGETS))).content
    assert alone is not None
    assert [(node.code, node.title) for node, _ in alone.every_node()] == [
        ("DOH", "DOH"),
        ("001APG2201", "Open berths"),
    ]
    assert len(list(alone.every_indicator())) == 4
    goals = read_files(files(("goals", GOALS)))
    assert goals.content is not None
    assert (len(list(goals.content.every_indicator())), goals.document.results) == (0, [])


@pytest.mark.django_db
def test_the_same_files_again_change_nothing(read: PlanRead) -> None:
    assert read.content is not None
    with entered(SYSTEM):
        version, reported = load_with_results(read.content, read.document.results, by=None, at=AT)
        # A share of 140 % cannot be.
        assert (reported.new, len(reported.refused)) == (5, 1)
        again, unmoved = load_with_results(read.content, read.document.results, by=None, at=AT)
        assert (again.pk, unmoved.new, unmoved.unchanged) == (version.pk, 0, 5)
        changed = [Result("001APG2201.1", "FY22 Q1", 13.0)]
        assert load_with_results(read.content, changed, by=None, at=AT)[1].changed == 1


def test_other_files_are_not_taken_for_these() -> None:
    assert recognise(files(("goals", GOALS), ("target", TARGETS)))
    assert recognise(files(("rows", [{"a": 1}]))) is None
    assert recognise([PlanFile("cut.json.gz", gzip.compress(b"[" * 90_000)[:40])]) is None
    with pytest.raises(
        Refused, match=r"a\.json, b\.json are several files that do not make one plan.*Performance\.gov"
    ):
        read_files(files(("a", [{"a": 1}]), ("b", [])))
    with pytest.raises(Refused, match=r"goals2\.json is a second file of goals"):
        read_files(files(("goals", GOALS), ("goals2", GOALS)))
    broken = files(("goals", GOALS))[0]
    with pytest.raises(Refused, match=r"goals\.json, line \d+: this is no complete JSON"):
        read_files([PlanFile(broken.name, broken.data[:-20])])
