"""Goals of a rise or fall: against the stated figure, the baseline period, or the period before."""

from __future__ import annotations

from fractions import Fraction

from stateworks.kernel.clocks.fiscal import Grain
from stateworks.kernel.indicators.case import COMPARE, Case, Judged, grain_of
from stateworks.kernel.indicators.figures import Figure
from stateworks.kernel.indicators.models import Attainment
from stateworks.kernel.indicators.targets import Change, Target
from stateworks.kernel.indicators.units import is_share, shown


def judge_change(target: Target, change: Change, case: Case) -> Judged:
    """Judge a rise or fall against the stated figure, the baseline period, or the period before."""
    grain = grain_of(target, case)
    found = case.figures(grain)
    wanted = [one for one in found if target.by is None or one.starts <= target.by]
    closed = [one for one in wanted if one.closed(case.as_of)]
    latest = found[-1] if found and not found[-1].closed(case.as_of) else None
    judged = closed[-1] if closed else latest
    if judged is None:
        return Judged(target, Attainment.PENDING, f"No {grain} with a figure yet.", grain)
    then, source = _baseline(target, change, case, grain, judged)
    if then is None:
        return Judged(
            target, "", f"There is no baseline to measure the change from: {source}.", grain, judged
        )
    now = case.exact(judged)
    if now is None:
        return Judged(target, Attainment.PENDING, f"{judged.period} has no figure.", grain, judged)
    rise = now - then if change.direction == "up" else then - now
    readings = _readings(target, change, case, rise, then)
    compare = COMPARE[target.comparator or (">=" if target.value is not None else ">")]
    answers = {compare(amount, Fraction(target.value or 0)) for amount in readings}
    said = f"{judged.period}: {shown(now, case.options)} against {shown(then, case.options)} ({source})"
    ends = target.by or judged.ends
    if len(answers) > 1:
        words = "; the plan leaves open whether percent or points are meant, and they differ here"
        return Judged(target, Attainment.PENDING, f"{said}{words}.", grain, judged, None, latest, ends)
    if not closed or (target.by is not None and case.as_of < target.by):
        return Judged(target, Attainment.PENDING, f"{said}; not due yet.", grain, judged, None, latest, ends)
    verdict = Attainment.MET if answers == {True} else Attainment.MISSED
    return Judged(target, verdict, f"{said}; wanted: {target.in_words()}.", grain, judged, None, latest, ends)


def _readings(target: Target, change: Change, case: Case, rise: Fraction, then: Fraction) -> list[Fraction]:
    """Return the change as percent of the baseline, in the figure's own unit, or both where the goal leaves it open."""
    own = rise * 100 if is_share(case.options) else rise
    relative = rise / then * 100 if then else None
    if change.relative or (
        change.relative is None and target.unit == "percent" and not is_share(case.options)
    ):
        return [relative] if relative is not None else []
    if change.relative is None and target.unit == "percent":
        return [own] if relative is None else [own, relative]
    return [own]


def _baseline(
    target: Target, change: Change, case: Case, grain: Grain, judged: Figure
) -> tuple[Fraction | None, str]:
    """Return what a change is measured from, and its name in words."""
    if change.from_value is not None:
        scale = 100 if is_share(case.options) else 1
        return Fraction(change.from_value) / scale, "as the goal states"
    history = [one for one in case.series if one.value is not None]
    if case.spec.baseline_period:
        named = [one for one in history if one.period == case.spec.baseline_period]
        return (
            (case.exact(named[0]), named[0].period)
            if named
            else (None, f"{case.spec.baseline_period} has no figure")
        )
    if target.value is None:
        before = [one for one in history if one.grain == grain and one.starts < judged.starts]
        return (
            (case.exact(before[-1]), before[-1].period)
            if before
            else (None, f"no {grain} before {judged.period}")
        )
    start = case.spec.effective_from
    years = [
        one
        for one in history
        if one.grain == "year" and (start is None or one.ends < start) and one.closed(case.as_of)
    ]
    if start is None:
        years = [one for one in years if one.ends < judged.starts]
    return (
        (case.exact(years[-1]), years[-1].period)
        if years
        else (None, "no fiscal year before the plan has a figure")
    )
