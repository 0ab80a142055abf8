"""A bundled plan as the blocks of a document, from which tests build text, Word and PDF files of their own."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from django.conf import settings

from stateworks.kernel.plans.content import NodeContent, PlanContent
from stateworks.kernel.plans.yaml_format import read_plan


@dataclass(frozen=True)
class Block:
    """One block: heading, bold, text, bullets, numbers, table or contents."""

    kind: str
    text: str = ""
    level: int = 0
    items: tuple[tuple[str, str], ...] = ()
    """For lists: each item and the paragraph that follows it, if any."""
    rows: tuple[tuple[str, ...], ...] = field(default=())


def bundled(name: str) -> PlanContent:
    """Return a bundled plan."""
    return read_plan((Path(settings.PLANS_FOLDER) / f"{name}.yaml").read_bytes())


def heading(level: int, text: str) -> Block:
    return Block("heading", text, level)


def text(words: str) -> Block:
    return Block("text", words)


def listed(kind: str, *items: str | tuple[str, str]) -> Block:
    return Block(kind, items=tuple((item, "") if isinstance(item, str) else item for item in items))


def louisiana() -> list[Block]:
    """Return a plan with lists beside the tree, strategies and a table of indicators under each objective."""
    plan = bundled("louisiana-ots")
    blocks = [
        heading(1, plan.office),
        text("Strategic Plan: FY 2026-2027 through FY 2030-2031"),
        Block("contents"),
        heading(2, "Slogan"), text(f"{plan.slogan}."),
        heading(2, "Vision"), text(plan.vision),
        heading(2, "Mission"), text(plan.mission),
        heading(2, "Principal Customers"), text("We work for the agencies listed below."),
        listed("bullets", *(each.title for each in plan.customers)),
        heading(2, "External Factors"), text("These factors are beyond our control and affect our goals:"),
        listed("numbers", *((each.title, each.text) for each in plan.external_factors)),
        heading(2, "Duplication of Effort"), text(plan.duplication),
    ]  # fmt: skip
    (program,) = plan.nodes
    blocks += [heading(2, f"Program 1: {program.title}"), heading(3, "Program Goals")]
    blocks.append(listed("numbers", *(each.title for each in plan.goals)))
    for activity in program.nodes:
        blocks.append(heading(3, f"Activity {activity.number}: {activity.title}"))
        blocks += [text(activity.text)] if activity.text else []
        for objective in activity.nodes:
            blocks += list(_objective(objective))
    return blocks


def _objective(objective: NodeContent) -> Iterator[Block]:
    yield heading(4, f"Objective {objective.number}: {objective.title}")
    if objective.text:
        yield text(objective.text)
    yield heading(5, "Strategies")
    yield listed("numbers", *(strategy.title for strategy in objective.nodes))
    yield heading(5, "Performance Indicators")
    rows = tuple((each.name, each.goal) for each in objective.indicators)
    yield Block("table", rows=(("Indicator", "Goal"), *rows))


def massachusetts() -> list[Block]:
    """Return a plan with pillars, objectives and initiatives whose outcome paragraph follows each of them."""
    plan = bundled("massachusetts-eotss")
    blocks = [
        heading(1, "Executive Summary: Strategic Plan (2026-2028)"),
        text("This plan covers FY26 to FY28 and is renewed every year in the summer."),
        heading(2, plan.office), text(f"Our mission is as follows. {plan.mission}"),
        heading(2, "Summary of our pillars"), text("Our seven strategic pillars are:"),
        listed("numbers", *(f"{pillar.title}: {pillar.text}" for pillar in plan.nodes)),
    ]  # fmt: skip
    for pillar in plan.nodes:
        blocks += [
            heading(2, pillar.title),
            text(f"We organize our work for {pillar.title} by what it changes."),
        ]
        for objective in pillar.nodes:
            blocks.append(heading(3, f"Objective {objective.number}: {objective.title}"))
            many = f"{len(objective.nodes)} initiatives" if len(objective.nodes) > 1 else "one initiative"
            blocks.append(text(f"{objective.text} Under this objective, we have {many}:"))
            items = [(f"{each.title}: {each.text or each.title}", each.outcome) for each in objective.nodes]
            blocks.append(listed("numbers", *items))
    return blocks


def as_text(blocks: list[Block]) -> str:
    """Write blocks as plain text with the marks of Markdown."""
    lines: list[str] = []
    for block in blocks:
        if block.kind == "heading":
            lines.append(f"{'#' * block.level} {block.text}")
        elif block.kind in {"bullets", "numbers"}:
            for number, (item, after) in enumerate(block.items, start=1):
                lines.append(f"{f'{number}.' if block.kind == 'numbers' else '-'} {item}")
                lines += [after] if after else []
        elif block.kind == "table":
            lines += ["\t".join(row) for row in block.rows]
        elif block.kind == "text":
            lines.append(block.text)
        lines.append("")
    return "\n".join(lines)
