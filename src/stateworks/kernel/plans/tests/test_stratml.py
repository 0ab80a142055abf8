"""StratML: valid files out, lenient reading, the same bytes after a round trip, and nothing that XML can do to a reader."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime

import pytest

from stateworks.kernel.errors import Refused
from stateworks.kernel.indicators.targets import MILESTONE, Target
from stateworks.kernel.plans.content import NodeContent, PlanContent
from stateworks.kernel.plans.document import Result
from stateworks.kernel.plans.file_results import load_with_results
from stateworks.kernel.plans.importer import missing_lines
from stateworks.kernel.plans.stratml.elements import Element, parse, write
from stateworks.kernel.plans.stratml.labels import labelled, split
from stateworks.kernel.plans.stratml.reading import StratmlPlan, read_stratml
from stateworks.kernel.plans.stratml.results import results_of
from stateworks.kernel.plans.stratml.rules import CORE, faults
from stateworks.kernel.plans.stratml.writing import left_out, number, to_stratml
from stateworks.kernel.plans.tests.plan_blocks import bundled
from stateworks.kernel.plans.tests.samples import SAMPLE
from stateworks.kernel.plans.tests.stratml_report import REPORT
from stateworks.kernel.plans.yaml_format import read_plan

AT = datetime(2026, 11, 2, 15, tzinfo=UTC)
NAMES = ("louisiana-ots", "massachusetts-eotss")


@pytest.fixture(scope="module")
def report() -> StratmlPlan:
    return read_stratml(REPORT.encode(), "harbor.xml")


# -- out


@pytest.mark.parametrize("part", [1, 2])
@pytest.mark.parametrize("name", NAMES)
def test_a_bundled_plan_goes_out_and_in_and_out_again_as_the_same_bytes(name: str, part: int) -> None:
    plan = bundled(name)
    written = to_stratml(plan, part)
    assert faults(parse(written, "plan.xml")) == []
    again = read_stratml(written, "plan.xml")
    assert to_stratml(again.content, part) == written
    assert missing_lines(again.document) == []
    tree = [
        (node.code, node.level, node.title, node.text, node.outcome, node.teams)
        for node, _ in plan.every_node()
    ]
    assert [
        (node.code, node.level, node.title, node.text, node.outcome, node.teams)
        for node, _ in again.content.every_node()
    ] == tree
    parents = {node.code: parent.code if parent else None for node, parent in plan.every_node()}
    assert {
        node.code: parent.code if parent else None for node, parent in again.content.every_node()
    } == parents
    header = (
        "slug",
        "title",
        "office",
        "starts",
        "ends",
        "mission",
        "vision",
        "values",
        "slogan",
        "duplication",
    )
    assert [getattr(again.content, name) for name in header] == [getattr(plan, name) for name in header]
    assert [(one.title, one.text) for one in again.content.customers] == [
        (one.title, one.text) for one in plan.customers
    ]
    assert [one.title for one in again.content.goals] == [one.title for one in plan.goals]
    if part == 2:

        def measured(content: PlanContent) -> list[object]:
            return [
                (one.code, node, kind, one.name, one.goal, one.targets, one.unit, one.direction, one.frequency, one.commitment,
                 one.calculation)
                for one, kind, node in content.every_indicator() if not node.startswith("growth")
            ]  # fmt: skip

        assert len(measured(plan)) > 60
        assert measured(again.content) == measured(plan)


def test_what_has_no_place_is_told() -> None:
    assert left_out(bundled("louisiana-ots"), 2) == (
        "StratML has no place for 6 external factors, 8 milestones, 18 measures; export YAML for everything."
    )
    assert "63 indicators and key results" in left_out(bundled("louisiana-ots"), 1)


def test_a_goal_with_an_indicator_of_its_own_comes_back_with_it() -> None:
    plan = read_plan(SAMPLE)
    objective = plan.nodes[0].nodes[0]
    goal = NodeContent("9", "goal", "Measured itself", indicators=(objective.indicators[0],))
    plan = PlanContent("own", "Own", "Office", date(2026, 7, 1), date(2027, 6, 30), nodes=(goal,))
    written = to_stratml(plan, 2)
    (back,) = read_stratml(written, "own.xml").content.nodes
    assert [one.code for one in back.indicators] == [objective.indicators[0].code]
    assert back.nodes == ()
    assert to_stratml(read_stratml(written, "own.xml").content, 2) == written


def test_a_plan_without_a_tree_is_no_stratml() -> None:
    plan = PlanContent("bare", "Bare", "Office", date(2026, 7, 1), date(2027, 6, 30))
    with pytest.raises(Refused, match=r"bare cannot be written as StratML: .*Goal is missing") as caught:
        to_stratml(plan, 2)
    assert "export YAML" in caught.value.sentence


def test_signs_that_xml_forbids_and_line_ends_are_written_so_that_they_come_back() -> None:
    goal = NodeContent(
        "1", "goal", "A & B <C>", text="One\r\ntwo\x0b three\rfour ", outcome="Level: none\nGoal: all"
    )
    plan = PlanContent("odd", "Odd", "Office", date(2026, 7, 1), date(2027, 6, 30), nodes=(goal,))
    written = to_stratml(plan, 1)
    (back,) = read_stratml(written, "odd.xml").content.nodes
    assert (back.title, back.text, back.outcome) == (
        "A & B <C>",
        "One\ntwo  three\nfour",
        "Level: none\nGoal: all",
    )
    assert to_stratml(read_stratml(written, "odd.xml").content, 1) == written


@pytest.mark.parametrize(
    ("value", "text"),
    [(829.0, "829"), (0.1, "0.1"), (1e21, "1000000000000000000000"), (1e-7, "0.0000001"), (-2, "-2")],
)
def test_numbers_are_written_in_digits(value: float, text: str) -> None:
    assert number(value) == text


def test_labels_keep_texts_that_look_like_labels() -> None:
    said = {"Level": "activity", "Outcome": "First\nGoal: second"}
    assert split(labelled(said, "Goal: free words\n\nmore")) == (said, "Goal: free words\n\nmore")
    assert split("Agreed in May.\nLevel: none") == ({}, "Agreed in May.\nLevel: none")
    assert labelled({}, "Agreed in May.") == "Agreed in May."


# -- in


def test_a_report_of_others_is_read(report: StratmlPlan) -> None:
    plan = report.content
    assert (plan.slug, plan.title, plan.office) == ("oh-2026", "Harbor report", "Office of Harbors")
    assert (plan.starts, plan.ends, plan.fiscal_year_start_month) == (date(2026, 7, 1), date(2027, 6, 30), 7)
    assert (plan.mission, plan.values, plan.source) == (
        "Keep ships moving.", ("Calm: Also in storms",), "https://harbors.example/plan",
    )  # fmt: skip
    assert [one.title for one in plan.customers] == ["Sailors"]
    about, goal = plan.nodes
    assert (about.title, about.text) == ("Description", "What the harbor did.")
    assert (goal.code, goal.level, goal.title, goal.text) == ("A", "goal", "Traffic", "More of it.")
    other, objective = goal.nodes
    assert (other.title, other.text) == ("Other information", "Agreed in May.")
    assert (objective.code, objective.level, objective.teams, objective.aliases) == (
        "A.1", "objective", ("Dock crew",), ("_berths",),
    )  # fmt: skip


def test_targets_are_read_from_words_and_figures(report: StratmlPlan) -> None:
    berths, waits, book = [one for one, _, _ in report.content.every_indicator()]
    assert (berths.code, berths.name, berths.goal, berths.unit) == (
        "A.1.1",
        "Berths open",
        "40 Number by 2027-06-30",
        "count",
    )
    assert berths.targets == (Target(comparator=">=", value=40, unit="count", by=date(2027, 6, 30)),)
    assert "read as “at least”" in berths.assumption
    assert waits.name == waits.goal == "At least 75 percent of ships wait less than a day."
    assert (waits.targets[0].comparator, waits.targets[0].value, waits.unit) == (">=", 75, "percent")
    assert book.targets == (Target(unit=MILESTONE, by=date(2027, 3, 31)),)
    assert (book.measure, book.milestones[0].due) == ("plan.milestone", date(2027, 3, 31))


def test_results_become_values_of_periods_or_are_listed(report: StratmlPlan) -> None:
    line = next(n for n, text in enumerate(report.document.source, start=1) if "38 Two more" in text)
    assert report.document.results[0] == Result("A.1.1", "FY27 Q1", 38.0, "Two more are built.", line)
    assert report.document.results[1].period == "FY27 Q2"
    assert report.document.results[1].note == "Measured on 2026-10-20."
    reasons = {entry.text: entry.reason for entry in report.document.unplaced}
    assert reasons["Result of A.1.1: Praised by sailors."].startswith("a result in words")
    assert reasons["Stakeholder of the office: Ann Pilot"].startswith("who does the work")
    assert reasons["FirstName: Ann"] == "title page"
    assert missing_lines(report.document) == []
    told = report.document.to_json()["results"]
    assert told[0] == {
        "indicator": "A.1.1",
        "period": "FY27 Q1",
        "value": 38.0,
        "note": "Two more are built.",
        "line": line,
    }


@pytest.mark.parametrize("part", [1, 2])
def test_a_report_of_others_goes_out_valid_and_stays_the_same(report: StratmlPlan, part: int) -> None:
    written = to_stratml(report.content, part, report.document.results)
    assert faults(parse(written, "harbor.xml")) == []
    again = read_stratml(written, "harbor.xml")
    assert to_stratml(again.content, part, again.document.results) == written
    assert (b"<Identifier>_berths</Identifier>" in written) is True


def test_days_that_a_file_leaves_open_are_assumed_aloud_or_asked_for() -> None:
    def dated(starts: str, ends: str, published: str = "") -> bytes:
        dates = f"<StartDate>{starts}</StartDate><EndDate>{ends}</EndDate><PublicationDate>{published}</PublicationDate>"
        goal = "<Goal><Name>Sail</Name><Description/></Goal>"
        return (
            f"<StrategicPlan><Name>P</Name><StrategicPlanCore>{goal}</StrategicPlanCore><AdministrativeInformation>{dates}"
            "</AdministrativeInformation></StrategicPlan>"
        ).encode()

    open_ended = read_stratml(dated("2017-03-27", ""), "p.xml").content
    assert (open_ended.ends, open_ended.fiscal_year_start_month) == (date(2022, 3, 26), 7)
    assert open_ended.assumptions == (
        "The file names no last day; 2022-03-26 is assumed: 5 years from the first.",
    )
    published = read_stratml(dated("", "2019-12-31", "2017-04-12"), "p.xml").content
    assert published.starts == date(2019, 1, 1)
    with pytest.raises(Refused, match=r"names no period; give the plan's first and last day"):
        read_stratml(dated("", ""), "p.xml")
    given = read_stratml(
        dated("", ""), "p.xml", slug="sail", starts=date(2026, 1, 1), ends=date(2026, 12, 31)
    ).content
    assert (given.slug, given.fiscal_year_start_month) == ("sail", 1)


def test_objectives_part_of_each_other_in_a_circle_are_kept() -> None:
    def objective(code: str, above: str) -> Element:
        texts = {"Name": code, "SequenceIndicator": code, "OtherInformation": f"Part of: {above}"}
        return Element("Objective", children=[Element(name, text=text) for name, text in texts.items()])

    goal = Element("Goal", children=[Element("Name", text="G"), Element("SequenceIndicator", text="1")])
    goal.children += [
        objective("1.1", "1.2"),
        objective("1.2", "1.1"),
        objective("1.3", "1.1"),
        objective("1.4", "9"),
    ]
    dates = Element("AdministrativeInformation", children=[Element("StartDate", text="2026-07-01")])
    root = Element("StrategicPlan", children=[Element("StrategicPlanCore", children=[goal]), dates])
    (read,) = read_stratml(write(root, CORE), "circle.xml").content.nodes
    found: Counter[str] = Counter()

    def count(node: NodeContent) -> None:
        found[node.code] += 1
        for child in node.nodes:
            count(child)

    count(read)
    assert found == {"1": 1, "1.1": 1, "1.2": 1, "1.3": 1, "1.4": 1}


# -- with an instance


@pytest.mark.usefixtures("system")
def test_values_are_reported_with_the_plan_and_go_out_again(report: StratmlPlan) -> None:
    version, reported = load_with_results(report.content, report.document.results, by=None, at=AT)
    assert (version.number, reported.new, reported.total) == (1, 2, 2)
    same, again = load_with_results(report.content, report.document.results, by=None, at=AT)
    assert (same.pk, again.unchanged, again.total) == (version.pk, 2, 2)
    written = to_stratml(report.content, 2, results_of(version.plan))
    assert written == to_stratml(report.content, 2, report.document.results)
    assert b'Type="Performance_Report"' in written
    back = read_stratml(written, "harbor.xml")
    _, unmoved = load_with_results(back.content, back.document.results, by=None, at=AT)
    assert (unmoved.unchanged, unmoved.total) == (2, 2)
    assert to_stratml(back.content, 2, results_of(version.plan)) == written


@pytest.mark.usefixtures("system")
def test_values_that_cannot_be_are_told_and_the_others_stand(report: StratmlPlan) -> None:
    results = [
        Result("A.1.1", "FY27 Q1", 38.0),
        Result("A.1.2", "FY27 Q1", 140.0),
        Result("A.1.1", "FY28 Q1", 41.0),
        Result("Z", "FY27 Q1", 1.0),
    ]
    _, reported = load_with_results(report.content, results, by=None, at=AT)
    assert (reported.new, len(reported.refused)) == (1, 3)
    assert reported.refused[0] == "A.1.2, FY27 Q1: 140 % cannot be a share; write a number from 0 to 100."
    assert "begins on 2027-07-01" in reported.refused[1]
    assert "has no indicator Z" in reported.refused[2]
    assert reported.in_words() == "Reported values: 1 new, 3 refused."
    changed = [Result("A.1.1", "FY27 Q1", 37.0, "Counted again.")]
    _, reported = load_with_results(report.content, changed, by=None, at=AT)
    assert (reported.changed, reported.total) == (1, 1)
