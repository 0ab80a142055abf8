"""A chart of one figure over time, with its goal and, where there are enough points, its process limits."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import ceil, floor, log10

from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe

WIDTH, HEIGHT = 720, 300
LEFT, RIGHT, TOP, BOTTOM = 62, 132, 14, 34


@dataclass(frozen=True)
class Mark:
    """One point: its label on the axis, its value and interval, whether it is a signal of the process, and a bad one.

    `hollow` is what is projected and has not come yet.
    """

    label: str
    value: float | None
    low: float | None = None
    high: float | None = None
    signal: bool = False
    concern: bool = False
    hollow: bool = False


@dataclass(frozen=True)
class Limits:
    """What the process does by itself: its mean and the limits that ordinary variation stays within."""

    mean: float
    lower: float
    upper: float


def steps(low: float, high: float, wanted: int = 5) -> list[float]:
    """Round figures that span a range: 1, 2 or 5 times a power of ten apart."""
    if high <= low:
        high = low + 1.0
    raw = (high - low) / wanted
    power = 10 ** floor(log10(raw))
    step = next(factor * power for factor in (1, 2, 5, 10) if factor * power >= raw * 0.999)
    first = floor(low / step) * step
    return [first + index * step for index in range(ceil((high - first) / step - 1e-9) + 1)]


def process_chart(
    marks: Sequence[Mark],
    *,
    title: str,
    words: Callable[[float], str],
    goal: float | None = None,
    goal_words: str = "",
    limits: Limits | None = None,
    whole_intervals: bool = False,
) -> SafeString:
    """Draw the marks from oldest to newest; `words` writes a figure for the axis.

    With `whole_intervals` the chart is as high as the intervals reach; without it they are cut at its edge.

    Returns an empty string for fewer than two known values. A gap stays a gap. Signals are rings, those of
    concern diamonds, so that they differ in shape; what makes them signals stands in the table.
    """
    known = [mark.value for mark in marks if mark.value is not None]
    if len(known) < 2:
        return SafeString("")
    ends = [*known]
    ends += [goal] if goal is not None else []
    ends += [limits.lower, limits.upper] if limits else []
    if whole_intervals:
        ends += [end for mark in marks for end in (mark.low, mark.high) if end is not None]
    ticks = steps(min(ends), max(ends))
    low, high = ticks[0], ticks[-1]
    width, height = WIDTH - LEFT - RIGHT, HEIGHT - TOP - BOTTOM
    gap = width / max(len(marks) - 1, 1)

    def x(index: int) -> float:
        return LEFT + index * gap

    def y(value: float) -> float:
        return TOP + (high - value) / (high - low) * height

    parts = [_level("chart-grid", y(tick), LEFT + width) for tick in ticks]
    labels = [_text(LEFT - 6, y(tick) + 4, words(tick), "chart-soft", "end") for tick in ticks]
    parts += _bands(marks, x, y, low, high)
    right = LEFT + width
    if limits:
        parts += [
            _level("chart-limit", y(limits.lower), right),
            _level("chart-limit", y(limits.upper), right),
        ]
        parts.append(_level("chart-mean", y(limits.mean), right))
    if goal is not None:
        parts.append(_level("chart-goal", y(goal), right))
    parts += _series(marks, x, y)
    labels += _labels_below(marks, x, gap)
    labels += _labels_right(marks, limits, goal, goal_words, words, y, LEFT + width + 8)
    # The drawing is one image with a title; its labels are for eyes alone, and the table beside it says the same.
    parts.append(f'<g aria-hidden="true">{"".join(labels)}</g>')
    return format_html(
        '<svg class="chart" role="img" viewBox="0 0 {} {}"><title>{}</title>{}</svg>',
        WIDTH, HEIGHT, title, mark_safe("".join(parts)),  # noqa: S308 - every text is escaped where it is written
    )  # fmt: skip


def _level(name: str, y: float, right: float) -> str:
    """A level line across the chart."""
    return f'<line class="{name}" x1="{LEFT}" x2="{right}" y1="{y:.1f}" y2="{y:.1f}"/>'


def _text(x: float, y: float, text: str, name: str, anchor: str = "start") -> str:
    return f'<text class="{name}" x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{escape(text)}</text>'


def _bands(
    marks: Sequence[Mark], x: Callable[[int], float], y: Callable[[float], float], low: float, high: float
) -> list[str]:
    """A bar from the interval's low to its high end behind each point, cut at the chart's edge."""
    found = []
    for index, mark in enumerate(marks):
        if mark.value is None or mark.low is None or mark.high is None:
            continue
        top, bottom = y(min(mark.high, high)), y(max(mark.low, low))
        tall = max(bottom - top, 0)
        found.append(
            f'<rect class="chart-band" x="{x(index) - 4:.1f}" y="{top:.1f}" width="8" height="{tall:.1f}"/>'
        )
    return found


def _series(marks: Sequence[Mark], x: Callable[[int], float], y: Callable[[float], float]) -> list[str]:
    """The line with its points; what is projected hangs on by a dashed line, its points are squares."""
    strokes: list[list[str]] = [[]]
    dots: list[str] = []
    ahead: list[str] = []
    for index, mark in enumerate(marks):
        if mark.value is None:
            strokes.append([])
            continue
        left, top = x(index), y(mark.value)
        if mark.hollow:
            ahead.append(f"{left:.1f},{top:.1f}")
            dots.append(
                f'<rect class="chart-signal" x="{left - 4:.1f}" y="{top - 4:.1f}" width="8" height="8"/>'
            )
            continue
        strokes[-1].append(f"{left:.1f},{top:.1f}")
        if mark.concern:
            dots.append(f'<path class="chart-signal" d="M{left:.1f} {top - 7:.1f}l7 7l-7 7l-7 -7z"/>')
        else:
            name, radius = ("chart-signal", 5) if mark.signal else ("chart-point", 3)
            dots.append(f'<circle class="{name}" cx="{left:.1f}" cy="{top:.1f}" r="{radius}"/>')
    lines = [
        f'<polyline class="chart-series" points="{" ".join(stroke)}"/>'
        for stroke in strokes
        if len(stroke) > 1
    ]
    if ahead:
        lines.append(f'<polyline class="chart-ahead" points="{" ".join([*strokes[-1][-1:], *ahead])}"/>')
    return lines + dots


def _labels_below(marks: Sequence[Mark], x: Callable[[int], float], gap: float) -> list[str]:
    """As many labels as fit, always with the last."""
    every = max(1, ceil(52 / gap)) if gap else 1
    last = len(marks) - 1
    return [
        _text(x(index), HEIGHT - BOTTOM + 20, mark.label, "chart-soft", "middle")
        for index, mark in enumerate(marks)
        if (last - index) % every == 0
    ]


def _labels_right(
    marks: Sequence[Mark],
    limits: Limits | None,
    goal: float | None,
    goal_words: str,
    words: Callable[[float], str],
    y: Callable[[float], float],
    x: float,
) -> list[str]:
    """Direct labels at the right end, pushed apart so that none hides another."""
    wanted: list[tuple[float, str, str]] = []
    known = [mark for mark in marks if mark.value is not None]
    last = next((mark for mark in reversed(known) if not mark.hollow), known[-1])
    assert last.value is not None
    wanted.append((y(last.value), words(last.value), "chart-text"))
    if known[-1].hollow and known[-1].value is not None:
        wanted.append((y(known[-1].value), f"projected {words(known[-1].value)}", "chart-soft"))
    if goal is not None:
        wanted.append((y(goal), f"goal {goal_words or words(goal)}", "chart-goaltext"))
    if limits:
        wanted.append((y(limits.mean), f"mean {words(limits.mean)}", "chart-soft"))
        wanted.append((y(limits.upper), f"upper limit {words(limits.upper)}", "chart-soft"))
        wanted.append((y(limits.lower), f"lower limit {words(limits.lower)}", "chart-soft"))
    wanted.sort()
    placed: list[str] = []
    # Push down from the top, then shift everything up if it ran over the bottom.
    heights: list[float] = []
    for height, _, _ in wanted:
        heights.append(max(height, heights[-1] + 15) if heights else height)
    over = max(0.0, heights[-1] - (HEIGHT - BOTTOM))
    for (_, text, name), height in zip(wanted, heights, strict=True):
        placed.append(_text(x, height - over + 4, text if len(text) <= 20 else text[:19] + "…", name))
    return placed
