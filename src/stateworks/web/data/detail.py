"""One record: what it is, what it refers to and what refers to it, and its history."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_required
from django.db.models import Model
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from stateworks.kernel.access.scope import Scope
from stateworks.kernel.records.fields import JSON, RANGE, REFERENCE, bound_columns
from stateworks.kernel.records.past import PAGE, Told, history_page, in_words
from stateworks.kernel.records.personal import note_seen
from stateworks.kernel.records.references import backwards, is_hidden, name_field, target_of
from stateworks.kernel.records.rights import may_change
from stateworks.kernel.records.types import RecordType
from stateworks.web import asked, words
from stateworks.web.data.addresses import generic_url, key_values, target_url, title_of, url_of
from stateworks.web.data.editing import record_or_404, record_type_or_404, retiring, trail
from stateworks.web.data.listing import cell_words, label_of

#: What a record's page shows of its history; the rest is on a page of its own.
LATEST = 5


@dataclass(frozen=True)
class Fact:
    """One column of a record as its page shows it."""

    label: str
    text: str
    url: str = ""
    code: str = ""
    long: bool = False


@dataclass(frozen=True)
class Referring:
    """Records of one type that refer to this one: the first, how many, and the list of all."""

    title: str
    column: str
    records: tuple[tuple[str, str], ...]
    total: int
    url: str


def facts_of(declared: RecordType, record: Model) -> list[Fact]:
    """A record's columns as people read them, references with their names and addresses."""
    found = []
    for one in bound_columns(declared):
        value: Any = target_of(one, record) if one.kind == REFERENCE else getattr(record, one.field.name)
        label = label_of(one.name)
        if one.kind == REFERENCE and is_hidden(one, record):
            found.append(Fact(label, "something your role does not reach"))
        elif value is None or value == "":
            found.append(Fact(label, ""))
        elif one.kind == REFERENCE:
            code = str(getattr(value, one.target))
            name = name_field(one.related)
            text = str(getattr(value, name)) if name else code
            found.append(Fact(label, text, target_url(one, code), code if code != text else ""))
        elif one.kind == RANGE:
            found.append(Fact(label, range_words(value)))
        elif one.kind == JSON:
            import json

            found.append(Fact(label, json.dumps(value, ensure_ascii=False, indent=1), long=True))
        elif one.choices:
            found.append(Fact(label, one.choices.get(str(value), str(value))))
        else:
            text = str(cell_words(value)[0])
            link = text if text.startswith(("https://", "http://")) else ""
            found.append(Fact(label, text, link, long="\n" in text or len(text) > 200))
    return found


def range_words(value: Any) -> str:
    """A range of days as a sentence has it, both days counted."""
    from datetime import timedelta

    last = None if value.upper is None else value.upper - timedelta(days=0 if value.upper_inc else 1)
    first = words.day(value.lower)
    if value.lower and last:
        return f"{first} to {words.day(last)}"
    if value.lower:
        return f"since {first}"
    return f"until {words.day(last)}" if last else "always"


def referring(record: Model, scope: Scope) -> list[Referring]:
    """What refers to a record, by type and column."""
    found = []
    for one in backwards(record, scope):
        address = reverse("web:dataset", args=[one.declared.name])
        found.append(
            Referring(
                one.declared.heading, label_of(one.column.name),
                tuple((title_for(one.declared, row, one.column.name), url_of(one.declared, row)) for row in one.records),
                one.total, f"{address}?{urlencode({one.column.name: one.value})}",
            )
        )  # fmt: skip
    return found


def title_for(declared: RecordType, record: Model, known: str) -> str:
    """A record's title on the page of what it refers to, which need not be named again."""
    if name_field(declared.model):
        return title_of(declared, record)
    facts = dict(zip((column.name for column in declared.columns), facts_of(declared, record), strict=True))
    parts = [facts[name].text for name in declared.key if name != known and facts[name].text]
    return " · ".join(parts) or title_of(declared, record)


@login_required
def record(request: HttpRequest, name: str, key: str) -> HttpResponse:
    """One record with all that is known about it."""
    declared = record_type_or_404(name)
    found = record_or_404(request, declared, key)
    note_seen(declared, key, by=asked.account(request), at=timezone.now())
    happened, total = history_page(found, page=1, size=LATEST)
    column = retiring(declared)
    values = key_values(declared, found)
    own = url_of(declared, found)
    context = {
        "declared": declared, "record": found, "title": title_of(declared, found), "facts": facts_of(declared, found),
        "referring": referring(found, asked.scope(request)), "told": in_words(declared, happened), "total": total,
        "latest": LATEST, "sees_imports": asked.can(request, "data.see_refused"),
        "can_change": may_change(declared, asked.account(request), found),
        "retires": column is not None, "gone": getattr(found, "retired_on", None) if column else None,
        "urls": {page: generic_url(declared, values, f"record-{page}") for page in ("edit", "history", "retire")},
        "own": own if own != request.path else "",
        "trail": trail(declared), "here": title_of(declared, found),
    }  # fmt: skip
    return render(request, "web/record.html", context)


@login_required
def record_history(request: HttpRequest, name: str, key: str) -> HttpResponse:
    """Everything that happened to a record, newest first."""
    declared = record_type_or_404(name)
    found = record_or_404(request, declared, key)
    note_seen(declared, key, by=asked.account(request), at=timezone.now())
    number = request.GET.get("page", "1")
    page = int(number) if number.isdecimal() and 0 < int(number) < 10**6 else 1
    happened, total = history_page(found, page=page)
    pages = max(1, -(-total // PAGE))
    told: list[Told] = in_words(declared, happened)
    context = {
        "declared": declared, "title": title_of(declared, found), "told": told, "total": total, "page": page, "pages": pages,
        "previous": page - 1 if 1 < page <= pages else 0, "following": page + 1 if page < pages else 0,
        "sees_imports": asked.can(request, "data.see_refused"),
        "trail": trail(declared, found), "here": "History",
    }  # fmt: skip
    return render(request, "web/record_history.html", context)
