"""Reads a fiscal year's facts: issued invoices and vouchers, the ledger, and records as they are now."""

from __future__ import annotations

import calendar
from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Sum

from stateworks.kernel.clocks.fiscal import Period, parse_period, parts
from stateworks.kernel.errors import Refused
from stateworks.kernel.lake import store
from stateworks.kernel.lake.contracts import PART
from stateworks.kernel.lake.engines import open_engine
from stateworks.kernel.org.models import LineOfService
from stateworks.modules.billing import models
from stateworks.modules.billing.federal.facts import (
    NOBODY,
    Balance,
    Card,
    Facts,
    Issued,
    Method,
    Object,
    Priced,
    Rule,
    Share,
    Sold,
    Unbilled,
)
from stateworks.modules.billing.feeds import LEDGER
from stateworks.modules.billing.gathering import model_of, pool_rules, spent_in, translations
from stateworks.modules.billing.inputs import Model, Spent, coded
from stateworks.modules.billing.pricelist import listed

EARLIEST, LATEST = 2000, 9998


def facts_of(year: int) -> Facts:
    """Read the facts of a fiscal year, named by the year in which it ends; call it in a scope that sees everything.

    Raises Refused where a month of the year is not closed, or no federal rule holds for it.
    """
    if not EARLIEST <= year <= LATEST:
        raise Refused(f"{year} is no fiscal year; name it by the year in which it ends, such as 2026.")
    span = parse_period(f"FY{year}")
    rules = _rules(span, year)
    closed, notes = _closed_months(span, year)
    version = store.current_version(LEDGER)
    every = [one.label for one in parts(span, "month")]
    spent, ledger_cents = _ledger(version, every)
    # What was spent before billing began belongs to the year as well, with its days.
    first = min([closed[0], *(one.month for one in spent)])
    months = tuple(month for month in every if month >= first)
    notes.append(
        f"The ledger was read at version {version}." if version >= 0 else "No ledger line was loaded."
    )
    lines = models.InvoiceLine.objects.filter(invoice__state="issued", invoice__period__code__in=closed)
    invoices = models.Invoice.objects.filter(state="issued", period__code__in=closed)
    skus = {one.code: one for one in models.Sku.objects.select_related("line_of_service").order_by("code")}
    return Facts(
        year=year, months=months, days=sum(parse_period(month).days for month in months), rules=rules,
        names=dict(LineOfService.objects.values_list("code", "name")),
        spent=spent, ledger_cents=ledger_cents,
        pools={key: pool.code for key, pool in pool_rules().items()},
        pool_services=dict(models.CostPool.objects.exclude(line_of_service=None).values_list("code", "line_of_service__code")),
        models=_models(months),
        objects={code: Object(name, treatment, reason) for code, name, treatment, reason in
                 models.ExpenseObject.objects.values_list("code", "name", "treatment", "reason")},
        skus={code: Sold(one.line_of_service.code, one.name, one.unit, one.recovery, one.federal_group)
              for code, one in skus.items()},
        issued=_issued(lines), issued_cents=invoices.aggregate(sum=Sum("cents"))["sum"] or 0,
        vouchers=_vouchers(closed), shares=_shares(), prices=_prices(), unbilled=_unbilled(closed, list(skus)),
        balances={code: Balance(opening, refunded) for code, opening, refunded in models.ReserveBalance.objects.filter(
            fiscal_year=year).values_list("line_of_service__code", "opening_cents", "refunded_cents")},
        openings_after=dict(models.ReserveBalance.objects.filter(fiscal_year=year + 1).values_list(
            "line_of_service__code", "opening_cents")),
        depreciation=tuple(models.Depreciation.objects.filter(fiscal_year=year).order_by("code").values_list(
            "code", "line_of_service__code", "cents", "note")),
        cards=_cards(year), method=_method(year), notes=tuple(notes),
    )  # fmt: skip


def _rules(span: Period, year: int) -> dict[str, Rule]:
    """Return the limits that hold in the year: of each service's rules the newest."""
    found: dict[str, Rule] = {}
    rows = models.FederalRule.objects.filter(fiscal_year__lte=year).select_related("line_of_service")
    for one in rows.order_by("fiscal_year"):
        service = one.line_of_service.code if one.line_of_service else NOBODY
        due = _after(span.ends, one.due_months).isoformat()
        found[service] = Rule(one.code, one.reserve_days, one.adjustment_cents, due, one.source)
    if NOBODY not in found:
        raise Refused(
            f"No federal rule holds for all services in {year}; load billing.federal_rule, whose sample has the limits of "
            "2 CFR 200."
        )
    return found


def _after(day: date, months: int) -> date:
    """Return the last day of the month so many months later."""
    at = day.year * 12 + day.month - 1 + months
    return date(at // 12, at % 12 + 1, calendar.monthrange(at // 12, at % 12 + 1)[1])


def _closed_months(span: Period, year: int) -> tuple[list[str], list[str]]:
    """Return the year's months, all of them closed, and a note where billing began within the year."""
    states = dict(models.BillingPeriod.objects.values_list("code", "state"))
    every = [one.label for one in parts(span, "month")]
    began = min(states, default="")
    wanted = [month for month in every if month >= began] if began else []
    if not wanted:
        raise Refused(
            f"No month of fiscal year {year} was billed; the package is made once its months are closed."
        )
    open_ = [month for month in wanted if states.get(month) != "closed"]
    if open_:
        raise Refused(
            f"Fiscal year {year} is not closed: {', '.join(open_)}. Issue and close each month with "
            "`stateworks billing close`, then ask again."
        )
    if wanted != every:
        return wanted, [
            f"Billing began in {wanted[0]}; the year has no revenue of the months before, and its days are counted from "
            "the first month with revenue or cost."
        ]
    return wanted, []


def _ledger(version: int, months: list[str]) -> tuple[tuple[Spent, ...], int]:
    """Add the year's ledger up by month, cost center and object, and apart from that as a whole."""
    if version < 0:
        return (), 0
    with open_engine("duckdb") as engine:
        spent = spent_in(engine, version, months)
        rows = engine.table(LEDGER, version=version)
        rows = rows.filter(rows[PART].isin([f"m{month}" for month in months]))
        whole = engine.execute(rows.aggregate(cents=rows.cents.sum())).to_pylist()
    return spent, int(whole[0]["cents"] or 0)


def _models(months: tuple[str, ...]) -> dict[str, Model]:
    """Return how each month's pools are passed on; only a month with new driver values differs from the one before."""
    values = models.DriverValue.objects.filter(period__code__in=months)
    changed = set(values.values_list("period__code", flat=True))
    model = model_of(months[0])
    found = {months[0]: model}
    for month in months[1:]:
        model = model_of(month) if month in changed else model
        found[month] = model
    return {month: one for month, one in found.items() if one is not None}


def _issued(lines: Any) -> tuple[Issued, ...]:
    names = ("account__code", "account__organization__code", "sku__code", "kind", "origin", "source", "price")
    rows = lines.order_by().values_list(*names).annotate(sum=Sum("cents"))
    return tuple(sorted((Issued(*row) for row in rows), key=lambda one: tuple(map(str, vars(one).values()))))


def _vouchers(months: Iterable[str]) -> dict[str, int]:
    rows = models.Posting.objects.filter(
        ledger_account="revenue", entry__invoice__period__code__in=list(months)
    )
    return {
        service: -cents
        for service, cents in rows.order_by().values_list("subject").annotate(sum=Sum("cents"))
    }


def _shares() -> tuple[Share, ...]:
    rows = models.FederalShare.objects.order_by("account__code", "starts_on")
    return tuple(
        Share(account, award, percent, starts.isoformat(), ends.isoformat() if ends else "")
        for account, award, percent, starts, ends in rows.values_list(
            "account__code", "award", "percent", "starts_on", "ends_on"
        )
    )


def _prices() -> tuple[Priced, ...]:
    return tuple(Priced(card, **vars(price)) for card, price in listed(card__approved=True))


def _unbilled(closed: list[str], codes: list[str]) -> tuple[Unbilled, ...]:
    """Return the year's use that still waited when its last month was issued: nobody was charged for it."""
    run = models.BillingRun.objects.filter(period__code=closed[-1], state="issued").only("worklist").first()
    rows = [row for row in run.worklist if row["stage"] == "usage" and row["month"] in closed] if run else []
    if not rows:
        return ()
    table = translations(models.SkuAlias.objects.values_list("source", "given", "sku__code"), codes)
    return tuple(
        Unbilled(row["month"], row["account"], coded(table, row["source"], row["sku"]) or row["sku"],
                 Decimal(row["quantity"]), row["why"])
        for row in rows
    )  # fmt: skip


def _cards(year: int) -> tuple[Card, ...]:
    rows = models.RateCard.objects.filter(fiscal_year=year, approved=True).order_by("code")
    return tuple(
        Card(one.code, one.title, one.approved_at.date().isoformat() if one.approved_at else "", one.note)
        for one in rows
    )


def _method(year: int) -> Method | None:
    model = models.AllocationModel.objects.filter(fiscal_year=year).first()
    if model is None:
        return None
    drivers = dict(model.rules.values_list("pool__code", "driver__name"))
    return Method(model.code, model.title, model.get_method_display(), model.note, drivers)
