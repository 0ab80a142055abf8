"""Spark, for data that one machine has outgrown: the same files, the same measures, the same integers.

Nothing of Delta's is asked of Spark: it reads the Parquet files that a version lists, as DuckDB does.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

from django.conf import settings

from stateworks.kernel.errors import Refused
from stateworks.kernel.lake import tables
from stateworks.kernel.lake.contracts import Contract, contract
from stateworks.kernel.lake.engines.engine import Engine, view_name
from stateworks.kernel.lake.engines.spark_session import opened_session

if TYPE_CHECKING:
    import ibis.expr.types as ir
    import pyarrow as pa
    from pyspark.sql import DataFrame

T = TypeVar("T")
MISSING = ("PATH_NOT_FOUND", "FILE_NOT_EXIST", "FileNotFoundException")
"""How Spark says that a file is not there."""


class SparkEngine(Engine):
    """A Spark session of its own, in the process's Spark where there is one, otherwise in one that it starts and stops."""

    name = "spark"

    def __init__(self) -> None:
        super().__init__()
        self._session, self._stop = opened_session()
        self._schemas: dict[str, Any] = {}

    def view(self, dataset: str, version: int, *, extras: bool = False) -> str:
        """Make the view over a version's files, if it is not there yet, and return its name."""
        name = view_name(dataset, version)
        if name not in self._schemas:
            declared = contract(dataset)
            found = tables.listing(dataset, version).files
            frame = self._rows(declared, version, found, extras=extras)
            self._show(name, frame, declared.arrow_schema())
        return name

    def named(self, name: str) -> ir.Table:
        """Return a view as an Ibis table."""
        import ibis

        # Unbound, since Ibis would fetch answers by way of pandas, where an empty whole number turns the column into floats.
        return ibis.table(self._schemas[name], name=name)

    def lookup(self, name: str, rows: pa.Table) -> ir.Table:
        """Put a small table beside the views."""
        self._show(name, self._session.createDataFrame(rows), rows.schema)
        return self.named(name)

    def files(self, dataset: str, version: int, files: Sequence[str]) -> ir.Table:
        """Return the rows of some files of a version."""
        name = f"{view_name(dataset, version)} files {len(self._schemas)}"
        declared = contract(dataset)
        self._show(name, self._rows(declared, version, files), declared.arrow_schema())
        return self.named(name)

    def compile(self, expression: ir.Expr) -> str:
        """Return the SQL of an expression."""
        import ibis

        return str(ibis.to_sql(expression, dialect="pyspark"))

    def execute(self, expression: ir.Table) -> pa.Table:
        """Run an expression."""
        # Spark's truncated dates are instants; what Ibis promised of the columns is kept here.
        return self._collected(self.compile(expression)).cast(expression.schema().to_pyarrow())

    def execute_sql(self, sql: str, datasets: Mapping[str, int]) -> pa.Table:
        """Run a stored statement on pinned versions of the datasets it names."""
        for dataset, version in datasets.items():
            self.view(dataset, version, extras=True)
        return self._collected(sql)

    def close(self) -> None:
        """Let go of Spark where this engine started it; in one that runs on, the views go with the session."""
        self._stop()

    def _collected(self, sql: str) -> pa.Table:
        return answered(lambda: self._session.sql(sql).toArrow())

    def _show(self, name: str, frame: DataFrame, schema: pa.Schema) -> None:
        import ibis

        frame.createOrReplaceTempView(f"`{name}`")
        self._schemas[name] = ibis.schema(schema)

    def _rows(
        self, declared: Contract, version: int, files: Sequence[str], *, extras: bool = False
    ) -> DataFrame:
        """Return the rows of some files of a version, cast to the contract; without files an empty frame."""
        import ibis
        from ibis.backends.pyspark.datatypes import PySparkSchema
        from pyspark.sql import functions

        wanted = PySparkSchema.from_ibis(ibis.schema(declared.arrow_schema()))
        listed = tables.listing(declared.dataset, version).schema
        if not files or listed is None:
            return self._session.createDataFrame([], wanted)
        # The types are said, never guessed: a part such as '7' would turn into a number.
        stored = PySparkSchema.from_ibis(ibis.schema(listed))
        base = _address(declared.dataset)
        reader = self._session.read.schema(stored).option("basePath", base)
        places = [base + file.removeprefix(str(tables.folder(declared.dataset))) for file in files]
        frame = answered(lambda: reader.parquet(*places))
        columns = [
            (functions.col(f"`{field.name}`") if field.name in stored.names else functions.lit(None))
            .cast(field.dataType)
            .alias(field.name)
            for field in wanted
        ]
        if extras:
            columns += [functions.col(f"`{name}`") for name in stored.names if name not in wanted.names]
        return frame.select(*columns)


def _address(dataset: str) -> str:
    """Return where Spark finds a dataset's folder; with the scheme, since a cluster's default may be another store."""
    root = settings.SPARK_LAKE.rstrip("/") or f"file://{tables.lake_root()}"
    return f"{root}/{tables.folder(dataset).relative_to(tables.lake_root())}"


def answered(ask: Callable[[], T]) -> T:
    """Return Spark's answer; where it gives none, refuse with the sentence in which it says why."""
    from py4j.protocol import Py4JError
    from pyspark.errors import PySparkException

    try:
        return ask()
    except (PySparkException, Py4JError) as error:
        lines = [line.strip() for line in str(error).splitlines() if line.strip()]
        said = next((line for line in lines if not line.startswith("An error occurred")), "no reason given")
        said = said.lstrip(": ").partition(" SQLSTATE:")[0][:300].rstrip(". ")
        remedy = (
            " Every worker must see the lake's files under the same path; if they are elsewhere for Spark, say where in "
            "STATEWORKS_SPARK_LAKE."
            if any(word in str(error) for word in MISSING)
            else ""
        )
        raise Refused(f"Spark could not compute it: {said}.{remedy}") from error
