"""What a planning office would want to know before it publishes: doubts about goals, indicators and text.

Each check is a function from a document to findings; `lint_plan` runs them all. A finding is never an accusation: it
says where the text leaves something open, why that matters, and what to write instead.
"""

from __future__ import annotations

from collections.abc import Callable

from stateworks.kernel.plans.document import Finding, PlanDocument
from stateworks.kernel.plans.lint.acronyms import acronyms_never_expanded, acronyms_two_ways
from stateworks.kernel.plans.lint.indicators import (
    indicators_without_owner_or_source,
    names_and_goals,
    objectives_without_indicator,
    outputs_for_outcomes,
)
from stateworks.kernel.plans.lint.promises import promises_without_indicator
from stateworks.kernel.plans.lint.texts import counts_that_differ, headings_that_differ, orders_that_differ

Check = Callable[[PlanDocument], list[Finding]]


def doubtful_goals(document: PlanDocument) -> list[Finding]:
    """Return the doubts noted when the goals and key results were read."""
    of_goals = [finding for row in document.indicators for finding in row.findings]
    return of_goals + [finding for row in document.key_results for finding in row.findings]


CHECKS: tuple[Check, ...] = (
    doubtful_goals,
    objectives_without_indicator,
    indicators_without_owner_or_source,
    outputs_for_outcomes,
    names_and_goals,
    orders_that_differ,
    counts_that_differ,
    headings_that_differ,
    acronyms_two_ways,
    acronyms_never_expanded,
    promises_without_indicator,
)


def lint_plan(document: PlanDocument) -> list[Finding]:
    """Return every finding about a plan, in the order of its text."""
    found = [finding for check in CHECKS for finding in check(document)]
    return sorted(found, key=lambda finding: (finding.line or 0, finding.code, finding.text))
