"""The service desk's pages: how it does, the tickets, one ticket's timeline, one category."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.safestring import SafeString

from stateworks.kernel.access.scope import Scope
from stateworks.kernel.indicators import read
from stateworks.kernel.lake.models import Dataset
from stateworks.kernel.lake.read import Condition, Reader
from stateworks.kernel.org.models import Organization
from stateworks.kernel.plans.models import Indicator, Plan
from stateworks.modules.desk.timeline import facts_of, timeline_of
from stateworks.web import asked, words
from stateworks.web.data.catalogue import dataset_named
from stateworks.web.data.listing import FeedListing, listing_of
from stateworks.web.drawing.sparkline import sparkline
from stateworks.web.goal_words import goal_figure, goal_words
from stateworks.web.scorecard.history import months_before
from stateworks.web.verdict_words import Bucket, bucket_of, outlook_words

TICKET = "desk.ticket"
EVENT = "desk.event"
MEASURES = ("desk.first_contact_resolution", "desk.tier1_resolve_time", "desk.tier1_top10_resolution")
TOP = 10
MONTHS = 12
OPEN_STATES = ("new", "assigned", "in_progress", "waiting_customer", "waiting_vendor", "waiting_other")
ROOM: tuple[str, str] = ("Service desk", "desk:overview")


def trail(*more: tuple[str, str]) -> list[tuple[str, str]]:
    """The breadcrumb inside the room."""
    return [(ROOM[0], reverse(ROOM[1])), *more]


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
        last = reader.page((), sort=["-opened_on"], columns=["opened_on"], size=1).rows
        if not last:
            return {"last_month": None}
        day: dt.date = last[0]["opened_on"]
        month = day.replace(day=1)
        counts = by_month(reader, months_before(month, MONTHS))
        backlog = dict(reader.values("category", [Condition("state", "in", list(OPEN_STATES))], limit=5000))
        ages = [
            ("up to 7 days", [Condition("opened_on", ">", day - dt.timedelta(days=7))]),
            ("8 to 30 days", _between(day, 30, 7)),
            ("31 to 90 days", _between(day, 90, 30)),
            ("over 90 days", [Condition("opened_on", "<=", day - dt.timedelta(days=90))]),
        ]
        aged = [
            (text, reader.page([Condition("state", "in", list(OPEN_STATES)), *when], size=1).total)
            for text, when in ages
        ]
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
    return {
        "last_month": month, "until": day, "top": top, "month_total": total,
        "top_share": sum(one.n for one in top) / total if total else None,
        "open": sum(n for _, n in aged), "aged": aged,
    }  # fmt: skip


def _between(day: dt.date, older: int, younger: int) -> list[Condition]:
    return [
        Condition("opened_on", ">", day - dt.timedelta(days=older)),
        Condition("opened_on", "<=", day - dt.timedelta(days=younger)),
    ]


def by_month(reader: Reader, since: dt.date) -> dict[tuple[str, dt.date], int]:
    """How many tickets were opened by category and month, since a month; one pass over those months alone."""
    found: dict[tuple[str, dt.date], int] = {}
    for batch in reader.batches([Condition("opened_on", ">=", since)], columns=["category", "opened_on"]):
        import polars as pl

        grouped = (
            pl.from_arrow(batch)
            .group_by("category", pl.col("opened_on").dt.truncate("1mo"))  # type: ignore[union-attr]
            .len()
        )
        for name, month, n in grouped.iter_rows():
            if month is not None:
                key = (name or "no category", month)
                found[key] = found.get(key, 0) + n
    return found


COLUMNS = (
    "number", "opened_on", "agency", "category", "state", "priority", "channel", "first_contact", "assignment_group",
)  # fmt: skip


@login_required
def tickets(request: HttpRequest) -> HttpResponse:
    """The tickets, with filters that can be kept as an address; each leads to its timeline."""
    entry = dataset_named(TICKET)
    assert entry is not None
    parameters = request.GET.copy()
    if not parameters.getlist("columns"):
        parameters["columns"] = ",".join(COLUMNS)
    if request.GET.get("format"):
        return redirect(reverse("web:dataset", args=[TICKET]) + "?" + parameters.urlencode())
    with listing_of(entry, parameters, asked.scope(request)) as listing:
        assert isinstance(listing, FeedListing)
        if "source" not in listing.columns:
            listing.columns.append("source")
        shown = listing.shown()
    at = {name: place for place, name in enumerate(listing.columns)}
    rows = [
        (reverse("desk:ticket", args=[values["source"], values["number"]]), cells)
        for values, cells in zip(shown.values, shown.rows, strict=True)
    ]
    context = {
        "shown": shown, "rows": rows, "number_at": at.get("number", 0), "filters": ticket_filters(shown.filters, listing),
        "trail": trail(), "here": "Tickets",
    }  # fmt: skip
    return render(request, "desk/tickets.html", context)


def ticket_filters(offered: Any, listing: FeedListing) -> list[Any]:
    """The filters people use for tickets, in the order they think of them; the others stay in the address."""
    wanted = (
        "q",
        "opened_on",
        "agency",
        "state",
        "channel",
        "kind",
        "first_contact",
        "counted",
        "category",
        "resolved_on",
    )
    by_name = {one.name: one for one in offered}
    return [by_name[name] for name in wanted if name in by_name]


@login_required
def ticket(request: HttpRequest, source: str, number: str) -> HttpResponse:
    """One ticket: why it counted, its figures, and what happened when; one outside the scope is not found."""
    scope = asked.scope(request)
    with Reader(TICKET, scope=scope) as reader:
        row = reader.one({"source": source, "number": number})
    if row is None:
        raise Http404(f"There is no ticket {number} of {source} that you may see.")
    with Reader(EVENT, scope=scope) as reader:
        conditions = [Condition("source", "=", source), Condition("number", "=", number)]
        if row.get("opened_on"):
            # Names the months, so that only their files are read.
            conditions.append(Condition("happened_on", ">=", row["opened_on"] - dt.timedelta(days=31)))
        events = reader.page(conditions, sort=["happened_at", "sequence"], size=500).rows
    names = dict(Organization.objects.filter(code=row["agency"]).values_list("code", "name"))
    context = {
        "row": row, "agency_name": names.get(row["agency"], row["agency"]),
        "facts": facts_of(row),
        "timeline": timeline_of(row, events), "from_events": bool(events), "rule": rule_told(row),
        "trail": trail(("Tickets", reverse("desk:tickets"))), "here": number,
    }  # fmt: skip
    return render(request, "desk/ticket.html", context)


def rule_told(row: dict[str, Any]) -> str:
    """Whether the ticket counted for first-contact resolution, in one word for the heading."""
    if not row.get("counted"):
        return "It is not counted"
    if row.get("first_contact") is None:
        return "It is counted, and it cannot be told whether it was resolved at first contact"
    return "Resolved at first contact" if row["first_contact"] else "Not resolved at first contact"


@login_required
def category(request: HttpRequest, name: str) -> HttpResponse:
    """One category: tickets a month, first contact by month, agencies and groups, and what is open."""
    scope = asked.scope(request)
    narrow = [Condition("category", "=", name)]
    with Reader(TICKET, scope=scope) as reader:
        page = reader.page(
            narrow, sort=["-opened_on"], columns=["number", "source", "opened_on", "agency", "state"], size=15
        )
        if not page.total:
            raise Http404(f"There is no ticket under “{name}” that you may see.")
        day: dt.date = page.rows[0]["opened_on"]
        since = months_before(day, MONTHS)
        lately = [*narrow, Condition("opened_on", ">=", since)]
        context = {
            "name": name, "total": page.total, "recent": page.rows, "since": since,
            "months": months_of(reader, lately), "agencies": reader.values("agency", lately, limit=12),
            "groups": reader.values("assignment_group", lately, limit=12),
            "channels": reader.values("channel", lately, limit=8),
            "open": reader.page([*narrow, Condition("state", "in", list(OPEN_STATES))], size=1).total,
            "trail": trail(), "here": name,
        }  # fmt: skip
    return render(request, "desk/category.html", context)


@dataclass(frozen=True)
class Month:
    """One month of a category."""

    month: dt.date
    n: int
    counted: int
    hits: int

    @property
    def share(self) -> str:
        """First-contact resolution of the month; empty without tickets that count."""
        return words.figure(self.hits / self.counted, "percent") if self.counted else ""


def months_of(reader: Reader, conditions: list[Condition]) -> list[Month]:
    """Tickets, those that count and those resolved at first contact, by month opened, newest first."""
    import polars as pl

    totals: dict[dt.date, list[int]] = {}
    for batch in reader.batches(conditions, columns=["opened_on", "counted", "first_contact"]):
        frame = pl.from_arrow(batch)
        grouped = frame.group_by(pl.col("opened_on").dt.truncate("1mo")).agg(  # type: ignore[union-attr]
            pl.len(),
            pl.col("counted").sum(),
            (pl.col("counted") & pl.col("first_contact").fill_null(False)).sum().alias("hits"),
        )
        for month, n, counted, hits in grouped.iter_rows():
            at = totals.setdefault(month, [0, 0, 0])
            totals[month] = [at[0] + n, at[1] + counted, at[2] + hits]
    return [Month(month, *totals[month]) for month in sorted(totals, reverse=True)]
