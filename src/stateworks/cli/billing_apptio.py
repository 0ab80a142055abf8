"""`stateworks billing apptio` and `apptio-load`: tables for a tool of cost transparency such as Apptio, out and in."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

import typer

from stateworks.cli.instance import open_instance
from stateworks.cli.output import Format, FormatOption, end, print_json, say, show
from stateworks.kernel.errors import Refused


def apptio(
    period: Annotated[
        str, typer.Argument(help="The month, quarter or fiscal year: 2026-10, FY27 Q2 or FY27.")
    ],
    output: Annotated[Path, typer.Option("--output", help="The folder; it is made where it is not there.")],
    form: FormatOption = Format.TABLE,
) -> None:
    """Write cost by pool and tower, budgets and forecasts of a period as CSV, with control totals; again, the same bytes."""
    open_instance()
    from stateworks.kernel.access.scope import SYSTEM, entered
    from stateworks.kernel.clocks.fiscal import parse_period
    from stateworks.kernel.lake.store import current_version
    from stateworks.modules.billing.apptio import tables, write
    from stateworks.modules.billing.feeds import LEDGER

    span = parse_period(period)
    with entered(SYSTEM):
        found = tables(span, current_version(LEDGER), by=None)
    files = write(found, output)
    rows = [one.as_json() for one in found]
    if form is Format.JSON:
        print_json({"period": span.label, "tables": rows, "files": [str(one) for one in files]})
    else:
        show(rows, form)
        say(f"{len(files)} files are in {output}.")


def apptio_load(
    what: Annotated[str, typer.Argument(help="budget or forecast; ledger lines go by `billing load`.")],
    file: Annotated[Path, typer.Argument(help="The CSV file.")],
    column: Annotated[
        list[str] | None, typer.Option(help="A column that is called otherwise, such as --column cents=Plan.")
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would happen, and change nothing.")
    ] = False,
    form: FormatOption = Format.TABLE,
) -> None:
    """Load budgets or forecasts of cost centers from such a table. Status 1 where rows were refused."""
    open_instance()
    from django.utils import timezone

    from stateworks.kernel.access.scope import SYSTEM, entered
    from stateworks.kernel.records.intake import load
    from stateworks.modules.billing.apptio import RECORDS, as_records

    if what not in RECORDS:
        raise Refused(f"“{what}” is no such table; write {' or '.join(RECORDS)}.")
    columns = {}
    for one in column or []:
        name, equals, given = one.partition("=")
        if not equals or not given.strip():
            raise Refused(f"“{one}” names no column; write it as cents=Plan.")
        columns[name.strip()] = given.strip()
    with TemporaryDirectory() as folder, entered(SYSTEM):
        path = Path(folder) / "records.csv"
        dataset = as_records(what, file, columns, path)
        done = load(dataset, path, filename=file.name, dry_run=dry_run, by=None, at=timezone.now())
    running = done.running
    told = {
        "dataset": dataset, "read": running.read, "inserted": running.inserted, "updated": running.updated,
        "unchanged": running.unchanged, "quarantined": running.quarantined, "import": running.pk,
    }  # fmt: skip
    show(told, form)
    for each in running.quarantine.order_by("pk")[:20]:
        say(f"Line {each.row}: {each.reason}")
    end(bool(running.quarantined))
