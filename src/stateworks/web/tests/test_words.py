"""Figures, goals and drawings as people read them."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stateworks.web import words
from stateworks.web.drawing.process_chart import Limits, Mark, process_chart, steps
from stateworks.web.drawing.sparkline import sparkline
from stateworks.web.drawing.timeline import Stop, timeline
from stateworks.web.goal_words import goal_figure, goal_words
from stateworks.web.indicator.sentence import next_report


def plain(text: str) -> str:
    return text.replace(words.HARD_SPACE, " ").replace(words.MINUS, "-").replace(words.EN_DASH, "-")


@pytest.mark.parametrize(
    ("value", "unit", "shown"),
    [
        (0.718, "percent", "71.8 %"),
        (0.9996, "percent", "99.96 %"),  # never rounded up to the goal it has not reached
        (0.99996, "percent", "99.996 %"),
        (1.0, "percent", "100.0 %"),
        (18.44, "minutes", "18.4 minutes"),
        (1.0, "minutes", "1.0 minute"),
        (23410, "count", "23,410"),
        (4.118, "score", "4.12"),
        (-7, "nps", "-7"),
        (123456, "cents", "$1,234.56"),
        (1.0, "milestone", "done"),
        (0.0, "milestone", "not done"),
        (0.5, "milestone", "50 % done"),
        (4, "meeting", "4 meetings"),
        (1, "agency", "1 agency"),
        (10, "agency", "10 agencies"),
        (2, "open_house", "2 open houses"),
        (None, "percent", ""),
    ],
)
def test_a_figure_carries_its_unit(value: float | None, unit: str, shown: str) -> None:
    assert plain(words.figure(value, unit)) == shown


def test_a_reported_value_is_shown_as_it_was_typed() -> None:
    assert plain(words.reported(71.8, "percent")) == "71.8 %"
    assert plain(words.reported(4.2, "score")) == "4.20"


@given(st.floats(min_value=0, max_value=0.9999999))
def test_a_share_below_the_whole_never_reads_as_the_whole(value: float) -> None:
    shown = words.figure(value, "percent")
    assert not plain(shown).startswith("100.0 %") or value > 0.999999


def test_moves_intervals_and_periods() -> None:
    assert plain(words.change(0.75, 0.71, "percent")) == "fell 4.0 points"
    assert plain(words.change(3, 4, "count")) == "rose 1"
    assert words.change(0.5, 0.5, "percent") == "did not move"
    assert plain(words.interval(0.712, 0.724, "percent")) == "71.2-72.4"
    assert words.period_words("2026-10") == "October 2026"
    assert words.period_words("FY27 Q2") == "FY27 Q2"
    assert words.period_words("2026-13") == "2026-13" and words.period_short("0000-01") == "0000-01"
    assert words.listed(["a", "b", "c", "d"]) == "a, b and 2 more"
    assert words.listed(["a", "b"]) == "a and b"
    assert words.listed([]) == ""


@pytest.mark.parametrize(
    ("targets", "shown", "level"),
    [
        ([{"comparator": ">=", "value": 75, "unit": "percent"}], "≥ 75 %", 0.75),
        ([{"comparator": "<=", "value": 20, "unit": "minute"}], "≤ 20 minutes", 20.0),
        ([{"unit": "milestone", "by": "2025-09-30"}], "done by 30 Sep 2025", None),
        (
            [{"comparator": ">=", "value": 4, "unit": "meeting", "per": "year"},
             {"comparator": ">=", "value": 1, "unit": "meeting", "per": "quarter"}],
            "≥ 4 meetings a year; ≥ 1 meeting a quarter", 4.0,
        ),
        ([{"comparator": ">=", "value": 5, "unit": "percent", "change": {"direction": "up", "relative": None}}],
         "up 5 % (relative or points: open)", None),
        ([{"comparator": ">=", "value": 10, "unit": "percent", "change": {"direction": "down", "relative": False}}],
         "down 10 points", None),
        ([{"level": "stretch", "comparator": ">=", "value": 90, "unit": "percent"}], "stretch: ≥ 90 %", None),
        ([{"baseline": "no target yet"}], "set a baseline", None),
        ([{"unit": "milestone", "of": "pilot review"}, {"comparator": "<=", "value": 1, "unit": "hour", "of": "top 10"}],
         "pilot review done; ≤ 1 hour of top 10", 1.0),
        ([], "", None),
    ],
)  # fmt: skip
def test_a_goal_fits_a_line(targets: list[dict[str, object]], shown: str, level: float | None) -> None:
    assert plain(goal_words(targets)) == shown
    assert goal_figure(targets) == level


def test_the_next_reporting_date_follows_the_frequency() -> None:
    day = dt.date(2026, 10, 31)
    assert next_report("monthly", day, 7) == dt.date(2026, 11, 30)
    assert next_report("quarterly", day, 7) == dt.date(2026, 12, 31)
    assert next_report("half-yearly", day, 7) == dt.date(2026, 12, 31)
    assert next_report("half-yearly", dt.date(2026, 8, 1), 7) == dt.date(2026, 12, 31)
    assert next_report("yearly", day, 7) == dt.date(2027, 6, 30)


def test_a_sparkline_breaks_at_a_gap_and_keeps_a_lonely_point() -> None:
    drawn = sparkline([1, 2, None, 3, None, 4], goal=2.5, title="A <b> & goal")
    assert drawn.count("<polyline") == 1
    assert drawn.count('class="spark-dot"') == 2
    assert drawn.count('class="spark-goal"') == 1
    assert "A &lt;b&gt; &amp; goal" in drawn
    assert sparkline([1, None], title="one") == ""
    assert "style=" not in drawn


def test_a_chart_has_limits_signals_and_direct_labels() -> None:
    marks = [Mark(f"m{n}", float(n % 5), 0.0, 6.0, signal=n == 3) for n in range(14)]
    drawn = process_chart(
        marks, title="t", words=lambda value: f"{value:g}", goal=4.0, limits=Limits(2.0, -1.0, 5.0)
    )
    assert drawn.count('class="chart-limit"') == 2
    assert drawn.count('class="chart-signal"') == 1
    assert "goal 4" in drawn
    assert "upper limit 5" in drawn
    heights = [
        float(y)
        for y in re.findall(r'<text class="chart-(?:text|goaltext|soft)" x="596.0" y="([\d.-]+)"', drawn)
    ]
    assert all(
        later - earlier >= 14.9 for earlier, later in zip(sorted(heights), sorted(heights)[1:], strict=False)
    )
    assert process_chart(marks[:1], title="t", words=str) == ""


@given(st.floats(-1e6, 1e6), st.floats(0.001, 1e6))
def test_the_axis_spans_the_figures_in_round_steps(low: float, span: float) -> None:
    found = steps(low, low + span)
    assert found[0] <= low + 1e-6 * abs(low)
    assert found[-1] >= low + span - 1e-6 * (abs(low) + span)
    assert 2 <= len(found) <= 14


def test_milestones_stand_on_a_line_of_fiscal_years() -> None:
    stops = [
        Stop("Done <one>", dt.date(2026, 9, 1), dt.date(2026, 8, 1)),
        Stop("Late", dt.date(2026, 9, 1), None),
        Stop("Coming", dt.date(2028, 6, 30), None),
        Stop("Undated", None, None),
    ]
    drawn = timeline(
        stops, starts=dt.date(2026, 7, 1), ends=dt.date(2028, 6, 30), today=dt.date(2026, 10, 31)
    )
    assert "FY27" in drawn
    assert "FY28" in drawn
    assert drawn.count('class="chart-done"') == 1
    assert drawn.count('class="chart-late"') == 1
    assert drawn.count('class="chart-due"') == 2
    assert "Done &lt;one&gt;" in drawn
    assert timeline([], starts=dt.date(2026, 7, 1), ends=dt.date(2028, 6, 30), today=None) == ""


def test_a_chart_is_as_high_as_its_intervals_where_that_is_asked_for() -> None:
    """From 1 to 2 the axis has 2 as its highest tick; an interval up to 9 takes it to 10."""
    marks = [Mark("a", 1.0), Mark("b", 2.0, 0.0, 9.0, hollow=True)]
    cut, whole = (
        process_chart(marks, title="T", words=lambda value: f"({value:g})", whole_intervals=asked)
        for asked in (False, True)
    )
    assert "(2)" in cut and "(10)" not in cut
    assert "(10)" in whole
