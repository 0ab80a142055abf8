"""The words of one Word paragraph, as a reader of the finished document sees them.

Insertions are read and deletions are not; what is deleted or hidden is kept apart, so that nothing is lost in silence.
Source of the element names: ISO/IEC 29500-1, 17.3 (paragraphs and runs), 17.13 (tracked changes), 17.16 (fields).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from stateworks.kernel.plans.importer.source import DELETED, HIDDEN
from stateworks.kernel.plans.importer.word.styles import Look, Styles, W, on

_WP = "{http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing}"
_MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
_MATH_TEXT = "{http://schemas.openxmlformats.org/officeDocument/2006/math}t"
_VML_TITLE = "{urn:schemas-microsoft-com:office:office}title"
_TARGETS = ("_Toc", "_heading")
# Signs that people insert from the fonts Symbol and Wingdings arrive as codes of a private area.
_SYMBOLS = {
    0xA3: "≤", 0xB3: "≥", 0xB1: "±", 0xB7: "•", 0xB9: "≠", 0xBB: "≈", 0xB4: "×", 0xB8: "÷", 0xA5: "∞", 0xAE: "→",
    0xA7: "•", 0xA8: "•", 0x6E: "•", 0x71: "•", 0xD8: "•", 0xFC: "✓", 0xE0: "→",
}  # fmt: skip
PAGE_BREAK = "\f"


@dataclass(slots=True)
class Words:
    """What one paragraph holds: its words, and what stands beside them."""

    text: str = ""
    bold: int = 0
    """Characters that are shown bold, blanks apart."""
    shown: int = 0
    linked: bool = False
    pictures: list[str] = field(default_factory=list)
    boxes: list[Any] = field(default_factory=list)
    apart: list[tuple[str, str]] = field(default_factory=list)
    """Text that is not shown, with the reason."""
    notes: list[tuple[str, str]] = field(default_factory=list)
    """Footnotes and endnotes referred to: which, and its id."""
    pages: int = 0
    """Page ends that Word saw inside when it last laid the document out."""
    joins_next: bool = False
    """Its end was deleted by a tracked change: the next paragraph goes on in it."""

    @property
    def is_bold(self) -> bool:
        """Return true where everything that is shown is bold."""
        return self.shown > 0 and self.bold == self.shown


class Fields:
    """Where the reader is inside fields, which may begin in one paragraph and end in another."""

    def __init__(self) -> None:
        self._open: list[str] = []
        self._in_result: list[bool] = []

    @property
    def in_code(self) -> bool:
        """Return true inside a field's instruction, which nobody sees."""
        return bool(self._in_result) and not all(self._in_result)

    @property
    def in_contents(self) -> bool:
        """Return true inside a table of contents."""
        return any(code.lstrip().upper().startswith("TOC") for code in self._open)

    def mark(self, kind: str) -> None:
        """Follow a field's begin, separator and end."""
        if kind == "begin":
            self._open.append("")
            self._in_result.append(False)
        elif kind == "separate" and self._in_result:
            self._in_result[-1] = True
        elif kind == "end" and self._open:
            self._open.pop()
            self._in_result.pop()

    def instruct(self, code: str) -> None:
        """Add to the instruction of the innermost field."""
        if self._open and len(self._open[-1]) < 1000:
            self._open[-1] += code


def read_words(paragraph: Any, look: Look, styles: Styles, fields: Fields) -> Words:
    """Return the words of a paragraph element."""
    words = Words()
    properties = paragraph.find(f"{W}pPr/{W}rPr")
    words.joins_next = properties is not None and properties.find(f"{W}del") is not None
    _Reader(words, look, styles, fields).walk(paragraph)
    return words


class _Reader:
    def __init__(self, words: Words, look: Look, styles: Styles, fields: Fields) -> None:
        self.words, self.look, self.styles, self.fields = words, look, styles, fields

    def walk(self, element: Any) -> None:
        """Read the children of a paragraph, link, insertion or other holder of runs."""
        for child in element.iterchildren():
            tag = child.tag
            if not isinstance(tag, str):
                continue
            if tag == f"{W}r":
                self._run(child)
            elif tag in {f"{W}del", f"{W}moveFrom"}:
                deleted = "".join(one.text or "" for one in child.iter(f"{W}delText", f"{W}t"))
                if deleted.strip():
                    self.words.apart.append((deleted.strip(), DELETED))
            elif tag == f"{W}bookmarkStart":
                self.words.linked |= (child.get(f"{W}name") or "").startswith(_TARGETS)
            elif tag == _MATH_TEXT:
                self._add(child.text or "", bold=False)
            elif tag == f"{_MC}AlternateContent":
                self._alternate(child)
            elif tag not in {f"{W}pPr", f"{W}sdtPr", f"{W}sdtEndPr"}:
                self.walk(child)

    def _alternate(self, element: Any) -> None:
        """Read the first form of content that is there twice; the second is for older programs."""
        choice = element.find(f"{_MC}Choice")
        if choice is None:
            choice = element.find(f"{_MC}Fallback")
        if choice is not None:
            self._run(choice)

    def _run(self, run: Any) -> None:
        properties = run.find(f"{W}rPr")
        hidden = properties is not None and on(properties.find(f"{W}vanish")) is True
        bold = self.styles.is_bold(run, self.look)
        before = self.words.text
        for child in run.iterchildren():
            self._piece(child, bold)
        if hidden and self.words.text != before:
            self.words.apart.append((self.words.text[len(before) :].strip(), HIDDEN))
            self.words.text = before

    def _piece(self, piece: Any, bold: bool) -> None:
        tag = piece.tag
        if tag == f"{W}t":
            self._add(piece.text or "", bold)
        elif tag in {f"{W}tab", f"{W}ptab"}:
            self._add("\t", bold)
        elif tag in {f"{W}br", f"{W}cr"}:
            if piece.get(f"{W}type") not in {"page", "column"}:
                self._add("\n", bold)
        elif tag == f"{W}lastRenderedPageBreak":
            self.words.pages += 1
            self.words.text += PAGE_BREAK
        elif tag == f"{W}noBreakHyphen":
            self._add("-", bold)
        elif tag == f"{W}sym":
            self._add(_symbol(piece), bold)
        elif tag == f"{W}fldChar":
            self.fields.mark(piece.get(f"{W}fldCharType") or "")
        elif tag == f"{W}instrText":
            self.fields.instruct(piece.text or "")
        elif tag in {f"{W}footnoteReference", f"{W}endnoteReference"}:
            kind = "footnotes" if "footnote" in tag else "endnotes"
            self.words.notes.append((kind, piece.get(f"{W}id") or ""))
        elif tag == f"{_MC}AlternateContent":
            self._alternate(piece)
        elif tag in {f"{W}drawing", f"{W}pict", f"{W}object"}:
            self._picture(piece)

    def _add(self, text: str, bold: bool) -> None:
        if self.fields.in_code:
            return
        self.words.text += text
        size = len("".join(text.split()))
        self.words.shown += size
        self.words.bold += size if bold else 0

    def _picture(self, element: Any) -> None:
        boxes = [box for box in element.iter(f"{W}txbxContent") if not _inside_fallback(box, element)]
        self.words.boxes.extend(boxes)
        if boxes:
            return
        described = [one.get("descr") or one.get("title") or "" for one in element.iter(f"{_WP}docPr")]
        described += [
            one.get("alt") or one.get(_VML_TITLE) or ""
            for one in element.iter("{urn:schemas-microsoft-com:vml}shape")
        ]
        self.words.pictures.append(next((text for text in described if text.strip()), "no description"))


def _inside_fallback(box: Any, outer: Any) -> bool:
    """Return true for the second copy of a text box, and for a box inside a box, which is read with the outer one."""
    parent = box.getparent()
    while parent is not None and parent is not outer:
        if parent.tag in {f"{_MC}Fallback", f"{W}txbxContent"}:
            return True
        parent = parent.getparent()
    return False


def _symbol(piece: Any) -> str:
    try:
        code = int(piece.get(f"{W}char") or "", 16)
    except ValueError:
        return ""
    if 0xF000 <= code <= 0xF0FF:
        return _SYMBOLS.get(code - 0xF000, "•")
    return chr(code) if 0x20 <= code < 0x110000 and not 0xD800 <= code < 0xE000 else ""
