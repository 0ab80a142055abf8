"""The page of one indicator and its file."""

from __future__ import annotations

import csv

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from stateworks.kernel.indicators.read import reachable, values
from stateworks.web import asked
from stateworks.web.csv_cells import safe
from stateworks.web.indicator.found import Found, find
from stateworks.web.indicator.reading import Reading, read


def indicator(request: HttpRequest, slug: str, code: str) -> HttpResponse:
    """One indicator: the sentence first, then everything the sentence rests on."""
    found = find(request, slug, code)
    public = asked.account(request) is None
    reading = read(found, scope=asked.scope(request), published_only=public, grain=request.GET.get("by", ""))
    if request.GET.get("format") == "csv":
        return as_csv(request, found, reading, public=public)
    context = {
        "found": found,
        "reading": reading,
        "public": public,
        "can": abilities(request, reading),
        "trail": found.trail,
        "here": f"{found.indicator.code} {found.indicator.short_name or found.indicator.name}",
    }
    return render(request, "web/indicator.html", context)


def abilities(request: HttpRequest, reading: Reading) -> dict[str, bool]:
    """What the page offers this account: report, confirm, prepare, approve."""
    signature = reading.signature
    waiting = signature is not None and signature.approved_at is None
    return {
        "report": asked.can(request, "values.report"),
        "explain": asked.can(request, "values.explain"),
        "milestones": asked.can(request, "milestones.report"),
        "confirm": asked.can(request, "milestones.confirm"),
        "prepare": asked.can(request, "values.prepare")
        and reading.verdict is not None
        and reading.bucket.key not in {"not_measured", "no_data", "stale", "suppressed", "retired"}
        and not (reading.making and reading.making.reported)
        and (signature is None or reading.restated),
        "approve": asked.can(request, "values.approve") and waiting,
    }


def as_csv(request: HttpRequest, found: Found, reading: Reading, *, public: bool) -> HttpResponse:
    """Every period and slice that may be seen, unrounded; visitors get the signed periods alone."""
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{found.plan.slug}-{found.indicator.code}.csv"'
    writer = csv.writer(response)
    writer.writerow(
        [
            "indicator",
            "by",
            "slice",
            "grain",
            "period",
            "starts",
            "ends",
            "value",
            "unit",
            "low",
            "high",
            "n",
            "suppressed",
        ]
    )
    unit, code = found.indicator.unit, found.indicator.code
    if public or reading.verdict is None:
        for row in reading.series.rows if reading.series else ():
            writer.writerow(
                safe([code, "", "", reading.grain, row.period, "", "", row.figure, "", "", "", row.n, ""])
            )
        return response
    own = reachable(values(reading.verdict.run, code), asked.scope(request))
    for value in own.order_by("dimension", "member", "grain", "starts").iterator():
        shown = [None] * 4 if value.suppressed else [value.value, value.low, value.high, value.n]
        writer.writerow(
            safe(
                [
                    code, value.dimension, value.member, value.grain, value.period, value.starts, value.ends,
                    shown[0], unit, *shown[1:], "yes" if value.suppressed else "",
                ]
            )
        )  # fmt: skip
    return response
