"""Add, change, retire and bring back one record; two people who edit the same one see each other's changes."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.db.models import Model
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone

from stateworks.kernel.access.permissions import RIGHTS
from stateworks.kernel.errors import Refused
from stateworks.kernel.records.changes import Conflict, Invalid, save_record
from stateworks.kernel.records.keys import find
from stateworks.kernel.records.past import at_version, in_words, version_of
from stateworks.kernel.records.personal import note_seen
from stateworks.kernel.records.rights import may_change, organization_of, require_some
from stateworks.kernel.records.types import Column, RecordType, record_types
from stateworks.web import asked
from stateworks.web.data.addresses import generic_url, key_values, title_of, url_of
from stateworks.web.data.forms import RecordForm

LONGEST_REASON = 1000


def record_type_or_404(name: str) -> RecordType:
    """A record type; a feed or an unknown name is not found."""
    found = next((declared for declared in record_types() if declared.name == name), None)
    if found is None:
        raise Http404(f"There are no records {name}.")
    return found


def record_or_404(request: HttpRequest, declared: RecordType, key: str) -> Model:
    """A record by its address; one that is kept from this account is not found, as if it were not there."""
    found = find(declared, key, asked.scope(request))
    if found is None:
        raise Http404(f"There is no such {declared.singular}, or your role does not reach it.")
    return found


def retiring(declared: RecordType) -> Column | None:
    """The column that says since when a record is out of use; none where the type has none."""
    return next((column for column in declared.columns if column.field == "retired_on"), None)


def trail(declared: RecordType, record: Model | None = None) -> list[tuple[str, str]]:
    """The way to a record's pages."""
    steps = [
        ("Data", reverse("web:datasets")),
        (declared.heading, reverse("web:dataset", args=[declared.name])),
    ]
    if record is not None:
        steps.append((title_of(declared, record), generic_url(declared, key_values(declared, record))))
    return steps


def _changeable(request: HttpRequest, name: str, key: str) -> tuple[RecordType, Model]:
    declared = record_type_or_404(name)
    record = record_or_404(request, declared, key)
    if not may_change(declared, asked.account(request), record):
        right, place = RIGHTS[declared.change], organization_of(declared, record)
        names = " or ".join(role.label.lower() for role in right.roles)
        where = f"for {place.name}" if place is not None else "for the whole state"
        raise PermissionDenied(f"You may not {right.words} {where}; that takes the role {names}.")
    if request.method == "GET":
        note_seen(declared, key, by=asked.account(request), at=timezone.now())
    return declared, record


@login_required
def record_new(request: HttpRequest, name: str) -> HttpResponse:
    """An empty form; the address may fill columns, as `?organization=harbor` does."""
    declared = record_type_or_404(name)
    who = require_some(declared, asked.account(request))
    form = RecordForm.of(declared, None)
    problem = ""
    if request.method == "POST":
        form = RecordForm.posted(declared, request.POST, new=True)
        if not form.lookup:
            try:
                record = save_record(
                    declared, form.texts(), by=who, at=timezone.now(), reason=_reason(request)
                )
            except Invalid as invalid:
                form.errors, form.nearby = invalid.fields, invalid.near
            except Refused as refused:
                problem = refused.sentence
            else:
                messages.success(request, f"{title_of(declared, record)} is added.")
                if request.POST.get("do") == "another":
                    return redirect(reverse("web:record-new", args=[name]))
                return redirect(url_of(declared, record))
    else:
        for column, raw in form.raws.items():
            if column in request.GET and len(raw) == 1:
                form.raws[column] = (request.GET[column][:400],)
    return _form_page(request, declared, None, form, problem=problem)


@login_required
def record_edit(request: HttpRequest, name: str, key: str) -> HttpResponse:
    """The form of a record. If somebody else has saved meanwhile, it shows what and keeps both changes apart."""
    declared, record = _changeable(request, name, key)
    version, problem = version_of(record), ""
    form = RecordForm.of(declared, record)
    more: dict[str, Any] = {}
    if request.method == "POST":
        posted = RecordForm.posted(declared, request.POST, new=False)
        read = request.POST.get("version", "")
        version = int(read) if read.isdecimal() and int(read) < 2**62 else version
        base = RecordForm.of(declared, at_version(record, version) or record)
        changed = posted.differing(base)
        form = posted
        if not posted.lookup:
            try:
                saved = save_record(
                    declared, posted.texts(changed), record=record, version=version, by=asked.account(request),
                    at=timezone.now(), reason=_reason(request),
                )  # fmt: skip
            except Invalid as invalid:
                form.errors, form.nearby = invalid.fields, invalid.near
            except Conflict as conflict:
                version = conflict.version
                form = _merged(declared, base, posted, RecordForm.of(declared, conflict.record))
                problem = conflict.sentence
                more["theirs"] = in_words(declared, conflict.theirs)
            except Refused as refused:
                problem = refused.sentence
            else:
                title = title_of(declared, saved)
                messages.success(
                    request, f"{title} is saved." if changed else f"{title} was as it is: nothing to save."
                )
                return redirect(url_of(declared, saved))
    return _form_page(request, declared, record, form, version=version, problem=problem, **more)


def _merged(declared: RecordType, base: RecordForm, mine: RecordForm, theirs: RecordForm) -> RecordForm:
    """My changes over theirs; where both changed a column, mine stands in the form and theirs in a note beside it."""
    form = RecordForm(declared, dict(theirs.raws))
    both = set(theirs.differing(base))
    for name in mine.differing(base):
        form.raws[name] = mine.raws[name]
        if name in both and mine.raws[name] != theirs.raws[name]:
            now = " to ".join(part for part in theirs.raws[name] if part) or "nothing"
            form.notes[name] = f"You both changed this. It is {now} now; saving puts yours in its place."
    return form


def _form_page(
    request: HttpRequest, declared: RecordType, record: Model | None, form: RecordForm, *,
    version: int = 0, problem: str = "", **more: Any,
) -> HttpResponse:  # fmt: skip
    errors = [*([("", problem)] if problem else []), *form.summary()]
    back = url_of(declared, record) if record is not None else reverse("web:dataset", args=[declared.name])
    context = {
        "declared": declared, "record": record, "fields": form.fields(), "errors": errors, "version": version, "back": back,
        "reason": request.POST.get("reason", ""), "longest_reason": LONGEST_REASON,
        "title": title_of(declared, record) if record is not None else "",
        "trail": trail(declared, record), "here": "Change" if record is not None else f"Add {declared.singular}", **more,
    }  # fmt: skip
    return render(request, "web/record_form.html", context, status=400 if errors else 200)


def _reason(request: HttpRequest) -> str:
    reason = request.POST.get("reason", "").strip()
    if len(reason) > LONGEST_REASON:
        raise Refused(f"The reason has {len(reason):,} characters; write at most {LONGEST_REASON:,}.")
    return reason


@login_required
def record_retire(request: HttpRequest, name: str, key: str) -> HttpResponse:
    """Take a record out of use from a day on, or bring it back, with the reason; nothing is ever deleted."""
    declared, record = _changeable(request, name, key)
    column = retiring(declared)
    if column is None:
        raise Http404(f"Records of {declared.name} are not retired.")
    gone = getattr(record, "retired_on", None)
    day = request.POST.get("day", "") or timezone.localdate().isoformat()
    errors: list[tuple[str, str]] = []
    if request.method == "POST":
        try:
            reason = _reason(request)
            if not reason:
                raise Invalid(
                    "Say why.", {"reason": "Write why; whoever asks later reads it in the history."}
                )
            saved = save_record(
                declared, {column.name: "" if gone else day}, record=record, by=asked.account(request),
                at=timezone.now(), reason=reason,
            )  # fmt: skip
        except Invalid as invalid:
            errors = [
                ("day" if field == column.name else field, text) for field, text in invalid.fields.items()
            ]
        except Refused as refused:
            errors = [("", refused.sentence)]
        else:
            title = title_of(declared, saved)
            messages.success(request, f"{title} is in use again." if gone else f"{title} is retired.")
            return redirect(generic_url(declared, key_values(declared, saved)))
    context = {
        "declared": declared, "record": record, "title": title_of(declared, record), "gone": gone, "day": day,
        "errors": errors, "reason": request.POST.get("reason", ""), "back": url_of(declared, record),
        "trail": trail(declared, record), "here": "Bring back" if gone else "Retire",
    }  # fmt: skip
    return render(request, "web/record_retire.html", context, status=400 if errors else 200)
