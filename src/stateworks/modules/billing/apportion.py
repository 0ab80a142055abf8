"""Splits whole cents so that not one is lost or made: largest remainder, within the quota, whatever the order.

Each share is the exact quota rounded down or up, never further, so that no share changes its sign and none leaves its
quota. The cents that rounding down leaves over go to the largest remainders; of equal ones the first by key. Source of the
rule: Hamilton's method of apportionment, which keeps the quota rule that rounding one after the other breaks.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from math import lcm
from typing import Any, TypeVar

from stateworks.kernel.errors import Refused
from stateworks.kernel.lake.contracts import columns_sql, quoted
from stateworks.modules.billing.money import Exact, half_up

K = TypeVar("K", bound=Any)


def apportion(total: int, weights: Mapping[K, int]) -> dict[K, int]:
    """Split a total by whole, non-negative weights; the shares add up to it, in the order of the weights.

    A negative total is split as its reverse is, share by share. Raises Refused where a weight is negative, or where there
    is something to split and no weight.
    """
    negative = [key for key, weight in weights.items() if weight < 0]
    if negative:
        raise Refused(f"The weight of {negative[0]} is negative; a share needs a weight of zero or more.")
    whole = sum(weights.values())
    if whole == 0:
        if total:
            raise Refused(f"{total} cents cannot be split: no receiver has a weight above zero.")
        return dict.fromkeys(weights, 0)
    sign = -1 if total < 0 else 1
    amount = abs(total)
    shares = {key: amount * weight // whole for key, weight in weights.items()}
    left = amount - sum(shares.values())
    first = sorted(weights, key=lambda key: (-(amount * weights[key] % whole), key))[:left]
    for key in first:
        shares[key] += 1
    return {key: sign * share for key, share in shares.items()}


def rounded(exact: Mapping[K, Exact], total: int | None = None) -> dict[K, int]:
    """Round exact amounts to whole ones that add up to the rounded sum, or to the total where one is given."""
    amounts = {key: Fraction(amount) for key, amount in exact.items()}
    one = lcm(*(amount.denominator for amount in amounts.values()))
    target = half_up(sum(amounts.values(), Fraction(0))) if total is None else total
    return settled(
        {key: amount.numerator * (one // amount.denominator) for key, amount in amounts.items()}, one, target
    )


def settled(parts: Mapping[K, int], one: int, total: int) -> dict[K, int]:
    """Round amounts that are counted in parts, `one` of which make a whole, to whole ones that add up to a total.

    Amounts may be negative. A total further from the sum than rounding reaches is refused: something is missing then.
    """
    shares, rests = {}, {}
    for key, amount in parts.items():
        shares[key], rest = divmod(amount, one)
        if rest:
            rests[key] = rest
    left = total - sum(shares.values())
    if not 0 <= left <= len(rests):
        raise Refused(f"{total} cents are not the rounded sum of {len(parts)} amounts; {left} are left over.")
    # By key first and then, stably, by remainder: of equal remainders the first key.
    for key in sorted(sorted(rests), key=rests.__getitem__, reverse=True)[:left]:
        shares[key] += 1
    return shares


def apportioned_sql(rows: str, *, total: str, weight: str, key: str, by: tuple[str, ...] = ()) -> str:
    """Return DuckDB's query of `apportion` over a whole relation: its rows with `cents`, split within each group of `by`.

    `total` names the column with the group's cents (the same in each of its rows), `weight` a whole number of zero or more,
    `key` what decides between equal remainders. Totals and weights are BIGINT; products are 128 bits wide. A group
    without weight gives no cents: compare the sums.
    """
    group = f"PARTITION BY {columns_sql(by)}" if by else ""
    amount, part = (
        f"abs({quoted(total)})::HUGEINT * {quoted(weight)}",
        f"sum({quoted(weight)}) OVER ({group})",
    )
    return (
        f"SELECT * EXCLUDE (_share, _rest, _whole, _left), "
        f"CAST(sign({quoted(total)}) * (_share + CASE WHEN row_number() OVER "
        f"({group} ORDER BY _rest DESC, {quoted(key)}) <= _left THEN 1 ELSE 0 END) AS BIGINT) AS cents "
        f"FROM (SELECT *, abs({quoted(total)}) - sum(_share) OVER ({group}) AS _left FROM ("
        f"SELECT *, CASE WHEN _whole > 0 THEN ({amount}) // _whole ELSE 0 END AS _share, "
        f"CASE WHEN _whole > 0 THEN ({amount}) % _whole ELSE 0 END AS _rest FROM ("
        f"SELECT *, {part} AS _whole FROM {rows})) )"
    )
