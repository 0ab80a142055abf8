"""What people write about an indicator: a reported value, a table of them, a note on a missed goal, a signature."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from stateworks.kernel.clocks.fiscal import period_of, periods_between
from stateworks.kernel.errors import Refused
from stateworks.kernel.indicators import signing
from stateworks.kernel.indicators.models import Run, SignOff
from stateworks.kernel.plans.models import Node, ReportedValue
from stateworks.kernel.plans.reported_table import figure as figure_in
from stateworks.kernel.plans.reported_table import preview_file, preview_pasted, save_preview
from stateworks.kernel.plans.reporting import keep_evidence, report_value
from stateworks.kernel.plans.verbs import write_variance_note
from stateworks.web import asked
from stateworks.web.indicator.found import Found, find, plan_named

Errors = list[tuple[str, str]]
#: A table of a few thousand values is far smaller than this.
LARGEST_TABLE_FILE = 20 * 1024 * 1024


def periods_offered(found: Found) -> list[tuple[str, list[str]]]:
    """Periods a value can be reported for, newest first, by grain: back to the plan's start and a year before it."""
    today = timezone.localdate()
    start = found.plan.fiscal_year_start_month
    first = min(found.plan.starts, today).replace(day=1)
    first = first.replace(year=first.year - 1)
    return [
        (label, [period.label for period in periods_between(first, today, grain, start)][::-1])  # type: ignore[arg-type]
        for grain, label in (("quarter", "Quarters"), ("month", "Months"), ("year", "Fiscal years"))
    ]


def _number(text: str, field: str, errors: Errors) -> int | None:
    """A count as people type it: empty is none, thousands separators are fine."""
    bare = text.strip().replace(",", "")
    if not bare:
        return None
    if not bare.isdigit():
        errors.append((field, f"“{text.strip()}” is not a whole number; write digits such as 23410."))
        return None
    return int(bare)


def report_value_page(request: HttpRequest, slug: str, code: str) -> HttpResponse:
    """Type one value; what was typed stays on the page when something is wrong."""
    who = asked.need(request, "values.report")
    found = find(request, slug, code)
    errors: Errors = []
    given = {name: request.POST.get(name, "") for name in ("period", "value", "numerator", "n", "note")}
    if request.method == "POST":
        numerator, n = _number(given["numerator"], "numerator", errors), _number(given["n"], "n", errors)
        try:
            value = figure_in(given["value"])
        except Refused as refused:
            errors.insert(0, ("value", refused.sentence if given["value"].strip() else "Write the value."))
        if not errors:
            try:
                upload = request.FILES.get("evidence")
                kept = keep_evidence(upload.name or "file", upload.read()) if upload else None
                row = report_value(
                    slug, found.indicator.code, given["period"], value, numerator=numerator, n=n, note=given["note"],
                    evidence=kept, by=who, at=timezone.now(),
                )  # fmt: skip
            except Refused as refused:
                errors.append((_field_of(refused.sentence, given), refused.sentence))
            else:
                messages.success(
                    request,
                    f"{row.period} is reported. It shows on the scorecard after the next run, marked as reported.",
                )
                return redirect(found.url)
    else:
        given["period"] = request.GET.get("period", "") or _open_period(found)
    context = {
        "found": found, "given": given, "errors": errors, "periods": periods_offered(found),
        "recent": list(ReportedValue.objects.filter(plan=found.plan, code=found.indicator.code, superseded_at=None)[:6]),
        "trail": [*found.trail, (found.indicator.code, found.url)], "here": "Report a value",
    }  # fmt: skip
    return render(request, "web/report_value.html", context, status=400 if errors else 200)


def _open_period(found: Found) -> str:
    """The period that most likely is reported: the last closed quarter, or the open one before the first has closed."""
    today = timezone.localdate()
    quarter = period_of(today, "quarter", found.plan.fiscal_year_start_month)
    from stateworks.kernel.clocks.fiscal import previous

    before = previous(quarter)
    return before.label if before.starts >= found.plan.starts else quarter.label


def _field_of(sentence: str, given: dict[str, str]) -> str:
    """The field a refusal speaks of, so that the error stands at it."""
    text = sentence.lower()
    if "numerator" in text:
        return "numerator"
    if (given["period"] and given["period"].lower() in text) or "period" in text:
        return "period"
    return "evidence" if "mb;" in text or "empty; choose" in text else "value"


def report_table_page(request: HttpRequest, slug: str) -> HttpResponse:
    """Paste or upload a table of values for many indicators; see each cell's fate; then save."""
    who = asked.need(request, "values.report")
    plan = plan_named(slug)
    errors: Errors = []
    preview = None
    text = request.POST.get("text", "")
    if request.method == "POST":
        at = timezone.now()
        try:
            upload = request.FILES.get("file")
            if upload:
                if (upload.size or 0) > LARGEST_TABLE_FILE:
                    raise Refused(
                        "The file is larger than 20 MB; a table of values is not. Choose another file."
                    )
                content = upload.read()
                with tempfile.TemporaryDirectory() as folder:
                    path = Path(folder) / "table"
                    path.write_bytes(content)
                    preview = preview_file(slug, path, filename=upload.name or "The file", at=at)
                text = _as_text(preview)
            else:
                preview = preview_pasted(slug, text, at=at)
            if request.POST.get("do") == "save" and not upload:
                saved = save_preview(preview, leave_refused=request.POST.get("leave") == "yes", by=who, at=at)
                messages.success(
                    request, f"{len(saved)} {'value is' if len(saved) == 1 else 'values are'} reported."
                )
                return redirect(reverse("web:scorecard") + f"?plan={slug}")
        except Refused as refused:
            errors.append(("text", refused.sentence))
    context = {
        "plan": plan, "preview": preview, "text": text, "errors": errors,
        "trail": [("Scorecard", reverse("web:scorecard") + f"?plan={slug}"), (plan.title, reverse("web:plan", args=[slug]))],
        "here": "Report many values",
    }  # fmt: skip
    return render(request, "web/report_table.html", context, status=400 if errors else 200)


def _as_text(preview: Any) -> str:
    """An uploaded table as text in long form, so that saving needs no second upload."""
    import csv
    import io

    out = io.StringIO()
    writer = csv.writer(out, delimiter="\t", lineterminator="\n")
    writer.writerow(["Indicator", "Period", "Value", "Numerator", "N", "Note"])
    for cell in preview.cells:
        report = cell.report
        writer.writerow(
            [
                cell.code or "?", cell.period or cell.column, cell.text,
                report.numerator if report and report.numerator is not None else "",
                report.n if report and report.n is not None else "", report.note if report else "",
            ]
        )  # fmt: skip
    return out.getvalue()


def variance_note_page(request: HttpRequest, slug: str, code: str) -> HttpResponse:
    """Say why a goal was missed and what is done about it."""
    who = asked.need(request, "values.explain")
    found = find(request, slug, code)
    errors: Errors = []
    given = {name: request.POST.get(name, "") for name in ("period", "text", "external_factor")}
    if request.method == "POST":
        try:
            write_variance_note(
                slug, found.indicator.code, period=given["period"], text=given["text"],
                external_factor=given["external_factor"], by=who, at=timezone.now(),
            )  # fmt: skip
        except Refused as refused:
            field = "text" if "note is empty" in refused.sentence else "period"
            errors.append((field, refused.sentence))
        else:
            messages.success(request, "The note is kept with the figure.")
            return redirect(found.url + "#notes")
    else:
        given["period"] = request.GET.get("period", "") or _open_period(found)
    factors = Node.objects.filter(version=found.plan.current_id, level="external_factor").values_list(
        "code", "title"
    )
    context = {
        "found": found, "given": given, "errors": errors, "periods": periods_offered(found), "factors": list(factors),
        "trail": [*found.trail, (found.indicator.code, found.url)], "here": "Write a note",
    }  # fmt: skip
    return render(request, "web/variance_note.html", context, status=400 if errors else 200)


@require_POST
def sign(request: HttpRequest, slug: str, code: str) -> HttpResponse:
    """Prepare a figure for approval, or approve what another prepared."""
    found = find(request, slug, code)
    at = timezone.now()
    number = request.POST.get("run", "")
    run = Run.objects.filter(pk=int(number), plan=slug).first() if number.isdigit() else None
    if run is None:
        raise Http404("There is no such run.")
    try:
        if request.POST.get("do") == "approve":
            who = asked.need(request, "values.approve")
            waiting = SignOff.objects.filter(
                run=run,
                indicator=found.indicator.code,
                period=request.POST.get("period", ""),
                approved_at=None,
            ).first()
            if waiting is None:
                raise Refused("Nothing waits for approval here; somebody may have been quicker.")
            signing.approve(waiting, note=request.POST.get("note", ""), by=who, at=at)
            messages.success(request, "The figure is approved and published.")
        elif request.POST.get("do") == "prepare":
            who = asked.need(request, "values.prepare")
            signing.prepare(run, found.indicator.code, note=request.POST.get("note", ""), by=who, at=at)
            messages.success(request, "The figure waits for approval by somebody else.")
        else:
            raise PermissionDenied("Choose to prepare or to approve.")
    except Refused as refused:
        messages.error(request, refused.sentence)
    return redirect(found.url + "#signing")
