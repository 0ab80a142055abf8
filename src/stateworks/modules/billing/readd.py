"""Adds up again what `stateworks billing prove LINE --format json` says, and tells by how many cents it differs.

Needs nothing but Python: no other file of the product, no database, no lake. Whoever doubts an invoice runs it on a
derivation with a copy of this file:

    stateworks billing prove 2026-10-dhs.3 --format json > line.json
    python readd.py line.json

Prints {"lines", "cents", "difference_cents"} and ends with status 1 where something differs.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any


def half_up(amount: Fraction) -> int:
    """Return the nearest whole number; exactly half goes away from zero."""
    whole = int(abs(amount) + Fraction(1, 2))
    return whole if amount >= 0 else -whole


def rated(quantity: str, price: str) -> int:
    """Return the cents of a quantity at a price in dollars."""
    return half_up(Fraction(quantity) * Fraction(price) * 100)


def tiered(spans: Sequence[Mapping[str, Any]]) -> dict[Fraction, Fraction]:
    """Return how much of a month is at which price: spans of days in order, each with its quantity and its tiers.

    A tier is the quantity it begins at and its price; the first begins at 0. The count goes on from span to span.
    """
    found: dict[Fraction, Fraction] = {}
    level = Fraction(0)
    for span in spans:
        for sign, rest in ((-1, level), (1, level + Fraction(span["quantity"]))):
            # From the highest tier down: what lies above where a tier begins is at its price, the rest at the first price.
            for start, price in sorted(
                ((Fraction(a), Fraction(b)) for a, b in span["tiers"]), key=lambda one: -one[0]
            ):
                part = max(Fraction(0), rest - start) if start else rest
                found[price] = found.get(price, Fraction(0)) + sign * part
                rest -= part
        level += Fraction(span["quantity"])
    return {price: quantity for price, quantity in found.items() if quantity}


def split(exact: Mapping[Any, Fraction], total: int) -> dict[Any, int]:
    """Return whole numbers that add up to the total: each amount rounded down, the rest by largest remainder, then by key."""
    down = {key: amount.numerator // amount.denominator for key, amount in exact.items()}
    rests = sorted(
        (key for key in exact if exact[key] != down[key]), key=lambda key: (down[key] - exact[key], key)
    )
    left = total - sum(down.values())
    if not 0 <= left <= len(rests):
        raise ValueError(f"{left} cents are left over")
    return {key: cents + (key in set(rests[:left])) for key, cents in down.items()}


def passed_on(amounts: Mapping[str, str]) -> dict[str, int]:
    """Return the cents of shares of a provider's month, given in dollars."""
    exact = {key: Fraction(amount) * 100 for key, amount in amounts.items()}
    return split(exact, half_up(sum(exact.values(), Fraction(0))))


def allocated(
    pools: Mapping[str, int], weights: Mapping[str, Mapping[str, int]], method: str, order: Sequence[str]
) -> dict[tuple[str, str], int]:
    """Return the cents that each receiver gets of each pool; a pool that passes to nobody keeps its own under ""."""
    names = [pool for pool in order if pool in pools or pool in weights]
    names += sorted({*pools, *weights} - set(names))
    shares: dict[str, dict[str, int]] = {}
    for place, pool in enumerate(names):
        allowed = {
            "direct": [],
            "step_down": names[place + 1 :],
            "reciprocal": [n for n in names if n != pool],
        }[method]
        given = weights.get(pool, {})
        shares[pool] = {to: w for to, w in given.items() if w and (to not in names or to in allowed)}
    totals = _totals(names, pools, shares)
    exact: dict[tuple[str, str], Fraction] = {}
    for pool in names:
        whole = sum(shares[pool].values())
        if not whole:
            exact[pool, ""] = totals[pool]
        for to, weight in shares[pool].items():
            if to not in names:
                exact[pool, to] = totals[pool] * weight / whole
    return split(exact, sum(pools.values()))


def _totals(
    names: Sequence[str], pools: Mapping[str, int], shares: Mapping[str, Mapping[str, int]]
) -> dict[str, Fraction]:
    """Solve: a pool's total is its own cost and its share of the totals of others; Gauss, with fractions."""
    size = len(names)
    rows = [
        [Fraction(int(at == to)) for to in range(size)] + [Fraction(pools.get(names[at], 0))]
        for at in range(size)
    ]
    for at, pool in enumerate(names):
        whole = sum(shares[pool].values())
        for to, name in enumerate(names):
            if weight := shares[pool].get(name, 0):
                rows[to][at] -= Fraction(weight, whole)
    for at in range(size):
        pivot = next(row for row in range(at, size) if rows[row][at])
        rows[at], rows[pivot] = rows[pivot], rows[at]
        head = rows[at][at]
        rows[at] = [value / head for value in rows[at]]
        for row in range(size):
            factor = rows[row][at]
            if row != at and factor:
                rows[row] = [value - factor * own for value, own in zip(rows[row], rows[at], strict=True)]
    return dict(zip(names, (row[-1] for row in rows), strict=True))


def readd(told: Mapping[str, Any]) -> int:
    """Return the cents that a derivation comes to; ValueError where its rows do not add up to its sums."""
    before = sum(int(one["cents"]) for one in told["earlier"])
    kind = told["kind"]
    if kind == "credit":
        return -int(told["given"])
    whole = told["rows_in_all"] == len(told["rows"])
    if kind == "usage":
        quantity = sum((Fraction(row["quantity"]) for row in told["rows"]), Fraction(0))
        if whole and quantity != Fraction(told["rows_quantity"]):
            raise ValueError(f"{told['line']}: the rows add up to {quantity}, not to {told['rows_quantity']}")
        if "spans" in told:
            return _at_its_tier(told, whole) - before
        return rated(told["rows_quantity"], told["price"]) - before
    if kind == "passed_on":
        amount = sum((Fraction(row["billed_cost"]) for row in told["rows"]), Fraction(0))
        stated = Fraction(told["shares"].get(told["mine"], "0"))
        if whole and amount != stated:
            raise ValueError(f"{told['line']}: the rows add up to {amount}, not to {stated}")
        return passed_on(told["shares"]).get(told["mine"], 0) - before
    cents = sum(int(row["cents"]) for row in told["rows"])
    if whole and cents != told["pools"].get(told["pool"], 0):
        raise ValueError(
            f"{told['line']}: the rows add up to {cents}, not to {told['pools'].get(told['pool'], 0)}"
        )
    found = allocated(told["pools"], told["weights"], told["method"], told["order"])
    return found.get((told["pool"], told["receiver"]), 0) - before


def _at_its_tier(told: Mapping[str, Any], whole: bool) -> int:
    """Return the cents of what the month has at the line's price, of several tiers."""
    for span in told["spans"] if whole else ():
        rows = (row for row in told["rows"] if span["starts_on"] <= row["used_on"] <= span["ends_on"])
        quantity = sum((Fraction(row["quantity"]) for row in rows), Fraction(0))
        if quantity != Fraction(span["quantity"]):
            raise ValueError(
                f"{told['line']}: the rows from {span['starts_on']} on add up to {quantity}, not to {span['quantity']}"
            )
    found = tiered(told["spans"])
    stated = {Fraction(one["price"]): Fraction(one["quantity"]) for one in told["tiers"]}
    if found != stated:
        raise ValueError(f"{told['line']}: the tiers have other quantities than it says")
    price = Fraction(told["price"])
    return half_up(found.get(price, Fraction(0)) * price * 100)


def main(files: Sequence[str]) -> int:
    """Add up the derivations of files and print what they come to."""
    lines = cents = difference = 0
    for name in files:
        with open(name, encoding="utf-8") as file:
            told = json.load(file)
        for one in told if isinstance(told, list) else [told]:
            lines += 1
            cents += one["cents"]
            difference += abs(readd(one) - one["cents"])
    print(json.dumps({"lines": lines, "cents": cents, "difference_cents": difference}))  # noqa: T201
    return 1 if difference else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
