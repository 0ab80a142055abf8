"""The outlook on an indicator's page: what is projected, by which model, and how earlier projections came out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from stateworks.kernel.indicators.models import Value, Verdict
from stateworks.kernel.indicators.projection import WORDS
from stateworks.kernel.indicators.vintages import record_of
from stateworks.kernel.plans.models import Indicator
from stateworks.web import words
from stateworks.web.drawing.process_chart import Mark
from stateworks.web.scorecard.history import Point

#: Vintages shown; the sentence counts them all.
SHOWN = 24


@dataclass(frozen=True)
class MonthAhead:
    """A month that has not closed, as it is projected."""

    period: str
    figure: str
    interval: str


@dataclass(frozen=True)
class PastWord:
    """What an earlier run said of a month that has closed since."""

    period: str
    made: date
    run: int
    figure: str
    interval: str
    actual: str
    inside: bool


@dataclass(frozen=True)
class Projection:
    """The outlook in sentences, with its tables and the marks that continue the chart."""

    sentence: str
    why: str
    months: tuple[MonthAhead, ...]
    marks: tuple[Mark, ...]
    scored: str
    past: tuple[PastWord, ...]


def projection_of(
    indicator: Indicator, verdict: Verdict, plan: str, months: Sequence[Value | Point]
) -> Projection | None:
    """Return what the verdict's run projected; None where it did not. One query for the earlier vintages."""
    made = verdict.confidence.get("projection")
    if not made:
        return None
    unit = indicator.unit
    errors = made["errors"]
    compared = ", ".join(f"{model} {_apart(error, unit)}" for model, error in errors.items())
    actual = {
        one.period: one.value for one in months
        if one.value is not None and one.ends <= verdict.run.as_of and not getattr(one, "suppressed", False)
    }  # fmt: skip
    record = record_of(
        plan, indicator.code, actual, as_of=verdict.run.as_of, definition_hash=verdict.definition_hash
    )
    scored = (
        f"Of {words.count_of(len(record.vintages), 'earlier projection')} of months that have closed since, "
        f"{record.covered} held what came within their interval "
        f"({100 * (record.coverage or 0):.0f} %; 80 % is what they promise). "
        f"On average they were off by {_apart(record.mean_absolute_error or 0.0, unit)}."
        if record.vintages
        else "No month has closed yet that an earlier run projected, so the projections are not scored yet."
    )
    return Projection(
        sentence=(
            f"{words.period_words(made['period'])} is projected to end at {words.figure(made['value'], unit)}, with four chances "
            f"in five between {words.figure(made['low'], unit)} and {words.figure(made['high'], unit)}."
        ),
        why=(
            f"Projected from {made['points']} closed months by {WORDS[made['model']]}. Asked at {made['origins']} earlier "
            f"months, the models were off on average by: {compared}. The simplest is taken unless a richer one is more than "
            f"{100 * made['margin']:.0f} % better."
        ),
        months=tuple(
            MonthAhead(one["period"], words.figure(one["value"], unit), words.interval(one["low"], one["high"], unit))
            for one in made["months"]
        ),
        marks=tuple(
            Mark(words.period_short(one["period"]), one["value"], one["low"], one["high"], hollow=True)
            for one in made["months"]
        ),
        scored=scored,
        past=tuple(
            PastWord(
                one.period, one.made, one.run, words.figure(one.value, unit),
                words.interval(one.low, one.high, unit), words.figure(one.actual, unit), one.inside,
            )
            for one in record.vintages[:SHOWN]
        ),
    )  # fmt: skip


def _apart(difference: float, unit: str) -> str:
    """A difference of figures in words: that of two percentages is in points."""
    return f"{difference * 100:.1f} points" if unit == "percent" else words.figure(difference, unit)
