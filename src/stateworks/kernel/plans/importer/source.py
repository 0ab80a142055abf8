"""What a plan file gives to the importer: its lines, each with its page and with what the file itself says of it.

A text file says nothing of its lines but their words. A Word file knows which paragraph is a heading, a list item or a
table's row, and a PDF knows sizes, positions and pages: such a line carries a `Mark`, and nothing is guessed of it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

MarkKind = Literal[
    "heading", "bold", "bullet", "numbered", "row", "text", "picture", "caption", "contents", "aside"
]

FOOTNOTE = "footnote"
COMMENT = "comment in the margin"
DELETED = "text that a tracked change deletes"
HIDDEN = "hidden text"
PAGE_EDGE = "page number or running footer"
SIDEWAYS = "text set sideways"
UNREAD = "part of the file that is not read as text"


@dataclass(frozen=True, slots=True)
class Mark:
    """What a file says of a line: its kind, and what belongs to that kind."""

    kind: MarkKind
    plain: str = ""
    """For items and headings: the words without the number or bullet in front."""
    number: int | None = None
    """For numbered items: the number that a reader sees."""
    cells: tuple[str, ...] = ()
    """For rows: the cells, also the empty ones."""
    linked: bool = False
    """A table of contents points here, so the line is a heading whatever it looks like."""
    reason: str = ""
    """For asides: why the line is no part of the plan's text."""


@dataclass(frozen=True, slots=True)
class SourceLine:
    """A line as it was read: its words, the page it stands on where the file has pages, and its mark."""

    text: str
    page: int | None = None
    mark: Mark | None = None


def plain_lines(texts: list[str]) -> list[SourceLine]:
    """Return the lines of a text file, of which nothing else is known."""
    return [SourceLine(text) for text in texts]


def aside(text: str, reason: str, page: int | None = None) -> SourceLine:
    """Return a line that is shown with its reason and never read as the plan's text."""
    return SourceLine(text, page, Mark("aside", reason=reason))
