"""How prices are built: what each SKU cost and earned in the last closed fiscal year, and at which price it breaks even.

Cost is what the federal package counts as a billed service's allowable expense: the ledger's, fully loaded, with depreciation.
It is known for a service. It is a SKU's where nothing else of the service had a price or was charged in the year; of
several nobody can say which caused it, so nothing is split: it is said. A build that somebody recorded counts instead.

    recovery = revenue - cost          carried forward = carried into the year + recovery
    break-even price = (cost - carried forward) / forecast units
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Sum

from stateworks.kernel.errors import Refused
from stateworks.modules.billing.federal.earning import imputed, service_of, sources
from stateworks.modules.billing.federal.facts import NOBODY, Facts
from stateworks.modules.billing.federal.reading import facts_of
from stateworks.modules.billing.federal.reconciling import ServiceYear, service_years
from stateworks.modules.billing.federal.spending import traced
from stateworks.modules.billing.inputs import Price
from stateworks.modules.billing.models import (
    BillingPeriod,
    InvoiceLine,
    InvoiceState,
    LineKind,
    PeriodState,
    RateBuild,
    RateCard,
    Recovery,
)
from stateworks.modules.billing.models.rates import break_even
from stateworks.modules.billing.pricelist import listed

LAST_MONTH = "-06"
"""The last month of a fiscal year."""
MONTHS = 12
"""A year's units are forecast as those of so many closed months."""


@dataclass(frozen=True)
class SkuBuild:
    """One SKU: its last closed year in cents, what its price is to bring back, and the card's own price."""

    sku: str
    name: str
    unit: str
    service: str
    revenue: int
    cost: int | None
    why: str
    """Why the cost is not known; empty where it is."""
    pool: int | None
    carry: int | None
    units: Decimal
    recorded: bool
    """Whether somebody recorded cost, units and what is carried forward for this card."""
    prices: tuple[Price, ...]

    @property
    def recovery(self) -> int | None:
        """What was recovered too much in the year, or too little; None where the cost is not known."""
        return None if self.cost is None else self.revenue - self.cost

    @property
    def price(self) -> Decimal | None:
        """The break-even price, in dollars to eight places; None where cost or units are not known."""
        if self.pool is None or self.carry is None or self.units <= 0:
            return None
        return break_even(self.pool, self.carry, self.units)

    @property
    def on_card(self) -> str:
        """The card's prices in words."""
        told = []
        for one in self.prices:
            steps = "".join(
                f", ${each.normalize():f} from {start.normalize():f} on" for start, each in one.tiers
            )
            since = f" from {one.starts_on}" if len(self.prices) > 1 else ""
            told.append(f"${one.price.normalize():f}{steps}{since}")
        return "; ".join(told)

    def as_json(self) -> dict[str, Any]:
        """Return the build as plain data; prices as texts."""
        return {
            "sku": self.sku, "name": self.name, "unit": self.unit, "service": self.service, "cost_cents": self.cost,
            "revenue_cents": self.revenue, "recovery_cents": self.recovery, "pool_cents": self.pool,
            "carry_cents": self.carry, "units": f"{self.units.normalize():f}", "recorded": self.recorded,
            "break_even": None if self.price is None else f"{self.price.normalize():f}", "card_price": self.on_card,
            "why": self.why,
        }  # fmt: skip


@dataclass(frozen=True)
class Building:
    """The builds of a card's SKUs, from a closed fiscal year; what is left of cost stands in `shared` and `lost`."""

    card: RateCard
    year: int
    months: tuple[str, ...]
    skus: tuple[SkuBuild, ...]
    shared: tuple[ServiceYear, ...]
    """Services with billed SKUs whose cost is known for all of them together alone."""
    lost: int
    """Allowable cost that no service brings back, in cents."""

    def of(self, sku: str) -> SkuBuild:
        """Return the build of a SKU."""
        for one in self.skus:
            if one.sku == sku:
                return one
        raise Refused(
            f"{sku or 'Nothing'} is no billed SKU of the card or of fiscal year {self.year}; choose one that is."
        )

    def as_json(self) -> dict[str, Any]:
        """Return the builds as plain data."""
        return {
            "card": self.card.code, "fiscal_year": self.year, "first_month": self.months[0], "last_month": self.months[-1],
            "rates": [one.as_json() for one in self.skus],
            "not_attributed": [
                {"service": one.service, "name": one.name, "cost_cents": one.allowable, "revenue_cents": one.revenue}
                for one in self.shared
            ],
            "no_service_cents": self.lost,
        }  # fmt: skip


def last_closed_year() -> int:
    """Return the last fiscal year whose last month is closed, by the year in which it ends."""
    last = (
        BillingPeriod.objects.filter(state=PeriodState.CLOSED, code__endswith=LAST_MONTH)
        .order_by("-code")
        .first()
    )
    if last is None:
        raise Refused(
            "No fiscal year is closed yet, so nothing is known of what a year costs. Issue and close its months first."
        )
    return int(last.code[:4])


def building_of(code: str) -> Building:
    """Build the prices of a card, approved or not; call it in a scope that sees everything."""
    card = RateCard.objects.filter(code=code).first()
    if card is None:
        known = ", ".join(RateCard.objects.order_by("code").values_list("code", flat=True)[:20])
        raise Refused(f"There is no rate card {code}; there are {known or 'none'}.")
    facts = facts_of(last_closed_year())
    unbilled = imputed(facts)
    years = {one.service: one for one in service_years(facts, traced(facts), sources(facts), unbilled)}
    revenue: dict[str, int] = defaultdict(int)
    for line in facts.issued:
        revenue[line.sku] += line.cents
    for each in unbilled:
        revenue[each.use.sku] += each.cents
    charged = set(revenue) | {
        one.sku for one in facts.prices
        if one.starts_on[:7] <= facts.months[-1] and facts.months[0] <= one.ends_on[:7]
    }  # fmt: skip
    prices: dict[str, list[Price]] = defaultdict(list)
    for _, price in listed(card=card):
        prices[price.sku].append(price)
    of = _Known(facts, charged, dict(revenue), years)
    builds = {one.sku.code: one for one in RateBuild.objects.filter(card=card).select_related("sku")}
    billed = {sku for sku, sold in facts.skus.items() if sold.recovery == Recovery.BILLED}
    units = _units()
    before = {
        one.sku.code: one.carry_cents
        for one in RateBuild.objects.filter(card__fiscal_year=facts.year, card__approved=True).select_related(
            "sku"
        )
    }
    skus = tuple(
        of.build(sku, builds.get(sku), units.get(sku, Decimal(0)), before.get(sku, 0), tuple(prices[sku]))
        for sku in sorted(billed & (charged | set(prices)))
    )
    shared = {one.service for one in skus if one.cost is None and one.service in years and one.sku in charged}
    return Building(
        card, facts.year, facts.months, skus, tuple(years[one] for one in sorted(shared)),
        years[NOBODY].allowable if NOBODY in years else 0,
    )  # fmt: skip


@dataclass(frozen=True)
class _Known:
    """What a year says of its SKUs."""

    facts: Facts
    charged: set[str]
    revenue: dict[str, int]
    years: dict[str, ServiceYear]

    def build(
        self, sku: str, recorded: RateBuild | None, units: Decimal, before: int, prices: tuple[Price, ...]
    ) -> SkuBuild:
        sold, service = self.facts.skus[sku], service_of(self.facts, sku)
        cost, why = self._cost(sku, service)
        earned = self.revenue.get(sku, 0)
        carry = None if cost is None else before + earned - cost
        return SkuBuild(
            sku, sold.name, sold.unit, service, earned, cost, why,
            pool=recorded.pool_cents if recorded else cost, carry=recorded.carry_cents if recorded else carry,
            units=recorded.units if recorded else units, recorded=recorded is not None, prices=prices,
        )  # fmt: skip

    def _cost(self, sku: str, service: str) -> tuple[int | None, str]:
        """Return what a SKU cost, or why nobody can say."""
        if sku not in self.charged:
            return None, f"It had no price in fiscal year {self.facts.year}."
        alike = sorted(one for one in self.charged if service_of(self.facts, one) == service)
        if len(alike) > 1:
            name = self.facts.names.get(service, service)
            return None, f"The cost of {name} is known for {', '.join(alike)} together."
        year = self.years.get(service)
        return (year.allowable, "") if year else (0, "")


def _units() -> dict[str, Decimal]:
    """Return what was used in the last closed months by SKU, corrections included."""
    closed = BillingPeriod.objects.filter(state=PeriodState.CLOSED).order_by("-code")
    months = list(closed.values_list("code", flat=True)[:MONTHS])
    lines = InvoiceLine.objects.filter(
        invoice__state=InvoiceState.ISSUED, kind=LineKind.USAGE, origin__in=months
    )
    return {
        sku: quantity.normalize()
        for sku, quantity in lines.order_by().values_list("sku__code").annotate(sum=Sum("quantity"))
    }
