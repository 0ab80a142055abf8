"""Forecasts are made once and kept: computed when a month closes or by command, or submitted with a reason."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, datetime
from typing import Any

from django.db import connection, transaction
from django.db.models import QuerySet, Sum
from django.utils import timezone

from stateworks.kernel.access import audit
from stateworks.kernel.access.models import Account
from stateworks.kernel.access.permissions import require
from stateworks.kernel.access.scope import SYSTEM, entered
from stateworks.kernel.errors import Refused
from stateworks.kernel.org.models import LineOfService, Organization
from stateworks.modules.billing.forecasting import expected, months_ahead
from stateworks.modules.billing.models import Forecast, ForecastKind, InvoiceLine, InvoiceState
from stateworks.modules.billing.models.periods import is_month
from stateworks.modules.billing.money import dollars


def last_known(lines: QuerySet[InvoiceLine] | None = None) -> str:
    """Return the last month whose invoices are issued; empty where none are."""
    rows = InvoiceLine.objects.filter(invoice__state=InvoiceState.ISSUED) if lines is None else lines
    found = rows.order_by("-invoice__period__code").values_list("invoice__period__code", flat=True).first()
    return found or ""


@transaction.atomic
def forecast(*, by: Account | None, at: datetime) -> dict[str, int | str]:
    """Forecast each agency's coming months by line of service, and keep what was forecast.

    What was forecast that day from the same months is kept as it is: a second time adds nothing. Returns the last known
    month, how many forecasts were added, and how many series are too short for one.
    """
    require(by, "billing.run")
    known = last_known()
    if not known:
        raise Refused("No month is issued yet; forecasts follow from what issued invoices charged.")
    today, ahead = timezone.localdate(at), months_ahead(known)
    series: dict[tuple[int, int, str, str], dict[str, int]] = defaultdict(dict)
    names = (
        "invoice__organization",
        "sku__line_of_service",
        "invoice__organization__code",
        "sku__line_of_service__code",
    )
    rows = InvoiceLine.objects.filter(invoice__state=InvoiceState.ISSUED).order_by()
    for *key, month, cents in rows.values_list(*names, "invoice__period__code").annotate(sum=Sum("cents")):
        series[tuple(key)][month] = cents
    rows_made: list[tuple[Any, ...]] = []
    short = 0
    for (agency, service, agency_code, service_code), months in sorted(
        series.items(), key=lambda pair: pair[0][2:]
    ):
        found = expected(months, known, ahead)
        short += not found
        for month, one in zip(ahead, found, strict=bool(found)):
            code = f"{agency_code}.{service_code}.{month}.{known}.{today}"
            rows_made.append((code, agency, service, month, one.cents, one.low, one.high))
    added = _write(rows_made, known, today, by)
    if added:
        audit.record("forecast", "billing.forecast", by=by, at=at, after={"known": known, "forecasts": added})
    return {"known_month": known, "made_on": str(today), "forecasts": added, "series_too_short": short}


def _write(rows: list[tuple[Any, ...]], known: str, today: date, by: Account | None) -> int:
    """Insert forecasts by columns, one statement for thousands of them; what is there already stays. Returns how many are new."""
    if not rows:
        return 0
    columns = [list(column) for column in zip(*rows, strict=True)]
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO billing_forecast (code, organization_id, line_of_service_id, month, cents, low_cents, high_cents, kind, "
            "known_month, made_on, made_by_id, reason) SELECT f.*, %s, %s, %s, %s, '' FROM unnest(%s::text[], %s::bigint[], "
            "%s::bigint[], %s::text[], %s::bigint[], %s::bigint[], %s::bigint[]) f ON CONFLICT DO NOTHING",
            [ForecastKind.COMPUTED.value, known, today, by.pk if by else None, *columns],
        )
        return int(cursor.rowcount)


@transaction.atomic
def submit(
    agency: Organization,
    *,
    service: str,
    month: str,
    cents: int,
    reason: str,
    by: Account | None,
    at: datetime,
) -> Forecast:
    """Keep what somebody of an agency, or of the office, expects of a month, with the reason; shown beside what is computed."""
    require(by, "billing.forecast", agency)
    found = LineOfService.objects.filter(code=service).first()
    if found is None:
        raise Refused("Choose the line of service that the forecast is about.")
    if not is_month(month):
        raise Refused(f"“{month}” is no month; write it as 2026-11.")
    known = last_known()
    if month <= known:
        raise Refused(f"{month} is invoiced already; forecast a month after {known}.")
    if cents < 0:
        raise Refused(f"{dollars(cents)} is less than nothing; forecast nothing or more.")
    if not reason.strip():
        raise Refused("Say why you expect this; the reason stays on record.")
    today = timezone.localdate(at)
    with entered(SYSTEM):
        same = Forecast.objects.filter(
            organization=agency, line_of_service=found, month=month, kind=ForecastKind.SUBMITTED
        )
        made = Forecast.objects.create(
            code=f"{agency.code}.{service}.{month}.s{same.count() + 1}"[:200], organization=agency, line_of_service=found,
            month=month, kind=ForecastKind.SUBMITTED, cents=cents, low_cents=cents, high_cents=cents, made_on=today,
            reason=reason.strip(), made_by=by,
        )  # fmt: skip
        audit.record("submit forecast", f"billing.forecast {made.code}", by=by, at=at, reason=reason.strip(),
                     after={"cents": cents})  # fmt: skip
    return made
