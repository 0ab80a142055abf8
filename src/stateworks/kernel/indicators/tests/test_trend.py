"""Mann-Kendall and Theil-Sen against an example worked by hand in print, and against counting."""

from __future__ import annotations

import pytest

from stateworks.kernel.indicators.trend import mann_kendall, theil_sen, trend_of

# J. Little, College of the Holy Cross, "A Mann-Kendall example (by hand)": 72 pairs rise, 18 fall, one is equal.
PRINTED = [12.9, 14.8, 13.2, 15.7, 13.8, 15.6, 12.9, 11.0, 17.3, 15.9, 19.0, 18.3, 20.1, 21.7]


def test_the_printed_example() -> None:
    s, z, p = mann_kendall(PRINTED)
    assert (s, z) == (54, pytest.approx(2.9058, abs=5e-5))
    assert p / 2 == pytest.approx(0.0018, abs=5e-5)
    found = trend_of(PRINTED)
    assert found is not None
    assert found.direction == "up"
    assert found.low < found.slope < found.high


def test_the_median_slope_by_hand() -> None:
    # 1, 2, 4: slopes 1, 2 and 3/2, in the middle 3/2. A wild point hardly moves it: of 1, 2, 3, 4, 50 it is 1.
    assert theil_sen([1, 2, 4])[0] == 1.5
    assert theil_sen([1, 2, 3, 4, 50])[0] == 1.0


def test_a_few_points_are_tested_exactly() -> None:
    # Of the 120 orders of five figures one rises throughout and one falls.
    assert mann_kendall([1, 2, 3, 4, 5])[2] == pytest.approx(2 / 120)
    assert trend_of([1, 2, 3, 4]) is None
    falling = trend_of([5, 4, 3, 2, 1])
    assert falling is not None
    assert (falling.direction, falling.slope) == ("down", -1)


def test_what_never_changes_has_no_trend() -> None:
    assert mann_kendall([3, 3, 3, 3, 3]) == (0, 0.0, 1.0)
    found = trend_of([3, 3, 3, 3, 3])
    assert found is not None
    assert (found.direction, found.slope) == ("", 0)
