"""Drafting a month: gather, compute, and write the invoices of every agency in one transaction; again changes nothing."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import connection, transaction

from stateworks.kernel.access import audit
from stateworks.kernel.access.models import Account
from stateworks.kernel.access.permissions import require
from stateworks.kernel.errors import Refused
from stateworks.kernel.lake.engines import Engine, open_engine
from stateworks.modules.billing.charging import Charge, Outcome, charges_of
from stateworks.modules.billing.detectors import detect
from stateworks.modules.billing.gathering import Gathered, gather
from stateworks.modules.billing.models import (
    BillingAccount,
    BillingPeriod,
    BillingRun,
    Invoice,
    InvoiceLine,
    InvoiceReview,
    LineKind,
    PeriodState,
    RunState,
    Sku,
)
from stateworks.modules.billing.money import every_digit
from stateworks.modules.billing.verbs.coding import settle
from stateworks.modules.billing.verbs.periods import period_named

ROWS_GIVE_AGAIN = ("usage", "passed", "spent")
"""Inputs that a run does not keep: sums of rows, which the pinned versions give again."""


def compute(code: str, *, engine: str = "duckdb") -> tuple[Gathered, Outcome]:
    """Gather a month's inputs and return what they come to; nothing is written."""
    with open_engine(engine) as opened:
        return _computed(period_named(code), opened)


def _computed(period: BillingPeriod, engine: Engine) -> tuple[Gathered, Outcome]:
    with every_digit():
        gathered = gather(period, engine)
        return gathered, charges_of(gathered.inputs)


@transaction.atomic
def draft(code: str, *, by: Account | None, at: datetime, engine: str = "duckdb") -> BillingRun:
    """Draft a month's invoices, or return the draft that these very inputs gave before.

    A draft on older inputs is replaced: its invoices keep their codes, what was reviewed must be reviewed again. What is
    issued stays; what has come since is charged in the next month.
    """
    require(by, "billing.run")
    period = BillingPeriod.objects.select_for_update().get(pk=period_named(code).pk)
    before = period.runs.exclude(state=RunState.REPLACED).first()
    if before is not None and before.state == RunState.ISSUED:
        return before
    if period.state == PeriodState.CLOSED:
        raise Refused(f"{code} is closed; what has come since is charged in the next open month.")
    _refuse_skipped(period)
    settle(at=at)
    with open_engine(engine) as opened:
        return _drafted(period, before, opened, by=by, at=at)


def _drafted(
    period: BillingPeriod, before: BillingRun | None, engine: Engine, *, by: Account | None, at: datetime
) -> BillingRun:
    gathered, outcome = _computed(period, engine)
    mark = gathered.inputs.hash()
    if before is not None and before.inputs_hash == mark:
        return before
    if before is not None:
        BillingRun.objects.filter(pk=before.pk).update(state=RunState.REPLACED)
    # What waits of earlier months is carried along, so that the newest run shows all of it.
    waiting = sorted([*outcome.worklist, *gathered.waiting], key=lambda row: (row["month"], row["stage"]))
    run = BillingRun.objects.create(
        period=period, inputs_hash=mark, versions=gathered.versions, months=list(gathered.inputs.months),
        parts=gathered.parts, inputs=gathered.inputs.as_json(without=ROWS_GIVE_AGAIN), checks=dict(outcome.checks),
        worklist=waiting, cents=outcome.cents, engine=engine.name, made_at=at, made_by=by,
    )  # fmt: skip
    _write(run, outcome.charges)
    detect(run, gathered.inputs, engine, at=at)
    audit.record("draft invoices", f"billing.period {period.code}", by=by, at=at,
                 after={"run": run.pk, "inputs": mark, "cents": run.cents, "lines": len(outcome.charges)})  # fmt: skip
    return run


def _refuse_skipped(period: BillingPeriod) -> None:
    """Refuse a month before the one before it is issued: corrections would be charged twice."""
    waiting = (
        BillingPeriod.objects.filter(starts_on__lt=period.starts_on)
        .exclude(runs__state=RunState.ISSUED)
        .exclude(state=PeriodState.CLOSED)
        .order_by("starts_on")
        .first()
    )
    if waiting is not None:
        raise Refused(f"{waiting.code} is not issued yet; months are billed in order.")


def _write(run: BillingRun, charges: Iterable[Charge]) -> None:
    """Write a run's invoices and lines; drafts of the month that no charge is left for go."""
    accounts = {
        code: (pk, organization, agency)
        for code, pk, organization, agency in BillingAccount.objects.values_list(
            "code", "pk", "organization", "organization__code"
        )
    }
    skus = dict(Sku.objects.values_list("code", "pk"))
    by_agency: dict[tuple[str, int], list[Charge]] = defaultdict(list)
    for charge in charges:
        _, organization, agency = accounts[charge.account]
        by_agency[agency, organization].append(charge)
    drafts = Invoice.objects.filter(period=run.period).exclude(state="issued")
    InvoiceLine.objects.filter(invoice__in=drafts).delete()
    known = {one.code: one for one in drafts.select_for_update()}
    wanted = {
        f"{run.period.code}-{agency}": (organization, found)
        for (agency, organization), found in by_agency.items()
    }
    invoices = [
        Invoice(
            pk=known[code].pk if code in known else None, code=code, period=run.period, organization_id=organization,
            run=run, cents=sum(one.cents for one in found), state="draft", reviewed_at=None,
            note=known[code].note if code in known else "",
        )
        for code, (organization, found) in sorted(wanted.items())
    ]  # fmt: skip
    Invoice.objects.bulk_create([one for one in invoices if one.pk is None], batch_size=2000)
    changed = [one for one in invoices if one.code in known]
    Invoice.objects.bulk_update(changed, ["run", "cents", "state", "reviewed_at"], batch_size=500)
    gone = [one for code, one in known.items() if code not in wanted]
    # What was found wrong about them stays on record, so they stay too, as invoices of nothing.
    Invoice.objects.filter(pk__in=[one.pk for one in gone]).update(
        run=run, cents=0, state="draft", reviewed_at=None
    )
    InvoiceReview.objects.filter(invoice__period=run.period).delete()
    _write_lines(
        (f"{one.code}.{place}", one.pk, accounts[charge.account][0], skus[charge.sku], charge)
        for one in invoices
        for place, charge in enumerate(wanted[one.code][1], 1)
    )


def _write_lines(rows: Iterable[tuple[str, int, int, int, Charge]]) -> None:
    """Insert lines by columns: one statement for thousands of them, without an object for each."""
    usage = LineKind.USAGE.value
    columns: tuple[list[Any], ...] = tuple([] for _ in range(11))
    for code, invoice, account, sku, charge in rows:
        price = charge.price if charge.kind == usage else None
        for column, value in zip(columns, (
            code, invoice, account, sku, charge.kind, charge.origin, charge.source, charge.quantity, price, charge.cents,
            charge.rows,
        ), strict=True):  # fmt: skip
            column.append(value)
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO billing_invoiceline (code, invoice_id, account_id, sku_id, kind, origin, source, quantity, price, "
            "cents, rows) SELECT * FROM unnest(%s::text[], %s::bigint[], %s::bigint[], %s::bigint[], %s::text[], %s::text[], "
            "%s::text[], %s::numeric[], %s::numeric[], %s::bigint[], %s::bigint[])",
            list(columns),
        )
