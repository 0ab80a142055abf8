"""Reads a PDF as lines: paragraphs put together again, rows of tables with their cells, each with its page.

Headers, footers, page numbers and footnotes are set apart with their reasons. A PDF without letters is a scan and is
refused: text recognition is not done here.
"""

from __future__ import annotations

from collections import Counter

from stateworks.kernel.plans.document import PlanImportError, Progress, untold
from stateworks.kernel.plans.importer.pdf.edges import find_edges
from stateworks.kernel.plans.importer.pdf.glyphs import count_pages, read_pages
from stateworks.kernel.plans.importer.pdf.layout import Sheet, pieces_of
from stateworks.kernel.plans.importer.pdf.tables import Tables
from stateworks.kernel.plans.importer.pdf.text import Joiner, Paragraph, rows_on
from stateworks.kernel.plans.importer.source import PAGE_EDGE, SIDEWAYS, Mark, SourceLine, aside

__all__ = ["count_pages", "pdf_lines"]

_FEW_SIGNS = 15
"""A page of a plan has more letters than this; a scanned one has none, or those of a stamp."""


def pdf_lines(data: bytes, filename: str, progress: Progress = untold) -> list[SourceLine]:
    """Return the lines of a PDF; raises PlanImportError where it cannot be read or holds no text."""
    sheets = read_pages(data, filename, pieces_of, progress)
    signs = [sum(piece.signs for piece in sheet.pieces) for sheet in sheets]
    if sum(signs) < _FEW_SIGNS * len(sheets):
        raise PlanImportError(
            f"{filename} is a scan: its {len(sheets):,} {'page is a picture' if len(sheets) == 1 else 'pages are pictures'} "
            "without text. Run text recognition (OCR) on it, and import what that gives."
        )
    edges = find_edges(sheets)
    joiner = Joiner(sheets, edges)
    reading = _Reading(joiner)
    for sheet, count in zip(sheets, signs, strict=True):
        if count == 0:
            reading.beside.append(
                SourceLine(f"[image: page {sheet.number} holds no text]", sheet.number, Mark("picture"))
            )
        rows, notes = rows_on(sheet, edges, joiner)
        reading.page(joiner.paragraphs(rows))
        reading.beside += [joiner.note(block) for block in notes]
        reading.beside += _edge_lines(sheet, edges)
    return reading.lines()


def _edge_lines(sheet: Sheet, edges: set[int]) -> list[SourceLine]:
    texts = Counter(" ".join(piece.text.split()) for piece in sheet.pieces if id(piece) in edges)
    found = [aside(text, PAGE_EDGE, sheet.number) for text in texts]
    return found + ([aside(sheet.sideways, SIDEWAYS, sheet.number)] if sheet.sideways else [])


class _Reading:
    """Puts the pages one after the other; a paragraph or a row that a page's end cut is whole again."""

    def __init__(self, joiner: Joiner) -> None:
        self.joiner = joiner
        self.tables = Tables(joiner)
        self.beside: list[SourceLine] = []
        self._done: list[SourceLine] = []
        self._open: Paragraph | None = None

    def page(self, paragraphs: list[Paragraph]) -> None:
        """Add a page's paragraphs; what stands beside the text of the page before waits for a paragraph to end."""
        for position, paragraph in enumerate(paragraphs):
            if position == 0 and self._open is not None and self._joins(self._open, paragraph):
                continue
            self._close()
            if position == 0:
                self._flush_beside()
            self._open = paragraph

    def _joins(self, last: Paragraph, first: Paragraph) -> bool:
        if self.joiner.goes_on(last, first):
            last.lines.extend(first.lines)
            return True
        return self.tables.goes_on(last, first)

    def _close(self) -> None:
        if self._open is not None:
            self._done += self.tables.lines(self._open)
            self._open = None

    def _flush_beside(self) -> None:
        self._done += self.beside
        self.beside = []

    def lines(self) -> list[SourceLine]:
        """Return everything that was read."""
        self._close()
        self._flush_beside()
        return self._done
