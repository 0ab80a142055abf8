"""Load a file in the browser: columns guessed with the reason, corrected by hand, previewed as counts, then one button."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.text import slugify

from stateworks.kernel.errors import Refused
from stateworks.kernel.lake.contracts import contract
from stateworks.kernel.lake.files import LINE, TabularFile, open_table
from stateworks.kernel.lake.guess import GuessedMapping, guess_mapping
from stateworks.kernel.lake.mapping import mapping_from
from stateworks.kernel.lake.mappings import mapping_named
from stateworks.kernel.lake.mappings import names as mapping_names
from stateworks.kernel.org.aliases import UNASSIGNED
from stateworks.kernel.records.fields import bound
from stateworks.kernel.records.types import record_type
from stateworks.web import asked
from stateworks.web.data.catalogue import Entry
from stateworks.web.data.connecting import AS_TABLE, choose_connector, offered, recognise
from stateworks.web.data.listing import label_of
from stateworks.web.data.pages import entry_or_404
from stateworks.web.data.uploads import Upload, new_upload, upload_named

Errors = list[tuple[str, str]]
#: A closed column with more different values than this is mapped in a mapping file, not on a page.
LARGEST_CHOICE = 60
SAMPLES = 3


@dataclass(frozen=True)
class ColumnRow:
    """One column of the dataset on the page: what the file's column seems to be, and why."""

    name: str
    label: str
    description: str
    required: bool
    chosen: str
    constant: str
    why: str
    score: float
    formats: str
    dated: bool
    choices: tuple[str, ...] = ()
    values: tuple[tuple[str, str], ...] = ()
    sample: str = ""


class Lacking(Refused):
    """A column that must be filled has nowhere to come from."""

    def __init__(self, row: ColumnRow) -> None:
        super().__init__(
            f"{row.label} must be filled: choose the file's column for it, or write a fixed value."
        )
        self.field = f"from-{row.name}"


@dataclass
class Sheet:
    """The page of columns: the rows and what the file has."""

    rows: list[ColumnRow]
    header: tuple[str, ...]
    unused: tuple[str, ...] = ()
    notes: list[str] = field(default_factory=list)


def import_file(request: HttpRequest, name: str) -> HttpResponse:
    """Choose a file; then its columns; then the preview."""
    who = asked.need(request, "data.import")
    entry = entry_or_404(name)
    token = request.GET.get("upload", "")
    if token:
        upload = upload_named(token, who)
        if request.GET.get("as") == AS_TABLE:
            upload.note(connector="")
        if upload.facts.get("connector"):
            return choose_connector(request, entry, upload, around(entry))
        return choose_columns(request, entry, upload)
    errors: Errors = []
    if request.method == "POST":
        file = request.FILES.get("file")
        try:
            if file is None:
                raise Refused("Choose a file first.")
            upload = new_upload(file, name, who)
            try:
                mapping = request.POST.get("mapping", "")
                if offered(entry) and recognise(entry, upload, mapping):
                    return redirect(reverse("web:dataset-import", args=[name]) + f"?upload={upload.token}")
                open_table(upload.path, filename=upload.filename)
                if mapping:
                    mapping_named(mapping)
                    upload.note(mapping=mapping)
                    return redirect(
                        reverse("web:import", args=[upload.start(dry_run=True, at=timezone.now())])
                    )
            except Refused:
                upload.remove()
                raise
            return redirect(reverse("web:dataset-import", args=[name]) + f"?upload={upload.token}")
        except Refused as refused:
            errors.append(("file", refused.sentence))
    mappings = [(one, one) for one in mapping_names(name)] if entry.kind == "feed" else []
    mappings += [(one.name, one.title) for one in offered(entry)]
    context = {"entry": entry, "errors": errors, "mappings": mappings, **around(entry)}
    return render(request, "web/import_file.html", context, status=400 if errors else 200)


def around(entry: Entry) -> dict[str, Any]:
    """The breadcrumb of the pages that load a file."""
    return {
        "trail": [
            ("Data", reverse("web:datasets")),
            (entry.title, reverse("web:dataset", args=[entry.name])),
        ],
        "here": "Load a file",
    }


def choose_columns(request: HttpRequest, entry: Entry, upload: Upload) -> HttpResponse:
    """The guess to correct; posting it makes the preview."""
    errors: Errors = []
    try:
        table = open_table(upload.path, filename=upload.filename)
        sheet = (
            feed_sheet(table, entry, upload) if entry.kind == "feed" else record_sheet(table, entry, upload)
        )
    except Refused as refused:
        context = {"entry": entry, "errors": [("file", refused.sentence)], "mappings": [], **around(entry)}
        return render(request, "web/import_file.html", context, status=400)
    if request.method == "POST":
        try:
            if entry.kind == "feed":
                document = document_from(request, entry, sheet, upload)
                mapping_from(document, "The choice of columns")
                upload.note(document=document, mapping="")
            else:
                columns = {row.name: request.POST.get(f"from:{row.name}", "") for row in sheet.rows}
                chosen = {name: source for name, source in columns.items() if source}
                upload.note(columns=chosen, dates=request.POST.get("dates", "iso"))
            return redirect(reverse("web:import", args=[upload.start(dry_run=True, at=timezone.now())]))
        except Refused as refused:
            field = refused.field if isinstance(refused, Lacking) else ""
            errors += [(field, refused.sentence), *(("", one) for one in refused.details[:20])]
            sheet = posted_sheet(request, sheet)
    given = {
        "source": request.POST.get("source", "") or suggested_source(upload),
        "name": request.POST.get("name", "")
        or f"{entry.name.replace('.', '-')}-{slugify(suggested_source(upload))}",
        "load": request.POST.get("load", "delta"),
        "zone": request.POST.get("zone", ""),
        "dates": request.POST.get("dates", "iso"),
    }
    context = {
        "entry": entry, "upload": upload, "sheet": sheet, "errors": errors, "given": given, "notes": table.notes,
        **around(entry),
    }  # fmt: skip
    return render(request, "web/import_columns.html", context, status=400 if errors else 200)


def suggested_source(upload: Upload) -> str:
    """A name for the source system, from the file's name without dates and counters."""
    stem = upload.filename.rsplit(".", 1)[0]
    words = [word for word in re.split(r"[^A-Za-z]+", stem) if len(word) > 1]
    return "-".join(words[:3]).lower() or "file"


def feed_sheet(table: TabularFile, entry: Entry, upload: Upload) -> Sheet:
    """The guess for a feed, with what was chosen before if the page is visited again."""
    declared = contract(entry.name)
    guessed: GuessedMapping = guess_mapping(table, entry.name)
    sample = table.head(200)
    before = (upload.facts.get("document") or {}).get("columns", {})
    rows = []
    for guess in guessed.guesses:
        column = declared.column(guess.column)
        body = before.get(guess.column, {}) if before else None
        chosen = guess.source or ""
        formats, constant, why = " | ".join(guess.formats), guess.constant or "", guess.why
        values = dict(guess.values)
        if body is not None:
            chosen, constant = str(body.get("from", "")), str(body.get("constant", ""))
            formats, why = " | ".join(body.get("formats", ())), "As you chose before."
            values = {value: body.get("values", {}).get(value, to) for value, to in values.items()}
        rows.append(
            ColumnRow(
                name=column.name, label=label_of(column.name), description=column.description,
                required=column.required and column.name != declared.agency,
                chosen=chosen, constant=constant, why=why, score=guess.score, formats=formats,
                dated=column.type in {"DATE", "TIMESTAMPTZ"}, choices=column.values,
                values=tuple((value, to or "") for value, to in list(values.items())[:LARGEST_CHOICE]),
                sample=samples(sample, chosen),
            )
        )  # fmt: skip
    rows.sort(key=lambda row: (not row.required, not row.chosen))
    return Sheet(rows, tuple(name for name in table.header if name != LINE), guessed.unused)


def samples(frame: Any, name: str) -> str:
    """A few values of one of the file's columns."""
    if not name or name not in frame.columns:
        return ""
    found = frame[name].drop_nulls().unique(maintain_order=True).head(SAMPLES).to_list()
    return ", ".join(f"“{str(value)[:30]}”" for value in found)


def record_sheet(table: TabularFile, entry: Entry, upload: Upload) -> Sheet:
    """The columns of a record type, matched by name."""
    declared = record_type(entry.name)
    sample = table.head(200)
    plain = {_plain(name): name for name in table.header if name != LINE}
    before = upload.facts.get("columns")
    rows = []
    for column in declared.columns:
        one = bound(declared, column.name)
        chosen = before.get(column.name, "") if before is not None else plain.get(_plain(column.name), "")
        why = f"“{chosen}” has the same name." if chosen else "No column of the file has this name."
        rows.append(
            ColumnRow(
                name=column.name, label=label_of(column.name), description=column.description or str(one.field.help_text or ""),
                required=column.name in declared.key or column.required, chosen=chosen, constant="", why=why,
                score=100.0 if chosen else 0.0, formats="", dated=False, sample=samples(sample, chosen),
            )
        )  # fmt: skip
    used = {row.chosen for row in rows}
    header = tuple(name for name in table.header if name != LINE)
    return Sheet(rows, header, tuple(name for name in header if name not in used))


def _plain(name: str) -> str:
    return re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_")


def document_from(request: HttpRequest, entry: Entry, sheet: Sheet, upload: Upload) -> dict[str, Any]:
    """The mapping document that the form describes."""
    posted = request.POST
    agency = contract(entry.name).agency
    columns: dict[str, Any] = {}
    for row in sheet.rows:
        source, constant = posted.get(f"from:{row.name}", ""), posted.get(f"constant:{row.name}", "").strip()
        if not source and constant:
            columns[row.name] = {"constant": constant}
            continue
        if not source and row.name == agency:
            # A row of nobody's known organization is kept and counted as such.
            columns[row.name] = {"constant": UNASSIGNED}
            continue
        if not source:
            if row.required:
                raise Lacking(row)
            continue
        body: dict[str, Any] = {"from": source}
        if formats := [
            part.strip() for part in posted.get(f"formats:{row.name}", "").split("|") if part.strip()
        ]:
            body["formats"] = formats
        values = {
            value: posted[f"value:{row.name}:{index}"]
            for index, (value, _) in enumerate(row.values)
            if posted.get(f"value:{row.name}:{index}")
        }
        if values and source == row.chosen:
            body["values"] = values
        columns[row.name] = body
    source_name = posted.get("source", "").strip() or suggested_source(upload)
    name = slugify(posted.get("name", "")) or slugify(f"{entry.name}-{source_name}")
    document: dict[str, Any] = {
        "name": name, "title": f"{upload.filename} into {entry.name}", "dataset": entry.name, "source": source_name,
        "load": posted.get("load", "delta"), "columns": columns,
    }  # fmt: skip
    if zone := posted.get("zone", "").strip():
        document["zone"] = zone
    missing = guess_missing(upload, entry)
    if missing:
        document["file"] = {"missing": list(missing)}
    return document


def guess_missing(upload: Upload, entry: Entry) -> tuple[str, ...]:
    """Texts that stand for nothing in the file."""
    return guess_mapping(open_table(upload.path, filename=upload.filename), entry.name).missing


def posted_sheet(request: HttpRequest, sheet: Sheet) -> Sheet:
    """The page with what was posted, so that nothing is lost on an error."""
    from dataclasses import replace

    posted = request.POST
    rows = [
        replace(
            row,
            chosen=posted.get(f"from:{row.name}", row.chosen),
            constant=posted.get(f"constant:{row.name}", row.constant),
            formats=posted.get(f"formats:{row.name}", row.formats),
            values=tuple(
                (value, posted.get(f"value:{row.name}:{index}", to))
                for index, (value, to) in enumerate(row.values)
            ),
        )
        for row in sheet.rows
    ]
    return Sheet(rows, sheet.header, sheet.unused, sheet.notes)
