"""Columns and rules of the service desk's feeds."""

from __future__ import annotations

import dataframely as dy
import polars as pl

from stateworks.modules.desk.feeds import CHANNELS, KINDS, STATES


def _one_of(values: tuple[str, ...], description: str, *, nullable: bool = False) -> dy.String:
    return dy.String(
        nullable=nullable,
        check={"one_of": lambda column: column.is_in(list(values))},
        metadata={"values": values},
        description=description,
    )


def _instant(description: str, *, nullable: bool = True) -> dy.Datetime:
    return dy.Datetime(time_zone="UTC", time_unit="us", nullable=nullable, description=description)


class Event(dy.Schema):
    """One update of a ticket."""

    source = dy.String(description="The source system, as its mapping names it.")
    number = dy.String(min_length=1, max_length=80, description="The ticket's number in its source.")
    happened_at = _instant("When the update was made.", nullable=False)
    happened_on = dy.Date(description="The local date of the update.")
    sequence = dy.Int64(min=0, description="Order of updates made at the same time.")
    kind = _one_of(KINDS, "Incident or request.")
    state = _one_of(STATES, "State after the update.")
    state_given = dy.String(nullable=True, description="The state in the source's own words.")
    opened_at = _instant("When the ticket was opened, as the update says.")
    resolved_at = _instant("When it was resolved, as the update says.")
    closed_at = _instant("When it was closed, as the update says.")
    channel = _one_of(CHANNELS, "How the customer reached the desk.", nullable=True)
    category = dy.String(nullable=True, description="Category.")
    subcategory = dy.String(nullable=True, description="Subcategory.")
    service = dy.String(nullable=True, description="Line of service or product.")
    priority = dy.String(nullable=True, description="Priority in the source's own words.")
    agency = dy.String(description="Code of the customer's organization; `unassigned` where it is not known.")
    agency_given = dy.String(nullable=True, description="The organization in the source's own words.")
    assignment_group = dy.String(nullable=True, description="Group that works on it after the update.")
    assignee = dy.String(nullable=True, description="Who works on it after the update.")
    tier = dy.Int64(
        nullable=True, min=0, max=9, description="Support tier after the update; 1 is the first line."
    )
    reassignments = dy.Int64(
        nullable=True, min=0, description="Reassignments so far, as the source counts them."
    )
    reopens = dy.Int64(nullable=True, min=0, description="Reopenings so far, as the source counts them.")
    made_sla = dy.Bool(nullable=True, description="Within its service level so far, as the source says.")

    @dy.rule()
    def closed_after_opened(cls) -> pl.Expr:
        """A ticket cannot be closed before it was opened."""
        return pl.col("closed_at") >= pl.col("opened_at")

    @dy.rule()
    def resolved_after_opened(cls) -> pl.Expr:
        """A ticket cannot be resolved before it was opened."""
        return pl.col("resolved_at") >= pl.col("opened_at")


class Ticket(dy.Schema):
    """One incident or request in its final state."""

    source = dy.String(description="The source system, as its mapping names it.")
    number = dy.String(min_length=1, max_length=80, description="The ticket's number in its source.")
    kind = _one_of(KINDS, "Incident or request.")
    opened_at = _instant("When it was opened.", nullable=False)
    opened_on = dy.Date(description="The local date it was opened.")
    resolved_at = _instant("When it was resolved for the last time; empty while it is not.")
    first_resolved_at = _instant("When it was resolved for the first time, where the source logs updates.")
    resolved_on = dy.Date(nullable=True, description="The local date it was resolved.")
    closed_at = _instant("When it was closed; empty while it is not.")
    closed_on = dy.Date(nullable=True, description="The local date it was closed.")
    updated_at = _instant("The last update.")
    state = _one_of(STATES, "The last state known.")
    state_given = dy.String(nullable=True, description="The state in the source's own words.")
    channel = _one_of(CHANNELS, "How the customer reached the desk.", nullable=True)
    category = dy.String(nullable=True, description="Category.")
    subcategory = dy.String(nullable=True, description="Subcategory.")
    service = dy.String(nullable=True, description="Line of service or product.")
    priority = dy.String(nullable=True, description="Priority in the source's own words.")
    agency = dy.String(description="Code of the customer's organization; `unassigned` where it is not known.")
    agency_given = dy.String(nullable=True, description="The organization in the source's own words.")
    assignment_group = dy.String(nullable=True, description="The last group that worked on it.")
    assignee = dy.String(nullable=True, description="The last person who worked on it.")
    first_tier = dy.Int64(nullable=True, min=0, max=9, description="The first tier that worked on it.")
    last_tier = dy.Int64(nullable=True, min=0, max=9, description="The last tier that worked on it.")
    highest_tier = dy.Int64(nullable=True, min=0, max=9, description="The highest tier that ever touched it.")
    reassignments = dy.Int64(nullable=True, min=0, description="How often it was reassigned.")
    reopens = dy.Int64(nullable=True, min=0, description="How often it was reopened.")
    handovers = dy.Int64(nullable=True, min=0, description="Changes from one group to another.")
    updates = dy.Int64(nullable=True, min=1, description="Updates it is made of, where the source logs them.")
    made_sla = dy.Bool(nullable=True, description="Within its service level, as the source says.")
    reopened_after_seconds = dy.Int64(
        nullable=True, min=0, description="Seconds from its first resolution to its first reopening."
    )
    waiting_seconds = dy.Int64(
        nullable=True, min=0, description="Service seconds spent waiting for somebody outside the desk."
    )
    resolve_seconds = dy.Int64(nullable=True, min=0, description="Seconds from opened to resolved.")
    first_service_seconds = dy.Int64(
        nullable=True, description="Seconds of service hours from opened to resolved for the first time."
    )
    service_seconds = dy.Int64(
        nullable=True, min=0, description="Seconds of service hours from opened to resolved."
    )
    resolve_seconds_net = dy.Int64(
        nullable=True,
        min=0,
        description="Seconds of service hours from opened to resolved, waiting left out.",
    )
    first_contact = dy.Bool(
        nullable=True, description="Resolved on first contact; empty where the rule cannot tell."
    )
    counted = dy.Bool(description="In the population that the first-contact rule counts.")
    counted_on = dy.Date(nullable=True, description="The local date it counts on.")
    first_contact_why = dy.String(description="Why it counted as it did, in one sentence.")
    rule = dy.String(description="Name and version of the first-contact rule.")

    @dy.rule()
    def closed_after_opened(cls) -> pl.Expr:
        """A ticket cannot be closed before it was opened."""
        return pl.col("closed_at") >= pl.col("opened_at")

    @dy.rule()
    def resolved_after_opened(cls) -> pl.Expr:
        """A ticket cannot be resolved before it was opened."""
        return pl.col("resolved_at") >= pl.col("opened_at")
