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
    used: Counter[str] = field(default_factory=Counter)
    numbers: dict[tuple[str | None, str], set[int]] = field(default_factory=dict)

    def unique(self, wanted: str) -> str:
        """Return the id, or the id with a letter where the document uses it twice."""
        candidate = wanted
        while candidate in self.ids:
            self.used[wanted] += 1
            candidate = f"{wanted}-{self.used[wanted] + 1}"
        self.ids.add(candidate)
        return candidate

    def add(
        self,
        level: str,
        wanted_id: str,
        parent: Node | None,
        number: int | None,
        title: str,
        line: Line,
        text: str = "",
    ) -> Node:
        """Add a node that starts on a line."""
        node = Node(
            self.unique(wanted_id),
            parent.id if parent else None,
            level,
            number,
            title,
            text,
            "",
            (line.number, line.last),
        )
        self.nodes.append(node)
        return node

    def number_below(self, parent: Node | None, level: str, printed: int | None) -> int:
        """Return the printed number where it is free below a parent, else the next one in the order of the text."""
        taken = self.numbers.setdefault((parent.id if parent else None, level), set())
        number = printed if printed and printed not in taken else len(taken) + 1
        while number in taken:
            number += 1
        taken.add(number)
        return number

    def add_beside(self, level: str, parent: Node | None, title: str, line: Line, text: str = "") -> Node:
        """Add a node beside the tree, numbered in the order of the text: a customer, a factor, a piece of prose."""
        self.sections[level] += 1
        number = self.sections[level]
        return self.add(level, f"{level.replace('_', '-')}-{number}", parent, number, title, line, text)

    def leave(self, line: Line, reason: str) -> None:
        """List a line as belonging to no node."""
        for number in range(line.number, line.last + 1):
            self.unplaced.append(Unplaced(number, (line.text or line.raw.strip())[:_SHOWN], reason))


def extend(node: Node, line: Line) -> None:
    """Let a node reach to a line."""
    node.lines = (node.lines[0], max(node.lines[1], line.last))


def append_text(node: Node, line: Line, text: str | None = None) -> None:
    """Add a line's text to a node."""
    text = line.text if text is None else text
    node.text = f"{node.text}\n{text}" if node.text else text
    extend(node, line)


def append_outcome(node: Node, line: Line) -> None:
    """Add a line to a node's outcome."""
    node.outcome = f"{node.outcome}\n{line.text}" if node.outcome else line.text
    extend(node, line)
