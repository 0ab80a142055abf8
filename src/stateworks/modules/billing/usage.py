"""What was used and charged in the last two years, by line of service and by program, from issued invoices alone.

A charge counts in the month it is for: a correction of July that September's invoice brings is July's.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db.models import Q, QuerySet, Sum

from stateworks.kernel.access.scope import Scope, visible
from stateworks.kernel.clocks.fiscal import parse_period, previous
from stateworks.modules.billing.models import InvoiceLine, InvoiceState, LineKind

MONTHS = 24
YEAR = 12


@dataclass
class Trend:
    """One line of service, or one program, month by month, in cents; what was used of it by unit."""

    code: str
    name: str
    cents: list[int]
    quantities: dict[str, Decimal] = field(default_factory=dict)

    @property
    def last(self) -> int:
        """What the last month charged."""
        return self.cents[-1]

    @property
    def year(self) -> int:
        """What the last twelve months charged."""
        return sum(self.cents[-YEAR:])

    @property
    def year_before(self) -> int:
        """What the twelve months before charged."""
        return sum(self.cents[:-YEAR])

    @property
    def change(self) -> float | None:
        """How much more the last twelve months charged than those before, as a part; None where those charged nothing."""
        return (self.year - self.year_before) / self.year_before if self.year_before > 0 else None


@dataclass(frozen=True)
class Usage:
    """What was charged in some months, by line of service and by program; both add up to `whole`."""

    months: tuple[str, ...]
    services: list[Trend]
    programs: list[Trend]
    whole: Trend


def months_to(known: str) -> tuple[str, ...]:
    """Return the last two years of months up to one."""
    found = [parse_period(known)]
    while len(found) < MONTHS:
        found.append(previous(found[-1]))
    return tuple(one.label for one in reversed(found))


def usage(scope: Scope, agency: str, service: str, program: str | None, known: str) -> Usage:
    """Read what was charged up to a month; of one agency, line of service or program where they are named; two queries."""
    months = months_to(known)
    lines = _lines(scope, months, agency, service, program)
    services: dict[str, Trend] = {}
    names = ("sku__line_of_service__code", "sku__line_of_service__name", "sku__unit", "origin")
    used = Sum("quantity", filter=Q(kind=LineKind.USAGE))
    for code, name, unit, month, cents, quantity in lines.values_list(*names).annotate(
        sum=Sum("cents"), used=used
    ):
        one = services.setdefault(code, Trend(code, name, [0] * MONTHS))
        one.cents[months.index(month)] += cents
        if quantity and month in months[-YEAR:]:
            one.quantities[unit] = one.quantities.get(unit, Decimal(0)) + quantity
    programs: dict[str, Trend] = {}
    for code, month, cents in lines.values_list("account__program", "origin").annotate(sum=Sum("cents")):
        programs.setdefault(code, Trend(code, code or "No program", [0] * MONTHS)).cents[
            months.index(month)
        ] += cents
    whole = Trend(
        "", "All together", [sum(one.cents[at] for one in services.values()) for at in range(MONTHS)]
    )
    return Usage(months, _sorted(services), _sorted(programs), whole)


def _lines(
    scope: Scope, months: tuple[str, ...], agency: str, service: str, program: str | None
) -> QuerySet[InvoiceLine]:
    rows = InvoiceLine.objects.filter(invoice__state=InvoiceState.ISSUED, origin__in=months).order_by()
    rows = visible(rows, scope, "invoice__organization")
    if agency:
        rows = rows.filter(invoice__organization__code=agency)
    if service:
        rows = rows.filter(sku__line_of_service__code=service)
    return rows if program is None else rows.filter(account__program=program)


def _sorted(found: dict[str, Trend]) -> list[Trend]:
    return sorted(found.values(), key=lambda one: (-one.year, -sum(one.cents), one.name))


def rows_of(
    scope: Scope, agency: str, service: str, program: str | None, known: str
) -> Iterator[tuple[Any, ...]]:
    """Yield what a file holds: month, agency, line of service, program, unit, how much was used and the cents."""
    names = (
        "origin", "invoice__organization__code", "sku__line_of_service__code", "account__program", "sku__unit",
    )  # fmt: skip
    used = Sum("quantity", filter=Q(kind=LineKind.USAGE))
    rows = _lines(scope, months_to(known), agency, service, program).values_list(*names)
    for *key, cents, quantity in rows.annotate(sum=Sum("cents"), used=used).order_by(*names):
        yield (*key, quantity, cents)
