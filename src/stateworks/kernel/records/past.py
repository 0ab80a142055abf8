"""What has happened to one record: who changed what, when and why, each field before and after, in words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pghistory.models
from django.apps import apps
from django.db.models import Model

from stateworks.kernel.records.fields import RANGE, REFERENCE, Bound, bound_columns
from stateworks.kernel.records.references import labels_of
from stateworks.kernel.records.types import RecordType

PAGE = 20


@dataclass(frozen=True)
class Happening:
    """One thing that happened to a record: when, what (added, changed, removed), who and why, and the columns' values."""

    at: datetime
    what: str
    by: str
    reason: str
    import_id: int | None
    fields: dict[str, tuple[Any, Any]]
    version: int = 0


@dataclass(frozen=True)
class Change:
    """One column before and after, as people read it."""

    column: str
    before: str
    after: str


@dataclass(frozen=True)
class Told:
    """A happening in words."""

    happening: Happening
    changes: tuple[Change, ...]


def event_model(model: type[Model]) -> type[Model]:
    """Return the table beside a model that keeps its history."""
    concrete = model._meta.concrete_model
    for candidate in apps.get_models():
        if (
            issubclass(candidate, pghistory.models.Event)
            and getattr(candidate, "pgh_tracked_model", None) is concrete
        ):
            return candidate
    raise LookupError(f"{model.__name__} keeps no history; give it the decorator keeps_history()")


def version_of(record: Model) -> int:
    """Return the number of a record's last change: two people who read different numbers have seen different records."""
    events = event_model(type(record))._default_manager.filter(pgh_obj_id=record.pk)
    return int(events.order_by("-pgh_id").values_list("pgh_id", flat=True).first() or 0)


def at_version(record: Model, version: int) -> Model | None:
    """Return the record as it was after a change; none if that is not one of its changes."""
    event = event_model(type(record))._default_manager.filter(pgh_obj_id=record.pk, pgh_id=version).first()
    if event is None:
        return None
    values = {field.attname: getattr(event, field.attname) for field in record._meta.concrete_fields}
    return type(record)(**values)


def history_of(record: Model) -> list[Happening]:
    """Return what has happened to a record, newest first, with each changed field before and after."""
    found, _ = history_page(record, page=1, size=10**9)
    return found


def history_page(
    record: Model, *, page: int, size: int = PAGE, since: int = 0
) -> tuple[list[Happening], int]:
    """Return a page of what has happened to a record, newest first, and how much there is in all.

    With `since` only what came after that version. Fields are by the model's own names, references as ids.
    """
    events = event_model(type(record))._default_manager.filter(pgh_obj_id=record.pk, pgh_id__gt=since)
    total = events.count()
    start = (page - 1) * size
    # One more than shown: what was there before the oldest.
    rows: list[Any] = list(events.order_by("-pgh_id")[start : start + size + 1])
    if len(rows) <= size and since:
        earlier = event_model(type(record))._default_manager.filter(pgh_obj_id=record.pk, pgh_id__lte=since)
        rows += list(earlier.order_by("-pgh_id")[:1])
    names = [field.attname for field in record._meta.concrete_fields if not field.primary_key]
    found = []
    for place, event in enumerate(rows[: min(size, total - start)]):
        before = _state(rows[place + 1], names) if place + 1 < len(rows) else {}
        now = _state(event, names)
        facts: Mapping[str, Any] = getattr(event, "pgh_context", None) or {}
        found.append(
            Happening(
                at=event.pgh_created_at, what=event.pgh_label, by=str(facts.get("by") or ""),
                reason=str(facts.get("reason") or ""), import_id=facts.get("import_id"),
                fields={name: (before.get(name), now.get(name)) for name in names if before.get(name) != now.get(name)},
                version=event.pgh_id,
            )
        )  # fmt: skip
    return found, total


def _state(event: Any, names: Iterable[str]) -> dict[str, Any]:
    return {} if event.pgh_label == "removed" else {name: getattr(event, name) for name in names}


def in_words(declared: RecordType, happenings: Iterable[Happening]) -> list[Told]:
    """Return happenings with their columns' values in words; one query for each column that refers to something."""
    columns = bound_columns(declared)
    listed = list(happenings)
    labels: dict[str, dict[Any, str]] = {}
    for one in columns:
        if one.kind == REFERENCE:
            ids = {
                value
                for each in listed
                for value in each.fields.get(one.field.attname, ())
                if value is not None
            }
            labels[one.name] = labels_of(one, ids)
    told = []
    for each in listed:
        changes = [
            Change(
                one.name,
                *(_words(one, value, labels.get(one.name, {})) for value in each.fields[one.field.attname]),
            )
            for one in columns
            if one.field.attname in each.fields
        ]
        # What a new record has is told where it says something.
        kept = [change for change in changes if each.what == "changed" or change.before or change.after]
        told.append(Told(each, tuple(kept)))
    return told


def _words(one: Bound, value: Any, labels: Mapping[Any, str]) -> str:
    from stateworks.kernel.records.export import range_text

    if value is None or value == "":
        return ""
    if one.kind == REFERENCE:
        return labels.get(value, "something you may not see")
    if one.kind == RANGE:
        return range_text(value)
    if one.choices:
        return one.choices.get(str(value), str(value))
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, datetime):
        from django.utils import timezone

        return f"{timezone.localtime(value):%Y-%m-%d %H:%M}"
    return str(value)
