"""Tables of a PDF: rows that follow each other share their columns, and a row that a page's end cut is whole again."""

from __future__ import annotations

from stateworks.kernel.plans.importer.pdf.layout import Piece
from stateworks.kernel.plans.importer.pdf.text import Joiner, Paragraph
from stateworks.kernel.plans.importer.source import Mark, SourceLine


class Tables:
    """Follows the table being read: where its columns begin, so that an empty cell leaves the others in place."""

    def __init__(self, joiner: Joiner) -> None:
        self.joiner = joiner
        self._columns: list[float] = []
        self._in_table = False

    def lines(self, paragraph: Paragraph) -> list[SourceLine]:
        """Return a paragraph as a line, and a blank one where a table ended before it."""
        if not paragraph.cells:
            ended, self._in_table = self._in_table, False
            self._columns = []
            blank = [SourceLine("", paragraph.page, Mark("text"))] if ended else []
            return [*blank, self.joiner.line(paragraph)]
        self._in_table = True
        paragraph.cells = self._placed(paragraph.cells)
        return [self.joiner.line(paragraph)]

    def _placed(self, cells: list[list[Piece]]) -> list[list[Piece]]:
        """Put each cell into its column; a row with more cells than the table had so far says where columns are."""
        if len(cells) >= len(self._columns):
            self._columns = [min(line.x0 for line in cell) for cell in cells]
            return cells
        placed: list[list[Piece]] = [[] for _ in self._columns]
        for cell in cells:
            placed[self._column_of(cell)].extend(cell)
        return placed

    def _column_of(self, cell: list[Piece]) -> int:
        left = min(line.x0 for line in cell)
        return min(range(len(self._columns)), key=lambda index: abs(self._columns[index] - left))

    def _is_later_column(self, lines: list[Piece]) -> bool:
        column = self._column_of(lines)
        return column > 0 and abs(self._columns[column] - min(line.x0 for line in lines)) < lines[0].size

    def goes_on(self, row: Paragraph, rest: Paragraph) -> bool:
        """Add to a row the rest of it that stands on the next page, where the words show that it is the rest."""
        if not row.cells:
            return False
        row.cells = self._placed(row.cells)
        parts = rest.cells or [rest.lines]
        lower = all(part[0].text[:1].islower() for part in parts)
        # What stands alone in a later column has no row of its own, however it begins.
        alone = not rest.cells and self._is_later_column(rest.lines)
        if not (lower or alone) or len(parts) > len(row.cells):
            return False
        for part in parts:
            row.cells[self._column_of(part)].extend(part)
        return True
