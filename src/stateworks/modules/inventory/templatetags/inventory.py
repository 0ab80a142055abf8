"""What the inventory's templates may use beside the site's own filters."""

from __future__ import annotations

from django import template

from stateworks.web import words

register = template.Library()


@register.filter
def minutes(value: int | None) -> str:
    """A number of minutes as people say it: "2 days", "4 hours", "90 minutes"; empty for none."""
    if value is None:
        return ""
    for size, word in ((1440, "day"), (60, "hour")):
        if value and value % size == 0:
            return words.count_of(value // size, word)
    return words.count_of(value, "minute")
