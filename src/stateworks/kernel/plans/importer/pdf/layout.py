"""From runs of signs to pieces of lines, and from pieces to blocks: paragraphs' lines below each other, cells beside each other.

The order of drawing is the order of reading in what office programs write: a cell is drawn whole before the next one, a
column before the next. So blocks are cut where the pen jumps, and nothing is sorted by place but the cells of one row.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from itertools import pairwise
from statistics import median

from stateworks.kernel.plans.importer.pdf.pen import BULLET, Page, Run

_LEADER = re.compile(r"(?:[\s.·…_]*(?:\.\s*){4,}|…{2,}|_{4,})[\s.]*")
_MARKER = re.compile(
    r"^(?:[-*•·▪◦‣∙●○■□–—\u2022\uf0b7\uf0a7]|\(?\d{1,3}[.)]|\(\d{1,3}\)|\(?[a-z][.)]|\d{1,2}(?:\.\d{1,2})+\.?)$"
)
_TALL_COLUMN = 8
"""Two cells of a row rarely have so many lines each; two columns of prose do."""
_TALLEST_CELL = 15


@dataclass(slots=True)
class Piece:
    """Words on one baseline that belong together."""

    text: str
    x0: float
    x1: float
    y: float
    size: float
    bold: bool
    page: int
    artifact: bool = False
    signs: int = 0
    head: float = 0.0
    """Room that its first word takes."""

    @property
    def width(self) -> float:
        """Return its length on the line."""
        return self.x1 - self.x0


@dataclass(slots=True)
class Block:
    """Lines below each other in one column, in order."""

    lines: list[Piece] = field(default_factory=list)

    @property
    def top(self) -> float:
        """Return the first baseline, with its height."""
        return self.lines[0].y + self.lines[0].size

    @property
    def bottom(self) -> float:
        """Return the last baseline."""
        return self.lines[-1].y

    @property
    def x0(self) -> float:
        """Return the left edge."""
        return min(line.x0 for line in self.lines)

    @property
    def x1(self) -> float:
        """Return the right edge."""
        return max(line.x1 for line in self.lines)


@dataclass(slots=True)
class Sheet:
    """One page as pieces, with its height and what is set sideways on it."""

    number: int
    height: float
    pieces: list[Piece]
    sideways: str


def pieces_of(page: Page) -> Sheet:
    """Join the runs of a page to pieces of lines."""
    pieces: list[Piece] = []
    together: list[Run] = []
    for run in page.runs:
        if together and not _same_line(together[-1], run):
            pieces += _cut(together, page.number)
            together = []
        together.append(run)
    if together:
        pieces += _cut(together, page.number)
    return Sheet(page.number, page.height, pieces, " ".join("".join(page.sideways).split()))


def _same_line(before: Run, run: Run) -> bool:
    """Return true for a run that goes on to the right on the baseline, or is raised or lowered a little."""
    larger = max(before.size, run.size)
    off = abs(run.y - before.y)
    if off > (0.15 if run.size > 0.85 * before.size and before.size > 0.85 * run.size else 0.6) * larger:
        return False
    return before.artifact == run.artifact and run.x0 > before.x1 - 0.6 * larger


def _cut(runs: list[Run], page: int) -> list[Piece]:
    """Cut the runs of a line where a gap is wider than the blanks of that line: there another column begins."""
    gaps = [after.x0 - before.x1 for before, after in pairwise(runs)]
    sizes = [max(before.size, after.size) for before, after in pairwise(runs)]
    blanks = [gap / size for gap, size in zip(gaps, sizes, strict=True) if gap > 0.12 * size]
    # Justified lines stretch their blanks, all of them alike.
    widest = max(0.6, 1.8 * median(blanks)) if len(blanks) >= 3 else 0.6
    pieces: list[Piece] = []
    start = 0
    for position, (gap, size) in enumerate(zip(gaps, sizes, strict=True), start=1):
        before, run = runs[position - 1], runs[position]
        # A blank that is drawn as a sign is a blank, however far a justified line stretches it.
        drawn = before.text.endswith(" ") or run.text.startswith(" ")
        # A list's number or bullet stays with its item, however far the item is indented.
        begun = "".join(run.text for run in runs[start:position]).strip()
        if gap > widest * size * (4 if drawn else 1) and not _MARKER.match(begun):
            pieces.append(_piece(runs[start:position], page))
            start = position
    pieces.append(_piece(runs[start:], page))
    # A dot without words beside it is a picture's, and a row of dots only leads the eye.
    return [
        part
        for piece in pieces
        if piece.text != BULLET and _LEADER.sub("", piece.text).strip()
        for part in _columns(piece)
    ]


def _piece(runs: list[Run], page: int) -> Piece:
    text = ""
    before: Run | None = None
    body = max((run.size for run in runs if run.text.strip()), default=runs[0].size)
    base = max(runs, key=lambda run: len(run.text)).y
    bold = shown = 0
    for run in runs:
        raised = run.size < 0.8 * body and run.y > base + 0.15 * body
        if raised and run.text.strip().isdigit() and text.strip():
            continue  # the number of a footnote
        if (
            before is not None
            and run.x0 - before.x1 > 0.12 * body
            and not text.endswith(" ")
            and not run.text.startswith(" ")
        ):
            text += " "
        text += run.text
        count = len(run.text.strip())
        shown += count
        bold += count if run.bold else 0
        before = run
    return Piece(
        text.strip(), runs[0].x0, max(run.x1 for run in runs), base, body, bold * 10 > shown * 9, page,
        runs[0].artifact, shown, _head(runs, body),
    )  # fmt: skip


def _head(runs: list[Run], size: float) -> float:
    """Return the width of the first word: to the first blank or hyphen, drawn or left free."""
    for before, run in pairwise(runs):
        if (
            before.text.endswith((" ", "-", "\u00ad"))
            or run.x0 - before.x1 > 0.12 * size
            or run.text.startswith(" ")
        ):
            blank = 0.25 * size if before.text.endswith(" ") else 0.0
            return before.x1 - runs[0].x0 - blank
    return runs[-1].x1 - runs[0].x0


def _columns(piece: Piece) -> list[Piece]:
    """Cut a piece at wide blanks that it holds as signs, and at the dots that lead to a page number."""
    parts = [part for part in re.split(r"\s{4,}", _LEADER.sub("    ", piece.text)) if part.strip()]
    if len(parts) < 2:
        piece.text = parts[0].strip() if parts else piece.text
        return [piece]
    each = piece.width / max(len(piece.text), 1)
    found: list[Piece] = []
    at = 0
    for part in parts:
        at = piece.text.index(part, at)
        x0 = piece.x0 + each * at
        at += len(part)
        found.append(
            Piece(
                part.strip(),
                x0,
                piece.x0 + each * at,
                piece.y,
                piece.size,
                piece.bold,
                piece.page,
                signs=len(part),
            )
        )
    return found


def usual_leading(sheets: list[Sheet]) -> float:
    """Return how far below each other the lines of the document's paragraphs stand, in heights of a line."""
    steps: Counter[float] = Counter()
    for sheet in sheets:
        for above, below in pairwise(sheet.pieces):
            step = (above.y - below.y) / above.size
            if (
                0.9 < step < 3
                and abs(above.x0 - below.x0) < above.size
                and abs(above.size - below.size) < 0.1
            ):
                steps[round(step * 20) / 20] += len(below.text)
    return steps.most_common(1)[0][0] if steps else 1.3


def blocks_of(pieces: list[Piece], leading: float) -> list[Block]:
    """Cut the pieces of a page into blocks where the pen jumps up, aside or further down than to the next line."""
    blocks: list[Block] = []
    for piece in pieces:
        if blocks and _goes_on(blocks[-1], piece, leading):
            blocks[-1].lines.append(piece)
        else:
            blocks.append(Block([piece]))
    return blocks


def _goes_on(block: Block, piece: Piece, leading: float) -> bool:
    last = block.lines[-1]
    larger, smaller = max(last.size, piece.size), min(last.size, piece.size)
    if smaller < 0.85 * larger or not 0.4 * smaller < last.y - piece.y <= 1.2 * leading * larger:
        return False
    # Below it and lined up with it, at the left or at the middle, not in a column beside it.
    aligned = abs(piece.x0 - last.x0) <= 4 * larger
    centred = abs(piece.x0 + piece.x1 - last.x0 - last.x1) <= 3 * larger
    return (aligned or centred) and piece.x0 < block.x1 and piece.x1 > block.x0 - larger


def rows_of(blocks: list[Block]) -> list[list[Block]]:
    """Put blocks that stand beside each other into one row; every other block is a row of its own."""
    rows: list[list[Block]] = []
    for block in blocks:
        if rows and _beside(rows[-1], block):
            rows[-1].append(block)
        else:
            rows.append([block])
    return [part for row in rows for part in _told_apart(sorted(row, key=lambda block: block.x0))]


def _beside(row: list[Block], block: Block) -> bool:
    top, bottom = max(one.top for one in row), min(one.bottom for one in row)
    shared = min(top, block.top) - max(bottom, block.bottom)
    if shared < 0.5 * min(block.top - block.bottom, top - bottom):
        return False
    return all(block.x0 >= one.x1 - 2 or block.x1 <= one.x0 + 2 for one in row)


def _told_apart(row: list[Block]) -> list[list[Block]]:
    """Join list markers to their items, and part columns of prose, which are read one after the other."""
    while len(row) >= 2 and len(row[0].lines) == 1 and _MARKER.match(row[0].lines[0].text):
        marker, item = row[0].lines[0], row[1]
        first = item.lines[0]
        item.lines[0] = Piece(
            f"{marker.text} {first.text}", marker.x0, first.x1, first.y, first.size, first.bold, first.page,
            signs=first.signs,
        )  # fmt: skip
        row = row[1:]
    heights = sorted(len(block.lines) for block in row)
    if len(row) >= 2 and (heights[-2] > _TALL_COLUMN or heights[-1] > _TALLEST_CELL):
        return [[block] for block in row]
    return [row]
