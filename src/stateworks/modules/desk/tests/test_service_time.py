"""Service time on tables gives what the clocks give for one span."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import duckdb
import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from stateworks.kernel.clocks.durations import measure
from stateworks.modules.desk.service_time import DAYS, clock_sql, day_sql, desk_hours, service_days

INSTANTS = st.datetimes(datetime(2025, 12, 20), datetime(2027, 1, 10)).map(  # noqa: DTZ001 - made aware below
    lambda at: at.replace(microsecond=0, tzinfo=UTC)
)


@settings(max_examples=25, deadline=None)
@given(st.lists(st.tuples(INSTANTS, st.integers(0, 20 * 86_400)), min_size=1, max_size=20))
def test_a_table_and_a_single_span_agree(spans: list[tuple[datetime, int]]) -> None:
    frame = pl.DataFrame(
        {
            "place": range(len(spans)),
            "a": [begin for begin, _ in spans],
            "b": [begin + timedelta(seconds=s) for begin, s in spans],
        }
    )
    with duckdb.connect() as connection:
        connection.execute("SET TimeZone = 'UTC'")
        connection.register("spans", frame.to_arrow())
        most = service_days(connection, min(frame["a"]), max(frame["b"]))
        found = connection.execute(
            f"SELECT {clock_sql('y', 'b', most)} - {clock_sql('x', 'a', most)} FROM spans "
            f"JOIN {DAYS} x ON x.day = {day_sql('a')} JOIN {DAYS} y ON y.day = {day_sql('b')} ORDER BY place"
        ).fetchall()
    assert [seconds for (seconds,) in found] == [
        measure(begin, begin + timedelta(seconds=length), desk_hours()).open_gross for begin, length in spans
    ]
