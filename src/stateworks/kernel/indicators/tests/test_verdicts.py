"""Standing and attainment, each case by hand."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from stateworks.kernel.clocks.fiscal import parse_period, period_of
from stateworks.kernel.indicators.figures import Figure, exact
from stateworks.kernel.indicators.models import Verdict
from stateworks.kernel.indicators.specs import IndicatorSpec, ReportedPoint
from stateworks.kernel.indicators.targets import Change, Target
from stateworks.kernel.indicators.tests.judged import (
    AS_OF,
    AT_LEAST_75,
    COUNT,
    RATIO,
    count,
    ratio,
    spec,
    verdict,
)
from stateworks.kernel.indicators.verdicts import counts, verdict_of

# Attainment


def test_the_last_closed_quarter_decides_and_the_open_one_gives_the_outlook() -> None:
    found = verdict(spec(AT_LEAST_75), [ratio("FY27 Q1", 76, 100), ratio("FY27 Q2", 10, 100)])
    assert (found.attainment, found.period, found.outlook) == ("met", "FY27 Q1", "off_track")
    assert found.why == "FY27 Q1: 76.0 % against at least 75.0 %."


def test_nothing_is_rounded_before_it_is_compared() -> None:
    found = verdict(spec(Target(comparator="=", value=100, unit="percent")), [ratio("FY27 Q1", 9996, 10000)])
    assert found.attainment == "missed"
    assert "99.96 %" in found.why
    # 99.9996 % would be written 100.0 % with one digit; it is written so that it differs from its goal.
    found = verdict(
        spec(Target(comparator="=", value=100, unit="percent")), [ratio("FY27 Q1", 999996, 1000000)]
    )
    assert "99.9996 %" in found.why


CI, CD = (
    Target(comparator=">=", value=value, unit="percent", of=of) for value, of in ((25, "CI"), (10, "CD"))
)


def test_targets_told_apart_by_what_they_are_of_have_a_figure_each() -> None:
    # The main figure, 30 %, is CI's; CD is measured beside it: 9 %, which the main one would have called met.
    others = {"cd": (RATIO, [ratio("FY27 Q1", 9, 100)])}
    found = verdict_of(
        spec(CI, CD), as_of=AS_OF, options=RATIO, series=[ratio("FY27 Q1", 30, 100)], others=others
    )
    assert [one["attainment"] for one in found.targets] == ["met", "missed"]
    assert (found.attainment, found.value) == ("missed", 0.3)
    assert "9.0 % against at least 10.0 %" in found.why


def test_what_nothing_measures_is_not_judged_on_another_figure() -> None:
    found = verdict(spec(CI, CD), [ratio("FY27 Q1", 30, 100)])
    assert [one["attainment"] for one in found.targets] == ["met", ""]
    assert found.targets[1]["why"] == "Not judged: it is about CD, and there is no figure of that name."
    assert found.attainment == "pending"  # half a goal is not a goal met


def test_a_lone_population_and_a_stretch_of_the_same_are_about_the_main_figure() -> None:
    goal = (
        Target(comparator=">=", value=50, unit="percent", of="secretariats"),
        Target(level="stretch", comparator=">=", value=75, unit="percent", of="secretariats"),
    )
    found = verdict(spec(*goal), [ratio("FY27 Q1", 60, 100)])
    assert [one["attainment"] for one in found.targets] == ["met", "missed"]


def test_a_decimal_goal_is_exact() -> None:
    goal = Target(comparator=">=", value=Decimal("66.7"), unit="percent")
    assert verdict(spec(goal), [ratio("FY27 Q1", 667, 1000)]).attainment == "met"
    assert verdict(spec(goal), [ratio("FY27 Q1", 6669999, 10000000)]).attainment == "missed"


@pytest.mark.parametrize(
    ("comparator", "hits", "attainment"),
    [
        (">=", 75, "met"),
        (">", 75, "missed"),
        ("<=", 75, "met"),
        ("<", 75, "missed"),
        ("=", 75, "met"),
        ("=", 76, "missed"),
    ],
)
def test_comparators_at_the_goal(comparator: Any, hits: int, attainment: str) -> None:
    found = verdict(
        spec(Target(comparator=comparator, value=75, unit="percent")), [ratio("FY27 Q1", hits, 100)]
    )
    assert found.attainment == attainment


def test_before_the_first_quarter_closes_it_is_pending() -> None:
    found = verdict(
        spec(AT_LEAST_75, effective_from=date(2026, 10, 1)),
        [ratio("FY27 Q1", 90, 100), ratio("FY27 Q2", 80, 100)],
    )
    assert (found.attainment, found.period) == ("pending", "FY27 Q2")


def test_a_dated_goal_waits_for_its_date_and_is_judged_there() -> None:
    goal = Target(comparator=">=", value=30, unit="percent", by=date(2026, 12, 31))
    early = verdict(spec(goal), [ratio("FY27 Q1", 40, 100)])
    assert (early.attainment, early.why) == (
        "pending",
        "FY27 Q1: 40.0 % against at least 30.0 %; due on 2026-12-31.",
    )
    after = verdict(
        spec(goal),
        [ratio("FY27 Q1", 40, 100), ratio("FY27 Q2", 20, 100), ratio("FY27 Q3", 35, 100)],
        as_of=date(2027, 3, 31),
    )
    assert (after.attainment, after.period) == ("missed", "FY27 Q2")
    assert "reached later, FY27 Q3: 35.0 %" in after.why


def test_a_count_is_met_as_soon_as_it_is_reached_and_never_red_before_its_year_ends() -> None:
    goal = Target(comparator=">=", value=6, unit="session", by=date(2027, 6, 30))
    assert verdict(spec(goal), [count("FY27", 5)], COUNT).attainment == "pending"
    assert verdict(spec(goal), [count("FY27", 6)], COUNT).attainment == "met"
    assert verdict(spec(goal), [count("FY27", 5)], COUNT, as_of=date(2027, 6, 30)).attainment == "missed"


def four_a_year(*quarters: int, as_of: date = AS_OF) -> Verdict:
    series = [count(f"FY27 Q{place}", number) for place, number in enumerate(quarters, start=1)]
    goal = (
        Target(comparator=">=", value=4, unit="meeting", per="year"),
        Target(comparator=">=", value=1, unit="meeting", per="quarter"),
    )
    return verdict(spec(*goal), [*series, count("FY27", sum(quarters))], COUNT, as_of=as_of)


def test_four_a_year_and_one_in_each_closed_quarter() -> None:
    assert four_a_year(1, 0).attainment == "pending"  # the second quarter is still open
    assert four_a_year(0, 4).attainment == "missed"  # the first went by without one, whatever the total
    assert four_a_year(1, 1, 1, 1, as_of=date(2027, 6, 30)).attainment == "met"
    assert four_a_year(2, 2, 0, 2, as_of=date(2027, 6, 30)).attainment == "missed"
    assert four_a_year(1, 1, 1, 0, as_of=date(2027, 5, 31)).attainment == "pending"


def test_the_next_years_quarters_start_anew() -> None:
    series = [count("FY27 Q4", 0), count("FY28 Q1", 1), count("FY27", 3), count("FY28", 1)]
    goal = (Target(comparator=">=", value=4, per="year"), Target(comparator=">=", value=1, per="quarter"))
    found = verdict(spec(*goal), series, COUNT, as_of=date(2027, 10, 31))
    # FY27 closed with three of four: the total is missed; the new year's own quarter is fine.
    assert [one["attainment"] for one in found.targets] == ["missed", "met"]


def test_a_missed_stretch_beside_a_met_commitment_is_met() -> None:
    stretch = Target(level="stretch", comparator=">=", value=90, unit="percent")
    found = verdict(spec(AT_LEAST_75, stretch), [ratio("FY27 Q1", 80, 100)])
    assert found.attainment == "met"
    assert [one["attainment"] for one in found.targets] == ["met", "missed"]


# Change


def test_a_change_in_points_is_measured_from_the_year_before_the_plan() -> None:
    goal = Target(comparator=">=", value=5, unit="percentage point", change=Change("up", relative=False))
    made = spec(goal, effective_from=date(2026, 7, 1))
    series = [ratio("FY26", 40, 100), ratio("FY27 Q1", 46, 100)]
    assert verdict(made, series).attainment == "met"
    assert verdict(made, [ratio("FY26", 42, 100), ratio("FY27 Q1", 46, 100)]).attainment == "missed"
    none = verdict(made, [ratio("FY27 Q1", 46, 100)])
    assert none.attainment == ""
    assert "no baseline" in none.why


def test_a_change_that_may_be_percent_or_points_is_decided_only_where_both_agree() -> None:
    goal = Target(comparator=">=", value=5, unit="percent", change=Change("up", relative=None))
    made = spec(goal, effective_from=date(2026, 7, 1))
    # 40 to 50 %: ten points, and 25 % more. 40 to 43 %: three points, but 7.5 % more.
    assert verdict(made, [ratio("FY26", 40, 100), ratio("FY27 Q1", 50, 100)]).attainment == "met"
    torn = verdict(made, [ratio("FY26", 40, 100), ratio("FY27 Q1", 43, 100)])
    assert torn.attainment == "pending"
    assert "percent or points" in torn.why


def test_a_fall_from_a_stated_figure() -> None:
    options = {"kind": "mean", "unit": "days", "per_unit": 86400, "roll_up": "sum"}
    period = parse_period("FY27 Q1")
    goal = Target(comparator=">=", value=3, unit="day", change=Change("down", relative=False, from_value=20))

    def at(days: int) -> str:
        parts = {"count": 1, "total": str(days * 86400), "squares": "0"}
        figure = Figure("quarter", "FY27 Q1", period.starts, period.ends, parts, float(days), 1)
        return verdict(spec(goal), [figure], options).attainment

    assert (at(17), at(18)) == ("met", "missed")


# Standing


def test_precedence() -> None:
    retired = spec(AT_LEAST_75, retired_on=date(2026, 1, 1))
    assert verdict(retired, [ratio("FY27 Q1", 80, 100)]).standing == "retired"
    assert verdict(spec(AT_LEAST_75), []).standing == "no_data"
    stale = verdict(spec(AT_LEAST_75), [ratio("FY26 Q3", 80, 100)])
    assert (stale.standing, stale.attainment) == ("stale", "")
    learning = verdict(spec(Target(level="learning")), [ratio("FY27 Q1", 80, 100)])
    assert (learning.standing, learning.attainment, learning.value) == ("baseline", "", 0.8)
    baseline = verdict(spec(Target(baseline="no target yet")), [ratio("FY27 Q1", 80, 100)])
    assert (baseline.standing, baseline.value) == ("baseline", 0.8)
    no_goal = verdict(spec(), [ratio("FY27 Q1", 80, 100)])
    assert (no_goal.standing, no_goal.why) == ("baseline", "FY27 Q1: 80.0 %. The plan sets no goal.")


def test_a_suppressed_figure_is_not_shown_and_not_judged() -> None:
    period = parse_period("FY27 Q1")
    hidden = Figure("quarter", "FY27 Q1", period.starts, period.ends, {"numerator": 1, "denominator": 2, "unknown": 0},
                    None, 2, suppressed=True)  # fmt: skip
    found = verdict(spec(AT_LEAST_75, minimum_n=5), [hidden])
    assert (found.standing, found.attainment, found.value) == ("suppressed", "", None)


def test_a_cohort_that_is_not_old_enough_is_pending_and_not_red() -> None:
    period = parse_period("FY27 Q2")
    young = Figure("quarter", "FY27 Q2", period.starts, period.ends, {"numerator": 0, "denominator": 0, "unknown": 0},
                   None, 0, left_out={"not due yet": 12})  # fmt: skip
    found = verdict(
        spec(Target(comparator="=", value=100, unit="percent")), [young], {**RATIO, "kind": "cohort"}
    )
    assert (found.standing, found.attainment) == ("scored", "pending")
    assert found.why.startswith("12 not due yet")


def test_a_reported_figure_is_judged_and_labelled() -> None:
    period = parse_period("FY27 Q1")
    point = ReportedPoint("quarter", "FY27 Q1", period.starts, period.ends, 75.0)
    made = IndicatorSpec(
        plan="p", plan_version=1, code="1", unit="percent", targets=(AT_LEAST_75,), reported=(point,)
    )
    found = verdict_of(made, as_of=AS_OF)
    assert (found.standing, found.attainment, found.value, found.source) == (
        "reported",
        "met",
        0.75,
        "reported",
    )
    assert found.why.startswith("Reported, not computed.")
    assert counts([found]) == {"reported": 1}


def test_a_measure_takes_the_place_of_reported_figures() -> None:
    period = parse_period("FY27 Q1")
    point = ReportedPoint("quarter", "FY27 Q1", period.starts, period.ends, 10.0)
    found = verdict(spec(AT_LEAST_75, reported=(point,)), [ratio("FY27 Q1", 80, 100)])
    assert (found.standing, found.value) == ("scored", 0.8)


def test_counts_name_every_indicator_once() -> None:
    made = [verdict(spec(AT_LEAST_75), [ratio("FY27 Q1", hits, 100)]) for hits in (80, 80, 10)] + [
        verdict(spec(AT_LEAST_75), [])
    ]
    assert counts(made) == {"met": 2, "missed": 1, "no_data": 1}


# Milestones

MILESTONE = {"kind": "milestone", "unit": "milestone", "roll_up": "last"}


def milestone(**parts: int) -> list[Figure]:
    period = period_of(AS_OF, "month")
    full = (
        dict.fromkeys(("all", "in_time", "late", "unconfirmed", "overdue", "open"), 0)
        | {"last_day": None}
        | parts
    )
    return [Figure("month", period.label, period.starts, period.ends, full, 0.0, int(full["all"] or 0))]


def days(text: str) -> int:
    return (date.fromisoformat(text) - date(1970, 1, 1)).days


@pytest.mark.parametrize(
    ("parts", "by", "attainment", "outlook"),
    [
        ({"all": 1, "in_time": 1, "last_day": days("2026-09-01")}, date(2026, 9, 30), "met", ""),
        ({"all": 1, "in_time": 1, "last_day": days("2026-10-01")}, date(2026, 9, 30), "missed", ""),
        ({"all": 1, "open": 1, "last_day": days("2026-12-01")}, date(2026, 12, 31), "pending", "on_track"),
        ({"all": 1, "open": 1, "last_day": days("2027-02-01")}, date(2026, 12, 31), "pending", "off_track"),
        ({"all": 1, "overdue": 1}, date(2026, 9, 30), "missed", ""),
        (
            {"all": 1, "unconfirmed": 1, "last_day": days("2026-09-20")},
            date(2026, 9, 30),
            "pending",
            "on_track",
        ),
        ({"all": 1, "unconfirmed": 1, "last_day": days("2026-10-20")}, date(2026, 9, 30), "missed", ""),
        ({"all": 2, "in_time": 1, "overdue": 1}, date(2026, 9, 30), "missed", ""),
        ({"all": 1, "in_time": 1, "last_day": days("2026-09-01")}, None, "met", ""),
        ({"all": 1, "late": 1, "last_day": days("2026-09-01")}, None, "missed", ""),
    ],
)
def test_milestones(parts: dict[str, int], by: date | None, attainment: str, outlook: str) -> None:
    found = verdict(spec(Target(unit="milestone", by=by)), milestone(**parts), MILESTONE)
    assert (found.attainment, found.outlook) == (attainment, outlook)


def beside(parts: dict[str, int], hits: int) -> Verdict:
    """The verdict on a goal of a figure and an undated milestone: 80 % are wanted, and a review."""
    made = spec(
        Target(unit="milestone", of="pilot review"),
        Target(comparator=">=", value=80, unit="percent", of="calls"),
    )
    return verdict_of(
        made, as_of=AS_OF, options=RATIO, series=[ratio("FY27 Q1", hits, 100)], measured=True,
        others={"milestone": (MILESTONE, milestone(**parts))} if parts else {},
    )  # fmt: skip


@pytest.mark.parametrize(
    ("parts", "hits", "attainment", "why"),
    [
        ({"all": 1, "open": 1, "last_day": days("2031-06-30")}, 90, "pending",
         "Pilot review: not done yet; expected by 2031-06-30. FY27 Q1: 90.0 % against at least 80.0 %."),
        ({"all": 1, "in_time": 1, "last_day": days("2026-09-01")}, 90, "met",
         "Pilot review: done on 2026-09-01. FY27 Q1: 90.0 % against at least 80.0 %."),
        ({"all": 1, "in_time": 1, "last_day": days("2026-09-01")}, 70, "missed",
         "FY27 Q1: 70.0 % against at least 80.0 %. Pilot review: done on 2026-09-01."),
        ({"all": 1, "overdue": 1}, 90, "missed",
         "Pilot review: not done in time. FY27 Q1: 90.0 % against at least 80.0 %."),
        ({}, 90, "pending", "FY27 Q1: 90.0 % against at least 80.0 %. Pilot review: no milestone is recorded for it."),
    ],
)  # fmt: skip
def test_a_milestone_beside_a_figure_is_judged_as_what_it_is(
    parts: dict[str, int], hits: int, attainment: str, why: str
) -> None:
    found = beside(parts, hits)
    # The figure shown is the share, never the milestone's.
    assert (found.attainment, found.value, found.why) == (attainment, hits / 100, why)
    assert [one["attainment"] for one in found.targets][1] == ("met" if hits >= 80 else "missed")


def test_exact_figures() -> None:
    from fractions import Fraction

    assert exact({"kind": "ratio"}, {"numerator": 1, "denominator": 3, "unknown": 0}) == Fraction(1, 3)
    assert exact({"kind": "ratio"}, {"numerator": 0, "denominator": 3, "unknown": 3}) is None
    assert (
        exact({"kind": "score", "statistic": "nps"}, {"top": 60, "bottom": 20, "count": 100, "total": "0"})
        == 40
    )
    assert exact({"kind": "sum", "per_unit": 100}, {"count": 1, "total": "12345"}) == Fraction(12345, 100)
