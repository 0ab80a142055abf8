"""Load a plan into the database: a new version when something changed, and the rows that pages and runs read."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction

from stateworks.kernel.access import audit
from stateworks.kernel.access.models import Account
from stateworks.kernel.errors import Refused
from stateworks.kernel.plans.content import NodeContent, PlanContent
from stateworks.kernel.plans.models import (
    Indicator,
    MaturityCriterion,
    Milestone,
    Node,
    Pilot,
    Plan,
    PlanVersion,
)
from stateworks.kernel.plans.yaml_format import document_of, read_document


def load_plan(
    content: PlanContent,
    *,
    by: Account | None,
    at: datetime,
    note: str = "",
    effective_on: date | None = None,
) -> PlanVersion:
    """Make `content` the plan's current version; a plan that did not change keeps its version.

    A first version answers from the plan's first day, a later one from the day it is loaded, unless the content or
    `effective_on` says otherwise. Milestones, pilots and maturity criteria that the plan names and that nobody has
    recorded yet are added; what people recorded about them stays.
    """
    document = document_of(content)
    digest = hash_of(document)
    with transaction.atomic():
        plan, current = _plan(content)
        if current is not None and current.sha256 == digest:
            return current
        number = 1 if current is None else current.number + 1
        version = PlanVersion.objects.create(
            plan=plan,
            number=number,
            effective_on=effective_on
            or content.effective_on
            or (content.starts if current is None else local_day(at)),
            document=document,
            sha256=digest,
            note=note,
            loaded_at=at,
            loaded_by=by,
        )
        _rows(content, version)
        _records(content, plan, at)
        plan.current = version
        plan.save(update_fields=["current"])
        audit.record(
            "load plan",
            f"plan {plan.slug}",
            by=by,
            at=at,
            reason=note,
            before=None if current is None else {"version": current.number, "sha256": current.sha256},
            after={"version": number, "sha256": digest},
        )
    return version


def amend_plan(
    slug: str,
    change: Callable[[PlanContent], PlanContent],
    *,
    by: Account | None,
    at: datetime,
    note: str,
    completes: Callable[[PlanContent], bool] = lambda _: False,
) -> PlanVersion:
    """Load the current plan with a change; two amendments at once wait for each other, none is lost.

    A change that only completes what the current version leaves open (`completes`, asked of that version) answers from
    the same day as that version: there was no other definition for the days before.
    """
    with transaction.atomic():
        plan = (
            Plan.objects.select_for_update(of=("self",)).filter(slug=slug).select_related("current").first()
        )
        if plan is None or plan.current is None:
            raise Refused(f"There is no plan “{slug}”; load it first.")
        content = content_of(plan.current)
        since = plan.current.effective_on if completes(content) else local_day(at)
        return load_plan(change(content), by=by, at=at, note=note, effective_on=since)


def content_of(version: PlanVersion) -> PlanContent:
    """Return the whole plan as it stood in a version."""
    return read_document(version.document, name=f"version {version.number} of the plan")


def plan_named(slug: str) -> Plan:
    """Return the plan with its current version, or refuse with the names that exist."""
    plan = Plan.objects.filter(slug=slug).select_related("current").first()
    if plan is None or plan.current is None:
        known = ", ".join(Plan.objects.order_by("slug").values_list("slug", flat=True)) or "none is loaded"
        raise Refused(f"There is no plan “{slug}” ({known}); load it with `stateworks plan load FILE`.")
    return plan


def current_of(plan: Plan) -> PlanVersion:
    """Return the plan's current version; a plan is only ever without one while its first is being loaded."""
    if plan.current is None:
        raise Refused(f"The plan “{plan.slug}” has no version yet; load it again.")
    return plan.current


def version_on(plan: Plan, day: date) -> PlanVersion:
    """Return the version that answers for a day: the latest in effect, or the first before any was."""
    versions = list(plan.versions.order_by("number"))
    in_effect = [version for version in versions if version.effective_on <= day]
    return in_effect[-1] if in_effect else versions[0]


def hash_of(document: dict[str, Any]) -> str:
    """Return the SHA-256 of a document's canonical JSON."""
    text = json.dumps(document, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def local_day(at: datetime) -> date:
    """Return the day of a moment in the instance's zone."""
    return at.astimezone(ZoneInfo(settings.TIME_ZONE)).date()


def _plan(content: PlanContent) -> tuple[Plan, PlanVersion | None]:
    """Find or make the plan's row, locked, with its header as the content has it."""
    parent = None
    if content.child_of is not None:
        parent = Plan.objects.filter(slug=content.child_of.plan).select_related("current").first()
        if parent is None or parent.current is None:
            raise Refused(
                f"The plan hangs on “{content.child_of.plan}”, which is not loaded; load that plan first."
            )
        if content.child_of.plan == content.slug:
            raise Refused(f"The plan {content.slug} cannot hang on itself; correct child_of.")
        if not parent.current.nodes.filter(code=content.child_of.node).exists():
            raise Refused(
                f"The plan hangs on node {content.child_of.node} of “{parent.slug}”, which has no such node; "
                "correct child_of."
            )
    header = {
        "title": content.title,
        "office": content.office,
        "starts": content.starts,
        "ends": content.ends,
        "fiscal_year_start_month": content.fiscal_year_start_month,
        "stage": content.stage,
        "review_due": content.review_due,
        "parent": parent,
        "parent_code": content.child_of.node if content.child_of else "",
    }
    plan, _ = Plan.objects.get_or_create(slug=content.slug, defaults=header)
    plan = Plan.objects.select_for_update(of=("self",)).select_related("current").get(pk=plan.pk)
    for name, value in header.items():
        setattr(plan, name, value)
    plan.save()
    return plan, plan.current


def _rows(content: PlanContent, version: PlanVersion) -> None:
    """Write the version's nodes, a generation at a time so that parents have their keys, and its indicators."""
    nodes = _nodes(content, version)
    by_code: dict[str, Node] = {}
    while nodes:
        ready = [(node, parent) for node, parent in nodes if parent is None or parent in by_code]
        for node, parent in ready:
            node.parent = by_code[parent] if parent else None
        Node.objects.bulk_create([node for node, _ in ready])
        by_code |= {node.code: node for node, _ in ready}
        nodes = [(node, parent) for node, parent in nodes if node.code not in by_code]
    Indicator.objects.bulk_create(
        Indicator(
            version=version,
            node=by_code[node_code],
            code=each.code,
            aliases=list(each.aliases),
            kind=kind,
            commitment=each.commitment,
            order=order,
            name=each.name,
            short_name=each.short_name,
            goal=each.goal,
            targets=[target.to_json() for target in each.targets],
            assumption=each.assumption,
            measure=each.measure,
            dataset=list(each.dataset),
            calculation=each.calculation,
            filters=dict(each.filters),
            parameters=dict(each.parameters),
            unit=each.unit,
            direction=each.direction,
            frequency=each.frequency,
            reporting_level=each.reporting_level,
            cumulative=each.cumulative,
            owner=each.owner,
            steward=each.steward,
            approver=each.approver,
            minimum_n=each.minimum_n,
            rationale=each.rationale,
            caveats=each.caveats,
        )
        for order, (each, kind, node_code) in enumerate(content.every_indicator(), start=1)
    )


def _nodes(content: PlanContent, version: PlanVersion) -> list[tuple[Node, str | None]]:
    """List the tree and the lists beside it as node rows, each with its parent's code."""
    rows: list[tuple[Node, str | None]] = []

    def add(parent: str | None, **fields: Any) -> None:
        rows.append((Node(version=version, order=len(rows) + 1, **fields), parent))

    for node, parent in content.every_node():
        add(parent.code if parent else None, **_fields(node))
    for level, listed in (
        ("customer", content.customers),
        ("external_factor", content.external_factors),
        ("goal", content.goals),
    ):
        for number, each in enumerate(listed, start=1):
            add(
                None, code=each.code, level=level, number=str(number), title=each.title, text=each.text,
                see_also=list(each.see_also),
            )  # fmt: skip
    for number, opportunity in enumerate(content.maturity.opportunities if content.maturity else (), start=1):
        add(
            None, code=opportunity.code, level="growth_opportunity", number=str(number), title=opportunity.title,
            text=opportunity.text,
        )  # fmt: skip
    return rows


def _fields(node: NodeContent) -> dict[str, Any]:
    return {
        "code": node.code,
        "level": node.level,
        "number": node.number,
        "title": node.title,
        "aliases": list(node.aliases),
        "text": node.text,
        "outcome": node.outcome,
        "owner": node.owner,
        "teams": list(node.teams),
        "tags": list(node.tags),
        "see_also": list(node.see_also),
    }


def _records(content: PlanContent, plan: Plan, at: datetime) -> None:
    """Add the milestones, pilots and criteria that the plan names; amend what the plan itself decides."""
    _upsert(
        Milestone,
        plan,
        (
            (
                each.key,
                {"code": code, "name": each.name, "weight": each.weight, "due": each.due or content.ends}
                | {"owner": each.owner or _owner(content, code), "after": each.after},
            )
            for each, code in content.every_milestone()
        ),
    )
    _upsert(MaturityCriterion, plan, _criteria(content))
    # A pilot that has begun keeps its hypothesis and success figure, whatever a later version of the plan says.
    begun = set(Pilot.objects.filter(plan=plan, starts__lte=local_day(at)).values_list("key", flat=True))
    _upsert(
        Pilot,
        plan,
        (
            (
                each.key,
                {"code": node.code, "hypothesis": each.hypothesis, "population": each.population}
                | {"success": each.success, "starts": each.starts, "ends": each.ends},
            )
            for node, _ in content.every_node()
            for each in node.pilots
            if each.key not in begun
        ),
    )


def _owner(content: PlanContent, code: str) -> str:
    """Return the e-mail address of who answers for a node or indicator."""
    for node, _ in content.every_node():
        if node.code == code:
            return node.owner
    return next((each.owner for each, _, _ in content.every_indicator() if each.code == code), "")


def _criteria(content: PlanContent) -> Iterable[tuple[str, dict[str, Any]]]:
    """Yield each level's criteria for each growth opportunity: the model's criteria hold for all of them."""
    if content.maturity is None:
        return
    for opportunity in content.maturity.opportunities:
        for level in content.maturity.levels:
            for number, text in enumerate(level.criteria, start=1):
                key = f"{opportunity.code}-level-{level.order}-{number}".lower().replace(".", "-")
                yield key, {"code": opportunity.code, "level": level.order, "text": text}


def _upsert(model: Any, plan: Plan, wanted: Iterable[tuple[str, dict[str, Any]]]) -> None:
    existing = {row.key: row for row in model.objects.filter(plan=plan)}
    new = []
    for key, fields in wanted:
        row = existing.get(key)
        if row is None:
            new.append(model(plan=plan, key=key, **fields))
            continue
        changed = [name for name, value in fields.items() if getattr(row, name) != value]
        if "owner" in changed and not fields["owner"]:
            changed.remove("owner")  # a plan that names nobody does not unname whom people named
        if changed:
            for name in changed:
                setattr(row, name, fields[name])
            row.save(update_fields=changed)
    model.objects.bulk_create(new)
