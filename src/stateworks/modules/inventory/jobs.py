"""Jobs of the inventory: every working day its rules are held against it, so that findings have their day."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from stateworks.kernel.jobs.attempt import Attempt
from stateworks.kernel.jobs.kinds import Kind, register

RULES = "inventory.rules"


def check(attempt: Attempt) -> Mapping[str, Any]:
    """Run all active rules; done again on the same day, they find what they found."""
    from stateworks.modules.inventory.rules import evaluate_rules

    done = evaluate_rules(at=attempt.now())
    opened, mended = sum(one.opened for one in done), sum(one.mended for one in done)
    return {"told": f"{len(done)} rules checked: {opened} new findings, {mended} mended.", "rules": len(done)}


register(
    Kind(RULES, "Rules of the inventory", check, right="records.change", priority=-10),
    every="weekday",
    hour=5,
)
