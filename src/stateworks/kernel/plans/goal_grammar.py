"""From a phrase to its pieces: the grammar of `goal.lark`, and nothing about what the pieces mean together."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

from stateworks.kernel.indicators.targets import PERCENT, POINTS, Comparator, Number

MAX_PHRASE = 2000
# A float keeps 15 significant digits exactly, and JSON numbers are floats to most readers.
MAX_DIGITS = 15

NUMBER_WORDS = {
    word: number
    for number, word in enumerate(
        "zero one two three four five six seven eight nine ten eleven twelve".split()  # noqa: SIM905 - reads as a list
    )
} | {"fifteen": 15, "twenty": 20, "thirty": 30, "forty": 40, "fifty": 50}

_COMPARATORS: dict[str, Comparator] = {"GE": ">=", "LE": "<=", "GT": ">", "LT": "<", "EQ": "="}
_SCALES = {"thousand": 1_000, "million": 1_000_000, "billion": 1_000_000_000}
_SPANS = {"min": "minute", "hr": "hour"}


class UnreadableGoal(ValueError):  # noqa: N818 - it is what the phrase is
    """A phrase that the grammar cannot take apart."""


@dataclass(frozen=True, slots=True)
class Amount:
    """A number with its unit; the unit is null where none is written."""

    value: Number
    unit: str | None


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure as written: one amount, or two for a range or "from … to …"."""

    comparator: Comparator | None
    low: Amount
    high: Amount | None = None
    is_from_to: bool = False


@dataclass(frozen=True, slots=True)
class Due:
    """A date as written: its preposition, its edge ("start", "end") and its parts by terminal name."""

    preposition: str | None
    edge: str | None
    parts: dict[str, str]


@dataclass(frozen=True, slots=True)
class Piece:
    """One piece of a clause: what it is, what it holds, and the words it was read from."""

    kind: str
    value: Any
    text: str


@cache
def _parser() -> Any:
    from lark import Lark

    return Lark(
        (Path(__file__).parent / "goal.lark").read_text(encoding="utf-8"),
        start="goal",
        parser="lalr",
        lexer="basic",
        propagate_positions=True,
        maybe_placeholders=False,
    )


def tidy(phrase: str) -> str:
    """Return the phrase with single spaces and plain quotes, as the grammar expects it."""
    return re.sub(r"\s+", " ", phrase.replace("&gt;", ">").replace("&lt;", "<")).strip()


def parse(phrase: str) -> list[list[Piece]]:
    """Take a tidy phrase apart into clauses of pieces; raises UnreadableGoal and nothing else."""
    if len(phrase) > MAX_PHRASE:
        raise UnreadableGoal(f"it is longer than {MAX_PHRASE:,} characters")
    from lark.exceptions import LarkError

    try:
        tree = _parser().parse(phrase)
    except LarkError as error:
        column = getattr(error, "column", None)
        where = f" near character {column}" if isinstance(column, int) and column > 0 else ""
        raise UnreadableGoal(f"the words cannot be put together{where}") from error
    return [[_piece(child, phrase) for child in clause.children] for clause in tree.children]


def _tokens(tree: Any) -> list[Any]:
    """Return the tokens below a tree, in order."""
    found: list[Any] = []
    for child in tree.children:
        if hasattr(child, "children"):
            found.extend(_tokens(child))
        else:
            found.append(child)
    return found


def _piece(tree: Any, phrase: str) -> Piece:
    kind = str(tree.data)
    text = phrase[tree.meta.start_pos : tree.meta.end_pos]
    if kind in {"quantity", "range", "from_to"}:
        return Piece("figure", _figure(tree, kind), text)
    if kind == "due":
        return Piece(kind, _due(tree), text)
    if kind == "change":
        return Piece(kind, "up" if tree.children[0].type == "INCREASE" else "down", text)
    return Piece(kind, text, text)


def _figure(tree: Any, kind: str) -> Figure:
    comparator: Comparator | None = None
    amounts: list[Amount] = []
    for child in tree.children:
        if not hasattr(child, "children"):
            comparator = _COMPARATORS.get(child.type, comparator)
        elif child.data == "amount":
            amounts.append(_amount(child))
        elif child.data == "suffix":
            comparator = ">=" if child.children[0].type == "OR_MORE" else "<="
    low = amounts[0]
    if len(amounts) == 1:
        return Figure(comparator, low)
    high = amounts[1]
    if low.unit is None:
        low = Amount(low.value, high.unit)
    return Figure(comparator, low, high, is_from_to=kind == "from_to")


def _amount(tree: Any) -> Amount:
    value: Number = 0
    unit: str | None = None
    scale = 1
    for token in _tokens(tree):
        if token.type == "NUMBER":
            plain = str(token).replace(",", "")
            if len(plain) > MAX_DIGITS:
                raise UnreadableGoal(f"{plain} has more digits than can be kept exactly")
            value = Decimal(plain) if "." in plain else int(plain)
        elif token.type == "NUMBER_WORD":
            value = NUMBER_WORDS[re.split(r"[\s(]", str(token).lower())[0]]
        elif token.type == "SCALE":
            scale = _SCALES[str(token).lower()]
        elif token.type == "CURRENCY":
            unit = "dollar"
        elif token.type == "PERCENT":
            unit = PERCENT
        elif token.type == "POINTS":
            unit = POINTS if re.match(r"percentage|pp", str(token), re.IGNORECASE) else "point"
        elif token.type == "SPAN":
            unit = span_unit(str(token))
    value = value * scale
    if scale > 1 and value == int(value):
        value = int(value)
    return Amount(value, unit)


def span_unit(text: str) -> str:
    """Return the singular unit of a span of time: "Business days" gives "business day"."""
    words = text.lower().split()
    last = words[-1]
    last = last[:-1] if last.endswith("s") else last
    kind = "business " if words[0] in {"business", "working", "work"} and len(words) > 1 else ""
    return kind + _SPANS.get(last, last)


def _due(tree: Any) -> Due:
    preposition: str | None = None
    edge: str | None = None
    parts: dict[str, str] = {}
    for token in _tokens(tree):
        if token.type in {"BY", "BEFORE", "IN"}:
            preposition = token.type.lower()
        elif token.type == "EDGE":
            edge = "start" if re.search(r"start|beginning", str(token), re.IGNORECASE) else "end"
        elif token.type not in {"OF_YEAR", "OF_QUARTER"}:
            parts[token.type] = str(token)
    return Due(preposition, edge, parts)
