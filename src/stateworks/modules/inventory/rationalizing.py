"""What is to become of systems: the rule that proposes a disposition, and the grades that the records suggest.

The rule is the one known as TIME: a system is judged by its value to the business and by its technical fitness, and
each of the four combinations has its own way. The thresholds here are the product's own.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Case, CharField, Exists, F, OuterRef, Q, QuerySet, Value, When

from stateworks.modules.inventory.attesting import alive
from stateworks.modules.inventory.models import (
    Criticality,
    Disposition,
    Rationalization,
    RecoveryTest,
    Stack,
    System,
)
from stateworks.modules.inventory.watching import watching

HIGH = 3
"""A grade of 3 or more, of 5, is high; below it is low."""

RULE: tuple[tuple[str, str, Disposition, str], ...] = (
    ("high", "high", Disposition.INVEST, "Worth much and sound: build on it."),
    (
        "high",
        "low",
        Disposition.MIGRATE,
        "Worth much and poorly built: move what it does to something sound.",
    ),
    (
        "low",
        "high",
        Disposition.TOLERATE,
        "Sound and worth little: leave it running, spend nothing new on it.",
    ),
    ("low", "low", Disposition.ELIMINATE, "Worth little and poorly built: end it."),
)
"""Value, fitness, what is proposed, and why."""


def proposed(value: int | None, fitness: int | None) -> str:
    """Return what follows from the grades; nothing where one is missing, for half a judgement proposes nothing."""
    if value is None or fitness is None:
        return ""
    if value >= HIGH:
        return Disposition.INVEST if fitness >= HIGH else Disposition.MIGRATE
    return Disposition.TOLERATE if fitness >= HIGH else Disposition.ELIMINATE


def proposal() -> Case:
    """Return the same rule for the database, for assessments that were loaded with grades alone."""
    cases = [
        When(Q(**{f"value__{_side(value)}": HIGH, f"fitness__{_side(fitness)}": HIGH}), then=Value(str(then)))
        for value, fitness, then, _ in RULE
    ]
    return Case(
        When(~Q(proposed=""), then=F("proposed")), *cases, default=Value(""), output_field=CharField()
    )


def _side(level: str) -> str:
    return "gte" if level == "high" else "lt"


def latest(rows: QuerySet[Rationalization]) -> QuerySet[Rationalization]:
    """Narrow assessments to the newest of each system; there is one a day at most."""
    newer = Rationalization.objects.filter(system=OuterRef("system"), assessed_on__gt=OuterRef("assessed_on"))
    return rows.filter(~Exists(newer))


@dataclass(frozen=True)
class Suggestion:
    """A grade that the records suggest, with what speaks for it."""

    grade: int | None
    why: tuple[str, ...]


_VALUE = {
    Criticality.ESSENTIAL: 5, Criticality.IMPORTANT: 4, Criticality.SUPPORTING: 3, Criticality.MINOR: 2,
}  # fmt: skip


def with_evidence(rows: QuerySet[System], today: date) -> QuerySet[System]:
    """Add to systems what the suggestions are made from, in the same query."""
    stack = Stack.objects.filter(alive(today), system=OuterRef("pk"))
    over = Q(technology__end_of_life="ended") | Q(technology__ends_on__lt=today)
    soon = Q(technology__ends_on__gte=today, technology__ends_on__lte=today + timedelta(days=365))
    return rows.annotate(
        on_ended=Exists(stack.filter(over)), on_ending=Exists(stack.filter(soon)),
        is_watched=Exists(watching(today).filter(system=OuterRef("pk"))),
    )  # fmt: skip


def suggestions(system: Any) -> dict[str, Suggestion]:
    """Return what the records say for each grade; `system` comes from `with_evidence`. A person decides the grades."""
    value = _VALUE.get(system.criticality)
    why = (system.get_criticality_display(),)
    faults = [
        (2, "built on technology without support", system.on_ended),
        (1, "support of its technology ends within a year", system.on_ending and not system.on_ended),
        (1, "nothing watches it", not system.is_watched),
        (
            1,
            "people do not sign in with the state's single sign-on",
            system.single_sign_on in ("planned", "not_assessed"),
        ),
    ]
    dangers = [
        (1, "built on technology without support", system.on_ended),
        (1, "no restore was verified", system.recovery_test != RecoveryTest.VERIFIED),
        (1, "nobody owns it", system.owner_id is None),
        (1, "local accounts pass by the single sign-on", bool(system.local_accounts)),
        (1, "holds confidential data", system.classification in ("confidential", "restricted")),
    ]
    return {
        "value": Suggestion(value, why),
        "fitness": _summed(5, -1, faults),
        "risk": _summed(1, 1, dangers),
    }


def _summed(start: int, sign: int, parts: Iterable[tuple[int, str, bool]]) -> Suggestion:
    held = [(size, text) for size, text, holds in parts if holds]
    grade = start + sign * sum(size for size, _ in held)
    return Suggestion(min(5, max(1, grade)), tuple(text for _, text in held))
