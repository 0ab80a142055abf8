"""Performance indicators of StratML as indicators here: targets as the goal language reads them, results by period."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from stateworks.kernel.errors import Refused
from stateworks.kernel.indicators.targets import COUNT, MILESTONE, PERCENT, Target
from stateworks.kernel.plans.content import COMMITMENTS, IndicatorContent
from stateworks.kernel.plans.document import Result
from stateworks.kernel.plans.draft import measured as measured_by
from stateworks.kernel.plans.goals import read_goal
from stateworks.kernel.plans.outline import Outline
from stateworks.kernel.plans.reported_table import figure
from stateworks.kernel.plans.stratml import labels
from stateworks.kernel.plans.stratml.elements import Element
from stateworks.kernel.plans.stratml.periods import day, measured
from stateworks.kernel.plans.stratml.writing import FOREIGN, TARGET

AT_LEAST = "StratML gives the figure without a comparison; it is read as “at least”."
_UNITS = {"number": COUNT, "count": COUNT, "%": PERCENT, "percentage": PERCENT, "percent": PERCENT}
_FREQUENCIES = ("monthly", "quarterly", "half-yearly", "yearly")
_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,39}")


@dataclass
class IndicatorReader:
    """Reads the indicators of one objective after another, and gathers the results that they report."""

    out: Outline
    codes: set[str]
    aliases: set[str]
    slug: str
    starts: date
    ends: date
    month: int
    results: list[Result] = field(default_factory=list)
    _reported: set[tuple[str, str]] = field(default_factory=set)

    def read(
        self, elements: Sequence[Element], node: str
    ) -> tuple[tuple[IndicatorContent, ...], tuple[IndicatorContent, ...]]:
        """Return a node's indicators and key results."""
        indicators: list[IndicatorContent] = []
        key_results: list[IndicatorContent] = []
        for element in elements:
            said, other = labels.split(element.said("OtherInformation"))
            one = self._one(element, node, said, len(indicators) + len(key_results) + 1)
            if other:
                self.out.leave(f"About {one.code}: {other}", "further words on an indicator")
            key_result, commitment = said.get(labels.KEY_RESULT, ""), said.get(labels.COMMITMENT, "")
            if key_result in COMMITMENTS:
                key_results.append(replace(one, commitment=key_result))
            else:
                indicators.append(replace(one, commitment=commitment) if commitment in COMMITMENTS else one)
        return tuple(indicators), tuple(key_results)

    def _one(self, element: Element, node: str, said: dict[str, str], position: int) -> IndicatorContent:
        code = self._code(element, node, position)
        instances = element.all("MeasurementInstance")
        wanted = [target for instance in instances for target in instance.all("TargetResult")]
        unit = element.said("UnitOfMeasurement")
        words = "; ".join(dict.fromkeys(text for text in (_words(target, unit) for target in wanted) if text))
        name = element.said("MeasurementDimension") or words or f"Indicator {code}"
        goal = said.get(labels.GOAL, words)
        targets, assumption = self._targets(wanted, name, unit)
        given = measured_by(code, name, targets)
        ours = labels.GOAL in said or element.said("Identifier") == f"_{self.slug}_{code}"
        if ours:
            given |= {
                "unit": unit[:20],
                "direction": "down" if said.get(labels.DIRECTION) == "lower" else "up",
            }
        elif unit and given["unit"] != MILESTONE:
            given["unit"] = _unit(unit)
        line = self.out.say(f"Indicator {code}: {name} [{goal}]" + (f" in {unit}" if unit else ""), code)
        frequency = said.get(labels.FREQUENCY, "")
        one = IndicatorContent(
            code, name, aliases=self._alias(element.said("Identifier"), code), goal=goal, targets=targets, assumption=assumption,
            calculation=said.get(labels.CALCULATION, ""), frequency=frequency if frequency in _FREQUENCIES else "quarterly",
            **given,
        )  # fmt: skip
        for instance in instances:
            for actual in instance.all("ActualResult"):
                self._result(actual, code, line)
        return one

    def _targets(self, wanted: list[Element], name: str, unit: str) -> tuple[tuple[Target, ...], str]:
        targets: list[Target] = []
        assumption = ""
        for element in wanted:
            descriptor = element.first("Descriptor")
            exact = _exact(descriptor) if descriptor is not None else None
            if exact is not None:
                targets.append(exact)
                continue
            read, assumed = self._read(element, name, unit)
            targets += [target for target in read if target not in targets]
            assumption = assumption or assumed
        return tuple(targets), assumption

    def _read(self, element: Element, name: str, unit: str) -> tuple[tuple[Target, ...], str]:
        """Read a target that others wrote: its words first, its figure where the words have none."""
        due, value = day(element.said("EndDate")), _figure(element.said("NumberOfUnits"))
        words = element.said("Description")
        reading = read_goal(
            words, name=name, fiscal_year_start_month=self.month, plan_start=self.starts, plan_end=self.ends
        ) if words else None  # fmt: skip
        found = reading.targets if reading else ()
        if found and (value is None or any(target.value == value for target in found)):
            return tuple(replace(target, by=target.by or due) for target in found), ""
        if value is not None:
            whole = (
                int(value)
                if value == int(value)
                else Target.from_json({"comparator": ">=", "value": value}).value
            )
            return (Target(comparator=">=", value=whole, unit=_unit(unit) or COUNT, by=due),), AT_LEAST
        if due is not None:
            return (Target(unit=MILESTONE, by=due),), ""
        return (), ""

    def _result(self, actual: Element, code: str, line: int) -> None:
        """Take a result as a figure of a period, or list why it cannot be one."""
        said, words = actual.said("NumberOfUnits"), actual.said("Description")
        if not said and not words:
            return
        value = _figure(said)
        when = measured(day(actual.said("StartDate")), day(actual.said("EndDate")), self.month)
        shown = f"Result of {code}: {' '.join(part for part in (said, words) if part)}"
        if value is None:
            self.out.leave(shown, "a result in words; a reported value is a figure")
        elif when is None:
            self.out.leave(shown, "a result without a date; a reported value has a period")
        elif (code, when.period.label) in self._reported:
            self.out.leave(shown, f"a second result for {when.period.label}")
        else:
            self._reported.add((code, when.period.label))
            number = self.out.say(f"{shown} [{when.period.label}]", code)
            note = " ".join(part for part in (words, when.note) if part)
            self.results.append(Result(code, when.period.label, value, note, number or line))

    def _code(self, element: Element, node: str, position: int) -> str:
        given = element.said("SequenceIndicator")
        ours = element.said("Identifier") == f"_{self.slug}_{given}" or given.startswith(f"{node}.")
        wanted = given if ours and _CODE.fullmatch(given) else f"{node}.{position}"
        number, code = position, wanted
        while code in self.codes or not _CODE.fullmatch(code):
            number += 1
            code = f"{node[:32]}.{number}"
        self.codes.add(code)
        return code

    def _alias(self, identifier: str, code: str) -> tuple[str, ...]:
        if (
            identifier == f"_{self.slug}_{code}"
            or not FOREIGN.fullmatch(identifier)
            or identifier in self.aliases
        ):
            return ()
        self.aliases.add(identifier)
        return (identifier,)


def _words(target: Element, unit: str) -> str:
    """Return a target as a phrase."""
    if target.said("Description"):
        return target.said("Description")
    value, due = target.said("NumberOfUnits"), target.said("EndDate")
    if not value and not due:
        return ""
    return " ".join(part for part in (value, unit if value else "done", f"by {due}" if due else "") if part)


def _unit(text: str) -> str:
    plain = _UNITS.get(text.lower(), text)
    return plain if len(plain) <= 20 else COUNT


def _figure(text: str) -> float | None:
    try:
        return figure(text) if text else None
    except Refused:
        return None


def _exact(descriptor: Element) -> Target | None:
    """Return a target that was written as data; none where the descriptor says something else."""
    if descriptor.said("DescriptorName") != TARGET:
        return None
    try:
        value: Any = json.loads(descriptor.said("DescriptorValue"))
        return Target.from_json(value) if isinstance(value, dict) else None
    except (ValueError, TypeError, KeyError):
        return None
