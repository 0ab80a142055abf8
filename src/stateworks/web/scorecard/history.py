"""The periods behind a line: what a sparkline draws and a comparison compares."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass

from django.db.models import F

from stateworks.kernel.clocks.fiscal import parse_period, periods_between
from stateworks.kernel.indicators.models import Cover, Value, Verdict

#: Months that a sparkline looks back.
LOOK_BACK = 13
FIELDS = ("indicator", "grain", "period", "starts", "ends", "value", "n", "suppressed")


@dataclass(frozen=True)
class Point:
    """One period's statewide figure."""

    period: str
    starts: dt.date
    ends: dt.date
    value: float | None
    n: int


History = dict[tuple[str, str], list[Point]]


def months_before(day: dt.date, months: int) -> dt.date:
    """The first day of the month that lies so many months before the day's own."""
    index = day.year * 12 + day.month - 1 - months
    return dt.date(index // 12, index % 12 + 1, 1)


def history(run: int, as_of: dt.date, start_month: int) -> History:
    """Statewide figures of a run by indicator and grain, oldest first; two queries, bounded by the look-back.

    Months go back thirteen; quarters and years four times as far, since they would otherwise be a dot. The periods are
    named, so that the database looks each one up and never reads through the slices.
    """
    labels = labels_until(as_of, start_month)
    covers = {
        statement: (indicator, set(periods))
        for statement, indicator, periods in Cover.objects.filter(run_id=run, figure="").values_list(
            "statement_id", "indicator", "periods"
        )
    }
    rows = Value.objects.filter(statement_id__in=list(covers), period__in=labels, dimension="", member="")
    found: History = defaultdict(list)
    for statement, *row in rows.order_by("starts").values_list("statement_id", *FIELDS):
        indicator, grain, period, starts, ends, value, n, suppressed = row
        if period in covers[statement][1]:
            found[indicator, grain].append(Point(period, starts, ends, None if suppressed else value, n))
    return dict(found)


def labels_until(as_of: dt.date, start_month: int) -> list[str]:
    """The labels of the periods that lines draw: thirteen months, and five years of quarters and years."""
    first_month = months_before(as_of, LOOK_BACK - 1)
    long_ago = months_before(as_of, 5 * 12)
    return [
        period.label
        for grain, first in (("month", first_month), ("quarter", long_ago), ("year", long_ago))
        for period in periods_between(first, as_of, grain, start_month)  # type: ignore[arg-type]
    ]


def published_history(plan: str, as_of: dt.date, start_month: int) -> History:
    """The same for visitors: only figures that were signed, each as it stood in the run it was signed in; one query."""
    rows = Verdict.objects.filter(
        run__plan=plan,
        run__as_of__lte=as_of,
        run__sign_offs__indicator=F("indicator"),
        run__sign_offs__grain=F("grain"),
        run__sign_offs__period=F("period"),
        run__sign_offs__approved_at__isnull=False,
    ).order_by("run_id")
    # A period signed twice was restated: the later run's figure stands.
    latest: dict[tuple[str, str, str], Point] = {}
    for indicator, grain, label, value, n in rows.values_list("indicator", "grain", "period", "value", "n"):
        period = parse_period(label, start_month)
        latest[indicator, grain, label] = Point(label, period.starts, period.ends, value, n or 0)
    found: History = defaultdict(list)
    for (indicator, grain, _), point in sorted(latest.items(), key=lambda item: item[1].starts):
        found[indicator, grain].append(point)
    return dict(found)


def drawn(points: History, indicator: str, grain: str) -> list[Point]:
    """The points a line's sparkline draws: months where there are any, else the verdict's own grain."""
    months = points.get((indicator, "month"), [])
    known = sum(1 for point in months if point.value is not None)
    return months if known > 1 else points.get((indicator, grain), months)
