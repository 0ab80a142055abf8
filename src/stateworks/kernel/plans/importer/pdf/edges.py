"""Headers, footers and page numbers: what the file marks as such, and what comes again at the same place of many pages."""

from __future__ import annotations

import re
from collections import defaultdict

from stateworks.kernel.plans.importer.headings import level_heading, named_heading
from stateworks.kernel.plans.importer.pdf.layout import Piece, Sheet

_EDGE = 0.14
"""The part of a page's height, at the top and at the bottom, in which a header or footer stands."""
_TABLE_HEADER = re.compile(
    r"^(?:(?:performance|key)\s+)*(?:indicators?|measures?|metrics?|goals?|targets?|standards?|owner|source)$",
    re.IGNORECASE,
)
_NUMBER = re.compile(
    r"^(?:page\s+)?[-–|]?\s*(?:\d{1,4}|[ivxl]{1,6})\s*[-–|]?(?:\s*(?:of|/)\s*\d{1,4})?$", re.IGNORECASE
)


def find_edges(sheets: list[Sheet]) -> set[int]:
    """Return the ids (`id(piece)`) of the pieces that are headers, footers or page numbers."""
    found = _marked(sheets)
    places: dict[tuple[str, int], list[Piece]] = defaultdict(list)
    for sheet in sheets:
        for piece in sheet.pieces:
            if id(piece) not in found and _at_edge(piece, sheet):
                if _NUMBER.match(piece.text) and _is_outermost(piece, sheet):
                    found.add(id(piece))
                else:
                    places[_pattern(piece.text), round(piece.y / 4)].append(piece)
    enough = max(3, round(0.3 * len(sheets)))
    for (pattern, _), pieces in places.items():
        pages = sorted({piece.page for piece in pieces})
        if (
            len(pages) >= enough or (len(sheets) == 2 and len(pages) == 2 and "#" in pattern)
        ) and not _is_read(pieces[0].text):
            found.update(id(piece) for piece in pieces)
    return found


def _marked(sheets: list[Sheet]) -> set[int]:
    """Return what the file marks as no text of the document, unless it marks most of its text so."""
    marked = [piece for sheet in sheets for piece in sheet.pieces if piece.artifact]
    signs = sum(len(piece.text) for sheet in sheets for piece in sheet.pieces)
    if sum(len(piece.text) for piece in marked) > 0.3 * signs:
        return set()
    return {id(piece) for piece in marked}


def _at_edge(piece: Piece, sheet: Sheet) -> bool:
    return not _EDGE * sheet.height < piece.y < (1 - _EDGE) * sheet.height


def _is_outermost(piece: Piece, sheet: Sheet) -> bool:
    """Return true where a piece has its line to itself and no more than one other line stands further out."""
    if any(one is not piece and abs(one.y - piece.y) < 0.5 * piece.size for one in sheet.pieces):
        return False
    up = piece.y > sheet.height / 2
    outer = {round(one.y) for one in sheet.pieces if (one.y > piece.y + 2 if up else one.y < piece.y - 2)}
    return len(outer) <= 1


def _pattern(text: str) -> str:
    return re.sub(r"\d+", "#", " ".join(text.lower().split()))


def _is_read(text: str) -> bool:
    """Return true for a heading or a table's header: these may come again at the top of many pages and are read."""
    named = named_heading(text) in {"indicators", "strategies", "initiatives"}
    return named or level_heading(text) is not None or _TABLE_HEADER.match(text) is not None
