"""What surrounds every page: the office's name, the places one can go, who is signed in, and how fresh the figures are."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.apps import apps
from django.db.models import OuterRef, Subquery
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse

from stateworks import __version__
from stateworks.kernel.indicators.models import Run
from stateworks.kernel.module import Module
from stateworks.kernel.plans.models import Plan

#: The places of the site in their order, with the generic page each has (none: a module brings it).
PLACES: tuple[tuple[str, str | None], ...] = (
    ("Scorecard", "web:scorecard"),
    ("My work", "web:work"),
    ("Services & systems", None),
    ("Customers", "web:agencies"),
    ("Money", None),
    ("People & projects", None),
    ("Data", "web:datasets"),
)
#: Places that only make sense for somebody who is signed in.
SIGNED_IN_PLACES = frozenset({"My work", "Customers", "Services & systems", "Data"})
_PREFIXES = {
    "Scorecard": ("/plans/",), "My work": ("/work/",), "Customers": ("/agencies/", "/office/"), "Data": ("/data/",),
}  # fmt: skip


@dataclass(frozen=True)
class Place:
    """One entry of the main navigation."""

    text: str
    url: str
    current: bool
    rooms: tuple[Place, ...] = ()
    """The rooms of the place, where it has more than one and is the current one."""


@dataclass(frozen=True)
class Frame:
    """What the base template shows around a page."""

    office: str
    places: tuple[Place, ...]
    as_of: dt.date | None
    version: str
    signed_in: bool
    account: str


def places(path: str, *, signed_in: bool) -> tuple[Place, ...]:
    """The places that have a page, in their fixed order; at most seven."""
    found: list[Place] = []
    for text, name in PLACES:
        if text in SIGNED_IN_PLACES and not signed_in:
            continue
        rooms = [] if name else _rooms(text)
        urls = [reverse(name)] if name else [url for _, url in rooms]
        if not urls:
            continue
        prefixes = (*_PREFIXES.get(text, ()), *(url for url in urls if url != "/"))
        current = path == urls[0] or any(path.startswith(prefix) for prefix in prefixes)
        inside = tuple(Place(title, url, path.startswith(url)) for title, url in rooms) if current else ()
        found.append(Place(text, urls[0], current, inside if len(inside) > 1 else ()))
    return tuple(found)


def _rooms(place: str) -> list[tuple[str, str]]:
    """The modules that name a place in their `nav`: their titles, and where it takes one."""
    rooms = []
    for app in apps.get_app_configs():
        if not isinstance(app, Module):
            continue
        for text, name in app.nav:
            if text == place:
                try:
                    rooms.append((app.title, reverse(name)))
                except NoReverseMatch:
                    continue
    return rooms


def frame_of(request: HttpRequest) -> Frame:
    """The frame of one page; one query, remembered for the rest of the request."""
    known: Frame | None = getattr(request, "_frame", None)
    if known is not None:
        return known
    user = getattr(request, "user", None)
    signed_in = bool(user is not None and user.is_authenticated)
    latest = Run.objects.filter(plan=OuterRef("slug")).order_by("-as_of", "-id").values("as_of")[:1]
    plan = (
        Plan.objects.filter(current__isnull=False, retired_on__isnull=True)
        .annotate(as_of=Subquery(latest))
        .values_list("office", "as_of")
        .order_by("id")
        .first()
    )
    frame = Frame(
        office=plan[0] if plan else "",
        places=places(request.path, signed_in=signed_in),
        as_of=plan[1] if plan else None,
        version=__version__,
        signed_in=signed_in,
        account=str(user) if signed_in else "",
    )
    request._frame = frame  # type: ignore[attr-defined]
    return frame
