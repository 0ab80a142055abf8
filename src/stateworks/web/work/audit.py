"""The audit record: who did what, to what, when and why; for administrators and auditors."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from stateworks.kernel.access.audit_reading import Asked, entries, verbs
from stateworks.kernel.access.seals import newest_seal
from stateworks.web import asked

PAGE_ROWS = 50


@login_required
def audit(request: HttpRequest) -> HttpResponse:
    """The entries an address asks for, newest first, fifty a page."""
    asked.need(request, "audit.read")
    errors: list[tuple[str, str]] = []
    given = {
        name: request.GET.get(name, "").strip()[:200] for name in ("who", "verb", "subject", "since", "until")
    }
    question = Asked(
        who=given["who"], verb=given["verb"], subject=given["subject"],
        since=_day("since", given["since"], errors), until=_day("until", given["until"], errors),
    )  # fmt: skip
    if question.since and question.until and question.until < question.since:
        errors.append(("until", "The last day is before the first."))
    found = entries(question)
    total = 0 if errors else found.count()
    pages = max(1, -(-total // PAGE_ROWS))
    number = request.GET.get("page", "1")
    page = min(int(number), pages) if number.isdecimal() and 0 < int(number) < 10**9 else 1
    rows = [] if errors else list(found[(page - 1) * PAGE_ROWS : page * PAGE_ROWS])
    seal = newest_seal()
    context: dict[str, Any] = {
        "rows": [(row, _facts(row.before), _facts(row.after), seal is not None and row.pk <= seal.last_id) for row in rows],
        "total": total, "page": page, "pages": pages, "given": given, "verbs": verbs(), "errors": errors, "seal": seal,
        "filtered": any(given.values()), "trail": [("My work", reverse("web:work"))], "here": "Audit record",
    }  # fmt: skip
    return render(request, "web/audit.html", context, status=400 if errors else 200)


def _facts(kept: Any) -> list[tuple[str, str]]:
    """What an entry keeps of before or after, as names and words."""
    if not isinstance(kept, dict):
        return []
    return [
        (name, value if isinstance(value, str) else json.dumps(value, ensure_ascii=False))
        for name, value in kept.items()
        if value not in (None, "")
    ]


def _day(name: str, text: str, errors: list[tuple[str, str]]) -> dt.date | None:
    if not text:
        return None
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        errors.append((name, f"“{text}” is not a day; write it as 2026-07-01."))
        return None
