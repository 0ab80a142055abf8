"""One category of tickets: by month, agency, group and channel, and what is open."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from stateworks.kernel.lake.contracts import PART
from stateworks.kernel.lake.read import Condition, Reader
from stateworks.kernel.org.models import Organization
from stateworks.modules.desk.frame import trail
from stateworks.modules.desk.pages import MONTHS, month_of
from stateworks.modules.desk.summaries import TICKET
from stateworks.web import asked, words
from stateworks.web.scorecard.history import months_before


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
            "name": name, "total": page.total, "since": since,
            "recent": [row | {"said": row["state"].replace("_", " ")} for row in page.rows],
            "months": months_of(reader, lately), "agencies": reader.values("agency", lately, limit=12),
            "groups": reader.values("assignment_group", lately, limit=12),
            "channels": [(said.replace("_", " ") if said else "", n) for said, n in reader.values("channel", lately, limit=8)],
            "names": dict(Organization.objects.values_list("code", "name")),
            "open": reader.grouped((), narrow, sums=("open",))[0][0],
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
    found = reader.grouped((PART,), conditions, sums=("n", "counted", "hits"))
    return sorted(
        (Month(month_of(part), *sums) for part, *sums in found), key=lambda one: one.month, reverse=True
    )
