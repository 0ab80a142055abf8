"""What billed services earned: charged by agency and award, and imputed for use that nobody was charged for."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from stateworks.modules.billing.federal.facts import Facts, Priced, Share, Unbilled
from stateworks.modules.billing.money import half_up
from stateworks.modules.billing.tiers import charged


@dataclass(frozen=True, order=True)
class Source:
    """What a service earned of one account; `federal` is the award's part, `earlier` what is for months before the year."""

    service: str
    agency: str
    account: str
    award: str
    percent: str
    billed: int
    federal: int
    earlier: int


def sources(facts: Facts) -> list[Source]:
    """Add issued lines up by service, account and the award that pays in the month they are for.

    The award's part of each sum is rounded once, half away from zero.
    """
    awards: dict[str, list[Share]] = defaultdict(list)
    for each in facts.shares:
        awards[each.account].append(each)
    sums: dict[tuple[str, str, str, str, str], list[int]] = defaultdict(lambda: [0, 0])
    for line in facts.issued:
        share = next((one for one in awards[line.account] if one.holds(line.origin)), None)
        key = (
            service_of(facts, line.sku), line.agency, line.account, share.award if share else "",
            format(share.percent.normalize(), "f") if share else "0",
        )  # fmt: skip
        sums[key][0] += line.cents
        sums[key][1] += line.cents if line.origin < facts.months[0] else 0
    return [
        Source(*key, billed=billed, federal=half_up(Fraction(key[-1]) * billed / 100), earlier=earlier)
        for key, (billed, earlier) in sorted(sums.items())
    ]


def service_of(facts: Facts, sku: str) -> str:
    """Return the service that a SKU is of."""
    sold = facts.skus.get(sku)
    return sold.service if sold else ""


@dataclass(frozen=True)
class Imputed:
    """Use that was not charged, at the price of its month."""

    use: Unbilled
    service: str
    price: Priced | None
    cents: int


def imputed(facts: Facts) -> list[Imputed]:
    """Price what nobody was charged for as others were charged; what has no price earns nothing and is a finding.

    Tiers count each use that waits for itself, as if it were an account's whole month.
    """
    found = []
    for use in sorted(facts.unbilled, key=lambda one: (one.sku, one.month, one.who, one.why)):
        price = next(
            (one for one in facts.prices
             if one.sku == use.sku and one.starts_on[:7] <= use.month <= one.ends_on[:7]),
            None,
        )  # fmt: skip
        cents = charged(use.quantity, price.price, price.tiers) if price else 0
        found.append(Imputed(use, service_of(facts, use.sku), price, cents))
    return found


def rate_of(facts: Facts, sku: str, month: str, price: Decimal | None) -> Priced | None:
    """Return the approved price that lines of a SKU and a month were charged at."""
    return next(
        (one for one in facts.prices
         if one.sku == sku and price in one.prices and one.starts_on[:7] <= month <= one.ends_on[:7]),
        None,
    )  # fmt: skip
