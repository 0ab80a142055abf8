"""The list of datasets and the list of one dataset's rows, as page and as file."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from stateworks.kernel.lake.models import Import, ImportState, QuarantinedRow
from stateworks.kernel.records.personal import note_exported, note_listed
from stateworks.kernel.records.rights import may_change_some
from stateworks.kernel.records.types import record_type
from stateworks.kernel.records.views import views_of
from stateworks.web import asked
from stateworks.web.data.catalogue import Entry, dataset_named, with_state
from stateworks.web.data.listing import FeedListing, RecordListing, listing_of
from stateworks.web.data.record_rows import rows_of

FILE_FORMATS = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "json": "application/json",
}
#: A workbook holds at most so many rows; more are had as CSV.
LARGEST_WORKBOOK = 200_000


@login_required
def datasets(request: HttpRequest) -> HttpResponse:
    """Every dataset with its rows, version and freshness, and what waits in quarantine."""
    sees_refused = asked.can(request, "data.see_refused")
    waiting = QuarantinedRow.objects.filter(dismissed_at=None, fixed_by=None).exclude(
        made_by__state=ImportState.PREVIEW
    )
    recent = Import.objects.exclude(state=ImportState.PREVIEW).select_related("by")[:8]
    modules: dict[str, list[Entry]] = {}
    for entry in with_state():
        modules.setdefault(entry.module, []).append(entry)
    context = {
        "modules": [(module_title(name), entries) for name, entries in modules.items()],
        "waiting": waiting.count() if sees_refused else 0,
        "recent": list(recent) if sees_refused else [],
        "can_import": may_import(request),
        "trail": [], "here": "Data",
    }  # fmt: skip
    return render(request, "web/datasets.html", context)


def module_title(label: str) -> str:
    """What a module calls itself; the kernel's own datasets are the plan's."""
    from django.apps import apps

    from stateworks.kernel.module import Module

    app = next((app for app in apps.get_app_configs() if app.label == label), None)
    return app.title if isinstance(app, Module) and app.title else label.capitalize()


def may_import(request: HttpRequest) -> bool:
    """Whether the account may load files."""
    return asked.can(request, "data.import")


def entry_or_404(name: str) -> Entry:
    """A declared dataset; another name is not found."""
    entry = dataset_named(name)
    if entry is None:
        raise Http404(f"There is no dataset {name}.")
    return entry


@login_required
def dataset(request: HttpRequest, name: str) -> HttpResponse:
    """One dataset's rows: filters left, chosen columns, 50 a page, total and hidden count; or the same as a file."""
    entry = entry_or_404(name)
    form = request.GET.get("format", "")
    with listing_of(entry, request.GET, asked.scope(request)) as listing:
        if form in FILE_FORMATS:
            return as_file(request, listing, entry, form)
        if form:
            raise Http404(f"There is no {form} file: choose csv, xlsx or json.")
        shown = listing.shown()
        context: dict[str, Any] = {
            "entry": entry, "listing": listing, "shown": shown, "can_import": may_import(request),
            "trail": [("Data", reverse("web:datasets"))], "here": entry.title,
        }  # fmt: skip
        if isinstance(listing, RecordListing):
            note_listed(
                listing.declared, listing.columns, rows=len(shown.values), by=asked.account(request), at=timezone.now()
            )  # fmt: skip
            context |= {
                "record_rows": rows_of(listing.asked),
                "views": views_of(listing.declared, asked.signed_in(request)),
                "address": listing.asked.parameters(page=None),
                "can_change": may_change_some(listing.declared, asked.account(request)),
            }
        return render(request, "web/dataset.html", context)


@login_required
def describe(request: HttpRequest, name: str) -> HttpResponse:
    """What a dataset is: key, columns, rules, and how to load a file into it."""
    entry = entry_or_404(name)
    if (form := request.GET.get("template", "")) and entry.kind == "record":
        return empty_file(entry, form)
    context = {
        "entry": entry, "described": described(entry),
        "trail": [("Data", reverse("web:datasets")), (entry.title, reverse("web:dataset", args=[name]))],
        "here": "Description",
    }  # fmt: skip
    return render(request, "web/describe.html", context)


def empty_file(entry: Entry, form: str) -> HttpResponse:
    """A file to fill in: the header, and in a workbook what each column means."""
    from stateworks.kernel.records.export import write_template

    if form not in ("csv", "xlsx"):
        raise Http404(f"There is no {form} file to fill in: choose csv or xlsx.")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"{entry.name}.{form}"
        write_template(entry.name, path, file_format=form)  # type: ignore[arg-type]
        response = HttpResponse(path.read_bytes(), content_type=FILE_FORMATS[form])
    response["Content-Disposition"] = f'attachment; filename="{entry.name}-template.{form}"'
    return response


def described(entry: Entry) -> dict[str, object]:
    """A dataset's description as plain data, the same for records and feeds."""
    if entry.kind == "feed":
        from stateworks.kernel.lake.describe import described as feed_described

        return feed_described(entry.name)
    from stateworks.kernel.records.fields import describe as record_described

    told = record_described(record_type(entry.name))
    known = f"A row is known by {', '.join(told['key'])}; each such key is kept once."
    return {**told, "title": entry.title, "description": entry.description, "rules": [known, *told["rules"]]}


def as_file(
    request: HttpRequest, listing: RecordListing | FeedListing, entry: Entry, form: str
) -> HttpResponse:
    """The rows the address asks for as a file, all pages; formulas in text are made harmless."""
    filename = f"{entry.name}.{form}"
    if isinstance(listing, RecordListing):
        from stateworks.kernel.records.export import export_records

        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / filename
            rows = export_records(
                entry.name, path, file_format=form, scope=listing.asked.scope,  # type: ignore[arg-type]
                queryset=listing.asked.queryset, columns=tuple(listing.columns),
            )  # fmt: skip
            response: HttpResponse = HttpResponse(path.read_bytes(), content_type=FILE_FORMATS[form])
        note_exported(
            listing.declared,
            listing.columns,
            rows=rows,
            form=form,
            by=asked.account(request),
            at=timezone.now(),
        )
    elif form == "xlsx":
        response = HttpResponse(_workbook(listing), content_type=FILE_FORMATS[form])
    else:
        # Read at once and not as a stream: what is read after the request's transaction sees nothing.
        pieces = _csv(listing) if form == "csv" else _json(listing)
        response = HttpResponse("".join(pieces), content_type=FILE_FORMATS[form])
    response["Content-Disposition"] = f'attachment; filename="{filename}"'
    return response


def _csv(listing: FeedListing) -> Iterator[str]:
    from stateworks.kernel.lake.exports import csv_pieces

    return csv_pieces(listing.columns, listing.every_row())


def _json(listing: FeedListing) -> Iterator[str]:
    yield "["
    for index, row in enumerate(listing.every_row()):
        yield (",\n" if index else "\n") + json.dumps(row, default=str, ensure_ascii=False)
    yield "\n]\n"


def _workbook(listing: FeedListing) -> bytes:
    import io

    import xlsxwriter

    out = io.BytesIO()
    book = xlsxwriter.Workbook(
        out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    )
    sheet = book.add_worksheet("rows")
    sheet.write_row(0, 0, listing.columns)
    for line, row in enumerate(listing.every_row(), start=1):
        if line > LARGEST_WORKBOOK:
            sheet.write_string(line, 0, f"The first {LARGEST_WORKBOOK:,} rows; take the CSV file for all.")
            break
        for place, name in enumerate(listing.columns):
            value = row[name]
            if isinstance(value, (int, float)) and not isinstance(value, bool):
                sheet.write_number(line, place, value)
            elif value is not None:
                sheet.write_string(line, place, str(value)[:32_000])
    book.close()
    return out.getvalue()
