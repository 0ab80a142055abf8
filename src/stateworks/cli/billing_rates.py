"""The `billing build-rates` command: what each SKU cost and earned, and the price at which it breaks even."""

from __future__ import annotations

from typing import Annotated

import typer

from stateworks.cli.instance import open_instance
from stateworks.cli.output import Format, FormatOption, end, print_json, say, show


def build_rates(
    card: Annotated[str, typer.Argument(help="Code of the rate card, approved or not.")],
    form: FormatOption = Format.TABLE,
) -> None:
    """Build a card's prices from the last closed fiscal year. Status 1 where a SKU's cost is not known."""
    open_instance()
    from stateworks.kernel.access.scope import SYSTEM, entered
    from stateworks.modules.billing.building import building_of
    from stateworks.modules.billing.money import dollars

    with entered(SYSTEM):
        told = building_of(card)
    if form is Format.JSON:
        print_json(told.as_json())
    else:
        columns = (
            "sku", "cost_cents", "revenue_cents", "recovery_cents", "pool_cents", "carry_cents", "units", "break_even",
            "card_price",
        )  # fmt: skip
        show([one.as_json() for one in told.skus], form, columns)
        say(f"Cost and revenue of fiscal year {told.year}.")
        for one in told.skus:
            if one.why:
                say(f"{one.sku}: {one.why}{' A recorded cost is used.' if one.recorded else ''}")
        if told.lost:
            say(f"No service brings back {dollars(told.lost)} of cost.")
    end(any(one.pool is None for one in told.skus))
