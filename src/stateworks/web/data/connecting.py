"""A file of another tool in the browser: which connector reads it and why, what it has to be told, then the preview."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone

from stateworks.kernel.errors import Refused
from stateworks.kernel.records.connected import (
    Connector,
    checked_options,
    connector_named,
    connectors,
    recognised,
)
from stateworks.web.data.catalogue import Entry
from stateworks.web.data.uploads import Upload

AS_TABLE = "table"
"""The value of `as` in an address that asks for the columns of a plain table, whatever the file looks like."""


@dataclass(frozen=True)
class Question:
    """Something a connector has to be told, with what was answered."""

    name: str
    title: str
    required: bool
    many: bool
    given: str


def offered(entry: Entry) -> tuple[Connector, ...]:
    """The connectors a page can offer for a dataset."""
    if entry.kind != "record":
        return ()
    return tuple(one for one in connectors(entry.name) if one.by_page)


def recognise(entry: Entry, upload: Upload, name: str) -> bool:
    """Note which connector reads the file, the named one or the first that recognises it; tell whether there is one."""
    known = {one.name for one in offered(entry)}
    found = [
        one
        for one, _ in recognised(upload.path, filename=upload.filename, dataset=entry.name)
        if one.name in known
    ]
    if name and name not in known:
        raise Refused(
            f"There is no way called “{name}” to read a file into {entry.title}; choose one of the list."
        )
    chosen = name or (found[0].name if found else "")
    upload.note(connector=chosen)
    return bool(chosen)


def choose_connector(
    request: HttpRequest, entry: Entry, upload: Upload, around: dict[str, object]
) -> HttpResponse:
    """Show the connector, the reason, and what it asks; posting the answers makes the preview."""
    name = request.GET.get("connector", "") or str(upload.facts["connector"])
    if name not in {one.name for one in offered(entry)}:
        name = str(upload.facts["connector"])
    connector = connector_named(name)
    reasons = {
        one.name: why for one, why in recognised(upload.path, filename=upload.filename, dataset=entry.name)
    }
    errors: list[tuple[str, str]] = []
    if request.method == "POST":
        try:
            upload.note(connector=name, options=_answers(request, connector))
            return redirect(reverse("web:import", args=[upload.start(dry_run=True, at=timezone.now())]))
        except Refused as refused:
            errors = [("", refused.sentence), *(("", one) for one in refused.details[:20])]
    before = upload.facts.get("options") or {}
    context = {
        "entry": entry, "upload": upload, "connector": connector, "why": reasons.get(name, ""), "errors": errors,
        "others": [(one, reasons.get(one.name, "")) for one in offered(entry) if one.name != name],
        "questions": _questions(request, connector, before), "as_table": AS_TABLE, **around,
    }  # fmt: skip
    return render(request, "web/import_connector.html", context, status=400 if errors else 200)


def _questions(request: HttpRequest, connector: Connector, before: dict[str, str]) -> list[Question]:
    found = []
    for one in connector.options:
        if not one.file:
            given = request.POST.get(f"option:{one.name}", before.get(one.name, ""))
            found.append(Question(one.name, one.title, one.required, False, given))
    for one in connector.free:
        lines = [
            f"{name.removeprefix(one.name)}={value}"
            for name, value in before.items()
            if name.startswith(one.name)
        ]
        title = one.title.replace(f", as {one.name}NAME=CODE", "; one a line, as NAME=CODE")
        given = request.POST.get(f"option:{one.name}", "\n".join(lines))
        found.append(Question(one.name, title, False, True, given))
    return found


def _answers(request: HttpRequest, connector: Connector) -> dict[str, str]:
    """Read the form: an option with a free name is a line each. The path of a file on the server is never taken."""
    found = {
        one.name: request.POST.get(f"option:{one.name}", "") for one in connector.options if not one.file
    }
    for one in connector.free:
        for line in request.POST.get(f"option:{one.name}", "").splitlines():
            if not line.strip():
                continue
            name, sign, value = line.rpartition("=")
            if not sign or not name.strip() or not value.strip():
                raise Refused(f"“{line.strip()}”: write a name, the sign =, and a code.")
            found[f"{one.name}{name.strip()}"] = value.strip()
    try:
        return checked_options(connector, found)
    except Refused as refused:
        # A page has no --option.
        raise Refused(refused.sentence.partition(" Say it with --option")[0], refused.details) from None
