"""The fiscal year so far is made of added parts, never of averaged shares."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

import pytest

from stateworks.kernel.clocks.fiscal import parse_period
from stateworks.kernel.indicators import runs
from stateworks.kernel.indicators.cumulative import year_to_date
from stateworks.kernel.indicators.specs import IndicatorSpec
from stateworks.kernel.indicators.tests.visits import AT, visit, write

pytestmark = pytest.mark.usefixtures("visits")


def so_far(measure: str, quarter: str) -> Fraction | None:
    write(
        [visit(n, "2026-07-10", answered=False, seconds=60) for n in range(1, 10)]
        + [visit(20, "2026-11-10", seconds=660)]
        + [visit(30, "2026-06-10", seconds=0)]
    )
    spec = IndicatorSpec(plan="p", plan_version=1, code="1", measure=measure)
    made = runs.execute([spec], plan="p", plan_version=1, as_of=date(2026, 12, 31), at=AT)
    return year_to_date(made, "1", parse_period(quarter))


def test_quarters_add_up_and_are_not_averaged() -> None:
    # 0 of 9 and 1 of 1: together 1 of 10, and not the mean of 0 % and 100 %. June lies in the year before.
    assert so_far("tests.answered", "FY27 Q2") == Fraction(1, 10)
    assert so_far("tests.answered", "FY27 Q1") == 0
    assert so_far("tests.visits", "FY27 Q2") == 10
    # (9 * 1 + 11) / 10 minutes.
    assert so_far("tests.wait", "FY27 Q2") == 2
    assert so_far("tests.time", "FY27 Q2") == 2


def test_what_cannot_be_added_is_discrete() -> None:
    assert so_far("tests.people", "FY27 Q2") is None
    assert so_far("tests.top_topics", "FY27 Q2") is None
    assert so_far("tests.answered", "FY28 Q1") is None
