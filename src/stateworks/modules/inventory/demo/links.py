"""Fictional dependencies, some of which nobody has documented, and interfaces."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from stateworks.kernel.demo import LAST_DAY, World
from stateworks.modules.inventory.demo.systems import Drawn

CLUSTER = "Database Cluster"
UNDOCUMENTED = 0.06
"""Share of the true dependencies that the inventory does not have."""
MISTAKEN = 0.12
"""Share of the dependencies no owner vouched for that a tool or a file names and nothing really needs."""


@dataclass(frozen=True)
class Link:
    """A dependency of a system on a provider, whether there is one, and what the inventory says of it."""

    system: str
    provider: str
    hard: bool
    group: str
    documented: bool
    source: str
    attested: str
    true: bool = True

    def row(self) -> dict[str, Any]:
        """The record of it."""
        until = ""
        if self.attested:
            until = (LAST_DAY + timedelta(days=90)).isoformat()
        sure = "high" if self.attested else "low" if self.source == "discovered" else "medium"
        return {
            "system": self.system, "component": "", "provider": self.provider, "provider_component": "",
            "strength": "hard" if self.hard else "soft", "group": self.group, "min_up": 1, "source": self.source,
            "confidence": sure, "attested_on": self.attested, "attested_until": until,
        }  # fmt: skip


def draw_links(world: World, systems: list[Drawn], wanted: int) -> list[Link]:
    """Draw dependencies on platforms and on neighbours in the department; nobody who said "none" has one on record."""
    random = world.random("inventory.links")
    live = [one for one in systems if not one.retired]
    platforms = [one for one in live if one.platform]
    neighbours: dict[str, list[Drawn]] = defaultdict(list)
    for one in live:
        neighbours[one.department].append(one)
    # Of a third of the systems nobody has said anything: what they really need is on no record.
    silent = {one.code for one in live if not one.platform and random.random() < 0.33}
    found: dict[tuple[str, str], Link] = {}
    apart = 0
    # A small state has room for fewer: after so many tries, what there is must do.
    for _ in range(20 * wanted):
        if len(found) - apart >= wanted:
            break
        one = random.choice(live)
        pool = platforms if platforms and random.random() < 0.35 else neighbours[one.department]
        other = random.choice(pool)
        if other.code == one.code or (one.code, other.code) in found or (one.platform and not other.platform):
            continue
        # The two database clusters stand in for one another: who uses one is set up on both.
        together = (
            [each for each in platforms if each.name.startswith(CLUSTER)]
            if other.name.startswith(CLUSTER)
            else [other]
        )
        if any(each.code == one.code or (one.code, each.code) in found for each in together):
            continue
        told = one.code not in silent and not one.none_attested and random.random() >= UNDOCUMENTED
        said = (
            (LAST_DAY - timedelta(days=random.randrange(1, 270))).isoformat()
            if random.random() < 0.55
            else ""
        )
        source = "attested" if said else random.choice(["imported", "discovered"])
        hard = random.random() < 0.7
        # Tools see connections that nothing needs; files of old repeat what was true once.
        true = bool(said) or not told or random.random() >= MISTAKEN * (2 if source == "discovered" else 1)
        for each in together:
            group = "databases" if len(together) > 1 else ""
            found[one.code, each.code] = Link(
                one.code, each.code, hard or bool(group), group, told, source, said, true
            )
            apart += not told
        if len(found) > 3 * wanted:
            break
    return list(found.values())


def draw_interfaces(world: World, systems: list[Drawn]) -> Iterator[dict[str, Any]]:
    """Where data flows, now and then carried by a person."""
    random = world.random("inventory.interfaces")
    live = [one for one in systems if one.running]
    for place in range(len(systems) // 6):
        one, other = random.sample(live, 2)
        manual = random.random() < 0.1
        yield {
            "code": f"if-{place:05d}", "name": f"{one.name} to {other.name}"[:200], "system": one.code,
            "other_system": other.code, "direction": random.choice(["sends", "receives", "both"]),
            "protocol": random.choice(["REST", "SFTP", "SOAP", "MQ", "E-mail"]),
            "manual": str(manual).lower(),
            "manual_step": "A clerk downloads the list each Monday and types it in." if manual else "",
        }  # fmt: skip
