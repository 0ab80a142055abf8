"""The `billing federal` command: a fiscal year's package under 2 CFR 200, checked to the cent."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from stateworks.cli.instance import open_instance
from stateworks.cli.output import Format, FormatOption, end, print_json, say, show


def federal(
    year: Annotated[int, typer.Argument(help="The fiscal year, by the year in which it ends, such as 2026.")],
    out: Annotated[
        Path | None,
        typer.Option("--out", "-o", help="A folder for a CSV of each schedule and a workbook of all."),
    ] = None,
    form: FormatOption = Format.TABLE,
) -> None:
    """Reconcile each billed service of a closed fiscal year. Status 1 where a schedule is off or there is a finding."""
    open_instance()
    from stateworks.kernel.access.scope import SYSTEM, entered
    from stateworks.modules.billing.federal import package_of
    from stateworks.modules.billing.federal.files import write
    from stateworks.modules.billing.federal.reading import facts_of

    with entered(SYSTEM):
        package = package_of(facts_of(year))
    written = write(package, out) if out else []
    if form is Format.JSON:
        print_json(package.as_json() | {"files": [str(path) for path in written]})
    else:
        columns = (
            "service", "revenue_cents", "allowable_cents", "profit_cents", "closing_cents", "reserve_days", "limit_days",
            "excess_cents", "refund_cents", "standing",
        )  # fmt: skip
        show([one.as_json() for one in package.services], form, columns)
        checks = len(package.differences)
        say(f"{checks} checks, off by {package.off} cents in all.")
        for one in package.differences:
            if one.cents:
                say(f"Off by {one.cents} cents: {one.check}.")
        for finding in package.findings:
            say(finding.text)
        for path in written:
            say(str(path))
    end(bool(package.off or package.findings))
