"""Dates as plans write them: fiscal years and quarters, plan years, months and days.

A fiscal year is named after the calendar year it ends in: with a July start, FY27 runs from 1 July 2026 to 30 June
2027.
"FY 2026-27" and "FY26/27" name that same year; "FY26-FY28" is a span of three.
"""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import date, timedelta

_MONTHS = {name.lower(): number for number, name in enumerate(calendar.month_name) if name}
_ORDINALS = {"first": 1, "second": 2, "third": 3, "fourth": 4}
_NUMBERS = {"one": 1, "two": 2, "three": 3, "four": 4, "five": 5}
_FISCAL = re.compile(r"(?:FY|fiscal year)\s?['’]?(\d{2,4})(?:\s?[-–/]\s?(FY\s?)?(\d{2,4}))?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Moment:
    """A span of days that a phrase names; `is_day` where it names one day only."""

    start: date
    end: date
    is_day: bool = False


def _full_year(text: str) -> int:
    year = int(text)
    return year + 2000 if year < 100 else year


def fiscal_year(year: int, start_month: int) -> Moment:
    """Return the fiscal year named `year`; with a January start it is the calendar year."""
    first = date(year if start_month == 1 else year - 1, start_month, 1)
    return Moment(first, date(first.year + 1, start_month, 1) - timedelta(days=1))


def fiscal_quarter(year: int, quarter: int, start_month: int) -> Moment:
    """Return quarter 1 to 4 of the fiscal year named `year`."""
    first = fiscal_year(year, start_month).start
    return Moment(_add_months(first, 3 * (quarter - 1)), _add_months(first, 3 * quarter) - timedelta(days=1))


def _add_months(day: date, months: int) -> date:
    index = day.year * 12 + day.month - 1 + months
    year, month = divmod(index, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def read_fiscal_year(text: str) -> tuple[int, int] | None:
    """Return the first and last fiscal year that a text such as "FY26", "FY 2026-27" or "FY26-FY28" names."""
    found = _FISCAL.search(text)
    if not found:
        return None
    first = _full_year(found[1])
    if not found[3]:
        return first, first
    last = _full_year(found[3])
    if found[2] is None and last == first + 1:
        return last, last
    return (first, last) if first <= last else (first, first)


def read_quarter(text: str) -> int | None:
    """Return 1 to 4 for "Q3" or "third quarter"."""
    found = re.search(r"Q([1-4])", text, re.IGNORECASE)
    if found:
        return int(found[1])
    return next((number for word, number in _ORDINALS.items() if word in text.lower()), None)


def read_month(text: str) -> Moment | None:
    """Read "June 2028", "30 June 2028" or "June 30, 2028"; a day that does not exist gives None."""
    words = text.replace(",", " ").split()
    month = next((_MONTHS[word.lower()] for word in words if word.lower() in _MONTHS), None)
    numbers = [int(word) for word in words if word.isdigit()]
    if month is None or not numbers:
        return None
    year = numbers[-1] if words[-1].isdigit() else numbers[0]
    last = calendar.monthrange(year, month)[1]
    if len(numbers) == 1:
        return Moment(date(year, month, 1), date(year, month, last))
    if not 1 <= numbers[0] <= last:
        return None
    day = date(year, month, numbers[0])
    return Moment(day, day, is_day=True)


def plan_year(text: str, plan_start: date | None) -> Moment | None:
    """Read "Year 1" as twelve months from the plan's first day on; without a plan there is no answer."""
    word = text.split()[-1].lower()
    number = _NUMBERS.get(word) or (int(word) if word.isdigit() else 0)
    if plan_start is None or not 1 <= number <= 50:
        return None
    return Moment(
        _add_months(plan_start, 12 * (number - 1)), _add_months(plan_start, 12 * number) - timedelta(days=1)
    )


def read_moment(parts: dict[str, str], *, start_month: int, plan_start: date | None) -> Moment | None:
    """Turn the parts of a date, by their terminal's name in the grammar, into the days they cover; None if open."""
    try:
        return _read_moment(parts, start_month, plan_start)
    except (ValueError, OverflowError):
        return None


def _read_moment(parts: dict[str, str], start_month: int, plan_start: date | None) -> Moment | None:
    if "ISO_DATE" in parts:
        day = date.fromisoformat(parts["ISO_DATE"])
        return Moment(day, day, is_day=True)
    if "MONTH_DATE" in parts:
        return read_month(parts["MONTH_DATE"])
    if "PLAN_YEAR" in parts:
        return plan_year(parts["PLAN_YEAR"], plan_start)
    quarter = read_quarter(parts["QUARTER"]) if "QUARTER" in parts else None
    if "FISCAL_YEAR" in parts:
        years = read_fiscal_year(parts["FISCAL_YEAR"])
        if years is None:
            return None
        if quarter:
            return fiscal_quarter(years[1], quarter, start_month)
        return Moment(fiscal_year(years[0], start_month).start, fiscal_year(years[1], start_month).end)
    if "YEAR" in parts:
        year = int(parts["YEAR"])
        return fiscal_quarter(year, quarter, 1) if quarter else Moment(date(year, 1, 1), date(year, 12, 31))
    if quarter and plan_start:
        first = _add_months(plan_start, 3 * (quarter - 1))
        return Moment(first, _add_months(first, 3) - timedelta(days=1))
    return None
