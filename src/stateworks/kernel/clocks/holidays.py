"""The days a state's offices are closed, from the `holidays` library and the state's own additions."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from functools import lru_cache

from stateworks.kernel.errors import Refused


def state_holidays(state: str, years: Iterable[int]) -> dict[date, str]:
    """Return the holidays of a state (two letters, such as LA) in some years, with their names.

    The days observed are those when offices are closed: a holiday on a Sunday closes the Monday after it.
    """
    found: dict[date, str] = {}
    for year in sorted(set(years)):
        found |= _in_year(state.upper(), year)
    return found


@lru_cache(maxsize=256)
def _in_year(state: str, year: int) -> dict[date, str]:
    import holidays

    if state not in holidays.list_supported_countries()["US"]:
        raise Refused(
            f"“{state}” is no state whose holidays are known; set STATEWORKS_HOLIDAYS to two letters, such as LA."
        )
    return dict(sorted(holidays.country_holidays("US", subdiv=state, years=year, observed=True).items()))


def is_holiday(day: date, state: str) -> bool:
    """Tell whether a state's offices are closed on a day for a holiday."""
    return day in _in_year(state.upper(), day.year)


def business_days(first: date, last: date, state: str) -> int:
    """Count the days from the first to the last, both included, that are neither weekend nor holiday."""
    from datetime import timedelta

    days = (first + timedelta(days=step) for step in range((last - first).days + 1))
    return sum(day.weekday() < 5 and not is_holiday(day, state) for day in days)
