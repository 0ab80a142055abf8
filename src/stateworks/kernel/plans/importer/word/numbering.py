"""The numbers of a Word document's lists, which its text does not hold: counted as Word counts them.

Source of the rules: ISO/IEC 29500-1, 17.9 (numbering). A paragraph names an instance and a level; the instance points to
an abstract list, whose levels say how numbers look and whose counters all its instances share, unless one starts anew.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from stateworks.kernel.plans.importer.headings import NUMBER_WORDS

_WORDS = {number: word for word, number in NUMBER_WORDS.items()}
_ROMAN = (
    (1000, "M"), (900, "CM"), (500, "D"), (400, "CD"), (100, "C"), (90, "XC"), (50, "L"), (40, "XL"), (10, "X"),
    (9, "IX"), (5, "V"), (4, "IV"), (1, "I"),
)  # fmt: skip
_DEEPEST = 9


@dataclass(frozen=True, slots=True)
class Label:
    """What stands in front of a list paragraph: its words as printed, and its number where it is one."""

    text: str
    number: int | None
    """The paragraph's own number in digits; none for bullets, letters and Roman numbers."""
    level: int


@dataclass(slots=True)
class Level:
    """How one level of a list is numbered."""

    start: int = 1
    form: str = "decimal"
    pattern: str = ""
    restart_after: int | None = None
    legal: bool = False


@dataclass(slots=True)
class _Instance:
    abstract: str
    starts: dict[int, int] = field(default_factory=dict)
    levels: dict[int, Level] = field(default_factory=dict)


class Numbering:
    """Counts the list paragraphs of one document in the order of its text."""

    def __init__(self, root: Any | None) -> None:
        self._abstract: dict[str, dict[int, Level]] = {}
        self._instances: dict[str, _Instance] = {}
        self._counters: dict[str, list[int | None]] = {}
        self._begun: set[tuple[str, int]] = set()
        if root is not None:
            self._read(root)

    def label(self, instance: str, level: int) -> Label | None:
        """Count one paragraph and return its label; none where the list is unknown or numbers nothing."""
        found = self._instances.get(instance)
        if found is None or not 0 <= level < _DEEPEST:
            return None
        levels = self._abstract.get(found.abstract, {}) | found.levels
        own = levels.get(level)
        if own is None:
            return None
        counters = self._counters.setdefault(found.abstract, [None] * _DEEPEST)
        if level in found.starts and (instance, level) not in self._begun:
            counters[level] = found.starts[level]
        else:
            before = counters[level]
            counters[level] = own.start if before is None else before + 1
        self._begun.add((instance, level))
        for above in range(level):
            # A deeper paragraph that comes first still shows numbers for the levels above it.
            if counters[above] is None:
                counters[above] = levels[above].start if above in levels else 1
        for deeper in range(level + 1, _DEEPEST):
            after = levels[deeper].restart_after if deeper in levels else None
            if after is None or (after != 0 and level < after):
                counters[deeper] = None
        return _label(own, level, levels, counters)

    def _read(self, root: Any) -> None:
        linked: dict[str, str] = {}
        styles: dict[str, str] = {}
        for element in root.iterchildren("{*}abstractNum"):
            name = _value(element, "abstractNumId", own=True)
            self._abstract[name] = {
                int(_value(level, "ilvl", own=True) or 0): _level(level)
                for level in element.iterchildren("{*}lvl")
            }
            if style := _value(element.find("{*}styleLink"), "val", own=True):
                styles[style] = name
            if style := _value(element.find("{*}numStyleLink"), "val", own=True):
                linked[name] = style
        for name, style in linked.items():
            if style in styles:
                self._abstract[name] = self._abstract[styles[style]]
        for element in root.iterchildren("{*}num"):
            instance = _Instance(_value(element.find("{*}abstractNumId"), "val", own=True))
            for override in element.iterchildren("{*}lvlOverride"):
                level = int(_value(override, "ilvl", own=True) or 0)
                start = _value(override.find("{*}startOverride"), "val", own=True)
                if start.lstrip("-").isdigit():
                    instance.starts[level] = int(start)
                whole = override.find("{*}lvl")
                if whole is not None:
                    instance.levels[level] = _level(whole)
            self._instances[_value(element, "numId", own=True)] = instance


def _value(element: Any | None, name: str, *, own: bool = False) -> str:
    """Return an element's attribute (`own`), or that of its child of that name; empty where there is none."""
    if element is None:
        return ""
    if not own:
        return _value(element.find(f"{{*}}{name}"), "val", own=True)
    namespace = element.tag.partition("}")[0] + "}"
    return element.get(f"{namespace}{name}") or ""


def _level(element: Any) -> Level:
    start, restart = _value(element, "start"), _value(element, "lvlRestart")
    return Level(
        start=int(start) if start.lstrip("-").isdigit() else 1,
        form=_value(element, "numFmt") or "decimal",
        pattern=_value(element, "lvlText"),
        restart_after=int(restart) if restart.isdigit() else None,
        legal=element.find("{*}isLgl") is not None,
    )


def _label(own: Level, level: int, levels: dict[int, Level], counters: list[int | None]) -> Label | None:
    number = counters[level] or 0
    if own.form == "bullet":
        return Label("•", None, level)

    def shown(match: re.Match[str]) -> str:
        which = int(match[1]) - 1
        form = levels[which].form if which in levels else "decimal"
        return _written(counters[which] or 0, "decimal" if own.legal and form != "bullet" else form)

    text = re.sub(r"%([1-9])", shown, own.pattern).strip()
    if not text:
        return None
    digits = own.form in {"decimal", "decimalZero", "ordinal", "cardinalText", "ordinalText"} or own.legal
    return Label(text, number if digits else None, level)


def _written(number: int, form: str) -> str:
    """Write a number as a list shows it; a form that is not known here is shown in digits."""
    if form == "none" or form == "bullet":
        return ""
    if form == "decimalZero":
        return f"{number:02d}"
    if form in {"upperLetter", "lowerLetter"} and number > 0:
        # After z comes aa, then bb: the letter of the place, once more for each turn.
        letter = chr(ord("A") + (number - 1) % 26) * min((number - 1) // 26 + 1, 20)
        return letter if form == "upperLetter" else letter.lower()
    if form in {"upperRoman", "lowerRoman"} and 0 < number < 4000:
        text = ""
        for value, sign in _ROMAN:
            text += sign * (number // value)
            number %= value
        return text if form == "upperRoman" else text.lower()
    if form == "ordinal":
        tail = {1: "st", 2: "nd", 3: "rd"}.get(number % 10 if number % 100 not in (11, 12, 13) else 0, "th")
        return f"{number}{tail}"
    if form == "cardinalText" and number in _WORDS:
        return _WORDS[number].capitalize()
    return str(number)
