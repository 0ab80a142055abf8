"""Measures over what people record about a plan: milestones, pilots and maturity."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stateworks.kernel.indicators.measures import measure
from stateworks.kernel.indicators.shapes import Count, Maturity, Milestone

if TYPE_CHECKING:
    import ibis.expr.types as ir


@measure("plan.milestone", reads="plan.milestone", title="Milestones kept", unit="milestone")
def milestone(milestones: ir.Table) -> Milestone:
    """Whether the milestones of an indicator are done, and whether by the day they were due.

    A milestone counts as done on its day when it has evidence and somebody other than its owner confirmed it. Its day
    due is the plan's; one without a day is due on the plan's last day. Of several milestones all are owed.
    """
    return Milestone(rows=milestones, confirmed=milestones.confirmed_by.fill_null("") != "")


@measure("plan.milestones_done", reads="plan.milestone", title="Milestones finished", unit="count")
def milestones_done(milestones: ir.Table) -> Count:
    """How many milestones were finished in the period, counting those that somebody other than the owner confirmed."""
    confirmed = milestones.confirmed_by.fill_null("") != ""
    return Count(rows=milestones, at="done_on", counted=milestones.done_on.notnull() & confirmed)


@measure("plan.pilot", reads="plan.pilot", title="Pilots decided", unit="milestone")
def pilot(pilots: ir.Table) -> Milestone:
    """Whether pilots ended with a decision (stop, continue or modify); one that ended without a decision is overdue.

    Any decision is a success of the pilot: it was there to learn.
    """
    return Milestone(
        rows=pilots,
        done_on="decided_on",
        due="ends",
        forecast=None,
        confirmed=pilots.decision.fill_null("") != "",
    )


@measure("plan.maturity", reads="plan.maturity", title="Maturity level", unit="level")
def maturity(criteria: ir.Table) -> Maturity:
    """Which maturity level is reached: the one below the lowest level that has a criterion not met.

    A criterion is met from the day its evidence shows; level 1 has no criteria and is everybody's start.
    """
    return Maturity(rows=criteria)
