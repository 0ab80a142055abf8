"""DuckDB in this process, the engine unless another is asked for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from stateworks.kernel.lake import tables
from stateworks.kernel.lake.contracts import contract, quoted
from stateworks.kernel.lake.engines.engine import Engine, view_name

if TYPE_CHECKING:
    import ibis.expr.types as ir
    import pyarrow as pa


class DuckDBEngine(Engine):
    """One DuckDB in memory over the lake's files."""

    name = "duckdb"

    def __init__(self) -> None:
        # Not ibis.duckdb, which first looks through all that is installed for backends.
        from ibis.backends.duckdb import Backend

        super().__init__()
        self._backend = Backend().connect()
        self._backend.raw_sql("SET TimeZone = 'UTC'")
        self._views: set[str] = set()

    @property
    def backend(self) -> Any:
        """The Ibis backend, for readers that write SQL."""
        return self._backend

    def view(self, dataset: str, version: int, *, extras: bool = False) -> str:
        """Make the view over a version's files, if it is not there yet, and return its name."""
        name = view_name(dataset, version)
        if name not in self._views:
            query = tables.select_sql(contract(dataset), version, extras=extras)
            self._backend.raw_sql(f"CREATE OR REPLACE VIEW {quoted(name)} AS {query}")
            self._views.add(name)
        return name

    def named(self, name: str) -> ir.Table:
        """Return a view as an Ibis table."""
        return self._backend.table(name)

    def lookup(self, name: str, rows: pa.Table) -> ir.Table:
        """Put a small table beside the views."""
        self._backend.create_table(name, rows, temp=True, overwrite=True)
        return self._backend.table(name)

    def files(self, dataset: str, version: int, files: Sequence[str]) -> ir.Table:
        """Return the rows of some files of a version."""
        return self._backend.sql(tables.select_files_sql(contract(dataset), version, files))

    def compile(self, expression: ir.Expr) -> str:
        """Return the SQL of an expression."""
        import ibis

        return str(ibis.to_sql(expression, dialect="duckdb"))

    def execute(self, expression: ir.Table) -> pa.Table:
        """Run an expression; not by Ibis' own way, which loads pandas and with it half a second."""
        found = self._backend.raw_sql(self._backend.compile(expression)).to_arrow_table()
        return found.cast(expression.schema().to_pyarrow())

    def execute_sql(self, sql: str, datasets: Mapping[str, int]) -> pa.Table:
        """Run a stored statement on pinned versions of the datasets it names."""
        for dataset, version in datasets.items():
            self.view(dataset, version, extras=True)
        return self._backend.raw_sql(sql).to_arrow_table()

    def close(self) -> None:
        """Let go of the database."""
        self._backend.disconnect()
