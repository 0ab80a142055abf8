"""What is owed: of each issued invoice what it charged, what credits and payments took off, and how old the rest is.

For each invoice and in total, to the cent: issued less credits less paid is open, and open is the sum of its ages, the
disputed part, and what is in the agency's favor. A credit counts on the invoice that carries it, which is the next one
after it was given: so it is taken off once, and each invoice comes to what stands on its face.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.conf import settings
from django.db.models import BigIntegerField, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce, TruncDate

from stateworks.kernel.clocks.fiscal import following, parse_period
from stateworks.kernel.errors import Refused
from stateworks.modules.billing.models import (
    Credit,
    Dispute,
    Invoice,
    InvoiceLine,
    InvoiceState,
    LineKind,
    Payment,
)

AGES = (
    ("current_cents", "Not due yet", None), ("days_1_30_cents", "1–30 days", 30), ("days_31_60_cents", "31–60 days", 60),
    ("days_61_90_cents", "61–90 days", 90), ("over_90_cents", "Over 90 days", None),
)  # fmt: skip
"""Ages of what is open by days past due: key, words, and the last day of the age."""
STANDINGS = {
    "paid": ("met", "paid"), "partly": ("pending", "partly paid"), "open": ("pending", "open"),
    "disputed": ("pending", "disputed"), "overdue": ("at_risk", "overdue"),
}  # fmt: skip
"""How an invoice may stand: the icon and the words of each."""


@dataclass(frozen=True)
class Receivable:
    """One issued invoice as of a day, in cents. `filed_cents` are all that open disputes ask for."""

    code: str
    number: str
    agency: str
    agency_name: str
    period: str
    issued_on: date
    due_on: date
    issued_cents: int
    credits_cents: int = 0
    paid_cents: int = 0
    filed_cents: int = 0
    last_paid_on: date | None = None

    @property
    def open_cents(self) -> int:
        """What is still open; less than nothing where credits come to more than charges."""
        return self.issued_cents - self.credits_cents - self.paid_cents

    @property
    def disputed_cents(self) -> int:
        """The part of it that is disputed, which has no age."""
        return max(0, min(self.open_cents, self.filed_cents))

    def days_past_due(self, as_of: date) -> int:
        """Days since the day it was due; nothing or less while it is not."""
        return (as_of - self.due_on).days

    def age(self, as_of: date) -> str:
        """The age in which its undisputed part counts."""
        late = self.days_past_due(as_of)
        if late <= 0:
            return AGES[0][0]
        return next((key for key, _, last in AGES[1:] if last is not None and late <= last), AGES[-1][0])

    def standing(self, as_of: date) -> str:
        """Whether it is paid, as one of `STANDINGS`."""
        if self.open_cents <= 0:
            return "paid"
        if self.disputed_cents == self.open_cents:
            return "disputed"
        if self.days_past_due(as_of) > 0:
            return "overdue"
        return "partly" if self.paid_cents else "open"

    def as_json(self, as_of: date) -> dict[str, Any]:
        """The invoice as a command prints it."""
        return {
            "invoice": self.code, "number": self.number, "agency": self.agency, "period": self.period,
            "issued_on": self.issued_on, "due_on": self.due_on, "days_past_due": max(0, self.days_past_due(as_of)),
            "standing": self.standing(as_of), **totals([self], as_of), "last_paid_on": self.last_paid_on,
        }  # fmt: skip


def receivables(as_of: date, invoices: QuerySet[Invoice]) -> list[Receivable]:
    """Read what is owed as of the end of a day, oldest first: those of the invoices that were issued by then; one query."""
    credited = InvoiceLine.objects.filter(invoice=OuterRef("pk"), kind=LineKind.CREDIT)
    paid = Payment.objects.filter(invoice=OuterRef("pk"), received_on__lte=as_of)
    filed = Dispute.objects.filter(line__invoice=OuterRef("pk"), filed_on__lte=as_of).filter(
        Q(resolved_on__isnull=True) | Q(resolved_on__gt=as_of)
    )
    rows = (
        invoices.filter(state=InvoiceState.ISSUED, issued_at__isnull=False)
        .annotate(day=TruncDate("issued_at"))
        .filter(day__lte=as_of)
        .annotate(
            credited=_sum(credited, "invoice"), paid=_sum(paid, "invoice"), filed=_sum(filed, "line__invoice"),
            last=Subquery(paid.order_by("-received_on").values("received_on")[:1]),
        )
        .order_by("due_on", "code")
        .values_list(
            "code", "number", "organization__code", "organization__name", "period__code", "day", "due_on", "cents",
            "credited", "paid", "filed", "last",
        )
    )  # fmt: skip
    return [
        Receivable(
            code,
            number,
            agency,
            name,
            period,
            day,
            due_on or day,
            cents - credited,
            -credited,
            paid,
            filed,
            last,
        )
        for code, number, agency, name, period, day, due_on, cents, credited, paid, filed, last in rows
    ]


def _sum(rows: QuerySet[Any], of: str) -> Any:
    """The sum of the cents of rows of each invoice, as part of a query; nothing is none."""
    return Coalesce(Subquery(rows.order_by().values(of).annotate(sum=Sum("cents")).values("sum")), 0,
                    output_field=BigIntegerField())  # fmt: skip


def totals(rows: Iterable[Receivable], as_of: date) -> dict[str, int]:
    """Add invoices up: charged, taken off, paid and open, and open by age, disputed and in the agencies' favor."""
    names = ("issued_cents", "credits_cents", "paid_cents", "open_cents", *(key for key, _, _ in AGES), "disputed_cents",
             "in_favor_cents")  # fmt: skip
    made = dict.fromkeys(names, 0)
    for one in rows:
        for name in names[:4]:
            made[name] += getattr(one, name)
        if one.open_cents < 0:
            made["in_favor_cents"] += one.open_cents
            continue
        made["disputed_cents"] += one.disputed_cents
        made[one.age(as_of)] += one.open_cents - one.disputed_cents
    return made


def by_agency(rows: Iterable[Receivable], as_of: date) -> list[tuple[str, str, dict[str, int]]]:
    """Add up by agency, by name: code, name and totals."""
    found: dict[tuple[str, str], list[Receivable]] = defaultdict(list)
    for one in rows:
        found[one.agency_name, one.agency].append(one)
    return [(code, name, totals(group, as_of)) for (name, code), group in sorted(found.items())]


def credits_to_come(as_of: date, invoices: QuerySet[Invoice]) -> int:
    """Return the cents of credits given by a day that no invoice issued by then carries yet."""
    given = Credit.objects.filter(given_on__lte=as_of, line__invoice__in=invoices)
    carried = (
        InvoiceLine.objects.filter(kind=LineKind.CREDIT, invoice__state=InvoiceState.ISSUED)
        .annotate(day=TruncDate("invoice__issued_at")).filter(day__lte=as_of)
    )  # fmt: skip
    return given.exclude(code__in=carried.values("source")).aggregate(sum=Sum("cents"))["sum"] or 0


@dataclass(frozen=True)
class Collected:
    """How many days pass from issue to payment, of so many invoices."""

    invoices: int
    settled: int
    median: int | None
    weighted: float | None


def collected(rows: Sequence[Receivable], as_of: date) -> Collected:
    """Return the days to collect of the invoices issued in the twelve months up to a day.

    `median` is the day by which half of them were paid in full, with those still open counted for as long as they are
    (Kaplan and Meier); `weighted` the mean of the days from issue to receipt of what was paid, each cent alike.
    """
    import numpy as np

    from stateworks.kernel.indicators.survival import kaplan_meier, quantile

    first = date(as_of.year - 1, as_of.month, min(as_of.day, 28))
    recent = [one for one in rows if one.issued_on > first and one.issued_cents > one.credits_cents]
    settled = [
        (one.last_paid_on - one.issued_on).days for one in recent if one.last_paid_on and one.open_cents <= 0
    ]
    waiting = [(as_of - one.issued_on).days for one in recent if one.open_cents > 0]
    median = None
    if settled:
        curve = kaplan_meier(np.asarray(settled, dtype=np.int64), np.asarray(waiting, dtype=np.int64))
        median = quantile(curve, 0.5)[0]
    days = cents = 0
    received = Payment.objects.filter(received_on__lte=as_of, invoice__code__in=[one.code for one in recent])
    issued_on = {one.code: one.issued_on for one in recent}
    for code, amount, day in received.values_list("invoice__code", "cents", "received_on"):
        days += (day - issued_on[code]).days * amount
        cents += amount
    return Collected(len(recent), len(settled), median, days / cents if cents else None)


@dataclass(frozen=True)
class IssuedMonth:
    """When a month's invoices were issued, against the day of the calendar by which they are to be."""

    period: str
    due_on: date
    first_on: date
    last_on: date
    invoices: int
    in_time: int


def issue_day(period: str) -> date:
    """Return the day by which a month's invoices are to be issued: so many days into the next month, or its last."""
    day = settings.BILLING_ISSUE_DAY
    if not 1 <= day <= 31:
        raise Refused(f"STATEWORKS_BILLING_ISSUE_DAY is {day}; write a day of the month, 1 to 31.")
    month = following(parse_period(period))
    return min(month.starts + timedelta(days=day - 1), month.ends)


def issued_months(rows: Iterable[Receivable]) -> list[IssuedMonth]:
    """Return by month, newest first, how many invoices were issued by the calendar's day."""
    found: dict[str, list[date]] = defaultdict(list)
    for one in rows:
        found[one.period].append(one.issued_on)
    return [
        IssuedMonth(period, due, min(days), max(days), len(days), sum(day <= due for day in days))
        for period, days in sorted(found.items(), reverse=True)
        for due in [issue_day(period)]
    ]


def report(as_of: date, invoices: QuerySet[Invoice]) -> dict[str, Any]:
    """Everything that is known of what is owed as of a day, as a command prints it."""
    rows = receivables(as_of, invoices)
    days = collected(rows, as_of)
    return {
        "as_of": as_of, **totals(rows, as_of), "credits_to_come_cents": credits_to_come(as_of, invoices),
        "days_to_collect": {"invoices": days.invoices, "settled": days.settled, "median": days.median, "weighted": days.weighted},
        "issued": [vars(one) for one in issued_months(rows)],
        "agencies": [{"agency": code, "name": name, **sums} for code, name, sums in by_agency(rows, as_of)],
        "invoices": [one.as_json(as_of) for one in rows],
    }  # fmt: skip
