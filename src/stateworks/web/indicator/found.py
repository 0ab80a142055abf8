"""Which indicator an address means, with its plan, node and run."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import Http404, HttpRequest
from django.urls import reverse

from stateworks.kernel.indicators.models import Run
from stateworks.kernel.plans.models import Indicator, Plan
from stateworks.web.scorecard.choice import date_from


@dataclass(frozen=True)
class Found:
    """An indicator of a plan's current version and the run whose figures are shown."""

    plan: Plan
    indicator: Indicator
    run: Run | None

    @property
    def url(self) -> str:
        """The indicator's page."""
        return reverse("web:indicator", args=[self.plan.slug, self.indicator.code])

    @property
    def trail(self) -> list[tuple[str, str]]:
        """The breadcrumb down to the indicator's node."""
        node = self.indicator.node
        return [
            ("Scorecard", reverse("web:scorecard") + f"?plan={self.plan.slug}"),
            (self.plan.title, reverse("web:plan", args=[self.plan.slug])),
            (f"{node.code} {node.title}", reverse("web:node", args=[self.plan.slug, node.code])),
        ]


def plan_named(slug: str) -> Plan:
    """The plan of an address; unknown or without a version is not found."""
    plan = Plan.objects.filter(slug=slug, current__isnull=False).select_related("current").first()
    if plan is None:
        raise Http404(f"There is no plan “{slug}”.")
    return plan


def find(request: HttpRequest, slug: str, code: str) -> Found:
    """Read the address: three queries. An alias such as CX1.2 finds its indicator, too."""
    plan = plan_named(slug)
    rows = Indicator.objects.filter(version=plan.current_id).select_related("node")
    indicator = rows.filter(code=code).first() or rows.filter(aliases__contains=[code]).first()
    if indicator is None:
        raise Http404(f"The plan “{plan.title}” has no indicator {code}.")
    runs = Run.objects.filter(plan=slug, finished_at__isnull=False)
    as_of = date_from(request.GET.get("as_of", ""))
    if as_of is not None:
        runs = runs.filter(as_of__lte=as_of)
    return Found(plan, indicator, runs.order_by("-as_of", "-id").first())
