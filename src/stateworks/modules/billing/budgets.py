"""A fiscal year's budget against what was charged, what is set aside and what is expected, and how good forecasts were.

A month counts in the fiscal year in which it is billed: a correction counts where its invoice does, as in the ledger.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Max, QuerySet, Sum

from stateworks.kernel.access.scope import Scope, visible
from stateworks.kernel.clocks.fiscal import Period, parse_period, parts, periods_between
from stateworks.modules.billing.forecasting import SHARE, Expected, Outlook, outlook
from stateworks.modules.billing.models import (
    Budget,
    Encumbrance,
    EncumbranceStatus,
    Forecast,
    ForecastKind,
    InvoiceLine,
    InvoiceState,
)


@dataclass
class Part:
    """A line of service or an account in a fiscal year, in cents; no budget is not a budget of nothing."""

    code: str
    name: str
    budget: int | None = None
    charged: int = 0
    set_aside: int = 0
    rest: Expected | None = None

    @property
    def committed(self) -> int:
        """What is charged and what is set aside for charges to come."""
        return self.charged + self.set_aside

    @property
    def left(self) -> int | None:
        """What of the budget is not committed."""
        return None if self.budget is None else self.budget - self.committed

    @property
    def end(self) -> Expected | None:
        """What the year is expected to come to."""
        if self.rest is None:
            return None
        return Expected(*(self.charged + one for one in (self.rest.cents, self.rest.low, self.rest.high)))

    @property
    def over(self) -> float | None:
        """How much of the budget the year is expected to be over it; less than nothing where it stays below."""
        return (self.end.cents - self.budget) / self.budget if self.end and self.budget else None


@dataclass
class Month:
    """A month of the year: what came, or what is expected, and what was forecast and submitted before."""

    label: str
    charged: int | None = None
    expected: Expected | None = None
    first: int | None = None
    last: int | None = None
    submitted: int | None = None

    @property
    def off(self) -> float | None:
        """How far the last forecast was off, as a part of what came."""
        if self.charged and self.last is not None:
            return (self.last - self.charged) / self.charged
        return None


@dataclass(frozen=True)
class Score:
    """How forecasts that came due did: in how many the interval held what came, and the median size of the error."""

    due: int
    held: int
    median_error: float | None

    @property
    def share(self) -> float | None:
        """The part of them whose interval held what came."""
        return self.held / self.due if self.due else None

    def as_json(self) -> dict[str, Any]:
        """The score as a command prints it."""
        return {
            "due": self.due,
            "held": self.held,
            "share": self.share,
            "meant": SHARE,
            "median_error": self.median_error,
        }


@dataclass
class BudgetYear:
    """A fiscal year of one agency, or of all that are seen together."""

    year: Period
    known: str
    whole: Part
    services: list[Part]
    accounts: list[Part]
    months: list[Month]
    agencies: list[Part] = field(default_factory=list)
    score: Score = Score(0, 0, None)

    @property
    def known_months(self) -> int:
        """How many months of the year are invoiced."""
        return sum(one.charged is not None for one in self.months)


def budget_year(scope: Scope, agency: str, year: str, known: str) -> BudgetYear:
    """Read a fiscal year, such as FY27, of an agency by its code, or of all that are seen; `known` is the last month issued."""
    span = parse_period(year)
    labels = [one.label for one in parts(span, "month")]
    lines = InvoiceLine.objects.filter(invoice__state=InvoiceState.ISSUED)
    lines = _seen(lines, scope, "invoice__organization", agency)
    names: dict[str, str] = {}
    series: dict[str, dict[str, int]] = defaultdict(dict)
    grouped = lines.order_by().values_list(
        "sku__line_of_service__code", "sku__line_of_service__name", "invoice__period__code"
    )
    for code, name, month, cents in grouped.annotate(sum=Sum("cents")):
        names[code] = name
        series[code][month] = cents
    ahead, counted = _ahead(known, span)
    coming = outlook(series, known, ahead, counted) if known else None
    services = {
        code: Part(code, name, charged=sum(series[code].get(month, 0) for month in labels),
                   rest=coming.services.get(code) if coming else None)
        for code, name in names.items()
    }  # fmt: skip
    accounts = _accounts(lines, scope, agency, span, labels)
    _budgets(scope, agency, span, services, accounts)
    by_service = [one.budget for one in services.values() if one.budget is not None]
    by_account = [one.budget for one in accounts.values() if one.budget is not None]
    whole = Part(
        agency, "", budget=sum(by_service) if by_service else sum(by_account) if by_account else None,
        charged=sum(one.charged for one in services.values()),
        set_aside=sum(one.set_aside for one in accounts.values()), rest=coming.rest if coming else None,
    )  # fmt: skip
    shown = [
        one
        for one in services.values()
        if one.charged or one.budget is not None or (one.rest and one.rest.cents)
    ]
    return BudgetYear(
        span, known, whole, sorted(shown, key=lambda one: (-one.charged, one.name)),
        sorted((one for one in accounts.values() if one.charged or one.budget is not None or one.set_aside),
               key=lambda one: one.code),
        _months(scope, agency, labels, known, series, coming),
        agencies=[] if agency else _agencies(scope, span, labels, known),
        score=scored(_seen(Forecast.objects.all(), scope, "organization", agency), known),
    )  # fmt: skip


def _seen(rows: QuerySet[Any], scope: Scope, path: str, agency: str) -> QuerySet[Any]:
    rows = visible(rows, scope, path)
    return rows.filter(**{f"{path}__code": agency}) if agency else rows


def _ahead(known: str, span: Period) -> tuple[list[str], list[str]]:
    """Return the months after the last known up to the year's end, and those of them that are of the year."""
    if not known:
        return [], []
    first = parse_period(known).ends
    ahead = [one.label for one in periods_between(first, span.ends, "month") if one.label > known]
    return ahead, [label for label in ahead if label >= f"{span.starts:%Y-%m}"]


def _accounts(
    lines: QuerySet[InvoiceLine], scope: Scope, agency: str, span: Period, labels: list[str]
) -> dict[str, Part]:
    found: dict[str, Part] = {}
    charged = (
        lines.filter(invoice__period__code__in=labels)
        .order_by()
        .values_list("account__code", "account__name")
    )
    for code, name, cents in charged.annotate(sum=Sum("cents")):
        found[code] = Part(code, name, charged=cents)
    aside = _seen(
        Encumbrance.objects.filter(fiscal_year=_number(span), status=EncumbranceStatus.OPEN),
        scope,
        "account__organization",
        agency,
    )
    for code, name, cents in (
        aside.order_by().values_list("account__code", "account__name").annotate(sum=Sum("cents"))
    ):
        found.setdefault(code, Part(code, name)).set_aside = cents
    return found


def _budgets(
    scope: Scope, agency: str, span: Period, services: dict[str, Part], accounts: dict[str, Part]
) -> None:
    """Add what is budgeted to services and accounts."""
    rows = _seen(Budget.objects.filter(fiscal_year=_number(span)), scope, "organization", agency).order_by()
    names = ("line_of_service__code", "line_of_service__name", "account__code", "account__name")
    for service, service_name, account, account_name, cents in rows.values_list(*names).annotate(
        sum=Sum("cents")
    ):
        if service:
            services.setdefault(service, Part(service, service_name, rest=Expected(0, 0, 0))).budget = cents
        else:
            accounts.setdefault(account, Part(account, account_name)).budget = cents


def _number(span: Period) -> int:
    """The fiscal year by the calendar year in which it ends."""
    return span.ends.year


def _months(
    scope: Scope,
    agency: str,
    labels: list[str],
    known: str,
    series: Mapping[str, Mapping[str, int]],
    coming: Outlook | None,
) -> list[Month]:
    """The year's months with what came or is expected, the first and the last vintage of each, and what was submitted."""
    made = {
        label: Month(
            label, charged=sum(one.get(label, 0) for one in series.values()) if label <= known else None,
            expected=coming.months.get(label) if coming else None,
        )
        for label in labels
    }  # fmt: skip
    kept = _seen(Forecast.objects.filter(month__in=labels), scope, "organization", agency)
    vintages = (
        kept.filter(kind=ForecastKind.COMPUTED).order_by().values_list("month", "made_on", "known_month")
    )
    for month, _, _, cents in sorted(vintages.annotate(sum=Sum("cents"))):
        if made[month].first is None:
            made[month].first = cents
        made[month].last = cents
    newest: dict[tuple[str, int, int], int] = {}
    submitted = kept.filter(kind=ForecastKind.SUBMITTED).order_by("made_on", "pk")
    for month, organization, service, cents in submitted.values_list(
        "month", "organization", "line_of_service", "cents"
    ):
        newest[month, organization, service] = cents
    for (month, _, _), cents in newest.items():
        made[month].submitted = (made[month].submitted or 0) + cents
    return list(made.values())


def _agencies(scope: Scope, span: Period, labels: list[str], known: str) -> list[Part]:
    """Every agency's year, from sums alone: what is expected are the newest kept forecasts."""
    found: dict[str, Part] = {}
    lines = visible(
        InvoiceLine.objects.filter(invoice__state=InvoiceState.ISSUED), scope, "invoice__organization"
    )
    charged = lines.filter(invoice__period__code__in=labels).order_by()
    names = ("invoice__organization__code", "invoice__organization__name")
    for code, name, cents in charged.values_list(*names).annotate(sum=Sum("cents")):
        found[code] = Part(code, name, charged=cents)
    budgets: dict[tuple[str, str], dict[bool, int]] = defaultdict(lambda: defaultdict(int))
    rows = visible(Budget.objects.filter(fiscal_year=_number(span)), scope, "organization").order_by()
    for code, name, account, cents in rows.values_list(
        "organization__code", "organization__name", "account", "cents"
    ):
        budgets[code, name][account is None] += cents
    for (code, name), of_services in budgets.items():
        found.setdefault(code, Part(code, name)).budget = of_services.get(True, of_services.get(False))
    computed = visible(
        Forecast.objects.filter(kind=ForecastKind.COMPUTED, known_month=known), scope, "organization"
    )
    newest = computed.aggregate(day=Max("made_on"))["day"]
    coming = computed.filter(
        made_on=newest, month__in=[label for label in labels if label > known]
    ).order_by()
    for code, cents in coming.values_list("organization__code").annotate(sum=Sum("cents")):
        if code in found:
            found[code].rest = Expected(cents, cents, cents)
    return sorted(found.values(), key=lambda one: (-(one.over or -9), -one.charged, one.name))


def scored(forecasts: QuerySet[Forecast], known: str = "") -> Score:
    """Score computed forecasts of the last twelve known months against what each agency and service was charged."""
    from statistics import median

    lines = InvoiceLine.objects.filter(invoice__state=InvoiceState.ISSUED)
    known = known or lines.aggregate(last=Max("invoice__period__code"))["last"] or ""
    rows = forecasts.filter(kind=ForecastKind.COMPUTED, month__lte=known)
    if not known:
        return Score(0, 0, None)
    first = f"{int(known[:4]) - 1}{known[4:]}"
    made = list(
        rows.filter(month__gt=first).order_by().values_list(
            "organization", "line_of_service", "month", "cents", "low_cents", "high_cents"
        )
    )  # fmt: skip
    if not made:
        return Score(0, 0, None)
    agencies = {row[0] for row in made}
    came = {
        (organization, service, month): cents
        for organization, service, month, cents in lines.filter(
            invoice__organization__in=agencies, invoice__period__code__gt=first
        ).order_by().values_list("invoice__organization", "sku__line_of_service", "invoice__period__code")
        .annotate(sum=Sum("cents"))
    }  # fmt: skip
    held, errors = 0, []
    for organization, service, month, cents, low, high in made:
        actual = came.get((organization, service, month), 0)
        held += low <= actual <= high
        if actual:
            errors.append(abs(cents - actual) / abs(actual))
    return Score(len(made), held, median(errors) if errors else None)
