"""What the detectors look at: a month's charges beside those of the months before, by agency, account and SKU."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction

from stateworks.modules.billing.money import half_up

FEWEST = 3
"""So many months it takes to judge."""
LEAST_CENTS = 50_000
"""What comes to less than 500 dollars is nobody's time."""
LEAST_SHARE = 0.25
"""So much of what is usual a charge may differ."""
DEVIATIONS = 5
"""So many robust standard deviations a charge may differ."""

Key = tuple[str, str, str]
"""Agency, account and SKU."""
Prices = Mapping[Decimal, Decimal]
"""Quantity by the price it was charged at."""


@dataclass(frozen=True)
class Oddity:
    """Something odd about an account's charges for a SKU; `explains` is how much of the charge it accounts for, in cents."""

    agency: str
    account: str
    sku: str
    detector: str
    text: str
    cents: int
    explains: int = 0

    @property
    def key(self) -> Key:
        """What it is about."""
        return self.agency, self.account, self.sku


@dataclass(frozen=True)
class OddUsage:
    """Rows of usage of an account and SKU that look wrong: how many, and how much they say was used."""

    rows: int
    quantity: Decimal


@dataclass(frozen=True)
class Facts:
    """A month's own charges and what is known of the months before; corrections of earlier months and credits are apart.

    `now` has a key wherever there is a line, also one of no cents. `history` has each month's cents, newest first, with zero
    where nothing was charged; it is empty where fewer than three months are issued.
    """

    now: Mapping[Key, int]
    history: Mapping[Key, Sequence[int]]
    prices: Mapping[Key, Prices] = field(default_factory=dict)
    """Of charges by use alone."""
    last_prices: Mapping[str, Prices] = field(default_factory=dict)
    """Of the month before, by SKU."""
    known_prices: Mapping[str, Collection[Decimal]] = field(default_factory=dict)
    """Of the twelve months before, by SKU."""
    pooled: Collection[str] = ()
    """SKUs under which pools of cost are passed on: an account's charge follows the pool, and only its share is its own."""
    repeated: Mapping[Key, OddUsage] = field(default_factory=dict)
    taken_back: Mapping[Key, OddUsage] = field(default_factory=dict)

    def worth(self, key: Key, quantity: Decimal) -> int:
        """Return what a quantity costs at what the account pays for the SKU, on average, in cents; 0 without a price."""
        prices = self.prices.get(key, {})
        whole = sum(map(Fraction, prices.values()), Fraction(0))
        return half_up(mean_price(prices) * Fraction(quantity) * 100) if whole else 0


def mean_price(prices: Prices) -> Fraction:
    """Return the average price of what was used, in dollars."""
    whole = sum(map(Fraction, prices.values()), Fraction(0))
    if not whole:
        return Fraction(0)
    return sum((Fraction(price) * Fraction(n) for price, n in prices.items()), Fraction(0)) / whole


def known_months(history: Sequence[int]) -> Sequence[int]:
    """Return the months since something was first charged: what did not exist yet says nothing about what is usual."""
    last = len(history)
    while last and not history[last - 1]:
        last -= 1
    return history[:last]
