"""From a draft to issued invoices: reviewed one by one, approved by somebody else, numbered, and then never changed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from stateworks.kernel.access import audit
from stateworks.kernel.access.models import Account
from stateworks.kernel.access.permissions import require
from stateworks.kernel.errors import Refused
from stateworks.modules.billing.feeds import RATED
from stateworks.modules.billing.models import (
    AnomalyFinding,
    BillingRun,
    Invoice,
    InvoiceLine,
    InvoiceReview,
    RunState,
)
from stateworks.modules.billing.verbs.exporting import post
from stateworks.modules.billing.verbs.periods import period_named

DAYS_TO_PAY = 30


def run_of(code: str, *states: str) -> BillingRun:
    """Return a month's run for update, if it stands as it must."""
    period = period_named(code)
    run = (
        BillingRun.objects.select_for_update().filter(period=period).exclude(state=RunState.REPLACED).first()
    )
    if run is None:
        raise Refused(f"{code} has no draft; make one with `stateworks billing draft {code}`.")
    if states and run.state not in states:
        raise Refused(
            f"The run of {code} is {run.get_state_display().lower()}; that cannot be done with it now."
        )
    return run


@transaction.atomic
def review(codes: Sequence[str], *, note: str = "", by: Account | None, at: datetime) -> int:
    """Note that invoices were looked at; returns how many were not before. Each needs its findings resolved first."""
    require(by, "billing.review")
    invoices = list(Invoice.objects.select_for_update().filter(code__in=codes))
    missing = sorted(set(codes) - {one.code for one in invoices})
    if missing:
        raise Refused(f"There is no invoice {missing[0]} that you may see.")
    beyond = [one.code for one in invoices if one.state != "draft"]
    if beyond:
        raise Refused(f"{beyond[0]} is past review; it is approved or issued already.")
    open_ = AnomalyFinding.objects.filter(invoice__in=invoices, resolved_at__isnull=True).values_list(
        "invoice__code", flat=True
    )
    if found := sorted(set(open_)):
        raise Refused(f"{found[0]} has findings that nobody has resolved; resolve them first.", found)
    fresh = [one for one in invoices if one.reviewed_at is None]
    InvoiceReview.objects.filter(invoice__in=fresh).update(reviewed_at=at, reviewed_by=by, note=note.strip())
    Invoice.objects.filter(pk__in=[one.pk for one in fresh]).update(reviewed_at=at)
    for one in fresh:
        audit.record("review invoice", f"billing.invoice {one.code}", by=by, at=at, reason=note.strip())
    return len(fresh)


@transaction.atomic
def review_rest(code: str, *, by: Account | None, at: datetime) -> int:
    """Review all invoices of a month that no finding is open for; returns how many were not reviewed before.

    Of a month that is past review none was not.
    """
    run = run_of(code)
    open_ = AnomalyFinding.objects.filter(invoice__run=run, resolved_at__isnull=True).values("invoice")
    waiting = run.invoices.filter(reviewed_at__isnull=True).exclude(pk__in=open_)
    return review(list(waiting.values_list("code", flat=True)), by=by, at=at)


@transaction.atomic
def resolve(code: str, resolution: str, *, by: Account | None, at: datetime) -> AnomalyFinding:
    """Resolve a finding with what it was and what was done; a second time changes nothing."""
    require(by, "billing.review")
    finding = AnomalyFinding.objects.select_for_update().filter(code=code).first()
    if finding is None:
        raise Refused(f"There is no finding {code} that you may see.")
    if finding.resolved_at is not None:
        return finding
    if not resolution.strip():
        raise Refused("Say what it was and what was done about it.")
    finding.resolved_at, finding.resolved_by, finding.resolution = at, by, resolution.strip()
    finding.resolved_on = timezone.localdate(at)
    finding.save(update_fields=["resolved_at", "resolved_on", "resolved_by", "resolution"])
    audit.record(
        "resolve anomaly", f"billing.anomaly_finding {code}", by=by, at=at, reason=resolution.strip()
    )
    return finding


@transaction.atomic
def approve(code: str, *, by: Account | None, at: datetime) -> BillingRun:
    """Approve a month's draft once every invoice is reviewed; whoever made the draft cannot approve it.

    A second time changes nothing.
    """
    require(by, "billing.approve")
    run = run_of(code)
    if run.state != RunState.DRAFT:
        return run
    if by is not None and run.made_by_id == by.pk:
        raise Refused("You made this draft; somebody else approves it.")
    waiting = list(
        run.invoices.filter(reviewed_at__isnull=True).order_by("code").values_list("code", flat=True)
    )
    if waiting:
        raise Refused(
            f"{len(waiting)} invoices of {code} are not reviewed yet; review each before approval.", waiting
        )
    run.state, run.approved_at, run.approved_by = RunState.APPROVED, at, by
    run.save(update_fields=["state", "approved_at", "approved_by"])
    run.invoices.update(state="approved")
    audit.record("approve invoices", f"billing.period {code}", by=by, at=at, after={"cents": run.cents})
    return run


@transaction.atomic
def issue(code: str, *, by: Account | None, at: datetime) -> BillingRun:
    """Issue a month's approved invoices: each gets its number, and the versions they rest on are kept for ever.

    The charges go into the lake in the same transaction. Invoices without a line are not issued. A second time changes
    nothing.
    """
    from stateworks.kernel.lake import store
    from stateworks.kernel.lake.snapshots import write_rows

    require(by, "billing.approve")
    run = run_of(code, RunState.APPROVED, RunState.ISSUED)
    if run.state == RunState.ISSUED:
        return run
    charged = set(InvoiceLine.objects.filter(invoice__run=run).values_list("invoice", flat=True))
    found = Invoice.objects.select_for_update().filter(run=run).order_by("code")
    invoices = [one for one in found if one.pk in charged]
    for place, one in enumerate(invoices, 1):
        one.number = f"{code.replace('-', '')}-{place:05}"
        one.state, one.issued_at = "issued", at
        one.due_on = timezone.localdate(at) + timedelta(days=DAYS_TO_PAY)
    Invoice.objects.bulk_update(invoices, ["number", "state", "issued_at", "due_on"], batch_size=500)
    run.state, run.issued_at = RunState.ISSUED, at
    run.save(update_fields=["state", "issued_at"])
    for dataset, version in run.versions.items():
        if version >= 0:
            store.pin(dataset, version)
    post(invoices, at=at)
    if invoices:
        write_rows(RATED, _rated(run, at), at=at, replace=False)
    audit.record("issue invoices", f"billing.period {code}", by=by, at=at,
                 after={"invoices": len(invoices), "cents": run.cents})  # fmt: skip
    return run


def _rated(run: BillingRun, at: datetime) -> Any:
    """Return the run's lines as rows of the lake."""
    import polars as pl

    from stateworks.kernel.lake.columns import polars_type
    from stateworks.kernel.lake.contracts import contract

    names = {
        "line": "code", "invoice": "invoice__number", "origin": "origin", "account": "account__code",
        "fund": "account__fund", "program": "account__program", "sku": "sku__code",
        "line_of_service": "sku__line_of_service__code", "kind": "kind", "quantity": "quantity", "price": "price",
        "cents": "cents", "agency": "invoice__organization__code",
    }  # fmt: skip
    rows = list(InvoiceLine.objects.filter(invoice__run=run).order_by("pk").values_list(*names.values()))
    types = {column.name: polars_type(column.type) for column in contract(RATED).columns}
    frame = pl.DataFrame(rows, schema={name: types[name] for name in names}, orient="row")
    day = timezone.localdate(at)
    return frame.with_columns(
        pl.lit("billing").alias("source"), pl.lit(run.period.code).alias("period"), pl.lit(day).alias("issued_on")
    ).select(contract(RATED).names)  # fmt: skip
