"""Service hours on whole tables: how much of a span of time lay inside the desk's hours, by one join a column.

The spans come from the clocks, so that a page and a feed give the same answer. They are cut at midnight UTC, which makes
the look-up an ordinary join on the day's number.
"""

from __future__ import annotations

from datetime import UTC, datetime
from functools import lru_cache
from typing import TYPE_CHECKING

from django.conf import settings

from stateworks.kernel.clocks.service_hours import ServiceHours, office_hours
from stateworks.kernel.lake.contracts import quoted

if TYPE_CHECKING:
    import duckdb
    import polars as pl

DAYS = "service_days"
DAY = 86_400


def desk_hours() -> ServiceHours:
    """Return the hours in which the desk works."""
    return office_hours(settings.TIME_ZONE, settings.HOLIDAYS_STATE)


def service_days(connection: duckdb.DuckDBPyConnection, first: datetime | None, last: datetime | None) -> int:
    """Make the table of days between two instants; return how many open spans a day has at most.

    Each row has the day's number since 1970, the open seconds before it, and the begin and end of its open spans.
    """
    most, frame = 1, _laid_out(repr(desk_hours()), None, None)[1]
    if first is not None and last is not None:
        # Whole years, so that the next rows of the same file find their days laid out already.
        most, frame = _laid_out(repr(desk_hours()), first.year, last.year)
    connection.register("service_days_frame", frame.to_arrow())
    connection.execute(f"CREATE OR REPLACE TEMP TABLE {DAYS} AS SELECT * FROM service_days_frame")
    connection.unregister("service_days_frame")
    return most


@lru_cache(maxsize=8)
def _laid_out(_hours: str, first: int | None, last: int | None) -> tuple[int, pl.DataFrame]:
    """Return how many open spans a day has at most, and the days of some years (UTC) with their spans."""
    import polars as pl

    days: dict[int, list[tuple[int, int]]] = {}
    if first is not None and last is not None:
        begins, ends = datetime(first, 1, 1, tzinfo=UTC), datetime(last, 12, 31, 23, tzinfo=UTC)
        spans = desk_hours().calendar(begins, ends)
        for begin, end in zip(spans.starts, spans.ends, strict=True):
            while begin < end:
                cut = min(end, (begin // DAY + 1) * DAY)
                days.setdefault(begin // DAY, []).append((begin, cut))
                begin = cut
        for day in range(int(begins.timestamp()) // DAY, int(ends.timestamp()) // DAY + 1):
            days.setdefault(day, [])
    most = max((len(inside) for inside in days.values()), default=0) or 1
    rows, before = [], 0
    for day in sorted(days):
        inside = days[day] + [(0, 0)] * (most - len(days[day]))
        rows.append((day, before, *(second for span in inside for second in span)))
        before += sum(end - begin for begin, end in inside)
    names = ["day", "before", *(f"{end}{at}" for at in range(most) for end in ("begins", "ends"))]
    return most, pl.DataFrame(rows, schema=dict.fromkeys(names, pl.Int64()), orient="row")


def day_sql(instant: str) -> str:
    """Return the number of an instant's day, to join with the table of days."""
    return f"(epoch_us({quoted(instant)}) // {DAY}000000)"


def clock_sql(day: str, instant: str, spans: int) -> str:
    """Return the service seconds from the calendar's beginning up to an instant, `day` being its day's row."""
    second = f"(epoch_us({quoted(instant)}) // 1000000)"
    inside = " + ".join(
        f"least(greatest({second} - {day}.begins{at}, 0), {day}.ends{at} - {day}.begins{at})"
        for at in range(spans)
    )
    return f"({day}.before + {inside})"
