"""What billing asks of people by a day: findings to resolve, invoices to review, disputes to answer, forecasts, savings."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

from django.db.models import Count, Max, Min, Q, Sum
from django.urls import reverse

from stateworks.kernel.access.models import Grant
from stateworks.kernel.access.permissions import RIGHTS
from stateworks.kernel.clocks.fiscal import following, parse_period, period_of
from stateworks.kernel.obligations import Obligation, register
from stateworks.kernel.org.models import Person
from stateworks.modules.billing.centers import due_on, used_in
from stateworks.modules.billing.models import (
    AnomalyFinding,
    BillingRun,
    CostCenter,
    Dispute,
    DisputeState,
    FinopsFinding,
    FinopsState,
    RunState,
)
from stateworks.modules.billing.money import dollars

KINDS = {
    "billing-finding": "Resolve findings", "billing-review": "Review invoices", "billing-approve": "Approve invoices",
    "billing-dispute": "Answer disputes", "billing-center": "Submit forecasts of cost centers",
    "billing-saving": "Decide about cloud cost",
}  # fmt: skip


def owed(as_of: date, owner: str | None) -> Iterator[Obligation]:
    """Return what each person who may do it owes; several may do the same, and it is done when one has."""
    yield from _centers(as_of, owner)
    yield from _savings(as_of, owner)
    may = _people(as_of, owner)
    if not may:
        return
    for right, one in (*_findings(), *_runs(as_of), *_disputes()):
        for address in may[right]:
            yield replace(one, owner=address)


def _people(as_of: date, owner: str | None) -> dict[str, list[str]]:
    """Return the addresses of those who have each right in the whole state; an empty owner asks for what is nobody's."""
    if owner == "":
        return {}
    rows = Grant.objects.filter(
        Q(until__isnull=True) | Q(until__gte=as_of), organization__parent__isnull=True, since__lte=as_of, account__is_active=True,
    )  # fmt: skip
    if owner is not None:
        rows = rows.filter(account__email__iexact=owner)
    held = set(rows.values_list("role", "account__email"))
    return {
        right: sorted({address for role, address in held if role in RIGHTS[f"billing.{right}"].roles})
        for right in ("review", "approve", "decide")
        if held
    }


def _findings() -> Iterator[tuple[str, Obligation]]:
    months = (
        AnomalyFinding.objects.filter(resolved_at__isnull=True)
        .values("invoice__period__code")
        .annotate(n=Count("pk"), cents=Sum("cents"), due=Min("due_on"))
        .order_by("invoice__period__code")
    )
    for one in months:
        code = one["invoice__period__code"]
        things = "1 finding" if one["n"] == 1 else f"{one['n']} findings"
        what = f"Resolve {things} on invoices of {code}, with {dollars(one['cents'])} at risk."
        yield "review", _of_month("billing-finding", code, one["due"], what)


def _runs(as_of: date) -> Iterator[tuple[str, Obligation]]:
    """The next step of each month is due with the first of its findings; where there are none, the day one looks."""
    runs = (
        BillingRun.objects.filter(state__in=[RunState.DRAFT, RunState.APPROVED])
        .annotate(
            waiting=Count("invoices", filter=Q(invoices__reviewed_at__isnull=True), distinct=True),
            due=Min("invoices__findings__due_on"),
        )
        .select_related("period").order_by("period__code")
    )  # fmt: skip
    for run in runs:
        code, due = run.period.code, run.due or as_of
        if run.state == RunState.APPROVED:
            yield "approve", _of_month("billing-approve", code, due, f"Issue the invoices of {code}.")
        elif run.waiting:
            invoices = "1 invoice" if run.waiting == 1 else f"{run.waiting} invoices"
            yield "review", _of_month("billing-review", code, due, f"Review {invoices} of {code}.")
        else:
            yield "approve", _of_month("billing-approve", code, due, f"Approve the invoices of {code}.")


def _disputes() -> Iterator[tuple[str, Obligation]]:
    for one in Dispute.objects.filter(state=DisputeState.OPEN).select_related("line__invoice__organization"):
        line, agency = one.line.code, one.line.invoice.organization.name
        yield "decide", Obligation(
            "billing-dispute", "", line, "Dispute", "", one.due_on, f"Answer {agency} about line {line}.",
            url=reverse("billing:line", args=[line]),
        )  # fmt: skip


def _centers(as_of: date, owner: str | None) -> Iterator[Obligation]:
    """The forecast of the running month is owed by each cost center's owner, or is nobody's."""
    month = period_of(as_of, "month")
    rows = used_in(CostCenter.objects.exclude(forecasts__made_in=month.label), month).select_related(
        "owner__account"
    )
    for one in rows.order_by("code"):
        address = _address(one.owner, as_of)
        if owner is None or address.lower() == owner.lower():
            what = f"Submit what {one} is expected to spend."
            yield Obligation("billing-center", address, one.code, str(one), "", due_on(month.label), what, period=month.label,
                             url=reverse("billing:center", args=[one.code]))  # fmt: skip


def _savings(as_of: date, owner: str | None) -> Iterator[Obligation]:
    """What the policies found in a month is decided in the next, by whom a finding names."""
    rows = (
        FinopsFinding.objects.filter(state=FinopsState.OPEN)
        .values("owner")
        .annotate(n=Count("pk"), cents=Sum("cents"), first=Min("first_month"), last=Max("month"))
        .order_by("owner")
    )
    people = Person.objects.select_related("account").in_bulk([one["owner"] for one in rows if one["owner"]])
    for one in rows:
        address = _address(people.get(one["owner"]), as_of)
        if owner is None or address.lower() == owner.lower():
            things = "1 finding" if one["n"] == 1 else f"{one['n']} findings"
            what = f"Decide about {things} of cloud cost, {dollars(one['cents'])} a month, the oldest of {one['first']}."
            yield Obligation("billing-saving", address, str(one["owner"] or ""), "Cloud cost", "",
                             following(parse_period(one["last"])).ends, what, url=reverse("billing:finops"))  # fmt: skip


def _address(person: Person | None, as_of: date) -> str:
    """Return the address of somebody who is still there; empty where nobody is."""
    if person is None or (person.left_on is not None and person.left_on <= as_of):
        return ""
    account = getattr(person, "account", None)
    return account.email if account is not None else person.email


def _of_month(kind: str, code: str, due: date, what: str) -> Obligation:
    url = reverse("billing:period", args=[code])
    return Obligation(kind, "", code, f"Billing of {code}", "", due, what, url=url)


register(KINDS, owed)
