"""The package as files: a CSV for each schedule with whole cents, and one workbook with dollars; the same bytes each time."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from stateworks.kernel.errors import Refused
from stateworks.modules.billing.federal.package import Package
from stateworks.modules.billing.federal.schedules import Schedule
from stateworks.web.csv_cells import safe

WORKBOOK = "workbook"
CSV_TYPE = "text/csv; charset=utf-8"
XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
SHEET_NAME = 31
WIDEST = 60


def every_schedule(package: Package) -> tuple[Schedule, ...]:
    """Return the schedules, and what they were held against as one more."""
    checks = tuple((one.check, one.cents) for one in package.differences)
    found = tuple((one.code, one.subject, one.text, one.cents) for one in package.findings)
    return (
        *package.schedules,
        Schedule("differences", "Checks", ("check", "cents"), checks),
        Schedule("findings", "To look at", ("code", "subject", "text", "cents"), found),
    )


def file_of(package: Package, name: str) -> tuple[str, str, bytes]:
    """Return a file's name, its media type and its bytes; `name` is a schedule's, or `workbook`."""
    start = f"federal-{package.facts.year}"
    if name == WORKBOOK:
        return f"{start}.xlsx", XLSX_TYPE, _workbook(package)
    for schedule in every_schedule(package):
        if schedule.name == name:
            return f"{start}-{name.replace('_', '-')}.csv", CSV_TYPE, _csv(schedule)
    raise Refused(f"There is no schedule {name}.")


def write(package: Package, folder: Path) -> list[Path]:
    """Write every file into a folder, which is made where it is not there; return the paths."""
    folder.mkdir(parents=True, exist_ok=True)
    names = [WORKBOOK, *(one.name for one in every_schedule(package))]
    made = []
    for name in names:
        title, _, content = file_of(package, name)
        (folder / title).write_bytes(content)
        made.append(folder / title)
    return made


def _csv(schedule: Schedule) -> bytes:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(schedule.columns)
    writer.writerows(safe(_plain(cell) for cell in row) for row in schedule.rows)
    return out.getvalue().encode()


def _plain(cell: Any) -> Any:
    return "" if cell is None else cell


def _workbook(package: Package) -> bytes:
    import xlsxwriter

    out = io.BytesIO()
    options = {
        "in_memory": True,
        "strings_to_numbers": False,
        "strings_to_formulas": False,
        "strings_to_urls": False,
    }
    with xlsxwriter.Workbook(out, options) as book:
        # Without a date of its own the library writes the time at which it ran.
        book.set_properties({"title": f"Federal package of fiscal year {package.facts.year}",
                             "created": datetime(package.facts.year, 1, 1)})  # fmt: skip  # noqa: DTZ001
        bold, money = book.add_format({"bold": True}), book.add_format({"num_format": "#,##0.00"})
        for schedule in every_schedule(package):
            sheet = book.add_worksheet(schedule.title[:SHEET_NAME])
            sheet.freeze_panes(1, 0)
            for place, column in enumerate(schedule.columns):
                sheet.set_column(place, place, _width(column, (row[place] for row in schedule.rows)))
                sheet.write_string(0, place, _heading(column), bold)
            for line, row in enumerate(schedule.rows, 1):
                for place, cell in enumerate(row):
                    _write(
                        sheet.write_number,
                        sheet.write_string,
                        (line, place),
                        schedule.columns[place],
                        cell,
                        money,
                    )
    return out.getvalue()  # fmt: skip


def _write(
    number: Callable[..., Any],
    text: Callable[..., Any],
    at: tuple[int, int],
    column: str,
    cell: Any,
    money: Any,
) -> None:
    if cell is None:
        return
    if column.endswith("cents") and isinstance(cell, int):
        number(*at, float(Decimal(cell) / 100), money)
    elif isinstance(cell, int | Decimal) and not isinstance(cell, bool):
        number(*at, float(cell))
    else:
        text(*at, str(cell))


def _heading(column: str) -> str:
    """Return a column's name as people read it; cents are dollars in the workbook."""
    if not column.endswith("cents"):
        return column.replace("_", " ").capitalize()
    return f"{column.removesuffix('cents').replace('_', ' ').strip().capitalize() or 'Amount'} ($)"


def _width(column: str, cells: Iterable[Any]) -> int:
    longest = max((len(str(cell)) for cell in cells), default=0)
    return min(WIDEST, max(len(column) + 4, longest + 2))
