"""What leaves the office once a month is issued: each invoice as a file, and vouchers that the ledger acknowledges.

The vouchers of a month are those of its invoices, and those of codings that were corrected meanwhile.
"""

from __future__ import annotations

import csv
import hashlib
import io
from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from stateworks.kernel.access import audit
from stateworks.kernel.access.models import Account
from stateworks.kernel.access.permissions import require
from stateworks.kernel.errors import Refused
from stateworks.modules.billing.documents import document
from stateworks.modules.billing.models import (
    BillingPeriod,
    ErpExport,
    Invoice,
    InvoiceLine,
    InvoiceState,
    JournalEntry,
    Posting,
)
from stateworks.modules.billing.money import dollars
from stateworks.modules.billing.verbs.periods import period_named

HEADER = ("voucher", "posted_on", "ledger_account", "subject", "fund", "debit_cents", "credit_cents")
RECEIVABLE, REVENUE = "receivable", "revenue"


def post(invoices: Iterable[Invoice], *, at: datetime) -> None:
    """Write the entry of each invoice: accounts owe, services have earned. An invoice of nothing has none."""
    owed: dict[int, dict[tuple[str, str, str], int]] = defaultdict(lambda: defaultdict(int))
    by_pk = {one.pk: one for one in invoices}
    rows = InvoiceLine.objects.filter(invoice__in=by_pk).order_by("pk")
    names = ("invoice", "account__code", "account__fund", "sku__line_of_service__code", "cents")
    for invoice, account, fund, service, cents in rows.values_list(*names):
        owed[invoice][RECEIVABLE, account, fund] += cents
        owed[invoice][REVENUE, service, ""] -= cents
    entries = {
        pk: JournalEntry(code=f"JV-{by_pk[pk].number}", invoice=by_pk[pk], posted_on=timezone.localdate(at))
        for pk, sides in owed.items()
        if any(sides.values())
    }
    JournalEntry.objects.bulk_create(entries.values(), batch_size=1000)
    Posting.objects.bulk_create(
        [
            Posting(entry=entry, ledger_account=side, subject=subject, fund=fund, cents=cents)
            for pk, entry in entries.items()
            for (side, subject, fund), cents in owed[pk].items()
            if cents
        ],
        batch_size=2000,
    )


@transaction.atomic
def export(code: str, *, by: Account | None, at: datetime) -> tuple[bytes, ErpExport]:
    """Return a month's vouchers as CSV, and the note of it; the same again gives the same bytes and no second note."""
    require(by, "billing.run")
    # Locked, so that no correction joins the month while its file is made.
    period = BillingPeriod.objects.select_for_update().get(pk=period_named(code).pk)
    if not period.runs.filter(state="issued").exists():
        raise Refused(f"{code} has no issued invoices; issue them first.")
    content, n, debit = _written(code)
    mark = hashlib.sha256(content).hexdigest()
    known, made = ErpExport.objects.get_or_create(
        period=period,
        defaults={
            "postings": n,
            "control_cents": debit,
            "sha256": mark,
            "exported_at": at,
            "exported_by": by,
        },
    )
    if known.sha256 != mark:
        raise RuntimeError(f"the vouchers of {code} are not what was exported before")
    if made:
        audit.record("export vouchers", f"billing.period {code}", by=by, at=at,
                     after={"postings": n, "control_cents": debit, "sha256": mark})  # fmt: skip
    return content, known


def export_invoices(code: str, form: str, folder: Path, *, by: Account | None) -> int:
    """Write each issued invoice of a month into a folder and return how many there are; again they are the same files."""
    require(by, "billing.run")
    rows = Invoice.objects.filter(period=period_named(code), state=InvoiceState.ISSUED)
    rows = rows.select_related("organization", "period").order_by("number")
    if not rows.exists():
        raise Refused(f"{code} has no issued invoices; issue them first.")
    n = 0
    for row in rows:
        name, content = document(row, form)
        if not n:
            folder.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
        n += 1
    return n


def _written(code: str) -> tuple[bytes, int, int]:
    out, n, debit = io.StringIO(), 0, 0
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(HEADER)
    rows = Posting.objects.filter(
        Q(entry__invoice__period__code=code) | Q(entry__period__code=code)
    ).order_by("entry__code", "-ledger_account", "subject", "fund")
    for one in rows.select_related("entry"):
        n += 1
        debit += max(one.cents, 0)
        writer.writerow((
            one.entry.code, one.entry.posted_on, one.ledger_account, one.subject, one.fund, max(one.cents, 0), max(-one.cents, 0),
        ))  # fmt: skip
    return out.getvalue().encode(), n, debit


@transaction.atomic
def acknowledge(
    code: str, *, control_cents: int, reference: str, by: Account | None, at: datetime
) -> ErpExport:
    """Note that the ledger has taken a month's vouchers; its control total must be the one that was exported."""
    require(by, "billing.run")
    known = ErpExport.objects.select_for_update().filter(period=period_named(code)).first()
    if known is None:
        raise Refused(f"The vouchers of {code} were not exported yet.")
    if control_cents != known.control_cents:
        raise Refused(
            f"The ledger counts {dollars(control_cents)} of debits and {dollars(known.control_cents)} were exported; "
            "have the batch rejected and loaded again."
        )
    if known.acknowledged_at is None:
        known.acknowledged_at, known.reference = at, reference.strip()
        known.save(update_fields=["acknowledged_at", "reference"])
        audit.record(
            "acknowledge vouchers",
            f"billing.period {code}",
            by=by,
            at=at,
            after={"reference": known.reference},
        )
    return known
