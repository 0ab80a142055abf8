"""The search page."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.db.models import Model, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from stateworks.kernel.access.scope import Scope, visible
from stateworks.kernel.org.models import Organization, OrganizationAlias
from stateworks.kernel.plans.models import Indicator, Node, Plan
from stateworks.kernel.records.keys import key_names, part_text
from stateworks.kernel.records.rights import organization_of
from stateworks.kernel.records.search import search as find_records
from stateworks.kernel.records.types import RecordType, record_types
from stateworks.web import asked
from stateworks.web.data.addresses import key_values, title_of, url_of
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
    hidden: int = 0
    url: str = ""


def search(request: HttpRequest) -> HttpResponse:
    """Everything whose words contain all the words asked for, as far as the visitor may see it."""
    text = request.GET.get("q", "").strip()[:200]
    kinds = found(request, text) if text else []
    context = {
        "searched": text, "kinds": [kind for kind in kinds if kind.total], "total": sum(kind.total for kind in kinds),
        "hidden": sum(kind.hidden for kind in kinds), "trail": [], "here": "Search",
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
        kinds += [
            _kind(
                "Organizations",
                _matching(organizations, text, "name", "code", "aliases__alias").distinct(),
                _agency_hit,
            ),
            *_records(text, scope),
            _datasets(text),
        ]
    return [kind for kind in kinds if kind.total or kind.hidden]


def _records(text: str, scope: Scope) -> list[Kind]:
    """Records of every type; organizations and their other names have a kind of their own above."""
    own = [one.name for one in record_types() if one.model in (Organization, OrganizationAlias)]
    kinds = []
    for one in find_records(text, scope, most=SHOWN, leave_out=own):
        declared = one.declared
        hits = tuple(
            Hit(title_of(declared, record), url_of(declared, record), note_on(declared, record))
            for record in one.records
        )
        url = f"{reverse('web:dataset', args=[declared.name])}?{urlencode({'q': text})}"
        kinds.append(Kind(declared.heading, hits, one.total, one.hidden, url))
    return kinds


def note_on(declared: RecordType, record: Model) -> str:
    """What tells a record from others of its name: its key and where it belongs."""
    parts = [part_text(one, key_values(declared, record)[one.name]) for one in key_names(declared)]
    place = organization_of(declared, record)
    said = [" ".join(part for part in parts if part), place.name if place is not None else ""]
    return f"{declared.singular.capitalize()} " + ", ".join(part for part in said if part)


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


def _datasets(text: str) -> Kind:
    from stateworks.web.data.catalogue import every_dataset

    words = text.lower().split()
    hits = [
        Hit(entry.title, reverse("web:dataset", args=[entry.name]), f"Dataset {entry.name}")
        for entry in every_dataset()
        if all(word in f"{entry.name} {entry.title} {entry.description}".lower() for word in words)
    ]
    return Kind("Datasets", tuple(hits[:SHOWN]), len(hits))
