"""The tickets' updates as a ticketing tool exports them, with the dirt, copies and late rows that exports have."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    import polars as pl

DIRT = 0.01
DUPLICATES = 0.004
LATE = 0.006
STAMP = "%m/%d/%Y %H:%M:%S"


def events_of(tickets: pl.DataFrame, random: np.random.Generator) -> pl.DataFrame:
    """Turn each ticket into its updates, in the order the tool would have written them."""
    import polars as pl

    tier1, agent = pl.lit("Service Desk"), "A" + pl.col("agent").cast(pl.Utf8)
    expert = pl.col("group2") + " expert " + (pl.col("agent") % 5 + 1).cast(pl.Utf8)
    answered = pl.col("outcome") != "open"
    escalated = pl.col("outcome") == "escalated"

    def step(
        at: pl.Expr, state: str, group: pl.Expr, who: pl.Expr, when: pl.Expr, tier: pl.Expr
    ) -> pl.DataFrame:
        return tickets.filter(when).select(
            "number",
            "kind",
            "opened",
            "agency",
            "category",
            "service",
            "channel",
            "priority",
            at=at,
            state=pl.lit(state),
            group=group,
            assignee=who,
            tier=tier,
        )

    second = pl.col("group2") + " team"
    solver = pl.when(escalated).then(second).otherwise(tier1)
    who = pl.when(escalated).then(expert).otherwise(agent)
    level = pl.when(escalated).then(pl.lit("L2")).otherwise(pl.lit("L1"))
    every = pl.lit(True)
    return (
        pl.concat(
            [
                step(pl.col("opened"), "New", tier1, agent, every, pl.lit("L1")),
                step(
                    pl.col("opened") + pl.duration(seconds="wait"),
                    "Assigned",
                    second,
                    expert,
                    escalated,
                    pl.lit("L2"),
                ),
                step(pl.col("resolved"), "Resolved", solver, who, answered, level),
                step(
                    pl.col("reopened"),
                    "Reopened",
                    tier1,
                    agent,
                    pl.col("outcome") == "reopened",
                    pl.lit("L1"),
                ),
                step(
                    pl.col("final"), "Resolved", tier1, agent, pl.col("outcome") == "reopened", pl.lit("L1")
                ),
                step(pl.col("closed"), "Closed", solver, who, answered, level),
            ]
        )
        .sort("number", "at")
        .with_columns(update=pl.int_range(1, pl.len() + 1).over("number"))
    )


def spoiled(events: pl.DataFrame, random: np.random.Generator) -> pl.DataFrame:
    """Copies of some rows with something wrong in them, as exports have: each must be refused, and none is needed."""
    import polars as pl

    punctual = events.filter(~pl.col("late"))
    rows = punctual.filter(pl.Series(random.random(len(punctual)) < DIRT))
    fault = pl.Series(random.integers(0, 4, size=len(rows)))
    return rows.with_columns(
        number=pl.when(fault == 0).then(pl.lit("")).otherwise("number"),
        stamp=pl.when(fault == 1)
        .then(pl.lit("32/13/2025 25:61:00"))
        .otherwise(pl.col("at").dt.strftime(STAMP)),
        state=pl.when(fault == 2).then(pl.lit("???")).otherwise("state"),
        update=pl.when(fault == 3).then(pl.lit("n/a")).otherwise(pl.col("update").cast(pl.Utf8)),
    )


def exported(*parts: pl.DataFrame) -> pl.DataFrame:
    """Bring rows into the columns and formats of the fictional tool's export."""
    import polars as pl

    frames = []
    for part in parts:
        stamp = pl.col("stamp") if "stamp" in part.columns else pl.col("at").dt.strftime(STAMP)
        frames.append(
            part.select(
                pl.col("number").alias("Ticket"),
                pl.col("kind").alias("Type"),
                pl.col("update").cast(pl.Utf8).alias("Update"),
                stamp.alias("Updated"),
                pl.col("opened").dt.strftime(STAMP).alias("Opened"),
                pl.col("state").alias("State"),
                pl.col("group").alias("Group"),
                pl.col("assignee").alias("Assignee"),
                pl.col("tier").alias("Tier"),
                pl.col("channel").alias("Channel"),
                pl.col("category").alias("Category"),
                pl.col("service").alias("Service"),
                pl.col("priority").alias("Priority"),
                ("MER-" + pl.col("agency").str.to_uppercase()).alias("Agency"),
            )
        )
    return pl.concat(frames)
