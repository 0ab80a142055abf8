"""Reads rows from JSON: a list of objects, or one object a line."""

from __future__ import annotations

import json
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

from stateworks.kernel.errors import Refused
from stateworks.kernel.lake.files import LINE, TabularFile, checked_header

if TYPE_CHECKING:
    import polars as pl

MAX_BYTES = 512 * 1024**2
"""JSON is read whole; larger data comes as CSV."""

ROWS = 20_000


def open_json(path: Path, filename: str, *, max_bytes: int) -> TabularFile:
    """Read the objects and take every name that occurs as a column, in the order of first appearance."""
    limit = min(max_bytes, MAX_BYTES)
    if path.stat().st_size > limit:
        raise Refused(f"{filename} is larger than {limit // 1024**2:,} MB; save the rows as CSV.")
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Refused(f"{filename} is not UTF-8 at byte {error.start + 1:,}; JSON must be UTF-8.") from None
    items = _items(text, filename)
    names: dict[str, None] = {}
    for position, item in enumerate(items, 1):
        if not isinstance(item, dict):
            raise Refused(
                f"{filename}, item {position} is no object with names and values; make each row an object."
            )
        names.update(dict.fromkeys(item))
    if not names:
        raise Refused(f"{filename} is empty: it holds no rows.")
    header = checked_header(list(names), filename, 1)

    def read(table: TabularFile) -> Iterator[pl.DataFrame]:
        import polars as pl

        schema = {**dict.fromkeys(header, pl.Utf8), LINE: pl.Int64}
        for start in range(0, len(items), ROWS):
            rows = [
                [*(text_of(item.get(name)) for name in names), start + number]
                for number, item in enumerate(items[start : start + ROWS], 1)
            ]
            yield pl.DataFrame(rows, schema=schema, orient="row")

    return TabularFile(path, filename, "json", header, 1, encoding="utf-8", lines=len(items), _read=read)


def text_of(value: Any) -> str | None:
    """Write a JSON value as text: truth values as true and false, lists and objects as JSON, null as None."""
    if value is None or value == "":
        return None
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        return format(value, "f") if value.is_finite() else str(value)
    if isinstance(value, list | dict):
        return json.dumps(value, ensure_ascii=False, sort_keys=True, default=str)
    return str(value)


def _items(text: str, filename: str) -> list[Any]:
    try:
        found = json.loads(text, parse_float=Decimal, object_pairs_hook=_once)
    except json.JSONDecodeError as error:
        if error.msg != "Extra data":
            raise _not_json(filename, error.lineno, error.msg) from None
        found = []
        for number, line in enumerate(text.splitlines(), 1):
            if not line.strip():
                continue
            try:
                found.append(json.loads(line, parse_float=Decimal, object_pairs_hook=_once))
            except json.JSONDecodeError as line_error:
                raise _not_json(filename, number, line_error.msg) from None
            except _Twice as twice:
                raise Refused(f"{filename}, line {number}: the name “{twice}” stands there twice.") from None
    except _Twice as twice:
        raise Refused(f"{filename}: the name “{twice}” stands twice in one row; keep one of them.") from None
    except RecursionError:
        raise Refused(f"{filename} is nested too deeply to be a list of rows.") from None
    if isinstance(found, dict):
        lists = [value for value in found.values() if isinstance(value, list)]
        # Many tools wrap their rows: {"result": [...]}.
        found = lists[0] if len(lists) == 1 else [found]
    if not isinstance(found, list):
        raise Refused(f"{filename} holds no list of rows; write a list of objects.")
    return found


def _not_json(filename: str, line: int, message: str) -> Refused:
    return Refused(f"{filename}, line {line}: this is no complete JSON ({message.lower()}); export it again.")


class _Twice(Exception):  # noqa: N818 - it never leaves this file
    """A name that an object holds twice."""


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in pairs:
        if name in found:
            raise _Twice(name)
        found[name] = value
    return found
