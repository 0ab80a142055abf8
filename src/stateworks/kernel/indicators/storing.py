"""Writing a run: everything in one transaction, values by COPY, sealed to the run before; a run is whole or is not."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from django.db import connection, transaction

from stateworks.kernel.indicators import seals
from stateworks.kernel.indicators.computing import Made, Outcome
from stateworks.kernel.indicators.models import Cover, Run, Statement, Verdict

if TYPE_CHECKING:
    import polars as pl

    from stateworks.kernel.access.models import Account

_COLUMNS = (
    "run_id", "statement_id", "indicator", "figure", "grain", "period", "starts", "ends", "dimension", "member",
    "parts",
    "value", "n", "low", "high", "left_out", "fingerprints", "suppressed",
)  # fmt: skip
_NULL = "\\N"


def store(
    outcomes: Sequence[Outcome],
    verdicts: Sequence[Verdict],
    *,
    plan: str,
    plan_version: int,
    as_of: date,
    known_at: datetime,
    engine: str,
    by: Account | None,
    started_at: datetime,
    finished_at: datetime,
    counts: dict[str, int],
    reason: str = "",
    supersedes: Run | None = None,
) -> Run:
    """Write a run with its statements, values, covers and verdicts, and seal it."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            # Two runs at once would both seal to the same predecessor.
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended('stateworks.indicators.seal', 0))")
        run = Run.objects.create(
            plan=plan, plan_version=plan_version, as_of=as_of, known_at=known_at, engine=engine, by=by,
            started_at=started_at, reason=reason, supersedes=supersedes, counts=counts,
        )  # fmt: skip
        pairs = [(outcome, made) for outcome in outcomes for made in outcome.made]
        statements = Statement.objects.bulk_create(
            [_statement(run, outcome, made) for outcome, made in pairs]
        )
        copy_values(
            "indicators_value",
            [(statement, made.values) for statement, (_, made) in zip(statements, pairs, strict=True)],
        )
        _hash_values(run, statements)
        Cover.objects.bulk_create(_covers(run, outcomes, pairs, statements))
        for verdict in verdicts:
            verdict.run = run
        Verdict.objects.bulk_create(verdicts)
        run.refresh_from_db()  # the content is hashed as the database keeps it
        run.previous_hash = seals.latest_seal()
        run.content_hash = seals.content_hash(run)
        run.seal = seals.seal_of(run.content_hash, run.previous_hash)
        run.finished_at = finished_at
        run.save(update_fields=["previous_hash", "content_hash", "seal", "finished_at"])
    return run


def _statement(run: Run, outcome: Outcome, made: Made) -> Statement:
    assert outcome.measure is not None
    return Statement(
        run=run, indicator=outcome.spec.code, figure=made.template.figure, measure=outcome.measure.name,
        measure_version=outcome.measure.version, definition_hash=made.definition_hash,
        goal_hash=outcome.spec.goal_hash, basis=made.basis, datasets=outcome.versions,
        sql=made.sql, rows_sql=made.rows_sql, parameters=made.parameters, values_hash=seals.NO_VALUES,
    )  # fmt: skip


def _covers(
    run: Run,
    outcomes: Sequence[Outcome],
    pairs: Sequence[tuple[Outcome, Made]],
    statements: Sequence[Statement],
) -> list[Cover]:
    made = [
        Cover(
            run=run,
            statement=statement,
            indicator=outcome.spec.code,
            figure=one.template.figure,
            periods=one.periods,
        )
        for statement, (outcome, one) in zip(statements, pairs, strict=True)
    ]
    return made + [
        Cover(run=run, statement_id=statement, indicator=outcome.spec.code, figure=figure, periods=periods)
        for outcome in outcomes
        for statement, figure, periods in outcome.kept
    ]


def copy_values(table: str, values: Sequence[tuple[Statement, pl.DataFrame]]) -> None:
    """Copy statements' values into a table that has the columns of `indicators_value`."""
    import polars as pl

    command = f"COPY {table} ({', '.join(_COLUMNS)}) FROM STDIN (FORMAT csv, NULL '{_NULL}')"
    with connection.cursor() as cursor, cursor.copy(command) as copy:
        for statement, frame in values:
            constant: dict[str, Any] = {
                "run_id": statement.run_id,
                "statement_id": statement.pk,
                "indicator": statement.indicator,
                "figure": statement.figure,
            }
            whole = frame.with_columns(**{name: pl.lit(value) for name, value in constant.items()})
            # In the order of the index, which then grows at its end alone.
            whole = whole.select(_COLUMNS).sort("period", "dimension", "member")
            copy.write(whole.write_csv(include_header=False, null_value=_NULL))


def _hash_values(run: Run, statements: Sequence[Statement]) -> None:
    hashes = seals.values_hashes(run)
    for statement in statements:
        statement.values_hash = hashes.get(statement.pk, seals.NO_VALUES)
    Statement.objects.bulk_update(statements, ["values_hash"])
