"""What a fiscal year's reconciliation follows from, as plain data: no database, no clock. Money is whole cents."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from stateworks.modules.billing.inputs import Model, Spent
from stateworks.modules.billing.tiers import Tiers

NOBODY = ""
"""The service of cost that no billed service brings back."""
TREATMENTS = ("allowable", "capital", "unallowable", "transfer", "unclassified")
"""How an object counts; what nobody has classified is kept apart and counts as no expense."""


@dataclass(frozen=True)
class Rule:
    """The limits that hold for a service in the year."""

    code: str
    reserve_days: int
    adjustment_cents: int
    due_on: str
    source: str


@dataclass(frozen=True)
class Object:
    """An object of expenditure and how it counts."""

    name: str
    treatment: str
    reason: str = ""


@dataclass(frozen=True)
class Sold:
    """What a SKU is: of which service, in which unit, and how its cost comes back."""

    service: str
    name: str = ""
    unit: str = ""
    recovery: str = "billed"
    group: str = ""


@dataclass(frozen=True)
class Issued:
    """Lines of the year's issued invoices that agree in all but the month they were billed in, added up."""

    account: str
    agency: str
    sku: str
    kind: str
    origin: str
    source: str
    price: Decimal | None
    cents: int


@dataclass(frozen=True)
class Share:
    """The percent of an account's charges that an award pays, from a day on to a day; an open end is empty."""

    account: str
    award: str
    percent: Decimal
    starts_on: str
    ends_on: str = ""

    def holds(self, month: str) -> bool:
        """Whether it holds on the first day of a month."""
        first = f"{month}-01"
        return self.starts_on <= first and (not self.ends_on or first <= self.ends_on)


@dataclass(frozen=True)
class Priced:
    """An approved price, and what it is from a quantity on, ascending."""

    card: str
    sku: str
    starts_on: str
    ends_on: str
    price: Decimal
    tiers: Tiers = ()

    @property
    def prices(self) -> frozenset[Decimal]:
        """The prices of all its tiers."""
        return frozenset((self.price, *(price for _, price in self.tiers)))


@dataclass(frozen=True)
class Unbilled:
    """Use that nobody was charged for by the end of the year."""

    month: str
    who: str
    sku: str
    quantity: Decimal
    why: str


@dataclass(frozen=True)
class Card:
    """A rate card of the year, with how its prices were made."""

    code: str
    title: str
    approved_on: str
    note: str


@dataclass(frozen=True)
class Method:
    """How the pools of the year are passed on: the model and each pool's driver."""

    code: str
    title: str
    method: str
    note: str
    drivers: Mapping[str, str]


@dataclass(frozen=True)
class Balance:
    """What a service had on the year's first day, and what it paid back in the year for earlier ones."""

    opening: int
    refunded: int = 0


@dataclass(frozen=True)
class Facts:
    """A fiscal year's facts. `ledger_cents`, `issued_cents` and `vouchers` were added up apart, to be held against the rest."""

    year: int
    months: tuple[str, ...]
    days: int
    rules: Mapping[str, Rule]
    """By service; under the empty code for all others."""
    names: Mapping[str, str] = field(default_factory=dict)
    spent: tuple[Spent, ...] = ()
    ledger_cents: int = 0
    pools: Mapping[str, str] = field(default_factory=dict)
    """`cost center|object` to the pool that gathers it."""
    pool_services: Mapping[str, str] = field(default_factory=dict)
    models: Mapping[str, Model] = field(default_factory=dict)
    """By month."""
    objects: Mapping[str, Object] = field(default_factory=dict)
    skus: Mapping[str, Sold] = field(default_factory=dict)
    issued: tuple[Issued, ...] = ()
    issued_cents: int = 0
    vouchers: Mapping[str, int] = field(default_factory=dict)
    """What the journal vouchers of the year's invoices say each service earned."""
    shares: tuple[Share, ...] = ()
    prices: tuple[Priced, ...] = ()
    unbilled: tuple[Unbilled, ...] = ()
    balances: Mapping[str, Balance] = field(default_factory=dict)
    openings_after: Mapping[str, int] = field(default_factory=dict)
    """What the services' records say of the next year's first day."""
    depreciation: tuple[tuple[str, str, int, str], ...] = ()
    """Code, service, cents and note of each line."""
    cards: tuple[Card, ...] = ()
    method: Method | None = None
    notes: tuple[str, ...] = ()

    def rule(self, service: str) -> Rule:
        """Return the limits of a service: its own, or those of all."""
        return self.rules.get(service) or self.rules[NOBODY]
