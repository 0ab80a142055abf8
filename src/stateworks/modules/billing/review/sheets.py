"""The sheets of an agency's business review; no figure is computed here that a page or a command does not show as well."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Q

from stateworks.kernel.access.scope import Scope, visible
from stateworks.kernel.clocks.fiscal import Period, parse_period, parts, period_of
from stateworks.kernel.errors import Refused
from stateworks.kernel.lake.store import current_version
from stateworks.kernel.org.models import Organization
from stateworks.modules.billing.budgets import BudgetYear, Part, budget_year
from stateworks.modules.billing.feeds import FOCUS
from stateworks.modules.billing.finops.saving import cycle_of
from stateworks.modules.billing.finops.telling import finding_told
from stateworks.modules.billing.models import Credit, Dispute, Invoice, InvoiceLine, InvoiceState
from stateworks.modules.billing.money import dollars
from stateworks.modules.billing.receivables import (
    credits_to_come,
    receivables,
    totals,
)
from stateworks.modules.billing.review import promises
from stateworks.modules.billing.usage import YEAR, usage
from stateworks.modules.billing.variance import variance
from stateworks.modules.billing.verbs.forecasting import last_known

CHANGES = 20
"""Changes of each invoice that are listed, the largest first."""


@dataclass(frozen=True)
class Sheet:
    """One sheet: what it shows, from where, and how to compute it again. Columns ending in `cents` hold cents."""

    title: str
    source: str
    command: str
    columns: Sequence[str]
    rows: Sequence[Sequence[Any]]


@dataclass(frozen=True)
class Review:
    """An agency's business review of a month, a quarter or a fiscal year as of a day."""

    agency: Organization
    span: Period
    as_of: date
    sheets: Sequence[Sheet]

    @property
    def name(self) -> str:
        """The name of its file, without an ending."""
        return f"business-review-{self.agency.code}-{self.span.label.lower().replace(' ', '-')}"


def heading(column: str) -> str:
    """Return a column's name as people read it."""
    words = column.removesuffix("cents").replace("_", " ").strip()
    words = re.sub(r"^days (\d+) (\d+)$", r"\1 to \2 days", words)
    return "SKU" if words == "sku" else words.capitalize() or "Amount"


def review_of(scope: Scope, agency: Organization, span: Period, as_of: date) -> Review:
    """Gather the review of an agency; refused where it has no issued invoice in the span."""
    months = [span.label] if span.grain == "month" else [one.label for one in parts(span, "month")]
    seen = visible(
        Invoice.objects.filter(organization=agency, state=InvoiceState.ISSUED), scope, "organization"
    )
    invoices = list(seen.filter(period__code__in=months).select_related("period").order_by("period__code"))
    if not invoices:
        last = seen.order_by("-period__code").values_list("period__code", flat=True).first()
        raise Refused(
            f"{agency.name} has no issued invoice in {span.label}; "
            + (f"its last one is of {last}." if last else "it has none at all.")
        )
    known = invoices[-1].period.code
    year = period_of(parse_period(known).starts, "year")
    again = f"stateworks billing review-pack {agency.code} {_option(span)} --as-of {as_of} --output FILE.xlsx"
    found = budget_year(scope, agency.code, year.label, known)
    sheets = [
        _invoices(invoices, again),
        _services(scope, agency, known, again),
        _budget(found, again),
        _forecast(found, again),
        _changes(invoices, again),
        _disputes(seen, as_of, again),
        _credits(seen, span, as_of, again),
        _receivables(seen, as_of),
        *_finops(scope, agency),
        Sheet(
            "Promises", f"What plans promise about billing, as their last runs up to {as_of} found it.", again,
            promises.COLUMNS, promises.promised(agency, as_of),
        ),
    ]  # fmt: skip
    return Review(agency, span, as_of, sheets)


def _option(span: Period) -> str:
    return f"--month {span.label}" if span.grain == "month" else f'--quarter "{span.label}"'


def _invoices(invoices: Iterable[Invoice], again: str) -> Sheet:
    rows = [(one.period.code, one.number, one.due_on, one.cents) for one in invoices]
    return Sheet(
        "Invoices", "Issued invoices of the span, as they stand on their face.", again,
        ("month", "number", "due_on", "charged_cents"), rows,
    )  # fmt: skip


def _services(scope: Scope, agency: Organization, known: str, again: str) -> Sheet:
    found = usage(scope, agency.code, "", None, known)
    months = found.months[-YEAR:]
    rows = [
        (one.name, *one.cents[-YEAR:], one.year, one.year_before, _percent(one.change))
        for one in (*found.services, found.whole)
    ]
    return Sheet(
        "Spend by service",
        f"Issued invoices by the month that a charge is for, to {known}; the page /billing/usage/?agency={agency.code}.",
        again, ("line_of_service", *(f"{month} cents" for month in months), "twelve_months_cents", "twelve_months_before_cents",
                "change_percent"), rows,
    )  # fmt: skip


def _percent(part: float | None) -> float | None:
    return None if part is None else round(part * 100, 1)


def _budget(found: BudgetYear, again: str) -> Sheet:
    def row(of: str, one: Part) -> Sequence[Any]:
        end = one.end
        return (
            of, one.name or "All together", one.budget, one.charged, one.set_aside, one.left,
            *((end.cents, end.low, end.high) if end else (None, None, None)), _percent(one.over),
        )  # fmt: skip

    rows = [row("service", one) for one in found.services] + [row("account", one) for one in found.accounts]
    return Sheet(
        "Budget",
        f"Budget of {found.year.label} against issued invoices to {found.known}; the end is expected, with its interval.", again,
        ("of", "name", "budget_cents", "charged_cents", "set_aside_cents", "left_cents", "expected_end_cents",
         "expected_end_low_cents", "expected_end_high_cents", "over_budget_percent"),
        [*rows, row("whole", found.whole)],
    )  # fmt: skip


def _forecast(found: BudgetYear, again: str) -> Sheet:
    rows = [
        (one.label, one.charged, *((one.expected.cents, one.expected.low, one.expected.high) if one.expected
         else (None, None, None)), one.submitted)
        for one in found.months
    ]  # fmt: skip
    return Sheet(
        "Forecast", f"Months of {found.year.label}: charged, or expected from the months before with its interval.", again,
        ("month", "charged_cents", "expected_cents", "expected_low_cents", "expected_high_cents", "submitted_cents"), rows,
    )  # fmt: skip


def _changes(invoices: Iterable[Invoice], again: str) -> Sheet:
    """Why each invoice differs from the one before, the largest changes first."""
    rows: list[Sequence[Any]] = []
    for invoice in invoices:
        told = variance(invoice)
        if told is None:
            continue
        effects = told.effects
        rows.append((invoice.period.code, "", "All together", told.earlier.cents, told.invoice.cents, effects.cents,
                     *vars(effects).values(), ", ".join(told.sentences)))  # fmt: skip
        rows += [
            (
                invoice.period.code,
                one.account,
                one.name,
                one.before,
                one.now,
                one.effects.cents,
                *vars(one.effects).values(),
                "",
            )
            for one in told.changes[:CHANGES]
        ]
    return Sheet(
        "Changes",
        f"Each invoice against the one before, with the {CHANGES} largest changes; the page of the invoice.", again,
        ("month", "account", "sku", "before_cents", "now_cents", "difference_cents", "price_cents", "volume_cents", "new_cents",
         "ended_cents", "cost_cents", "once_cents", "why"), rows,
    )  # fmt: skip


def _disputes(seen: Any, as_of: date, again: str) -> Sheet:
    waiting = Q(resolved_on__isnull=True) | Q(resolved_on__gt=as_of)
    rows = Dispute.objects.filter(waiting, line__invoice__in=seen, filed_on__lte=as_of)
    return Sheet(
        "Open disputes", "Disputes of the agency's lines that wait for a decision; the page of the line.", again,
        ("dispute", "line", "filed_on", "answer_due_on", "disputed_cents", "reason"),
        list(rows.order_by("due_on", "code").values_list("code", "line__code", "filed_on", "due_on", "cents", "reason")),
    )  # fmt: skip


def _credits(seen: Any, span: Period, as_of: date, again: str) -> Sheet:
    rows = Credit.objects.filter(line__invoice__in=seen, given_on__range=(span.starts, span.ends))
    to_come = credits_to_come(as_of, seen)
    listed: list[Sequence[Any]] = list(
        rows.order_by("given_on", "code").values_list("code", "line__code", "given_on", "cents", "reason")
    )
    return Sheet(
        "Credits", f"Credits given in the span. The next invoices will carry {dollars(to_come)} more as of {as_of}.", again,
        ("credit", "line", "given_on", "credit_cents", "reason"), listed,
    )  # fmt: skip


def _receivables(seen: Any, as_of: date) -> Sheet:
    rows = receivables(as_of, seen)
    sums = totals(rows, as_of)
    open_ = [one for one in rows if one.open_cents]
    names = list(sums)
    return Sheet(
        "Receivables", f"What is owed as of {as_of}, by days past due, disputed parts apart.",
        f"stateworks billing receivables --as-of {as_of} --format json",
        ("invoice", "due_on", "standing", *names),
        [*((one.number, one.due_on, one.standing(as_of), *totals([one], as_of).values()) for one in open_),
         ("All together, paid ones as well", None, "", *sums.values())],
    )  # fmt: skip


def _finops(scope: Scope, agency: Organization) -> Iterable[Sheet]:
    found = cycle_of(scope, agency.code, current_version(FOCUS))
    told = [finding_told(one, found) for one in found.findings]
    command = f"stateworks billing finops --agency {agency.code} --format json"
    columns = (
        "name",
        "policy",
        "first_month",
        "month",
        "cents",
        "state",
        "reason",
        "saving_cents",
        "realised_cents",
    )
    yield Sheet(
        "FinOps findings",
        f"Findings on provider charges: {dollars(found.at_stake)} a month at stake, {dollars(found.decided)} a month decided, "
        f"{dollars(found.realised)} saved by closed months.",
        command, ("resource", *columns[1:4], "a_month_cents", *columns[5:]), [[one[name] for name in columns] for one in told],
    )  # fmt: skip
    yield Sheet(
        "FinOps savings", "Closed months after a decision against the month before it; less than nothing where it costs more.",
        command, ("resource", "policy", "held_against", "baseline_cents", "month", "charged_cents", "saved_cents"),
        [(one["name"], one["policy"], one["baseline_month"], one["baseline_cents"], each["month"], each["cents"],
          each["saved_cents"]) for one in told for each in one["months"]],
    )  # fmt: skip


def span_given(text: str, known: str) -> Period:
    """Read the month, quarter or fiscal year that a review is of; the last month that is issued where nothing is said."""
    if not text and not known:
        raise Refused("No invoice is issued yet; issue a month first.")
    return parse_period(text or known)


def last_issued(scope: Scope, agency: Organization) -> str:
    """Return the last month of which the agency has an issued invoice; empty where it has none."""
    rows = InvoiceLine.objects.filter(
        invoice__in=visible(
            Invoice.objects.filter(organization=agency, state=InvoiceState.ISSUED), scope, "organization"
        )
    )
    return last_known(rows)
