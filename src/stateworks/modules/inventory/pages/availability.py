"""Uptime by service and system over whole months, against what was promised; what falls short comes first."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from stateworks.kernel.access.scope import visible
from stateworks.modules.inventory.models import System
from stateworks.modules.inventory.pages.system import trail
from stateworks.modules.inventory.uptime import MONTHS, Service, services, span
from stateworks.web import asked
from stateworks.web.paging import csv_answer, paged_list, wants_csv


@dataclass(frozen=True)
class Line:
    """One service over a span, the system it is as far as one may see it, and whether it kept the system's promise."""

    service: Service
    system: System | None

    @property
    def promised(self) -> Decimal | None:
        """What was promised, in percent."""
        return self.system.availability_target if self.system is not None else None

    @property
    def kept(self) -> bool | None:
        """Whether the promise was kept."""
        return self.service.time.keeps(self.promised)


HEADINGS = (
    "source", "service", "system", "agency", "first day", "last day", "uptime percent", "promised percent", "kept",
    "down seconds", "degraded seconds", "maintenance seconds", "unknown seconds",
)  # fmt: skip


@login_required
def availability(request: HttpRequest) -> HttpResponse:
    """Every service that one may see: how long it was up, and whether that is what was promised."""
    scope, today = asked.scope(request), timezone.localdate()
    text = request.GET.get("months", "")
    months = int(text) if text.isdecimal() and int(text) in MONTHS else MONTHS[0]
    since, until = span(today, months)
    found = services(scope, since, until)
    codes = {one.system for one in found if one.system}
    rows = visible(System.objects.filter(code__in=codes), scope, "organization").select_related(
        "organization"
    )
    systems = {row.code: row for row in rows}
    lines = [Line(one, systems.get(one.system or "")) for one in found]
    lines.sort(
        key=lambda one: (one.kept is not False, one.service.time.share is None, one.service.time.share or 0)
    )
    if wants_csv(request):
        return csv_answer("availability", HEADINGS, lines, lambda one: _cells(one, since, until))
    short = [one for one in lines if one.kept is False]
    context: dict[str, Any] = {
        "shown": paged_list(request, short if request.GET.get("short") == "1" else lines), "since": since, "until": until,
        "months": months, "choices": MONTHS, "short": len(short), "only_short": request.GET.get("short") == "1",
        "promised": sum(one.kept is not None for one in lines), "total": len(lines), "trail": trail(), "here": "Uptime",
    }  # fmt: skip
    return render(request, "inventory/availability.html", context)


def _cells(one: Line, since: Any, until: Any) -> tuple[Any, ...]:
    time, system = one.service.time, one.system
    return (
        one.service.source, one.service.service, system.code if system else "", system.organization.code if system else "",
        since, until, time.share, one.promised, {True: "yes", False: "no", None: ""}[one.kept],
        time.down, time.degraded, time.maintenance, time.unknown,
    )  # fmt: skip
