"""A year of a fictional monitoring tool's events: no two spans of a system overlap, so what is true can be added up."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings

from stateworks.kernel.demo import LAST_DAY, World
from stateworks.modules.inventory.demo.outages import Drawn as Outages
from stateworks.modules.inventory.demo.systems import Drawn as System

SERVICES = 160
"""Watched systems whose times are kept, at scale 1; the most critical first."""
SINCE = date(2025, 11, 1)
DOWN, SLOW, PLANNED, PAUSED = "Down", "Slow", "Planned work", "Paused"


@dataclass
class Watched:
    """One system with its spans: what the tool called them, from when to when, and why."""

    system: System
    entity: str
    spans: list[tuple[str, datetime, datetime, str]] = field(default_factory=list)

    def add(self, state: str, since: datetime, minutes: int, message: str) -> None:
        """Note a span, unless it overlaps one that is there or the end of what is known."""
        until = since + timedelta(minutes=minutes)
        if any(since < other[2] and until > other[1] for other in self.spans) or until > _midnight(
            LAST_DAY + timedelta(days=1)
        ):
            return
        self.spans.append((state, since, until, message))

    def seconds(self, state: str) -> int:
        """How long it was in a state."""
        return sum(
            int((until - since).total_seconds()) for said, since, until, _ in self.spans if said == state
        )


def draw_availability(world: World, systems: list[System], outages: Outages) -> list[Watched]:
    """Draw the events of the most critical watched systems, the real outages that hit them among these."""
    random = world.random("inventory.availability")
    chosen = [(place, one) for place, one in enumerate(systems) if one.watched]
    chosen.sort(key=lambda pair: (pair[1].criticality, pair[0]))
    made = [
        Watched(one, f"lookout:{place:06d}") for place, one in chosen[: max(4, round(SERVICES * world.scale))]
    ]
    for one in made:
        for outage in outages.outages:
            if not outage.drill and outage.restored_at is not None and one.system.code in outage.hit:
                minutes = int((outage.restored_at - outage.declared_at).total_seconds() // 60)
                if outage.declared_at >= _midnight(SINCE):
                    one.add(DOWN, outage.declared_at, minutes, outage.code)
        _draw_months(one, random)
    return made


def _draw_months(one: Watched, random: Random) -> None:
    """Draw what every month brings: planned work on its first Sunday, and now and then something of its own."""
    day = SINCE
    shaky = random.random() < 0.2
    while day <= LAST_DAY:
        sunday = day + timedelta(days=(6 - day.weekday()) % 7)
        one.add(PLANNED, _midnight(sunday) + timedelta(hours=2), 120, "Updates")
        for state, chance, longest, message in (
            (DOWN, 0.5 if shaky else 0.12, 240 if shaky else 30, "No answer"), (SLOW, 0.25, 180, "Slow answers"),
            (PAUSED, 0.04, 600, "The probe was off"),
        ):  # fmt: skip
            if random.random() < chance:
                at = _midnight(day + timedelta(days=random.randrange(8, 28))) + timedelta(
                    hours=random.randrange(6, 20)
                )
                one.add(state, at, random.randint(3, longest), message)
        day = (day.replace(day=28) + timedelta(days=4)).replace(day=1)


def write(folder: Path, watched: list[Watched]) -> Path:
    """Write the tool's export and return its path."""
    path = folder / "lookout-events.csv"
    with path.open("w", newline="", encoding="utf-8") as file:
        lines = csv.writer(file)
        lines.writerow(["Event", "Entity", "Application", "Agency", "State", "Since", "Until", "Message"])
        lines.writerows(row for one in watched for row in _rows(one))
    return path


def _rows(one: Watched) -> Iterator[tuple[Any, ...]]:
    first, last = _midnight(SINCE), _midnight(LAST_DAY + timedelta(days=1))
    beats = [("Heartbeat", at, at + timedelta(minutes=1), "") for at in (first, last - timedelta(minutes=2))]
    for place, (state, since, until, message) in enumerate([*beats, *one.spans]):
        times = (since.astimezone(UTC).isoformat(), until.astimezone(UTC).isoformat())
        yield (
            f"{one.entity}:{place}",
            one.entity,
            one.system.code,
            one.system.agency,
            state,
            *times,
            message,
        )


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), ZoneInfo(settings.TIME_ZONE)).astimezone(UTC)
