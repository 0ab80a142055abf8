"""Dates, numbers and truth values from text."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import duckdb
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stateworks.kernel.lake import parsing
from stateworks.kernel.lake.local_time import local_date_sql, offsets


def test_instants_are_read_in_the_order_of_the_formats_then_as_iso() -> None:
    texts = pl.Series(
        ["29/2/2016 01:16", "2016-02-29T01:16:00+01:00", "2016-02-29T01:16:00Z", "31/2/2016 01:16", None]
    )
    read, skipped = parsing.instants(texts, ["%d/%m/%Y %H:%M"], "America/Chicago")
    assert read.to_list() == [
        datetime(2016, 2, 29, 7, 16, tzinfo=UTC), datetime(2016, 2, 29, 0, 16, tzinfo=UTC),
        datetime(2016, 2, 29, 1, 16, tzinfo=UTC), None, None,
    ]  # fmt: skip
    assert not skipped.any()


def test_a_skipped_hour_is_told_and_an_hour_shown_twice_is_the_first() -> None:
    read, skipped = parsing.instants(
        pl.Series(["2027-03-14 02:30:00", "2027-11-07 01:30:00"]), [], "America/Chicago"
    )
    assert skipped.to_list() == [True, False]
    assert read.to_list() == [None, datetime(2027, 11, 7, 6, 30, tzinfo=UTC)]


@pytest.mark.parametrize(
    ("text", "decimal", "value"),
    [("1,234.5", ".", 1234.5), ("1.234,5", ",", 1234.5), ("1,23", ".", None), ("-7", ".", -7.0), ("nan", ".", None),
     ("1e3", ".", 1000.0)],
)  # fmt: skip
def test_numbers(text: str, decimal: str, value: float | None) -> None:
    assert parsing.numbers(pl.Series([text]), decimal).to_list() == [value]


def test_whole_numbers_and_truths() -> None:
    assert parsing.whole_numbers(pl.Series(["3", "3.0", "3.5", "x", None, "1,000"])).to_list() == [
        3,
        3,
        None,
        None,
        None,
        1000,
    ]
    assert parsing.truths(pl.Series(["Yes", "0", "TRUE", "maybe", None])).to_list() == [
        True,
        False,
        True,
        None,
        None,
    ]


def test_dates_leave_a_time_behind() -> None:
    assert parsing.dates(pl.Series(["05.01.2027", "2027-01-06", "2027-01-07 23:00:00", "x"]), ["%d.%m.%Y"]).to_list() == [
        date(2027, 1, 5), date(2027, 1, 6), date(2027, 1, 7), None,
    ]  # fmt: skip


@settings(deadline=None)
@given(
    st.lists(st.datetimes(datetime(1996, 1, 1), datetime(2044, 1, 1)), min_size=1, max_size=50),  # noqa: DTZ001 - made aware below
    st.sampled_from(["America/Chicago", "America/New_York", "America/Phoenix", "UTC", "Australia/Lord_Howe"]),
)
def test_local_dates_in_sql_are_those_of_the_zone(instants: list[datetime], zone: str) -> None:
    aware = [at.replace(tzinfo=UTC) for at in instants]
    with duckdb.connect() as connection:
        connection.execute("SET TimeZone = 'UTC'")
        connection.register("times", pl.DataFrame({"i": range(len(aware)), "t": aware}).to_arrow())
        found = connection.execute(f"SELECT {local_date_sql('t', zone)} FROM times ORDER BY i").fetchall()
    assert [day for (day,) in found] == [at.astimezone(ZoneInfo(zone)).date() for at in aware]


def test_offsets_change_to_the_second() -> None:
    changes = {until for until, _ in offsets("America/Chicago")}
    assert datetime(2027, 3, 14, 8, tzinfo=UTC) in changes
    assert datetime(2027, 11, 7, 7, tzinfo=UTC) in changes


def test_exact_numbers_are_read_from_their_digits() -> None:
    texts = pl.Series(
        [
            "1",
            "-0.5",
            "1,234.50",
            "$50,000.00",
            "8E-07",
            "0.30000000000000004",
            "1.500",
            ".5",
            "12345678901234567890",
        ]
    )
    wide = parsing.decimals(texts, ".", 38, 17).to_list()
    assert [None if one is None else format(one.normalize(), "f") for one in wide] == [
        "1", "-0.5", "1234.5", "50000", "0.0000008", "0.30000000000000004", "1.5", "0.5", "12345678901234567890",
    ]  # fmt: skip
    # More digits than the column has: nothing is rounded on the way in.
    narrow = parsing.decimals(texts, ".", 18, 2).to_list()
    assert [None if one is None else str(one) for one in narrow] == [
        "1.00", "-0.50", "1234.50", "50000.00", None, None, "1.50", "0.50", None,
    ]  # fmt: skip
    assert (
        parsing.decimals(pl.Series(["abc", "", "1.2.3", "--1", "1e999"]), ".", 18, 2).to_list() == [None] * 5
    )
    assert str(parsing.decimals(pl.Series(["1.234,5"]), ",", 18, 2)[0]) == "1234.50"
