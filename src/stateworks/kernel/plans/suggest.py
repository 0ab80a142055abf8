"""Suggest a measure for an indicator by the words they share; a person confirms."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from stateworks.kernel.indicators.targets import Target

LEAST_SCORE = 30
MILESTONES = "plan.milestone"
_STOP = frozenset(
    {
        "a",
        "all",
        "an",
        "and",
        "are",
        "as",
        "at",
        "be",
        "been",
        "between",
        "by",
        "each",
        "for",
        "from",
        "has",
        "have",
        "in",
        "is",
        "it",
        "its",
        "number",
        "of",
        "on",
        "one",
        "or",
        "over",
        "percent",
        "percentage",
        "per",
        "rate",
        "share",
        "than",
        "that",
        "the",
        "their",
        "them",
        "those",
        "time",
        "to",
        "was",
        "were",
        "which",
        "with",
    }
)


@dataclass(frozen=True)
class MeasureText:
    """What is compared of a measure: its name, title and published definition."""

    name: str
    title: str
    definition: str
    unit: str = ""


@dataclass(frozen=True)
class Suggestion:
    """A measure that may fit, how well from 0 to 100, and why."""

    measure: str
    title: str
    score: int
    reason: str


def registered() -> list[MeasureText]:
    """Return the texts of all measures that modules declare."""
    from stateworks.kernel.indicators.measures import all_measures

    return [MeasureText(each.name, each.title, each.definition, each.unit) for each in all_measures()]


def suggest(
    name: str,
    goal: str = "",
    targets: Sequence[Target] = (),
    *,
    measures: Sequence[MeasureText] | None = None,
    most: int = 3,
) -> list[Suggestion]:
    """Rank measures for an indicator's name, best first; those with little in common are left out.

    Rare words weigh more than frequent ones (inverse document frequency over the measures); a measure's title weighs
    three times its definition; the likeness of name and title as strings makes up the rest. A goal that is nothing but
    a date is a milestone, whatever its words.
    """
    from rapidfuzz import fuzz

    candidates = registered() if measures is None else list(measures)
    if targets and all(target.is_milestone for target in targets):
        return [
            Suggestion(each.name, each.title, 95, "The goal is a day by which something is done.")
            for each in candidates
            if each.name == MILESTONES
        ]
    bags = {each.name: _bag(each) for each in candidates}
    rarity = _rarity(bags.values())
    spoken = {_stem(word): word for word in _plain_words(name)}
    wanted, written = Counter(_words(name)), " ".join(_words(name))
    found = []
    for each in candidates:
        alike = _cosine(wanted, bags[each.name], rarity)
        spelled = fuzz.token_sort_ratio(written, " ".join(_words(each.title))) / 100
        score = round(100 * (0.7 * alike + 0.3 * spelled))
        shared = sorted(set(wanted) & set(bags[each.name]), key=lambda word: (-rarity[word], word))
        if score >= LEAST_SCORE and shared:
            words = [spoken[stem] for stem in shared]
            found.append(Suggestion(each.name, each.title, score, _reason(words, goal, each)))
    return sorted(found, key=lambda each: (-each.score, each.measure))[:most]


def _reason(words: list[str], goal: str, measure: MeasureText) -> str:
    shown = ", ".join(f"“{word}”" for word in words[:5])
    unit = " The unit fits." if measure.unit and _same_unit(goal, measure.unit) else ""
    return f"Both speak of {shown}.{unit}"


def _same_unit(goal: str, unit: str) -> bool:
    text = goal.lower()
    return (unit == "percent" and "%" in text) or (len(unit) > 3 and unit.rstrip("s") in text)


@lru_cache(maxsize=256)
def _bag(measure: MeasureText) -> Counter[str]:
    """Return the weighted words of a measure; a plan asks for them once for each of its indicators."""
    title = _words(f"{measure.title} {measure.name.replace('.', ' ').replace('_', ' ')}")
    bag = Counter(_words(measure.definition))
    for word in title:
        bag[word] += 3
    return bag


@lru_cache(maxsize=1024)
def _words(text: str) -> tuple[str, ...]:
    """Return the words that carry meaning, reduced to a plain stem so that “resolved” meets “resolution”."""
    return tuple(_stem(word) for word in _plain_words(text))


def _plain_words(text: str) -> list[str]:
    return [word for word in re.findall(r"[a-z0-9]+", text.lower()) if word not in _STOP and len(word) > 1]


def _stem(word: str) -> str:
    for ending in (
        "ations",
        "ation",
        "utions",
        "ution",
        "ities",
        "ings",
        "ing",
        "ions",
        "ion",
        "ies",
        "ved",
        "ves",
    ):
        if word.endswith(ending) and len(word) - len(ending) >= 4:
            return word.removesuffix(ending)
    for ending in ("ed", "es", "s", "ve", "e", "y"):
        if word.endswith(ending) and len(word) - len(ending) >= 4:
            return word.removesuffix(ending)
    return word


def _rarity(bags: Iterable[Counter[str]]) -> dict[str, float]:
    listed = list(bags)
    counts = Counter(word for bag in listed for word in bag)
    return {word: math.log(1 + len(listed) / count) for word, count in counts.items()}


def _cosine(left: Counter[str], right: Counter[str], rarity: dict[str, float]) -> float:
    usual = max(rarity.values(), default=1.0)

    def weights(bag: Counter[str]) -> dict[str, float]:
        return {word: (1 + math.log(count)) * rarity.get(word, usual) for word, count in bag.items()}

    a, b = weights(left), weights(right)
    dot = sum(value * b.get(word, 0.0) for word, value in a.items())
    size = math.sqrt(sum(v * v for v in a.values())) * math.sqrt(sum(v * v for v in b.values()))
    return dot / size if size else 0.0
