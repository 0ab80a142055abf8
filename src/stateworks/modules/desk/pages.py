"""The service desk's overview: how it does against what was promised, what comes in most, and what is open."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.safestring import SafeString

from stateworks.kernel.access.scope import Scope
from stateworks.kernel.indicators import read
from stateworks.kernel.lake.contracts import PART
from stateworks.kernel.lake.models import Dataset
from stateworks.kernel.lake.read import Condition, Reader
from stateworks.kernel.plans.models import Indicator, Plan
from stateworks.modules.desk.summaries import TICKET
from stateworks.web import asked, words
from stateworks.web.drawing.sparkline import sparkline
from stateworks.web.goal_words import goal_figure, goal_words
from stateworks.web.scorecard.history import months_before
from stateworks.web.verdict_words import Bucket, bucket_of, outlook_words

TOP = 10
MONTHS = 12
AGES = (("up to 7 days", 7), ("8 to 30 days", 30), ("31 to 90 days", 90), ("over 90 days", None))
NO_CATEGORY = "no category"


@dataclass(frozen=True)
class Standing:
    """One of the desk's indicators as its overview shows it."""

    plan: str
    code: str
    name: str
    figure: str
    detail: str
    period: str
    goal: str
    bucket: Bucket
    outlook: str
    spark: SafeString


def standings() -> list[Standing]:
    """The desk's indicators of every plan that binds them, from the latest runs."""
    found: list[Standing] = []
    rows = Indicator.objects.filter(version__in=Plan.objects.filter(current__isnull=False).values("current"))
    for indicator in (
        rows.filter(measure__startswith="desk.").select_related("version__plan").order_by("version", "order")
    ):
        plan = indicator.version.plan.slug
        run = read.latest_run(plan)
        if run is None:
            continue
        verdict = read.verdicts(run).get(indicator.code)
        if verdict is None:
            continue
        months = read.history(run, indicator.code, "month")[-13:]
        name = indicator.short_name or indicator.name
        found.append(
            Standing(
                plan=plan, code=indicator.code, name=name[:1].upper() + name[1:],
                figure=words.figure(verdict.value, indicator.unit),
                detail=words.interval(verdict.low, verdict.high, indicator.unit), period=verdict.period,
                goal=goal_words(indicator.targets), bucket=bucket_of(verdict), outlook=outlook_words(verdict),
                spark=sparkline(
                    [None if one.suppressed else one.value for one in months], goal=goal_figure(indicator.targets),
                    title=f"{name}, the last {len(months)} months",
                ),
            )
        )  # fmt: skip
    return found


@dataclass(frozen=True)
class Category:
    """One category: tickets of the last month, the months before as a line, and the month before."""

    name: str
    n: int
    before: int
    spark: SafeString
    backlog: int


@login_required
def overview(request: HttpRequest) -> HttpResponse:
    """The desk's indicators, the ten most frequent categories with their trend, and the backlog."""
    dataset = Dataset.objects.filter(pk=TICKET).first()
    context: dict[str, Any] = {
        "standings": standings(), "dataset": dataset, "trail": [], "here": "Service desk",
        "can_import": asked.can(request, "data.import"),
    }  # fmt: skip
    if dataset is not None and dataset.rows:
        context |= tickets_told(asked.scope(request))
    return render(request, "desk/overview.html", context)


def tickets_told(scope: Scope) -> dict[str, Any]:
    """What the tickets one may see say: the last month, its categories, and what is open by age."""
    with Reader(TICKET, scope=scope) as reader:
        days = [(day, n) for day, n in reader.grouped(("opened_on",), sums=("open",)) if day is not None]
        if not days:
            return {"last_month": None}
        until: dt.date = max(day for day, _ in days)
        month = until.replace(day=1)
        since = [Condition("opened_on", ">=", months_before(month, MONTHS))]
        counts = {
            (name or NO_CATEGORY, month_of(part)): n
            for name, part, n in reader.grouped(("category", PART), since)
        }
        backlog = {name or NO_CATEGORY: n for name, n in reader.grouped(("category",), sums=("open",))}
    months = [months_before(month, back) for back in range(MONTHS, -1, -1)]
    now = sorted(((n, name) for (name, at), n in counts.items() if at == month), reverse=True)[:TOP]
    top = [
        Category(
            name=name, n=n, before=counts.get((name, months[-2]), 0), backlog=backlog.get(name, 0),
            spark=sparkline(
                [float(counts.get((name, one), 0)) for one in months],
                title=f"{name}: tickets a month from {months[0]:%b %Y} to {months[-1]:%b %Y}",
            ),
        )
        for n, name in now
    ]  # fmt: skip
    total = sum(n for (_, at), n in counts.items() if at == month)
    aged = open_by_age(days, until)
    return {
        "last_month": month, "until": until, "top": top, "month_total": total,
        "top_share": sum(one.n for one in top) / total if total else None,
        "open": sum(n for _, n in aged), "aged": aged,
    }  # fmt: skip


def month_of(part: str) -> dt.date:
    """The first day of the month a part holds: "m2026-07"."""
    return dt.date.fromisoformat(f"{part[1:]}-01")


def open_by_age(days: list[tuple[Any, ...]], until: dt.date) -> list[tuple[str, int]]:
    """Open tickets by how many days before the last one they were opened."""
    found = dict.fromkeys((text for text, _ in AGES), 0)
    for day, n in days:
        age = (until - day).days
        found[next(text for text, most in AGES if most is None or age < most)] += n
    return list(found.items())
