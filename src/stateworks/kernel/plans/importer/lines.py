"""What each line of a plan is on its own: blank, heading, list item, table row, picture or text.

Exports lose and add marks, so every mark is only a hint: bookmarks before headings, bold text instead of headings, list
markers joined to their text ("- 1. Track …"), non-breaking spaces, escaped punctuation.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from stateworks.kernel.plans.importer.source import Mark, SourceLine

CONTENTS = "table of contents"

_SPACES = re.compile("[\u00a0\u202f\u2007\u2009\u3000]")
_INVISIBLE = re.compile("[\u200b\u200c\u200d\u2060\ufeff\u00ad]")
_BOOKMARK = re.compile(r"\[bookmark:[^\]]*\]|\{#[\w-]+\}|<a\s+(?:id|name)=[^>]*>\s*(?:</a>)?", re.IGNORECASE)
_TAG = re.compile(r"</?(?:b|strong|i|em|u|span|sup|sub|br|p|div|font)\b[^>]*>", re.IGNORECASE)
_PICTURE = re.compile(r"^\s*(?:\[image:|!\[)", re.IGNORECASE)
_CAPTION = re.compile(r"^(?:Figure|Fig\.|Exhibit|Chart)\s*\d+[.:]?\s", re.IGNORECASE)
_HASHES = re.compile(r"^(#{1,6})\s+(.*?)\s*#*$")
_BOLD_LINE = re.compile(r"^(?:\*\*|__)(?P<text>(?:(?!\*\*|__).)+)(?:\*\*|__)\s*:?$")
_BOLD_TAG_LINE = re.compile(r"^<(?:b|strong)>[^<]*</(?:b|strong)>\s*:?$", re.IGNORECASE)
_ITALIC = re.compile(r"(?<![\w*])\*(?=\S)([^*]+?)(?<=\S)\*(?![\w*])")
_BULLET = re.compile(r"^(?:[-*+•·▪◦‣∙●○■□–—]|\u2022|\uf0b7)\s+")
_NUMBER = re.compile(r"^(?:\((\d{1,3})\)|(\d{1,3})[.)])\s+")
_FIRST_CHUNK = re.compile(r"[^\s-]*-?")
# An outcome that opens with its period is a paragraph of its own, however full the line before it.
OUTCOME_START = re.compile(r"(?:In|Over|During|Throughout)\s+(?:the\s+)?FY\s?\d")
_LETTER = re.compile(r"^\(?[a-z][.)]\s+")
_RULE = re.compile(r"^(?:[-*_=]\s*){3,}$|^\|?(?:\s*:?-{2,}:?\s*\|)+\s*(?::?-{2,}:?\s*)?\|?$")


@dataclass(slots=True)
class Line:
    """One line: its number in the file, its text without marks, and what the marks said."""

    number: int
    raw: str
    text: str
    kind: str
    """blank, heading, bullet, numbered, row, picture, caption, rule, aside, text, or joined to the line before."""
    marker: int | None = None
    bookmarked: bool = False
    strong: bool = False
    """For headings: marked as one in the file, not only short and followed by text."""
    after_blank: bool = True
    cells: tuple[str, ...] = field(default=())
    last: int = 0
    """The last line joined to this one where the file breaks its paragraphs at a fixed width."""
    reason: str = ""
    """For asides: why the file's own marks keep the line out of the plan's text."""

    def __post_init__(self) -> None:
        self.last = self.last or self.number


def _cells(text: str) -> tuple[str, ...]:
    if text.startswith("|"):
        return tuple(cell.strip() for cell in re.split(r"(?<!\\)\|", text.strip("|")))
    return tuple(cell.strip() for cell in text.split("\t"))


def _visible(text: str) -> str:
    """Turn every kind of blank into a space and drop signs that nobody sees, such as soft hyphens."""
    return _INVISIBLE.sub("", _SPACES.sub(" ", text))


def _unmark(text: str) -> str:
    """Drop emphasis, tags and escapes inside a line."""
    text = _TAG.sub("", text)
    text = text.replace("**", "").replace("__", "")
    text = _ITALIC.sub(r"\1", text)
    text = re.sub(r"\[([^\]]+)\]\((?:#|https?:|mailto:)[^)]*\)", r"\1", text)
    return re.sub(r"\\([.\-#()\[\]*_+!>])", r"\1", text)


def read_lines(source: Sequence[SourceLine]) -> list[Line]:
    """Classify every line; one pass, so that a file of any length takes time in proportion."""
    lines: list[Line] = []
    after_blank = True
    in_picture = 0
    for number, given in enumerate(source, start=1):
        raw = given.text
        if given.mark is not None:
            line = _read_marked(number, raw, given.mark)
        else:
            line = _picture_rest(number, raw) if in_picture else _read(number, raw)
        if in_picture:
            in_picture = 0 if "]" in raw else in_picture - 1
        elif line.kind == "picture" and raw.count("[") > raw.count("]"):
            in_picture = 5
        if not line.text and line.kind != "blank":
            line.kind, line.text = "rule", raw.strip()
        line.after_blank = after_blank
        after_blank = line.kind == "blank"
        lines.append(line)
    _underlined_headings(lines)
    _join_wrapped(lines)
    _likely_headings(lines)
    return lines


def _picture_rest(number: int, raw: str) -> Line:
    return Line(number, raw, raw.strip(), "picture" if raw.strip() else "blank")


def _read(number: int, raw: str) -> Line:
    text = _visible(raw)
    bookmarked = bool(_BOOKMARK.search(text))
    text = _BOOKMARK.sub("", text).strip()
    if not text:
        # A lone bookmark is a mark of the exporter, not text of the plan, but it is not blank to a reader of the file.
        return Line(number, raw, raw.strip(), "rule" if raw.strip() else "blank")
    if _PICTURE.match(text):
        return Line(number, raw, text, "picture")
    if _RULE.match(text):
        return Line(number, raw, text, "rule")
    if text.startswith("> "):
        text = text[2:].lstrip()
    hashes = _HASHES.match(text)
    if hashes:
        return Line(number, raw, _unmark(hashes[2]).strip(), "heading", None, bookmarked, strong=True)
    bold = bool(_BOLD_LINE.match(text) or _BOLD_TAG_LINE.match(text))
    if bold and len(text) <= 400 and "\t" not in text:
        plain = _unmark(text).strip()
        if not _NUMBER.match(plain):
            return Line(number, raw, plain, "heading", None, bookmarked, strong=True)
    return _read_plain(number, raw, text, bookmarked)


def _read_marked(number: int, raw: str, mark: Mark) -> Line:
    """Take a line as its file marks it; only plain text is looked at for typed bullets, numbers and columns."""
    text = re.sub(r"\s+", " ", _visible(mark.plain or raw)).strip()
    if not text:
        return Line(number, raw, "", "blank")
    if mark.kind in {"aside", "contents"}:
        reason = mark.reason or CONTENTS
        return Line(number, raw, text, "aside", cells=_cells(_visible(raw)), reason=reason)
    if mark.kind in {"picture", "caption"}:
        return Line(number, raw, text, mark.kind)
    if mark.kind == "row":
        cells = tuple(re.sub(r"\s+", " ", _visible(cell)).strip() for cell in mark.cells)
        if len([cell for cell in cells if cell]) >= 2:
            return Line(number, raw, text, "row", cells=cells)
    if mark.kind == "heading" or (mark.kind == "bold" and len(text) <= 400 and not _NUMBER.match(text)):
        return Line(number, raw, text, "heading", None, mark.linked, strong=True)
    typed = _NUMBER.match(text) if mark.kind == "bullet" else None
    if typed:
        return Line(number, raw, text[typed.end() :], "numbered", int(typed[1] or typed[2]), mark.linked)
    if mark.kind in {"bullet", "numbered"}:
        return Line(number, raw, text, mark.kind, mark.number, mark.linked)
    if _PICTURE.match(text) or _RULE.match(text):
        return Line(number, raw, text, "picture" if _PICTURE.match(text) else "rule")
    return _read_plain(number, raw, _visible(mark.plain or raw).strip(), mark.linked, written=True)


def _read_plain(number: int, raw: str, text: str, bookmarked: bool, *, written: bool = False) -> Line:
    """Read the marks that people type; `written` words come from a file whose stars and pipes mean themselves."""
    unmark = str if written else _unmark
    kind, marker = "text", None
    plain = text
    bullet = _BULLET.match(plain)
    if bullet:
        kind, plain = "bullet", plain[bullet.end() :].lstrip()
    if not written:
        plain = re.sub(r"^(\d{1,3})\\([.)])", r"\1\2", plain)
    bare = plain if written else re.sub(r"^(?:\*\*|__)", "", plain)
    numbered = _NUMBER.match(bare)
    if numbered:
        kind, marker = "numbered", int(numbered[1] or numbered[2])
        plain = bare[numbered.end() :]
    elif not bullet and _LETTER.match(plain):
        kind, plain = "bullet", plain[_LETTER.match(plain).end() :]  # type: ignore[union-attr]
    columns = "\t" in plain or (plain.startswith("|") and not written)
    cells = _cells(unmark(plain)) if kind == "text" and columns else ()
    plain = re.sub(r"\s+", " ", unmark(plain)).strip()
    if len([cell for cell in cells if cell]) >= 2:
        return Line(number, raw, plain, "row", None, bookmarked, cells=cells)
    if kind == "text" and _CAPTION.match(plain):
        return Line(number, raw, plain, "caption")
    if kind == "text" and bookmarked and len(plain) <= 250:
        return Line(number, raw, plain, "heading", None, bookmarked, strong=True)
    return Line(number, raw, plain, kind, marker, bookmarked)


def _underlined_headings(lines: list[Line]) -> None:
    for line, rule in pairwise(lines):
        if (
            line.kind == "text"
            and rule.kind == "rule"
            and set(rule.text) <= set("=-")
            and len(rule.text) >= 3
        ):
            line.kind, line.strong = "heading", True


def _join_wrapped(lines: list[Line]) -> None:
    """Join the lines of paragraphs and items where the whole file is broken at a fixed width.

    A line was broken there if the next line's first word would not have fitted on it; a paragraph's last line is
    shorter.
    """
    lengths = sorted(len(line.raw.rstrip()) for line in lines if line.kind in {"text", "bullet", "numbered"})
    if len(lengths) < 30 or lengths[-1] < 60:
        return
    width = lengths[int(len(lengths) * 0.99) - 1]
    prose = {"text", "bullet", "numbered"}
    cut = sum(
        line.kind == "text" and line.text[:1].islower() and before.kind in prose
        for before, line in pairwise(lines)
    )
    # Lines that go on in the middle of a sentence show the habit; one or two may be slips.
    if width > 140 or cut < max(3, 0.05 * len(lengths)):
        return
    head: Line | None = None
    last: Line | None = None
    for line in lines:
        joins = (
            head is not None
            and last is not None
            and last.number == line.number - 1
            and line.kind == "text"
            and not line.bookmarked
            and not OUTCOME_START.match(line.text)
            and len(last.raw.rstrip()) + 1 + len(_FIRST_CHUNK.match(line.raw.strip())[0]) > width  # type: ignore[index]
        )
        if joins and head is not None:
            # A line may also break after the hyphen of a compound word.
            gap = "" if re.search(r"\w-$", head.text) else " "
            head.text, head.last = f"{head.text}{gap}{line.text}", line.number
            line.kind = "joined"
        else:
            head = line if line.kind in {"text", "bullet", "numbered"} else None
        last = line


def _looks_like_heading(line: Line) -> bool:
    text = line.text
    return (
        line.kind == "text"
        and 2 <= len(text) <= 160
        and text[-1] not in ".,;:?!…"
        and (text[0].isupper() or text[0].isdigit())
        and not text.startswith(("http", "P.O."))
        and "@" not in text
    )


def _likely_headings(lines: list[Line]) -> None:
    """Take short lines without a full stop for headings where a paragraph or a list follows."""
    following: list[Line] = []
    passed = {"blank", "joined", "picture", "caption", "rule", "aside"}
    filled = [line for line in lines if line.kind not in passed]
    for position in range(len(filled) - 1, -1, -1):
        line = filled[position]
        if _looks_like_heading(line) and following:
            after = following[-1]
            second = following[-2] if len(following) > 1 else None
            if _is_body(after, line) or (
                after.kind == "heading"
                and not after.strong
                and second is not None
                and _is_body(second, after)
            ):
                line.kind = "heading"
        following.append(line)
        if len(following) > 3:
            following = following[-3:]


def _is_body(line: Line, heading: Line) -> bool:
    if line.kind in {"bullet", "numbered", "row"}:
        return True
    return (
        line.kind == "text"
        and not line.text[:1].islower()
        and len(line.text) > max(40, len(heading.text))
        and line.text[-1] in '.:?!”"'
    )
