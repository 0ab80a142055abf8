"""A run: every indicator of a plan as of a date, stored with its evidence and sealed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import TYPE_CHECKING

from stateworks.kernel.access.audit import record
from stateworks.kernel.access.scope import SYSTEM, entered
from stateworks.kernel.errors import Refused
from stateworks.kernel.indicators import storing, verdicts
from stateworks.kernel.indicators.computing import Outcome, compute
from stateworks.kernel.indicators.keeping import Setting
from stateworks.kernel.indicators.models import Run, Verdict
from stateworks.kernel.indicators.reading import Reading
from stateworks.kernel.indicators.specs import PROMISE, IndicatorSpec

if TYPE_CHECKING:
    from stateworks.kernel.access.models import Account

RESTATEMENT_REASONS = (
    "late data", "source corrected", "typing error", "preliminary to final", "definition changed",
)  # fmt: skip


def execute(
    specs: Sequence[IndicatorSpec],
    *,
    plan: str,
    plan_version: int,
    as_of: date,
    known_at: datetime | None = None,
    engine: str = "duckdb",
    by: Account | None = None,
    at: datetime,
    fiscal_start: int = 7,
    incremental: bool = True,
    supersedes: Run | None = None,
    reason: str = "",
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> Run:
    """Compute all indicators up to `as_of` on the data known at `known_at` (now, without it) and store the run.

    Records that changed are first written to the lake. Periods that nothing has touched since the plan's last run are
    taken over from it; `incremental=False` computes everything anew. A run that restates another names it and a reason.
    What a run takes over was computed by the same engine.
    """
    from stateworks.kernel.lake.engines import open_engine

    if supersedes is not None and reason not in RESTATEMENT_REASONS:
        raise Refused(f"A restatement needs one of these reasons: {', '.join(RESTATEMENT_REASONS)}.")
    if known_at is not None and known_at > at:
        raise Refused(
            f"Nothing is known yet at {known_at.isoformat()}; leave it away to use the data known now."
        )
    # First, so that a missing engine is told before anything is written.
    with open_engine(engine) as opened:
        if known_at is None:
            take_snapshots(at)
        with entered(SYSTEM):
            previous = _previous(plan, as_of, engine) if incremental else None
            setting = Setting(as_of, known_at or at, at, fiscal_start, previous)
            outcomes: list[Outcome] = []
            promised: dict[str, Outcome] = {}
            reading = Reading(opened, setting.known_at)
            for spec in specs:
                outcomes.append(compute(spec, setting, reading))
                if spec.promise is not None and (spec.measure or spec.reported):
                    promised[spec.code] = compute(spec.promise, setting, reading, figure=PROMISE)
                progress(len(outcomes), len(specs))
            made = [_verdict(outcome, promised.get(outcome.spec.code), setting) for outcome in outcomes]
            run = storing.store(
                [*outcomes, *promised.values()], made,
                plan=plan, plan_version=plan_version, as_of=as_of, known_at=setting.known_at, engine=engine,
                by=by, started_at=at, finished_at=at, counts=verdicts.counts(made), reason=reason, supersedes=supersedes,
            )  # fmt: skip
            record(
                "run indicators", f"plan {plan}", by=by, at=at, reason=reason,
                after={"run": run.pk, "as_of": as_of.isoformat(), "counts": run.counts, "seal": run.seal},
            )  # fmt: skip
    return run


def take_snapshots(at: datetime) -> None:
    """Write the records that changed into the lake, so that a run reads them as they are."""
    from stateworks.kernel.records.snapshot import snapshot_changed

    snapshot_changed(at=at)


def _previous(plan: str, as_of: date, engine: str) -> Run | None:
    """Return the run whose figures may be kept: of those that looked no further than this one, the furthest and last.

    It was made by the same engine, so that all figures of a run are: `verify` then makes them again by one.
    """
    return (
        Run.objects.filter(plan=plan, as_of__lte=as_of, engine=engine, finished_at__isnull=False)
        .order_by("-as_of", "-id")
        .first()
    )


def _verdict(outcome: Outcome, promised: Outcome | None, setting: Setting) -> Verdict:
    computed = "" in outcome.series
    spec = outcome.spec
    if not spec.unit and outcome.measure is not None:
        spec = replace(spec, unit=outcome.measure.unit)
    verdict = verdicts.verdict_of(
        spec,
        as_of=setting.as_of,
        fiscal_start=setting.fiscal_start,
        options=outcome.options[""] if computed else None,
        series=outcome.series.get("", []),
        why_none=outcome.why,
        measured=outcome.measure is not None,
        others={
            name: (one.options[name], series)
            for one in (outcome, promised)
            if one is not None
            for name, series in one.series.items()
            if name
        },
    )
    verdict.datasets = outcome.versions | (promised.versions if promised is not None else {})
    verdict.definition_hash = outcome.definition
    return verdict
