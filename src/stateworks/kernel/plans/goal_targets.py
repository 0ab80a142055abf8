"""From promises to targets: units, comparators, changes, and what had to be assumed on the way."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from stateworks.kernel.indicators.targets import (
    COUNT,
    MILESTONE,
    PERCENT,
    POINTS,
    Change,
    Comparator,
    Period,
    Target,
    Within,
)
from stateworks.kernel.plans.goal_grammar import NUMBER_WORDS, Amount, Figure, Piece
from stateworks.kernel.plans.goal_names import NameHints
from stateworks.kernel.plans.goal_nouns import noun_after, noun_phrase, population_after, singular
from stateworks.kernel.plans.goal_segments import Calendar, DueRead, Segment, sort_pieces, split_promises
from stateworks.kernel.plans.words import word_set

_TIME_UNITS = frozenset(
    {"minute", "hour", "day", "business day", "week", "month", "quarter", "year", "business hour"}
)
_PER_YEAR = {"day": 365, "week": 52, "month": 12, "quarter": 4, "year": 1}
_IMPERATIVES = word_set(
    "establish launch create publish develop implement define deploy adopt pilot conduct deliver "
    "build document introduce release issue finish design draft migrate replace retire roll stand set "
    "start begin hire procure install configure approve complete finalize finalise"
)


@dataclass(slots=True)
class Draft:
    """A target and what had to be assumed to read it."""

    target: Target
    text: str
    due: DueRead | None = None
    comparator_assumed: bool = False
    is_range: bool = False
    is_floor: bool = False
    label: str = ""


def clause_drafts(pieces: Sequence[Piece], hints: NameHints, calendar: Calendar) -> list[Draft]:
    """Read one clause; nothing in it that promises anything gives an empty list."""
    segments = [sort_pieces(group, calendar) for group in split_promises(pieces)]
    # "5 records and 2 diagrams by FY27": a date that ends the clause dates everything in it.
    shared = next((segment.dues for segment in reversed(segments) if segment.dues), [])
    drafts: list[Draft] = []
    for segment in segments:
        if not segment.dues:
            segment.dues = shared
        drafts.extend(_segment_drafts(segment, hints))
    return drafts


def _segment_drafts(segment: Segment, hints: NameHints) -> list[Draft]:
    drafts: list[Draft] = []
    due = segment.dues[0] if segment.dues else None
    common = Target(level=segment.level, by=due.day if due else None, within=_with_event(segment))
    if segment.learning:
        drafts.append(Draft(replace(common, level="learning"), segment.text, due))
    elif segment.baseline:
        drafts.append(
            Draft(
                replace(common, baseline=segment.baseline, of=_baseline_population(segment)),
                segment.text,
                due,
            )
        )
    elif segment.figure:
        drafts.extend(_figure_drafts(segment, segment.figure, common, due, hints))
    elif segment.has_all and segment.all_first:
        every = replace(
            common, comparator="=", value=100, unit=PERCENT, of=_population_of_all(segment), per=segment.per
        )
        drafts.append(Draft(every, segment.text, due))
    elif segment.phases:
        drafts.append(Draft(_phases_target(segment.phases, common), segment.text, due))
    elif segment.top and (segment.figure is None):
        drafts.append(Draft(_top_target(segment, segment.top, common), segment.text, due))
    elif not segment.rising and (segment.done or segment.dues or _starts_with_verb(segment)):
        drafts.append(Draft(replace(common, unit=MILESTONE), segment.text, due))
    for kind in segment.rising:
        change = Change("up" if kind == "rising" else "down")
        drafts.append(
            Draft(
                Target(level=segment.level, comparator=">", change=change, per="year"),
                segment.text,
                is_floor=True,
            )
        )
    return drafts


def _figure_drafts(
    segment: Segment, figure: Figure, common: Target, due: DueRead | None, hints: NameHints
) -> list[Draft]:
    drafts: list[Draft] = []
    noun, rest = noun_after(segment.after) if figure.low.unit is None else (None, segment.after)
    population = population_after(
        rest if figure.low.unit is None else segment.after, reads_for=figure.low.unit is not None
    )
    unit = figure.low.unit or _unit_from(noun, segment, hints)
    change = _change_of(segment, figure, unit, population, hints)
    total = _total_period(figure, segment)
    base = replace(
        common, unit=unit, of=population, per=segment.per or total or (hints.per if change else None)
    )
    label = " ".join(piece.text for piece in segment.after if piece.kind != "due").strip(" ,.")
    if figure.is_from_to and figure.high is not None:
        drafts.append(Draft(_from_to(base, figure.low, figure.high), segment.text, due, label=label))
    else:
        if unit == "point" and change is None:
            base = replace(base, unit="score")
        elif unit == "point":
            base = replace(base, unit=POINTS)
        comparator, assumed = _comparator_of(figure, base, change, hints)
        base = replace(base, comparator=comparator, change=change)
        low = replace(base, value=figure.low.value)
        if figure.high is None:
            drafts.append(Draft(low, segment.text, due, comparator_assumed=assumed, label=label))
        else:
            high = replace(base, value=figure.high.value)
            near, far = (high, low) if comparator in {"<=", "<"} else (low, high)
            drafts.append(Draft(near, segment.text, due, is_range=True, label=label))
            drafts.append(Draft(replace(far, level="stretch"), segment.text, due, is_range=True, label=label))
    for floor, period in segment.floors:
        target = replace(
            base, comparator=floor.comparator or ">=", value=floor.low.value, per=period, change=None, of=None
        )
        drafts.append(Draft(target, segment.text, due, is_floor=True))
    for spread, following in segment.across:
        noun, _ = noun_after(following)
        target = replace(
            base,
            comparator=spread.comparator or ">=",
            value=spread.low.value,
            unit=noun or COUNT,
            change=None,
            of=None,
        )
        drafts.append(Draft(target, segment.text, due))
    return drafts


def _phases_target(phases: list[str], common: Target) -> Target:
    """Read "Phase 1-3" as three phases, all of them; several such words add up."""
    count = 0
    for text in phases:
        first, last = (int(number) for number in re.findall(r"\d+", text))
        count += max(last - first, 0) + 1
    unit = singular(re.split(r"\s", phases[0])[0].lower())
    return replace(common, comparator="=", value=count, unit=unit)


def _top_target(segment: Segment, top: Piece, common: Target) -> Target:
    """Read "test the top 10 applications" as all ten of them."""
    word = re.split(r"[\s-]", top.text)[-1].lower()
    value = int(word) if word.isdigit() else NUMBER_WORDS[word]
    noun, _ = noun_after(segment.before[segment.before.index(top) + 1 :])
    return replace(common, comparator="=", value=value, unit=noun or COUNT, of=top.text, per=segment.per)


def _from_to(base: Target, low: Amount, high: Amount) -> Target:
    """Read "from 60 % to 75 %" as a rise of 15 percentage points from 60: exact, and the starting value is kept."""
    rises = high.value >= low.value
    unit = POINTS if (high.unit or low.unit) == PERCENT else (high.unit or low.unit or base.unit)
    change = Change("up" if rises else "down", False, low.value)
    return replace(
        base,
        comparator=">=",
        value=max(high.value, low.value) - min(high.value, low.value),
        unit=unit,
        change=change,
    )


def _comparator_of(
    figure: Figure, base: Target, change: Change | None, hints: NameHints
) -> tuple[Comparator, bool]:
    """Return the comparator and whether it was assumed; a bare 100 % can only mean all, a bare 0 none."""
    if figure.comparator:
        return figure.comparator, False
    if figure.high is None and (figure.low.value == 0 or (base.unit == PERCENT and figure.low.value == 100)):
        return "=", False
    if change is None and (base.unit in _TIME_UNITS or (hints.lower_is_better and not hints.own_figure)):
        return "<=", True
    return ">=", True


def _change_of(
    segment: Segment, figure: Figure, unit: str, population: str | None, hints: NameHints
) -> Change | None:
    """Return the change that the phrase, or else the indicator's name, speaks of."""
    direction = None
    if segment.change and not segment.reads_to and (segment.by_amount or unit in {PERCENT, "point", POINTS}):
        direction = segment.change
    elif segment.by_amount and hints.change:
        direction = hints.change
    elif hints.change and population is None and not segment.reads_to and figure.low.value != 100:
        bare = figure.comparator is None and unit in {PERCENT, "point", POINTS, COUNT} | _TIME_UNITS
        if hints.change_is_counted or bare:
            direction = hints.change
    if direction is None:
        return None
    relative = None if unit == PERCENT else False
    if unit == PERCENT and re.search(
        r"\brelative\b|\bof the (?:baseline|current|previous)\b", segment.text, re.IGNORECASE
    ):
        relative = True
    return Change(
        "up" if direction == "up" else "down",
        relative,
        segment.from_amount.value if segment.from_amount else None,
    )


def _total_period(figure: Figure, segment: Segment) -> Period | None:
    """Return the year where a floor for each period adds up to the total, as in "4 (one per quarter)"."""
    for floor, period in segment.floors:
        if floor.low.value and figure.low.value == floor.low.value * _PER_YEAR[period]:
            return "year"
    return None


def _unit_from(noun: str | None, segment: Segment, hints: NameHints) -> str:
    """Return the unit of a bare number: what the phrase counts, else what the name says."""
    if noun:
        return noun
    words = " ".join(piece.text for piece in segment.before + segment.after)
    if hints.is_score or re.search(r"\b(?:NPS|score|rating)\b", words):
        return "score"
    return PERCENT if hints.is_percent and not hints.is_time else COUNT


def _population_of_all(segment: Segment) -> str | None:
    for index, piece in enumerate(segment.before):
        if piece.kind == "all_of":
            following = segment.before[index + 1 :]
            return population_after(following) or noun_phrase(following)
    return None


def _baseline_population(segment: Segment) -> str | None:
    """Return what a baseline is taken over, where a figure in the same words says how many."""
    if segment.figure is None:
        return None
    figure = segment.figure
    amount = str(figure.low.value) if figure.high is None else f"{figure.low.value}-{figure.high.value}"
    return f"{amount} {noun_phrase(segment.after) or ''}".strip()


def _with_event(segment: Segment) -> Within | None:
    """Add to the span the event that its words name, up to the next piece that is not a word."""
    if segment.within is None:
        return None
    words: list[str] = []
    started = False
    for piece in segment.before + segment.after:
        if piece.kind == "within":
            started = True
        elif started:
            if piece.kind not in {"word", "milestone", "of"}:
                break
            words.append(piece.text.rstrip("."))
    return replace(segment.within, event=" ".join(words[:8]) or None)


def _starts_with_verb(segment: Segment) -> bool:
    first = next((piece.text for piece in segment.before if piece.kind in {"word", "milestone"}), "")
    return first.lower() in _IMPERATIVES
