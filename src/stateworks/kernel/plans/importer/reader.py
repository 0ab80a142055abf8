"""Reads the lines of a plan from top to bottom and puts each one where it belongs.

The reader keeps three things in mind: the open nodes of the tree, the list that was announced last, and the piece of
prose being read. Headings announce lists and open nodes; a sentence before a list ("we have five initiatives:") does
the same in exports that lost their headings.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from stateworks.kernel.plans.document import Node, ReadList
from stateworks.kernel.plans.importer.builder import Builder, Row, append_outcome, append_text, extend
from stateworks.kernel.plans.importer.headings import (
    RANKS,
    LevelHeading,
    announced_list,
    level_heading,
    named_heading,
)
from stateworks.kernel.plans.importer.items import CONTINUED, ItemReader
from stateworks.kernel.plans.importer.lines import Line
from stateworks.kernel.plans.importer.tables import Header, cell, read_header

LIST_HEADING = "heading of a list that was read"
TABLE_HEADER = "header of a table that was read"
HEADING_ONLY = "heading of nothing but other headings"

# Headings that announce the list below them, and the list's kind.
_LIST_HEADINGS = {
    "strategies": "strategies",
    "actions": "actions",
    "initiatives": "initiatives",
    "customers": "customers",
    "factors": "factors",
    "goals": "goals",
    "values": "values",
    "questions": "questions",
    "pillars": "pillars",
    "objectives": "objectives",
    "opportunities": "opportunities",
    "priorities": "priorities",
}
_PROSE_LEVELS = {"slogan": "slogan", "vision": "vision", "mission": "mission", "duplication": "duplication"}
_TREE_LISTS = frozenset({"strategies", "actions", "initiatives"})


@dataclass(slots=True)
class Place:
    """Where the reader is: open tree nodes by rank, the announced list, the current prose and heading."""

    open: dict[int, Node] = field(default_factory=dict)
    expected: str | None = None
    item: Node | None = None
    list_kind: str | None = None
    prose: Node | None = None
    heading: Line | None = None
    heading_title: str = ""
    heading_level: str = "section"
    heading_used: bool = True
    priority_level: str = "office"
    header: Header | None = None
    last_row: Line | None = None
    in_glossary: bool = False
    in_appendix: bool = False
    statements: list[tuple[int, str]] = field(default_factory=list)
    titles: list[str] = field(default_factory=list)
    list_start: Line | None = None
    list_numbered: bool = False

    def deepest(self) -> Node | None:
        """Return the open node of the highest rank."""
        return self.open[max(self.open)] if self.open else None

    def pillar(self) -> Node | None:
        """Return the open node of the first rank: the pillar or activity being read."""
        return self.open.get(1)


class Reader:
    """One pass over the lines; `read` returns the builder with everything in it."""

    def __init__(self, builder: Builder) -> None:
        self.builder = builder
        self.place = Place()
        self.items = ItemReader(builder, self.place)

    def read(self, lines: list[Line], noise: dict[int, str]) -> Builder:
        """Read every line in order."""
        for line in lines:
            if line.kind in {"blank", "joined"}:
                continue
            reason = noise.get(line.number)
            if reason:
                self.builder.leave(line, reason)
            elif line.kind == "row":
                self._row(line)
            elif line.kind in {"bullet", "numbered"}:
                self._item(line)
            elif line.kind == "heading" or self._is_hidden_heading(line):
                self._heading(line)
            else:
                self._text(line)
        self._end_list()
        self._unused_heading()
        return self.builder

    # Headings

    def _is_hidden_heading(self, line: Line) -> bool:
        """Return true for "Objective 1: …" as plain text, and for a known list heading that lost its mark."""
        if level_heading(line.text):
            return True
        return (
            len(line.text) <= 60
            and line.text[-1:] not in ".;,"
            and named_heading(line.text)
            in {
                "strategies",
                "indicators",
                "glossary",
                "questions",
                "slogan",
                "initiatives",
                "customers",
                "factors",
            }
        )

    def _heading(self, line: Line) -> None:
        self._end_list()
        level = level_heading(line.text)
        named = None if level else named_heading(line.text)
        self._unused_heading(keep=named)
        place = self.place
        place.item, place.prose, place.expected = None, None, None
        place.statements.append((line.number, line.text))
        if level and not (place.in_glossary and level.level in {"strategy", "action"}):
            self._open_level(level, line)
            return
        place.heading, place.heading_used, place.heading_title = line, False, line.text
        place.heading_level = _PROSE_LEVELS.get(named or "", "section")
        if named == "appendix":
            place.in_appendix, place.in_glossary = True, False
            place.open.clear()
        elif line.strong and named not in {"indicators", "strategies"}:
            place.in_glossary = False
        if named == "glossary" or (
            named == "appendix" and re.search(r"\bglossary\b", line.text, re.IGNORECASE)
        ):
            place.in_glossary = True
        if not place.in_appendix or named == "priorities":
            self._switch_pillar(line)
        if named == "indicators":
            place.expected, place.header = "indicators", None
        elif named in _LIST_HEADINGS and not place.in_glossary:
            place.expected = _LIST_HEADINGS[named]
            if named == "priorities":
                self.items.set_priority_level(line.text)
        if named in {"strategies", "indicators", "initiatives", "actions", "goals", "customers", "factors"}:
            place.heading_used = named in {"strategies", "indicators", "initiatives", "actions"}
            if place.heading_used:
                self.builder.leave(line, LIST_HEADING)

    def _unused_heading(self, keep: str | None = None) -> None:
        """List a heading under which nothing was written."""
        place = self.place
        if place.heading is not None and not place.heading_used:
            self.builder.leave(place.heading, HEADING_ONLY)
        place.heading, place.heading_used = None, True

    def _switch_pillar(self, line: Line) -> None:
        """Move to the pillar that a heading names; a heading that names none leaves the reader where it is."""
        pillar = self.items.mentioned_pillar(line.text)
        if pillar is not None and self.place.open.get(1) is not pillar:
            self.place.open = {rank: node for rank, node in self.place.open.items() if rank < 1}
            self.place.open[1] = pillar

    def _open_level(self, found: LevelHeading, line: Line) -> None:
        """Open the node of a heading such as "Objective 2: …" and close what is deeper."""
        place = self.place
        rank = RANKS[found.level]
        place.in_glossary = False
        place.in_appendix = False
        place.open = {other: node for other, node in place.open.items() if other < rank}
        parent = place.deepest()
        node = self.items.announced_objective(found, line) if found.level == "objective" else None
        if node is None:
            node = self.items.add_to_tree(found.level, parent, found.number, found.title, line)
        place.open[rank] = node
        place.heading, place.heading_used, place.heading_level = None, True, "section"
        place.heading_title = found.title
        place.header = None

    # Lists and tables

    def _item(self, line: Line) -> None:
        place = self.place
        if (
            place.list_start is not None
            and line.kind == "numbered"
            and line.marker == 1
            and len(place.titles) > 1
        ):
            restarted_plain = place.list_kind is None
            if restarted_plain:
                self._end_list()
        if place.list_start is None:
            place.list_start, place.list_numbered = line, line.kind == "numbered"
            place.list_kind = self.items.kind_of_list(line)
        elif place.list_kind is None and place.list_numbered != (line.kind == "numbered"):
            place.list_numbered = place.list_numbered or line.kind == "numbered"
        if place.list_kind == "initiatives" and line.kind == "bullet" and place.item is not None:
            append_outcome(place.item, line)
            return
        title = self.items.read(line)
        if title is None:
            self._plain(line)
            title = line.text
        elif place.list_kind not in _TREE_LISTS:
            self._heading_as_prose()
        place.titles.append(title)

    def _heading_as_prose(self) -> None:
        """Keep the heading of a list beside the tree as a piece of prose of its own."""
        place = self.place
        if place.heading is not None and not place.heading_used:
            self.builder.leave(place.heading, LIST_HEADING)
            place.heading_used = True

    def _end_list(self) -> None:
        """Close the list being read and keep it for lint with the statements made before it."""
        place = self.place
        if place.list_start is not None:
            self.builder.lists.append(
                ReadList(
                    tuple(place.statements[-4:]),
                    tuple(place.titles),
                    place.list_start.number,
                    place.list_numbered,
                    place.heading_title,
                )
            )
            place.statements = []
        place.list_start, place.titles, place.list_kind, place.item = None, [], None, None

    def _row(self, line: Line) -> None:
        self._end_list()
        place = self.place
        header = read_header(line)
        if header is not None:
            place.header = header
            self.builder.leave(line, TABLE_HEADER)
            self._heading_as_prose()
            return
        node = place.deepest()
        if (place.header is None and place.expected != "indicators") or node is None:
            self._plain(line)
            return
        columns = place.header or Header(0, 1)
        name = cell(line, columns.name)
        if not name:
            self._plain(line)
            return
        row = Row(
            node.id,
            "",
            name,
            cell(line, columns.goal),
            line.number,
            cell(line, columns.owner),
            cell(line, columns.source),
        )
        self.builder.rows.append(row)
        place.last_row = line

    # Prose

    def _text(self, line: Line) -> None:
        place = self.place
        if self._continues(line):
            return
        announced = announced_list(line.text)
        if (
            place.item is not None
            and self.items.takes_paragraphs()
            and not (announced and line.text.endswith(":"))
        ):
            self.items.paragraph(line)
            return
        self._end_list()
        place.statements.append((line.number, line.text))
        if announced is not None and not place.in_glossary:
            self._announce(announced, line)
        if self.items.is_mission(line) and place.heading_level != "mission":
            self.builder.add_beside("mission", None, "Mission", line, line.text)
            place.prose = None
            return
        if place.expected == "questions" and "?" in line.text:
            self._heading_as_prose()
            self.items.question(line)
            return
        self._plain(line)

    def _announce(self, announced: str, line: Line) -> None:
        place = self.place
        # "… beyond our control that affect our goals and objectives:" under "External Factors" still announces factors.
        if place.expected in {"customers", "factors", "goals", "values", "strategies", "questions"}:
            return
        if announced == "plain":
            place.expected = place.expected if place.expected == "opportunities" else None
            return
        place.expected = announced
        if announced == "priorities":
            self.items.set_priority_level(line.text)

    def _continues(self, line: Line) -> bool:
        """Join a line that a hard line break cut off from the item, row or paragraph before it."""
        place = self.place
        if line.after_blank:
            return False
        continues_cell = line.text[:1].islower() or line.text[:1] in "0123456789≥≤<>("
        if place.last_row is not None and place.last_row.number == line.number - 1 and continues_cell:
            row = self.builder.rows[-1]
            row.goal = f"{row.goal} {line.text}".strip()
            self.builder.leave(line, CONTINUED)
            place.last_row = line
            return True
        if line.text[:1].islower() and place.item is not None and place.item.lines[1] == line.number - 1:
            node = place.item
            if node.outcome:
                node.outcome = f"{node.outcome} {line.text}"
            elif node.text:
                node.text = f"{node.text} {line.text}"
            else:
                node.title = f"{node.title} {line.text}"
            extend(node, line)
            return True
        return False

    def _plain(self, line: Line) -> None:
        """Keep a line as prose: of the open tree node before its children, else of a section of its own."""
        place = self.place
        if place.prose is not None and self.builder.nodes[-1] is not place.prose:
            # Something was read in between: a node's lines never span another's.
            place.prose, place.heading_level = None, "section"
        node = place.deepest()
        fresh = place.heading is None or place.heading_used
        if (
            place.prose is None
            and fresh
            and node is not None
            and not self._has_children(node)
            and not place.in_appendix
        ):
            append_text(node, line)
            return
        if place.prose is None:
            start = place.heading if place.heading is not None and not place.heading_used else line
            level = place.heading_level
            parent = self.place.deepest() if not place.in_appendix else None
            title = place.heading_title
            if level in {"slogan", "mission"}:
                parent = None
            place.prose = self.builder.add_beside(level, parent, title, start)
            place.heading_used = True
        append_text(place.prose, line)

    def _has_children(self, node: Node) -> bool:
        return self.builder.nodes[-1] is not node or any(
            row.node == node.id for row in self.builder.rows[-1:]
        )
