"""What a record refers to and what refers to it: by code or exact name, with near matches, and backwards with counts."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import FieldDoesNotExist, ObjectDoesNotExist, ValidationError
from django.db import models
from django.db.models import Q, QuerySet

from stateworks.kernel.access.scope import Scope
from stateworks.kernel.records.fields import REFERENCE, Bound, bound_columns
from stateworks.kernel.records.types import RecordType, record_types, type_of

NEAR = 8
BEGINNING = 4
"""A mistyped word is found by so many of its first letters."""
FEW = 100
"""So many targets stand in the form itself; of more, people write the code or the name."""


@dataclass(frozen=True)
class Target:
    """Something that can be referred to: its code and what people call it."""

    code: str
    label: str


@dataclass(frozen=True)
class Backwards:
    """What refers to a record by one column: the first rows, and how many there are."""

    declared: RecordType
    column: Bound
    records: tuple[models.Model, ...]
    total: int
    value: str


def target_of(one: Bound, record: models.Model) -> models.Model | None:
    """Return what a record refers to by a column; none where it refers to nothing, or to something kept from sight."""
    try:
        found: models.Model | None = getattr(record, one.field.name)
    except ObjectDoesNotExist:
        return None
    return found


def is_hidden(one: Bound, record: models.Model) -> bool:
    """Tell whether a record refers to something that is kept from sight."""
    return getattr(record, one.field.attname) is not None and target_of(one, record) is None


def name_field(model: type[models.Model]) -> str:
    """Return the field by which people know a model's rows; empty where they have a code alone."""
    for name in ("name", "title"):
        try:
            if isinstance(model._meta.get_field(name), models.CharField):
                return name
        except FieldDoesNotExist:
            continue
    return ""


def targets(one: Bound, scope: Scope | None = None) -> QuerySet[Any]:
    """Return what a column may refer to, as far as a scope sees it."""
    declared = type_of(one.related)
    if scope is not None and declared is not None:
        return declared.rows(scope)
    rows: QuerySet[Any] = one.related._default_manager.all()
    return rows


def labels_of(one: Bound, ids: Iterable[Any]) -> dict[Any, str]:
    """Return code and name by id, of those that may be seen; one query, none where there are no ids."""
    wanted = set(ids)
    if not wanted:
        return {}
    name = name_field(one.related)
    names = ("pk", one.target, *((name,) if name and name != one.target else ()))
    found = targets(one).filter(pk__in=wanted).values_list(*names)
    return {row[0]: f"{row[1]} ({row[2]})" if len(row) > 2 and row[2] else str(row[1]) for row in found}


def find_target(one: Bound, text: str) -> tuple[models.Model | None, list[Target]]:
    """Return what a code or an exact name means, or none with what comes near it.

    A name that several have means none of them.
    """
    rows = targets(one)
    try:
        field: Any = one.related._meta.get_field(one.target)
        code = field.to_python(text)
        found = rows.filter(**{one.target: code}).first()
    except (ValidationError, ValueError):
        found = None
    if found is not None:
        return found, []
    name = name_field(one.related)
    if name:
        same = list(rows.filter(**{f"{name}__iexact": text})[: NEAR + 1])
        if len(same) == 1:
            return same[0], []
        if same:
            return None, [_target(one, name, row) for row in same[:NEAR]]
    return None, near(one, text)


def near(one: Bound, text: str) -> list[Target]:
    """Return what comes near a text: every word of it in the code or the name; else how any of its longer words begins."""
    name = name_field(one.related)
    fields = [field for field in (one.target, name) if field]
    words = text.split()[:6]
    if not words:
        return []
    every, some = Q(), Q()
    for word in words:
        either = Q()
        for field in fields:
            either |= Q(**{f"{field}__icontains": word})
            if len(word) >= BEGINNING:
                some |= Q(**{f"{field}__icontains": word[:BEGINNING]})
        every &= either
    rows = targets(one).order_by(name or one.target)
    found = list(rows.filter(every)[:NEAR])
    if not found and some:
        found = list(rows.filter(some)[:NEAR])
    return [_target(one, name, row) for row in found]


def first_targets(one: Bound) -> list[Target]:
    """Return everything a column may refer to where that is little; nothing where it is much."""
    name = name_field(one.related)
    rows = list(targets(one).order_by(name or one.target)[: FEW + 1])
    return [_target(one, name, row) for row in rows] if len(rows) <= FEW else []


def _target(one: Bound, name: str, row: models.Model) -> Target:
    code = str(getattr(row, one.target))
    label = str(getattr(row, name)) if name and name != one.target else ""
    return Target(code, label)


def backwards(record: models.Model, scope: Scope, *, first: int = 10) -> list[Backwards]:
    """Return what refers to a record among all record types, as far as a scope sees it; two queries a column at most."""
    found = []
    for declared in record_types():
        for one in bound_columns(declared):
            if one.kind != REFERENCE or one.related is not type(record):
                continue
            rows = declared.rows(scope)
            related = [str(each.field.name) for each in bound_columns(declared) if each.kind == REFERENCE]
            rows = rows.filter(**{one.field.name: record}).prefetch_related(*related)
            order = [declared.column(name).field for name in declared.key]
            shown = tuple(rows.order_by(*order, "pk")[: first + 1])
            if shown:
                total = len(shown) if len(shown) <= first else rows.count()
                found.append(Backwards(declared, one, shown[:first], total, str(getattr(record, one.target))))
    return found
