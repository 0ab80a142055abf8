"""The rows behind a figure: each with its role, and the way to the record."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import NoReverseMatch, reverse

from stateworks.kernel.access.permissions import RIGHTS, may_anywhere
from stateworks.kernel.indicators.models import Value
from stateworks.kernel.indicators.read import sees_slice, value_of
from stateworks.kernel.indicators.rows import RowPage, rows_behind
from stateworks.kernel.lake.contracts import contract
from stateworks.kernel.plans.models import Milestone, ReportedValue
from stateworks.web import asked, words
from stateworks.web.data.listing import FIRST_COLUMNS, cell_words, label_of
from stateworks.web.indicator.found import Found, find
from stateworks.web.indicator.making import ROLE_WORDS

PAGE_ROWS = 50
#: Rows of a file; more are in the lake, and the file says so.
LARGEST_FILE = 100_000


@login_required
def rows(request: HttpRequest, slug: str, code: str) -> HttpResponse:
    """The rows behind one figure, 50 a page, or all of them as CSV."""
    if not may_anywhere(asked.account(request), RIGHTS["rows.see"].roles):
        raise PermissionDenied("You may not see the rows behind a figure: nobody has given you a role yet.")
    found = find(request, slug, code)
    period, dimension, member = (request.GET.get(name, "") for name in ("period", "by", "slice"))
    role = request.GET.get("role", "")
    if found.run is None:
        raise Http404("Nothing has been computed yet, so there are no rows to show.")
    if not period:
        raise Http404("Choose a period on the indicator's page first.")
    scope = asked.scope(request)
    if not sees_slice(scope, dimension, member):
        raise Http404(f"There is no {dimension} {member} that you may see.")
    value = value_of(found.run, found.indicator.code, period, dimension=dimension, member=member)
    base: dict[str, Any] = {
        "found": found, "period": period, "dimension": dimension, "member": member, "role": role,
        "trail": [*found.trail, (f"{found.indicator.code} {found.indicator.short_name}".strip(), found.url)], "here": "Rows",
    }  # fmt: skip
    if value is None:
        return _without_value(request, found, base)
    if value.suppressed:
        raise Http404("This figure is suppressed: too few rows to show without showing people.")
    asked_page = request.GET.get("page", "1")
    page = int(asked_page) if asked_page.isdecimal() and 0 < int(asked_page) < 10**6 else 1
    if request.GET.get("format") == "csv":
        return as_csv(value, scope, role, f"{slug}-{code}-{period}-rows.csv")
    behind = rows_behind(value, scope, role=role or None, page=page, size=PAGE_ROWS)
    return render(request, "web/rows.html", base | shown(behind, value, found, page, request))


def shown(behind: RowPage, value: Value, found: Found, page: int, request: HttpRequest) -> dict[str, Any]:
    """The page of rows as the template shows it."""
    declared = contract(behind.dataset)
    columns = columns_shown(behind)
    pages = max(1, -(-behind.total // PAGE_ROWS))
    table = [
        (
            role_words(str(row["role"])),
            record_address(behind.dataset, {name: row[name] for name in declared.key}),
            str(row[declared.key[-1]]),
            [cell_words(row[name]) for name in columns],
        )
        for row in behind.rows
    ]
    parameters = request.GET.copy()
    parameters.pop("page", None)
    return {
        "figure": words.figure(value.value, found.indicator.unit),
        "headings": [label_of(name) for name in columns],
        "key_heading": label_of(declared.key[-1]),
        "table": table,
        "dataset": behind.dataset,
        "version": behind.version,
        "roles": [(name, role_words(name), n) for name, n in behind.by_role.items()],
        "total": behind.total,
        "hidden": behind.hidden,
        "page": page,
        "pages": pages,
        "first": (page - 1) * PAGE_ROWS + 1 if behind.rows else 0,
        "last": (page - 1) * PAGE_ROWS + len(behind.rows),
        "parameters": parameters.urlencode(),
        "whole": sum(behind.by_role.values()),
    }


def columns_shown(behind: RowPage) -> list[str]:
    """Columns worth a place beside the role: dates, agency, what says why, then the next ones."""
    declared = contract(behind.dataset)
    names = [name for name in declared.names if name not in declared.key]
    wanted = [
        name
        for name in names
        if name.endswith("_why") or name == declared.partition_on or name == declared.agency
    ]
    wanted += [name for name in names if name not in wanted]
    return wanted[:FIRST_COLUMNS]


def role_words(role: str) -> str:
    """A role as people read it: "left out: no resolution" stays, "numerator" gets its meaning."""
    if role.startswith("left out"):
        return role
    return {
        "numerator": "counts towards the figure",
        "denominator": "in the population only",
        "counted": "counts",
    }.get(role, ROLE_WORDS.get(role, role.replace("_", " ")))


def record_address(dataset: str, key: dict[str, Any]) -> str:
    """Where one record is shown: its module's own page if it has one, else the dataset's list narrowed to it."""
    module, _, noun = dataset.partition(".")
    try:
        return reverse(f"{module}:{noun}", args=[str(value) for value in key.values()])
    except NoReverseMatch:
        return (
            reverse("web:dataset", args=[dataset])
            + "?"
            + urlencode({name: str(value) for name, value in key.items()})
        )


def _without_value(request: HttpRequest, found: Found, base: dict[str, Any]) -> HttpResponse:
    """What stands behind a figure that was not computed from rows: reported values, or milestones."""
    own = {"plan": found.plan, "code": found.indicator.code}
    reported = list(ReportedValue.objects.filter(**own, period=base["period"]).select_related("reported_by"))
    milestones = list(Milestone.objects.filter(**own))
    if not reported and not milestones:
        raise Http404(f"{found.indicator.code} has no figure for {words.period_words(base['period'])}.")
    return render(
        request, "web/rows_reported.html", base | {"reported": reported, "milestones": milestones, "can": {}}
    )


def as_csv(value: Value, scope: Any, role: str, filename: str) -> HttpResponse:
    """All rows behind a figure as a file, in pages of the kernel's largest size."""
    import csv

    from stateworks.web.csv_cells import safe

    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{filename}"'
    writer = csv.writer(response)
    page, written = 1, 0
    while True:
        behind = rows_behind(value, scope, role=role or None, page=page, size=1000)
        if page == 1:
            writer.writerow(behind.columns)
        for row in behind.rows:
            writer.writerow(safe(row.get(name) for name in behind.columns))
        written += len(behind.rows)
        if written >= behind.total or not behind.rows or written >= LARGEST_FILE:
            return response
        page += 1
