"""From inputs to charges, as a pure function: the same inputs give the same charges, whoever computes them and how often.

What a month comes to is computed anew from all that is known of it, and what was charged for it before is taken off. So a
month's own charges and corrections of earlier ones are the same thing, and each month's lines add up to what it comes to.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from typing import Any

from stateworks.modules.billing.allocation import Allocated, allocate
from stateworks.modules.billing.apportion import rounded
from stateworks.modules.billing.inputs import (
    ACCOUNT,
    NOBODY,
    Inputs,
    Model,
    Passed,
    Price,
    Used,
    coded,
    pool_of,
)
from stateworks.modules.billing.models import LineKind
from stateworks.modules.billing.money import rated
from stateworks.modules.billing.tiers import ZERO, slices


@dataclass(frozen=True, order=True)
class Charge:
    """One line to come: the key tells it apart, the rest is how much of what."""

    account: str
    sku: str
    kind: str
    origin: str
    source: str
    price: Decimal
    quantity: Decimal
    cents: int
    rows: int

    @property
    def key(self) -> tuple[str, ...]:
        """What tells a charge apart from others: kind, account, SKU, month, source and price."""
        return (self.kind, self.account, self.sku, self.origin, self.source, str(self.price.normalize()))


@dataclass(frozen=True)
class Outcome:
    """What the inputs come to: charges in order, what could not be charged and why, and the sums of each stage."""

    charges: tuple[Charge, ...]
    worklist: tuple[dict[str, Any], ...]
    checks: Mapping[str, Any]
    allocated: Mapping[str, Allocated] = field(default_factory=dict)

    @property
    def cents(self) -> int:
        """The sum of all charges."""
        return sum(charge.cents for charge in self.charges)


Priced = dict[tuple[str, str, str, Decimal], list[Any]]
"""Quantity and rows by account, SKU, month and price: each is a line."""
ByRate = dict[tuple[str, str, str], dict[Price, list[Any]]]
"""Quantity and rows of SKUs with tiers, by the rate of their days."""


def charges_of(inputs: Inputs) -> Outcome:
    """Return what a month's inputs come to; every stage's sums agree, or the program stops."""
    worklist: list[dict[str, Any]] = []
    whole = [*_usage(inputs, worklist), *_passed_on(inputs, worklist)]
    allocated, spent = _allocated(inputs, worklist)
    whole += spent
    charges = [*_less_billed(inputs, whole), *_credits(inputs)]
    outcome = Outcome(
        tuple(sorted(charges)),
        tuple(worklist),
        _checks(inputs, whole, charges, worklist, allocated),
        allocated,
    )
    if outcome.checks["differences"]:
        raise RuntimeError(f"The sums of {inputs.period} do not agree: {outcome.checks}")
    return outcome


def still_open(inputs: Inputs, row: Mapping[str, Any]) -> bool:
    """Tell whether what could not be charged before cannot be charged now either."""
    if row["stage"] == "ledger":
        return pool_of(inputs.pools, row["account"], row["sku"]) is None
    account, sku = (
        coded(inputs.accounts, row["source"], row["account"]),
        coded(inputs.skus, row["source"], row["sku"]),
    )
    given = Passed(row["month"], row["source"], row["account"], row["sku"], ZERO, 0)
    if _why_not(inputs, given, account, sku):
        return True
    # The day is not known any more: a price on some day of the month is worth a look, unless it was there then.
    return row["stage"] == "usage" and not any(
        one.sku == sku
        and one.starts_on[:7] <= row["month"] <= one.ends_on[:7]
        and one.key not in row.get("prices", ())
        for one in inputs.prices
    )


def _usage(inputs: Inputs, worklist: list[dict[str, Any]]) -> list[Charge]:
    """Price what was used; what has no account, no SKU or no price goes on the worklist."""
    prices: dict[str, list[Price]] = defaultdict(list)
    for price in inputs.prices:
        prices[price.sku].append(price)
    tiered = {price.sku for price in inputs.prices if price.tiers}
    sums: Priced = {}
    by_rate: ByRate = {}
    for used in inputs.usage:
        account, sku = (
            coded(inputs.accounts, used.source, used.account),
            coded(inputs.skus, used.source, used.sku),
        )
        found = next((one for one in prices.get(sku, ()) if one.starts_on <= used.since <= one.ends_on), None)
        why = _why_not(inputs, used, account, sku) or (
            "" if found else f"{sku} has no approved price on {used.since}"
        )
        if why or found is None:
            worklist.append({
                "stage": "usage", "month": used.month, "source": used.source, "account": used.account, "sku": used.sku,
                "why": why, "rows": used.rows, "quantity": str(used.quantity), "cents": None,
                "prices": [one.key for one in prices.get(sku, ())],
            })  # fmt: skip
            continue
        if sku in tiered:
            total = by_rate.setdefault((account, sku, used.month), {}).setdefault(found, [ZERO, 0])
        else:
            total = sums.setdefault((account, sku, used.month, found.price), [ZERO, 0])
        total[0] += used.quantity
        total[1] += used.rows
    _fill_tiers(by_rate, sums)
    return [
        Charge(account, sku, LineKind.USAGE.value, month, "", price, quantity, rated(quantity, price), rows)
        for (account, sku, month, price), (quantity, rows) in sums.items()
    ]


def _fill_tiers(by_rate: ByRate, sums: Priced) -> None:
    """Spread what was used of SKUs with tiers over the prices of its month; its rows are counted at the first of them."""
    for (account, sku, month), used in by_rate.items():
        before = ZERO
        for rate, (quantity, rows) in sorted(used.items(), key=lambda one: one[0].starts_on):
            for price, part in slices(quantity, rate.price, rate.tiers, before=before):
                total = sums.setdefault((account, sku, month, price), [ZERO, 0])
                total[0] += part
                total[1] += rows
                rows = 0
            before += quantity


def _why_not(inputs: Inputs, row: Used | Passed, account: str, sku: str) -> str:
    if not account:
        return f"no account is known as {row.account}"
    if not sku:
        return f"no SKU is known as {row.sku}"
    starts, ends = inputs.spans.get(account, ("", ""))
    if (ends and ends < f"{row.month}-01") or (starts and starts[:7] > row.month):
        return f"{account} takes no charges in {row.month}"
    return ""


def _passed_on(inputs: Inputs, worklist: list[dict[str, Any]]) -> list[Charge]:
    """Pass on what providers charge: each provider's month is rounded once, and split so that it is conserved."""
    groups: dict[tuple[str, str], dict[str, list[Any]]] = defaultdict(dict)
    for row in inputs.passed:
        account, sku = (
            coded(inputs.accounts, row.source, row.account),
            coded(inputs.skus, row.source, row.sku),
        )
        why = _why_not(inputs, row, account, sku)
        # As one text, so that of equal remainders the same comes first wherever this is added up again.
        key = "|".join((NOBODY, NOBODY, row.account, row.sku) if why else (account, sku, "", ""))
        total = groups[row.source, row.month].setdefault(key, [ZERO, 0, why])
        total[0] += row.amount
        total[1] += row.rows
    made = []
    for (source, month), totals in groups.items():
        shares = rounded({key: Fraction(total[0]) * 100 for key, total in totals.items()})
        for key, (amount, rows, why) in totals.items():
            account, sku, given, service = key.split("|", 3)
            if why:
                worklist.append({
                    "stage": "passed on", "month": month, "source": source, "account": given, "sku": service, "why": why,
                    "rows": rows, "quantity": str(amount), "cents": shares[key],
                })  # fmt: skip
            else:
                kind = LineKind.PASSED_ON.value
                made.append(Charge(account, sku, kind, month, source, ZERO, amount, shares[key], rows))
    return made


def _allocated(inputs: Inputs, worklist: list[dict[str, Any]]) -> tuple[dict[str, Allocated], list[Charge]]:
    """Gather what was spent in pools and pass it on; what no pool gathers goes on the worklist."""
    pooled: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    rows: dict[tuple[str, str], int] = defaultdict(int)
    for spent in inputs.spent:
        pool = pool_of(inputs.pools, spent.cost_center, spent.object_code)
        if pool is None:
            worklist.append({
                "stage": "ledger", "month": spent.month, "source": "", "account": spent.cost_center, "sku": spent.object_code,
                "why": "no pool gathers it", "rows": spent.rows, "quantity": "", "cents": spent.cents,
            })  # fmt: skip
            continue
        pooled[spent.month][pool] += spent.cents
        rows[spent.month, pool] += spent.rows
    made, charges = {}, []
    for month, costs in sorted(pooled.items()):
        model = inputs.models.get(month) or Model("direct", (), {}, {})
        pools = set(costs) | set(model.weights)
        done = allocate({pool: costs.get(pool, 0) for pool in pools}, model.weights, method=model.method,
                        order=[pool for pool in model.order if pool in pools])  # fmt: skip
        made[month] = done
        for (pool, receiver), cents in done.cents.items():
            if cents:
                account, sku = receiver.removeprefix(ACCOUNT), model.skus[pool]
                kind = LineKind.ALLOCATED.value
                charges.append(Charge(account, sku, kind, month, pool, ZERO, ZERO, cents, rows[month, pool]))
    return made, charges


def _less_billed(inputs: Inputs, whole: list[Charge]) -> list[Charge]:
    """Take off what was charged before; what is no more is charged back to nothing."""
    before = {one.key: one for one in inputs.billed}
    made = []
    for charge in whole:
        known = before.pop(charge.key, None)
        if known is None:
            # A quantity at no price is a line of zero cents: the customer sees what was used.
            made.append(charge)
        elif charge.cents != known.cents or charge.quantity != known.quantity:
            made.append(_changed(charge, charge.quantity - known.quantity, charge.cents - known.cents))
    for key, known in sorted(before.items()):
        if known.cents or known.quantity:
            kind, account, sku, origin, source, price = key
            made.append(
                Charge(account, sku, kind, origin, source, Decimal(price), -known.quantity, -known.cents, 0)
            )
    return made


def _changed(charge: Charge, quantity: Decimal, cents: int) -> Charge:
    return Charge(
        charge.account,
        charge.sku,
        charge.kind,
        charge.origin,
        charge.source,
        charge.price,
        quantity,
        cents,
        charge.rows,
    )


def _credits(inputs: Inputs) -> list[Charge]:
    kind = LineKind.CREDIT.value
    return [
        Charge(one.account, one.sku, kind, one.origin, one.code, ZERO, ZERO, -one.cents, 0)
        for one in inputs.credits
    ]


def _checks(
    inputs: Inputs, whole: list[Charge], charges: list[Charge], worklist: list[dict[str, Any]],
    allocated: Mapping[str, Allocated],
) -> dict[str, Any]:  # fmt: skip
    """Add up each stage in two ways; `differences` names those that do not agree."""
    kinds = {kind: [one for one in whole if one.kind == kind] for kind in ("usage", "allocated", "passed_on")}
    open_ = {
        stage: [one for one in worklist if one["stage"] == stage]
        for stage in ("usage", "passed on", "ledger")
    }
    sums = {
        "usage_rows": (
            sum(one.rows for one in inputs.usage),
            sum(one.rows for one in kinds["usage"]) + sum(one["rows"] for one in open_["usage"]),
        ),
        "ledger_cents": (
            sum(one.cents for one in inputs.spent),
            sum(one.cents for one in kinds["allocated"]) + sum(one["cents"] for one in open_["ledger"])
            + sum(sum(done.unallocated.values()) for done in allocated.values()),
        ),
        "passed_on_cents": (
            _provider_cents(inputs),
            sum(one.cents for one in kinds["passed_on"]) + sum(one["cents"] for one in open_["passed on"]),
        ),
        "charged_cents": (
            sum(one.cents for one in whole) - sum(one.cents for one in inputs.billed)
            - sum(one.cents for one in inputs.credits),
            sum(one.cents for one in charges),
        ),
    }  # fmt: skip
    return {
        **{name: {"in": before, "out": after} for name, (before, after) in sums.items()},
        "unallocated_cents": sum(sum(done.unallocated.values()) for done in allocated.values()),
        "differences": [name for name, (before, after) in sums.items() if before != after],
    }


def _provider_cents(inputs: Inputs) -> int:
    from stateworks.modules.billing.money import half_up

    sums: dict[tuple[str, str], Fraction] = defaultdict(Fraction)
    for row in inputs.passed:
        sums[row.source, row.month] += Fraction(row.amount) * 100
    return sum(half_up(total) for total in sums.values())
