"""Computes the datasets that follow from an import, for the units that it touched, before anything is published."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from stateworks.kernel.lake import tables
from stateworks.kernel.lake.changes import Change, compare, incoming_sql, number, remaining_sql
from stateworks.kernel.lake.columns import MappedBatch
from stateworks.kernel.lake.contracts import KEY, columns_sql, literal, quoted
from stateworks.kernel.lake.derive import Derivation
from stateworks.kernel.lake.feeds import Feed, derivations, feed
from stateworks.kernel.lake.fingerprints import filed_sql, hashes_sql
from stateworks.kernel.lake.local_time import shown
from stateworks.kernel.lake.mapping import MappingDocument
from stateworks.kernel.lake.quarantine import RefusedRow
from stateworks.kernel.lake.store import current_version
from stateworks.kernel.lake.validation import validate

if TYPE_CHECKING:
    import duckdb

ROWS_AT_ONCE = 100_000


@dataclass(frozen=True)
class DerivedCounts:
    """What an import did to a derived dataset; the four first counts add up to `read`.

    Where a unit makes one row, `read` is the number of units that the import touched or held; where it makes several (a
    service its days), the number of rows made anew.
    """

    read: int
    inserted: int
    updated: int
    unchanged: int
    quarantined: int
    removed: int


@dataclass
class Derived:
    """A derived dataset's difference and the units that could not be made into a row."""

    target: str
    read: int
    change: Change
    refused: list[RefusedRow]

    def counts(self) -> DerivedCounts:
        """Return the counts as they are shown."""
        rest = self.read - self.change.inserted - self.change.updated - len(self.refused)
        return DerivedCounts(
            self.read,
            self.change.inserted,
            self.change.updated,
            rest,
            len(self.refused),
            self.change.removed,
        )


def derive_all(
    source: Feed,
    change: Change,
    mapping: MappingDocument,
    connection: duckdb.DuckDBPyConnection,
    folder: Path,
    import_id: int,
) -> list[Derived]:
    """Compute everything derived from a feed, given the difference an import makes to it."""
    return [
        _derived(one, source, change, mapping, connection, folder, import_id)
        for one in derivations(source.name)
    ]


def _derived(
    derivation: Derivation,
    source: Feed,
    change: Change,
    mapping: MappingDocument,
    connection: duckdb.DuckDBPyConnection,
    folder: Path,
    import_id: int,
) -> Derived:
    target = feed(derivation.target)
    units = columns_sql(derivation.unit)
    _touch(derivation, source, change, mapping, connection)
    names = columns_sql(source.contract().names)
    connection.execute(
        f"CREATE OR REPLACE TEMP VIEW source_rows AS SELECT {names} FROM "
        f"({incoming_sql(change)} UNION ALL BY NAME {remaining_sql(change)}) "
        f"SEMI JOIN touched USING ({units})"
    )
    made = derivation.build(connection, "source_rows", mapping)
    # What a row is told apart by are the values it was made of, not those that follow from them.
    hashes = hashes_sql(target.contract(), target.basis(mapping))
    connection.execute(f"CREATE OR REPLACE TEMP VIEW made_rows AS SELECT *, {hashes} FROM {made}")
    made = "made_rows"
    if target.complete is not None:
        made = target.complete(connection, made, mapping)
    file = folder / f"{target.name}.parquet"
    query = filed_sql(target.contract(), made, import_id)
    connection.execute(f"COPY ({query}) TO {literal(str(file))} (FORMAT parquet, COMPRESSION snappy)")
    staged = f"staged_{target.name.replace('.', '_')}"
    refused, keys = _refused(file, target)
    connection.execute(f"CREATE OR REPLACE TEMP TABLE refused_units ({KEY} BIGINT)")
    if keys:
        connection.executemany("INSERT INTO refused_units VALUES (?)", [[key] for key in keys])
    left_out = f" WHERE {KEY} NOT IN (SELECT {KEY} FROM refused_units)" if keys else ""
    connection.execute(
        f"CREATE OR REPLACE TEMP VIEW {staged} AS SELECT * FROM read_parquet({literal(str(file))}){left_out}"
    )
    # A unit of which no row is left is gone, and so is one whose row can no longer be made.
    gone = f"EXISTS (SELECT 1 FROM touched t WHERE {_same_unit(derivation, 't', 'c')})"
    difference = compare(target.contract(), connection, staged, gone_where=gone)
    counted = (
        f"SELECT count(*) FROM (SELECT {units} FROM {change.staged} UNION SELECT {units} FROM touched)"
        if derivation.unit == target.key
        else f"SELECT count(*) + {len(refused)} FROM {staged}"
    )
    return Derived(target.name, number(connection, counted), difference, refused)


def _touch(
    derivation: Derivation,
    source: Feed,
    change: Change,
    mapping: MappingDocument,
    connection: duckdb.DuckDBPyConnection,
) -> None:
    """Collect the units of which rows are new, changed or gone, and those whose rule has changed."""
    units = columns_sql(derivation.unit)
    parts = [f"SELECT {units} FROM ({incoming_sql(change)})"]
    version = current_version(source.name)
    if version >= 0:
        current = tables.select_sql(source.contract(), version)
        lost = f"SELECT {KEY} FROM {change.gone} UNION ALL SELECT {KEY} FROM {change.changed} WHERE file IS NOT NULL"
        parts.append(f"SELECT {units} FROM ({current}) WHERE {KEY} IN ({lost})")
    condition = derivation.outdated(mapping)
    target_version = current_version(derivation.target)
    if condition is not None and target_version >= 0:
        target = feed(derivation.target)
        current = tables.select_sql(target.contract(), target_version)
        own = f"{quoted(target.source_column)} = {literal(mapping.source)}"
        parts.append(f"SELECT {units} FROM ({current}) WHERE {own} AND ({condition})")
    connection.execute(f"CREATE OR REPLACE TEMP TABLE touched AS {' UNION '.join(parts)}")


def _same_unit(derivation: Derivation, left: str, right: str) -> str:
    return " AND ".join(f"{left}.{quoted(name)} = {right}.{quoted(name)}" for name in derivation.unit)


def _refused(file: Path, target: Feed) -> tuple[list[RefusedRow], list[int]]:
    """Check the derived rows against their contract; return those that break it, with their keys."""
    import polars as pl

    refused: list[RefusedRow] = []
    keys: list[int] = []
    names = list(target.contract().names)
    rows = pl.scan_parquet(file)
    height = rows.select(pl.len()).collect().item()
    for start in range(0, height, ROWS_AT_ONCE):
        frame = rows.slice(start, ROWS_AT_ONCE).collect()
        batch = MappedBatch(frame.select(names))
        validate(batch, target)
        faulty = batch.faulty()
        for at in faulty.arg_true().to_list():
            reasons = [
                fault.sentence((fault.texts[at] or "") if fault.texts is not None else "")
                for fault in batch.faults
                if fault.rows[at]
            ]
            code = next(fault.code for fault in batch.faults if fault.rows[at])
            row = frame.select(names).row(at, named=True)
            key = " · ".join(shown(row[name]) for name in target.contract().key)
            values = {name: shown(value) for name, value in row.items() if value is not None}
            refused.append(RefusedRow(0, key, code, f"{target.title} {key}: {' '.join(reasons)}", values))
            keys.append(frame[KEY][at])
    return refused, keys
