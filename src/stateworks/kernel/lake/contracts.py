"""What a dataset's columns are: names, types, meaning, and the technical columns stored with every row."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from stateworks.kernel.errors import Refused

if TYPE_CHECKING:
    import pyarrow as pa

KEY, ROW, PART, IMPORT = "_key", "_row", "_part", "_import"
METADATA = (KEY, ROW, PART, IMPORT)
NO_DATE = "m0000-00"
"""The part of rows whose partition date is empty."""


@dataclass(frozen=True)
class ContractColumn:
    """One column: its name, its type in DuckDB's words, whether it must be filled, its meaning, and its closed values."""

    name: str
    type: str
    required: bool = False
    description: str = ""
    values: tuple[str, ...] = ()

    def arrow(self) -> pa.DataType:
        """Return the column's Arrow type."""
        import pyarrow as pa

        if self.type.startswith("DECIMAL"):
            precision, scale = self.type[len("DECIMAL(") : -1].split(",")
            return pa.decimal128(int(precision), int(scale))
        return {
            "VARCHAR": pa.string(),
            "BIGINT": pa.int64(),
            "INTEGER": pa.int32(),
            "DOUBLE": pa.float64(),
            "BOOLEAN": pa.bool_(),
            "DATE": pa.date32(),
            "TIMESTAMPTZ": pa.timestamp("us", "UTC"),
        }[self.type]


@dataclass(frozen=True)
class Contract:
    """A dataset's promise: its columns, its key, the date its months are cut by, and the column that says whose a row is.

    `partition_instants` are the instants that the cutting date is the local date of, so that both have the same order.
    `order` is how compaction lays rows inside a file (by the key where nothing is said), so that readers skip most of it;
    rows alike in `together` (text columns) lie side by side from the start, block by block.
    `hashed` names the columns that tell a changed row; those that only follow from others need not be among them (none
    named means all). `seen_by` names the column that a scope is held against where the agency alone does not say who sees a row.
    """

    dataset: str
    columns: tuple[ContractColumn, ...]
    key: tuple[str, ...]
    partition_on: str | None = None
    agency: str | None = None
    partition_instants: tuple[str, ...] = ()
    order: tuple[str, ...] = ()
    together: tuple[str, ...] = ()
    hashed: tuple[str, ...] = ()
    kind: str = "feed"
    title: str = ""
    seen_by: str | None = None

    @property
    def wall(self) -> str | None:
        """The column that says whose eyes a row is for; none where rows are nobody's in particular."""
        return self.seen_by or self.agency

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the columns, in their order."""
        return tuple(column.name for column in self.columns)

    @property
    def stored(self) -> tuple[ContractColumn, ...]:
        """The columns as they lie in the lake: the contract's and the technical ones."""
        return (
            *self.columns,
            ContractColumn(KEY, "BIGINT", True, "Hash of the key: the first 60 bits of its MD5."),
            ContractColumn(ROW, "BIGINT", True, "Hash of the whole row, for telling changed rows."),
            ContractColumn(PART, "VARCHAR", True, "Month the row is filed under."),
            ContractColumn(IMPORT, "BIGINT", True, "The import that brought the row as it is."),
        )

    def column(self, name: str) -> ContractColumn:
        """Return a column by its name."""
        for column in self.stored:
            if column.name == name:
                return column
        raise Refused(f"{self.dataset} has no column {name}; its columns are {', '.join(self.names)}.")

    def arrow_schema(self) -> pa.Schema:
        """Return the Arrow schema of the stored columns."""
        import pyarrow as pa

        return pa.schema([pa.field(column.name, column.arrow()) for column in self.stored])


_contracts: dict[str, Callable[[], Contract]] = {}


def register_contract(dataset: str, make: Callable[[], Contract]) -> None:
    """Make a dataset known; its contract is made at first use, so that registering stays light."""
    _contracts[dataset] = make


def contract(dataset: str) -> Contract:
    """Return a dataset's contract."""
    try:
        made = _contracts[dataset]()
    except KeyError:
        known = ", ".join(sorted(_contracts)) or "none"
        raise Refused(f"There is no dataset {dataset}; the datasets are {known}.") from None
    return made


def datasets() -> tuple[str, ...]:
    """Return the names of all known datasets."""
    return tuple(sorted(_contracts))


def quoted(name: str) -> str:
    """Quote a name for SQL."""
    return '"' + name.replace('"', '""') + '"'


def literal(value: str) -> str:
    """Quote a text for SQL."""
    return "'" + value.replace("'", "''") + "'"


def columns_sql(names: Iterable[str]) -> str:
    """Join names to a list for SQL."""
    return ", ".join(quoted(name) for name in names)


def duckdb_type(dtype: Any) -> str:
    """Return DuckDB's name of a polars type."""
    import polars as pl

    simple: dict[Any, str] = {
        pl.String: "VARCHAR", pl.Int64: "BIGINT", pl.Int32: "INTEGER", pl.Float64: "DOUBLE", pl.Boolean: "BOOLEAN",
        pl.Date: "DATE",
    }  # fmt: skip
    if isinstance(dtype, pl.Decimal):
        return f"DECIMAL({dtype.precision or 38},{dtype.scale})"
    if isinstance(dtype, pl.Datetime):
        if dtype.time_zone != "UTC":
            raise TypeError("a feed keeps instants: declare dy.Datetime(time_zone='UTC')")
        return "TIMESTAMPTZ"
    return simple[dtype if isinstance(dtype, type) else type(dtype)]
