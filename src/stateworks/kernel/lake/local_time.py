"""Local dates and clock readings as SQL arithmetic: a zone's offsets are few, so a CASE beats a calendar library by far."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from stateworks.kernel.lake.contracts import quoted

FIRST, LAST = datetime(1995, 1, 1, tzinfo=UTC), datetime(2045, 1, 1, tzinfo=UTC)
"""Instants before and after take the offset at these bounds."""


def local_seconds_sql(instant: str, zone: str, *, alias: str = "") -> str:
    """Return the seconds since 1970 that a zone's wall clock shows at an instant, as a whole number."""
    name = f"{alias}.{quoted(instant)}" if alias else quoted(instant)
    cases = [
        f"WHEN {name} < TIMESTAMPTZ '{until:%Y-%m-%d %H:%M:%S}+00' THEN {offset}"
        for until, offset in offsets(zone)[:-1]
    ]
    last = offsets(zone)[-1][1]
    offset = f"CASE {' '.join(cases)} ELSE {last} END" if cases else str(last)
    return f"(epoch_us({name}) // 1000000 + {offset})"


def local_date_sql(instant: str, zone: str, *, alias: str = "") -> str:
    """Return the local date of an instant."""
    return f"(DATE '1970-01-01' + CAST(floor({local_seconds_sql(instant, zone, alias=alias)} / 86400) AS INTEGER))"


@lru_cache(maxsize=16)
def offsets(zone: str) -> tuple[tuple[datetime, int], ...]:
    """Return a zone's offsets in seconds, each with the instant until which it holds."""
    place = ZoneInfo(zone)
    found = []
    at = FIRST
    while at < LAST:
        offset = _offset(place, at)
        until = _next_change(place, at, offset)
        found.append((until, offset))
        at = until
    return tuple(found)


def _offset(place: ZoneInfo, at: datetime) -> int:
    return int((at.astimezone(place).utcoffset() or timedelta()).total_seconds())


def _next_change(place: ZoneInfo, at: datetime, offset: int) -> datetime:
    """Find the next change to the second, by weeks and then by halves."""
    step = timedelta(days=7)
    high = at + step
    while high < LAST and _offset(place, high) == offset:
        high += step
    if high >= LAST and _offset(place, LAST) == offset:
        return LAST
    low = high - step
    while high - low > timedelta(seconds=1):
        middle = (low + (high - low) / 2).replace(microsecond=0)
        low, high = (middle, high) if _offset(place, middle) == offset else (low, middle)
    return high
