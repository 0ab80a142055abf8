"""Kaplan-Meier on the leukaemia trial that every textbook has, and as the figure of a duration."""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
import pytest

from stateworks.kernel.indicators.figures import exact
from stateworks.kernel.indicators.survival import kaplan_meier, quantile
from stateworks.kernel.indicators.tests.computed import computed, templates_of
from stateworks.kernel.indicators.tests.visits import visit

# E. Freireich et al., Blood 21 (1963): weeks in remission with 6-MP and with placebo, as in D. Cox and D. Oakes, "Analysis
# of survival data" (1984), table 1.1. In the first group twelve were still in remission.
RELAPSED = np.array([6, 6, 6, 7, 10, 13, 16, 22, 23])
IN_REMISSION = np.array([6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35])
PLACEBO = np.array([1, 1, 2, 2, 3, 4, 4, 5, 5, 8, 8, 8, 8, 11, 11, 12, 12, 15, 17, 22, 23])
NOBODY = np.array([], dtype=np.int64)


def test_the_curve_of_the_leukaemia_trial() -> None:
    # S(t) and Greenwood's error as printed, for instance in Kleinbaum and Klein, "Survival analysis" (3rd ed.), chapter 2.
    curve = kaplan_meier(RELAPSED, IN_REMISSION)
    assert curve.lengths.tolist() == [6, 7, 10, 13, 16, 22, 23]
    assert curve.at_risk.tolist() == [21, 17, 15, 12, 11, 7, 6]
    assert curve.survival.tolist() == pytest.approx(
        [0.857, 0.807, 0.753, 0.690, 0.627, 0.538, 0.448], abs=5e-4
    )
    assert curve.error.tolist() == pytest.approx(
        [0.0764, 0.0869, 0.0963, 0.1068, 0.1141, 0.1282, 0.1346], abs=5e-5
    )


def test_medians_of_the_leukaemia_trial() -> None:
    # Medians 23 and 8 weeks; the interval of the first has no upper end, that of the second runs from 4 to 11.
    assert quantile(kaplan_meier(RELAPSED, IN_REMISSION), 0.5) == (23, 13, None)
    assert quantile(kaplan_meier(PLACEBO, NOBODY), 0.5) == (8, 4, 11)
    # Less than nine of ten relapsed, so within which length nine of ten do is not known.
    assert quantile(kaplan_meier(RELAPSED, IN_REMISSION), 0.9)[0] is None


@pytest.mark.parametrize("seed", range(1, 6))
def test_it_agrees_with_statsmodels(seed: int) -> None:
    from statsmodels.duration.survfunc import SurvfuncRight

    random = np.random.default_rng(seed)
    ended, still_open = random.integers(1, 60, 40), random.integers(1, 60, 5 * seed)
    other = SurvfuncRight(np.r_[ended, still_open], np.r_[np.ones(len(ended)), np.zeros(len(still_open))])
    curve = kaplan_meier(ended, still_open)
    assert curve.survival == pytest.approx(other.surv_prob)
    assert curve.error[:-1] == pytest.approx(other.surv_prob_se[:-1])
    assert quantile(curve, 0.5)[0] == other.quantile(0.5)


def test_without_open_ones_it_is_the_share_that_is_left() -> None:
    # Of four, after 10, 20, 30, 40: three, two, one and none quarter left; the first length with half of them over is 20.
    curve = kaplan_meier(np.array([30, 10, 40, 20]), NOBODY)
    assert curve.survival.tolist() == pytest.approx([0.75, 0.5, 0.25, 0.0])
    assert quantile(curve, 0.5)[0] == 20
    assert np.isnan(curve.error[-1])


def test_one_that_ends_when_another_is_cut_comes_first() -> None:
    # At 5 two are at risk, one ends: half is left. Were the cut one gone before, nothing would be left.
    assert kaplan_meier(np.array([5]), np.array([5])).survival.tolist() == [0.5]


def trial(**more: Any) -> list[dict[str, Any]]:
    """The trial as visits, a week a minute: what ended has `seconds`, what is open has lasted `cents`."""
    ended = [visit(n, "2026-07-06", seconds=60 * int(weeks), **more) for n, weeks in enumerate(RELAPSED)]
    still = [
        visit(50 + n, "2026-07-07", cents=60 * int(weeks), **more) for n, weeks in enumerate(IN_REMISSION)
    ]
    return ended + still


def test_a_median_duration_counts_what_is_open_for_as_long_as_it_has_lasted() -> None:
    found = computed("tests.time", trial(), parameters={"statistic": "median"})
    month = found["2026-07", "", ""]
    assert (month["value"], month["low"], month["high"], month["n"]) == (23, 13, None, 21)
    assert month["parts"] == {
        "count": 9, "total": str(60 * int(RELAPSED.sum())), "open": 12, "open_past": 0,
        "squares": str(3600 * int((RELAPSED**2).sum())), "median": 1380, "median_low": 780,
    }  # fmt: skip
    # The nine that ended alone would have given 10.
    assert found["FY27", "agency", "dot"]["value"] == 23
    options = templates_of("tests.time", parameters={"statistic": "median"})[0].options
    assert exact(options, month["parts"]) == 23


def test_open_ones_past_the_goal_are_open_ones_all_the_same() -> None:
    # With a goal of 15 weeks eight of the twelve open ones are past it; the estimate is the same.
    found = computed("tests.time", trial(), parameters={"statistic": "p90", "goal": 900})["2026-07", "", ""]
    assert (found["value"], found["n"], found["parts"]["open"], found["parts"]["open_past"]) == (
        None,
        21,
        12,
        8,
    )
    assert found["parts"]["median"] == 1380


def test_where_nothing_has_ended_there_is_no_median() -> None:
    rows = [visit(1, "2026-07-06", cents=100)]
    found = computed("tests.time", rows, parameters={"statistic": "median"}, as_of=date(2026, 7, 31))
    assert (found["2026-07", "", ""]["value"], found["2026-07", "", ""]["n"]) == (None, 1)
