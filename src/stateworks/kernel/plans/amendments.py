"""What a planner decides about an indicator: its measure, its people; each decision is a new version of the plan."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from stateworks.kernel.access.models import Account
from stateworks.kernel.errors import Refused
from stateworks.kernel.indicators import measures
from stateworks.kernel.plans.content import IndicatorContent, MaturityContent, NodeContent, PlanContent
from stateworks.kernel.plans.load import amend_plan
from stateworks.kernel.plans.models import PlanVersion


def bind_measure(
    plan: str,
    code: str,
    measure: str,
    *,
    filters: Mapping[str, Any] | None = None,
    parameters: Mapping[str, Any] | None = None,
    by: Account | None,
    at: datetime,
    note: str = "",
) -> PlanVersion:
    """Say which measure computes an indicator from now on; an empty name leaves it to reported values again.

    Filters and parameters that are not given stay as the plan has them. Values reported before stay visible. The first
    measure of an indicator answers for the plan's earlier days too; another one instead of it answers from today.
    """
    if measure:
        found = measures.get(measure)
        unknown = sorted(set(parameters or {}) - set(found.parameters))
        if unknown:
            known = ", ".join(sorted(found.parameters)) or "none"
            raise Refused(f"The measure {measure} has no parameter “{unknown[0]}”; it has: {known}.")
    changes: dict[str, Any] = {"measure": measure}
    if filters is not None:
        changes["filters"] = dict(filters)
    if parameters is not None:
        changes["parameters"] = dict(parameters)
    said = note or (f"{code} is computed by {measure}." if measure else f"{code} is no longer computed.")

    def has_none(content: PlanContent) -> bool:
        return all(not each.measure for each, _, _ in content.every_indicator() if each.code == code)

    return amend_plan(
        plan,
        lambda content: with_indicator(content, code, **changes),
        by=by,
        at=at,
        note=said,
        completes=has_none,
    )


def name_people(
    plan: str,
    code: str,
    *,
    owner: str | None = None,
    steward: str | None = None,
    approver: str | None = None,
    by: Account | None,
    at: datetime,
) -> PlanVersion:
    """Name who answers for an indicator or initiative, by e-mail address; what is None stays."""
    changes = {
        name: value
        for name, value in (("owner", owner), ("steward", steward), ("approver", approver))
        if value is not None
    }
    said = ", ".join(f"{name} of {code} is {value or 'nobody'}" for name, value in changes.items())

    def change(content: PlanContent) -> PlanContent:
        if any(node.code == code for node, _ in content.every_node()):
            if set(changes) - {"owner"}:
                raise Refused(f"{code} is a node of the tree: it has an owner, but no steward or approver.")
            return with_node(content, code, **changes)
        return with_indicator(content, code, **changes)

    return amend_plan(plan, change, by=by, at=at, note=said, completes=lambda _: True)


def with_indicator(content: PlanContent, code: str, **changes: Any) -> PlanContent:
    """Return the plan with one indicator or key result changed."""
    touched = False

    def rows(items: tuple[IndicatorContent, ...]) -> tuple[IndicatorContent, ...]:
        nonlocal touched
        touched = touched or any(each.code == code for each in items)
        return tuple(replace(each, **changes) if each.code == code else each for each in items)

    def tree(nodes: tuple[NodeContent, ...]) -> tuple[NodeContent, ...]:
        return tuple(
            replace(
                node,
                indicators=rows(node.indicators),
                key_results=rows(node.key_results),
                nodes=tree(node.nodes),
            )
            for node in nodes
        )

    def maturity(model: MaturityContent | None) -> MaturityContent | None:
        if model is None:
            return None
        return replace(
            model,
            opportunities=tuple(
                replace(each, key_results=rows(each.key_results)) for each in model.opportunities
            ),
        )

    changed = replace(content, nodes=tree(content.nodes), maturity=maturity(content.maturity))
    if not touched:
        raise Refused(f"The plan {content.slug} has no indicator {code}; check the code.")
    return changed


def with_node(content: PlanContent, code: str, **changes: Any) -> PlanContent:
    """Return the plan with one node of the tree changed."""
    touched = False

    def tree(nodes: tuple[NodeContent, ...]) -> tuple[NodeContent, ...]:
        nonlocal touched
        found = []
        for node in nodes:
            kept = replace(node, nodes=tree(node.nodes))
            if node.code == code:
                touched = True
                kept = replace(kept, **changes)
            found.append(kept)
        return tuple(found)

    changed = replace(content, nodes=tree(content.nodes))
    if not touched:
        raise Refused(f"The plan {content.slug} has no node {code}; check the code.")
    return changed
