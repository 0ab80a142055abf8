"""What loading a previewed file would change, record by record, as a page and as a file."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from stateworks.kernel.lake.models import ImportState
from stateworks.kernel.records.models import PreviewedChange
from stateworks.web import asked
from stateworks.web.csv_cells import safe
from stateworks.web.data.imports import import_or_404

PAGE_ROWS = 50


@login_required
def import_changes(request: HttpRequest, number: int) -> HttpResponse:
    """New and changed records of a preview, each column before and after, fifty a page."""
    asked.need(request, "data.see_refused")
    row = import_or_404(number)
    if row.state != ImportState.PREVIEW:
        raise Http404("Changes are kept for previews; what was loaded stands in each record's history.")
    found = PreviewedChange.objects.filter(made_by=row)
    what = request.GET.get("what", "")
    if what in ("new", "changed"):
        found = found.filter(new=what == "new")
    if request.GET.get("format") == "csv":
        return _file(row.pk, found)
    total = found.count()
    pages = max(1, -(-total // PAGE_ROWS))
    text = request.GET.get("page", "1")
    page = min(int(text), pages) if text.isdecimal() and 0 < int(text) < 10**6 else 1
    context = {
        "row": row, "changes": list(found[(page - 1) * PAGE_ROWS : page * PAGE_ROWS]), "total": total, "what": what,
        "page": page, "pages": pages, "kept": PreviewedChange.objects.filter(made_by=row).count(),
        "every": row.inserted + row.updated,
        "trail": [
            ("Data", reverse("web:datasets")), (row.dataset, reverse("web:dataset", args=[row.dataset])),
            (f"Import {row.pk}", reverse("web:import", args=[row.pk])),
        ], "here": "What it would change",
    }  # fmt: skip
    return render(request, "web/import_changes.html", context)


def _file(number: int, found: object) -> HttpResponse:
    """One line a changed column, for a spreadsheet."""
    import csv

    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="import-{number}-changes.csv"'
    writer = csv.writer(response)
    writer.writerow(["line", "key", "what", "column", "before", "after"])
    for one in found:  # type: ignore[attr-defined]
        for column, (before, after) in one.fields.items():
            writer.writerow(safe([one.line, one.key, "new" if one.new else "changed", column, before, after]))
    return response
