"""An indicator before its judge: what was promised, its figures in order of time, and the finding on each target."""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from fractions import Fraction
from typing import Any

from stateworks.kernel.clocks.fiscal import Grain
from stateworks.kernel.indicators.figures import Figure, exact
from stateworks.kernel.indicators.specs import PROMISE, IndicatorSpec
from stateworks.kernel.indicators.targets import Target
from stateworks.kernel.indicators.units import counts_hits

COMPARE: dict[str, Callable[[Fraction, Fraction], bool]] = {
    ">=": operator.ge, "<=": operator.le, ">": operator.gt, "<": operator.lt, "=": operator.eq
}  # fmt: skip
CUMULATIVE = frozenset({"count", "sum", "distinct"})
GRAIN_OF_FREQUENCY: dict[str, Grain] = {
    "monthly": "month", "quarterly": "quarter", "half-yearly": "quarter", "half_yearly": "quarter",
    "yearly": "year", "annual": "year", "annually": "year",
}  # fmt: skip


@dataclass(frozen=True)
class Judged:
    """What became of one target: its attainment (empty where it is not scored), the figure it rests on, and why.

    `goal` is in the figure's unit. `open` is the figure of the open period that gives the outlook, where there is one;
    `ends` the last day that the goal is about.
    """

    target: Target
    attainment: str
    why: str
    grain: Grain = "quarter"
    figure: Figure | None = None
    goal: Fraction | None = None
    open: Figure | None = None
    ends: date | None = None


@dataclass(frozen=True)
class Case:
    """An indicator before its judge: what was promised, the statewide figures in order of time, and the date."""

    spec: IndicatorSpec
    options: Mapping[str, Any]
    series: Sequence[Figure]
    as_of: date
    fiscal_start: int = 7
    others: Mapping[str, tuple[Mapping[str, Any], Sequence[Figure]]] = field(default_factory=dict)

    def about(self, target: Target) -> Case | None:
        """Return the case of what a target is about; None where the measure does not give it.

        A milestone beside a figure is about the indicator's milestones, which are a figure of their own. Of targets told apart
        by `of` ("25 % CI; 10 % CD"), each is about the figure of that name; the first about the main one where none has its
        name. A lone `of` only names the population.
        """
        if target.is_milestone and self.options["kind"] != "milestone" and PROMISE in self.others:
            options, series = self.others[PROMISE]
            return replace(self, options=options, series=sorted(series, key=lambda one: one.starts))
        alike = [
            one
            for one in self.spec.targets
            if (one.level, one.unit) == (target.level, target.unit) and one.is_scored and not one.is_milestone
        ]
        if target not in alike or len({one.of or "" for one in alike}) < 2 or not target.of:
            return self
        for name, (options, series) in self.others.items():
            if _plain(name) == _plain(target.of):
                return replace(self, options=options, series=sorted(series, key=lambda one: one.starts))
        return self if target.of == alike[0].of else None

    def figures(self, grain: str, *, since: date | None = None) -> list[Figure]:
        """Return the figures of a grain that have a value and lie in the plan's time, oldest first."""
        first = since or self.spec.effective_from or date.min
        return [
            one for one in self.series
            if one.grain == grain and one.ends >= first and (one.value is not None or one.suppressed)
        ]  # fmt: skip

    def exact(self, figure: Figure) -> Fraction | None:
        """Return a figure's exact value."""
        if self.options["kind"] == "reported" or self.options.get("change"):
            return None if figure.value is None else Fraction(str(figure.value))
        return exact(self.options, figure.parts)


def _plain(name: str) -> str:
    return name.casefold().replace("_", " ").strip()


def grain_of(target: Target, case: Case) -> Grain:
    """Return the length of the periods that a target is about."""
    if target.per in {"month", "quarter", "year"}:
        return target.per
    if case.options["kind"] in CUMULATIVE:
        return "year"
    return GRAIN_OF_FREQUENCY.get(case.spec.frequency, "quarter")


def value_for(target: Target, case: Case, figure: Figure) -> Fraction | None:
    """Return what a target is compared with: the figure, or the number of hits where the target counts them."""
    if counts_hits(target, case.options):
        return Fraction(figure.parts["numerator"])
    return case.exact(figure)


def reaches(target: Target, case: Case, figure: Figure, goal: Fraction) -> bool | None:
    """Tell whether a figure reaches a target; None where there is no figure to compare."""
    value = value_for(target, case, figure)
    return None if value is None else COMPARE[target.comparator or ">="](value, goal)
