"""The service desk's feeds: every update of a ticket, and every ticket in its final state."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from stateworks.kernel.lake.derive import Derivation
from stateworks.kernel.lake.feeds import Feed, derive, register
from stateworks.kernel.lake.mapping import register_folder
from stateworks.kernel.lake.summaries import summarize
from stateworks.modules.desk.summaries import SUMMARIES
from stateworks.modules.desk.synonyms import SYNONYMS

if TYPE_CHECKING:
    import dataframely as dy
    import duckdb

    from stateworks.kernel.lake.mapping import MappingDocument

STATES = (
    "new", "assigned", "in_progress", "waiting_customer", "waiting_vendor", "waiting_other", "resolved", "closed",
    "cancelled",
)  # fmt: skip
WAITING = ("waiting_customer", "waiting_vendor", "waiting_other")
KINDS = ("incident", "request")
COMPLETED = (
    "resolve_seconds", "first_service_seconds", "service_seconds", "resolve_seconds_net", "first_contact", "counted",
    "counted_on", "first_contact_why", "rule",
)  # fmt: skip
"""What the desk computes for a ticket, whoever delivers it."""
LOCAL_DATES = {"opened_on": "opened_at", "resolved_on": "resolved_at", "closed_on": "closed_at"}
CHANNELS = ("phone", "email", "web", "chat", "walk_in", "monitoring", "other")


def event_schema() -> type[dy.Schema]:
    """Return the columns and rules of `desk.event`."""
    from stateworks.modules.desk.schemas import Event

    return Event


def ticket_schema() -> type[dy.Schema]:
    """Return the columns and rules of `desk.ticket`."""
    from stateworks.modules.desk.schemas import Ticket

    return Ticket


def _tickets(connection: duckdb.DuckDBPyConnection, rows: str, mapping: MappingDocument) -> str:
    from stateworks.modules.desk.derivation import tickets_from_events

    return tickets_from_events(connection, rows, mapping)


def _completed(connection: duckdb.DuckDBPyConnection, rows: str, mapping: MappingDocument) -> str:
    from stateworks.modules.desk.derivation import complete_tickets

    return complete_tickets(connection, rows, mapping)


def _basis(mapping: MappingDocument) -> str:
    from stateworks.modules.desk.derivation import basis

    return basis(mapping)


def _outdated(mapping: MappingDocument) -> str | None:
    from stateworks.modules.desk.derivation import outdated

    return outdated(mapping)


_ORDER = "{0} at {{{0}_at}}, which is before it was opened ({{opened_at}}); correct the times in the source."

register_folder(Path(__file__).parent / "mappings")
summarize(*SUMMARIES)

event = register(
    Feed(
        name="desk.event",
        title="Ticket updates",
        description="One row for every update of a ticket, as the ticketing tool logged it; never changed afterwards.",
        schema=event_schema,
        key=("source", "number", "happened_at", "sequence"),
        partition_on="happened_on",
        agency="agency",
        updated="happened_at",
        order=("number", "happened_at", "sequence"),
        local_dates={"happened_on": "happened_at"},
        usual={"kind": "incident", "sequence": "0"},
        synonyms=SYNONYMS,
        checks={
            "closed_after_opened": _ORDER.format("closed"),
            "resolved_after_opened": _ORDER.format("resolved"),
        },
    )
)

ticket = register(
    Feed(
        name="desk.ticket",
        title="Tickets",
        description="One row for every incident or request, in the last state known.",
        schema=ticket_schema,
        key=("source", "number"),
        partition_on="opened_on",
        agency="agency",
        updated="updated_at",
        order=("opened_at", "number"),
        local_dates=LOCAL_DATES,
        usual={"kind": "incident"},
        synonyms=SYNONYMS,
        complete=_completed,
        completed=COMPLETED,
        added_to=("highest_tier",),
        basis=_basis,
        checks={
            "closed_after_opened": _ORDER.format("closed"),
            "resolved_after_opened": _ORDER.format("resolved"),
        },
    )
)

derive(
    Derivation(
        source="desk.event",
        target="desk.ticket",
        unit=("source", "number"),
        build=_tickets,
        outdated=_outdated,
    )
)
