"""Pages of a list, and a list as a file: the same for the lists of every module."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, QueryDict

from stateworks.web import asked
from stateworks.web.csv_cells import safe

PAGE_ROWS = 50


@dataclass(frozen=True)
class Paged:
    """One page of rows, as the site's pager shows it."""

    rows: list[Any]
    total: int
    first: int
    last: int
    previous: str
    following: str
    hidden: int = 0


def paged(request: HttpRequest, rows: QuerySet[Any], *, size: int = PAGE_ROWS, hidden: int = 0) -> Paged:
    """The page of a query that the address asks for; how many there are, and which, is remembered until one changes.

    The page's ids come first and alone: to sort a hundred thousand rows with all that is joined to them takes seconds.
    """
    answers = asked.answers(request)
    total = answers.count(rows)
    pages = max(1, -(-total // size))
    text = request.GET.get("page", "1")
    page = min(int(text), pages) if text.isdecimal() and 0 < int(text) < 10**9 else 1
    ids = answers.read(
        rows.select_related(None).values_list("pk", flat=True)[(page - 1) * size : page * size]
    )
    found = list(rows.filter(pk__in=ids)) if ids else []
    first = (page - 1) * size + 1 if found else 0
    return Paged(
        found, total, first, first + len(found) - 1 if found else 0,
        _address(request.GET, page - 1) if page > 1 else "", _address(request.GET, page + 1) if page < pages else "",
        hidden,
    )  # fmt: skip


def paged_list(request: HttpRequest, rows: Sequence[Any], *, size: int = PAGE_ROWS) -> Paged:
    """The page of rows that are there already."""
    pages = max(1, -(-len(rows) // size))
    text = request.GET.get("page", "1")
    page = min(int(text), pages) if text.isdecimal() and 0 < int(text) < 10**9 else 1
    found = list(rows[(page - 1) * size : page * size])
    first = (page - 1) * size + 1 if found else 0
    return Paged(
        found, len(rows), first, first + len(found) - 1 if found else 0,
        _address(request.GET, page - 1) if page > 1 else "", _address(request.GET, page + 1) if page < pages else "",
    )  # fmt: skip


def _address(given: QueryDict, page: int) -> str:
    changed = given.copy()
    changed["page"] = str(page)
    return changed.urlencode()


def wants_csv(request: HttpRequest) -> bool:
    """Whether the address asks for the list as a file."""
    return request.GET.get("format") == "csv"


def csv_answer(
    name: str, headings: Sequence[str], rows: Iterable[Any], cells: Callable[[Any], Sequence[Any]]
) -> HttpResponse:
    """A list as a file; it is written inside the request's scope, not after it."""
    answer = HttpResponse(content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    writer = csv.writer(answer)
    writer.writerow(headings)
    for row in _each(rows):
        writer.writerow(safe("" if cell is None else cell for cell in cells(row)))
    return answer


def _each(rows: Iterable[Any]) -> Iterator[Any]:
    yield from rows.iterator(chunk_size=2000) if isinstance(rows, QuerySet) else rows
