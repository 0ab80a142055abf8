"""Shapes that are states, true at each month's end; first days of periods; days that stand for parameters."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

from stateworks.kernel.indicators.shapes import Maturity, Milestone

if TYPE_CHECKING:
    import ibis.expr.types as ir

AS_OF, STARTS, ENDS = date(1111, 1, 1), date(1112, 2, 2), date(1113, 3, 3)
MARKS = {AS_OF: "as_of", STARTS: "starts", ENDS: "ends"}
"""Days that no data holds; they mark where a statement puts its own."""


def states(shape: Milestone | Maturity, slices: Sequence[str], fiscal_start: int) -> ir.Table:
    """Return a state's rows once for each month's end, from the fiscal year before until the date."""
    import ibis

    as_of = ibis.literal(AS_OF)
    first = (starts_of(as_of, fiscal_start)["year"] - ibis.interval(years=1)).cast("date")
    offset = ibis.range(0, 24).unnest().name("offset").as_table()
    month = offset.select(month=(first + offset["offset"].as_interval("M")).cast("date"))
    month = month.filter(month["month"] <= as_of)
    population = shape.rows if shape.counted is None else shape.rows.filter(shape.counted)
    if isinstance(shape, Milestone):
        confirmed = ibis.literal(True) if shape.confirmed is None else shape.confirmed
        population = population.mutate(_confirmed=confirmed)
    crossed = population.cross_join(month)
    end = (crossed["month"] + ibis.interval(months=1)).cast("date") - ibis.interval(days=1)
    crossed = crossed.mutate(at=ibis.least(end.cast("date"), as_of).cast("date"))
    columns: dict[str, Any] = {"_key": crossed[shape.key], "at": crossed["at"]}
    if isinstance(shape, Milestone):
        columns |= _milestone(shape, crossed)
    else:
        met = (crossed[shape.met_on] <= crossed["at"]).fill_null(False)
        columns |= {
            "role": ibis.cases((met, "met"), else_="unmet"),
            "amount": crossed[shape.level].cast("int64"),
        }
    for column in slices:
        columns[column] = crossed[column].cast("string")
    base = crossed.select(**columns)
    return base.mutate(**starts_of(base["at"], fiscal_start))


def _milestone(shape: Milestone, crossed: ir.Table) -> dict[str, Any]:
    """Return role and amount of a milestone at a month's end; the amount is a date as days since 1970."""
    import ibis

    at, done, due = crossed["at"], crossed[shape.done_on].cast("date"), crossed[shape.due].cast("date")
    is_done = (done <= at).fill_null(False)
    role = ibis.cases(
        (is_done & ~crossed["_confirmed"].fill_null(False), "unconfirmed"),
        (is_done & (done > due).fill_null(False), "done late"),
        (is_done, "done in time"),
        ((due < at).fill_null(False), "overdue"),
        else_="open",
    )
    forecast = crossed[shape.forecast].cast("date") if shape.forecast else due
    day = ibis.ifelse(is_done, done, ibis.coalesce(forecast, due))
    return {"role": role, "amount": day.delta(ibis.literal(date(1970, 1, 1)), unit="day").cast("int64")}


def starts_of(at: Any, fiscal_start: int) -> dict[str, Any]:
    """Return the first days of a date's month, fiscal quarter and fiscal year."""
    import ibis

    shift = fiscal_start - 1

    def shifted(unit: str, months: int) -> Any:
        if not months:
            return at.truncate(unit).cast("date")
        back = (at.truncate("M") - ibis.interval(months=months)).cast("date")
        return (back.truncate(unit) + ibis.interval(months=months)).cast("date")

    return {
        "month": at.truncate("M").cast("date"),
        "quarter": shifted("Q", shift % 3),
        "year": shifted("Y", shift),
    }
