"""What a run is asked to compute: an indicator of a plan, as plain values that need no plan to be understood."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Literal

from stateworks.kernel.indicators.targets import Target

PROMISE = "milestone"
"""The name of the figure that tells of a milestone which a goal promises beside its own figure."""


@dataclass(frozen=True)
class ReportedPoint:
    """A figure that somebody reported for a period; `value` is in the indicator's unit, 71.8 for 71.8 percent."""

    grain: str
    period: str
    starts: date
    ends: date
    value: float
    numerator: int | None = None
    n: int | None = None
    reported_at: datetime | None = None


@dataclass(frozen=True)
class IndicatorSpec:
    """An indicator as a plan's version defines it: what is measured, how, against which targets.

    `effective_from` is the first day on which goals are judged (the plan's start); earlier periods are history.
    `baseline_period` names the period that a change is measured from, where the goal states no figure for it. `datasets` names
    where the figure comes from, or will come from once a measure is bound. `promise` is set where the goal promises a milestone
    beside a figure: the same indicator as its milestones measure it.
    """

    plan: str
    plan_version: int
    code: str
    name: str = ""
    kind: str = "indicator"
    commitment: Literal["committed", "stretch", "learning"] = "committed"
    measure: str = ""
    filters: Mapping[str, Any] = field(default_factory=dict)
    parameters: Mapping[str, Any] = field(default_factory=dict)
    unit: str = ""
    direction: Literal["up", "down"] = "up"
    frequency: str = "quarterly"
    reporting_level: str = "key"
    targets: tuple[Target, ...] = ()
    minimum_n: int = 0
    reported: tuple[ReportedPoint, ...] = ()
    retired_on: date | None = None
    effective_from: date | None = None
    baseline_period: str = ""
    datasets: tuple[str, ...] = ()
    promise: IndicatorSpec | None = None

    @property
    def goal_hash(self) -> str:
        """The hash of the targets as read."""
        text = json.dumps([target.to_json() for target in self.targets], sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()

    @property
    def learning(self) -> bool:
        """Whether the indicator is there for its lesson, outside the counts."""
        return self.commitment == "learning" or (
            bool(self.targets) and all(target.level == "learning" for target in self.targets)
        )

    @property
    def unbound(self) -> str:
        """Why there is no figure while no measure is bound, with what the plan wants it made from."""
        from stateworks.kernel.lake.contracts import datasets as known

        if not self.datasets:
            return "No measure is bound to it yet."
        missing = [name for name in self.datasets if name not in known()]
        here = [name for name in self.datasets if name not in missing]
        parts = [
            *([f"{_listed(missing)} (not part of this installation)"] if missing else []),
            *([f"{_listed(here)} (here already)"] if here else []),
        ]
        return f"No measure is bound to it yet. It is to come from {' and '.join(parts)}."


def _listed(names: list[str]) -> str:
    return ", ".join(names)
