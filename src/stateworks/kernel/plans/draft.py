"""An imported document as a plan of our format: a draft to read, correct, bind to measures and load."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import date
from typing import Any

from stateworks.kernel.errors import Refused
from stateworks.kernel.indicators.targets import Target
from stateworks.kernel.plans.content import (
    IndicatorContent,
    ListedContent,
    MaturityContent,
    MaturityLevelContent,
    MilestoneContent,
    NodeContent,
    OpportunityContent,
    PlanContent,
    PriorityContent,
    TermContent,
)
from stateworks.kernel.plans.document import Finding, IndicatorRow, KeyResult, Node, PlanDocument
from stateworks.kernel.plans.suggest import MILESTONES

LONGEST_UNIT = 20
_HEADER = ("slogan", "mission", "vision", "duplication")
_LISTED = {"customer": "customers", "external_factor": "external_factors"}


def draft_of(
    document: PlanDocument, *, slug: str = "", starts: date | None = None, ends: date | None = None
) -> PlanContent:
    """Return what was read as a plan; what the document leaves open (its period, its name) may be given."""
    starts, ends = starts or document.start, ends or document.end
    if starts is None or ends is None:
        raise Refused("The document names no period; give the plan's first and last day (--starts, --ends).")
    header, lists, kept = _sorted_out(document)
    return PlanContent(
        slug=slug or slug_of(document.office or document.title, starts),
        title=(document.title or document.office or "Plan")[:300],
        office=(document.office or "Unnamed office")[:200],
        starts=starts,
        ends=ends,
        fiscal_year_start_month=document.fiscal_year_start_month,
        stage="draft",
        values=tuple(f"{node.title}: {node.text}" if node.text else node.title for node in lists["value"]),
        customers=_listed(lists["customer"]),
        external_factors=_listed(lists["external_factor"]),
        goals=_listed(lists["goal"]),
        priorities=_priorities(document, lists["priority"]),
        maturity=_maturity(document, lists["growth_opportunity"], ends),
        glossary=tuple(TermContent(entry.term, entry.text) for entry in document.glossary),
        nodes=_tree(document, kept, lists["question"]),
        **header,
    )


def slug_of(name: str, starts: date) -> str:
    """Return a short name for addresses: the office's initials where it has several words, and the first year."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    words = [word for word in re.findall(r"[a-z0-9]+", plain) if word not in ("of", "and", "the", "for")]
    short = "".join(word[0] for word in words) if len(words) > 2 else "-".join(words)
    return f"{short[:40] or 'plan'}-{starts.year}"


def _sorted_out(document: PlanDocument) -> tuple[dict[str, Any], dict[str, list[Node]], list[Node]]:
    """Part the nodes into the header's texts, the lists beside the tree, and the tree."""
    header: dict[str, Any] = {}
    lists: dict[str, list[Node]] = defaultdict(list)
    kept: list[Node] = []
    parents = {node.parent for node in document.nodes}
    # A plan's goals are a list beside the tree, unless the tree grows from them.
    goals_are_tree = any(node.level == "goal" and node.id in parents for node in document.nodes)
    has_maturity = bool(document.maturity.levels)
    for node in document.nodes:
        if node.level in _HEADER and node.parent is None and node.level not in header:
            header[node.level] = node.text or node.title
        elif node.level == "goal" and not goals_are_tree and _rows_of(document, node.id) == 0:
            lists["goal"].append(node)
        elif node.level in _LISTED or (node.level in ("value", "priority")):
            lists[node.level].append(node)
        elif node.level == "question" and node.parent is not None:
            lists["question"].append(node)
        elif node.level in ("maturity_level", "growth_opportunity") and has_maturity:
            lists[node.level].append(node)
        else:
            kept.append(node)
    return header, lists, kept


def _rows_of(document: PlanDocument, node: str) -> int:
    return sum(1 for row in document.indicators if row.node == node)


def _listed(nodes: Sequence[Node]) -> tuple[ListedContent, ...]:
    return tuple(ListedContent(node.id, node.title, _text(node)) for node in nodes)


def _text(node: Node) -> str:
    return "\n".join(part for part in (node.text, node.outcome) if part)


def _tree(document: PlanDocument, kept: Sequence[Node], questions: Sequence[Node]) -> tuple[NodeContent, ...]:
    children: dict[str | None, list[Node]] = defaultdict(list)
    known = {node.id for node in kept}
    for node in kept:
        children[node.parent if node.parent in known else None].append(node)
    indicators: dict[str, list[IndicatorRow]] = defaultdict(list)
    for row in document.indicators:
        indicators[row.node].append(row)
    results: dict[str, list[KeyResult]] = defaultdict(list)
    for result in document.key_results:
        results[result.node].append(result)
    asked: dict[str | None, list[str]] = defaultdict(list)
    for question in questions:
        asked[question.parent].append(question.title or question.text)

    def make(node: Node) -> NodeContent:
        return NodeContent(
            code=node.id,
            level=node.level,
            title=node.title,
            number="" if node.number is None else str(node.number),
            text=node.text,
            outcome=node.outcome,
            questions=tuple(asked[node.id]),
            indicators=tuple(_indicator(row) for row in indicators[node.id]),
            key_results=tuple(_key_result(result) for result in results[node.id]),
            nodes=tuple(make(child) for child in children[node.id]),
        )

    return tuple(make(node) for node in children[None])


def _indicator(row: IndicatorRow) -> IndicatorContent:
    return IndicatorContent(
        code=row.id,
        name=row.name,
        goal=row.goal,
        targets=row.targets,
        assumption=_assumption(row.findings),
        owner=row.owner[:200],
        rationale=f"Source named in the plan: {row.source}" if row.source else "",
        **measured(row.id, row.name, row.targets),
    )


def _key_result(result: KeyResult) -> IndicatorContent:
    return IndicatorContent(
        code=result.id,
        name=result.text,
        commitment=result.kind,
        targets=result.targets,
        assumption=_assumption(result.findings),
        **measured(result.id, result.text, result.targets),
    )


def measured(code: str, name: str, targets: tuple[Target, ...]) -> dict[str, Any]:
    """Return what follows from the targets: the unit, which way is better, and a milestone for a bare date."""
    if targets and all(target.is_milestone for target in targets):
        key = re.sub(r"[^a-z0-9]+", "-", code.lower()).strip("-")
        due = max((target.by for target in targets if target.by), default=None)
        return {
            "unit": "milestone",
            "measure": MILESTONES,
            "dataset": (MILESTONES,),
            "milestones": (MilestoneContent(f"m-{key}"[:60], name[:300], due),),
        }
    figures = [target for target in targets if target.comparator]
    first = figures[0] if figures else None
    down = first is not None and (
        first.change.direction == "down" if first.change else first.comparator in ("<", "<=")
    )
    unit = (first.unit or "") if first else ""
    # A long phrase is what is counted, not a unit; the target keeps it.
    return {"unit": unit if len(unit) <= LONGEST_UNIT else "count", "direction": "down" if down else "up"}


def _assumption(findings: Sequence[Finding]) -> str:
    """Return how doubtful goals were read, as the findings say it."""
    return " ".join(dict.fromkeys(finding.suggestion for finding in findings if finding.severity != "info"))


def _priorities(document: PlanDocument, nodes: Sequence[Node]) -> tuple[PriorityContent, ...]:
    texts = {(node.title, node.lines): node for node in nodes}
    known = {node.id for node in document.nodes}
    counts: Counter[str] = Counter()
    made = []
    for each in document.priorities:
        node = texts.get((each.title, each.lines))
        counts[each.level] += 1
        made.append(
            PriorityContent(
                code=node.id if node else f"priority-{each.level}-{counts[each.level]}",
                level=each.level if each.level in ("enterprise", "office", "pillar") else "office",
                title=each.title,
                text=_text(node) if node else "",
                number=str(each.number),
                nodes=tuple(code for code in each.nodes if code in known),
            )
        )
    return tuple(made)


def _maturity(document: PlanDocument, nodes: Sequence[Node], ends: date) -> MaturityContent | None:
    model = document.maturity
    if not model.levels:
        return None
    names = {level.name.lower(): level.name for level in model.levels}
    paired = len(nodes) == len(model.opportunities)
    opportunities = []
    for number, each in enumerate(model.opportunities, start=1):
        start, goal = names.get(each.from_level.lower()), names.get(each.to_level.lower())
        if start is None or goal is None:
            continue
        node = nodes[number - 1] if paired else None
        opportunities.append(
            OpportunityContent(
                code=node.id if node else f"growth-opportunity-{number}",
                title=each.name,
                from_level=start,
                to_level=goal,
                by=ends,
                text=_text(node) if node else "",
            )
        )
    return MaturityContent(
        levels=tuple(
            MaturityLevelContent(number, level.name, level.text)
            for number, level in enumerate(model.levels, start=1)
        ),
        opportunities=tuple(opportunities),
    )
