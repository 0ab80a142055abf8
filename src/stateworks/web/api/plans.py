"""Plans, their trees and what they promise: open to everybody, as the plan itself is."""

from __future__ import annotations

from django.db.models import Count
from django.http import Http404, HttpRequest
from ninja import Router

from stateworks.kernel.plans.models import Indicator, Node, Plan, PlanVersion
from stateworks.web import asked
from stateworks.web.api.answers import ErrorOut, IndicatorOut, NodeOut, PlanOut

router = Router(tags=["plans"])


def version_in_force(slug: str) -> PlanVersion:
    """Return the version of a plan that is in force; a plan that is not there is not found."""
    plan = Plan.objects.filter(slug=slug).select_related("current").first()
    if plan is None or plan.current is None:
        raise Http404(f"There is no plan “{slug}”.")
    return plan.current


@router.get("plans", response=list[PlanOut])
def plans(request: HttpRequest) -> list[dict[str, object]]:
    """List the plans."""
    found = Plan.objects.filter(current__isnull=False).select_related("current")
    return [
        {
            "slug": plan.slug, "title": plan.title, "office": plan.office, "starts": plan.starts, "ends": plan.ends,
            "version": plan.current.number if plan.current else 0, "indicators": plan.promised,
        }
        for plan in found.annotate(promised=Count("current__indicators"))
    ]  # fmt: skip


@router.get("plans/{slug}/nodes", response={200: list[NodeOut], 404: ErrorOut})
def nodes(request: HttpRequest, slug: str) -> list[dict[str, object]]:
    """List every node of a plan's tree, in its order."""
    found = Node.objects.filter(version=version_in_force(slug)).select_related("parent").order_by("order")
    return [
        {
            "code": node.code, "parent": node.parent.code if node.parent else None, "level": node.level,
            "number": node.number, "title": node.title, "text": node.text, "outcome": node.outcome,
            "owner": named_for(request, node.owner),
        }
        for node in found
    ]  # fmt: skip


@router.get("plans/{slug}/indicators", response={200: list[IndicatorOut], 404: ErrorOut})
def indicators(request: HttpRequest, slug: str) -> list[dict[str, object]]:
    """List every indicator and key result of a plan."""
    found = Indicator.objects.filter(version=version_in_force(slug)).select_related("node").order_by("order")
    return [indicator_json(one, request) for one in found]


@router.get("plans/{slug}/indicators/{code}", response={200: IndicatorOut, 404: ErrorOut})
def indicator(request: HttpRequest, slug: str, code: str) -> dict[str, object]:
    """Show one indicator of a plan."""
    return indicator_json(indicator_named(slug, code), request)


def indicator_named(slug: str, code: str) -> Indicator:
    """Return an indicator of the version in force; another code is not found."""
    found = Indicator.objects.filter(version=version_in_force(slug), code=code).select_related("node").first()
    if found is None:
        raise Http404(f"The plan “{slug}” has no indicator “{code}”.")
    return found


def named_for(request: HttpRequest, person: str) -> str:
    """Return who answers for something to those who are signed in; visitors get nobody's address."""
    return person if asked.account(request) is not None else ""


def indicator_json(one: Indicator, request: HttpRequest) -> dict[str, object]:
    """Return an indicator as the API shows it."""
    return {
        "code": one.code, "node": one.node.code, "kind": one.kind, "commitment": one.commitment, "name": one.name,
        "goal": one.goal, "targets": one.targets, "assumption": one.assumption, "measure": one.measure or None,
        "unit": one.unit, "direction": one.direction, "frequency": one.frequency,
        "owner": named_for(request, one.owner),
    }  # fmt: skip
