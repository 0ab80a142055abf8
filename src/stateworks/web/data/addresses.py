"""Where a record's page is: the module's own page if the record type names one, else the generic one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db.models import Model
from django.urls import NoReverseMatch, reverse

from stateworks.kernel.records.fields import REFERENCE, Bound, bound_columns
from stateworks.kernel.records.keys import key_address, key_names, part_text
from stateworks.kernel.records.references import name_field, target_of
from stateworks.kernel.records.types import RecordType, type_of


def record_url(declared: RecordType, values: Mapping[str, Any]) -> str:
    """Return the address of a row's page from the values of its key, references as codes."""
    if declared.page:
        parts = [part_text(one, values[one.name]) for one in key_names(declared)]
        try:
            return reverse(declared.page, args=[part or "" for part in parts])
        except NoReverseMatch:
            # A key that the module's own address cannot hold has the generic page still.
            pass
    return generic_url(declared, values)


def generic_url(declared: RecordType, values: Mapping[str, Any], page: str = "record") -> str:
    """Return the address of one of the generic pages of a row."""
    return reverse(f"web:{page}", args=[declared.name, key_address(declared, values)])


def target_url(one: Bound, code: Any) -> str:
    """Return the address of what a reference points to; empty where its code alone does not lead there."""
    if one.kind != REFERENCE or code in (None, ""):
        return ""
    declared = type_of(one.related)
    if declared is None or len(declared.key) != 1 or declared.column(declared.key[0]).field != one.target:
        return ""
    return record_url(declared, {declared.key[0]: code})


def key_values(declared: RecordType, record: Model) -> dict[str, Any]:
    """Return the values of a record's key by column, references as codes."""
    found: dict[str, Any] = {}
    for one in key_names(declared):
        value = target_of(one, record) if one.kind == REFERENCE else getattr(record, one.field.name)
        found[one.name] = getattr(value, one.target) if one.kind == REFERENCE and value is not None else value
    return found


def url_of(declared: RecordType, record: Model) -> str:
    """Return the address of a record's page."""
    return record_url(declared, key_values(declared, record))


def title_of(declared: RecordType, record: Model) -> str:
    """Return what people call a record: its name, else its key."""
    name = name_field(declared.model)
    if name and (text := str(getattr(record, name))):
        return text
    parts = [part_text(one, key_values(declared, record)[one.name]) for one in key_names(declared)]
    return " · ".join(part for part in parts if part) or declared.singular


def references(declared: RecordType) -> list[Bound]:
    """Return a type's columns that refer to other records."""
    return [one for one in bound_columns(declared) if one.kind == REFERENCE]
