"""Many events instead of one: each use of a month, written by the engine as so many events that add up to it.

At a scale above 1 the demo's meters report that often. No list of events is ever held: DuckDB reads the uses of a month, a few
thousand rows, and writes the events to the file as it makes them.
"""

from __future__ import annotations

from pathlib import Path

from stateworks.kernel.lake.contracts import literal

MORE = 21
"""Events that each step of the scale adds to one use: at 1,000 a month has some 30 million."""
DAY_FROM, SECONDS, STRIDE = 12 * 3600, 36_000, 7919
"""Events lie between noon and ten in the evening UTC, on the same local day; the stride meets each second before it repeats."""


def events_of(scale: float) -> int:
    """Return into how many events a use is cut."""
    return 1 if scale <= 1 else 1 + round(MORE * (scale - 1))


def cut(path: Path, events: int) -> Path:
    """Write a file of uses again, each in so many events on the days of its month; amounts add up to the thousandth.

    What two rows say alike, their events say alike as well.
    """
    import duckdb

    written = path.with_name(f"{path.stem}-events.csv")
    amount = "CAST(CAST(Quantity AS DECIMAL(18, 3)) * 1000 AS BIGINT)"
    moment = (
        "CAST(date_trunc('month', CAST(\"Used at\" AS TIMESTAMP)) AS TIMESTAMP) "
        f"+ INTERVAL (n % 28) DAY + INTERVAL ({DAY_FROM} + n * {STRIDE} % {SECONDS}) SECOND"
    )
    with duckdb.connect() as connection:
        connection.execute("SET preserve_insertion_order = false")
        connection.execute(
            f"COPY (SELECT Event || '-' || n AS Event, Account, Item, strftime({moment}, '%Y-%m-%dT%H:%M:%S') AS \"Used at\", "
            f"CAST(({amount} * (n + 1) // {events} - {amount} * n // {events}) / 1000 AS DECIMAL(18, 3)) AS Quantity, Agency "
            f"FROM read_csv({literal(str(path))}, all_varchar = true, header = true), range({events}) AS t(n)) "
            f"TO {literal(str(written))} (HEADER)"
        )
    return written
