"""Writes an agency's business review as a workbook; again from the same figures it is the same bytes."""

from __future__ import annotations

import io
from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from stateworks.modules.billing.review.sheets import Review, Sheet, heading

CONTENT_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
WIDEST, HEAD = 60, 3
"""Characters of the widest column, and lines above a sheet's table."""


def workbook(review: Review) -> bytes:
    """Return the review as XLSX: a first sheet that lists the others, and each with its source and command on top."""
    import xlsxwriter

    out = io.BytesIO()
    options = {
        "in_memory": True, "strings_to_numbers": False, "strings_to_formulas": False, "strings_to_urls": False,
    }  # fmt: skip
    title = f"Business review: {review.agency.name}, {review.span.label}"
    with xlsxwriter.Workbook(out, options) as book:
        # Without a date of its own the library writes the time at which it ran.
        book.set_properties({"title": title, "created": datetime(review.as_of.year, 1, 1)})  # noqa: DTZ001
        large = book.add_format({"bold": True, "font_size": 14})
        bold, money = book.add_format({"bold": True}), book.add_format({"num_format": "#,##0.00"})
        front = book.add_worksheet("Contents")
        front.write_string(0, 0, title, large)
        front.write_string(1, 0, f"As of {review.as_of}. Amounts are dollars.")
        front.write_row(HEAD, 0, ("Sheet", "Rows", "Source", "Computed again by"), bold)
        for line, one in enumerate(review.sheets, HEAD + 1):
            front.write_row(line, 0, (one.title, len(one.rows), one.source, one.command))
        for place, width in enumerate((20, 8, WIDEST, WIDEST)):
            front.set_column(place, place, width)
        for one in review.sheets:
            _sheet(book.add_worksheet(one.title), one, bold, money)
    return out.getvalue()


def _sheet(sheet: Any, told: Sheet, bold: Any, money: Any) -> None:
    sheet.write_string(0, 0, told.source)
    sheet.write_string(1, 0, f"Computed again by: {told.command}")
    for place, column in enumerate(told.columns):
        sheet.write_string(HEAD, place, heading(column), bold)
        sheet.set_column(place, place, _width(column, (row[place] for row in told.rows)))
    for line, row in enumerate(told.rows, HEAD + 1):
        for place, cell in enumerate(row):
            _write(sheet, line, place, told.columns[place], cell, money)
    if not told.rows:
        sheet.write_string(HEAD + 1, 0, "None.")
    sheet.freeze_panes(HEAD + 1, 1)
    sheet.repeat_rows(HEAD)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)


def _write(sheet: Any, line: int, place: int, column: str, cell: Any, money: Any) -> None:
    if cell is None or cell == "":
        return
    if column.endswith("cents"):
        sheet.write_number(line, place, cell / 100, money)
    elif isinstance(cell, int | float):
        sheet.write_number(line, place, cell)
    else:
        sheet.write_string(line, place, cell.isoformat() if isinstance(cell, date) else str(cell))


def _width(column: str, cells: Iterable[Any]) -> int:
    longest = max((len(str(cell)) for cell in cells if cell is not None), default=0)
    return min(WIDEST, max(len(column) + 2, longest + 2, 10))
