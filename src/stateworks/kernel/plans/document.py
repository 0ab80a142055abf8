"""A plan document as it was read: its tree, indicators, key results and findings, each with its place in the text.

`PlanDocument.to_json()` is the contract of `stateworks plan import`. Line numbers count from 1 and are the file's own.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal

from stateworks.kernel.errors import Refused
from stateworks.kernel.indicators.targets import Target

Severity = Literal["error", "warning", "info"]
Kind = Literal["committed", "stretch", "learning"]

Progress = Callable[[str, int, int], None]
"""Is told what is being done, and so many of how many; where it raises, the reading ends there."""


def untold(doing: str, done: int, total: int) -> None:
    """Progress that nobody follows."""


FINDING_CODES = frozenset(
    {
        "goal.unparsed",
        "goal.no-comparator",
        "goal.percent-or-points",
        "goal.no-baseline",
        "goal.two-figures",
        "goal.several-targets",
        "goal.before-plan",
        "goal.after-plan",
        "goal.mean-or-median",
        "goal.start-or-end",
        "objective.no-indicator",
        "indicator.no-owner",
        "indicator.no-source",
        "indicator.output-not-outcome",
        "indicator.name-repeats-goal",
        "indicator.name-differs-from-goal",
        "text.order-differs",
        "text.acronym-two-ways",
        "text.acronym-unexpanded",
        "text.count-differs",
        "text.heading-differs",
        "text.promise-without-indicator",
    }
)


class PlanImportError(Refused):
    """A file that cannot be read as a plan: what is wrong, where, and what to do instead."""


@dataclass(frozen=True, slots=True)
class Finding:
    """A doubt about a plan's text: where it is, why it matters and what to write instead."""

    code: str
    severity: Severity
    line: int | None
    text: str
    why: str
    suggestion: str

    def __post_init__(self) -> None:
        if self.code not in FINDING_CODES:
            raise ValueError(f"{self.code!r} is no finding code.")

    def to_json(self) -> dict[str, Any]:
        """Return the six fields by name."""
        return {
            "code": self.code,
            "severity": self.severity,
            "line": self.line,
            "text": self.text,
            "why": self.why,
            "suggestion": self.suggestion,
        }


@dataclass(slots=True)
class Node:
    """A place in the plan's tree, or a piece of text beside it; `lines` are its own, without its children's."""

    id: str
    parent: str | None
    level: str
    number: int | None
    title: str
    text: str
    outcome: str
    lines: tuple[int, int]

    def to_json(self) -> dict[str, Any]:
        """Return the node as the contract has it."""
        return {
            "id": self.id,
            "parent": self.parent,
            "level": self.level,
            "number": self.number,
            "title": self.title,
            "text": self.text,
            "outcome": self.outcome,
            "lines": list(self.lines),
        }


@dataclass(slots=True)
class IndicatorRow:
    """A row of an indicator table: its name, its goal verbatim and as read, and who and what it names beside them."""

    id: str
    node: str
    name: str
    goal: str
    targets: tuple[Target, ...]
    line: int
    owner: str = ""
    source: str = ""
    findings: tuple[Finding, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """Return the row as the contract has it."""
        return {
            "id": self.id,
            "node": self.node,
            "name": self.name,
            "goal": self.goal,
            "targets": [target.to_json() for target in self.targets],
            "line": self.line,
        }


@dataclass(slots=True)
class KeyResult:
    """A figured or dated promise found in an outcome paragraph."""

    id: str
    node: str
    text: str
    kind: Kind
    targets: tuple[Target, ...]
    line: int
    findings: tuple[Finding, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """Return the key result as the contract has it."""
        return {
            "id": self.id,
            "node": self.node,
            "text": self.text,
            "kind": self.kind,
            "targets": [target.to_json() for target in self.targets],
            "line": self.line,
        }


@dataclass(slots=True)
class Priority:
    """A priority of the enterprise, the office or a pillar, and the nodes it points at."""

    level: str
    number: int
    title: str
    nodes: tuple[str, ...]
    lines: tuple[int, int]

    def to_json(self) -> dict[str, Any]:
        """Return the priority as the contract has it."""
        return {
            "level": self.level,
            "number": self.number,
            "title": self.title,
            "nodes": list(self.nodes),
            "lines": list(self.lines),
        }


@dataclass(frozen=True, slots=True)
class MaturityLevel:
    """One step of the plan's maturity model."""

    order: int
    name: str
    text: str


@dataclass(frozen=True, slots=True)
class Opportunity:
    """A growth opportunity: from which maturity level to which."""

    name: str
    from_level: str
    to_level: str
    lines: tuple[int, int]


@dataclass(slots=True)
class Maturity:
    """The plan's maturity model and the moves it promises."""

    levels: list[MaturityLevel] = field(default_factory=list)
    opportunities: list[Opportunity] = field(default_factory=list)

    def to_json(self) -> dict[str, Any]:
        """Return levels and opportunities as the contract has them."""
        return {
            "levels": [{"order": lv.order, "name": lv.name, "text": lv.text} for lv in self.levels],
            "opportunities": [
                {"name": o.name, "from": o.from_level, "to": o.to_level, "lines": list(o.lines)}
                for o in self.opportunities
            ],
        }


@dataclass(frozen=True, slots=True)
class GlossaryEntry:
    """A term and what the plan means by it."""

    term: str
    text: str
    line: int


@dataclass(frozen=True, slots=True)
class Result:
    """A figure that a file reports for an indicator in a period: to be reported with the plan, never computed."""

    code: str
    period: str
    value: float
    note: str = ""
    line: int | None = None

    def to_json(self) -> dict[str, Any]:
        """Return the figure as the contract has it."""
        return {
            "indicator": self.code,
            "period": self.period,
            "value": self.value,
            "note": self.note,
            "line": self.line,
        }


@dataclass(frozen=True, slots=True)
class Unplaced:
    """A line that belongs to no node, and why: nothing is dropped in silence."""

    line: int
    text: str
    reason: str


@dataclass(frozen=True, slots=True)
class Repeat:
    """A title that the document gives again in other words or another place; lint compares the two."""

    what: str
    title: str
    line: int
    again: str
    again_line: int


@dataclass(frozen=True, slots=True)
class ReadList:
    """A list with the sentences and headings before it; lint counts its items and compares their order."""

    statements: tuple[tuple[int, str], ...]
    titles: tuple[str, ...]
    line: int
    numbered: bool
    section: str


@dataclass(slots=True)
class PlanDocument:
    """Everything read from one plan file; `source`, `repeats` and `lists` serve lint and are not part of the JSON.

    `pages` has the page of each line where the file has pages, and is empty where it has none.
    """

    title: str
    office: str
    start: date | None
    end: date | None
    line_count: int
    nodes: list[Node] = field(default_factory=list)
    indicators: list[IndicatorRow] = field(default_factory=list)
    key_results: list[KeyResult] = field(default_factory=list)
    priorities: list[Priority] = field(default_factory=list)
    maturity: Maturity = field(default_factory=Maturity)
    glossary: list[GlossaryEntry] = field(default_factory=list)
    results: list[Result] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    unplaced: list[Unplaced] = field(default_factory=list)
    fiscal_year_start_month: int = 7
    source: tuple[str, ...] = ()
    pages: tuple[int | None, ...] = ()
    repeats: list[Repeat] = field(default_factory=list)
    lists: list[ReadList] = field(default_factory=list)

    def of_level(self, level: str) -> list[Node]:
        """Return the nodes of a level, in the order of the text."""
        return [node for node in self.nodes if node.level == level]

    def counts(self) -> dict[str, int]:
        """Return how many nodes each level has, then indicators, key results and priorities where there are any."""
        counts: dict[str, int] = dict(Counter(node.level for node in self.nodes))
        for name, rows in (
            ("indicator", self.indicators),
            ("key_result", self.key_results),
            ("priority", self.priorities),
        ):
            if rows:
                counts[name] = len(rows)
        return counts

    def descendants(self, node_id: str) -> Iterator[Node]:
        """Yield every node below one, in the order of the text."""
        below = {node_id}
        for node in self.nodes:
            if node.parent in below:
                below.add(node.id)
                yield node

    def page_of(self, line: int | None) -> int | None:
        """Return the page a line stands on; none where the file has no pages."""
        return self.pages[line - 1] if line and 0 < line <= len(self.pages) else None

    def _paged(self, entry: dict[str, Any], line: int | None) -> dict[str, Any]:
        return entry | {"page": self.page_of(line)} if self.pages else entry

    def to_json(self) -> dict[str, Any]:
        """Return the document exactly as the contract of `plan import` has it."""
        return {
            "title": self.title,
            "office": self.office,
            "period": {
                "start": self.start.isoformat() if self.start else None,
                "end": self.end.isoformat() if self.end else None,
            },
            "line_count": self.line_count,
            "counts": self.counts(),
            "nodes": [node.to_json() for node in self.nodes],
            "indicators": [row.to_json() for row in self.indicators],
            "key_results": [row.to_json() for row in self.key_results],
            "priorities": [row.to_json() for row in self.priorities],
            "maturity": self.maturity.to_json(),
            "glossary": [{"term": g.term, "text": g.text, "line": g.line} for g in self.glossary],
            "findings": [self._paged(each.to_json(), each.line) for each in self.findings],
            "unplaced": [
                self._paged({"line": u.line, "text": u.text, "reason": u.reason}, u.line)
                for u in self.unplaced
            ],
            "results": [result.to_json() for result in self.results],
        }
