"""Pages of a plan: the tree, one node, priorities, maturity, versions and their differences, findings."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from stateworks.kernel.plans.models import (
    CheckIn,
    Indicator,
    MaturityCriterion,
    Milestone,
    Node,
    Pilot,
    Plan,
    PlanVersion,
)
from stateworks.web import asked
from stateworks.web.drawing.timeline import Stop, timeline
from stateworks.web.indicator.found import plan_named
from stateworks.web.plan.tree import Branch, leaf_of, parted, tree_of, verdicts_shown
from stateworks.web.scorecard.lines import counts_of


def trail_to(plan: Plan) -> list[tuple[str, str]]:
    """The breadcrumb to a plan's parts."""
    return [
        ("Scorecard", reverse("web:scorecard") + f"?plan={plan.slug}"),
        (plan.title, reverse("web:plan", args=[plan.slug])),
    ]


def version_asked(request: HttpRequest, plan: Plan) -> PlanVersion:
    """The version an address names; the current one without."""
    number = request.GET.get("version", "")
    if not number:
        assert plan.current is not None
        return plan.current
    version = plan.versions.filter(number=int(number)).first() if number.isdigit() else None
    if version is None:
        raise Http404(f"The plan “{plan.title}” has no version {number}.")
    return version


def plan(request: HttpRequest, slug: str) -> HttpResponse:
    """A plan's tree at all its levels, and the lists beside it."""
    found = plan_named(slug)
    version = version_asked(request, found)
    public = asked.account(request) is None
    run, verdicts = verdicts_shown(found, published_only=public)
    roots = tree_of(version, verdicts, published_only=public)
    leaves = [leaf for root in roots for leaf in root.every_leaf()]
    tree, beside = parted(roots)
    document = version.document
    context = {
        "plan": found,
        "version": version,
        "versions": list(found.versions.only("number", "effective_on", "note", "loaded_at")),
        "tree": tree,
        "beside": beside,
        "counts": counts_of(leaves),
        "total": len(leaves),
        "run": run,
        "document": document,
        "priorities": document.get("priorities") or [],
        "maturity": document.get("maturity") or None,
        "glossary": document.get("glossary") or [],
        "held_values": document.get("values") or [],
        "assumptions": document.get("assumptions") or [],
        "trail": trail_to(found)[:1],
        "here": found.title,
    }
    return render(request, "web/plan.html", context)


def plan_file(request: HttpRequest, slug: str) -> HttpResponse:
    """The plan as a file that reads back as the same plan."""
    from stateworks.kernel.plans.export import CONTENT_TYPES, ENDINGS, export_plan
    from stateworks.kernel.plans.load import content_of
    from stateworks.kernel.plans.stratml.results import results_of

    form = request.GET.get("format", "yaml")
    if asked.account(request) is None:
        raise PermissionDenied("Sign in to have the plan as a file.")
    if form not in CONTENT_TYPES:
        raise Http404(f"A plan is no {form} file: choose {', '.join(CONTENT_TYPES)}.")
    found = plan_named(slug)
    results = results_of(found) if form == "stratml" else ()
    response = HttpResponse(
        export_plan(content_of(version_asked(request, found)), form, results),
        content_type=CONTENT_TYPES[form],
    )
    response["Content-Disposition"] = f'attachment; filename="{slug}.{ENDINGS.get(form, form)}"'
    return response


def node(request: HttpRequest, slug: str, code: str) -> HttpResponse:
    """One node of the tree: outcome, key results, milestones on a line, check-ins, pilots, who answers for it."""
    found = plan_named(slug)
    own = Node.objects.filter(version=found.current_id, code=code).select_related("parent").first()
    if own is None:
        raise Http404(f"The plan “{found.title}” has no part {code}.")
    public = asked.account(request) is None
    run, verdicts = verdicts_shown(found, published_only=public)
    below = list(Node.objects.filter(version=found.current_id, parent=own))
    indicators = list(
        Indicator.objects.filter(version=found.current_id, node__in=[own, *below]).select_related("node")
    )
    codes = [own.code, *(one.code for one in indicators if one.node_id == own.pk)]
    milestones = [] if public else list(Milestone.objects.filter(plan=found, code__in=codes))
    as_of = run.as_of if run else None
    content = _content_of(found.current.document if found.current else {}, code)
    context = {
        "found": {"plan": found},
        "plan": found,
        "node": own,
        "content": content,
        "leaves": [
            leaf_of(one, verdicts.get(one.code), published_only=public) for one in indicators if one.node_id == own.pk
        ],
        "children": [
            Branch(
                child,
                [
                    leaf_of(one, verdicts.get(one.code), published_only=public)
                    for one in indicators
                    if one.node_id == child.pk
                ],
            )
            for child in below
        ],
        "milestones": milestones,
        "timeline": timeline(
            [Stop(one.name, one.due, one.done_on, one.forecast) for one in milestones],
            starts=found.starts, ends=found.ends, today=as_of, start_month=found.fiscal_year_start_month,
        ),
        "done_share": _done_share(milestones),
        "check_ins": [] if public else list(CheckIn.objects.filter(plan=found, code=code)[:12]),
        "pilots": [] if public else list(Pilot.objects.filter(plan=found, code=code)),
        "priorities": [
            priority
            for priority in (found.current.document.get("priorities") or [] if found.current else [])
            if code in (priority.get("nodes") or ())
        ],
        "public": public,
        "can": {
            "milestones": asked.can(request, "milestones.report"),
            "confirm": asked.can(request, "milestones.confirm"),
            "check_in": asked.can(request, "checkins.make"),
        },
        "trail": [*trail_to(found), *_parents(found, own)],
        "here": f"{own.code} {own.title}",
    }  # fmt: skip
    return render(request, "web/node.html", context)


def _parents(plan: Plan, node: Node) -> list[tuple[str, str]]:
    """The way down to a node; one query a level, and levels are few."""
    way: list[tuple[str, str]] = []
    above = node.parent
    while above is not None:
        way.append((f"{above.code} {above.title}", reverse("web:node", args=[plan.slug, above.code])))
        above = above.parent
    return way[::-1]


def _content_of(document: Mapping[str, Any], code: str) -> Mapping[str, Any]:
    """A node's entry in the plan's document, for what has no column of its own (questions, links, child plans)."""
    waiting = list(document.get("nodes") or [])
    while waiting:
        entry = waiting.pop()
        if entry.get("code") == code:
            return dict(entry)
        waiting.extend(entry.get("nodes") or [])
    return {}


def _done_share(milestones: list[Milestone]) -> float | None:
    """Share of the milestones' weight that is done; none without milestones."""
    total = sum(one.weight for one in milestones)
    return sum(one.weight for one in milestones if one.done_on) / total if total else None


def priorities(request: HttpRequest, slug: str) -> HttpResponse:
    """What comes first: priorities by level and year, with the nodes they point at."""
    found = plan_named(slug)
    entries = list(found.current.document.get("priorities") or []) if found.current else []
    titles = dict(Node.objects.filter(version=found.current_id).values_list("code", "title"))
    rows = [
        {**entry, "nodes": [(code, titles.get(code, "")) for code in entry.get("nodes") or ()]}
        for entry in entries
    ]
    context = {"plan": found, "priorities": rows, "trail": trail_to(found), "here": "Priorities"}
    return render(request, "web/priorities.html", context)


def maturity(request: HttpRequest, slug: str) -> HttpResponse:
    """The maturity model: levels, growth opportunities from, now, to, and the criteria with their evidence."""
    found = plan_named(slug)
    model = dict((found.current.document.get("maturity") or {}) if found.current else {})
    public = asked.account(request) is None
    criteria: dict[str, list[MaturityCriterion]] = {}
    if not public:
        for criterion in MaturityCriterion.objects.filter(plan=found):
            criteria.setdefault(criterion.code, []).append(criterion)
    levels = sorted(model.get("levels") or [], key=lambda level: level.get("order", 0))
    opportunities = [
        {**entry, "criteria": own, "now": _level_now(own, levels)}
        for entry in model.get("opportunities") or []
        for own in [criteria.get(str(entry.get("code")), [])]
    ]
    context = {
        "plan": found, "model": model, "levels": levels, "opportunities": opportunities, "public": public,
        "trail": trail_to(found), "here": "Maturity",
    }  # fmt: skip
    return render(request, "web/maturity.html", context)


def _level_now(criteria: list[MaturityCriterion], levels: list[Mapping[str, Any]]) -> str:
    """The highest level of which, and below which, every criterion is met; empty without criteria."""
    if not criteria:
        return ""
    reached = ""
    for level in levels:
        own = [one for one in criteria if one.level == level.get("order")]
        if any(one.met_on is None for one in own):
            break
        reached = str(level.get("name") or level.get("order"))
    return reached or "below the first level"


def versions(request: HttpRequest, slug: str) -> HttpResponse:
    """What differs between two versions of a plan."""
    from stateworks.kernel.plans.diff import diff
    from stateworks.kernel.plans.load import content_of

    found = plan_named(slug)
    every = list(found.versions.order_by("number"))
    by_number = {str(one.number): one for one in every}
    after = by_number.get(request.GET.get("to", ""), every[-1])
    earlier = [one for one in every if one.number < after.number]
    before = by_number.get(request.GET.get("from", "")) or (earlier[-1] if earlier else None)
    context = {
        "plan": found, "versions": every, "before": before, "after": after,
        "changes": diff(content_of(before), content_of(after)) if before else None,
        "trail": trail_to(found), "here": "Versions",
    }  # fmt: skip
    return render(request, "web/versions.html", context)


def findings(request: HttpRequest, slug: str) -> HttpResponse:
    """What lint finds in the loaded plan: code, place, text, why it matters and what to write instead."""
    found = plan_named(slug)
    from stateworks.kernel.plans.load import content_of
    from stateworks.kernel.plans.review import review_plan
    from stateworks.kernel.plans.yaml_format import located_lines, write_plan

    assert found.current is not None
    content = content_of(found.current)
    text = write_plan(content)
    places = {line: code for code, line in located_lines(text).items()}
    rows = [
        one.to_json() | {"place": places.get(one.line or 0, ""), "line": None}
        for one in review_plan(content, text)
    ]
    severity = request.GET.get("severity", "")
    context = {
        "plan": found, "findings": [row for row in rows if not severity or row["severity"] == severity],
        "total": len(rows), "severity": severity,
        "counts": {level: sum(1 for row in rows if row["severity"] == level) for level in ("error", "warning", "info")},
        "trail": trail_to(found), "here": "Findings",
    }  # fmt: skip
    return render(request, "web/findings.html", context)
