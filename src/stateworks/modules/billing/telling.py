"""What commands, pages and programs are told alike: a derivation in words, a run in figures."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import Any

from stateworks.modules.billing.models import AnomalyFinding, BillingRun, InvoiceLine
from stateworks.modules.billing.money import dollars
from stateworks.modules.billing.readd import rated
from stateworks.web.words import count_of


def sentences(told: Mapping[str, Any], *, rows: int = 20) -> Iterator[str]:
    """Yield a derivation as sentences, each a step of the sum; up to so many source rows."""
    yield f"Line {told['line']} charges {told['account']} for {told['sku']} in {told['origin']}: {dollars(told['cents'])}."
    yield from {"usage": _usage, "passed_on": _passed_on, "allocated": _allocated, "credit": _credit}[
        told["kind"]
    ](told)
    for one in told["earlier"]:
        yield f"Charged before on {one['line']}: {dollars(one['cents'])}."
    for row in told.get("rows", ())[:rows]:
        yield "  " + ", ".join(f"{name} {value}" for name, value in row.items() if value not in (None, ""))
    left = told.get("rows_in_all", 0) - min(rows, len(told.get("rows", ())))
    if rows and left > 0:
        yield f"  and {count_of(left, 'more row')}."


def _usage(told: Mapping[str, Any]) -> Iterator[str]:
    if "tiers" in told:
        yield from _tiers(told)
        return
    exact = Fraction(told["rows_quantity"]) * Fraction(told["price"])
    cents = rated(told["rows_quantity"], told["price"])
    n = told["rows_in_all"]
    yield f"{count_of(n, 'event')} {'adds' if n == 1 else 'add'} up to {told['rows_quantity']}, at ${told['price']} for one."
    yield f"That is ${float(exact):,.6f}, rounded once to {dollars(cents)}."


def _tiers(told: Mapping[str, Any]) -> Iterator[str]:
    n = told["rows_in_all"]
    yield (
        f"{count_of(n, 'event')} of the month {'adds' if n == 1 else 'add'} up to {told['rows_quantity']}. The price has tiers: "
        "units of the account's month are counted from zero."
    )
    for one in told["tiers"]:
        mine = " This line is about these." if Fraction(one["price"]) == Fraction(told["price"]) else ""
        yield f"{one['quantity']} at ${one['price']} for one come to {dollars(one['cents'])}, rounded once.{mine}"


def _passed_on(told: Mapping[str, Any]) -> Iterator[str]:
    amount = told["shares"].get(told["mine"], "0")
    whole = sum((Fraction(one) for one in told["shares"].values()), Fraction(0))
    yield f"The provider's charges for this, {told['rows_in_all']:,} in all, add up to ${amount}."
    yield (
        f"The provider's month is ${float(whole):,.6f}; rounded once, and its cents split over {len(told['shares'])} shares by "
        "largest remainder."
    )


def _allocated(told: Mapping[str, Any]) -> Iterator[str]:
    weights = told["weights"].get(told["pool"], {})
    own = dollars(told["pools"].get(told["pool"], 0))
    n = told["rows_in_all"]
    yield f"{count_of(n, 'ledger line')} {'puts' if n == 1 else 'put'} {own} into the pool {told['pool']}."
    yield (
        f"The account has {weights.get(told['receiver'], 0):,} of {sum(weights.values()):,} parts of the pool's driver "
        f"(millionths; method {told['method'].replace('_', '-')})."
    )


def _credit(told: Mapping[str, Any]) -> Iterator[str]:
    yield f"Credit {told['credit']} gives {dollars(told['given'])} of {told['credited_line']} back: {told['why']}"


def run_told(run: BillingRun) -> dict[str, Any]:
    """Return how far a month's run is: its state, what it comes to, and what is still to be looked at."""
    open_ = AnomalyFinding.objects.filter(invoice__run=run, resolved_at__isnull=True)
    return {
        "period": run.period.code, "state": run.state, "run": run.pk, "inputs": run.inputs_hash, "months": run.months,
        "invoices": run.invoices.count(), "lines": InvoiceLine.objects.filter(invoice__run=run).count(),
        "cents": run.cents, "unreviewed": run.invoices.filter(reviewed_at__isnull=True).count(),
        "findings": open_.values("invoice").distinct().count(), "worklist": len(run.worklist), "checks": run.checks,
    }  # fmt: skip
