"""Where an open period is heading: a projection where there are points enough, otherwise the shortfall so far.

The projection carries the closed months on by the simplest model that holds in a back-test (`projection.py`), with an 80 %
interval. It clears the goal's trajectory (on track), straddles it (at risk) or fails it (off track). With fewer than six
points the figure so far is compared with the trajectory, and labelled so.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from itertools import pairwise
from typing import Any

from stateworks.kernel.clocks.fiscal import period_of, periods_between
from stateworks.kernel.indicators import projection
from stateworks.kernel.indicators.case import CUMULATIVE, Case, Judged
from stateworks.kernel.indicators.figures import Figure
from stateworks.kernel.indicators.models import Attainment, Outlook
from stateworks.kernel.indicators.projection import MINIMUM_POINTS
from stateworks.kernel.indicators.units import counts_hits, is_share


@dataclass(frozen=True)
class Heading:
    """An outlook and what it rests on, in words; `projection` is what was projected, as a run keeps it."""

    outlook: str
    basis: str
    projection: dict[str, Any] | None = None


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
    elapsed = ((case.as_of - figure.starts).days + 1) / ((figure.ends - figure.starts).days + 1)
    months = [
        one for one in case.series
        if one.grain == "month" and one.closed(case.as_of) and one.value is not None
    ][-projection.RECENT:]  # fmt: skip
    if len(months) < MINIMUM_POINTS:
        expected = aim * elapsed if cumulative and comparator in {">=", ">", "="} else aim
        return Heading(
            _by_shortfall(figure.value, expected, comparator),
            f"shortfall against the trajectory ({len(months)} of {MINIMUM_POINTS} points for a projection)",
        )
    made = _projected(months, figure, case)
    words = projection.WORDS[made["model"]]
    return Heading(
        _by_interval(made["low"], made["high"], aim, comparator),
        f"projection from {len(months)} months by {words}, 80 % interval",
        made,
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


def _projected(months: list[Figure], figure: Figure, case: Case) -> dict[str, Any]:
    """Return what the closed months let expect: of each month until the open period ends, and of the period itself.

    What is left of the running month weighs as much of it as is left; the period so far weighs the rest.
    """
    last = months[-1]
    ahead = periods_between(last.ends + timedelta(days=1), figure.ends, "month", case.fiscal_start)
    weights = [
        min(max((one.ends - case.as_of).days, 0), (one.ends - one.starts).days + 1) / ((one.ends - one.starts).days + 1)
        for one in ahead
    ]  # fmt: skip
    unbroken = all((later.starts - earlier.ends).days == 1 for earlier, later in pairwise(months))
    values = tuple(float(one.value) for one in months if one.value is not None)
    chosen = projection.choose(values, max(len(ahead), 1), unbroken=unbroken)
    assert chosen is not None
    assert figure.value is not None
    middle, low, high = chosen.fitted.interval(weights)
    if case.options["kind"] in CUMULATIVE:
        middle, low, high = (figure.value + one for one in (middle, low, high))
        middle, low = max(middle, figure.value), max(low, figure.value)
    else:
        count = len(periods_between(figure.starts, figure.ends, "month", case.fiscal_start))
        so_far = figure.value * (1 - sum(weights) / count)
        middle, low, high = (so_far + one / count for one in (middle, low, high))
    fan = []
    for place, one in enumerate(ahead):
        if one.ends > case.as_of:
            single = [0.0] * place + [1.0]
            fan.append({"period": one.label} | _bounded(*chosen.fitted.interval(single), case))
    return {
        "model": chosen.fitted.model, "points": len(values), "period": figure.period,
        **_bounded(middle, low, high, case), "months": fan, "errors": chosen.errors, "origins": chosen.origins,
        "margin": projection.MARGIN, "share": projection.SHARE,
    }  # fmt: skip


def _bounded(middle: float, low: float, high: float, case: Case) -> dict[str, float]:
    """Cut a projection where no figure can be: a share between 0 and 1, anything counted or measured at 0."""
    if case.options.get("change") or case.options.get("statistic") == "nps" or min(
        (one.value for one in case.series if one.value is not None), default=0
    ) < 0:  # fmt: skip
        bounds = (-math.inf, math.inf)
    else:
        bounds = (0.0, 1.0 if is_share(case.options) else math.inf)
    return {
        name: min(max(value, bounds[0]), bounds[1])
        for name, value in (("value", middle), ("low", low), ("high", high))
    }


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
