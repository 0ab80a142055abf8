"""The list page's questions, as its address asks them: search, filters, sort order, columns, page.

    ?q=desk&kind=agency&kind=section&retired_on=none&since_from=2026-01-01&sort=-name&columns=code,name&page=2

The address is all there is to it, so that it can be kept, sent and saved as a view.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any

from django.contrib.postgres.fields import DateRangeField
from django.db.models import QuerySet
from django.utils.datastructures import MultiValueDict

from stateworks.kernel.access.scope import Scope
from stateworks.kernel.records.answers import Answers
from stateworks.kernel.records.fields import BOOLEAN, DATE, INSTANT, REFERENCE, Bound, bound, bound_columns
from stateworks.kernel.records.matching import (
    EMPTY,
    FEW_FOUND,
    Question,
    first_found,
    offers,
    page_of,
    rows_of,
    total,
)
from stateworks.kernel.records.types import RecordType

PAGE_ROWS = 50


@dataclass(frozen=True)
class Choice:
    """One value a filter offers, as people read it, and whether it is chosen."""

    value: str
    label: str
    chosen: bool


@dataclass
class Listing:
    """The rows of a record type that an address asks for and a scope may see."""

    declared: RecordType
    scope: Scope
    search: str = ""
    filters: dict[str, tuple[str, ...]] = field(default_factory=dict)
    since: dict[str, date] = field(default_factory=dict)
    until: dict[str, date] = field(default_factory=dict)
    sort: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()
    page: int = 1
    page_rows: int = PAGE_ROWS
    problems: list[str] = field(default_factory=list)

    @cached_property
    def question(self) -> Question:
        """What is asked for, without the page."""
        return Question(
            self.declared.name, self.search, tuple(sorted(self.filters.items())), tuple(sorted(self.since.items())),
            tuple(sorted(self.until.items())), self.sort,
        )  # fmt: skip

    @cached_property
    def queryset(self) -> QuerySet[Any]:
        """All rows that match, in order; evaluated inside the scope only."""
        return rows_of(self.scope, self.question)

    @cached_property
    def answers(self) -> Answers:
        """What is remembered of the rows for whoever has the scope."""
        return Answers(self.scope)

    @cached_property
    def found(self) -> tuple[Any, ...] | None:
        """The ids of all that a search found, where that is little; none where nothing is searched for or much is found."""
        ids = self.answers.of(first_found, self.question) if self.search else ()
        return ids if self.search and len(ids) <= FEW_FOUND else None

    @cached_property
    def total(self) -> int:
        """How many rows match."""
        return self.answers.of(total, self.question.unsorted) if self.found is None else len(self.found)

    @cached_property
    def hidden(self) -> int:
        """How many rows of the type are kept from this scope, whatever was asked: else asking would find them out."""
        if self.scope.everything or self.declared.organization is None:
            return 0
        every = Question(self.declared.name)
        seen = self.answers.of(total, every) if self.question.narrowed else self.total
        return self.answers.of_everything(total, every) - seen

    @property
    def pages(self) -> int:
        """How many pages there are; one even when empty."""
        return max(1, -(-self.total // self.page_rows))

    @cached_property
    def rows(self) -> list[dict[str, Any]]:
        """The rows of the page: each column's value (a reference as its code), and `pk`."""
        first = (min(self.page, self.pages) - 1) * self.page_rows
        last = min(first + self.page_rows, self.total)
        columns = [bound(self.declared, name) for name in dict.fromkeys((*self.columns, *self.declared.key))]
        paths = [one.field.attname if one.shielded else one.column.field for one in columns]
        ids = (
            self.answers.of(page_of, self.question, first, last, self.total)
            if self.found is None
            else self.found[first:last]
        )
        base = self.declared.rows(self.scope).order_by()
        found = {row[0]: row for row in base.filter(pk__in=ids).values_list("pk", *paths)} if ids else {}
        names = ("pk", *(one.name for one in columns))
        rows = [dict(zip(names, found[pk], strict=True)) for pk in ids if pk in found]
        for one in columns:
            if one.shielded:
                codes = codes_of(one, {row[one.name] for row in rows})
                for row in rows:
                    row[one.name] = codes.get(row[one.name])
        return rows

    def choices(self, name: str) -> list[Choice] | None:
        """Return what a filter offers: the choices, yes and no, or the codes that occur in visible rows.

        None where these are more than anybody looks through: there the value is typed.
        """
        one, chosen = bound(self.declared, name), self.filters.get(name, ())
        offered = self.answers.of(offers, self.declared.name, name)
        if offered is None:
            return None
        pairs = list(offered)
        if one.field.null or one.field.blank:
            pairs.append((EMPTY, "Not given"))
        return [Choice(value, label, value in chosen) for value, label in pairs]

    def parameters(self, **changes: Any) -> str:
        """Return the address's parameters with some changed (None leaves one out), always in the same order."""
        asked: dict[str, Any] = {"q": self.search or None}
        asked |= {name: list(values) for name, values in sorted(self.filters.items())}
        asked |= {f"{name}_from": day.isoformat() for name, day in sorted(self.since.items())}
        asked |= {f"{name}_to": day.isoformat() for name, day in sorted(self.until.items())}
        asked["sort"] = ",".join(self.sort) or None
        asked["columns"] = ",".join(self.columns) if self.columns != self.declared.shown else None
        asked["page"] = self.page if self.page > 1 else None
        asked |= changes
        from urllib.parse import urlencode

        return urlencode(
            {name: value for name, value in asked.items() if value not in (None, [], "")}, doseq=True
        )


def asked(
    declared: RecordType, parameters: Mapping[str, str] | MultiValueDict[str, str], scope: Scope
) -> Listing:
    """Read a list's address; what it cannot mean is passed over and named in `problems`."""
    listing = Listing(declared, scope, columns=declared.shown)
    names = {column.name for column in declared.columns}
    listing.search = _one(parameters, "q").strip()[:200]
    for name in sorted(names):
        one = bound(declared, name)
        if values := tuple(value for value in _all(parameters, name) if value != ""):
            if one.kind in (DATE, INSTANT) and values != (EMPTY,):
                if day := _day(values[0], name, listing):
                    listing.since[name] = listing.until[name] = day
            elif isinstance(one.field, DateRangeField):
                listing.problems.append(f"The list cannot be filtered by {name}.")
            elif fitting := _fitting(one, values, listing):
                listing.filters[name] = fitting
        for limits, ending in ((listing.since, "_from"), (listing.until, "_to")):
            if one.kind in (DATE, INSTANT) and (text := _one(parameters, name + ending)):
                day = _day(text, name, listing)
                if day is not None:
                    limits[name] = day
    sort = [part for part in _one(parameters, "sort").split(",") if part]
    listing.sort = tuple(part for part in sort if part.lstrip("-") in names)
    columns = [part for part in _one(parameters, "columns").split(",") if part]
    if chosen := tuple(dict.fromkeys(part for part in columns if part in names)):
        listing.columns = chosen
    listing.problems += [
        f"There is no column {part}." for part in (*sort, *columns) if part.lstrip("-") not in names
    ]
    page = _one(parameters, "page")
    listing.page = int(page) if page.isdecimal() and 1 <= int(page) <= 10**9 else 1
    return listing


def codes_of(one: Bound, ids: set[Any]) -> dict[Any, Any]:
    """Return the codes of what a column refers to, by id, as far as the transaction sees them."""
    return dict(one.related._default_manager.filter(pk__in=ids).values_list("pk", one.target))


def _fitting(one: Bound, values: tuple[str, ...], listing: Listing) -> tuple[str, ...]:
    """Keep the values that a column can have, so that a mistyped address gives a list and no error."""
    fitting = []
    for value in values:
        try:
            if value != EMPTY and one.kind not in (REFERENCE, BOOLEAN):
                one.field.get_prep_value(one.field.to_python(value))
            fine = one.kind != BOOLEAN or value in ("true", "false", EMPTY)
        except Exception:  # noqa: BLE001 - each field raises its own kinds
            fine = False
        if fine and "\0" not in value:
            fitting.append(value)
        else:
            listing.problems.append(f"“{value}” is no value of {one.name}.")
    return tuple(fitting)


def _day(text: str, name: str, listing: Listing) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        listing.problems.append(f"“{text}” is no date for {name}; write it as 2026-07-01.")
        return None


def _one(parameters: Mapping[str, str] | MultiValueDict[str, str], name: str) -> str:
    return (_all(parameters, name) or [""])[-1].replace("\0", "")


def _all(parameters: Mapping[str, str] | MultiValueDict[str, str], name: str) -> list[str]:
    if isinstance(parameters, MultiValueDict):
        return parameters.getlist(name)
    return [parameters[name]] if name in parameters else []


def filterable(declared: RecordType) -> tuple[Bound, ...]:
    """Return the columns that the list page offers as filters."""
    return tuple(one for one in bound_columns(declared) if one.name in declared.filters)
