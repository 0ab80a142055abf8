"""What pages and exports read from the lake: a page of rows, one row, counts by value; always in somebody's scope.

Conditions are data, never SQL text from outside. A condition on the date that cuts a dataset into months also names the
months, so that only their files are opened.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Literal

from stateworks.kernel.access.scope import Scope, organization_code_table
from stateworks.kernel.errors import Refused
from stateworks.kernel.lake import tables
from stateworks.kernel.lake.contracts import (
    KEY,
    NO_DATE,
    PART,
    Contract,
    columns_sql,
    contract,
    literal,
    quoted,
)
from stateworks.kernel.lake.store import version_at

if TYPE_CHECKING:
    import duckdb
    import pyarrow as pa

Operator = Literal["=", "<>", "<", "<=", ">", ">=", "in", "contains", "empty", "filled"]
OPERATORS: tuple[Operator, ...] = ("=", "<>", "<", "<=", ">", ">=", "in", "contains", "empty", "filled")
LARGEST_PAGE = 1000
ROWS_AT_ONCE = 20_000


@dataclass(frozen=True)
class Condition:
    """A comparison of one column: with one value, with several (`in`), or with none (`empty`, `filled`)."""

    column: str
    operator: Operator
    value: Any = None


@dataclass(frozen=True)
class Page:
    """Some rows of a dataset, how many there are in all, how many more the scope hides, and the version they are from."""

    rows: list[dict[str, Any]]
    total: int
    hidden: int
    version: int


class Reader:
    """Reads one dataset at one version as one scope sees it."""

    def __init__(
        self, dataset: str, *, scope: Scope, version: int | None = None, known_at: datetime | None = None
    ) -> None:
        self.contract = contract(dataset)
        self.scope = scope
        self.version = version_at(dataset, known_at) if version is None else version
        self._connection: duckdb.DuckDBPyConnection | None = None

    def __enter__(self) -> Reader:
        import duckdb

        self._connection = duckdb.connect()
        self._connection.execute("SET TimeZone = 'UTC'")
        codes = organization_code_table(self.scope)
        if codes is not None:
            self._connection.register("visible_codes", codes)
        return self

    def __exit__(self, *_error: object) -> None:
        assert self._connection is not None, "entered before"
        self._connection.close()
        self._connection = None

    def page(
        self,
        conditions: Sequence[Condition] = (),
        *,
        sort: Sequence[str] = (),
        columns: Sequence[str] | None = None,
        page: int = 1,
        size: int = 50,
    ) -> Page:
        """Return one page of rows; `sort` names columns, those with a minus first descending. Totals are always given."""
        if page < 1 or not 0 < size <= LARGEST_PAGE:
            raise Refused(
                f"There is no page {page} of {size} rows; pages start at 1 and hold up to {LARGEST_PAGE} rows."
            )
        where, values = self._where(conditions)
        total = self._count(where, values, scoped=True)
        hidden = 0 if self.scope.everything else self._count(where, values, scoped=False) - total
        rows: list[dict[str, Any]] = []
        skipped = (page - 1) * size
        wanted = max(0, min(size, total - skipped))
        for parts in self._months_to_try(sort, skipped + wanted):
            if len(rows) == wanted:
                break
            narrowed = " AND ".join(filter(None, [where, parts]))
            sql = (
                f"SELECT {self._columns(columns)} FROM {self._rows(narrowed)} "
                f"ORDER BY {self._order(sort)} LIMIT {size} OFFSET {skipped}"
            )
            rows = self._fetched(sql, values)
        return Page(rows, total, hidden, self.version)

    def one(self, key: Mapping[str, Any]) -> dict[str, Any] | None:
        """Return the row with a key, or None if there is none or the scope does not see it."""
        missing = [name for name in self.contract.key if name not in key]
        if missing:
            raise Refused(f"The key of {self.contract.dataset} needs {', '.join(missing)}, too.")
        where, values = self._where([Condition(name, "=", key[name]) for name in self.contract.key])
        found = self._fetched(f"SELECT {self._columns(None)} FROM {self._rows(where)} LIMIT 1", values)
        return found[0] if found else None

    def values(
        self, column: str, conditions: Sequence[Condition] = (), *, limit: int = 200
    ) -> list[tuple[Any, int]]:
        """Return the values of a column with how many rows have each, the most frequent first."""
        name = quoted(self.contract.column(column).name)
        where, values = self._where(conditions)
        sql = f"SELECT {name}, count(*) FROM {self._rows(where)} GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT {int(limit)}"
        return [(value, count) for value, count in self._execute(sql, values).fetchall()]

    def batches(
        self,
        conditions: Sequence[Condition] = (),
        *,
        sort: Sequence[str] = (),
        columns: Sequence[str] | None = None,
    ) -> Iterator[pa.RecordBatch]:
        """Yield all rows as Arrow batches, for exports; read them while the reader is open."""
        where, values = self._where(conditions)
        order = f" ORDER BY {self._order(sort)}" if sort else ""
        yield from self._execute(
            f"SELECT {self._columns(columns)} FROM {self._rows(where)}{order}", values
        ).to_arrow_reader(ROWS_AT_ONCE)

    def rows(
        self,
        conditions: Sequence[Condition] = (),
        *,
        sort: Sequence[str] = (),
        columns: Sequence[str] | None = None,
    ) -> Iterator[dict[str, Any]]:
        """Yield all rows as dictionaries."""
        for batch in self.batches(conditions, sort=sort, columns=columns):
            yield from batch.to_pylist()

    def _months_to_try(self, sort: Sequence[str], wanted: int) -> Iterator[str]:
        """Yield conditions on the part, each wider, the last one none: the newest rows lie in the newest months.

        Only an order by the date that cuts the dataset, or by the instant it is taken from, allows to start with few.
        """
        days = {self.contract.partition_on, *self.contract.partition_instants}
        if sort and sort[0].removeprefix("-") in days:
            parts = tables.listing(self.contract.dataset, self.version).parts
            dated = sorted((part for part in parts if part != NO_DATE), reverse=sort[0].startswith("-"))
            taken = 0
            rows = 0
            while taken < len(dated) and rows < wanted:
                rows += parts[dated[taken]]
                taken += 1
            while taken < len(dated):
                yield f"{PART} IN ({', '.join(literal(part) for part in dated[:taken])})"
                taken *= 4
        yield ""

    # -- SQL

    def _rows(self, where: str, *, scoped: bool = True) -> str:
        """Return the FROM item: the version's rows, narrowed by a semi-join to what the scope sees."""
        rows = f"({tables.select_sql(self.contract, self.version)}) AS r"
        parts = [where] if where else []
        if scoped and not self.scope.everything:
            parts.append(self._seen())
        return f"(SELECT * FROM {rows}{' WHERE ' + ' AND '.join(parts) if parts else ''})"

    def _seen(self) -> str:
        agency = self.contract.agency
        if agency is None:
            # Nobody's rows in particular: for everybody who has signed in, for nobody else.
            return "true" if self.scope.account_id is not None else "false"
        return f"EXISTS (SELECT 1 FROM visible_codes v WHERE v.code = r.{quoted(agency)})"

    def _count(self, where: str, values: Sequence[Any], *, scoped: bool) -> int:
        if not where and (self.scope.everything or not scoped):
            return tables.listing(self.contract.dataset, self.version).rows
        found = self._execute(f"SELECT count(*) FROM {self._rows(where, scoped=scoped)}", values).fetchone()
        assert found is not None, "a count always has a row"
        return int(found[0])

    def _columns(self, columns: Sequence[str] | None) -> str:
        names = self.contract.names if columns is None else columns
        return columns_sql(self.contract.column(name).name for name in names)

    def _order(self, sort: Sequence[str]) -> str:
        parts = []
        for name in sort:
            column = self.contract.column(name.removeprefix("-")).name
            parts.append(f"{quoted(column)} {'DESC' if name.startswith('-') else 'ASC'} NULLS LAST")
        # The key makes the order of equals the same on every page.
        return ", ".join([*parts, quoted(KEY)])

    def _where(self, conditions: Sequence[Condition]) -> tuple[str, list[Any]]:
        parts: list[str] = []
        values: list[Any] = []
        for condition in conditions:
            parts.append(_condition_sql(self.contract, condition, values))
            if condition.column == self.contract.partition_on:
                parts += _months(condition)
        return " AND ".join(parts), values

    def _fetched(self, sql: str, values: Sequence[Any]) -> list[dict[str, Any]]:
        found = self._execute(sql, values)
        names = [column[0] for column in found.description or []]
        return [dict(zip(names, row, strict=True)) for row in found.fetchall()]

    def _execute(self, sql: str, values: Sequence[Any]) -> duckdb.DuckDBPyConnection:
        assert self._connection is not None, "use the reader in a with statement"
        return self._connection.execute(sql, list(values))


def _condition_sql(declared: Contract, condition: Condition, values: list[Any]) -> str:
    column = declared.column(condition.column)
    name = quoted(column.name)
    if condition.operator not in OPERATORS:
        raise Refused(f"{condition.operator} is no comparison; use one of {' '.join(OPERATORS)}.")
    if condition.operator == "empty":
        return f"{name} IS NULL"
    if condition.operator == "filled":
        return f"{name} IS NOT NULL"
    if condition.operator == "contains":
        values.append(str(condition.value))
        return f"contains(lower(CAST({name} AS VARCHAR)), lower(?))"
    if condition.operator == "in":
        given = list(condition.value)
        values.extend(given)
        places = ", ".join(f"CAST(? AS {column.type})" for _ in given)
        return f"{name} IN ({places})" if given else "false"
    values.append(condition.value)
    return f"{name} {condition.operator} CAST(? AS {column.type})"


def _months(condition: Condition) -> list[str]:
    """Return the condition on the part that follows from one on the date it is cut by."""
    value = condition.value
    if condition.operator not in {"=", "<", "<=", ">", ">="} or not isinstance(value, date | str):
        return []
    try:
        day = value if isinstance(value, date) else date.fromisoformat(value[:10])
    except ValueError:
        raise Refused(f"“{value}” is no date; write it as 2026-10-31.") from None
    operator = condition.operator if condition.operator == "=" else condition.operator[0] + "="
    return [f"{PART} {operator} 'm{day:%Y-%m}'"]
