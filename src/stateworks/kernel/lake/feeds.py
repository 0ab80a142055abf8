"""Feeds: datasets that machines append to, each declared once by its module; and datasets derived from them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Any

from stateworks.kernel.errors import Refused
from stateworks.kernel.lake.contracts import Contract, ContractColumn, duckdb_type, register_contract

if TYPE_CHECKING:
    from pathlib import Path

    import dataframely as dy
    import duckdb

    from stateworks.kernel.lake.derive import Derivation
    from stateworks.kernel.lake.files import TabularFile
    from stateworks.kernel.lake.mapping import MappingDocument


@dataclass(frozen=True)
class Feed:
    """A dataset of rows that a source system delivers.

    `schema` returns the dataframely schema (columns, types, rules); it is called at first use, since it imports polars.
    `partition_on` names the local date that files rows by month, `agency` the column with an organization's code,
    `updated` the column that decides which of several rows with one key is the latest. A column's allowed values are in
    its metadata as `values`. `checks` turns the schema's rule names into the sentence a refused row carries.
    """

    name: str
    schema: Callable[[], type[dy.Schema]]
    key: tuple[str, ...]
    partition_on: str
    title: str
    description: str
    agency: str | None = None
    source_column: str = "source"
    updated: str | None = None
    order: tuple[str, ...] = ()
    together: tuple[str, ...] = ()
    """Text columns by which rows are asked for: rows alike in them lie side by side in files."""
    local_dates: dict[str, str] = field(default_factory=dict)
    """Local date column to the instant it is taken from."""
    checks: dict[str, str] = field(default_factory=dict)
    usual: Mapping[str, str] = field(default_factory=dict)
    """What a column is taken as where a file says nothing about it."""
    synonyms: Mapping[str, Sequence[str]] = field(default_factory=dict)
    """Other names of a column as tools write them; under `column.value` other words for a closed column's value."""
    complete: Callable[[duckdb.DuckDBPyConnection, str, MappingDocument], str] | None = None
    """Fills columns that follow from the mapped ones of the same row: gets a relation's name and returns one with every column.

    It sees a file in pieces, or only what is new. Columns that the feed does not know are handed on as they are.
    """
    prepare: Callable[[TabularFile, MappingDocument, Path], TabularFile] | None = None
    """Gives a file's rows anew, with the folder given to put them in, where a row needs what the file as a whole says."""
    completed: tuple[str, ...] = ()
    """The columns that `complete` fills, which a mapping need not name."""
    added_to: tuple[str, ...] = ()
    """Further columns that `complete` fills where the source left them empty."""
    basis: Callable[[MappingDocument], str] = lambda _mapping: ""
    """What the completed columns rest on besides the row: when it changes, rows are computed and stored anew."""

    def contract(self) -> Contract:
        """Return the feed's contract."""
        return _contract_of(self.name)


_feeds: dict[str, Feed] = {}
_derivations: dict[str, list[Derivation]] = {}


def register(declared: Feed) -> Feed:
    """Make a feed known under its name."""
    _feeds[declared.name] = declared
    register_contract(declared.name, declared.contract)
    _contract_of.cache_clear()
    return declared


def feed(name: str) -> Feed:
    """Return a feed by its name."""
    try:
        return _feeds[name]
    except KeyError:
        raise Refused(
            f"There is no feed {name}; the feeds are {', '.join(sorted(_feeds)) or 'none'}."
        ) from None


def feeds() -> tuple[Feed, ...]:
    """Return every feed, by name."""
    return tuple(_feeds[name] for name in sorted(_feeds))


def derive(declared: Derivation) -> Derivation:
    """Make it known that one feed is derived from another in the same import."""
    _derivations.setdefault(declared.source, []).append(declared)
    return declared


def derivations(source: str) -> tuple[Derivation, ...]:
    """Return what is derived from a feed."""
    return tuple(_derivations.get(source, ()))


@cache
def _contract_of(name: str) -> Contract:
    declared = feed(name)
    columns = tuple(
        _column(column_name, column) for column_name, column in declared.schema().columns().items()
    )
    return Contract(
        dataset=name,
        columns=columns,
        key=declared.key,
        partition_on=declared.partition_on,
        agency=declared.agency,
        partition_instants=tuple(
            instant for day, instant in declared.local_dates.items() if day == declared.partition_on
        ),
        order=declared.order or declared.key,
        together=declared.together,
        hashed=tuple(
            column.name
            for column in columns
            if column.name not in declared.local_dates and column.name not in declared.completed
        ),
        title=declared.title,
    )


def _column(name: str, column: Any) -> ContractColumn:
    values = tuple((column.metadata or {}).get("values", ()))
    return ContractColumn(
        name, duckdb_type(column.dtype), not column.nullable, column.description or "", values
    )
