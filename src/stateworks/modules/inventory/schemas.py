"""Columns and rules of the inventory's feeds."""

from __future__ import annotations

import dataframely as dy
import polars as pl

from stateworks.modules.inventory.feeds import STATES


def _instant(description: str, *, nullable: bool = True) -> dy.Datetime:
    return dy.Datetime(time_zone="UTC", time_unit="us", nullable=nullable, description=description)


def _seconds(description: str) -> dy.Int64:
    return dy.Int64(min=0, max=90_000, description=description)


class Availability(dy.Schema):
    """A span of time in which a service was in one state."""

    source = dy.String(description="The source system, as its mapping names it.")
    service = dy.String(min_length=1, max_length=200, description="What was watched, as the source calls it.")
    reference = dy.String(
        description="The source's id of the span or of the incident; empty where it has none."
    )
    state = dy.String(
        check={"one_of": lambda column: column.is_in(list(STATES))},
        metadata={"values": STATES},
        description="How the service was. Planned maintenance and unknown are states of their own.",
    )
    state_given = dy.String(nullable=True, description="The state in the source's own words.")
    started_at = _instant("First instant of the span.", nullable=False)
    started_on = dy.Date(description="The local date it began.")
    ended_at = _instant("First instant after the span; empty while it lasts.")
    system = dy.String(nullable=True, description="Code of the system in the inventory.")
    agency = dy.String(description="Code of the organization it serves; `unassigned` where it is not known.")
    agency_given = dy.String(nullable=True, description="The organization in the source's own words.")
    note = dy.String(nullable=True, description="What the source says about it.")

    @dy.rule()
    def ends_after_it_began(cls) -> pl.Expr:
        """A span cannot end before it begins."""
        return pl.col("ended_at") >= pl.col("started_at")


class AvailabilityDay(dy.Schema):
    """A service's day: how many of its seconds it was up, down and so on; together they are the day."""

    source = dy.String(description="The source system.")
    service = dy.String(description="What was watched.")
    day = dy.Date(description="The local date.")
    up_seconds = _seconds("Seconds it was up.")
    degraded_seconds = _seconds("Seconds it was up, but badly.")
    down_seconds = _seconds("Seconds it was down.")
    maintenance_seconds = _seconds("Seconds of planned maintenance.")
    unknown_seconds = _seconds("Seconds of which nothing is known.")
    system = dy.String(nullable=True, description="Code of the system in the inventory.")
    agency = dy.String(description="Code of the organization it serves; `unassigned` where it is not known.")
