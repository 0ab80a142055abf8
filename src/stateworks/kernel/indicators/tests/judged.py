"""What the tests of verdicts are written in: a specification, figures, and the verdict on them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from stateworks.kernel.clocks.fiscal import parse_period
from stateworks.kernel.indicators.figures import Figure
from stateworks.kernel.indicators.models import Verdict
from stateworks.kernel.indicators.specs import IndicatorSpec
from stateworks.kernel.indicators.targets import Target
from stateworks.kernel.indicators.verdicts import verdict_of

AS_OF = date(2026, 10, 31)  # one month into FY27 Q2
RATIO = {"kind": "ratio", "unit": "percent", "roll_up": "sum"}
COUNT = {"kind": "count", "unit": "count", "roll_up": "sum"}
AT_LEAST_75 = Target(comparator=">=", value=75, unit="percent")


def spec(*targets: Target, **more: Any) -> IndicatorSpec:
    return IndicatorSpec(plan="p", plan_version=1, code="1", measure="m", targets=targets, **more)


def ratio(period: str, hits: int, n: int, low: float | None = None, high: float | None = None) -> Figure:
    found = parse_period(period)
    parts = {"numerator": hits, "denominator": n, "unknown": 0}
    return Figure(found.grain, period, found.starts, found.ends, parts, hits / n, n, low, high)


def count(period: str, number: int) -> Figure:
    found = parse_period(period)
    return Figure(found.grain, period, found.starts, found.ends, {"count": number}, float(number), number)


def verdict(
    made: IndicatorSpec, series: Sequence[Figure], options: dict[str, Any] = RATIO, as_of: date = AS_OF
) -> Verdict:
    return verdict_of(made, as_of=as_of, options=options, series=series, measured=True)
