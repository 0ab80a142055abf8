"""Rows that go into the lake as they are: laid out in Parquet files by part while the file is still being read.

Where a dataset holds nothing yet, nothing has to be compared, so that the files written here only have to be moved.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from stateworks.kernel.lake.contracts import PART
from stateworks.kernel.lake.files import LINE
from stateworks.kernel.lake.tables import WrittenFile

if TYPE_CHECKING:
    import polars as pl

ROWS_HELD = 1_000_000
"""So many rows are gathered before any are written, since every piece of a file has a cost of its own."""
OPEN_FILES = 200


@dataclass
class PartFiles:
    """The files of one import below its own folder, one for each part (more where rows spread over very many parts)."""

    folder: Path
    prefix: str
    held: dict[str, list[pl.DataFrame]] = field(default_factory=dict, repr=False)
    rows_held: int = 0
    lines: dict[str, list[pl.Series]] = field(default_factory=dict, repr=False)
    """The line of each row of each file, in its order."""
    _open: dict[str, tuple[str, Any]] = field(default_factory=dict, repr=False)
    written: list[WrittenFile] = field(default_factory=list, repr=False)

    def add(self, frame: pl.DataFrame) -> None:
        """Take rows in their stored columns, with their part and their line."""
        for (part,), rows in frame.partition_by(PART, include_key=False, as_dict=True).items():
            self.held.setdefault(str(part), []).append(rows)
        self.rows_held += frame.height
        if self.rows_held >= ROWS_HELD:
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
        self.rows_held = 0
        for part, rows in parts:
            write(part, rows)

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
                ),
            )
        name, writer = self._open[part]
        writer.write_table(table)
        self.lines.setdefault(name, []).append(rows[LINE])

    def _last(self, part: str, rows: pl.DataFrame) -> None:
        if part in self._open:
            self._append(part, rows)
            return
        name = self._name(part)
        rows.drop(LINE).write_parquet(self.folder / name, compression="zstd", compression_level=1)
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
