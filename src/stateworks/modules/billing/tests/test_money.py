"""Cents: one rounding, half away from zero, and nothing lost in a product."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stateworks.modules.billing.money import cents_of, dollars, half_up, rated, roughly


@pytest.mark.parametrize(
    ("amount", "cents"),
    [("0.5", 1), ("-0.5", -1), ("1.5", 2), ("2.5", 3), ("0.4999", 0), ("-2.5", -3), ("-0.4999", 0), ("7", 7)],
)
def test_exactly_half_goes_away_from_zero(amount: str, cents: int) -> None:
    assert half_up(Decimal(amount)) == cents


def test_a_quantity_at_a_price() -> None:
    # 1,234.5 GB at $0.02315000 are $28.578675: 2858 cents. 0.1 at $0.05 is half a cent: 1 cent.
    assert rated(Decimal("1234.5"), Decimal("0.02315000")) == 2858
    assert rated(Decimal("0.1"), Decimal("0.05000000")) == 1
    assert rated(Decimal("-0.1"), Decimal("0.05000000")) == -1


def test_a_product_that_floats_would_spoil() -> None:
    # 90,071,992,547,409.93 x 0.01: floats have no such number; by hand 900,719,925,474.0993 dollars.
    assert rated(Decimal("90071992547409.93"), Decimal("0.01")) == 90_071_992_547_410
    # Nearly half a cent stays less than half: rounded to 28 digits first, it would be a half and go up.
    assert rated(Decimal("123456789012345.49999999999999999999"), Decimal("0.01")) == 123_456_789_012_345
    # 10^30 and 10^-20, the most that a sum of rows has: x 0.01 are 10^28 dollars and nearly nothing.
    assert rated(Decimal(10) ** 30 + Decimal("1e-20"), Decimal("0.01")) == 10**30


def test_cents_of_an_amount() -> None:
    assert cents_of(Decimal("-12.30")) == -1230
    with pytest.raises(ValueError, match="fraction of a cent"):
        cents_of(Decimal("0.001"))
    assert dollars(-123_405) == "-$1,234.05"


@given(st.decimals(-(10**18), 10**18, places=20), st.decimals(0, 10**4, places=8))
def test_a_reversal_is_the_exact_negative(quantity: Decimal, price: Decimal) -> None:
    assert rated(quantity, price) + rated(-quantity, price) == 0
    assert rated(quantity, price) == half_up(Fraction(quantity) * Fraction(price) * 100)


def test_an_axis_has_few_characters() -> None:
    said = {
        0: "$0",
        950: "$9.5",
        90_500_000: "$905 K",
        105_000_000: "$1.05 M",
        -2_500_000: "-$25 K",
        3 * 10**11: "$3 B",
    }
    assert {cents: roughly(cents) for cents in said} == said
