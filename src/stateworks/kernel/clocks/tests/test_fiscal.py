"""Fiscal periods, by hand and over every day of thirty years."""

from __future__ import annotations

from datetime import date, timedelta

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from stateworks.kernel.clocks.fiscal import (
    GRAINS,
    following,
    label_column,
    parse_period,
    parts,
    period_of,
    periods_between,
    previous,
    start_column,
)
from stateworks.kernel.errors import Refused

#                  day                  start  month      quarter    year
BY_HAND = [
    (date(2026, 6, 30), 7, "2026-06", "FY26 Q4", "FY26"),
    (date(2026, 7, 1), 7, "2026-07", "FY27 Q1", "FY27"),
    (date(2026, 10, 31), 7, "2026-10", "FY27 Q2", "FY27"),
    (date(2027, 1, 1), 7, "2027-01", "FY27 Q3", "FY27"),
    (date(2026, 9, 30), 10, "2026-09", "FY26 Q4", "FY26"),
    (date(2026, 10, 1), 10, "2026-10", "FY27 Q1", "FY27"),
    (date(2026, 12, 31), 1, "2026-12", "FY26 Q4", "FY26"),
    (date(1999, 7, 1), 7, "1999-07", "FY00 Q1", "FY00"),
    (date(1998, 7, 1), 7, "1998-07", "FY1999 Q1", "FY1999"),
]


@pytest.mark.parametrize(("day", "start", "month", "quarter", "year"), BY_HAND)
def test_labels(day: date, start: int, month: str, quarter: str, year: str) -> None:
    assert [period_of(day, grain, start).label for grain in GRAINS] == [month, quarter, year]


def test_bounds_of_fiscal_2027() -> None:
    year = parse_period("FY27")
    assert (year.starts, year.ends, year.days) == (date(2026, 7, 1), date(2027, 6, 30), 365)
    assert [quarter.label for quarter in parts(year, "quarter")] == [
        "FY27 Q1",
        "FY27 Q2",
        "FY27 Q3",
        "FY27 Q4",
    ]
    assert parse_period("FY27 Q2").starts == date(2026, 10, 1)
    assert parse_period("FY27 Q2").ends == date(2026, 12, 31)
    assert not year.closed(date(2027, 6, 29))
    assert year.closed(date(2027, 6, 30))


@pytest.mark.parametrize("text", ["Q2 FY27", "fy2027 q2", " FY27 Q2 ", "FY27-Q2"])
def test_other_spellings(text: str) -> None:
    assert parse_period(text).label == "FY27 Q2"


@pytest.mark.parametrize("text", ["", "2026", "2026-13", "Q5 FY27", "FY27 Q0", "FY0", "27"])
def test_no_period(text: str) -> None:
    with pytest.raises(Refused, match=r"is no period|outside the calendar"):
        parse_period(text)


def test_periods_between() -> None:
    labels = [one.label for one in periods_between(date(2026, 6, 30), date(2027, 1, 1), "quarter")]
    assert labels == ["FY26 Q4", "FY27 Q1", "FY27 Q2", "FY27 Q3"]
    assert periods_between(date(2026, 7, 2), date(2026, 7, 1), "month") == []


@given(st.dates(date(1000, 1, 1), date(2300, 1, 1)), st.sampled_from(GRAINS), st.integers(1, 12))
def test_periods_tile_the_calendar(day: date, grain: str, start: int) -> None:
    period = period_of(day, grain, start)  # type: ignore[arg-type]
    assert day in period
    assert parse_period(period.label, start) == period
    assert previous(period).ends + timedelta(days=1) == period.starts
    assert following(period).starts == period.ends + timedelta(days=1)
    assert following(previous(period)) == period


@pytest.mark.parametrize("grain", GRAINS)
@pytest.mark.parametrize("start", [1, 4, 7, 10])
def test_columns_say_the_same(grain: str, start: int) -> None:
    days = [date(1990, 1, 1) + timedelta(days=3 * step) for step in range(4000)]
    frame = pl.DataFrame({"day": [*days, None]})
    column = frame.select(
        label_column(pl.col("day"), grain, start).alias("label"),
        start_column(pl.col("day"), grain, start).alias("starts"),  # type: ignore[arg-type]
    )
    periods = [period_of(day, grain, start) for day in days]  # type: ignore[arg-type]
    assert column["label"].to_list() == [*(one.label for one in periods), None]
    assert column["starts"].to_list() == [*(one.starts for one in periods), None]
