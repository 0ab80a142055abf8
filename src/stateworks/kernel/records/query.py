"""The list page's questions, as its address asks them: search, filters, sort order, columns, page.

    ?q=desk&kind=agency&kind=section&retired_on=none&since_from=2026-01-01&sort=-name&columns=code,name&page=2

The address is all there is to it, so that it can be kept, sent and saved as a view.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property, reduce
from operator import or_
from typing import Any

from django.contrib.postgres.fields import DateRangeField
from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery
from django.utils.datastructures import MultiValueDict

from stateworks.kernel.access.scope import SYSTEM, Scope, entered, visible
from stateworks.kernel.records.fields import BOOLEAN, DATE, INSTANT, REFERENCE, Bound, bound, bound_columns
from stateworks.kernel.records.types import RecordType

PAGE_ROWS = 50
MOST_CHOICES = 500
EMPTY = "none"
"""The filter value that asks for rows without a value."""


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
    def queryset(self) -> QuerySet[Any]:
        """All rows that match, in order; evaluated inside the scope only."""
        return self._matching(
            visible(self.declared.model._default_manager.all(), self.scope, self.declared.organization)
        )

    @cached_property
    def total(self) -> int:
        """How many rows match."""
        return self.queryset.order_by().count()

    @cached_property
    def hidden(self) -> int:
        """How many rows of the type are kept from this scope, whatever was asked: else asking would find them out."""
        if self.scope.everything or self.declared.organization is None:
            return 0
        rows = visible(self.declared.model._default_manager.all(), self.scope, self.declared.organization)
        narrowed = self.search or self.filters or self.since or self.until
        seen = rows.count() if narrowed else self.total
        with entered(SYSTEM):
            return self.declared.model._default_manager.count() - seen

    @property
    def pages(self) -> int:
        """How many pages there are; one even when empty."""
        return max(1, -(-self.total // self.page_rows))

    @cached_property
    def rows(self) -> list[dict[str, Any]]:
        """The rows of the page: each column's value (a reference as its code), and `pk`."""
        page = min(self.page, self.pages)
        columns = [bound(self.declared, name) for name in dict.fromkeys((*self.columns, *self.declared.key))]
        paths = [one.field.attname if one.shielded else one.column.field for one in columns]
        start = (page - 1) * self.page_rows
        found = self.queryset.values_list("pk", *paths)[start : start + self.page_rows]
        rows = [dict(zip(("pk", *(one.name for one in columns)), row, strict=True)) for row in found]
        for one in columns:
            if one.shielded:
                codes = codes_of(one, {row[one.name] for row in rows})
                for row in rows:
                    row[one.name] = codes.get(row[one.name])
        return rows

    def choices(self, name: str) -> list[Choice]:
        """Return what a filter offers: the choices, yes and no, or the codes that occur in visible rows."""
        one = bound(self.declared, name)
        chosen = self.filters.get(name, ())
        if one.choices:
            pairs = list(one.choices.items())
        elif one.kind == BOOLEAN:
            pairs = [("true", "Yes"), ("false", "No")]
        else:
            base = visible(self.declared.model._default_manager.all(), self.scope, self.declared.organization)
            if one.kind == REFERENCE:
                # Asked of the few that are referred to, and not of the many that refer to them.
                used = base.order_by().filter(**{one.field.name: OuterRef("pk")})
                named = one.related._default_manager.filter(Exists(used)).order_by(one.target)
                codes = named.values_list(one.target, flat=True)[:MOST_CHOICES]
                return self._offered(one, [(str(code), str(code)) for code in codes], chosen)
            values = (
                base.order_by(one.column.field)
                .values_list(one.column.field, flat=True)
                .distinct()[:MOST_CHOICES]
            )
            pairs = [(str(value), str(value)) for value in values if value not in (None, "")]
        return self._offered(one, pairs, chosen)

    @staticmethod
    def _offered(one: Bound, pairs: list[tuple[str, str]], chosen: tuple[str, ...]) -> list[Choice]:
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

    def _matching(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        for word in self.search.split():
            paths = [self.declared.column(name).field for name in self.declared.search]
            if not paths:
                return rows.none()
            rows = rows.filter(reduce(or_, (Q(**{f"{path}__icontains": word}) for path in paths)))
        for name, values in self.filters.items():
            rows = rows.filter(_any_of(bound(self.declared, name), values))
        for limits, comparison in ((self.since, "gte"), (self.until, "lte")):
            for name, day in limits.items():
                one = bound(self.declared, name)
                path = f"{one.column.field}__date" if one.kind == INSTANT else one.column.field
                rows = rows.filter(**{f"{path}__{comparison}": day})
        order = []
        for name in self.sort:
            one = bound(self.declared, name.lstrip("-"))
            path = one.column.field
            if one.shielded:
                path = f"_code_of_{one.name}"
                code = one.related._default_manager.filter(pk=OuterRef(one.field.attname)).values(one.target)[
                    :1
                ]
                rows = rows.alias(**{path: Subquery(code)})
            order.append(("-" if name.startswith("-") else "") + path)
        # The id last: rows that are equal otherwise must not change places from page to page.
        return rows.order_by(*(order or key_order(self.declared)), "pk")


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


def key_order(declared: RecordType) -> list[str]:
    """Return the order of a type's natural key; what may be out of reach is ordered by its id, which hides no row."""
    columns = [bound(declared, name) for name in declared.key]
    return [one.field.attname if one.shielded else one.column.field for one in columns]


def codes_of(one: Bound, ids: set[Any]) -> dict[Any, Any]:
    """Return the codes of what a column refers to, by id, as far as the transaction sees them."""
    return dict(one.related._default_manager.filter(pk__in=ids).values_list("pk", one.target))


def _any_of(one: Bound, values: Sequence[str]) -> Q:
    path = one.column.field
    given: list[Any] = [value for value in values if value != EMPTY]
    if one.kind == BOOLEAN:
        given = [value == "true" for value in given]
    found = Q(**{f"{path}__in": given}) if given else Q()
    if EMPTY in values:
        own = path.split("__")[0] if one.kind == REFERENCE else path
        nothing = Q(**{f"{own}__isnull": True})
        if one.kind not in (REFERENCE, BOOLEAN, DATE, INSTANT) and one.field.empty_strings_allowed:
            nothing |= Q(**{path: ""})
        found = found | nothing if given else nothing
    return found


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
