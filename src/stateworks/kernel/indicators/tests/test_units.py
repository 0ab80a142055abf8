"""A figure and its goal in different units: shares, counts, times."""

from __future__ import annotations

from stateworks.kernel.clocks.fiscal import parse_period
from stateworks.kernel.indicators.figures import Figure
from stateworks.kernel.indicators.targets import Target
from stateworks.kernel.indicators.tests.judged import ratio, spec, verdict


def test_a_mean_of_shares_is_read_in_percent() -> None:
    options = {"kind": "mean", "unit": "percent", "roll_up": "sum", "per_unit": 1_000_000}
    goal = Target(comparator=">=", value="99.9", unit="percent")
    # Two days of 99.85 % and 99.91 % up: 99.88 % on the mean.
    parts = {"total": 1_997_600, "count": 2, "squares": 0}
    found = parse_period("FY27 Q1")
    figure = Figure(found.grain, "FY27 Q1", found.starts, found.ends, parts, 0.9988, 2, None, None)
    made = verdict(spec(goal), [figure], options)
    assert (made.attainment, made.why) == ("missed", "FY27 Q1: 99.88 % against at least 99.9 %.")


def test_a_number_of_hits_can_be_the_goal_of_a_share() -> None:
    goal = Target(comparator="=", value=10, unit="application")
    assert verdict(spec(goal), [ratio("FY27 Q1", 10, 10)]).attainment == "met"
    assert verdict(spec(goal), [ratio("FY27 Q1", 9, 10)]).attainment == "missed"


def test_units_of_time_are_converted_and_others_refuse() -> None:
    options = {"kind": "mean", "unit": "minutes", "per_unit": 60, "roll_up": "sum"}
    period = parse_period("FY27 Q1")
    parts = {"count": 2, "total": "7200", "squares": "0"}
    figure = Figure("quarter", "FY27 Q1", period.starts, period.ends, parts, 60.0, 2)
    assert verdict(spec(Target(comparator="<=", value=1, unit="hour")), [figure], options).attainment == "met"
    assert (
        verdict(spec(Target(comparator="<", value=1, unit="hour")), [figure], options).attainment == "missed"
    )
    other = verdict(spec(Target(comparator="<=", value=10, unit="business day")), [figure], options)
    assert other.attainment == ""
    assert "business day" in other.why
