"""One list for records and feeds alike: what the address asks for, and the page of rows that answers it.

An address is `?q=printer&agency=dcfs&opened_on_from=2026-10-01&sort=-opened_at&columns=number,state&page=2`.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from django.http import QueryDict

from stateworks.kernel.access.scope import Scope
from stateworks.kernel.lake.contracts import Contract, ContractColumn
from stateworks.kernel.lake.read import Condition, Reader
from stateworks.kernel.org.models import Organization
from stateworks.kernel.records import query
from stateworks.kernel.records.fields import DATE, INSTANT, REFERENCE
from stateworks.kernel.records.types import RecordType, record_type
from stateworks.web.data.catalogue import Entry

PAGE_ROWS = 50
#: Columns a feed's list shows without being asked.
FIRST_COLUMNS = 8
#: A text column with at most so many values is offered as a choice.
FEW_VALUES = 60
#: Where keys begin with one of at most so many sources, a whole key is looked up and not searched for.
FEW_SOURCES = 5
EMPTY = "none"
_RESERVED = {"q", "sort", "columns", "page", "format"}


@dataclass(frozen=True)
class Filter:
    """One filter of the form at the left: a choice, a span of dates, words, or values that are typed."""

    name: str
    label: str
    kind: str
    choices: tuple[tuple[str, str, bool], ...] = ()
    value: str = ""
    since: str = ""
    until: str = ""


@dataclass(frozen=True)
class Heading:
    """One column's head: its name, how it sorts, and the address that sorts by it."""

    name: str
    label: str
    numeric: bool
    sorted: str
    url: str


@dataclass(frozen=True)
class Shown:
    """One page of rows with everything around it."""

    headings: tuple[Heading, ...]
    rows: tuple[tuple[tuple[Any, bool], ...], ...]
    values: list[dict[str, Any]]
    keys: tuple[str, ...]
    total: int
    hidden: int
    page: int
    pages: int
    first: int
    last: int
    previous: str
    following: str
    filters: tuple[Filter, ...]
    every_column: tuple[tuple[str, str, bool], ...]
    problems: tuple[str, ...]
    version: int | None = None


def label_of(name: str) -> str:
    """A column's name as a heading: "opened_at" is "Opened at"."""
    return name.replace("_", " ").capitalize()


def cell_words(value: Any) -> tuple[Any, bool]:
    """A value as a cell shows it, and whether it is a number."""
    from django.utils import timezone

    from stateworks.web import words

    if value is None or value == "":
        return "", False
    if isinstance(value, bool):
        return ("yes" if value else "no"), False
    if isinstance(value, dt.datetime):
        local = timezone.localtime(value) if timezone.is_aware(value) else value
        return f"{words.day(local.date())} {local:%H:%M}", False
    if isinstance(value, dt.date):
        return words.day(value), False
    if isinstance(value, int):
        return str(value), True
    if isinstance(value, float):
        return f"{value:g}", True
    if isinstance(value, (list, tuple)):
        return ", ".join(str(one) for one in value), False
    return value, False


@contextmanager
def listing_of(entry: Entry, parameters: QueryDict, scope: Scope) -> Iterator[RecordListing | FeedListing]:
    """The listing an address asks for; read it inside the block."""
    if entry.kind == "record":
        declared = record_type(entry.name)
        joined = parameters.copy()
        if len(parameters.getlist("columns")) > 1:
            # A form sends one parameter a ticked box; the kernel's list reads them joined.
            joined["columns"] = ",".join(parameters.getlist("columns"))
        yield RecordListing(declared, query.asked(declared, joined, scope), joined)
        return
    with Reader(entry.name, scope=scope) as reader:
        yield FeedListing(reader, parameters)


@dataclass
class RecordListing:
    """Rows of a record type; the kernel's list does the asking."""

    declared: RecordType
    asked: query.Listing
    parameters: QueryDict
    columns: tuple[str, ...] = field(init=False)

    def __post_init__(self) -> None:
        self.columns = self.asked.columns

    def shown(self) -> Shown:
        """The page of rows."""
        listing = self.asked
        page = min(listing.page, listing.pages)
        rows = listing.rows
        return Shown(
            headings=tuple(self._heading(name) for name in listing.columns),
            # A record's list shows each row with its links; see `record_rows`.
            rows=(),
            values=[{name: row[name] for name in listing.columns} for row in rows],
            keys=("",) * len(rows),
            total=listing.total,
            hidden=listing.hidden,
            page=page,
            pages=listing.pages,
            first=(page - 1) * listing.page_rows + 1 if rows else 0,
            last=(page - 1) * listing.page_rows + len(rows),
            previous=listing.parameters(page=page - 1) if page > 1 else "",
            following=listing.parameters(page=page + 1) if page < listing.pages else "",
            filters=tuple(self._filters()),
            every_column=tuple(
                (one.name, label_of(one.name), one.name in listing.columns) for one in self.declared.columns
            ),
            problems=tuple(listing.problems),
        )

    def _heading(self, name: str) -> Heading:
        sorted_by = self.asked.sort[0] if self.asked.sort else ""
        state = "ascending" if sorted_by == name else "descending" if sorted_by == f"-{name}" else ""
        target = f"-{name}" if state == "ascending" else name
        return Heading(name, label_of(name), False, state, self.asked.parameters(sort=target, page=None))

    def _filters(self) -> Iterator[Filter]:
        if self.declared.search:
            searched = ", ".join(label_of(name).lower() for name in self.declared.search)
            yield Filter("q", f"Words in {searched}", "words", value=self.asked.search)
        for one in query.filterable(self.declared):
            if one.kind in (DATE, INSTANT):
                since, until = self.asked.since.get(one.name), self.asked.until.get(one.name)
                yield Filter(
                    one.name, label_of(one.name), "dates",
                    since=since.isoformat() if since else "", until=until.isoformat() if until else "",
                )  # fmt: skip
                continue
            offered = self.asked.choices(one.name)
            if offered is None:
                label = f"{label_of(one.name)}, its code" if one.kind == REFERENCE else label_of(one.name)
                typed = self.asked.filters.get(one.name, ("",))
                yield Filter(one.name, label, "typed", tuple((value, value, True) for value in typed))
                continue
            choices = tuple((choice.value, choice.label, choice.chosen) for choice in offered)
            yield Filter(one.name, label_of(one.name), "choice", choices=choices)


@dataclass
class FeedListing:
    """Rows of a feed at its current version; conditions come from the address."""

    reader: Reader
    parameters: QueryDict
    columns: list[str] = field(init=False)
    conditions: list[Condition] = field(init=False)
    sort: tuple[str, ...] = field(init=False)
    problems: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        names = list(self.contract.names)
        chosen = [
            name for part in self.parameters.getlist("columns") for name in part.split(",") if name in names
        ]
        self.columns = list(dict.fromkeys(chosen)) or first_columns(self.contract)
        wanted = [part for part in self.parameters.get("sort", "").split(",") if part]
        self.problems += [
            f"There is no column {part}." for part in wanted if part.removeprefix("-") not in names
        ]
        self.sort = tuple(part for part in wanted if part.removeprefix("-") in names)
        if not self.sort and self.contract.partition_on:
            self.sort = (f"-{self.contract.partition_on}",)
        self.conditions = list(self._conditions())

    @property
    def contract(self) -> Contract:
        """The feed's contract."""
        return self.reader.contract

    def _conditions(self) -> Iterator[Condition]:
        for column in self.contract.columns:
            name = column.name
            given = [value for value in self.parameters.getlist(name) if value != ""]
            if given == [EMPTY]:
                yield Condition(name, "empty")
            elif given and column.type == "VARCHAR":
                yield Condition(name, "in", given)
            elif given:
                yield from self._typed(column, "=", given[0])
            for ending, operator in (("_from", ">="), ("_to", "<=")):
                if text := self.parameters.get(name + ending, ""):
                    yield from self._typed(column, operator, text)
            if text := self.parameters.get(f"{name}_has", "").strip():
                yield Condition(name, "contains", text)
        if text := self.parameters.get("q", "").strip():
            yield from self._words(text)

    def _words(self, text: str) -> Iterator[Condition]:
        """The key's last column, which is what people have in hand: the whole of it, or a part."""
        first, last = self.contract.key[0], self.contract.key[-1]
        if len(self.contract.key) == 2 and {self.contract.column(name).type for name in (first, last)} == {
            "VARCHAR"
        }:
            sources = [value for value, _ in self.reader.values(first, limit=FEW_SOURCES + 1)]
            holders = [
                one for one in sources[:FEW_SOURCES] if self.reader.one({first: one, last: text}) is not None
            ]
            if len(holders) == 1 and len(sources) <= FEW_SOURCES:
                yield from (Condition(first, "=", holders[0]), Condition(last, "=", text))
                return
        yield Condition(last, "contains", text)

    def _typed(self, column: ContractColumn, operator: Any, text: str) -> Iterator[Condition]:
        value = parsed(column.type, text)
        if value is None:
            self.problems.append(
                f"“{text}” is no value for {label_of(column.name).lower()}; it is passed over."
            )
        else:
            yield Condition(column.name, operator, value)

    def every_row(self) -> Iterator[dict[str, Any]]:
        """All rows the address asks for, in order, with the chosen columns."""
        return self.reader.rows(self.conditions, sort=self.sort, columns=self.columns)

    def shown(self) -> Shown:
        """The page of rows."""
        asked_page = self.parameters.get("page", "1")
        number = int(asked_page) if asked_page.isdecimal() and 0 < int(asked_page) < 10**7 else 1
        key = [name for name in self.contract.key if name not in self.columns]
        page = self.reader.page(
            self.conditions, sort=self.sort, columns=[*self.columns, *key], page=number, size=PAGE_ROWS
        )
        pages = max(1, -(-page.total // PAGE_ROWS))
        if number > pages:
            number = pages
            page = self.reader.page(
                self.conditions, sort=self.sort, columns=[*self.columns, *key], page=number, size=PAGE_ROWS
            )
        return Shown(
            headings=tuple(self._heading(name) for name in self.columns),
            rows=tuple(tuple(cell_words(row[name]) for name in self.columns) for row in page.rows),
            values=page.rows,
            keys=tuple(str(row[self.contract.key[-1]]) for row in page.rows),
            total=page.total,
            hidden=page.hidden,
            page=number,
            pages=pages,
            first=(number - 1) * PAGE_ROWS + 1 if page.rows else 0,
            last=(number - 1) * PAGE_ROWS + len(page.rows),
            previous=self.address(page=number - 1) if number > 1 else "",
            following=self.address(page=number + 1) if number < pages else "",
            filters=tuple(self._filters()),
            every_column=tuple(
                (one.name, label_of(one.name), one.name in self.columns) for one in self.contract.columns
            ),
            problems=tuple(self.problems),
            version=page.version,
        )

    def address(self, **changes: Any) -> str:
        """The address's parameters with some changed; none leaves one out."""
        kept = {
            name: values for name, values in self.parameters.lists() if name not in changes and any(values)
        }
        kept |= {name: [str(value)] for name, value in changes.items() if value is not None}
        return urlencode(kept, doseq=True)

    def _heading(self, name: str) -> Heading:
        first = self.sort[0] if self.sort else ""
        state = "ascending" if first == name else "descending" if first == f"-{name}" else ""
        target = f"-{name}" if state == "ascending" else name
        numeric = self.contract.column(name).type in {"BIGINT", "INTEGER", "DOUBLE"}
        return Heading(name, label_of(name), numeric, state, self.address(sort=target, page=None))

    def _filters(self) -> Iterator[Filter]:
        yield Filter(
            "q",
            f"{label_of(self.contract.key[-1])}, whole or a part of it",
            "words",
            value=self.parameters.get("q", ""),
        )
        for column in self.contract.columns:
            name = column.name
            if column.type == "DATE":
                yield Filter(
                    name, label_of(name), "dates",
                    since=self.parameters.get(f"{name}_from", ""), until=self.parameters.get(f"{name}_to", ""),
                )  # fmt: skip
            elif column.values or column.type == "BOOLEAN":
                chosen = self.parameters.getlist(name)
                pairs = (
                    [("true", "Yes"), ("false", "No")]
                    if column.type == "BOOLEAN"
                    else [(one, one.replace("_", " ")) for one in column.values]
                )
                yield Filter(
                    name,
                    label_of(name),
                    "choice",
                    tuple((value, text, value in chosen) for value, text in pairs),
                )
            elif column.type == "VARCHAR" and (name in self.parameters or name == self.contract.agency):
                chosen = self.parameters.getlist(name)
                values = [
                    str(value)
                    for value, _ in self.reader.values(name, limit=FEW_VALUES)
                    if value not in (None, "")
                ]
                values += [value for value in chosen if value and value not in values]
                named = self.agencies if name == self.contract.agency else {}
                pairs = sorted(
                    ((value, named.get(value, value)) for value in values), key=lambda pair: pair[1]
                )
                yield Filter(
                    name,
                    label_of(name),
                    "choice",
                    tuple((value, text, value in chosen) for value, text in pairs),
                )

    @cached_property
    def agencies(self) -> dict[str, str]:
        """The names of organizations by code, as far as one may see them; one query."""
        return dict(Organization.objects.values_list("code", "name"))


def first_columns(declared: Contract) -> list[str]:
    """What a feed's list shows without being asked: the key, the agency, dates, and what comes next."""
    wanted = [declared.key[-1], *([declared.partition_on] if declared.partition_on else [])]
    wanted += [declared.agency] if declared.agency else []
    wanted += [name for name in declared.names if name not in wanted and name != "source"]
    return wanted[:FIRST_COLUMNS]


def parsed(kind: str, text: str) -> Any:
    """A filter's text as the column's type; none where it cannot be."""
    text = text.strip()
    try:
        if kind == "DATE":
            return dt.date.fromisoformat(text)
        if kind == "TIMESTAMPTZ":
            found = dt.datetime.fromisoformat(text)
            return found if found.tzinfo else found.replace(tzinfo=dt.UTC)
        if kind in {"BIGINT", "INTEGER"}:
            return int(text)
        if kind == "BOOLEAN":
            return {"true": True, "yes": True, "false": False, "no": False}.get(text.lower())
        if kind == "VARCHAR":
            return text
        return float(text)
    except ValueError:
        return None
