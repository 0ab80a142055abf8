"""The reported values of a plan, as StratML's actual results have them."""

from __future__ import annotations

from stateworks.kernel.plans.document import Result
from stateworks.kernel.plans.models import CurrentReport, Plan


def results_of(plan: Plan) -> list[Result]:
    """Return what is reported for a plan now, by indicator and then by period."""
    rows = CurrentReport.objects.filter(plan=plan).order_by("code", "starts", "grain")
    return [Result(row.code, row.period, row.value, row.note) for row in rows]
