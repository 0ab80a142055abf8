"""The kinds of jobs: each room that has some declares them in a file `jobs.py`, which is read when first needed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal

from django.utils.module_loading import autodiscover_modules

from stateworks.kernel.errors import Refused

if TYPE_CHECKING:
    from stateworks.kernel.jobs.attempt import Attempt
    from stateworks.kernel.jobs.models import Job


def _nothing(job: Job, at: datetime) -> None:
    return


@dataclass(frozen=True)
class Kind:
    """One kind of job: what does it, who may start it again, and how often it is tried.

    `work` must be safe to repeat from its beginning: a worker may die at any point of it. `abandoned` closes what a job
    left open that ended without its work being asked: cancelled while it waited, or given up.
    """

    name: str
    title: str
    work: Callable[[Attempt], Mapping[str, Any] | None]
    right: str
    max_attempts: int = 3
    priority: int = 0
    abandoned: Callable[[Job, datetime], None] = _nothing


@dataclass(frozen=True)
class Habit:
    """A kind that is done regularly: every day, on every weekday or once a month, from an hour of local time on."""

    kind: str
    every: Literal["day", "weekday", "month"]
    hour: int


_kinds: dict[str, Kind] = {}
_habits: dict[str, Habit] = {}


def register(kind: Kind, *, every: Literal["day", "weekday", "month"] | None = None, hour: int = 0) -> None:
    """Make a kind known; with `every` it is done regularly from that local hour on."""
    _kinds[kind.name] = kind
    if every is not None:
        _habits[kind.name] = Habit(kind.name, every, hour)


def kind_named(name: str) -> Kind:
    """Return a kind, or refuse where no installed part declares it."""
    if name not in _kinds:
        autodiscover_modules("jobs")
    found = _kinds.get(name)
    if found is None:
        raise Refused(
            f"No installed part does jobs of the kind {name}; install the version that asked for it."
        )
    return found


def habits() -> tuple[Habit, ...]:
    """Return what is done regularly."""
    autodiscover_modules("jobs")
    return tuple(_habits.values())
