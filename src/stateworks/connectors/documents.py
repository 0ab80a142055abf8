"""Opens the files of other tools safely: unpacked within a limit, decoded, and parsed without following what they point to."""

from __future__ import annotations

import codecs
import gzip
import io
import json
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from xml.parsers import expat

from stateworks.kernel.errors import Refused
from stateworks.kernel.lake.files import LINE, BadRow, open_table

MAX_BYTES = 256 * 1024**2
"""A document is read whole, so it has a lower limit than a table, which is read as a stream."""


def unpacked(source: Path | bytes, filename: str, limit: int = MAX_BYTES) -> bytes:
    """Return a file's bytes, unpacked if it is gzipped; more than the limit is refused before memory suffers."""
    try:
        with source.open("rb") if isinstance(source, Path) else io.BytesIO(source) as file:
            packed = file.read(2) == b"\x1f\x8b"
            file.seek(0)
            content = gzip.GzipFile(fileobj=file).read(limit + 1) if packed else file.read(limit + 1)
    except EOFError:
        raise Refused(f"{filename} is cut off: its compressed data ends early; send it again.") from None
    except (gzip.BadGzipFile, zlib.error) as error:
        raise Refused(f"{filename} is damaged ({error}); send it again.") from None
    except OSError as error:
        raise Refused(f"{filename} cannot be read: {error.strerror or error}.") from None
    if len(content) > limit:
        raise Refused(
            f"{filename} holds more than {limit // 1024**2:,} MB, the limit for such a file; export it in parts."
        )
    if not content.strip():
        raise Refused(f"{filename} is empty; export it again.")
    return content


def decoded(content: bytes, filename: str) -> str:
    """Return text in UTF-8 or UTF-16 by its byte order mark, else in UTF-8, else in Windows-1252."""
    wide = content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    for encoding in ["utf-16"] if wide else ["utf-8-sig", "cp1252"]:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise Refused(f"{filename} is neither UTF-8 nor Windows-1252; save it as UTF-8.")


def json_document(source: Path | bytes, filename: str, limit: int = MAX_BYTES) -> Any:
    """Return what a JSON file holds."""
    text = decoded(unpacked(source, filename, limit), filename)
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        raise Refused(
            f"{filename}, line {error.lineno}: this is no complete JSON ({error.msg.lower()}); export it again."
        ) from None
    except RecursionError:
        raise Refused(f"{filename} is nested too deeply to be read.") from None


def json_documents(path: Path, filename: str) -> list[Any]:
    """Return what a file holds that is one JSON document or several after another, as answers saved page by page are."""
    text = decoded(unpacked(path, filename), filename)
    decoder, found, at = json.JSONDecoder(), [], 0
    try:
        while at < len(text):
            if text[at].isspace():
                at += 1
                continue
            document, at = decoder.raw_decode(text, at)
            found.append(document)
    except json.JSONDecodeError as error:
        raise Refused(
            f"{filename}, line {error.lineno}: this is no complete JSON ({error.msg.lower()}); export it again."
        ) from None
    except RecursionError:
        raise Refused(f"{filename} is nested too deeply to be read.") from None
    return found


def yaml_documents(path: Path, filename: str) -> Iterator[tuple[int, Any]]:
    """Yield each document of a YAML file with its first line."""
    import yaml

    text = decoded(unpacked(path, filename, 32 * 1024**2), filename)
    try:
        loader = yaml.SafeLoader(text)
        while loader.check_node():
            node = loader.get_node()
            assert node is not None
            yield node.start_mark.line + 1, loader.construct_document(node)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f", line {mark.line + 1}" if mark is not None else ""
        raise Refused(
            f"{filename}{where}: this is no YAML ({getattr(error, 'problem', None) or error}); correct it there."
        ) from None
    except RecursionError:
        raise Refused(f"{filename} is nested too deeply to be read.") from None


def parse_xml(path: Path, filename: str, parser: expat.XMLParserType) -> None:
    """Feed a file to a parser; declared entities, by which a small file grows without end, are refused."""
    content = unpacked(path, filename)

    def refuse(*_: Any) -> int:
        raise Refused(f"{filename} declares entities of its own, which no export needs; remove them.")

    parser.EntityDeclHandler = refuse
    parser.ExternalEntityRefHandler = refuse
    parser.SetParamEntityParsing(expat.XML_PARAM_ENTITY_PARSING_NEVER)
    try:
        parser.Parse(content, True)
    except expat.ExpatError as error:
        raise Refused(
            f"{filename}, line {error.lineno}: this is no complete XML ({expat.errors.messages[error.code]}); export it again."
        ) from None


@dataclass
class Sheet:
    """A table: its columns and its rows, each with its line."""

    header: tuple[str, ...]
    rows: list[tuple[int, dict[str, str]]]
    bad: list[BadRow]
    notes: list[str]

    def column(self, *names: str) -> str:
        """The first of these columns that the table has, whatever the case; empty if it has none."""
        plain = {_plain(name): name for name in reversed(self.header)}
        return next((plain[_plain(name)] for name in names if _plain(name) in plain), "")


def sheet(path: Path, filename: str) -> Sheet:
    """Read a table (CSV, TSV, XLSX); empty cells are empty texts."""
    table = open_table(path, filename=filename)
    rows = []
    for batch in table.batches():
        for row in batch.iter_rows(named=True):
            line = row.pop(LINE)
            rows.append((line, {name: (value or "").strip() for name, value in row.items()}))
    return Sheet(table.header, rows, list(table.bad_rows), list(table.notes))


def wide_sheet(path: Path, filename: str) -> Sheet:
    """Read a CSV file whose headers may repeat: a name that comes again gets its number, as in “Other (2)”."""
    import csv
    import io

    text = decoded(unpacked(path, filename), filename)
    csv.field_size_limit(1 << 20)
    reader = csv.reader(io.StringIO(text, newline=""))
    header: list[str] = []
    found, bad = [], []
    try:
        for cells in reader:
            if not any(cell.strip() for cell in cells):
                continue
            if not header:
                header = _numbered(cells)
                before = reader.line_num
                continue
            line, before = before + 1, reader.line_num
            if len(cells) != len(header):
                bad.append(
                    BadRow(
                        line, "row.columns",
                        f"Line {line} has {len(cells)} columns where the header has {len(header)}; check its quotation marks.",
                        {"line": ",".join(cells)[:2000]},
                    )
                )  # fmt: skip
                continue
            found.append((line, {name: cell.strip() for name, cell in zip(header, cells, strict=True)}))
    except csv.Error as error:
        raise Refused(
            f"{filename}, line {reader.line_num}: the line cannot be read ({error}); correct it there."
        ) from None
    return Sheet(tuple(header), found, bad, [])


def _numbered(cells: list[str]) -> list[str]:
    seen: dict[str, int] = {}
    names = []
    for cell in cells:
        name = " ".join(cell.split())
        seen[name] = seen.get(name, 0) + 1
        names.append(name if seen[name] == 1 else f"{name} ({seen[name]})")
    return names


def _plain(name: str) -> str:
    return "".join(sign for sign in name.lower() if sign.isalnum())
