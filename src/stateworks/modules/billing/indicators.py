"""Billing's measures: who uses the portal, how the ledger is coded, and how invoices are looked at before they are issued."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from stateworks.kernel.indicators.measures import measure
from stateworks.kernel.indicators.shapes import Cohort, Ratio

if TYPE_CHECKING:
    import ibis.expr.types as ir

CUSTOMERS = ("department", "agency")
LAUNCH = "billing-portal-launched"


@measure(
    "billing.portal_adoption", reads=("office.organization", "billing.portal_event", "plan.milestone"),
    title="Agencies that use the billing portal", unit="percent",
)  # fmt: skip
def portal_adoption(
    organization: ir.Table, event: ir.Table, milestone: ir.Table, *, as_of: date, months: int = 4
) -> Cohort:
    """Executive-branch agencies whose people opened an invoice or a page of usage by four months after the portal's launch.

    Of all executive-branch departments and agencies that exist. The launch is the day on which its milestone was done, or
    the first day of use where no milestone says so; until four months have passed since, no agency is counted. Use is what
    the portal itself noted: somebody who acts for the agency was signed in and opened a page with its invoices or usage.
    """
    import ibis

    promised = milestone.filter(milestone.key == LAUNCH)
    launch = promised.aggregate(said_on=promised.done_on.min()).cross_join(
        event.aggregate(used_on=event.happened_on.min())
    )
    first = event.group_by(event.agency.name("visitor")).aggregate(first_on=event.happened_on.min())
    rows = organization.cross_join(launch)
    rows = rows.left_join(first, rows.code == first.visitor)
    launched_on = ibis.coalesce(rows.said_on, rows.used_on)
    rows = rows.mutate(due_on=(launched_on.cast("timestamp") + ibis.interval(months=months)).cast("date"))
    day = ibis.literal(as_of)
    counted = rows.executive_branch & rows.kind.isin(CUSTOMERS) & ~(rows.retired_on <= day).fill_null(False)
    return Cohort(
        rows=rows, at="due_on", counted=counted, due=rows.due_on <= day,
        hits=(rows.first_on <= rows.due_on).fill_null(False),
    )  # fmt: skip


@measure(
    "billing.coding_in_order", reads=("billing.gl_transaction", "billing.coding_finding"),
    title="Months with few wrong codings", unit="percent", version=3,
)  # fmt: skip
def coding_in_order(ledger: ir.Table, finding: ir.Table, *, limit_percent: int = 10) -> Ratio:
    """Months in which at most ten of a hundred ledger lines were coded wrongly, of all months with ledger lines.

    A line counts once, in the month in which it was posted, however often its coding was found wrong; that it was corrected
    later does not take the error away, and the lines that correct it are not counted. What was dismissed is no error. While
    suggestions wait that could bring a month over the limit, it is not known whether it keeps to it.
    """
    import ibis

    own = ledger.filter(ledger.source != "coding")
    posted = own.mutate(month=own.posted_on.truncate("M"))
    months = posted.group_by("month").aggregate(n=posted.count())
    wrong = finding.mutate(wrong_month=finding.posted_on.truncate("M"))
    errors = wrong.group_by("wrong_month").aggregate(
        errors=wrong.count(where=wrong.state == "confirmed"),
        waiting=wrong.count(where=wrong.state == "suggested"),
    )
    rows = months.left_join(errors, months.month == errors.wrong_month)
    rows = rows.mutate(
        _key=(rows.month.year() * 100 + rows.month.month()).cast("int64"), errors=rows.errors.fill_null(0),
        waiting=rows.waiting.fill_null(0),
    )  # fmt: skip
    allowed = rows.n * limit_percent
    hits = ibis.cases(
        (rows.errors * 100 > allowed, False),
        ((rows.errors + rows.waiting) * 100 <= allowed, True),
        else_=None,
    )
    return Ratio(rows=rows, at="month", hits=hits)


@measure(
    "billing.invoices_reviewed", reads=("billing.invoice", "billing.invoice_review"),
    title="Invoices reviewed for anomalies before issue", unit="percent", by=("agency",), version=2,
)  # fmt: skip
def invoices_reviewed(invoice: ir.Table, review: ir.Table) -> Ratio:
    """Invoices that detectors and a person had looked at before they were issued, of all invoices issued in the period."""
    looked = review.select(
        looked_at=review.invoice, detected_at=review.detected_at, seen_at=review.reviewed_at
    )
    rows = invoice.left_join(looked, invoice.code == looked.looked_at)
    hits = ((rows.detected_at <= rows.issued_at) & (rows.seen_at <= rows.issued_at)).fill_null(False)
    return Ratio(rows=rows, at="issued_on", counted=rows.issued_at.notnull(), hits=hits)


@measure(
    "billing.anomalies_resolved", reads="billing.anomaly_finding", title="Anomalies resolved in two business days",
    unit="percent", by=("agency",), also_by=("detector",),
)  # fmt: skip
def anomalies_resolved(finding: ir.Table, *, as_of: date) -> Cohort:
    """Anomalies that were resolved by the second business day after they were found, of all found in the period.

    One whose two days are not over yet is not counted; one that is still open after them is a miss.
    """
    import ibis

    return Cohort(
        rows=finding, at="found_on", due=finding.due_on <= ibis.literal(as_of),
        hits=(finding.resolved_on <= finding.due_on).fill_null(False),
    )  # fmt: skip
