"""A record's address: its natural key as one piece of a URL, which leads back to the record whatever the key holds.

The parts of the key stand as an export writes them, joined by commas. What an address cannot hold stands as `~` and two
hexadecimal digits a byte; `~n` is a part without a value and `~e` an empty text.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db.backends.postgresql.psycopg_any import DateRange
from django.db.models import Model, QuerySet

from stateworks.kernel.access.scope import Scope
from stateworks.kernel.records.export import range_text
from stateworks.kernel.records.fields import BOOLEAN, INSTANT, JSON, RANGE, REFERENCE, TEXT, Bound, bound
from stateworks.kernel.records.types import RecordType

JOINED = ","
NOTHING, NO_TEXT = "~n", "~e"
RESERVED = frozenset({"new", "bulk", "views", "import", "describe", "template"})
"""Pieces of address that are pages of the type itself."""
_ODD = re.compile(r"[\x00-\x20\x7f-\xa0/\\~,?#%;+&=\"'<>`|^{}\[\]\u2028\u2029]")
_ESCAPED = re.compile(r"(?:~[0-9A-F]{2})+")
LONGEST = 2000


def key_names(declared: RecordType) -> list[Bound]:
    """Return the columns of a type's natural key."""
    return [bound(declared, name) for name in declared.key]


def key_address(declared: RecordType, values: Mapping[str, Any]) -> str:
    """Return the piece of address for a row's key, given the values of its columns by name (references as codes)."""
    return address_of([part_text(one, values[one.name]) for one in key_names(declared)])


def part_text(one: Bound, value: Any) -> str | None:
    """Return one part of a key as text; None for no value."""
    if value is None:
        return None
    if one.kind == RANGE:
        return value if isinstance(value, str) else range_text(value)
    if isinstance(value, datetime):
        return value.astimezone(UTC).strftime("%Y-%m-%dT%H%M%S.%fZ")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def address_of(parts: Sequence[str | None]) -> str:
    """Join the texts of a key to one piece of address."""
    written = JOINED.join(_written(part) for part in parts)
    # Browsers take pieces of dots alone for folders, and some words are pages of their own.
    if not written.strip(".") or written in RESERVED:
        return _hexed(written[0]) + written[1:]
    return written


def parts_of(address: str) -> list[str | None]:
    """Return the texts of a key from its piece of address.

    Raises ValueError where the address was not made by `address_of`.
    """
    return [_read(part) for part in address.split(JOINED)]


def _written(part: str | None) -> str:
    if part is None:
        return NOTHING
    return _ODD.sub(lambda found: _hexed(found[0]), part) or NO_TEXT


def _read(part: str) -> str | None:
    if part == NOTHING:
        return None
    if part == NO_TEXT:
        return ""
    if "~" in _ESCAPED.sub("", part):
        raise ValueError(f"“{part}” is no key's address")
    return _ESCAPED.sub(lambda found: bytes.fromhex(found[0].replace("~", "")).decode(), part)


def _hexed(text: str) -> str:
    return "".join(f"~{byte:02X}" for byte in text.encode())


def with_key(declared: RecordType, address: str, scope: Scope) -> QuerySet[Any]:
    """Return the rows (one or none) that an address means and a scope may see; read it inside the scope."""
    rows = declared.rows(scope)
    columns = key_names(declared)
    try:
        parts = parts_of(address[:LONGEST])
        if len(parts) != len(columns):
            return rows.none()
        for one, part in zip(columns, parts, strict=True):
            path = one.column.field
            if part is None:
                own = path.split("__")[0] if one.kind == REFERENCE else path
                rows = rows.filter(**{f"{own}__isnull": True})
            else:
                rows = rows.filter(**{path: _value(one, part)})
    except (ValueError, ValidationError, OverflowError):
        return rows.none()
    return rows.order_by("pk")


def find(declared: RecordType, address: str, scope: Scope) -> Model | None:
    """Return the record that an address means, with what it refers to; none where there is none or it is kept from sight."""
    related = [
        str(bound(declared, column.name).field.name)
        for column in declared.columns
        if bound(declared, column.name).kind == REFERENCE
    ]
    found: Model | None = with_key(declared, address, scope).prefetch_related(*related).first()
    return found


def _value(one: Bound, text: str) -> Any:
    """Return a part of a key as the field's value."""
    if "\0" in text:
        raise ValueError("no text holds a null character")
    if one.kind == REFERENCE:
        target: Any = one.related._meta.get_field(one.target)
        return target.to_python(text)
    if one.kind == TEXT:
        return text
    if one.kind == RANGE:
        first, _, last = text.partition("/")
        return DateRange(
            None if first == ".." else date.fromisoformat(first),
            None if last == ".." else date.fromisoformat(last) + timedelta(days=1),
        )
    if one.kind == INSTANT:
        return datetime.strptime(text, "%Y-%m-%dT%H%M%S.%fZ").replace(tzinfo=UTC)
    if one.kind == BOOLEAN:
        return (
            {"true": True, "false": False}[text] if text in ("true", "false") else one.field.to_python(text)
        )
    if one.kind == JSON:
        raise ValueError("JSON is no part of a key")
    value = one.field.to_python(text)
    one.field.get_prep_value(value)
    return value
