"""The same people in two years, against the sleep data of "Student" and by hand."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from stateworks.kernel.indicators.tests import visits
from stateworks.kernel.indicators.tests.computed import computed
from stateworks.kernel.indicators.tests.visits import visit

# "Student" (1908), section IX: additional hours of sleep of ten patients with two drugs, in tenths.
FIRST = (7, -16, -2, -12, -1, 34, 37, 8, 0, 20)
SECOND = (19, 8, 11, 1, -1, 44, 55, 16, 46, 34)


def answers(year: int, ratings: tuple[int, ...], **more: Any) -> list[dict[str, Any]]:
    return [
        visit(100 * year + n, f"{year}-09-10", person=f"p{n}", rating=rating, **more)
        for n, rating in enumerate(ratings)
    ]


def test_the_mean_difference_of_students_patients() -> None:
    found = computed("tests.matched", answers(2025, FIRST) + answers(2026, SECOND))
    # The differences are 12, 24, 13, 13, 0, 10, 18, 8, 46, 14: mean 15.8, deviation 12.30, so ± 2.262 · 12.30 / √10 = 8.80.
    year = found["FY27", "", ""]
    assert (year["value"], year["n"]) == (15.8, 10)
    assert (year["low"], year["high"]) == pytest.approx((7.001, 24.599), abs=1e-3)
    assert year["parts"] == {"count": 10, "total": "158", "squares": "3858"}
    assert found["2026-09", "", ""]["value"] == found["FY27 Q1", "agency", "dot"]["value"] == 15.8
    # In the first year nobody has a year before.
    assert (found["FY26", "", ""]["value"], found["FY26", "", ""]["left_out"]) == (
        None, {"no answer in the year before": 10}
    )  # fmt: skip


def test_who_answers_for_the_first_time_moves_the_plain_change_alone() -> None:
    # Two who stay rate 3 and 3, then 4 and 4. Eight who come anew rate 1: the plain mean falls from 3 to 1.6.
    rows = answers(2025, (3, 3)) + answers(2026, (4, 4, *[1] * 8))
    year = computed("tests.matched", rows)["FY27", "", ""]
    assert (year["value"], year["n"], year["left_out"]) == (1.0, 2, {"no answer in the year before": 8})
    assert computed("tests.rating", rows)["FY27", "", ""]["value"] == pytest.approx(1.6)


def test_of_several_answers_in_a_year_the_last_counts_and_a_gap_is_no_pair() -> None:
    rows = [
        visit(1, "2025-08-01", person="a", rating=5), visit(2, "2026-05-01", person="a", rating=2),
        visit(3, "2026-07-01", person="a", rating=3), visit(4, "2024-09-01", person="b", rating=1),
        visit(5, "2026-09-01", person="b", rating=5), visit(6, "2026-09-02", person=None, rating=5),
        visit(7, "2026-09-03", person="a", rating=None),
    ]  # fmt: skip
    found = computed("tests.matched", rows, as_of=date(2026, 10, 31))["FY27", "", ""]
    assert (found["value"], found["n"], found["left_out"]) == (1.0, 1, {"no answer in the year before": 1})


def test_what_comes_after_the_date_is_not_known_yet() -> None:
    rows = [
        visit(1, "2025-09-01", person="a", rating=3), visit(2, "2026-09-01", person="a", rating=4),
        visit(3, "2026-12-01", person="a", rating=1),
    ]  # fmt: skip
    assert computed("tests.matched", rows, as_of=date(2026, 10, 31))["FY27", "", ""]["value"] == 1
    assert computed("tests.matched", rows, as_of=date(2026, 12, 31))["FY27", "", ""]["value"] == -2


def test_its_periods_are_never_taken_over() -> None:
    from stateworks.kernel.indicators.tests.computed import templates_of

    assert "tests.matched" in visits.MEASURES
    assert templates_of("tests.matched")[0].at == ""
