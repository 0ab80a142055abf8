"""Mapping documents: how one kind of source file becomes a dataset's columns, as data that a data steward can write.

A document is YAML. Whatever is wrong in it is refused with the place, such as `columns.state.values.Closed`.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from stateworks.kernel.errors import Refused
from stateworks.kernel.lake.contracts import Contract, contract

TOP = (
    "name", "title", "about", "dataset", "source", "load", "file", "zone", "columns", "rules",
)  # fmt: skip
FILE = ("encoding", "delimiter", "sheet", "header_line", "missing")
COLUMN = (
    "from", "join", "formats", "values", "otherwise", "default", "constant", "zone", "decimal", "extract",
    "optional", "about",
)  # fmt: skip
VALUE = ("to", "refuse", "do", "code", "why")
LOADS = ("delta", "snapshot")
OTHERWISE = ("keep", "refuse", "empty")


_folders: list[Path] = []


def register_folder(folder: Path) -> None:
    """Make the mapping documents in a module's folder known; they are read when they are asked for."""
    if folder not in _folders:
        _folders.append(folder)


def bundled() -> dict[str, Path]:
    """Return the mappings that come with the product, by name."""
    return {path.stem: path for folder in _folders for path in sorted(folder.glob("*.yaml"))}


@dataclass(frozen=True)
class ValueRule:
    """What one value of the source becomes: another value with the reason why, or a refusal with what to do about it."""

    to: str | None = None
    why: str = ""
    refuse: str = ""
    do: str = ""
    code: str = ""


@dataclass(frozen=True)
class ColumnMapping:
    """Where a dataset's column comes from.

    `sources` are tried in order, the first that holds something counts; with `join` all that hold something are joined by
    that text. `formats` are tried in order for dates and instants; without them ISO 8601 is read. `values` translates;
    what it does not name is kept, refused or emptied as `otherwise` says. `extract` is a regular expression whose first
    group is kept. A file without any of the sources is refused, unless the column is `optional`.
    """

    name: str
    sources: tuple[str, ...] = ()
    join: str | None = None
    formats: tuple[str, ...] = ()
    values: dict[str, ValueRule] = field(default_factory=dict)
    otherwise: str = ""
    default: str | None = None
    constant: str | None = None
    zone: str | None = None
    decimal: str = "."
    extract: str | None = None
    optional: bool = False


@dataclass(frozen=True)
class MappingDocument:
    """A validated mapping: which file becomes which dataset, column by column."""

    name: str
    title: str
    dataset: str
    source: str
    columns: dict[str, ColumnMapping]
    about: str = ""
    load: str = "delta"
    encoding: str | None = None
    delimiter: str | None = None
    sheet: str | None = None
    header_line: int | None = None
    missing: tuple[str, ...] = ()
    zone: str | None = None
    rules: dict[str, str] = field(default_factory=dict)
    document: dict[str, Any] = field(default_factory=dict, repr=False, compare=False)

    @property
    def source_columns(self) -> tuple[str, ...]:
        """The columns of the file that the mapping reads."""
        return tuple(dict.fromkeys(name for column in self.columns.values() for name in column.sources))


def parse_mapping(text: str, place: str) -> MappingDocument:
    """Read a mapping document from YAML text; `place` names it in messages."""
    import yaml

    try:
        # Every scalar stays the text it is: a column may be called No, and a value may be 01.
        document = yaml.load(text, Loader=yaml.BaseLoader)  # noqa: S506 - this loader makes nothing but text
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = f", line {mark.line + 1}" if mark else ""
        problem = getattr(error, "problem", None) or "it cannot be read"
        raise Refused(f"{place}{line}: this is not YAML ({problem}); correct it there.") from None
    return mapping_from(document, place)


def mapping_from(document: Any, place: str) -> MappingDocument:
    """Check a mapping document that has been read, and return it as a mapping; every fault is told at once."""
    reader = _Reader(place)
    made = reader.mapping(document)
    if reader.faults:
        raise Refused(
            reader.faults[0] if len(reader.faults) == 1 else f"{place} has {len(reader.faults)} faults.",
            reader.faults if len(reader.faults) > 1 else (),
        )
    assert made is not None, "a mapping without faults is a mapping"
    return made


def read_mapping_file(path: Path) -> MappingDocument:
    """Read a mapping document from a file."""
    try:
        return parse_mapping(path.read_text(encoding="utf-8"), path.name)
    except UnicodeDecodeError as error:
        raise Refused(f"{path.name} is not UTF-8 at byte {error.start + 1}; save it as UTF-8.") from None


class _Reader:
    """Walks a document, keeping the path to where it is, and gathers faults."""

    def __init__(self, place: str) -> None:
        self.place = place
        self.faults: list[str] = []

    def fault(self, path: str, sentence: str) -> None:
        self.faults.append(f"{self.place}, {path or 'top'}: {sentence}")

    def mapping(self, document: Any) -> MappingDocument | None:
        if not isinstance(document, dict):
            self.fault("", "a mapping is a list of names with values, starting with `name:`.")
            return None
        self.only(document, TOP, "")
        name = self.text(document, "name", "", required=True)
        dataset = self.text(document, "dataset", "", required=True)
        declared = self.declared(dataset)
        load = self.text(document, "load", "") or "delta"
        if load not in LOADS:
            self.fault("load", f"{load} is not known; write delta or snapshot.")
        file = document.get("file") or {}
        if not isinstance(file, dict):
            self.fault("file", 'write names with values below it, such as `delimiter: ","`.')
            file = {}
        self.only(file, FILE, "file")
        header_line = self.line(file.get("header_line"))
        columns = self.columns(document.get("columns"), declared)
        return MappingDocument(
            name=name,
            title=self.text(document, "title", "") or name,
            dataset=dataset,
            source=self.text(document, "source", "") or name,
            columns=columns,
            about=self.text(document, "about", ""),
            load=load,
            encoding=self.text(file, "encoding", "file") or None,
            delimiter=self.text(file, "delimiter", "file", strip=False) or None,
            sheet=self.text(file, "sheet", "file") or None,
            header_line=header_line,
            missing=tuple(self.texts(file.get("missing"), "file.missing")),
            zone=self.zone(document.get("zone"), "zone"),
            rules=self.named_texts(document.get("rules"), "rules"),
            document=_storable(document),
        )

    def declared(self, dataset: str) -> Contract | None:
        if not dataset:
            return None
        try:
            return contract(dataset)
        except Refused as refused:
            self.fault("dataset", refused.sentence)
            return None

    def columns(self, given: Any, declared: Contract | None) -> dict[str, ColumnMapping]:
        if not isinstance(given, dict) or not given:
            self.fault("columns", "name at least one column of the dataset, with where it comes from.")
            return {}
        made = {}
        for name, body in given.items():
            path = f"columns.{name}"
            if declared is not None and name not in declared.names:
                near = get_close_matches(str(name), declared.names, n=1)
                hint = f"did you mean {near[0]}?" if near else f"it has {', '.join(declared.names)}."
                self.fault(path, f"{declared.dataset} has no such column; {hint}")
                continue
            column = self.column(str(name), body, path)
            if column is None:
                continue
            made[str(name)] = column
            if declared is not None:
                self.check_values(column, declared, path)
        return made

    def column(self, name: str, body: Any, path: str) -> ColumnMapping | None:
        if isinstance(body, str):
            body = {"from": body}
        if not isinstance(body, dict):
            self.fault(path, "write the source column's name, or names with values such as `from:`.")
            return None
        self.only(body, COLUMN, path)
        sources = self.texts(body.get("from"), f"{path}.from")
        constant = self.text(body, "constant", path) if "constant" in body else None
        if bool(sources) == (constant is not None):
            self.fault(path, "give it either `from` or `constant`.")
        formats = self.texts(body.get("formats"), f"{path}.formats")
        for pattern in formats:
            if "%" not in pattern:
                self.fault(f"{path}.formats", f"“{pattern}” is no format; write one such as %d/%m/%Y %H:%M.")
        otherwise = self.text(body, "otherwise", path)
        if otherwise and otherwise not in OTHERWISE:
            self.fault(f"{path}.otherwise", f"{otherwise} is not known; write {', '.join(OTHERWISE)}.")
        extract = self.text(body, "extract", path) or None
        if extract is not None:
            self.check_pattern(extract, f"{path}.extract")
        decimal = self.text(body, "decimal", path) or "."
        if decimal not in {".", ","}:
            self.fault(f"{path}.decimal", "write a point or a comma.")
        return ColumnMapping(
            name=name,
            sources=tuple(sources),
            join=self.text(body, "join", path, strip=False) if "join" in body else None,
            formats=tuple(formats),
            values=self.values(body.get("values"), f"{path}.values"),
            otherwise=otherwise,
            default=self.text(body, "default", path) if "default" in body else None,
            constant=constant,
            zone=self.zone(body.get("zone"), f"{path}.zone"),
            decimal=decimal,
            extract=extract,
            optional=self.truth(body.get("optional"), f"{path}.optional"),
        )

    def values(self, given: Any, path: str) -> dict[str, ValueRule]:
        if given is None:
            return {}
        if not isinstance(given, dict):
            self.fault(path, "write each value of the source with what it becomes, such as `Closed: closed`.")
            return {}
        made = {}
        for value, body in given.items():
            here = f"{path}.{_plain(value)}"
            if isinstance(body, dict):
                self.only(body, VALUE, here)
                rule = ValueRule(
                    to=self.text(body, "to", here) if "to" in body else None,
                    why=self.text(body, "why", here),
                    refuse=self.text(body, "refuse", here),
                    do=self.text(body, "do", here),
                    code=self.text(body, "code", here),
                )
                if bool(rule.refuse) == ("to" in body):
                    self.fault(here, "give it either `to` or `refuse`.")
                made[_plain(value)] = rule
            else:
                made[_plain(value)] = ValueRule(to=None if body in (None, "") else _plain(body))
        return made

    def check_values(self, column: ColumnMapping, declared: Contract, path: str) -> None:
        allowed = declared.column(column.name).values
        if not allowed:
            return
        given = [(f"{path}.values.{value}", rule.to) for value, rule in column.values.items()]
        given += [(f"{path}.default", column.default), (f"{path}.constant", column.constant)]
        for here, value in given:
            if value is not None and value not in allowed:
                self.fault(
                    here, f"{value} is no {column.name} of {declared.dataset}; it takes {', '.join(allowed)}."
                )

    def check_pattern(self, pattern: str, path: str) -> None:
        import polars as pl

        try:
            pl.Series(["x"]).str.extract(pattern)
        except pl.exceptions.ComputeError:
            self.fault(path, f"“{pattern}” is no regular expression.")
        if "(" not in pattern:
            self.fault(path, "put the part to keep in parentheses.")

    def zone(self, given: Any, path: str) -> str | None:
        if given is None:
            return None
        try:
            ZoneInfo(str(given))
        except (ZoneInfoNotFoundError, ValueError, OSError):
            self.fault(path, f"{given} is no time zone; write one such as America/Chicago or UTC.")
        return str(given)

    def text(
        self, given: Mapping[str, Any], name: str, path: str, *, required: bool = False, strip: bool = True
    ) -> str:
        value = given.get(name)
        here = f"{path}.{name}" if path else name
        if isinstance(value, dict | list):
            self.fault(here, "write one text here.")
            return ""
        text = "" if value is None else _plain(value)
        text = text.strip() if strip else text
        if required and not text:
            self.fault(here, "it is missing.")
        return text

    def truth(self, given: Any, path: str) -> bool:
        if given not in (None, True, False, "true", "false"):
            self.fault(path, "write true or false.")
        return given in (True, "true")

    def line(self, given: Any) -> int | None:
        text = _plain(given) if given is not None else ""
        if text and not (text.isdecimal() and int(text) > 0):
            self.fault("file.header_line", "write the number of the line, 1 or more.")
            return None
        return int(text) if text else None

    def texts(self, given: Any, path: str) -> list[str]:
        if given is None:
            return []
        if isinstance(given, dict):
            self.fault(path, "write one text or a list of texts.")
            return []
        return [_plain(one) for one in (given if isinstance(given, list) else [given])]

    def named_texts(self, given: Any, path: str) -> dict[str, str]:
        if given is None:
            return {}
        if not isinstance(given, dict):
            self.fault(path, "write names with values, such as `first_contact: closed-at-tier-1`.")
            return {}
        return {str(name): _plain(value) for name, value in given.items()}

    def only(self, given: Mapping[Any, Any], known: tuple[str, ...], path: str) -> None:
        for name in _unknown(given, known):
            near = get_close_matches(name, known, n=1)
            hint = f"did you mean {near[0]}?" if near else f"known are {', '.join(known)}."
            self.fault(f"{path}.{name}" if path else name, f"this is not known; {hint}")


def _unknown(given: Mapping[Any, Any], known: tuple[str, ...]) -> Iterator[str]:
    for name in given:
        if name not in known:
            yield str(name)


def _storable(document: dict[str, Any]) -> dict[str, Any]:
    # YAML knows dates and other keys than text, JSON does not.
    stored: dict[str, Any] = json.loads(json.dumps(document, default=str))
    return stored


def _plain(value: Any) -> str:
    # YAML reads true, 1 and 2026-01-01 as other things than text; a mapping means what the file says.
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)
