"""What the desk's pages have in common: where they stand on the site."""

from __future__ import annotations

from django.urls import reverse


def trail(*more: tuple[str, str]) -> list[tuple[str, str]]:
    """The breadcrumb inside the room."""
    return [("Service desk", reverse("desk:overview")), *more]
