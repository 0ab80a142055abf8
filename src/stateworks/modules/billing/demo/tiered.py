"""Prices with tiers, and what the newest card's prices rest on; what tiers come to is worked out here, by itself."""

from __future__ import annotations

from datetime import date

from stateworks.kernel.clocks.fiscal import fiscal_year_of
from stateworks.modules.billing.demo.rows import Drawn

TIERED = ("storage-and-backup", "e-mail-and-calendar")
"""Services whose units cost less from some on."""
TIERS = ((100, 80), (300, 60))
"""From so many units of a month on, so many percent of the first price."""


def draw_tiers(made: Drawn) -> None:
    """Give the services with tiers theirs on every card, at each rate of theirs."""
    for rate in made.rates:
        year = 2000 + int(str(rate["card"])[2:])
        for start, percent in TIERS if rate["sku"] in TIERED else ():
            price = made.prices[str(rate["sku"]), year] * percent // 100
            made.rate_tiers.append(
                {"card": rate["card"], "sku": rate["sku"], "starts_on": rate["starts_on"], "from_quantity": start,
                 "price": f"{price // 10**8}.{price % 10**8:08}"}
            )  # fmt: skip


def draw_builds(made: Drawn) -> None:
    """Say what the newest card's prices rest on: as many units as in the year before, and what these come to."""
    newest = max(int(card["fiscal_year"]) for card in made.card_rows)
    used: dict[str, int] = {}
    for row in (*made.usage, *made.late_usage):
        if fiscal_year_of(date.fromisoformat(str(row["Used at"])[:10])) == newest - 1:
            whole, part = str(row["Quantity"]).removeprefix("-").split(".")
            sign = -1 if str(row["Quantity"]).startswith("-") else 1
            used[str(row["Item"])] = used.get(str(row["Item"]), 0) + sign * (int(whole) * 1000 + int(part))
    for sku, thousandths in sorted(used.items()):
        # Of a price with tiers no one number says what it brings.
        if sku not in TIERED:
            made.rate_builds.append(
                {"card": f"fy{newest % 100}", "sku": sku, "pool_cents": cents_of(thousandths, made.prices[sku, newest]),
                 "carry_cents": 0, "units": f"{thousandths // 1000}.{thousandths % 1000:03}",
                 "note": f"As many units as in FY{(newest - 1) % 100}."}
            )  # fmt: skip


def worth(made: Drawn, sku: str, month: str, thousandths: int) -> int:
    """Return the cents of an account's month of a service: what lies between two tiers is rounded for itself."""
    price = made.price(sku, month)
    if sku not in TIERED or thousandths <= 0:
        return cents_of(thousandths, price)
    cents, top = 0, None
    for start, percent in reversed(((0, 100), *TIERS)):
        upper = thousandths if top is None else min(thousandths, top * 1000)
        if upper > start * 1000:
            cents += cents_of(upper - start * 1000, price * percent // 100)
        top = start
    return cents


def cents_of(thousandths: int, price: int) -> int:
    """Return the cents of an amount in thousandths at a price in hundred-millionths of a dollar; half goes away from zero."""
    one = 10**9
    cents = (abs(thousandths) * price + one // 2) // one
    return cents if thousandths >= 0 else -cents
