"""From updates to tickets, set by set: one pass orders a ticket's updates, a second one folds them into its row."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings

from stateworks.kernel.lake.contracts import literal
from stateworks.kernel.lake.local_time import local_date_sql
from stateworks.modules.desk.feeds import COMPLETED, LOCAL_DATES, WAITING
from stateworks.modules.desk.first_contact import DEFAULT, RESOLVED, FirstContactRule, rule_named
from stateworks.modules.desk.service_time import DAYS, clock_sql, day_sql, desk_hours, service_days

if TYPE_CHECKING:
    import duckdb

    from stateworks.kernel.lake.mapping import MappingDocument

#: What a ticket takes from its last update as it stands there.
FINAL = (
    "kind", "state", "state_given", "channel", "category", "subcategory", "service", "priority", "agency", "agency_given",
    "assignment_group", "assignee", "made_sla",
)  # fmt: skip


def rule_of(mapping: MappingDocument) -> FirstContactRule:
    """Return the first-contact rule that a mapping names, or the office's usual one."""
    return rule_named(mapping.rules.get("first_contact", DEFAULT))


def basis(mapping: MappingDocument) -> str:
    """Return what a ticket's computed columns rest on: the rule, the zone of its dates, and the desk's hours."""
    return f"{rule_of(mapping).label} {settings.TIME_ZONE} {desk_hours()!r}"


def outdated(mapping: MappingDocument) -> str:
    """Return the condition on tickets that were computed under another rule or version of it."""
    return f"rule <> {literal(rule_of(mapping).label)}"


def tickets_from_events(connection: duckdb.DuckDBPyConnection, rows: str, mapping: MappingDocument) -> str:
    """Fold updates into one row a ticket; instants that the source reports are taken from it, others are derived."""
    spans = _days_of(connection, rows, ("happened_at",))
    resolved = f"state IN ({_listed(RESOLVED)})"
    was_resolved = f"former_state IN ({_listed(RESOLVED)})"
    reopening = f"{was_resolved} AND NOT {resolved} AND state <> 'cancelled'"
    names = ", ".join(("source", "number", *FINAL))
    connection.execute(
        f"""CREATE OR REPLACE TEMP VIEW ordered_updates AS
        SELECT *, row_number() OVER backwards = 1 AS is_last,
               lag(state) OVER forwards AS former_state,
               lag(assignment_group IGNORE NULLS) OVER forwards AS former_group,
               lead(clock) OVER forwards - clock AS lasted
        FROM (SELECT r.*, {clock_sql("d", "happened_at", spans)} AS clock
              FROM {rows} r LEFT JOIN {DAYS} d ON d.day = {day_sql("happened_at")})
        WINDOW forwards AS (PARTITION BY source, number ORDER BY happened_at, sequence),
               backwards AS (PARTITION BY source, number ORDER BY happened_at DESC, sequence DESC)"""
    )
    connection.execute(
        f"""CREATE OR REPLACE TEMP TABLE folded_updates AS
        SELECT source, number, min(happened_at) AS first_at, max(happened_at) AS updated_at, count(*) AS updates,
               arg_min(tier, (happened_at, sequence)) AS first_tier,
               arg_max(tier, (happened_at, sequence)) AS last_tier,
               max(tier) AS highest_tier,
               count(*) FILTER (former_group <> assignment_group) AS handovers,
               count(*) FILTER ({reopening}) AS counted_reopens,
               min(happened_at) FILTER ({resolved}) AS first_resolved_at,
               min(happened_at) FILTER ({reopening}) AS first_reopened_at,
               max(happened_at) FILTER ({resolved} AND NOT coalesce({was_resolved}, false)) AS last_resolved_at,
               max(happened_at) FILTER (state = 'closed' AND former_state IS DISTINCT FROM 'closed') AS last_closed_at,
               CAST(coalesce(sum(lasted) FILTER (state IN ({_listed(WAITING)})), 0) AS BIGINT) AS waiting_seconds,
               any_value(struct_pack({names.replace("source, number, ", "")}, opened_at, resolved_at, closed_at,
                                     reassignments, reopens)) FILTER (is_last) AS final
        FROM ordered_updates GROUP BY source, number"""
    )
    final = ", ".join(f"final.{name}" for name in FINAL)
    # What the source reports itself is taken as it says; only what it never says is derived from the states.
    resolved_at = "final.resolved_at"
    if "resolved_at" not in mapping.columns:
        resolved_at = f"CASE WHEN final.state IN ({_listed(RESOLVED)}) THEN last_resolved_at END"
    closed_at = "final.closed_at"
    if "closed_at" not in mapping.columns:
        closed_at = "CASE WHEN final.state = 'closed' THEN last_closed_at END"
    connection.execute(
        f"""CREATE OR REPLACE TEMP VIEW folded_tickets AS
        SELECT source, number, {final}, coalesce(final.opened_at, first_at) AS opened_at,
               {resolved_at} AS resolved_at, {closed_at} AS closed_at, updated_at, updates,
               first_tier, last_tier, highest_tier, handovers,
               coalesce(final.reassignments, handovers) AS reassignments,
               coalesce(final.reopens, counted_reopens) AS reopens,
               first_resolved_at, CAST(epoch(first_reopened_at) - epoch(first_resolved_at) AS BIGINT) AS reopened_after_seconds,
               waiting_seconds
        FROM folded_updates"""
    )
    return "folded_tickets"


def complete_tickets(connection: duckdb.DuckDBPyConnection, rows: str, mapping: MappingDocument) -> str:
    """Add durations and the first-contact rule's verdict to tickets, whether folded from updates or exported as rows."""
    rule = rule_of(mapping)
    zone = settings.TIME_ZONE
    given = {row[0] for row in connection.execute(f"DESCRIBE {rows}").fetchall()}
    # From a file the local dates are there already; a ticket folded from updates has none yet.
    dates = {day: at for day, at in LOCAL_DATES.items() if day not in given}
    local = "".join(f", {local_date_sql(instant, zone)} AS {day}" for day, instant in dates.items())
    left_out = ", ".join(name for name in (*COMPLETED, "highest_tier") if name in given)
    base = f"SELECT * EXCLUDE ({left_out})" if left_out else "SELECT *"
    # One row a ticket knows only its last tier; for a log the highest one has been counted.
    highest = "coalesce(highest_tier, last_tier)" if "highest_tier" in given else "last_tier"
    first = "coalesce(first_resolved_at, resolved_at)"
    connection.execute(
        f"CREATE OR REPLACE TEMP VIEW dated_tickets AS {base}{local}, {highest} AS highest_tier, {first} AS first_at FROM {rows}"
    )
    spans = _days_of(connection, "dated_tickets", ("opened_at", "first_at", "resolved_at"))
    connection.execute(
        f"""CREATE OR REPLACE TEMP VIEW timed_tickets AS
        SELECT t.*, CAST(epoch_us(resolved_at) // 1000000 - epoch_us(opened_at) // 1000000 AS BIGINT) AS resolve_seconds,
               {clock_sql("f", "first_at", spans)} - {clock_sql("o", "opened_at", spans)} AS first_service_seconds,
               {clock_sql("r", "resolved_at", spans)} - {clock_sql("o", "opened_at", spans)} AS service_seconds
        FROM dated_tickets t
        LEFT JOIN {DAYS} o ON o.day = {day_sql("opened_at")}
        LEFT JOIN {DAYS} r ON r.day = {day_sql("resolved_at")}
        LEFT JOIN {DAYS} f ON f.day = {day_sql("first_at")}"""
    )
    connection.execute(
        f"""CREATE OR REPLACE TEMP VIEW judged_tickets AS
        SELECT *, CASE WHEN service_seconds IS NOT NULL
                       THEN greatest(service_seconds - coalesce(waiting_seconds, 0), 0) END AS resolve_seconds_net,
               {rule.counted_sql()} AS counted, {rule.counted_on} AS counted_on, {rule.tests_sql()}
        FROM timed_tickets"""
    )
    connection.execute(
        f"""CREATE OR REPLACE TEMP VIEW completed_tickets AS
        SELECT *, {rule.first_contact_sql()} AS first_contact, {rule.why_sql()} AS first_contact_why,
               {literal(rule.label)} AS rule
        FROM judged_tickets"""
    )
    return "completed_tickets"


def _days_of(connection: duckdb.DuckDBPyConnection, rows: str, instants: tuple[str, ...]) -> int:
    """Make the table of days that covers some instants of a relation; return how many open spans a day has at most."""
    lowest = ", ".join(f"min({instant})" for instant in instants)
    highest = ", ".join(f"max({instant})" for instant in instants)
    found = connection.execute(
        f"SELECT least({lowest}, NULL), greatest({highest}, NULL) FROM {rows}"
    ).fetchone()
    assert found is not None, "an aggregate always has a row"
    return service_days(connection, *found)


def _listed(values: tuple[str, ...]) -> str:
    return ", ".join(literal(value) for value in values)
