"""Outlook and confidence, each case by hand."""

from __future__ import annotations

from datetime import date

import pytest

from stateworks.kernel.clocks.fiscal import parse_period, periods_between
from stateworks.kernel.indicators.figures import Figure
from stateworks.kernel.indicators.targets import Change, Target
from stateworks.kernel.indicators.tests.judged import (
    AT_LEAST_75,
    COUNT,
    count,
    ratio,
    spec,
    verdict,
)


def months(share: int, number: int, last: str = "2026-09") -> list[Figure]:
    final = parse_period(last)
    first = date(final.starts.year - 2, final.starts.month, 1)
    found = periods_between(first, final.starts, "month")[-number:]
    return [ratio(one.label, share + place % 2, 100) for place, one in enumerate(found)]


def test_outlook_is_projected_from_six_points_and_before_that_told_from_the_shortfall() -> None:
    now = [ratio("FY27 Q1", 80, 100), ratio("FY27 Q2", 74, 100)]
    few = verdict(spec(AT_LEAST_75), [*months(90, 5), *now])
    assert few.outlook == "at_risk"
    assert (
        few.confidence["outlook_basis"] == "shortfall against the trajectory (5 of 6 points for a projection)"
    )
    many = verdict(spec(AT_LEAST_75), [*months(90, 6), *now])
    assert many.outlook == "on_track"
    assert many.confidence["outlook_basis"] == (
        "projection from 6 months by the mean of the months, 80 % interval"
    )
    assert verdict(spec(AT_LEAST_75), [*months(50, 6), *now]).outlook == "off_track"


def test_a_projection_is_kept_with_its_months_and_its_rivals() -> None:
    # Six months at 90 and 91 %: mean 90.5 %, deviation 0.548 points. October has come to 74 %; November and December are ahead.
    kept = verdict(
        spec(AT_LEAST_75), [*months(90, 6), ratio("FY27 Q1", 80, 100), ratio("FY27 Q2", 74, 100)]
    ).confidence
    made = kept["projection"]
    assert (made["model"], made["points"], made["period"], made["share"]) == ("mean", 6, "FY27 Q2", 0.8)
    assert [one["period"] for one in made["months"]] == ["2026-11", "2026-12"]
    # A month: 90.5 ± t(0.9; 5) σ √(1 + 1/6) = 1.4759 · 0.5477 · 1.0801 = 0.873 points.
    assert [made["months"][0][end] for end in ("value", "low", "high")] == pytest.approx(
        [0.905, 0.89627, 0.91373], abs=1e-5
    )
    # The quarter: a third of 74 % and two thirds of 90.5 %; σ √(1 + 1 + 4/6) / 3 = 0.2981, so ± 0.440 points.
    assert [made[end] for end in ("value", "low", "high")] == pytest.approx(
        [0.85, 0.84560, 0.85440], abs=1e-5
    )
    assert set(made["errors"]) == {"mean", "naive", "drift", "smoothing"}


def test_a_count_is_projected_to_the_end_of_its_year() -> None:
    # Twelve in every closed month, and 48 in the four of the year so far: eight more months make 144, with nothing in doubt.
    goal = Target(comparator=">=", value=144, unit="count", per="year")
    series = [count(one.label, 12) for one in periods_between(date(2025, 7, 1), date(2026, 10, 31), "month")]
    found = verdict(spec(goal), [*series, count("FY27", 48)], COUNT)
    assert [found.confidence["projection"][end] for end in ("value", "low", "high")] == pytest.approx(
        [144, 144, 144]
    )
    assert found.outlook == "on_track"
    assert found.confidence["projection"]["period"] == "FY27"


def test_part_of_the_running_month_is_still_ahead() -> None:
    # On 15 November half of the month is left: 12 x (15/30 + 1) more than the 18 so far.
    goal = Target(comparator=">=", value=36, unit="count", per="quarter")
    series = [count(one.label, 12) for one in periods_between(date(2025, 7, 1), date(2026, 10, 31), "month")]
    found = verdict(
        spec(goal), [*series, count("2026-11", 6), count("FY27 Q2", 18)], COUNT, as_of=date(2026, 11, 15)
    )
    assert found.confidence["projection"]["value"] == pytest.approx(36)


RISING = Target(comparator=">", per="year", change=Change("up"))


def test_a_goal_of_a_rise_is_tested_for_a_trend() -> None:
    series = [
        ratio(f"FY{year}", share, 100) for year, share in ((22, 50), (23, 53), (24, 55), (25, 58), (26, 60))
    ]
    trend = verdict(spec(RISING), series).confidence["trend"]
    # Every pair rises: S = 10, and of the 120 orders of five figures only two are as extreme: p = 2/120. Slopes: the median of
    # 3, 2, 3, 2, 2.5, 2.5, 2.5, 2.667, 2.333, 2.5 is 2.5 points.
    assert (trend["s"], trend["p"], trend["grain"]) == (10, pytest.approx(2 / 120), "year")
    assert trend["words"] == "FY22 to FY26: rising, by 2.5 percentage points a year (p 0.017)"


def test_a_rise_that_chance_could_have_made_is_no_trend() -> None:
    series = [
        ratio(f"FY{year}", share, 100) for year, share in ((22, 50), (23, 53), (24, 49), (25, 55), (26, 52))
    ]
    found = verdict(spec(RISING), series).confidence["trend"]
    # Six pairs rise and four fall.
    assert (found["direction"], found["s"]) == ("", 2)
    assert "no trend beyond chance" in found["words"]
    assert "trend" not in verdict(spec(AT_LEAST_75), series).confidence
    assert "trend" not in verdict(spec(RISING), series[:4]).confidence


def test_signals_are_kept_with_their_meaning_and_the_goal_is_weighed_against_the_process() -> None:
    run = [ratio(one.label, 60 + place % 2, 100) for place, one in
           enumerate(periods_between(date(2025, 7, 1), date(2026, 8, 31), "month"))]  # fmt: skip
    found = verdict(
        spec(AT_LEAST_75), [*run, ratio("2026-09", 90, 100), ratio("FY27 Q1", 70, 100)]
    ).confidence
    # The last point lifts the mean above all the others, which is a run of fourteen below it.
    assert (found["signals"][0]["words"], found["signals"][0]["meaning"]) == (
        "14 points in a row below the mean",
        "concern",
    )
    assert found["signals"][1:] == [
        {"rule": "outside", "from": "2026-09", "to": "2026-09", "direction": "up", "meaning": "improvement",
         "words": "a point above the process limits"}
    ]  # fmt: skip
    # Mean 62.4, mean moving range 42/14 = 3: limits 54.4 and 70.4, both short of 75.
    assert found["assurance"] == "falls short of its goal consistently"
    assert "(improvement)" in found["label"]


def test_met_though_the_interval_spans_the_goal_is_said() -> None:
    found = verdict(spec(AT_LEAST_75), [ratio("FY27 Q1", 76, 100, 0.667, 0.833)])
    assert found.attainment == "met"
    assert found.confidence["spans_goal"] is True
    assert found.confidence["label"] == "n 100; 66.7 % to 83.3 %, spans the goal; too few points (0 of 12)"


def test_unknown_rows_show_as_a_band() -> None:
    period = parse_period("FY27 Q1")
    figure = Figure("quarter", "FY27 Q1", period.starts, period.ends, {"numerator": 70, "denominator": 100, "unknown": 10},
                    0.7, 100)  # fmt: skip
    assert "10 unknown, with them at most 80.0 %" in verdict(spec(AT_LEAST_75), [figure]).confidence["label"]
