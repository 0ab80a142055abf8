"""Writes an agency's business review as a tagged PDF for the table: the columns that people talk about, in dollars."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Any

from stateworks.modules.billing import documents
from stateworks.modules.billing.documents.facts import office_called
from stateworks.modules.billing.documents.paper import typeset
from stateworks.modules.billing.money import dollars
from stateworks.modules.billing.review.sheets import Review, Sheet, heading
from stateworks.web.words import day, number, period_words

CONTENT_TYPE = "application/pdf"
TEMPLATE = Path(documents.__file__).with_name("review.typ")
LEFT_OUT: Mapping[str, Sequence[str]] = {
    "Budget": ("of", "set_aside_cents", "expected_end_low_cents", "expected_end_high_cents"),
    "Forecast": ("expected_low_cents", "expected_high_cents"),
    "Changes": ("price_cents", "volume_cents", "new_cents", "ended_cents", "cost_cents", "once_cents"),
    "FinOps findings": ("first_month",), "Promises": ("plan",),
}  # fmt: skip
"""Columns of the workbook that a page has no room for."""
MONTHS_SHOWN = 3
"""Months of spend that a page has room for, the newest."""
WIDE = ("line_of_service", "name", "sku", "why", "reason", "resource", "goal")


def paper(review: Review) -> bytes:
    """Return the review as PDF; again from the same figures it is the same bytes."""
    told = {
        "title": f"Business review: {review.agency.name}, {period_words(review.span.label)}", "issuer": office_called(),
        "lead": f"As of {day(review.as_of)}. What the agency was charged and owes, what changed and why, and what may be saved.",
        "parts": [_part(one) for one in review.sheets],
        "end": "The workbook of the same review has all columns, and for each sheet the command that computes it again.",
    }  # fmt: skip
    return typeset(TEMPLATE, "review", told, datetime.combine(review.as_of, time(), UTC))


def _part(sheet: Sheet) -> dict[str, Any]:
    out = LEFT_OUT.get(sheet.title, ())
    months = [name for name in sheet.columns if name.endswith(" cents")]
    places = [
        place
        for place, name in enumerate(sheet.columns)
        if name not in out and name not in months[:-MONTHS_SHOWN]
    ]
    columns = [sheet.columns[place] for place in places]
    return {
        "title": sheet.title, "source": sheet.source,
        "columns": [
            {
                "head": heading(name.removesuffix("_percent")), "wide": name in WIDE,
                "number": name.endswith(("cents", "percent")),
            }
            for name in columns
        ],
        "rows": [[_words(sheet.columns[place], row[place]) for place in places] for row in sheet.rows],
    }  # fmt: skip


def _words(column: str, cell: Any) -> str:
    if cell is None or cell == "":
        return ""
    if column.endswith("cents"):
        return dollars(cell)
    if column.endswith("percent"):
        return f"{number(cell, 1)} %"
    return day(cell) if isinstance(cell, date) else str(cell)
