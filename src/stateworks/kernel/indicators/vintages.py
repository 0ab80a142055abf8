"""What was projected, when and by which run, held against what came.

Each run keeps its projections in its sealed verdicts, so nobody can make them better afterwards. Once a month has closed, what
earlier runs said of it is scored: how far off they were, and whether an 80 % interval held the figure four times in five.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from stateworks.kernel.indicators.models import Verdict


@dataclass(frozen=True)
class Vintage:
    """One month as a run projected it, and what it came to; months ahead are counted from the run's own."""

    period: str
    run: int
    made: date
    ahead: int
    value: float
    low: float
    high: float
    actual: float

    @property
    def inside(self) -> bool:
        """Whether the interval held what came."""
        return self.low <= self.actual <= self.high

    @property
    def error(self) -> float:
        """How far off the projection was: what came less what was projected."""
        return self.actual - self.value


@dataclass(frozen=True)
class Record:
    """The scored vintages of an indicator, the latest month first."""

    vintages: tuple[Vintage, ...]

    @property
    def covered(self) -> int:
        """How many intervals held what came."""
        return sum(one.inside for one in self.vintages)

    @property
    def coverage(self) -> float | None:
        """The share of intervals that held what came; None without a vintage."""
        return self.covered / len(self.vintages) if self.vintages else None

    @property
    def mean_absolute_error(self) -> float | None:
        """How far off the projections were on average; None without a vintage."""
        if not self.vintages:
            return None
        return sum(abs(one.error) for one in self.vintages) / len(self.vintages)


def record_of(
    plan: str, indicator: str, actual: Mapping[str, float], *, as_of: date, definition_hash: str
) -> Record:
    """Return how earlier projections of months that have closed since came out; one query.

    `actual` are the figures of closed months as they are known now. Of runs as of days in one month the last counts, so
    that a run a day makes no thirty vintages; projections of another definition are not comparable and do not count.
    """
    rows = (
        Verdict.objects.filter(
            run__plan=plan, indicator=indicator, run__finished_at__isnull=False, run__as_of__lt=as_of,
            definition_hash=definition_hash, confidence__has_key="projection",
        )
        .order_by("run__as_of", "run_id")
        .values_list("run_id", "run__as_of", "confidence__projection__months")
    )  # fmt: skip
    latest = {(made.year, made.month): (run, made, months) for run, made, months in rows}
    found = [
        Vintage(
            one["period"], run, made, _ahead(made, one["period"]), one["value"], one["low"], one["high"],
            actual[one["period"]],
        )
        for run, made, months in latest.values()
        for one in months or ()
        if one["period"] in actual
    ]  # fmt: skip
    return Record(tuple(sorted(found, key=lambda one: (one.period, one.made), reverse=True)))


def _ahead(made: date, period: str) -> int:
    year, month = (int(part) for part in period.split("-"))
    return (year - made.year) * 12 + month - made.month
