"""Where an open period is heading: a projection where there are points enough, otherwise the shortfall so far.

The projection supposes that the remaining months are like the recent ones: their mean, with an 80 % prediction interval
from their spread (Student's t). It clears the goal's trajectory (on track), straddles it (at risk) or fails it (off
track). With fewer than six points the figure so far is compared with the trajectory, and labelled so.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction

from stateworks.kernel.clocks.fiscal import period_of
from stateworks.kernel.indicators.case import CUMULATIVE, Case, Judged
from stateworks.kernel.indicators.models import Attainment, Outlook
from stateworks.kernel.indicators.units import counts_hits

MINIMUM_POINTS = 6
RECENT = 12


@dataclass(frozen=True)
class Heading:
    """An outlook and what it rests on, in words."""

    outlook: str
    basis: str


def outlook(judged: Judged, case: Case) -> Heading | None:
    """Return where an open period is heading, or None where nothing is open."""
    if judged.open is None or judged.attainment == "":
        return None
    if case.options["kind"] == "milestone":
        return _milestone(judged)
    figure, goal = judged.open, judged.goal
    if goal is None or figure.value is None or counts_hits(judged.target, case.options):
        return None
    if (
        judged.attainment == Attainment.MET
        and case.options["kind"] in CUMULATIVE
        and judged.figure is judged.open
    ):
        return Heading(Outlook.ON_TRACK, "reached already")
    comparator = judged.target.comparator or ">="
    cumulative = case.options["kind"] in CUMULATIVE
    aim = float(goal) if cumulative else float(_trajectory(judged, case, goal))
    points = [
        float(one.value) for one in case.series
        if one.grain == "month" and one.closed(case.as_of) and one.value is not None and one.ends < figure.starts
    ][-RECENT:]  # fmt: skip
    elapsed = ((case.as_of - figure.starts).days + 1) / ((figure.ends - figure.starts).days + 1)
    if len(points) < MINIMUM_POINTS:
        expected = aim * elapsed if cumulative and comparator in {">=", ">", "="} else aim
        return Heading(
            _by_shortfall(figure.value, expected, comparator),
            f"shortfall against the trajectory ({len(points)} of {MINIMUM_POINTS} points for a projection)",
        )
    months = max(1, round((figure.ends - figure.starts).days / 30.4)) * (1 - elapsed)
    low, high = _projected(points, figure.value, elapsed, months, cumulative=cumulative)
    return Heading(
        _by_interval(low, high, aim, comparator), f"projection from {len(points)} months, 80 % interval"
    )


def _milestone(judged: Judged) -> Heading | None:
    assert judged.open is not None
    parts, due = judged.open.parts, judged.ends
    if parts.get("unconfirmed") and not parts["open"] and not parts["overdue"]:
        return Heading(Outlook.ON_TRACK, "done, to be confirmed")
    if due is None or parts.get("last_day") is None:
        return None
    expected = date(1970, 1, 1) + timedelta(days=int(parts["last_day"]))
    if expected > due:
        return Heading(Outlook.OFF_TRACK, f"forecast for {expected.isoformat()}")
    return Heading(Outlook.ON_TRACK, f"expected by {expected.isoformat()}")


def _trajectory(judged: Judged, case: Case, goal: Fraction) -> Fraction:
    """Return what the open period should reach: with a date ahead, a point on the line from the plan's first figure."""
    assert judged.open is not None
    by, ends = judged.target.by, judged.open.ends
    first = next(iter(case.figures(judged.grain)), None)
    start = case.exact(first) if first else None
    if by is None or first is None or start is None or by <= ends or first.starts == judged.open.starts:
        return goal
    final = period_of(by, judged.grain, case.fiscal_start).ends
    share = Fraction((ends - first.ends).days, max((final - first.ends).days, 1))
    return start + (goal - start) * share


def _projected(
    points: list[float], so_far: float, elapsed: float, months: float, *, cumulative: bool
) -> tuple[float, float]:
    """Return the 80 % prediction interval of the period's figure at its end."""
    from scipy.special import stdtrit

    count = len(points)
    mean = sum(points) / count
    spread = math.sqrt(sum((point - mean) ** 2 for point in points) / (count - 1))
    quantile = float(stdtrit(count - 1, 0.9))
    if cumulative:
        middle = so_far + months * mean
        half = quantile * spread * math.sqrt(months + months * months / count)
        return max(middle - half, so_far), middle + half
    middle = elapsed * so_far + (1 - elapsed) * mean
    half = (1 - elapsed) * quantile * spread * math.sqrt(1 + 1 / count)
    return middle - half, middle + half


def _by_interval(low: float, high: float, aim: float, comparator: str) -> str:
    if comparator in {"<=", "<"}:
        low, high, aim = -high, -low, -aim
    if comparator == "=":
        # Exactly all of it, or exactly none: the interval has to reach the figure and nothing below it will do.
        low = high if math.isclose(high, aim) else low
    if low >= aim:
        return Outlook.ON_TRACK
    return Outlook.AT_RISK if high >= aim else Outlook.OFF_TRACK


def _by_shortfall(value: float, aim: float, comparator: str) -> str:
    """On track at the trajectory, at risk within a tenth of it, off track below."""
    if comparator in {"<=", "<"}:
        short = value - aim
    elif comparator == "=":
        short = abs(aim - value)
    else:
        short = aim - value
    if short <= 0:
        return Outlook.ON_TRACK
    return Outlook.AT_RISK if short <= abs(aim) / 10 else Outlook.OFF_TRACK
