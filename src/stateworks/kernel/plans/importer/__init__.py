"""Reads a state's strategic plan from Word, PDF, plain text or Markdown, as people and their programs leave it.

`import_plan` is one pass from bytes to a `PlanDocument`: take the lines out of the file, classify each one, set aside
what is no text of the plan (contents, footers, captions), read tree, tables and lists, read the goals, look for key
results, and lint. Only the first step differs by the kind of file.
"""

from __future__ import annotations

import re

from stateworks.kernel.plans.document import (
    IndicatorRow,
    Maturity,
    Node,
    PlanDocument,
    PlanImportError,
    Progress,
    untold,
)
from stateworks.kernel.plans.goals import read_goal
from stateworks.kernel.plans.importer.builder import Builder
from stateworks.kernel.plans.importer.coverage import missing_lines
from stateworks.kernel.plans.importer.decoding import pages_of, source_of
from stateworks.kernel.plans.importer.lines import read_lines
from stateworks.kernel.plans.importer.links import link_priorities
from stateworks.kernel.plans.importer.noise import find_noise
from stateworks.kernel.plans.importer.period import find_office, find_period, find_title
from stateworks.kernel.plans.importer.promises import key_results
from stateworks.kernel.plans.importer.reader import Reader

__all__ = ["PlanImportError", "import_plan", "missing_lines", "pages_of"]

_TREE_LEVELS = frozenset(
    {"program", "activity", "pillar", "objective", "strategy", "initiative", "goal", "action"}
)


def import_plan(
    text: str | bytes, *, filename: str = "", fiscal_year_start_month: int = 7, progress: Progress = untold
) -> PlanDocument:
    """Read a plan; raises PlanImportError with one sentence where the file is no plan that can be read."""
    # Lint reads the importer's marks of pages and pictures, so it can only be asked for once that is there.
    from stateworks.kernel.plans.lint import lint_plan

    found = source_of(text, filename, progress)
    progress("Reading the plan's parts", 0, 0)
    lines = read_lines(found)
    source = [line.text for line in found]
    noise = find_noise(lines)
    builder = Reader(Builder()).read(lines, noise)
    if not any(node.level in _TREE_LEVELS for node in builder.nodes) and not builder.rows:
        raise PlanImportError(
            f"{filename or 'The file'} holds {len(source):,} lines and nothing that looks like a plan. A plan needs "
            'headings such as "Objective 1: …", a list of goals or initiatives, or a table with the columns '
            "Indicator and Goal."
        )
    title, _ = find_title(lines, filename)
    start, end = find_period(lines, title, fiscal_year_start_month)
    document = PlanDocument(
        title=title,
        office=find_office(lines),
        start=start,
        end=end,
        line_count=len(source) - (1 if source[-1] == "" and len(source) > 1 else 0),
        nodes=_in_order(builder),
        priorities=builder.priorities,
        maturity=Maturity(builder.levels, builder.opportunities),
        glossary=builder.glossary,
        unplaced=sorted(builder.unplaced, key=lambda entry: entry.line),
        fiscal_year_start_month=fiscal_year_start_month,
        source=tuple(source),
        pages=tuple(line.page for line in found) if any(line.page for line in found) else (),
        repeats=builder.repeats,
        lists=builder.lists,
    )
    progress("Reading the goals", 0, 0)
    _read_goals(document, builder)
    for node in document.nodes:
        if node.outcome:
            document.key_results.extend(key_results(node, source, start, end, fiscal_year_start_month))
    link_priorities(document)
    progress("Looking for doubts", 0, 0)
    document.findings = lint_plan(document)
    return document


def _in_order(builder: Builder) -> list[Node]:
    """Return the nodes in the order of the text, parents before their children."""
    return sorted(builder.nodes, key=lambda node: node.lines[0])


def _read_goals(document: PlanDocument, builder: Builder) -> None:
    """Read every indicator's goal and number the indicators within their node."""
    numbers: dict[str, int] = {}
    for row in builder.rows:
        number = numbers[row.node] = numbers.get(row.node, 0) + 1
        reading = read_goal(
            row.goal,
            name=row.name,
            fiscal_year_start_month=document.fiscal_year_start_month,
            plan_start=document.start,
            plan_end=document.end,
            line=row.line,
        )
        wanted = f"{row.node}.{number}" if re.fullmatch(r"[\d.]+", row.node) else f"{row.node}.i{number}"
        document.indicators.append(
            IndicatorRow(
                builder.unique(wanted),
                row.node,
                row.name,
                row.goal,
                reading.targets,
                row.line,
                row.owner,
                row.source,
                reading.findings,
            )
        )
