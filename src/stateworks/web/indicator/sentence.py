"""The first sentence of an indicator's page, and its verdict in words."""

from __future__ import annotations

import datetime as dt

from stateworks.kernel.indicators.models import Standing, Verdict
from stateworks.kernel.plans.models import Indicator
from stateworks.web import words
from stateworks.web.goal_words import goal_figure, goal_words
from stateworks.web.verdict_words import bucket_of

#: Between the figure and the goal, by how they compare.
_ABOVE, _BELOW, _AT = "above", "below", "exactly at"


def sentence_of(indicator: Indicator, verdict: Verdict | None, *, published_only: bool = False) -> str:
    """Say what the newest figure is and how it stands to its goal, or honestly why there is none."""
    name = indicator.short_name or indicator.name
    name = name[:1].upper() + name[1:]
    if verdict is None:
        return f"{name}: no figure has been {'published' if published_only else 'computed'} yet."
    bucket = bucket_of(verdict)
    if verdict.value is None or bucket.key in {"suppressed", "not_measured", "no_data", "retired"}:
        return f"{name}: {bucket.word}. {verdict.why}".strip()
    figure = words.figure(verdict.value, indicator.unit)
    text = f"{name} {'was reported as' if verdict.standing == Standing.REPORTED else 'was'} {figure}"
    if verdict.period:
        text += f" in {words.period_words(verdict.period)}"
    goal = goal_words(indicator.targets)
    if not goal:
        return f"{text}. The plan sets no goal for it."
    level = goal_figure(indicator.targets)
    if level is not None and len(indicator.targets) == 1:
        side = _AT if verdict.value == level else _ABOVE if verdict.value > level else _BELOW
        return f"{text}, {side} the goal of {goal.lstrip('=≥≤<>' + words.HARD_SPACE)}."
    return f"{text}; the goal is {goal}."


def confidence_words(verdict: Verdict | None) -> str:
    """How sure the figure is: the kernel's label, with the number of rows where it does not say it."""
    if verdict is None:
        return ""
    label = str(verdict.confidence.get("label") or "")
    if label:
        # "n 1,147; …" keeps its small n: it is a symbol.
        return label if label.startswith("n ") else label[:1].upper() + label[1:]
    return f"Rests on {words.count_of(verdict.n, 'row')}." if verdict.n else ""


def assurance_words(verdict: Verdict | None) -> str:
    """Whether the process as it runs can be expected to reach the goal, as a sentence."""
    said = str(verdict.confidence.get("assurance") or "") if verdict else ""
    return f"As it runs now, the process {said}." if said else ""


def trend_words(verdict: Verdict | None) -> str:
    """Whether the figures rise or fall as the goal wants them to, as a sentence; empty where no goal speaks of that."""
    found = verdict.confidence.get("trend") if verdict else None
    if not found:
        return ""
    sure = "more than chance would make of it" if found["direction"] else "which may be chance"
    return f"{found['words'][:1].upper()}{found['words'][1:]}, {sure}, by the order of {found['points']} {found['grain']}s."


def next_report(frequency: str, as_of: dt.date, start_month: int) -> dt.date:
    """The last day of the period that is reported next: the month, quarter, half or fiscal year that is open."""
    from stateworks.kernel.clocks.fiscal import period_of, quarter_of

    day = as_of + dt.timedelta(days=1)
    if frequency == "monthly":
        return period_of(day, "month", start_month).ends
    if frequency == "yearly":
        return period_of(day, "year", start_month).ends
    quarter = period_of(day, "quarter", start_month)
    if frequency == "half-yearly" and quarter_of(day, start_month) in {1, 3}:
        return period_of(quarter.ends + dt.timedelta(days=1), "quarter", start_month).ends
    return quarter.ends
