"""Looks at every draft invoice before a person does: what differs from the months before is a finding with its dollars.

Each account and SKU is held against its own last twelve months by median and median absolute deviation, which a single odd
month does not move. Source of the scale: 1.4826 MAD estimates the standard deviation of a normal distribution (Hampel).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from statistics import median

from django.conf import settings
from django.db.models import Sum
from django.utils import timezone

from stateworks.kernel.clocks.service_hours import office_hours
from stateworks.modules.billing.models import AnomalyFinding, BillingRun, Invoice, InvoiceLine, InvoiceReview
from stateworks.modules.billing.money import dollars

HISTORY, FEWEST = 12, 3
"""Months looked back at, and how many it takes to judge."""
DEVIATIONS, LEAST_SHARE, LEAST_CENTS = 5, 0.25, 50_000
"""A charge is odd beyond so many deviations, and a quarter of the median, and 500 dollars."""
DAYS = 2
"""Business days in which a finding is to be resolved."""

Key = tuple[str, str, str]


@dataclass(frozen=True)
class Oddity:
    """Something odd about an account's charges for a SKU."""

    agency: str
    account: str
    sku: str
    detector: str
    text: str
    cents: int


def detect(run: BillingRun, *, at: datetime) -> int:
    """Look at a run's invoices, keep what is odd as findings, and note that each was looked at; returns how many are open.

    Findings of an earlier draft that do not hold any more are resolved by that.
    """
    found = list(oddities(_now(run), _history(run)))
    invoices = {one.organization.code: one for one in run.invoices.select_related("organization")}
    known = {one.code: one for one in AnomalyFinding.objects.filter(invoice__run=run)}
    fresh, codes = [], set()
    per_invoice: dict[int, int] = defaultdict(int)
    for odd in found:
        invoice = invoices.get(odd.agency)
        if invoice is None:
            continue
        code = f"{invoice.code}.{odd.detector}.{odd.account}.{odd.sku}"[:140]
        codes.add(code)
        per_invoice[invoice.pk] += 1
        if code not in known:
            fresh.append(
                AnomalyFinding(code=code, invoice=invoice, detector=odd.detector, text=odd.text, cents=odd.cents,
                               found_at=at, due_on=due_on(timezone.localdate(at)))
            )  # fmt: skip
    AnomalyFinding.objects.bulk_create(fresh, batch_size=1000)
    gone = [one.pk for code, one in known.items() if code not in codes and one.resolved_at is None]
    AnomalyFinding.objects.filter(pk__in=gone).update(
        resolved_at=at,
        resolved_on=timezone.localdate(at),
        resolution="A later draft does not show it any more.",
    )
    InvoiceReview.objects.bulk_create(
        [
            InvoiceReview(invoice=one, detected_at=at, findings=per_invoice[one.pk])
            for one in Invoice.objects.filter(run=run)
        ],
        batch_size=1000,
    )
    return len(codes)


def due_on(day: date) -> date:
    """Return the second business day after a day."""
    hours = office_hours(settings.TIME_ZONE, settings.HOLIDAYS_STATE)
    left = DAYS
    while left:
        day += timedelta(days=1)
        left -= bool(hours.spans_on(day))
    return day


def _now(run: BillingRun) -> dict[Key, int]:
    """Return the month's own charges by agency, account and SKU; corrections of earlier months are apart."""
    lines = InvoiceLine.objects.filter(invoice__run=run, origin=run.period.code).exclude(kind="credit")
    return _sums(lines)


def _sums(lines: object) -> dict[Key, int]:
    rows = lines.order_by().values_list(  # type: ignore[attr-defined]
        "invoice__organization__code", "account__code", "sku__code"
    )
    return {(agency, account, sku): cents for agency, account, sku, cents in rows.annotate(sum=Sum("cents"))}


def _history(run: BillingRun) -> dict[Key, list[int]]:
    """Return what the last issued months charged by agency, account and SKU, each month as it was first charged."""
    before = (
        BillingRun.objects.filter(state="issued", period__starts_on__lt=run.period.starts_on)
        .order_by("-period__starts_on")
        .values_list("period__code", flat=True)[:HISTORY]
    )
    months = list(before)
    found: dict[Key, dict[str, int]] = defaultdict(lambda: dict.fromkeys(months, 0))
    lines = InvoiceLine.objects.filter(origin__in=months, invoice__state="issued").exclude(kind="credit")
    rows = lines.order_by().values_list("invoice__organization__code", "account__code", "sku__code", "origin")
    for agency, account, sku, month, cents in rows.annotate(sum=Sum("cents")):
        found[agency, account, sku][month] = cents
    return {key: list(by_month.values()) for key, by_month in found.items()} if len(months) >= FEWEST else {}


def oddities(now: Mapping[Key, int], history: Mapping[Key, list[int]]) -> Iterator[Oddity]:
    """Yield what is odd about charges, given what the months before charged for the same; without history only negatives."""
    for key in sorted({*now, *history}):
        cents, before = now.get(key, 0), history.get(key)
        named = f"{key[2]} of {key[1]}"
        if cents < 0:
            yield Oddity(*key, "negative", f"{named}: the month's own charge is {dollars(cents)}.", -cents)
        elif before is None:
            if history and cents > LEAST_CENTS:
                yield Oddity(*key, "new", f"{named}: the first charge, of {dollars(cents)}.", cents)
        else:
            usual = median(before)
            spread = 1.4826 * median(abs(one - usual) for one in before)
            most = max(DEVIATIONS * spread, LEAST_SHARE * abs(usual), LEAST_CENTS)
            off = abs(cents - usual)
            if cents == 0 and usual > LEAST_CENTS:
                yield Oddity(
                    *key,
                    "vanished",
                    f"{named}: nothing is charged; {dollars(round(usual))} is usual.",
                    round(usual),
                )
            elif off > most:
                yield Oddity(
                    *key,
                    "level",
                    f"{named}: {dollars(cents)} is charged; {dollars(round(usual))} is usual.",
                    round(off),
                )
