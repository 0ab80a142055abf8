"""Three years of a fictional service desk: tickets whose outcome the generator decides, exported as a tool would.

Each incident is drawn to an outcome (resolved at first contact, later at tier 1, escalated, reopened, still open) and
its events follow from it. What is true is therefore known before any measure runs; dirt, duplicates and late rows are
added afterwards and change nothing that is true.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from stateworks.kernel.demo import LAST_DAY, World
from stateworks.modules.desk.demo.export import DUPLICATES, LATE, events_of, exported, spoiled
from stateworks.modules.desk.demo.tickets import draw_tickets, first_contact_truth, tier1_truth

if TYPE_CHECKING:
    import polars as pl

TICKETS = 54_000
"""Tickets at scale 1."""
OPEN_SINCE = date(2026, 10, 1)
"""The last month is still open: what arrives late for it has not arrived yet, so nothing of it is held back."""


@dataclass(frozen=True)
class Truth:
    """What the generator knows.

    By month of closing, agency, category and channel: the incidents counted and those at first contact. By month of
    resolving, agency and category: the incidents resolved at tier 1 and their seconds.
    """

    first_contact: pl.DataFrame
    tier1: pl.DataFrame
    tickets: int
    events: int
    duplicates: int
    dirty: int
    files: tuple[Path, ...]


def build(world: World) -> Truth:
    """Write the export files, import them as a data steward would, and return what is true."""
    from stateworks.kernel.lake.intake import import_feed

    truth = write(world)
    for path in truth.files:
        world.say(f"Importing {path.name}")
        import_feed("desk.event", path, mapping="meridian-desk", by=world.by, at=world.at)
    return truth


def write(world: World) -> Truth:
    """Write one export per fiscal year and one of late rows into the world's folder."""
    import numpy as np
    import polars as pl

    world.say("Service desk tickets")
    random = np.random.default_rng(world.seed_for("desk"))
    tickets = draw_tickets(random, int(TICKETS * world.scale))
    events = events_of(tickets, random)
    limit = pl.lit(LAST_DAY + timedelta(days=1)).cast(pl.Datetime)
    events = events.filter(pl.col("at") < limit).sort("at", "number", "update")
    late = pl.Series("late", random.random(len(events)) < LATE)
    events = events.with_columns(late).with_columns(late=pl.col("late") & (pl.col("at") < OPEN_SINCE))
    dirty = spoiled(events, random)
    copies = events.filter(pl.Series(random.random(len(events)) < DUPLICATES))
    files = []
    fiscal_year = pl.col("at").dt.year() + (pl.col("at").dt.month() >= 7).cast(pl.Int32)
    for (year,), part in (
        events.filter(~pl.col("late"))
        .with_columns(fy=fiscal_year)
        .sort("fy")
        .group_by("fy", maintain_order=True)
    ):
        extra = [frame.filter(fiscal_year == year) for frame in (copies.filter(~pl.col("late")), dirty)]
        path = world.folder / f"desk-export-fy{int(year) % 100}.csv"
        exported(part, *extra).write_csv(path)
        files.append(path)
    path = world.folder / "desk-export-late.csv"
    exported(events.filter("late"), copies.filter("late")).write_csv(path)
    files.append(path)
    return Truth(
        first_contact=first_contact_truth(tickets),
        tier1=tier1_truth(tickets),
        tickets=tickets.filter(pl.col("opened") < limit).height,
        events=events.height,
        duplicates=copies.height,
        dirty=dirty.height,
        files=tuple(files),
    )
