"""How the cost of pools reaches those who bear it: directly, step by step, or all at once.

A pool passes what it has to other pools and to receivers by weights. Amounts between pools are scaled whole numbers
(2^-160 of a cent) whose sum is exactly the cost; the cents at the end are rounded once, by largest remainder. Pools that
pass to each other in a circle are solved together; a circle from which nothing leaves cannot be solved and is refused.

Source: step-down and reciprocal allocation as in 2 CFR 200 appendices V and VII, and in cost accounting at large.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from stateworks.kernel.errors import Refused
from stateworks.modules.billing.apportion import settled

Method = Literal["direct", "step_down", "reciprocal"]
METHODS: tuple[Method, ...] = ("direct", "step_down", "reciprocal")
SCALE_BITS = 160
CLOSE_BITS = 64
"""Amounts nearer to each other than 2^-64 of a cent are equal: the error of the scaled numbers is far below that."""
SMALL = 24
"""Up to so many pools are solved with fractions; more of them in rounds that each gain some 40 bits."""

Edge = tuple[str, str]
Weights = Mapping[str, Mapping[str, int]]


@dataclass(frozen=True)
class Allocated:
    """Where the cost went: the cents of each pool and receiver, and what each pool had in all, in scaled numbers.

    `unallocated` are the cents of pools that nobody is charged for, said openly: with `cents` they make up the cost.
    """

    cents: Mapping[Edge, int]
    unallocated: Mapping[str, int]
    totals: Mapping[str, int]


def allocate(
    costs: Mapping[str, int], weights: Weights, *, method: Method, order: Sequence[str] = ()
) -> Allocated:
    """Pass the cents of pools on to those who are no pools, and return who bears what.

    `weights` gives each pool's receivers, pools among them, with whole weights of zero or more; a pool without any keeps
    its cost as unallocated. `order` is that of the steps (by code where it says nothing). Raises Refused for a negative
    weight, and for pools that pass only to each other.
    """
    order = [*order, *sorted(set(costs) - set(order))]
    kept = {pool: _kept(pool, weights.get(pool, {}), order, method) for pool in order}
    _refuse_closed_circles(kept)
    totals = _totals(costs, kept, order, method)
    scaled: dict[Edge, int] = {}
    for pool, shares in kept.items():
        whole = sum(shares.values())
        if not whole:
            scaled[pool, ""] = _close(totals[pool], 1)
        for receiver, weight in shares.items():
            if receiver not in kept:
                scaled[pool, receiver] = _close(totals[pool] * weight, whole)
    cents = settled(scaled, 1 << CLOSE_BITS, sum(costs.values()))
    return Allocated(
        cents={edge: n for edge, n in cents.items() if edge[1]},
        unallocated={edge[0]: n for edge, n in cents.items() if not edge[1]},
        totals=totals,
    )


def _kept(pool: str, shares: Mapping[str, int], order: Sequence[str], method: Method) -> dict[str, int]:
    """Return the weights that a method looks at: never the pool itself, and of other pools those it passes to."""
    negative = [receiver for receiver, weight in shares.items() if weight < 0]
    if negative:
        raise Refused(f"The weight of {negative[0]} in {pool} is negative; write zero or more.")
    others = set(order) - {pool}
    if method == "direct":
        others = set()
    elif method == "step_down":
        others = set(order[order.index(pool) + 1 :])
    pools = set(order)
    return {to: weight for to, weight in shares.items() if weight and (to in others or to not in pools)}


def _refuse_closed_circles(kept: Mapping[str, Mapping[str, int]]) -> None:
    """Refuse pools whose cost never leaves them."""
    pools = set(kept)
    leaves = {pool for pool, shares in kept.items() if not shares or any(to not in pools for to in shares)}
    while more := {pool for pool in pools - leaves if leaves & kept[pool].keys()}:
        leaves |= more
    closed = sorted(pools - leaves)
    if closed:
        raise Refused(
            f"The pools {', '.join(closed)} pass their cost only to each other, so that it reaches nobody; "
            "give at least one of them a receiver outside."
        )


def _totals(
    costs: Mapping[str, int], kept: Mapping[str, Mapping[str, int]], order: Sequence[str], method: Method
) -> dict[str, int]:
    """Return what each pool has in all, its own cost and what others pass to it, in scaled numbers."""
    totals = {pool: costs.get(pool, 0) << SCALE_BITS for pool in order}
    if method == "direct":
        return totals
    circle = _circular(kept)
    if circle:
        return _solved(totals, kept, list(order))
    for pool in _in_order(kept, order):
        shares = kept[pool]
        whole = sum(shares.values())
        for to in sorted(shares):
            if to in totals:
                totals[to] += _divided(totals[pool] * shares[to], whole)
    return totals


def _circular(kept: Mapping[str, Mapping[str, int]]) -> bool:
    from graphlib import CycleError, TopologicalSorter

    try:
        TopologicalSorter(
            {pool: [to for to in shares if to in kept] for pool, shares in kept.items()}
        ).prepare()
    except CycleError:
        return True
    return False


def _in_order(kept: Mapping[str, Mapping[str, int]], order: Sequence[str]) -> list[str]:
    """Return pools so that each comes before those it passes to."""
    from graphlib import TopologicalSorter

    before: dict[str, list[str]] = {pool: [] for pool in order}
    for pool, shares in kept.items():
        for to in shares:
            if to in before:
                before[to].append(pool)
    return list(TopologicalSorter(before).static_order())


def _solved(
    own: Mapping[str, int], kept: Mapping[str, Mapping[str, int]], order: list[str]
) -> dict[str, int]:
    """Solve the totals of all pools together: with fractions where they are few, in rounds where they are many.

    With y = total / sum of weights, the equations are whole numbers: W_j y_j - sum of w_pj y_p = own cost of j.
    """
    places = {pool: at for at, pool in enumerate(order)}
    whole = [sum(kept[pool].values()) or 1 for pool in order]
    passed = [[(places[to], weight) for to, weight in kept[pool].items() if to in places] for pool in order]
    right = [own[pool] for pool in order]
    if len(order) <= SMALL:
        exact = by_fractions(whole, passed, right)
        return {pool: _divided((y * whole[at]).numerator, (y * whole[at]).denominator) for (at, pool), y in
                zip(enumerate(order), exact, strict=True)}  # fmt: skip
    return dict(zip(order, _in_rounds(whole, passed, right), strict=True))


def by_fractions(
    whole: Sequence[int], passed: Sequence[Sequence[tuple[int, int]]], right: Sequence[int]
) -> list[Fraction]:
    """Solve W_j y_j - sum w_pj y_p = right_j exactly, by Gauss with fractions; the system must have one solution."""
    size = len(whole)
    rows = [[Fraction(0)] * size + [Fraction(right[at])] for at in range(size)]
    for at in range(size):
        rows[at][at] += whole[at]
        for to, weight in passed[at]:
            rows[to][at] -= weight
    for at in range(size):
        pivot = next(row for row in range(at, size) if rows[row][at])
        rows[at], rows[pivot] = rows[pivot], rows[at]
        head = rows[at][at]
        rows[at] = [value / head for value in rows[at]]
        for row in range(size):
            if row != at and (factor := rows[row][at]):
                rows[row] = [value - factor * own for value, own in zip(rows[row], rows[at], strict=True)]
    return [row[-1] for row in rows]


def _in_rounds(
    whole: Sequence[int], passed: Sequence[Sequence[tuple[int, int]]], right: Sequence[int]
) -> list[int]:
    """Solve in rounds: floating point gives each round's digits, whole numbers what is still missing, until nothing is.

    The totals x obey x_j - sum of x_p w_pj / W_p = right_j. What is missing is computed exactly, so that the error at the
    end is known and not hoped for.
    """
    import numpy as np

    size = len(whole)
    matrix = np.eye(size)
    for at in range(size):
        for to, weight in passed[at]:
            matrix[to, at] -= weight / whole[at]
    inverse = np.linalg.inv(matrix)
    found = [0] * size
    missing = list(right)
    coming = [0] * size
    for edges in passed:
        for to, weight in edges:
            coming[to] += weight
    # Each quotient below is cut, which may cost its weight; so near to nothing is nothing.
    enough = 2 * max(coming) + 2
    for _ in range(40):
        most = max(abs(value) for value in missing)
        if most <= enough:
            return found
        shift = max(0, most.bit_length() - 60)
        step = inverse @ np.array([float(value >> shift) for value in missing])
        for at in range(size):
            # Scaled up before it is cut to a whole number, so that no digit of the step is lost.
            found[at] += (int(step[at] * (1 << 20)) << shift) >> 20
        missing = _missing(found, whole, passed, right)
    raise Refused("The pools pass so much to each other that their totals cannot be told; check the weights.")


def _missing(
    found: Sequence[int],
    whole: Sequence[int],
    passed: Sequence[Sequence[tuple[int, int]]],
    right: Sequence[int],
) -> list[int]:
    """Return by how much the totals found miss the equations."""
    missing = [value - total for value, total in zip(right, found, strict=True)]
    for at, total in enumerate(found):
        unit = total // whole[at]
        for to, weight in passed[at]:
            missing[to] += unit * weight
    return missing


def _divided(number: int, by: int) -> int:
    """Return the nearest whole number of a quotient."""
    return (2 * number + by) // (2 * by)


def _close(scaled: int, by: int) -> int:
    """Return a scaled quotient in parts of 2^-64 of a cent, the digits that are certain: what is equal is equal afterwards."""
    return _divided(scaled, by << (SCALE_BITS - CLOSE_BITS))
