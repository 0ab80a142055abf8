"""Record types: one declaration of a noun gives its intake, list, form, export, API, history and snapshot.

    register(RecordType(
        name="office.vendor", model=Vendor, key=("code",), title="Vendors",
        columns=(Column("code", "code", description="Short stable code."), Column("name", "name"), ...),
        list_columns=("code", "name"), search=("code", "name"), filters=("retired_on",),
    ))

A column's type, length, choices and whether it may be empty come from the model's field, never from here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from stateworks.kernel.errors import Refused

if TYPE_CHECKING:
    from django.db.models import Model, QuerySet

    from stateworks.kernel.access.models import Account
    from stateworks.kernel.access.scope import Scope


@dataclass(frozen=True)
class Column:
    """A column as files, API and lake name it, and the field that holds it.

    `field` is a field of the model, or a foreign key and the natural code of its target, such as `organization__code`.
    `required` asks for a value where the model would do without. Without a description the field's help text is used. A
    column that is `kept` says what people did elsewhere, such as confirming a milestone: a file may bring it with a new row,
    as of a time before this system; afterwards no file, form or program changes it. A `personal` column says something about
    a person: who opens such a record or takes such rows is put on record.
    """

    name: str
    field: str
    required: bool = False
    description: str = ""
    kept: bool = False
    personal: bool = False


@dataclass(frozen=True, eq=False)
class RecordType:
    """A noun that people edit and load; each is equal to itself alone.

    `key` names the columns of the natural key, `organization` the ORM path from a row to the organization it belongs to
    (None: the office's own, which only those who answer for the whole state may change). `seen_once` is a field's path and
    the value it has once the organization sees a row, such as `("state", "issued")`: until then the row is the office's own.
    `fill` gives values of fields that are not in a file, such as who reported and when, for new rows. `change` names the
    right it takes to add, change or load rows. `page` names the address of the module's own page of a row, which takes the
    key's columns; without it the generic page is the row's own.
    """

    name: str
    model: type[Model]
    key: tuple[str, ...]
    columns: tuple[Column, ...]
    list_columns: tuple[str, ...] = ()
    search: tuple[str, ...] = ()
    filters: tuple[str, ...] = ()
    organization: str | None = None
    seen_once: tuple[str, str] | None = None
    title: str = ""
    fill: Callable[[Account | None, datetime], Mapping[str, Any]] | None = None
    change: str = "records.change"
    page: str = ""

    def column(self, name: str) -> Column:
        """Return a column by its name."""
        for column in self.columns:
            if column.name == name:
                return column
        raise Refused(
            f"{self.name} has no column {name}; its columns are {', '.join(column.name for column in self.columns)}."
        )

    def rows(self, scope: Scope, among: QuerySet[Any] | None = None) -> QuerySet[Any]:
        """Return the rows that a scope sees, of all or among some; whoever reads rows for somebody begins here."""
        from stateworks.kernel.access.scope import visible

        some = self.model._default_manager.all() if among is None else among
        return visible(some, scope, self.organization, self.seen_once)

    @property
    def heading(self) -> str:
        """The title shown above lists."""
        return self.title or str(self.model._meta.verbose_name_plural).capitalize()

    @property
    def singular(self) -> str:
        """One row of the type, as a sentence names it."""
        return str(self.model._meta.verbose_name)

    @property
    def shown(self) -> tuple[str, ...]:
        """The columns a list shows without being asked."""
        return self.list_columns or tuple(column.name for column in self.columns)


_types: dict[str, RecordType] = {}


def register(declared: RecordType) -> RecordType:
    """Make a record type known under its name, with a contract in the lake for its snapshots."""
    from stateworks.kernel.lake.contracts import register_contract

    names = {column.name for column in declared.columns}
    wrong = [
        name
        for name in (*declared.key, *declared.shown, *declared.search, *declared.filters)
        if name not in names
    ]
    if wrong:
        raise ValueError(f"{declared.name} names columns it does not declare: {', '.join(wrong)}")
    _types[declared.name] = declared

    def made() -> Any:
        from stateworks.kernel.records.fields import contract_of

        return contract_of(declared)

    register_contract(declared.name, made)
    return declared


def record_type(name: str) -> RecordType:
    """Return a record type by its name."""
    try:
        return _types[name]
    except KeyError:
        known = ", ".join(sorted(_types)) or "none"
        raise Refused(f"There is no record type {name}; the record types are {known}.") from None


def record_types() -> tuple[RecordType, ...]:
    """Return every record type, by name."""
    return tuple(_types[name] for name in sorted(_types))


def is_walled(model: type[Model]) -> bool:
    """Tell whether rows of a model belong to organizations, so that some are kept from some people."""
    declared = type_of(model)
    return declared is not None and declared.organization is not None


def type_of(model: type[Model]) -> RecordType | None:
    """Return the record type whose rows are those of a model; none where nobody registered it."""
    return next((declared for declared in record_types() if declared.model is model), None)
