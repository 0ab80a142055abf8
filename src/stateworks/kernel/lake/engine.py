"""The engine that measures run on: DuckDB over the files of a dataset's version, through Ibis."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import TYPE_CHECKING, Any

from stateworks.kernel.access.scope import SYSTEM, Scope, organization_code_table
from stateworks.kernel.errors import Refused
from stateworks.kernel.lake import tables
from stateworks.kernel.lake.contracts import contract, quoted
from stateworks.kernel.lake.store import version_at

if TYPE_CHECKING:
    import ibis.expr.types as ir
    import pyarrow as pa

ENGINES = ("duckdb",)


def view_name(dataset: str, version: int) -> str:
    """Return the name under which stored SQL refers to a dataset's version."""
    return f"{dataset}@{version}"


class DuckDBEngine:
    """One DuckDB in memory that reads the lake's Parquet files; it writes nothing."""

    name = "duckdb"

    def __init__(self) -> None:
        import ibis

        self._backend = ibis.duckdb.connect()
        # Instants are shown and compared in UTC, whatever the machine's own zone is.
        self._backend.raw_sql("SET TimeZone = 'UTC'")
        self._views: set[str] = set()
        self._codes: dict[Scope, ir.Table] = {}

    @property
    def backend(self) -> Any:
        """The Ibis backend, for readers that write SQL."""
        return self._backend

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
        table = self._backend.table(self.view(dataset, version))
        return self._narrowed(table, dataset, scope)

    def view(self, dataset: str, version: int, *, extras: bool = False) -> str:
        """Make the view over a version's files, if it is not there yet, and return its name."""
        name = view_name(dataset, version)
        if name not in self._views:
            query = tables.select_sql(contract(dataset), version, extras=extras)
            self._backend.raw_sql(f"CREATE OR REPLACE VIEW {quoted(name)} AS {query}")
            self._views.add(name)
        return name

    def compile(self, expression: ir.Expr) -> str:
        """Return the SQL of an expression, which names datasets by their view names alone."""
        import ibis

        return str(ibis.to_sql(expression, dialect="duckdb"))

    def execute(self, expression: ir.Expr) -> pa.Table:
        """Run an expression."""
        return self._backend.to_pyarrow(expression)

    def execute_sql(self, sql: str, datasets: Mapping[str, int]) -> pa.Table:
        """Run a stored statement on pinned versions of the datasets it names."""
        for dataset, version in datasets.items():
            self.view(dataset, version, extras=True)
        return self._backend.raw_sql(sql).to_arrow_table()

    def close(self) -> None:
        """Let go of the database."""
        self._backend.disconnect()

    def _narrowed(self, table: ir.Table, dataset: str, scope: Scope) -> ir.Table:
        if scope.everything:
            return table
        agency = contract(dataset).agency
        if agency is None:
            # Nobody's rows in particular: for everybody who has signed in, for nobody else.
            return table if scope.account_id is not None else table.filter(False)
        if scope not in self._codes:
            self._codes[scope] = self._visible_codes(scope)
        return table.semi_join(self._codes[scope], table[agency] == self._codes[scope].code)

    def _visible_codes(self, scope: Scope) -> ir.Table:
        codes = organization_code_table(scope)
        assert codes is not None, "only the everything scope has no list of codes"
        name = f"visible to account {scope.account_id}"
        self._backend.create_table(name, codes, temp=True, overwrite=True)
        return self._backend.table(name)


@contextmanager
def open_engine(name: str = "duckdb") -> Iterator[DuckDBEngine]:
    """Open an engine for a while."""
    if name not in ENGINES:
        raise Refused(f"There is no engine {name}; the engines are {', '.join(ENGINES)}.")
    engine = DuckDBEngine()
    try:
        yield engine
    finally:
        engine.close()
