"""Tickets of five fiscal years as ServiceNow exports its incident list: one row each, the same for the same seed."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.instance import AGENCIES, agency_name

if TYPE_CHECKING:
    import polars as pl

FIRST_DAY, LAST_DAY = date(2021, 7, 1), date(2026, 6, 30)
OPEN_MONTH = date(2026, 6, 1)
MAPPING = "servicenow-incident-export"
ZONE = "America/Chicago"
"""The instance's own zone, in which exports write their times."""
STAMP = "%m/%d/%Y %H:%M:%S"
AT_ONCE = 1_000_000
CATEGORIES = 24
CHANNELS = ("Phone", "Email", "Self-service", "Chat", "Walk-in", "Event")


def draw(rows: int, *, first: int = 0, seed: int = 1) -> pl.DataFrame:
    """Draw tickets with typed values, times as local ones; `first` numbers the first of them."""
    import numpy as np
    import polars as pl

    random = np.random.default_rng([seed, first])
    days = (LAST_DAY - FIRST_DAY).days + 1
    # Opened between 09:00 and 16:00, so that no time falls into the hours when clocks change.
    opened = np.datetime64(FIRST_DAY, "us") + (
        random.integers(0, days, rows) * 86_400 + random.integers(9 * 3600, 16 * 3600, rows)
    ).astype("timedelta64[s]")
    weights = random.pareto(1.6, AGENCIES) + 0.15
    desk = random.random(rows) < 0.68
    minutes = np.where(desk, random.gamma(2.0, 14.0, rows), random.gamma(1.5, 1600.0, rows)) + 2
    solved = random.random(rows) < 0.97
    group = random.integers(1, 13, rows)
    frame = pl.DataFrame(
        {
            "number": first + np.arange(rows),
            "opened": opened,
            "minutes": np.minimum(minutes, 60_000).astype("int64"),
            "solved": solved,
            "desk": desk,
            "group": group,
            "channel": random.choice(len(CHANNELS), rows, p=(0.5, 0.2, 0.14, 0.1, 0.02, 0.04)),
            "category": random.integers(0, CATEGORIES, rows),
            "detail": random.integers(0, 6, rows),
            "priority": random.choice(4, rows, p=(0.02, 0.13, 0.6, 0.25)),
            "agency": random.choice(AGENCIES, rows, p=weights / weights.sum()),
            "agent": random.integers(1, 400, rows),
            "moves": np.where(desk, (random.random(rows) < 0.1).astype("int64"), random.integers(1, 4, rows)),
            "reopens": (random.random(rows) < 0.05).astype("int64"),
            "in_time": random.random(rows) < 0.83,
        }
    )
    resolved = pl.col("opened") + pl.duration(minutes="minutes")
    # Nobody solves anything between midnight and five, when an hour may not exist or exist twice.
    resolved = pl.when(resolved.dt.hour() < 5).then(resolved + pl.duration(hours=6)).otherwise(resolved)
    end = pl.lit(LAST_DAY).cast(pl.Datetime("us")) + pl.duration(hours=20)
    return (
        frame.with_columns(resolved=pl.when("solved").then(resolved))
        .with_columns(resolved=pl.when(pl.col("resolved") <= end).then("resolved"))
        .with_columns(closed=pl.col("resolved") + pl.duration(days=3))
        .with_columns(closed=pl.when(pl.col("closed") <= end).then("closed"))
        .with_columns(
            updated=pl.coalesce("closed", "resolved", "opened"),
            state=pl.when(pl.col("closed").is_not_null()).then(pl.lit("Closed"))
            .when(pl.col("resolved").is_not_null()).then(pl.lit("Resolved"))
            .otherwise(pl.lit("In Progress")),
        )
    )  # fmt: skip


def changed(tickets: pl.DataFrame, share: float, *, since: date, seed: int = 2) -> pl.DataFrame:
    """Return the tickets with a share of all of them reopened and updated once more, among those opened since a day."""
    import numpy as np
    import polars as pl

    random = np.random.default_rng([seed, int(tickets["number"][0])])
    recent = (tickets["opened"].dt.date() >= since).to_numpy()
    wanted = min(1.0, share * tickets.height / max(1, recent.sum()))
    hit = pl.Series("hit", recent & (random.random(tickets.height) < wanted))
    return tickets.with_columns(
        reopens=pl.col("reopens") + hit.cast(pl.Int64),
        updated=pl.when(hit).then(pl.col("updated") + pl.duration(hours=1)).otherwise("updated"),
    )


def exported(tickets: pl.DataFrame) -> pl.DataFrame:
    """Write tickets in the export's columns and formats, all as text."""
    import polars as pl

    def stamp(name: str) -> pl.Expr:
        return pl.col(name).dt.strftime(STAMP)

    names = pl.DataFrame({"agency": range(AGENCIES), "company": [agency_name(at) for at in range(AGENCIES)]})
    return tickets.join(names, on="agency", how="left", maintain_order="left").select(
        pl.format("INC{}", (pl.col("number") + 10_000_000)).alias("Number"),
        stamp("opened").alias("Opened"),
        stamp("resolved").alias("Resolved"),
        stamp("closed").alias("Closed"),
        stamp("updated").alias("Updated"),
        pl.col("state").alias("State"),
        pl.col("channel").replace_strict(dict(enumerate(CHANNELS)), return_dtype=pl.String).alias("Channel"),
        pl.format("Category {}", "category").alias("Category"),
        pl.format("Detail {}.{}", "category", "detail").alias("Subcategory"),
        pl.format("Service {}", pl.col("category") % 10).alias("Service"),
        pl.format("{} - Priority", pl.col("priority") + 1).alias("Priority"),
        pl.col("company").alias("Company"),
        pl.when("desk")
        .then(pl.lit("Service Desk"))
        .otherwise(pl.format("Team {}", "group"))
        .alias("Assignment group"),
        pl.format("Agent {}", "agent").alias("Assigned to"),
        pl.col("moves").cast(pl.String).alias("Reassignment count"),
        pl.col("reopens").cast(pl.String).alias("Reopen count"),
        pl.col("in_time").cast(pl.String).alias("Made SLA"),
    )


def write_export(path: Path, rows: int, *, share: float = 0, since: date = FIRST_DAY, seed: int = 1) -> None:
    """Write an export of so many tickets, a share of them changed since the export without a share."""
    with path.open("wb") as out:
        for first in range(0, rows, AT_ONCE):
            tickets = draw(min(AT_ONCE, rows - first), first=first, seed=seed)
            if share:
                tickets = changed(tickets, share, since=since)
            exported(tickets).write_csv(out, include_header=first == 0)
