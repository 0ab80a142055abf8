"""The months, quarters and years that StratML's dates mean, by the plan's own calendar."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from stateworks.kernel.clocks.fiscal import GRAINS, Period, period_of

_LONG = 200
"""Days beyond which a span that is no period is nearer to a year than to a quarter."""


@dataclass(frozen=True, slots=True)
class Measured:
    """When a result was measured: the period it is reported for, and what that period does not say."""

    period: Period
    note: str = ""


def day(text: str) -> date | None:
    """Read a date; files in use also have empty ones, and dates with a time behind them."""
    try:
        return date.fromisoformat(text[:10]) if text else None
    except ValueError:
        return None


def measured(starts: date | None, ends: date | None, start_month: int) -> Measured | None:
    """Return the period of a result: the one whose days it names, else the one in which it ends; none without a date."""
    last = ends or starts
    if last is None:
        return None
    for grain in GRAINS:
        period = period_of(last, grain, start_month)
        if starts == period.starts and ends == period.ends:
            return Measured(period)
    grain = "year" if starts and ends and (ends - starts).days > _LONG else "quarter"
    told = (
        f"Measured from {starts} to {ends}." if starts and ends and starts != ends else f"Measured on {last}."
    )
    return Measured(period_of(last, grain, start_month), told)
