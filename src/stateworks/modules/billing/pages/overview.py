"""Billing's front page, and the page of a month: how far it is, what does not add up, and the next step."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Count, Q, Sum
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from stateworks.kernel.access.permissions import RIGHTS
from stateworks.kernel.access.scope import SYSTEM, entered, visible
from stateworks.kernel.errors import Refused
from stateworks.modules.billing.models import (
    AnomalyFinding,
    BillingPeriod,
    BillingRun,
    Dispute,
    DisputeState,
    RateCard,
    RunState,
)
from stateworks.modules.billing.pages.seen import invoices_seen, trail
from stateworks.modules.billing.verbs import drafting, issuing, periods
from stateworks.web import asked
from stateworks.web.words import count_of

MONTHS = 24
LAST_MONTH = "-06"
"""The last month of a fiscal year."""
WAYS = (
    ("billing.account", "Accounts"), ("billing.sku", "SKUs"), ("billing.rate_card", "Rate cards"), ("billing.rate", "Rates"),
    ("billing.rate_tier", "Tiers of rates"), ("billing.rate_build", "Rate builds"),
    ("billing.cost_pool", "Cost pools"), ("billing.driver_value", "Drivers"), ("billing.usage", "Usage"),
    ("billing.focus_charge", "Charges of providers"), ("billing.gl_transaction", "Ledger lines"),
)  # fmt: skip
"""Where the parts of billing are listed."""


@login_required
def overview(request: HttpRequest) -> HttpResponse:
    """The months one may see, newest first, with what is open."""
    rows = (
        invoices_seen(request).order_by().values("period__code", "period__state")
        .annotate(n=Count("pk"), cents=Sum("cents"), reviewed=Count("pk", filter=Q(reviewed_at__isnull=False)),
                  issued=Count("pk", filter=Q(state="issued")))
        .order_by("-period__code")[:MONTHS]
    )  # fmt: skip
    scope = asked.scope(request)
    statewide = bool(asked.roles(request))
    findings = visible(
        AnomalyFinding.objects.filter(resolved_at__isnull=True), scope, "invoice__organization"
    )
    periods_seen = list(BillingPeriod.objects.order_by("-code")[:MONTHS]) if statewide else []
    disputes = visible(Dispute.objects.filter(state=DisputeState.OPEN), scope, "line__invoice__organization")
    context = {
        "months": list(rows), "statewide": statewide, "ways": WAYS, "today": timezone.localdate(), "trail": [],
        "disputes": list(disputes.select_related("line__invoice__organization").order_by("due_on")[:20]),
        "findings": findings.aggregate(n=Count("pk"), cents=Sum("cents")) if statewide else None,
        "cards": list(RateCard.objects.order_by("-fiscal_year", "code")[:5]) if statewide else [],
        "periods": periods_seen, "here": "Billing",
        "federal_years": [
            int(one.code[:4]) for one in periods_seen if one.code.endswith(LAST_MONTH) and one.state == "closed"
        ],
    }  # fmt: skip
    return render(request, "billing/overview.html", context)


@login_required
def period(request: HttpRequest, code: str) -> HttpResponse:
    """A month: its run, what its stages add up to, what could not be charged, and the button for the next step."""
    who = asked.signed_in(request)
    found = BillingPeriod.objects.filter(code=code).first()
    if found is None or not asked.roles(request):
        raise Http404(f"There is no billing period {code} that you may see.")
    errors: list[tuple[str, str]] = []
    if request.method == "POST":
        try:
            messages.success(request, _do(request, code))
            return redirect("billing:period", code=code)
        except Refused as refused:
            errors.append(("reopen" if request.POST.get("do") == "reopen" else "", refused.sentence))
            errors += [("", one) for one in refused.details[:20]]
    with entered(SYSTEM):
        run = found.runs.exclude(state=RunState.REPLACED).first()
        context = {
            "period": found,
            "run": run,
            "errors": errors,
            "trail": trail(),
            "here": found.code,
            **_told(run),
        }
    context |= {
        "next": _next(found.state, run), "may": {
            right.partition(".")[2]: any(role in asked.roles(request) for role in RIGHTS[right].roles)
            for right in ("billing.run", "billing.review", "billing.approve")
        }, "own": run is not None and run.made_by_id == who.pk,
    }  # fmt: skip
    return render(request, "billing/period.html", context, status=400 if errors else 200)


def _do(request: HttpRequest, code: str) -> str:
    """Do what the pressed button says; return what to tell."""
    who, at, what = asked.signed_in(request), timezone.now(), request.POST.get("do", "")
    if what == "draft":
        run = drafting.draft(code, by=who, at=at)
        return f"The draft has {count_of(run.invoices.count(), 'invoice')}."
    if what == "review":
        n = issuing.review_rest(code, by=who, at=at)
        return f"{count_of(n, 'invoice is', 'invoices are')} reviewed."
    if what == "approve":
        issuing.approve(code, by=who, at=at)
        return "The invoices are approved."
    if what == "issue":
        issuing.issue(code, by=who, at=at)
        return "The invoices are issued. Nobody can change them any more."
    if what == "close":
        periods.close_period(code, by=who, at=at)
        return f"{code} is closed."
    if what == "reopen":
        periods.reopen_period(code, reason=request.POST.get("reason", ""), by=who, at=at)
        return f"{code} is open again."
    raise Refused("Press one of the buttons.")


def _told(run: BillingRun | None) -> dict[str, Any]:
    """What the page shows of a run."""
    if run is None:
        return {}
    counts = run.invoices.aggregate(n=Count("pk"), waiting=Count("pk", filter=Q(reviewed_at__isnull=True)))
    open_ = AnomalyFinding.objects.filter(invoice__run=run, resolved_at__isnull=True).select_related(
        "invoice"
    )
    names = {
        "usage_rows": "Usage, rows", "ledger_cents": "Ledger", "passed_on_cents": "Providers", "charged_cents": "Charged",
    }  # fmt: skip
    return {
        **counts, "findings": list(open_.order_by("-cents")[:50]), "worklist": run.worklist[:200],
        "worklist_n": len(run.worklist),
        "checks": [(names[name], name.endswith("cents"), run.checks[name]) for name in names if name in run.checks],
    }  # fmt: skip


def _next(state: str, run: BillingRun | None) -> str:
    """The step that comes next."""
    if state == "closed":
        return "reopen"
    if run is None:
        return "draft"
    if run.state == RunState.DRAFT:
        return "review"
    return {RunState.APPROVED: "issue", RunState.ISSUED: "close"}[RunState(run.state)]
