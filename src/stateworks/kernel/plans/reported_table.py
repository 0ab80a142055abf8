"""Read a table of reported values, pasted or from a CSV or XLSX file, and show every cell's fate before it is saved.

Two layouts are understood. Wide: one row an indicator, one column a period ("FY27 Q1"). Long: one row a value, with
columns for the indicator, the period and the value, and optionally numerator, n and note.
"""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Literal

from stateworks.kernel.access.models import Account
from stateworks.kernel.clocks.fiscal import parse_period
from stateworks.kernel.errors import Refused
from stateworks.kernel.lake.files import LINE, TabularFile, open_table
from stateworks.kernel.plans.load import current_of, plan_named
from stateworks.kernel.plans.models import Indicator, Plan, ReportedValue
from stateworks.kernel.plans.reporting import (
    Evidence,
    Report,
    begun_period,
    check_figure,
    may_exceed_whole,
    report_values,
)

State = Literal["new", "changed", "unchanged", "refused"]
LARGEST_TABLE = 5_000

INDICATOR_COLUMNS = ("indicator", "code", "id", "name", "measure", "indicator code", "indicator id")
PERIOD_COLUMNS = ("period", "quarter", "month", "year", "fiscal year")
VALUE_COLUMNS = ("value", "actual", "result", "figure")
NUMERATOR_COLUMNS = ("numerator", "hits")
N_COLUMNS = ("n", "denominator", "count")
NOTE_COLUMNS = ("note", "notes", "comment", "explanation")


@dataclass(frozen=True)
class Cell:
    """One value of the table: where it stands, what it says, and what would happen to it."""

    line: int
    column: str
    text: str
    state: State
    code: str = ""
    period: str = ""
    report: Report | None = None
    before: float | None = None
    reason: str = ""
    doubt: str = ""


@dataclass
class Preview:
    """What saving a table would do, cell by cell; blank cells are passed over."""

    plan: str
    layout: str
    cells: list[Cell] = field(default_factory=list)

    def count(self, state: State) -> int:
        """How many cells have a state."""
        return sum(1 for cell in self.cells if cell.state == state)

    @property
    def counts(self) -> dict[str, int]:
        """Cells by state."""
        return {state: self.count(state) for state in ("new", "changed", "unchanged", "refused")}

    @property
    def refused(self) -> list[Cell]:
        """The cells that cannot be saved as they stand."""
        return [cell for cell in self.cells if cell.state == "refused"]

    @property
    def doubts(self) -> list[Cell]:
        """The cells that can be saved but look wrong."""
        return [cell for cell in self.cells if cell.doubt]


def preview_pasted(plan: str, text: str, *, at: datetime) -> Preview:
    """Preview a table pasted from a spreadsheet or an e-mail."""
    if not text.strip():
        raise Refused("Nothing was pasted; copy the cells with their header row and paste them here.")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "pasted.csv"
        path.write_text(text, encoding="utf-8")
        return preview_file(plan, path, filename="The pasted table", at=at)


def preview_file(plan: str, path: Path, *, filename: str = "", at: datetime) -> Preview:
    """Preview a CSV or XLSX file of values."""
    found = plan_named(plan)
    table = open_table(path, filename=filename)
    columns = {name.strip().lower(): name for name in table.header}
    indicator = _column(columns, INDICATOR_COLUMNS)
    if indicator is None:
        raise Refused(
            f"{table.filename} has no column for the indicator; call the first one “Indicator” and put codes such as "
            "1.2.1 or names in it."
        )
    book = _Book(found)
    value, period = _column(columns, VALUE_COLUMNS), _column(columns, PERIOD_COLUMNS)
    if value and period:
        preview, entries = Preview(plan, "long"), _long(table, columns, (indicator, period, value))
    else:
        preview, entries = Preview(plan, "wide"), _wide(table, book, indicator)
    preview.cells = [_cell(book, entry, at) for entry in entries if not _blank(entry.value)]
    for bad in table.bad_rows:
        preview.cells.append(
            Cell(bad.line, "", " ".join(bad.values.values())[:80], "refused", reason=bad.reason)
        )
    _no_value_twice(preview)
    preview.cells.sort(key=lambda cell: cell.line)
    return preview


def save_preview(
    preview: Preview,
    *,
    leave_refused: bool = False,
    evidence: Evidence | None = None,
    by: Account | None,
    at: datetime,
) -> list[ReportedValue]:
    """Save what a preview showed: all of it, or with `leave_refused` all but the refused cells."""
    if preview.refused and not leave_refused:
        first = preview.refused[0]
        many = f"{len(preview.refused)} of {len(preview.cells)} values"
        raise Refused(
            f"{many} cannot be saved; the first is on line {first.line}: {first.reason} "
            "Correct them, or save without them.",
            [f"line {cell.line}, {cell.column or 'row'}: {cell.reason}" for cell in preview.refused],
        )
    wanted = [cell.report for cell in preview.cells if cell.report and cell.state in ("new", "changed")]
    return report_values(preview.plan, wanted, evidence=evidence, by=by, at=at)


def figure(text: str) -> float:
    """Read a figure as people write it: 71.8, 71.8 %, 1,234.5, (3) for a negative one."""
    bare = text.strip().replace("\u00a0", " ").replace("\u202f", " ")
    bare = re.sub(r"\s*%$", "", bare)
    negative = bool(re.fullmatch(r"\(.*\)", bare)) or bare.startswith(("-", "\u2212"))
    bare = bare.strip("()").lstrip("-+\u2212").strip()
    if re.fullmatch(r"\d{1,3}(,\d{3})+(\.\d+)?", bare):
        bare = bare.replace(",", "")
    if not re.fullmatch(r"\d+(\.\d+)?|\.\d+", bare):
        raise Refused(f"“{text.strip()}” is not a number; write digits such as 71.8, without words.")
    return -float(bare) if negative else float(bare)


class _Book:
    """The plan's indicators, found by code, alias or name, and what is reported about them now."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.current = {
            (value.code, value.grain, value.starts): value
            for value in ReportedValue.objects.filter(plan=plan, superseded_at__isnull=True)
        }
        self.by_name: dict[str, Indicator] = {}
        for row in current_of(plan).indicators.all():
            for name in (row.name, row.short_name, *row.aliases, row.code):
                if name:
                    self.by_name[name.strip().lower()] = row

    def find(self, text: str) -> Indicator:
        """Return the indicator that a text names, or refuse with the nearest one."""
        row = self.by_name.get(text.strip().lower())
        if row is not None:
            return row
        from rapidfuzz import process

        close = process.extractOne(text.strip().lower(), list(self.by_name), score_cutoff=60)
        hint = (
            f" Is {self.by_name[close[0]].code} ({self.by_name[close[0]].short_name or close[0]}) meant?"
            if close
            else ""
        )
        raise Refused(f"“{text.strip()}” is no indicator of the plan; write its code.{hint}")

    def is_period(self, text: str) -> bool:
        """Tell whether a column's head names a period."""
        try:
            parse_period(text, self.plan.fiscal_year_start_month)
        except Refused:
            return False
        return True


@dataclass(frozen=True)
class _Entry:
    """One value as the table has it, before it is understood."""

    line: int
    column: str
    indicator: str
    period: str
    value: str
    numerator: str = ""
    n: str = ""
    note: str = ""


def _wide(table: TabularFile, book: _Book, indicator: str) -> Iterator[_Entry]:
    """Read one row an indicator, one column a period; other columns (names, units) stand beside the figures."""
    periods = [name for name in table.header if name != indicator and book.is_period(name)]
    if not periods:
        raise Refused(
            f"{table.filename} has no column for a period; head the columns “FY27 Q1”, “2026-07” or “FY27”, or use the "
            "columns Indicator, Period and Value."
        )
    for line, row in _rows(table):
        for name in periods:
            yield _Entry(line, name, row.get(indicator) or "", name, row.get(name) or "")


def _long(table: TabularFile, columns: Mapping[str, str], main: tuple[str, str, str]) -> Iterator[_Entry]:
    """Read one row a value."""
    indicator, period, value = main
    parts = [_column(columns, names) or "" for names in (NUMERATOR_COLUMNS, N_COLUMNS, NOTE_COLUMNS)]
    for line, row in _rows(table):
        yield _Entry(
            line, value, row.get(indicator) or "", row.get(period) or "", row.get(value) or "",
            *(row.get(part) or "" for part in parts),
        )  # fmt: skip


def _cell(book: _Book, entry: _Entry, at: datetime) -> Cell:
    """Judge one value: what it would be saved as, or why it cannot be."""
    code, label = "", entry.period
    try:
        row = book.find(entry.indicator)
        code = row.code
        period = begun_period(book.plan, entry.period, at)
        label = period.label
        numerator, n = _part(entry.numerator, "numerator"), _part(entry.n, "n")
        report = Report(code, label, figure(entry.value), numerator, n, entry.note.strip())
        check_figure(row, report)
    except Refused as refused:
        return Cell(entry.line, entry.column, entry.value, "refused", code, label, reason=refused.sentence)
    before = book.current.get((code, period.grain, period.starts))
    state: State = "new" if before is None else "changed"
    if before is not None:
        was = (before.value, before.numerator, before.n, before.note)
        state = "unchanged" if was == (report.value, report.numerator, report.n, report.note) else "changed"
    return Cell(
        entry.line, entry.column, entry.value, state, code, label, report,
        before=before.value if before else None, doubt=_doubt(row, report.value, entry.value),
    )  # fmt: skip


def _doubt(indicator: Indicator, value: float, text: str) -> str:
    """Say what looks wrong though it may be right: a percentage cell of a workbook arrives as 0.718."""
    if indicator.unit == "percent" and not may_exceed_whole(indicator) and 0 < value <= 1 and "%" not in text:
        return f"It is read as {value:g} %; if {100 * value:g} % is meant, write it so."
    return ""


def _no_value_twice(preview: Preview) -> None:
    """Refuse the second of two different values for one indicator and period."""
    seen: dict[tuple[str, str], Cell] = {}
    for place, cell in enumerate(preview.cells):
        if cell.report is None:
            continue
        key = (cell.code, cell.period)
        first = seen.setdefault(key, cell)
        if first is not cell:
            reason = (
                f"{cell.code} already has a value for {cell.period} on line {first.line}; keep one of them."
            )
            preview.cells[place] = Cell(
                cell.line, cell.column, cell.text, "refused", cell.code, cell.period, reason=reason
            )


def _part(text: str, name: str) -> int | None:
    if _blank(text):
        return None
    number = figure(text)
    if number != int(number):
        raise Refused(f"The {name} “{text.strip()}” is not a whole number; write how many there were.")
    return int(number)


def _rows(table: TabularFile) -> list[tuple[int, dict[str, str | None]]]:
    found: list[tuple[int, dict[str, str | None]]] = []
    for batch in table.batches():
        for row in batch.iter_rows(named=True):
            found.append((row.pop(LINE), row))  # noqa: PERF401 - a row is taken apart
        if len(found) > LARGEST_TABLE:
            raise Refused(
                f"{table.filename} has more than {LARGEST_TABLE:,} rows; report a plan's values in smaller parts."
            )
    return found


def _blank(text: str) -> bool:
    return text.strip().lower() in ("", "-", "–", "—", "n/a", "na", "n.a.", "tbd", "none")


def _column(columns: Mapping[str, str], wanted: tuple[str, ...]) -> str | None:
    return next((columns[name] for name in wanted if name in columns), None)
