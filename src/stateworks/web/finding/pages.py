"""The search page."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from stateworks.kernel.access.scope import visible
from stateworks.kernel.org.models import LineOfService, Organization, Person
from stateworks.kernel.plans.models import Indicator, Node, Plan
from stateworks.web import asked
from stateworks.web.words import level_words

#: Hits shown of each kind; the total is always said.
SHOWN = 15


@dataclass(frozen=True)
class Hit:
    """One thing found."""

    title: str
    url: str
    note: str


@dataclass(frozen=True)
class Kind:
    """Hits of one kind, with how many there are in all."""

    title: str
    hits: tuple[Hit, ...]
    total: int


def search(request: HttpRequest) -> HttpResponse:
    """Everything whose words contain all the words asked for, as far as the visitor may see it."""
    text = request.GET.get("q", "").strip()[:200]
    kinds = found(request, text) if text else []
    context = {
        "searched": text, "kinds": kinds, "total": sum(kind.total for kind in kinds), "trail": [], "here": "Search",
    }  # fmt: skip
    return render(request, "web/search.html", context)


def found(request: HttpRequest, text: str) -> list[Kind]:
    """Hits by kind, kinds without one left out."""
    who = asked.account(request)
    scope = asked.scope(request)
    kinds = [
        _kind("Indicators and key results", _indicators(text), _indicator_hit),
        _kind("Parts of plans", _nodes(text), _node_hit),
        _kind(
            "Plans",
            _matching(Plan.objects.filter(current__isnull=False), text, "title", "office", "slug"),
            _plan_hit,
        ),
    ]
    if who is not None:
        organizations = visible(Organization.objects.all(), scope, "pk")
        people = visible(Person.objects.select_related("organization"), scope, "organization")
        kinds += [
            _kind(
                "Organizations",
                _matching(organizations, text, "name", "code", "aliases__alias").distinct(),
                _agency_hit,
            ),
            _kind("People", _matching(people, text, "name", "email", "code"), _person_hit),
            _kind(
                "Lines of service",
                _matching(LineOfService.objects.all(), text, "name", "code", "purpose"),
                _service_hit,
            ),
            _datasets(text),
        ]
    return [kind for kind in kinds if kind.total]


def _matching(rows: QuerySet[Any, Any], text: str, *fields: str) -> QuerySet[Any, Any]:
    """Rows in which each word stands in one of the fields."""
    for word in text.split():
        condition = Q()
        for name in fields:
            condition |= Q(**{f"{name}__icontains": word})
        rows = rows.filter(condition)
    return rows


def _current(rows: QuerySet[Any, Any]) -> QuerySet[Any, Any]:
    """Rows of plans' current versions only."""
    return rows.filter(version__in=Plan.objects.filter(current__isnull=False).values("current"))


def _indicators(text: str) -> QuerySet[Any, Any]:
    rows = _current(Indicator.objects.select_related("version__plan"))
    return _matching(rows, text, "code", "name", "short_name", "goal", "owner", "measure")


def _nodes(text: str) -> QuerySet[Any, Any]:
    rows = _current(Node.objects.select_related("version__plan"))
    return _matching(rows, text, "code", "title", "text", "outcome", "owner")


def _kind(title: str, rows: QuerySet[Any, Any], hit: Callable[[Any], Hit]) -> Kind:
    first = [hit(row) for row in rows[: SHOWN + 1]]
    total = len(first) if len(first) <= SHOWN else rows.count()
    return Kind(title, tuple(first[:SHOWN]), total)


def _indicator_hit(row: Indicator) -> Hit:
    url = reverse("web:indicator", args=[row.version.plan.slug, row.code])
    return Hit(
        f"{row.code} {row.short_name or row.name}",
        url,
        f"{row.version.plan.title}, goal {row.goal or 'none'}",
    )


def _node_hit(row: Node) -> Hit:
    url = reverse("web:node", args=[row.version.plan.slug, row.code])
    return Hit(f"{row.code} {row.title}", url, f"{level_words(row.level)} of {row.version.plan.title}")


def _plan_hit(row: Plan) -> Hit:
    return Hit(row.title, reverse("web:plan", args=[row.slug]), row.office)


def _agency_hit(row: Organization) -> Hit:
    return Hit(row.name, reverse("web:agency", args=[row.code]), row.get_kind_display())


def _person_hit(row: Person) -> Hit:
    return Hit(row.name, reverse("web:agency", args=[row.organization.code]), row.organization.name)


def _service_hit(row: LineOfService) -> Hit:
    return Hit(
        row.name,
        reverse("web:dataset", args=["office.line_of_service"]) + f"?q={row.code}",
        "Line of service",
    )


def _datasets(text: str) -> Kind:
    from stateworks.web.data.catalogue import every_dataset

    words = text.lower().split()
    hits = [
        Hit(entry.title, reverse("web:dataset", args=[entry.name]), f"Dataset {entry.name}")
        for entry in every_dataset()
        if all(word in f"{entry.name} {entry.title} {entry.description}".lower() for word in words)
    ]
    return Kind("Datasets", tuple(hits[:SHOWN]), len(hits))
