"""What is drawn for the fictional state's billing: rows by dataset, and what is true of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from stateworks.kernel.clocks.fiscal import fiscal_year_of

Row = Mapping[str, Any]
Key = tuple[str, str, str]
"""Month, account and SKU."""


@dataclass
class Drawn:
    """Rows by dataset, and what is true of them."""

    accounts: list[Row] = field(default_factory=list)
    aliases: list[Row] = field(default_factory=list)
    taxonomy: list[Row] = field(default_factory=list)
    skus: list[Row] = field(default_factory=list)
    card_rows: list[Row] = field(default_factory=list)
    rates: list[Row] = field(default_factory=list)
    rate_tiers: list[Row] = field(default_factory=list)
    rate_builds: list[Row] = field(default_factory=list)
    periods: list[Row] = field(default_factory=list)
    pools: list[Row] = field(default_factory=list)
    pool_rules: list[Row] = field(default_factory=list)
    drivers: list[Row] = field(default_factory=list)
    driver_values: list[Row] = field(default_factory=list)
    allocation_models: list[Row] = field(default_factory=list)
    allocation_rules: list[Row] = field(default_factory=list)
    federal_rules: list[Row] = field(default_factory=list)
    federal_shares: list[Row] = field(default_factory=list)
    expense_objects: list[Row] = field(default_factory=list)
    reserve_balances: list[Row] = field(default_factory=list)
    depreciation: list[Row] = field(default_factory=list)
    coding_findings: list[Row] = field(default_factory=list)
    portal_events: list[Row] = field(default_factory=list)
    usage: list[Row] = field(default_factory=list)
    late_usage: list[Row] = field(default_factory=list)
    ledger: list[Row] = field(default_factory=list)
    cents: dict[Key, int] = field(default_factory=dict)
    late_cents: dict[Key, int] = field(default_factory=dict)
    spent: dict[str, int] = field(default_factory=dict)
    seeded: dict[Key, str] = field(default_factory=dict)
    """What was made wrong on purpose, and the detector that is for it."""
    miscoded: set[tuple[str, str]] = field(default_factory=set)
    """Journals and lines of the ledger that are coded to another pool than their words name."""
    unknown_rows: int = 0
    over: str = ""
    """The one billed service that keeps more than federal rules allow."""
    prices: dict[tuple[str, int], int] = field(default_factory=dict)
    """By SKU and fiscal year, in hundred-millionths of a dollar."""
    wrong_prices: dict[tuple[str, str], int] = field(default_factory=dict)
    """By month and SKU: a card has ten times the price."""

    def price(self, sku: str, month: str) -> int:
        """Return what a unit costs in a month, right or wrong."""
        right = self.prices[sku, fiscal_year_of(date.fromisoformat(f"{month}-01"))]
        return self.wrong_prices.get((month, sku), right)

    @property
    def cards(self) -> list[str]:
        """The codes of the rate cards."""
        return [str(row["code"]) for row in self.card_rows]

    def records(self) -> Iterator[tuple[str, list[Row]]]:
        """Yield the record types in an order in which everything is there before it is named."""
        yield from (
            ("taxonomy_term", self.taxonomy),
            ("account", self.accounts), ("account_alias", self.aliases), ("sku", self.skus), ("period", self.periods),
            ("rate_card", self.card_rows), ("rate", self.rates), ("rate_tier", self.rate_tiers), ("rate_build", self.rate_builds),
            ("cost_pool", self.pools), ("pool_rule", self.pool_rules),
            ("driver", self.drivers), ("driver_value", self.driver_values), ("allocation_model", self.allocation_models),
            ("allocation_rule", self.allocation_rules), ("federal_rule", self.federal_rules),
            ("federal_share", self.federal_shares), ("expense_object", self.expense_objects),
            ("reserve_balance", self.reserve_balances), ("depreciation", self.depreciation),
        )  # fmt: skip
