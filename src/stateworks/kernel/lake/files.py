"""Opens a file of rows, whatever it is: CSV or TSV in any encoding, gzipped or not, a workbook, JSON.

Every cell comes as text exactly as it stands, every row with its line in the file, in batches, so that the memory used
does not grow with the file. A file that cannot be a table is refused with one sentence: what is wrong, where, what to do.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from stateworks.kernel.errors import Refused

if TYPE_CHECKING:
    import polars as pl

LINE = "_line"
"""The column of each batch that holds the row's place in the file: its line, or its position among JSON items."""

MAX_BYTES = 8 * 1024**3
"""The most a file may hold once unpacked; a larger one is refused before memory or disk suffers."""

MAX_BAD_ROWS = 100_000
"""From here on a file with rows that do not fit its header is not a table worth loading."""


@dataclass(frozen=True)
class BadRow:
    """A row that does not fit the header, with its line, a short reason code, the reason and its text."""

    line: int
    code: str
    reason: str
    values: dict[str, str]


@dataclass
class TabularFile:
    """A file of rows that has been recognized: its header, how it was read, and its rows in batches.

    `batches()` may be called again and starts over. Rows that do not fit the header are left out of the batches and
    gather in `bad_rows` while they are read. `notes` tells in sentences what was assumed, such as a guessed encoding.
    """

    path: Path
    filename: str
    kind: str
    header: tuple[str, ...]
    header_line: int
    encoding: str | None = None
    delimiter: str | None = None
    sheet: str | None = None
    lines: int | None = None
    notes: list[str] = field(default_factory=list)
    bad_rows: list[BadRow] = field(default_factory=list)
    _read: Callable[[TabularFile], Iterator[pl.DataFrame]] | None = None

    def batches(self) -> Iterator[pl.DataFrame]:
        """Yield the rows as polars frames: every column text with null for an empty cell, and `_line`."""
        import polars as pl

        assert self._read is not None
        self.bad_rows.clear()
        for frame in self._read(self):
            kept = self._without_repeated_header(self._without_unnamed(frame))
            # A row without a single value is no row: spreadsheets and editors leave such lines behind.
            kept = kept.filter(~pl.all_horizontal(pl.col(self.header).is_null()))
            if kept.height:
                yield kept

    def again(self, header: tuple[str, ...], rows: Callable[[], Iterator[pl.DataFrame]]) -> TabularFile:
        """Return the same file with other rows under another header; what did not fit the file's own stays refused.

        To be called once all batches were read. `rows` yields frames as `batches` does.
        """
        bad = list(self.bad_rows)

        def read(table: TabularFile) -> Iterator[pl.DataFrame]:
            table.bad_rows.extend(bad)
            yield from rows()

        return replace(self, header=header, notes=list(self.notes), bad_rows=[], _read=read)

    def head(self, rows: int = 100) -> pl.DataFrame:
        """Return the first rows, to guess columns from or to show."""
        import polars as pl

        for frame in self.batches():
            return frame.head(rows)
        return pl.DataFrame(schema={**dict.fromkeys(self.header, pl.Utf8), LINE: pl.Int64})

    def refuse_row(self, line: int, code: str, reason: str, values: dict[str, str]) -> None:
        """Keep a row that does not fit, up to a limit beyond which the whole file is refused."""
        if len(self.bad_rows) >= MAX_BAD_ROWS:
            raise Refused(
                f"{self.filename}: more than {MAX_BAD_ROWS:,} rows do not fit the header in line {self.header_line}; "
                "check the delimiter and quoting, and export the file again."
            )
        self.bad_rows.append(BadRow(line, code, reason, values))

    def require(self, columns: Sequence[str]) -> None:
        """Refuse the file unless its header has these columns."""
        missing = [name for name in columns if name not in self.header]
        if not missing:
            return
        found = ", ".join(f"“{name}”" for name in self.header[:12])
        wanted = ", ".join(f"“{name}”" for name in missing)
        raise Refused(
            f"{self.filename} has no column {wanted}; line {self.header_line} has {found}. "
            "Add the header line, correct the column's name, or choose another delimiter or mapping."
        )

    def _without_unnamed(self, frame: pl.DataFrame) -> pl.DataFrame:
        """Drop columns without a name, which exist only where lines end in spare delimiters; values there are refused."""
        import polars as pl

        for name in [name for name in frame.columns if name.startswith(UNNAMED)]:
            filled = frame.filter(pl.col(name).is_not_null())
            if filled.height:
                raise Refused(
                    f"{self.filename}, line {filled[LINE][0]}: column {name.removeprefix(UNNAMED)} holds "
                    f"“{filled[name][0][:40]}” but has no name in line {self.header_line}; name the column or empty it."
                )
            frame = frame.drop(name)
        return frame

    def _without_repeated_header(self, frame: pl.DataFrame) -> pl.DataFrame:
        """Set aside lines that repeat the header, as they stand where exports were glued together."""
        import polars as pl

        first = self.header[0]
        if not (frame[first] == first).any():
            return frame
        same = pl.all_horizontal(*(pl.col(name) == name for name in self.header)).fill_null(value=False)
        for line in frame.filter(same)[LINE]:
            self.refuse_row(
                line, "row.header", f"Line {line} repeats the header; delete the line.",
                {name: name for name in self.header},
            )  # fmt: skip
        return frame.filter(~same)


UNNAMED = "\x1funnamed "
"""How a column without a name is called until it is dropped, followed by its number."""


def open_table(
    path: str | Path,
    *,
    filename: str = "",
    encoding: str | None = None,
    delimiter: str | None = None,
    sheet: str | None = None,
    header_line: int | None = None,
    max_bytes: int = MAX_BYTES,
) -> TabularFile:
    """Recognize a file of rows by its content and read its header; what is not given is found out.

    `filename` is the name the sender gave, shown in messages. `header_line` names the header's line where titles stand
    above it; otherwise it is the first line with text. Raises Refused.
    """
    path = Path(path)
    name = filename or path.name
    try:
        size = path.stat().st_size
        with path.open("rb") as file:
            start = file.read(4096)
    except OSError as error:
        raise Refused(f"{name} cannot be read: {error.strerror or error}.") from None
    if size == 0:
        raise Refused(f"{name} is empty; export it again and check that rows were selected.")
    kind = _kind(start, name)
    if kind == "workbook":
        from stateworks.kernel.lake.workbooks import open_workbook

        return open_workbook(path, name, sheet=sheet, header_line=header_line, max_bytes=max_bytes)
    if kind == "json":
        from stateworks.kernel.lake.jsonrows import open_json

        return open_json(path, name, max_bytes=max_bytes)
    from stateworks.kernel.lake.delimited import open_delimited

    return open_delimited(
        path, name, gzipped=kind == "gzip", encoding=encoding, delimiter=delimiter, header_line=header_line,
        max_bytes=max_bytes,
    )  # fmt: skip


def checked_header(cells: Sequence[str], filename: str, line: int) -> tuple[str, ...]:
    """Return the column names of a header line (empty cells as unnamed columns), or refuse what cannot be a header."""
    names = [cell.strip().removeprefix("\ufeff").strip() for cell in cells]
    named = [name for name in names if name]
    if not named:
        raise Refused(f"{filename} has no header: line {line} is empty; put the column names there.")
    seen: dict[str, int] = {}
    data = [name for name in named if _DATA.fullmatch(name)]
    if len(data) * 5 >= len(named) * 2:
        raise Refused(
            f"{filename} has no header: line {line} looks like data (“{data[0]}”); put a line with the column names first."
        )
    for position, name in enumerate(names, 1):
        if name and name in seen:
            raise Refused(
                f"{filename}, line {line}: the column “{name}” stands there twice (columns {seen[name]} and {position}); "
                "give each column its own name."
            )
        if name:
            seen[name] = position
    if LINE in seen:
        raise Refused(f"{filename}, line {line}: a column may not be called “{LINE}”; rename it.")
    return tuple(name or f"{UNNAMED}{position}" for position, name in enumerate(names, 1))


_DATA = re.compile(
    r"[-+]?[\d.,]*\d%?|\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}([ T]\d{1,2}:\d{2}(:\d{2}(\.\d+)?)?( ?[AaPp][Mm])?(Z|[+-]\d{2}:?\d{2})?)?"
    r"|true|false|TRUE|FALSE|True|False"
)
"""What a number, a date or a truth value looks like; column names do not look like that."""

_SIGNATURES: tuple[tuple[bytes, str], ...] = (
    (b"%PDF", "a PDF document"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"GIF8", "a picture"),
    (b"PAR1", "a Parquet file"),
    (b"7z\xbc\xaf", "a 7-Zip archive"),
    (b"Rar!", "a RAR archive"),
    (b"BZh", "a bzip2 archive"),
    (b"\xfd7zXZ", "an xz archive"),
    (b"SQLite format 3", "a database"),
    (b"\x7fELF", "a program"),
)


def _kind(start: bytes, name: str) -> str:
    """Tell by its first bytes what a file is; its name decides only between JSON and text."""
    if start.startswith((b"PK\x03\x04", b"PK\x05\x06", b"\xd0\xcf\x11\xe0")):
        return "workbook"
    if start.startswith(b"\x1f\x8b"):
        return "gzip"
    for signature, what in _SIGNATURES:
        if start.startswith(signature):
            raise Refused(f"{name} is {what}, not a table; save the rows as CSV, XLSX or JSON.")
    text = start.lstrip(b"\xef\xbb\xbf \t\r\n")
    suffix = Path(name).suffix.lower()
    if text.startswith((b"<!DOCTYPE", b"<!doctype", b"<html", b"<HTML", b"<?xml")):
        raise Refused(f"{name} is a web page or XML, not a table; save the rows as CSV, XLSX or JSON.")
    if suffix in {".json", ".jsonl", ".ndjson"} or (
        text.startswith((b"[", b"{")) and suffix not in {".csv", ".tsv", ".txt"}
    ):
        return "json"
    return "text"
