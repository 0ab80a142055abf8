"""The goal language: a goal's phrase, as an office wrote it, read as targets and doubts.

`read_goal` never guesses in silence: wherever a phrase leaves something open, the reading chosen and its alternatives
are a finding. It never raises, whatever the text.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date

from stateworks.kernel.indicators.targets import COUNT, PERCENT, Target
from stateworks.kernel.plans.document import Finding, Severity
from stateworks.kernel.plans.goal_grammar import UnreadableGoal, parse, tidy
from stateworks.kernel.plans.goal_names import NameHints, read_name
from stateworks.kernel.plans.goal_segments import Calendar
from stateworks.kernel.plans.goal_targets import Draft, clause_drafts

_TIME_UNITS = ("minute", "hour", "day", "business day", "business hour", "week", "month")
_SHOWN = 160


@dataclass(frozen=True, slots=True)
class GoalReading:
    """A goal's phrase, the targets read from it and every doubt about them."""

    phrase: str
    targets: tuple[Target, ...]
    findings: tuple[Finding, ...]


def read_goal(
    phrase: str,
    *,
    name: str = "",
    fiscal_year_start_month: int = 7,
    plan_start: date | None = None,
    plan_end: date | None = None,
    line: int | None = None,
) -> GoalReading:
    """Read a goal's phrase beside its indicator's name; `line` is its place in the plan, for the findings."""
    calendar = Calendar(fiscal_year_start_month, plan_start, plan_end)
    hints = read_name(name)
    doubts = _Doubts(phrase.strip(), line)
    try:
        clauses = parse(tidy(phrase))
    except UnreadableGoal as error:
        doubts.unparsed(str(error))
        return GoalReading(phrase, (), tuple(doubts.findings))
    drafts: list[Draft] = []
    for clause in clauses:
        drafts.extend(clause_drafts(clause, hints, calendar))
    drafts = _tell_apart(_without_copies(drafts))
    drafts = doubts.two_figures(drafts, hints)
    if not drafts:
        doubts.unparsed(
            "it holds no figure, date, milestone or baseline" if phrase.strip() else "it is empty"
        )
    doubts.comparators(drafts)
    doubts.changes(drafts)
    doubts.means(drafts, hints)
    doubts.several(drafts)
    doubts.dates(drafts, calendar)
    return GoalReading(phrase, tuple(draft.target for draft in drafts), tuple(doubts.findings))


def _without_copies(drafts: list[Draft]) -> list[Draft]:
    """Drop a target that says no more than one before it: two clauses of one baseline or one lesson."""
    kept: list[Draft] = []
    for draft in drafts:
        copies = [other for other in kept if other.target == draft.target]
        learning = draft.target.level == "learning" and draft.target.value is None
        if copies or (learning and any(other.target.level == "learning" for other in kept)):
            continue
        kept.append(draft)
    return kept


def _tell_apart(drafts: list[Draft]) -> list[Draft]:
    """Give targets that share unit and population the words that tell them apart, such as "CD"."""
    for draft in drafts:
        target = draft.target
        twins = [
            other
            for other in drafts
            if other is not draft
            and not other.is_range
            and not other.is_floor
            and (other.target.unit, other.target.level, other.target.by)
            == (target.unit, target.level, target.by)
        ]
        if twins and target.of is None and draft.label and target.unit is not None and not draft.is_range:
            label = re.sub(r"^(?:have|has|having|with|are|is|of|meet|use)\s+", "", draft.label)
            draft.target = replace(target, of=label[:_SHOWN] or None)
    return drafts


class _Doubts:
    """Collects the findings about one phrase."""

    def __init__(self, phrase: str, line: int | None) -> None:
        self.phrase = phrase
        self.line = line
        self.findings: list[Finding] = []

    def add(self, code: str, severity: Severity, why: str, suggestion: str) -> None:
        """Note a doubt about the phrase."""
        self.findings.append(Finding(code, severity, self.line, self.phrase[:500], why, suggestion))

    def unparsed(self, reason: str) -> None:
        """Note a phrase that gives no target."""
        self.add(
            "goal.unparsed",
            "error",
            f"The goal cannot be read: {reason}. Nothing can be scored against it.",
            'Write a comparison, a number with its unit and a date, for instance "at least 75 % by 30 June 2027".',
        )

    def two_figures(self, drafts: list[Draft], hints: NameHints) -> list[Draft]:
        """Read a bare share beside a name with a figure of its own as the share of periods that keep to it."""
        scored = [draft for draft in drafts if draft.target.unit == PERCENT and draft.comparator_assumed]
        if hints.own_figure and len(drafts) == 1 and scored:
            draft = scored[0]
            periods = f"{hints.measured_each}s" if hints.measured_each else None
            target = replace(draft.target, of=draft.target.of or periods, change=None)
            population = f"of {periods}" if periods else "of the cases"
            draft.target = target
            self.add(
                "goal.two-figures",
                "warning",
                f'The name sets "{hints.own_figure}" and the goal sets "{self.phrase}": two figures, one goal.',
                f"Read as: {target.comparator} {target.value} % {population} keep to the name's figure. It could also "
                "mean that the goal replaces the name's figure, or that each is a goal of its own. "
                "Keep one figure in the goal.",
            )
        ranged = [draft for draft in drafts if draft.is_range]
        if len(ranged) > 1 and not any(draft.target.baseline for draft in drafts):
            near, far = ranged[0].target, ranged[1].target
            self.add(
                "goal.two-figures",
                "info",
                "A range names two figures; it does not say which of them can be missed.",
                f"Read as: {near.value} is the commitment and {far.value} the stretch. It could also mean that "
                "results outside the range miss the goal. Name one figure, and a stretch if there is one.",
            )
        return drafts

    def comparators(self, drafts: list[Draft]) -> None:
        """Note figures without a comparator: a warning for shares, times and scores, a remark for plain counts."""
        assumed = [draft for draft in drafts if draft.comparator_assumed]
        if not assumed:
            return
        serious = any(draft.target.unit in {PERCENT, "score", *_TIME_UNITS} for draft in assumed)
        readings = "; ".join(_figure_of(draft.target) for draft in assumed)
        sign = assumed[0].target.comparator or ">="
        others = "at most or exactly" if sign == ">=" else "at least or exactly"
        self.add(
            "goal.no-comparator",
            "warning" if serious else "info",
            "The figure carries no comparison, so a result above or below it may or may not meet the goal.",
            f'Read as: {readings}. It could also mean {others} that much. Write "{sign} …" or say it in words.',
        )

    def changes(self, drafts: list[Draft]) -> None:
        """Note changes that do not say whether they are relative, or from which baseline."""
        for draft in drafts:
            change = draft.target.change
            if change is None or draft.target.value is None or not draft.target.is_scored:
                continue
            way = "rise" if change.direction == "up" else "fall"
            if change.relative is None:
                self.add(
                    "goal.percent-or-points",
                    "warning",
                    f"A {way} of {draft.target.value} % may be relative or in percentage points: from 40 %, "
                    f"10 % more is 44 % or 50 %.",
                    f'The reading is left open. Write "{draft.target.value} percentage points" or '
                    f'"{draft.target.value} % of the baseline".',
                )
            if change.from_value is None:
                self.add(
                    "goal.no-baseline",
                    "warning",
                    f"The goal is a {way}, and the plan does not say from which value and period.",
                    'Name the baseline, for instance "from 42 % in FY25", or plan to measure it first.',
                )
            return

    def means(self, drafts: list[Draft], hints: NameHints) -> None:
        """Note an "average" time: a few long cases decide a mean, and many offices report the median."""
        timed = [d for d in drafts if d.target.value is not None and d.target.unit in _TIME_UNITS]
        said = re.search(r"\b(average|avg)\b", self.phrase, re.IGNORECASE)
        if timed and (said or hints.mean in {"average", "avg"}):
            self.add(
                "goal.mean-or-median",
                "warning",
                '"Average" may be the mean or the median; for times the two differ widely, since a few long cases '
                "pull the mean up.",
                'Read as: the mean. It could also be the median. Write "mean" or "median", or the share within the '
                "limit.",
            )

    def several(self, drafts: list[Draft]) -> None:
        """Note one goal that holds several promises: met for one and missed for another is neither."""
        promises = [d for d in drafts if not d.is_floor and not (d.is_range and d.target.level == "stretch")]
        later = [d for d in drafts if d.is_floor and d.target.change is not None]
        if len(promises) + len(later) < 2:
            return
        scored = [d for d in promises if d.target.is_scored]
        self.add(
            "goal.several-targets",
            "warning" if len(scored) > 1 else "info",
            f"One goal holds {len(promises) + len(later)} promises; it can be met for one and missed for another.",
            "Read as: "
            + "; ".join(d.target.in_words() for d in promises + later)
            + ". Give each its own indicator and goal.",
        )

    def dates(self, drafts: list[Draft], calendar: Calendar) -> None:
        """Note deadlines that may be the start or the end of a span, or lie outside the plan."""
        dues = [draft.due for draft in drafts if draft.due and draft.due.day]
        if not dues:
            return
        due = dues[0]
        day = due.day
        if day is None:
            return
        if due.other is not None:
            self.add(
                "goal.start-or-end",
                "info",
                f'"{due.text}" may mean the first or the last day of that span.',
                f"Read as: {day.isoformat()}, the last day. It could also mean {due.other.isoformat()}. "
                f'Write "by the end of" or "by the start of".',
            )
        if calendar.plan_start and day < calendar.plan_start:
            self.add(
                "goal.before-plan",
                "warning",
                f"The goal is due on {day.isoformat()}, before the plan begins on {calendar.plan_start.isoformat()}.",
                "Move the date into the plan's period, or move the goal to the plan before. If the year was meant as "
                "the one it begins in, write the next fiscal year's number.",
            )
        if calendar.plan_end and day > calendar.plan_end:
            self.add(
                "goal.after-plan",
                "warning",
                f"The goal is due on {day.isoformat()}, after the plan ends on {calendar.plan_end.isoformat()}.",
                "Move the date into the plan's period, or set an interim goal inside it.",
            )


def _figure_of(target: Target) -> str:
    unit = {PERCENT: " %", COUNT: "", None: ""}.get(target.unit, f" {target.unit}")
    return f"{target.comparator} {target.value}{unit}"
