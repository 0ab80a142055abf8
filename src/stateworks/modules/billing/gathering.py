"""Gathers what a month's charges follow from: rows of the lake, added up by the engine, and records as they are now.

Sums are read for the month itself, and for each earlier month of which something is new: other files than when it was last
charged, or rows that could not be charged then. Which files those are, the lake says without reading one.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.db.models import Count, Sum

from stateworks.kernel.clocks.fiscal import fiscal_year_of
from stateworks.kernel.lake import store, tables
from stateworks.kernel.lake.contracts import PART
from stateworks.kernel.lake.partanswers import PartAnswer, answered
from stateworks.modules.billing import models
from stateworks.modules.billing.charging import still_open
from stateworks.modules.billing.feeds import FOCUS, LEDGER, PASSED, USAGE, USED
from stateworks.modules.billing.inputs import (
    ACCOUNT,
    WEIGHT_PLACES,
    Billed,
    Given,
    Inputs,
    Model,
    Passed,
    Price,
    Spent,
    Used,
)
from stateworks.modules.billing.pricelist import listed

if TYPE_CHECKING:
    import pyarrow as pa

    from stateworks.kernel.lake.engines import Engine

READ = (USAGE, FOCUS, LEDGER)
FISCAL_START = 7


@dataclass(frozen=True)
class Gathered:
    """A month's inputs, with the versions they were read at and the fingerprints of the months' files."""

    inputs: Inputs
    versions: dict[str, int]
    parts: dict[str, dict[str, str]]
    waiting: tuple[dict[str, Any], ...] = ()
    """What could not be charged in earlier months and still cannot; these are not read again."""


def gather(period: models.BillingPeriod, engine: Engine) -> Gathered:
    """Gather the inputs of a month with an engine that is open, in whatever scope is entered: it must be everything."""
    versions = {dataset: store.current_version(dataset) for dataset in READ}
    marks = {dataset: _fingerprints(dataset, version) for dataset, version in versions.items()}
    prices = _prices()
    known = _known(period, prices)
    months, waiting = _months(period, marks, known)
    usage = _usage(engine, versions[USAGE], months, prices)
    passed = _passed(engine, versions[FOCUS], months)
    spent = spent_in(engine, versions[LEDGER], months)
    inputs = replace(
        known,
        months=tuple(months),
        usage=usage,
        passed=passed,
        spent=spent,
        prices=tuple(one for one in prices if any(_touches(one, month) for month in months)),
        models={month: model for month in months if (model := model_of(month)) is not None},
        billed=_billed(months),
        credits=_credits(),
    )
    kept = {dataset: {month: marks[dataset].get(month, "") for month in months} for dataset in READ}
    return Gathered(inputs, versions, kept, tuple(waiting))


def _known(period: models.BillingPeriod, prices: list[Price]) -> Inputs:
    """Return what is known beside rows: who and what words mean, what a pool gathers, what has which price."""
    accounts = list(models.BillingAccount.objects.order_by("code"))
    return Inputs(
        period=period.code,
        months=(),
        prices=tuple(prices),
        accounts=translations(models.AccountAlias.objects.values_list("source", "given", "account__code"),
                               (one.code for one in accounts)),
        skus=translations(models.SkuAlias.objects.values_list("source", "given", "sku__code"),
                           models.Sku.objects.order_by("code").values_list("code", flat=True)),
        spans={one.code: (_day(one.starts_on), _day(one.ends_on)) for one in accounts if one.starts_on or one.ends_on},
        pools={key: pool.code for key, pool in pool_rules().items()},
    )  # fmt: skip


def pool_rules() -> dict[str, models.CostPool]:
    """Return which pool gathers a ledger line, as `pool_of` asks for it."""
    rules = models.PoolRule.objects.select_related("pool").order_by("code")
    return {f"{one.cost_center}|{one.object_code}": one.pool for one in rules}


def _fingerprints(dataset: str, version: int) -> dict[str, str]:
    """Return a fingerprint of each month's files; a file never changes once it is written."""
    files: dict[str, list[str]] = defaultdict(list)
    for file in tables.listing(dataset, version).files:
        folder, _, name = file.rpartition("/")
        files[folder.rpartition("=")[2].removeprefix("m")].append(name)
    return {
        month: hashlib.sha256("\n".join(sorted(names)).encode()).hexdigest()[:16]
        for month, names in files.items()
    }


def _months(
    period: models.BillingPeriod, marks: Mapping[str, Mapping[str, str]], known: Inputs
) -> tuple[list[str], list[dict[str, Any]]]:
    """Return the month and the earlier ones to look at again, and what still waits of those that need no look.

    A month is looked at again where its files are others than when it was last charged, or where something that could not be
    charged then could be now.
    """
    last: dict[str, models.BillingRun] = {}
    earlier = models.BillingRun.objects.filter(state="issued", period__starts_on__lt=period.starts_on)
    for run in earlier.order_by("period__starts_on").only("parts", "worklist", "months"):
        for month in run.months:
            last[month] = run
    issued = set(earlier.values_list("period__code", flat=True))
    again, waiting = {period.code}, []
    for month, run in last.items():
        open_ = [row for row in run.worklist if row["month"] == month]
        others = any(marks[dataset].get(month, "") != run.parts[dataset].get(month, "") for dataset in READ)
        if month in issued and (others or not all(still_open(known, row) for row in open_)):
            again.add(month)
        else:
            waiting += open_
    return sorted(again), sorted(
        waiting, key=lambda row: (row["month"], row["stage"], row["account"], row["sku"])
    )


def _prices() -> list[Price]:
    """Return every approved price."""
    return [price for _, price in listed(card__approved=True)]


def _touches(price: Price, month: str) -> bool:
    return price.starts_on[:7] <= month <= price.ends_on[:7]


def _usage(engine: Engine, version: int, months: list[str], prices: list[Price]) -> tuple[Used, ...]:
    """Add usage up by who, what and month, cut where a price begins."""
    cuts = _cuts(prices, months)
    found = []
    for month, days in _answers(engine, USED, version, months):
        inside = [date.fromisoformat(cut) for cut in cuts if cut[:7] == month]
        first = date.fromisoformat(f"{month}-01")
        bounds: list[date | None] = [*inside, None]
        for since, until in zip([first, *inside], bounds, strict=True):
            found += [
                Used(month, row["source"], row["account"], row["sku"], _day(since), _plain(row["quantity"]), row["n"])
                for row in _summed(days, since, until)
            ]  # fmt: skip
    return tuple(sorted(found, key=lambda one: (one.month, one.source, one.account, one.sku, one.since)))


def _answers(
    engine: Engine, asked: PartAnswer, version: int, months: Iterable[str]
) -> Iterator[tuple[str, pa.Table]]:
    """Return what rows of each month come to, of the months that have rows."""
    parts = tables.listing(asked.dataset, version).parts
    for month in months:
        if parts.get(f"m{month}"):
            yield month, answered(engine, asked, version, f"m{month}")


def _summed(days: pa.Table, since: date, until: date | None) -> list[dict[str, Any]]:
    """Add the sums of days up, from one day to before another; None is to the end of the month."""
    import polars as pl

    # Not by Arrow itself, whose grouping first loads pandas: most of a second.
    frame = pl.DataFrame(pl.from_arrow(days))
    if since.day != 1:
        frame = frame.filter(pl.col("used_on") >= since)
    if until is not None:
        frame = frame.filter(pl.col("used_on") < until)
    return frame.group_by("source", "account", "sku").agg(pl.sum("quantity", "n")).to_dicts()


def _cuts(prices: Iterable[Price], months: Iterable[str]) -> list[str]:
    """Return the days inside months from which another price counts, or none any more."""
    days = {price.starts_on for price in prices}
    days |= {_day(date.fromisoformat(price.ends_on) + timedelta(days=1)) for price in prices}
    return sorted(day for day in days if day[:7] in set(months) and day[8:] != "01")


def _passed(engine: Engine, version: int, months: list[str]) -> tuple[Passed, ...]:
    """Return providers' charges added up by sub-account and service."""
    found = [
        Passed(month, row["source"], row["account"], row["sku"], _plain(row["amount"]), row["n"])
        for month, sums in _answers(engine, PASSED, version, months)
        for row in sums.to_pylist()
    ]
    return tuple(sorted(found, key=lambda one: (one.month, one.source, one.account, one.sku)))


def spent_in(engine: Engine, version: int, months: list[str]) -> tuple[Spent, ...]:
    """Add ledger lines up by cost center and object."""
    if version < 0:
        return ()
    table = engine.table(LEDGER, version=version)
    rows = table.filter(table[PART].isin([f"m{month}" for month in months]))
    rows = rows.mutate(center=rows.cost_center.fill_null(""), object=rows.object_code.fill_null(""))
    sums = rows.group_by(["center", "object", PART]).aggregate(cents=rows.cents.sum(), n=rows.count())
    return tuple(sorted(
        (
            Spent(row[PART][1:], row["center"], row["object"], int(row["cents"]), row["n"])
            for row in engine.execute(sums).to_pylist()
        ),
        key=lambda one: (one.month, one.cost_center, one.object_code),
    ))  # fmt: skip


def _plain(amount: Any) -> Decimal:
    """Return an amount without trailing zeros, so that engines which carry other scales give the same text."""
    return Decimal(format(Decimal(amount).normalize(), "f"))


def translations(aliases: Iterable[tuple[str, str, str]], codes: Iterable[str]) -> dict[str, str]:
    """Return what words mean, as `coded` asks for it: every code itself, and what each source calls it."""
    return {f"|{code}": code for code in codes} | {
        f"{source}|{given}": code for source, given, code in aliases
    }


def model_of(month: str) -> Model | None:
    """Return how the pools of a month are passed on, with the driver amounts last known by then; None without a model."""
    first = date.fromisoformat(f"{month}-01")
    model = models.AllocationModel.objects.filter(fiscal_year=fiscal_year_of(first, FISCAL_START)).first()
    if model is None:
        return None
    rules = list(model.rules.select_related("pool", "driver", "sku").order_by("step", "pool__code"))
    values = models.DriverValue.objects.filter(
        period__starts_on__lte=first, driver__in=[one.driver_id for one in rules]
    )
    latest: dict[int, date] = dict(
        values.order_by("period__starts_on").values_list("driver", "period__starts_on")
    )
    amounts: dict[int, dict[str, int]] = defaultdict(dict)
    for driver, starts, account, pool, amount in values.order_by("code").values_list(
        "driver", "period__starts_on", "account__code", "pool__code", "amount"
    ):
        receiver = f"{ACCOUNT}{account}" if account else pool
        if latest[driver] == starts and receiver:
            known = amounts[driver].get(receiver, 0)
            amounts[driver][receiver] = known + int(amount.scaleb(WEIGHT_PLACES))
    weights: dict[str, dict[str, int]] = {one.pool.code: amounts[one.driver_id] for one in rules}
    for shares in list(weights.values()):
        for receiver in shares:
            # A pool without a rule of its own keeps what it is passed, also in a month in which it spent nothing itself.
            if not receiver.startswith(ACCOUNT):
                weights.setdefault(receiver, {})
    return Model(
        method=model.method,  # type: ignore[arg-type] # the choices are the methods
        order=tuple(one.pool.code for one in rules),
        weights=weights,
        skus={one.pool.code: one.sku.code for one in rules},
    )


def _billed(months: Iterable[str]) -> tuple[Billed, ...]:
    """Return what issued invoices charged for the months, by what tells a charge apart."""
    lines = models.InvoiceLine.objects.filter(origin__in=list(months), invoice__state="issued").exclude(
        kind="credit"
    )
    names = ("kind", "account__code", "sku__code", "origin", "source", "price")
    rows = (
        lines.order_by()
        .values_list(*names)
        .annotate(quantity=Sum("quantity"), sum=Sum("cents"), n=Count("pk"))
    )
    return tuple(sorted(
        (
            Billed((*row[:5], str((row[5] or Decimal(0)).normalize())), _plain(row[6]), row[7])
            for row in rows
        ),
        key=lambda one: one.key,
    ))  # fmt: skip


def _credits() -> tuple[Given, ...]:
    """Return the credits that no issued invoice carries."""
    carried = models.InvoiceLine.objects.filter(kind="credit", invoice__state="issued").values("source")
    rows = models.Credit.objects.exclude(code__in=carried).order_by("code")
    return tuple(
        Given(code, account, sku, origin, cents)
        for code, account, sku, origin, cents in rows.values_list(
            "code", "line__account__code", "line__sku__code", "line__origin", "cents"
        )
    )


def _day(day: date | None) -> str:
    return "" if day is None else day.isoformat()
