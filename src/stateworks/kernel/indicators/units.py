"""A goal's figure and a measure's figure in the same unit, and both in words."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from stateworks.kernel.indicators.parts import SHARES
from stateworks.kernel.indicators.targets import COUNT, PERCENT, POINTS, Target

SECONDS = {"second": 1, "minute": 60, "hour": 3600, "day": 86400, "week": 604800}


class NotComparable(ValueError):  # noqa: N818 - says what is so, not that something broke
    """A goal and a measure speak of different things; the text says which."""


def is_share(options: Mapping[str, Any]) -> bool:
    """Whether figures are shares from 0 to 1 that people read as percent."""
    kind, statistic = options["kind"], options.get("statistic", "")
    if kind in {"change", "reported", "mean", "quantile"}:
        return bool(options.get("unit") == PERCENT)
    return kind in SHARES or statistic in {"within", "top_box"}


def singular(unit: str | None) -> str:
    """Return a unit's name in the singular; none is empty."""
    word = (unit or "").strip().lower()
    return word[:-1] if word.endswith("s") and len(word) > 3 else word


def goal_of(target: Target, options: Mapping[str, Any]) -> Fraction:
    """Return a target's value in the figure's own unit; a share's goal of 75 percent is 3/4."""
    assert target.value is not None
    value = Fraction(target.value)
    unit, own = singular(target.unit), singular(options.get("unit"))
    if is_share(options):
        if unit in {"", PERCENT, POINTS}:
            return value / 100
        raise NotComparable(f"the goal counts {target.unit}, the measure gives a share")
    if unit in SECONDS and own in SECONDS:
        return value * SECONDS[unit] / SECONDS[own]
    if unit in {"", COUNT, own, "score", "level"} or unit not in (*SECONDS, PERCENT, "business day"):
        return value
    raise NotComparable(f"the goal is in {target.unit}, the measure in {options.get('unit') or 'counts'}")


def counts_hits(target: Target, options: Mapping[str, Any]) -> bool:
    """Whether a goal names a number of hits ("10 of 10 applications") where the measure gives a share."""
    return options["kind"] in SHARES and singular(target.unit) not in {"", PERCENT, POINTS}


def shown(value: float | Fraction | None, options: Mapping[str, Any], beside: Fraction | None = None) -> str:
    """Write a figure for people, with as many digits as it takes to tell it from the goal `beside` it."""
    if value is None:
        return "no value"
    share = is_share(options)
    scale = 100 if share else 1
    digits = 1 if share or Fraction(value).denominator != 1 else 0
    text = f"{float(value) * scale:,.{digits}f}"
    while (
        beside is not None
        and value != beside
        and digits < 6
        and text == f"{float(beside) * scale:,.{digits}f}"
    ):
        digits += 1
        text = f"{float(value) * scale:,.{digits}f}"
    unit = options.get("unit") or ""
    if share:
        return f"{text} %"
    if unit in {"", COUNT, "score", "milestone", "level"}:
        return text
    return f"{text} {unit[:-1] if text == '1' and unit.endswith('s') else unit}"
