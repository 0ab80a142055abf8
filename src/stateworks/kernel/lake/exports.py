"""Rows of the lake as CSV text that a spreadsheet cannot take for formulas."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any

FORMULA = ("=", "+", "-", "@", "\t", "\r")
ROWS_AT_ONCE = 1000


def csv_pieces(names: Sequence[str], rows: Iterable[dict[str, Any]]) -> Iterator[str]:
    """Yield CSV text, header first, some rows at a time."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(names)
    for count, row in enumerate(rows, 1):
        writer.writerow(safe(row[name]) for name in names)
        if count % ROWS_AT_ONCE == 0:
            yield text.getvalue()
            text.seek(0)
            text.truncate()
    yield text.getvalue()


def safe(value: Any) -> Any:
    """Return a value as a cell that no spreadsheet runs: text that looks like a formula gets an apostrophe before it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, str) and value.startswith(FORMULA):
        return "'" + value
    return value
