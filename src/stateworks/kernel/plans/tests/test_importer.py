"""Reading the two sample plans: every node, table, promise and line where it belongs."""

from __future__ import annotations

import json
import re
from datetime import date

import pytest

from stateworks.kernel.plans.document import PlanDocument
from stateworks.kernel.plans.importer import import_plan, missing_lines
from stateworks.kernel.plans.tests.plan_texts import digital, infrastructure


@pytest.fixture(scope="module")
def tables() -> PlanDocument:
    return import_plan(infrastructure(), filename="westmark-infrastructure.txt")


@pytest.fixture(scope="module")
def pillars() -> PlanDocument:
    return import_plan(digital(), filename="westmark-digital.md")


def titles(document: PlanDocument, level: str) -> dict[str, str]:
    return {node.id: node.title for node in document.of_level(level)}


def test_head_of_a_plan_with_tables(tables: PlanDocument) -> None:
    assert tables.title == "Strategic Plan: FY 2027-2028 through FY 2031-2032"
    assert tables.office == "Office of Digital Infrastructure"
    assert (tables.start, tables.end) == (date(2027, 7, 1), date(2032, 6, 30))
    assert tables.line_count == len(infrastructure().splitlines())


def test_head_of_a_plan_with_pillars(pillars: PlanDocument) -> None:
    assert pillars.title == "Strategic Plan (2027-2029)"
    assert pillars.office == "Department of Digital Service"
    # The title's years are fiscal ones, since the text counts in "FY27 to FY29".
    assert (pillars.start, pillars.end) == (date(2026, 7, 1), date(2029, 6, 30))


def test_tree_of_a_plan_with_tables(tables: PlanDocument) -> None:
    assert titles(tables, "program") == {"program-1": "Digital Infrastructure"}
    assert titles(tables, "activity") == {"1": "Help and Support", "2": "Reliable Platforms"}
    assert titles(tables, "objective") == {
        "1.1": "Answer residents and staff on the first try.",
        "1.2": "Hear what agencies think and act upon it.",
        "2.1": "Keep every platform patched and watched.",
    }
    parents = {node.id: node.parent for node in tables.nodes}
    assert (parents["1"], parents["1.1"], parents["1.1.s1"]) == ("program-1", "1", "1.1")


def test_lists_beside_the_tree(tables: PlanDocument) -> None:
    assert list(titles(tables, "customer").values()) == [
        "Department of Harbors",
        "Department of Forests & Rivers",
        "Department of Schools",
        "Office of Lighthouses",
    ]
    assert list(titles(tables, "external_factor").values()) == ["Storm seasons", "Hiring market"]
    assert list(titles(tables, "goal").values()) == ["Answer quickly", "Run safely", "Spend with care"]
    texts = {node.level: node.text for node in tables.nodes if node.level in {"slogan", "vision", "mission"}}
    assert texts["slogan"] == "Westmark works online."
    assert texts["vision"] == "Every agency of Westmark can rely on one set of modern platforms."
    assert texts["mission"].startswith("The Office of Digital Infrastructure (ODI) runs")


def test_strategies_survive_restarted_numbers_and_joined_markers(tables: PlanDocument) -> None:
    # Printed 1, 2, 1; then "- 1.", "- 2." and a bullet without a number; then "1.<tab>".
    assert titles(tables, "strategy") == {
        "1.1.s1": "Write short answers for the fifty most common questions.",
        "1.1.s2": "Let first-line staff close what they can close.",
        "1.1.s3": "Listen to calls every week and coach.",
        "1.2.s1": "Send one survey each spring.",
        "1.2.s2": "Publish what changed because of it.",
        "1.2.s3": "Invite agencies that never answered.",
        "2.1.s1": "Patch on a fixed calendar.",
        "2.1.s2": "Watch every platform from one console.",
    }


def test_indicators_of_a_table_cut_by_a_page(tables: PlanDocument) -> None:
    rows = [(row.id, row.goal) for row in tables.indicators if row.node == "1.2"]
    assert rows == [
        ("1.2.1", "5%"),
        ("1.2.2", "NPS > 25 in FY27"),
        ("1.2.3", "In production by Q2 FY27"),
        ("1.2.4", "≥ 40 people met per quarter (across 8 different agencies)"),
    ]
    assert [row.id for row in tables.indicators if row.node == "1.1"] == ["1.1.1", "1.1.2", "1.1.3"]
    assert [row.id for row in tables.indicators if row.node == "2.1"] == [f"2.1.{n}" for n in range(1, 7)]
    source = infrastructure().split("\n")
    assert all(source[row.line - 1].startswith(row.name) for row in tables.indicators)


def test_tree_of_a_plan_with_pillars(pillars: PlanDocument) -> None:
    assert titles(pillars, "pillar") == {"1": "Service Design", "2": "Safety and Trust", "3": "People"}
    assert titles(pillars, "objective") == {
        "1.1": "Build the front door",
        "1.2": "Retire paper in all agencies",
        "2.1": "Test and teach",
        "3.1": "Grow skills",
    }
    assert titles(pillars, "initiative") == {
        "1.1.1": "Single sign-in (SSI)",
        "1.1.2": "Help by phone",
        "1.2.1": "Form factory",
        "2.1.1": "Yearly tests",
        "2.1.2": "Fraud drills",
        "3.1.1": "Academy",
    }


def test_outcomes_follow_their_initiatives(pillars: PlanDocument) -> None:
    initiatives = {node.id: node for node in pillars.of_level("initiative")}
    assert initiatives["1.1.1"].text == "Let residents use one account for all services"
    assert initiatives["1.1.1"].outcome.startswith("During the FY27 to FY29 period, we will bring")
    assert "See our People pillar" in initiatives["1.1.2"].outcome
    assert all(node.outcome.startswith("During the FY27 to FY29 period") for node in initiatives.values())


def test_priorities_of_three_levels(pillars: PlanDocument) -> None:
    rows = [(row.level, row.number, row.title) for row in pillars.priorities]
    assert rows == [
        ("enterprise", 1, "Service"),
        ("enterprise", 2, "Safety"),
        ("office", 1, "Open one front door"),
        ("office", 2, "Close old doors"),
        ("office", 3, "Grow people"),
        ("pillar", 1, "Open one front door for residents"),
        ("pillar", 2, "Retire forms on paper"),
        ("pillar", 1, "Test every system once a year"),
        ("pillar", 2, "Teach people to spot fraud"),
    ]
    nodes = {row.title: row.nodes for row in pillars.priorities}
    assert nodes["Open one front door"] == ("1.1",)
    assert nodes["Open one front door for residents"] == ("1", "1.1")
    assert nodes["Test every system once a year"] == ("2",)


def test_maturity_glossary_and_questions(pillars: PlanDocument) -> None:
    assert [(level.order, level.name) for level in pillars.maturity.levels] == [
        (1, "Starting"),
        (2, "Repeating"),
        (3, "Steering"),
        (4, "Leading"),
    ]
    assert [(o.name, o.from_level, o.to_level) for o in pillars.maturity.opportunities] == [
        ("Planning", "starting", "steering"),
        ("Data sharing", "repeating", "leading"),
    ]
    assert list(titles(pillars, "growth_opportunity").values()) == [
        "Planning ahead of need",
        "Sharing data with care",
    ]
    assert [entry.term for entry in pillars.glossary] == ["Resident", "Agency", "Initiative"]
    assert [node.parent for node in pillars.of_level("question")] == ["1", "1"]


def test_key_results_are_the_figured_or_dated_promises(pillars: PlanDocument) -> None:
    rows = [(row.id, row.kind, row.text, [t.in_words() for t in row.targets]) for row in pillars.key_results]
    by_end = "by 30 June 2029"
    assert rows == [
        (
            "1.1.1.k1",
            "committed",
            "we will bring 40-60 percent of services behind the sign-in",
            [f"at least 40 % of services {by_end}", f"stretch: at least 60 % of services {by_end}"],
        ),
        ("1.1.1.k2", "committed", "launch it for the first agency in FY28", ["done by 30 June 2028"]),
        (
            "1.1.2.k1",
            "learning",
            "we will pilot call-backs with two towns",
            [f"learning: at least 2 towns {by_end}"],
        ),
        (
            "1.1.2.k2",
            "stretch",
            "Our stretch goal is to answer in eleven languages.",
            [f"stretch: at least 11 languages {by_end}"],
        ),
        (
            "1.2.1.k1",
            "committed",
            "we will increase the share of forms finished online by 10-20 percent",
            [f"up by at least 10 % {by_end}", f"stretch: up by at least 20 % {by_end}"],
        ),
        ("1.2.1.k2", "committed", "rebuild at least 30 forms", [f"at least 30 forms {by_end}"]),
        (
            "2.1.1.k1",
            "committed",
            "we will test the top 10 systems",
            [f"exactly 10 systems (top 10) {by_end}"],
        ),
        (
            "2.1.1.k2",
            "committed",
            "close all serious findings",
            [f"exactly 100 % of serious findings {by_end}"],
        ),
    ]
    source = digital().split("\n")
    assert all(row.text in source[row.line - 1] for row in pillars.key_results)


@pytest.mark.parametrize("name", ["tables", "pillars"])
def test_every_line_is_placed_or_listed(name: str, request: pytest.FixtureRequest) -> None:
    document: PlanDocument = request.getfixturevalue(name)
    assert missing_lines(document) == []
    assert all(entry.reason for entry in document.unplaced)


@pytest.mark.parametrize("name", ["tables", "pillars"])
def test_the_words_of_every_line_are_kept(name: str, request: pytest.FixtureRequest) -> None:
    """A line may lie in a range and still be lost; so each line's own words must come back somewhere."""
    document: PlanDocument = request.getfixturevalue(name)
    kept = [f"{node.title} {node.text} {node.outcome}" for node in document.nodes]
    kept += [f"{row.name} {row.goal}" for row in document.indicators]
    kept += [f"{entry.term} {entry.text}" for entry in document.glossary]
    kept += [f"{o.name} move from {o.from_level} to {o.to_level}" for o in document.maturity.opportunities]
    kept += [entry.text for entry in document.unplaced]
    kept += [node.level + str(node.number) for node in document.nodes]
    words = set(re.findall(r"\w+", " ".join(kept).lower()))
    for number, raw in enumerate(document.source, start=1):
        line = re.sub(r"\[bookmark:[^\]]*\]|^\s*(?:#+|-?\s*\d+\.|-|·)\s+", "", raw)
        line = re.sub(r"\*\*|^(?:Program|Activity|Objective) \d+:", "", line)
        lost = set(re.findall(r"\w+", line.lower())) - words
        assert not lost, (number, raw, lost)


@pytest.mark.parametrize("name", ["tables", "pillars"])
def test_own_lines_of_two_nodes_never_overlap(name: str, request: pytest.FixtureRequest) -> None:
    document: PlanDocument = request.getfixturevalue(name)
    taken: dict[int, str] = {}
    for node in document.nodes:
        for number in range(node.lines[0], node.lines[1] + 1):
            assert number not in taken, (number, node.id, taken.get(number))
            taken[number] = node.id


@pytest.mark.parametrize("name", ["tables", "pillars"])
def test_json_has_the_contract_shape(name: str, request: pytest.FixtureRequest) -> None:
    document: PlanDocument = request.getfixturevalue(name)
    data = json.loads(json.dumps(document.to_json()))
    assert list(data) == [
        "title",
        "office",
        "period",
        "line_count",
        "counts",
        "nodes",
        "indicators",
        "key_results",
        "priorities",
        "maturity",
        "glossary",
        "findings",
        "unplaced",
        "results",
    ]
    assert set(data["period"]) == {"start", "end"}
    shapes = {
        "nodes": {"id", "parent", "level", "number", "title", "text", "outcome", "lines"},
        "indicators": {"id", "node", "name", "goal", "targets", "line"},
        "key_results": {"id", "node", "text", "kind", "targets", "line"},
        "priorities": {"level", "number", "title", "nodes", "lines"},
        "glossary": {"term", "text", "line"},
        "findings": {"code", "severity", "line", "text", "why", "suggestion"},
        "unplaced": {"line", "text", "reason"},
    }
    for key, fields in shapes.items():
        for row in data[key]:
            assert set(row) == fields
    ids = [node["id"] for node in data["nodes"]] + [
        row["id"] for row in data["indicators"] + data["key_results"]
    ]
    assert len(ids) == len(set(ids))
    known = {node["id"] for node in data["nodes"]}
    assert all(node["parent"] is None or node["parent"] in known for node in data["nodes"])
    assert all(row["node"] in known for row in data["indicators"] + data["key_results"])
    assert all(
        1 <= first <= last <= len(document.source) for first, last in (n["lines"] for n in data["nodes"])
    )


def test_counts_of_both_plans(tables: PlanDocument, pillars: PlanDocument) -> None:
    assert tables.counts() == {
        "slogan": 1,
        "mission": 1,
        "vision": 1,
        "section": 2,
        "customer": 4,
        "external_factor": 2,
        "program": 1,
        "goal": 3,
        "activity": 2,
        "objective": 3,
        "strategy": 8,
        "indicator": 13,
    }
    counts = pillars.counts()
    wanted = [
        "pillar",
        "objective",
        "initiative",
        "priority",
        "maturity_level",
        "growth_opportunity",
        "key_result",
    ]
    assert [counts[level] for level in wanted] == [3, 4, 6, 9, 4, 2, 8]


def test_what_was_set_aside_says_why(tables: PlanDocument, pillars: PlanDocument) -> None:
    reasons = {entry.text: entry.reason for entry in tables.unplaced}
    assert reasons["Westmark ODI Plan 4"] == "page number or running footer"
    assert reasons["Port Ellis, Westmark 00120"] == "title page"
    assert reasons["Table of Contents"] == "table of contents"
    reasons = {entry.text: entry.reason for entry in pillars.unplaced}
    assert reasons["Figure 1. Levels of maturity"] == "picture caption"
    assert reasons["Retire paper across agencies: DDS helps agencies leave paper behind."] == (
        "summary of an objective that has its own heading"
    )
    assert reasons["Open one front door for every resident"] == "repeats a priority that was read before"


def test_owner_and_source_columns_are_read() -> None:
    text = (
        "# Harbor Office\n\n## Goal 1: Keep ships moving\n\n### Objective 1: Shorten the wait\n\n"
        "| Measure | Target | Owner | Data source |\n|---|---|---|---|\n"
        "| Average wait | ≤ 2 hours | Harbor master | Pilot log |\n| Ships served | 400 per year | | |\n"
    )
    document = import_plan(text, filename="harbor.md")
    assert [(row.id, row.goal, row.owner, row.source) for row in document.indicators] == [
        ("1.1.1", "≤ 2 hours", "Harbor master", "Pilot log"),
        ("1.1.2", "400 per year", "", ""),
    ]
    assert [(node.level, node.id, node.parent) for node in document.nodes] == [
        ("goal", "1", None),
        ("objective", "1.1", "1"),
    ]


def test_numbers_used_twice_still_give_unique_ids() -> None:
    text = "Objective 1: Sail\n\nStrategies\n\n1. Rig\n\nObjective 1: Row\n\nStrategies\n\n1. Oars\n"
    document = import_plan(text)
    assert titles(document, "objective") == {"1": "Sail", "2": "Row"}
    assert titles(document, "strategy") == {"1.s1": "Rig", "2.s1": "Oars"}
