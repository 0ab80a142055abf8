"""Follows a PDF's drawing operators and notes every run of text with its place, and small dots that stand for bullets.

Source of the rules: ISO 32000-1, 8.3 (coordinates), 9.3 and 9.4 (text state, positioning and showing), 14.9.4 (ActualText).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

Matrix = tuple[float, float, float, float, float, float]
IDENTITY: Matrix = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)
BULLET = "•"

_BOLD = re.compile(r"bold|black|heavy|semibold|demi", re.IGNORECASE)
_LIGATURES = re.compile("[\ufb00-\ufb06]")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
_INVISIBLE = re.compile("[\u200b-\u200d\u2060\ufeff]")
_FILLS = frozenset({b"f", b"F", b"f*", b"B", b"B*", b"b", b"b*"})
_PATH_ENDS = _FILLS | {b"S", b"s", b"n"}


@dataclass(slots=True)
class Run:
    """A word or part of one as it is shown: its text, first and last place on the line, baseline, height and weight."""

    text: str
    x0: float
    x1: float
    y: float
    size: float
    bold: bool
    artifact: bool
    """The file itself says that this is no text of the document: a header, a footer, a page number."""


@dataclass(slots=True)
class Page:
    """One page: its number, its height and what is drawn on it; text set sideways apart."""

    number: int
    height: float
    runs: list[Run] = field(default_factory=list)
    sideways: list[str] = field(default_factory=list)
    unreadable: int = 0
    """Signs of fonts that do not say which letters they draw."""


class Face:
    """A font as drawing needs it: from bytes to signs, with the width of each."""

    def __init__(self, font: Any) -> None:
        self._font = font
        self.bold = bool(_BOLD.search(font.name))
        self.readable: bool = font.interpretable
        self._widths: dict[str, float] = dict(font.character_widths)
        self._widths.setdefault("default", 500.0)
        self._widths[font.space_char] = font.space_width
        self._space: str = font.space_char

    def signs(self, value: bytes | str) -> Iterator[tuple[str, float, bool]]:
        """Yield the text of each sign, its width in thousandths of the size, and whether it is a blank."""
        encoding = self._font.encoding
        if isinstance(value, str):
            raw: Any = value
        elif isinstance(encoding, str):
            raw = value.decode(encoding, "replace")
        else:
            raw = [chr(byte) for byte in value]
        for sign in raw:
            text = encoding.get(ord(sign), sign) if isinstance(encoding, dict) else sign
            text = self._font.character_map.get(text, text)
            yield text, self._widths.get(sign, self._widths["default"]), sign == self._space


@dataclass(slots=True)
class _State:
    """What q keeps and Q brings back."""

    ctm: Matrix = IDENTITY
    face: Face | None = None
    size: float = 0.0
    spacing: float = 0.0
    word_spacing: float = 0.0
    scale: float = 1.0
    leading: float = 0.0
    rise: float = 0.0


class Pen:
    """Interprets operators one after the other; `page` holds what it noted, `start` turns it as readers show it."""

    def __init__(self, page: Page, start: Matrix) -> None:
        self.page = page
        self._state = _State(start)
        self._kept: list[_State] = []
        self._text: Matrix = IDENTITY
        self._line: Matrix = IDENTITY
        self._marks: list[tuple[bool, str | None]] = []
        self._spoken = False
        self._path: list[tuple[float, float]] = []

    def draw(self, operator: bytes, operands: list[Any], face: Face | None = None) -> None:
        """Follow one operator; a malformed one changes nothing."""
        numbers = [float(one) for one in operands if isinstance(one, int | float)]
        if operator in (b"Tj", b"TJ", b"'", b'"'):
            self._show(operator, operands, numbers)
        elif operator in (b"Td", b"TD", b"Tm", b"T*", b"BT"):
            self._move(operator, numbers)
        elif operator == b"Tf" and face is not None:
            self._state.face = face
            self._state.size = numbers[-1] if numbers else self._state.size
        elif operator in _SETTINGS and numbers:
            name, factor = _SETTINGS[operator]
            setattr(self._state, name, numbers[0] * factor)
        elif operator == b"q":
            self._kept.append(replace(self._state))
        elif operator == b"Q":
            self._state = self._kept.pop() if self._kept else self._state
        elif operator == b"cm" and len(numbers) >= 6:
            self._state.ctm = times(_matrix(numbers), self._state.ctm)
        elif operator in (b"m", b"l", b"c", b"v", b"y", b"re"):
            self._trace(operator, numbers)
        elif operator in _PATH_ENDS:
            self._dot(operator)

    def mark(self, operator: bytes, operands: list[Any]) -> None:
        """Follow the file's marks of content: artifacts, and text that is to be read instead of what is drawn."""
        if operator == b"EMC":
            if self._marks:
                self._marks.pop()
            return
        properties = operands[1] if len(operands) > 1 else None
        actual = properties.get("/ActualText") if isinstance(properties, Mapping) else None
        self._marks.append(
            (bool(operands) and operands[0] == "/Artifact", str(actual) if actual is not None else None)
        )
        self._spoken = False

    # Text

    def _move(self, operator: bytes, numbers: list[float]) -> None:
        if operator == b"BT":
            self._line = IDENTITY
        elif operator == b"Tm":
            self._line = _matrix(numbers) if len(numbers) >= 6 else self._line
        elif operator == b"T*":
            self._line = times((1, 0, 0, 1, 0, -self._state.leading), self._line)
        elif len(numbers) >= 2:
            if operator == b"TD":
                self._state.leading = -numbers[1]
            self._line = times((1, 0, 0, 1, numbers[0], numbers[1]), self._line)
        self._text = self._line

    def _show(self, operator: bytes, operands: list[Any], numbers: list[float]) -> None:
        if operator in (b"'", b'"'):
            if operator == b'"' and len(numbers) >= 2:
                self._state.word_spacing, self._state.spacing = numbers[0], numbers[1]
            self._move(b"T*", [])
        shown = operands[-1] if operands else b""
        for part in shown if isinstance(shown, list) else [shown]:
            if isinstance(part, int | float):
                self._advance(-float(part) / 1000 * self._state.size * self._state.scale)
            elif isinstance(part, bytes | str):
                self._signs(part)

    def _signs(self, value: bytes | str) -> None:
        state, face = self._state, self._state.face
        if face is None or not value:
            return
        text, width = "", 0.0
        for sign, wide, blank in face.signs(value):
            text += sign
            width += (
                wide / 1000 * state.size + state.spacing + (state.word_spacing if blank else 0)
            ) * state.scale
            if blank:
                # Each word is noted on its own, so that its place is known.
                self._word(text, width, face)
                text, width = "", 0.0
        self._word(text, width, face)

    def _word(self, text: str, width: float, face: Face) -> None:
        rise: Matrix = (1, 0, 0, 1, 0, self._state.rise)
        start = times(rise, times(self._text, self._state.ctm))
        self._advance(width)
        end = times(rise, times(self._text, self._state.ctm))
        if not face.readable:
            self.page.unreadable += len(text)
        elif text:
            self._note(self._said(text), start, end, face.bold)

    def _said(self, text: str) -> str:
        """Return what is to be read: the text that the file gives for this place, once, or the signs themselves."""
        actual = next((said for _, said in reversed(self._marks) if said is not None), None)
        if actual is None:
            return text
        text, self._spoken = ("" if self._spoken else actual), True
        return text

    def _note(self, text: str, start: Matrix, end: Matrix, bold: bool) -> None:
        text = _LIGATURES.sub(
            lambda one: unicodedata.normalize("NFKC", one[0]), _CONTROL.sub(" ", _INVISIBLE.sub("", text))
        )
        left, right = sorted((start[4], end[4]))
        if not text:
            # More signs of a place whose text was given: it reaches so far.
            if self._spoken and self.page.runs and self._marks:
                self.page.runs[-1].x1 = max(self.page.runs[-1].x1, right)
            return
        if abs(start[1]) > abs(start[0]):
            self.page.sideways.append(text)
            return
        size = abs(self._state.size) * (start[2] ** 2 + start[3] ** 2) ** 0.5 or 1.0
        artifact = any(marked for marked, _ in self._marks)
        self.page.runs.append(Run(text, left, right, start[5], size, bold, artifact))

    def _advance(self, width: float) -> None:
        self._text = times((1, 0, 0, 1, width, 0), self._text)

    # Dots

    def _trace(self, operator: bytes, numbers: list[float]) -> None:
        if len(self._path) > 200:
            return  # no dot
        points = list(zip(numbers[::2], numbers[1::2], strict=False))
        if operator == b"re" and len(numbers) >= 4:
            points = [(numbers[0], numbers[1]), (numbers[0] + numbers[2], numbers[1] + numbers[3])]
        a, b, c, d, e, f = self._state.ctm
        self._path += [(a * x + c * y + e, b * x + d * y + f) for x, y in points]

    def _dot(self, operator: bytes) -> None:
        """Note a small filled shape, as round or square as a bullet, as one; without words beside it, it is dropped."""
        path, self._path = self._path, []
        if operator not in _FILLS or not 2 <= len(path) <= 200:
            return
        left, right = min(x for x, _ in path), max(x for x, _ in path)
        low, high = min(y for _, y in path), max(y for _, y in path)
        wide, tall = right - left, high - low
        if 1.5 <= wide <= 8 and 1.5 <= tall <= 8 and 0.7 <= wide / tall <= 1.4:
            artifact = any(marked for marked, _ in self._marks)
            self.page.runs.append(Run(BULLET, left, right, low - 0.5 * tall, tall, False, artifact))


_SETTINGS: dict[bytes, tuple[str, float]] = {
    b"Tc": ("spacing", 1.0),
    b"Tw": ("word_spacing", 1.0),
    b"Tz": ("scale", 0.01),
    b"TL": ("leading", 1.0),
    b"Ts": ("rise", 1.0),
}


def times(a: Matrix, b: Matrix) -> Matrix:
    """Return the product of two matrices: first `a`, then `b`."""
    return (
        a[0] * b[0] + a[1] * b[2],
        a[0] * b[1] + a[1] * b[3],
        a[2] * b[0] + a[3] * b[2],
        a[2] * b[1] + a[3] * b[3],
        a[4] * b[0] + a[5] * b[2] + b[4],
        a[4] * b[1] + a[5] * b[3] + b[5],
    )


def _matrix(numbers: list[float]) -> Matrix:
    a, b, c, d, e, f = numbers[-6:]
    return a, b, c, d, e, f
