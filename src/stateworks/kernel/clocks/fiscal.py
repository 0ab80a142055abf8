"""Months, fiscal quarters and fiscal years: how a date falls into them and what they are called.

A fiscal year is named for the calendar year in which it ends. With a start in July, FY27 runs from 1 July 2026 to
30 June 2027 and its second quarter, `FY27 Q2`, is October to December 2026. Months carry their calendar name, `2026-10`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Literal

from stateworks.kernel.errors import Refused

if TYPE_CHECKING:
    import polars as pl

Grain = Literal["month", "quarter", "year"]
GRAINS: tuple[Grain, ...] = ("month", "quarter", "year")
MONTHS_IN: dict[Grain, int] = {"month": 1, "quarter": 3, "year": 12}

_MONTH = re.compile(r"(\d{4})-(\d{2})")
_YEAR = re.compile(r"(?:FY\s*)(\d{4}|\d{2})", re.IGNORECASE)
_QUARTER_LAST = re.compile(r"FY\s*(\d{4}|\d{2})[\s-]*Q([1-4])", re.IGNORECASE)
_QUARTER_FIRST = re.compile(r"Q([1-4])[\s-]*FY\s*(\d{4}|\d{2})", re.IGNORECASE)


@dataclass(frozen=True)
class Period:
    """A month, fiscal quarter or fiscal year with its label and its first and last day."""

    grain: Grain
    label: str
    starts: date
    ends: date

    def __contains__(self, day: date) -> bool:
        return self.starts <= day <= self.ends

    def __str__(self) -> str:
        return self.label

    @property
    def days(self) -> int:
        """How many days the period has."""
        return (self.ends - self.starts).days + 1

    def closed(self, as_of: date) -> bool:
        """Whether the period's last day has passed by the end of `as_of`."""
        return self.ends <= as_of


def fiscal_year_of(day: date, start_month: int = 7) -> int:
    """Return the fiscal year of a date as a full number: 2027 for 1 July 2026 with a start in July."""
    return day.year + (1 if start_month > 1 and day.month >= start_month else 0)


def quarter_of(day: date, start_month: int = 7) -> int:
    """Return the fiscal quarter of a date, 1 to 4."""
    return (day.month - start_month) % 12 // 3 + 1


def period_of(day: date, grain: Grain, start_month: int = 7) -> Period:
    """Return the period of the given grain in which a date falls."""
    if grain == "month":
        return _period(grain, day.year, day.month, start_month)
    year = fiscal_year_of(day, start_month)
    if grain == "quarter":
        return _quarter(year, quarter_of(day, start_month), start_month)
    return _year(year, start_month)


def parse_period(label: str, start_month: int = 7) -> Period:
    """Read a period's label: `2026-10`, `FY27 Q2` (also `Q2 FY2027`) or `FY27`; anything else is refused."""
    text = label.strip()
    if (found := _MONTH.fullmatch(text)) and 1 <= int(found[2]) <= 12 and int(found[1]) >= 1:
        return _period("month", int(found[1]), int(found[2]), start_month)
    if found := _QUARTER_LAST.fullmatch(text):
        return _quarter(_full_year(found[1]), int(found[2]), start_month)
    if found := _QUARTER_FIRST.fullmatch(text):
        return _quarter(_full_year(found[2]), int(found[1]), start_month)
    if found := _YEAR.fullmatch(text):
        return _year(_full_year(found[1]), start_month)
    raise Refused(
        f"“{label}” is no period: write a month as 2026-10, a quarter as FY27 Q2 or a fiscal year as FY27."
    )


def periods_between(first_day: date, last_day: date, grain: Grain, start_month: int = 7) -> list[Period]:
    """Return every period that holds a day from `first_day` to `last_day`, oldest first; none if the days are reversed."""
    if last_day < first_day:
        return []
    found = [period_of(first_day, grain, start_month)]
    while found[-1].ends < last_day:
        found.append(following(found[-1], start_month))
    return found


def previous(period: Period, start_month: int | None = None) -> Period:
    """Return the period of the same grain that ends the day before this one starts."""
    return period_of(period.starts - timedelta(days=1), period.grain, start_month or _start_month(period))


def following(period: Period, start_month: int | None = None) -> Period:
    """Return the period of the same grain that starts the day after this one ends."""
    return period_of(period.ends + timedelta(days=1), period.grain, start_month or _start_month(period))


def parts(period: Period, grain: Grain) -> list[Period]:
    """Return the shorter periods that make up a longer one, such as the three months of a quarter."""
    return periods_between(period.starts, period.ends, grain, _start_month(period))


def label_column(day: pl.Expr, grain: Grain, start_month: int = 7) -> pl.Expr:
    """Return the polars expression of `period_of(day, grain, start_month).label` for a whole column of dates."""
    import polars as pl

    if grain == "month":
        return day.dt.strftime("%Y-%m")
    year = day.dt.year() + (day.dt.month() >= start_month).cast(pl.Int32) * (1 if start_month > 1 else 0)
    two = (
        pl.when(year.is_between(2000, 2099))
        .then((year % 100).cast(pl.Utf8).str.zfill(2))
        .otherwise(year.cast(pl.Utf8).str.zfill(4))
    )
    if grain == "year":
        return pl.when(day.is_null()).then(None).otherwise(pl.concat_str(pl.lit("FY"), two))
    quarter = ((day.dt.month().cast(pl.Int32) - start_month + 12) % 12) // 3 + 1
    return (
        pl.when(day.is_null())
        .then(None)
        .otherwise(pl.concat_str(pl.lit("FY"), two, pl.lit(" Q"), quarter.cast(pl.Utf8)))
    )


def start_column(day: pl.Expr, grain: Grain, start_month: int = 7) -> pl.Expr:
    """Return the polars expression of `period_of(day, grain, start_month).starts` for a whole column of dates."""
    first = day.dt.month_start()
    if grain == "month":
        return first
    length = MONTHS_IN[grain]
    import polars as pl

    back = (day.dt.month().cast(pl.Int32) - start_month + 12) % length
    return first.dt.offset_by(pl.concat_str(pl.lit("-"), back.cast(pl.Utf8), pl.lit("mo")))


def _start_month(period: Period) -> int:
    """Tell the fiscal calendar from a period itself; every quarter's start gives the same quarters and labels."""
    if period.grain == "month":
        return 7
    if period.grain == "year":
        return period.starts.month
    number = int(period.label[-1])
    return (period.starts.month - 3 * (number - 1) - 1) % 12 + 1


def _full_year(text: str) -> int:
    return 2000 + int(text) if len(text) == 2 else int(text)


def _short_year(year: int) -> str:
    return f"{year % 100:02d}" if 2000 <= year <= 2099 else f"{year:04d}"


def _quarter(year: int, number: int, start_month: int) -> Period:
    first = start_month + 3 * (number - 1)
    calendar_year = (year if start_month == 1 else year - 1) + (first - 1) // 12
    return _period("quarter", calendar_year, (first - 1) % 12 + 1, start_month)


def _year(year: int, start_month: int) -> Period:
    return _period("year", year if start_month == 1 else year - 1, start_month, start_month)


def _period(grain: Grain, year: int, month: int, start_month: int) -> Period:
    """Build the period that starts on the first of a calendar month."""
    try:
        starts = date(year, month, 1)
        end_month = month + MONTHS_IN[grain]
        ends = date(year + (end_month - 1) // 12, (end_month - 1) % 12 + 1, 1) - timedelta(days=1)
    except ValueError:
        raise Refused(f"The year {year} is outside the calendar; use a year from 1 to 9998.") from None
    if grain == "month":
        label = f"{starts:%Y-%m}" if year >= 1000 else f"{year:04d}-{month:02d}"
    else:
        label = f"FY{_short_year(fiscal_year_of(starts, start_month))}"
        if grain == "quarter":
            label += f" Q{quarter_of(starts, start_month)}"
    return Period(grain, label, starts, ends)
