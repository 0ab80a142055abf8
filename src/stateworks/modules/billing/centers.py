"""A fiscal year of the office's cost centers: budget, what the ledger says was spent, what owners expect, and who has said so.

What was spent is added up from the ledger each time, never typed. A month counts as spent once it has ended and the ledger has
it; of every later month the newest forecast counts, and where there is none, the budget.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.conf import settings
from django.db.models import Q, QuerySet, Sum

from stateworks.kernel.access.scope import Scope, visible
from stateworks.kernel.clocks.fiscal import Period, following, parse_period, parts, period_of, previous
from stateworks.kernel.errors import Refused
from stateworks.kernel.lake import store, tables
from stateworks.kernel.lake.engines import open_engine
from stateworks.modules.billing.feeds import LEDGER
from stateworks.modules.billing.gathering import spent_in
from stateworks.modules.billing.inputs import Spent
from stateworks.modules.billing.models import CostCenter, CostCenterBudget, CostCenterForecast

AHEAD = 12
"""Months that an owner forecasts: a year from the last that the ledger has."""


@dataclass
class CenterMonth:
    """A month of a cost center, in cents: budget, what was spent once that is known, and the newest two forecasts."""

    label: str
    budget: int | None = None
    actual: int | None = None
    forecast: int | None = None
    former: int | None = None
    reason: str = ""

    @property
    def expected(self) -> int | None:
        """What the month comes to: what was spent, else what is expected, else what is budgeted."""
        return next((one for one in (self.actual, self.forecast, self.budget) if one is not None), None)


@dataclass
class CenterObject:
    """An object of expenditure of a cost center in a year: budget and what was spent, in cents; no code is the whole month."""

    code: str
    budget: int | None = None
    actual: int = 0


@dataclass
class CenterYear:
    """A cost center in a fiscal year; `due` says whether it owes a forecast this month, `submitted_at` that it is there."""

    code: str
    name: str
    owner: str
    email: str
    organization: str
    service: str
    months: list[CenterMonth]
    due: bool = True
    submitted_at: datetime | None = None
    submitted_by: str = ""
    objects: list[CenterObject] = field(default_factory=list)
    """Filled where one cost center is asked for."""

    @property
    def budget(self) -> int | None:
        """The year's budget; none is not a budget of nothing."""
        return _sum(one.budget for one in self.months)

    @property
    def budget_to_date(self) -> int:
        """The budget of the months that are spent."""
        return sum(one.budget or 0 for one in self.months if one.actual is not None)

    @property
    def actual(self) -> int:
        """What was spent so far."""
        return sum(one.actual or 0 for one in self.months)

    @property
    def expected(self) -> int:
        """What the year comes to: what was spent, and what is expected of the rest."""
        return sum(one.expected or 0 for one in self.months)

    @property
    def variance(self) -> int | None:
        """By how much the year comes to more than its budget; less than nothing where it stays below."""
        return None if self.budget is None else self.expected - self.budget

    @property
    def over(self) -> float | None:
        """The same as a part of the budget."""
        return self.variance / self.budget if self.variance is not None and self.budget else None

    @property
    def unforecast(self) -> int:
        """In how many months to come nobody has said what is expected."""
        return sum(one.actual is None and one.forecast is None for one in self.months)

    def as_json(self) -> dict[str, Any]:
        """The year as a command prints it."""
        return {
            "code": self.code, "name": self.name, "owner": self.owner, "organization": self.organization,
            "line_of_service": self.service, "budget_cents": self.budget, "budget_to_date_cents": self.budget_to_date,
            "actual_cents": self.actual, "expected_cents": self.expected, "variance_cents": self.variance,
            "months_without_forecast": self.unforecast, "due": self.due, "submitted_at": self.submitted_at,
            "submitted_by": self.submitted_by,
            "months": [{"month": one.label, "budget_cents": one.budget, "actual_cents": one.actual,
                        "forecast_cents": one.forecast} for one in self.months],
        }  # fmt: skip


@dataclass
class Centers:
    """A fiscal year of the cost centers that are seen; `round` is the month whose forecast is due on `due_on`."""

    year: Period
    known: str
    round: str
    due_on: date
    as_of: date
    rows: list[CenterYear] = field(default_factory=list)
    ledger: int = 0
    """Everything the ledger has of the year's spent months, whatever cost center it names."""

    @property
    def whole(self) -> CenterYear:
        """All of them together; of a month to come, what each expects of it, or budgets where it has not said."""
        months = []
        for place, label in enumerate(one.label for one in parts(self.year, "month")):
            each = [row.months[place] for row in self.rows]
            coming = None if label <= self.known else _sum(one.expected for one in each)
            months.append(
                CenterMonth(label, _sum(one.budget for one in each), _sum(one.actual for one in each), coming)
            )
        return CenterYear("", "All together", "", "", "", "", months)

    @property
    def late(self) -> bool:
        """Whether the day has passed by which this month's forecasts are due."""
        return self.as_of > self.due_on

    @property
    def missing(self) -> list[CenterYear]:
        """Those whose forecast of this month is due and not there."""
        return [one for one in self.rows if one.due and one.submitted_at is None]

    @property
    def elsewhere(self) -> int:
        """What the ledger has on cost centers that are not recorded, if one sees every center."""
        return self.ledger - sum(one.actual for one in self.rows)

    def as_json(self) -> dict[str, Any]:
        """The year as a command prints it."""
        whole = self.whole
        return {
            "year": self.year.label, "known_month": self.known, "round": self.round, "due_on": self.due_on,
            "ledger_cents": self.ledger, "elsewhere_cents": self.elsewhere,
            "budget_cents": whole.budget, "actual_cents": whole.actual, "expected_cents": whole.expected,
            "variance_cents": whole.variance, "missing": [one.code for one in self.missing],
            "centers": [one.as_json() for one in self.rows],
        }  # fmt: skip


def known_month(today: date, version: int | None = None) -> str:
    """Return the last month that has ended and that the ledger has; where it has none, the month before today's."""
    version = store.current_version(LEDGER) if version is None else version
    this = period_of(today, "month").label
    files = tables.listing(LEDGER, version).files if version >= 0 else ()
    there = {file.rpartition("/")[0].rpartition("=")[2].removeprefix("m") for file in files}
    return max((one for one in there if one < this), default=previous(parse_period(this)).label)


def months_open(known: str) -> list[str]:
    """Return the months that are forecast: twelve from the last known on."""
    found = [following(parse_period(known))]
    while len(found) < AHEAD:
        found.append(following(found[-1]))
    return [one.label for one in found]


def due_on(month: str) -> date:
    """Return the day by which a month's forecasts are submitted, or the month's last where it has fewer days."""
    day = settings.BILLING_FORECAST_DAY
    if not 1 <= day <= 31:
        raise Refused(f"STATEWORKS_BILLING_FORECAST_DAY is {day}; write a day of the month, 1 to 31.")
    span = parse_period(month)
    return min(span.starts + timedelta(days=day - 1), span.ends)


def used_in(rows: QuerySet[CostCenter], span: Period) -> QuerySet[CostCenter]:
    """Return the cost centers that are used on some day of a span."""
    return rows.filter(
        Q(starts_on__isnull=True) | Q(starts_on__lte=span.ends), Q(ends_on__isnull=True) | Q(ends_on__gte=span.starts)
    )  # fmt: skip


def centers_year(scope: Scope, year: str, today: date, version: int, code: str = "") -> Centers:
    """Read a fiscal year such as FY27 of one cost center or of all that are seen, as of a day and a version of the ledger."""
    span = parse_period(year)
    if span.grain != "year":
        raise Refused(f"“{year}” is no fiscal year; write it as FY27.")
    known, round_ = known_month(today, version), period_of(today, "month")
    found = Centers(span, known, round_.label, due_on(round_.label), today)
    lines = _spent(span, known, version)
    found.ledger = sum(one.cents for one in lines)
    spent: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for line in lines:
        spent[line.cost_center][line.month] += line.cents
    seen = visible(CostCenter.objects.all(), scope, "organization")
    if code:
        seen = seen.filter(code=code)
    rows = list(seen.select_related("owner", "organization", "line_of_service").order_by("code"))
    used = set(used_in(seen, span).values_list("pk", flat=True))
    now = set(used_in(seen, round_).values_list("pk", flat=True))
    made = {}
    for one in rows:
        if one.pk in used or one.code in spent:
            made[one.pk] = _empty(one, span, known, spent.get(one.code, {}), due=one.pk in now)
    _budgets(made, span)
    _forecasts(made, span, round_.label)
    if code:
        for pk, row in made.items():
            row.objects = _objects(pk, span, [one for one in lines if one.cost_center == code])
    found.rows = list(made.values())
    return found


def _spent(span: Period, known: str, version: int) -> tuple[Spent, ...]:
    """Return what the ledger says was spent in the year's known months."""
    months = [one.label for one in parts(span, "month") if one.label <= known]
    if version < 0 or not months:
        return ()
    with open_engine() as engine:
        return spent_in(engine, version, months)


def _empty(one: CostCenter, span: Period, known: str, spent: Mapping[str, int], *, due: bool) -> CenterYear:
    months = [
        CenterMonth(label, actual=spent.get(label, 0) if label <= known else None)
        for label in (each.label for each in parts(span, "month"))
    ]
    return CenterYear(
        one.code, one.name, one.owner.name if one.owner else "", one.owner.email if one.owner else "", one.organization.name,
        one.line_of_service.name if one.line_of_service else "", months, due,
    )  # fmt: skip


def _budgets(made: dict[int, CenterYear], span: Period) -> None:
    rows = CostCenterBudget.objects.filter(center__in=made, month__range=_ends(span)).order_by()
    for center, month, cents in rows.values_list("center", "month").annotate(sum=Sum("cents")):
        _month(made[center], month).budget = cents


def _objects(center: int, span: Period, lines: Iterable[Spent]) -> list[CenterObject]:
    found: dict[str, CenterObject] = {}
    rows = CostCenterBudget.objects.filter(center=center, month__range=_ends(span)).order_by()
    for object_code, cents in rows.values_list("object_code").annotate(sum=Sum("cents")):
        found[object_code] = CenterObject(object_code, cents)
    for line in lines:
        found.setdefault(line.object_code, CenterObject(line.object_code)).actual += line.cents
    return sorted(found.values(), key=lambda one: one.code)


def _sum(amounts: Iterable[int | None]) -> int | None:
    """Add up what is there; nothing where there is nothing."""
    found = [one for one in amounts if one is not None]
    return sum(found) if found else None


def _forecasts(made: dict[int, CenterYear], span: Period, round_: str) -> None:
    """Add the newest forecasts and the ones before, and whether this month's were made and by whom."""
    rows = CostCenterForecast.objects.filter(Q(month__range=_ends(span)) | Q(made_in=round_), center__in=made)
    for one in rows.select_related("made_by").order_by("made_at", "pk"):
        row = made[one.center_id]
        if one.made_in == round_:
            row.submitted_at, row.submitted_by = one.made_at, str(one.made_by or "")
        if any(each.label == one.month for each in row.months):
            month = _month(row, one.month)
            month.former, month.forecast, month.reason = month.forecast, one.cents, one.reason


def _ends(span: Period) -> tuple[str, str]:
    return f"{span.starts:%Y-%m}", f"{span.ends:%Y-%m}"


def _month(row: CenterYear, label: str) -> CenterMonth:
    return next(one for one in row.months if one.label == label)
