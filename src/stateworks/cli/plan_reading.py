"""What the `plan` commands share: reading a plan from its files, and showing a document as a tree with its findings."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from stateworks.cli.output import say
from stateworks.kernel.errors import Refused

if TYPE_CHECKING:
    from stateworks.kernel.plans.document import PlanDocument
    from stateworks.kernel.plans.files import Given, PlanRead


def given(slug: str = "", starts: str = "", ends: str = "", fiscal_start: int | None = None) -> Given:
    """Return what was said beside the files."""
    from stateworks.kernel.plans.files import Given

    return Given(slug, day(starts), day(ends), fiscal_start)


def read_plan(paths: Sequence[Path], given: Given) -> PlanRead:
    """Read a plan from its file or files, of whatever kind."""
    from stateworks.kernel.plans.files import PlanFile, read_files

    found = [plan_file(str(path)) for path in paths]
    return read_files([PlanFile(path.name, path.read_bytes()) for path in found], given)


def plan_file(name: str) -> Path:
    """Return the file, or the bundled plan of that name."""
    path = Path(name)
    if path.is_file():
        return path
    from django.conf import settings

    folder = Path(settings.PLANS_FOLDER)
    bundled = folder / f"{name}.yaml"
    if bundled.parent == folder and bundled.is_file():
        return bundled
    if path.is_dir():
        raise Refused(f"{name} is a folder; name a file in it.")
    names = ", ".join(sorted(each.stem for each in folder.glob("*.yaml")))
    raise Refused(f"There is no file {name}; name a file, or a bundled plan: {names}.")


def tree(document: PlanDocument) -> str:
    """Draw the tree as indented lines."""
    period = f"{document.start or '?'} to {document.end or '?'}"
    lines = [document.title, f"{document.office or 'no office named'}, {period}", ""]
    depth: dict[str | None, int] = {None: -1}
    rows: dict[str, list[str]] = {}
    for row in document.indicators:
        rows.setdefault(row.node, []).append(f"{row.id} {row.name} [{row.goal}]")
    for result in document.key_results:
        rows.setdefault(result.node, []).append(f"{result.id} {result.text} [{result.kind}]")
    for node in document.nodes:
        depth[node.id] = depth.get(node.parent, -1) + 1
        indent = "  " * depth[node.id]
        lines.append(f"{indent}{node.level.replace('_', ' ')} {node.id}: {node.title}")
        lines += [f"{indent}  - {row}" for row in rows.get(node.id, [])]
    counts = ", ".join(f"{count} {level.replace('_', ' ')}" for level, count in document.counts().items())
    told_lines = f"Read {document.line_count:,} lines: {counts}."
    if document.results:
        told_lines += (
            f" The file reports {len(document.results):,} values; `stateworks plan load` reports them."
        )
    left = Counter(entry.reason for entry in document.unplaced)
    told = [f"  {count:,} {reason}" for reason, count in left.most_common()]
    return "\n".join(
        [*lines, "", told_lines, *(["Lines that are no part of the tree:", *told] if told else []), ""]
    )


def say_findings(document: PlanDocument) -> None:
    """Tell each finding with its place, on stderr."""
    for finding in document.findings:
        page = document.page_of(finding.line)
        where = f"line {finding.line}{f' on page {page}' if page else ''}: " if finding.line else ""
        say(f"{finding.severity} {finding.code}: {where}{finding.text} {finding.why} {finding.suggestion}")
    if document.findings:
        say(f"{len(document.findings)} findings.")


def day(text: str) -> date | None:
    """Read a day as people give it to an option; none where they give none."""
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Refused(f"“{text}” is not a day; write it as 2026-10-31.") from None
