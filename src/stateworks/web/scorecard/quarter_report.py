"""The quarterly report an office owes anyway: choose a quarter, see what still lacks a note, take the file."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from stateworks.kernel.clocks.fiscal import period_of, periods_between, previous
from stateworks.kernel.errors import Refused
from stateworks.kernel.indicators.read import latest_run
from stateworks.web.indicator.found import plan_named

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@login_required
def quarter_report(request: HttpRequest, slug: str) -> HttpResponse:
    """One quarter's report as a table, or as a workbook or CSV file."""
    from stateworks.kernel.plans.report import quarterly_report, report_csv, report_xlsx

    plan = plan_named(slug)
    run = latest_run(slug)
    today = run.as_of if run else timezone.localdate()
    start = plan.fiscal_year_start_month
    now = period_of(min(max(today, plan.starts), plan.ends), "quarter", start)
    quarters = [period.label for period in periods_between(plan.starts, now.ends, "quarter", start)][::-1]
    before = previous(now, start)
    usual = now if now.closed(today) or before.ends < plan.starts else before
    label = request.GET.get("quarter", "") or usual.label
    try:
        report = quarterly_report(slug, label)
    except Refused as refused:
        raise Http404(refused.sentence) from None
    form = request.GET.get("format", "")
    if form in {"xlsx", "csv"}:
        content = report_xlsx(report) if form == "xlsx" else report_csv(report)
        response = HttpResponse(content, content_type=XLSX if form == "xlsx" else "text/csv; charset=utf-8")
        response["Content-Disposition"] = f'attachment; filename="{slug}-{label.replace(" ", "-")}.{form}"'
        return response
    context = {
        "plan": plan, "report": report, "quarters": quarters, "label": label,
        "trail": [("Scorecard", reverse("web:scorecard") + f"?plan={slug}"), (plan.title, reverse("web:plan", args=[slug]))],
        "here": "Quarterly report",
    }  # fmt: skip
    return render(request, "web/quarter_report.html", context)
