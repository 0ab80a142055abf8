"""Which rows of a record type a list's question means: matched, ordered, counted, and offered as filters.

A question is the same for everybody; what it finds is read within a scope. The functions that take a scope first may be
asked through `Answers`, which remembers what they say.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import reduce
from operator import or_
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery

from stateworks.kernel.access.scope import Scope
from stateworks.kernel.records.fields import BOOLEAN, DATE, INSTANT, REFERENCE, Bound, bound
from stateworks.kernel.records.types import RecordType, is_walled, record_type

MOST_CHOICES = 200
FEW_FOUND = 2_000
EMPTY = "none"
"""The filter value that asks for rows without a value."""


@dataclass(frozen=True)
class Question:
    """What a list's address asks for of one record type, without the page."""

    name: str
    search: str = ""
    filters: tuple[tuple[str, tuple[str, ...]], ...] = ()
    since: tuple[tuple[str, date], ...] = ()
    until: tuple[tuple[str, date], ...] = ()
    sort: tuple[str, ...] = ()

    @property
    def narrowed(self) -> bool:
        """Whether it asks for some rows and not for all."""
        return bool(self.search or self.filters or self.since or self.until)

    @property
    def unsorted(self) -> Question:
        """The same question in no order, which finds as many rows."""
        return replace(self, sort=())


def rows_of(scope: Scope, question: Question) -> QuerySet[Any]:
    """Return the rows a question means as far as a scope sees them, in order."""
    declared = record_type(question.name)
    rows = declared.rows(scope)
    for word in question.search.split():
        paths = [declared.column(name).field for name in declared.search]
        if not paths:
            return rows.none()
        rows = rows.filter(reduce(or_, (Q(**{f"{path}__icontains": word}) for path in paths)))
    for name, values in question.filters:
        rows = rows.filter(_any_of(bound(declared, name), values))
    for limits, comparison in ((question.since, "gte"), (question.until, "lte")):
        for name, day in limits:
            one = bound(declared, name)
            path = f"{one.column.field}__date" if one.kind == INSTANT else one.column.field
            rows = rows.filter(**{f"{path}__{comparison}": day})
    order = []
    for name in question.sort:
        one = bound(declared, name.lstrip("-"))
        path = one.column.field
        if one.shielded and not _joins_all(declared, one, scope):
            path = f"_code_of_{one.name}"
            code = one.related._default_manager.filter(pk=OuterRef(one.field.attname)).values(one.target)[:1]
            rows = rows.alias(**{path: Subquery(code)})
        order.append(("-" if name.startswith("-") else "") + path)
    # The id last: rows that are equal otherwise must not change places from page to page.
    return rows.order_by(*(order or key_order(declared)), "pk")


def total(scope: Scope, question: Question) -> int:
    """Return how many rows a question means."""
    return rows_of(scope, question).order_by().count()


def page_of(scope: Scope, question: Question, first: int, last: int, of: int) -> tuple[Any, ...]:
    """Return the ids of the rows from the first to before the last, of so many; from behind where that is nearer."""
    rows = rows_of(scope, question).values_list("pk", flat=True)
    if first <= of - last:
        return tuple(rows[first:last])
    return tuple(rows.reverse()[max(0, of - last) : of - first])[::-1]


def first_found(scope: Scope, question: Question) -> tuple[Any, ...]:
    """Return the ids of what a search found, and one more than `FEW_FOUND` where it is more than that.

    A search looks through every row's texts: so it does that once, and not to count and again for each page.
    """
    return tuple(rows_of(scope, question).values_list("pk", flat=True)[: FEW_FOUND + 1])


def offers(scope: Scope, name: str, column: str) -> tuple[tuple[str, str], ...] | None:
    """Return what a filter offers, value and label: the choices, yes and no, or the codes that occur in visible rows.

    None where there are more than `MOST_CHOICES`: nobody looks through so many, the value is typed.
    """
    declared = record_type(name)
    one = bound(declared, column)
    if one.choices:
        return tuple(one.choices.items())
    if one.kind == BOOLEAN:
        return (("true", "Yes"), ("false", "No"))
    base = declared.rows(scope)
    if one.kind == REFERENCE:
        # Asked of the few that are referred to, and not of the many that refer to them.
        used = base.order_by().filter(**{one.field.name: OuterRef("pk")})
        rows = one.related._default_manager.filter(Exists(used)).order_by(one.target)
        values = rows.values_list(one.target, flat=True)[: MOST_CHOICES + 1]
    else:
        path = one.column.field
        values = base.order_by(path).values_list(path, flat=True).distinct()[: MOST_CHOICES + 1]
    found = tuple((str(value), str(value)) for value in values if value not in (None, ""))
    return found if len(found) <= MOST_CHOICES else None


def key_order(declared: RecordType) -> list[str]:
    """Return the order of a type's natural key; what may be out of reach is ordered by its id, which hides no row."""
    columns = [bound(declared, name) for name in declared.key]
    return [
        one.field.attname if one.kind == REFERENCE and is_walled(one.related) else one.column.field
        for one in columns
    ]


def _joins_all(declared: RecordType, one: Bound, scope: Scope) -> bool:
    """Tell whether a row that is seen always refers to something that is seen, so that a join loses no row."""
    own = declared.organization is not None and declared.organization.split("__")[0] == one.field.name
    return own or scope.everything or scope.every_organization


def _any_of(one: Bound, values: Sequence[str]) -> Q:
    path = one.column.field
    given: list[Any] = [value for value in values if value != EMPTY]
    if one.kind == BOOLEAN:
        given = [value == "true" for value in given]
    found = Q(**{f"{path}__in": given}) if given else Q()
    if EMPTY in values:
        own = path.split("__")[0] if one.kind == REFERENCE else path
        nothing = Q(**{f"{own}__isnull": True})
        if one.kind not in (REFERENCE, BOOLEAN, DATE, INSTANT) and one.field.empty_strings_allowed:
            nothing |= Q(**{path: ""})
        found = found | nothing if given else nothing
    return found
