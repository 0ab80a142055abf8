"""The pages of the FinOps cycle: what policies found, what is decided about it, and what later months say was saved."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone

from stateworks.kernel.access.scope import visible
from stateworks.kernel.errors import Refused
from stateworks.kernel.lake.store import current_version
from stateworks.kernel.org.models import Organization
from stateworks.modules.billing.feeds import FOCUS
from stateworks.modules.billing.finops.saving import Cycle, Saving, findings_of, saved, savings_of
from stateworks.modules.billing.models import FinopsFinding, FinopsPolicy, FinopsState
from stateworks.modules.billing.money import cents_given
from stateworks.modules.billing.pages.seen import note_agencies, trail
from stateworks.modules.billing.verbs import finops as verbs
from stateworks.modules.billing.verbs.forecasting import last_known
from stateworks.web import asked
from stateworks.web.paging import csv_answer, paged_list, wants_csv
from stateworks.web.words import count_of

ICONS: Mapping[str, str] = {
    FinopsState.OPEN: "at_risk", FinopsState.ACCEPTED: "met", FinopsState.REJECTED: "no_data",
    FinopsState.DEFERRED: "pending", FinopsState.CLOSED: "met",
}  # fmt: skip
"""The icon of each state."""
HEADS = (
    "code", "policy", "kind", "agency", "source", "sub_account", "resource", "resource_name", "first_month", "month", "cents",
    "owner", "state", "reason", "deferred_until", "saving_cents", "baseline_month", "realised_cents",
)  # fmt: skip


@login_required
def findings(request: HttpRequest) -> HttpResponse:
    """What the policies found among the resources of agencies that one may see, with what is at stake, decided and saved."""
    errors: list[tuple[str, str]] = []
    if request.method == "POST":
        try:
            messages.success(request, _checked(request))
            return redirect("billing:finops")
        except Refused as refused:
            errors.append(("month", refused.sentence))
    note_agencies(request, "finops")
    scope, agency = asked.scope(request), request.GET.get("agency", "").replace("\0", "")
    version = current_version(FOCUS)
    every = list(findings_of(scope, agency))
    cycle = Cycle(every, asked.answers(request).of(saved, agency, version))
    state, policy = request.GET.get("state", FinopsState.OPEN), request.GET.get("policy", "")
    rows = [
        one
        for one in every
        if (one.state == state or state not in FinopsState.values) and policy in ("", one.policy.code)
    ]
    if wants_csv(request):
        return csv_answer("finops", HEADS, rows, lambda one: _cells(one, cycle))
    context: dict[str, Any] = {
        "cycle": cycle, "shown": paged_list(request, [_told(one, cycle) for one in rows]),
        "state": state, "policy": policy, "agency": agency, "states": FinopsState.choices,
        "policies": list(FinopsPolicy.objects.order_by("code")), "any": bool(every),
        "agencies": _agencies(request), "accepted": sum(bool(one.accepted_month) for one in every),
        "may_run": asked.can(request, "billing.run"), "month": request.POST.get("month") or last_known(), "errors": errors,
        "trail": trail(), "here": "FinOps",
    }  # fmt: skip
    return render(request, "billing/finops.html", context, status=400 if errors else 200)


def _checked(request: HttpRequest) -> str:
    """Run the policies over the month that is given; return what to tell."""
    who = asked.need(request, "billing.run")
    done = verbs.check(request.POST.get("month", ""), by=who, at=timezone.now())
    found, fresh = sum(one.found for one in done), sum(one.fresh + one.again for one in done)
    gone, unknown = sum(one.closed for one in done), sum(one.not_judged for one in done)
    text = f"{count_of(found, 'finding')}, {fresh} of them new or open again; {gone} closed, since not there any more."
    if unknown:
        text += f" {count_of(unknown, 'resource')} could not be judged by what the files say."
    return text


def _agencies(request: HttpRequest) -> list[tuple[str, str]]:
    """Code and name of the agencies that have findings."""
    rows = visible(Organization.objects.filter(finops_findings__isnull=False), asked.scope(request), "pk")
    return list(rows.distinct().order_by("name").values_list("code", "name"))


def _told(one: FinopsFinding, cycle: Cycle) -> dict[str, Any]:
    return {"row": one, "icon": ICONS[one.state], "saving": cycle.savings.get(one.pk)}


def _cells(one: FinopsFinding, cycle: Cycle) -> tuple[Any, ...]:
    saving = cycle.savings.get(one.pk)
    return (
        one.code, one.policy.code, one.policy.kind, one.organization.code, one.source, one.sub_account, one.resource,
        one.resource_name, one.first_month, one.month, one.cents, one.owner.code if one.owner else "", one.state, one.reason,
        one.deferred_until, one.saving_cents, one.baseline_month, saving.cents if saving else None,
    )  # fmt: skip


@login_required
def finding(request: HttpRequest, code: str) -> HttpResponse:
    """One finding: what it rests on month by month, what was decided, and the form to decide."""
    row = (
        findings_of(asked.scope(request), "")
        .select_related("account", "decided_by")
        .filter(code=code)
        .first()
    )
    if row is None:
        raise Http404(f"There is no finding {code} that you may see.")
    errors: list[tuple[str, str]] = []
    if request.method == "POST":
        try:
            done = _decided(request, row)
            messages.success(request, f"The finding is {done.get_state_display().lower()}.")
            return redirect("billing:finops_finding", code=code)
        except Refused as refused:
            errors.append(("decision", refused.sentence))
    saving = savings_of([row], current_version(FOCUS)).get(row.pk, Saving())
    context: dict[str, Any] = {
        "row": row, "icon": ICONS[row.state], "saving": saving, "months": list(reversed(saving.months)),
        "may": row.state != FinopsState.CLOSED and verbs.may_decide(row, asked.account(request)),
        "errors": errors, "given": request.POST,
        "decisions": (("accept", "Accept: it is stopped or mended"), ("reject", "Reject: it stays as it is"),
                      ("defer", "Defer until a day")),
        "trail": trail(("FinOps", reverse("billing:finops"))), "here": str(row),
    }  # fmt: skip
    return render(request, "billing/finops_finding.html", context, status=400 if errors else 200)


def _decided(request: HttpRequest, row: FinopsFinding) -> FinopsFinding:
    post = request.POST
    amount, day = post.get("saving", "").strip(), post.get("until", "").strip()
    decision = post.get("decision", "")
    try:
        until = date.fromisoformat(day) if day and decision == "defer" else None
    except ValueError:
        raise Refused(f"“{day[:40]}” is no day; write it as 2026-12-31.") from None
    return verbs.decide(
        row, decision, reason=post.get("reason", ""), until=until,
        saving_cents=cents_given(amount) if amount and decision == "accept" else None,
        by=asked.signed_in(request), at=timezone.now(),
    )  # fmt: skip
