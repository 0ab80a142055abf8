"""Shows that an import dropped nothing: every line that is not blank lies on a node, in a row, or is listed."""

from __future__ import annotations

from stateworks.kernel.plans.document import PlanDocument


def covered_lines(document: PlanDocument) -> set[int]:
    """Return the numbers of all lines that the document accounts for."""
    covered: set[int] = set()
    for first, last in [node.lines for node in document.nodes] + [row.lines for row in document.priorities]:
        covered.update(range(first, last + 1))
    for opportunity in document.maturity.opportunities:
        covered.update(range(opportunity.lines[0], opportunity.lines[1] + 1))
    covered.update(row.line for row in document.indicators)
    covered.update(row.line for row in document.key_results)
    covered.update(result.line for result in document.results if result.line)
    covered.update(entry.line for entry in document.glossary)
    covered.update(entry.line for entry in document.unplaced)
    return covered


def missing_lines(document: PlanDocument) -> list[int]:
    """Return the lines with text that the document does not account for; an import is complete when there are none."""
    covered = covered_lines(document)
    return [
        number
        for number, text in enumerate(document.source, start=1)
        if text.strip() and number not in covered
    ]
