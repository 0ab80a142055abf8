"""What may be shown to whom: signed-out visitors see signed figures only, with the date of the signature."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from stateworks.kernel.indicators.models import SignOff, Verdict


@dataclass(frozen=True)
class Signature:
    """The latest signature under an indicator's figure."""

    run: int
    indicator: str
    grain: str
    period: str
    prepared_at: dt.datetime
    approved_at: dt.datetime | None


def signatures(plan: str, as_of: dt.date, *, approved_only: bool) -> dict[str, list[Signature]]:
    """Signatures of a plan's figures up to a date, newest period first, by indicator; one query."""
    rows = SignOff.objects.filter(run__plan=plan, run__as_of__lte=as_of)
    if approved_only:
        rows = rows.filter(approved_at__isnull=False)
    found: dict[str, list[Signature]] = {}
    fields = ("run_id", "indicator", "grain", "period", "prepared_at", "approved_at")
    for row in rows.order_by("-run__as_of", "-run_id", "-prepared_at").values_list(*fields):
        found.setdefault(row[1], []).append(Signature(*row))
    return found


def published_verdicts(signed: dict[str, list[Signature]]) -> dict[str, Verdict]:
    """The verdict under each indicator's newest signature; one query.

    A signature holds for one period: where the run's verdict speaks of another, nothing of it is published.
    """
    newest = {indicator: found[0] for indicator, found in signed.items() if found}
    rows = Verdict.objects.filter(run_id__in={one.run for one in newest.values()}, indicator__in=list(newest))
    return {
        row.indicator: row
        for row in rows
        if newest[row.indicator].run == row.run_id
        and (newest[row.indicator].grain, newest[row.indicator].period) == (row.grain, row.period)
    }


def signature_of(found: Iterable[Signature], grain: str, period: str) -> Signature | None:
    """The newest signature under one period's figure."""
    return next((one for one in found if one.grain == grain and one.period == period), None)
