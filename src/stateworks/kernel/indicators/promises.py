"""Dated promises: done and confirmed by their day, or not."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from stateworks.kernel.indicators.case import Case, Judged
from stateworks.kernel.indicators.models import Attainment
from stateworks.kernel.indicators.targets import Target


def judge_promise(target: Target, case: Case) -> Judged:
    """Judge a dated promise: done and confirmed by its date. Where the goal names what is promised, the reason begins with it."""
    judged = _judged(target, case)
    if not target.of:
        return judged
    return replace(
        judged, why=f"{target.of[:1].upper()}{target.of[1:]}: {judged.why[:1].lower()}{judged.why[1:]}"
    )


def _judged(target: Target, case: Case) -> Judged:
    states = [one for one in case.series if one.grain == "month" and one.starts <= case.as_of]
    if case.options["kind"] != "milestone":
        return Judged(target, "", "No milestone is recorded for it.", "month")
    if not states or not states[-1].parts["all"]:
        return Judged(target, "", "No milestone is recorded for it.", "month")
    state, due = states[-1], target.by
    parts = state.parts
    last = (
        date(1970, 1, 1) + timedelta(days=int(parts["last_day"]))
        if parts.get("last_day") is not None
        else None
    )
    done = parts["in_time"] + parts["late"]
    if done == parts["all"]:
        late = (last is not None and last > due) if due else parts["late"] > 0
        on = f"Done on {last.isoformat()}" if last else "Done"
        if late:
            by = f", after {due.isoformat()}" if due else ", after its date"
            return Judged(target, Attainment.MISSED, f"{on}{by}.", "month", state, None, None, due)
        return Judged(
            target,
            Attainment.MET,
            f"{on}{f', by {due.isoformat()}' if due else ''}.",
            "month",
            state,
            None,
            None,
            due,
        )
    waiting = " It is done but nobody else has confirmed it." if parts["unconfirmed"] else ""
    passed = case.as_of > due if due else parts["overdue"] > 0
    progress = f"{done} of {parts['all']} done" if parts["all"] > 1 else "Not done"
    if passed and last and done + parts["unconfirmed"] == parts["all"]:
        # Everything is reported done, and only a second pair of eyes is missing.
        on_time = due is not None and last <= due
        said = (
            f"Reported done on {last.isoformat()}{'' if on_time or not due else f', after {due.isoformat()}'}"
        )
        verdict = Attainment.PENDING if on_time else Attainment.MISSED
        why = f"{said}; nobody else has confirmed it."
        return Judged(target, verdict, why, "month", state, None, state if on_time else None, due)
    if passed:
        on = f" by {due.isoformat()}" if due else " in time"
        return Judged(target, Attainment.MISSED, f"{progress}{on}.{waiting}", "month", state, None, None, due)
    by = f"; due on {due.isoformat()}" if due else f"; expected by {last.isoformat()}" if last else ""
    return Judged(
        target, Attainment.PENDING, f"{progress} yet{by}.{waiting}", "month", state, None, state, due
    )
