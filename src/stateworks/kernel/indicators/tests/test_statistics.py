"""Intervals and process limits against published examples, and against the formulas written out."""

from __future__ import annotations

import math

import numpy as np
import pytest

from stateworks.kernel.indicators import process, statistics


def ends(pair: tuple[np.ndarray, np.ndarray]) -> tuple[float, float]:
    low, high = pair
    return float(low[0]), float(high[0])


@pytest.mark.parametrize(
    ("hits", "n", "low", "high"),
    [
        # R. Newcombe, Statistics in Medicine 17 (1998), table I, method 3.
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ],
)
def test_wilson_gives_newcombes_table(hits: int, n: int, low: float, high: float) -> None:
    assert ends(statistics.wilson(np.array([hits]), np.array([n]))) == pytest.approx((low, high), abs=5e-5)


def test_wilson_touches_one_when_all_hit_and_is_nothing_without_rows() -> None:
    assert ends(statistics.wilson(np.array([20.0]), np.array([20.0]))) == pytest.approx(
        (0.8389, 1.0), abs=5e-5
    )
    assert all(math.isnan(one) for one in ends(statistics.wilson(np.array([0.0]), np.array([0.0]))))


def test_adjusted_wald_of_seven_of_ten() -> None:
    # J. Sauro and J. Lewis, "Quantifying the User Experience" (2nd ed., 2016), chapter 3: 7 of 10 users, 39 % to 90 %.
    # By hand: p = (7 + 1.9207) / 13.8415 = 0.64449, half = 1.96 √(0.64449 · 0.35551 / 13.8415) = 0.25217.
    pair = statistics.adjusted_wald(np.array([7.0]), np.array([10.0]))
    assert ends(pair) == pytest.approx((0.3923, 0.8967), abs=5e-5)


def test_adjusted_wald_has_wilsons_centre_and_is_wider() -> None:
    # Agresti and Coull (1998), section 3: both are centred at (hits + z²/2) / (n + z²), and theirs holds Wilson's.
    hits, n = np.array([15.0]), np.array([148.0])
    low, high = ends(statistics.adjusted_wald(hits, n))
    inner_low, inner_high = ends(statistics.wilson(hits, n))
    assert (low + high) / 2 == pytest.approx((inner_low + inner_high) / 2)
    assert low < inner_low < inner_high < high
    # All 5 of 5: p = 6.9207 / 8.8415, cut at 1. Nobody asked: no interval.
    assert ends(statistics.adjusted_wald(np.array([5.0]), np.array([5.0]))) == pytest.approx(
        (0.5109, 1.0), abs=5e-5
    )
    assert all(math.isnan(one) for one in ends(statistics.adjusted_wald(np.array([0.0]), np.array([0.0]))))


def test_t_interval_of_students_sleep_data() -> None:
    # "Student" (1908), additional hours of sleep, second drug: mean 2.33; t(9) = 2.262, s = 2.002, so 2.33 ± 1.432.
    hours = [19, 8, 11, 1, -1, 44, 55, 16, 46, 34]  # tenths
    n, total, squares = len(hours), sum(hours), sum(hour * hour for hour in hours)
    deviations = statistics.squared_deviations(n, total, squares)
    low, high = ends(statistics.t_interval(np.array([n]), np.array([total]), np.array([deviations])))
    assert (low / 10, high / 10) == pytest.approx((0.8977, 3.7623), abs=5e-4)


def test_t_interval_needs_two_values_and_does_not_cancel() -> None:
    assert all(
        math.isnan(one)
        for one in ends(statistics.t_interval(np.array([1.0]), np.array([5.0]), np.array([0.0])))
    )
    # 10**12 + {0, 1, 2}: in floating point the sum of squares minus the square of the sum would be noise.
    values = [10**12, 10**12 + 1, 10**12 + 2]
    assert statistics.squared_deviations(3, sum(values), sum(value**2 for value in values)) == 2.0


def test_net_promoter_interval_written_out() -> None:
    # 60 promoters, 20 detractors of 100: p = 60.75/103, d = 20.75/103, difference 40/103 = 0.38835;
    # variance (p + d - difference²)/103 = (0.791262 - 0.150815)/103 = 0.0062179, so ± 1.96 * 0.078854 = 0.154551.
    pair = statistics.net_promoter(np.array([60.0]), np.array([20.0]), np.array([100.0]))
    assert ends(pair) == pytest.approx((0.233799, 0.542901), abs=2e-6)


FLOW = [49.6, 47.6, 49.9, 51.3, 47.8, 51.2, 52.6, 52.4, 53.6, 52.1]


def test_limits_of_nists_flow_rates() -> None:
    # NIST/SEMATECH e-Handbook 6.3.2.2: mean 50.81, mean moving range 1.8778, limits 45.8159 and 55.8041 with 3/1.128;
    # 2.66 is that factor rounded.
    found = process.limits_of(FLOW)
    assert found.centre == pytest.approx(50.81)
    assert found.moving_range == pytest.approx(1.8778, abs=5e-5)
    assert (found.lower, found.upper) == pytest.approx((45.8159, 55.8041), abs=2e-3)


def test_too_few_points_have_no_limits() -> None:
    assert process.limits(FLOW) is None
    assert process.signals(FLOW) == []
    assert process.in_words(FLOW) == "too few points (10 of 12)"


STEADY = [10.0, 11, 9, 10, 11, 9, 10, 11, 9, 10, 11, 9]


def rules(points: list[float]) -> set[tuple[str, str]]:
    return {(one.rule, one.direction) for one in process.signals(points)}


def test_signals() -> None:
    assert rules(STEADY) == set()
    assert process.in_words(STEADY) == "usual variation"
    assert ("outside", "up") in rules([*STEADY, 30])
    assert ("shift", "down") in rules([*STEADY, *[9.5, 9.0, 9.5, 9.0, 9.5, 9.0, 9.5]])
    assert ("trend", "up") in rules([*STEADY, *[8.0, 8.5, 9.0, 9.5, 10.5, 11.0, 11.5]])
    # Mean 10.46, mean moving range 1.49: the limit is 14.4 and its outer third begins at 13.1.
    assert rules([*STEADY, 13.2, 13.2]) == {("near", "up")}


def test_six_on_one_side_are_not_yet_a_shift() -> None:
    assert ("shift", "down") not in rules([*STEADY[:-1], *[9.5, 9.0, 9.5, 9.0, 9.5, 9.0]])


def test_signals_that_follow_each_other_are_one_episode_and_have_a_meaning() -> None:
    # The mean is 10.05: the first twelve are below it, the nine after them above, in three runs of seven one after the other.
    points = [9.0, 10, 9, 10, 9, 10, 9, 10, 9, 10, 9, 10, *[11.0, 10.5] * 4, 11.0]
    assert len([one for one in process.signals(points) if one.direction == "up"]) == 3
    shift = process.episodes(points)
    assert [(one.rule, one.starts, one.at, one.direction) for one in shift] == [
        ("shift", 0, 11, "down"), ("shift", 12, 20, "up"),
    ]  # fmt: skip
    assert shift[-1].meaning("up") == "improvement"
    assert shift[-1].meaning("down") == "concern"
    assert "9 points in a row above the mean" in shift[-1].in_words()


def test_the_latest_point_is_told_with_its_meaning() -> None:
    assert process.in_words([*STEADY, 30], "down") == "a point above the process limits (concern)"
    assert process.in_words([*STEADY, 30], "up") == "a point above the process limits (improvement)"


def test_a_trend_is_seven_points_and_six_are_none() -> None:
    # Six rises make seven points.
    falling = [10.5, 10.2, 9.9, 9.6, 9.3, 9.0]
    assert ("trend", "down") not in rules([*STEADY, 9.5, *falling])
    assert ("trend", "down") in rules([*STEADY, 10.8, *falling])


def test_whether_the_goal_can_be_expected() -> None:
    # STEADY: mean 10, moving ranges 1, 2, 1, 1, 2, 1, 1, 2, 1, 1, 2 with mean 15/11: limits 10 ± 3.627.
    assert process.assurance(STEADY, 6.3, ">=") == "reaches its goal consistently"
    assert process.assurance(STEADY, 10, ">=") == "reaches its goal in some periods and misses it in others"
    assert process.assurance(STEADY, 13.7, ">=") == "falls short of its goal consistently"
    assert process.assurance(STEADY, 13.7, "<=") == "reaches its goal consistently"
    assert process.assurance(STEADY, 6.3, "<=") == "falls short of its goal consistently"
    assert process.assurance(STEADY, 10, "=") == ""
    assert process.assurance(FLOW, 50, ">=") == ""
