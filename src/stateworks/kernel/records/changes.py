"""The verbs by which people add or change one record, and bring it out of use and back."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import DatabaseError, IntegrityError, ProgrammingError, transaction
from django.db.models import Model

from stateworks.kernel.access import audit
from stateworks.kernel.access.permissions import require
from stateworks.kernel.access.scope import SYSTEM, entered
from stateworks.kernel.errors import Refused
from stateworks.kernel.history import noted
from stateworks.kernel.records.export import range_text
from stateworks.kernel.records.fields import (
    DECIMAL,
    JSON,
    RANGE,
    REFERENCE,
    Bound,
    bound,
    bound_columns,
    rule_in_words,
    typed_columns,
)
from stateworks.kernel.records.past import Happening, history_of, history_page, version_of
from stateworks.kernel.records.references import Target, find_target, is_hidden, target_of
from stateworks.kernel.records.rights import organization_of, require_some
from stateworks.kernel.records.types import RecordType
from stateworks.kernel.records.values import read_column

if TYPE_CHECKING:
    from stateworks.kernel.access.models import Account

__all__ = ["Conflict", "Invalid", "database_words", "history_of", "save_record", "shown_values", "subject"]


_RULE = re.compile(r"Constraint “([^”]+)” is violated\.")
"""What Django says of a rule without words of its own."""


class Invalid(Refused):
    """A form that cannot be saved: one sentence in all, and one for each column that is wrong."""

    def __init__(
        self, sentence: str, fields: Mapping[str, str], near: Mapping[str, list[Target]] | None = None
    ) -> None:
        super().__init__(
            sentence, tuple(f"{name}: {text}" if name else text for name, text in fields.items())
        )
        self.fields = dict(fields)
        self.near = dict(near or {})


class Conflict(Refused):
    """A record has changed since whoever sends the form has read it; `theirs` says what happened meanwhile."""

    def __init__(self, record: Model, theirs: list[Happening], version: int) -> None:
        who = theirs[0].by if theirs and theirs[0].by else "somebody"
        super().__init__(
            f"{who[:1].upper()}{who[1:]} has changed this record since you opened it; nothing was saved."
        )
        self.record = record
        self.theirs = theirs
        self.version = version


def save_record(
    declared: RecordType,
    values: Mapping[str, str],
    *,
    record: Model | None = None,
    version: int | None = None,
    by: Account | None,
    at: datetime,
    reason: str = "",
) -> Model:
    """Add a record from a form's texts, or change the given one; columns that are not named stay as they are.

    `version` is the record's version that was read (`past.version_of`): another one by now raises Conflict. A reference is a
    code or an exact name. Raises Invalid with a sentence for each wrong column, or PermissionDenied. One audit entry, in the
    same transaction.
    """
    columns = [one for one in bound_columns(declared) if one.name in values]
    with transaction.atomic():
        instance = declared.model() if record is None else _locked(declared, record, version)
        before = {} if record is None else shown_values(declared, instance)
        if record is not None:
            require(by, declared.change, organization_of(declared, instance))
        elif by is not None:
            require_some(declared, by)
        parsed, problems, nearby = parsed_values(columns, values)
        if by is not None:
            problems |= _kept(declared, columns, parsed, instance, new=record is None)
        for one in columns:
            if one.name not in problems:
                setattr(instance, one.field.name, parsed[one.name])
        _fill(declared, instance, record is None, by, at)
        if not problems:
            problems = _faults(declared, instance, columns, by)
        if problems:
            many = "One field needs" if len(problems) == 1 else f"{len(problems)} fields need"
            raise Invalid(f"{many} correction; nothing was saved.", problems, nearby)
        require(by, declared.change, organization_of(declared, instance))
        after = shown_values(declared, instance)
        changed = {name for name in after if before.get(name) != after[name]}
        if record is not None and not changed:
            return instance
        try:
            with transaction.atomic(), noted(by=str(by or ""), reason=reason, at=at.isoformat()):
                instance.save()
        except IntegrityError as error:
            raise Invalid("Nothing was saved.", {"": database_words(error)}) from error
        except ProgrammingError as error:
            if getattr(error.__cause__, "sqlstate", "") != "42501":
                raise
            # The database's own wall: the row would belong to an organization that the account does not see.
            raise PermissionDenied("You may not keep a record there.") from error
        audit.record(
            "add" if record is None else "change", subject(declared, instance), by=by, at=at, reason=reason,
            before=None if record is None else {name: before.get(name) for name in sorted(changed)},
            after={name: after[name] for name in sorted(changed)},
        )  # fmt: skip
    return instance


def _locked(declared: RecordType, record: Model, version: int | None) -> Model:
    """Return the record as it is now, kept from others until the transaction ends."""
    # Itself and not what it refers to: else two edits of different systems of one agency would wait for each other.
    rows = declared.model._default_manager.select_for_update(of=("self",))
    found: Model | None = rows.filter(pk=record.pk).first()
    if found is None:
        raise Refused(f"This {declared.singular} is gone, or you may not see it any more; nothing was saved.")
    if version is not None:
        now = version_of(found)
        if now != version:
            theirs, _ = history_page(found, page=1, size=20, since=version)
            raise Conflict(found, theirs, now)
    return found


def _kept(
    declared: RecordType, columns: list[Bound], parsed: Mapping[str, Any], instance: Model, *, new: bool
) -> dict[str, str]:
    """Return a sentence for each column that nobody types and that would change all the same."""
    typed = {one.name for one in typed_columns(declared, new=new)}
    return {
        one.name: "It follows from what people do on the record's own page and is not typed; leave it as it is."
        for one in columns
        if one.name not in typed and parsed.get(one.name) != getattr(instance, one.field.name)
    }


def _faults(
    declared: RecordType, instance: Model, columns: list[Bound], by: Account | None
) -> dict[str, str]:
    """Return what the model says against the record, by column; a rule over several columns under an empty name."""
    given = {one.name for one in columns}
    unseen = {
        str(one.field.name)
        for one in bound_columns(declared)
        if one.kind == REFERENCE and one.name not in given and is_hidden(one, instance)
    }
    try:
        # What was there before and is kept from sight stays as it is.
        instance.full_clean(exclude=unseen)
    except ValidationError as error:
        return _by_column(declared, columns, error)
    if by is None:
        return {}
    # A clash with a row that is kept from this account is found by the database's own eyes alone.
    with entered(SYSTEM):
        try:
            instance.validate_unique()
            instance.validate_constraints()
        except ValidationError:
            key = declared.key[0]
            return {
                key: "It cannot be kept under this key; choose another, or ask whoever answers for the whole state."
            }
    return {}


def shown_values(declared: RecordType, record: Model) -> dict[str, Any]:
    """Return a record's columns as plain values: references by their code, dates in ISO form."""
    found: dict[str, Any] = {}
    for one in bound_columns(declared):
        value = target_of(one, record) if one.kind == REFERENCE else getattr(record, one.field.name)
        if value is None:
            found[one.name] = None
        elif one.kind == REFERENCE:
            found[one.name] = getattr(value, one.target)
        elif one.kind == RANGE:
            found[one.name] = range_text(value)
        elif one.kind == DECIMAL:
            # As text with all its places: JSON has no exact numbers, and a value reads the same before and after it is saved.
            places = getattr(one.field, "decimal_places", 0)
            found[one.name] = f"{value:.{places}f}"
        else:
            found[one.name] = value.isoformat() if hasattr(value, "isoformat") else value
    return found


def subject(declared: RecordType, record: Model) -> str:
    """Return how the audit record names a record: its type and natural key."""
    values = shown_values(declared, record)
    return " ".join([declared.name, *(str(values[name]) for name in declared.key)])


def parsed_values(
    columns: list[Bound], values: Mapping[str, str]
) -> tuple[dict[str, Any], dict[str, str], dict[str, list[Target]]]:
    """Return columns' values from a form's texts, a sentence for each wrong one, and what came near to unknown references."""
    import polars as pl

    parsed: dict[str, Any] = {}
    problems: dict[str, str] = {}
    nearby: dict[str, list[Target]] = {}
    for one in columns:
        text = values[one.name].replace("\r\n", "\n") or None
        series = pl.Series(one.name, [text], dtype=pl.String)
        read, faults = read_column(one, series, zone=settings.TIME_ZONE)
        if faults:
            problems[one.name] = faults[0].sentence(text or "")
            continue
        value = read[0]
        if one.kind == RANGE and value is not None:
            value = _range(value)
        elif one.kind == JSON and value is not None:
            value = json.loads(value)
        elif one.kind == REFERENCE and value is not None:
            target, near = find_target(one, value)
            if target is None:
                nearby[one.name] = near
                problems[one.name] = unknown_words(one, value, near)
            value = target
        parsed[one.name] = value
    return parsed, problems, nearby


def unknown_words(one: Bound, text: str, near: list[Target]) -> str:
    """Return why a text is no reference, with what comes near it."""
    words = one.related._meta.verbose_name
    if not near:
        return f"There is no {words} “{text}”; write its code or its exact name."
    listed = ", ".join(f"{each.code} ({each.label})" if each.label else each.code for each in near[:5])
    same = all(each.label.lower() == text.lower() for each in near)
    begin = f"Several have the name “{text}”" if same else f"There is no {words} “{text}”"
    return f"{begin}; did you mean {listed}?"


def _range(text: str) -> Any:
    from datetime import date, timedelta

    from django.db.backends.postgresql.psycopg_any import DateRange

    first, last = text.strip("[]").split(",")
    return DateRange(
        date.fromisoformat(first) if first else None,
        date.fromisoformat(last) + timedelta(days=1) if last else None,
    )


def database_words(error: DatabaseError) -> str:
    """Return the database's own sentence on a rule; our triggers write them for people."""
    cause: Any = error.__cause__
    words = getattr(getattr(cause, "diag", None), "message_primary", None) or str(error).splitlines()[0]
    if "org_alias_no_overlap" in words:
        return "Two aliases of one source mean different organizations on the same day; correct their dates."
    return words if words.endswith(".") else f"{words[:1].upper()}{words[1:]}."


def _fill(declared: RecordType, instance: Model, new: bool, by: Account | None, at: datetime) -> None:
    if new and declared.fill is not None:
        for name, value in declared.fill(by, at).items():
            setattr(instance, name, value)


def _by_column(declared: RecordType, columns: list[Bound], error: ValidationError) -> dict[str, str]:
    names = {str(bound(declared, column.name).field.name): column.name for column in declared.columns}
    given = {one.name for one in columns}
    rules = {str(rule.name): rule_in_words(rule) for rule in declared.model._meta.constraints}
    found: dict[str, str] = {}
    for name, messages in error.message_dict.items():
        column = names.get(name, "")
        text = " ".join(
            _RULE.sub(lambda match: rules.get(match[1], match[0]), message) for message in messages
        )
        # A fault of a column that the form does not show has no field to stand at.
        if column and column not in given:
            column, text = "", f"{column}: {text}"
        found[column] = f"{found[column]} {text}" if column in found else text
    return found
