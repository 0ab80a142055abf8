"""A line the height of a word: the last periods of one indicator, with its goal."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

WIDTH, HEIGHT, PAD = 120, 30, 4


def _scale(values: Sequence[float], height: float, pad: float) -> tuple[float, float]:
    """Offset and factor that put the values between the paddings; a flat line goes in the middle."""
    low, high = min(values), max(values)
    if high == low:
        return low - 0.5, (height - 2 * pad)
    return low, (height - 2 * pad) / (high - low)


def sparkline(values: Sequence[float | None], *, goal: float | None = None, title: str) -> SafeString:
    """Draw values from oldest to newest; a missing value breaks the line, and the goal is a dashed line.

    Returns an empty string for fewer than two known values: a dot is no trend.
    """
    known = [value for value in values if value is not None]
    if len(known) < 2:
        return mark_safe("")
    low, factor = _scale([*known, goal] if goal is not None else known, HEIGHT, PAD)
    step = (WIDTH - 2 * PAD) / max(len(values) - 1, 1)

    def x(index: int) -> str:
        return f"{PAD + index * step:.1f}"

    def y(value: float) -> str:
        return f"{HEIGHT - PAD - (value - low) * factor:.1f}"

    strokes: list[list[str]] = [[]]
    for index, value in enumerate(values):
        if value is None:
            strokes.append([])
        else:
            strokes[-1].append(f"{x(index)},{y(value)}")
    parts = [
        f'<polyline class="spark-line" points="{" ".join(stroke)}"/>' for stroke in strokes if len(stroke) > 1
    ]
    # A value between two gaps has no line to stand on: it gets a dot, so that it is not lost.
    lonely = [stroke[0].split(",") for stroke in strokes if len(stroke) == 1]
    parts += [f'<circle class="spark-dot" cx="{cx}" cy="{cy}" r="1.5"/>' for cx, cy in lonely]
    if goal is not None:
        parts.insert(
            0, f'<line class="spark-goal" x1="{PAD}" x2="{WIDTH - PAD}" y1="{y(goal)}" y2="{y(goal)}"/>'
        )
    last = max(index for index, value in enumerate(values) if value is not None)
    end = values[last]
    assert end is not None
    parts.append(f'<circle class="spark-end" cx="{x(last)}" cy="{y(end)}" r="2.5"/>')
    return format_html(
        '<svg class="spark" role="img" viewBox="0 0 {} {}" width="{}" height="{}"><title>{}</title>{}</svg>',
        WIDTH,
        HEIGHT,
        WIDTH,
        HEIGHT,
        title,
        mark_safe("".join(parts)),  # noqa: S308 - numbers only
    )
