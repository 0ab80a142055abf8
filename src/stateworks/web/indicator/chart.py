"""An indicator's figures over time: the table, the chart beside it, and the finding in a sentence."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from django.utils.safestring import SafeString

from stateworks.kernel.indicators.models import Value
from stateworks.kernel.plans.models import Indicator
from stateworks.web import words
from stateworks.web.drawing.process_chart import Limits, Mark, process_chart
from stateworks.web.goal_words import goal_figure, goal_words, line_target
from stateworks.web.scorecard.history import Point


@dataclass(frozen=True)
class SeriesRow:
    """One period in the table beside a chart."""

    period: str
    figure: str
    interval: str
    n: int
    left_out: int
    signal: str
    suppressed: bool


@dataclass(frozen=True)
class Series:
    """The figures of one grain, newest first, with their chart and what it shows."""

    rows: tuple[SeriesRow, ...]
    chart: SafeString
    finding: str
    limits: bool
    signals: tuple[str, ...] = ()


def series_of(
    indicator: Indicator, points: Sequence[Value | Point], grain: str, ahead: Sequence[Mark] = ()
) -> Series:
    """Draw and tabulate values that come oldest first; `ahead` are the marks of what is projected after them."""
    values = [None if getattr(point, "suppressed", False) else point.value for point in points]
    found = _process(indicator, points, values)
    limits, signals, process = found.limits, found.at, found.latest
    unit = indicator.unit
    marks = [
        Mark(
            words.period_short(point.period), value, getattr(point, "low", None), getattr(point, "high", None),
            signal=bool(signals.get(index)), concern=index in found.concerns,
        )
        for index, (point, value) in enumerate(zip(points, values, strict=True))
    ]  # fmt: skip
    rows = [
        SeriesRow(
            point.period,
            words.figure(value, unit),
            words.interval(getattr(point, "low", None), getattr(point, "high", None), unit)
            if value is not None
            else "",
            0 if getattr(point, "suppressed", False) else point.n,
            0
            if getattr(point, "suppressed", False)
            else sum(int(number) for number in getattr(point, "left_out", {}).values()),
            signals.get(index, ""),
            bool(getattr(point, "suppressed", False)),
        )
        for index, (point, value) in enumerate(zip(points, values, strict=True))
    ]
    finding = _finding(indicator, points, values, process)
    goal, target = goal_figure(indicator.targets), line_target(indicator.targets)
    # A month that is still open is drawn as what it is expected to end at, not as what it has come to so far.
    labels = {mark.label for mark in ahead}
    chart = process_chart(
        [*(mark for mark in marks if mark.label not in labels), *ahead],
        title=f"{indicator.short_name or indicator.name} by {grain}. {finding}",
        words=lambda value: words.figure(value, unit),
        goal=goal,
        goal_words=goal_words([target]) if target is not None else "",
        limits=limits,
    )
    return Series(tuple(reversed(rows)), chart, finding, limits is not None, found.sentences)


@dataclass(frozen=True)
class Process:
    """What the kernel's rules find in a series: limits, signals by index, which are of concern, and each in a sentence."""

    limits: Limits | None = None
    at: Mapping[int, str] = field(default_factory=dict)
    concerns: frozenset[int] = frozenset()
    latest: str = ""
    sentences: tuple[str, ...] = ()


def _process(
    indicator: Indicator, points: Sequence[Value | Point], values: Sequence[float | None]
) -> Process:
    """Apply the rules to the known values; a gap is passed over."""
    from stateworks.kernel.indicators import process

    indexes = [index for index, value in enumerate(values) if value is not None]
    known = [value for value in values if value is not None]
    found = process.limits(known)
    if found is None:
        return Process()
    at: dict[int, str] = {}
    concerns: set[int] = set()
    sentences = []
    for one in process.episodes(known):
        meaning = one.meaning(indicator.direction)
        for place in range(one.starts, one.at + 1):
            index = indexes[place]
            text = f"{one.in_words()}: {meaning}"
            at[index] = f"{at[index]}; {text}" if index in at else text
            if meaning == "concern":
                concerns.add(index)
        first, last = (words.period_words(points[indexes[place]].period) for place in (one.starts, one.at))
        span = f"{first} to {last}" if one.starts != one.at else first
        sentences.append(f"{span}: {one.in_words()}, {'an' if meaning == 'improvement' else 'a'} {meaning}.")
    return Process(
        Limits(found.centre, found.lower, found.upper), at, frozenset(concerns),
        f"The latest point shows {process.in_words(known, indicator.direction)}.", tuple(reversed(sentences)),
    )  # fmt: skip


def _finding(
    indicator: Indicator, points: Sequence[Value | Point], values: Sequence[float | None], process: str
) -> str:
    """What the chart shows, as a sentence: from where to where, and whether the process changed."""
    known: list[tuple[Value | Point, float]] = [
        (point, value) for point, value in zip(points, values, strict=True) if value is not None
    ]
    if len(known) < 2:
        return "There are too few periods to draw a line."
    (first, before), (last, after) = known[0], known[-1]
    moved = words.change(before, after, indicator.unit)
    text = (
        f"From {words.period_words(first.period)} to {words.period_words(last.period)} it {moved}, "
        f"from {words.figure(before, indicator.unit)} to {words.figure(after, indicator.unit)}."
    )
    if process:
        return f"{text} {process}"
    return f"{text} Fewer than 12 points: too few to tell a change from ordinary variation."
