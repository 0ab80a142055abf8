"""A rate card tried on the last closed months: who would have paid more, and who less.

What was used is charged at the card's prices instead of those it was charged at. A month stands for the same month of the year
that the card is for. Of each account, SKU and month the quantity is one amount, rounded once, as the run does: under the prices
it was charged at, nothing moves by a cent. Cost passed on and credits have no price of the card, and stay away.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Sum

from stateworks.kernel.errors import Refused
from stateworks.modules.billing.inputs import Price
from stateworks.modules.billing.models import (
    BillingPeriod,
    InvoiceLine,
    InvoiceState,
    LineKind,
    PeriodState,
    RateCard,
)
from stateworks.modules.billing.pricelist import listed
from stateworks.modules.billing.tiers import charged

MONTHS = 12


@dataclass(frozen=True)
class Moved:
    """What an agency, or a service, paid and would have paid, in cents."""

    code: str
    name: str
    before: int
    after: int

    @property
    def difference(self) -> int:
        """More than before, or less, in cents."""
        return self.after - self.before

    @property
    def percent(self) -> float | None:
        """The same against what was paid; None where nothing was."""
        return 100 * self.difference / self.before if self.before else None

    def as_json(self) -> dict[str, Any]:
        """The same for programs."""
        return {**vars(self), "difference": self.difference}


@dataclass(frozen=True)
class Rehearsal:
    """What a card would have made of some months: by agency and by service, the largest rise first."""

    card: RateCard
    months: list[str]
    agencies: list[Moved]
    services: list[Moved]
    unpriced: list[str]
    """SKUs that were used and that the card has no price for; they are counted at what they cost."""

    @property
    def together(self) -> Moved:
        """All agencies."""
        return Moved(
            "", "Together", sum(one.before for one in self.agencies), sum(one.after for one in self.agencies)
        )

    def as_json(self) -> dict[str, Any]:
        """The same for programs, in cents."""
        return {
            "card": self.card.code, "months": self.months, "before": self.together.before, "after": self.together.after,
            "difference": self.together.difference, "agencies": [one.as_json() for one in self.agencies],
            "services": [one.as_json() for one in self.services], "unpriced": self.unpriced,
        }  # fmt: skip


def rehearse(code: str, *, months: int = MONTHS) -> Rehearsal:
    """Try a card, approved or not, on the last closed months; refused where there is no card, price or closed month."""
    card = RateCard.objects.filter(code=code).first()
    if card is None:
        known = ", ".join(RateCard.objects.order_by("code").values_list("code", flat=True)[:20])
        raise Refused(f"There is no rate card {code}; there are {known or 'none'}.")
    rates = [price for _, price in listed(card=card)]
    if not rates:
        raise Refused(f"The rate card {code} has no price yet; load its rates first.")
    closed = BillingPeriod.objects.filter(state=PeriodState.CLOSED).order_by("-code")[:months]
    periods = sorted(one.code for one in closed)
    if not periods:
        raise Refused("No month is closed yet, so there is nothing to try the card on.")
    prices = _prices(rates)
    agencies: dict[tuple[str, str], list[int]] = defaultdict(lambda: [0, 0])
    services: dict[tuple[str, str], list[int]] = defaultdict(lambda: [0, 0])
    unpriced: set[str] = set()
    for used in _used(periods):
        price = prices.get((used["sku__code"], int(used["origin"][5:7])))
        after = (
            used["cents_sum"] if price is None else charged(used["quantity_sum"], price.price, price.tiers)
        )
        if price is None:
            unpriced.add(used["sku__code"])
        for sums, names in (
            (agencies, ("account__organization__code", "account__organization__name")),
            (services, ("sku__line_of_service__code", "sku__line_of_service__name")),
        ):
            pair = sums[used[names[0]], used[names[1]]]
            pair[0] += used["cents_sum"]
            pair[1] += after
    return Rehearsal(card, periods, _moved(agencies), _moved(services), sorted(unpriced))


def _used(periods: list[str]) -> Iterable[Any]:
    """What was used in the months, corrections included: quantity and cents by account, SKU and month."""
    lines = InvoiceLine.objects.filter(
        invoice__state=InvoiceState.ISSUED, kind=LineKind.USAGE, origin__in=periods
    ).order_by("account__code", "sku__code", "origin")
    return lines.values(
        "account__code", "account__organization__code", "account__organization__name", "sku__code",
        "sku__line_of_service__code", "sku__line_of_service__name", "origin",
    ).annotate(quantity_sum=Sum("quantity"), cents_sum=Sum("cents"))  # fmt: skip


def _prices(rates: Iterable[Price]) -> dict[tuple[str, int], Price]:
    """The prices by SKU and month of the year; of several in one month the first counts."""
    found: dict[tuple[str, int], Price] = {}
    for rate in sorted(rates, key=lambda one: (one.sku, one.starts_on)):
        first, last = dt.date.fromisoformat(rate.starts_on).replace(day=1), rate.ends_on
        while first.isoformat() <= last:
            found.setdefault((rate.sku, first.month), rate)
            first = (first + dt.timedelta(days=32)).replace(day=1)
    return found


def _moved(sums: dict[tuple[str, str], list[int]]) -> list[Moved]:
    moved = [Moved(code, name, before, after) for (code, name), (before, after) in sums.items()]
    return sorted(moved, key=lambda one: (-one.difference, one.code))
