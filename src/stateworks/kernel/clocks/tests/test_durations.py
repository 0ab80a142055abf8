"""Durations: by hand where clocks change and pauses overlap, and the page's way against the feed's on any input."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stateworks.kernel.clocks.durations import (
    Took,
    business_days_between,
    business_days_column,
    deadline,
    measure,
    measure_column,
)
from stateworks.kernel.clocks.holidays import business_days, is_holiday, state_holidays
from stateworks.kernel.clocks.service_hours import MIDNIGHT, ServiceHours, office_hours, round_the_clock
from stateworks.kernel.errors import Refused

CHICAGO = ZoneInfo("America/Chicago")
OFFICE = office_hours("America/Chicago", "LA")
HOUR = 3600


def local(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=CHICAGO)  # type: ignore[misc]


def test_louisiana_closes_on_these_days_of_2026() -> None:
    days = state_holidays("LA", [2026])
    assert date(2026, 2, 17) in days, "Mardi Gras"
    assert date(2026, 4, 3) in days, "Good Friday"
    assert date(2026, 7, 3) in days, "4 July is a Saturday, so Friday is observed"
    assert is_holiday(date(2026, 12, 25), "la")
    assert not is_holiday(date(2026, 7, 6), "LA")
    with pytest.raises(Refused, match="no state"):
        state_holidays("XX", [2026])


def test_business_days_of_a_week_with_a_holiday() -> None:
    # 29 June to 5 July 2026: Monday to Thursday; Friday is observed for the 4th.
    assert business_days(date(2026, 6, 29), date(2026, 7, 5), "LA") == 4


def test_over_a_weekend() -> None:
    # Friday 16:00 to Monday 9:00: one hour on Friday and one on Monday, of 65 on the clock.
    took = measure(local(2026, 10, 2, 16), local(2026, 10, 5, 9), OFFICE)
    assert took == Took(gross=65 * HOUR, net=65 * HOUR, open_gross=2 * HOUR, open_net=2 * HOUR)


def test_pauses_count_once() -> None:
    # 8:00 to 12:00 with pauses 9:00-10:00 and 9:30-10:30 (together 90 minutes) and one from 11:30 on.
    pauses = [
        (local(2026, 10, 5, 9), local(2026, 10, 5, 10)),
        (local(2026, 10, 5, 9, 30), local(2026, 10, 5, 10, 30)),
        (local(2026, 10, 5, 11, 30), local(2026, 10, 6, 12)),
        (local(2026, 10, 4, 9), local(2026, 10, 4, 10)),
    ]
    took = measure(local(2026, 10, 5, 8), local(2026, 10, 5, 12), OFFICE, pauses)
    assert took == Took(gross=4 * HOUR, net=2 * HOUR, open_gross=4 * HOUR, open_net=2 * HOUR)


def test_the_days_clocks_change() -> None:
    always = round_the_clock("America/Chicago")
    # 8 March 2026 has 23 hours, 1 November 2026 has 25.
    assert measure(local(2026, 3, 8), local(2026, 3, 9), always).open_gross == 23 * HOUR
    assert measure(local(2026, 11, 1), local(2026, 11, 2), always).open_gross == 25 * HOUR
    night = ServiceHours("America/Chicago", dict.fromkeys(range(7), ((time(1), time(5)),)))
    assert measure(local(2026, 3, 8), local(2026, 3, 9), night).open_gross == 3 * HOUR
    assert measure(local(2026, 11, 1), local(2026, 11, 2), night).open_gross == 5 * HOUR
    # Opening at 2:30, which was skipped: the service opens when the clock jumps to 3:00.
    early = ServiceHours("America/Chicago", dict.fromkeys(range(7), ((time(2, 30), time(5)),)))
    assert measure(local(2026, 3, 8), local(2026, 3, 9), early).open_gross == 2 * HOUR


def test_wrong_hours_are_refused() -> None:
    with pytest.raises(Refused, match="before they start"):
        ServiceHours("UTC", {0: ((time(17), time(8)),)})
    with pytest.raises(Refused, match="overlap"):
        ServiceHours("UTC", {0: ((time(8), time(12)), (time(11), time(13)))})
    with pytest.raises(ValueError, match="aware"):
        measure(datetime(2026, 1, 1), datetime(2026, 1, 2), OFFICE)  # noqa: DTZ001


def test_business_days_by_hand() -> None:
    cases = [
        (local(2026, 10, 2, 16), local(2026, 10, 2, 23), 0),  # the same Friday
        (local(2026, 10, 2, 16), local(2026, 10, 4, 9), 0),  # ends on Sunday
        (local(2026, 10, 2, 16), local(2026, 10, 5, 9), 1),  # Friday to Monday
        (local(2026, 10, 3, 9), local(2026, 10, 6, 9), 1),  # Saturday counts from Monday
        (local(2026, 7, 2, 9), local(2026, 7, 6, 9), 1),  # Friday is a holiday
        (local(2026, 7, 2, 9), local(2026, 7, 1, 9), 0),  # reversed
    ]
    frame = pl.DataFrame(
        {"start": [one[0].astimezone(UTC) for one in cases], "end": [one[1].astimezone(UTC) for one in cases]}
    )
    assert [business_days_between(one[0], one[1], OFFICE) for one in cases] == [one[2] for one in cases]
    assert business_days_column(frame, "start", "end", OFFICE).to_list() == [one[2] for one in cases]


def test_deadline_passes_over_nights_and_holidays() -> None:
    # Thursday 2 July 2026, 16:00: one hour that day, Friday is a holiday, so three more on Monday.
    assert deadline(local(2026, 7, 2, 16), 4 * HOUR, OFFICE) == local(2026, 7, 6, 11)
    assert deadline(local(2026, 7, 2, 16), 1 * HOUR, OFFICE) == local(2026, 7, 2, 17)
    assert deadline(local(2026, 7, 2, 16), 1, ServiceHours("UTC", {})) is None


HOURS = [
    OFFICE,
    round_the_clock("America/Chicago"),
    ServiceHours(
        "America/Chicago",
        {6: ((time(1), time(3)),), 2: ((time(2, 30), time(12)), (time(13), MIDNIGHT))},
        "LA",
    ),
    ServiceHours("America/Chicago", {}),
]
# Around the two changes of 2026, and at any time of the year.
INSTANTS = st.one_of(
    st.datetimes(datetime(2026, 3, 7), datetime(2026, 3, 10)),  # noqa: DTZ001
    st.datetimes(datetime(2026, 10, 31), datetime(2026, 11, 3)),  # noqa: DTZ001
    st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1)),  # noqa: DTZ001
).map(lambda naive: naive.replace(tzinfo=UTC))
SPANS = st.tuples(INSTANTS, INSTANTS)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.tuples(SPANS, st.lists(SPANS, max_size=4)), min_size=1, max_size=8), st.sampled_from(HOURS)
)
def test_page_and_feed_agree(
    rows: list[tuple[tuple[datetime, datetime], list[tuple[datetime, datetime]]]], hours: ServiceHours
) -> None:
    frame = pl.DataFrame(
        {
            "key": list(range(len(rows))),
            "start": [one[0][0] for one in rows],
            "end": [one[0][1] for one in rows],
        },
        schema_overrides={"start": pl.Datetime("us", "UTC"), "end": pl.Datetime("us", "UTC")},
    )
    pauses = pl.DataFrame(
        [(key, *pause) for key, one in enumerate(rows) for pause in one[1]],
        schema={"key": pl.Int64, "start": pl.Datetime("us", "UTC"), "end": pl.Datetime("us", "UTC")},
        orient="row",
    )
    column = measure_column(frame, "start", "end", hours, pauses=pauses)
    for (span, paused), got in zip(rows, column.iter_rows(), strict=True):
        took = measure(*span, hours, paused)
        assert got == (took.gross, took.net, took.open_gross, took.open_net)
        assert 0 <= took.open_net <= took.open_gross <= took.gross
        assert took.open_net <= took.net <= took.gross
    assert business_days_column(frame, "start", "end", hours).to_list() == [
        business_days_between(*one[0], hours) for one in rows
    ]


def test_missing_ends_stay_missing() -> None:
    frame = pl.DataFrame(
        {
            "start": [local(2026, 10, 5, 8).astimezone(UTC)] * 2,
            "end": [None, local(2026, 10, 5, 9).astimezone(UTC)],
        }
    )
    column = measure_column(frame, "start", "end", OFFICE)
    assert column.rows() == [(None, None, None, None), (HOUR, HOUR, HOUR, HOUR)]
    assert business_days_column(frame, "start", "end", OFFICE).to_list() == [None, 0]


def test_many_rows_add_up() -> None:
    start = datetime(2024, 1, 1, tzinfo=UTC)
    frame = pl.DataFrame({"n": range(200_000)}).select(
        (pl.lit(start) + pl.duration(minutes=pl.col("n"))).alias("start"),
        (pl.lit(start) + pl.duration(minutes=pl.col("n") + 500)).alias("end"),
    )
    column = measure_column(frame, "start", "end", OFFICE)
    assert column["gross"].sum() == 200_000 * 500 * 60
    assert column["open_net"][0] == measure(start, start + timedelta(minutes=500), OFFICE).open_net
