"""What has happened to one record, and the verbs that a form uses to add or change one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

import pghistory.models
from django.apps import apps
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Model

from stateworks.kernel.access import audit
from stateworks.kernel.access.permissions import require
from stateworks.kernel.errors import Refused
from stateworks.kernel.history import noted
from stateworks.kernel.org.models import Organization
from stateworks.kernel.records.export import range_text
from stateworks.kernel.records.fields import RANGE, REFERENCE, Bound, bound_columns
from stateworks.kernel.records.types import RecordType
from stateworks.kernel.records.values import read_column

if TYPE_CHECKING:
    from stateworks.kernel.access.models import Account


class Invalid(Refused):
    """A form that cannot be saved: one sentence in all, and one for each column that is wrong."""

    def __init__(self, sentence: str, fields: Mapping[str, str]) -> None:
        super().__init__(sentence, tuple(fields.values()))
        self.fields = dict(fields)


@dataclass(frozen=True)
class Happening:
    """One thing that happened to a record: when, what (added, changed, removed), who and why, and the columns' values."""

    at: datetime
    what: str
    by: str
    reason: str
    import_id: int | None
    fields: dict[str, tuple[Any, Any]]


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


def history_of(record: Model) -> list[Happening]:
    """Return what has happened to a record, newest first, with each changed field before and after."""
    events = list(event_model(type(record))._default_manager.filter(pgh_obj_id=record.pk).order_by("pgh_id"))
    names = [field.attname for field in record._meta.concrete_fields if not field.primary_key]
    found: list[Happening] = []
    before: dict[str, Any] = {}
    for event in events:
        facts: Mapping[str, Any] = getattr(event, "pgh_context", None) or {}
        now = {} if event.pgh_label == "removed" else {name: getattr(event, name) for name in names}  # type: ignore[attr-defined]
        fields = {
            name: (before.get(name), now.get(name)) for name in names if before.get(name) != now.get(name)
        }
        found.append(
            Happening(
                at=event.pgh_created_at, what=event.pgh_label, by=str(facts.get("by") or ""),  # type: ignore[attr-defined]
                reason=str(facts.get("reason") or ""), import_id=facts.get("import_id"), fields=fields,
            )
        )  # fmt: skip
        before = now
    return found[::-1]


def save_record(
    declared: RecordType,
    values: Mapping[str, str],
    *,
    record: Model | None = None,
    by: Account | None,
    at: datetime,
    reason: str = "",
) -> Model:
    """Add a record from a form's texts, or change the given one; columns that are not named stay as they are.

    Raises Invalid with a sentence for each wrong column, or PermissionDenied. One audit entry, in the same transaction.
    """
    columns = [one for one in bound_columns(declared) if one.name in values]
    instance = declared.model() if record is None else record
    before = {} if record is None else shown_values(declared, record)
    parsed, problems = _parsed(columns, values)
    with transaction.atomic():
        if record is not None:
            require(by, "records.change", organization_of(declared, record))
        for one in columns:
            if one.name in problems:
                continue
            setattr(instance, one.field.name, _found(one, parsed[one.name], problems))
        _fill(declared, instance, record is None, by, at)
        if not problems:
            try:
                instance.full_clean()
            except ValidationError as error:
                problems |= _by_column(columns, error)
        if problems:
            many = "One field needs" if len(problems) == 1 else f"{len(problems)} fields need"
            raise Invalid(f"{many} correction; nothing was saved.", problems)
        require(by, "records.change", organization_of(declared, instance))
        with noted(by=str(by or ""), reason=reason, at=at.isoformat()):
            instance.save()
        after = shown_values(declared, instance)
        changed = {name for name in after if before.get(name) != after[name]}
        if changed:
            audit.record(
                "add" if record is None else "change", subject(declared, instance), by=by, at=at, reason=reason,
                before=None if record is None else {name: before.get(name) for name in sorted(changed)},
                after={name: after[name] for name in sorted(changed)},
            )  # fmt: skip
    return instance


def shown_values(declared: RecordType, record: Model) -> dict[str, Any]:
    """Return a record's columns as plain values: references by their code, dates in ISO form."""
    found: dict[str, Any] = {}
    for one in bound_columns(declared):
        value = getattr(record, one.field.name)
        if value is None:
            found[one.name] = None
        elif one.kind == REFERENCE:
            found[one.name] = getattr(value, one.target)
        elif one.kind == RANGE:
            found[one.name] = range_text(value)
        else:
            found[one.name] = value.isoformat() if hasattr(value, "isoformat") else value
    return found


def subject(declared: RecordType, record: Model) -> str:
    """Return how the audit record names a record: its type and natural key."""
    values = shown_values(declared, record)
    return " ".join([declared.name, *(str(values[name]) for name in declared.key)])


def organization_of(declared: RecordType, record: Model) -> Organization | None:
    """Return the organization a record belongs to; None for the office's own."""
    if declared.organization is None:
        return None
    found: Any = record
    for step in declared.organization.split("__"):
        found = getattr(found, step, None)
    return found if isinstance(found, Organization) else None


def _parsed(columns: list[Bound], values: Mapping[str, str]) -> tuple[dict[str, Any], dict[str, str]]:
    import polars as pl

    parsed, problems = {}, {}
    for one in columns:
        text = values[one.name].replace("\r\n", "\n") or None
        series = pl.Series(one.name, [text], dtype=pl.String)
        read, faults = read_column(one, series, zone=settings.TIME_ZONE)
        parsed[one.name] = read[0]
        if faults:
            problems[one.name] = faults[0].sentence(text or "")
    return parsed, problems


def _found(one: Bound, value: Any, problems: dict[str, str]) -> Any:
    if one.kind == RANGE and value is not None:
        from django.db.backends.postgresql.psycopg_any import DateRange

        first, last = value.strip("[]").split(",")
        from datetime import date, timedelta

        return DateRange(
            date.fromisoformat(first) if first else None,
            date.fromisoformat(last) + timedelta(days=1) if last else None,
        )
    if one.kind != REFERENCE or value is None:
        return value
    target = one.related._default_manager.filter(**{one.target: value}).first()
    if target is None:
        problems[one.name] = (
            f"There is no {one.related._meta.verbose_name} “{value}”; correct the {one.name}."
        )
    return target


def _fill(declared: RecordType, instance: Model, new: bool, by: Account | None, at: datetime) -> None:
    if new and declared.fill is not None:
        for name, value in declared.fill(by, at).items():
            setattr(instance, name, value)


def _by_column(columns: list[Bound], error: ValidationError) -> dict[str, str]:
    names = {one.field.name: one.name for one in columns}
    found: dict[str, str] = {}
    for name, messages in error.message_dict.items():
        found[names.get(name, "")] = " ".join(messages)
    return found
