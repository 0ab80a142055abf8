"""What the inventory's templates may use beside the site's own filters."""

from __future__ import annotations

from decimal import Decimal

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


@register.filter
def span(seconds: int) -> str:
    """A time in seconds as people say it: "0", "40 s", "25 min", "3 h 5 min", "2 days 4 h"."""
    if seconds < 60:
        return f"{seconds}{words.HARD_SPACE}s" if seconds else "0"
    minutes = round(seconds / 60)
    parts = (minutes // 1440, "days"), (minutes // 60 % 24, "h"), (minutes % 60, "min")
    first = next(place for place, (n, _) in enumerate(parts) if n)
    shown = [(n, "day" if (n, unit) == (1, "days") else unit) for n, unit in parts[first : first + 2] if n]
    return " ".join(f"{n}{words.HARD_SPACE}{unit}" for n, unit in shown)


@register.filter
def uptime(share: Decimal | None) -> str:
    """A share of time in percent with the digits it needs: "99.953 %", "100 %"; empty for none."""
    if share is None:
        return ""
    return f"{share:.3f}".rstrip("0").rstrip(".") + f"{words.HARD_SPACE}%"
