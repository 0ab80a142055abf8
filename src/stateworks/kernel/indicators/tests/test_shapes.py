"""Each shape against figures made by hand, and the rules that hold for all of them."""

from __future__ import annotations

import random
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stateworks.kernel.indicators.figures import exact
from stateworks.kernel.indicators.tests.computed import computed, connection_with, templates_of
from stateworks.kernel.indicators.tests.visits import DATASET, visit

Q1 = ("FY27 Q1", "", "")

ROWS = [
    visit(1, "2026-07-10", seconds=600, cents=1050, rating=5, person="ann"),
    visit(2, "2026-07-11", seconds=1200, cents=200, rating=4, person="bob", answered=False, topic="tax"),
    visit(3, "2026-08-12", seconds=None, cents=4000, rating=1, person="ann", answered=None, agency="doe"),
    visit(
        4,
        "2026-09-13",
        seconds=300,
        cents=None,
        rating=None,
        person=None,
        test=True,
        agency="doe",
        topic="tax",
    ),
    visit(5, "2026-10-14", seconds=60, cents=5, rating=3, person="cid", topic="water"),
]


def test_ratio() -> None:
    found = computed("tests.answered", ROWS)[Q1]
    # 1 hits, 2 does not, 3 cannot be told, 4 is left out.
    assert found["parts"] == {"numerator": 1, "denominator": 3, "unknown": 1}
    assert found["left_out"] == {"test visit": 1}
    assert found["fingerprints"] == {"numerator": [1, "1"], "denominator": [3, "6"], "left out": [1, "4"]}
    assert found["value"] == pytest.approx(1 / 3)
    # Wilson for 1 of 3.
    assert (found["low"], found["high"]) == pytest.approx((0.0615, 0.7923), abs=1e-4)


def test_ratio_of_which_nothing_is_known_has_no_value() -> None:
    found = computed("tests.answered", [visit(1, "2026-07-10", answered=None)])[Q1]
    assert (found["value"], found["n"], found["parts"]["unknown"]) == (None, 1, 1)


def test_count() -> None:
    found = computed("tests.visits", ROWS)
    assert [found[period, "", ""]["value"] for period in ("2026-07", "2026-08", "FY27 Q1", "FY27")] == [
        2,
        1,
        4,
        5,
    ]


def test_distinct_is_counted_anew_in_each_grain() -> None:
    found = computed("tests.people", ROWS)
    # Ann came in July and in August: one person in each, and one in the quarter.
    assert [found[period, "", ""]["value"] for period in ("2026-07", "2026-08", "FY27 Q1")] == [2, 1, 2]
    assert found[Q1]["left_out"] == {"names nothing": 1}
    assert found["FY27 Q1", "agency", "doe"]["value"] == 1


def test_sum_of_cents() -> None:
    found = computed("tests.money", ROWS)[Q1]
    assert found["parts"] == {"count": 3, "total": "5250"}
    assert (found["value"], found["left_out"]) == (52.5, {"no amount": 1})


def test_mean_with_its_t_interval() -> None:
    found = computed("tests.wait", ROWS)[Q1]
    assert found["parts"] == {"count": 3, "total": "2100", "squares": "1890000"}
    # 10, 20 and 5 minutes: mean 11.667, s 7.638, t(2) 4.3027, so ± 18.973.
    assert (found["value"], found["low"], found["high"]) == pytest.approx(
        (11.6667, -7.3060, 30.6393), abs=1e-3
    )


def test_duration_tells_ended_from_open_and_keeps_median_and_p90() -> None:
    found = computed("tests.time", ROWS, parameters={"goal": 600})[Q1]
    # Ended: 600, 1200 and 300 seconds; open: visit 3, for 4000 (the test's column of time so far), past the goal.
    assert {name: found["parts"][name] for name in ("count", "total", "within", "past", "open", "open_past")} == {
        "count": 3, "total": "2100", "within": 2, "past": 1, "open": 1, "open_past": 1
    }  # fmt: skip
    assert (found["parts"]["median"], found["parts"]["p90"]) == (600.0, 1080.0)
    assert found["value"] == pytest.approx(2100 / 3 / 60)


def test_share_within_the_goal_counts_open_ones_past_it_as_misses() -> None:
    found = computed("tests.time", ROWS, parameters={"goal": 600, "statistic": "within"})[Q1]
    assert found["value"] == pytest.approx(2 / 4)
    assert found["n"] == 4
    medians = computed("tests.time", ROWS, parameters={"statistic": "median"})
    assert medians[Q1]["value"] == 10.0


def test_score() -> None:
    mean = computed("tests.rating", ROWS)[Q1]
    assert (mean["value"], mean["n"], mean["left_out"]) == (pytest.approx(10 / 3), 3, {"no answer": 1})
    top = computed("tests.rating", ROWS, parameters={"statistic": "top_box"})[Q1]
    assert top["value"] == pytest.approx(2 / 3)


def test_net_promoter_score() -> None:
    rows = [visit(n, "2026-07-01", rating=rating) for n, rating in enumerate([10] * 60 + [8] * 20 + [0] * 20)]
    found = computed("tests.rating", rows, parameters={"statistic": "nps", "top": 9, "bottom": 6})[Q1]
    assert found["value"] == 40.0
    assert (found["low"], found["high"]) == pytest.approx((23.3799, 54.2901), abs=1e-4)


def test_top_topics_are_those_of_each_period() -> None:
    rows = [visit(n, day, topic=topic, answered=topic == "a")
            for n, (day, topic) in enumerate([("2026-07-01", "a"), ("2026-07-02", "a"), ("2026-07-03", "b"),
                                              ("2026-08-01", "c"), ("2026-08-02", "c"), ("2026-08-03", "c"),
                                              ("2026-08-04", "b")])]  # fmt: skip
    found = computed("tests.top_topics", rows, parameters={"topics": 1})
    # July: a (2 of 2). August: c (0 of 3). Quarter: c with three is ahead of a and b with two each.
    assert [found[period, "", ""]["parts"]["numerator"] for period in ("2026-07", "2026-08", "FY27 Q1")] == [
        2,
        0,
        0,
    ]
    assert found[Q1]["n"] == 3
    # Of equally frequent ones the first by name: a and b in the quarter's second place.
    assert computed("tests.top_topics", rows, parameters={"topics": 2})[Q1]["n"] == 5


def test_a_cohort_waits_until_its_time_has_passed() -> None:
    rows = [
        visit(1, "2026-07-01", due_on=date(2026, 8, 1)),
        visit(2, "2026-07-01", due_on=date(2026, 8, 1), answered=None),
        visit(3, "2026-07-01", due_on=date(2026, 12, 1)),
    ]
    found = computed("tests.followed_up", rows)[Q1]
    # The open one whose time has passed is a miss; the early success waits with its cohort.
    assert found["parts"] == {"numerator": 1, "denominator": 2, "unknown": 0}
    assert found["left_out"] == {"not due yet": 1}


def test_days_after_the_date_do_not_count() -> None:
    assert computed("tests.visits", ROWS, as_of=date(2026, 8, 31))["FY27", "", ""]["value"] == 3


def test_nothing_gives_no_value() -> None:
    for name in (
        "tests.answered",
        "tests.wait",
        "tests.people",
        "tests.visits",
        "tests.time",
        "tests.rating",
        "tests.money",
    ):
        assert computed(name, []) == {}


def test_fiscal_years_of_other_states() -> None:
    rows = [visit(1, "2026-09-30"), visit(2, "2026-10-01")]
    assert {key[0] for key in computed("tests.visits", rows, fiscal_start=10)} == {
        "2026-09", "2026-10", "FY26 Q4", "FY27 Q1", "FY26", "FY27"
    }  # fmt: skip


def test_slices_without_a_name_are_shown_as_unknown() -> None:
    found = computed("tests.visits", [visit(1, "2026-07-01", agency=None)])
    assert found["FY27 Q1", "agency", "unknown"]["value"] == 1


# Rules for every shape


@st.composite
def some_rows(draw: st.DrawFn) -> list[dict[str, Any]]:
    count = draw(st.integers(0, 25))
    start = date(2025, 5, 1)
    return [
        visit(
            n, (start + timedelta(days=draw(st.integers(0, 700)))).isoformat(),
            answered=draw(st.sampled_from([True, False, None])), agency=draw(st.sampled_from(["a", "b", None])),
            topic=draw(st.sampled_from(["x", "y", "z", None])), person=draw(st.sampled_from(["p", "q", None])),
            seconds=draw(st.one_of(st.none(), st.integers(0, 10**9))),
            cents=draw(st.one_of(st.none(), st.integers(-(10**12), 10**12))),
            rating=draw(st.one_of(st.none(), st.integers(0, 10))), test=draw(st.booleans()),
        )
        for n in range(count)
    ]  # fmt: skip


ADDITIVE = ("tests.answered", "tests.visits", "tests.wait", "tests.money", "tests.rating")
ALL = (*ADDITIVE, "tests.people", "tests.time", "tests.top_topics")


@pytest.mark.parametrize("name", ADDITIVE)
@settings(max_examples=12, deadline=None)
@given(rows=some_rows())
def test_roll_up_equals_direct_computation(name: str, rows: list[dict[str, Any]]) -> None:
    """A quarter made of months is the quarter computed from its rows alone."""
    rolled = computed(name, rows)
    for (period, dimension, member), figure in rolled.items():
        if figure["grain"] == "month" or dimension or figure["n"] == 0:
            continue
        inside = [row for row in rows if figure["starts"] <= row["visited_on"] <= figure["ends"]]
        direct = computed(name, inside, grains=("all",))["all", "", ""]
        options = templates_of(name)[0].options
        assert figure["parts"] == direct["parts"], period
        assert figure["fingerprints"] == direct["fingerprints"]
        assert exact(options, figure["parts"]) == exact(options, direct["parts"])
        assert member == ""


@pytest.mark.parametrize("name", ADDITIVE)
@settings(max_examples=8, deadline=None)
@given(rows=some_rows())
def test_slices_add_up_to_the_state(name: str, rows: list[dict[str, Any]]) -> None:
    found = computed(name, rows)
    for (period, dimension, _), figure in found.items():
        if dimension == "" and figure["n"]:
            slices = [one for key, one in found.items() if key[:2] == (period, "agency")]
            for part, whole in figure["parts"].items():
                assert sum(int(one["parts"][part]) for one in slices) == int(whole)


@pytest.mark.parametrize("name", ALL)
@settings(max_examples=6, deadline=None)
@given(rows=some_rows(), seed=st.integers(0, 1000))
def test_the_order_of_rows_does_not_matter(name: str, rows: list[dict[str, Any]], seed: int) -> None:
    shuffled = random.Random(seed).sample(rows, len(rows))
    assert computed(name, shuffled) == computed(name, rows)


@pytest.mark.parametrize("name", ALL)
@settings(max_examples=6, deadline=None)
@given(rows=some_rows())
def test_the_rows_behind_a_figure_are_the_figure(name: str, rows: list[dict[str, Any]]) -> None:
    """The row query gives, by role, exactly the rows whose count and key sum the figure carries."""
    from stateworks.kernel.indicators.compiler import between

    connection = connection_with(rows)
    found = computed(name, rows)
    template = templates_of(name)[0]
    for (_period, dimension, member), figure in found.items():
        sql = between(template.rows({DATASET: 1}, date(2026, 10, 31)), figure["starts"], figure["ends"])
        behind = connection.execute(f"SELECT _key, role, agency FROM ({sql})").fetchall()
        if dimension:
            behind = [row for row in behind if (row[2] or "unknown") == member]
        out = [key for key, role, _ in behind if role.startswith("left out")]
        assert len(out) == sum(figure["left_out"].values())
        inside = [key for key, role, _ in behind if not role.startswith("left out")]
        prints = figure["fingerprints"]
        whole = prints.get("denominator") or [
            sum(one[0] for role, one in prints.items() if role != "left out"),
            str(sum(int(one[1]) for role, one in prints.items() if role != "left out")),
        ]
        assert [len(inside), str(sum(inside))] == whole


def test_a_share_is_exact() -> None:
    assert exact({"kind": "ratio"}, {"numerator": 2, "denominator": 6, "unknown": 0}) == Fraction(1, 3)


def test_a_level_is_reached_when_all_criteria_up_to_it_are_met() -> None:
    # Level 2: met on 20 July and 5 August. Level 3: met on 30 September and 10 October. Level 4: met long ago.
    met = ((2, "2026-07-20"), (2, "2026-08-05"), (3, "2026-09-30"), (3, "2026-10-10"), (4, "2026-01-01"))
    rows = [
        visit(n, "2026-01-01", rating=level, due_on=date.fromisoformat(day))
        for n, (level, day) in enumerate(met)
    ]
    found = {period: one for (period, _, _), one in computed("tests.level", rows).items()}
    levels = {month: found[month]["value"] for month in ("2026-07", "2026-08", "2026-09", "2026-10")}
    # July: one of level 2 is unmet, so level 1. August: level 2. September: one of level 3 is unmet. October: all.
    assert levels == {"2026-07": 1, "2026-08": 2, "2026-09": 2, "2026-10": 4}
    # A longer period stands as its last month does, and level 4's early criterion counted for nothing until October.
    assert (found["FY27 Q1"]["value"], found["FY27"]["value"]) == (2, 4)
    assert found["2026-09"]["parts"] == {"criteria": 5, "met": 4, "level": 2}
    assert {role: n for role, (n, _) in found["2026-09"]["fingerprints"].items()} == {"met": 4, "unmet": 1}


def test_a_criterion_never_met_keeps_the_level_down() -> None:
    rows = [
        visit(1, "2026-01-01", rating=2, due_on=None),
        visit(2, "2026-01-01", rating=3, due_on=date(2026, 1, 1)),
    ]
    assert computed("tests.level", rows)["FY27", "", ""]["value"] == 1
