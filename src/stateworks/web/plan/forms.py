"""What people write about a plan's nodes: milestones and check-ins."""

from __future__ import annotations

import datetime as dt

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone

from stateworks.kernel.clocks.fiscal import period_of, previous
from stateworks.kernel.errors import Refused
from stateworks.kernel.plans import verbs
from stateworks.kernel.plans.models import CheckIn, Milestone, Node
from stateworks.kernel.plans.reporting import keep_evidence
from stateworks.web import asked
from stateworks.web.indicator.found import plan_named
from stateworks.web.plan.pages import trail_to

Errors = list[tuple[str, str]]


def _day(text: str, field: str, what: str, errors: Errors) -> dt.date | None:
    """A date of a form; what is wrong with it stands at its field."""
    try:
        return dt.date.fromisoformat(text.strip())
    except ValueError:
        errors.append(
            (field, f"Write {what} as a date such as 2026-10-31." if text.strip() else f"Write {what}.")
        )
        return None


def milestone_page(request: HttpRequest, slug: str, key: str) -> HttpResponse:
    """One milestone: move its forecast, record that it is done, confirm or reopen it."""
    asked.signed_in(request)
    plan = plan_named(slug)
    row = Milestone.objects.filter(plan=plan, key=key).first()
    if row is None:
        raise Http404(f"The plan “{plan.title}” has no milestone {key}.")
    errors: Errors = []
    if request.method == "POST":
        try:
            done = _do(request, slug, row, errors)
        except Refused as refused:
            errors.append((request.POST.get("do", ""), refused.sentence))
            done = ""
        if done and not errors:
            messages.success(request, done)
            return redirect(reverse("web:milestone", args=[slug, key]))
        row.refresh_from_db()
    context = {
        "plan": plan, "row": row, "errors": errors, "given": request.POST,
        "forecasts": list(row.forecasts.select_related("made_by")[:20]),
        "can": {"milestones": asked.can(request, "milestones.report"), "confirm": asked.can(request, "milestones.confirm")},
        "back": _home_of(plan.slug, plan.current_id or 0, row.code), "today": timezone.localdate(),
        "trail": trail_to(plan), "here": row.name,
    }  # fmt: skip
    return render(request, "web/milestone.html", context, status=400 if errors else 200)


def _do(request: HttpRequest, slug: str, row: Milestone, errors: Errors) -> str:
    """Do what the pressed button says and return what to tell; nothing is told when a field is wrong."""
    what, at = request.POST.get("do", ""), timezone.now()
    if what == "confirm":
        who = asked.need(request, "milestones.confirm")
        verbs.confirm_milestone(slug, row.key, note=request.POST.get("note", ""), by=who, at=at)
        return "The milestone is confirmed."
    who = asked.need(request, "milestones.report")
    if what == "reopen":
        verbs.reopen_milestone(slug, row.key, reason=request.POST.get("reason", ""), by=who, at=at)
        return "The milestone is open again."
    if what == "forecast":
        forecast = _day(request.POST.get("forecast", ""), "forecast", "the day it is now expected", errors)
        if forecast is None:
            return ""
        verbs.move_forecast(slug, row.key, forecast=forecast, note=request.POST.get("why", ""), by=who, at=at)
        return "The forecast is moved; the earlier one stays visible."
    if what == "finish":
        done_on = _day(request.POST.get("done_on", ""), "done_on", "the day it was done", errors)
        if done_on is None:
            return ""
        upload = request.FILES.get("file")
        kept = keep_evidence(upload.name or "file", upload.read()) if upload else None
        evidence = request.POST.get("evidence", "").strip() or (kept.name if kept else "")
        verbs.finish_milestone(
            slug,
            row.key,
            done_on=done_on,
            evidence=evidence,
            evidence_sha256=kept.sha256 if kept else "",
            by=who,
            at=at,
        )
        return "The milestone is recorded as done; somebody else confirms it."
    raise Refused("Press one of the buttons.")


def _home_of(slug: str, version: int, code: str) -> str:
    """The page of the node or indicator a milestone belongs to."""
    if Node.objects.filter(version=version, code=code).exists():
        return reverse("web:node", args=[slug, code])
    return reverse("web:indicator", args=[slug, code])


def check_in_page(request: HttpRequest, slug: str, code: str) -> HttpResponse:
    """An owner's quarterly word: how sure, what happened, what blocks it."""
    who = asked.need(request, "checkins.make")
    plan = plan_named(slug)
    node = Node.objects.filter(version=plan.current_id, code=code).first()
    if node is None:
        raise Http404(f"The plan “{plan.title}” has no part {code}.")
    now = period_of(timezone.localdate(), "quarter", plan.fiscal_year_start_month)
    errors: Errors = []
    given = {name: request.POST.get(name, "") for name in ("quarter", "confidence", "note", "blocker")}
    if request.method == "POST":
        confidence = given["confidence"]
        if not confidence.isdigit():
            errors.append(("confidence", "Choose a number from 0 (will not happen) to 10 (certain)."))
        else:
            try:
                verbs.check_in(
                    slug, code, quarter=given["quarter"], confidence=int(confidence), note=given["note"],
                    blocker=given["blocker"], by=who, at=timezone.now(),
                )  # fmt: skip
            except Refused as refused:
                errors.append(
                    ("quarter" if "quarter" in refused.sentence else "confidence", refused.sentence)
                )
            else:
                messages.success(request, f"You have checked in for {given['quarter']}.")
                return redirect(reverse("web:node", args=[slug, code]))
    else:
        given["quarter"] = now.label
        before = CheckIn.objects.filter(plan=plan, code=code, quarter=now.label).first()
        if before:
            given |= {"confidence": str(before.confidence), "note": before.note, "blocker": before.blocker}
    context = {
        "plan": plan, "node": node, "given": given, "errors": errors, "quarters": [now.label, previous(now).label],
        "range": range(11), "trail": [*trail_to(plan), (f"{node.code} {node.title}", reverse("web:node", args=[slug, code]))],
        "here": "Check in",
    }  # fmt: skip
    return render(request, "web/check_in.html", context, status=400 if errors else 200)
