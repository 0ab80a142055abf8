"""Allocation: what goes in comes out, by steps and all at once; goldens by hand, properties by hypothesis."""

from __future__ import annotations

from fractions import Fraction
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stateworks.kernel.errors import Refused
from stateworks.modules.billing import allocation
from stateworks.modules.billing.allocation import METHODS, SCALE_BITS, allocate, by_fractions

POOLS = ("p0", "p1", "p2", "p3")
BEARERS = ("a", "b", "c")


def in_cents(scaled: int) -> float:
    return scaled / (1 << SCALE_BITS)


def test_two_steps_by_hand() -> None:
    """Buildings 100,000: 1 part to IT, 3 to a, 1 to b. IT 60,000 + 20,000: 1 part to a, 3 to b.

    a gets 60,000 + 20,000, b 20,000 + 60,000.
    """
    done = allocate(
        {"buildings": 100_000, "it": 60_000},
        {"buildings": {"it": 1, "a": 3, "b": 1}, "it": {"buildings": 5, "a": 1, "b": 3}},
        method="step_down", order=("buildings", "it"),
    )  # fmt: skip
    assert done.cents == {
        ("buildings", "a"): 60_000, ("buildings", "b"): 20_000, ("it", "a"): 20_000, ("it", "b"): 60_000,
    }  # fmt: skip
    assert in_cents(done.totals["it"]) == 80_000


def test_reciprocal_by_hand() -> None:
    """X = 1,000 + 1/2 y and y = 500 + 1/4 x give x = 10,000/7 and y = 6,000/7.

    x passes 3/4 to a: 7,500/7 = 1,071.43; y passes 1/2 to b: 3,000/7 = 428.57. Together 1,500.
    """
    done = allocate(
        {"x": 1000, "y": 500}, {"x": {"y": 1, "a": 3}, "y": {"x": 1, "b": 1}}, method="reciprocal"
    )
    assert done.cents == {("x", "a"): 1071, ("y", "b"): 429}


def test_direct_leaves_other_pools_out_and_says_what_nobody_bears() -> None:
    done = allocate({"x": 100, "y": 50}, {"x": {"y": 9, "a": 1}}, method="direct")
    assert done.cents == {("x", "a"): 100}
    assert done.unallocated == {"y": 50}


def test_a_closed_circle_is_refused() -> None:
    with pytest.raises(Refused, match="x, y pass their cost only to each other"):
        allocate({"x": 1, "y": 1, "z": 1}, {"x": {"y": 1}, "y": {"x": 2}, "z": {"a": 1}}, method="reciprocal")
    with pytest.raises(Refused, match="weight of a in x is negative"):
        allocate({"x": 1}, {"x": {"a": -1}}, method="direct")


costs = st.fixed_dictionaries({pool: st.integers(-(10**9), 10**11) for pool in POOLS})
weights = st.fixed_dictionaries(
    {pool: st.dictionaries(st.sampled_from(POOLS + BEARERS), st.integers(0, 10**6)) for pool in POOLS}
)


@given(costs, weights, st.sampled_from(METHODS))
def test_what_goes_in_comes_out(
    own: dict[str, int], passed: dict[str, dict[str, int]], method: allocation.Method
) -> None:
    try:
        done = allocate(own, passed, method=method, order=POOLS)
    except Refused:
        assert method == "reciprocal"
        return
    assert sum(done.cents.values()) + sum(done.unallocated.values()) == sum(own.values())
    assert {receiver for _, receiver in done.cents} <= set(BEARERS)


@given(costs, weights)
def test_without_a_circle_reciprocal_is_step_down(
    own: dict[str, int], passed: dict[str, dict[str, int]]
) -> None:
    onward = {
        pool: {to: weight for to, weight in shares.items() if to not in POOLS or to > pool}
        for pool, shares in passed.items()
    }
    for pool in POOLS:
        onward[pool]["a"] = onward[pool].get("a", 0) + 1
    step, all_at_once = (
        allocate(own, onward, method=method, order=POOLS) for method in ("step_down", "reciprocal")
    )
    assert step.cents == all_at_once.cents


def test_rounds_find_what_fractions_find() -> None:
    """Forty pools that all pass to each other: the same cents to the last one, whichever way they are solved."""
    chance = Random(7)
    pools = [f"p{at:02}" for at in range(40)]
    own = {pool: chance.randrange(-(10**6), 10**10) for pool in pools}
    passed = {
        pool: {to: chance.randrange(1, 1000) for to in [*chance.sample(pools, 12), "a", "b", "c"]}
        for pool in pools
    }
    in_rounds = allocate(own, passed, method="reciprocal")
    kept = [{to: weight for to, weight in passed[pool].items() if to != pool} for pool in pools]
    exact = by_fractions(
        [sum(shares.values()) for shares in kept],
        [[(pools.index(to), weight) for to, weight in shares.items() if to in own] for shares in kept],
        [own[pool] for pool in pools],
    )
    for at, pool in enumerate(pools):
        total = exact[at] * sum(kept[at].values())
        assert abs(Fraction(in_rounds.totals[pool], 1 << SCALE_BITS) - total) < Fraction(1, 1 << 100)
    assert sum(in_rounds.cents.values()) == sum(own.values())
