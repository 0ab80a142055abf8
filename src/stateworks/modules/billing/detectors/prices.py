"""Is a price another than last month's? A card is approved by a person, who may have slipped by a digit."""

from __future__ import annotations

from fractions import Fraction

from stateworks.modules.billing.detectors.facts import LEAST_CENTS, Facts, Key, Oddity, mean_price
from stateworks.modules.billing.money import dollars, half_up

TOLERANCE = Fraction(5, 100)
"""So much a price may rise or fall without a word: what a new fiscal year brings."""


def rate_change(facts: Facts, key: Key) -> Oddity | None:
    """Return that an account pays a price for a SKU that nobody paid last month, with quantity times difference at risk.

    Prices like one that somebody paid in the last twelve months are not new: tiers, whichever of them a quantity reaches now and
    each a little dearer in a new year, and the old price that a wrong one gives way to.
    """
    prices, before = facts.prices.get(key, {}), mean_price(facts.last_prices.get(key[2], {}))
    known = facts.known_prices.get(key[2], ())
    if not before or all(any(abs(now - one) <= TOLERANCE * Fraction(one) for one in known) for now in prices):
        return None
    now = mean_price(prices)
    if not now or abs(now - before) <= TOLERANCE * before:
        return None
    quantity = sum(map(Fraction, prices.values()), Fraction(0))
    difference = half_up(quantity * (now - before) * 100)
    if abs(difference) < LEAST_CENTS:
        return None
    text = (
        f"{key[2]} of {key[1]}: {_price(now)} a unit is charged; it was {_price(before)} last month, "
        f"which makes {dollars(difference)}."
    )
    return Oddity(*key, "rate_change", text, abs(difference), explains=difference)


def _price(price: Fraction) -> str:
    return f"${float(price):,.6f}".rstrip("0").rstrip(".")
