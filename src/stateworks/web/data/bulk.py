"""Change many records at once: the ticked ones or all that a list shows, counted before anything is written."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone

from stateworks.kernel.errors import Refused
from stateworks.kernel.records import query
from stateworks.kernel.records.bulk import SHOWN, Bulk, change_many, changeable
from stateworks.kernel.records.changes import Invalid
from stateworks.kernel.records.rights import require_some
from stateworks.kernel.records.types import RecordType
from stateworks.web import asked
from stateworks.web.data.editing import LONGEST_REASON, record_type_or_404, trail
from stateworks.web.data.forms import FormField, RecordForm
from stateworks.web.words import count_of


def selection(request: HttpRequest, declared: RecordType) -> tuple[QuerySet[Any], list[int], str]:
    """The chosen rows: the ticked ones with their ids, or all that an address asks for, with that address in its fixed order."""
    posted = request.POST.getlist("row") + request.POST.get("rows", "").split(",")
    ids = sorted({int(text) for text in posted if text.isdecimal() and int(text) < 2**62})
    parameters = QueryDict(request.POST.get("query", "")) if request.method == "POST" else request.GET
    listing = query.asked(declared, parameters, asked.scope(request))
    if ids or request.POST.get("which") == "ticked":
        everything = query.asked(declared, {}, asked.scope(request)).queryset
        return everything.filter(pk__in=ids), ids, ""
    return listing.queryset, [], listing.parameters(page=None, columns=None, sort=None)


@login_required
def record_bulk(request: HttpRequest, name: str) -> HttpResponse:
    """Choose columns and values, see what would change, then change it."""
    declared = record_type_or_404(name)
    who = require_some(declared, asked.account(request))
    rows, ids, address = selection(request, declared)
    back = reverse("web:dataset", args=[name]) + (f"?{address}" if address else "")
    if request.POST.get("which") == "ticked" and not ids:
        messages.warning(request, "Tick the records to change first, or change all that the list shows.")
        return redirect(back if not request.POST.get("query") else f"{back}?{request.POST['query']}")
    form = (
        RecordForm.posted(declared, request.POST, new=False)
        if request.method == "POST"
        else RecordForm.of(declared, None)
    )
    chosen = [one.name for one in changeable(declared) if request.POST.get(f"change.{one.name}")]
    do = request.POST.get("do", "")
    told: Bulk | None = None
    errors: list[tuple[str, str]] = []
    if do in ("preview", "apply") and not form.lookup:
        try:
            reason = request.POST.get("reason", "").strip()
            if len(reason) > LONGEST_REASON:
                raise Refused(f"The reason has {len(reason):,} characters; write at most {LONGEST_REASON:,}.")
            expected = request.POST.get("expected", "")
            values = form.texts(chosen)
            if do == "apply" and request.POST.get("previewed", "") != _fingerprint(values):
                raise Refused(
                    "You changed the values after the preview; nothing was changed. Look at the new numbers first."
                )
            if do == "apply":
                told = change_many(
                    declared, rows, values, dry_run=False, by=who, at=timezone.now(), reason=reason,
                    expected=int(expected) if expected.isdecimal() else None, leave_out=bool(request.POST.get("leave_out")),
                )  # fmt: skip
                messages.success(request, f"{count_of(told.changing, 'record is', 'records are')} changed.")
                return redirect(back)
            told = change_many(declared, rows, values, dry_run=True, by=who, at=timezone.now(), reason=reason)
        except Invalid as invalid:
            form.errors, form.nearby = invalid.fields, invalid.near
            errors = form.summary()
        except Refused as refused:
            errors = [("", refused.sentence)]
            told = _again(request, declared, rows, form, chosen)
    fields = [one for one in form.fields() if not one.one.key]
    context = {
        "declared": declared, "total": told.matched if told else rows.count(), "ticked": bool(ids),
        "rows": ",".join(str(pk) for pk in ids), "query": address, "back": back, "errors": errors, "told": told,
        "fields": [(field, field.name in chosen or bool(form.lookup == field.name)) for field in fields],
        "chosen": [(field, _words(field)) for field in fields if field.name in chosen], "most": SHOWN,
        "previewed": _fingerprint(form.texts(chosen)), "reason": request.POST.get("reason", ""), "longest_reason": LONGEST_REASON,
        "trail": trail(declared), "here": "Change many",
    }  # fmt: skip
    return render(request, "web/record_bulk.html", context, status=400 if errors else 200)


def _again(
    request: HttpRequest, declared: RecordType, rows: QuerySet[Any], form: RecordForm, chosen: list[str]
) -> Bulk | None:
    """The numbers as they are now, after a refusal; none where even these cannot be had."""
    who = asked.account(request)
    if who is None or not chosen:
        return None
    try:
        return change_many(declared, rows, form.texts(chosen), dry_run=True, by=who, at=timezone.now())
    except Refused:
        return None


def _fingerprint(values: dict[str, str]) -> str:
    """What tells one set of values from another: what was previewed is what is written."""
    return hashlib.sha256(json.dumps(values, sort_keys=True).encode()).hexdigest()[:16]


def _words(field: FormField) -> str:
    """What a column becomes, in words."""
    if field.kind in ("choice", "boolean"):
        return next((text for _, text, picked in field.choices if picked), "")
    return (
        " to ".join(part or "open" for part in field.raw)
        if any(field.raw) and len(field.raw) > 1
        else field.value
    )
