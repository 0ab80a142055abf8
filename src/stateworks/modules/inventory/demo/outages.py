"""Fictional outages and drills: what failed, whom it really hit, and how long it took to know."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings

from stateworks.kernel.demo import FIRST_DAY, LAST_DAY, World
from stateworks.modules.inventory.demo.links import Link
from stateworks.modules.inventory.demo.systems import Drawn as System
from stateworks.modules.inventory.models import Dependency, OutageImpact
from stateworks.modules.inventory.models import System as SystemRecord

OUTAGES, DRILLS = 72, 24
LARGEST = 60
"""Systems that a demo outage hits at most; one of the network would hit nearly all, and say little."""


@dataclass(frozen=True)
class Happened:
    """One outage with what is true of it."""

    code: str
    title: str
    source: str
    drill: bool
    declared_at: datetime
    minutes: int | None
    restored_at: datetime | None
    hit: frozenset[str]
    predicted: frozenset[str]
    hops: dict[str, int]
    came: dict[str, Link]
    """By what each foretold system is hit: the last dependency on the way to it."""
    critical: bool


@dataclass(frozen=True)
class Drawn:
    """All outages, and their rows."""

    outages: list[Happened]

    def rows(self) -> Iterator[dict[str, Any]]:
        """Outages."""
        for one in self.outages:
            known = "" if one.minutes is None else _stamp(one.declared_at + timedelta(minutes=one.minutes))
            ended = "" if one.restored_at is None else _stamp(one.restored_at)
            yield {
                "code": one.code, "title": one.title, "drill": str(one.drill).lower(), "source": "system",
                "system": one.source, "declared_at": _stamp(one.declared_at), "identified_at": known, "restored_at": ended,
                "closed_at": ended if known else "", "critical": str(one.critical).lower(),
            }  # fmt: skip

    def impact_rows(self) -> Iterator[dict[str, Any]]:
        """Which systems the graph named, and which were hit."""
        for one in self.outages:
            decided = "" if one.minutes is None else _stamp(one.declared_at + timedelta(minutes=one.minutes))
            for system in sorted((one.hit | one.predicted) - {one.source}):
                verdict = "candidate" if not decided else "hit" if system in one.hit else "spared"
                if not decided and system not in one.predicted:
                    continue
                yield {
                    "outage": one.code, "system": system, "predicted": str(system in one.predicted).lower(),
                    "strength": "hard" if system in one.predicted else "", "hops": one.hops.get(system, ""),
                    "verdict": verdict, "decided_at": decided,
                }  # fmt: skip

    def identified(self) -> dict[str, list[int]]:
        """Return minutes to identify of real outages of critical systems, by the local month of their declaration."""
        zone = ZoneInfo(settings.TIME_ZONE)
        found: dict[str, list[int]] = defaultdict(list)
        for one in self.outages:
            if one.critical and not one.drill and one.minutes is not None:
                found[f"{one.declared_at.astimezone(zone):%Y-%m}"].append(one.minutes)
        return dict(found)


def draw_outages(world: World, systems: list[System], links: list[Link]) -> Drawn:
    """Draw outages of systems that some others need; the last real one is still being looked into."""
    random = world.random("inventory.outages")
    by_code = {one.code: one for one in systems}
    true = _needs(link for link in links if link.true)
    told = _needs(link for link in links if link.documented)
    # Of a large inventory a sample is enough.
    tried = random.sample(sorted(true.by_provider), min(len(true.by_provider), 1_500))
    hit_by = {code: _closure(code, true)[0] for code in tried}
    sources = [code for code in hit_by if 2 < len(hit_by[code]) <= LARGEST] or list(hit_by)
    if not sources:
        return Drawn([])
    ranked = {one.code for one in systems if one.rank}
    weighty = [code for code in sources if ranked.intersection(hit_by[code])] or sources
    days = (LAST_DAY - FIRST_DAY).days
    zone = ZoneInfo(settings.TIME_ZONE)
    made = []
    for place in range(OUTAGES + DRILLS):
        drill = place >= OUTAGES
        code = random.choice(weighty if random.random() < 0.5 else sources)
        day = FIRST_DAY + timedelta(days=random.randrange(days))
        local = datetime(
            day.year, day.month, day.day, random.randrange(24), random.randrange(60), tzinfo=zone
        )
        last = place == OUTAGES - 1
        declared = datetime(2026, 10, 31, 14, 5, tzinfo=zone) if last else local
        minutes = None if last else _minutes(random, late=declared.year == 2024, drill=drill)
        predicted, came = _closure(code, told)
        hit = frozenset(hit_by[code]) | {code}
        touched = hit | set(predicted)
        restored = None if last else declared + timedelta(minutes=(minutes or 0) + random.randrange(20, 600))
        made.append(
            Happened(
                code=f"{'drill' if drill else 'outage'}-{place + 1:03d}",
                title=f"{by_code[code].name} {'drill' if drill else random.choice(['does not answer', 'is slow', 'is down'])}",
                source=code, drill=drill, declared_at=declared.astimezone(UTC), minutes=minutes,
                restored_at=None if restored is None else restored.astimezone(UTC), hit=hit,
                predicted=frozenset(predicted) | {code}, hops={**predicted, code: 0}, came=came,
                critical=bool(ranked.intersection(hit if minutes is not None else touched)),
            )
        )  # fmt: skip
    return Drawn(made)


def _minutes(random: Random, *, late: bool, drill: bool) -> int:
    """Draw how long it took to know; in 2024 nobody had the graph yet."""
    mean = 35 if drill else 150 if late else 48
    return max(4, round(random.gauss(mean, mean / 3)))


@dataclass(frozen=True)
class _Needs:
    """Who stops without whom: the hard dependencies by provider, and how many of a system's group are left."""

    by_provider: dict[str, list[Link]]
    in_group: dict[tuple[str, str], int]


def _needs(links: Iterable[Link]) -> _Needs:
    made = _Needs(defaultdict(list), defaultdict(int))
    for link in links:
        if link.hard:
            made.by_provider[link.provider].append(link)
            if link.group:
                made.in_group[link.system, link.group] += 1
    return made


def _closure(source: str, needs: _Needs) -> tuple[dict[str, int], dict[str, Link]]:
    """Return everything that stops when one system stops, with its distance and the last dependency on the way to it.

    Kept plain, since the product is tested by it.
    """
    hops: dict[str, int] = {source: 0}
    came: dict[str, Link] = {}
    left = dict(needs.in_group)
    edge = [source]
    while edge:
        following = []
        for code in edge:
            for link in needs.by_provider.get(code, ()):
                if link.group:
                    left[link.system, link.group] -= 1
                    if left[link.system, link.group]:
                        continue
                if link.system not in hops:
                    hops[link.system] = hops[code] + 1
                    came[link.system] = link
                    following.append(link.system)
        edge = following
    del hops[source]
    return hops, came


def note_ways(drawn: Drawn) -> None:
    """Keep at each foretold system the way by which the graph named it, as a declaration would have; no file brings that."""
    names = dict(SystemRecord.objects.values_list("code", "name"))
    ids = dict(SystemRecord.objects.values_list("code", "pk"))
    edges = {
        (system, provider): pk
        for system, provider, pk in Dependency.objects.values_list("system__code", "provider__code", "pk")
    }
    by_code = {one.code: one for one in drawn.outages}
    rows = list(
        OutageImpact.objects.filter(predicted=True, outage__code__in=by_code).select_related(
            "outage", "system"
        )
    )
    for row in rows:
        came, code = by_code[row.outage.code].came, row.system.code
        way = [code]
        while way[0] in came:
            way.insert(0, came[way[0]].provider)
        row.path = [{"kind": "system", "id": ids[one], "name": names[one]} for one in way]
        row.via = [edges[system, provider] for provider, system in pairwise(way)]
    OutageImpact.objects.bulk_update(rows, ["path", "via"], batch_size=1000)


def _stamp(at: datetime) -> str:
    return at.isoformat()
