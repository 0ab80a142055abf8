"""Suggests how a ledger line should be coded: by rules that people keep, and by how the office codes such lines otherwise.

Pure functions of counts, so that the same ledger gives the same suggestions.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

RARE = 0.05
"""A coding that is no more than this part of lines like it is rare."""
LIKE_TEXT, USUAL_TEXT = 5, 0.8
"""So many lines of the same words, and so large a part of them coded one way, say what is right."""
LIKE_CENTER, USUAL_CENTER = 20, 0.6
"""The same of lines of the same cost center and fund: they say the object."""


@dataclass(frozen=True, order=True)
class Coding:
    """How a ledger line is coded."""

    cost_center: str
    object_code: str
    fund: str

    def __str__(self) -> str:
        return " ".join((self.cost_center or "—", self.object_code or "—", self.fund or "—"))


@dataclass(frozen=True)
class Rule:
    """Which codings are wrong, empty for any, and what is right instead, empty for the same."""

    wrong: Coding
    right: Coding
    reason: str

    def fits(self, coding: Coding) -> bool:
        """Tell whether a coding is one of those that are wrong."""
        return all(want in ("", have) for want, have in zip(_parts(self.wrong), _parts(coding), strict=True))

    @property
    def says(self) -> int:
        """How much the rule says: of several that fit, the one that says most counts."""
        return sum(map(bool, _parts(self.wrong)))


@dataclass(frozen=True)
class Suggestion:
    """What would be right, and why."""

    right: Coding
    reason: str


@dataclass
class History:
    """How lines were coded, by the words they have and by cost center and fund."""

    by_text: dict[str, Counter[Coding]] = field(default_factory=lambda: defaultdict(Counter))
    by_center: dict[tuple[str, str], Counter[str]] = field(default_factory=lambda: defaultdict(Counter))

    @classmethod
    def of(cls, counted: Mapping[tuple[Coding, str], int]) -> History:
        """Return the history of lines, counted by coding and words."""
        made = cls()
        for (coding, text), n in counted.items():
            if text:
                made.by_text[text][coding] += n
            made.by_center[coding.cost_center, coding.fund][coding.object_code] += n
        return made


def suggestion(coding: Coding, text: str, rules: Iterable[Rule], history: History) -> Suggestion | None:
    """Return how a line should be coded, if otherwise than it is: by rule, else by its words, else by its cost center."""
    fitting = [rule for rule in rules if rule.fits(coding)]
    if fitting:
        rule = max(fitting, key=lambda one: (one.says, one.wrong))
        right = Coding(*(want or have for want, have in zip(_parts(rule.right), _parts(coding), strict=True)))
        return Suggestion(right, rule.reason) if right != coding else None
    return _by_text(coding, text, history) or _by_center(coding, history)


def _by_text(coding: Coding, text: str, history: History) -> Suggestion | None:
    known = history.by_text.get(text, Counter())
    lines = known.total()
    if lines < LIKE_TEXT or known[coding] > RARE * lines:
        return None
    right, n = max(known.items(), key=lambda pair: (pair[1], pair[0]))
    if n < USUAL_TEXT * lines:
        return None
    return Suggestion(
        right, f"{n} of {lines} lines with these words are coded {right}, {known[coding]} like this."
    )


def _by_center(coding: Coding, history: History) -> Suggestion | None:
    known = history.by_center.get((coding.cost_center, coding.fund), Counter())
    lines = known.total()
    if lines < LIKE_CENTER or known[coding.object_code] > RARE * lines:
        return None
    right, n = max(known.items(), key=lambda pair: (pair[1], pair[0]))
    if n < USUAL_CENTER * lines:
        return None
    few = known[coding.object_code] or "none"
    reason = f"{n} of {lines} lines of {coding.cost_center} have the object {right}, {few} of them this one."
    return Suggestion(replace(coding, object_code=right), reason)


def _parts(coding: Coding) -> tuple[str, str, str]:
    return coding.cost_center, coding.object_code, coding.fund
