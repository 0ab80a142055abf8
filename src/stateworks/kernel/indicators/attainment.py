"""Whether a target is reached, by the exact rule on integer parts, and which period decides that.

Which period a target is judged on:

1. **Its grain** is the target's own ("each quarter", "a year"), otherwise it follows the indicator's frequency:
monthly,
   quarterly, half-yearly (quarters), yearly. A count without a period of its own is counted over the fiscal year.
2. **With a date**, the period that holds the date decides once the date has passed; if that period has no figure, the
last
   one before it. Until then the target is pending, except that what cannot be undone is said at once: a count that has
   reached its goal is met, one that has passed its ceiling is missed.
3. **Without a date**, the latest closed period with a figure decides, and the open one gives the outlook. A count's
open
   year decides early in the same way. Before the first period closes the target is pending.
4. **A floor in each quarter beside a yearly total** looks at every closed quarter of the fiscal year: one without it
is a
   miss that no later quarter mends.
5. Periods before the plan's first day are history and are not judged, unless the target's own date lies there.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

from stateworks.kernel.clocks.fiscal import Grain, period_of
from stateworks.kernel.indicators.case import CUMULATIVE, Case, Judged, grain_of, reaches, value_for
from stateworks.kernel.indicators.changes import judge_change
from stateworks.kernel.indicators.figures import Figure
from stateworks.kernel.indicators.models import Attainment
from stateworks.kernel.indicators.promises import judge_promise
from stateworks.kernel.indicators.targets import Target
from stateworks.kernel.indicators.units import NotComparable, counts_hits, goal_of, shown


def judge(target: Target, case: Case, siblings: Sequence[Target] = ()) -> Judged:
    """Judge one target; `siblings` are the goal's other targets."""
    if target.level == "learning":
        return Judged(target, "", "A learning goal: its lesson counts, not its figure.")
    if target.baseline is not None:
        return Judged(target, "", f"No figure to reach yet: {target.baseline}.")
    kind = case.options["kind"]
    if kind == "milestone" or target.is_milestone:
        return judge_promise(target, case)
    if target.change is not None:
        return judge_change(target, target.change, case)
    if target.value is None:
        return Judged(target, "", "The goal names no figure.")
    if target.per in {"day", "week"}:
        return Judged(
            target,
            "",
            f"A goal for each {target.per} cannot be judged: figures are kept by month and longer.",
        )
    try:
        goal = Fraction(target.value) if counts_hits(target, case.options) else goal_of(target, case.options)
    except NotComparable as reason:
        return Judged(target, "", f"Not judged: {reason}.")
    grain = grain_of(target, case)
    if target.per == "quarter" and kind in CUMULATIVE and any(other.per == "year" for other in siblings):
        return _each_quarter(target, case, goal)
    if target.by is not None:
        return _dated(target, case, grain, goal)
    return _standing(target, case, grain, goal)


def _decided_early(target: Target, case: Case, figure: Figure, goal: Fraction) -> str:
    """Return met or missed where an open count cannot change it any more, otherwise nothing."""
    reached = reaches(target, case, figure, goal)
    upward = target.comparator in {">=", ">"}
    grows = case.options["kind"] in CUMULATIVE or case.options["kind"] == "maturity"
    if grows and upward and reached:
        return Attainment.MET
    if case.options["kind"] in CUMULATIVE and target.comparator in {"<=", "<"} and reached is False:
        return Attainment.MISSED
    return ""


def _said(target: Target, case: Case, figure: Figure, goal: Fraction, words: str = "") -> str:
    value = value_for(target, case, figure)
    options = {"kind": "count", "unit": target.unit} if counts_hits(target, case.options) else case.options
    sentence = f"{figure.period}: {shown(value, options, goal)} against {words_of(target, goal, options)}"
    return f"{sentence}{words}."


def words_of(target: Target, goal: Fraction, options: Mapping[str, Any]) -> str:
    """Write a comparison with a goal in words."""
    words = {">=": "at least", "<=": "at most", ">": "more than", "<": "less than", "=": "exactly"}
    return f"{words[target.comparator or '>=']} {shown(goal, options)}"


def _verdict(target: Target, case: Case, figure: Figure, goal: Fraction) -> str:
    return Attainment.MET if reaches(target, case, figure, goal) else Attainment.MISSED


def _standing(target: Target, case: Case, grain: Grain, goal: Fraction) -> Judged:
    """Judge a target without a date: by the latest closed period."""
    found = case.figures(grain)
    closed = [one for one in found if one.closed(case.as_of)]
    latest = found[-1] if found and not found[-1].closed(case.as_of) else None
    if latest is not None and (early := _decided_early(target, case, latest, goal)):
        return Judged(
            target,
            early,
            _said(target, case, latest, goal, ", already"),
            grain,
            latest,
            goal,
            latest,
            latest.ends,
        )
    if closed:
        judged = closed[-1]
        ends = latest.ends if latest else judged.ends
        return Judged(
            target,
            _verdict(target, case, judged, goal),
            _said(target, case, judged, goal),
            grain,
            judged,
            goal,
            latest,
            ends,
        )
    if latest is not None:
        words = f"; the {grain} ends on {latest.ends.isoformat()}"
        return Judged(
            target,
            Attainment.PENDING,
            _said(target, case, latest, goal, words),
            grain,
            latest,
            goal,
            latest,
            latest.ends,
        )
    return Judged(target, Attainment.PENDING, f"No {grain} with a figure yet.", grain, None, goal)


def _dated(target: Target, case: Case, grain: Grain, goal: Fraction) -> Judged:
    """Judge a target with a date."""
    assert target.by is not None
    since = min(target.by, case.spec.effective_from) if case.spec.effective_from else None
    found = case.figures(grain, since=period_of(since, grain, case.fiscal_start).starts if since else None)
    period = period_of(target.by, grain, case.fiscal_start)
    if case.as_of < target.by:
        latest = found[-1] if found else None
        if latest is None:
            return Judged(
                target,
                Attainment.PENDING,
                f"Due on {target.by.isoformat()}; no figure yet.",
                grain,
                None,
                goal,
                None,
                target.by,
            )
        if latest.starts == period.starts or case.options["kind"] == "maturity":
            early = _decided_early(target, case, latest, goal)
            if early:
                return Judged(
                    target,
                    early,
                    _said(target, case, latest, goal, ", before its date"),
                    grain,
                    latest,
                    goal,
                    latest,
                    target.by,
                )
        words = f"; due on {target.by.isoformat()}"
        return Judged(
            target,
            Attainment.PENDING,
            _said(target, case, latest, goal, words),
            grain,
            latest,
            goal,
            latest,
            target.by,
        )
    at_date = [one for one in found if one.starts <= period.starts]
    if case.options["kind"] in CUMULATIVE:
        at_date = [one for one in at_date if one.starts == period.starts]
    if not at_date:
        return Judged(
            target,
            "",
            f"There is no figure for {period.label}, which the goal is about.",
            grain,
            None,
            goal,
            None,
            target.by,
        )
    judged = at_date[-1]
    verdict = _verdict(target, case, judged, goal)
    words = ""
    later = [one for one in found if one.starts > judged.starts and one.closed(case.as_of)]
    if verdict == Attainment.MISSED and later and reaches(target, case, later[-1], goal):
        words = f"; reached later, {later[-1].period}: {shown(case.exact(later[-1]), case.options, goal)}"
    return Judged(
        target, verdict, _said(target, case, judged, goal, words), grain, judged, goal, None, target.by
    )


def _each_quarter(target: Target, case: Case, goal: Fraction) -> Judged:
    """Judge a floor for each quarter beside a yearly total: every closed quarter of the year counts."""
    quarters = [one for one in case.figures("quarter") if one.closed(case.as_of)]
    latest = next((one for one in reversed(case.figures("quarter")) if not one.closed(case.as_of)), None)
    if not quarters:
        return Judged(
            target, Attainment.PENDING, "No quarter has closed yet.", "quarter", latest, goal, latest
        )
    year = period_of(quarters[-1].starts, "year", case.fiscal_start)
    if latest is not None:
        # In a new year the old one's quarters do not count any more, once one of its own has closed.
        current = period_of(latest.starts, "year", case.fiscal_start)
        year = current if any(one.starts >= current.starts for one in quarters) else year
    within = [one for one in quarters if year.starts <= one.starts <= year.ends]
    short = [one for one in within if not reaches(target, case, one, goal)]
    if short:
        return Judged(
            target,
            Attainment.MISSED,
            _said(target, case, short[0], goal),
            "quarter",
            short[0],
            goal,
            latest,
            year.ends,
        )
    words = ", as in every closed quarter"
    return Judged(
        target,
        Attainment.MET,
        _said(target, case, within[-1], goal, words),
        "quarter",
        within[-1],
        goal,
        latest,
        year.ends,
    )
