"""Rows that go into the lake as they are: laid out in Parquet files by part while the file is still being read.

Where a dataset holds none of a file's keys yet, the files written here only have to be moved. Rows that are asked for by what
they have in common lie side by side within each block, so that a reader passes over most groups of rows.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from stateworks.kernel.lake import parquet
from stateworks.kernel.lake.contracts import PART
from stateworks.kernel.lake.files import LINE
from stateworks.kernel.lake.tables import GROUP_ROWS, WrittenFile

if TYPE_CHECKING:
    import polars as pl
    import pyarrow as pa

ROWS_HELD = 1_000_000
"""So many rows are gathered before any are written, since every piece of a file has a cost of its own."""
BLOCK_BYTES = 512 * 1024 * 1024
"""So much is gathered where rows lie side by side: the fewer blocks, the fewer places at which a reader has to look."""
OPEN_FILES = 200
LARGEST = 2**62
"""Places in a block are numbered anew before their numbers reach this."""


@dataclass
class PartFiles:
    """The files of one import below its own folder, one for each part (more where rows spread over very many parts)."""

    folder: Path
    prefix: str
    together: tuple[str, ...] = ()
    held: dict[str, list[pl.DataFrame]] = field(default_factory=dict, repr=False)
    rows_held: int = 0
    bytes_held: int = 0
    lines: dict[str, list[pl.Series]] = field(default_factory=dict, repr=False)
    """The line of each row of each file, in its order."""
    _open: dict[str, tuple[str, Any]] = field(default_factory=dict, repr=False)
    written: list[WrittenFile] = field(default_factory=list, repr=False)

    def add(self, frame: pl.DataFrame) -> None:
        """Take rows in their stored columns, with their part and their line."""
        for part, rows in _by_part(frame):
            self.held.setdefault(part, []).append(rows)
        self.rows_held += frame.height
        self.bytes_held += int(frame.estimated_size())
        if self.bytes_held >= BLOCK_BYTES or (self.rows_held >= ROWS_HELD and not self.together):
            self._write(self._append)

    def finish(self) -> None:
        """Write what is left, so that every row lies in a whole file."""
        self._write(self._last)
        for part, (name, writer) in self._open.items():
            writer.close()
            self._note(part, name)
        self._open.clear()

    def _write(self, write: Callable[[str, pl.DataFrame], None]) -> None:
        import polars as pl

        parts = [(part, pl.concat(frames)) for part, frames in self.held.items()]
        self.held.clear()
        self.rows_held = self.bytes_held = 0
        # One after the other is let go of, so that two copies of one part are the most there is.
        while parts:
            part, rows = parts.pop()
            write(part, side_by_side(rows, self.together))

    def _append(self, part: str, rows: pl.DataFrame) -> None:
        """Write rows of which more may follow: as one more row group of the part's file, as long as files may stay open."""
        import pyarrow.parquet as pq

        if part not in self._open and len(self._open) >= OPEN_FILES:
            self._last(part, rows)
            return
        table = rows.drop(LINE).to_arrow()
        if part not in self._open:
            name = self._name(part)
            self._open[part] = (
                name,
                pq.ParquetWriter(
                    self.folder / name,
                    table.schema,
                    compression="zstd",
                    compression_level=1,
                    store_schema=False,
                    # Numbers hardly repeat: to look for a dictionary of theirs takes as long as to write them.
                    use_dictionary=[field.name for field in table.schema if _is_text(field.type)],
                ),
            )
        name, writer = self._open[part]
        writer.write_table(table, row_group_size=GROUP_ROWS if self.together else None)
        self.lines.setdefault(name, []).append(rows[LINE])

    def _last(self, part: str, rows: pl.DataFrame) -> None:
        if part in self._open:
            self._append(part, rows)
            return
        name = self._name(part)
        write_file(rows.drop(LINE), self.folder / name, self.together)
        self.lines.setdefault(name, []).append(rows[LINE])
        self._note(part, name)

    def _name(self, part: str) -> str:
        (self.folder / f"{PART}={part}").mkdir(parents=True, exist_ok=True)
        return f"{PART}={part}/{self.prefix}-{uuid.uuid4()}.parquet"

    def _note(self, part: str, name: str) -> None:
        rows = sum(len(lines) for lines in self.lines[name])
        self.written.append(WrittenFile(name, (self.folder / name).stat().st_size, rows, part))

    def places(self) -> pl.DataFrame:
        """Return the line of every row with its file and its place in it."""
        import polars as pl

        frames = []
        for name, pieces in self.lines.items():
            lines = pl.concat(pieces)
            frames.append(
                pl.DataFrame({LINE: lines}).with_columns(
                    pl.lit(str(self.folder / name)).alias("file"),
                    pl.int_range(len(lines), dtype=pl.Int64).alias("place"),
                )
            )
        return pl.concat(frames)


def _by_part(frame: pl.DataFrame) -> Iterator[tuple[str, pl.DataFrame]]:
    parts = frame[PART].unique()
    if len(parts) == 1:
        # A month's file has one part: its rows need not be copied.
        yield str(parts[0]), frame.drop(PART)
        return
    for (part,), rows in frame.partition_by(PART, include_key=False, as_dict=True).items():
        yield str(part), rows


def side_by_side(rows: pl.DataFrame, together: Sequence[str]) -> pl.DataFrame:
    """Return rows with those alike in some text columns side by side, in the order of what these say."""
    import numpy as np
    import polars as pl

    if not together:
        return rows
    place, places = np.zeros(rows.height, dtype=np.int64), 1
    for name in together:
        encoded = rows[name].to_arrow().dictionary_encode()
        ranks = pl.Series(encoded.dictionary.to_pylist(), dtype=pl.String).rank("ordinal").to_numpy()
        codes = np.append(ranks.astype(np.int64), 0)[
            encoded.indices.fill_null(-1).to_numpy(zero_copy_only=False)
        ]
        place, places = place * (len(ranks) + 1) + codes, places * (len(ranks) + 1)
        if places * rows.height > LARGEST:
            place = pl.Series(place).rank("dense").to_numpy().astype(np.int64)
            places = rows.height + 1
    # With its own place behind it every number is another, and rows alike keep their order.
    numbered = pl.Series(place * rows.height + np.arange(rows.height))
    return rows[numbered.arg_sort()]


def write_file(rows: pl.DataFrame, path: Path, together: Sequence[str]) -> None:
    """Write rows as one Parquet file, in small groups where they lie side by side."""
    groups = GROUP_ROWS if together else None
    parquet.write(rows, path, compression="zstd", compression_level=1, row_group_size=groups)


def _is_text(kind: pa.DataType) -> bool:
    import pyarrow as pa

    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_string_view(kind))
