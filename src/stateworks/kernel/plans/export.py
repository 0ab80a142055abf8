"""A plan as a file: YAML and JSON hold everything, CSV has one row a thing, XLSX a sheet for each kind of thing.

StratML is what other planning systems read: Part 2 with indicators, targets and reported values, Part 1 without them.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any, Literal

from stateworks.kernel.errors import Refused
from stateworks.kernel.plans.content import IndicatorContent, PlanContent
from stateworks.kernel.plans.document import Result
from stateworks.kernel.plans.yaml_format import document_of, write_plan

Format = Literal["yaml", "json", "csv", "xlsx", "stratml", "stratml-1"]
FORMATS: tuple[Format, ...] = ("yaml", "json", "csv", "xlsx", "stratml", "stratml-1")
CONTENT_TYPES: dict[str, str] = {
    "yaml": "application/yaml",
    "json": "application/json",
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "stratml": "application/xml",
    "stratml-1": "application/xml",
}
ENDINGS: dict[str, str] = {"stratml": "stratml.xml", "stratml-1": "stratml-1.xml"}
"""Endings of files whose format is not its own ending."""

COLUMNS = (
    "kind", "code", "under", "level", "title", "text", "goal", "targets", "assumption", "measure", "dataset", "unit",
    "direction", "frequency", "owner", "aliases", "tags", "see_also",
)  # fmt: skip


def export_plan(content: PlanContent, form: str, results: Sequence[Result] = ()) -> bytes:
    """Return the plan in one of the formats; YAML reads back as the same plan, StratML Part 2 also has `results`."""
    if form == "yaml":
        return write_plan(content).encode()
    if form == "json":
        return (json.dumps(document_of(content), ensure_ascii=False, indent=2) + "\n").encode()
    if form == "csv":
        return _csv(rows(content))
    if form == "xlsx":
        return _xlsx(content)
    if form in ("stratml", "stratml-1"):
        from stateworks.kernel.plans.stratml.writing import to_stratml

        return to_stratml(content, 1 if form == "stratml-1" else 2, results)
    raise Refused(f"A plan cannot be exported as “{form}”; use one of {', '.join(FORMATS)}.")


def rows(content: PlanContent) -> Iterator[dict[str, Any]]:
    """Yield one flat row for each node, list item, priority, indicator and key result, in the order of the plan."""
    for node, parent in content.every_node():
        yield {
            "kind": "node",
            "code": node.code,
            "under": parent.code if parent else "",
            "level": node.level,
            "title": node.title,
            "text": node.outcome or node.text,
            "owner": node.owner,
            "aliases": _joined(node.aliases),
            "tags": _joined(node.tags),
            "see_also": _joined(node.see_also),
        }
        for indicator in node.indicators:
            yield _indicator(indicator, "indicator", node.code)
        for key_result in node.key_results:
            yield _indicator(key_result, "key result", node.code)
    for level, listed in (
        ("customer", content.customers),
        ("external factor", content.external_factors),
        ("goal", content.goals),
    ):
        for each in listed:
            yield {
                "kind": level, "code": each.code, "title": each.title, "text": each.text,
                "see_also": _joined(each.see_also),
            }  # fmt: skip
    for priority in content.priorities:
        yield {
            "kind": "priority",
            "code": priority.code,
            "level": priority.level,
            "title": priority.title,
            "see_also": _joined((*priority.nodes, *priority.merges)),
        }
    for opportunity in content.maturity.opportunities if content.maturity else ():
        yield {
            "kind": "growth opportunity",
            "code": opportunity.code,
            "title": opportunity.title,
            "text": opportunity.text,
            "goal": f"{opportunity.from_level} to {opportunity.to_level}"
            + (f" by {opportunity.by}" if opportunity.by else ""),
        }
        for key_result in opportunity.key_results:
            yield _indicator(key_result, "key result", opportunity.code)


def _indicator(each: IndicatorContent, kind: str, node: str) -> dict[str, Any]:
    return {
        "kind": kind,
        "code": each.code,
        "under": node,
        "level": each.commitment,
        "title": each.name,
        "text": each.calculation,
        "goal": each.goal,
        "targets": "; ".join(target.in_words() for target in each.targets),
        "assumption": each.assumption,
        "measure": each.measure,
        "dataset": _joined(each.dataset),
        "unit": each.unit,
        "direction": each.direction,
        "frequency": each.frequency,
        "owner": each.owner,
        "aliases": _joined(each.aliases),
    }


def safe(value: Any) -> Any:
    """Return a cell that no spreadsheet runs as a formula: a text that starts like one gets an apostrophe in front."""
    if isinstance(value, str) and value.startswith(("=", "+", "-", "@", "\t", "\r")):
        return "'" + value
    return value


def _csv(found: Iterator[dict[str, Any]]) -> bytes:
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, COLUMNS, restval="")
    writer.writeheader()
    for row in found:
        writer.writerow({name: safe(value) for name, value in row.items()})
    return text.getvalue().encode("utf-8-sig")


def _xlsx(content: PlanContent) -> bytes:
    import xlsxwriter

    file = io.BytesIO()
    book = xlsxwriter.Workbook(file, {"in_memory": True, "default_date_format": "yyyy-mm-dd"})
    bold = book.add_format({"bold": True})
    wrap = book.add_format({"text_wrap": True, "valign": "top"})
    for title, columns, lines in _sheets(content):
        sheet = book.add_worksheet(title)
        sheet.write_row(0, 0, [column.replace("_", " ").capitalize() for column in columns], bold)
        for row, line in enumerate(lines, start=1):
            for column, value in enumerate(line):
                if isinstance(value, date):
                    sheet.write_datetime(row, column, value)
                elif isinstance(value, int | float):
                    sheet.write_number(row, column, value)
                else:
                    sheet.write_string(row, column, str(value or ""), wrap)  # never as a formula
        sheet.freeze_panes(1, 0)
        sheet.autofit(400)
    # The day is fixed so that the same plan gives the same bytes.
    book.set_properties({"title": content.title, "author": content.office, "created": date(2000, 1, 1)})
    book.close()
    return file.getvalue()


def _sheets(content: PlanContent) -> Iterator[tuple[str, Sequence[str], list[Sequence[Any]]]]:
    header = document_of(content)
    yield (
        "Plan",
        ("what", "value"),
        [
            (name.replace("_", " "), "; ".join(value) if name in ("values", "assumptions") else value)
            for name, value in header.items()
            if isinstance(value, str | int) or name in ("values", "assumptions")
        ],
    )
    found = list(rows(content))
    for title, kinds in (
        ("Tree", ("node",)),
        ("Indicators", ("indicator", "key result")),
        ("Lists", ("customer", "external factor", "goal", "priority", "growth opportunity")),
    ):
        kept = [row for row in found if row["kind"] in kinds]
        columns = [name for name in COLUMNS if any(row.get(name) for row in kept)]
        if kept:
            yield title, columns, [[row.get(name, "") for name in columns] for row in kept]
    milestones = list(content.every_milestone())
    if milestones:
        yield (
            "Milestones",
            ("key", "belongs_to", "name", "due", "weight", "after", "owner"),
            [
                (each.key, code, each.name, each.due, each.weight, each.after, each.owner)
                for each, code in milestones
            ],
        )
    if content.maturity:
        yield (
            "Maturity levels",
            ("order", "name", "text", "criteria"),
            [
                (level.order, level.name, level.text, "; ".join(level.criteria))
                for level in content.maturity.levels
            ],
        )
    if content.glossary:
        yield "Glossary", ("term", "text"), [(each.term, each.text) for each in content.glossary]


def _joined(values: Sequence[str]) -> str:
    return " ".join(values)
