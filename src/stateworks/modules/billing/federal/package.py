"""The federal package of a fiscal year: services, schedules, what each schedule is held against, and what to look at."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from stateworks.modules.billing.federal.earning import Imputed, imputed, sources
from stateworks.modules.billing.federal.facts import NOBODY, Facts
from stateworks.modules.billing.federal.reconciling import ServiceYear, service_years
from stateworks.modules.billing.federal.schedules import Schedule, schedules
from stateworks.modules.billing.federal.spending import UNPOOLED, Traced, traced
from stateworks.modules.billing.money import dollars


@dataclass(frozen=True)
class Difference:
    """Two totals that must be equal; `cents` is by how much they are off, each service's own difference counted."""

    check: str
    cents: int


@dataclass(frozen=True)
class Finding:
    """Something that a person should look at before the package is sent."""

    code: str
    subject: str
    text: str
    cents: int = 0


@dataclass(frozen=True)
class Package:
    """A fiscal year's reconciliation."""

    facts: Facts
    services: tuple[ServiceYear, ...]
    schedules: tuple[Schedule, ...]
    differences: tuple[Difference, ...]
    findings: tuple[Finding, ...]
    notes: tuple[str, ...]

    @property
    def off(self) -> int:
        """By how many cents the checks are off in all; zero is what it must be."""
        return sum(abs(one.cents) for one in self.differences)

    @property
    def refund(self) -> int:
        """The projected refunds added up; nothing is set off against them."""
        return sum(one.refund for one in self.services)

    def as_json(self) -> dict[str, Any]:
        """Return the package as plain data."""
        return {
            "fiscal_year": self.facts.year, "first_month": self.facts.months[0], "last_month": self.facts.months[-1],
            "days": self.facts.days, "due_on": self.facts.rule(NOBODY).due_on, "refund_cents": self.refund,
            "services": [one.as_json() for one in self.services],
            "differences": [{"check": one.check, "cents": one.cents} for one in self.differences],
            "difference_cents": self.off,
            "findings": [vars(one) for one in self.findings], "notes": list(self.notes),
            "schedules": {one.name: [dict(zip(one.columns, row, strict=True)) for row in one.rows] for one in self.schedules},
        }  # fmt: skip


def package_of(facts: Facts) -> Package:
    """Return the package that a year's facts come to; the same facts give the same package."""
    spent, earned, unbilled = traced(facts), sources(facts), imputed(facts)
    years = service_years(facts, spent, earned, unbilled)
    tables = schedules(facts, years, spent, earned, unbilled)
    return Package(
        facts, tuple(years), tables, differences(facts, {one.name: one for one in tables}),
        tuple(_findings(facts, years, spent, unbilled)), tuple(_notes(facts, unbilled)),
    )  # fmt: skip


def differences(facts: Facts, tables: Mapping[str, Schedule]) -> tuple[Difference, ...]:
    """Hold each schedule's total against the ledger, the issued invoices or another schedule, and say by how much it is off."""
    whole, balance, revenue, expenses = (
        tables[name] for name in ("reconciliation", "balance", "revenue", "expenses")
    )
    usage = sum(line.cents for line in facts.issued if line.kind == "usage")
    by_service = ("service",)

    def billed(row: dict[str, Any]) -> bool:
        return bool(row["source"] == "billed")

    kept = {
        (key,): opening + profit - refunded
        for key, opening, profit, refunded in (
            (row[0], *(row[balance.columns.index(name)] for name in ("opening_cents", "profit_cents", "refunded_cents")))
            for row in balance.rows
        )
    }  # fmt: skip
    found = [
        ("Expenses by object are the ledger's lines", expenses.total("cents") - facts.ledger_cents),
        ("Reconciliation has each service's expenses by object",
         _apart(whole.by(by_service, "ledger_cents"), expenses.by(by_service, "cents"))),
        ("Revenue by source is the issued invoices", revenue.total("cents", billed) - facts.issued_cents),
        ("Revenue by source is each service's journal vouchers",
         _apart(revenue.by(by_service, "cents", billed), {(key,): cents for key, cents in facts.vouchers.items()})),
        ("Reconciliation has each service's revenue by source",
         _apart(whole.by(by_service, "revenue_cents"), revenue.by(by_service, "cents"))),
        ("Balance has each service's federal revenue by source",
         _apart(balance.by(by_service, "federal_revenue_cents"), revenue.by(by_service, "federal_cents"))),
        ("Imputed revenue is that of the reconciliation",
         _apart(tables["imputed"].by(by_service, "cents"), whole.by(by_service, "imputed_cents"))),
        ("How charges were made covers the issued invoices", tables["rate_method"].total("cents") - facts.issued_cents),
        ("Rates in force bring what was charged at rates", tables["rate_schedule"].total("cents") - usage),
        ("Depreciation is that of the reconciliation",
         _apart(tables["depreciation"].by(by_service, "cents"), whole.by(by_service, "depreciation_cents"))),
        ("Profit of the balance is revenue less allowable cost",
         _apart(balance.by(by_service, "profit_cents"),
                _less(whole.by(by_service, "revenue_cents"), whole.by(by_service, "allowable_cents")))),
        ("Closing balance is opening, profit and refunds", _apart(balance.by(by_service, "closing_cents"), kept)),
    ]  # fmt: skip
    by_treatment = expenses.by(("service", "treatment"), "cents")
    for name in ("capital", "unallowable", "transfer", "unclassified"):
        other = {
            (service,): cents for (service, treatment), cents in by_treatment.items() if treatment == name
        }
        found.append((f"Reconciliation has the {name} cost of expenses by object",
                      _apart(whole.by(by_service, f"{name}_cents"), other)))  # fmt: skip
        if name == "transfer":
            found.append(("Transfers are those of expenses by object",
                          _apart(tables["transfers"].by(by_service, "cents"), other)))  # fmt: skip
    return tuple(Difference(check, cents) for check, cents in found)


def _apart(one: Mapping[Any, int], other: Mapping[Any, int]) -> int:
    """Add up by how much two tables of sums differ, key by key, so that no difference hides another."""
    return sum(abs(one.get(key, 0) - other.get(key, 0)) for key in {*one, *other})


def _less(one: Mapping[Any, int], other: Mapping[Any, int]) -> dict[Any, int]:
    return {key: one.get(key, 0) - other.get(key, 0) for key in {*one, *other}}


def _findings(
    facts: Facts, years: list[ServiceYear], spent: Traced, unbilled: list[Imputed]
) -> list[Finding]:
    """Return what is missing or over a limit; each with the cents that are at stake."""
    found = [
        Finding(
            "over_limit", one.service,
            f"{one.name} keeps {dollars(one.excess)} more than {one.rule.reserve_days} days of cash expense; "
            f"{dollars(one.refund)} of it is the federal part.", one.excess,
        )
        for one in years if one.excess
    ]  # fmt: skip
    for one in years:
        if one.service == NOBODY:
            continue
        if one.service not in facts.balances:
            found.append(Finding(
                "no_opening", one.service,
                f"{one.name} has no opening balance of {facts.year}; zero was taken. Load it as billing.reserve_balance.",
            ))  # fmt: skip
        # Without an opening balance the closing one is not known either.
        after = facts.openings_after.get(one.service) if one.service in facts.balances else None
        if after is not None and after != one.closing:
            found.append(Finding(
                "opening_differs", one.service,
                f"{one.name} closes {facts.year} with {dollars(one.closing)}, but its opening balance of {facts.year + 1} is "
                f"{dollars(after)}; correct one of them.", after - one.closing,
            ))  # fmt: skip
    unknown: dict[str, int] = defaultdict(int)
    lost: dict[str, int] = defaultdict(int)
    for (service, code, pool), cents in spent.items():
        if code not in facts.objects:
            unknown[code] += cents
        if service == NOBODY:
            lost[pool] += cents
    found += [
        Finding("unknown_object", code,
                f"Nobody has said how object {code or '(none)'} counts; its {dollars(cents)} are in no allowable expense. "
                "Add it to billing.expense_object.", cents)
        for code, cents in sorted(unknown.items())
    ]  # fmt: skip
    found += [
        Finding("no_pool", "", f"No pool gathers {dollars(cents)} of the ledger. Add a rule to billing.pool_rule.", cents)
        if pool == UNPOOLED else
        Finding("no_service", pool,
                f"No billed service brings back {dollars(cents)} of the pool {pool}. Name one in its line_of_service, or pass "
                "it on by an allocation rule.", cents)
        for pool, cents in sorted(lost.items())
    ]  # fmt: skip
    found += [
        Finding("no_price", one.use.sku,
                f"Use of {one.use.sku} by {one.use.who} in {one.use.month} was not charged and has no price.")
        for one in unbilled if one.price is None
    ]  # fmt: skip
    return found


def _notes(facts: Facts, unbilled: list[Imputed]) -> list[str]:
    """Return what a reader has to know of how the figures were made."""
    told = list(facts.notes)
    if not unbilled:
        told.append("No use is known that nobody was charged for; imputed revenue is zero.")
    told.append("A service's loss lowers no other service's excess.")
    return told
