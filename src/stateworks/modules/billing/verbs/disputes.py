"""Disputes and credits: an agency objects to a line, somebody decides, and what is given back is on the next invoice."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from stateworks.kernel.access import audit
from stateworks.kernel.access.models import Account
from stateworks.kernel.access.permissions import require
from stateworks.kernel.access.scope import SYSTEM, entered
from stateworks.kernel.errors import Refused
from stateworks.modules.billing.models import Credit, Dispute, DisputeState, InvoiceLine
from stateworks.modules.billing.money import dollars

DAYS_TO_FILE, DAYS_TO_ANSWER = 60, 30
"""Days from issue in which a line can be disputed, and from filing in which it is answered."""


@transaction.atomic
def file_dispute(line: InvoiceLine, *, cents: int, reason: str, by: Account | None, at: datetime) -> Dispute:
    """File a dispute over some cents of a line of an issued invoice, within the days that are given for it."""
    invoice = line.invoice
    require(by, "billing.dispute", invoice.organization)
    if invoice.issued_at is None:
        raise Refused(f"{invoice.code} is not issued yet; tell the billing team what is wrong.")
    last = timezone.localdate(invoice.issued_at) + timedelta(days=DAYS_TO_FILE)
    today = timezone.localdate(at)
    if today > last:
        raise Refused(f"{invoice.number} could be disputed until {last}; ask the billing team for credit.")
    if not reason.strip():
        raise Refused("Say what is wrong with the line.")
    if not 0 < cents <= line.cents:
        raise Refused(
            f"The line came to {dollars(line.cents)}; dispute more than nothing and no more than that."
        )
    if line.disputes.filter(state=DisputeState.OPEN).exists():
        raise Refused(f"{line.code} has an open dispute already.")
    with entered(SYSTEM):
        code = f"{line.code}.d{line.disputes.count() + 1}"
        made = Dispute.objects.create(
            code=code, line=line, cents=cents, reason=reason.strip(), filed_on=today, filed_by=by,
            due_on=today + timedelta(days=DAYS_TO_ANSWER),
        )  # fmt: skip
        audit.record("file dispute", f"billing.invoice_line {line.code}", by=by, at=at, reason=reason.strip(),
                     after={"dispute": code, "cents": cents})  # fmt: skip
    return made


@transaction.atomic
def decide(code: str, *, uphold: bool, resolution: str, by: Account | None, at: datetime) -> Dispute:
    """Decide a dispute; one that is upheld gives its cents back on the next invoice."""
    require(by, "billing.decide")
    dispute = _open(code)
    if not resolution.strip():
        raise Refused("Say what was decided, and why.")
    if by is not None and dispute.filed_by_id == by.pk:
        raise Refused("You filed this dispute; somebody else decides it.")
    dispute.state = DisputeState.UPHELD if uphold else DisputeState.DENIED
    dispute.resolution, dispute.resolved_on = resolution.strip(), timezone.localdate(at)
    dispute.save(update_fields=["state", "resolution", "resolved_on"])
    if uphold:
        give_credit(dispute.line, cents=dispute.cents, reason=resolution, dispute=dispute, by=by, at=at)
    audit.record("decide dispute", f"billing.dispute {code}", by=by, at=at, reason=resolution.strip(),
                 after={"state": dispute.state})  # fmt: skip
    return dispute


@transaction.atomic
def withdraw(code: str, *, by: Account | None, at: datetime) -> Dispute:
    """Withdraw a dispute."""
    dispute = _open(code)
    require(by, "billing.dispute", dispute.line.invoice.organization)
    with entered(SYSTEM):
        dispute.state, dispute.resolved_on = DisputeState.WITHDRAWN, timezone.localdate(at)
        dispute.save(update_fields=["state", "resolved_on"])
        audit.record("withdraw dispute", f"billing.dispute {code}", by=by, at=at)
    return dispute


@transaction.atomic
def give_credit(
    line: InvoiceLine,
    *,
    cents: int,
    reason: str,
    dispute: Dispute | None = None,
    by: Account | None,
    at: datetime,
) -> Credit:
    """Give some cents of an issued line back; never more than the line came to, which the database sees to as well."""
    require(by, "billing.decide")
    if not reason.strip():
        raise Refused("Say why credit is given.")
    if line.invoice.state != "issued":
        raise Refused(f"{line.code} is not issued; a draft is corrected, not credited.")
    InvoiceLine.objects.select_for_update().get(pk=line.pk)
    given = sum(line.credits.values_list("cents", flat=True))
    if not 0 < cents <= line.cents - given:
        raise Refused(
            f"{line.code} came to {dollars(line.cents)} and {dollars(given)} are given back; "
            f"give more than nothing and no more than {dollars(max(0, line.cents - given))}."
        )
    code = f"{line.code}.c{line.credits.count() + 1}"
    made = Credit.objects.create(
        code=code,
        line=line,
        dispute=dispute,
        cents=cents,
        reason=reason.strip(),
        given_on=timezone.localdate(at),
        given_by=by,
    )
    audit.record("give credit", f"billing.invoice_line {line.code}", by=by, at=at, reason=reason.strip(),
                 after={"credit": code, "cents": cents})  # fmt: skip
    return made


def _open(code: str) -> Dispute:
    found = Dispute.objects.select_for_update().filter(code=code).first()
    if found is None:
        raise Refused(f"There is no dispute {code} that you may see.")
    if found.state != DisputeState.OPEN:
        raise Refused(f"The dispute {code} is {found.get_state_display().lower()} already.")
    return found
