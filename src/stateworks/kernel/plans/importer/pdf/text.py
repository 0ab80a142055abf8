"""From blocks to the lines that the importer reads: broken lines joined, words healed, rows of tables put together."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from itertools import pairwise
from statistics import median

from stateworks.kernel.plans.importer.headings import level_heading
from stateworks.kernel.plans.importer.lines import OUTCOME_START
from stateworks.kernel.plans.importer.pdf.layout import Block, Piece, Sheet, blocks_of, rows_of, usual_leading
from stateworks.kernel.plans.importer.source import FOOTNOTE, Mark, SourceLine, aside
from stateworks.kernel.plans.words import word_set

_ITEM = re.compile(
    r"^(?:[-*•·▪◦‣∙●○■□–—\u2022\uf0b7\uf0a7]\s+|\(?\d{1,3}[.)]\s+\S|\(\d{1,3}\)\s|\(?[a-z][.)]\s)"
)
_HYPHENS = "-\u00ad\u2010"
_WORD = re.compile(r"[^\W\d_]+(?:[-\u00ad\u2010][^\W\d_]+)*")
# What compounds begin with that stand in few plans twice.
_FIRST_PARTS = word_set(
    "self non multi cross high low long short real well pre post sub inter on off in out first second third one two three "
    "four five half all year go full part follow open hands day end front back top next single double large small"
)
_NOTE = re.compile(r"^(?:\d{1,3}|[*†‡§])\s*\S")
_ENDS = (".", "!", "?", ":", ";", "”", '"')
_PRIVATE_BULLETS = str.maketrans({"\uf0b7": "•", "\uf0a7": "•", "\uf0d8": "•", "\u00a0": " "})


@dataclass(slots=True)
class Paragraph:
    """Lines of a PDF that are one paragraph, or one row with its cells."""

    lines: list[Piece]
    cells: list[list[Piece]] = field(default_factory=list)

    @property
    def page(self) -> int:
        """Return the page that it begins on."""
        return self.lines[0].page


class Joiner:
    """Joins what belongs together, with what it knows of the whole document: its words, sizes and right edges."""

    def __init__(self, sheets: list[Sheet], edges: set[int]) -> None:
        pieces = [piece for sheet in sheets for piece in sheet.pieces if id(piece) not in edges]
        sizes: Counter[float] = Counter()
        for piece in pieces:
            sizes[round(piece.size, 1)] += len(piece.text)
        self.body = sizes.most_common(1)[0][0] if sizes else 10.0
        self.words: Counter[str] = Counter()
        for piece in pieces:
            inner = piece.text[: -len(piece.text.split()[-1])] if piece.text else ""
            self.words.update(_plain_hyphens(word.lower()) for word in _WORD.findall(inner))
        compounds = [word.split("-") for word in self.words if "-" in word]
        self._joints = {(parts[0], "") for parts in compounds} | {("", parts[-1]) for parts in compounds}
        self._hyphenates = self._is_hyphenated(pieces)
        self._rights = _right_edges(pieces)
        self.leading = usual_leading(sheets)

    # Paragraphs

    def paragraphs(self, rows: list[list[Block]]) -> list[Paragraph]:
        """Return the paragraphs and table rows of one page, in order."""
        found: list[Paragraph] = []
        for position, row in enumerate(rows):
            if len(row) > 1:
                cells = [block.lines for block in row]
                found.append(Paragraph([line for cell in cells for line in cell], cells))
            else:
                found += self._block(row[0], begins_page=position == 0)
        return found

    def _block(self, block: Block, *, begins_page: bool) -> list[Paragraph]:
        downs = [above.y - below.y for above, below in pairwise(block.lines)]
        closest = min(downs, default=0.0)
        found = [Paragraph([block.lines[0]])]
        for above, line in pairwise(block.lines):
            far = above.y - line.y > 1.15 * closest + 0.5
            # The rest of an item that began on the page before is indented, but no paragraph begins with it.
            left = block.lines[0].x0 if begins_page and len(found) == 1 else block.x0
            if far or not self._follows(found[-1], above, line, left):
                found.append(Paragraph([line]))
            else:
                found[-1].lines.append(line)
        return found

    def _follows(self, paragraph: Paragraph, above: Piece, line: Piece, left: float) -> bool:
        """Return true where a line goes on in the paragraph above it, since its first word had no room there."""
        if abs(above.size - line.size) > 0.12 * line.size:
            return False
        is_item = bool(_ITEM.match(paragraph.lines[0].text))
        sibling = is_item and len(paragraph.lines) == 1
        if _ITEM.match(line.text) and (sibling or above.text.endswith(_ENDS) or abs(line.x0 - above.x0) > 2):
            return (
                False  # else it only looks like an item, since "(2)" came to stand at the beginning of a line
            )
        if (above.bold != line.bold and not is_item) or OUTCOME_START.match(line.text):
            return False
        if level_heading(line.text) and line.text[:1].isupper():
            return False  # headings of one length below each other look like full lines
        indented = line.x0 > left + 0.8 * line.size
        if indented and not is_item and (len(paragraph.lines) > 1 or abs(line.x0 - above.x0) < 2):
            return False  # the indented beginning of the next paragraph
        return self.is_full(above, line)

    def is_full(self, above: Piece, line: Piece) -> bool:
        """Return true where the first word of a line would not have fitted at the end of the line above."""
        return above.x1 + 0.25 * line.size + line.head > self.right_of(above) - 0.2 * line.size

    def right_of(self, piece: Piece) -> float:
        """Return where lines end that begin about where this one does."""
        return self._rights.get(round(piece.x0 / 40), self._rights[None])

    def goes_on(self, last: Paragraph, first: Paragraph) -> bool:
        """Return true where the first paragraph of a page is the rest of the last one of the page before."""
        above, line = last.lines[-1], first.lines[0]
        if (
            last.cells
            or first.cells
            or abs(above.size - line.size) > 0.12 * line.size
            or above.bold != line.bold
        ):
            return False
        unfinished = not above.text.endswith(_ENDS)
        if line.text[:1].islower() and unfinished and not _ITEM.match(line.text):
            return True
        return unfinished and self._follows(last, above, line, min(above.x0, line.x0))

    # Words

    def text(self, lines: list[Piece]) -> str:
        """Return lines as one text: blanks between them, words that were cut at a line's end whole again."""
        text = ""
        for line in lines:
            text = self.joined(text, line.text) if text else line.text
        return _plain_hyphens(" ".join(text.translate(_PRIVATE_BULLETS).split()))

    def joined(self, before: str, after: str) -> str:
        """Return two texts as one; a hyphen at the end of the first stays where the word has one of its own."""
        if not before.endswith(tuple(_HYPHENS)) or not re.search(r"\w[-\u00ad\u2010]$", before):
            return f"{before} {after}"
        left, right = _WORD.findall(before[:-1])[-1:], _WORD.match(after)
        if not left or right is None or not after[:1].islower():
            return f"{before}{after}"
        start, end = _plain_hyphens(left[0].lower()), _plain_hyphens(right[0].lower())
        return f"{before}{after}" if self._is_compound(start, end) else f"{before[:-1]}{after}"

    def _is_compound(self, start: str, end: str) -> bool:
        """Return true where the hyphen between two parts is the word's own and not only that of a line's end."""
        with_hyphen, without = self.words[f"{start}-{end}"], self.words[f"{start}{end}"]
        if with_hyphen != without:
            return with_hyphen > without
        first, second = start.rpartition("-")[2], end.partition("-")[0]
        if not self.words[first] or not self.words[second]:
            return not self._hyphenates
        # Two whole words are a compound where the plan builds others with one of them, or never cuts a word.
        built = (first, "") in self._joints or ("", second) in self._joints
        return not self._hyphenates or built or first in _FIRST_PARTS

    def _is_hyphenated(self, pieces: list[Piece]) -> bool:
        """Return true where the document cuts words at the ends of lines: parts that are no words show it."""
        self._hyphenates = True
        cut = whole = 0
        for above, below in pairwise(pieces):
            left = re.search(r"([^\W\d_]+)[-\u00ad\u2010]$", above.text)
            right = re.match(r"[^\W\d_]+", below.text)
            if left and right and right[0][0].islower():
                parts = left[1].lower(), right[0].lower()
                known = all(self.words[part] for part in parts) and not self.words["".join(parts)]
                whole, cut = whole + known, cut + (not known)
        return cut > max(1, 0.25 * (cut + whole))

    # What a paragraph is

    def line(self, paragraph: Paragraph) -> SourceLine:
        """Return the paragraph as a line with its mark."""
        if paragraph.cells:
            cells = tuple(self.text(cell) for cell in paragraph.cells)
            return SourceLine("\t".join(cells), paragraph.page, Mark("row", cells=cells))
        text = self.text(paragraph.lines)
        size = median(line.size for line in paragraph.lines)
        bold = all(line.bold for line in paragraph.lines)
        if size >= 1.12 * self.body and len(text) <= 300 and not _ITEM.match(text):
            return SourceLine(text, paragraph.page, Mark("heading"))
        return SourceLine(text, paragraph.page, Mark("bold" if bold else "text"))

    def is_note(self, block: Block, last: bool) -> bool:
        """Return true for a footnote: small print with a number in front, below everything else of its page."""
        small = all(line.size < 0.93 * self.body for line in block.lines)
        return last and small and bool(_NOTE.match(block.lines[0].text))

    def note(self, block: Block) -> SourceLine:
        """Return a footnote as a line beside the text."""
        return aside(self.text(block.lines), FOOTNOTE, block.lines[0].page)


def _right_edges(pieces: list[Piece]) -> dict[int | None, float]:
    """Return where full lines end, by where they begin; under None where most lines of the document end."""
    by_left: dict[int, list[float]] = {}
    for piece in pieces:
        by_left.setdefault(round(piece.x0 / 40), []).append(piece.x1)
    rights: dict[int | None, float] = {None: _end([piece.x1 for piece in pieces])}
    for left, found in by_left.items():
        if len(found) >= 8:
            rights[left] = _end(found)
    return rights


def _end(rights: list[float]) -> float:
    """Return where the longest lines end; one in a hundred may stick out."""
    return sorted(rights)[int(0.99 * (len(rights) - 1))] if rights else 0.0


def _plain_hyphens(text: str) -> str:
    """Write the hyphens that some programs draw as soft ones as what a reader sees."""
    return text.replace("\u00ad", "-").replace("\u2010", "-")


def rows_on(sheet: Sheet, edges: set[int], joiner: Joiner) -> tuple[list[list[Block]], list[Block]]:
    """Return a page's rows of blocks, and apart from them its footnotes."""
    blocks = blocks_of([piece for piece in sheet.pieces if id(piece) not in edges], joiner.leading)
    lowest = min((block.bottom for block in blocks), default=0.0)
    notes: list[Block] = []
    for block in sorted(blocks, key=lambda one: one.bottom):
        if not joiner.is_note(block, block.bottom <= lowest + 0.1):
            break
        notes.append(block)
        rest = [one.bottom for one in blocks if one not in notes]
        lowest = min(rest, default=0.0)
    return rows_of([block for block in blocks if block not in notes]), notes[::-1]
