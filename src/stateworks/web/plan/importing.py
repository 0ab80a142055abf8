"""Upload a plan: see the tree beside its text and the findings, correct it, bind measures, load it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone

from stateworks.kernel.access.models import Account
from stateworks.kernel.errors import Refused
from stateworks.kernel.indicators.measures import all_measures
from stateworks.kernel.plans.amendments import with_indicator
from stateworks.kernel.plans.content import IndicatorContent, NodeContent, PlanContent
from stateworks.kernel.plans.file_results import load_with_results
from stateworks.kernel.plans.files import (
    LARGEST_FILE,
    YAML_ENDINGS,
    Given,
    PlanFile,
    every_source,
    read_files,
    takes_long,
)
from stateworks.kernel.plans.goals import read_goal
from stateworks.kernel.plans.models import Plan
from stateworks.kernel.plans.review import review_plan
from stateworks.kernel.plans.suggest import Suggestion, registered, suggest
from stateworks.kernel.plans.yaml_format import read_plan
from stateworks.web import asked
from stateworks.web.plan.drafts import Draft, draft_named, drafts_of, new_draft
from stateworks.web.plan.reading import reading_page, start
from stateworks.web.plan.saying import MONTHS, SAID, Errors, day, said

#: So many of the values that a file reports are listed; the others are counted.
VALUES_LISTED = 200
#: So many values that cannot be reported are told after loading.
REFUSALS_TOLD = 5


def import_page(request: HttpRequest) -> HttpResponse:
    """Choose a file, or paste a text; what is read becomes a draft of one's own."""
    who = asked.need(request, "plan.change")
    errors: Errors = []
    given = {name: request.POST.get(name, "") for name in ("text", *SAID)}
    if request.method == "POST":
        try:
            files = _uploaded(request, given["text"])
            beside = said(given, errors)
            if not errors:
                draft = _drafted(files, beside, who)
                return redirect(reverse("web:plan-draft", args=[draft.token]))
        except Refused as refused:
            field = "starts" if "period" in refused.sentence else "file"
            errors.append((field, refused.sentence))
    context = {
        "errors": errors, "given": given, "drafts": [(one, _title(one)) for one in drafts_of(who)[:10]],
        "months": MONTHS, "sources": every_source(),
        "trail": [], "here": "Upload a plan",
    }  # fmt: skip
    return render(request, "web/plan_import.html", context, status=400 if errors else 200)


def _drafted(files: list[PlanFile], beside: Given, who: Account) -> Draft:
    """A draft of the files: read at once where that takes seconds, else by a worker."""
    filename = ", ".join(file.name for file in files)
    if takes_long(files):
        return start(filename, files, beside, who)
    read = read_files(files, beside)
    content = read.plan(beside)
    draft = new_draft(filename, who)
    draft.fill(read.document, content)
    return draft


def _uploaded(request: HttpRequest, text: str) -> list[PlanFile]:
    """The files that were chosen, or the text that was pasted."""
    uploads = request.FILES.getlist("file")
    for upload in uploads:
        if (upload.size or 0) > LARGEST_FILE:
            raise Refused(
                f"{upload.name} is larger than {LARGEST_FILE // 1_000_000} MB; a plan is not. Leave its pictures and "
                "attachments out, or save it as text and choose that."
            )
    files = [PlanFile(upload.name or "plan.txt", upload.read()) for upload in uploads]
    files = files or [PlanFile("pasted.txt", text.encode())]
    if not any(file.data.strip() for file in files):
        raise Refused("Choose a file, or paste the plan's text.")
    return files


def _title(draft: Draft) -> str:
    """A draft's title, or its file's name where that is not read yet, or the YAML cannot be read just now."""
    try:
        return draft.content().title if draft.ready else draft.filename
    except Refused:
        return draft.filename


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
    if not draft.ready:
        return reading_page(request, draft, who)
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
                version, reported = load_with_results(
                    draft.content(),
                    draft.results,
                    by=who,
                    at=timezone.now(),
                    note=request.POST.get("note", ""),
                )
                draft.remove()
                told = f" {reported.in_words()}" if reported.total else ""
                messages.success(request, f"The plan is loaded as version {version.number}.{told}")
                for sentence in reported.refused[:REFUSALS_TOLD]:
                    messages.warning(request, f"Not reported: {sentence}")
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
    own_format = draft.filename.lower().endswith(YAML_ENDINGS)
    read = draft.read
    lines: dict[str, int] = {} if own_format else read["places"]
    unplaced: dict[str, str] = {} if own_format else read["unplaced"]
    source = draft.yaml.splitlines() if own_format else read["source"]
    findings = [one.to_json() for one in review_plan(content, draft.yaml)] if own_format else read["findings"]
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
        "source": _numbered(source, unplaced, [] if own_format else read["pages"]),
        "tree": twigs(content.nodes),
        "rows": rows,
        "measures": [(one.name, one.title) for one in all_measures()],
        "bound": sum(1 for row in rows if row.content.measure),
        "findings": findings,
        "unplaced": len(unplaced),
        "values": draft.results[:VALUES_LISTED],
        "values_count": len(draft.results),
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


def _numbered(
    source: list[str], unplaced: dict[str, str], pages: list[int | None]
) -> list[tuple[int, str, str, int | None]]:
    """Each line with its number, why it is not placed, and its page where a page begins."""
    found = []
    before: int | None = None
    for number, text in enumerate(source, start=1):
        page = pages[number - 1] if pages else None
        found.append((number, text, unplaced.get(str(number), ""), page if page != before else None))
        before = page
    return found


def corrected(content: PlanContent, request: HttpRequest, errors: Errors) -> PlanContent:
    """The draft with what the form says; a goal that was changed is read anew."""
    posted = request.POST
    header: dict[str, Any] = {}
    for name in ("title", "office", "slug"):
        if name in posted:
            header[name] = posted[name].strip()
    for name in ("starts", "ends"):
        if name in posted:
            written = day(posted[name], name, errors)
            if written is None and not errors:
                errors.append((name, "Write the plan's first and last day."))
            header[name] = written or getattr(content, name)
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
    if not draft.ready:
        raise Http404("This plan has not been read yet.")
    response = HttpResponse(draft.yaml, content_type="application/yaml")
    response["Content-Disposition"] = 'attachment; filename="plan.yaml"'
    return response
