"""The chain of seals: each finished run's content is hashed together with the seal of the run before it.

Values are hashed by the database over the rows as it keeps them, so that hashing costs no transfer and a change that
got past the triggers shows. Everything else of a run is hashed as canonical JSON.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from django.db import connection

from stateworks.kernel.indicators.models import Cover, Run, Statement, Verdict

_VALUES = """
    SELECT statement_id, encode(sha256(convert_to(
        string_agg(line, E'\\n' ORDER BY period COLLATE "C", dimension COLLATE "C", member COLLATE "C"), 'UTF8')), 'hex')
    FROM (
        SELECT statement_id, period, dimension, member, ROW(
            indicator, figure, grain, period, starts, ends, dimension, member, parts, value, n, low, high, left_out,
            fingerprints, suppressed
        )::text AS line
        FROM indicators_value WHERE run_id = %s
    ) AS lines
    GROUP BY statement_id
"""
NO_VALUES = hashlib.sha256(b"").hexdigest()

_STATEMENT = (
    "id", "indicator", "figure", "measure", "measure_version", "definition_hash", "goal_hash", "basis", "datasets",
    "sql", "rows_sql", "parameters", "values_hash",
)  # fmt: skip
_COVER = ("statement_id", "indicator", "figure", "periods")
_VERDICT = (
    "indicator", "measure", "source", "standing", "attainment", "outlook", "confidence", "grain", "period", "value",
    "n",
    "low", "high", "why", "targets", "unit", "definition_hash", "datasets",
)  # fmt: skip


@dataclass(frozen=True)
class Break:
    """A place where the chain does not hold: the run, and what is wrong in one sentence."""

    run: int
    what: str


def values_hashes(run: Run) -> dict[int, str]:
    """Return the hash over each statement's values as the database keeps them; those without values are missing."""
    with connection.cursor() as cursor:
        cursor.execute(_VALUES, [run.pk])
        return dict(cursor.fetchall())


def content_hash(run: Run) -> str:
    """Return the hash over a run: what was asked, statements, covers and verdicts; values through their statements."""
    supersedes = run.supersedes.seal if run.supersedes else ""
    content = {
        "run": [
            run.plan,
            run.plan_version,
            run.as_of,
            run.known_at,
            run.engine,
            run.reason,
            supersedes,
            run.counts,
        ],
        "statements": list(Statement.objects.filter(run=run).order_by("id").values_list(*_STATEMENT)),
        "covers": list(Cover.objects.filter(run=run).order_by("id").values_list(*_COVER)),
        "verdicts": list(Verdict.objects.filter(run=run).order_by("indicator").values_list(*_VERDICT)),
    }
    text = json.dumps(content, sort_keys=True, ensure_ascii=False, default=_plain)
    return hashlib.sha256(text.encode()).hexdigest()


def seal_of(content: str, previous: str) -> str:
    """Return the seal: the hash over a run's content and the seal before it."""
    return hashlib.sha256(f"{previous}\n{content}".encode()).hexdigest()


def latest_seal() -> str:
    """Return the seal of the last finished run, empty before the first."""
    return (
        Run.objects.filter(finished_at__isnull=False).order_by("-id").values_list("seal", flat=True).first()
        or ""
    )


def breaks() -> Iterator[Break]:
    """Check every finished run, oldest first, and yield the places where the chain does not hold."""
    previous = ""
    for run in (
        Run.objects.filter(finished_at__isnull=False).order_by("id").select_related("supersedes").iterator()
    ):
        hashes = values_hashes(run)
        for pk, stored in Statement.objects.filter(run=run).values_list("pk", "values_hash"):
            if hashes.get(pk, NO_VALUES) != stored:
                yield Break(run.pk, f"the values of statement {pk} are not those that were sealed")
        content = content_hash(run)
        if content != run.content_hash:
            yield Break(run.pk, "its statements, covers or verdicts are not those that were sealed")
        if run.previous_hash != previous:
            yield Break(run.pk, "the run before it is missing or was exchanged")
        if seal_of(run.content_hash, run.previous_hash) != run.seal:
            yield Break(run.pk, "its seal does not fit its content")
        previous = run.seal


def _plain(value: Any) -> str:
    if isinstance(value, datetime):
        # One way to write an instant, whatever zone the connection speaks.
        return value.astimezone(UTC).isoformat()
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} has no canonical form")
