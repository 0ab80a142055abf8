"""The inventory's feeds: when services were up, and the same by day."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from stateworks.kernel.lake.contracts import PART
from stateworks.kernel.lake.derive import Derivation
from stateworks.kernel.lake.feeds import Feed, derive, register
from stateworks.kernel.lake.mapping import register_folder
from stateworks.kernel.lake.summaries import Summary, summarize

if TYPE_CHECKING:
    import dataframely as dy
    import duckdb

    from stateworks.kernel.lake.mapping import MappingDocument

STATES = ("up", "degraded", "down", "maintenance", "unknown")

SYNONYMS: dict[str, tuple[str, ...]] = {
    "service": ("Component", "Monitor", "Check", "Application", "Resource", "Service name", "Entity"),
    "reference": ("Incident", "Incident id", "Id", "Alert id", "Event id"),
    "state": ("Status", "Impact", "Availability state", "Health"),
    "started_at": ("Start", "Started", "Begin", "From", "Start time", "Downtime start", "Opened"),
    "ended_at": ("End", "Ended", "Until", "To", "End time", "Downtime end", "Closed"),
    "system": ("Application code", "System code", "CI"),
    "agency": ("Organization", "Department", "Customer"),
    "note": ("Title", "Summary", "Description", "Message"),
    "state.up": ("ok", "available", "healthy", "operational", "online"),
    "state.down": ("outage", "unavailable", "critical", "major", "offline", "failed"),
    "state.degraded": ("warning", "minor", "slow", "partial outage"),
    "state.maintenance": ("planned", "scheduled", "under maintenance"),
    "state.unknown": ("no data", "paused", "not known"),
}


def availability_schema() -> type[dy.Schema]:
    """Return the columns and rules of `inventory.availability`."""
    from stateworks.modules.inventory.schemas import Availability

    return Availability


def day_schema() -> type[dy.Schema]:
    """Return the columns and rules of `inventory.availability_day`."""
    from stateworks.modules.inventory.schemas import AvailabilityDay

    return AvailabilityDay


def _days(connection: duckdb.DuckDBPyConnection, rows: str, mapping: MappingDocument) -> str:
    from stateworks.modules.inventory.availability import days_of

    return days_of(connection, rows, mapping)


register_folder(Path(__file__).parent / "mappings")

availability = register(
    Feed(
        name="inventory.availability",
        title="Availability",
        description="One row for every span of time in which a service was in one state, as a monitor or a status page says.",
        schema=availability_schema,
        key=("source", "service", "reference", "started_at"),
        partition_on="started_on",
        agency="agency",
        order=("service", "started_at"),
        local_dates={"started_on": "started_at"},
        usual={"reference": ""},
        synonyms=SYNONYMS,
        checks={
            "ends_after_it_began": "ended at {ended_at}, before it began ({started_at}); correct the times in the source."
        },
    )
)

availability_day = register(
    Feed(
        name="inventory.availability_day",
        title="Availability by day",
        description="One row for every service and local day, with the seconds of each state; planned maintenance apart.",
        schema=day_schema,
        key=("source", "service", "day"),
        partition_on="day",
        agency="agency",
        order=("service", "day"),
    )
)

# Pages ask for whole months of services.
summarize(
    Summary(
        "inventory.availability_day",
        "services",
        (PART, "source", "service", "system"),
        {state: f"sum({state}_seconds)" for state in STATES},
    )
)

derive(
    Derivation(
        source="inventory.availability",
        target="inventory.availability_day",
        unit=("source", "service"),
        build=_days,
    )
)
