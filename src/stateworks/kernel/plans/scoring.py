"""Run a plan: compute every indicator and key result of the version that answers for a day."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime

from stateworks.kernel.access.models import Account
from stateworks.kernel.access.scope import SYSTEM, entered
from stateworks.kernel.indicators.models import Run
from stateworks.kernel.indicators.runs import execute
from stateworks.kernel.plans.load import plan_named, version_on
from stateworks.kernel.plans.specs import specs_of


def run_plan(
    slug: str,
    *,
    as_of: date,
    known_at: datetime | None = None,
    engine: str = "duckdb",
    by: Account | None = None,
    at: datetime,
    incremental: bool = True,
    supersedes: Run | None = None,
    reason: str = "",
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> Run:
    """Compute a plan as of a day.

    `known_at` asks what was known at an earlier moment: the data's versions and the reported values of then. Without
    it, records that changed are written to the lake first, so that what people entered a minute ago counts. The other
    arguments are those of `runs.execute`.
    """
    with entered(SYSTEM):
        plan = plan_named(slug)
        version = version_on(plan, as_of)
        specs = specs_of(version, known_at=known_at)
    return execute(
        specs,
        plan=plan.slug,
        plan_version=version.number,
        as_of=as_of,
        known_at=known_at,
        engine=engine,
        by=by,
        at=at,
        fiscal_start=plan.fiscal_year_start_month,
        incremental=incremental,
        supersedes=supersedes,
        reason=reason,
        progress=progress,
    )
