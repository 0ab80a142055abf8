"""Turn plain structures (from YAML or JSON) into the frozen records of `content`, and back, from their declarations.

Every fault found is kept with its place (path, and line where the source has lines), so that a person can mend a
file in one go.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import MISSING, Field, dataclass, fields, is_dataclass
from datetime import date
from types import UnionType
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

from stateworks.kernel.indicators.targets import Target

T = TypeVar("T")

TARGET_KEYS = ("level", "comparator", "value", "unit", "per", "by", "of", "within", "change", "baseline")


@dataclass(frozen=True, slots=True)
class Piece:
    """A value of a source: a mapping or a list of pieces, or a scalar with its text as written, and its line."""

    value: Any
    line: int | None = None
    written: str | None = None


class Reading:
    """What is gathered while reading one source: faults, and where each record was found."""

    def __init__(self) -> None:
        self.faults: list[str] = []
        self._places: dict[int, tuple[str, int | None, Any]] = {}

    def fault(self, path: str, line: int | None, what: str) -> None:
        """Keep one fault with its place."""
        self.faults.append(f"{path or 'plan'}{f' (line {line})' if line else ''}: {what}")

    def found(self, record: Any, path: str, line: int | None) -> None:
        """Remember where a record stands, for faults that show only when all is read."""
        # The record is kept beside its place, or its id could be given to another one.
        self._places[id(record)] = (path, line, record)

    def fault_at(self, record: Any, what: str) -> None:
        """Keep a fault of a record that was read before."""
        path, line, _ = self._places.get(id(record), ("", None, None))
        self.fault(path, line, what)


def pieces(value: Any) -> Piece:
    """Wrap a plain JSON structure, which has no lines."""
    if isinstance(value, Mapping):
        return Piece({str(key): pieces(item) for key, item in value.items()})
    if isinstance(value, list | tuple):
        return Piece([pieces(item) for item in value])
    return Piece(value)


_known: dict[Any, dict[str, tuple[Field[Any], Any]]] = {}


def _declared(kind: Any) -> dict[str, tuple[Field[Any], Any]]:
    if kind not in _known:
        hints = get_type_hints(kind)
        _known[kind] = {each.name: (each, hints[each.name]) for each in fields(kind)}
    return _known[kind]


def read(kind: type[T], piece: Piece, reading: Reading, path: str = "") -> T | None:
    """Read one record; None when it is too broken to make, with at least one fault kept."""
    if not isinstance(piece.value, dict):
        reading.fault(path, piece.line, f"a mapping of {_words(tuple(_declared(kind)))} is expected here.")
        return None
    declared = _declared(kind)
    before = len(reading.faults)
    values: dict[str, Any] = {}
    for key, item in piece.value.items():
        if key not in declared:
            reading.fault(
                _join(path, key),
                item.line,
                f"“{key}” is not part of the format; use one of {_words(tuple(declared))}.",
            )
            continue
        described, hint = declared[key]
        values[key] = _value(hint, described, item, reading, _join(path, key))
    for name, (described, _) in declared.items():
        if name not in values and _is_required(described):
            reading.fault(path, piece.line, f"“{name}” is missing; add it.")
    if len(reading.faults) > before:
        return None
    record = kind(**values)
    reading.found(record, path, piece.line)
    return record


def plain(record: Any) -> dict[str, Any]:
    """Return a record as a plain structure: declared order, defaults left out, dates as dates."""
    result: dict[str, Any] = {}
    for name, (described, _) in _declared(type(record)).items():
        value = getattr(record, name)
        if not _is_required(described) and value == _default(described):
            continue
        result[name] = _plain_value(value)
    return result


def _plain_value(value: Any) -> Any:
    if isinstance(value, Target):
        return _plain_target(value)
    if is_dataclass(value):
        return plain(value)
    if isinstance(value, tuple):
        return [_plain_value(item) for item in value]
    if isinstance(value, Mapping):
        return dict(value)
    return value


def _value(hint: Any, described: Field[Any], piece: Piece, reading: Reading, path: str) -> Any:
    if get_origin(hint) in (Union, UnionType):
        (hint,) = [kind for kind in get_args(hint) if kind is not type(None)]
    if get_origin(hint) is tuple:
        kind = get_args(hint)[0]
        if kind is Target:
            return _items(piece, reading, path, lambda item, at: _target(item, reading, at))
        if kind is str:
            return _items(piece, reading, path, lambda item, at: _text(item, reading, at))
        return _items(piece, reading, path, lambda item, at: read(kind, item, reading, at), named=True)
    if is_dataclass(hint):
        return read(hint, piece, reading, path)  # type: ignore[arg-type]
    if hint is str:
        return _checked(_text(piece, reading, path), described, piece, reading, path)
    if hint is int:
        return _integer(piece, reading, path)
    if hint is bool:
        return _truth(piece, reading, path)
    if hint is date:
        return _date(piece, reading, path)
    return _free(piece, reading, path)


def _items(piece: Piece, reading: Reading, path: str, one: Any, *, named: bool = False) -> tuple[Any, ...]:
    if not isinstance(piece.value, list):
        reading.fault(path, piece.line, "a list is expected here; start each item with a dash.")
        return ()
    found = []
    for index, item in enumerate(piece.value):
        label = _label(item, index) if named else str(index + 1)
        found.append(one(item, f"{path}[{label}]"))
    return tuple(found)


def _label(item: Piece, index: int) -> str:
    """Name an item by its code or key where it has one: a person finds it faster than by counting."""
    if isinstance(item.value, dict):
        for name in ("code", "key"):
            named = item.value.get(name)
            if named is not None and not isinstance(named.value, dict | list):
                return str(named.written if named.written is not None else named.value)
    return str(index + 1)


def _text(piece: Piece, reading: Reading, path: str) -> str:
    if piece.written is not None:
        text = piece.written
    elif isinstance(piece.value, str):
        text = piece.value
    else:
        reading.fault(path, piece.line, f"text is expected here, not {_kind(piece.value)}.")
        return ""
    if control := re.search(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]", text):
        reading.fault(
            path, piece.line, f"the control character {control.group()!r} is not allowed in text; remove it."
        )
    return text


def _checked(text: str, described: Field[Any], piece: Piece, reading: Reading, path: str) -> str:
    one_of = described.metadata.get("one_of")
    if one_of and text not in one_of:
        reading.fault(path, piece.line, f"“{text}” is not known here; use one of {_words(one_of)}.")
    longest = described.metadata.get("longest")
    if longest and len(text) > longest:
        reading.fault(
            path, piece.line, f"the text has {len(text)} characters, and {longest} is the most; shorten it."
        )
    matches = described.metadata.get("matches")
    if matches and (text or _is_required(described)) and not re.fullmatch(matches[0], text):
        reading.fault(path, piece.line, f"“{text}” does not fit; write {matches[1]}.")
    return text


def _integer(piece: Piece, reading: Reading, path: str) -> int:
    value = piece.value
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    reading.fault(path, piece.line, f"a whole number is expected here, not {_kind(value)}.")
    return 0


def _truth(piece: Piece, reading: Reading, path: str) -> bool:
    if isinstance(piece.value, bool):
        return piece.value
    reading.fault(path, piece.line, f"true or false is expected here, not {_kind(piece.value)}.")
    return False


def _date(piece: Piece, reading: Reading, path: str) -> date | None:
    text = piece.written if piece.written is not None else piece.value
    if isinstance(text, date):
        return text
    try:
        if re.fullmatch(r"\d{4}-\d\d-\d\d", str(text)):
            return date.fromisoformat(str(text))
    except ValueError:
        pass
    reading.fault(path, piece.line, f"“{text}” is not a date; write it as 2026-07-01.")
    return None


def _free(piece: Piece, reading: Reading, path: str) -> dict[str, Any]:
    if not isinstance(piece.value, dict):
        reading.fault(path, piece.line, "a mapping such as {kind: steering_committee} is expected here.")
        return {}
    return {key: _unwrapped(item) for key, item in piece.value.items()}


def _unwrapped(piece: Piece) -> Any:
    if isinstance(piece.value, dict):
        return {key: _unwrapped(item) for key, item in piece.value.items()}
    if isinstance(piece.value, list):
        return [_unwrapped(item) for item in piece.value]
    return piece.value


def _target(piece: Piece, reading: Reading, path: str) -> Target | None:
    """Read one TARGET; a key that is left out is null."""
    if not isinstance(piece.value, dict):
        reading.fault(path, piece.line, f"a mapping of {_words(TARGET_KEYS)} is expected here.")
        return None
    values = {key: _unwrapped(item) for key, item in piece.value.items()}
    try:
        return Target.from_json(values)
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        what = f"{error.args[0]} is missing" if isinstance(error, KeyError) else str(error).rstrip(".")
        reading.fault(
            path,
            piece.line,
            f"the target cannot be read: {what}; docs/reference/plan-format.md shows each shape.",
        )
        return None


def _plain_target(target: Target) -> dict[str, Any]:
    """Return TARGET without what is null or usual, its day as a date."""
    full = target.to_json()
    if full["level"] == "committed":
        del full["level"]
    for part in ("within", "change"):
        if full[part]:
            full[part] = {key: value for key, value in full[part].items() if value is not None}
    return {key: target.by if key == "by" else value for key, value in full.items() if value is not None}


def _is_required(described: Field[Any]) -> bool:
    return described.default is MISSING and described.default_factory is MISSING


def _default(described: Field[Any]) -> Any:
    return described.default_factory() if described.default_factory is not MISSING else described.default


def _join(path: str, key: str) -> str:
    return f"{path}.{key}" if path else key


def _words(names: tuple[str, ...]) -> str:
    return ", ".join(names)


def _kind(value: Any) -> str:
    if value is None:
        return "nothing"
    if isinstance(value, dict):
        return "a mapping"
    if isinstance(value, list):
        return "a list"
    return f"“{value}”"
