"""The `billing` words about money owed and expected: `receivables` and `forecast`."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import typer

from stateworks.cli.instance import open_instance
from stateworks.cli.output import Format, FormatOption, end, print_json, say, show


def receivables(
    as_of: Annotated[
        datetime | None, typer.Option("--as-of", formats=["%Y-%m-%d"], help="The day; today if absent.")
    ] = None,
    form: FormatOption = Format.TABLE,
) -> None:
    """Say what is owed, by age, what is disputed, and how long it takes to be paid. Status 1 where something is overdue."""
    open_instance()
    from django.utils import timezone

    from stateworks.kernel.access.scope import SYSTEM, entered
    from stateworks.modules.billing.models import Invoice
    from stateworks.modules.billing.money import dollars
    from stateworks.modules.billing.receivables import AGES, report

    day = as_of.date() if as_of else timezone.localdate()
    with entered(SYSTEM):
        told = report(day, Invoice.objects.all())
    if form is Format.JSON:
        print_json(told)
    else:
        ages = [key for key, _, _ in AGES]
        show(
            told["agencies"],
            form,
            (
                "agency",
                "issued_cents",
                "credits_cents",
                "paid_cents",
                "open_cents",
                *ages,
                "disputed_cents",
                "in_favor_cents",
            ),
        )
        days = told["days_to_collect"]
        say(
            f"Open as of {day}: {dollars(told['open_cents'])}, {dollars(told['disputed_cents'])} of it disputed."
        )
        if days["median"] is not None:
            say(f"Half of the invoices of the last twelve months were paid within {days['median']} days.")
    end(any(told[key] for key, _, _ in AGES[1:]))


def forecast(form: FormatOption = Format.TABLE) -> None:
    """Forecast each agency's coming months by line of service, and keep it; the same day and months add nothing."""
    open_instance()
    from django.utils import timezone

    from stateworks.kernel.access.scope import SYSTEM, entered
    from stateworks.modules.billing.budgets import scored
    from stateworks.modules.billing.models import Forecast
    from stateworks.modules.billing.verbs import forecasting

    with entered(SYSTEM):
        told = forecasting.forecast(by=None, at=timezone.now())
        score = scored(Forecast.objects.all())
    show({**told, "scored": score.as_json()} if form is Format.JSON else {**told, **score.as_json()}, form)
