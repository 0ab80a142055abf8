"""Runs, verdicts and values; whoever is not signed in gets the published verdicts."""

from __future__ import annotations

import datetime as dt
from typing import Any, Literal

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest
from ninja import Router

from stateworks.kernel.access.permissions import RIGHTS, may_anywhere
from stateworks.kernel.indicators import read
from stateworks.kernel.indicators.describe import line
from stateworks.kernel.indicators.figures import Figure
from stateworks.kernel.indicators.models import Run, Verdict
from stateworks.kernel.indicators.rows import rows_behind
from stateworks.web import asked
from stateworks.web.api.answers import ErrorOut, RowsBehindOut, RunOut, RunWithVerdicts, ValuesOut, VerdictOut
from stateworks.web.api.plans import indicator_named, version_in_force
from stateworks.web.api.tokens import SIGNED_IN
from stateworks.web.scorecard.published import published_verdicts, signatures

router = Router(tags=["figures"])
LATEST_RUNS = 100


@router.get("plans/{slug}/scorecard", response={200: list[VerdictOut], 404: ErrorOut})
def scorecard(request: HttpRequest, slug: str, as_of: dt.date | None = None) -> list[dict[str, Any]]:
    """List how every indicator stands in the latest run, or in the last one up to a date.

    Somebody who is not signed in gets those that are signed and thereby published.
    """
    version_in_force(slug)
    run = run_up_to(slug, as_of)
    if run is None:
        return []
    if asked.account(request) is None:
        signed = signatures(slug, run.as_of, approved_only=True)
        return [line(verdict) for _, verdict in sorted(published_verdicts(signed).items())]
    return [line(verdict) for verdict in Verdict.objects.filter(run=run).order_by("id")]


@router.get("plans/{slug}/runs", response={200: list[RunOut], 401: ErrorOut, 404: ErrorOut}, auth=SIGNED_IN)
def runs(request: HttpRequest, slug: str) -> list[dict[str, Any]]:
    """List a plan's last hundred runs, newest first."""
    version_in_force(slug)
    found = Run.objects.filter(plan=slug, finished_at__isnull=False).order_by("-id")
    return [run_json(run) for run in found[:LATEST_RUNS]]


@router.get("runs/{run_id}", response={200: RunWithVerdicts, 401: ErrorOut, 404: ErrorOut}, auth=SIGNED_IN)
def run(request: HttpRequest, run_id: int) -> dict[str, Any]:
    """Show one run with how every indicator stood in it."""
    found = Run.objects.filter(pk=run_id, finished_at__isnull=False).first() if run_id < 2**63 else None
    if found is None:
        raise Http404(f"There is no run {run_id}.")
    verdicts = Verdict.objects.filter(run=found).order_by("id")
    return run_json(found) | {"indicators": [line(verdict) for verdict in verdicts]}


@router.get(
    "plans/{slug}/indicators/{code}/values",
    response={200: ValuesOut, 400: ErrorOut, 401: ErrorOut, 404: ErrorOut},
    auth=SIGNED_IN,
)
def values(
    request: HttpRequest,
    slug: str,
    code: str,
    grain: Literal["month", "quarter", "year"] = "month",
    figure: str = "",
    dimension: str = "",
    period: str = "",
) -> dict[str, Any]:
    """List an indicator's figures of one grain over time, or with `dimension` and `period` its slices in that period.

    The statewide figure is the same for everybody; slices by agency are those the account may see, and slices
    by anything else, which mix the rows of all agencies, are for those who see the whole state.
    """
    indicator_named(slug, code)
    found = read.latest_run(slug)
    if found is None:
        raise Http404(f"The plan “{slug}” has not been run yet.")
    hidden = 0
    if dimension:
        shown, hidden = read.slices(found, code, period, dimension, asked.scope(request), figure=figure)
    else:
        shown = read.history(found, code, grain, figure=figure)
        shown = [one for one in shown if not period or one.period == period]
    return {
        "run": found.pk, "indicator": code, "hidden": hidden, "values": [value_json(one) for one in shown],
    }  # fmt: skip


@router.get(
    "plans/{slug}/indicators/{code}/rows",
    response={200: RowsBehindOut, 400: ErrorOut, 401: ErrorOut, 403: ErrorOut, 404: ErrorOut},
    auth=SIGNED_IN,
)
def rows(
    request: HttpRequest,
    slug: str,
    code: str,
    period: str,
    dimension: str = "",
    member: str = "",
    role: str = "",
    page: int = 1,
) -> dict[str, Any]:
    """List the rows behind a figure by role, fifty a page; those of agencies outside the account's scope are counted alone."""
    if not may_anywhere(asked.account(request), RIGHTS["rows.see"].roles):
        raise PermissionDenied("You may not see the rows behind a figure: nobody has given you a role yet.")
    indicator_named(slug, code)
    found = read.latest_run(slug)
    value = None if found is None else read.value_of(found, code, period, dimension=dimension, member=member)
    if value is None or value.suppressed or not read.sees_slice(asked.scope(request), dimension, member):
        raise Http404(f"{code} has no rows to show for this period and slice.")
    behind = rows_behind(value, asked.scope(request), role=role or None, page=page)
    return {
        "dataset": behind.dataset, "version": behind.version, "total": behind.total, "hidden": behind.hidden, "page": page,
        "by_role": behind.by_role, "rows": behind.rows,
    }  # fmt: skip


def run_up_to(slug: str, as_of: dt.date | None) -> Run | None:
    """Return a plan's latest run, or the last one whose date is not after `as_of`."""
    found = Run.objects.filter(plan=slug, finished_at__isnull=False)
    if as_of is not None:
        found = found.filter(as_of__lte=as_of)
    return found.order_by("-as_of", "-id").first()


def run_json(run: Run) -> dict[str, Any]:
    """Return a run as the API shows it."""
    return {
        "run": run.pk, "plan": run.plan, "plan_version": run.plan_version, "as_of": run.as_of,
        "known_at": run.known_at, "counts": run.counts, "seal": run.seal,
    }  # fmt: skip


def value_json(one: Figure) -> dict[str, Any]:
    """Return a figure as the API shows it; a suppressed one without anything that would give it away."""
    shown = not one.suppressed
    return {
        "grain": one.grain, "period": one.period, "starts": one.starts, "ends": one.ends, "dimension": one.dimension,
        "member": one.member, "suppressed": one.suppressed,
        "value": one.value if shown else None, "n": one.n if shown else None, "low": one.low if shown else None,
        "high": one.high if shown else None, "parts": one.parts if shown else {},
        "excluded": one.left_out if shown else {},
    }  # fmt: skip
