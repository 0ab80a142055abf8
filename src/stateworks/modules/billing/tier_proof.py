"""What a month's use comes to under prices with tiers, from what a run kept and the quantity of each day."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from stateworks.modules.billing.models import BillingRun
from stateworks.modules.billing.readd import rated, tiered


def rates_of(run: BillingRun, sku: str, month: str) -> list[dict[str, Any]]:
    """Return the prices of a SKU that a run kept for a month, the earliest first."""
    found = [
        one
        for one in run.inputs["prices"]
        if one["sku"] == sku and one["starts_on"][:7] <= month <= one["ends_on"][:7]
    ]
    return sorted(found, key=lambda one: str(one["starts_on"]))


def tiers_told(rates: list[dict[str, Any]], by_day: Mapping[str, Decimal]) -> dict[str, Any]:
    """Return what was used under each price of a month with the price's tiers, and how much of it is at which tier."""
    spans = [
        {
            "starts_on": one["starts_on"], "ends_on": one["ends_on"], "quantity": _short(sum(
                (quantity for day, quantity in by_day.items() if one["starts_on"] <= day <= one["ends_on"]), Decimal(0))),
            "tiers": [["0", _short(one["price"])], *([_short(a), _short(b)] for a, b in one.get("tiers", ()))],
        }
        for one in rates
    ]  # fmt: skip
    found = []
    for price, quantity in tiered(spans).items():
        exact = {
            name: format((Decimal(one.numerator) / one.denominator).normalize(), "f")
            for name, one in (("price", price), ("quantity", quantity))
        }
        found.append({**exact, "cents": rated(exact["quantity"], exact["price"])})
    return {"spans": spans, "tiers": found}


def _short(amount: str | Decimal) -> str:
    return format(Decimal(amount).normalize(), "f")
