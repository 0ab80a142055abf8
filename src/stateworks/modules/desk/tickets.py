"""The list of tickets, and one ticket: its figures, why it counted, and what happened when."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from stateworks.kernel.access.scope import Scope
from stateworks.kernel.lake.read import Condition, Reader
from stateworks.kernel.org.models import Organization
from stateworks.modules.desk.frame import trail
from stateworks.modules.desk.summaries import EVENT, TICKET
from stateworks.modules.desk.timeline import facts_of, timeline_of
from stateworks.web import asked
from stateworks.web.data.catalogue import dataset_named
from stateworks.web.data.listing import FeedListing, cell_words, listing_of

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
        shown = listing.shown()
        named = {"agency": listing.agencies} if "agency" in listing.columns else {}
    at = {name: place for place, name in enumerate(listing.columns)}
    rows = [
        (
            reverse("desk:ticket", args=[values["source"], values["number"]]),
            [cell(name, values[name], named) for name in listing.columns],
        )
        for values in shown.values
    ]
    context = {
        "shown": shown, "rows": rows, "number_at": at.get("number", 0), "filters": ticket_filters(shown.filters, listing),
        "trail": trail(), "here": "Tickets",
    }  # fmt: skip
    return render(request, "desk/tickets.html", context)


def cell(name: str, value: Any, named: dict[str, dict[str, str]]) -> tuple[Any, bool]:
    """A cell as people say it: the agency by its name, states and channels without underlines."""
    if name in named:
        return named[name].get(value, value), False
    if name in {"state", "channel", "kind"} and value:
        return value.replace("_", " "), False
    return cell_words(value)


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
    events = events_of(row, scope)
    names = dict(Organization.objects.filter(code=row["agency"]).values_list("code", "name"))
    context = {
        "row": row, "agency_name": names.get(row["agency"], row["agency"]),
        "facts": facts_of(row),
        "timeline": timeline_of(row, events), "from_events": bool(events), "rule": rule_told(row),
        "trail": trail(("Tickets", reverse("desk:tickets"))), "here": number,
    }  # fmt: skip
    return render(request, "desk/ticket.html", context)


def events_of(row: dict[str, Any], scope: Scope) -> list[dict[str, Any]]:
    """A ticket's updates, oldest first."""
    conditions = [Condition("source", "=", row["source"]), Condition("number", "=", row["number"])]
    # Names the months it was alive, so that only their files are read: a ticket's last update is its newest one.
    conditions.append(Condition("happened_on", ">=", row["opened_on"] - dt.timedelta(days=31)))
    if row.get("updated_at"):
        last = row["updated_at"].date() + dt.timedelta(days=1)
        conditions.append(Condition("happened_on", "<=", last))
    with Reader(EVENT, scope=scope) as reader:
        return reader.page(conditions, sort=["happened_at", "sequence"], size=500).rows


def rule_told(row: dict[str, Any]) -> str:
    """Whether the ticket counted for first-contact resolution, in one word for the heading."""
    if not row.get("counted"):
        return "It is not counted"
    if row.get("first_contact") is None:
        return "It is counted, and it cannot be told whether it was resolved at first contact"
    return "Resolved at first contact" if row["first_contact"] else "Not resolved at first contact"
