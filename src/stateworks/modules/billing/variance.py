"""Why an invoice differs from the month before: price, volume, new, ended, cost passed on, and what comes once.

The price and volume variances of cost accounting, on what was charged: the new quantity at the old price says what volume
did, and the rest is price. With old quantity, price and charge q, p and c, and new ones Q, P and C:

    volume = c · Q / q - c, to the nearest cent        price = C - c - volume

so the two add up to the difference to the cent; where the price stayed, it did nothing. Where the prices have tiers, c · Q / q
is what the new quantity comes to under the old tiers: who moves into another tier by using more does so by use, not by price.
Cost passed on has no price: what it
changed by stands by itself. A service that is new, or no longer used, is told apart from one that is used more or less.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from decimal import Decimal
from fractions import Fraction
from typing import Any

from stateworks.modules.billing.models import Invoice, InvoiceLine, InvoiceState, LineKind, RateTier
from stateworks.modules.billing.money import dollars, half_up
from stateworks.modules.billing.pricelist import listed
from stateworks.modules.billing.tiers import Tiers, charged

Key = tuple[str, str]
"""Codes of the account and the SKU."""
PriceList = tuple[tuple[Decimal, Tiers], ...]
"""The prices of a SKU in a month with their tiers, by first day."""
Lists = dict[str, tuple[PriceList, PriceList]]
"""By SKU: the price lists of the month before and of this one."""


@dataclass(frozen=True)
class Effects:
    """What made the difference, in cents; they add up to it."""

    price: int = 0
    volume: int = 0
    new: int = 0
    ended: int = 0
    cost: int = 0
    once: int = 0

    def __add__(self, other: Effects) -> Effects:
        return Effects(*(getattr(self, one.name) + getattr(other, one.name) for one in fields(self)))

    @property
    def cents(self) -> int:
        """The difference."""
        return sum(getattr(self, one.name) for one in fields(self))


@dataclass(frozen=True)
class Change:
    """One SKU of one account: what it came to before and now, in cents, and why."""

    account: str
    sku: str
    name: str
    before: int
    now: int
    effects: Effects


@dataclass(frozen=True)
class Variance:
    """An invoice against the one of an earlier month: each change, the largest first, and all of them together."""

    invoice: Invoice
    earlier: Invoice
    changes: list[Change]
    effects: Effects

    @property
    def sentences(self) -> list[str]:
        """The causes in words, the largest first."""
        words = {
            "price": "by prices", "volume": "by use", "new": "by what is new", "ended": "by what ended",
            "cost": "by cost passed on", "once": "by corrections and credits",
        }  # fmt: skip
        told = [(getattr(self.effects, name), word) for name, word in words.items()]
        return [
            f"{dollars(abs(cents))} {'more' if cents > 0 else 'less'} {word}"
            for cents, word in sorted(told, key=lambda one: -abs(one[0]))
            if cents
        ]

    def as_json(self) -> dict[str, Any]:
        """The same for programs, in cents."""
        return {
            "invoice": self.invoice.code, "earlier": self.earlier.code, "before": self.earlier.cents, "now": self.invoice.cents,
            "difference": self.effects.cents, "effects": vars(self.effects),
            "changes": [{**vars(one), "effects": vars(one.effects)} for one in self.changes],
        }  # fmt: skip


@dataclass
class _Sum:
    """The lines of one account, SKU, kind and source: their quantity, cents and prices."""

    quantity: Decimal = Decimal(0)
    cents: int = 0
    prices: set[Decimal | None] = field(default_factory=set)


@dataclass
class _Side:
    """What one invoice charges for a SKU of an account."""

    usage: _Sum = field(default_factory=_Sum)
    cost: int | None = None
    once: int = 0

    @property
    def cents(self) -> int:
        return self.usage.cents + (self.cost or 0) + self.once

    @property
    def regular(self) -> bool:
        return bool(self.usage.prices) or self.cost is not None


def earlier_invoice(invoice: Invoice) -> Invoice | None:
    """Return the last invoice that was issued to the same agency for a month before; None where there is none."""
    return (
        Invoice.objects.filter(
            organization=invoice.organization_id,
            state=InvoiceState.ISSUED,
            period__code__lt=invoice.period.code,
        )
        .order_by("-period__code")
        .first()
    )


def _tiered_prices(skus: Iterable[str], months: tuple[str, str]) -> Lists:
    """Return the price lists of two months for those of the SKUs that have tiers in one of them."""
    found: Lists = {}
    codes = sorted({
        *RateTier.objects.filter(card__approved=True, sku__code__in=set(skus)).values_list("sku__code", flat=True)
    })  # fmt: skip
    listed_ = [price for _, price in listed(card__approved=True, sku__code__in=codes)] if codes else []
    for sku in codes:
        both = [
            tuple(
                (one.price, one.tiers)
                for one in listed_
                if one.sku == sku and one.starts_on[:7] <= month <= one.ends_on[:7]
            )
            for month in months
        ]
        if any(tiers for each in both for _, tiers in each):
            found[sku] = (both[0], both[1])
    return found


def variance(invoice: Invoice) -> Variance | None:
    """Compare an invoice with the one before; None where it is the agency's first."""
    earlier = earlier_invoice(invoice)
    if earlier is None:
        return None
    lines = {
        one.pk: list(one.lines.select_related("account", "sku", "invoice__period"))
        for one in (earlier, invoice)
    }
    before, now = _sides(lines[earlier.pk]), _sides(lines[invoice.pk])
    names = {one.sku.code: one.sku.name for each in lines.values() for one in each}
    changes = compared(before, now, names, _tiered_prices(names, (earlier.period.code, invoice.period.code)))
    return Variance(invoice, earlier, changes, sum((one.effects for one in changes), Effects()))


def compared(
    before: Mapping[Key, _Side],
    now: Mapping[Key, _Side],
    names: Mapping[str, str],
    lists: Lists | None = None,
) -> list[Change]:
    """Return every SKU of every account that did not stay what it was, the largest difference first."""
    found = []
    for key in sorted({*before, *now}):
        old, new = before.get(key, _Side()), now.get(key, _Side())
        effects = _effects(old, new, (lists or {}).get(key[1]))
        if any(vars(effects).values()):  # what cancels out is a change, too
            found.append(Change(*key, names[key[1]], old.cents, new.cents, effects))
    return sorted(found, key=lambda one: -abs(one.effects.cents))


def _sides(lines: Iterable[InvoiceLine]) -> dict[Key, _Side]:
    sides: dict[Key, _Side] = {}
    for line in lines:
        side = sides.setdefault((line.account.code, line.sku.code), _Side())
        if line.kind == LineKind.CREDIT or line.origin != line.invoice.period.code:
            side.once += line.cents
        elif line.kind == LineKind.USAGE:
            side.usage.quantity += line.quantity
            side.usage.cents += line.cents
            side.usage.prices.add(line.price)
        else:
            side.cost = (side.cost or 0) + line.cents
    return sides


def _effects(old: _Side, new: _Side, lists: tuple[PriceList, PriceList] | None) -> Effects:
    once, regular = new.once - old.once, new.cents - new.once - (old.cents - old.once)
    if old.regular and not new.regular:
        return Effects(ended=regular, once=once)
    if new.regular and not old.regular:
        return Effects(new=regular, once=once)
    cost = (new.cost or 0) - (old.cost or 0)
    difference = new.usage.cents - old.usage.cents
    volume = difference
    if lists is not None and lists[0] == lists[1]:
        pass  # Of the same prices and tiers, which of them lines have follows from use.
    elif lists is not None and len(lists[0]) == 1:
        volume = charged(new.usage.quantity, *lists[0][0]) - old.usage.cents
    elif old.usage.prices != new.usage.prices and old.usage.quantity:
        share = Fraction(new.usage.quantity) / Fraction(old.usage.quantity)
        volume = half_up(old.usage.cents * share) - old.usage.cents
    return Effects(price=difference - volume, volume=volume, cost=cost, once=once)
