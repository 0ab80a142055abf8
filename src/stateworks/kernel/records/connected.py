"""Connectors: files of other tools, read by name into one or several record types, all in one transaction or none.

A connector is a small declared object. It says which datasets it yields, tells by a glance whether a file is one of its
own and why, and reads rows as text under the record types' columns. Everything after that is the door for records: the
same rules, the same refusals, the same counts. The kernel knows no connector; they register themselves here.
"""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import Any

from stateworks.kernel.errors import Refused

GLANCE = 64 * 1024
"""So much of a file is looked at to tell what it is."""


@dataclass(frozen=True)
class Option:
    """Something a connector has to be told, or may be told, that is not in the file.

    The value of a `file` option is the path of a second file; only the command line takes it, never a page.
    """

    name: str
    title: str
    required: bool = False
    file: bool = False


@dataclass(frozen=True)
class Glance:
    """The beginning of a file and a little of its end, unpacked, to tell what it is without reading it whole."""

    path: Path
    filename: str

    @cached_property
    def bytes(self) -> bytes:
        """The first bytes, unpacked if it is gzipped."""
        with self.path.open("rb") as file:
            packed = file.read(2) == b"\x1f\x8b"
        try:
            if packed:
                with gzip.open(self.path) as unpacked:
                    return unpacked.read(GLANCE)
            with self.path.open("rb") as file:
                return file.read(GLANCE)
        except (OSError, EOFError, zlib.error):
            return b""

    @cached_property
    def text(self) -> str:
        """The same as text; what is no text in its encoding is replaced."""
        wide = self.bytes.startswith((b"\xff\xfe", b"\xfe\xff"))
        return self.bytes.decode("utf-16" if wide else "utf-8-sig", errors="replace")

    @cached_property
    def header(self) -> tuple[str, ...]:
        """The column names, where it is a table."""
        import csv
        import io

        from stateworks.kernel.lake.files import open_table

        if self.bytes.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
            try:
                return open_table(self.path, filename=self.filename).header
            except Refused:
                return ()
        if self.text.lstrip()[:1] in "{[<":
            return ()
        first = self.text.partition("\n")[0]
        delimiter = max(",;\t|", key=first.count)
        try:
            return tuple(
                cell.strip() for cell in next(csv.reader(io.StringIO(self.text), delimiter=delimiter))
            )
        except (StopIteration, csv.Error):
            return ()


@dataclass(frozen=True)
class Row:
    """What a file says of one record, as text by column, with its place in the file.

    None (or no entry) is something the file does not say: an existing record keeps it. An empty text says that it is
    empty. `starts` are values for columns that neither the file nor the record has.
    """

    line: int
    says: Mapping[str, str | None]
    starts: Mapping[str, str | None] = field(default_factory=dict)


@dataclass(frozen=True)
class RefusedHere:
    """A row that the connector itself turns down: its place, a short code, a whole sentence, and the row as it stood."""

    line: int
    code: str
    reason: str
    values: Mapping[str, Any]


@dataclass
class Found:
    """Everything a connector read: rows and refused rows by dataset, and sentences about what was assumed or passed over."""

    rows: dict[str, list[Row]] = field(default_factory=dict)
    refused: dict[str, list[RefusedHere]] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)

    def add(
        self,
        dataset: str,
        line: int,
        says: Mapping[str, str | None],
        starts: Mapping[str, str | None] | None = None,
    ) -> None:
        """Take a row."""
        self.rows.setdefault(dataset, []).append(Row(line, says, starts or {}))

    def refuse(self, dataset: str, line: int, code: str, reason: str, values: Mapping[str, Any]) -> None:
        """Turn a row down, with a whole sentence."""
        self.refused.setdefault(dataset, []).append(RefusedHere(line, code, reason, values))


@dataclass(frozen=True)
class Asked:
    """What a connector is given beside the file: its name, the options, the day, and what keeps a source's ids apart."""

    filename: str
    options: Mapping[str, str]
    at: datetime

    def option(self, name: str) -> str:
        """An option's value; empty where it was not given."""
        return self.options.get(name, "").strip()


@dataclass(frozen=True)
class Connector:
    """A way to read the files of one tool or one published layout.

    `datasets` are yielded in this order, so that what is named exists before it is named. `recognise` gives the reason
    why a file looks like one of these, or None. `read` is called inside the transaction and the scope of whoever imports.
    `free` is the beginning of options whose rest is free, such as `organization:`.
    """

    name: str
    title: str
    reads: str
    datasets: tuple[str, ...]
    recognise: Callable[[Glance], str | None]
    read: Callable[[Path, Asked], Found]
    options: tuple[Option, ...] = ()
    free: tuple[Option, ...] = ()
    main: str = ""
    """The dataset that counts as the import's where none is named; its first if empty."""

    @property
    def by_page(self) -> bool:
        """Whether a page can ask for everything it needs."""
        return not any(one.required and one.file for one in self.options)


_connectors: dict[str, Connector] = {}


def register(connector: Connector) -> Connector:
    """Make a connector known under its name."""
    _connectors[connector.name] = connector
    return connector


def connectors(dataset: str | None = None) -> tuple[Connector, ...]:
    """Return all connectors by name, or those that yield a dataset."""
    found = (_connectors[name] for name in sorted(_connectors))
    return tuple(one for one in found if dataset is None or dataset in one.datasets)


def connector_named(name: str) -> Connector:
    """Return a connector by its name."""
    if name not in _connectors:
        raise Refused(
            f"There is no connector {name}; there are {', '.join(sorted(_connectors)) or 'none'}. "
            "For a plain table, --mapping names a YAML file with `column: file's column`."
        )
    return _connectors[name]


def recognised(
    path: str | Path, *, filename: str = "", dataset: str | None = None
) -> list[tuple[Connector, str]]:
    """Return the connectors that take a file for one of their own, each with its reason."""
    glance = Glance(Path(path), filename or Path(path).name)
    found = ((one, one.recognise(glance)) for one in connectors(dataset))
    return [(one, reason) for one, reason in found if reason]


def checked_options(connector: Connector, given: Mapping[str, str]) -> dict[str, str]:
    """Return the options without blanks, or refuse an unknown or a missing one."""
    found = {name.strip(): value.strip() for name, value in given.items() if value.strip()}
    known = [one.name for one in connector.options]
    for name in found:
        if name not in known and not any(name.startswith(one.name) for one in connector.free):
            words = ", ".join([*known, *(f"{one.name}…" for one in connector.free)]) or "none"
            raise Refused(f"{connector.title} has no option “{name}”; its options are {words}.")
    for one in connector.options:
        if one.required and one.name not in found:
            raise Refused(
                f"{connector.title} needs to be told: {one.title} Say it with --option {one.name}=VALUE."
            )
    return found
