"""Reading what runs have stored: the latest run, a figure's history, its slices, and what was said before.

A run stands on its own statements and, for periods that nothing touched since, on those of earlier runs; `Cover` says
which. Everything that reads values goes through here.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import F, Q, QuerySet

from stateworks.kernel.access.scope import Scope, organization_codes, sees_whole_state
from stateworks.kernel.indicators.figures import Figure
from stateworks.kernel.indicators.models import Cover, Run, Value, Verdict

ORGANIZATION_DIMENSIONS = frozenset({"agency", "organization", "department", "customer"})
"""Dimensions whose members are organizations: each slice is for those who see the organization.

A slice by anything else mixes the rows of all agencies and names what may be one agency's alone, such as a category. It
cannot be narrowed, so it is for those who see the whole state.
"""


def latest_run(plan: str, *, as_of: date | None = None) -> Run | None:
    """Return a plan's last finished run, or the last one for a business date."""
    runs = Run.objects.filter(plan=plan, finished_at__isnull=False)
    if as_of is not None:
        runs = runs.filter(as_of=as_of)
    return runs.order_by("-id").first()


def verdicts(run: Run) -> dict[str, Verdict]:
    """Return a run's verdicts by indicator."""
    return {verdict.indicator: verdict for verdict in Verdict.objects.filter(run=run)}


def values(run: Run, indicator: str | None = None, *, figure: str = "") -> QuerySet[Value, Value]:
    """Return the values a run stands on, of one indicator or all, as a query to narrow further."""
    covers = Cover.objects.filter(run=run, figure=figure)
    if indicator is not None:
        covers = covers.filter(indicator=indicator)
    return Value.objects.filter(
        statement__covers__in=covers, statement__covers__periods__contains=_as_list(F("period"))
    )


def history(
    run: Run, indicator: str, grain: str, *, figure: str = "", dimension: str = "", member: str = ""
) -> list[Figure]:
    """Return an indicator's figures of one grain in order of time, statewide or for one slice."""
    found = values(run, indicator, figure=figure).filter(grain=grain, dimension=dimension, member=member)
    return [_figure(value) for value in found.order_by("starts")]


def histories(run: Run, grain: str) -> dict[str, list[Figure]]:
    """Return every indicator's statewide figures of one grain in order of time, in one query."""
    made: dict[str, list[Figure]] = {}
    for value in values(run).filter(grain=grain, dimension="").order_by("indicator", "starts"):
        made.setdefault(value.indicator, []).append(_figure(value))
    return made


def slices(
    run: Run, indicator: str, period: str, dimension: str, scope: Scope, *, figure: str = ""
) -> tuple[list[Figure], int]:
    """Return an indicator's figures by slice in a period, and how many the scope does not see.

    The statewide figure is the same for everyone.
    """
    found = values(run, indicator, figure=figure).filter(period=period, dimension=dimension)
    total = found.count()
    shown = [_figure(value) for value in reachable(found, scope).order_by("member")]
    return shown, total - len(shown)


def reachable(found: QuerySet[Value, Value], scope: Scope) -> QuerySet[Value, Value]:
    """Narrow values to the statewide ones and the slices that a scope sees."""
    if sees_whole_state(scope):
        return found
    own = Q(dimension__in=ORGANIZATION_DIMENSIONS, member__in=organization_codes(scope))
    return found.filter(Q(dimension="") | own)


def sees_slice(scope: Scope, dimension: str, member: str) -> bool:
    """Tell whether a scope sees a slice; the statewide figure, which has no dimension, is for everybody."""
    if not dimension or sees_whole_state(scope):
        return True
    return dimension in ORGANIZATION_DIMENSIONS and organization_codes(scope).filter(code=member).exists()


def value_of(
    run: Run, indicator: str, period: str, *, figure: str = "", dimension: str = "", member: str = ""
) -> Value | None:
    """Return the stored value of a period, with its statement."""
    found = values(run, indicator, figure=figure).filter(period=period, dimension=dimension, member=member)
    return found.select_related("statement__run").first()


@dataclass(frozen=True)
class AsReported:
    """What was said of a period, by which run, on which day; the latest is the current word."""

    run: int
    as_of: date
    at: datetime
    value: float | None
    n: int
    parts: Mapping[str, Any]
    reason: str


def as_reported(plan: str, indicator: str, period: str) -> list[AsReported]:
    """Return every word on a closed period's figure, oldest first: a restatement leaves the old value standing."""
    found = (
        Value.objects.filter(run__plan=plan, indicator=indicator, figure="", period=period, dimension="")
        .select_related("run")
        .order_by("run_id")
    )
    said: list[AsReported] = []
    for value in found:
        if said and said[-1].parts == value.parts:
            continue
        run = value.run
        said.append(
            AsReported(
                run.pk,
                run.as_of,
                run.finished_at or run.started_at,
                value.value,
                value.n,
                value.parts,
                run.reason,
            )
        )
    return said


def statewide(statements: Iterable[int]) -> dict[int, list[Figure]]:
    """Return the statewide figures of some statements."""
    made: dict[int, list[Figure]] = {}
    names = ("grain", "period", "starts", "ends", "parts", "value", "n", "low", "high", "left_out")
    found = Value.objects.filter(statement__in=list(statements), dimension="").order_by()
    for statement, suppressed, *row in found.values_list("statement_id", "suppressed", *names):
        figure = Figure(**dict(zip(names, row, strict=True)), suppressed=suppressed)
        made.setdefault(statement, []).append(figure)
    return made


def _figure(value: Value) -> Figure:
    return Figure(
        grain=value.grain, period=value.period, starts=value.starts, ends=value.ends, parts=value.parts,
        value=value.value, n=value.n, low=value.low, high=value.high, left_out=value.left_out,
        dimension=value.dimension, member=value.member, suppressed=value.suppressed,
    )  # fmt: skip


def _as_list(field: F) -> Any:
    """Wrap a column as an array of one, for `array @> array`."""
    from django.contrib.postgres.fields import ArrayField
    from django.db.models import CharField, Func

    return Func(field, template="ARRAY[%(expressions)s]::varchar[]", output_field=ArrayField(CharField()))
