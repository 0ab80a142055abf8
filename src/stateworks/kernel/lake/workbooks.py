"""Reads a sheet of a workbook (XLSX, XLSB, XLS, ODS) as rows of text, with safe limits on what it may unpack to."""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from stateworks.kernel.errors import Refused
from stateworks.kernel.lake.files import LINE, UNNAMED, TabularFile, checked_header

if TYPE_CHECKING:
    import polars as pl

MAX_UNPACKED = 1024**3
"""A workbook is unpacked in memory, so it has a lower limit than a stream: about two million rows of ten columns."""

MAX_RATIO = 200
"""XML of a real sheet shrinks ten to sixty times; far more than that is a bomb."""

ROWS = 20_000


def open_workbook(
    path: Path, filename: str, *, sheet: str | None, header_line: int | None, max_bytes: int
) -> TabularFile:
    """Find the sheet and its header; the first sheet that is not hidden and not empty unless one is named."""
    import python_calamine as calamine

    _check_archive(path, filename, min(max_bytes, MAX_UNPACKED))
    try:
        book = calamine.CalamineWorkbook.from_path(str(path))
    except calamine.PasswordError:
        raise Refused(f"{filename} is protected by a password; save it without one.") from None
    except (calamine.CalamineError, OSError) as error:
        raise Refused(
            f"{filename} cannot be opened as a workbook ({error}); save it again as XLSX or CSV."
        ) from None
    notes: list[str] = []
    chosen, rows = _sheet(book, sheet, filename, notes)
    found = _header(rows, header_line)
    if found is None:
        raise Refused(f"{filename}, sheet “{chosen}”, is empty; put the column names in its first row.")
    line, cells = found
    names = checked_header(cells, filename, line)

    def read(table: TabularFile) -> Iterator[pl.DataFrame]:
        yield from _frames(_sheet(book, chosen, filename, [])[1], names, line)

    return TabularFile(
        path, filename, "workbook", tuple(name for name in names if not name.startswith(UNNAMED)), line,
        sheet=chosen, notes=notes, _read=read,
    )  # fmt: skip


def _check_archive(path: Path, filename: str, limit: int) -> None:
    """Refuse an archive that is cut off, damaged, no workbook, or would unpack to more than the limit."""
    with path.open("rb") as file:
        if file.read(2) != b"PK":
            return  # the old XLS format, which is not packed
    try:
        with zipfile.ZipFile(path) as archive:
            entries = archive.infolist()
            if any(entry.flag_bits & 1 for entry in entries):
                raise Refused(f"{filename} is protected by a password; save it without one.")
            names = {entry.filename for entry in entries}
            if not names & {"xl/workbook.xml", "xl/workbook.bin", "content.xml"}:
                raise Refused(
                    f"{filename} is an archive, not a workbook; unpack it and load the files in it."
                )
            unpacked = sum(entry.file_size for entry in entries)
            if unpacked > limit or len(entries) > 10_000:
                raise Refused(
                    f"{filename} would unpack to {unpacked // 1024**2:,} MB, more than the limit of "
                    f"{limit // 1024**2:,} MB for a workbook; save the sheet as CSV."
                )
            if unpacked > 64 * 1024**2 and unpacked > MAX_RATIO * path.stat().st_size:
                raise Refused(
                    f"{filename} is packed {unpacked // path.stat().st_size:,} times smaller than its content, as only "
                    "a file made to do harm is; save the sheet as CSV."
                )
            for entry in entries:
                # Reading checks that an entry is whole and no larger than the directory says.
                with archive.open(entry) as member:
                    while member.read(1 << 20):
                        pass
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError) as error:
        raise Refused(f"{filename} is damaged or cut off ({error}); send it again.") from None


def _sheet(book: Any, wanted: str | None, filename: str, notes: list[str]) -> tuple[str, Any]:
    import python_calamine as calamine

    shown = [
        sheet.name
        for sheet in book.sheets_metadata
        if sheet.typ == calamine.SheetTypeEnum.WorkSheet
        and sheet.visible == calamine.SheetVisibleEnum.Visible
    ]
    if wanted is not None:
        if wanted not in book.sheet_names:
            raise Refused(
                f"{filename} has no sheet “{wanted}”; it has {', '.join(f'“{name}”' for name in shown)}."
            )
        return wanted, book.get_sheet_by_name(wanted)
    full = [(name, sheet) for name in shown if (sheet := book.get_sheet_by_name(name)).start is not None]
    if not full:
        raise Refused(f"{filename} is empty: none of its sheets holds a value.")
    if len(full) > 1:
        others = ", ".join(f"“{name}”" for name, _ in full[1:])
        notes.append(f"The sheet “{full[0][0]}” was read; {others} also holds values.")
    return full[0]


def _header(sheet: Any, wanted: int | None) -> tuple[int, list[str]] | None:
    for line, row in enumerate(sheet.iter_rows(), 1):
        cells = [text_of(value) or "" for value in row]
        if (any(cell.strip() for cell in cells)) if wanted is None else (line == wanted):
            return line, cells
    return None


def _frames(sheet: Any, names: tuple[str, ...], header_line: int) -> Iterator[pl.DataFrame]:
    import polars as pl

    schema = {**dict.fromkeys(names, pl.Utf8), LINE: pl.Int64}
    batch: list[list[Any]] = []
    for line, row in enumerate(sheet.iter_rows(), 1):
        if line <= header_line:
            continue
        batch.append([*map(text_of, row), line])
        if len(batch) == ROWS:
            yield pl.DataFrame(batch, schema=schema, orient="row")
            batch = []
    if batch:
        yield pl.DataFrame(batch, schema=schema, orient="row")


def text_of(value: Any) -> str | None:
    """Write a cell's value as text: whole numbers without a point, dates and times in ISO form, nothing as None."""
    if value is None or value == "":
        return None
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 2**53 else repr(value)
    if isinstance(value, datetime):
        return value.isoformat(sep=" ")
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, timedelta):
        seconds = round(value.total_seconds())
        return f"{seconds // 3600}:{seconds // 60 % 60:02d}:{seconds % 60:02d}"
    return str(value)
