"""The service desk's measures; one ticket weighs one, whatever was joined to it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stateworks.kernel.indicators.measures import measure
from stateworks.kernel.indicators.shapes import Mean, Quantile, Ratio, Shape, Top

if TYPE_CHECKING:
    from datetime import date

    import ibis.expr.types as ir

SLICES = ("agency", "category", "channel")
MORE_SLICES = ("service", "assignment_group", "priority", "source")


@measure(
    "desk.first_contact_resolution", reads="desk.ticket", title="First-contact resolution", unit="percent", direction="up",
    by=SLICES, also_by=MORE_SLICES,
)  # fmt: skip
def first_contact_resolution(ticket: ir.Table) -> Ratio:
    """Incidents resolved on first contact, of all incidents that the first-contact rule counts.

    The rule is data with a version: it names the population (for instance closed incidents), the date a ticket counts on,
    and what makes a first contact. Every ticket carries the rule's verdict and the sentence that explains it. A ticket
    whose verdict cannot be told stays in the denominator.
    """
    return Ratio(rows=ticket, at="counted_on", counted=ticket.counted, hits=ticket.first_contact)


@measure(
    "desk.tier1_resolve_time", reads="desk.ticket", title="Tier-1 resolve time", unit="minutes", direction="down",
    by=SLICES, also_by=MORE_SLICES,
)  # fmt: skip
def tier1_resolve_time(ticket: ir.Table, *, service_hours: bool = False) -> dict[str, Shape]:
    """Mean minutes from opened to resolved of incidents resolved at tier 1, in the period they were resolved.

    Minutes run day and night; with `service_hours` only those inside the desk's hours count, and waiting for the customer
    or a vendor is left out. Median and 90th percentile stand beside the mean. Incidents whose source does not name a tier
    are left out.
    """
    took = ticket.resolve_seconds_net if service_hours else ticket.resolve_seconds
    population = _resolved_incidents(ticket) & (ticket.last_tier.isnull() | (ticket.last_tier == 1))
    left_out = {"tier not known": ticket.last_tier.isnull()}
    return {
        "mean": Mean(
            rows=ticket, at="resolved_on", counted=population, left_out=left_out, of=took, per_unit=60
        ),
        "median": Quantile(
            rows=ticket, at="resolved_on", counted=population, left_out=left_out, of=took, per_unit=60, q=0.5
        ),
        "p90": Quantile(
            rows=ticket, at="resolved_on", counted=population, left_out=left_out, of=took, per_unit=60, q=0.9
        ),
    }


@measure(
    "desk.tier1_top10_resolution", reads="desk.ticket", title="Tier-1 resolution, top ten categories", unit="percent",
    direction="up", by=("agency", "channel"), also_by=("category", *MORE_SLICES),
)  # fmt: skip
def tier1_top10_resolution(ticket: ir.Table) -> Ratio:
    """Incidents resolved at tier 1, of the incidents resolved in the period's ten most frequent categories.

    The ten categories are found anew for every period, so those of a quarter need not be those of its months. Incidents
    without a category are not among them; one whose tier is not known stays in the denominator.
    """
    return Ratio(
        rows=ticket,
        at="resolved_on",
        counted=_resolved_incidents(ticket) & ticket.category.notnull(),
        hits=ticket.last_tier == 1,
        within=Top("category", 10),
    )


@measure(
    "desk.reopen_rate", reads="desk.ticket", title="Reopen rate", unit="percent", direction="down", by=SLICES,
    also_by=MORE_SLICES,
)  # fmt: skip
def reopen_rate(ticket: ir.Table) -> Ratio:
    """Incidents reopened at least once, of the incidents resolved in the period."""
    return Ratio(rows=ticket, at="resolved_on", counted=_resolved_incidents(ticket), hits=ticket.reopens > 0)


@measure(
    "desk.handovers", reads="desk.ticket", title="Handovers per incident", unit="count", direction="down", by=SLICES,
    also_by=MORE_SLICES,
)  # fmt: skip
def handovers(ticket: ir.Table) -> Mean:
    """Mean number of times an incident resolved in the period went from one group to another."""
    return Mean(rows=ticket, at="resolved_on", counted=_resolved_incidents(ticket), of=ticket.handovers)


@measure(
    "desk.sla_attainment", reads="desk.ticket", title="Service level attainment", unit="percent", direction="up", by=SLICES,
    also_by=MORE_SLICES,
)  # fmt: skip
def sla_attainment(ticket: ir.Table) -> Ratio:
    """Incidents resolved within their service level, as their source says, of the incidents resolved in the period."""
    return Ratio(rows=ticket, at="resolved_on", counted=_resolved_incidents(ticket), hits=ticket.made_sla)


def _resolved_incidents(ticket: ir.Table) -> ir.BooleanValue:
    return (
        (ticket.kind == "incident") & ticket.state.isin(["resolved", "closed"]) & ticket.resolved_at.notnull()
    )


@measure(
    "desk.backlog_age", reads="desk.ticket", title="Backlog age", unit="days", direction="down", by=("agency", "category"),
    also_by=("channel", *MORE_SLICES),
)  # fmt: skip
def backlog_age(ticket: ir.Table, *, as_of: date) -> Mean:
    """Mean age in days of the incidents that are open as of the date: opened by then, neither resolved nor closed."""
    import ibis

    day = ibis.literal(as_of)
    opened = (ticket.kind == "incident") & (ticket.opened_on <= day)
    ended = (
        (ticket.resolved_on <= day).fill_null(False)
        | (ticket.closed_on <= day).fill_null(False)
        | ticket.state.isin(["cancelled"])
    )
    return Mean(rows=ticket, at=None, counted=opened & ~ended, of=day.delta(ticket.opened_on, unit="day"))
