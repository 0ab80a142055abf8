"""How long something took: gross and net of pauses, on the clock, in service hours or in business days.

Two ways to the same answer: `measure` for one thing on a page, `measure_column` for a feed's columns. Whole seconds; an
instant with a fraction is cut to its second. Source of the rule for pauses: a second counts as paused once, however many
pauses cover it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, cast

from stateworks.kernel.clocks.service_hours import OpenSpans, ServiceHours

if TYPE_CHECKING:
    import polars as pl

EPOCH = date(1970, 1, 1)


@dataclass(frozen=True)
class Took:
    """Seconds between two instants: on the clock, in service hours, and both without the pauses."""

    gross: int
    net: int
    open_gross: int
    open_net: int


def measure(
    start: datetime, end: datetime, hours: ServiceHours, pauses: Iterable[tuple[datetime, datetime]] = ()
) -> Took:
    """Return how long it took from start to end; negative spans and pauses outside them count nothing.

    Raises ValueError for an instant without a time zone.
    """
    begin, finish = _second(start), _second(end)
    if finish <= begin:
        return Took(0, 0, 0, 0)
    calendar = hours.calendar(start, end)
    paused = _merged((max(begin, _second(one)), min(finish, _second(other))) for one, other in pauses)
    return Took(
        gross=finish - begin,
        net=finish - begin - sum(other - one for one, other in paused),
        open_gross=_open(calendar, begin, finish),
        open_net=_open(calendar, begin, finish) - sum(_open(calendar, one, other) for one, other in paused),
    )


def measure_column(
    frame: pl.DataFrame,
    start: str,
    end: str,
    hours: ServiceHours,
    *,
    pauses: pl.DataFrame | None = None,
    key: str = "key",
) -> pl.DataFrame:
    """Return a frame with `gross`, `net`, `open_gross` and `open_net` (seconds, null where an end is missing), a row each.

    `start` and `end` name columns of instants (UTC). `pauses` holds `key`, `start` and `end`, any number for a row whose
    own `key` it names.
    """
    import polars as pl

    seconds = frame.select(
        pl.col(start).dt.epoch("us").floordiv(1_000_000).alias("begin"),
        pl.col(end).dt.epoch("us").floordiv(1_000_000).alias("finish"),
        *([pl.col(key).alias("key")] if pauses is not None else []),
    ).with_columns(pl.max_horizontal("begin", "finish").alias("finish_known"))
    # max_horizontal passes over nulls; a missing end must stay missing.
    seconds = seconds.with_columns(
        pl.when(pl.col("begin").is_not_null() & pl.col("finish").is_not_null())
        .then(pl.col("finish_known"))
        .alias("finish")
    ).drop("finish_known")
    calendar = _calendar_of(seconds, hours)
    whole = seconds.with_columns(
        (pl.col("finish") - pl.col("begin")).alias("gross"),
        (open_before(pl.col("finish"), calendar) - open_before(pl.col("begin"), calendar)).alias(
            "open_gross"
        ),
    )
    if pauses is None or pauses.is_empty():
        return whole.select(
            "gross", pl.col("gross").alias("net"), "open_gross", pl.col("open_gross").alias("open_net")
        )
    paused = _paused(whole, pauses, calendar)
    joined = whole.with_row_index("_row").join(paused, on="_row", how="left", maintain_order="left")
    return joined.select(
        "gross",
        (pl.col("gross") - pl.col("paused").fill_null(0)).alias("net"),
        "open_gross",
        (pl.col("open_gross") - pl.col("open_paused").fill_null(0)).alias("open_net"),
    )


def open_before(second: pl.Expr, calendar: OpenSpans) -> pl.Expr:
    """Return the expression of `calendar.open_before` for a whole column of seconds since 1970."""
    import polars as pl

    if not calendar.starts:
        return second * 0
    starts, ends = pl.Series(calendar.starts, dtype=pl.Int64), pl.Series(calendar.ends, dtype=pl.Int64)
    before = pl.Series(calendar.before, dtype=pl.Int64)

    def looked_up(column: pl.Series) -> pl.Series:
        place = starts.search_sorted(column.fill_null(0), side="right").cast(pl.Int64) - 1
        at = place.clip(0)
        inside = (
            pl.DataFrame({"second": column, "end": ends.gather(at)})
            .select(pl.min_horizontal("second", "end"))
            .to_series()
        )
        found = before.gather(at) + inside - starts.gather(at)
        found = found.set(place < 0, 0)
        return found.set(column.is_null(), None)

    return second.map_batches(looked_up, return_dtype=pl.Int64)


def business_days_between(start: datetime, end: datetime, hours: ServiceHours) -> int:
    """Return how many business days after its start something ended: 0 on the same business day.

    A business day has service hours. What starts on a day without them counts from the next business day.
    """
    first, last = hours.local_day(start), hours.local_day(end)
    if last <= first:
        return 0
    days = [first + timedelta(days=step) for step in range((last - first).days + 1)]
    count = sum(bool(hours.spans_on(day)) for day in days)
    return max(0, count - 1)


def business_days_column(frame: pl.DataFrame, start: str, end: str, hours: ServiceHours) -> pl.Series:
    """Return `business_days_between` for two columns of instants (UTC); null where one is missing."""
    import polars as pl

    days = frame.select(
        pl.col(start).dt.convert_time_zone(hours.zone).dt.date().alias("first"),
        pl.col(end).dt.convert_time_zone(hours.zone).dt.date().alias("last"),
    )
    known = days.drop_nulls()
    if known.is_empty():
        return pl.Series("business_days", [None] * frame.height, dtype=pl.Int64)
    every = pl.concat([known["first"], known["last"].alias("first")])
    low, high = cast("date", every.min()), cast("date", every.max())
    # Business days until the end of each day, by the day's number: two lookups give a difference.
    until, total = [], 0
    day = low
    while day <= high:
        total += bool(hours.spans_on(day))
        until.append(total)
        day += timedelta(days=1)
    table = pl.Series(until, dtype=pl.Int64)
    offset = (low - EPOCH).days
    first = days["first"].cast(pl.Int32).cast(pl.Int64) - offset
    last = days["last"].cast(pl.Int32).cast(pl.Int64) - offset
    opening = first - 1
    count = table.gather(last.fill_null(0)) - table.gather(opening.clip(0).fill_null(0)).set(
        (opening < 0).fill_null(value=False), 0
    )
    found = (count - 1).clip(0).set((last <= first).fill_null(value=False), 0)
    return found.set(first.is_null() | last.is_null(), None).alias("business_days")


def deadline(start: datetime, open_seconds: int, hours: ServiceHours) -> datetime | None:
    """Return the instant by which so many service seconds have passed since the start; None if not within five years."""
    days = 14
    while days < 366 * 5:
        calendar = hours.calendar(start, start + timedelta(days=days))
        found = calendar.instant_after(calendar.open_before(_second(start)) + open_seconds)
        if found is not None:
            return max(start, datetime.fromtimestamp(found, tz=start.tzinfo))
        days *= 4
    return None


def _calendar_of(seconds: pl.DataFrame, hours: ServiceHours) -> OpenSpans:
    low, high = seconds["begin"].min(), seconds["finish"].max()
    if low is None or high is None:
        return OpenSpans((), (), ())
    return hours.calendar(_instant(int(low)), _instant(max(int(low), int(high))))  # type: ignore[arg-type]


def _paused(whole: pl.DataFrame, pauses: pl.DataFrame, calendar: OpenSpans) -> pl.DataFrame:
    """Return the paused seconds of each row, on the clock and in service hours, overlapping pauses merged."""
    import polars as pl

    spans = pauses.select(
        pl.col("key"),
        pl.col("start").dt.epoch("us").floordiv(1_000_000).alias("one"),
        pl.col("end").dt.epoch("us").floordiv(1_000_000).alias("other"),
    ).drop_nulls()
    spans = (
        whole.with_row_index("_row").select("_row", "key", "begin", "finish").join(spans, on="key")
        .with_columns(pl.max_horizontal("begin", "one").alias("one"), pl.min_horizontal("finish", "other").alias("other"))
        .filter(pl.col("other") > pl.col("one")).sort("_row", "one")
    )  # fmt: skip
    # A pause that begins after all earlier ones have ended opens a new stretch.
    reached = pl.col("other").cum_max().shift(1).over("_row")
    spans = spans.with_columns(
        (pl.col("one") > reached).fill_null(value=True).cum_sum().over("_row").alias("stretch")
    )
    merged = spans.group_by("_row", "stretch").agg(pl.col("one").min(), pl.col("other").max())
    return merged.group_by("_row").agg(
        (pl.col("other") - pl.col("one")).sum().alias("paused"),
        (open_before(pl.col("other"), calendar) - open_before(pl.col("one"), calendar))
        .sum()
        .alias("open_paused"),
    )


def _open(calendar: OpenSpans, begin: int, finish: int) -> int:
    return calendar.open_before(finish) - calendar.open_before(begin)


def _merged(spans: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    found: list[tuple[int, int]] = []
    for begin, finish in sorted(span for span in spans if span[1] > span[0]):
        if found and begin <= found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], finish))
        else:
            found.append((begin, finish))
    return found


def _second(instant: datetime) -> int:
    if instant.tzinfo is None:
        raise ValueError("a duration needs aware instants")
    since = instant - datetime(1970, 1, 1, tzinfo=UTC)
    return since.days * 86400 + since.seconds


def _instant(second: int) -> datetime:
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=second)
