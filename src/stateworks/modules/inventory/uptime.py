"""How long services were up, by system and service, against what was promised.

The share is the time up over the time up or down: planned maintenance and time of which nothing is known are in neither, and
degraded counts as up, as in the measure `inventory.uptime`. It is never rounded up, so that no page claims a promise kept
that was not.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from stateworks.kernel.access.scope import SYSTEM, Scope
from stateworks.kernel.lake.conditions import Condition
from stateworks.kernel.lake.read import Reader
from stateworks.kernel.lake.store import current_version
from stateworks.modules.inventory.feeds import STATES
from stateworks.modules.inventory.models import Monitor, System

DATASET = "inventory.availability_day"
MONTHS = (1, 3, 12)
"""Spans that pages show: so many calendar months, the last one that has ended included."""


@dataclass(frozen=True)
class Time:
    """Seconds of each state."""

    up: int = 0
    degraded: int = 0
    down: int = 0
    maintenance: int = 0
    unknown: int = 0

    def __add__(self, other: Time) -> Time:
        return Time(*(mine + theirs for mine, theirs in zip(self.seconds, other.seconds, strict=True)))

    @property
    def seconds(self) -> tuple[int, ...]:
        """The seconds in the order of the states."""
        return self.up, self.degraded, self.down, self.maintenance, self.unknown

    @property
    def share(self) -> Decimal | None:
        """Percent of the known time that it was up, to thousandths, rounded down; None where nothing is known."""
        known = self.up + self.degraded + self.down
        return Decimal((self.up + self.degraded) * 100_000 // known) / 1000 if known else None

    def keeps(self, promised: Decimal | None) -> bool | None:
        """Whether a promise in percent is kept; None where there is no promise or nothing is known."""
        known = self.up + self.degraded + self.down
        if promised is None or not known:
            return None
        return (self.up + self.degraded) * 100 >= promised * known


@dataclass(frozen=True)
class Service:
    """One service as a source watches it, the code of the system it is, and its time."""

    source: str
    service: str
    system: str | None
    time: Time


def span(today: date, months: int) -> tuple[date, date]:
    """Return first and last day of the last calendar months that have ended."""
    last = today.replace(day=1) - timedelta(days=1)
    year, month = divmod(last.year * 12 + last.month - months, 12)
    return date(year, month + 1, 1), last


def services(
    scope: Scope,
    since: date,
    until: date,
    conditions: Sequence[Condition] = (),
    *,
    version: int | None = None,
) -> list[Service]:
    """Return the time of each service in a span of days as far as a scope sees it; nothing before the first data."""
    version = current_version(DATASET) if version is None else version
    if version < 0:
        return []
    within = [Condition("day", ">=", since), Condition("day", "<=", until), *conditions]
    with Reader(DATASET, scope=scope, version=version) as reader:
        rows = reader.grouped(("source", "service", "system"), within, sums=STATES)
    made = [
        Service(source, service, system, Time(*(int(one or 0) for one in seconds)))
        for source, service, system, *seconds in rows
    ]
    return sorted(made, key=lambda one: (one.source, one.service, one.system or ""))


def services_of(
    system: System, monitors: Iterable[Monitor], since: date, until: date, *, version: int | None = None
) -> list[Service]:
    """Return the services that are a system: those a source names it for, and those its monitors watch by id or name.

    Who may see the system may see when it was up, whatever organization the source noted.
    """
    watched: dict[str, set[str]] = defaultdict(set)
    for one in monitors:
        watched[one.tool.code] |= {one.entity, one.name} - {""}
    named = sorted({name for names in watched.values() for name in names})
    found = services(SYSTEM, since, until, [Condition("system", "=", system.code)], version=version)
    if named:
        found += [
            one
            for one in services(SYSTEM, since, until, [Condition("service", "in", named)], version=version)
            if one.system is None and one.service in watched[one.source]
        ]
    return found


@dataclass(frozen=True)
class Uptime:
    """How long a service was up over some months, and whether that is what was promised."""

    service: Service
    months: int
    since: date
    until: date
    kept: bool | None


def uptimes(own: System, monitors: Sequence[Monitor], today: date) -> list[Uptime]:
    """Return a system's services over the last month and the last twelve."""
    found: list[Uptime] = []
    version = current_version(DATASET)
    for months in (MONTHS[0], MONTHS[-1]) if version >= 0 else ():
        since, until = span(today, months)
        found += [
            Uptime(one, months, since, until, one.time.keeps(own.availability_target))
            for one in services_of(own, monitors, since, until, version=version)
        ]
    return sorted(found, key=lambda one: (one.service.source, one.service.service, one.months))
