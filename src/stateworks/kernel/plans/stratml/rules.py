"""What StratML demands of a file: which elements stand where and how often, which words an attribute may have.

Our own statement of the rules of ISO 17469-1 (Part 1, version of 1 April 2014) and of Part 2 (version of 16 February
2016). A content such as `Name Description? Stakeholder*` lists children in their order; without a sign a child stands
once, with `?` at most once, with `*` any number of times, with `+` at least once, with `{0,2}` between the two.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation

from stateworks.kernel.plans.stratml.elements import Element

CORE = "urn:ISO:std:iso:17469:tech:xsd:stratml_core"
PERFORMANCE = "urn:ISO:std:iso:17469:tech:xsd:PerformancePlanOrReport"
MOST_FAULTS = 50

_STAKEHOLDERS = ("Person", "Organization", "Generic_Group")
_STAGES = ("Outcome", "Output_Processing", "Output", "Input_Processing", "Input")


@dataclass(frozen=True, slots=True)
class Rule:
    """What an element holds: children in order, or text of a kind; and its attributes with their words."""

    content: str = ""
    kind: str = "text"
    attributes: dict[str, tuple[str, ...]] = field(default_factory=dict)
    required: tuple[str, ...] = ()


_TEXTS = (
    "Name", "Description", "OtherInformation", "Acronym", "SequenceIndicator", "GivenName", "Surname", "PhoneNumber",
    "EmailAddress",
)  # fmt: skip
_BOTH: dict[str, Rule] = {
    **{name: Rule() for name in _TEXTS},
    "Identifier": Rule(kind="identifier"),
    "Source": Rule(kind="address"),
    "StrategicPlanCore": Rule("Organization* Vision? Mission? Value* Goal+"),
    "Organization": Rule("Name? Acronym? Identifier? Description? Stakeholder*"),
    "Vision": Rule("Description? Identifier?"),
    "Mission": Rule("Description? Identifier?"),
    "Value": Rule("Name? Description?"),
    "Goal": Rule("Name Description Identifier? SequenceIndicator? Stakeholder* OtherInformation? Objective*"),
}
_OBJECTIVE = "Name? Description? Identifier? SequenceIndicator? Stakeholder* OtherInformation?"
_DATES = ("StartDate", "EndDate", "PublicationDate")

PART_1: dict[str, Rule] = _BOTH | {
    "StrategicPlan": Rule("Name Description? OtherInformation? StrategicPlanCore AdministrativeInformation?"),
    "AdministrativeInformation": Rule("StartDate? EndDate? PublicationDate? Source? Submitter?"),
    "Submitter": Rule("GivenName? Surname? PhoneNumber? EmailAddress?"),
    "Objective": Rule(_OBJECTIVE),
    "Stakeholder": Rule("Name Description?", attributes={"StakeholderTypeType": _STAKEHOLDERS}),
    **{name: Rule(kind="date") for name in _DATES},
}
PART_2: dict[str, Rule] = _BOTH | {
    "PerformancePlanOrReport": Rule(
        "Name Description? OtherInformation? StrategicPlanCore AdministrativeInformation? Submitter?",
        attributes={"Type": ("Strategic_Plan", "Performance_Plan", "Performance_Report")},
        required=("Type",),
    ),
    "AdministrativeInformation": Rule("Identifier? StartDate? EndDate? PublicationDate? Source?"),
    "Submitter": Rule("Identifier? GivenName? Surname? PhoneNumber? EmailAddress?"),
    "Objective": Rule(f"{_OBJECTIVE} PerformanceIndicator*"),
    "Stakeholder": Rule("Name Description? Role*", attributes={"StakeholderTypeType": _STAKEHOLDERS}),
    "Role": Rule("Name Description? RoleType{0,2}"),
    "RoleType": Rule(kind="Performer|Beneficiary"),
    "PerformanceIndicator": Rule(
        "SequenceIndicator? MeasurementDimension UnitOfMeasurement Identifier? Relationship* MeasurementInstance* "
        "OtherInformation?",
        attributes={"ValueChainStage": _STAGES, "PerformanceIndicatorType": ("Quantitative", "Qualitative")},
    ),
    "MeasurementDimension": Rule(),
    "UnitOfMeasurement": Rule(),
    "Relationship": Rule(
        "Identifier? ReferentIdentifier* Name? Description?",
        attributes={"RelationshipType": ("Broader_Than", "Peer_To", "Narrower_Than")},
    ),
    "ReferentIdentifier": Rule(),
    "MeasurementInstance": Rule("TargetResult* ActualResult*"),
    "TargetResult": Rule("StartDate? EndDate? NumberOfUnits? Descriptor? Description?"),
    "ActualResult": Rule("StartDate? EndDate? NumberOfUnits? Descriptor? Description?"),
    "Descriptor": Rule("DescriptorName? DescriptorValue?"),
    "DescriptorName": Rule(),
    "DescriptorValue": Rule(),
    "NumberOfUnits": Rule(kind="number or nothing"),
    **{name: Rule(kind="date or nothing") for name in _DATES},
}
_NAME = re.compile(r"[A-Za-z_\u00c0-\ufffd][\w.\-\u00b7]*")
_TOKEN = re.compile(r"(\w+)([?*+]|\{\d,\d\})?")
_COUNTS = {"": (1, 1), "?": (0, 1), "*": (0, 1_000_000), "+": (1, 1_000_000)}


def faults(root: Element) -> list[str]:
    """Return every way in which a file differs from its part of the standard, each with its place; at most fifty."""
    rules = PART_1 if root.name == "StrategicPlan" else PART_2
    if root.name not in rules or root.name not in {"StrategicPlan", "PerformancePlanOrReport"}:
        return [f"<{root.name}> is no root of StratML; it is StrategicPlan or PerformancePlanOrReport."]
    found: list[str] = []
    wanted = CORE if rules is PART_1 else PERFORMANCE
    if root.namespace and root.namespace != wanted:
        found.append(f"{root.name}: its namespace is {root.namespace}, not {wanted}.")
    seen: dict[str, int] = {}
    _check(root, root.name, rules, found, seen)
    return found[:MOST_FAULTS]


def _check(
    element: Element, path: str, rules: dict[str, Rule], found: list[str], seen: dict[str, int]
) -> None:
    rule = rules.get(element.name)
    where = f"{path}{f' (line {element.line})' if element.line else ''}"
    if rule is None:
        found.append(f"{where}: there is no element {element.name} in this part of StratML.")
        return
    for name, value in element.attributes.items():
        if name in rule.attributes and value not in rule.attributes[name]:
            found.append(f"{where}: {name} is “{value}”; it is one of {', '.join(rule.attributes[name])}.")
        elif name not in rule.attributes and name not in {"schemaLocation", "noNamespaceSchemaLocation"}:
            found.append(f"{where}: {element.name} has no attribute {name}.")
    found += [
        f"{where}: the attribute {name} is missing."
        for name in rule.required
        if name not in element.attributes
    ]
    if rule.content:
        if element.text:
            found.append(f"{where}: text stands between its elements.")
        _children(element, rule, where, found)
    else:
        _value(element, rule, where, found, seen)
    for child in element.children:
        _check(child, f"{path}/{child.name}", rules, found, seen)


def _children(element: Element, rule: Rule, where: str, found: list[str]) -> None:
    """Go through the children in the order that the rule has; what stands elsewhere is out of order."""
    position = 0
    names = [child.name for child in element.children]
    known = {name for name, _ in _TOKEN.findall(rule.content)}
    for name, sign in _TOKEN.findall(rule.content):
        least, most = (
            _COUNTS[sign] if sign in _COUNTS else tuple(int(part) for part in sign.strip("{}").split(","))
        )
        count = 0
        while position < len(names) and names[position] == name:
            count, position = count + 1, position + 1
        if count < least:
            told = "stands out of order" if name in names else "is missing"
            found.append(f"{where}: {name} {told}; the order is {rule.content}.")
        elif count > most:
            found.append(f"{where}: {name} stands {count} times, at most {most} are allowed.")
    if position < len(names):
        name = names[position]
        told = "stands out of order" if name in known else "does not belong here"
        found.append(f"{where}: {name} {told}; the order is {rule.content}.")


def _value(element: Element, rule: Rule, where: str, found: list[str], seen: dict[str, int]) -> None:
    text = element.text
    if rule.kind == "identifier":
        if not _NAME.fullmatch(text):
            found.append(
                f"{where}: “{text}” is no identifier; it starts with a letter or underscore and has no blanks."
            )
        elif text in seen:
            found.append(f"{where}: the identifier {text} is used twice.")
        seen[text] = element.line
    elif (
        rule.kind.startswith("date")
        and not _is_date(text)
        and not (text == "" and rule.kind.endswith("nothing"))
    ):
        found.append(f"{where}: “{text}” is no date; it is written as 2026-07-01.")
    elif rule.kind == "number or nothing" and text and not _is_number(text):
        found.append(f"{where}: “{text}” is no number.")
    elif rule.kind == "address" and re.search(r"\s", text):
        found.append(f"{where}: “{text}” is no address; it has no blanks.")
    elif "|" in rule.kind and text not in rule.kind.split("|"):
        found.append(f"{where}: “{text}” is none of {rule.kind.replace('|', ', ')}.")


def _is_date(text: str) -> bool:
    try:
        return bool(date.fromisoformat(text)) and len(text) == 10
    except ValueError:
        return False


def _is_number(text: str) -> bool:
    try:
        return Decimal(text).is_finite() and "e" not in text.lower()
    except InvalidOperation:
        return False
