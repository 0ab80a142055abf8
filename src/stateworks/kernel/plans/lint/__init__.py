"""Lint."""
from __future__ import annotations
from stateworks.kernel.plans.document import Finding, PlanDocument
def lint_plan(document: PlanDocument) -> list[Finding]:
    """x."""
    return []
