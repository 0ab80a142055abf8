"""Reads a Word document (.docx) as lines: paragraphs, list items with their numbers, rows of tables, and what is beside.

The order is the document's own. Page numbers are those of the last time that Word laid the document out, where it wrote
them down. Footnotes, comments, headers and what tracked changes delete follow at the end, each with its reason.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from stateworks.kernel.plans.document import PlanImportError
from stateworks.kernel.plans.importer.source import (
    COMMENT,
    FOOTNOTE,
    PAGE_EDGE,
    UNREAD,
    Mark,
    SourceLine,
    aside,
)
from stateworks.kernel.plans.importer.word.numbering import Label, Numbering
from stateworks.kernel.plans.importer.word.package import open_document, part_of
from stateworks.kernel.plans.importer.word.runs import PAGE_BREAK, Fields, Words, read_words
from stateworks.kernel.plans.importer.word.styles import Look, Styles, W

_PASSED = ("sdtPr", "sdtEndPr", "sectPr", "tblPr", "tblGrid", "bookmarkStart", "bookmarkEnd", "pPr")
_DEEPEST = 60


def word_lines(data: bytes, filename: str) -> list[SourceLine]:
    """Return the lines of a Word document; raises PlanImportError where the file cannot be read as one."""
    document = open_document(data, filename)
    try:
        numbering = part_of(document, "numbering")
        styles = part_of(document, "styles")
        body = _Body(Numbering(numbering[0] if numbering else None), Styles(styles[0] if styles else None))
        body.has_pages = next(document.element.body.iter(f"{W}lastRenderedPageBreak"), None) is not None
        body.blocks(document.element.body)
        body.flush()
        return [*body.lines, *body.left, *_beside(document, body)]
    except (ValueError, KeyError, RecursionError, SyntaxError) as error:
        # SyntaxError is what the XML parser raises; the others come from parts that contradict the format.
        raise PlanImportError(
            f"{filename} is a Word document with parts that contradict its format. Open it in Word, save it again, "
            "and import that."
        ) from error


@dataclass(slots=True)
class _Body:
    """The walk over a document's blocks."""

    numbering: Numbering
    styles: Styles
    lines: list[SourceLine] = field(default_factory=list)
    left: list[SourceLine] = field(default_factory=list)
    fields: Fields = field(default_factory=Fields)
    page: int = 1
    has_pages: bool = False
    in_contents: bool = False
    pending: Words | None = None
    note_of: dict[tuple[str, str], int] = field(default_factory=dict)

    def blocks(self, holder: Any, depth: int = 0) -> None:
        """Read the paragraphs, tables and content controls of a body, cell or text box."""
        if depth > _DEEPEST:
            self._emit("nested too deeply to be read", Mark("aside", reason=UNREAD))
            return
        for block in holder.iterchildren():
            if not isinstance(block.tag, str):
                continue
            name = block.tag.rpartition("}")[2]
            if name == "p":
                self._paragraph(block, depth)
            elif name == "tbl":
                self.flush()
                self._table(block, depth)
            elif name == "altChunk":
                self._emit("a document inside the document", Mark("aside", reason=UNREAD))
            elif name == "sdt":
                outer = self.in_contents
                gallery = block.find(f"{W}sdtPr/{W}docPartObj/{W}docPartGallery")
                self.in_contents |= gallery is not None and "Contents" in (gallery.get(f"{W}val") or "")
                self.blocks(block, depth + 1)
                self.in_contents = outer
            elif name not in _PASSED:
                self.blocks(block, depth + 1)

    # Paragraphs

    def flush(self) -> None:
        """Read a paragraph whose end was deleted and that nothing follows."""
        if self.pending is not None:
            words, self.pending = self.pending, None
            self._place(words, Look(), False, 0)

    def _paragraph(self, paragraph: Any, depth: int) -> None:
        look = self.styles.look(paragraph)
        was_contents = self.in_contents or self.fields.in_contents
        words = read_words(paragraph, look, self.styles, self.fields)
        if self.pending is not None:
            words = _joined(self.pending, words)
            self.pending = None
        if words.joins_next:
            self.pending = words
            return
        self._place(words, look, look.contents or was_contents or self.fields.in_contents, depth)

    def _place(self, words: Words, look: Look, contents: bool, depth: int) -> None:
        self._beside_words(words)
        label = self._label(look, words.text)
        for text in words.pictures:
            self._emit(f"[image: {text}]", Mark("picture"))
        self._words(words, look, label, contents)
        for box in words.boxes:
            self.blocks(box, depth + 1)

    def _label(self, look: Look, text: str) -> Label | None:
        """Count a list paragraph; Word numbers empty ones as well, but nobody means them."""
        if not look.instance or not text.replace(PAGE_BREAK, "").strip():
            return None
        return self.numbering.label(look.instance, look.level)

    def _words(self, words: Words, look: Look, label: Label | None, contents: bool) -> None:
        text = words.text
        # A page that ends inside a paragraph leaves its beginning on the page before.
        starts_page = text.lstrip(" \t\n").startswith(PAGE_BREAK)
        if starts_page:
            self.page += 1
        text = text.replace(PAGE_BREAK, "")
        for note in words.notes:
            self.note_of[note] = len(self.lines) + 1
        if contents:
            self._emit(text, Mark("contents"))
        elif look.caption:
            self._emit(_one_line(text), Mark("caption"))
        elif look.heading:
            plain = _one_line(text)
            self._emit(
                f"{label.text} {plain}" if label and label.text != "•" else plain,
                Mark("heading", linked=words.linked),
            )
        elif label is not None:
            self._item(_one_line(text), label, words)
        else:
            parts = [part for part in text.split("\n") if part.strip()]
            kind: Any = "bold" if words.is_bold else "text"
            if len(parts) > 1 and words.is_bold and all(len(part) < 200 for part in parts):
                parts = [_one_line(text)]
            for part in parts or [""]:
                self._emit(part.strip(" \n"), Mark(kind, linked=words.linked))
        self.page += words.pages - (1 if starts_page else 0)

    def _item(self, text: str, label: Label, words: Words) -> None:
        if label.number is not None and label.text.strip("().-: ").replace(".", "").isdigit():
            mark = Mark("numbered", plain=text, number=label.number, linked=words.linked)
        elif any(sign.isalpha() for sign in label.text) and len(label.text) > 4:
            # A label with words in it, such as "Objective 1:", is part of what is said.
            mark = Mark("bold" if words.is_bold else "text", linked=words.linked)
        else:
            mark = Mark("bullet", plain=text, linked=words.linked)
        self._emit(f"{label.text} {text}", mark)

    def _beside_words(self, words: Words) -> None:
        for text, reason in words.apart:
            self.left.append(aside(text, reason, self._page()))

    # Tables

    def _table(self, table: Any, depth: int) -> None:
        rows = [row for row in _within(table, "tr") if row.find(f"{W}trPr/{W}del") is None]
        cells = [list(_within(row, "tc")) for row in rows]
        if max((len(row) for row in cells), default=0) < 2 or _is_layout(cells):
            for row in cells:
                for cell in row:
                    self.blocks(cell, depth + 1)
            return
        above: dict[int, str] = {}
        for row in cells:
            self._row(row, above, depth)
        self.lines.append(SourceLine("", self._page(), Mark("text")))

    def _row(self, row: list[Any], above: dict[int, str], depth: int) -> None:
        """Read one row: a cell that spans several columns fills the first, one that goes on repeats what is above."""
        texts: list[str] = []
        nested: list[Any] = []
        for cell in row:
            text = self._cell(cell, nested)
            merge = cell.find(f"{W}tcPr/{W}vMerge")
            if merge is not None:
                goes_on = (merge.get(f"{W}val") or "continue") == "continue"
                text = above.get(len(texts), "") if goes_on else text
                above[len(texts)] = text
            span = cell.find(f"{W}tcPr/{W}gridSpan")
            width = span.get(f"{W}val") if span is not None else "1"
            texts += [text, *[""] * (min(int(width or 1), 63) - 1)]
        if any(texts):
            self._emit("\t".join(texts), Mark("row", cells=tuple(texts)))
        for table in nested:
            self._table(table, depth + 1)

    def _cell(self, cell: Any, nested: list[Any]) -> str:
        parts: list[str] = []
        for block in _blocks_of(cell):
            if block.tag == f"{W}tbl":
                nested.append(block)
                continue
            look = self.styles.look(block)
            words = read_words(block, look, self.styles, self.fields)
            self._beside_words(words)
            for note in words.notes:
                self.note_of[note] = len(self.lines) + 1
            self.page += words.pages
            for text in words.pictures:
                self._emit(f"[image: {text}]", Mark("picture"))
            text = _one_line(words.text)
            label = self._label(look, text)
            parts.append(f"{label.text} {text}" if label and label.text != "•" else text)
            parts += [_one_line(" ".join(_texts(box))) for box in words.boxes]
        return " ".join(part for part in parts if part)

    def _page(self) -> int | None:
        return self.page if self.has_pages else None

    def _emit(self, text: str, mark: Mark) -> None:
        self.lines.append(SourceLine(text, self._page(), mark))


def _joined(first: Words, second: Words) -> Words:
    """Return two paragraphs as the one that a tracked deletion of the mark between them makes."""
    return Words(
        first.text + second.text, first.bold + second.bold, first.shown + second.shown, first.linked or second.linked,
        first.pictures + second.pictures, first.boxes + second.boxes, first.apart + second.apart,
        first.notes + second.notes, first.pages + second.pages, second.joins_next,
    )  # fmt: skip


def _one_line(text: str) -> str:
    return " ".join(text.replace(PAGE_BREAK, "").split())


def _within(holder: Any, name: str) -> Iterable[Any]:
    """Yield the rows of a table or the cells of a row, also those inside content controls or insertions."""
    for child in holder.iterchildren():
        if child.tag == f"{W}{name}":
            yield child
        elif isinstance(child.tag, str) and child.tag.rpartition("}")[2] in {
            "sdt", "sdtContent", "ins", "moveTo", "customXml",
        }:  # fmt: skip
            yield from _within(child, name)


def _blocks_of(cell: Any) -> Iterable[Any]:
    """Yield the paragraphs and tables of a cell, also those inside content controls."""
    for child in cell.iterchildren():
        if child.tag in {f"{W}p", f"{W}tbl"}:
            yield child
        elif isinstance(child.tag, str) and child.tag.rpartition("}")[2] not in {"tcPr", "sdtPr", "sdtEndPr"}:
            yield from _blocks_of(child)


def _is_layout(cells: list[list[Any]]) -> bool:
    """Return true for a table that only arranges a page: few rows, and cells with tables or many paragraphs in them."""
    if len(cells) > 2:
        return False
    inside = [cell for row in cells for cell in row]
    return any(
        next(cell.iter(f"{W}tbl"), None) is not None or sum(1 for _ in cell.iterchildren(f"{W}p")) > 12
        for cell in inside
    )


def _beside(document: Any, body: _Body) -> list[SourceLine]:
    """Return what stands beside the text: footnotes, endnotes, comments, headers and footers, each once."""
    found: list[SourceLine] = []
    for kind, element in (("footnotes", "footnote"), ("endnotes", "endnote"), ("comments", "comment")):
        for root in part_of(document, kind):
            for note in root.iterchildren(f"{W}{element}"):
                text = _one_line(" ".join(_texts(note)))
                at = body.note_of.get((kind, note.get(f"{W}id") or ""))
                reason = COMMENT if kind == "comments" else f"{FOOTNOTE} of line {at}" if at else FOOTNOTE
                if text:
                    found.append(aside(text, reason))
    edges: dict[str, None] = {}
    for kind in ("header", "footer"):
        for root in part_of(document, kind):
            for paragraph in root.iter(f"{W}p"):
                edges[_one_line("".join(_texts(paragraph)))] = None
    found += [aside(text, PAGE_EDGE) for text in edges if text]
    return found


def _texts(element: Any) -> Iterable[str]:
    """Yield the words of a small part, tabs as blanks, without field codes and deletions."""
    for piece in element.iter(f"{W}t", f"{W}tab", f"{W}p"):
        yield (piece.text or "") if piece.tag == f"{W}t" else " "
