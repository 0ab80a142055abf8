"""What a check is: what it is asked, what it answers, under which name rules call it, and the words it answers in."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import (
    BigIntegerField,
    Case,
    CharField,
    Expression,
    F,
    IntegerField,
    Q,
    QuerySet,
    Value,
    When,
)
from django.db.models.functions import Cast, Concat

from stateworks.modules.inventory.attesting import alive, live_systems
from stateworks.modules.inventory.models import Dependency, Lifecycle, System

NOBODY: Any = Value(None, output_field=BigIntegerField())


@dataclass(frozen=True)
class Asked:
    """What a check is asked: as of which day, with which figures, about all systems or one."""

    today: date
    parameters: Mapping[str, Any] = field(default_factory=dict)
    system: int | None = None

    def number(self, name: str, default: int) -> int:
        """A figure of the rule, or what holds where it names none."""
        found = self.parameters.get(name, default)
        return found if isinstance(found, int) and not isinstance(found, bool) else default

    def systems(self) -> QuerySet[System]:
        """The systems that are not retired: all, or the one that is asked about."""
        rows = live_systems(self.today).order_by()
        return rows if self.system is None else rows.filter(pk=self.system)

    def dependencies(self) -> QuerySet[Dependency]:
        """Dependencies that hold, of systems that are not retired."""
        rows = Dependency.objects.filter(alive(self.today)).order_by()
        rows = rows.exclude(system__lifecycle=Lifecycle.RETIRED)
        return rows if self.system is None else rows.filter(system=self.system)


Hit = tuple[int, str, int | None, str]
"""A system's id, what of it, the id of the other system, and the sentence."""

Found = QuerySet[Any, Any] | Iterable[Hit]


@dataclass(frozen=True)
class Check:
    """A check under the name that rules give: what it looks for, and the figures that it takes."""

    name: str
    title: str
    parameters: Mapping[str, str]
    run: Callable[[Asked], Found]


CHECKS: dict[str, Check] = {}


def check(
    name: str, title: str, **parameters: str
) -> Callable[[Callable[[Asked], Found]], Callable[[Asked], Found]]:
    """Register a function as a check; keyword arguments say what each figure means."""

    def made(run: Callable[[Asked], Found]) -> Callable[[Asked], Found]:
        CHECKS[name] = Check(name, title, parameters, run)
        return run

    return made


def findings(
    rows: QuerySet[Any], system: str, text: Any, *, subject: Any = "", other: Any = NOBODY
) -> QuerySet[Any, Any]:
    """Shape a query as findings: four columns, always the same."""
    chars = CharField()
    shaped: QuerySet[Any, Any] = rows.annotate(
        hit_system=F(system),
        hit_subject=Cast(subject, chars)
        if isinstance(subject, Expression | F)
        else Value(subject, output_field=chars),
        hit_other=F(other) if isinstance(other, str) else other,
        hit_text=text if isinstance(text, Expression) else Value(text, output_field=chars),
    ).values_list("hit_system", "hit_subject", "hit_other", "hit_text")
    return shaped


def duration(name: str) -> Case:
    """Return a number of minutes in words: "2 days", "4 hours", "90 minutes"."""
    chars = CharField()

    def worded(size: int, word: str) -> Concat:
        count = Cast(F(name) / size, chars)
        plural = Case(
            When(**{name: size}, then=Value(f" {word}")), default=Value(f" {word}s"), output_field=chars
        )
        return Concat(count, plural, output_field=chars)

    return Case(
        When(Q(**{f"{name}__gt": 0}) & _divides(name, 1440), then=worded(1440, "day")),
        When(Q(**{f"{name}__gt": 0}) & _divides(name, 60), then=worded(60, "hour")),
        default=worded(1, "minute"), output_field=chars,
    )  # fmt: skip


def _divides(name: str, size: int) -> Any:
    from django.db.models.lookups import Exact

    return Exact(F(name) % Value(size, output_field=IntegerField()), Value(0, output_field=IntegerField()))


def day(name: str) -> Any:
    """Return a date in words: "1 Jul 2026"."""
    from django.db.models import Func

    return Func(F(name), Value("FMDD Mon YYYY"), function="to_char", output_field=CharField())
