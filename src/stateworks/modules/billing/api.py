"""Billing's part of the API: months and their steps, invoices with their reasons and documents, lines with their proof."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from django.core.exceptions import PermissionDenied
from django.db.models import Count, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from ninja import Path, Query, Router, Schema

from stateworks.kernel.access.scope import SYSTEM, entered
from stateworks.kernel.errors import Refused
from stateworks.modules.billing import proof, readd
from stateworks.modules.billing.documents import FORMS, document
from stateworks.modules.billing.models import BillingPeriod, BillingRun, Invoice, InvoiceLine, RunState
from stateworks.modules.billing.pages.seen import invoices_seen
from stateworks.modules.billing.telling import run_told
from stateworks.modules.billing.variance import variance
from stateworks.modules.billing.verbs import disputes, drafting, issuing, periods
from stateworks.web import asked
from stateworks.web.api.answers import ErrorOut
from stateworks.web.api.tokens import SIGNED_IN

router = Router(tags=["billing"], auth=SIGNED_IN)
MONTHS = 120
ERRORS = {400: ErrorOut, 401: ErrorOut, 403: ErrorOut, 404: ErrorOut, 422: ErrorOut}
Code = Annotated[str, Path(max_length=140)]
Step = Literal["open", "draft", "review", "approve", "issue", "close", "reopen"]


class MonthListed(Schema):
    """A month of billing and how far its run is; what a month without a run has none of is empty."""

    period: str
    month_state: str
    state: str | None = None
    run: int | None = None
    invoices: int = 0
    cents: int = 0
    unreviewed: int = 0
    worklist: int = 0


class MonthOut(MonthListed):
    """A month with its run's inputs, the months it charges for, and the sums of each stage in and out."""

    inputs: str | None = None
    months: list[str] = []
    lines: int = 0
    findings: int = 0
    checks: dict[str, Any] = {}


class InvoiceOut(Schema):
    """An invoice, as its agency holds it once it is issued."""

    code: str
    number: str
    period: str
    agency: str
    state: str
    cents: int
    issued_at: datetime | None
    due_on: Any


class ReasonIn(Schema):
    """Why; it takes one to open a closed month again."""

    reason: str = ""


class DisputeIn(Schema):
    """What is wrong with a line, and how many of its cents are disputed."""

    cents: int
    reason: str


class DisputeOut(Schema):
    """A dispute that was filed, and the day by which it is answered."""

    dispute: str
    line: str
    cents: int
    due_on: Any


@router.get("months", response={200: list[MonthListed], **ERRORS})
def months(request: HttpRequest) -> list[dict[str, Any]]:
    """List the months of billing, newest first, with their runs."""
    _statewide(request)
    rows = BillingPeriod.objects.order_by("-code")[:MONTHS]
    runs = {
        run.period_id: run
        for run in BillingRun.objects.filter(period__in=[one.pk for one in rows]).exclude(state=RunState.REPLACED)
        .select_related("period")
        .annotate(
            n_invoices=Count("invoices", distinct=True),
            n_waiting=Count("invoices", distinct=True, filter=Q(invoices__reviewed_at__isnull=True)),
        )
    }  # fmt: skip
    return [
        {"period": one.code, "month_state": one.state} | (
            {"state": run.state, "run": run.pk, "cents": run.cents, "invoices": run.n_invoices, "unreviewed": run.n_waiting,
             "worklist": len(run.worklist)}
            if (run := runs.get(one.pk)) else {}
        )
        for one in rows
    ]  # fmt: skip


@router.get("months/{code}", response={200: MonthOut, **ERRORS})
def month(request: HttpRequest, code: Code) -> dict[str, Any]:
    """Show a month with what its run adds up to."""
    _statewide(request)
    return _month(code)


@router.get("months/{code}/worklist", response={200: list[dict[str, Any]], **ERRORS})
def worklist(request: HttpRequest, code: Code) -> list[dict[str, Any]]:
    """List what a month's run could not charge, and why."""
    _statewide(request)
    run = _run(_period(code))
    return [] if run is None else list(run.worklist)


@router.post("months/{code}/{step}", response={200: MonthOut, **ERRORS})
def do_step(request: HttpRequest, code: Code, step: Step, given: ReasonIn | None = None) -> dict[str, Any]:
    """Take a step of a month: each is safe to repeat, and needs the right that its button on the page needs.

    `review` is for invoices without an open finding.
    """
    who, at = asked.signed_in(request), timezone.now()
    if step == "open":
        periods.open_period(code, by=who, at=at)
    elif step == "draft":
        drafting.draft(code, by=who, at=at)
    elif step == "review":
        issuing.review_rest(code, by=who, at=at)
    elif step == "approve":
        issuing.approve(code, by=who, at=at)
    elif step == "issue":
        issuing.issue(code, by=who, at=at)
    elif step == "close":
        periods.close_period(code, by=who, at=at)
    else:
        periods.reopen_period(code, reason=given.reason if given else "", by=who, at=at)
    return _month(code)


@router.get("invoices", response={200: list[InvoiceOut], **ERRORS})
def invoices(
    request: HttpRequest,
    period: Annotated[str, Query(max_length=7)] = "",
    agency: Annotated[str, Query(max_length=60)] = "",
    limit: Annotated[int, Query(ge=1, le=5000)] = 200,
) -> list[dict[str, Any]]:
    """List invoices, newest first: whoever works for one agency sees what was issued to it."""
    rows = invoices_seen(request).select_related("organization", "period").order_by("-period__code", "code")
    rows = rows.filter(period__code=period) if period else rows
    rows = rows.filter(organization__code=agency) if agency else rows
    return [
        {
            "code": one.code, "number": one.number, "period": one.period.code, "agency": one.organization.code,
            "state": one.state, "cents": one.cents, "issued_at": one.issued_at, "due_on": one.due_on,
        }
        for one in rows[:limit]
    ]  # fmt: skip


@router.get("invoices/{code}/lines", response={200: list[dict[str, Any]], **ERRORS})
def lines(request: HttpRequest, code: Code) -> list[dict[str, Any]]:
    """List the lines of an invoice, in its order."""
    rows = _invoice(request, code).lines.select_related("account", "sku__line_of_service").order_by("pk")
    return [
        {
            "line": one.code, "account": one.account.code, "sku": one.sku.code, "service": one.sku.line_of_service.name,
            "kind": one.kind, "origin": one.origin, "source": one.source, "quantity": str(one.quantity.normalize()),
            "price": None if one.price is None else str(one.price.normalize()), "cents": one.cents, "rows": one.rows,
        }
        for one in rows
    ]  # fmt: skip


@router.get("invoices/{code}/explanation", response={200: dict[str, Any], **ERRORS})
def explanation(request: HttpRequest, code: Code) -> dict[str, Any]:
    """Say why an invoice differs from the one before it; the effects add up to the difference."""
    told = variance(_invoice(request, code))
    if told is None:
        raise Refused(f"No invoice was issued before {code}, so there is nothing to compare with.")
    return told.as_json()


@router.get("invoices/{code}/documents/{form}", response=ERRORS)
def invoice_document(request: HttpRequest, code: Code, form: Literal["pdf", "ubl", "focus"]) -> HttpResponse:
    """Give an issued invoice as PDF, UBL or FOCUS; again it is the same bytes."""
    name, content = document(_invoice(request, code), form)
    answer = HttpResponse(content, content_type=FORMS[form].content_type)
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


@router.get("lines/{code}/proof", response={200: dict[str, Any], **ERRORS})
def line_proof(
    request: HttpRequest, code: Code, rows: Annotated[int, Query(ge=0, le=100_000)] = 1000
) -> dict[str, Any]:
    """Derive a line from its source rows; `readd_cents` is what the independent script makes of the same derivation."""
    row = _line(request, code)
    with entered(SYSTEM):
        told = proof.derivation(row, rows=rows)
    return {**told, "readd_cents": readd.readd(told)}


@router.post("lines/{code}/disputes", response={200: DisputeOut, **ERRORS})
def dispute(request: HttpRequest, code: Code, given: DisputeIn) -> dict[str, Any]:
    """File a dispute over a line of an issued invoice."""
    made = disputes.file_dispute(
        _line(request, code), cents=given.cents, reason=given.reason, by=asked.signed_in(request), at=timezone.now()
    )  # fmt: skip
    return {"dispute": made.code, "line": code, "cents": made.cents, "due_on": made.due_on}


@router.get("cards/{code}/rehearsal", response={200: dict[str, Any], **ERRORS})
def rehearsal(
    request: HttpRequest, code: Code, months: Annotated[int, Query(ge=1, le=60)] = 12
) -> dict[str, Any]:
    """Try a rate card on the last closed months: what each agency would have paid instead."""
    from stateworks.modules.billing.rehearsal import rehearse

    _statewide(request)
    with entered(SYSTEM):
        return rehearse(code, months=months).as_json()


@router.get("federal/{year}", response={200: dict[str, Any], **ERRORS})
def federal(request: HttpRequest, year: Annotated[int, Path(ge=2000, le=2200)]) -> dict[str, Any]:
    """Reconcile each billed service of a closed fiscal year, named by the year in which it ends."""
    from stateworks.modules.billing.federal import package_of
    from stateworks.modules.billing.federal.reading import facts_of

    _statewide(request)
    with entered(SYSTEM):
        return package_of(facts_of(year)).as_json()


def _statewide(request: HttpRequest) -> None:
    """Refuse whoever has no role in the whole state: months are of all agencies together."""
    if not asked.roles(request):
        raise PermissionDenied("Months of billing are shown to those who work for the whole state.")


def _period(code: str) -> BillingPeriod:
    found = BillingPeriod.objects.filter(code=code).first()
    if found is None:
        raise Http404(f"There is no billing period {code}.")
    return found


def _run(period: BillingPeriod) -> BillingRun | None:
    return period.runs.exclude(state=RunState.REPLACED).select_related("period").first()


def _month(code: str) -> dict[str, Any]:
    period = _period(code)
    run = _run(period)
    return {"period": code, "month_state": period.state, **(run_told(run) if run else {})}


def _invoice(request: HttpRequest, code: str) -> Invoice:
    found = invoices_seen(request).select_related("organization", "period", "run").filter(code=code).first()
    if found is None:
        raise Http404(f"There is no invoice {code} that you may see.")
    return found


def _line(request: HttpRequest, code: str) -> InvoiceLine:
    found = (
        InvoiceLine.objects.filter(code=code, invoice__in=invoices_seen(request))
        .select_related("invoice__organization", "invoice__period", "invoice__run__period", "account", "sku")
        .first()
    )
    if found is None:
        raise Http404(f"There is no line {code} that you may see.")
    return found
