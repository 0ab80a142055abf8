"""Loads a plan together with the values that its file reports: both or neither, and the same file again changes nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from stateworks.kernel.access.models import Account
from stateworks.kernel.clocks.fiscal import Period
from stateworks.kernel.errors import Refused
from stateworks.kernel.plans.content import PlanContent
from stateworks.kernel.plans.document import Result
from stateworks.kernel.plans.load import current_of, load_plan, plan_named
from stateworks.kernel.plans.models import CurrentReport, Indicator, Plan, PlanVersion
from stateworks.kernel.plans.reporting import Report, begun_period, check_figure, report_values


@dataclass(frozen=True)
class Reported:
    """What became of a file's values: how many are new, changed and unchanged, and which cannot be reported and why."""

    new: int = 0
    changed: int = 0
    unchanged: int = 0
    refused: tuple[str, ...] = ()

    @property
    def total(self) -> int:
        """How many values the file has."""
        return self.new + self.changed + self.unchanged + len(self.refused)

    def in_words(self) -> str:
        """Say the counts in a sentence."""
        parts = [
            ("new", self.new),
            ("changed", self.changed),
            ("unchanged", self.unchanged),
            ("refused", len(self.refused)),
        ]
        told = ", ".join(f"{count:,} {name}" for name, count in parts if count) or "none"
        return f"Reported values: {told}."


def load_with_results(
    content: PlanContent, results: Sequence[Result], *, by: Account | None, at: datetime, note: str = ""
) -> tuple[PlanVersion, Reported]:
    """Make a plan the current version and report its file's values, in one transaction."""
    with transaction.atomic():
        version = load_plan(content, by=by, at=at, note=note)
        return version, report_results(content.slug, results, by=by, at=at)


def report_results(plan: str, results: Sequence[Result], *, by: Account | None, at: datetime) -> Reported:
    """Report a file's values; one that cannot be, such as a share of 140 %, is left out and told, the others stand."""
    with transaction.atomic():
        found = plan_named(plan)
        indicators = {row.code: row for row in current_of(found).indicators.all()}
        stand = {
            (row.code, row.grain, row.starts): (row.value, row.numerator, row.n, row.note)
            for row in CurrentReport.objects.filter(plan=found)
        }
        counts: Counter[str] = Counter()
        wanted: list[Report] = []
        refused: list[str] = []
        for result in results:
            report = Report(result.code, result.period, result.value, note=result.note.strip())
            try:
                period = _checked(found, indicators.get(result.code), report, at)
            except Refused as error:
                refused.append(f"{result.code}, {result.period}: {error.sentence}")
                continue
            before = stand.get((report.code, period.grain, period.starts))
            now = (report.value, None, None, report.note)
            state = "new" if before is None else "unchanged" if before == now else "changed"
            counts[state] += 1
            if state != "unchanged":
                wanted.append(report)
        report_values(plan, wanted, by=by, at=at)
    return Reported(counts["new"], counts["changed"], counts["unchanged"], tuple(refused))


def _checked(plan: Plan, indicator: Indicator | None, report: Report, at: datetime) -> Period:
    if indicator is None:
        raise Refused(f"The plan {plan.slug} has no indicator {report.code}; check the code.")
    period = begun_period(plan, report.period, at)
    check_figure(indicator, report)
    return period
