"""What must hold across a whole plan: codes used once, references that lead somewhere, dates in order."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from stateworks.kernel.plans.content import PlanContent
from stateworks.kernel.plans.structure import Reading


def check(content: PlanContent, reading: Reading) -> None:
    """Add a fault to the reading for everything that contradicts itself within the plan."""
    if content.ends < content.starts:
        reading.fault_at(content, f"the plan ends on {content.ends}, before it starts on {content.starts}.")
    if not 1 <= content.fiscal_year_start_month <= 12:
        reading.fault_at(
            content, f"fiscal_year_start_month is {content.fiscal_year_start_month}; write 1 to 12."
        )
    codes = _codes(content, reading)
    _references(content, reading, codes)
    _milestones(content, reading)
    _maturity(content, reading)


def _codes(content: PlanContent, reading: Reading) -> set[str]:
    """Collect every code; nodes, lists, priorities, indicators and key results share one set of names."""
    found: set[str] = set()
    coded: list[Any] = [node for node, _ in content.every_node()]
    coded += [*content.customers, *content.external_factors, *content.goals, *content.priorities]
    coded += content.maturity.opportunities if content.maturity else ()
    coded += [indicator for indicator, _, _ in content.every_indicator()]
    for each in coded:
        if each.code in found:
            reading.fault_at(each, f"the code {each.code} is used twice; give one of them another code.")
        found.add(each.code)
    aliases: set[str] = set()
    for each in coded:
        for alias in getattr(each, "aliases", ()):
            if alias in found or alias in aliases:
                reading.fault_at(
                    each, f"the alias {alias} of {each.code} already names something else; choose another."
                )
            aliases.add(alias)
    return found | aliases


def _references(content: PlanContent, reading: Reading, codes: set[str]) -> None:
    tags = {tag.code for tag in content.tags}
    for node, _ in content.every_node():
        _all_known(node, "see_also", node.see_also, codes, reading)
        _all_known(node, "tags", node.tags, tags, reading)
    for listed in (*content.customers, *content.external_factors, *content.goals):
        _all_known(listed, "see_also", listed.see_also, codes, reading)
    for priority in content.priorities:
        _all_known(priority, "nodes", priority.nodes, codes, reading)
        _all_known(priority, "merges", priority.merges, {each.code for each in content.priorities}, reading)


def _all_known(record: Any, name: str, values: Iterable[str], known: set[str], reading: Reading) -> None:
    for value in values:
        if value not in known:
            reading.fault_at(
                record, f"{name} names {value}, which is nowhere in the plan; correct or remove it."
            )


def _milestones(content: PlanContent, reading: Reading) -> None:
    milestones = [milestone for milestone, _ in content.every_milestone()]
    keys: set[str] = set()
    for milestone in milestones:
        if milestone.key in keys:
            reading.fault_at(
                milestone, f"the milestone key {milestone.key} is used twice; give one another key."
            )
        keys.add(milestone.key)
        if milestone.weight < 1:
            reading.fault_at(milestone, f"the weight is {milestone.weight}; write 1 or more.")
    order = {milestone.key: milestone.after for milestone in milestones}
    for milestone in milestones:
        if milestone.after and milestone.after not in keys:
            reading.fault_at(milestone, f"after names {milestone.after}, which is no milestone of the plan.")
        elif _in_a_circle(milestone.key, order):
            reading.fault_at(
                milestone, f"the milestone {milestone.key} comes after itself; break the circle."
            )
    pilots: set[str] = set()
    for node, _ in content.every_node():
        for pilot in node.pilots:
            if pilot.key in pilots:
                reading.fault_at(pilot, f"the pilot key {pilot.key} is used twice; give one another key.")
            pilots.add(pilot.key)
            if pilot.ends < pilot.starts:
                reading.fault_at(
                    pilot, f"the pilot ends on {pilot.ends}, before it starts on {pilot.starts}."
                )


def _in_a_circle(start: str, order: dict[str, str]) -> bool:
    seen = {start}
    current = order.get(start, "")
    while current:
        if current == start:
            return True
        if current in seen:
            return False
        seen.add(current)
        current = order.get(current, "")
    return False


def _maturity(content: PlanContent, reading: Reading) -> None:
    if content.maturity is None:
        return
    names: set[str] = set()
    for place, level in enumerate(content.maturity.levels, start=1):
        if level.order != place:
            reading.fault_at(
                level, f"the level {level.name} has order {level.order}, and {place} is next; number from 1."
            )
        if level.name in names:
            reading.fault_at(level, f"the level {level.name} is listed twice.")
        names.add(level.name)
    for opportunity in content.maturity.opportunities:
        for word, name in (("from_level", opportunity.from_level), ("to_level", opportunity.to_level)):
            if name not in names:
                reading.fault_at(
                    opportunity,
                    f"{word} is {name}, which is no level; use one of {', '.join(sorted(names))}.",
                )
