"""The same figure by agency, service and whatever else the measure declares."""

from __future__ import annotations

from dataclasses import dataclass

from stateworks.kernel.access.scope import Scope, organization_codes, sees_whole_state
from stateworks.kernel.indicators.models import Value, Verdict
from stateworks.kernel.indicators.read import ORGANIZATION_DIMENSIONS
from stateworks.kernel.indicators.read import values as values_of
from stateworks.kernel.org.models import LineOfService, Organization
from stateworks.kernel.plans.models import Indicator
from stateworks.web import words

#: Slices shown at once, and those one click away; more are in the CSV file.
FIRST = 12
SHOWN = 200


@dataclass(frozen=True)
class SliceRow:
    """One slice's figure; suppressed ones say so and show nothing else."""

    member: str
    name: str
    figure: str
    interval: str
    n: int
    share: float
    suppressed: bool


@dataclass(frozen=True)
class SliceTable:
    """One dimension of an indicator in one period."""

    dimension: str
    title: str
    period: str
    rows: tuple[SliceRow, ...]
    rest: tuple[SliceRow, ...]
    more: int
    hidden: int
    suppressed: int


def slice_tables(indicator: Indicator, verdict: Verdict, scope: Scope) -> list[SliceTable]:
    """The verdict's period by each stored dimension, most rows first; organizations only within the scope.

    Who does not see the whole state gets no slices by anything else. At most four queries. What is hidden by permission is
    counted.
    """
    found = values_of(verdict.run, indicator.code).filter(period=verdict.period).exclude(dimension="")
    values = list(found.order_by("dimension", "-n", "member"))
    if not values:
        return []
    visible = visible_codes(scope)
    names = _names({value.dimension for value in values})
    services = (
        dict(LineOfService.objects.values_list("code", "name")) if _has(values, "line_of_service") else {}
    )
    tables: list[SliceTable] = []
    for dimension in dict.fromkeys(value.dimension for value in values):
        own = [value for value in values if value.dimension == dimension]
        kept = own
        if visible is not None:
            if dimension not in ORGANIZATION_DIMENSIONS:
                continue
            kept = [value for value in own if value.member in visible]
        rows = [
            _row(value, indicator.unit, names.get(value.member) or services.get(value.member))
            for value in kept
        ]
        tables.append(
            SliceTable(
                dimension=dimension,
                title=words.level_words(dimension),
                period=verdict.period,
                rows=tuple(rows[:FIRST]),
                rest=tuple(rows[FIRST:SHOWN]),
                more=max(len(rows) - SHOWN, 0),
                hidden=len(own) - len(kept),
                suppressed=sum(1 for row in rows if row.suppressed),
            )
        )
    return tables


def _has(values: list[Value], dimension: str) -> bool:
    return any(value.dimension == dimension for value in values)


def _names(dimensions: set[str]) -> dict[str, str]:
    """Names of organizations by code, where a dimension has any."""
    if not dimensions & ORGANIZATION_DIMENSIONS:
        return {}
    return dict(Organization.objects.values_list("code", "name"))


def visible_codes(scope: Scope) -> set[str] | None:
    """Codes of the organizations a scope sees; none when it sees them all."""
    if scope.everything or sees_whole_state(scope):
        return None
    return set(organization_codes(scope))


def _row(value: Value, unit: str, name: str | None) -> SliceRow:
    if value.suppressed:
        return SliceRow(value.member, name or value.member or "not given", "", "", 0, 0.0, True)
    return SliceRow(
        member=value.member,
        name=name or value.member or "not given",
        figure=words.figure(value.value, unit),
        interval=words.interval(value.low, value.high, unit),
        n=value.n,
        share=value.value or 0.0,
        suppressed=False,
    )
