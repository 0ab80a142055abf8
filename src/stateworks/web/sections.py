"""Parts of a page that other rooms bring: a module puts a section on a page without the page knowing the module.

In a file `sections.py` of its room, which is imported when Django is ready:

    register("inventory.system", open_risks)      # a function of (request, system) that returns a Section or None

A place is named by the dataset whose record the page is about: `office.organization` is the agency page,
`inventory.system` the system page.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.http import HttpRequest


@dataclass(frozen=True)
class Section:
    """A part of a page: its heading, the template of its body (which gets `section`), and what that shows."""

    key: str
    title: str
    template: str
    context: Mapping[str, Any] = field(default_factory=dict)
    order: int = 50


Provider = Callable[[HttpRequest, Any], Section | None]

_providers: dict[str, list[Provider]] = {}


def register(place: str, provider: Provider) -> None:
    """Let a module add a section to a place; it returns None where it has nothing to say, in few queries always."""
    known = _providers.setdefault(place, [])
    if provider not in known:
        known.append(provider)


def sections_of(place: str, request: HttpRequest, subject: Any) -> list[Section]:
    """Return the sections that modules bring to a page about a record, in their order."""
    found = [provider(request, subject) for provider in _providers.get(place, [])]
    return sorted((one for one in found if one is not None), key=lambda one: (one.order, one.key))
