"""Lint a plan of our own format: the same checks as for a document, on what the plan says as data."""

from __future__ import annotations

from dataclasses import replace
from typing import cast

from stateworks.kernel.plans.content import IndicatorContent, NodeContent, PlanContent
from stateworks.kernel.plans.document import (
    Finding,
    GlossaryEntry,
    IndicatorRow,
    KeyResult,
    Kind,
    Maturity,
    MaturityLevel,
    Node,
    Opportunity,
    PlanDocument,
    Priority,
)
from stateworks.kernel.plans.goals import read_goal
from stateworks.kernel.plans.lint import lint_plan
from stateworks.kernel.plans.yaml_format import located_lines, write_plan


def review_plan(content: PlanContent, text: str = "") -> list[Finding]:
    """Return every finding about a plan; lines are those of its YAML (`text`, or what the writer would write)."""
    return lint_plan(document_from(content, text))


def document_from(content: PlanContent, text: str = "") -> PlanDocument:
    """Return the plan in the shape of an imported document, with the findings of its goals on their indicators."""
    text = text or write_plan(content)
    lines = located_lines(text)
    count = len(text.splitlines())
    document = PlanDocument(
        title=content.title,
        office=content.office,
        start=content.starts,
        end=content.ends,
        line_count=count,
        # Checks of wording read the source's lines; the words of a YAML file are keys as well, so they see blank ones.
        source=("",) * (count + 1),
        fiscal_year_start_month=content.fiscal_year_start_month,
        glossary=[GlossaryEntry(each.term, each.text, 1) for each in content.glossary],
    )
    for node, parent in content.every_node():
        document.nodes.append(_node(node, parent.code if parent else None, lines))
    for level, listed in (
        ("customer", content.customers),
        ("external_factor", content.external_factors),
        ("goal", content.goals),
    ):
        for number, each in enumerate(listed, start=1):
            at = lines.get(each.code, 1)
            document.nodes.append(Node(each.code, None, level, number, each.title, each.text, "", (at, at)))
    for indicator, kind, node_code in content.every_indicator():
        at = lines.get(indicator.code, 1)
        if kind == "indicator":
            document.indicators.append(_indicator(content, indicator, node_code, at))
        else:
            document.key_results.append(
                KeyResult(
                    indicator.code,
                    node_code,
                    indicator.name,
                    cast("Kind", indicator.commitment),
                    indicator.targets,
                    at,
                )
            )
    for priority in content.priorities:
        at = lines.get(priority.code, 1)
        number = int(priority.number) if priority.number.isdigit() else 0
        document.priorities.append(Priority(priority.level, number, priority.title, priority.nodes, (at, at)))
    if content.maturity is not None:
        for opportunity in content.maturity.opportunities:
            at = lines.get(opportunity.code, 1)
            document.nodes.append(
                Node(
                    opportunity.code,
                    None,
                    "growth_opportunity",
                    None,
                    opportunity.title,
                    opportunity.text,
                    "",
                    (at, at),
                )
            )
        document.maturity = Maturity(
            [MaturityLevel(level.order, level.name, level.text) for level in content.maturity.levels],
            [
                Opportunity(each.title, each.from_level, each.to_level, (lines.get(each.code, 1),) * 2)
                for each in content.maturity.opportunities
            ],
        )
    return document


def _node(node: NodeContent, parent: str | None, lines: dict[str, int]) -> Node:
    at = lines.get(node.code, 1)
    number = int(node.number) if node.number.isdigit() else None
    return Node(node.code, parent, node.level, number, node.title, node.text, node.outcome, (at, at))


def _indicator(content: PlanContent, indicator: IndicatorContent, node: str, line: int) -> IndicatorRow:
    reading = read_goal(
        indicator.goal,
        name=indicator.name,
        fiscal_year_start_month=content.fiscal_year_start_month,
        plan_start=content.starts,
        plan_end=content.ends,
        line=line,
    )
    return IndicatorRow(
        id=indicator.code,
        node=node,
        name=indicator.name,
        goal=indicator.goal,
        targets=indicator.targets,
        line=line,
        owner=indicator.owner,
        source=" ".join(indicator.dataset) or indicator.measure,
        findings=tuple(_settled(finding, indicator) for finding in reading.findings),
    )


def _settled(finding: Finding, indicator: IndicatorContent) -> Finding:
    """Lower a doubt to information where the plan states how it reads the goal: that is what a finding asks for."""
    if not indicator.assumption:
        return finding
    return replace(finding, severity="info", suggestion=f"The plan states: {indicator.assumption}")
