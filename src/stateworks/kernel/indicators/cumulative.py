"""A fiscal year so far: the figure over all its quarters up to one, made from added integer parts, never averaged."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from stateworks.kernel.clocks.fiscal import Period, period_of, periods_between
from stateworks.kernel.indicators import read
from stateworks.kernel.indicators.figures import exact
from stateworks.kernel.indicators.models import Run, Statement


def year_to_date(run: Run, indicator: str, quarter: Period, *, fiscal_start: int = 7) -> Fraction | None:
    """Return the exact figure of the fiscal year up to the end of a quarter; shares from 0 to 1.

    None where a quarter has no figure at all, or where the measure's parts cannot be added (distinct things, quantiles,
    most frequent categories, states): such an indicator is discrete.
    """
    statement = (
        Statement.objects.filter(covers__run=run, indicator=indicator, figure="").order_by("id").first()
    )
    if statement is None:
        return None
    options = statement.parameters["options"]
    if not options["additive"] or options.get("change"):
        return None
    year = period_of(quarter.starts, "year", fiscal_start)
    labels = [one.label for one in periods_between(year.starts, quarter.ends, "quarter", fiscal_start)]
    added: dict[str, Any] = {}
    for one in read.history(run, indicator, "quarter"):
        if one.period in labels:
            for name, number in one.parts.items():
                if name not in {"median", "p90"}:
                    added[name] = int(added.get(name, 0)) + int(number or 0)
    return exact(options, added) if added else None
