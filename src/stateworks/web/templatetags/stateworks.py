"""What templates of every room may use: figures and dates in words, icons, the frame."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from html import escape
from typing import Any

from django import template
from django.template.context import Context
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from stateworks.web import asked, words
from stateworks.web.data.record_rows import Cell
from stateworks.web.drawing.icons import SHAPES, icon_svg
from stateworks.web.frame import Frame, frame_of
from stateworks.web.verdict_words import Bucket

register = template.Library()


@register.simple_tag(takes_context=True)
def frame(context: Context) -> Frame | None:
    """The frame of the page that is rendered; none where there is no request (a bare error page)."""
    request = context.get("request")
    return frame_of(request) if request is not None else None


@register.simple_tag(takes_context=True)
def may(context: Context, right: str) -> bool:
    """Whether the account may do something statewide, for what a page offers: `{% may "indicators.run" as yes %}`."""
    request = context.get("request")
    return request is not None and asked.can(request, right)


@register.simple_tag
def icon(name: str) -> SafeString:
    """An icon beside a word that says the same, hidden from screen readers."""
    return icon_svg(name if name in SHAPES else "not_measured")


@register.simple_tag
def verdict(bucket: Bucket, extra: str = "") -> SafeString:
    """A verdict in words with its icon."""
    more = format_html(' <span class="sw-verdict__more">{}</span>', f"· {extra}") if extra else ""
    return format_html(
        '<span class="sw-verdict sw-verdict--{}">{}<span>{}{}</span></span>',
        bucket.key, icon_svg(bucket.icon), bucket.word, more,
    )  # fmt: skip


@register.filter
def cells(row: Iterable[Cell]) -> SafeString:
    """The cells of a list's row; a list has hundreds of them, and the template's own loop takes ten times as long."""
    return mark_safe("".join(_cell(one) for one in row))  # noqa: S308 - each part is escaped


def _cell(one: Cell) -> str:
    text = escape(one.text)
    if one.url:
        text = f'<a href="{escape(one.url)}">{text}</a>'
    kind = ' class="sw-num"' if one.number else ' class="sw-long"' if one.long else ""
    return f"<td{kind}>{text}</td>"


@register.filter
def options(choices: Iterable[tuple[str, str, bool]]) -> SafeString:
    """The options of a filter: value, words, whether it is chosen."""
    return mark_safe(  # noqa: S308 - each part is escaped
        "".join(
            f'<option value="{escape(value)}"{" selected" if chosen else ""}>{escape(text)}</option>'
            for value, text, chosen in choices
        )
    )


@register.filter
def figure(value: float | None, unit: str = "") -> str:
    """A value with its unit."""
    return words.figure(value, unit)


@register.filter
def reported(value: float | None, unit: str = "") -> str:
    """A reported value, which is stored as it was typed: 71.8 for 71.8 %."""
    return words.reported(value, unit)


@register.filter
def counted_in(unit: str) -> str:
    """What a value is counted in, as a form asks for it: "service" is "services"; nothing for plain numbers."""
    return words.unit_named(unit or "").many


@register.filter
def number(value: float | int | None, decimals: int = 0) -> str:
    """A number with thousands separators."""
    return words.number(value, int(decimals))


@register.filter
def day(value: dt.date | dt.datetime | None) -> str:
    """A date as "31 Oct 2026", in the state's time zone."""
    if isinstance(value, dt.datetime):
        from django.utils import timezone

        value = timezone.localtime(value).date() if timezone.is_aware(value) else value.date()
    return words.day(value) if value else ""


@register.filter
def moment(value: dt.datetime | None) -> str:
    """A time as "31 Oct 2026, 14:05", in the state's time zone."""
    if value is None:
        return ""
    from django.utils import timezone

    local = timezone.localtime(value) if timezone.is_aware(value) else value
    return f"{words.day(local.date())}, {local:%H:%M}"


@register.filter
def period(label: str) -> str:
    """A period as people say it."""
    return words.period_words(label or "")


@register.filter
def level(name: str) -> str:
    """A plan level as a word."""
    return words.level_words(name or "")


@register.filter
def levels(name: str) -> str:
    """A plan level as a word for several."""
    return words.level_words(name or "", many=True)


@register.filter
def count(n: int | None, nouns: str) -> str:
    """A count with its noun: `{{ 3|count:"row,rows" }}`."""
    one, _, many = nouns.partition(",")
    return words.count_of(n or 0, one, many)


@register.filter
def entry(mapping: dict[Any, Any], key: Any) -> Any:
    """What a mapping holds under a key; empty when it holds nothing."""
    return mapping.get(key, "") if mapping else ""


@register.filter
def words_of(name: str) -> str:
    """A column's name as a heading: "opened_at" is "Opened at"."""
    return name.replace("_", " ").capitalize()
