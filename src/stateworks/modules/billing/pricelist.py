"""Reads prices with their tiers from rate cards."""

from __future__ import annotations

from datetime import date
from typing import Any

from stateworks.modules.billing.inputs import Price
from stateworks.modules.billing.models import Rate, RateTier
from stateworks.modules.billing.tiers import Tiers, in_order


def listed(**which: Any) -> list[tuple[str, Price]]:
    """Return card and price of the rates that conditions on card and SKU select, by SKU and first day; two queries.

    `listed(card__approved=True)` is every price that counts.
    """
    rates = Rate.objects.filter(**which).order_by("sku__code", "starts_on", "card__code")
    rows = list(rates.values_list("card__code", "sku__code", "starts_on", "ends_on", "price"))
    tiers = _tiers(**which) if rows else {}
    return [
        (card, Price(sku, starts.isoformat(), ends.isoformat(), price, tiers.get((card, sku, starts), ())))
        for card, sku, starts, ends, price in rows
    ]


def _tiers(**which: Any) -> dict[tuple[str, str, date], Tiers]:
    """Return the tiers of each rate: by card, SKU and first day."""
    rows = RateTier.objects.filter(**which).order_by("from_quantity")
    found: dict[tuple[str, str, date], Tiers] = {}
    for card, sku, starts, quantity, price in rows.values_list(
        "card__code", "sku__code", "starts_on", "from_quantity", "price"
    ):
        key = (card, sku, starts)
        found[key] = (*found.get(key, ()), (quantity, price))
    return {key: in_order(tiers, key[1]) for key, tiers in found.items()}
