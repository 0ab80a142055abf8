"""The rules, what breaks them, and one finding: excuse it until a day, or have it looked at again."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Exists, OuterRef, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone

from stateworks.kernel.access.permissions import allowed
from stateworks.kernel.access.scope import Scope, visible
from stateworks.kernel.errors import Refused
from stateworks.kernel.org.models import Organization
from stateworks.modules.inventory import rules as engine
from stateworks.modules.inventory.checks import CHECKS
from stateworks.modules.inventory.models import Finding, FindingState, Rule, Severity, System
from stateworks.modules.inventory.pages.system import trail
from stateworks.modules.inventory.verbs import rules as verbs
from stateworks.web import asked
from stateworks.web.paging import csv_answer, paged, wants_csv

WALL = "system__organization"


@login_required
def rules(request: HttpRequest) -> HttpResponse:
    """Every rule with what it checks, how many break it, and when it was last run."""
    if request.method == "POST":
        return _act(request)
    counted = asked.answers(request).of(engine.by_rule, timezone.localdate())
    context = {
        "rows": [(row, CHECKS.get(row.check_name), counted.get(row.pk, {})) for row in in_order()],
        "checks": sorted(CHECKS.values(), key=lambda one: one.name), "can_change": asked.can(request, "records.change"),
        "trail": trail(("Findings", reverse("inventory:findings"))), "here": "Rules",
    }  # fmt: skip
    return render(request, "inventory/rules.html", context)


def in_order() -> list[Rule]:
    """The rules, the gravest first."""
    places = list(Severity.values)
    return sorted(Rule.objects.all(), key=lambda row: (places.index(row.severity), row.title))


def _act(request: HttpRequest) -> HttpResponse:
    """Load the bundled rules, or run all of them now."""
    who, at = asked.need(request, "records.change"), timezone.now()
    try:
        if request.POST.get("do") == "load":
            added = engine.load_bundled(by=who, at=at)
            messages.success(request, f"{added} rules were added; those that were there stay as they are.")
        else:
            done = engine.evaluate_rules(at=at, by=who)
            messages.success(
                request, f"The rules were run: {sum(one.opened for one in done):,} findings opened, "
                f"{sum(one.mended for one in done):,} mended, {sum(one.reopened for one in done):,} open again.",
            )  # fmt: skip
    except Refused as refused:
        messages.error(request, refused.sentence)
    return redirect("inventory:rules")


HEADINGS = (
    "rule",
    "severity",
    "system",
    "name",
    "agency",
    "finding",
    "state",
    "owner",
    "e-mail",
    "found",
    "due",
    "mended",
)


@login_required
def findings(request: HttpRequest) -> HttpResponse:
    """What breaks the rules, most urgent first, with filters that can be kept as an address."""
    scope, today, given = asked.scope(request), timezone.localdate(), request.GET
    everything = visible(Finding.objects.all(), scope, WALL)
    rows = _filtered(everything, given, today)
    rows = rows.select_related("rule", "system__organization", "owner").order_by("due_on", "pk")
    if wants_csv(request):
        return csv_answer("findings", HEADINGS, rows, _cells)
    answers = asked.answers(request)
    counted = answers.of(engine.by_rule, today)
    seen = sum(row["n"] for row in counted.values())
    shown = paged(request, rows, hidden=answers.of_everything(number) - seen)
    context = {
        "shown": shown, "given": given, "state": given.get("state", "open"), "today": today,
        "excused": engine.exceptions_of(row for row in shown.rows if row.state == FindingState.EXCEPTED),
        "rules": list(Rule.objects.order_by("title")), "severities": Severity.choices, "states": FindingState.choices,
        "agencies": answers.of(agencies_with_findings), "by_severity": engine.by_severity(counted),
        "trail": trail(), "here": "Findings",
    }  # fmt: skip
    return render(request, "inventory/findings.html", context)


def _filtered(rows: Any, given: Any, today: dt.date) -> Any:
    state = given.get("state", "open")
    if state == "overdue":
        rows = rows.filter(state=FindingState.OPEN, due_on__lt=today)
    elif state in FindingState.values:
        rows = rows.filter(state=state)
    for name, path in (
        ("rule", "rule__code"),
        ("severity", "rule__severity"),
        ("agency", "system__organization__code"),
    ):
        if value := given.get(name, ""):
            rows = rows.filter(**{path: value.replace("\0", "")})
    if owner := given.get("owner", "").strip().replace("\0", ""):
        nobody = Q(owner__isnull=True)
        named = Q(owner__code__iexact=owner) | Q(owner__email__iexact=owner) | Q(owner__name__icontains=owner)
        rows = rows.filter(nobody if owner == "none" else named)
    if text := given.get("q", "").strip().replace("\0", ""):
        rows = rows.filter(Q(system__code__iexact=text) | Q(system__name__icontains=text))
    return rows


def number(scope: Scope) -> int:
    """How many findings there are, whatever their state."""
    return visible(Finding.objects.all(), scope, WALL).order_by().count()


def agencies_with_findings(scope: Scope) -> list[tuple[str, str]]:
    """Code and name of the organizations whose systems have findings; asked of the few, and not of the many findings."""
    found = Finding.objects.filter(system__organization=OuterRef("pk"))
    rows = visible(Organization.objects.all(), scope, "pk").filter(Exists(found))
    return list(rows.order_by("name").values_list("code", "name")[:500])


def _cells(row: Finding) -> tuple[Any, ...]:
    return (
        row.rule.code, row.rule.severity, row.system.code, row.system.name, row.system.organization.code, row.text,
        row.state, row.owner.name if row.owner else "", row.owner.email if row.owner else "", row.found_on, row.due_on,
        row.mended_on,
    )  # fmt: skip


@login_required
def finding(request: HttpRequest, pk: int) -> HttpResponse:
    """One finding: what is wrong and why it matters, who mends it by when, and what was excused."""
    scope, today = asked.scope(request), timezone.localdate()
    rows = visible(Finding.objects.select_related("rule", "system__organization", "owner"), scope, WALL)
    found = rows.filter(pk=pk).first()
    if found is None:
        raise Http404("There is no such finding that you may see.")
    errors: list[tuple[str, str]] = []
    if request.method == "POST":
        try:
            message, level = _do(request, found, errors)
        except Refused as refused:
            errors.append((request.POST.get("do", ""), refused.sentence))
        else:
            if not errors:
                messages.add_message(request, level, message)
                return redirect("inventory:finding", pk)
    other = (
        visible(System.objects.all(), scope, "organization").filter(pk=found.other_id).first()
        if found.other_id
        else None
    )
    context = {
        "finding": found, "other": other, "exceptions": list(found.exceptions.select_related("approved_by")),
        "can_except": allowed(asked.account(request), "findings.except", found.system.organization),
        "errors": errors, "given": request.POST, "today": today, "latest": today + dt.timedelta(days=verbs.LONGEST),
        "trail": trail(("Findings", reverse("inventory:findings"))), "here": found.system.name,
    }  # fmt: skip
    return render(request, "inventory/finding.html", context, status=400 if errors else 200)


def _do(request: HttpRequest, found: Finding, errors: list[tuple[str, str]]) -> tuple[str, int]:
    """Do what the pressed button says; return what to tell, and how loudly."""
    who, at, given = asked.signed_in(request), timezone.now(), request.POST
    what = given.get("do", "")
    if what == "again":
        if verbs.check_again(found.pk, by=who, at=at):
            return "It is mended; the finding is closed.", messages.SUCCESS
        return "The rule is still broken; nothing has changed.", messages.WARNING
    if what == "except":
        try:
            until = dt.date.fromisoformat(given.get("expires_on", ""))
        except ValueError:
            errors.append(("expires_on", "Write the last day of the exception as a date such as 2026-10-31."))
            return "", messages.ERROR
        verbs.except_finding(found.pk, reason=given.get("reason", ""), expires_on=until, by=who, at=at)
        return f"It is excused until {until}; then it is open again.", messages.SUCCESS
    if what == "end":
        verbs.end_exception(found.pk, reason=given.get("why", ""), by=who, at=at)
        return "The exception is over; the finding is open again.", messages.SUCCESS
    raise Refused("Press one of the buttons.")
