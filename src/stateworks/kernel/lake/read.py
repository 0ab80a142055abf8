"""What pages and exports read from the lake: a page of rows, one row, counts by value; always in somebody's scope.

Only files that can hold what is asked for are opened: those of the months a condition on the date leaves, of the month in
which a page lies, or those that list the key. What is counted comes from summaries where there are some.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, TypeVar

from stateworks.kernel.access.scope import Scope, organization_code_table
from stateworks.kernel.errors import Refused
from stateworks.kernel.lake import keyfiles, session, summaries, tables
from stateworks.kernel.lake.conditions import (
    OPERATORS,
    Condition,
    Operator,
    parts_within,
    where_sql,
    whole_months_sql,
)
from stateworks.kernel.lake.contracts import KEY, NO_DATE, PART, columns_sql, contract, quoted
from stateworks.kernel.lake.fingerprints import key_of
from stateworks.kernel.lake.memory import Memory
from stateworks.kernel.lake.store import version_at

if TYPE_CHECKING:
    import duckdb
    import pyarrow as pa

__all__ = ["LARGEST_PAGE", "OPERATORS", "Condition", "Operator", "Page", "Reader"]

LARGEST_PAGE = 1000
ROWS_AT_ONCE = 20_000

T = TypeVar("T", bound="list[Any]")


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
        self._open = ExitStack()
        self._eyes = ""

    def __enter__(self) -> Reader:
        codes = organization_code_table(self.scope)
        self._connection = self._open.enter_context(session.connected())
        self._eyes = "everything"
        if codes is not None:
            self._connection.register("visible_codes", codes)
            seen = "\n".join(sorted(codes.column("code").to_pylist()))
            signed_in = self.scope.account_id is not None
            self._eyes = f"{signed_in} {hashlib.sha256(seen.encode()).hexdigest()}"
        return self

    def __exit__(self, *_error: object) -> None:
        self._connection = None
        self._open.close()

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
        total = self.count(conditions)
        hidden = 0 if self.scope.everything else self._count(conditions, scoped=False) - total
        skipped = (page - 1) * size
        wanted = max(0, min(size, total - skipped))
        found = self._found(conditions, sort, skipped, wanted)
        return Page(self._fetched(found, columns), total, hidden, self.version)

    def one(self, key: Mapping[str, Any]) -> dict[str, Any] | None:
        """Return the row with a key, or None if there is none or the scope does not see it."""
        missing = [name for name in self.contract.key if name not in key]
        if missing:
            raise Refused(f"The key of {self.contract.dataset} needs {', '.join(missing)}, too.")
        conditions = [Condition(name, "=", key[name]) for name in self.contract.key]
        where, values = where_sql(self.contract, conditions)
        files = self._files(conditions)
        sql = f"SELECT {self._columns(None)} FROM {self._rows(where, files)} LIMIT 1"
        found = self._remembered(("row", tuple(files), sql), values, lambda: self._dictionaries(sql, values))
        return dict(found[0]) if found else None

    def count(self, conditions: Sequence[Condition] = ()) -> int:
        """Return how many rows there are under the conditions."""
        return self._count(conditions, scoped=True)

    def values(
        self, column: str, conditions: Sequence[Condition] = (), *, limit: int = 200
    ) -> list[tuple[Any, int]]:
        """Return the values of a column with how many rows have each, the most frequent first."""
        found = [(value, count) for value, count in self.grouped((column,), conditions)]
        found.sort(key=lambda pair: (-pair[1], pair[0] is None, pair[0]))
        return found[:limit]

    def grouped(
        self,
        by: Sequence[str],
        conditions: Sequence[Condition] = (),
        *,
        sums: Sequence[str] = (summaries.COUNT,),
    ) -> list[tuple[Any, ...]]:
        """Return rows counted by some columns: the values, then the sums that summaries of the dataset declare."""
        return self._grouped(by, conditions, sums, scoped=True)

    def batches(
        self,
        conditions: Sequence[Condition] = (),
        *,
        sort: Sequence[str] = (),
        columns: Sequence[str] | None = None,
    ) -> Iterator[pa.RecordBatch]:
        """Yield all rows as Arrow batches, for exports; read them while the reader is open."""
        where, values = where_sql(self.contract, conditions)
        order = f" ORDER BY {self._order(sort)}" if sort else ""
        yield from self._execute(
            f"SELECT {self._columns(columns)} FROM {self._rows(where, self._files(conditions))}{order}",
            values,
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

    # -- where rows lie

    def _files(self, conditions: Sequence[Condition], parts: Collection[str] | None = None) -> list[str]:
        """Return the files that can hold rows under the conditions, of some parts or of any."""
        listing = tables.listing(self.contract.dataset, self.version)
        within = parts_within(self.contract, conditions, listing.parts if parts is None else parts)
        pinned = {one.column: one.value for one in conditions if one.operator == "="}
        files: Iterable[str] = listing.files
        key = [self.contract.column(name) for name in self.contract.key]
        if all(column.type == "VARCHAR" and column.name in pinned for column in key):
            hashed = key_of([str(pinned[column.name]) for column in key])
            files = keyfiles.files_with(self.contract, self.version, hashed)
        return [file for file in files if _part_of(file) in within]

    def _found(
        self, conditions: Sequence[Condition], sort: Sequence[str], skipped: int, wanted: int
    ) -> list[tuple[int, str]]:
        """Return key and file of the rows of a page, in order."""
        if not wanted:
            return []
        days = {self.contract.partition_on, *self.contract.partition_instants}
        if not sort or sort[0].removeprefix("-") not in days:
            return self._first(conditions, sort, skipped, wanted, None)
        dated = [
            part for part in tables.listing(self.contract.dataset, self.version).parts if part != NO_DATE
        ]
        dated.sort(reverse=sort[0].startswith("-"))
        counts = self._by_part(conditions)
        if counts is not None:
            return self._first(conditions, sort, *_where_page_lies(dated, counts, skipped, wanted))
        rows = tables.listing(self.contract.dataset, self.version).parts
        taken = reached = 0
        while taken < len(dated) and reached < skipped + wanted:
            reached += rows[dated[taken]]
            taken += 1
        # Each time wider, the last time all, those without a date too: the newest rows lie in the newest months.
        while taken < len(dated):
            found = self._first(conditions, sort, skipped, wanted, dated[:taken])
            if len(found) == wanted:
                return found
            taken *= 4
        return self._first(conditions, sort, skipped, wanted, None)

    def _by_part(self, conditions: Sequence[Condition]) -> dict[str, int] | None:
        """Return how many rows under the conditions each part has; None where no summary says so."""
        found = self._from_summary((PART,), conditions, (summaries.COUNT,), scoped=True)
        return None if found is None else dict(found)

    def _first(
        self,
        conditions: Sequence[Condition],
        sort: Sequence[str],
        skipped: int,
        wanted: int,
        parts: Collection[str] | None,
    ) -> list[tuple[int, str]]:
        files = self._files(conditions, parts)
        where, values = where_sql(self.contract, conditions)
        sql = (
            f"SELECT {KEY}, filename FROM {self._rows(where, files, filename=True)} "
            f"ORDER BY {self._order(sort)} LIMIT {wanted} OFFSET {skipped}"
        )
        return self._remembered(
            ("page", tuple(files), sql), values, lambda: self._execute(sql, values).fetchall()
        )

    def _fetched(
        self, found: Sequence[tuple[int, str]], columns: Sequence[str] | None
    ) -> list[dict[str, Any]]:
        """Return rows of known key and file, in that order: wide rows are read when it is clear which."""
        if not found:
            return []
        files = sorted({file for _, file in found})
        keys = ", ".join(str(int(key)) for key, _ in found)
        sql = f"SELECT {self._columns(columns)}, {KEY} AS _at FROM {self._rows(f'{KEY} IN ({keys})', files)}"
        rows = self._remembered(("rows", tuple(files), sql), (), lambda: self._dictionaries(sql, ()))
        made = {row["_at"]: row for row in rows}
        return [{name: made[key][name] for name in made[key] if name != "_at"} for key, _ in found]

    # -- counting

    def _count(self, conditions: Sequence[Condition], *, scoped: bool) -> int:
        if not conditions and (self.scope.everything or not scoped):
            return tables.listing(self.contract.dataset, self.version).rows
        found = self._grouped((), conditions, (summaries.COUNT,), scoped=scoped)
        return int(found[0][0] or 0)

    def _grouped(
        self, by: Sequence[str], conditions: Sequence[Condition], sums: Sequence[str], *, scoped: bool
    ) -> list[tuple[Any, ...]]:
        found = self._from_summary(by, conditions, sums, scoped=scoped)
        if found is not None:
            return found
        aggregates = summaries.sums_of(self.contract)
        where, values = where_sql(self.contract, conditions)
        files = self._files(conditions)
        shown = [
            *(quoted(self.contract.column(name).name) for name in by),
            *(aggregates[name] for name in sums),
        ]
        sql = f"SELECT {', '.join(shown)} FROM {self._rows(where, files, scoped=scoped)}{_group_by(by)}"
        return self._remembered(
            ("sums", tuple(files), sql), values, lambda: self._execute(sql, values).fetchall()
        )

    def _from_summary(
        self, by: Sequence[str], conditions: Sequence[Condition], sums: Sequence[str], *, scoped: bool
    ) -> list[tuple[Any, ...]] | None:
        plain = [one for one in conditions if whole_months_sql(self.contract, one) is None]
        months = [one for one in conditions if one not in plain]
        # A span of whole months can be asked of months as well as of days.
        for kept, said in ((plain, months), (conditions, [])):
            needed = {*by, *(one.column for one in kept), *([PART] if said else [])}
            source = summaries.covering(self.contract, self.version, needed, sums)
            if source is not None:
                break
        else:
            return None
        where, values = where_sql(self.contract, kept)
        parts = [where] if where else []
        parts += [text for one in said if (text := whole_months_sql(self.contract, one))]
        if scoped and not self.scope.everything:
            parts.append(self._seen())
        shown = [
            *(quoted(name) for name in by),
            *(f"CAST(coalesce(sum({quoted(name)}), 0) AS BIGINT)" for name in sums),
        ]
        narrowed = f" WHERE {' AND '.join(parts)}" if parts else ""
        sql = f"SELECT {', '.join(shown)} FROM {source} AS r{narrowed}{_group_by(by)}"
        return self._remembered(("summary", sql), values, lambda: self._execute(sql, values).fetchall())

    def _remembered(self, what: tuple[Any, ...], values: Sequence[Any], read: Callable[[], T]) -> T:
        """Return what was read of the same files before with the same eyes, or read it."""
        if tables.listing(self.contract.dataset, self.version).rows < summaries.FEWEST_ROWS:
            return read()
        key = (self.contract.dataset, self._eyes, what, tuple(map(repr, values)))
        kept: T | None = _memory.get(key)
        if kept is None:
            kept = read()
            _memory.keep(key, kept)
        return kept

    # -- SQL

    def _rows(self, where: str, files: Sequence[str], *, scoped: bool = True, filename: bool = False) -> str:
        """Return the FROM item: rows of the version's files, narrowed by a semi-join to what the scope sees."""
        rows = tables.select_files_sql(self.contract, self.version, files, filename=filename)
        parts = [where] if where else []
        if scoped and not self.scope.everything:
            parts.append(self._seen())
        return f"(SELECT * FROM ({rows}) AS r{' WHERE ' + ' AND '.join(parts) if parts else ''})"

    def _seen(self) -> str:
        agency = self.contract.agency
        if agency is None:
            # Nobody's rows in particular: for everybody who has signed in, for nobody else.
            return "true" if self.scope.account_id is not None else "false"
        return f"EXISTS (SELECT 1 FROM visible_codes v WHERE v.code = r.{quoted(agency)})"

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

    def _dictionaries(self, sql: str, values: Sequence[Any]) -> list[dict[str, Any]]:
        found = self._execute(sql, values)
        names = [column[0] for column in found.description or []]
        return [dict(zip(names, row, strict=True)) for row in found.fetchall()]

    def _execute(self, sql: str, values: Sequence[Any]) -> duckdb.DuckDBPyConnection:
        assert self._connection is not None, "use the reader in a with statement"
        return self._connection.execute(sql, list(values))


_memory = Memory()


def _part_of(file: str) -> str:
    return file.rsplit("/", 2)[-2].partition("=")[2]


def _group_by(by: Sequence[str]) -> str:
    return f" GROUP BY {columns_sql(by)}" if by else ""


def _where_page_lies(
    dated: Sequence[str], counts: Mapping[str, int], skipped: int, wanted: int
) -> tuple[int, int, list[str]]:
    """Return how many rows to skip and to take in which parts, given how many rows each has."""
    taken: list[str] = []
    passed = reached = 0
    for part in [*dated, NO_DATE]:
        count = counts.get(part, 0)
        if not taken and passed + count <= skipped:
            passed += count
            continue
        if count:
            taken.append(part)
            reached += count
        if passed + reached >= skipped + wanted:
            break
    return skipped - passed, wanted, taken
