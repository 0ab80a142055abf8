"""The icons of the site: each stands beside a word that says the same."""

from __future__ import annotations

from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

#: Own shapes on a 16 by 16 grid. Verdicts differ by shape, so that they are told apart without colour.
SHAPES: dict[str, str] = {
    "met": '<circle cx="8" cy="8" r="7"/><path class="ink" d="M4.5 8.3l2.4 2.4 4.6-5"/>',
    "at_risk": '<path d="M8 1.2 15.2 14.6H.8z"/><path class="ink" d="M8 6v4M8 12v.9"/>',
    "missed": '<path d="M4.9 1h6.2L15 4.9v6.2L11.1 15H4.9L1 11.1V4.9z"/>'
    '<path class="ink" d="M5.3 5.3l5.4 5.4M10.7 5.3l-5.4 5.4"/>',
    "pending": '<circle class="open" cx="8" cy="8" r="6.2"/><path class="line" d="M8 4.4V8l2.6 1.7"/>',
    "baseline": '<path class="open" d="M2 2h12v12H2z"/><path class="line" d="M4.5 10.8l2.4-3 2 1.6 2.8-4"/>',
    "no_data": '<circle class="open" cx="8" cy="8" r="6.2"/><path class="line" d="M4 12 12 4"/>',
    "not_measured": '<circle class="open dashed" cx="8" cy="8" r="6.2"/>',
    "search": '<circle class="open" cx="6.8" cy="6.8" r="4.8"/><path class="line" d="M10.4 10.4 14.6 14.6"/>',
    "print": '<path class="open" d="M4.5 5V1.8h7V5M4.5 11.5H2V5h12v6.5h-2.5M4.5 9h7v5.2h-7z"/>',
    "download": '<path class="line" d="M8 1.5v8.6M4.4 6.9 8 10.4l3.6-3.5M2 14.2h12"/>',
    "up": '<path class="line" d="M8 14V2.5M3.5 7 8 2.5 12.5 7"/>',
    "down": '<path class="line" d="M8 2v11.5M3.5 9 8 13.5 12.5 9"/>',
}


def icon_svg(name: str) -> SafeString:
    """The icon as inline SVG, hidden from screen readers; its colours come from the style sheet."""
    return format_html(
        '<svg class="sw-icon sw-icon--{}" viewBox="0 0 16 16" width="16" height="16" aria-hidden="true" '
        'focusable="false">{}</svg>',
        name, mark_safe(SHAPES[name]),  # noqa: S308 - our own constants
    )  # fmt: skip
