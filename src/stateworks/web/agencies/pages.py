"""The customers, and one agency's page: people, services, and the indicators for that agency alone."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib.auth.decorators import login_required
from django.db.models import Count, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString

from stateworks.kernel.access.scope import visible
from stateworks.kernel.clocks.fiscal import periods_between
from stateworks.kernel.indicators.models import Cover, Run, Value
from stateworks.kernel.org.models import (
    Appointment,
    LineOfService,
    Organization,
    OrganizationClosure,
    OrganizationKind,
)
from stateworks.kernel.plans.models import Indicator, Plan
from stateworks.web import asked, words
from stateworks.web.drawing.sparkline import sparkline
from stateworks.web.goal_words import goal_figure, goal_words
from stateworks.web.scorecard.history import months_before
from stateworks.web.sections import sections_of

PAGE_ROWS = 50


@dataclass(frozen=True)
class OwnFigure:
    """One indicator for one agency: its last month, the month before, and the same month statewide."""

    plan: str
    code: str
    name: str
    figure: str
    period: str
    before: str
    statewide: str
    n: int
    goal: str
    spark: SafeString


@login_required
def agencies(request: HttpRequest) -> HttpResponse:
    """The organizations one may see, by name, with words and kinds to narrow."""
    rows = visible(Organization.objects.select_related("parent"), asked.scope(request), "pk")
    kind, text = request.GET.get("kind", ""), request.GET.get("q", "").strip()
    counts = dict(rows.order_by().values_list("kind").annotate(n=Count("pk")))
    if kind in OrganizationKind.values:
        rows = rows.filter(kind=kind)
    for word in text.split():
        rows = rows.filter(Q(name__icontains=word) | Q(code__icontains=word))
    if request.GET.get("retired") != "yes":
        rows = rows.filter(retired_on__isnull=True)
    total = rows.count()
    asked_page = request.GET.get("page", "1")
    pages = max(1, -(-total // PAGE_ROWS))
    page = min(int(asked_page), pages) if asked_page.isdecimal() and int(asked_page) > 0 else 1
    context = {
        "rows": list(rows.order_by("name")[(page - 1) * PAGE_ROWS : page * PAGE_ROWS]), "total": total,
        "page": page, "pages": pages, "kind": kind, "text": text,
        "kinds": [(value, label, counts.get(value, 0)) for value, label in OrganizationKind.choices if counts.get(value)],
        "trail": [], "here": "Customers",
    }  # fmt: skip
    return render(request, "web/agencies.html", context)


@login_required
def agency(request: HttpRequest, code: str) -> HttpResponse:
    """One organization; one that may not be seen is not found, as if it did not exist."""
    rows = visible(Organization.objects.select_related("parent"), asked.scope(request), "pk")
    own = rows.filter(code=code).first()
    if own is None:
        raise Http404(f"There is no organization {code} that you may see.")
    today = timezone.localdate()
    above = (
        OrganizationClosure.objects.filter(descendant=own, depth__gt=0)
        .select_related("ancestor")
        .order_by("-depth")
    )
    appointments = (
        Appointment.objects.filter(organization=own)
        .filter(Q(until__isnull=True) | Q(until__gte=today))
        .select_related("person")
    )
    context = {
        "agency": own,
        "above": [row.ancestor for row in above],
        "children": list(visible(own.children.filter(retired_on__isnull=True), asked.scope(request), "pk")),
        "appointments": list(appointments.order_by("role")),
        "services": list(LineOfService.objects.filter(section=own, retired_on__isnull=True)),
        "aliases": list(own.aliases.all()[:20]),
        "figures": own_figures(own.code),
        "links": links_for(own),
        "sections": sections_of("office.organization", request, own),
        "trail": [("Customers", reverse("web:agencies"))],
        "here": own.name,
    }  # fmt: skip
    return render(request, "web/agency.html", context)


def links_for(own: Organization) -> list[tuple[str, str]]:
    """Lists of other rooms narrowed to the agency: feeds and records that have such a column."""
    from stateworks.kernel.lake.feeds import feeds

    return [
        (feed.title, reverse("web:dataset", args=[feed.name]) + f"?{feed.agency}={own.code}")
        for feed in feeds()
        if feed.agency
    ]


def own_figures(code: str) -> list[OwnFigure]:
    """Each plan's indicators that are kept by agency, for one agency, from the latest runs; four queries a plan."""
    found: list[OwnFigure] = []
    for plan in Plan.objects.filter(current__isnull=False, retired_on__isnull=True):
        run = Run.objects.filter(plan=plan.slug, finished_at__isnull=False).order_by("-as_of", "-id").first()
        if run is None:
            continue
        covers = {
            statement: set(periods)
            for statement, periods in Cover.objects.filter(run=run, figure="").values_list(
                "statement_id", "periods"
            )
        }
        since = months_before(run.as_of, 12)
        labels = [
            period.label
            for period in periods_between(since, run.as_of, "month", plan.fiscal_year_start_month)
        ]
        rows = Value.objects.filter(
            statement_id__in=list(covers),
            period__in=labels,
            dimension="agency",
            member=code,
            suppressed=False,
        ).order_by("starts")
        by_code: dict[str, list[Value]] = {}
        for value in rows:
            if value.period in covers[value.statement_id]:
                by_code.setdefault(value.indicator, []).append(value)
        if not by_code:
            continue
        latest = {values[-1].period for values in by_code.values()}
        whole = Value.objects.filter(
            statement_id__in=list(covers), period__in=latest, dimension="", member=""
        )
        statewide = {(value.indicator, value.period): value for value in whole}
        for indicator in Indicator.objects.filter(version=plan.current_id, code__in=list(by_code)):
            own = by_code[indicator.code]
            found.append(_own(plan, indicator, own, statewide.get((indicator.code, own[-1].period))))
    return found


def _own(plan: Plan, indicator: Indicator, values: list[Value], whole: Value | None) -> OwnFigure:
    last = values[-1]
    unit = indicator.unit
    name = indicator.short_name or indicator.name
    return OwnFigure(
        plan=plan.slug,
        code=indicator.code,
        name=name[:1].upper() + name[1:],
        figure=words.figure(last.value, unit),
        period=last.period,
        before=words.change(values[-2].value, last.value, unit)
        if len(values) > 1 and values[-2].value is not None and last.value is not None
        else "",
        statewide=words.figure(whole.value, unit) if whole else "",
        n=last.n,
        goal=goal_words(indicator.targets),
        spark=sparkline(
            [value.value for value in values],
            goal=goal_figure(indicator.targets),
            title=f"{name} for this agency, {words.period_short(values[0].period)} to {words.period_short(last.period)}",
        ),
    )
