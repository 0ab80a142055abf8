"""Splitting cents: conserved, within the quota, independent of order; the same in Python and in DuckDB."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stateworks.kernel.errors import Refused
from stateworks.modules.billing.apportion import apportion, apportioned_sql, rounded, settled

GROUPS = [19, 42, 1, 24, 41, 10, 16, 44, 28, 29, 38, 50]
weights = st.dictionaries(
    st.text("abcdef", min_size=1, max_size=6), st.integers(0, 10**9), min_size=1, max_size=30
)
cents = st.integers(-(10**11), 10**11)


def test_1_41_over_twelve_gives_no_negative_share() -> None:
    """141 cents over 342: quotas 7.83 17.32 0.41 9.89 16.90 4.12 6.60 18.14 11.54 11.96 15.67 20.61.

    Rounded down they are 134; the seven cents left go to .956 .904 .895 .833 .667 .614 .596, the 10th, 5th, 4th, 1st,
    11th, 12th and 7th.
    """
    shares = apportion(141, dict(enumerate(GROUPS)))
    assert list(shares.values()) == [8, 17, 0, 10, 17, 4, 7, 18, 11, 12, 16, 21]
    assert list(apportion(-141, dict(enumerate(GROUPS))).values()) == [
        -8,
        -17,
        0,
        -10,
        -17,
        -4,
        -7,
        -18,
        -11,
        -12,
        -16,
        -21,
    ]


def test_equal_remainders_go_by_key() -> None:
    assert apportion(2, {"c": 1, "a": 1, "b": 1}) == {"c": 0, "a": 1, "b": 1}
    assert apportion(0, {"a": 0}) == {"a": 0}


def test_what_cannot_be_split_is_refused() -> None:
    with pytest.raises(Refused, match="no receiver has a weight"):
        apportion(5, {"a": 0})
    with pytest.raises(Refused, match="weight of b is negative"):
        apportion(5, {"a": 1, "b": -1})
    with pytest.raises(Refused, match="are not the rounded sum"):
        settled({"a": 150}, 100, 9)


@given(cents, weights)
def test_apportion_conserves_within_the_quota_and_the_sign(total: int, given_weights: dict[str, int]) -> None:
    whole = sum(given_weights.values())
    if whole == 0:
        return
    shares = apportion(total, given_weights)
    assert sum(shares.values()) == total
    for key, share in shares.items():
        assert abs(share - Fraction(total * given_weights[key], whole)) < 1
        assert share * total >= 0
        assert given_weights[key] or share == 0
    turned = dict(reversed(given_weights.items()))
    assert apportion(total, turned) == {key: shares[key] for key in turned}


@given(st.dictionaries(st.integers(0, 50), st.fractions(-1000, 1000, max_denominator=997), min_size=1))
def test_rounding_conserves_the_rounded_sum(exact: dict[int, Fraction]) -> None:
    shares = rounded(exact)
    assert abs(sum(shares.values()) - sum(exact.values())) <= Fraction(1, 2)
    for key, share in shares.items():
        assert abs(share - exact[key]) < 1


@given(st.lists(st.tuples(cents, weights), min_size=1, max_size=4))
def test_duckdb_splits_as_python_does(groups: list[tuple[int, dict[str, int]]]) -> None:
    import duckdb
    import polars as pl

    rows = [
        {"line": at, "total": total, "key": key, "weight": weight}
        for at, (total, given_weights) in enumerate(groups)
        if sum(given_weights.values())
        for key, weight in given_weights.items()
    ]
    if not rows:
        return
    with duckdb.connect() as connection:
        connection.register("parts", pl.DataFrame(rows).to_arrow())
        sql = apportioned_sql("parts", total="total", weight="weight", key="key", by=("line",))
        found = connection.execute(f"SELECT line, key, cents FROM ({sql})").fetchall()
    expected = {
        (at, key): share
        for at, (total, given_weights) in enumerate(groups)
        if sum(given_weights.values())
        for key, share in apportion(total, given_weights).items()
    }
    assert {(line, key): share for line, key, share in found} == expected
