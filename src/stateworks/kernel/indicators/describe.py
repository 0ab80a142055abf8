"""Runs and indicators as the JSON contract has them, for the command line, the API and other systems."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from stateworks.kernel.clocks.fiscal import GRAINS
from stateworks.kernel.errors import Refused
from stateworks.kernel.indicators import measures, read, signing
from stateworks.kernel.indicators.figures import Figure
from stateworks.kernel.indicators.models import Run, Statement, Verdict
from stateworks.kernel.indicators.specs import IndicatorSpec


def run_json(run: Run) -> dict[str, Any]:
    """Return a run: its dates, counts by verdict, and one line an indicator."""
    return {
        "plan": run.plan, "as_of": run.as_of, "known_at": run.known_at, "run": run.pk, "counts": run.counts,
        "engine": run.engine, "indicators": [line(verdict) for verdict in Verdict.objects.filter(run=run).order_by("id")],
    }  # fmt: skip


def line(verdict: Verdict) -> dict[str, Any]:
    """Return one indicator's line of a run."""
    return {
        "id": verdict.indicator, "measure": verdict.measure or None, "source": verdict.source or None,
        "period": verdict.period or None, "value": verdict.value, "n": verdict.n, "low": verdict.low,
        "high": verdict.high, "standing": verdict.standing, "attainment": verdict.attainment or None,
        "outlook": verdict.outlook or None, "confidence": verdict.confidence, "why": verdict.why,
    }  # fmt: skip


def indicator_json(plan: str, code: str, specs: Sequence[IndicatorSpec]) -> dict[str, Any]:
    """Return one indicator of a plan's latest run, with its definition, goal, history and evidence."""
    spec = next((spec for spec in specs if spec.code == code), None)
    if spec is None:
        raise Refused(f"The plan {plan} has no indicator “{code}”.")
    run = read.latest_run(plan)
    verdict = None if run is None else Verdict.objects.filter(run=run, indicator=code).first()
    if run is None or verdict is None:
        raise Refused(f"{code} has not been run yet; run `stateworks indicators run --plan {plan}` first.")
    measure = measures.find(spec.measure) if spec.measure else None
    history = [one for grain in GRAINS for one in read.history(run, code, grain)]
    return line(verdict) | {
        "name": spec.name,
        "definition": measure.definition if measure else None,
        "goal": "; ".join(target.in_words() for target in spec.targets) or None,
        "targets": verdict.targets,
        "history": [_point(one) for one in history],
        "evidence": [
            _evidence(statement)
            for statement in Statement.objects.filter(covers__run=run, indicator=code).select_related("run")
        ],
        "signed": signing.told(plan, code),
    }


def _point(figure: Figure) -> dict[str, Any]:
    """Return a figure of the history; a suppressed one without anything that would give it away."""
    shown = not figure.suppressed
    return {
        "grain": figure.grain, "period": figure.period, "value": figure.value if shown else None,
        "n": figure.n if shown else None, "low": figure.low if shown else None, "high": figure.high if shown else None,
        "parts": figure.parts if shown else {}, "excluded": figure.left_out if shown else {},
        "suppressed": figure.suppressed,
    }  # fmt: skip


def _evidence(statement: Statement) -> dict[str, Any]:
    return {
        "statement": statement.pk, "run": statement.run_id, "engine": statement.run.engine,
        "figure": statement.figure or None, "measure": statement.measure, "version": statement.measure_version,
        "definition_hash": statement.definition_hash,
        "datasets": statement.datasets, "sql": statement.sql, "rows_sql": statement.rows_sql,
    }  # fmt: skip
