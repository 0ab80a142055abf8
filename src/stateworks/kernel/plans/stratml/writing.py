"""Writes a plan as StratML, Part 1 or Part 2, valid by the rules; what has no place there is named and left out.

StratML knows two levels. The plan's upper level becomes goals, everything below objectives of their goal; the plan's own
word for a level, and what a deeper node is part of, stand in OtherInformation and lead back to the same tree.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from decimal import Decimal

from stateworks.kernel.clocks.fiscal import parse_period
from stateworks.kernel.errors import Refused
from stateworks.kernel.indicators.targets import Target
from stateworks.kernel.plans.content import IndicatorContent, NodeContent, PlanContent
from stateworks.kernel.plans.document import Result
from stateworks.kernel.plans.stratml import labels
from stateworks.kernel.plans.stratml.elements import Element, clean, write
from stateworks.kernel.plans.stratml.rules import CORE, PERFORMANCE, faults

OTHER, ABOUT = "Other information", "Description"
TARGET = "Target"
OWNER, TEAM, CUSTOMER = "Owner", "Contributing team", "Customer"
_PROSE = frozenset(
    {
        "section", "slogan", "vision", "mission", "value", "duplication", "question", "priority", "maturity_level",
        "growth_opportunity",
    }
)  # fmt: skip
FOREIGN = re.compile(r"_[\w.\-]+")


def to_stratml(content: PlanContent, part: int, results: Sequence[Result] = ()) -> bytes:
    """Return the plan in StratML, Part 1 or 2; Part 2 with its indicators, targets and reported values."""
    root = _Writer(content, part, results).root()
    found = faults(root)
    if found:
        raise Refused(
            f"The plan {content.slug} cannot be written as StratML: {found[0]} Complete the plan, or export YAML.",
            found,
        )
    return write(root, CORE if part == 1 else PERFORMANCE)


def left_out(content: PlanContent, part: int) -> str:
    """Say what of a plan has no place in StratML; empty where everything has."""
    nodes = [node for node, _ in content.every_node()]
    indicators = [each for each, _, _ in content.every_indicator()]
    opportunities = content.maturity.opportunities if content.maturity else ()
    counts = {
        "external factors": len(content.external_factors),
        "priorities": len(content.priorities),
        "growth opportunities": len(opportunities),
        "glossary terms": len(content.glossary),
        "milestones": sum(1 for _ in content.every_milestone()),
        "pilots": sum(len(node.pilots) for node in nodes),
        "child plans": sum(len(node.child_plans) for node in nodes),
        "questions": sum(len(node.questions) for node in nodes),
        "measures": sum(1 for each in indicators if each.measure),
        "indicators and key results": len(indicators) if part == 1 else 0,
    }
    told = [f"{count} {what}" for what, count in counts.items() if count]
    return f"StratML has no place for {', '.join(told)}; export YAML for everything." if told else ""


class _Writer:
    def __init__(self, content: PlanContent, part: int, results: Sequence[Result]) -> None:
        self.content, self.part = content, part
        self.results: dict[str, list[Result]] = {}
        for result in results if part == 2 else ():
            self.results.setdefault(result.code, []).append(result)

    def root(self) -> Element:
        """Return the whole file."""
        content = self.content
        root = Element("StrategicPlan" if self.part == 1 else "PerformancePlanOrReport")
        if self.part == 2:
            kinds = ("Strategic_Plan", "Performance_Plan", "Performance_Report")
            any_indicator = any(node.indicators or node.key_results for node, _ in content.every_node())
            root.attributes["Type"] = kinds[2 if self.results else 1 if any_indicator else 0]
        prose = [node for node in content.nodes if is_prose(node)]
        about = next((node for node in prose if node.title == ABOUT), None)
        started = content.starts.month if content.starts.day == 1 else 0
        fiscal = "" if content.fiscal_year_start_month == started else str(content.fiscal_year_start_month)
        said = {
            labels.SLOGAN: content.slogan,
            labels.DUPLICATION: content.duplication,
            labels.FISCAL_YEAR: fiscal,
        }
        other = labels.labelled(said, _prose([node for node in prose if node is not about]))
        root.children = [
            Element("Name", text=content.title),
            *_optional("Description", _words(about) if about else ""),
            *_optional("OtherInformation", other),
            self._core(),
            Element("AdministrativeInformation", children=self._dates()),
        ]
        return root

    def _dates(self) -> list[Element]:
        source = self.content.source if re.fullmatch(r"https?://\S+", self.content.source) else ""
        return [
            Element("StartDate", text=self.content.starts.isoformat()),
            Element("EndDate", text=self.content.ends.isoformat()),
            *_optional("Source", source),
        ]

    def _core(self) -> Element:
        content = self.content
        customers = [
            self._stakeholder(each.title, each.text, CUSTOMER, "Beneficiary", "Generic_Group")
            for each in content.customers
        ]
        organization = Element(
            "Organization",
            children=[
                Element("Name", text=content.office),
                Element("Identifier", text=f"_{content.slug}"),
                *customers,
            ],
        )
        core = Element("StrategicPlanCore", children=[organization])
        for name, text in (("Vision", content.vision), ("Mission", content.mission)):
            core.children += [Element(name, children=_optional("Description", text))] if clean(text) else []
        for value in content.values:
            name, _, text = value.partition(": ")
            core.children.append(
                Element("Value", children=[Element("Name", text=name), *_optional("Description", text)])
            )
        core.children += [self._goal(goal, parent) for goal, parent in self._goals()]
        for listed in content.goals:
            aside = NodeContent(listed.code, "goal", listed.title, text=listed.text)
            core.children.append(Element("Goal", children=self._described(aside, {labels.LEVEL: "goal"})))
        return core

    # The tree

    def _goals(self) -> list[tuple[NodeContent, NodeContent | None]]:
        """Return the nodes that become goals: the upper level, and below a single program the level under it."""
        top = [node for node in self.content.nodes if not is_prose(node)]
        found: list[tuple[NodeContent, NodeContent | None]] = [(node, None) for node in top]
        if len(top) == 1 and any(below.nodes for below in top[0].nodes):
            found += [(node, top[0]) for node in top[0].nodes if not is_prose(node)]
        return found

    def _goal(self, goal: NodeContent, parent: NodeContent | None) -> Element:
        level = "" if goal.level == "goal" else goal.level
        said = {labels.LEVEL: level, labels.PART_OF: parent.code if parent else ""}
        element = Element("Goal", children=self._described(goal, said))
        if self.part == 2 and (goal.indicators or goal.key_results):
            own = Element("Objective", children=[Element("Name", text=goal.title)])
            own.children.append(Element("SequenceIndicator", text=goal.code))
            own.children += self._indicators(goal)
            element.children.append(own)
        holds_goals = any(above is goal for _, above in self._goals())
        below = () if holds_goals else _below(goal)
        element.children += [self._objective(node, above) for node, above in below]
        return element

    def _objective(self, node: NodeContent, parent: NodeContent | None) -> Element:
        level = "" if node.level == "objective" else node.level
        said = {labels.LEVEL: level, labels.PART_OF: parent.code if parent else ""}
        element = Element("Objective", children=self._described(node, said))
        element.children += self._indicators(node) if self.part == 2 else []
        return element

    def _described(self, node: NodeContent, said: dict[str, str]) -> list[Element]:
        prose = [child for child in node.nodes if is_prose(child)]
        other = labels.labelled(said | {labels.OUTCOME: node.outcome}, _prose(prose))
        stakeholders = [self._stakeholder(node.owner, "", OWNER, "Performer", "Person")] if node.owner else []
        stakeholders += [
            self._stakeholder(team, "", TEAM, "Performer", "Organization") for team in node.teams
        ]
        return [
            Element("Name", text=node.title),
            Element("Description", text=node.text),
            Element("Identifier", text=self._identifier(node.code, node.aliases)),
            Element("SequenceIndicator", text=node.code),
            *stakeholders,
            *_optional("OtherInformation", other),
        ]

    def _identifier(self, code: str, aliases: Sequence[str]) -> str:
        """Return the identifier that the node came with, or one made of the plan's name and its code."""
        return next((alias for alias in aliases if FOREIGN.fullmatch(alias)), f"_{self.content.slug}_{code}")

    def _stakeholder(self, name: str, text: str, role: str, kind: str, who: str) -> Element:
        children = [Element("Name", text=name)]
        if self.part == 1:
            # Part 1 has no roles; the owner is told from a team by this word.
            children += _optional("Description", text or (role if role == OWNER else ""))
        else:
            children += _optional("Description", text)
            children.append(
                Element("Role", children=[Element("Name", text=role), Element("RoleType", text=kind)])
            )
        return Element("Stakeholder", {"StakeholderTypeType": who}, children=children)

    # Indicators

    def _indicators(self, node: NodeContent) -> list[Element]:
        return [self._indicator(each, "") for each in node.indicators] + [
            self._indicator(each, each.commitment) for each in node.key_results
        ]

    def _indicator(self, each: IndicatorContent, key_result: str) -> Element:
        counted = any(target.value is not None for target in each.targets)
        said = {
            labels.GOAL: each.goal,
            labels.KEY_RESULT: key_result,
            labels.COMMITMENT: "" if key_result or each.commitment == "committed" else each.commitment,
            labels.DIRECTION: "lower" if each.direction == "down" else "",
            labels.FREQUENCY: "" if each.frequency == "quarterly" else each.frequency,
            labels.CALCULATION: each.calculation,
        }
        element = Element(
            "PerformanceIndicator",
            {"PerformanceIndicatorType": "Quantitative" if counted else "Qualitative"},
        )
        element.children = [
            Element("SequenceIndicator", text=each.code),
            Element("MeasurementDimension", text=each.name),
            Element("UnitOfMeasurement", text=each.unit),
            Element("Identifier", text=self._identifier(each.code, each.aliases)),
        ]
        if each.targets:
            targets = [_target(target) for target in each.targets]
            element.children.append(Element("MeasurementInstance", children=targets))
        for result in self.results.get(each.code, ()):
            element.children.append(Element("MeasurementInstance", children=[self._result(result)]))
        element.children += _optional("OtherInformation", labels.labelled(said))
        return element

    def _result(self, result: Result) -> Element:
        period = parse_period(result.period, self.content.fiscal_year_start_month)
        return Element(
            "ActualResult",
            children=[
                Element("StartDate", text=period.starts.isoformat()),
                Element("EndDate", text=period.ends.isoformat()),
                Element("NumberOfUnits", text=number(result.value)),
                *_optional("Description", result.note),
            ],
        )


def _target(target: Target) -> Element:
    """Return a target as people read it, with all of it as data in its descriptor."""
    plain = {name: value for name, value in target.to_json().items() if value is not None}
    value = number(target.value) if target.value is not None else ""
    return Element(
        "TargetResult",
        children=[
            *_optional("EndDate", target.by.isoformat() if target.by else ""),
            *_optional("NumberOfUnits", value),
            Element(
                "Descriptor",
                children=[
                    Element("DescriptorName", text=TARGET),
                    Element(
                        "DescriptorValue", text=json.dumps(plain, ensure_ascii=False, separators=(",", ":"))
                    ),
                ],
            ),
            Element("Description", text=target.in_words()),
        ],
    )


def number(value: float | int | Decimal) -> str:
    """Write a number in digits, never in powers of ten."""
    text = format(Decimal(repr(value) if isinstance(value, float) else value), "f")
    return text.removesuffix(".0") if "." in text else text


def is_prose(node: NodeContent) -> bool:
    """Return true for a piece of text beside the tree, with nothing below it and nothing measured."""
    return node.level in _PROSE and not (node.nodes or node.indicators or node.key_results)


def _below(goal: NodeContent) -> Iterator[tuple[NodeContent, NodeContent | None]]:
    """Yield everything below a goal, each with the objective it is part of; none directly below the goal."""

    def walk(
        nodes: Sequence[NodeContent], parent: NodeContent | None
    ) -> Iterator[tuple[NodeContent, NodeContent | None]]:
        for node in nodes:
            if not is_prose(node):
                yield node, parent
                yield from walk(node.nodes, node)

    yield from walk(goal.nodes, None)


def _prose(nodes: Sequence[NodeContent]) -> str:
    if len(nodes) == 1 and nodes[0].title == OTHER:
        return _words(nodes[0])
    return "\n\n".join("\n".join(part for part in (node.title, _words(node)) if part) for node in nodes)


def _words(node: NodeContent) -> str:
    return "\n".join(part for part in (node.text, node.outcome) if part)


def _optional(name: str, text: str) -> list[Element]:
    return [Element(name, text=text)] if clean(text) else []
