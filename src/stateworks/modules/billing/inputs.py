"""What the charges of a month follow from, as plain data: rows added up, prices, weights, and what words mean."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, is_dataclass
from decimal import Decimal
from typing import Any, TypeVar

from stateworks.modules.billing.allocation import Method
from stateworks.modules.billing.tiers import Tiers

Pool = TypeVar("Pool")
NOBODY = ""
ACCOUNT = "account:"
"""What stands before an account's code among the receivers of a pool's cost."""
WEIGHT_PLACES = 6


@dataclass(frozen=True)
class Used:
    """Usage of one month added up: who and what in the source's words, from which day its price counts."""

    month: str
    source: str
    account: str
    sku: str
    since: str
    quantity: Decimal
    rows: int


@dataclass(frozen=True)
class Passed:
    """What a provider charges in one month, added up, in dollars."""

    month: str
    source: str
    account: str
    sku: str
    amount: Decimal
    rows: int


@dataclass(frozen=True)
class Spent:
    """What the ledger says was spent in one month, added up, in cents."""

    month: str
    cost_center: str
    object_code: str
    cents: int
    rows: int


@dataclass(frozen=True)
class Price:
    """The price of one unit for a span of days, and what it is from a quantity on, ascending."""

    sku: str
    starts_on: str
    ends_on: str
    price: Decimal
    tiers: Tiers = ()

    @property
    def key(self) -> str:
        """What tells it from other prices of the SKU."""
        return f"{self.starts_on} {self.ends_on}"


@dataclass(frozen=True)
class Model:
    """How a month's pools are passed on: method, order, and each pool's driver weights and SKU."""

    method: Method
    order: tuple[str, ...]
    weights: Mapping[str, Mapping[str, int]]
    skus: Mapping[str, str]


@dataclass(frozen=True)
class Billed:
    """What was charged before for one thing of one month."""

    key: tuple[str, ...]
    quantity: Decimal
    cents: int


@dataclass(frozen=True)
class Given:
    """A credit that no issued invoice carries yet."""

    code: str
    account: str
    sku: str
    origin: str
    cents: int


@dataclass(frozen=True)
class Inputs:
    """Everything the charges of a month follow from; as JSON it is what a run keeps and is told apart by.

    `accounts` and `skus` translate `source|given` (and `|code` for codes of our own) to codes.
    """

    period: str
    months: tuple[str, ...]
    usage: tuple[Used, ...] = ()
    passed: tuple[Passed, ...] = ()
    spent: tuple[Spent, ...] = ()
    prices: tuple[Price, ...] = ()
    accounts: Mapping[str, str] = field(default_factory=dict)
    skus: Mapping[str, str] = field(default_factory=dict)
    spans: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    """First and last day of each account, empty where open."""
    pools: Mapping[str, str] = field(default_factory=dict)
    """`cost center|object` to the pool that gathers it."""
    models: Mapping[str, Model] = field(default_factory=dict)
    """By month."""
    billed: tuple[Billed, ...] = ()
    credits: tuple[Given, ...] = ()

    def as_json(self, *, without: Collection[str] = ()) -> dict[str, Any]:
        """Return the inputs as plain data, amounts as texts; some of them may be left out."""
        plain: dict[str, Any] = json.loads(self._text(without))
        return plain

    def hash(self) -> str:
        """Return the SHA-256 of the inputs."""
        return hashlib.sha256(self._text().encode()).hexdigest()

    def _text(self, without: Collection[str] = ()) -> str:
        told = {name: value for name, value in vars(self).items() if name not in without}
        # A price without tiers says nothing of them, so that inputs of such prices keep their fingerprint.
        told["prices"] = [
            {name: value for name, value in vars(one).items() if name != "tiers" or value}
            for one in self.prices
        ]
        return json.dumps(told, default=_said, sort_keys=True)


def _said(value: object) -> object:
    """Return how JSON says a part of the inputs; `asdict` would copy thousands of them deeply before."""
    return vars(value) if is_dataclass(value) else str(value)


def coded(table: Mapping[str, str], source: str, given: str) -> str:
    """Return the code that a source's word means: by its alias, or because it is a code itself; empty if it is neither."""
    return table.get(f"{source}|{given}") or table.get(f"|{given}") or NOBODY


def pool_of(pools: Mapping[str, Pool], cost_center: str, object_code: str) -> Pool | None:
    """Return the pool that gathers a ledger line, by `cost center|object`: the rule that says most counts."""
    for key in (f"{cost_center}|{object_code}", f"{cost_center}|", f"|{object_code}", "|"):
        if key in pools:
            return pools[key]
    return None
