"""What measures run on: one small protocol, and the two engines that keep it, DuckDB and Spark, on the same files.

An engine is opened by its name and passed on; no part of the program holds one for itself.
"""

from __future__ import annotations

from stateworks.kernel.errors import Refused
from stateworks.kernel.lake.engines.engine import Engine, view_name

__all__ = ["DUCKDB", "ENGINES", "SPARK", "Engine", "known_engine", "open_engine", "view_name"]

DUCKDB, SPARK = "duckdb", "spark"
ENGINES = (DUCKDB, SPARK)


def known_engine(name: str) -> str:
    """Return the name of an engine; one that does not exist is refused with those that do."""
    if name not in ENGINES:
        raise Refused(f"There is no engine {name}; the engines are {' and '.join(ENGINES)}.")
    return name


def open_engine(name: str = DUCKDB) -> Engine:
    """Open an engine, to be used in a `with` statement; refused where what it needs is missing."""
    if known_engine(name) == SPARK:
        from stateworks.kernel.lake.engines.spark import SparkEngine

        return SparkEngine()
    from stateworks.kernel.lake.engines.duckdb import DuckDBEngine

    return DuckDBEngine()
