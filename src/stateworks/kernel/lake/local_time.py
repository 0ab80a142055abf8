"""Local dates and clock readings by arithmetic: a zone's offsets are few, so looking them up beats a calendar library."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING, Any, cast
from zoneinfo import ZoneInfo

from django.conf import settings

from stateworks.kernel.lake.contracts import quoted

if TYPE_CHECKING:
    import polars as pl

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


def instants_of(readings: pl.Series, zone: str) -> pl.Series:
    """Return the instants (UTC) at which a zone's clocks showed some readings; null for those that they skipped.

    A reading that was shown twice is the first of the two instants.
    """
    import polars as pl

    if not _covered(readings):
        zoned = readings.dt.replace_time_zone(zone, ambiguous="earliest", non_existent="null")
        return zoned.dt.convert_time_zone("UTC")
    known = offsets(zone)
    # Until a change the clocks show what the former offset says, and it is the former one that is tried first.
    changes = [_micros(until) + offset * 1_000_000 for until, offset in known[:-1]]
    # Where the clocks go forward, the readings from the change until this one are skipped.
    ends = [0, *(_micros(one[0]) + two[1] * 1_000_000 for one, two in pairwise(known))]
    shown = readings.to_physical()
    place = pl.Series(changes, dtype=pl.Int64).search_sorted(shown, side="right")
    offset = pl.Series([offset * 1_000_000 for _, offset in known], dtype=pl.Int64).gather(place)
    skipped = shown < pl.Series(ends, dtype=pl.Int64).gather(place)
    found = shown - offset
    if skipped.any():
        found = found.set(skipped.fill_null(value=False) & (place > 0), None)
    return found.cast(pl.Datetime("us")).dt.replace_time_zone("UTC")


def local_days(instants: pl.Series, zone: str) -> pl.Series:
    """Return the local dates of some instants."""
    import polars as pl

    if not _covered(instants):
        return instants.dt.convert_time_zone(zone).dt.date()
    known = offsets(zone)
    since = instants.to_physical()
    place = pl.Series([_micros(until) for until, _ in known[:-1]], dtype=pl.Int64).search_sorted(
        since, side="right"
    )
    offset = pl.Series([offset * 1_000_000 for _, offset in known], dtype=pl.Int64).gather(place)
    return (since + offset).cast(pl.Datetime("us")).dt.date()


def shown(value: Any) -> str:
    """Return a value as text for people: an instant as the instance's clocks showed it."""
    if isinstance(value, datetime):
        return f"{value.astimezone(ZoneInfo(settings.TIME_ZONE)):%Y-%m-%d %H:%M:%S}"
    return str(value)


def _covered(instants: pl.Series) -> bool:
    """Tell whether the known offsets hold for all of some instants; days are left for the distance to UTC."""
    plain = instants.to_physical()
    low, high = cast("int | None", plain.min()), cast("int | None", plain.max())
    if low is None or high is None:
        return True
    margin = 2 * 86_400_000_000
    return _micros(FIRST) + margin < low and high < _micros(LAST) - margin


def _micros(instant: datetime) -> int:
    return int(instant.timestamp()) * 1_000_000


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
