"""Refused rows: why, from which file, and dismissing them with a reason."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone

from stateworks.kernel.errors import Refused
from stateworks.kernel.lake.models import ImportState, QuarantinedRow
from stateworks.kernel.lake.quarantine import dismiss
from stateworks.web import asked

PAGE_ROWS = 50


@login_required
def quarantine(request: HttpRequest) -> HttpResponse:
    """Rows that wait for a look, with counts by reason; a data steward dismisses them with a reason."""
    asked.need(request, "data.see_refused")
    may_dismiss = asked.can(request, "data.quarantine")
    errors: list[tuple[str, str]] = []
    if request.method == "POST":
        who = asked.need(request, "data.quarantine")
        rows = [int(text) for text in request.POST.getlist("row") if text.isdigit()]
        try:
            if not rows:
                raise Refused("Tick the rows to dismiss.")
            n = dismiss(rows, why=request.POST.get("why", ""), by=who, at=timezone.now())
        except Refused as refused:
            errors.append(("why" if rows else "", refused.sentence))
        else:
            messages.success(request, f"{n} {'row is' if n == 1 else 'rows are'} dismissed.")
            return redirect(request.get_full_path())
    found = waiting(request)
    asked_page = request.GET.get("page", "1")
    total = found.count()
    pages = max(1, -(-total // PAGE_ROWS))
    page = min(int(asked_page), pages) if asked_page.isdecimal() and int(asked_page) > 0 else 1
    groups = (
        QuarantinedRow.objects.filter(dismissed_at=None, fixed_by=None)
        .exclude(made_by__state=ImportState.PREVIEW)
        .values("dataset", "code")
        .annotate(n=Count("pk"))
        .order_by("-n")
    )
    context: dict[str, Any] = {
        "rows": list(found.select_related("made_by")[(page - 1) * PAGE_ROWS : page * PAGE_ROWS]),
        "total": total, "page": page, "pages": pages, "groups": list(groups[:40]), "errors": errors,
        "may_dismiss": may_dismiss, "dataset": request.GET.get("dataset", ""), "code": request.GET.get("code", ""),
        "why": request.POST.get("why", ""), "chosen": set(request.POST.getlist("row")),
        "trail": [("Data", reverse("web:datasets"))], "here": "Refused rows",
    }  # fmt: skip
    return render(request, "web/quarantine.html", context, status=400 if errors else 200)


def waiting(request: HttpRequest) -> Any:
    """The rows an address asks for: waiting ones, of a dataset, an import or with one reason."""
    rows = QuarantinedRow.objects.exclude(made_by__state=ImportState.PREVIEW).order_by("-made_by", "row")
    if request.GET.get("state") == "dismissed":
        rows = rows.filter(dismissed_at__isnull=False)
    elif request.GET.get("state") != "all":
        rows = rows.filter(dismissed_at=None, fixed_by=None)
    if dataset := request.GET.get("dataset"):
        rows = rows.filter(dataset=dataset)
    if code := request.GET.get("code"):
        rows = rows.filter(code=code)
    if (made_by := request.GET.get("import", "")).isdigit():
        rows = rows.filter(made_by=int(made_by))
    return rows
