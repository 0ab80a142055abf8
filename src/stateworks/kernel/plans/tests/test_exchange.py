"""Plans going out and coming in: comparison, export, suggestion of measures, drafts of documents, review."""

from __future__ import annotations

import csv
import io
import json
from datetime import date
from pathlib import Path

import pytest

from stateworks.kernel.errors import Refused
from stateworks.kernel.indicators.targets import Target
from stateworks.kernel.plans.diff import diff
from stateworks.kernel.plans.draft import draft_of, slug_of
from stateworks.kernel.plans.export import export_plan, rows
from stateworks.kernel.plans.importer import import_plan
from stateworks.kernel.plans.review import document_from, review_plan
from stateworks.kernel.plans.suggest import MeasureText, suggest
from stateworks.kernel.plans.tests.samples import SAMPLE
from stateworks.kernel.plans.yaml_format import document_of, read_plan, write_plan

# -- comparison


def test_the_same_plan_has_no_differences() -> None:
    assert diff(read_plan(SAMPLE), read_plan(SAMPLE)) == []


def test_differences_are_told_thing_by_thing() -> None:
    after = (
        SAMPLE.replace("value: 75,", "value: 80,")
        .replace("title: Floods", "title: Floods and storms")
        .replace("Riverton technology plan", "Riverton plan")
        .replace("  - {term: Call, text: Somebody rings.}", "  - {term: Ring, text: Somebody calls.}")
        .replace("due: 2026-09-30}", "due: 2026-10-31}")
        .replace("code: 1.1.1i", "code: 1.1.2i")
    )
    told = [str(change) for change in diff(read_plan(SAMPLE), read_plan(after))]
    assert told == [
        "plan: title was “Riverton technology plan”, is “Riverton plan”",
        "initiative 1.1.2i added: New phones",
        "pilot headsets: under was “1.1.1i”, is “1.1.2i”",
        "indicator 1.1.1: targets was “[{'comparator': '>=', 'value': 75, 'unit': 'percent'}]”, "
        "is “[{'comparator': '>=', 'value': 80, 'unit': 'percent'}]”",
        "milestone phones-bought: under was “1.1.1i”, is “1.1.2i”",
        "milestone portal-chosen: due was “2026-09-30”, is “2026-10-31”",
        "external factor x1: title was “Floods”, is “Floods and storms”",
        "term Ring added: Somebody calls.",
        "initiative 1.1.1i removed: New phones",
        "term Call removed: Somebody rings.",
    ]


# -- export


def test_yaml_and_json_hold_the_whole_plan() -> None:
    content = read_plan(SAMPLE)
    assert read_plan(export_plan(content, "yaml")) == content
    assert json.loads(export_plan(content, "json")) == document_of(content)
    with pytest.raises(Refused, match=r"cannot be exported as “pdf”; use one of yaml, json, csv, xlsx"):
        export_plan(content, "pdf")


def test_csv_has_a_row_for_each_thing() -> None:
    text = export_plan(read_plan(SAMPLE), "csv").decode("utf-8-sig")
    found = list(csv.DictReader(io.StringIO(text)))
    assert [(row["kind"], row["code"], row["under"]) for row in found] == [
        ("node", "1", ""),
        ("node", "1.1", "1"),
        ("indicator", "1.1.1", "1.1"),
        ("indicator", "1.1.2", "1.1"),
        ("indicator", "1.1.3", "1.1"),
        ("node", "1.1.1i", "1.1"),
        ("customer", "c1", ""),
        ("external factor", "x1", ""),
        ("goal", "g1", ""),
        ("priority", "o1", ""),
        ("priority", "p1", ""),
        ("growth opportunity", "go1", ""),
        ("key result", "go1.k1", "go1"),
    ]
    assert found[2]["targets"] == "at least 75 %"


def test_no_cell_becomes_a_formula(tmp_path: Path) -> None:
    content = read_plan(SAMPLE.replace("title: Service", "title: '=1+1'"))
    first = next(iter(csv.DictReader(io.StringIO(export_plan(content, "csv").decode("utf-8-sig")))))
    assert first["title"] == "'=1+1"
    path = tmp_path / "plan.xlsx"
    path.write_bytes(export_plan(content, "xlsx"))
    from openpyxl import load_workbook

    book = load_workbook(path)
    assert book.sheetnames == [
        "Plan", "Tree", "Indicators", "Lists", "Milestones", "Maturity levels", "Glossary",
    ]  # fmt: skip
    cell = book["Tree"].cell(2, 5)
    assert (cell.value, cell.data_type) == ("=1+1", "s")
    assert book["Milestones"].max_row == 1 + 3


def test_the_same_plan_gives_the_same_workbook() -> None:
    assert export_plan(read_plan(SAMPLE), "xlsx") == export_plan(read_plan(SAMPLE), "xlsx")


def test_rows_name_what_a_priority_points_at() -> None:
    assert {row["code"]: row["see_also"] for row in rows(read_plan(SAMPLE)) if row["kind"] == "priority"} == {
        "o1": "1.1 p1",
        "p1": "1.1",
    }


# -- suggestion

MEASURES = [
    MeasureText(
        "desk.answered", "Calls answered at once", "Share of calls answered within a minute.", "percent"
    ),
    MeasureText("desk.time", "Time to answer", "Mean seconds from ringing to answer of calls.", "second"),
    MeasureText("fleet.miles", "Miles driven", "Sum of miles of the vehicles of the fleet.", "mile"),
    MeasureText("plan.milestone", "Milestones kept", "Whether milestones are done.", "milestone"),
]


def test_the_measure_that_shares_rare_words_comes_first() -> None:
    best, *others = suggest("Share of calls answered immediately", "≥ 75 %", measures=MEASURES)
    assert best.measure == "desk.answered"
    assert best.reason == "Both speak of “answered”, “calls”. The unit fits."
    assert all(best.score > other.score for other in others)
    assert "fleet.miles" not in [other.measure for other in others]


def test_nothing_in_common_suggests_nothing() -> None:
    assert suggest("Trees planted", measures=MEASURES) == []
    assert suggest("", measures=MEASURES) == []
    assert suggest("Share of calls answered", measures=[]) == []


def test_a_goal_that_is_a_day_is_a_milestone() -> None:
    (found,) = suggest(
        "Calls portal", targets=(Target(unit="milestone", by=date(2027, 1, 1)),), measures=MEASURES
    )
    assert (found.measure, found.score) == ("plan.milestone", 95)


# -- drafts of documents

DOCUMENT = """\
# Office of Rivers and Lakes

Strategic Plan: FY 2026-2027 through FY 2030-2031

## Mission

Keep water clean.

## Activity 1: Water

### Objective 1: Cleaner rivers

#### Strategies

1. Measure every river.

#### Performance Indicators

Indicator	Goal
Share of rivers tested.	75%
Days to answer a report.	≤ 5 days
River map is published.	In production by FY27 Q2
"""


def test_a_document_becomes_a_plan_that_can_be_loaded() -> None:
    content = draft_of(import_plan(DOCUMENT, filename="plan.md"))
    assert (content.slug, content.starts, content.ends, content.stage) == (
        "orl-2026",
        date(2026, 7, 1),
        date(2031, 6, 30),
        "draft",
    )
    assert content.mission == "Keep water clean."
    rivers, answers, portal = [each for each, _, _ in content.every_indicator()]
    assert (rivers.code, rivers.unit, rivers.direction, rivers.measure) == ("1.1.1", "percent", "up", "")
    assert "Read as: >= 75 %" in rivers.assumption
    assert (answers.unit, answers.direction) == ("day", "down")
    assert (portal.measure, portal.milestones[0].due) == ("plan.milestone", date(2026, 12, 31))
    assert read_plan(write_plan(content)) == content


def test_a_document_without_a_period_asks_for_it() -> None:
    document = import_plan(
        DOCUMENT.replace("Strategic Plan: FY 2026-2027 through FY 2030-2031", ""), filename="p.md"
    )
    with pytest.raises(Refused, match=r"names no period; give the plan's first and last day"):
        draft_of(document)
    content = draft_of(document, slug="rivers", starts=date(2026, 7, 1), ends=date(2027, 6, 30))
    assert (content.slug, content.ends) == ("rivers", date(2027, 6, 30))


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("Office of Technology Services", "ots-2026"),
        ("Executive Office of Technology Services and Security", "eotss-2026"),
        ("", "plan-2026"),
        ("Ärger & Söhne", "arger-sohne-2026"),
    ],
)
def test_a_plan_gets_a_short_name(name: str, slug: str) -> None:
    assert slug_of(name, date(2026, 7, 1)) == slug


# -- review


def test_a_plan_of_our_own_is_reviewed_with_its_lines() -> None:
    content = read_plan(SAMPLE.replace("goal: ≥ 75 %", "goal: 75 %"))
    findings = {(each.code, each.severity): each for each in review_plan(content, SAMPLE)}
    bare = findings["goal.no-comparator", "warning"]
    assert bare.line == SAMPLE[: SAMPLE.index("code: 1.1.1\n")].count("\n") + 1
    document = document_from(content, SAMPLE)
    assert document.counts() == {
        "activity": 1, "objective": 1, "initiative": 1, "customer": 1, "external_factor": 1, "goal": 1,
        "growth_opportunity": 1, "indicator": 3, "key_result": 1, "priority": 2,
    }  # fmt: skip


def test_a_stated_assumption_settles_a_doubt() -> None:
    text = SAMPLE.replace("goal: ≥ 75 %", "goal: 75 %\n            assumption: At least is meant.")
    (bare,) = [each for each in review_plan(read_plan(text)) if each.code == "goal.no-comparator"]
    assert (bare.severity, bare.suggestion) == ("info", "The plan states: At least is meant.")
