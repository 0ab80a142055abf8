"""From pieces to targets: which piece is the figure, which its tail, and what had to be assumed on the way."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import cast

from stateworks.kernel.indicators.targets import (
    COUNT,
    MILESTONE,
    PERCENT,
    POINTS,
    Change,
    Comparator,
    Level,
    Period,
    Target,
    Within,
)
from stateworks.kernel.plans.goal_dates import read_moment
from stateworks.kernel.plans.goal_grammar import NUMBER_WORDS, Amount, Due, Figure, Piece, span_unit
from stateworks.kernel.plans.goal_names import NameHints, read_period

_TIME_UNITS = frozenset(
    {"minute", "hour", "day", "business day", "week", "month", "quarter", "year", "business hour"}
)
_PER_YEAR = {"day": 365, "week": 52, "month": 12, "quarter": 4, "year": 1}
_STOP = frozenset(
    "a an the and or in on at to by with from that which who are is be been will have has had having meet meets show "
    "shows generate generates complete completes uses using identified identify so such tied than as when where "
    "we they out across between into onto within before after their its our this these including conducted held per".split()
)
_FILLER_ADJECTIVES = frozenset(
    {"additional", "different", "unique", "distinct", "separate", "total", "more", "new"}
)
_IMPERATIVES = frozenset(
    "establish launch create publish develop implement define deploy adopt pilot conduct deliver build document "
    "introduce release issue finish design draft migrate replace retire roll stand set start begin hire procure "
    "install configure approve complete finalize finalise".split()
)


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
class Draft:
    """A target and what had to be assumed to read it."""

    target: Target
    text: str
    due: DueRead | None = None
    comparator_assumed: bool = False
    is_range: bool = False
    is_floor: bool = False
    label: str = ""


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


def clause_drafts(pieces: Sequence[Piece], hints: NameHints, calendar: Calendar) -> list[Draft]:
    """Read one clause; nothing in it that promises anything gives an empty list."""
    segments = [_sort(group, calendar) for group in _split(pieces)]
    # "5 records and 2 diagrams by FY27": a date that ends the clause dates everything in it.
    shared = next((segment.dues for segment in reversed(segments) if segment.dues), [])
    drafts: list[Draft] = []
    for segment in segments:
        if not segment.dues:
            segment.dues = shared
        drafts.extend(_segment_drafts(segment, hints))
    return drafts


def _split(pieces: Sequence[Piece]) -> list[list[Piece]]:
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


def _sort(pieces: Sequence[Piece], calendar: Calendar) -> Segment:
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
        found = re.search(r"(\d+|[a-z]+)\s((?:(?:business|working|calendar)\s)?[a-z]+?)s?\s(?:of|after|from|following)$",
                          text, re.IGNORECASE)
        if found:
            n = int(found[1]) if found[1].isdigit() else NUMBER_WORDS.get(found[1].lower(), 1)
            segment.within = Within(n, span_unit(found[2]), None)
    elif kind == "per":
        segment.per = read_period(text)
    elif kind == "change":
        segment.change = segment.change or piece.value
    elif kind == "by_amount":
        segment.by_amount = segment.by_amount or segment.figure is None
    elif kind == "word" and text.lower() == "to" and segment.change and segment.figure is None:
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


def _segment_drafts(segment: Segment, hints: NameHints) -> list[Draft]:
    drafts: list[Draft] = []
    due = segment.dues[0] if segment.dues else None
    common = Target(level=segment.level, by=due.day if due else None, within=_with_event(segment))
    if segment.learning:
        drafts.append(Draft(replace(common, level="learning"), segment.text, due))
    elif segment.baseline:
        drafts.append(
            Draft(replace(common, baseline=segment.baseline, of=_baseline_population(segment)), segment.text, due)
        )
    elif segment.figure:
        drafts.extend(_figure_drafts(segment, segment.figure, common, due, hints))
    elif segment.has_all and segment.all_first:
        every = replace(common, comparator="=", value=100, unit=PERCENT, of=_population_of_all(segment), per=segment.per)
        drafts.append(Draft(every, segment.text, due))
    elif segment.phases:
        drafts.append(Draft(_phases_target(segment.phases, common), segment.text, due))
    elif segment.top and (segment.figure is None):
        drafts.append(Draft(_top_target(segment, segment.top, common), segment.text, due))
    elif segment.done or segment.dues or _starts_with_verb(segment):
        if not segment.rising:
            drafts.append(Draft(replace(common, unit=MILESTONE), segment.text, due))
    for kind in segment.rising:
        change = Change("up" if kind == "rising" else "down")
        drafts.append(
            Draft(Target(level=segment.level, comparator=">", change=change, per="year"), segment.text, is_floor=True)
        )
    return drafts


def _figure_drafts(
    segment: Segment, figure: Figure, common: Target, due: DueRead | None, hints: NameHints
) -> list[Draft]:
    drafts: list[Draft] = []
    noun, rest = _noun(segment.after) if figure.low.unit is None else (None, segment.after)
    population = _population(rest if figure.low.unit is None else segment.after, reads_for=figure.low.unit is not None)
    unit = figure.low.unit or _unit_from(noun, segment, hints)
    change = _change_of(segment, figure, unit, population, hints)
    total = _total_period(figure, segment)
    base = replace(common, unit=unit, of=population, per=segment.per or total or (hints.per if change else None))
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
        noun, _ = _noun(following)
        target = replace(
            base, comparator=spread.comparator or ">=", value=spread.low.value, unit=noun or COUNT, change=None, of=None
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
    noun, _ = _noun(segment.before[segment.before.index(top) + 1 :])
    return replace(common, comparator="=", value=value, unit=noun or COUNT, of=top.text, per=segment.per)


def _from_to(base: Target, low: Amount, high: Amount) -> Target:
    """Read "from 60 % to 75 %" as a rise of 15 percentage points from 60: exact, and the starting value is kept."""
    rises = high.value >= low.value
    unit = POINTS if (high.unit or low.unit) == PERCENT else (high.unit or low.unit or base.unit)
    change = Change("up" if rises else "down", False, low.value)
    return replace(base, comparator=">=", value=abs(high.value - low.value), unit=unit, change=change)


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
    elif hints.change and population is None and not (unit == PERCENT and figure.low.value == 100):
        bare = figure.comparator is None and unit in {PERCENT, "point", POINTS, COUNT} | _TIME_UNITS
        if hints.change_is_counted or bare:
            direction = hints.change
    if direction is None:
        return None
    relative = None if unit == PERCENT else False
    if unit == PERCENT and re.search(r"\brelative\b|\bof the (?:baseline|current|previous)\b", segment.text, re.IGNORECASE):
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


def _is_plural(word: str) -> bool:
    lowered = word.lower()
    return len(word) > 3 and lowered.endswith("s") and not lowered.endswith(("ss", "us", "is", "ous"))


def singular(noun: str) -> str:
    """Return the singular of an English noun phrase's last word, well enough for a unit."""
    words = noun.split()
    last = words[-1]
    lowered = last.lower()
    if lowered.endswith("ies") and len(last) > 4:
        last = last[:-3] + "y"
    elif lowered.endswith(("sses", "xes", "ches", "shes")):
        last = last[:-2]
    elif _is_plural(last) and not last.isupper():
        last = last[:-1]
    return " ".join([*words[:-1], last])


def _noun(pieces: Sequence[Piece]) -> tuple[str | None, Sequence[Piece]]:
    """Return the thing counted, in the singular, from the words after a number, and the pieces that follow it."""
    words: list[str] = []
    for index, piece in enumerate(pieces):
        if piece.kind not in {"word", "milestone"} or piece.text.lower().strip(".") in _STOP:
            break
        word = piece.text.rstrip(".,")
        if re.match(r"[^A-Za-z]", word):
            break
        words.append(word)
        if _is_plural(word) or (word.isupper() and len(word) > 1):
            return _clean_noun(words), pieces[index + 1 :]
        if len(words) == 5:
            break
    return (_clean_noun(words), pieces[len(words) :]) if words and pieces[0].kind == "word" else (None, pieces)


def _clean_noun(words: list[str]) -> str | None:
    while len(words) > 1 and words[0].lower() in _FILLER_ADJECTIVES:
        words = words[1:]
    return singular(" ".join(words))


def _phrase_words(pieces: Sequence[Piece]) -> str | None:
    """Return the noun phrase at the head of some pieces: up to its first plural, or to a word that starts a clause."""
    words: list[str] = []
    for piece in pieces:
        if piece.kind in {"due", "per", "within", "open", "close", "comma", "across", "and", "baseline"}:
            break
        word = piece.text.rstrip(".,;:")
        if word.lower() in {"the", "all", "our", "these", "identified"} and not words:
            if word.lower() == "identified":
                words.append(word)
            continue
        if word.lower() in _STOP - {"and", "or"} and words:
            break
        words.append(word)
        if _is_plural(word) or piece.text.endswith("."):
            break
        if len(words) == 10:
            break
    return " ".join(words) or None


def _population(after: Sequence[Piece], *, reads_for: bool = True) -> str | None:
    """Return the population that follows "of" at once, or "for" later on."""
    for index, piece in enumerate(after):
        is_for = piece.text.lower() == "for"
        if piece.kind == "of" and (reads_for if is_for else index == 0):
            return _phrase_words(after[index + 1 :])
        if piece.kind not in {"word", "milestone", "change", "top"}:
            return None
        if piece.text.lower() in _STOP:
            return None
    return None


def _population_of_all(segment: Segment) -> str | None:
    for index, piece in enumerate(segment.before):
        if piece.kind == "all_of":
            following = segment.before[index + 1 :]
            return _population(following) or _phrase_words(following)
    return None


def _baseline_population(segment: Segment) -> str | None:
    """Return what a baseline is taken over, where a figure in the same words says how many."""
    if segment.figure is None:
        return None
    figure = segment.figure
    amount = str(figure.low.value) if figure.high is None else f"{figure.low.value}-{figure.high.value}"
    return f"{amount} {_phrase_words(segment.after) or ''}".strip()


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
