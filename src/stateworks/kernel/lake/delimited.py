"""Reads delimited text (CSV, TSV and their kin) as a stream: encoding and delimiter found out, every row with its line."""

from __future__ import annotations

import codecs
import csv
import gzip
import io
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from stateworks.kernel.errors import Refused
from stateworks.kernel.lake.files import LINE, UNNAMED, TabularFile, checked_header

if TYPE_CHECKING:
    import numpy as np
    import polars as pl
    import pyarrow as pa

BLOCK = 8 * 1024 * 1024
SAMPLE = 256 * 1024
DELIMITERS = (",", ";", "\t", "|", "^")
NAMES = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar", "^": "caret"}
_BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_FALLBACK = "cp1252"


def open_delimited(
    path: Path,
    filename: str,
    *,
    gzipped: bool,
    encoding: str | None,
    delimiter: str | None,
    header_line: int | None,
    max_bytes: int,
) -> TabularFile:
    """Find out encoding, delimiter and header of a text file, having read it once to make sure of its encoding."""
    source = _Source(path, filename, gzipped, max_bytes)
    notes: list[str] = []
    encoding, lines = _encoding(source, encoding, notes)
    with source.open() as file:
        text = _decoded_start(file, encoding)
    skipped = 0
    if text[:4].lower() == "sep=" and len(text) > 4:
        # Excel's own way of naming the delimiter, in a line above the header.
        delimiter = delimiter or text[4]
        skipped = 1
    if not text.strip("\ufeff \t\r\n"):
        raise Refused(f"{filename} is empty: it holds no text; export it again.")
    found = delimiter or _sniff(text)
    if len(found) != 1:
        raise Refused(f"“{found}” is no delimiter; it is one character, such as a comma or a tab.")
    cells, first_line, ends_line, offset = _header_cells(text, found, skipped, header_line, filename)
    if len(cells) == 1 and delimiter is not None:
        better = _sniff(text)
        if better != delimiter and better in cells[0]:
            raise Refused(
                f"{filename}, line {first_line}: no {NAMES.get(delimiter, delimiter)} parts the columns; "
                f"the file seems to use the {NAMES.get(better, better)}. Choose that delimiter."
            )
    names = checked_header(cells, filename, first_line)
    if len(text) >= SAMPLE // 4 and offset >= len(text):
        raise Refused(
            f"{filename}, line {first_line}: the header does not end; a quotation mark is left open there."
        )
    header_bytes = len(text[:offset].encode())

    def read(table: TabularFile) -> Iterator[pl.DataFrame]:
        with source.open() as file:
            yield from _rows(table, _Utf8(file, encoding, skip=header_bytes), names, found, ends_line + 1)

    return TabularFile(
        path, filename, "csv", tuple(name for name in names if not name.startswith(UNNAMED)), first_line,
        encoding=encoding, delimiter=found, lines=lines, notes=notes, _read=read,
    )  # fmt: skip


class _Source:
    """The bytes of a file, unpacked if it is gzipped, counted against the limit."""

    def __init__(self, path: Path, filename: str, gzipped: bool, max_bytes: int) -> None:
        self.path, self.filename, self.gzipped, self.max_bytes = path, filename, gzipped, max_bytes

    def open(self) -> _Counted:
        # Closed by _Counted, which callers use as a context manager.
        file: Any = gzip.open(self.path, "rb") if self.gzipped else self.path.open("rb")  # noqa: SIM115
        return _Counted(file, self)


class _Counted(io.RawIOBase):
    """A file that refuses to give more than its limit and says in words when it is cut off."""

    def __init__(self, file: BinaryIO, source: _Source) -> None:
        self.file, self.source, self.given = file, source, 0

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        try:
            block = self.file.read(size if size >= 0 else BLOCK)
        except EOFError:
            raise Refused(
                f"{self.source.filename} is cut off: its compressed data ends early; send it again."
            ) from None
        except (gzip.BadGzipFile, zlib.error) as error:
            raise Refused(f"{self.source.filename} is damaged ({error}); send it again.") from None
        self.given += len(block)
        if self.given > self.source.max_bytes:
            raise Refused(
                f"{self.source.filename} holds more than {self.source.max_bytes // 1024**2:,} MB once unpacked, "
                "which is the limit; load it in parts."
            )
        return block

    def close(self) -> None:
        self.file.close()
        super().close()


class _Utf8(io.RawIOBase):
    """A file's text as UTF-8 bytes without its byte order mark and its first `skip` bytes."""

    def __init__(self, file: _Counted, encoding: str, skip: int) -> None:
        self.file, self.left_over = file, b""
        self.plain = encoding == "utf-8"
        self.decoder = codecs.getincrementaldecoder(encoding)()
        self.ended = False
        while skip and not self.ended:
            block = self._more(max(skip, 65536))
            self.left_over, skip = block[skip:], max(0, skip - len(block))

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        while not self.left_over and not self.ended:
            self.left_over = self._more(size if size > 0 else BLOCK)
        if 0 <= size < len(self.left_over):
            block, self.left_over = self.left_over[:size], self.left_over[size:]
        else:
            block, self.left_over = self.left_over, b""
        return block

    def _more(self, size: int) -> bytes:
        block = self.file.read(size)
        self.ended = not block
        return block if self.plain else self.decoder.decode(block, self.ended).encode()


def _encoding(source: _Source, given: str | None, notes: list[str]) -> tuple[str, int]:
    """Return the encoding in which the whole file can be read, and how many lines it has."""
    with source.open() as file:
        start = file.read(4096)
    if given is not None:
        try:
            chosen = codecs.lookup(given).name
        except LookupError:
            raise Refused(f"“{given}” is no known encoding; write utf-8, windows-1252 or utf-16.") from None
        if chosen in {"utf-8", "utf-8-sig"}:
            chosen = "utf-8-sig" if start.startswith(codecs.BOM_UTF8) else "utf-8"
        problem, lines = _problem(source, chosen)
        if problem is None:
            return chosen, lines
        other = next((name for name in ("utf-8", _FALLBACK) if _problem(source, name)[0] is None), None)
        remedy = (
            f"it reads as {_said(other)}, so choose that" if other else "choose the encoding it was saved in"
        )
        raise Refused(f"{source.filename}, {problem}: it is not {_said(chosen)}; {remedy}.")
    for mark, name in _BYTE_ORDER_MARKS:
        if start.startswith(mark):
            problem, lines = _problem(source, name)
            if problem is None:
                return name, lines
            raise Refused(
                f"{source.filename}, {problem}: the text is damaged or cut off there; export it again."
            )
    if len(start) > 3 and (wide := _wide(start)):
        problem, lines = _problem(source, wide)
        if problem is None:
            return wide, lines
    problem, lines = _problem(source, "utf-8")
    if problem is None:
        return "utf-8", lines
    if "NUL" in problem:
        raise Refused(
            f"{source.filename}, {problem}: it is no text file; save the rows as CSV, XLSX or JSON."
        )
    second, lines = _problem(source, _FALLBACK)
    if second is None:
        notes.append(f"The file is not UTF-8 ({problem}); it was read as {_said(_FALLBACK)}.")
        return _FALLBACK, lines
    raise Refused(
        f"{source.filename}, {problem}: the text is neither UTF-8 nor {_said(_FALLBACK)}; "
        "save it as “CSV UTF-8” or name its encoding."
    )


def _problem(source: _Source, encoding: str) -> tuple[str | None, int]:
    """Say where a file cannot be read in an encoding (None if it can), and count its lines."""
    decoder = codecs.getincrementaldecoder(encoding)()
    wide = encoding.startswith(("utf-16", "utf-32"))
    lines, last = 0, b"\n"
    with source.open() as file:
        while True:
            block = file.read(BLOCK)
            try:
                text = decoder.decode(block, not block)
            except UnicodeDecodeError as error:
                line = lines + error.object[: error.start].count(b"\n") + 1
                return f"line {line} (byte 0x{error.object[error.start]:02X})", lines
            if b"\0" in block and (not wide or "\0" in text):
                return f"line {lines + block[: block.index(0)].count(10) + 1} (a NUL byte)", lines
            lines += text.count("\n") if wide else block.count(b"\n")
            if not block:
                return None, lines + (0 if last.endswith((b"\n", b"\0")) else 1)
            last = block[-1:]


def _wide(start: bytes) -> str | None:
    """Recognize UTF-16 without a byte order mark: every second byte of Western text is zero."""
    even, odd = start[0::2].count(0), start[1::2].count(0)
    half = len(start) // 2
    if odd > half * 0.4 and even < half * 0.05:
        return "utf-16-le"
    if even > half * 0.4 and odd < half * 0.05:
        return "utf-16-be"
    return None


def _said(encoding: str | None) -> str:
    return {"cp1252": "Windows-1252", "utf-8": "UTF-8", "utf-8-sig": "UTF-8"}.get(
        encoding or "", (encoding or "").upper()
    )


def _decoded_start(file: _Counted, encoding: str) -> str:
    decoder = codecs.getincrementaldecoder(encoding)()
    text, size = "", 0
    while size < SAMPLE and (block := file.read(SAMPLE)):
        text += decoder.decode(block)
        size += len(block)
    return text


def _sniff(text: str) -> str:
    """Return the delimiter that cuts the first lines into the same number of columns, the more the better."""
    best, best_score = ",", (0.0, 0)
    for candidate in DELIMITERS:
        widths: list[int] = []
        try:
            for row in csv.reader(io.StringIO(text, newline=""), delimiter=candidate):
                if row:
                    widths.append(len(row))
                if len(widths) == 200:
                    break
        except csv.Error:
            continue
        # The sample's last row may be cut in the middle.
        widths = widths[:-1] if len(widths) > 2 else widths
        if not widths or widths[0] < 2:
            continue
        steady = sum(width == widths[0] for width in widths) / len(widths)
        if (round(steady, 1), widths[0]) > best_score:
            best, best_score = candidate, (round(steady, 1), widths[0])
    return best


def _header_cells(
    text: str, delimiter: str, skipped: int, wanted: int | None, filename: str
) -> tuple[list[str], int, int, int]:
    """Return the header's cells, its first and last line, and the offset of the character after it."""
    lines = list(io.StringIO(text, newline=""))
    reader = csv.reader(iter(lines[skipped:]), delimiter=delimiter)
    before = skipped
    try:
        for cells in reader:
            line, before = before + 1, skipped + reader.line_num
            if (any(cell.strip("\ufeff \t") for cell in cells)) if wanted is None else (before >= wanted):
                return cells, line, before, sum(map(len, lines[:before]))
    except csv.Error as error:
        raise Refused(f"{filename}, line {before + 1}: the line cannot be read ({error}).") from None
    place = f"line {wanted}" if wanted else "the file"
    raise Refused(f"{filename} has no header: {place} holds no text; put the column names in the first line.")


def _rows(
    table: TabularFile, file: _Utf8, names: tuple[str, ...], delimiter: str, line: int
) -> Iterator[pl.DataFrame]:
    """Yield the rows below the header; `line` is the first line below it."""
    import polars as pl
    import pyarrow as pa
    import pyarrow.csv

    lines = _Lines(table, names, line)
    try:
        stream = pa.csv.open_csv(
            file,
            # One thread: only then are rows numbered, and a row that does not fit can be named.
            read_options=pa.csv.ReadOptions(use_threads=False, block_size=BLOCK, column_names=list(names)),
            parse_options=pa.csv.ParseOptions(
                delimiter=delimiter, newlines_in_values=True, ignore_empty_lines=False, invalid_row_handler=lines.skip
            ),
            convert_options=pa.csv.ConvertOptions(
                column_types=dict.fromkeys(names, pa.string()), null_values=[""], strings_can_be_null=True,
                quoted_strings_can_be_null=True,
            ),
        )  # fmt: skip
        for batch in stream:
            numbers = lines.of(batch)
            frame = pl.DataFrame(pl.from_arrow(batch)).with_columns(pl.Series(LINE, numbers, dtype=pl.Int64))
            yield frame
    except pa.ArrowInvalid as error:
        if "Empty CSV file" in str(error):
            return
        raise Refused(
            f"{table.filename}: a quotation mark opened after line {lines.next_line} is never closed; correct it there."
        ) from None
    finally:
        lines.finish()


class _Lines:
    """Keeps count of the lines: rows may span several, and rows that do not fit are skipped but counted."""

    def __init__(self, table: TabularFile, names: tuple[str, ...], line: int) -> None:
        self.table, self.names = table, names
        self.next_record, self.next_line = 1, line
        self.pending: list[tuple[int, int, str]] = []

    def skip(self, row: Any) -> str:
        """Note a row with too few or too many cells; called by the parser, ahead of the rows it delivers."""
        self.pending.append((row.number, row.actual_columns, row.text))
        return "skip"

    def of(self, batch: pa.RecordBatch) -> np.ndarray:
        """Return the line of each row of a batch."""
        import numpy as np

        extra = _inner_newlines(batch)
        lines = np.empty(batch.num_rows, dtype=np.int64)
        done = 0
        while done < batch.num_rows:
            self._pass_skipped()
            ahead = self.pending[0][0] - self.next_record if self.pending else batch.num_rows
            count = min(batch.num_rows - done, ahead)
            inner = extra[done : done + count] if extra is not None else None
            lines[done : done + count] = self.next_line + np.arange(count)
            if inner is not None:
                lines[done : done + count] += np.concatenate(([0], np.cumsum(inner)[:-1]))
            self.next_record += count
            self.next_line += count + (int(inner.sum()) if inner is not None else 0)
            done += count
        return lines

    def finish(self) -> None:
        """Account for rows that were skipped at the very end."""
        self._pass_skipped()

    def _pass_skipped(self) -> None:
        while self.pending and self.pending[0][0] == self.next_record:
            _, cells, text = self.pending.pop(0)
            reason = (
                f"Line {self.next_line} has {cells} columns where the header has {len(self.names)}; "
                "quote cells that contain the delimiter, and check that the line is whole."
            )
            self.table.refuse_row(self.next_line, "row.columns", reason, {"line": text[:2000]})
            self.next_record += 1
            self.next_line += 1 + text.count("\n")


def _inner_newlines(batch: pa.RecordBatch) -> np.ndarray | None:
    """Count the line breaks inside each row's cells; None where there is none, which a glance at the bytes tells."""
    import numpy as np
    import pyarrow.compute as pc

    total: np.ndarray | None = None
    for column in batch.columns:
        data = column.buffers()[2]
        if data is None or not (np.frombuffer(data, dtype=np.uint8) == 10).any():
            continue
        counts = pc.count_substring(column, "\n").fill_null(0).to_numpy(zero_copy_only=False).astype(np.int64)
        total = counts if total is None else total + counts
    return total
