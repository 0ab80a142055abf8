"""What the model's fields say about a record type's columns: their type, whether they must be filled, what they allow."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Any

from django.contrib.postgres.fields import DateRangeField
from django.db import connection, models
from django.db.models.fields import NOT_PROVIDED

from stateworks.kernel.records.types import Column, RecordType, is_walled

if TYPE_CHECKING:
    from stateworks.kernel.lake.contracts import Contract

TEXT, INTEGER, FLOAT, DECIMAL, BOOLEAN, DATE, INSTANT, RANGE, JSON, REFERENCE = (
    "text", "integer", "float", "decimal", "boolean", "date", "instant", "range", "json", "reference",
)  # fmt: skip

_KINDS: tuple[tuple[type[models.Field], str], ...] = (
    (models.ForeignKey, REFERENCE),
    (DateRangeField, RANGE),
    (models.BooleanField, BOOLEAN),
    (models.DateTimeField, INSTANT),
    (models.DateField, DATE),
    (models.DecimalField, DECIMAL),
    (models.FloatField, FLOAT),
    (models.IntegerField, INTEGER),
    (models.JSONField, JSON),
    (models.CharField, TEXT),
    (models.TextField, TEXT),
)


@dataclass(frozen=True)
class Bound:
    """A column together with the model's field it stands for."""

    column: Column
    field: models.Field[Any, Any]
    kind: str
    key: bool
    target: str = ""
    """For a reference: the field of the other model that holds its natural code."""

    @property
    def name(self) -> str:
        """The column's name in files."""
        return self.column.name

    @property
    def stored(self) -> str:
        """The name of the column in the database's table."""
        return str(self.field.column)

    @property
    def required(self) -> bool:
        """Whether a new row must give a value."""
        return self.column.required or (not self.field.blank and not self.has_default)

    @property
    def kept(self) -> bool:
        """Whether only what people do elsewhere changes it."""
        return self.column.kept

    @property
    def has_default(self) -> bool:
        """Whether the model gives a value where none is given."""
        return self.field.default is not NOT_PROVIDED

    @property
    def empty(self) -> Any:
        """What an empty cell means: null where the field allows it, else its default, else an empty text."""
        if self.field.null:
            return None
        if self.has_default:
            return self.field.get_default()
        return "" if self.kind == TEXT else None

    @property
    def one_line(self) -> bool:
        """Whether the text is a line, whose outer blanks mean nothing; a longer text is kept as it is."""
        return not isinstance(self.field, models.TextField)

    @cached_property
    def choices(self) -> dict[str, str]:
        """The allowed values with their labels; empty where any value is allowed."""
        return {str(value): str(label) for value, label in (self.field.flatchoices or ())}

    @property
    def description(self) -> str:
        """What the column means."""
        return self.column.description or str(self.field.help_text)

    @property
    def type_in_words(self) -> str:
        """The type as people read it."""
        return {
            TEXT: "text", INTEGER: "whole number", FLOAT: "number", DECIMAL: "number", BOOLEAN: "true or false",
            DATE: "date, such as 2026-07-01", INSTANT: "date and time, such as 2026-07-01T08:30:00-05:00",
            RANGE: "first and last day, such as 2026-07-01/2027-06-30 or 2026-07-01/..", JSON: "JSON",
            REFERENCE: f"{self.target} of {self.related_words}",
        }[self.kind]  # fmt: skip

    @property
    def related(self) -> type[models.Model]:
        """The model a reference points to."""
        model = self.field.related_model
        assert isinstance(model, type)
        return model

    @property
    def shielded(self) -> bool:
        """Whether a row may refer to something that its reader does not see: a join would lose the row with it."""
        return self.kind == REFERENCE and not self.field.null and is_walled(self.related)

    @property
    def related_words(self) -> str:
        """What a reference points to, in words: “an organization”."""
        if self.kind != REFERENCE:
            return ""
        words = str(self.related._meta.verbose_name)
        return f"{'an' if words[:1].lower() in 'aeiou' else 'a'} {words}"

    @property
    def lake_type(self) -> str:
        """The type in the lake's contract."""
        if self.kind == DECIMAL:
            field: Any = self.field
            return f"DECIMAL({field.max_digits},{field.decimal_places})"
        if self.kind == REFERENCE:
            target = self.related._meta.get_field(self.target)
            return "BIGINT" if isinstance(target, models.IntegerField) else "VARCHAR"
        return {
            TEXT: "VARCHAR", INTEGER: "BIGINT", FLOAT: "DOUBLE", BOOLEAN: "BOOLEAN", DATE: "DATE",
            INSTANT: "TIMESTAMPTZ", RANGE: "VARCHAR", JSON: "VARCHAR",
        }[self.kind]  # fmt: skip

    def integer_limits(self) -> tuple[int, int]:
        """The least and the greatest whole number the database's column takes."""
        low, high = connection.ops.integer_field_range(self.field.get_internal_type())
        return (-(2**63) if low is None else low), (2**63 - 1 if high is None else high)


def bound_columns(declared: RecordType) -> tuple[Bound, ...]:
    """Return a record type's columns with their fields, in their order."""
    return tuple(_bind(declared, column) for column in declared.columns)


def typed_columns(declared: RecordType, *, new: bool) -> tuple[Bound, ...]:
    """Return the columns that people type: of a new record those it cannot be without, too."""
    return tuple(one for one in bound_columns(declared) if not one.kept or (new and one.required))


def bound(declared: RecordType, name: str) -> Bound:
    """Return one column with its field."""
    return _bind(declared, declared.column(name))


@lru_cache(maxsize=4096)
def _bind(declared: RecordType, column: Column) -> Bound:
    path, _, target = column.field.partition("__")
    field: Any = declared.model._meta.get_field(path)
    kind = next((kind for of, kind in _KINDS if isinstance(field, of)), None)
    if kind is None or (kind == REFERENCE) != bool(target):
        raise ValueError(f"{declared.name}.{column.name}: {column.field} is no field that a column can hold")
    return Bound(column, field, kind, column.name in declared.key, target)


def contract_of(declared: RecordType) -> Contract:
    """Return the contract of a record type's snapshots in the lake."""
    from stateworks.kernel.lake.contracts import Contract, ContractColumn
    from stateworks.kernel.records.computed import AGENCY, SEEN_BY, computed_columns

    columns, computed = bound_columns(declared), computed_columns(declared)
    agency = None
    if declared.organization is not None:
        path = f"{declared.organization}__code"
        # A contract without one would show every row to everybody, so there always is one.
        agency = next((one.name for one in columns if one.column.field == path), AGENCY)
    return Contract(
        dataset=declared.name,
        columns=tuple(
            ContractColumn(one.name, one.lake_type, one.required, one.description, tuple(one.choices))
            for one in columns
        )
        + tuple(ContractColumn(one.name, one.type, False, one.description) for one in computed),
        key=declared.key,
        agency=agency,
        kind="record",
        title=declared.heading,
        seen_by=SEEN_BY if declared.seen_once is not None else None,
    )


def describe(declared: RecordType) -> dict[str, Any]:
    """Return what a program or a documentation page says about a record type."""
    columns = bound_columns(declared)
    return {
        "dataset": declared.name,
        "key": list(declared.key),
        "columns": [
            {
                "name": one.name,
                "type": one.type_in_words,
                "required": one.required,
                "description": one.description,
                "values": list(one.choices),
            }
            for one in columns
        ],
        "rules": [rule_in_words(constraint) for constraint in declared.model._meta.constraints],
    }


def rule_in_words(constraint: Any) -> str:
    """Return a constraint as a sentence: its own message, or its name spelled out."""
    message = str(constraint.violation_error_message)
    default = str(type(constraint).default_violation_error_message)
    if message != default:
        return message
    return f"{str(constraint.name).replace('_', ' ').capitalize()}."
