"""The pages of invoices: the list, one invoice with its lines, and one line with its proof."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.postgres.aggregates import ArrayAgg, JSONBAgg
from django.db.models import JSONField, Value
from django.db.models.functions import JSONObject
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone

from stateworks.kernel.access.permissions import allowed
from stateworks.kernel.access.scope import SYSTEM, entered
from stateworks.kernel.errors import Refused
from stateworks.modules.billing import proof, readd
from stateworks.modules.billing.documents import FORMS, document
from stateworks.modules.billing.models import Invoice, InvoiceLine, InvoiceReview, InvoiceState
from stateworks.modules.billing.money import cents_given
from stateworks.modules.billing.pages.seen import invoices_seen, note_visit, owners, trail
from stateworks.modules.billing.receivables import STANDINGS, receivables
from stateworks.modules.billing.telling import sentences
from stateworks.modules.billing.variance import variance
from stateworks.modules.billing.verbs import disputes, issuing
from stateworks.web import asked
from stateworks.web.paging import csv_answer, paged, wants_csv

SHOWN_ROWS = 50
"""Source rows that the page of a line lists; the file has more."""
SHOWN_CHANGES = 12
"""Changes since the month before that the page of an invoice lists; `stateworks billing explain` lists all."""
Errors = list[tuple[str, str]]


@login_required
def invoices(request: HttpRequest) -> HttpResponse:
    """Invoices, newest first, by month, agency and state."""
    rows = invoices_seen(request).select_related("organization", "period").order_by("-period__code", "code")
    given = {name: request.GET.get(name, "") for name in ("period", "agency", "state")}
    if given["period"]:
        rows = rows.filter(period__code=given["period"])
    if given["agency"]:
        rows = rows.filter(organization__code=given["agency"])
    if given["state"]:
        rows = rows.filter(state=given["state"])
    if wants_csv(request):
        heads = ("code", "number", "period", "agency", "name", "state", "cents", "issued_at", "due_on")
        return csv_answer("invoices", heads, rows, _invoice_cells)
    offered = invoices_seen(request).order_by().aggregate(
        periods=ArrayAgg("period__code", distinct=True, default=[]),
        agencies=JSONBAgg(
            JSONObject(name="organization__name", code="organization__code"), distinct=True, default=Value([], JSONField())
        ),
    )  # fmt: skip
    shown = paged(request, rows)
    context = {
        "shown": shown, "standings": _standings(shown.rows), "given": given, "states": Invoice._meta.get_field("state").choices,
        "periods": sorted(offered["periods"], reverse=True)[:60],
        "agencies": sorted(((one["code"], one["name"]) for one in offered["agencies"]), key=lambda pair: pair[1]),
        "trail": trail(), "here": "Invoices",
    }  # fmt: skip
    return render(request, "billing/invoices.html", context)


def _standings(rows: list[Invoice]) -> dict[str, tuple[str, str]]:
    """How the issued of some invoices stand today: icon and words by code."""
    issued = [one.pk for one in rows if one.state == InvoiceState.ISSUED]
    today = timezone.localdate()
    found = receivables(today, Invoice.objects.filter(pk__in=issued)) if issued else []
    return {one.code: STANDINGS[one.standing(today)] for one in found}


def _invoice_cells(row: Invoice) -> tuple[Any, ...]:
    return (
        row.code, row.number, row.period.code, row.organization.code, row.organization.name, row.state, row.cents,
        row.issued_at.isoformat() if row.issued_at else "", row.due_on or "",
    )  # fmt: skip


@login_required
def invoice(request: HttpRequest, code: str) -> HttpResponse:
    """One invoice: what it comes to by service, its lines, and before it is issued what the detectors found."""
    row = invoices_seen(request).select_related("organization", "period", "run").filter(code=code).first()
    if row is None:
        raise Http404(f"There is no invoice {code} that you may see.")
    note_visit(request, row.organization, "invoice")
    lines = row.lines.select_related("account", "sku__line_of_service").order_by("pk")
    if wants_csv(request):
        heads = (
            "line", "account", "sku", "service", "kind", "origin", "source", "quantity", "unit", "price", "cents",
        )  # fmt: skip
        return csv_answer(row.code, heads, lines, _line_cells)
    form = request.GET.get("format", "")
    if form in FORMS and row.state == InvoiceState.ISSUED:
        name, content = document(row, form)
        answer = HttpResponse(content, content_type=FORMS[form].content_type)
        answer["Content-Disposition"] = f'attachment; filename="{name}"'
        return answer
    errors: Errors = []
    if request.method == "POST":
        try:
            messages.success(request, _reviewed(request, row))
            return redirect("billing:invoice", code=code)
        except Refused as refused:
            errors.append(("", refused.sentence))
    found = list(lines)
    services: dict[str, int] = {}
    for one in found:
        name = one.sku.line_of_service.name
        services[name] = services.get(name, 0) + one.cents
    whom = owners({one.sku.line_of_service_id for one in found})
    today = timezone.localdate()
    owed = receivables(today, Invoice.objects.filter(pk=row.pk)) if row.state == InvoiceState.ISSUED else []
    review = InvoiceReview.objects.select_related("reviewed_by").filter(invoice=row).first()
    changed = variance(row)
    context = {
        "row": row, "lines": found, "changed": changed, "changes": changed.changes[:SHOWN_CHANGES] if changed else [],
        "services": [(name, whom.get(name), cents)
                     for name, cents in sorted(services.items(), key=lambda pair: (-pair[1], pair[0]))], "owned": bool(whom),
        "findings": list(row.findings.order_by("resolved_at", "-cents")) if asked.roles(request) else [],
        "review": review, "errors": errors, "today": today, "owed": owed[0] if owed else None,
        "stands": STANDINGS[owed[0].standing(today)] if owed else None,
        "payments": list(row.payments.order_by("received_on", "code")) if owed and owed[0].paid_cents else [],
        "may_review": asked.can(request, "billing.review") and row.state == "draft" and row.run_id is not None,
        "trail": trail(("Invoices", reverse("billing:invoices"))), "here": str(row),
    }  # fmt: skip
    return render(request, "billing/invoice.html", context, status=400 if errors else 200)


def _reviewed(request: HttpRequest, row: Invoice) -> str:
    who, at = asked.signed_in(request), timezone.now()
    what = request.POST.get("do", "")
    if what == "review":
        issuing.review([row.code], note=request.POST.get("note", ""), by=who, at=at)
        return f"{row.code} is reviewed."
    if what.startswith("resolve:"):
        issuing.resolve(what.partition(":")[2], request.POST.get("resolution", ""), by=who, at=at)
        return "The finding is resolved."
    raise Refused("Press one of the buttons.")


def _line_cells(row: InvoiceLine) -> tuple[Any, ...]:
    return (
        row.code, row.account.code, row.sku.code, row.sku.line_of_service.name, row.kind, row.origin, row.source,
        row.quantity.normalize(), row.sku.unit, "" if row.price is None else row.price.normalize(), row.cents,
    )  # fmt: skip


@login_required
def line(request: HttpRequest, code: str) -> HttpResponse:
    """One line with its proof: what it rests on, step by step; and where an agency says that it is wrong."""
    seen = invoices_seen(request)
    row = (
        InvoiceLine.objects.filter(code=code, invoice__in=seen)
        .select_related("invoice__organization", "invoice__period", "invoice__run__period", "account", "sku")
        .first()
    )
    if row is None:
        raise Http404(f"There is no line {code} that you may see.")
    who = asked.signed_in(request)
    note_visit(request, row.invoice.organization, "line")
    errors: Errors = []
    if request.method == "POST":
        try:
            messages.success(request, _objected(request, row))
            return redirect("billing:line", code=code)
        except Refused as refused:
            errors.append(("dispute" if request.POST.get("do") == "dispute" else "", refused.sentence))
    told, unknown = None, ""
    try:
        with entered(SYSTEM):
            told = proof.derivation(row, rows=20_000 if wants_csv(request) else SHOWN_ROWS)
    except Refused as refused:
        unknown = refused.sentence
    rows = told.get("rows", []) if told else []
    heads = list(rows[0]) if rows else []
    if wants_csv(request):
        return csv_answer(row.code, heads, rows, lambda one: [one[name] for name in heads])
    context = {
        "row": row, "told": told, "unknown": unknown, "heads": heads, "cells": [list(one.values()) for one in rows],
        "steps": list(sentences(told, rows=0)) if told else [], "agrees": told is not None and readd.readd(told) == row.cents,
        "disputes": list(row.disputes.order_by("-filed_on")), "credits": list(row.credits.order_by("-given_on")),
        "errors": errors, "given": request.POST,
        "may_dispute": row.invoice.state == "issued" and allowed(who, "billing.dispute", row.invoice.organization),
        "may_decide": asked.can(request, "billing.decide"),
        "trail": trail(("Invoices", reverse("billing:invoices")),
                       (str(row.invoice), reverse("billing:invoice", args=[row.invoice.code]))), "here": row.code,
    }  # fmt: skip
    return render(request, "billing/line.html", context, status=400 if errors else 200)


def _objected(request: HttpRequest, row: InvoiceLine) -> str:
    who, at, post = asked.signed_in(request), timezone.now(), request.POST
    what, _, code = post.get("do", "").partition(":")
    if what == "dispute":
        made = disputes.file_dispute(
            row, cents=cents_given(post.get("amount", "")), reason=post.get("reason", ""), by=who, at=at
        )
        return f"The dispute is filed; it will be answered by {made.due_on}."
    if what in ("uphold", "deny"):
        disputes.decide(code, uphold=what == "uphold", resolution=post.get("resolution", ""), by=who, at=at)
        return "The dispute is decided."
    if what == "withdraw":
        disputes.withdraw(code, by=who, at=at)
        return "The dispute is withdrawn."
    raise Refused("Press one of the buttons.")
