"""The plan's indicators in hand-written DuckDB SQL, over the same Parquet files: figures, and fingerprints of their rows.

What a good analyst would write: one query an indicator, months added up to quarters and years where that is right, all
slices in one scan. Nothing is stored, nothing can be made again later, nobody is told why.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import Any

SLICES = ("agency", "category", "channel")
FISCAL = "CAST(date_trunc('year', {0} - INTERVAL 6 MONTH) + INTERVAL 6 MONTH AS DATE)"
"""The first day of a fiscal year that starts in July; its quarters are the calendar's."""


SHARE = 'CASE WHEN "unknown" < denominator THEN numerator / denominator END'
"""A share of which nothing is known is none."""
ROLES = ("done in time", "done late", "unconfirmed", "overdue", "open")


def compute(lake: Path, as_of: date, plan: str, promised: Iterable[str]) -> Any:
    """Compute every indicator into tables of a DuckDB in memory, which is returned.

    `promised` are the codes of the indicators that are milestones.
    """
    import duckdb

    connection = duckdb.connect()
    connection.execute("SET TimeZone = 'UTC'")
    for name, dataset in (("tickets", "desk/ticket"), ("milestones", "plan/milestone")):
        connection.execute(
            f"CREATE VIEW {name} AS SELECT * FROM read_parquet('{lake}/{dataset}/*/*.parquet')"
        )
    connection.execute(first_contact_sql(as_of))
    connection.execute(tier1_time_sql(as_of))
    connection.execute(top_ten_sql(as_of))
    connection.execute(milestones_sql(as_of, plan, promised))
    return connection


def _sets(periods: tuple[str, ...], slices: tuple[str, ...]) -> str:
    sets = [f"({period})" for period in periods]
    sets += [f"({period}, {name})" for period in periods for name in slices]
    return f"GROUPING SETS ({', '.join(sets)})"


def _slice(slices: tuple[str, ...]) -> str:
    dimension = " ".join(f"WHEN grouping({name}) = 0 THEN '{name}'" for name in slices)
    member = " ".join(f"WHEN grouping({name}) = 0 THEN coalesce({name}, 'unknown')" for name in slices)
    return f"CASE {dimension} ELSE '' END AS dimension, CASE {member} ELSE '' END AS member"


def _rolled_up(table: str, sums: tuple[str, ...]) -> str:
    """Return months, and quarters and years added up from them."""
    added = ", ".join(f"sum({name}) AS {name}" for name in sums)
    parts = [f"SELECT 'month' AS grain, month AS starts, dimension, member, {', '.join(sums)} FROM {table}"]
    for grain, starts in (
        ("quarter", "CAST(date_trunc('quarter', month) AS DATE)"),
        ("year", FISCAL.format("month")),
    ):
        parts.append(f"SELECT '{grain}', {starts}, dimension, member, {added} FROM {table} GROUP BY ALL")
    return " UNION ALL ".join(parts)


def first_contact_sql(as_of: date) -> str:
    """Return the statement for first-contact resolution (1.2.1)."""
    sums = ("numerator", "denominator", '"unknown"', "numerator_keys", "denominator_keys")
    return f"""
        CREATE TEMP TABLE first_contact AS
        WITH months AS (
            SELECT CAST(date_trunc('month', counted_on) AS DATE) AS month, {_slice(SLICES)},
                   count(*) FILTER (first_contact) AS numerator, count(*) AS denominator,
                   count(*) FILTER (first_contact IS NULL) AS "unknown",
                   sum(_key) FILTER (first_contact) AS numerator_keys, sum(_key) AS denominator_keys
            FROM tickets WHERE counted AND counted_on <= DATE '{as_of}'
            GROUP BY {_sets(("month",), SLICES)})
        SELECT *, {SHARE} AS value FROM ({_rolled_up("months", sums)})"""


def tier1_time_sql(as_of: date) -> str:
    """Return the statement for tier-1 resolve time (1.2.2): mean, median and 90th percentile, in minutes."""
    return f"""
        CREATE TEMP TABLE tier1_time AS
        WITH resolved AS (
            SELECT _key, agency, category, channel, last_tier, resolve_seconds AS took,
                   CAST(date_trunc('month', resolved_on) AS DATE) AS month,
                   CAST(date_trunc('quarter', resolved_on) AS DATE) AS quarter, {FISCAL.format("resolved_on")} AS year
            FROM tickets
            WHERE kind = 'incident' AND state IN ('resolved', 'closed') AND resolved_at IS NOT NULL
              AND (last_tier IS NULL OR last_tier = 1) AND resolved_on <= DATE '{as_of}')
        SELECT CASE WHEN grouping(month) = 0 THEN 'month' WHEN grouping(quarter) = 0 THEN 'quarter' ELSE 'year' END AS grain,
               coalesce(month, quarter, year) AS starts, {_slice(SLICES)},
               count(*) FILTER (last_tier = 1) AS counted, count(*) FILTER (last_tier IS NULL) AS left_out,
               coalesce(sum(took) FILTER (last_tier = 1), 0) AS total,
               coalesce(sum(CAST(took AS HUGEINT) * took) FILTER (last_tier = 1), 0) AS squares,
               sum(_key) FILTER (last_tier = 1) AS counted_keys, sum(_key) FILTER (last_tier IS NULL) AS left_out_keys,
               avg(took) FILTER (last_tier = 1) / 60 AS mean,
               quantile_cont(took, [0.5, 0.9]) FILTER (last_tier = 1) AS quantiles
        FROM resolved GROUP BY {_sets(("month", "quarter", "year"), SLICES)}"""


def top_ten_sql(as_of: date) -> str:
    """Return the statement for tier-1 resolution in each period's ten most frequent categories (1.2.3)."""
    slices = ("agency", "channel")
    parts = [
        f"""SELECT '{grain}' AS grain, {grain} AS starts, {_slice(slices)},
                count(*) FILTER (last_tier = 1) AS numerator, count(*) AS denominator,
                count(*) FILTER (last_tier IS NULL) AS "unknown",
                sum(_key) FILTER (last_tier = 1) AS numerator_keys, sum(_key) AS denominator_keys
            FROM resolved SEMI JOIN (
                SELECT {grain}, category FROM resolved GROUP BY {grain}, category
                QUALIFY row_number() OVER (PARTITION BY {grain} ORDER BY count(*) DESC, category) <= 10
            ) USING ({grain}, category)
            GROUP BY {_sets((grain,), slices)}"""
        for grain in ("month", "quarter", "year")
    ]
    return f"""
        CREATE TEMP TABLE top_ten AS
        WITH resolved AS MATERIALIZED (
            SELECT _key, agency, channel, category, last_tier, CAST(date_trunc('month', resolved_on) AS DATE) AS month,
                   CAST(date_trunc('quarter', resolved_on) AS DATE) AS quarter, {FISCAL.format("resolved_on")} AS year
            FROM tickets
            WHERE kind = 'incident' AND state IN ('resolved', 'closed') AND resolved_at IS NOT NULL
              AND category IS NOT NULL AND resolved_on <= DATE '{as_of}')
        SELECT *, {SHARE} AS value FROM ({" UNION ALL ".join(parts)})"""


def milestones_sql(as_of: date, plan: str, promised: Iterable[str]) -> str:
    """Return the statement for the milestones of each indicator, as they stood at each month's end for two years."""
    counts = ", ".join(
        f"count(*) FILTER (role = '{role}') AS {role.replace(' ', '_')}, "
        f"sum(_key) FILTER (role = '{role}') AS {role.replace(' ', '_')}_keys"
        for role in ROLES
    )
    codes = ", ".join(f"'{code}'" for code in promised)
    # A longer period stands as its last month does.
    parts = ["SELECT 'month' AS grain, month AS starts, * FROM counted"]
    for grain, starts in (
        ("quarter", "CAST(date_trunc('quarter', month) AS DATE)"),
        ("year", FISCAL.format("month")),
    ):
        last = f"QUALIFY month = max(month) OVER (PARTITION BY code, {starts})"
        parts.append(f"SELECT '{grain}', {starts}, * FROM counted {last}")
    return f"""
        CREATE TEMP TABLE milestones_kept AS
        WITH months AS (
            SELECT CAST(unnest(generate_series({FISCAL.format(f"DATE '{as_of}'")} - INTERVAL 12 MONTH, DATE '{as_of}',
                                               INTERVAL 1 MONTH)) AS DATE) AS month),
        states AS (
            SELECT code, _key, month, least(last_day(month), DATE '{as_of}') AS stood, due, done_on,
                   coalesce(done_on <= stood, false) AS done, coalesce(confirmed_by, '') <> '' AS confirmed,
                   CASE WHEN done AND NOT confirmed THEN 'unconfirmed' WHEN done AND done_on > due THEN 'done late'
                        WHEN done THEN 'done in time' WHEN due < stood THEN 'overdue' ELSE 'open' END AS role,
                   CASE WHEN done THEN done_on ELSE coalesce(forecast, due) END - DATE '1970-01-01' AS day
            FROM milestones CROSS JOIN months WHERE plan = '{plan}' AND code IN ({codes})),
        counted AS (SELECT code, month, count(*) AS everything, max(day) AS last_day, {counts} FROM states GROUP BY code, month)
        SELECT *, (done_in_time + done_late) / everything AS value FROM ({" UNION ALL ".join(parts)})"""
