"""The `billing` words about the office's cost centers: `centers` and `forecast-center`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from stateworks.cli.instance import open_instance
from stateworks.cli.output import Format, FormatOption, end, print_json, say, show


def centers(
    year: Annotated[str, typer.Argument(help="The fiscal year, such as FY27.")],
    form: FormatOption = Format.TABLE,
) -> None:
    """Say what each cost center budgets, spent and expects, and whose forecast is missing. Status 1 where one is overdue."""
    open_instance()
    from django.utils import timezone

    from stateworks.kernel.access.scope import SYSTEM, entered
    from stateworks.kernel.lake.store import current_version
    from stateworks.modules.billing.centers import centers_year
    from stateworks.modules.billing.feeds import LEDGER

    today = timezone.localdate()
    with entered(SYSTEM):
        found = centers_year(SYSTEM, year, today, current_version(LEDGER))
    told = found.as_json()
    if form is Format.JSON:
        print_json(told)
    else:
        columns = (
            "code",
            "name",
            "owner",
            "budget_cents",
            "actual_cents",
            "expected_cents",
            "variance_cents",
            "submitted_at",
        )
        show(told["centers"], form, columns)
        say(f"The ledger is known up to {found.known}; forecasts of {found.round} are due {found.due_on}.")
        if told["missing"]:
            say(f"Not submitted: {', '.join(told['missing'])}.")
    end(bool(told["missing"]) and found.late)


def forecast_center(
    center: Annotated[str, typer.Argument(help="Code of the cost center.")],
    file: Annotated[Path, typer.Argument(help="CSV with the columns month, amount (dollars) and reason.")],
    form: FormatOption = Format.TABLE,
) -> None:
    """Submit what a cost center's coming months are expected to come to; all lines are kept, or none."""
    open_instance()
    from django.utils import timezone

    from stateworks.kernel.access.scope import SYSTEM, entered
    from stateworks.modules.billing.verbs.centers import read_file, submit

    rows = read_file(file)
    with entered(SYSTEM):
        made = submit(center, rows, by=None, at=timezone.now())
    told = {"center": center, "read": len(rows), "added": len(made), "cents": sum(one.cents for one in made)}
    show(told, form)
