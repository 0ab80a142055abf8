"""Reads a run's facts, and keeps what the detectors find: each finding with its invoice, and a note on each invoice."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db.models import QuerySet, Sum
from django.utils import timezone

from stateworks.kernel.clocks.service_hours import office_hours
from stateworks.kernel.lake.engines import Engine
from stateworks.kernel.org.models import Organization
from stateworks.modules.billing.detectors.facts import FEWEST, Facts, Key, Oddity, OddUsage
from stateworks.modules.billing.detectors.judging import oddities
from stateworks.modules.billing.detectors.levels import YEAR
from stateworks.modules.billing.detectors.usage import Thing, odd_usage
from stateworks.modules.billing.feeds import USAGE
from stateworks.modules.billing.inputs import Inputs
from stateworks.modules.billing.models import (
    AnomalyFinding,
    BillingAccount,
    BillingRun,
    Invoice,
    InvoiceLine,
    InvoiceReview,
    LineKind,
)

HISTORY = 2 * YEAR
"""Months looked back at."""
DAYS = 2
"""Business days in which a finding is to be resolved."""
GONE = "A later draft does not show it any more."
LONGEST, MARK = 140, 12
"""Characters of a finding's code, and of the fingerprint in a long one."""


def detect(run: BillingRun, inputs: Inputs, engine: Engine, *, at: datetime) -> int:
    """Look at the invoices of a run on some inputs, keep what is odd as findings, and return how many there are.

    Each invoice gets a note that it was looked at. Findings of an earlier draft that do not hold any more are resolved by that;
    one that is there again, or was resolved at another amount, is open again.
    An agency that is charged nothing and was before gets a draft invoice of nothing, so that what is found about it is reviewed
    as well; it is never issued.
    """
    found = oddities(facts_of(run, inputs, engine))
    invoices = {one.organization.code: one for one in run.invoices.select_related("organization")}
    invoices |= _empty(run, {odd.agency for odd in found} - set(invoices))
    known = {one.code: one for one in AnomalyFinding.objects.filter(invoice__run=run)}
    due, codes = due_on(timezone.localdate(at)), set()
    fresh, again, changed = [], [], []
    per_invoice: dict[int, int] = defaultdict(int)
    for odd in found:
        invoice = invoices[odd.agency]
        code = _code(invoice, odd)
        codes.add(code)
        per_invoice[invoice.pk] += 1
        one = known.get(code)
        if one is None:
            fresh.append(
                AnomalyFinding(code=code, invoice=invoice, detector=odd.detector, text=odd.text, cents=odd.cents,
                               found_at=at, due_on=due)
            )  # fmt: skip
            continue
        # What somebody resolved is resolved as it was then, and not for another amount.
        if one.resolved_at is not None and (one.resolution == GONE or one.cents != odd.cents):
            one.resolved_at = one.resolved_on = one.resolved_by = None
            one.resolution, one.found_at, one.due_on = "", at, due
            again.append(one)
        if one.resolved_at is None and (one.text, one.cents) != (odd.text, odd.cents):
            one.text, one.cents = odd.text, odd.cents
            changed.append(one)
    AnomalyFinding.objects.bulk_create(fresh, batch_size=1000)
    AnomalyFinding.objects.bulk_update(
        again,
        ["resolved_at", "resolved_on", "resolved_by", "resolution", "found_at", "due_on"],
        batch_size=500,
    )
    AnomalyFinding.objects.bulk_update(changed, ["text", "cents"], batch_size=500)
    gone = [one.pk for code, one in known.items() if code not in codes and one.resolved_at is None]
    AnomalyFinding.objects.filter(pk__in=gone).update(
        resolved_at=at, resolved_on=timezone.localdate(at), resolution=GONE
    )
    InvoiceReview.objects.bulk_create(
        [
            InvoiceReview(invoice=one, detected_at=at, findings=per_invoice[one.pk])
            for one in Invoice.objects.filter(run=run)
        ],
        batch_size=1000,
    )
    return len(codes)


def _code(invoice: Invoice, odd: Oddity) -> str:
    """Return what a finding is called by: of long names the end is a fingerprint, so that no two are called alike."""
    code = f"{invoice.code}.{odd.detector}.{odd.account}.{odd.sku}"
    mark = hashlib.sha256(code.encode()).hexdigest()[:MARK]
    return code if len(code) <= LONGEST else f"{code[: LONGEST - MARK - 1]}.{mark}"


def _empty(run: BillingRun, agencies: set[str]) -> dict[str, Invoice]:
    """Draft invoices of nothing for agencies that have none."""
    made = [
        Invoice(code=f"{run.period.code}-{one.code}", period=run.period, organization=one, run=run, cents=0)
        for one in Organization.objects.filter(code__in=agencies).order_by("code")
    ]
    return {one.organization.code: one for one in Invoice.objects.bulk_create(made)}


def due_on(day: date) -> date:
    """Return the second business day after a day."""
    hours = office_hours(settings.TIME_ZONE, settings.HOLIDAYS_STATE)
    left = DAYS
    while left:
        day += timedelta(days=1)
        left -= bool(hours.spans_on(day))
    return day


def facts_of(run: BillingRun, inputs: Inputs, engine: Engine) -> Facts:
    """Read what the detectors look at: the run's own lines, those of the last issued months, and odd rows of usage."""
    before = BillingRun.objects.filter(state="issued", period__starts_on__lt=run.period.starts_on)
    months = list(before.order_by("-period__starts_on").values_list("period__code", flat=True)[:HISTORY])
    lines = InvoiceLine.objects.filter(invoice__run=run, origin=run.period.code).exclude(kind=LineKind.CREDIT)
    now = lines.order_by().values_list(*KEY).annotate(sum=Sum("cents"))
    prices: dict[Key, dict[Decimal, Decimal]] = defaultdict(dict)
    for *key, price, quantity in _priced(lines, *KEY):
        prices[_key(key)][price] = quantity
    last: dict[str, dict[Decimal, Decimal]] = defaultdict(dict)
    known_prices: dict[str, set[Decimal]] = defaultdict(set)
    issued = InvoiceLine.objects.filter(origin__in=months[:YEAR], invoice__state="issued")
    for sku, month, price, quantity in _priced(issued, "sku__code", "origin"):
        known_prices[sku].add(price)
        if month == months[0]:
            last[sku][price] = quantity
    repeated, taken_back = _odd_usage(run, inputs, engine, months)
    return Facts(
        now={_key(key): cents for *key, cents in now}, history=_history(months) if len(months) >= FEWEST else {},
        pooled=set(lines.filter(kind=LineKind.ALLOCATED).order_by().values_list("sku__code", flat=True).distinct()),
        prices=prices, last_prices=last, known_prices=known_prices, repeated=repeated, taken_back=taken_back,
    )  # fmt: skip


KEY = ("invoice__organization__code", "account__code", "sku__code")


def _key(row: Sequence[str]) -> Key:
    agency, account, sku = row
    return agency, account, sku


def _priced(lines: QuerySet[InvoiceLine], *by: str) -> Any:
    """Return quantities by price; a price at which in the end nothing was used says nothing."""
    rows = lines.filter(kind=LineKind.USAGE).order_by().values_list(*by, "price")
    return rows.annotate(sum=Sum("quantity")).exclude(sum=0)


def _history(months: Sequence[str]) -> dict[Key, list[int]]:
    """Return what months charged by agency, account and SKU, newest first, with what was corrected since."""
    places = {month: at for at, month in enumerate(months)}
    found: dict[Key, list[int]] = defaultdict(lambda: [0] * len(months))
    lines = InvoiceLine.objects.filter(origin__in=months, invoice__state="issued").exclude(
        kind=LineKind.CREDIT
    )
    for *key, month, cents in lines.order_by().values_list(*KEY, "origin").annotate(sum=Sum("cents")):
        found[_key(key)][places[month]] = cents
    return found


def _odd_usage(
    run: BillingRun, inputs: Inputs, engine: Engine, months: Sequence[str]
) -> tuple[dict[Key, OddUsage], dict[Key, OddUsage]]:
    """Let the engine look at the month's rows of usage, at the version that the run read."""
    found = odd_usage(
        engine, run.versions[USAGE], run.period.code, inputs.usage, inputs.accounts, inputs.skus,
        last=months[0] if months else "",
    )  # fmt: skip
    whose = dict(BillingAccount.objects.values_list("code", "organization__code"))

    def named(things: dict[Thing, OddUsage]) -> dict[Key, OddUsage]:
        return {(whose[account], account, sku): one for (account, sku), one in things.items()}

    return named(found[0]), named(found[1])
