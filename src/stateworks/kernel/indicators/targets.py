"""A goal as figures: what has to be reached, in which unit, by when and over which population.

`Target` is the product of the goal language and the yardstick of verdicts. Its JSON is a contract and survives a round
trip exactly. These shapes are agreed:

- **A level to reach**: `comparator` and `value`; "≥ 75 %" is `>=`, 75, "percent".
- **A milestone**: `comparator` and `value` are null and `unit` is "milestone"; `by` is its date, null where undated.
- **A total with a floor in each period**: "≥ 4 (one per quarter)" is two targets, >= 4 per year and >= 1 per quarter.
- **A baseline to find first**: `baseline` holds the words that say so ("no target yet"); nothing is scored.
- **Learning**: `level` is "learning" and `value` null where the plan wants a lesson and no figure.
- **A change**: `value` is its size, always positive; `change.direction` says which way. `comparator` ">" with a null
  `value` means "more (or less) than the period before", any amount.
- **A range** such as 50-75 percent is the near end as committed and the far end as stretch: only the first can be
  missed.
- **Several targets** of one goal are told apart by `unit` (the thing counted) or `of` (the population, or the part of
  the phrase that names it).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Literal, get_args

Level = Literal["committed", "stretch", "learning"]
Comparator = Literal[">=", "<=", ">", "<", "="]
Period = Literal["day", "week", "month", "quarter", "year"]
Direction = Literal["up", "down"]
Number = int | Decimal

LEVELS: tuple[str, ...] = get_args(Level)
COMPARATORS: tuple[str, ...] = get_args(Comparator)
PERIODS: tuple[str, ...] = get_args(Period)
DIRECTIONS: tuple[str, ...] = get_args(Direction)

MILESTONE = "milestone"
PERCENT = "percent"
POINTS = "percentage point"
COUNT = "count"

_COMPARATOR_WORDS = {">=": "at least", "<=": "at most", ">": "more than", "<": "less than", "=": "exactly"}


def number_to_json(value: Number | None) -> int | float | None:
    """Return the plain JSON number: a whole number stays whole, 99.96 prints as 99.96."""
    if isinstance(value, Decimal):
        return float(value)
    return value


def number_from_json(value: object, field: str) -> Number | None:
    """Read a JSON number exactly; text, lists and truth values are refused with the field's name."""
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        raise ValueError(f"{field} must be a number or null, not {value!r}.")
    if isinstance(value, float):
        value = Decimal(repr(value))
    if isinstance(value, Decimal) and not value.is_finite():
        raise ValueError(f"{field} must be a finite number, not {value}.")
    return value


def _one_of(value: str | None, allowed: tuple[str, ...], field: str, *, null: bool) -> None:
    if value is None and null:
        return
    if value not in allowed:
        raise ValueError(f"{field} must be one of {', '.join(allowed)}, not {value!r}.")


@dataclass(frozen=True, slots=True)
class Change:
    """A rise or fall: its direction, whether it is relative (null where the text leaves it open), and from what."""

    direction: Direction
    relative: bool | None = None
    from_value: Number | None = None

    def __post_init__(self) -> None:
        _one_of(self.direction, DIRECTIONS, "change.direction", null=False)

    def to_json(self) -> dict[str, Any]:
        """Return `{"direction","relative","from"}`."""
        return {
            "direction": self.direction,
            "relative": self.relative,
            "from": number_to_json(self.from_value),
        }


@dataclass(frozen=True, slots=True)
class Within:
    """A span counted from an event of each unit, such as four months from a launch."""

    n: int
    unit: str
    event: str | None = None

    def to_json(self) -> dict[str, Any]:
        """Return `{"n","unit","event"}`."""
        return {"n": self.n, "unit": self.unit, "event": self.event}


@dataclass(frozen=True, slots=True)
class Target:
    """One figure or date that a goal promises; the module's docstring lists the agreed shapes."""

    level: Level = "committed"
    comparator: Comparator | None = None
    value: Number | None = None
    unit: str | None = None
    per: Period | None = None
    by: date | None = None
    of: str | None = None
    within: Within | None = None
    change: Change | None = None
    baseline: str | None = None

    def __post_init__(self) -> None:
        _one_of(self.level, LEVELS, "level", null=False)
        _one_of(self.comparator, COMPARATORS, "comparator", null=True)
        _one_of(self.per, PERIODS, "per", null=True)
        if self.value is not None and self.comparator is None:
            raise ValueError("A target with a value needs a comparator: >=, <=, >, < or =.")

    @property
    def is_milestone(self) -> bool:
        """True for a promise of a date and no figure."""
        return self.unit == MILESTONE and self.value is None

    @property
    def is_scored(self) -> bool:
        """True where a value or a date can be met or missed."""
        return self.level != "learning" and self.baseline is None

    def to_json(self) -> dict[str, Any]:
        """Return TARGET as the JSON contract has it: ten keys, dates ISO, plain numbers."""
        return {
            "level": self.level,
            "comparator": self.comparator,
            "value": number_to_json(self.value),
            "unit": self.unit,
            "per": self.per,
            "by": self.by.isoformat() if self.by else None,
            "of": self.of,
            "within": self.within.to_json() if self.within else None,
            "change": self.change.to_json() if self.change else None,
            "baseline": self.baseline,
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Target:
        """Read TARGET back; a key may be left out where it is null, an unknown key is refused by name."""
        unknown = sorted(set(data) - _KEYS)
        if unknown:
            raise ValueError(f"A target has no field {unknown[0]!r}; it has {', '.join(sorted(_KEYS))}.")
        within = data.get("within")
        change = data.get("change")
        by = data.get("by")
        return cls(
            level=data.get("level") or "committed",
            comparator=data.get("comparator"),
            value=number_from_json(data.get("value"), "value"),
            unit=data.get("unit"),
            per=data.get("per"),
            by=by if by is None or isinstance(by, date) else date.fromisoformat(by),
            of=data.get("of"),
            within=Within(int(within["n"]), str(within["unit"]), within.get("event")) if within else None,
            change=Change(
                change["direction"],
                change.get("relative"),
                number_from_json(change.get("from"), "change.from"),
            )
            if change
            else None,
            baseline=data.get("baseline"),
        )

    def in_words(self) -> str:
        """Say the target in plain English, for a page that shows how a goal was read."""
        parts: list[str] = []
        if self.level == "learning" and self.value is None:
            parts.append("learn, without a figure")
        elif self.level != "committed":
            parts.append(f"{self.level}:")
        if self.baseline is not None:
            parts.append("find the baseline first")
        elif self.is_milestone:
            parts.append(f"{self.of or ''} done".strip() if self.level != "learning" else "")
        elif self.change is not None:
            parts.append("up" if self.change.direction == "up" else "down")
            parts.append("on the period before" if self.value is None else f"by {self._figure()}")
            if self.change.from_value is not None:
                parts.append(f"from {self.change.from_value}")
        elif self.value is not None:
            parts.append(self._figure())
        if self.of and not self.is_milestone:
            # A share is of a population; other figures, and a label such as "CD", stand beside their words.
            parts.append(
                f"of {self.of}"
                if self.unit == PERCENT and self.of.endswith(("s", "staff"))
                else f"({self.of})"
            )
        if self.per:
            parts.append(f"each {self.per}")
        if self.within:
            plural = "" if self.within.n == 1 else "s"
            event = f" of {self.within.event}" if self.within.event else ""
            parts.append(f"within {self.within.n} {self.within.unit}{plural}{event}")
        if self.by:
            parts.append(f"by {self.by.day} {self.by:%B %Y}")
        return " ".join(part for part in parts if part) or self.level

    def _figure(self) -> str:
        words = f"{_COMPARATOR_WORDS[self.comparator or '=']} {self.value}"
        if self.unit in {None, COUNT, "score"}:
            return words
        if self.unit == PERCENT:
            return f"{words} %"
        return f"{words} {self.unit if self.value == 1 else _plural(str(self.unit))}"


def _plural(noun: str) -> str:
    if noun.isupper() or noun.endswith(("s", "staff", "personnel")):
        return noun
    if noun.endswith(("person", "child")):
        return noun.replace("person", "people") if noun.endswith("person") else noun + "ren"
    return noun[:-1] + "ies" if noun.endswith("y") and noun[-2:-1] not in set("aeiou") else noun + "s"


_KEYS = frozenset({"level", "comparator", "value", "unit", "per", "by", "of", "within", "change", "baseline"})
