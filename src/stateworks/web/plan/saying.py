"""What a person says beside a plan's file: first day, last day, the month in which the fiscal year starts."""

from __future__ import annotations

import datetime as dt

from stateworks.kernel.plans.files import Given

Errors = list[tuple[str, str]]
SAID = ("starts", "ends", "start_month")
MONTHS = [(n, f"{dt.date(2000, n, 1):%B}") for n in range(1, 13)]


def said(given: dict[str, str], errors: Errors) -> Given:
    """What the form says; what it says wrongly is added to the errors."""
    starts, ends = (day(given[field], field, errors) for field in ("starts", "ends"))
    month = int(given["start_month"]) if given["start_month"].isdigit() else None
    return Given(starts=starts, ends=ends, fiscal_year_start_month=month)


def day(text: str, field: str, errors: Errors) -> dt.date | None:
    """A day of the form; none where it is empty or, with an error, where it is no date."""
    if not text.strip():
        return None
    try:
        return dt.date.fromisoformat(text.strip())
    except ValueError:
        errors.append((field, f"“{text}” is no date; write it as 2026-07-01."))
        return None
