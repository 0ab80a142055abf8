"""Making every stored figure again and reporting each difference.

A statement's stored SQL is run once on its pinned files; its lines are made into values by the same function as in the run
and compared with the stored ones in the database: integers exactly, statistics within a relative 1e-9. Beside the figures
the files' fingerprints, the chain of seals and the definitions are checked. Versions that the lake has lawfully cleared
away since (older than it keeps, and never signed) cannot be run again; their figures are counted as skipped.

Stored SQL is run by the engine that it was written for. On another engine a figure is made again from its measure
(`remaking.py`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.db import connection, transaction
from django.db.models import QuerySet

from stateworks.kernel.access.scope import SYSTEM, entered
from stateworks.kernel.indicators import measures, remaking, seals, sources, storing
from stateworks.kernel.indicators.computing import values_of
from stateworks.kernel.indicators.models import Cover, Run, SignOff, Statement, Value
from stateworks.kernel.lake.store import files_changed

if TYPE_CHECKING:
    import polars as pl

    from stateworks.kernel.lake.engines import Engine

TOLERANCE = 1e-9

_DIFFERENCES = """
    SELECT coalesce(s.period, r.period), coalesce(s.dimension, r.dimension), coalesce(s.member, r.member),
           CASE WHEN s.period IS NULL THEN NULL ELSE jsonb_build_object('value', s.value, 'parts', s.parts, 'low', s.low,
               'high', s.high, 'n', s.n, 'left_out', s.left_out, 'fingerprints', s.fingerprints) END,
           CASE WHEN r.period IS NULL THEN NULL ELSE jsonb_build_object('value', r.value, 'parts', r.parts, 'low', r.low,
               'high', r.high, 'n', r.n, 'left_out', r.left_out, 'fingerprints', r.fingerprints) END
    FROM (SELECT * FROM indicators_value WHERE statement_id = %(statement)s) AS s
    FULL JOIN recomputed AS r
      ON (s.period, s.dimension, s.member) = (r.period, r.dimension, r.member)
    WHERE s.period IS NULL OR r.period IS NULL
       OR (s.grain, s.starts, s.ends, s.n, s.suppressed, s.left_out, s.fingerprints, s.indicator, s.figure)
          IS DISTINCT FROM
          (r.grain, r.starts, r.ends, r.n, r.suppressed, r.left_out, r.fingerprints, r.indicator, r.figure)
       OR s.parts - ARRAY['median', 'p90', 'quantile'] IS DISTINCT FROM r.parts - ARRAY['median', 'p90', 'quantile']
       OR pg_temp.apart(s.value, r.value) OR pg_temp.apart(s.low, r.low) OR pg_temp.apart(s.high, r.high)
       OR pg_temp.apart((s.parts ->> 'median')::float8, (r.parts ->> 'median')::float8)
       OR pg_temp.apart((s.parts ->> 'p90')::float8, (r.parts ->> 'p90')::float8)
       OR pg_temp.apart((s.parts ->> 'quantile')::float8, (r.parts ->> 'quantile')::float8)
    ORDER BY 1, 2, 3
"""
_APART = f"""
    CREATE FUNCTION pg_temp.apart(a float8, b float8) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$
        SELECT CASE WHEN a IS NULL AND b IS NULL THEN false WHEN a IS NULL OR b IS NULL THEN true
               ELSE abs(a - b) > {TOLERANCE} * greatest(abs(a), abs(b)) END
    $$
"""


@dataclass(frozen=True)
class Difference:
    """Something that is not as it was sealed: a figure, a file, a definition or a link of the chain."""

    what: str
    indicator: str | None
    period: str | None
    stored: Any
    recomputed: Any
    run: int | None = None

    def to_json(self) -> dict[str, Any]:
        """Return the difference as the JSON contract has it, and what kind it is."""
        return {
            "what": self.what, "indicator": self.indicator, "period": self.period, "stored": self.stored,
            "recomputed": self.recomputed, "run": self.run,
        }  # fmt: skip


@dataclass
class Verification:
    """How many figures were made again, how many could not be, and what differs."""

    checked: int = 0
    skipped: int = 0
    differences: list[Difference] = field(default_factory=list)

    @property
    def different(self) -> int:
        """How many things are not as they were sealed."""
        return len(self.differences)

    def to_json(self) -> dict[str, Any]:
        """Return `{"checked","different","differences","skipped"}`."""
        return {
            "checked": self.checked, "different": self.different, "skipped": self.skipped,
            "differences": [difference.to_json() for difference in self.differences],
        }  # fmt: skip


def verify(
    *,
    at: datetime,
    signed_only: bool = False,
    plan: str | None = None,
    latest_only: bool = False,
    engine: str | None = None,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> Verification:
    """Make figures again and compare: all stored ones, only signed ones, only a plan's, or what the latest runs use.

    Each is made again by the engine that made it; with `engine` all by that one, those that it cannot make being skipped.
    """
    from stateworks.kernel.lake.engines import known_engine

    if engine is not None:
        known_engine(engine)
    found = Verification()
    with entered(SYSTEM), transaction.atomic(), ExitStack() as opened:
        for broken in seals.breaks():
            found.differences.append(Difference("chain", None, None, broken.what, None, broken.run))
        statements = list(_statements(signed_only, plan, latest_only).order_by("id"))
        gone = _cleared(statements, at)
        lost = _lost(statements, gone)
        engines = {one.pk: engine or one.run.engine for one in statements if one.pk not in lost}
        lines = _Lines(opened, engines.values())
        found.differences += _definitions(statements)
        found.differences += _files({pair for one in statements for pair in one.datasets.items()} - gone)
        _prepare()
        for place, statement in enumerate(statements):
            if statement.pk in lost:
                found.skipped += Value.objects.filter(statement=statement).count()
            else:
                _statement(statement, engines[statement.pk], lines, found)
            progress(place + 1, len(statements))
    return found


def _statements(signed_only: bool, plan: str | None, latest_only: bool) -> QuerySet[Statement, Statement]:
    chosen = Statement.objects.filter(run__finished_at__isnull=False).select_related("run")
    if plan is not None:
        chosen = chosen.filter(run__plan=plan)
    if latest_only:
        newest = [
            Run.objects.filter(plan=name, finished_at__isnull=False)
            .order_by("-id")
            .values_list("id", flat=True)[:1]
            for name in Run.objects.filter(finished_at__isnull=False)
            .order_by()
            .values_list("plan", flat=True)
            .distinct()
        ]
        runs = [one for query in newest for one in query]
        chosen = chosen.filter(pk__in=Cover.objects.filter(run__in=runs).values("statement"))
    if signed_only:
        pairs = SignOff.objects.filter(approved_by__isnull=False).values_list("run", "indicator")
        wanted: set[int] = set()
        for run, indicator in pairs:
            covers = Cover.objects.filter(run=run, indicator=indicator)
            wanted.update(covers.values_list("statement", flat=True))
        chosen = chosen.filter(pk__in=wanted)
    return chosen


def _cleared(statements: Iterable[Statement], at: datetime) -> set[tuple[str, int]]:
    """Return the dataset versions that the lake need not keep any more and whose files are gone."""
    from stateworks.kernel.lake import tables

    pairs = {pair for statement in statements for pair in statement.datasets.items()}
    gone = set()
    for dataset, version in pairs:
        if sources.stays(dataset, version, at):
            continue
        try:
            files = tables.listing(dataset, version).files
        except Exception:  # noqa: BLE001 - without its log a cleared version cannot even be listed
            gone.add((dataset, version))
            continue
        if not all(Path(file).exists() for file in files):
            gone.add((dataset, version))
    return gone


def _lost(statements: Iterable[Statement], gone: set[tuple[str, int]]) -> set[int]:
    """Return the statements that cannot be run again: their data is cleared away, or that of months they add."""
    if not gone:
        return set()
    without = {
        pk for pk, datasets in Statement.objects.values_list("pk", "datasets") if gone & set(datasets.items())
    }
    adds = {one.pk: {statement for statement, _ in one.parameters.get("adds", ())} for one in statements}
    return {pk for pk, others in adds.items() if pk in without or without & others}


def _definitions(statements: Iterable[Statement]) -> list[Difference]:
    """Report statements whose measure reads differently now although its version is the same."""
    now: dict[tuple[str, str], str | None] = {}
    found = []
    for statement in statements:
        measure = measures.find(statement.measure)
        if measure is None or measure.version != statement.measure_version:
            continue  # an older version answers for itself, by its stored SQL
        key = (statement.measure, str([statement.parameters[name] for name in remaking.DECIDES]))
        if key not in now:
            now[key] = remaking.current_hash(measure, statement.parameters)
        if now[key] is not None and now[key] != statement.definition_hash:
            found.append(
                Difference(
                    "definition",
                    statement.indicator,
                    None,
                    statement.definition_hash,
                    now[key],
                    statement.run_id,
                )
            )
    return found


def _files(pairs: Iterable[tuple[str, int]]) -> list[Difference]:
    """Report files that are not as they were written."""
    found = {}
    for dataset, version in sorted(pairs):
        for path in files_changed(dataset, version):
            found[dataset, path] = Difference("file", None, None, f"{dataset}/{path}", "changed or missing")
    return list(found.values())


class _Lines:
    """Runs SQL; figures of one measure that share a query follow each other, so the last answer is kept."""

    def __init__(self, opened: ExitStack, engines: Iterable[str]) -> None:
        from stateworks.kernel.lake.engines import open_engine

        # All at once: one that is missing is told before an hour's work, and is no difference.
        self._engines: dict[str, Engine] = {
            name: opened.enter_context(open_engine(name)) for name in sorted(set(engines))
        }
        self._last: tuple[tuple[str, str, str], pl.DataFrame] | None = None

    def of(self, statement: Statement, asked: remaking.Asked) -> pl.DataFrame:
        """Run a query on a statement's data, or return what the same one has just given."""
        import polars as pl

        key = (asked.engine, asked.sql, str(sorted(statement.datasets.items())))
        if self._last is None or self._last[0] != key:
            answer = self._engines[asked.engine].execute_sql(asked.sql, statement.datasets)
            self._last = (key, pl.DataFrame(pl.from_arrow(answer)))
        return self._last[1]


def _prepare() -> None:
    with connection.cursor() as cursor:
        cursor.execute("DROP FUNCTION IF EXISTS pg_temp.apart(float8, float8)")
        cursor.execute(_APART)
        cursor.execute("DROP TABLE IF EXISTS pg_temp.recomputed")
        cursor.execute("CREATE TEMP TABLE recomputed (LIKE indicators_value) ON COMMIT DROP")
        cursor.execute("ALTER TABLE recomputed ALTER id DROP NOT NULL")


def _statement(statement: Statement, engine: str, lines: _Lines, found: Verification) -> None:
    """Run one statement again on an engine and compare its values."""
    figures = Value.objects.filter(statement=statement).count()
    try:
        asked = remaking.Asked.of(statement, engine)
        if asked is None:
            found.skipped += figures
            return
        found.checked += figures
        values = values_of(lines.of(statement, asked), asked.parameters)
    except Exception as error:  # noqa: BLE001 - whatever was tampered with, the answer is a difference and not a crash
        words = " ".join(str(error).split())[:300]
        found.differences.append(
            Difference(
                "statement",
                statement.indicator,
                None,
                "its stored query",
                f"cannot be run: {words}",
                statement.run_id,
            )
        )
        return
    for period, dimension, member, stored, recomputed in _compared(statement, values):
        label = f"{period} {dimension} {member}".strip()
        found.differences.append(
            Difference("value", statement.indicator, label, stored, recomputed, statement.run_id)
        )


def _compared(statement: Statement, values: pl.DataFrame) -> list[tuple[Any, ...]]:
    import json

    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE pg_temp.recomputed")
        storing.copy_values("recomputed", [(statement, values)])
        cursor.execute(_DIFFERENCES, {"statement": statement.pk})
        rows = cursor.fetchall()
    return [
        (*row[:3], *(json.loads(one) if isinstance(one, str) else one for one in row[3:])) for row in rows
    ]
