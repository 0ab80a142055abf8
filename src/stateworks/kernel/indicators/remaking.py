"""What makes a stored figure again: its stored SQL on the engine that it was written for, or its measure on another.

A measure compiles to other SQL for another engine, but only the same definition answers the same question: where the
measure has another version or another definition now, there is nothing to ask another engine.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from stateworks.kernel.errors import Refused
from stateworks.kernel.indicators import measures, sources
from stateworks.kernel.indicators.compiler import Template, compile_measure
from stateworks.kernel.indicators.computing import definition_hash
from stateworks.kernel.indicators.measures import Measure
from stateworks.kernel.indicators.models import Statement
from stateworks.kernel.indicators.specs import PROMISE
from stateworks.kernel.lake.engines import DUCKDB

DECIDES = ("filters", "parameters", "slices", "fiscal_start")
"""What a measure's definition follows from, beside the measure itself."""


@dataclass(frozen=True)
class Asked:
    """A query, the engine that it is written for, and what makes values from its answer."""

    engine: str
    sql: str
    parameters: Mapping[str, Any]

    @classmethod
    def of(cls, statement: Statement, engine: str) -> Asked | None:
        """Return what makes a statement's values again on an engine, or None where it cannot be asked."""
        if engine == statement.run.engine:
            return cls(engine, statement.sql, statement.parameters)
        measure = measures.find(statement.measure)
        if measure is None or measure.version != statement.measure_version:
            return None
        if current_hash(measure, statement.parameters) != statement.definition_hash:
            return None
        found = templates(measure, statement.parameters, engine)
        # A milestone beside a figure is its measure's only figure, kept under another name.
        figure = "" if statement.figure == PROMISE else statement.figure
        template = next(one for one in found if one.figure == figure)
        as_of = date.fromisoformat(statement.parameters["as_of"])
        # All periods are asked for anew, so no stored months are added to them.
        rest = {name: value for name, value in statement.parameters.items() if name != "adds"}
        return cls(engine, template.statement(statement.datasets, as_of), rest)


def current_hash(measure: Measure, parameters: Mapping[str, Any]) -> str | None:
    """Return the hash of a measure's definition as it is now, or None where it cannot be compiled any more."""
    try:
        return definition_hash(measure, templates(measure, parameters, DUCKDB), parameters["parameters"])
    except Refused:
        return None


def templates(measure: Measure, parameters: Mapping[str, Any], engine: str) -> list[Template]:
    """Compile a measure anew, as a statement's stored parameters ask for."""
    return compile_measure(
        measure, sources.schemas(measure.reads), filters=parameters["filters"], parameters=parameters["parameters"],
        by=parameters["slices"], fiscal_start=parameters["fiscal_start"], engine=engine, anew=True,
    )  # fmt: skip
