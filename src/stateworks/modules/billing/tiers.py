"""Graduated prices: the first units of a month at one price, the next ones at another, as the price list of a SKU says.

Units are counted by billing account, SKU and month, from zero. Where another price begins within a month the count goes on:
units that were used before it have filled the lower tiers. What a source takes back leaves the highest tier first; less than
nothing is at the first price. Nothing here rounds, so that the parts are the whole again.
"""

from __future__ import annotations

from decimal import Decimal

from stateworks.kernel.errors import Refused
from stateworks.modules.billing.money import rated

Tiers = tuple[tuple[Decimal, Decimal], ...]
"""From which quantity on, and the price of a unit beyond it; ascending."""
ZERO = Decimal(0)


def in_order(tiers: Tiers, named: str) -> Tiers:
    """Return tiers as they are; refused where they are not above zero and ascending, or a price is negative."""
    last = ZERO
    for start, price in tiers:
        if start <= last:
            raise Refused(
                f"The tiers of {named} are out of order: one from {start:f} comes after {last:f}; each begins above the one "
                "before, and the first above zero."
            )
        if price < 0:
            raise Refused(f"The tier of {named} from {start:f} has a price below zero; give back by credit.")
        last = start
    return tiers


def slices(
    quantity: Decimal, price: Decimal, tiers: Tiers, *, before: Decimal = ZERO
) -> list[tuple[Decimal, Decimal]]:
    """Return price and quantity of each tier that a quantity falls into, after so much was used before in the month.

    The quantities add up to the quantity, exactly. A quantity that falls into no tier, zero, is zero at the first price.
    """
    prices = (price, *(each for _, each in tiers))
    starts = (ZERO, *(start for start, _ in tiers))
    found = []
    for place, each in enumerate(prices):
        end = starts[place + 1] if place + 1 < len(starts) else None
        part = _filled(before + quantity, place, starts, end) - _filled(before, place, starts, end)
        if part:
            found.append((each, part))
    return found or [(price, ZERO)]


def _filled(level: Decimal, place: int, starts: tuple[Decimal, ...], end: Decimal | None) -> Decimal:
    """Return how much of a level lies in a tier; what is below zero lies in the first."""
    top = level if end is None else min(level, end)
    return top if place == 0 else max(ZERO, top - starts[place])


def charged(quantity: Decimal, price: Decimal, tiers: Tiers) -> int:
    """Return the cents of a month's whole quantity: each price is a line, and each line is rounded once."""
    sums: dict[Decimal, Decimal] = {}
    for each, part in slices(quantity, price, tiers):
        sums[each] = sums.get(each, ZERO) + part
    return sum(rated(part, each) for each, part in sums.items())
