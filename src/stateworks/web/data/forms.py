"""A record type's form, made from what its columns are: what each field asks, what stands in it, and what came back.

A field's inputs are named `c.` and the column, so that no column can be taken for the form's own parts.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db import models
from django.db.models import Model
from django.http import QueryDict
from django.utils import timezone

from stateworks.kernel.records.fields import (
    BOOLEAN,
    DATE,
    DECIMAL,
    FLOAT,
    INSTANT,
    INTEGER,
    JSON,
    RANGE,
    REFERENCE,
    Bound,
    typed_columns,
)  # fmt: skip
from stateworks.kernel.records.references import Target, first_targets, near, target_of
from stateworks.kernel.records.types import RecordType, type_of
from stateworks.web.data.listing import label_of

Raw = tuple[str, ...]
#: The radio button that keeps what was typed, instead of one of the targets found.
TYPED = ""


@dataclass
class FormField:
    """One column in a form."""

    one: Bound
    kind: str
    raw: Raw
    error: str = ""
    options: list[Target] = field(default_factory=list)
    found: list[Target] = field(default_factory=list)
    asked: bool = False
    note: str = ""

    @property
    def name(self) -> str:
        """The column."""
        return self.one.name

    @property
    def label(self) -> str:
        """What the form calls it."""
        return label_of(self.one.name)

    @property
    def value(self) -> str:
        """What stands in its one input."""
        return self.raw[0]

    @property
    def until(self) -> str:
        """What stands in the second input of a range."""
        return self.raw[1] if len(self.raw) > 1 else ""

    @property
    def required(self) -> bool:
        """Whether it must be filled."""
        return self.one.required

    @property
    def type(self) -> str:
        """The input's type, which keyboards and browsers know."""
        if self.kind in ("date", "instant"):
            return "date" if self.kind == "date" else "datetime-local"
        if isinstance(self.one.field, models.EmailField):
            return "email"
        return "url" if isinstance(self.one.field, models.URLField) else "text"

    @property
    def mode(self) -> str:
        """The keyboard that fits."""
        return {INTEGER: "numeric", FLOAT: "decimal", DECIMAL: "decimal"}.get(self.one.kind, "")

    @property
    def longest(self) -> int | None:
        """How many characters fit."""
        found: int | None = getattr(self.one.field, "max_length", None)
        return found

    @property
    def choices(self) -> list[tuple[str, str, bool]]:
        """What may be chosen: value, label, and whether it is."""
        pairs = (
            [("true", "Yes"), ("false", "No")] if self.kind == "boolean" else list(self.one.choices.items())
        )
        if self.kind == "boolean" and self.one.field.null:
            pairs.append(("", "Not known"))
        return [(value, label, value == self.value) for value, label in pairs]

    @property
    def target_type(self) -> RecordType | None:
        """The record type that a reference points to."""
        return type_of(self.one.related) if self.kind == "reference" else None

    @property
    def target_words(self) -> str:
        """What a reference points to."""
        return self.one.related_words if self.kind == "reference" else ""

    @property
    def hints(self) -> str:
        """The ids of what describes the input, for screen readers."""
        said = [f"h-{self.name}"]
        said += [f"e-{self.name}"] if self.error else []
        said += [f"n-{self.name}"] if self.note else []
        return " ".join(said)


def kind_of(one: Bound) -> str:
    """Return how a form asks for a column."""
    if one.choices:
        return "choice"
    plain = {
        BOOLEAN: "boolean",
        DATE: "date",
        INSTANT: "instant",
        RANGE: "range",
        JSON: "lines",
        REFERENCE: "reference",
    }
    if one.kind in plain:
        return plain[one.kind]
    return (
        "lines"
        if isinstance(one.field, models.TextField)
        else "number"
        if one.kind in (INTEGER, FLOAT, DECIMAL)
        else "line"
    )


def raw_of(one: Bound, record: Model | None) -> Raw:
    """Return what stands in a field's inputs for a record, or for a new one."""
    kind = kind_of(one)
    if record is None:
        value = _initial(one)
    else:
        value = target_of(one, record) if one.kind == REFERENCE else getattr(record, one.field.name)
    if value is None:
        return ("", "") if kind == "range" else ("",)
    if one.kind == RANGE:
        last = None if value.upper is None else value.upper - timedelta(days=0 if value.upper_inc else 1)
        return (value.lower.isoformat() if value.lower else "", last.isoformat() if last else "")
    if one.kind == REFERENCE:
        return (str(getattr(value, one.target)),)
    if isinstance(value, bool):
        return ("true" if value else "false",)
    if isinstance(value, datetime):
        return (timezone.localtime(value).strftime("%Y-%m-%dT%H:%M:%S"),)
    if one.kind == JSON:
        return (json.dumps(value, ensure_ascii=False, indent=1),)
    return (value.isoformat() if hasattr(value, "isoformat") else str(value),)


def _initial(one: Bound) -> Any:
    if one.kind == REFERENCE or not one.has_default:
        return None
    return one.field.get_default()


def raw_from(one: Bound, posted: QueryDict) -> Raw:
    """Return what was sent in a field's inputs; a target that was picked comes before what was typed."""
    name = f"c.{one.name}"
    if kind_of(one) == "range":
        return posted.get(f"{name}.from", "").strip(), posted.get(f"{name}.to", "").strip()
    text = posted.get(name, "").replace("\r\n", "\n")
    if one.kind == REFERENCE:
        text = posted.get(f"pick.{one.name}", "") or text.strip()
    return (text if kind_of(one) == "lines" else text.strip(),)


def text_from(one: Bound, raw: Raw) -> str:
    """Return a field's inputs as the one text that files have."""
    if kind_of(one) != "range":
        return raw[0]
    return f"{raw[0] or '..'}/{raw[1] or '..'}" if any(raw) else ""


@dataclass
class RecordForm:
    """The form of one record: what stands in it, what is wrong, and what is looked up."""

    declared: RecordType
    raws: dict[str, Raw]
    errors: dict[str, str] = field(default_factory=dict)
    nearby: Mapping[str, list[Target]] = field(default_factory=dict)
    notes: dict[str, str] = field(default_factory=dict)
    lookup: str = ""
    new: bool = False

    @classmethod
    def of(cls, declared: RecordType, record: Model | None) -> RecordForm:
        """The form as a record fills it."""
        new = record is None
        raws = {one.name: raw_of(one, record) for one in typed_columns(declared, new=new)}
        return cls(declared, raws, new=new)

    @classmethod
    def posted(cls, declared: RecordType, posted: QueryDict, *, new: bool) -> RecordForm:
        """The form as it was sent, for a new record or a change of one."""
        raws = {one.name: raw_from(one, posted) for one in typed_columns(declared, new=new)}
        form = cls(declared, raws, new=new)
        form.lookup = posted.get("lookup", "")
        return form

    def texts(self, names: Iterable[str] | None = None) -> dict[str, str]:
        """The columns as files write them; of all, or of the named ones."""
        wanted = None if names is None else set(names)
        return {
            one.name: text_from(one, self.raws[one.name])
            for one in typed_columns(self.declared, new=self.new)
            if wanted is None or one.name in wanted
        }

    def differing(self, other: RecordForm) -> list[str]:
        """The columns in which two forms differ."""
        return [name for name, raw in self.raws.items() if raw != other.raws[name]]

    def fields(self) -> list[FormField]:
        """The fields in the order of the columns."""
        found = []
        for one in typed_columns(self.declared, new=self.new):
            made = FormField(one, kind_of(one), self.raws[one.name], self.errors.get(one.name, ""))
            made.note = self.notes.get(one.name, "")
            if made.kind == "reference":
                made.options = first_targets(one)
                made.asked = self.lookup == one.name
                made.found = near(one, made.value) if made.asked else list(self.nearby.get(one.name, ()))
            found.append(made)
        return found

    def summary(self) -> list[tuple[str, str]]:
        """What is wrong, each with the field it stands at."""
        return [(name, text) for name, text in self.errors.items()]
