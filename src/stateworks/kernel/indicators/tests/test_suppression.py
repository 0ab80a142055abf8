"""Small numbers stay hidden, and cannot be worked out."""

from __future__ import annotations

from stateworks.kernel.indicators.tests.computed import computed
from stateworks.kernel.indicators.tests.visits import visit


def agencies(**sizes: int) -> list[dict[str, object]]:
    rows, number = [], 0
    for agency, size in sizes.items():
        for _ in range(size):
            number += 1
            rows.append(visit(number, "2026-07-10", agency=agency))
    return rows


def hidden(minimum_n: int, **sizes: int) -> set[str]:
    found = computed("tests.answered", agencies(**sizes), minimum_n=minimum_n)
    return {member for (period, dimension, member), one in found.items()
            if period == "2026-07" and dimension == "agency" and one["suppressed"]}  # fmt: skip


def test_small_slices_are_hidden_and_a_second_one_with_a_single_hole() -> None:
    # c alone could be worked out from the total, so the next smallest goes with it.
    assert hidden(5, a=50, b=20, c=3) == {"b", "c"}


def test_two_holes_that_together_reach_the_minimum_are_enough() -> None:
    assert hidden(5, a=50, b=20, c=3, d=4) == {"c", "d"}


def test_two_holes_below_the_minimum_need_a_third() -> None:
    assert hidden(5, a=50, b=20, c=2, d=1) == {"b", "c", "d"}


def test_without_small_slices_nothing_is_hidden() -> None:
    assert hidden(5, a=50, b=5) == set()
    assert hidden(0, a=50, b=1) == set()


def test_what_is_hidden_has_no_value_and_no_interval_but_keeps_its_evidence() -> None:
    found = computed("tests.answered", agencies(a=50, b=20, c=3), minimum_n=5)["2026-07", "agency", "c"]
    assert (found["value"], found["low"], found["high"]) == (None, None, None)
    assert found["parts"]["denominator"] == 3


def test_a_small_state_figure_is_hidden_too() -> None:
    assert computed("tests.answered", agencies(a=3), minimum_n=5)["2026-07", "", ""]["suppressed"]
