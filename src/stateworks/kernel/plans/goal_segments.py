"""From a clause's pieces to its promises: each figure with the dates, periods and words that belong to it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import cast

from stateworks.kernel.indicators.targets import Level, Period, Within
from stateworks.kernel.plans.goal_dates import read_moment
from stateworks.kernel.plans.goal_grammar import NUMBER_WORDS, Amount, Due, Figure, Piece, span_unit
from stateworks.kernel.plans.goal_names import read_period


@dataclass(frozen=True, slots=True)
class Calendar:
    """When fiscal years start and when the plan runs."""

    start_month: int = 7
    plan_start: date | None = None
    plan_end: date | None = None


@dataclass(frozen=True, slots=True)
class DueRead:
    """A date as read: the day chosen, the words, and the other day where the words leave it open."""

    day: date | None
    text: str
    other: date | None = None


@dataclass(slots=True)
class Segment:
    """The pieces of one promise inside a clause, sorted by what they do."""

    level: Level = "committed"
    figure: Figure | None = None
    change: str | None = None
    by_amount: bool = False
    reads_to: bool = False
    from_amount: Amount | None = None
    per: Period | None = None
    within: Within | None = None
    dues: list[DueRead] = field(default_factory=list)
    baseline: str | None = None
    learning: bool = False
    rising: list[str] = field(default_factory=list)
    done: bool = False
    top: Piece | None = None
    phases: list[str] = field(default_factory=list)
    all_first: bool = False
    has_all: bool = False
    before: list[Piece] = field(default_factory=list)
    after: list[Piece] = field(default_factory=list)
    floors: list[tuple[Figure, Period]] = field(default_factory=list)
    across: list[tuple[Figure, list[Piece]]] = field(default_factory=list)
    text: str = ""


def read_due(due: Due, text: str, calendar: Calendar) -> DueRead:
    """Turn a date as written into a day; a "by" that names a span may mean its start or its end."""
    moment = read_moment(due.parts, start_month=calendar.start_month, plan_start=calendar.plan_start)
    if moment is None:
        return DueRead(None, text)
    if due.preposition == "before" and due.edge != "end":
        return DueRead(moment.start - timedelta(days=1), text)
    if due.edge == "start":
        return DueRead(moment.start, text)
    open_ended = due.preposition == "by" and due.edge is None and not moment.is_day
    return DueRead(moment.end, text, moment.start if open_ended else None)


def split_promises(pieces: Sequence[Piece]) -> list[list[Piece]]:
    """Cut a clause where "and" or a comma starts another figure, outside brackets."""
    groups: list[list[Piece]] = [[]]
    depth = 0
    for piece in pieces:
        depth += {"open": 1, "close": -1}.get(piece.kind, 0)
        if piece.kind == "and" and depth <= 0:
            groups.append([])
        else:
            groups[-1].append(piece)
    return groups


def sort_pieces(pieces: Sequence[Piece], calendar: Calendar) -> Segment:
    """Put the pieces of one promise where they belong; the first figure outside brackets is the promise's own."""
    segment = Segment(text=" ".join(piece.text for piece in pieces))
    depth = 0
    bracketed: Figure | None = None
    across = from_amount = False
    for index, piece in enumerate(pieces):
        kind = piece.kind
        if kind == "open":
            depth += 1
            bracketed = None
        elif kind == "close":
            depth = max(0, depth - 1)
        elif kind == "figure" and across and segment.figure is not None:
            segment.across.append((piece.value, list(pieces[index + 1 :])))
            across = False
        elif kind == "figure" and depth:
            bracketed = piece.value
        elif kind == "figure" and from_amount and segment.figure is not None:
            segment.from_amount = piece.value.low
        elif kind == "figure" and segment.figure is None:
            segment.figure = piece.value
        elif kind == "per" and depth and bracketed is not None:
            period = read_period(piece.text)
            if period:
                segment.floors.append((bracketed, period))
        elif not depth or kind == "due":
            _sort_plain(piece, segment, index, calendar)
        if kind == "across":
            across = True
        elif kind != "figure":
            across = across and kind == "word"
        from_amount = kind == "from_amount"
        if segment.figure is not None and piece.value is not segment.figure and not depth and kind != "close":
            segment.after.append(piece)
        elif segment.figure is None and not depth:
            segment.before.append(piece)
    return segment


def _sort_plain(piece: Piece, segment: Segment, index: int, calendar: Calendar) -> None:
    kind, text = piece.kind, piece.text
    if kind == "level":
        segment.level = cast(Level, re.search(r"stretch|committed|learning", text.lower())[0])  # type: ignore[index]
    elif kind == "due":
        due = read_due(piece.value, text, calendar)
        if due.day is not None:
            segment.dues.append(due)
    elif kind == "within":
        found = re.search(
            r"(\d+|[a-z]+)\s((?:(?:business|working|calendar)\s)?[a-z]+?)s?\s(?:of|after|from|following)$",
            text,
            re.IGNORECASE,
        )
        if found:
            n = int(found[1]) if found[1].isdigit() else NUMBER_WORDS.get(found[1].lower(), 1)
            segment.within = Within(n, span_unit(found[2]), None)
    elif kind == "per":
        segment.per = read_period(text)
    elif kind == "change":
        segment.change = segment.change or piece.value
    elif kind == "by_amount":
        segment.by_amount = segment.by_amount or segment.figure is None
    elif kind == "word" and text.lower() == "to" and segment.figure is None:
        segment.reads_to = True
    elif kind == "baseline":
        segment.baseline = segment.baseline or text
    elif kind == "learning":
        segment.learning = True
    elif kind in {"rising", "falling"}:
        segment.rising.append(kind)
    elif kind == "milestone":
        segment.done = True
    elif kind == "phases":
        segment.phases.append(text)
    elif kind == "top":
        segment.top = segment.top or piece
    elif kind == "all_of" and segment.figure is None:
        segment.all_first = not segment.done or index <= 1
        segment.has_all = True
