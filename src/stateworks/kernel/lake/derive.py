"""Datasets that are computed from another one in the same import, for the units that the import touched."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import duckdb

    from stateworks.kernel.lake.mapping import MappingDocument


@dataclass(frozen=True)
class Derivation:
    """How one feed follows from another: the columns that identify a unit in both, and the query that makes the rows.

    `build(connection, rows, mapping)` gets the name of a relation with all source rows of the touched units and returns
    the name of a relation with the target's columns, one or more rows a unit. `outdated(mapping)` may return a condition on the
    target's columns that finds units to compute again although nothing of theirs arrived (a rule has a new version).
    """

    source: str
    target: str
    unit: tuple[str, ...]
    build: Callable[[duckdb.DuckDBPyConnection, str, MappingDocument], str]
    outdated: Callable[[MappingDocument], str | None] = lambda _mapping: None
