"""From spans of time to days: how many seconds of each local day a service was up, down and so on."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from django.conf import settings

from stateworks.kernel.errors import Refused
from stateworks.kernel.lake.contracts import literal
from stateworks.kernel.lake.local_time import local_date_sql

if TYPE_CHECKING:
    import duckdb

    from stateworks.kernel.lake.mapping import MappingDocument

GAPS = ("up", "unknown")
"""What time is taken as of which a source says nothing: a status page lists what went wrong, a monitor lists everything."""
WORST_FIRST = ("maintenance", "down", "degraded", "unknown", "up")
"""Of spans that overlap the first of these holds: what was announced is no outage, whatever else was seen meanwhile."""


def days_of(connection: duckdb.DuckDBPyConnection, rows: str, mapping: MappingDocument) -> str:
    """Make one row for every service and local day from its first to its last span; return the relation's name.

    A span that has not ended is followed to the last instant known of its source. The mapping's rule `gaps` says what
    time without a span is; without the rule it is unknown.
    """
    gaps = mapping.rules.get("gaps", "unknown")
    if gaps not in GAPS:
        raise Refused(
            f"The mapping {mapping.name} has the rule gaps: {gaps}; it can be {' or '.join(GAPS)}: what time is without a span."
        )
    found = connection.execute(
        f"SELECT min(started_at), max(greatest(started_at, coalesce(ended_at, started_at))) FROM {rows}"
    ).fetchone()
    assert found is not None, "an aggregate always has a row"
    _make_days(connection, *found)
    worst = " ".join(f"WHEN {literal(state)} THEN {place}" for place, state in enumerate(WORST_FIRST))
    # A span in pieces that do not cross midnight, in whole seconds since 1970.
    connection.execute(
        f"""CREATE OR REPLACE TEMP TABLE span_pieces AS
        WITH spans AS (
            SELECT source, service, CASE state {worst} END AS rank, epoch_us(started_at) // 1000000 AS since,
                   epoch_us(coalesce(ended_at, max(greatest(started_at, coalesce(ended_at, started_at)))
                            OVER (PARTITION BY source))) // 1000000 AS until
            FROM {rows})
        SELECT source, service, rank, d.day, greatest(since, d.opens) AS since, least(until, d.closes) AS until
        FROM spans JOIN calendar_days d ON d.opens < until AND d.closes > since"""
    )
    # Within a day of a service every instant at which something begins or ends cuts; a stretch has the worst state over it.
    sums = ", ".join(
        f"coalesce(sum(until - since) FILTER (rank = {place}), 0) AS {state}_known"
        for place, state in enumerate(WORST_FIRST)
    )
    connection.execute(
        f"""CREATE OR REPLACE TEMP VIEW known_days AS
        WITH cuts AS (
            SELECT DISTINCT source, service, day, cut FROM (
                SELECT source, service, day, since AS cut FROM span_pieces
                UNION ALL SELECT source, service, day, until FROM span_pieces)),
        stretches AS (
            SELECT source, service, day, cut AS since,
                   lead(cut) OVER (PARTITION BY source, service, day ORDER BY cut) AS until FROM cuts),
        judged AS (
            SELECT s.source, s.service, s.day, s.since, s.until, min(p.rank) AS rank
            FROM stretches s JOIN span_pieces p
              ON (p.source, p.service, p.day) = (s.source, s.service, s.day) AND p.since <= s.since AND p.until >= s.until
            WHERE s.until IS NOT NULL GROUP BY ALL)
        SELECT source, service, day, {sums} FROM judged GROUP BY ALL"""
    )
    first, last = (local_date_sql(name, settings.TIME_ZONE) for name in ("first_at", "last_at"))
    rest = "(d.closes - d.opens) - " + " - ".join(f"coalesce(k.{state}_known, 0)" for state in WORST_FIRST)
    seconds = ", ".join(
        f"CAST(coalesce(k.{state}_known, 0){f' + {rest}' if state == gaps else ''} AS BIGINT) AS {state}_seconds"
        for state in WORST_FIRST
    )
    connection.execute(
        f"""CREATE OR REPLACE TEMP VIEW service_days AS
        WITH services AS (
            SELECT source, service, min(started_at) AS first_at,
                   max(greatest(started_at, coalesce(ended_at, started_at))) AS last_at,
                   arg_max(system, started_at) AS system, arg_max(agency, started_at) AS agency
            FROM {rows} GROUP BY ALL)
        SELECT s.source, s.service, d.day, {seconds}, s.system, s.agency
        FROM services s JOIN calendar_days d ON d.day BETWEEN {first} AND {last}
        LEFT JOIN known_days k ON (k.source, k.service, k.day) = (s.source, s.service, d.day)"""
    )
    return "service_days"


def _make_days(connection: duckdb.DuckDBPyConnection, first: datetime | None, last: datetime | None) -> None:
    """Make the table of local days between two instants, each with its first second and the first one after it."""
    connection.execute("CREATE OR REPLACE TEMP TABLE calendar_days (day DATE, opens BIGINT, closes BIGINT)")
    if first is None or last is None:
        return
    zone = ZoneInfo(settings.TIME_ZONE)
    day, until = first.astimezone(zone).date(), last.astimezone(zone).date()
    rows = []
    while day <= until:
        following = day + timedelta(days=1)
        rows.append(f"(DATE '{day}', {_opens(day, zone)}, {_opens(following, zone)})")
        day = following
    connection.execute(f"INSERT INTO calendar_days VALUES {', '.join(rows)}")


def _opens(day: date, zone: ZoneInfo) -> int:
    return int(datetime.combine(day, time(), zone).astimezone(UTC).timestamp())
