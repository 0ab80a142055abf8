"""A billed service's year: revenue against allowable expense, what it may keep, and the federal part of what is over.

Source: 2 CFR 200 appendix V, E.3.b (what is to be shown of each billed service), G.2 (working capital reserve in days of cash
expenses) and G.4 (adjustment of the difference between revenue and allowable cost). Services are never netted.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import Any

from stateworks.modules.billing.federal.earning import Imputed, Source
from stateworks.modules.billing.federal.facts import NOBODY, TREATMENTS, Balance, Facts, Object, Rule
from stateworks.modules.billing.federal.spending import Traced
from stateworks.modules.billing.money import half_up

UNKNOWN = Object("", "unclassified", "Nobody has said how it counts.")
TENTH = Decimal("0.1")


@dataclass(frozen=True)
class ServiceYear:
    """One billed service in one fiscal year, in cents; the empty service has the cost that no service brings back."""

    service: str
    name: str
    rule: Rule
    days: int
    billed: int
    imputed: int
    federal: int
    opening: int
    refunded: int
    depreciation: int
    spent: dict[str, int] = field(default_factory=lambda: dict.fromkeys(TREATMENTS, 0))
    """Fully loaded ledger cost by treatment."""

    @property
    def revenue(self) -> int:
        """What was charged, and what is imputed for use that was not."""
        return self.billed + self.imputed

    @property
    def ledger(self) -> int:
        """The service's part of the ledger, whatever it counts as."""
        return sum(self.spent.values())

    @property
    def left_out(self) -> int:
        """The part of the ledger's cost that counts as no expense."""
        return self.ledger - self.cash

    @property
    def cash(self) -> int:
        """Allowable expense that was paid: without depreciation, which takes no cash."""
        return self.spent["allowable"]

    @property
    def allowable(self) -> int:
        """Allowable expense, with depreciation in the place of what was bought."""
        return self.cash + self.depreciation

    @property
    def profit(self) -> int:
        """Revenue over allowable expense; a loss is negative."""
        return self.revenue - self.allowable

    @property
    def closing(self) -> int:
        """The balance on the year's last day."""
        return self.opening + self.profit - self.refunded

    @property
    def limit(self) -> int:
        """What may be kept: the rule's days of cash expense, rounded once, half up."""
        return half_up(Fraction(max(self.cash, 0) * self.rule.reserve_days, self.days))

    @property
    def reserve_days(self) -> Decimal | None:
        """The closing balance in days of cash expense, to a tenth; None where nothing was spent."""
        if self.cash <= 0:
            return None
        exact = Decimal(self.closing) * self.days / Decimal(self.cash)
        # Adding zero makes a zero of what rounds to less than nothing.
        return exact.quantize(TENTH, ROUND_HALF_UP) + 0

    @property
    def excess(self) -> int:
        """What is kept beyond the limit; a loss of another service never lowers it."""
        return max(0, self.closing - self.limit) if self.service != NOBODY else 0

    @property
    def federal_part(self) -> Fraction:
        """The part of revenue that federal awards paid, from 0 to 1."""
        if self.revenue <= 0:
            return Fraction(0)
        return Fraction(min(max(self.federal, 0), self.revenue), self.revenue)

    @property
    def refund(self) -> int:
        """The projected refund: the federal part of the excess, rounded once, half up."""
        return half_up(self.excess * self.federal_part)

    @property
    def standing(self) -> str:
        """How the balance stands to the limit: over, within, or short of zero."""
        if self.closing < 0:
            return "short"
        return "over" if self.excess else "within"

    def as_json(self) -> dict[str, Any]:
        """Return the year as plain data."""
        return {
            "service": self.service, "name": self.name, "billed_cents": self.billed, "imputed_cents": self.imputed,
            "revenue_cents": self.revenue, "federal_revenue_cents": self.federal, "ledger_cents": self.ledger,
            "capital_cents": self.spent["capital"], "unallowable_cents": self.spent["unallowable"],
            "transfer_cents": self.spent["transfer"], "unclassified_cents": self.spent["unclassified"],
            "cash_expense_cents": self.cash, "depreciation_cents": self.depreciation, "allowable_cents": self.allowable,
            "profit_cents": self.profit, "opening_cents": self.opening, "refunded_cents": self.refunded,
            "closing_cents": self.closing, "reserve_days": None if self.reserve_days is None else str(self.reserve_days),
            "limit_days": self.rule.reserve_days, "limit_cents": self.limit, "excess_cents": self.excess,
            "refund_cents": self.refund, "standing": self.standing,
            "settled_in_allocated_costs": abs(self.profit) <= self.rule.adjustment_cents,
        }  # fmt: skip


def service_years(
    facts: Facts, spent: Traced, earned: list[Source], unbilled: list[Imputed]
) -> list[ServiceYear]:
    """Return the year of each service that anything is known of, by code; cost of no service comes last."""
    treated: dict[str, dict[str, int]] = defaultdict(lambda: dict.fromkeys(TREATMENTS, 0))
    for (service, code, _pool), cents in spent.items():
        treated[service][facts.objects.get(code, UNKNOWN).treatment] += cents
    sums: list[dict[str, int]] = [defaultdict(int) for _ in range(4)]
    billed, federal, extra, worn = sums
    for one in earned:
        billed[one.service] += one.billed
        federal[one.service] += one.federal
    for use in unbilled:
        if use.cents:
            extra[use.service] += use.cents
    for _code, service, cents, _note in facts.depreciation:
        worn[service] += cents
    known = {*treated, *billed, *extra, *worn, *facts.balances}
    return [
        ServiceYear(
            service=service, name=facts.names.get(service, service) or "No billed service", rule=facts.rule(service),
            days=facts.days, billed=billed[service], imputed=extra[service], federal=federal[service],
            opening=facts.balances.get(service, Balance(0)).opening,
            refunded=facts.balances.get(service, Balance(0)).refunded, depreciation=worn[service],
            spent=treated[service],
        )
        for service in sorted(known, key=lambda code: (code == NOBODY, code))
    ]  # fmt: skip
