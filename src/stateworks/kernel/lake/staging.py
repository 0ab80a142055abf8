"""The first half of an import: a file's rows become typed, checked rows in Parquet files beside the lake, batch by batch."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from django.conf import settings

from stateworks.kernel.lake import parquet, tables
from stateworks.kernel.lake.agencies import AgencyCodes
from stateworks.kernel.lake.changes import number
from stateworks.kernel.lake.columns import ColumnReader, MappedBatch
from stateworks.kernel.lake.contracts import IMPORT, KEY, PART, ROW, columns_sql, literal, quoted
from stateworks.kernel.lake.feeds import Feed
from stateworks.kernel.lake.files import LINE
from stateworks.kernel.lake.fingerprints import hash_sql, hashed_columns, key_number_sql, keys_of, part_sql
from stateworks.kernel.lake.local_time import local_days, shown
from stateworks.kernel.lake.mapping import MappingDocument
from stateworks.kernel.lake.partfiles import PartFiles
from stateworks.kernel.lake.progress import Watch
from stateworks.kernel.lake.quarantine import PARTS, UNREAD, RefusedRow, refused_rows
from stateworks.kernel.lake.refusals import Refusals
from stateworks.kernel.lake.rowhash import row_hashes
from stateworks.kernel.lake.store import current_version
from stateworks.kernel.lake.validation import validate

if TYPE_CHECKING:
    import duckdb
    import polars as pl

    from stateworks.kernel.lake.files import TabularFile

ROWS_AT_ONCE = 250_000


@dataclass
class Staged:
    """What a file came to: the relation with its good rows (each key once), its refused rows, and the counts.

    `whole` says that its rows have every stored column; `files` holds them as the lake would have them, each key once.
    `collapsed` counts rows that say the same as another row; `held` is a relation with the keys of refused rows, or None
    when some of these have no key at all.
    """

    relation: str
    refused: Refusals
    whole: bool = False
    files: PartFiles | None = None
    read: int = 0
    collapsed: int = 0
    unassigned: int = 0
    held: str | None = None
    notes: list[str] = field(default_factory=list)


class Stager:
    """Stages one file for one feed under one mapping."""

    def __init__(
        self,
        declared: Feed,
        mapping: MappingDocument,
        agencies: AgencyCodes,
        connection: duckdb.DuckDBPyConnection,
        folder: Path,
        import_id: int,
        watch: Watch,
    ) -> None:
        self.feed = declared
        self.contract = declared.contract()
        self.mapping = mapping
        self.agencies = agencies
        self.connection = connection
        self.folder = folder
        self.import_id = import_id
        self.watch = watch
        self.reader = ColumnReader(mapping, self.contract, zone=settings.TIME_ZONE)
        self.sources = {name: column.sources[0] for name, column in mapping.columns.items() if column.sources}
        self.pieces = 0
        self.key_hashes: list[pl.Series] = []
        # Rows are laid out at once as they will be kept, unless columns of theirs are better filled for new ones alone.
        self.parts: PartFiles | None = None
        if declared.complete is None or current_version(declared.name) < 0:
            self.parts = PartFiles(folder / "parts", f"i{import_id}", self.contract.together)

    def stage(self, table: TabularFile) -> Staged:
        """Read the whole file."""
        staged = Staged(
            "staged",
            Refusals(self.folder),
            whole=self.parts is not None,
            notes=[*table.notes, *self.reader.check_header(table)],
        )
        total = f" of {table.lines:,}" if table.lines else ""
        refused_unkeyed = 0
        for batch in _larger(table.batches()):
            staged.read += batch.height
            mapped = self.mapped(batch)
            faulty = mapped.faulty()
            if faulty.any():
                staged.refused.add(
                    refused_rows(batch, faulty, mapped.faults, self.keys(mapped.frame), self.sources)
                )
                staged.refused.check(staged.read)
                refused_unkeyed += self._keep_refused_keys(mapped.frame.filter(faulty))
            good = mapped.frame.filter(~faulty)
            if self.contract.agency:
                staged.unassigned += int((good[self.contract.agency] == "unassigned").sum())
            self._write(good)
            self.watch.step(f"Reading: {staged.read:,}{total} rows, {len(staged.refused):,} refused")
        for bad in table.bad_rows:
            staged.read += 1
            staged.refused.add([RefusedRow(bad.line, "", bad.code, bad.reason, dict(bad.values))])
            refused_unkeyed += 1
        self._unique(staged)
        if not refused_unkeyed:
            staged.held = "held"
        return staged

    def mapped(self, batch: pl.DataFrame) -> MappedBatch:
        """Return a batch with every column of the contract, and what is wrong with its rows."""
        import polars as pl

        mapped = self.reader.read(batch)
        frame = mapped.frame
        if self.feed.source_column in frame.columns:
            frame = frame.with_columns(pl.lit(self.mapping.source).alias(self.feed.source_column))
        for name, instant in self.feed.local_dates.items():
            if name not in self.mapping.columns:
                frame = frame.with_columns(local_days(frame[instant], settings.TIME_ZONE).alias(name))
        agency = self.contract.agency
        if agency is not None:
            given = frame[agency]
            if f"{agency}_given" in frame.columns and f"{agency}_given" not in self.mapping.columns:
                frame = frame.with_columns(given.alias(f"{agency}_given"))
            days = frame[self.feed.partition_on]
            frame = frame.with_columns(self.agencies.resolve(given, days).alias(agency))
        mapped.frame = frame
        validate(mapped, self.feed)
        return mapped

    def keys(self, frame: pl.DataFrame) -> pl.Series:
        """Return each row's key as people read it; a part that could not be read is a question mark."""
        import polars as pl

        return frame.select(
            pl.concat_str([_shown(frame, name) for name in self.contract.key], separator=PARTS)
        ).to_series()

    def completer(self) -> Callable[[str], str] | None:
        """Return what fills the remaining columns of a relation with staged rows."""
        complete = self.feed.complete
        if complete is None:
            return None
        return lambda rows: complete(self.connection, rows, self.mapping)

    def _write(self, good: pl.DataFrame) -> None:
        """Put good rows away with their hashes: as they are, or with every column and by part."""
        self.pieces += 1
        rows = good.drop([name for name in self.feed.completed if name in good.columns])
        # Rows are compared with others of the same key alone.
        names = [one.name for one in hashed_columns(self.contract) if one.name not in self.contract.key]
        rows = rows.with_columns(row_hashes(rows, names, self.feed.basis(self.mapping)).alias(ROW))
        self.connection.register("good_rows", rows.to_arrow())
        complete = self.completer()
        if self.parts is None:
            made = self._made(rows, "good_rows")
            path = self.folder / f"good-{self.pieces:06}.parquet"
            parquet.write(made, path, compression="lz4", statistics=False)
        else:
            filled = () if complete is None else (*self.feed.completed, *self.feed.added_to)
            relation = "good_rows" if complete is None else complete("good_rows")
            more = [*map(quoted, filled), f"{part_sql(self.contract)} AS {PART}"]
            made = self._made(rows, relation, *more)
            self.parts.add(self._stored(made))
        self.key_hashes.append(made[KEY])
        self.connection.unregister("good_rows")

    def _made(self, rows: pl.DataFrame, relation: str, *more: str) -> pl.DataFrame:
        """Return rows with their key hash and what else DuckDB computes from them."""
        computed = ", ".join([LINE, f"{key_number_sql(self.contract)} AS {KEY}", *more])
        made = self.connection.execute(f"SELECT {computed} FROM {relation}").pl()
        # DuckDB's threads hand rows back in any order; a file's rows come in order already.
        if not made[LINE].is_sorted():
            made = made.sort(LINE)
        if not rows[LINE].is_sorted():
            rows = rows.sort(LINE)
        return rows.with_columns(keys_of(made[KEY]), *made.drop(LINE, KEY).get_columns())

    def _stored(self, rows: pl.DataFrame) -> pl.DataFrame:
        import polars as pl

        from stateworks.kernel.lake.columns import polars_type

        marked = rows.with_columns(pl.lit(self.import_id, dtype=pl.Int64).alias(IMPORT))
        return marked.select(
            *(pl.col(column.name).cast(polars_type(column.type)) for column in self.contract.stored), LINE
        )

    def _keep_refused_keys(self, frame: pl.DataFrame) -> int:
        """Keep the key hashes of refused rows, so that a snapshot does not take them for gone; return how many have none."""
        import polars as pl

        whole = frame.select(self.contract.key).drop_nulls()
        if whole.height:
            key = [self.contract.column(name) for name in self.contract.key]
            self.connection.register("refused_batch", whole.to_arrow())
            self.connection.execute(f"CREATE TEMP TABLE IF NOT EXISTS held ({KEY} BIGINT)")
            self.connection.execute(f"INSERT INTO held SELECT {hash_sql(key)} FROM refused_batch")
            self.connection.unregister("refused_batch")
        return frame.height - whole.select(pl.len()).item()

    def _unique(self, staged: Staged) -> None:
        """Leave each key once: equal rows collapse, of different ones the latest update wins and the others are refused."""
        import polars as pl

        connection = self.connection
        connection.execute(f"CREATE TEMP TABLE IF NOT EXISTS held ({KEY} BIGINT)")
        if not self.pieces:
            self._write(self._nothing())
        connection.execute(f"CREATE OR REPLACE TEMP VIEW staged AS {self._all_sql()}")
        twice = _twice(pl.concat(self.key_hashes))
        if twice.is_empty():
            staged.files = self.parts
            return
        connection.execute(f"CREATE OR REPLACE TEMP VIEW staged_all AS {self._all_sql(lines=True)}")
        connection.register("twice", twice.to_frame().to_arrow())
        latest = f"{quoted(self.feed.updated)} DESC NULLS LAST, " if self.feed.updated else ""
        connection.execute(
            f"""CREATE OR REPLACE TEMP TABLE losers AS
            SELECT *, first_value({LINE}) OVER (PARTITION BY {KEY} ORDER BY place) AS winner,
                   first_value({ROW}) OVER (PARTITION BY {KEY} ORDER BY place) AS winning_row
            FROM (SELECT {KEY}, {ROW}, {LINE},
                         row_number() OVER (PARTITION BY {KEY} ORDER BY {latest}{LINE} DESC) AS place,
                         row_number() OVER (PARTITION BY {KEY}, {ROW} ORDER BY {LINE}) AS copy
                  FROM staged_all WHERE {KEY} IN (SELECT {KEY} FROM twice))
            QUALIFY place > 1"""
        )
        beaten = f"{ROW} <> winning_row AND copy = 1"
        staged.refused.check(
            staged.read, coming=number(connection, f"SELECT count(*) FROM losers WHERE {beaten}")
        )
        staged.refused.add(self._beaten_rows(beaten))
        staged.collapsed = number(connection, f"SELECT count(*) FROM losers WHERE NOT ({beaten})")
        if self.contract.agency:
            staged.unassigned -= number(
                connection,
                f"SELECT count(*) FROM staged_all WHERE {quoted(self.contract.agency)} = 'unassigned' "
                f"AND {LINE} IN (SELECT {LINE} FROM losers)",
            )
        connection.execute(
            f"CREATE OR REPLACE TEMP VIEW staged AS SELECT * FROM staged_all WHERE {LINE} NOT IN (SELECT {LINE} FROM losers)"
        )

    def _all_sql(self, *, lines: bool = False) -> str:
        """Return the query for all good rows with hashes, part and import, and with their line where asked."""
        if self.parts is None:
            pieces = literal(str(self.folder / "good-*.parquet"))
            return (
                f"SELECT *, {part_sql(self.contract)} AS {PART}, CAST({self.import_id} AS BIGINT) AS {IMPORT} "
                f"FROM read_parquet({pieces})"
            )
        self.parts.finish()
        if not self.parts.written:
            return tables.select_files_sql(self.contract, -1, ())
        files = tables.files_sql([str(self.parts.folder / file.path) for file in self.parts.written])
        if not lines:
            return f"SELECT * FROM {files}"
        parquet.write(self.parts.places(), self.folder / "places.parquet")
        numbered = files.removesuffix(")") + ", filename = true, file_row_number = true)"
        return (
            f"SELECT r.* EXCLUDE (filename, file_row_number), p.{LINE} FROM {numbered} r "
            f"JOIN read_parquet({literal(str(self.folder / 'places.parquet'))}) p "
            "ON p.file = r.filename AND p.place = r.file_row_number"
        )

    def _beaten_rows(self, beaten: str) -> Iterator[RefusedRow]:
        names = columns_sql(name for name in self.contract.names if name not in self.feed.completed)
        frame = self.connection.execute(
            f"SELECT {names}, {LINE}, winner FROM staged_all JOIN "
            f"(SELECT {LINE} AS at_line, winner FROM losers WHERE {beaten}) ON {LINE} = at_line ORDER BY {LINE}"
        ).pl()
        keys = self.keys(frame).to_list()
        for key, row in zip(keys, frame.iter_rows(named=True), strict=True):
            line, winner = row.pop(LINE), row.pop("winner")
            reason = (
                f"Line {line}: line {winner} has the same {', '.join(self.contract.key)} and is the later update, so that one "
                "counts; remove one of the two in the source if they are different things."
            )
            yield RefusedRow(
                line, key, "key.twice", reason, {n: shown(v) for n, v in row.items() if v is not None}
            )

    def _nothing(self) -> pl.DataFrame:
        import polars as pl

        from stateworks.kernel.lake.columns import polars_type

        schema = {column.name: polars_type(column.type) for column in self.contract.columns}
        return pl.DataFrame(schema={**schema, LINE: pl.Int64()})


def _twice(keys: pl.Series) -> pl.Series:
    """Return the keys that are there more than once; sorting whole numbers finds them in a third of hashing's time."""
    import numpy as np
    import polars as pl

    lying = np.sort(keys.to_numpy())
    return pl.Series(KEY, np.unique(lying[1:][lying[1:] == lying[:-1]]), dtype=pl.Int64)


def _shown(frame: pl.DataFrame, name: str) -> pl.Expr:
    import polars as pl

    column = pl.col(name)
    if isinstance(frame.schema[name], pl.Datetime):
        return column.dt.strftime("%Y-%m-%dT%H:%M:%SZ").fill_null(UNREAD)
    return column.cast(pl.String).fill_null(UNREAD)


def _larger(batches: Iterator[pl.DataFrame]) -> Iterator[pl.DataFrame]:
    """Join small batches, since every batch has a fixed cost."""
    import polars as pl

    waiting: list[pl.DataFrame] = []
    rows = 0
    for batch in batches:
        waiting.append(batch)
        rows += batch.height
        if rows >= ROWS_AT_ONCE:
            yield pl.concat(waiting)
            waiting, rows = [], 0
    if waiting:
        yield pl.concat(waiting)
