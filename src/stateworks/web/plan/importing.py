"""Upload a plan: see the tree beside its text and the findings, correct it, bind measures, load it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone

from stateworks.kernel.errors import Refused
from stateworks.kernel.indicators.measures import all_measures
from stateworks.kernel.plans.amendments import with_indicator
from stateworks.kernel.plans.content import IndicatorContent, NodeContent, PlanContent
from stateworks.kernel.plans.draft import draft_of
from stateworks.kernel.plans.goals import read_goal
from stateworks.kernel.plans.importer import import_plan
from stateworks.kernel.plans.load import load_plan
from stateworks.kernel.plans.models import Plan
from stateworks.kernel.plans.review import review_plan
from stateworks.kernel.plans.suggest import Suggestion, registered, suggest
from stateworks.kernel.plans.yaml_format import read_plan
from stateworks.web import asked
from stateworks.web.plan.drafts import Draft, draft_named, drafts_of, new_draft

LARGEST_PLAN = 20 * 1024 * 1024
Errors = list[tuple[str, str]]


def import_page(request: HttpRequest) -> HttpResponse:
    """Choose a file, or paste a text; what is read becomes a draft of one's own."""
    who = asked.need(request, "plan.change")
    errors: Errors = []
    given = {name: request.POST.get(name, "") for name in ("text", "starts", "ends", "start_month")}
    if request.method == "POST":
        upload = request.FILES.get("file")
        try:
            if upload and (upload.size or 0) > LARGEST_PLAN:
                raise Refused(
                    "The file is larger than 20 MB; a plan's text is not. Save it as text and choose that."
                )
            name = upload.name or "plan.txt" if upload else "pasted.txt"
            source = upload.read() if upload else given["text"].encode()
            if not source.strip():
                raise Refused("Choose a file, or paste the plan's text.")
            content = content_from(name, source, given, errors)
            if content is not None:
                draft = new_draft(name, source, content, who)
                return redirect(reverse("web:plan-draft", args=[draft.token]))
        except Refused as refused:
            field = "starts" if "period" in refused.sentence else "file"
            errors.append((field, refused.sentence))
    context = {
        "errors": errors, "given": given, "drafts": [(one, _title(one)) for one in drafts_of(who)[:10]],
        "months": [(n, f"{dt.date(2000, n, 1):%B}") for n in range(1, 13)],
        "trail": [], "here": "Upload a plan",
    }  # fmt: skip
    return render(request, "web/plan_import.html", context, status=400 if errors else 200)


def _title(draft: Draft) -> str:
    """A draft's title, or its file's name where the YAML cannot be read just now."""
    try:
        return draft.content().title
    except Refused:
        return draft.filename


def content_from(name: str, source: bytes, given: dict[str, str], errors: Errors) -> PlanContent | None:
    """Read an upload as a plan: our YAML as it is, anything else through the importer."""
    if name.lower().endswith((".yaml", ".yml")):
        return read_plan(source.decode("utf-8-sig", errors="replace"))
    starts, ends = (_day(given[field], field, errors) for field in ("starts", "ends"))
    if errors:
        return None
    month = int(given["start_month"]) if given["start_month"].isdigit() else 7
    document = import_plan(source, filename=name, fiscal_year_start_month=month)
    return draft_of(document, starts=starts, ends=ends)


def _day(text: str, field: str, errors: Errors) -> dt.date | None:
    if not text.strip():
        return None
    try:
        return dt.date.fromisoformat(text.strip())
    except ValueError:
        errors.append((field, f"“{text}” is no date; write it as 2026-07-01."))
        return None


@dataclass(frozen=True)
class Row:
    """One indicator of a draft with its reading and the measures that may fit."""

    content: IndicatorContent
    kind: str
    node: str
    targets: str
    suggestions: list[Suggestion]


@dataclass(frozen=True)
class Twig:
    """A node of a draft as the tree shows it, with the line where it stands in the text."""

    node: NodeContent
    line: int | None
    children: list[Any]


def draft_page(request: HttpRequest, token: str) -> HttpResponse:
    """The tree beside the text; correct fields, bind measures; save, or load."""
    who = asked.need(request, "plan.change")
    draft = draft_named(token, who)
    errors: Errors = []
    if request.method == "POST":
        what = request.POST.get("do", "")
        if what == "discard":
            draft.remove()
            messages.success(request, "The draft is gone; nothing was loaded.")
            return redirect(reverse("web:plan-import"))
        try:
            if what == "yaml":
                read_plan(request.POST.get("yaml", ""))
                draft.write_text(request.POST.get("yaml", ""))
            else:
                draft.write(corrected(draft.content(), request, errors))
            if what == "load" and not errors:
                version = load_plan(
                    draft.content(), by=who, at=timezone.now(), note=request.POST.get("note", "")
                )
                draft.remove()
                messages.success(request, f"The plan is loaded as version {version.number}.")
                return redirect(reverse("web:plan", args=[version.plan.slug]))
            if not errors:
                messages.success(request, "The corrections are kept.")
                return redirect(request.path)
        except Refused as refused:
            errors.append(("yaml" if what == "yaml" else "", refused.sentence))
    context = {
        "draft": draft,
        "errors": errors,
        "trail": [("Upload a plan", reverse("web:plan-import"))],
        "here": draft.filename,
    }
    context |= shown(draft)
    if request.POST.get("do") == "yaml" and errors:
        context["yaml"] = request.POST.get("yaml", "")
    return render(request, "web/plan_draft.html", context, status=400 if errors else 200)


def shown(draft: Draft) -> dict[str, Any]:
    """What the page shows of a draft: source lines, tree, indicators with suggestions, findings."""
    content = draft.content()
    own_format = draft.filename.lower().endswith((".yaml", ".yml"))
    lines: dict[str, int] = {}
    unplaced: dict[int, str] = {}
    if own_format:
        source = draft.yaml.splitlines()
        findings = [one.to_json() for one in review_plan(content, draft.yaml)]
    else:
        document = import_plan(
            draft.source, filename=draft.filename, fiscal_year_start_month=content.fiscal_year_start_month
        )
        source = list(document.source)
        findings = [one.to_json() for one in document.findings]
        lines = {node.id: node.lines[0] for node in document.nodes} | {
            row.id: row.line for row in document.indicators
        }
        lines |= {row.id: row.line for row in document.key_results}
        unplaced = {one.line: one.reason for one in document.unplaced}
    texts = registered()
    rows = [
        Row(
            one, kind, node, "; ".join(target.in_words() for target in one.targets),
            suggest(one.name, one.goal, one.targets, measures=texts),
        )
        for one, kind, node in content.every_indicator()
    ]  # fmt: skip

    def twigs(nodes: tuple[NodeContent, ...]) -> list[Twig]:
        return [Twig(node, lines.get(node.code), twigs(node.nodes)) for node in nodes]

    return {
        "content": content,
        "source": [(number, text, unplaced.get(number, "")) for number, text in enumerate(source, start=1)],
        "tree": twigs(content.nodes),
        "rows": rows,
        "measures": [(one.name, one.title) for one in all_measures()],
        "bound": sum(1 for row in rows if row.content.measure),
        "findings": findings,
        "unplaced": len(unplaced),
        "lists": [
            (title, len(entries))
            for title, entries in (
                ("customers", content.customers), ("external factors", content.external_factors), ("goals", content.goals),
                ("priorities", content.priorities), ("glossary terms", content.glossary),
            )
            if entries
        ],
        "exists": Plan.objects.filter(slug=content.slug).first(),
        "yaml": draft.yaml,
    }  # fmt: skip


def corrected(content: PlanContent, request: HttpRequest, errors: Errors) -> PlanContent:
    """The draft with what the form says; a goal that was changed is read anew."""
    posted = request.POST
    header: dict[str, Any] = {}
    for name in ("title", "office", "slug"):
        if name in posted:
            header[name] = posted[name].strip()
    for name in ("starts", "ends"):
        if name in posted:
            day = _day(posted[name], name, errors)
            if day is None and not errors:
                errors.append((name, "Write the plan's first and last day."))
            header[name] = day or getattr(content, name)
    content = replace(content, **header)
    for one, _, _ in list(content.every_indicator()):
        changes: dict[str, Any] = {}
        for field in ("name", "goal", "measure", "owner"):
            key = f"{field}:{one.code}"
            if key in posted and posted[key].strip() != getattr(one, field):
                changes[field] = posted[key].strip()
        if "goal" in changes:
            reading = read_goal(
                changes["goal"], name=changes.get("name", one.name), fiscal_year_start_month=content.fiscal_year_start_month,
                plan_start=content.starts, plan_end=content.ends, line=None,
            )  # fmt: skip
            changes["targets"] = reading.targets
        if changes:
            content = with_indicator(content, one.code, **changes)
    # What is written must be readable again: a slug with a blank, an empty title are refused here, with the place.
    from stateworks.kernel.plans.yaml_format import write_plan

    read_plan(write_plan(content))
    return content


def draft_file(request: HttpRequest, token: str) -> HttpResponse:
    """The draft as YAML, to edit elsewhere and upload again."""
    who = asked.need(request, "plan.change")
    draft = draft_named(token, who)
    response = HttpResponse(draft.yaml, content_type="application/yaml")
    response["Content-Disposition"] = 'attachment; filename="plan.yaml"'
    return response
