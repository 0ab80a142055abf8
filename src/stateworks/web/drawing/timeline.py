"""Milestones on a line of fiscal years."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe

from stateworks.kernel.clocks.fiscal import periods_between
from stateworks.web.words import day

WIDTH, ROW, LEFT, RIGHT, TOP = 760, 30, 10, 10, 30


@dataclass(frozen=True)
class Stop:
    """One milestone: due, done or forecast on a date."""

    name: str
    due: dt.date | None
    done: dt.date | None
    forecast: dt.date | None = None


def timeline(
    stops: Sequence[Stop], *, starts: dt.date, ends: dt.date, today: dt.date | None, start_month: int = 7
) -> SafeString:
    """Draw milestones as marks, one row each, over the plan's fiscal years; undated ones stand at the plan's end.

    A full circle is done, a ring is due, a square is late. Empty for no milestones.
    """
    if not stops:
        return SafeString("")
    first = min([starts, *(date for stop in stops for date in (stop.due, stop.done) if date)])
    last = max([ends, *(date for stop in stops for date in (stop.due, stop.done, stop.forecast) if date)])
    years = periods_between(first, last, "year", start_month)
    first, last = years[0].starts, years[-1].ends
    width = WIDTH - LEFT - RIGHT
    height = TOP + ROW * len(stops) + 8

    def x(date: dt.date) -> float:
        return LEFT + (date - first).days / max((last - first).days, 1) * width

    parts: list[str] = []
    for year in years:
        parts.append(
            f'<line class="chart-grid" x1="{x(year.starts):.1f}" x2="{x(year.starts):.1f}" y1="4" y2="{height}"/>'
        )
        parts.append(f'<text class="chart-soft" x="{x(year.starts) + 4:.1f}" y="16">{year.label}</text>')
    if today and first <= today <= last:
        parts.append(
            f'<line class="chart-now" x1="{x(today):.1f}" x2="{x(today):.1f}" y1="4" y2="{height}"/>'
        )
    for index, stop in enumerate(stops):
        parts += _row(stop, TOP + ROW * index + ROW / 2, x, today, last)
    done = sum(1 for stop in stops if stop.done)
    title = f"{len(stops)} milestones by fiscal year, {done} done. The table below says the same."
    return format_html(
        '<svg class="chart" role="img" viewBox="0 0 {} {}"><title>{}</title><g aria-hidden="true">{}</g></svg>',
        WIDTH, height, title, mark_safe("".join(parts)),  # noqa: S308 - every text is escaped where it is written
    )  # fmt: skip


def _row(stop: Stop, y: float, x: object, today: dt.date | None, last: dt.date) -> list[str]:
    at = stop.done or stop.forecast or stop.due or last
    place = x(at)  # type: ignore[operator]
    late = stop.done is None and stop.due is not None and today is not None and stop.due < today
    if stop.done:
        mark = f'<circle class="chart-done" cx="{place:.1f}" cy="{y:.1f}" r="6"/>'
        state = f"done {day(stop.done)}"
    elif late:
        mark = f'<rect class="chart-late" x="{place - 6:.1f}" y="{y - 6:.1f}" width="12" height="12"/>'
        state = f"late, due {day(stop.due)}"
    else:
        mark = f'<circle class="chart-due" cx="{place:.1f}" cy="{y:.1f}" r="5.5"/>'
        state = f"due {day(stop.due)}" if stop.due else "no date"
    name = stop.name if len(stop.name) <= 60 else stop.name[:59] + "…"
    right = place > WIDTH * 0.55
    anchor, tx = ("end", place - 12) if right else ("start", place + 12)
    text = f'<text class="chart-text" x="{tx:.1f}" y="{y + 4:.1f}" text-anchor="{anchor}">{escape(name)} ({escape(state)})</text>'
    return [mark, text]
