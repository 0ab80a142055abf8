"""Lint: each kind of doubt is found where it stands, and a clean text gives none."""

from __future__ import annotations

import pytest

from stateworks.kernel.plans.document import FINDING_CODES, Finding, PlanDocument
from stateworks.kernel.plans.importer import import_plan
from stateworks.kernel.plans.lint import lint_plan
from stateworks.kernel.plans.tests.plan_texts import digital, infrastructure


@pytest.fixture(scope="module")
def tables() -> PlanDocument:
    return import_plan(infrastructure())


@pytest.fixture(scope="module")
def pillars() -> PlanDocument:
    return import_plan(digital())


def of(document: PlanDocument, code: str) -> list[Finding]:
    return [finding for finding in lint_plan(document) if finding.code == code]


def places(document: PlanDocument, code: str) -> list[tuple[str, str]]:
    """Return where findings of a code stand: the first words of their source line, and the severity."""
    return [(document.source[(f.line or 1) - 1][:34], f.severity) for f in of(document, code)]


GOLDEN_TABLES = {
    "goal.no-comparator": [
        ("Percentage of calls solved on firs", "warning"),
        ("Increase in survey response rate.\t", "warning"),
        ("Percentage of services that pass t", "warning"),
        ("Average ≤ 5% failed changes, measu", "warning"),
        ("Number of runbooks published\tWrite", "info"),
        ("Reduction in contractor posts each", "warning"),
    ],
    "goal.mean-or-median": [("Average time to close a first-line", "warning")],
    "goal.percent-or-points": [
        ("Increase in survey response rate.\t", "warning"),
        ("Reduction in contractor posts each", "warning"),
    ],
    "goal.no-baseline": [
        ("Increase in survey response rate.\t", "warning"),
        ("Reduction in contractor posts each", "warning"),
    ],
    "goal.before-plan": [
        ("Net promoter score of the help des", "warning"),
        ("Survey dashboard created.\tIn produ", "warning"),
    ],
    "goal.start-or-end": [("Survey dashboard created.\tIn produ", "info")],
    "goal.two-figures": [("Average ≤ 5% failed changes, measu", "warning")],
    "goal.several-targets": [
        ("Number of agencies visited\t≥ 40 pe", "warning"),
        ("Number of runbooks published\tWrite", "warning"),
    ],
    "indicator.no-owner": [("Percentage of calls solved on firs", "info")],
    "indicator.no-source": [("Percentage of calls solved on firs", "info")],
    "indicator.output-not-outcome": [("Number of coaching sessions held.\t", "info")],
    "indicator.name-repeats-goal": [("Average ≤ 5% failed changes, measu", "warning")],
    "indicator.name-differs-from-goal": [
        ("Number of agencies visited\t≥ 40 pe", "warning"),
        ("Percentage of services that pass t", "warning"),
    ],
    "text.acronym-unexpanded": [
        ("The program keeps platforms runnin", "info"),
        ("Net promoter score of the help des", "info"),
    ],
    "text.promise-without-indicator": [
        ("This activity supports the staff o", "warning"),
        ("ODI meters what is used, bills eac", "warning"),
        ("All platforms follow one standard.", "warning"),
    ],
}

GOLDEN_PILLARS = {
    "text.count-differs": [("Below are our top three priorities", "warning")],
    "text.order-differs": [("The model has four levels: (1) sta", "error")],
    "text.acronym-two-ways": [("During the FY27 to FY29 period, we", "warning")],
    "text.acronym-unexpanded": [("During the FY27 to FY29 period, we", "warning")],
    "text.heading-differs": [
        ("Objective 2: Retire paper in all a", "info"),
        ("1. Planning: Move from starting to", "info"),
        ("1. Open one front door for every r", "info"),
    ],
    "objective.no-indicator": [("Objective 1: Grow skills", "warning")],
    "goal.two-figures": [
        ("During the FY27 to FY29 period, we", "info"),
        ("During the FY27 to FY29 period, we", "info"),
    ],
    "goal.percent-or-points": [("During the FY27 to FY29 period, we", "warning")],
    "goal.no-baseline": [("During the FY27 to FY29 period, we", "warning")],
    "goal.no-comparator": [
        ("During the FY27 to FY29 period, we", "info"),
        ("During the FY27 to FY29 period, we", "info"),
    ],
}


def test_all_findings_of_the_plan_with_tables(tables: PlanDocument) -> None:
    found = {code: places(tables, code) for code in {finding.code for finding in lint_plan(tables)}}
    assert found == GOLDEN_TABLES


def test_all_findings_of_the_plan_with_pillars(pillars: PlanDocument) -> None:
    found = {code: places(pillars, code) for code in {finding.code for finding in lint_plan(pillars)}}
    assert found == GOLDEN_PILLARS


def test_the_import_carries_its_findings(tables: PlanDocument) -> None:
    assert tables.findings == lint_plan(tables)
    assert [finding.line for finding in tables.findings] == sorted(
        finding.line or 0 for finding in tables.findings
    )


def test_every_finding_says_why_and_what_instead(tables: PlanDocument, pillars: PlanDocument) -> None:
    for finding in [*tables.findings, *pillars.findings]:
        assert finding.code in FINDING_CODES
        assert len(finding.why) > 20
        assert len(finding.suggestion) > 20


def test_the_samples_show_every_code_but_two(tables: PlanDocument, pillars: PlanDocument) -> None:
    shown = {finding.code for finding in [*tables.findings, *pillars.findings]}
    assert FINDING_CODES - shown == {"goal.unparsed", "goal.after-plan"}


def plan(goal: str, name: str = "Percentage of ships that arrive in time", text: str = "") -> PlanDocument:
    return import_plan(
        "# Office of Ships\n\nStrategic Plan: FY 2027-2028 through FY 2031-2032\n\n# Activity 1: Sea\n\n"
        f"{text}\n\n## Objective 1: Keep ships on their way\n\n### Performance Indicators\n\n"
        f"Indicator\tGoal\tOwner\tData source\n{name}\t{goal}\tHarbor master\tPilot log\n"
    )


def test_a_clean_plan_has_no_findings() -> None:
    assert lint_plan(plan("at least 90 % by the end of FY29")) == []


def test_a_goal_after_the_plan_and_one_that_cannot_be_read() -> None:
    assert [f.code for f in lint_plan(plan("at least 90 % by the end of FY33"))] == ["goal.after-plan"]
    assert [f.code for f in lint_plan(plan("as the weather allows"))] == ["goal.unparsed"]


def test_an_order_is_compared_place_by_place(pillars: PlanDocument) -> None:
    finding = of(pillars, "text.order-differs")[0]
    assert "2 is repeating there and steering here" in finding.why
    assert "3 is steering there and repeating here" in finding.why


def test_a_stated_count_names_both_numbers(pillars: PlanDocument) -> None:
    finding = of(pillars, "text.count-differs")[0]
    assert "announces 3 priorities" in finding.why
    assert "has 2" in finding.why


def test_an_acronym_like_another_one_is_hinted_at(pillars: PlanDocument) -> None:
    finding = of(pillars, "text.acronym-unexpanded")[0]
    assert finding.why == "WRS is used once and never expanded. WPRS is expanded; perhaps the same is meant."


def test_an_owner_missing_in_one_row_is_found_there() -> None:
    document = import_plan(
        "Objective 1: Sail\n\nPerformance Indicators\n\nIndicator\tGoal\tOwner\n"
        "Percentage of ships on time\t≥ 90%\tHarbor master\nPercentage of ships inspected\t≥ 80%\t\n"
    )
    assert [(f.text, f.line) for f in of(document, "indicator.no-owner")] == [
        ("Percentage of ships inspected", 7)
    ]


@pytest.mark.parametrize(
    ("text", "promised"),
    [
        ("Indicators will track port availability and ships that arrive.", ["port availability"]),
        (
            "Indicators will reflect berth cleanliness and storm losses.",
            ["berth cleanliness", "storm losses"],
        ),
        ("Permits are issued to captains within the agreed timelines.", ["permits issued on time"]),
        ("The office bills and collects harbor fees.", ["collection"]),
        ("Ships are safe here.", []),
    ],
)
def test_promises_without_an_indicator(text: str, promised: list[str]) -> None:
    document = plan("≥ 90%", text=text)
    found = of(document, "text.promise-without-indicator")
    assert bool(found) == bool(promised)
    for thing in promised:
        assert thing.split()[-1] in found[0].why


@pytest.mark.parametrize(
    ("name", "goal", "differs"),
    [
        ("Percentage of ships that pass inspection", "50% of ships inspected and reviewed by FY30", True),
        ("Percentage of ships moored", "≥ 50% of vessels", True),
        ("Percentage of ships moored", "≥ 50% of ships", False),
        ("Percentage of applications listed", "≥ 50% of apps", False),
        ("Number of ships moored", "≥ 50%", True),
        ("Number of ships moored", "≥ 50 ships", False),
        ("Frequency of sailings", "≥ 50% of sailings", True),
        ("Collect and share the log", "Handbook created by the end of FY29", True),
        ("Handbook of the harbor", "Handbook created by the end of FY29", False),
    ],
)
def test_name_and_goal_that_count_different_things(name: str, goal: str, differs: bool) -> None:
    assert bool(of(plan(goal, name), "indicator.name-differs-from-goal")) is differs


@pytest.mark.parametrize("goal", ["In production by December 2026", "Launched by 31 March 2027"])
def test_a_month_is_a_date_and_not_another_thing_than_the_name_counts(goal: str) -> None:
    text = f"""\
# Office of Rivers

Strategic Plan: FY 2026-2027 through FY 2030-2031

## Activity 1: Water

### Objective 1: Cleaner rivers

#### Performance Indicators

Indicator\tGoal
River dashboard is in production.\t{goal}
"""
    found = import_plan(text, filename="rivers.md")
    assert len(found.indicators) == 1
    assert "indicator.name-differs-from-goal" not in {finding.code for finding in found.findings}
