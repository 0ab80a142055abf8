"""A goal in the short form that fits a line: from the list of targets to "≥ 75 % by 30 Jun 2027".

The long form, for sentences, is `Target.in_words` of the kernel.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from stateworks.web.words import EN_DASH, HARD_SPACE, day, number, unit_named

SIGNS = {">=": "≥", "<=": "≤", ">": ">", "<": "<", "=": "="}

Target = Mapping[str, Any]


def _figure(value: Any, unit: str | None) -> str:
    """A target's figure: targets are stored as written, 75 for 75 %."""
    if isinstance(value, (list, tuple)) and len(value) == 2:
        ends = EN_DASH.join(number(end, _places(end)) for end in value)
        return _with_unit(ends, None, unit)
    if not isinstance(value, (int, float)) or isinstance(value, bool):
        return str(value)
    return _with_unit(number(value, _places(value)), float(value), unit)


def _places(value: Any) -> int:
    text = f"{float(value):.4f}".rstrip("0")
    return len(text.partition(".")[2])


def _with_unit(text: str, value: float | None, unit: str | None) -> str:
    how = unit_named(unit or "")
    if how.prefix:
        return f"{how.prefix}{text}"
    after = how.after(value if value is not None else 2)
    return f"{text}{HARD_SPACE}{after}" if after else text


def _change(change: Mapping[str, Any], target: Target) -> str:
    word = "up" if change.get("direction") == "up" else "down"
    if target.get("value") is None:
        return "more than the period before" if word == "up" else "less than the period before"
    unit = str(target.get("unit") or "")
    if unit == "percent" and change.get("relative") is False:
        unit = "points"
    text = f"{word} {_figure(target['value'], unit)}"
    if change.get("relative") is None and unit == "percent":
        text += " (relative or points: open)"
    if change.get("from") is not None:
        text += f" from {_figure(change['from'], unit)}"
    return text


def _date(text: Any) -> str:
    try:
        return day(dt.date.fromisoformat(str(text)))
    except ValueError:
        return str(text)


def target_words(target: Target) -> str:
    """One target in short words."""
    value, unit = target.get("value"), target.get("unit")
    level = str(target.get("level") or "committed")
    parts: list[str] = ["stretch:"] if level == "stretch" else []
    if target.get("baseline"):
        parts.append("set a baseline")
    elif target.get("change"):
        parts.append(_change(target["change"], target))
    elif unit == "milestone":
        parts.append(f"{target.get('of') or ''} done".strip())
    elif value is not None:
        comparator = str(target.get("comparator") or "")
        parts.append(f"{SIGNS.get(comparator, comparator)}{HARD_SPACE}{_figure(value, unit)}".strip())
    elif level == "learning":
        parts.append("learn")
    if target.get("of") and unit != "milestone":
        parts.append(f"of {target['of']}")
    if target.get("per"):
        parts.append(f"a {target['per']}")
    within = target.get("within")
    if within:
        n, word = within.get("n"), str(within.get("unit") or "")
        event = f" of {within['event']}" if within.get("event") else ""
        parts.append(f"within {n} {word}{'' if n == 1 or word.endswith('s') else 's'}{event}")
    if target.get("by"):
        parts.append(f"by {_date(target['by'])}")
    return " ".join(part for part in parts if part)


def goal_words(targets: Sequence[Target]) -> str:
    """All targets of a goal in short words; empty when there is no goal."""
    return "; ".join(text for text in map(target_words, targets) if text)


def line_target(targets: Sequence[Target]) -> Target | None:
    """The target that a chart draws a line for: the first committed one that is a plain figure."""
    for target in targets:
        value = target.get("value")
        if not isinstance(value, (int, float)) or isinstance(value, bool):
            continue
        if not target.get("change") and (target.get("level") or "committed") == "committed":
            return target
    return None


def goal_figure(targets: Sequence[Target]) -> float | None:
    """The committed goal as a stored value (75 % is 0.75), for the line a chart draws; none if it is no plain figure."""
    target = line_target(targets)
    if target is None:
        return None
    factor = unit_named(str(target.get("unit") or "")).factor
    return float(target["value"]) / factor if factor != 0.01 else float(target["value"]) * 100
