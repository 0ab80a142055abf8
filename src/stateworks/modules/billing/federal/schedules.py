"""The schedules that a cognizant agency asks for, as tables of plain values; cents are whole numbers."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from stateworks.modules.billing.federal.earning import Imputed, Source, rate_of, service_of
from stateworks.modules.billing.federal.facts import Facts, Priced
from stateworks.modules.billing.federal.reconciling import UNKNOWN, ServiceYear
from stateworks.modules.billing.federal.spending import Traced
from stateworks.modules.billing.inputs import Model

Row = tuple[Any, ...]


@dataclass(frozen=True)
class Schedule:
    """One table of the package: `name` is that of its file."""

    name: str
    title: str
    columns: tuple[str, ...]
    rows: tuple[Row, ...]

    def total(self, column: str, of: Callable[[dict[str, Any]], bool] | None = None) -> int:
        """Add a column of cents up, in the rows that a condition lets through."""
        return sum(self.by((), column, of).values())

    def by(
        self, keys: tuple[str, ...], column: str, of: Callable[[dict[str, Any]], bool] | None = None
    ) -> dict[tuple[Any, ...], int]:
        """Add a column of cents up by other columns."""
        found: dict[tuple[Any, ...], int] = defaultdict(int)
        for row in self.rows:
            cells = dict(zip(self.columns, row, strict=True))
            if of is None or of(cells):
                found[tuple(cells[key] for key in keys)] += cells[column]
        return found


def schedules(
    facts: Facts, years: list[ServiceYear], spent: Traced, earned: list[Source], unbilled: list[Imputed]
) -> tuple[Schedule, ...]:
    """Return every schedule, in the order in which they are read."""
    return (
        _reconciliation(years), _balance(years), _revenue(earned, unbilled), _expenses(facts, spent),
        _transfers(facts, spent), _depreciation(facts), _imputed(unbilled), _rate_method(facts), _rate_schedule(facts),
    )  # fmt: skip


def _reconciliation(years: Iterable[ServiceYear]) -> Schedule:
    columns = (
        "service", "name", "ledger_cents", "capital_cents", "unallowable_cents", "transfer_cents", "unclassified_cents",
        "cash_expense_cents", "depreciation_cents", "allowable_cents", "billed_cents", "imputed_cents", "revenue_cents",
        "profit_cents",
    )  # fmt: skip
    return _of_years("reconciliation", "Revenue against allowable cost", columns, years)


def _balance(years: Iterable[ServiceYear]) -> Schedule:
    columns = (
        "service", "name", "opening_cents", "profit_cents", "refunded_cents", "closing_cents", "reserve_days", "limit_days",
        "limit_cents", "excess_cents", "federal_revenue_cents", "revenue_cents", "refund_cents", "standing",
    )  # fmt: skip
    return _of_years("balance", "Balance and working capital reserve", columns, years)


def _of_years(name: str, title: str, columns: tuple[str, ...], years: Iterable[ServiceYear]) -> Schedule:
    rows = (year.as_json() for year in years)
    return Schedule(name, title, columns, tuple(tuple(row[column] for column in columns) for row in rows))


def _revenue(earned: Iterable[Source], unbilled: Iterable[Imputed]) -> Schedule:
    columns = (
        "service", "source", "agency", "account", "award", "federal_percent", "cents", "federal_cents", "other_cents",
        "earlier_cents",
    )  # fmt: skip
    rows: list[Row] = [
        (one.service, "billed", one.agency, one.account, one.award, one.percent, one.billed, one.federal,
         one.billed - one.federal, one.earlier)
        for one in earned
    ]  # fmt: skip
    imputed: dict[tuple[str, str], int] = defaultdict(int)
    for use in unbilled:
        imputed[use.service, use.use.who] += use.cents
    rows += [
        (service, "imputed", "", who, "", "0", cents, 0, cents, 0)
        for (service, who), cents in sorted(imputed.items())
    ]
    return Schedule("revenue", "Revenue by source", columns, tuple(sorted(rows)))


def _expenses(facts: Facts, spent: Traced) -> Schedule:
    columns = ("service", "object", "name", "treatment", "pool", "cents", "reason")
    rows = []
    for (service, code, pool), cents in spent.items():
        known = facts.objects.get(code, UNKNOWN)
        rows.append((service, code, known.name, known.treatment, pool, cents, known.reason))
    return Schedule("expenses", "Expenses by object, fully loaded", columns, tuple(rows))


def _transfers(facts: Facts, spent: Traced) -> Schedule:
    rows = [
        (service, code, facts.objects[code].name, pool, cents, facts.objects[code].reason)
        for (service, code, pool), cents in spent.items()
        if code in facts.objects and facts.objects[code].treatment == "transfer"
    ]
    columns = ("service", "object", "name", "pool", "cents", "reason")
    return Schedule("transfers", "Transfers", columns, tuple(rows))


def _depreciation(facts: Facts) -> Schedule:
    rows = tuple(
        (service, code, cents, note)
        for code, service, cents, note in sorted(facts.depreciation, key=lambda one: (one[1], one[0]))
    )
    return Schedule("depreciation", "Depreciation", ("service", "line", "cents", "note"), rows)


def _imputed(unbilled: Iterable[Imputed]) -> Schedule:
    columns = ("service", "sku", "month", "user", "quantity", "price", "cents", "why")
    rows = tuple(
        (one.service, one.use.sku, one.use.month, one.use.who, format(one.use.quantity.normalize(), "f"),
         format(one.price.price.normalize(), "f") if one.price else "", one.cents, one.use.why)
        for one in unbilled
    )  # fmt: skip
    return Schedule("imputed", "Imputed revenue", columns, rows)


def _rate_method(facts: Facts) -> Schedule:
    """Say for each service and way of charging how its charges were made, with what they came to."""
    sums: dict[tuple[str, str, str], int] = defaultdict(int)
    for line in facts.issued:
        source = "" if line.kind == "credit" else line.source
        sums[service_of(facts, line.sku), line.kind, source] += line.cents
    rows = tuple(
        (service, kind, source, _method(facts, kind, source), cents)
        for (service, kind, source), cents in sorted(sums.items())
    )
    return Schedule(
        "rate_method",
        "How charges were made",
        ("service", "kind", "pool_or_provider", "method", "cents"),
        rows,
    )


def _method(facts: Facts, kind: str, source: str) -> str:
    if kind == "usage":
        cards = "; ".join(f"{one.title} ({one.code}). {one.note}".strip() for one in facts.cards)
        return f"Units used, at the prices of: {cards or 'no card of the year'}"
    if kind == "passed_on":
        return "The provider's own charges, at cost"
    if kind == "credit":
        return "Given back for issued lines"
    how = next((facts.models[month] for month in sorted(facts.models)), Model("direct", (), {}, {}))
    if facts.method is None:
        return f"Cost of the pool, passed on {how.method.replace('_', '-')}"
    driver = facts.method.drivers.get(source, "no driver")
    return (
        f"Cost of the pool by {driver}, {facts.method.method.lower()} ({facts.method.code}). {facts.method.note}"
    ).strip()


def _rate_schedule(facts: Facts) -> Schedule:
    """List the year's approved prices, and earlier ones that its corrections were charged at, with what each brought."""
    alike: dict[tuple[str, str, Any], int] = defaultdict(int)
    for line in facts.issued:
        if line.kind == "usage":
            alike[line.sku, line.origin, line.price] += line.cents
    brought: dict[Priced | None, int] = defaultdict(int)
    for (sku, month, price), cents in alike.items():
        brought[rate_of(facts, sku, month, price)] += cents
    first, last = facts.months[0], facts.months[-1]
    listed = [
        one
        for one in facts.prices
        if (one.starts_on[:7] <= last and first <= one.ends_on[:7]) or one in brought
    ]
    rows: list[Row] = []
    for one in sorted(listed, key=lambda each: (each.sku, each.starts_on, each.card)):
        sold = facts.skus[one.sku]
        rows.append(
            (sold.service, one.sku, sold.name, sold.group, sold.unit, one.card, one.starts_on, one.ends_on,
             format(one.price.normalize(), "f"), _tiers_in_words(one), brought[one])
        )  # fmt: skip
    if brought.get(None):
        rows.append(
            ("", "", "Charged at no price that is known now", "", "", "", "", "", "", "", brought[None])
        )
    columns = (
        "service", "sku", "name", "group", "unit", "card", "starts_on", "ends_on", "price", "tiers", "cents",
    )  # fmt: skip
    return Schedule("rate_schedule", "Rates in force", columns, tuple(rows))


def _tiers_in_words(price: Priced) -> str:
    """Say from which quantity of a month on a unit has another price; empty where it has none."""
    return "; ".join(f"from {start.normalize():f}: {each.normalize():f}" for start, each in price.tiers)
