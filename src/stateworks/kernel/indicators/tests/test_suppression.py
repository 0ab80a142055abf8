"""Small numbers stay hidden, and cannot be worked out."""

from __future__ import annotations

from datetime import date

from hypothesis import given, settings
from hypothesis import strategies as st

from stateworks.kernel.clocks.fiscal import period_of
from stateworks.kernel.indicators.suppression import suppress
from stateworks.kernel.indicators.tests.computed import computed
from stateworks.kernel.indicators.tests.visits import visit

MINIMUM = 5


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


def hidden_periods(months: dict[str, int], *, agency: str = "") -> set[str]:
    """Which periods are hidden where one agency has so many visits in each month."""
    rows, number = [], 0
    for month, size in months.items():
        for _ in range(size):
            number += 1
            rows.append(visit(number, f"{month}-10", agency="a"))
    found = computed("tests.answered", rows, minimum_n=MINIMUM, as_of=date(2027, 6, 30))
    return {period for (period, _, member), one in found.items() if member == agency and one["suppressed"]}


def test_a_small_month_cannot_be_worked_out_from_its_quarter() -> None:
    # The quarter, 53, less August and September would leave July's 3; so August goes with it.
    assert hidden_periods({"2026-07": 3, "2026-08": 20, "2026-09": 30}) == {"2026-07", "2026-08"}
    assert hidden_periods({"2026-07": 3, "2026-08": 20, "2026-09": 30}, agency="a") == {"2026-07", "2026-08"}


def test_two_small_months_that_together_reach_the_minimum_are_enough() -> None:
    assert hidden_periods({"2026-07": 3, "2026-08": 4, "2026-09": 30}) == {"2026-07", "2026-08"}


def test_two_small_months_below_the_minimum_need_a_third() -> None:
    # The quarter less September would leave 4, which is below 5; the year's months then are all hidden, and so is it.
    assert hidden_periods({"2026-07": 2, "2026-08": 2, "2026-09": 30, "2026-11": 40}) == {
        "2026-07", "2026-08", "2026-09"
    }  # fmt: skip


def test_a_small_quarter_cannot_be_worked_out_from_the_year() -> None:
    # The year, 93, less Q2 and Q3 would leave Q1's 3; so Q2, the smaller one, goes too, and with it the one month it has.
    assert hidden_periods({"2026-07": 3, "2026-10": 40, "2027-01": 20, "2027-02": 30}) == {
        "2026-07", "FY27 Q1", "FY27 Q2", "2026-10"
    }  # fmt: skip


def test_a_quarter_hidden_for_anothers_sake_cannot_be_added_up_from_its_months() -> None:
    # Q2 (41) is hidden for Q1's sake; its months 20 and 21 would give it away, so the smaller one goes.
    assert hidden_periods({"2026-07": 3, "2026-10": 20, "2026-11": 21, "2027-01": 50}) == {
        "2026-07", "FY27 Q1", "FY27 Q2", "2026-10"
    }  # fmt: skip


def frame(sizes: dict[tuple[str, date, str, str], int]) -> object:
    import polars as pl

    rows = [(*cell, n, 1.0, 0.5, 1.5, False) for cell, n in sizes.items()]
    schema = {"grain": pl.String, "starts": pl.Date, "dimension": pl.String, "member": pl.String, "n": pl.Int64,
              "value": pl.Float64, "low": pl.Float64, "high": pl.Float64, "suppressed": pl.Boolean}  # fmt: skip
    return pl.DataFrame(rows, schema=schema, orient="row")


@settings(max_examples=60, deadline=None)
@given(
    st.dictionaries(
        st.tuples(st.integers(0, 11), st.sampled_from("abcd")),
        st.integers(1, 12) | st.integers(20, 60),
        max_size=40,
    )
)
def test_no_reader_with_a_pencil_can_work_out_what_is_hidden(counts: dict[tuple[int, str], int]) -> None:
    sizes = sizes_of(counts)
    found = suppress(frame(sizes), MINIMUM)  # type: ignore[arg-type]
    known = {row[:4]: row[4] for row in found.filter(~found["suppressed"]).select(
        "grain", "starts", "dimension", "member", "n").iter_rows()}  # fmt: skip
    assert all(n >= MINIMUM for n in known.values())
    sums = []
    for whole in sizes:
        for grain in ("month", "quarter"):
            parts = [
                one for one in sizes
                if one[0] == grain != whole[0] and one[2:] == whole[2:] and whole[0] != "month"
                and period_of(one[1], whole[0]).starts == whole[1]  # type: ignore[arg-type]
            ]  # fmt: skip
            sums += [(whole, parts)] if parts and not (whole[0] == "quarter" and grain == "quarter") else []
        if not whole[2]:
            sums.append((whole, [one for one in sizes if one[:2] == whole[:2] and one[2]]))
    for whole, parts in sums:
        unknown = [one for one in parts if one not in known]
        if whole in known:
            assert len(unknown) != 1
            assert not unknown or known[whole] - sum(known.get(one, 0) for one in parts) >= MINIMUM
        else:
            assert unknown


def sizes_of(counts: dict[tuple[int, str], int]) -> dict[tuple[str, date, str, str], int]:
    """The rows of months (counted from July 2026), quarters and years, statewide and by agency."""
    sizes: dict[tuple[str, date, str, str], int] = {}
    for (month, agency), n in counts.items():
        day = date(2026 + (month + 6) // 12, (month + 6) % 12 + 1, 1)
        for grain in ("month", "quarter", "year"):
            starts = period_of(day, grain).starts  # type: ignore[arg-type]
            for place in (("", ""), ("agency", agency)):
                sizes[grain, starts, *place] = sizes.get((grain, starts, *place), 0) + n
    return sizes


def range_of(
    cell: object, sizes: dict[tuple[str, date, str, str], int], known: dict[object, int]
) -> tuple[int, int]:
    """The least and greatest whole number that a hidden figure can have for one who knows the shown ones."""
    from scipy.optimize import Bounds, LinearConstraint, milp

    unknown = sorted(set(sizes) - set(known))
    rows, right = [], []
    for whole in sizes:
        for grain in ("month", "quarter"):
            parts = [
                one for one in sizes
                if one[0] == grain and (grain, whole[0]) in {("month", "quarter"), ("month", "year"), ("quarter", "year")}
                and one[2:] == whole[2:] and period_of(one[1], whole[0]).starts == whole[1]  # type: ignore[arg-type]
            ]  # fmt: skip
            if parts:
                rows.append((whole, parts))
        if not whole[2]:
            rows.append((whole, [one for one in sizes if one[:2] == whole[:2] and one[2]]))
    matrix = [[(one in parts) - (one == whole) for one in unknown] for whole, parts in rows]
    right = [known.get(whole, 0) - sum(known.get(one, 0) for one in parts) for whole, parts in rows]
    ends = []
    for sign in (1, -1):
        objective = [sign * (one == cell) for one in unknown]
        found = milp(objective, constraints=LinearConstraint(matrix, right, right), bounds=Bounds(1, 10_000),
                     integrality=[1] * len(unknown))  # fmt: skip
        ends.append(sign * round(found.fun))
    return ends[0], ends[1]


def shown_of(sizes: dict[tuple[str, date, str, str], int], **more: bool) -> dict[object, int]:
    found = suppress(frame(sizes), MINIMUM, **more)  # type: ignore[arg-type]
    rows = (
        found.filter(~found["suppressed"]).select("grain", "starts", "dimension", "member", "n").iter_rows()
    )
    return {row[:4]: row[4] for row in rows}


THREE_AGENCIES = {
    (0, "a"): 1, (1, "a"): 2, (1, "b"): 5, (2, "a"): 2, (2, "b"): 5, (2, "c"): 9, (3, "b"): 1, (3, "c"): 2, (4, "c"): 5,
    (5, "a"): 4, (5, "b"): 1, (5, "c"): 29,
}  # fmt: skip


def test_what_several_sums_together_give_away_is_hidden_too() -> None:
    # No single sum tells how many came from b in October; all of them together leave one number alone.
    sizes = sizes_of(THREE_AGENCIES)
    october = ("month", date(2026, 10, 1), "agency", "b")
    before, after = shown_of(sizes, attacked=False), shown_of(sizes)
    assert october not in before
    assert range_of(october, sizes, before) == (1, 1)
    low, high = range_of(october, sizes, after)
    assert low < high
    assert set(after) < set(before)


@settings(max_examples=25, deadline=None)
@given(
    st.dictionaries(
        st.tuples(st.integers(0, 5), st.sampled_from("abc")),
        st.integers(1, 6) | st.integers(5, 30),
        max_size=12,
    )
)
def test_no_reader_with_an_optimizer_can_pin_what_is_hidden(counts: dict[tuple[int, str], int]) -> None:
    sizes = sizes_of(counts)
    known = shown_of(sizes)
    for cell in set(sizes) - set(known):
        low, high = range_of(cell, sizes, known)
        assert low < high, cell


def test_figures_stored_before_are_made_again_as_they_were() -> None:
    sizes = {("month", date(2026, month, 1), "", ""): n for month, n in ((7, 3), (8, 20), (9, 30))}
    sizes["quarter", date(2026, 7, 1), "", ""] = 53
    before = suppress(frame(sizes), MINIMUM, over_periods=False)  # type: ignore[arg-type]
    assert before.filter(before["suppressed"])["n"].to_list() == [3]
