"""Clock readings and instants: the look-up gives what a calendar library gives, around every change of the clocks."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import polars as pl
import pytest

from stateworks.kernel.lake.local_time import instants_of, local_days, offsets

ZONES = (
    "America/Chicago",
    "America/New_York",
    "UTC",
    "Australia/Lord_Howe",
    "Asia/Kathmandu",
    "Pacific/Apia",
)
STEPS = (-90_000, -7201, -7200, -3601, -3600, -1800, -1, 0, 1, 1799, 1800, 3599, 3600, 7199, 7200, 90_000)


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("far", [None, datetime(1890, 5, 1, 12, 30, tzinfo=UTC).replace(tzinfo=None)])
def test_instants_and_days_are_a_calendar_librarys(zone: str, far: datetime | None) -> None:
    changes = [until for until, _ in offsets(zone)[:-1]] or [datetime(2027, 3, 14, 8, tzinfo=UTC)]
    instants = [change + timedelta(seconds=step) for change in changes for step in STEPS]
    at = pl.Series([None, *instants], dtype=pl.Datetime("us", "UTC"))
    shown = [
        one.replace(tzinfo=None) + timedelta(hours=hours)
        for one in instants
        for hours in (-10, -6, -5, 0, 6, 11)
    ]
    # One reading from before the known offsets, and the calendar library does it all.
    readings = pl.Series([None, *([far] if far else []), *shown], dtype=pl.Datetime("us"))
    expected = readings.dt.replace_time_zone(
        zone, ambiguous="earliest", non_existent="null"
    ).dt.convert_time_zone("UTC")
    assert instants_of(readings, zone).equals(expected)
    assert local_days(at, zone).equals(at.dt.convert_time_zone(zone).dt.date())


def test_a_reading_that_the_clocks_skipped_is_nothing_and_one_shown_twice_is_the_first() -> None:
    readings = pl.Series(["2027-03-14 02:30", "2027-11-07 01:30", "2027-07-01 09:00"]).str.to_datetime(
        time_unit="us"
    )
    assert instants_of(readings, "America/Chicago").to_list() == [
        None, datetime(2027, 11, 7, 6, 30, tzinfo=UTC), datetime(2027, 7, 1, 14, tzinfo=UTC),
    ]  # fmt: skip
