"""What every engine can do: give a dataset's version as a table, in somebody's scope, and run expressions and stored SQL."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, ClassVar, Self

from stateworks.kernel.access.scope import SYSTEM, Scope, organization_code_table
from stateworks.kernel.lake.contracts import contract
from stateworks.kernel.lake.store import version_at

if TYPE_CHECKING:
    import ibis.expr.types as ir
    import pyarrow as pa


def view_name(dataset: str, version: int) -> str:
    """Return the name under which stored SQL refers to a dataset's version."""
    return f"{dataset}@{version}"


class Engine(ABC):
    """Reads the lake's Parquet files and writes nothing; instants are shown and compared in UTC, whatever the machine's zone.

    A subclass says how a version's files become a view and how a query is run. Who sees what is decided here, once.
    """

    name: ClassVar[str]

    def __init__(self) -> None:
        self._codes: dict[Scope, ir.Table] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()

    def version(self, dataset: str, *, known_at: datetime | None = None) -> int:
        """Return the version of a dataset that was current at an instant, or is now; -1 if there was none."""
        return version_at(dataset, known_at)

    def table(
        self,
        dataset: str,
        *,
        version: int | None = None,
        known_at: datetime | None = None,
        scope: Scope = SYSTEM,
    ) -> ir.Table:
        """Return a version of a dataset as an Ibis table, narrowed to what the scope sees; empty if there is no data."""
        if version is None:
            version = version_at(dataset, known_at)
        table = self.named(self.view(dataset, version))
        if scope.everything:
            return table
        wall = contract(dataset).wall
        if wall is None:
            # Nobody's rows in particular: for everybody who has signed in, for nobody else.
            return table if scope.account_id is not None else table.filter(False)
        if scope not in self._codes:
            codes = organization_code_table(scope)
            assert codes is not None, "only the everything scope has no list of codes"
            self._codes[scope] = self.lookup(f"visible to account {scope.account_id}", codes)
        return table.semi_join(self._codes[scope], table[wall] == self._codes[scope].code)

    @abstractmethod
    def view(self, dataset: str, version: int, *, extras: bool = False) -> str:
        """Make the view over a version's files, cast to the contract, if it is not there yet; return its name.

        With `extras` it keeps the columns that only the files have: stored statements may still name them.
        """

    @abstractmethod
    def named(self, name: str) -> ir.Table:
        """Return a view that was made as an Ibis table."""

    @abstractmethod
    def lookup(self, name: str, rows: pa.Table) -> ir.Table:
        """Put a small table beside the views and return it."""

    @abstractmethod
    def files(self, dataset: str, version: int, files: Sequence[str]) -> ir.Table:
        """Return the rows of some files of a version, cast to the contract."""

    @abstractmethod
    def compile(self, expression: ir.Expr) -> str:
        """Return the SQL of an expression, which names datasets by their view names alone."""

    @abstractmethod
    def execute(self, expression: ir.Table) -> pa.Table:
        """Run an expression."""

    @abstractmethod
    def execute_sql(self, sql: str, datasets: Mapping[str, int]) -> pa.Table:
        """Run a stored statement, written in this engine's SQL, on pinned versions of the datasets it names."""

    @abstractmethod
    def close(self) -> None:
        """Let go of what the engine holds."""
