"""The document under construction: nodes with unique ids, their lines, and where every other line went."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from stateworks.kernel.plans.document import (
    GlossaryEntry,
    IndicatorRow,
    MaturityLevel,
    Node,
    Opportunity,
    Priority,
    ReadList,
    Repeat,
    Unplaced,
)
from stateworks.kernel.plans.importer.lines import Line

_SHOWN = 500


@dataclass(slots=True)
class Row:
    """A table row under a node, before its goal is read."""

    node: str
    id: str
    name: str
    goal: str
    line: int
    owner: str = ""
    source: str = ""


@dataclass(slots=True)
class Builder:
    """Collects what the reader finds; every line it is given ends up on a node, in a row or among the unplaced."""

    nodes: list[Node] = field(default_factory=list)
    rows: list[Row] = field(default_factory=list)
    indicators: list[IndicatorRow] = field(default_factory=list)
    priorities: list[Priority] = field(default_factory=list)
    levels: list[MaturityLevel] = field(default_factory=list)
    opportunities: list[Opportunity] = field(default_factory=list)
    glossary: list[GlossaryEntry] = field(default_factory=list)
    unplaced: list[Unplaced] = field(default_factory=list)
    repeats: list[Repeat] = field(default_factory=list)
    lists: list[ReadList] = field(default_factory=list)
    ids: set[str] = field(default_factory=set)
    sections: Counter[str] = field(default_factory=Counter)
    by_id: dict[str, Node] = field(default_factory=dict)

    def unique(self, wanted: str) -> str:
        """Return the id, or the id with a letter where the document uses it twice."""
        candidate, suffix = wanted, 1
        while candidate in self.ids:
            suffix += 1
            candidate = f"{wanted}-{suffix}"
        self.ids.add(candidate)
        return candidate

    def add(
        self, level: str, wanted_id: str, parent: Node | None, number: int | None, title: str, line: Line, text: str = ""
    ) -> Node:
        """Add a node that starts on a line."""
        node = Node(
            self.unique(wanted_id), parent.id if parent else None, level, number, title, text, "", (line.number, line.number)
        )
        self.nodes.append(node)
        self.by_id[node.id] = node
        return node

    def add_beside(self, level: str, parent: Node | None, title: str, line: Line, text: str = "") -> Node:
        """Add a node beside the tree, numbered in the order of the text: a customer, a factor, a piece of prose."""
        self.sections[level] += 1
        number = self.sections[level]
        return self.add(level, f"{level.replace('_', '-')}-{number}", parent, number, title, line, text)

    def leave(self, line: Line, reason: str) -> None:
        """List a line as belonging to no node."""
        self.unplaced.append(Unplaced(line.number, (line.text or line.raw.strip())[:_SHOWN], reason))


def extend(node: Node, line: Line) -> None:
    """Let a node reach to a line."""
    node.lines = (node.lines[0], max(node.lines[1], line.number))


def append_text(node: Node, line: Line, text: str | None = None) -> None:
    """Add a line's text to a node."""
    text = line.text if text is None else text
    node.text = f"{node.text}\n{text}" if node.text else text
    extend(node, line)


def append_outcome(node: Node, line: Line) -> None:
    """Add a line to a node's outcome."""
    node.outcome = f"{node.outcome}\n{line.text}" if node.outcome else line.text
    extend(node, line)
