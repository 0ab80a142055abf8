"""What the fictional state's agencies budget, set aside, pay and expect; what is open is worked out here, by itself.

Most invoices are paid within two weeks and a half, some late, a few short, and a few not at all.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random
from typing import Any

from django.db.models import Sum
from django.utils import timezone

from stateworks.kernel.access.scope import SYSTEM, entered
from stateworks.kernel.clocks.fiscal import fiscal_year_of
from stateworks.kernel.demo import LAST_DAY, World
from stateworks.modules.billing.models import Invoice, InvoiceLine

LATE, SHORT, NEVER = 0.10, 0.03, 0.01
"""The parts of all invoices that are paid late, only in part, and not at all."""
BY_ACCOUNT = 0.15
"""The part of agencies that budget by account and not by line of service."""
REASONS = (
    "Two offices move and need their own circuits.", "A program ends with the month.",
    "Seasonal staff come for the filing season.", "The new case system goes live and takes more storage.",
)  # fmt: skip
Row = Mapping[str, Any]


@dataclass
class Paid:
    """Rows by dataset, and what is true of them in cents: what each invoice has left to pay, what is budgeted and set aside."""

    payments: list[Row] = field(default_factory=list)
    budgets: list[Row] = field(default_factory=list)
    encumbrances: list[Row] = field(default_factory=list)
    forecasts: list[Row] = field(default_factory=list)
    open_cents: dict[str, int] = field(default_factory=dict)
    overdue_cents: int = 0
    budget_cents: int = 0
    set_aside_cents: int = 0

    def records(self) -> Iterator[tuple[str, list[Row]]]:
        """Yield the record types with their rows."""
        yield from (
            ("budget", self.budgets), ("payment", self.payments), ("encumbrance", self.encumbrances),
            ("forecast", self.forecasts),
        )  # fmt: skip


def draw_paid(world: World, last: date) -> Paid:
    """Draw it all; `last` is the first day of the month that is drafted and not issued."""
    made, chance = Paid(), world.random("billing.paid")
    with entered(SYSTEM):
        _payments(made, chance, LAST_DAY)
        _budgets(made, chance, fiscal_year_of(last))
        _forecasts(made, chance, last)
    return made


def _payments(made: Paid, chance: Random, today: date) -> None:
    for one in Invoice.objects.filter(state="issued").order_by("code"):
        # Drawn for each alike, so that an invoice more does not change what the others pay.
        draw, days, part = chance.random(), chance.randrange(14), chance.randrange(50, 95)
        made.open_cents[one.code] = one.cents
        if one.issued_at is None or one.due_on is None:
            continue
        amount, day = one.cents, timezone.localdate(one.issued_at) + timedelta(days=3 + days)
        if draw < NEVER:
            amount = 0
        elif draw < NEVER + SHORT:
            amount = amount * part // 100
        elif draw < NEVER + SHORT + LATE:
            day = one.due_on + timedelta(days=3 + 5 * days)
        # Of those that are paid short, most pay the rest once they are reminded.
        rest = one.cents - amount if 0 < amount < one.cents and part < 80 else 0
        for place, (cents, on) in enumerate(((amount, day), (rest, day + timedelta(days=50 + part))), 1):
            if cents > 0 and on <= today:
                made.payments.append(
                    {"code": f"pay-{one.code}-{place}"[:140], "invoice": one.code, "cents": cents, "received_on": on,
                     "reference": f"RT-{on:%y%m}-{len(made.payments) + 1:05}"}
                )  # fmt: skip
                made.open_cents[one.code] -= cents
        if one.due_on < today and made.open_cents[one.code] > 0:
            made.overdue_cents += made.open_cents[one.code]


def _budgets(made: Paid, chance: Random, year: int) -> None:
    """Budget about what the months so far would come to in a year; set some of it aside."""
    charged: dict[str, dict[tuple[str, str], int]] = defaultdict(dict)
    lines = InvoiceLine.objects.filter(invoice__state="issued").order_by()
    months = lines.values("invoice__period").distinct().count()
    names = ("invoice__organization__code", "account__code", "sku__line_of_service__code")
    for agency, account, service, cents in (
        lines.values_list(*names).annotate(sum=Sum("cents")).order_by(*names)
    ):
        charged[agency][account, service] = max(0, cents)
    for agency, found in sorted(charged.items()):
        by_account = chance.random() < BY_ACCOUNT
        sums: dict[str, int] = defaultdict(int)
        for (account, service), cents in found.items():
            sums[account if by_account else service] += cents
        for of, cents in sorted(sums.items()):
            budget = cents * 12 // months * chance.randrange(92, 116) // 100 // 10_000 * 10_000
            made.budgets.append(
                {"agency": agency, "account": of if by_account else "", "line_of_service": "" if by_account else of,
                 "fiscal_year": year, "cents": budget, "note": "Appropriation as enacted"}
            )  # fmt: skip
            made.budget_cents += budget
        account = min(account for account, _ in found)
        cents = sum(found.values()) // months * chance.randrange(20, 150) // 100
        open_ = chance.random() < 0.8
        made.encumbrances.append(
            {"code": f"enc-{account}"[:140], "account": account, "fiscal_year": year, "cents": cents,
             "reference": f"PO-{year % 100}-{chance.randrange(1000, 9999)}", "status": "open" if open_ else "liquidated",
             "closed_on": "" if open_ else f"{year - 1}-09-30"}
        )  # fmt: skip
        made.set_aside_cents += cents if open_ else 0


def _forecasts(made: Paid, chance: Random, last: date) -> None:
    """A few agencies expect something else of the month after next than it would be by the past."""
    following = last + timedelta(days=31)
    month = f"{following:%Y-%m}"
    for place, row in enumerate(made.budgets[:: max(1, len(made.budgets) // 6)][:6]):
        if row["line_of_service"]:
            cents = row["cents"] // 12 * chance.randrange(80, 140) // 100
            made.forecasts.append(
                {"code": f"{row['agency']}.{row['line_of_service']}.{month}.s1", "agency": row["agency"],
                 "line_of_service": row["line_of_service"], "month": month, "kind": "submitted", "cents": cents,
                 "low_cents": cents, "high_cents": cents, "made_on": last, "known_month": "",
                 "reason": REASONS[place % len(REASONS)]}
            )  # fmt: skip
