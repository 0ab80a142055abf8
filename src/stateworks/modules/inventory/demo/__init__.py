"""The fictional state's inventory: systems, what they depend on, who watches them, outages and drills, with known truth.

Every fact that a measure judges is drawn first as an outcome (complete or not, attested or not, on ended technology or
not) and the record follows from it. Which systems an outage really hit follows from dependencies some of which nobody
has documented, so that the back-test has something to find.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from stateworks.kernel.access.scope import SYSTEM, entered
from stateworks.kernel.demo import World
from stateworks.modules.inventory.demo.availability import DOWN, Watched, draw_availability, write
from stateworks.modules.inventory.demo.links import Link, draw_interfaces, draw_links
from stateworks.modules.inventory.demo.outages import Drawn, draw_outages, note_ways
from stateworks.modules.inventory.demo.systems import (
    Made,
    capabilities,
    draw_systems,
    owner_of_the_demo,
    sites,
    technologies,
    tools,
    vendors,
)
from stateworks.modules.inventory.models import Campaign, CheckItem
from stateworks.modules.inventory.rules import evaluate_rules, load_bundled
from stateworks.modules.inventory.verbs.campaigns import open_campaign, plan_campaign
from stateworks.modules.inventory.verbs.observability import load_checklist

CAMPAIGN = "autumn-2026"
ASKED, JUDGED = datetime(2026, 10, 15, 15, tzinfo=UTC), datetime(2026, 10, 31, 15, tzinfo=UTC)
"""When owners were asked, and when the rules were last checked, whatever the clock says."""
SYSTEMS, LINKS = 1_200, 5_000
"""Systems and dependencies at scale 1."""


@dataclass(frozen=True)
class Truth:
    """What the generator knows as of the demo's last day.

    `shares` has, by measure, how many systems count towards it and how many there are, statewide and by agency code;
    `identified` the minutes from declared to identified of each real outage of a critical system, by month; `hits` and
    `predicted` the systems hit and those the documented graph named, by outage; `down` the seconds in the last twelve months
    that each system was down whose times are kept.
    """

    systems: int
    links: int
    shares: dict[str, dict[str, tuple[int, int]]]
    monitored: int
    identified: dict[str, list[int]]
    hits: dict[str, frozenset[str]]
    predicted: dict[str, frozenset[str]]
    down: dict[str, int]


def build(world: World) -> Truth:
    """Write the inventory's files, import them as a data steward would, and return what is true."""
    from stateworks.kernel.lake.intake import import_feed

    world.say("Systems, dependencies and outages")
    with entered(SYSTEM):
        owner_of_the_demo()
        load_checklist(by=None, at=ASKED)
        load_bundled(by=None, at=ASKED)
        required = CheckItem.objects.filter(required=True, retired_on=None).order_by("order")
        baseline = list(required.values_list("code", flat=True))
        made = draw_systems(world, max(10, round(SYSTEMS * world.scale)))
    links = draw_links(world, made.systems, round(LINKS * world.scale))
    drawn = draw_outages(world, made.systems, links)
    documented = [link.row() for link in links if link.documented]
    for name, rows in (
        ("vendor", vendors()), ("capability", capabilities()), ("site", sites()), ("technology", technologies()),
        ("system", made.rows()), ("alias", made.aliases()), ("environment", made.environments()),
        ("component", made.components()), ("stack", made.stacks()), ("dependency", documented),
        ("interface", draw_interfaces(world, made.systems)), ("monitoring_tool", tools()), ("monitor", made.monitors()),
        ("check", made.checks(baseline)), ("rationalization", made.rationalizations()),
        ("outage", drawn.rows()), ("outage_impact", drawn.impact_rows()),
    ):  # fmt: skip
        load(world, "office.vendor" if name == "vendor" else f"inventory.{name}", rows)
    with entered(SYSTEM):
        note_ways(drawn)
        if not Campaign.objects.filter(code=CAMPAIGN).exists():
            plan_campaign(
                CAMPAIGN, "Autumn 2026: who answers for what", opens_on=date(2026, 10, 15), due_on=date(2026, 12, 15),
                criticality="2_important", by=None, at=ASKED,
            )  # fmt: skip
            open_campaign(CAMPAIGN, by=None, at=ASKED)
    evaluate_rules(at=JUDGED)
    watched = draw_availability(world, made.systems, drawn)
    import_feed(
        "inventory.availability",
        write(world.folder, watched),
        mapping="meridian-lookout",
        by=world.by,
        at=world.at,
    )
    return _truth(made, links, drawn, watched)


def load(world: World, dataset: str, rows: Iterable[Mapping[str, Any]]) -> None:
    """Write rows as a file and import it; every row must go in, or the demo would not be what it claims."""
    from stateworks.kernel.records.intake import import_records

    lines = list(rows)
    if not lines:
        return
    path = world.folder / f"{dataset}.csv"
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, list(lines[0]))
        writer.writeheader()
        writer.writerows(lines)
    with entered(SYSTEM):
        done = import_records(dataset, path, by=None, at=world.at)
    if done.quarantined:
        raise RuntimeError(f"{done.quarantined} rows of the demo's {dataset} were refused")


def _truth(made: Made, links: list[Link], drawn: Drawn, watched: list[Watched]) -> Truth:
    documented = {link.system for link in links if link.documented}
    known = made.counted(
        lambda one: one.none_attested or one.code in documented, among=lambda one: not one.retired
    )
    return Truth(
        systems=len(made.systems),
        links=sum(link.documented for link in links),
        shares={**made.shares(), "inventory.dependencies_documented": known},
        monitored=made.monitored,
        identified=drawn.identified(),
        hits={one.code: one.hit for one in drawn.outages},
        predicted={one.code: one.predicted for one in drawn.outages},
        down={one.system.code: one.seconds(DOWN) for one in watched},
    )
