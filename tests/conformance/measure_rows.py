"""Rows for any measure, made up from what its datasets' contracts allow."""

from __future__ import annotations

import random
from datetime import UTC, date, datetime, timedelta
from typing import Any

from stateworks.kernel.indicators.measures import Measure
from stateworks.kernel.lake.contracts import ContractColumn, contract

AS_OF = date(2026, 10, 31)
FIRST = date(2025, 8, 1)
ROWS = 300


def made_up(column: ContractColumn, chance: random.Random, place: int) -> Any:
    """A value that the column may hold; one in eight is missing where that is allowed."""
    if not column.required and chance.random() < 1 / 8:
        return None
    if column.values:
        return chance.choice(column.values)
    day = FIRST + timedelta(days=chance.randrange((AS_OF - FIRST).days))
    kind = column.type.partition("(")[0]
    return {
        "VARCHAR": lambda: chance.choice(["a", "b", "c"]),
        "BIGINT": lambda: place if column.name == "_key" else chance.randrange(0, 5),
        "INTEGER": lambda: chance.randrange(0, 5),
        "DOUBLE": chance.random,
        "DECIMAL": lambda: chance.randrange(0, 5),
        "BOOLEAN": lambda: chance.random() < 0.5,
        "DATE": lambda: day,
        "TIMESTAMPTZ": lambda: datetime(day.year, day.month, day.day, 12, tzinfo=UTC),
    }[kind]()


def some_rows(measure: Measure, seed: int = 7, count: int = ROWS) -> dict[str, list[dict[str, Any]]]:
    chance = random.Random(seed)
    return {
        name: [
            {column.name: made_up(column, chance, place) for column in contract(name).stored}
            for place in range(1, count + 1)
        ]
        for name in measure.reads
    }
