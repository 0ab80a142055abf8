"""Indicator tables: header rows by their words, rows by their cells, however often a page break cut the table."""

from __future__ import annotations

import re
from dataclasses import dataclass

from stateworks.kernel.plans.importer.lines import Line

_COLUMNS: tuple[tuple[str, str], ...] = (
    (
        "goal",
        r"^(?:goals?|targets?|standards?|performance\s+(?:standard|target|goal)|fy\s?\d+\s+(?:goal|target)|goal\s*/\s*target)\b",
    ),
    (
        "name",
        r"^(?:performance\s+|key\s+)*(?:indicators?|measures?|metrics?|kpis?)(?:\s+name)?$|^indicator\b|^measure\b",
    ),
    ("owner", r"\b(?:owner|responsible|lead|accountable)\b"),
    ("source", r"\b(?:source|dataset|system\s+of\s+record)\b"),
)


@dataclass(frozen=True, slots=True)
class Header:
    """Which column of a table holds what."""

    name: int
    goal: int | None
    owner: int | None = None
    source: int | None = None


def read_header(line: Line) -> Header | None:
    """Read a table's header row; a row without an indicator column is none."""
    places: dict[str, int] = {}
    for index, cell in enumerate(line.cells):
        for field, pattern in _COLUMNS:
            if field not in places and re.search(pattern, cell.strip(" *"), re.IGNORECASE):
                places[field] = index
                break
    if "name" not in places or any(len(cell) > 60 for cell in line.cells):
        return None
    if "goal" not in places and len([cell for cell in line.cells if cell]) != 2:
        return None
    goal = places.get("goal", 1 - places["name"] if places["name"] < 2 else None)
    return Header(places["name"], goal, places.get("owner"), places.get("source"))


def cell(line: Line, index: int | None) -> str:
    """Return a cell's text; a row that is too short has empty ones."""
    return line.cells[index].strip() if index is not None and index < len(line.cells) else ""
