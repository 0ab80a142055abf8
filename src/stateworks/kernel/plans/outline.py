"""A structured file shown as lines of text: what each line says, where it went, and what has no place in a plan.

Files such as StratML or JSON are no text that a person reads. What was read of them is written out, a line for each
thing, so that the same promise holds as for a document: every line is placed, or listed with the reason.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from stateworks.kernel.plans.content import PlanContent
from stateworks.kernel.plans.document import Node, PlanDocument, Result, Unplaced
from stateworks.kernel.plans.goals import read_goal
from stateworks.kernel.plans.importer.noise import TITLE_PAGE

_SHOWN = 500


@dataclass(slots=True)
class Outline:
    """The lines in the order of the file, the lines of each coded thing, and the lines without a place."""

    lines: list[str] = field(default_factory=list)
    spans: dict[str, tuple[int, int]] = field(default_factory=dict)
    beside: list[Node] = field(default_factory=list)
    unplaced: list[Unplaced] = field(default_factory=list)

    def say(self, text: str, code: str = "") -> int:
        """Add a line, as part of a coded thing where a code is given; return its number."""
        self.lines.append(" ".join(text.split()))
        number = len(self.lines)
        if code:
            first, _ = self.spans.setdefault(code, (number, number))
            self.spans[code] = (first, number)
        return number

    def leave(self, text: str, reason: str) -> None:
        """Add a line that has no place in the plan."""
        number = self.say(text)
        self.unplaced.append(Unplaced(number, self.lines[-1][:_SHOWN], reason))

    def head(self, text: str) -> None:
        """Add a line about the plan as a whole: its title, office and dates."""
        self.leave(text, TITLE_PAGE)

    def put(self, level: str, title: str, text: str) -> None:
        """Add a line that is kept beside the tree, such as the vision or a value."""
        number = self.say(
            f"{level.replace('_', ' ').capitalize()}: {f'{title}: {text}' if title and text else title or text}"
        )
        self.beside.append(
            Node(
                f"{level}-{number}",
                None,
                level,
                None,
                title or level.capitalize(),
                text,
                "",
                (number, number),
            )
        )

    def document(self, content: PlanContent, results: Sequence[Result] = ()) -> PlanDocument:
        """Return what was read in the shape of an imported document, with the findings of lint."""
        from stateworks.kernel.plans.lint import lint_plan
        from stateworks.kernel.plans.review import document_from

        document = document_from(content)
        document.line_count = len(self.lines)
        document.source = tuple(self.lines)
        for node in document.nodes:
            node.lines = self.spans.get(node.id, (1, 1))
        for row in document.indicators:
            row.line = self.spans.get(row.id, (1, 1))[0]
            row.source = ""
            reading = read_goal(
                row.goal, name=row.name, fiscal_year_start_month=content.fiscal_year_start_month, plan_start=content.starts,
                plan_end=content.ends, line=row.line,
            )  # fmt: skip
            row.findings = () if row.targets else reading.findings
        for result in document.key_results:
            result.line = self.spans.get(result.id, (1, 1))[0]
            result.findings = tuple(replace(each, line=result.line) for each in result.findings)
        document.nodes = sorted([*document.nodes, *self.beside], key=lambda node: node.lines[0])
        document.unplaced = self.unplaced
        document.results = list(results)
        document.findings = lint_plan(document)
        return document
