"""What a reader of the scorecard chose in the address: plan, as-of date, filters."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db.models import Max
from django.http import Http404, HttpRequest

from stateworks.kernel.indicators.models import Run
from stateworks.kernel.plans.models import Plan


@dataclass(frozen=True)
class Filters:
    """Which lines to show; empty fields show all."""

    buckets: tuple[str, ...] = ()
    branch: str = ""
    words: str = ""
    signed: str = ""
    reporting_level: str = ""
    owner: str = ""

    @property
    def any(self) -> bool:
        """Whether anything is narrowed."""
        return bool(
            self.buckets or self.branch or self.words or self.signed or self.reporting_level or self.owner
        )


@dataclass(frozen=True)
class Choice:
    """A plan, the plans there are, and the run whose figures are shown."""

    plan: Plan | None
    plans: tuple[Plan, ...]
    run: Run | None
    as_of_choices: tuple[dt.date, ...]
    as_of_wrong: str
    filters: Filters


def date_from(text: str) -> dt.date | None:
    """Read an ISO date from an address; none if it is no date."""
    try:
        return dt.date.fromisoformat(text.strip())
    except ValueError:
        return None


def choice_from(request: HttpRequest) -> Choice:
    """Read the address; an unknown plan is not found, a wrong date is said and the latest run shown.

    Three queries, however many plans and runs there are.
    """
    asked = request.GET
    plans = tuple(
        Plan.objects.filter(current__isnull=False, retired_on__isnull=True).select_related("current")
    )
    plan = next((one for one in plans if one.slug == asked.get("plan")), None)
    if asked.get("plan") and plan is None:
        raise Http404(f"There is no plan “{asked['plan']}”.")
    dates: tuple[dt.date, ...] = ()
    run: Run | None = None
    wrong = ""
    if plan is None and plans:
        # The plan with the freshest figures is the one a visitor without a wish comes for; of equals, the first loaded.
        latest = dict(
            Run.objects.filter(plan__in=[one.slug for one in plans], finished_at__isnull=False)
            .values_list("plan")
            .annotate(last=Max("as_of"))
        )
        plan = min(
            plans, key=lambda one: (-latest[one.slug].toordinal() if one.slug in latest else 0, one.pk)
        )
    if plan is not None:
        runs = Run.objects.filter(plan=plan.slug, finished_at__isnull=False)
        dates = tuple(runs.order_by("-as_of").values_list("as_of", flat=True).distinct()[:60])
        wanted = asked.get("as_of", "").strip()
        as_of = date_from(wanted)
        if wanted and as_of is None:
            wrong = f"“{wanted}” is not a date. Write it as 2026-10-31. The latest figures are shown."
        if as_of is not None:
            runs = runs.filter(as_of__lte=as_of)
        run = runs.order_by("-as_of", "-id").first()
    filters = Filters(
        buckets=tuple(asked.getlist("verdict")),
        branch=asked.get("part", ""),
        words=asked.get("words", "").strip(),
        signed=asked.get("signed", ""),
        reporting_level=asked.get("level", ""),
        owner=asked.get("owner", ""),
    )
    return Choice(plan, plans, run, dates, wrong, filters)
