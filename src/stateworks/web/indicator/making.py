"""How a figure was made: definition, version, query, data, rows, and what was left out and why."""

from __future__ import annotations

from dataclasses import dataclass

from stateworks.kernel.indicators.models import Run, Statement, Value, Verdict
from stateworks.kernel.indicators.read import value_of
from stateworks.kernel.plans.models import Indicator

#: Words for the roles that rows play in a figure.
ROLE_WORDS = {
    "numerator": "of the population, those that count towards the figure",
    "denominator": "the population the figure is about",
    "unknown": "of the population, those that could not be judged: they count in the population alone",
    "counted": "the rows the figure is made of",
}


@dataclass(frozen=True)
class RoleCount:
    """How many rows played one role, and the fingerprint that shows they are the same rows."""

    role: str
    words: str
    rows: int
    fingerprint: str


@dataclass(frozen=True)
class Making:
    """The evidence of one figure."""

    title: str
    definition: str
    measure: str
    version: int | None
    source: str
    datasets: list[tuple[str, int]]
    roles: list[RoleCount]
    left_out: list[tuple[str, int]]
    sql: str
    parameters: dict[str, object]
    definition_hash: str
    run: Run
    value: Value | None
    reported: bool


def making_of(indicator: Indicator, verdict: Verdict, run_id: int) -> Making:
    """The evidence of the verdict's figure: its value row, statement, run and definition; three queries."""
    run = Run.objects.get(pk=run_id)
    value = value_of(run, indicator.code, verdict.period) if verdict.period else None
    statement: Statement | None = value.statement if value else None
    title, definition = _definition(statement.measure if statement else verdict.measure or indicator.measure)
    return Making(
        title=title,
        definition=definition,
        measure=statement.measure if statement else verdict.measure,
        version=statement.measure_version if statement else None,
        source=verdict.source,
        datasets=sorted(statement.datasets.items()) if statement else [],
        roles=[
            RoleCount(role, ROLE_WORDS.get(role, role.replace("_", " ")), *_rows(print_))
            for role, print_ in (value.fingerprints if value else {}).items()
        ],
        left_out=sorted((value.left_out if value else {}).items(), key=lambda item: -int(item[1])),
        sql=statement.sql if statement else "",
        parameters=statement.parameters if statement else {},
        definition_hash=statement.definition_hash if statement else "",
        run=run,
        value=value,
        reported=verdict.standing == "reported",
    )


def _rows(fingerprint: object) -> tuple[int, str]:
    """Row count and key-hash sum of one role's fingerprint."""
    if isinstance(fingerprint, dict):
        return int(fingerprint.get("rows", fingerprint.get("count", 0)) or 0), str(fingerprint.get("sum", ""))
    if isinstance(fingerprint, (list, tuple)) and len(fingerprint) == 2:
        return int(fingerprint[0]), str(fingerprint[1])
    return 0, str(fingerprint)


def _definition(measure: str) -> tuple[str, str]:
    """Title and published definition of a measure: its docstring; empty where no measure is bound."""
    if not measure:
        return "", ""
    from stateworks.kernel.indicators import measures

    declared = measures.find(measure)
    if declared is None:
        return measure, "This measure is no longer installed; the figure stands as it was computed."
    return declared.title, unwrapped(declared.definition)


def unwrapped(text: str) -> str:
    """A docstring as prose: lines of a paragraph joined, paragraphs and list items kept apart."""
    paragraphs = []
    for paragraph in text.split("\n\n"):
        lines = paragraph.splitlines()
        joined = ""
        for line in lines:
            starts_item = line.lstrip().startswith(("- ", "* "))
            joined += ("\n" if starts_item and joined else " " if joined else "") + line.strip()
        paragraphs.append(joined)
    return "\n\n".join(paragraphs)
