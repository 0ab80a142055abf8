"""Rows out as CSV, XLSX or JSON, and empty files to fill in; what is exported imports again with zero changes.

CSV puts an apostrophe before text that a spreadsheet would run as a formula, and reading takes exactly that one away.
In XLSX and JSON text is text and needs none.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from django.conf import settings
from django.db.models import QuerySet

from stateworks.kernel.access.scope import Scope, entered
from stateworks.kernel.errors import Refused
from stateworks.kernel.records.computed import computed_columns
from stateworks.kernel.records.fields import DATE, INSTANT, JSON, RANGE, Bound, bound, bound_columns
from stateworks.kernel.records.types import RecordType, record_type
from stateworks.kernel.records.values import NEEDS_ESCAPE, WRITTEN, polars_type

if TYPE_CHECKING:
    import polars as pl

ExportFormat = Literal["csv", "xlsx", "json"]
MEDIA_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "json": "application/json",
}
LONGEST_CELL = 32_767
FIRST_SHEET_DAY = date(1900, 3, 1)
"""Workbooks count days from 1900 and take that year for a leap year; earlier dates are written as text."""


def export_records(
    name: str | RecordType,
    path: str | Path,
    *,
    file_format: ExportFormat,
    scope: Scope,
    queryset: QuerySet[Any] | None = None,
    columns: tuple[str, ...] | None = None,
) -> int:
    """Write the rows a scope sees (all, or those of a queryset) to a file and return their number."""
    declared = record_type(name) if isinstance(name, str) else name
    with entered(scope):
        frame = rows_of(declared, scope, queryset=queryset, columns=columns)
    chosen = _chosen(declared, columns)
    if file_format == "csv":
        with Path(path).open("wb") as file:
            csv_frame(frame, chosen).write_csv(file, quote_style="necessary", null_value="")
    elif file_format == "json":
        with Path(path).open("w", encoding="utf-8") as text:
            json.dump(list(plain_rows(frame, chosen)), text, ensure_ascii=False, indent=1)
            text.write("\n")
    elif file_format == "xlsx":
        _write_workbook(Path(path), declared, chosen, frame)
    else:
        raise Refused(f"“{file_format}” is no format for an export; choose csv, xlsx or json.")
    return frame.height


def rows_of(
    declared: RecordType,
    scope: Scope,
    *,
    queryset: QuerySet[Any] | None = None,
    columns: tuple[str, ...] | None = None,
    computed: bool = False,
) -> pl.DataFrame:
    """Return the rows a scope sees as typed columns under their names in files, in the order of the key.

    With `computed` the columns that only snapshots have follow. Reads at once, so call it inside the scope (`entered`).
    """
    import polars as pl

    chosen = _chosen(declared, columns)
    further = computed_columns(declared) if computed else ()
    paths = [one for one in further if one.path]
    if queryset is None:
        keys = [bound(declared, name) for name in declared.key]
        queryset = declared.model._default_manager.order_by(
            *(
                one.field.attname if one.shielded and not scope.everything else one.column.field
                for one in keys
            )
        )
    queryset = declared.rows(scope, queryset)
    # Whoever sees everything may have it in one join; for others a join would lose rows that refer to what they do not see.
    walled = {place: one for place, one in enumerate(chosen) if one.shielded and not scope.everything}
    fields = [one.field.attname if place in walled else one.column.field for place, one in enumerate(chosen)]
    rows = queryset.values_list(*fields, *(one.value for one in paths))
    schema: dict[str, Any] = {one.name: polars_type(one.kind, one) for one in chosen}
    schema |= {one.name: pl.String() for one in paths}
    converted = {place: one for place, one in enumerate(chosen) if one.kind in (RANGE, JSON)}
    data: list[Any] = list(rows)
    for place, one in walled.items():
        codes = dict(one.related._default_manager.values_list("pk", one.target))
        data = [(*row[:place], codes.get(row[place]), *row[place + 1 :]) for row in data]
    if converted:
        data = [
            tuple(
                _text_of(converted[place], value) if place in converted else value
                for place, value in enumerate(row)
            )
            for row in data
        ]
    frame = pl.DataFrame(data, schema=schema, orient="row")
    return frame.with_columns(
        pl.col(one.instant).dt.convert_time_zone(settings.TIME_ZONE).dt.date().alias(one.name)
        for one in further if one.instant
    ).select(*schema, *(one.name for one in further if one.instant))  # fmt: skip


def _text_of(one: Bound, value: Any) -> str | None:
    if value is None:
        return None
    if one.kind == JSON:
        return json.dumps(value, ensure_ascii=False, sort_keys=True)
    return range_text(value)


def range_text(value: Any) -> str:
    """Write a range of dates with its first and its last day, open ends as two points."""
    from datetime import timedelta

    last = None if value.upper is None else value.upper - timedelta(days=0 if value.upper_inc else 1)
    return f"{'..' if value.lower is None else value.lower.isoformat()}/{'..' if last is None else last.isoformat()}"


def csv_frame(frame: pl.DataFrame, columns: tuple[Bound, ...]) -> pl.DataFrame:
    """Return a frame whose every value is the text that a CSV file holds."""
    import polars as pl

    made = []
    for one in columns:
        column = pl.col(one.name)
        if one.kind in WRITTEN:
            risky = column.str.contains(NEEDS_ESCAPE)
            column = pl.when(risky).then(pl.concat_str(pl.lit("'"), column)).otherwise(column)
        elif one.kind == INSTANT:
            column = column.dt.to_string("%Y-%m-%dT%H:%M:%S%.6f") + "Z"
        else:
            column = column.cast(pl.String)
        made.append(column.alias(one.name))
    return frame.select(made)


def plain_rows(frame: pl.DataFrame, columns: tuple[Bound, ...]) -> Iterator[dict[str, Any]]:
    """Yield rows as JSON has them: numbers and truth values as such, dates in ISO form, nothing as null."""
    names = [one.name for one in columns]
    for row in frame.iter_rows():
        yield {name: _plain(value) for name, value in zip(names, row, strict=True)}


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat().replace("+00:00", "Z")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return str(value)
    return value


def write_template(name: str | RecordType, path: str | Path, *, file_format: Literal["csv", "xlsx"]) -> None:
    """Write an empty file to fill in: the header, and in a workbook a second sheet that explains the columns."""
    declared = record_type(name) if isinstance(name, str) else name
    columns = bound_columns(declared)
    if file_format == "csv":
        Path(path).write_text(",".join(one.name for one in columns) + "\n", encoding="utf-8")
        return
    import polars as pl

    empty = pl.DataFrame(schema={one.name: polars_type(one.kind, one) for one in columns})
    _write_workbook(Path(path), declared, columns, empty, explained=True)


def _write_workbook(
    path: Path,
    declared: RecordType,
    columns: tuple[Bound, ...],
    frame: pl.DataFrame,
    *,
    explained: bool = False,
) -> None:
    import xlsxwriter

    # Nothing is guessed: what is text stays text, whatever it looks like.
    options = {
        "constant_memory": True, "strings_to_numbers": False, "strings_to_formulas": False, "strings_to_urls": False,
        "default_date_format": "yyyy-mm-dd",
    }  # fmt: skip
    with xlsxwriter.Workbook(str(path), options) as book:
        bold, day = book.add_format({"bold": True}), book.add_format({"num_format": "yyyy-mm-dd"})
        sheet = book.add_worksheet(declared.heading[:31])
        sheet.freeze_panes(1, 0)
        for place, one in enumerate(columns):
            sheet.set_column(place, place, max(12, min(40, len(one.name) + 4)))
            sheet.write_string(0, place, one.name, bold)
        for line, row in enumerate(frame.iter_rows(), 1):
            for place, value in enumerate(row):
                _write_cell(sheet, line, place, value, day, columns[place])
        if explained:
            for place, one in enumerate(columns):
                if one.choices and len(",".join(one.choices)) <= 255:
                    sheet.data_validation(
                        1, place, 10_000, place, {"validate": "list", "source": list(one.choices)}
                    )
            notes = book.add_worksheet("About the columns")
            notes.set_column(0, 0, 22)
            notes.set_column(1, 3, 40)
            for place, text in enumerate(("Column", "What it is", "Form", "Must be filled")):
                notes.write_string(0, place, text, bold)
            for line, one in enumerate(columns, 1):
                form = f"one of: {', '.join(one.choices)}" if one.choices else one.type_in_words
                for place, text in enumerate(
                    (one.name, one.description, form, "yes" if one.required else "no")
                ):
                    notes.write_string(line, place, text)


def _write_cell(sheet: Any, line: int, place: int, value: Any, day: Any, one: Bound) -> None:
    if value is None or value == "":
        return
    if isinstance(value, bool):
        sheet.write_boolean(line, place, value)
    elif isinstance(value, int | float) and (isinstance(value, float) or abs(value) < 2**53):
        sheet.write_number(line, place, value)
    elif one.kind == DATE and value >= FIRST_SHEET_DAY:
        sheet.write_datetime(line, place, value, day)
    else:
        text = value if isinstance(value, str) else str(_plain(value))
        if len(text.encode("utf-16-le")) // 2 > LONGEST_CELL:
            raise Refused(
                f"Row {line}, column {one.name}: a cell of a workbook holds {LONGEST_CELL:,} characters and this text has "
                f"{len(text):,}; export as CSV."
            )
        sheet.write_string(line, place, text)


def _chosen(declared: RecordType, columns: tuple[str, ...] | None) -> tuple[Bound, ...]:
    every = bound_columns(declared)
    if columns is None:
        return every
    for name in columns:
        declared.column(name)
    return tuple(one for name in columns for one in every if one.name == name)
