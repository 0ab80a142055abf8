"""Service hours on whole tables: how much of a span of time lay inside the desk's hours, by one join a column."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stateworks.kernel.lake.local_time import second_of_day_sql

if TYPE_CHECKING:
    from datetime import date

    import duckdb
    import polars as pl

DAYS = "service_days"


def service_days(connection: duckdb.DuckDBPyConnection, first: date | None, last: date | None) -> None:
    """Make the table of days: when the desk opens and closes (seconds of the day), and all service seconds before it."""
    import polars as pl

    frame = _calendar(first, last) if first is not None and last is not None else _calendar(None, None)
    frame = frame.with_columns(
        before=(pl.col("closes") - pl.col("opens")).cum_sum().shift(1, fill_value=0).cast(pl.Int64)
    )
    connection.register("service_days_frame", frame.to_arrow())
    connection.execute(f"CREATE OR REPLACE TEMP TABLE {DAYS} AS SELECT * FROM service_days_frame")
    connection.unregister("service_days_frame")


def clock_sql(day: str, instant: str, zone: str) -> str:
    """Return the service seconds from the beginning of the calendar up to an instant, `day` being its day's row."""
    seconds = second_of_day_sql(instant, zone)
    return f"({day}.before + least(greatest({seconds} - {day}.opens, 0), {day}.closes - {day}.opens))"


def _calendar(first: date | None, last: date | None) -> pl.DataFrame:
    import holidays
    import polars as pl
    from django.conf import settings

    if first is None or last is None:
        return pl.DataFrame(schema={"day": pl.Date, "opens": pl.Int64, "closes": pl.Int64})
    off = list(holidays.country_holidays("US", subdiv=settings.HOLIDAYS_STATE, years=range(first.year, last.year + 1)))
    day = pl.date_range(first, last, eager=True).alias("day")
    open_ = (pl.col("day").dt.weekday() <= 5) & ~pl.col("day").is_in(off)
    return pl.DataFrame(day).with_columns(
        opens=pl.lit(8 * 3600, dtype=pl.Int64), closes=pl.when(open_).then(17 * 3600).otherwise(8 * 3600).cast(pl.Int64)
    )
