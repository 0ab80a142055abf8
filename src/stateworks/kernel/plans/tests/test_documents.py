"""Plans as Word and PDF files: the tree, the indicators and the goals that the plan's own YAML holds come out again."""

from __future__ import annotations

from collections import Counter

import pytest

from stateworks.kernel.plans.content import PlanContent
from stateworks.kernel.plans.document import PlanDocument
from stateworks.kernel.plans.importer import import_plan, missing_lines
from stateworks.kernel.plans.importer.source import DELETED, FOOTNOTE, PAGE_EDGE
from stateworks.kernel.plans.tests.pdf_files import pdf_file
from stateworks.kernel.plans.tests.plan_blocks import as_text, bundled, louisiana, massachusetts
from stateworks.kernel.plans.tests.word_files import Manner, word_file

MANNERS = {
    "as Word writes it": Manner(),
    "headings lost to bold text": Manner(headings="bold"),
    "headings that only the contents know": Manner(headings="linked", contents=False),
    "tables cut by a page's end": Manner(cut_tables=True),
    "tracked changes": Manner(tracked=True),
    "footnotes and captions": Manner(footnotes=True, pictures=True),
    "no-break spaces and soft hyphens": Manner(spaces=True),
}


def agrees(document: PlanDocument, plan: PlanContent) -> None:
    """Compare everything that a document carries of a plan with the plan itself."""
    tree = {node.code: (node.level, node.title) for node, _ in plan.every_node()}
    levels = {level for level, _ in tree.values()}
    assert {node.id: (node.level, node.title) for node in document.nodes if node.level in levels} == tree
    parents = {node.code: parent.code if parent else None for node, parent in plan.every_node()}
    assert {node.id: node.parent for node in document.nodes if node.id in parents} == parents
    goals = {
        each.code: (each.name, each.goal) for each, kind, _ in plan.every_indicator() if kind == "indicator"
    }
    assert {row.id: (row.name, row.goal) for row in document.indicators} == goals
    outcomes = {node.code: node.outcome for node, _ in plan.every_node() if node.outcome}
    assert {node.id: node.outcome for node in document.nodes if node.outcome} == outcomes
    listed = Counter(node.level for node in document.nodes)
    assert listed["customer"] == len(plan.customers)
    assert listed["external_factor"] == len(plan.external_factors)
    assert listed["goal"] == len(plan.goals)
    assert (document.start, document.end) == (plan.starts, plan.ends)
    assert document.office == plan.office
    assert missing_lines(document) == []


@pytest.mark.parametrize("manner", MANNERS)
def test_a_word_file_holds_the_plan_with_tables(manner: str) -> None:
    agrees(
        import_plan(word_file(louisiana(), MANNERS[manner]), filename="plan.docx"), bundled("louisiana-ots")
    )


@pytest.mark.parametrize("manner", ["as Word writes it", "headings lost to bold text", "tracked changes"])
def test_a_word_file_holds_the_plan_with_outcomes(manner: str) -> None:
    document = import_plan(word_file(massachusetts(), MANNERS[manner]), filename="plan.docx")
    agrees(document, bundled("massachusetts-eotss"))


def test_findings_of_a_word_file_are_those_of_the_text() -> None:
    """The same doubts about the same goals; a plan's text says of itself what its Word file says."""
    from_text = import_plan(as_text(louisiana()), filename="plan.txt")
    from_word = import_plan(word_file(louisiana()), filename="plan.docx")
    told = [(each.code, each.severity, each.text) for each in from_text.findings]
    assert len(told) > 20
    assert [(each.code, each.severity, each.text) for each in from_word.findings] == told


def test_what_stands_beside_the_text_is_listed_with_its_reason() -> None:
    manner = Manner(footnotes=True, tracked=True)
    document = import_plan(word_file(louisiana(), manner), filename="plan.docx")
    reasons = Counter(entry.reason for entry in document.unplaced)
    assert reasons["table of contents"] == sum(block.kind == "heading" for block in louisiana()) + 1
    assert reasons[DELETED] > 200
    texts = {entry.text: entry.reason for entry in document.unplaced}
    assert texts["Strategic plan, working copy"] == PAGE_EDGE
    assert texts["Page 7"] == PAGE_EDGE
    note = texts["See the appendix for sources."]
    assert note.startswith(f"{FOOTNOTE} of line ")
    assert "pages" not in document.to_json()["unplaced"][0]


@pytest.mark.parametrize("hyphenate", [True, False], ids=["justified", "ragged"])
def test_a_pdf_holds_the_plan_with_tables(hyphenate: bool) -> None:
    document = import_plan(pdf_file(louisiana(), hyphenate=hyphenate, notes=hyphenate), filename="plan.pdf")
    agrees(document, bundled("louisiana-ots"))
    unplaced = document.to_json()["unplaced"]
    assert {entry["page"] for entry in unplaced} == set(range(1, max(document.pages) + 1))
    edges = [entry["text"] for entry in unplaced if entry["reason"] == PAGE_EDGE]
    assert "Strategic plan, working copy" in edges
    assert f"Page 1 of {max(document.pages)}" in edges
    assert any(entry["reason"] == FOOTNOTE for entry in unplaced) is hyphenate


def test_a_pdf_holds_the_plan_with_outcomes() -> None:
    document = import_plan(pdf_file(massachusetts()), filename="plan.pdf")
    agrees(document, bundled("massachusetts-eotss"))
    assert document.page_of(document.of_level("pillar")[6].lines[0]) == 1
