"""What becomes of a list's items: strategies, initiatives, customers, priorities, maturity levels, glossary entries."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from stateworks.kernel.plans.document import (
    GlossaryEntry,
    MaturityLevel,
    Node,
    Opportunity,
    Priority,
    Repeat,
)
from stateworks.kernel.plans.importer.builder import Builder, append_outcome, append_text, extend
from stateworks.kernel.plans.importer.headings import RANKS, LevelHeading, split_title
from stateworks.kernel.plans.importer.lines import Line

if TYPE_CHECKING:
    from stateworks.kernel.plans.importer.reader import Place

REPEATED_OBJECTIVE = "summary of an objective that has its own heading"
REPEATED_PRIORITY = "repeats a priority that was read before"
CONTINUED = "continues the line before it"
REPEATED_PILLAR = "repeats a pillar that was read before"

_MOVE = re.compile(
    r"^(?P<name>.{2,160}?)(?::|\s[–—-])\s+(?:move|moves|moving|advance|grow|go)?\s*from\s+(?P<from>[\w\s-]{2,40}?)\s+to\s+"
    r"(?P<to>[\w\s-]{2,40}?)\s*[.;]?$",
    re.IGNORECASE,
)
_MISSION = re.compile(r"^[“\"']?\s*(?:our|the)\s+(?:\w+\s+){0,3}?mission\s+is\b", re.IGNORECASE)


def plain(text: str) -> str:
    """Return a title's words in lower case, without marks, for comparison."""
    return re.sub(r"[^a-z0-9]+", " ", text.lower()).strip()


class ItemReader:
    """Reads the items of one list after another; the reader's place says which list it is."""

    def __init__(self, builder: Builder, place: Place) -> None:
        self.builder = builder
        self.place = place
        self.pillars: list[Node] = []
        # Objectives announced in a pillar's overview, by pillar and number, until their own heading comes.
        self.announced: dict[tuple[str, int], Node] = {}
        self.priority: Priority | None = None

    # Where a list belongs

    def kind_of_list(self, line: Line) -> str | None:
        """Return the kind of the list that starts here."""
        place = self.place
        if _MOVE.match(line.text):
            return "moves"
        if place.in_glossary:
            return "terms"
        kind = place.expected
        if kind == "initiatives" and (place.deepest() is None or place.open.get(2) is None):
            return None
        if kind in {"strategies", "actions"} and place.deepest() is None:
            return None
        if kind == "terms":
            return None
        # An announced list is read once; a second list below it is another one.
        if kind not in {"strategies", "actions", "customers", "factors", "goals", "questions", "initiatives"}:
            place.expected = None
        return kind

    def takes_paragraphs(self) -> bool:
        """Return true where a paragraph after an item belongs to the item."""
        place = self.place
        if place.list_kind == "priorities":
            return place.list_numbered and place.priority_level == "pillar"
        return place.list_kind in {"initiatives", "factors"}

    def is_mission(self, line: Line) -> bool:
        """Return true for a sentence that states the mission outside a heading of that name."""
        return bool(_MISSION.match(line.text)) and not any(
            node.level == "mission" for node in self.builder.nodes
        )

    def mentioned_pillar(self, text: str) -> Node | None:
        """Return the one pillar that a heading names by its whole title."""
        words = f" {plain(text)} "
        hits = [pillar for pillar in self.pillars if f" {plain(pillar.title)} " in words]
        # "Data" is inside "Data and Analytics": the longest title counts, unless two stand side by side.
        hits = [a for a in hits if not any(a is not b and plain(a.title) in plain(b.title) for b in hits)]
        return hits[0] if len(hits) == 1 else None

    def set_priority_level(self, text: str) -> None:
        """Decide whose priorities are listed: the enterprise's, a pillar's or the office's."""
        place = self.place
        # The last mention stands nearest to the list: "beside the enterprise-wide ones, the following priorities".
        mentions = re.findall(r"((?:[\w-]+\s+){0,3})priorities\b", text, re.IGNORECASE)
        if mentions and re.search(
            r"\b(?:enterprise|state|government)[\s-]?wide\b", mentions[-1], re.IGNORECASE
        ):
            place.priority_level = "enterprise"
        elif self.mentioned_pillar(text) or (place.pillar() and not place.in_appendix):
            place.priority_level = "pillar"
        elif place.in_appendix:
            place.priority_level = "pillar" if place.pillar() else "office"
        else:
            place.priority_level = "office"

    # The tree

    def add_to_tree(
        self, level: str, parent: Node | None, number: int | None, title: str, line: Line
    ) -> Node:
        """Add a node of the tree; its id is its parents' numbers and its own."""
        rank = RANKS[level]
        if rank == 0:
            own = self.builder.number_below(None, level, number)
            return self.builder.add(level, f"{level}-{own}", parent, own, title, line)
        prefix = "" if parent is None or RANKS.get(parent.level, 0) == 0 else f"{parent.id}."
        mark = {"strategy": "s", "action": "a"}.get(level, "")
        own = self.builder.number_below(parent, level, number)
        node = self.builder.add(level, f"{prefix}{mark}{own}", parent, own, title, line)
        if rank == 1:
            self.pillars.append(node)
        return node

    def announced_objective(self, found: LevelHeading, line: Line) -> Node | None:
        """Return the objective that an overview announced, moved to its own heading."""
        pillar = self.place.pillar()
        node = self.announced.pop((pillar.id, found.number or 0), None) if pillar else None
        if node is None:
            return None
        first = Line(node.lines[0], "", f"{node.title}: {node.text}" if node.text else node.title, "numbered")
        for number in range(node.lines[0], node.lines[1] + 1):
            self.builder.leave(Line(number, "", first.text, "numbered"), REPEATED_OBJECTIVE)
        self.builder.repeats.append(Repeat("objective", node.title, node.lines[0], found.title, line.number))
        node.title, node.text, node.lines = found.title, "", (line.number, line.last)
        self.builder.nodes.remove(node)
        self.builder.nodes.append(node)
        return node

    # Items

    def read(self, line: Line) -> str | None:
        """Place a list item by its list's kind and return its title; None leaves it to the prose."""
        kind = self.place.list_kind
        handler = {
            "strategies": self._strategy,
            "actions": self._strategy,
            "initiatives": self._initiative,
            "pillars": self._pillar,
            "objectives": self._objective,
            "priorities": self._priority,
            "levels": self._level,
            "opportunities": self._opportunity,
            "moves": self._move,
            "terms": self._term,
            "customers": self._beside,
            "factors": self._beside,
            "goals": self._beside,
            "values": self._beside,
            "questions": self._beside,
        }.get(kind or "")
        return handler(line) if handler else None

    def _strategy(self, line: Line) -> str:
        level = "strategy" if self.place.list_kind == "strategies" else "action"
        parent = self._parent_below(RANKS[level])
        node = self.add_to_tree(level, parent, None, line.text, line)
        self.place.item = node
        return node.title

    def _initiative(self, line: Line) -> str:
        title, text = split_title(line.text)
        parent = self._parent_below(RANKS["initiative"])
        node = self.add_to_tree("initiative", parent, None, title, line)
        node.text = text
        self.place.item = node
        return title

    def _parent_below(self, rank: int) -> Node | None:
        lower = [r for r in self.place.open if r < rank]
        return self.place.open[max(lower)] if lower else None

    def _pillar(self, line: Line) -> str | None:
        title, text = split_title(line.text)
        known = next((pillar for pillar in self.pillars if plain(pillar.title) == plain(title)), None)
        if known is not None:
            self.builder.leave(line, REPEATED_PILLAR)
            return title
        node = self.add_to_tree("pillar", None, None, title, line)
        node.text = text
        return title

    def _objective(self, line: Line) -> str | None:
        pillar = self.place.pillar()
        title, text = split_title(line.text)
        if line.kind != "numbered" and not text:
            return None
        node = self.add_to_tree("objective", pillar, None, title, line)
        node.text = text
        if pillar is not None and node.number is not None:
            self.announced[(pillar.id, node.number)] = node
        return title

    def _priority(self, line: Line) -> str:
        place = self.place
        pillar = place.pillar() if place.priority_level == "pillar" else None
        title, text = split_title(line.text)
        number = len(place.titles) + 1
        before = [
            p
            for p in self.builder.priorities
            if p.level == place.priority_level and (not pillar or pillar.id in p.nodes[:1])
        ]
        twin = next((p for p in before if p.number == number), None)
        if twin is not None:
            self.builder.repeats.append(Repeat("priority", twin.title, twin.lines[0], title, line.number))
            self.builder.leave(line, REPEATED_PRIORITY)
            place.item = None
            return title
        scope = f"{place.priority_level}-{pillar.id}" if pillar else place.priority_level
        node = self.builder.add("priority", f"priority-{scope}-{number}", pillar, number, title, line, text)
        self.builder.priorities.append(
            Priority(place.priority_level, number, title, (pillar.id,) if pillar else (), node.lines)
        )
        place.item = node
        return title

    def _level(self, line: Line) -> str:
        title, text = split_title(line.text)
        order = len(self.builder.levels) + 1
        self.builder.levels.append(MaturityLevel(order, title, text))
        self.builder.add_beside("maturity_level", None, title, line, text)
        return title

    def _opportunity(self, line: Line) -> str:
        title, text = split_title(line.text)
        self.builder.add_beside("growth_opportunity", None, title, line, text)
        return title

    def _move(self, line: Line) -> str | None:
        found = _MOVE.match(line.text)
        if not found:
            return None
        self.builder.opportunities.append(
            Opportunity(
                found["name"].strip(),
                found["from"].strip().lower(),
                found["to"].strip().lower(),
                (line.number, line.last),
            )
        )
        return found["name"].strip()

    def _term(self, line: Line) -> str | None:
        term, text = split_title(line.text)
        if not text:
            return None
        self.builder.glossary.append(GlossaryEntry(term, text, line.number))
        for number in range(line.number + 1, line.last + 1):
            self.builder.leave(Line(number, "", line.text, "joined"), CONTINUED)
        return term

    def _beside(self, line: Line) -> str:
        level = {
            "customers": "customer",
            "factors": "external_factor",
            "goals": "goal",
            "values": "value",
            "questions": "question",
        }[self.place.list_kind or ""]
        title, text = (line.text, "") if level in {"customer", "question", "goal"} else split_title(line.text)
        parent = self.place.deepest() if level in {"goal", "question", "value"} else None
        self.place.item = self.builder.add_beside(level, parent, title, line, text)
        return title

    def question(self, line: Line) -> None:
        """Add a question that stands in a paragraph of its own."""
        asked = " ".join(part for part in re.split(r"(?<=[.?!])\s+", line.text) if part.endswith("?"))
        self.builder.add_beside("question", self.place.deepest(), asked, line, line.text)

    def paragraph(self, line: Line) -> None:
        """Add a paragraph to the item before it: an initiative's outcome, a factor's or priority's text."""
        item = self.place.item
        if item is None:
            return
        if (item.level == "initiative" and not is_pointer(line.text)) or (
            item.level == "initiative" and item.outcome
        ):
            append_outcome(item, line)
        else:
            append_text(item, line)
        if item.level == "priority" and self.builder.priorities:
            extend(item, line)
            self.builder.priorities[-1].lines = item.lines


def is_pointer(text: str) -> bool:
    """Return true for a sentence that only sends the reader elsewhere."""
    return bool(
        re.match(
            r"^(?:please\s+)?(?:see|refer to|for more|find more|to see more|learn more)\b",
            text,
            re.IGNORECASE,
        )
    )
