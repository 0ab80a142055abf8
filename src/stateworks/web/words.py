"""Figures, dates and counts as people read them: one place, so that a number looks the same on every page."""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import dataclass

#: Joins a figure to its unit, so that a line never breaks between them.
HARD_SPACE = "\u00a0"
MINUS = "\u2212"
EN_DASH = "\u2013"


@dataclass(frozen=True)
class Unit:
    """How figures of one unit are written.

    `factor` turns a stored value into the shown one (a share is stored as a fraction and shown in percent);
    `decimals` is how many places a reader can use; `one` and `many` follow the figure.
    """

    one: str = ""
    many: str = ""
    factor: float = 1.0
    decimals: int = 1
    prefix: str = ""
    change: str = ""

    def after(self, shown: float) -> str:
        """The word behind a figure."""
        return self.one if self.one and shown == 1 else self.many


UNITS: dict[str, Unit] = {
    "percent": Unit("%", "%", factor=100.0, change="points"),
    "points": Unit("point", "points", factor=100.0, change="points"),
    "percentage_point": Unit("point", "points", factor=100.0, change="points"),
    "minutes": Unit("minute", "minutes", change="minutes"),
    "hours": Unit("hour", "hours", change="hours"),
    "days": Unit("day", "days", change="days"),
    "business_days": Unit("business day", "business days", change="business days"),
    "months": Unit("month", "months", change="months"),
    "count": Unit(decimals=0),
    "score": Unit(decimals=2),
    "rating": Unit(decimals=2),
    "nps": Unit(decimals=0),
    "cents": Unit(factor=0.01, decimals=2, prefix="$"),
    "level": Unit(decimals=0),
    "milestone": Unit("% done", "% done", factor=100.0, decimals=0, change="points"),
}
PLAIN = Unit()


def unit_named(name: str) -> Unit:
    """How figures of a unit are written; an unknown unit is written out after the figure."""
    key = name.strip().lower().replace(" ", "_")
    for known in (key, f"{key}s"):
        if known in UNITS:
            return UNITS[known]
    if not key:
        return PLAIN
    # Any other word is the thing that is counted: meetings, agencies, open houses.
    one = name[:-1] if name.endswith("s") and not name.endswith("ss") else name
    one = one.replace("_", " ")
    return Unit(one, plural(one), decimals=0, change=plural(one))


def plural(word: str) -> str:
    """The plural of a word or of the last word of a phrase."""
    if word.endswith("y") and word[-2:-1] not in "aeiou":
        return f"{word[:-1]}ies"
    return f"{word}es" if word.endswith(("s", "x", "ch", "sh")) else f"{word}s"


def number(value: float | int | None, decimals: int = 0) -> str:
    """A number with thousands separators and a true minus sign; empty for none."""
    if value is None:
        return ""
    if isinstance(value, float) and not math.isfinite(value):
        return ""
    text = f"{abs(value):,.{decimals}f}"
    return f"{MINUS}{text}" if value < 0 and text.strip("0.,") else text


def _decimals(shown: float, unit: Unit) -> int:
    """Whole figures that are counts stay whole; a large figure needs no decimals."""
    if unit.decimals == 0 and not float(shown).is_integer():
        return 1
    return 0 if abs(shown) >= 1000 and unit.factor != 0.01 else unit.decimals


def figure(value: float | None, unit: str = "") -> str:
    """A value with its unit, such as "71.8 %" or "18.4 minutes"; empty for none.

    A figure that rounds up to a whole it has not reached (99.96 %) keeps one more digit, so that the page never claims
    what the exact rule denies.
    """
    if value is None:
        return ""
    how = unit_named(unit)
    if unit == "milestone" and value in (0.0, 1.0):
        return "done" if value else "not done"
    shown = value * how.factor
    decimals = _decimals(shown, how)
    if how.factor == 100.0:
        while decimals < 4 and shown < 100 <= float(f"{shown:.{decimals}f}"):
            decimals += 1
    text = how.prefix + number(shown, decimals)
    after = how.after(shown)
    return f"{text}{HARD_SPACE}{after}" if after else text


def reported(value: float | None, unit: str = "") -> str:
    """A reported value, which is stored as it was typed: 71.8 for 71.8 %."""
    factor = unit_named(unit).factor
    return figure(value / factor if value is not None and factor == 100.0 else value, unit)


def interval(low: float | None, high: float | None, unit: str = "") -> str:
    """An interval such as "71.2\N{EN DASH}72.4", without its unit; empty when either end is missing."""
    if low is None or high is None:
        return ""
    how = unit_named(unit)
    bottom, top = low * how.factor, high * how.factor
    decimals = max(_decimals(bottom, how), _decimals(top, how))
    return f"{number(bottom, decimals)}{EN_DASH}{number(top, decimals)}"


def change(before: float, after: float, unit: str = "") -> str:
    """How far a value moved, in words: "fell 4.0 points", "rose 12 minutes", "did not move"."""
    how = unit_named(unit)
    moved = (after - before) * how.factor
    decimals = 0 if how.decimals == 0 and float(moved).is_integer() else max(how.decimals, 1)
    text = number(abs(moved), decimals)
    if not text.strip("0.,"):
        return "did not move"
    word = how.change or how.after(abs(moved))
    return f"{'rose' if moved > 0 else 'fell'} {how.prefix}{text}{HARD_SPACE + word if word else ''}"


def amount(before: float, after: float, unit: str = "") -> str:
    """The size of a move with its unit and no direction: "4.0 points"."""
    text = change(before, after, unit)
    return text.removeprefix("rose ").removeprefix("fell ")


def day(date: dt.date | None) -> str:
    """A date as "31 Oct 2026"; empty for none."""
    return f"{date.day}{HARD_SPACE}{date:%b}{HARD_SPACE}{date.year}" if date else ""


def short_day(date: dt.date | None) -> str:
    """A date without its year: "12 Nov"."""
    return f"{date.day}{HARD_SPACE}{date:%b}" if date else ""


def period_words(label: str) -> str:
    """A period's label as people say it: "2026-10" is "October 2026"; "FY27 Q2" stays."""
    month = _month(label)
    return f"{month:%B} {label[:4]}" if month else label


def period_short(label: str) -> str:
    """A period's label for an axis: "2026-10" is "Oct 26"."""
    month = _month(label)
    return f"{month:%b} {label[2:4]}" if month else label


def _month(label: str) -> dt.date | None:
    """The first day of a month such as 2026-10; none of what only looks like one, as a file may bring it."""
    if len(label) != 7 or label[4] != "-" or not (label[:4] + label[5:]).isdecimal():
        return None
    year, month = int(label[:4]), int(label[5:])
    return dt.date(year, month, 1) if year and 1 <= month <= 12 else None


def count_of(n: int, one: str, many: str = "") -> str:
    """A count with its noun: "1 row", "23,410 rows"."""
    return f"{n:,}{HARD_SPACE}{one if n == 1 else (many or plural(one))}"


def level_words(level: str, many: bool = False) -> str:
    """A plan level as people say it: "external_factor" is "External factor"."""
    text = level.replace("_", " ").strip().capitalize()
    if not many or not text:
        return text
    return plural(text)


def listed(items: list[str], limit: int = 3) -> str:
    """Items joined as a sentence reads: "a, b and c"; more than the limit ends in "and 4 more"."""
    if len(items) > limit:
        items = [*items[: limit - 1], f"{len(items) - limit + 1} more"]
    return " and ".join([", ".join(items[:-1]), items[-1]]) if len(items) > 1 else "".join(items)
