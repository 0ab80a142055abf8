"""The sums that a reader of a table of figures can take: over slices, and over the months and quarters of longer periods."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from stateworks.kernel.clocks.fiscal import GRAINS, period_of

Cell = tuple[str, date, str, str]
"""A figure's place: grain, first day, dimension, member."""


@dataclass(frozen=True)
class Sum:
    """A figure and those that add up to it; figures without rows are left away, for they are known to be nothing."""

    whole: Cell
    parts: tuple[Cell, ...]


def sums_of(sizes: Mapping[Cell, int], state: bool, fiscal_start: int) -> list[Sum]:
    """Return every sum among figures with rows; the parts of each in order of their size.

    `state` says that a longer period stands as its last month does.
    """
    found: dict[tuple[Cell, str], list[Cell]] = {}
    for cell in sizes:
        grain, starts, dimension, member = cell
        if dimension:
            found.setdefault(((grain, starts, "", ""), dimension), []).append(cell)
        if grain in GRAINS:
            for longer in GRAINS[GRAINS.index(grain) + 1 :]:
                whole: Cell = (longer, period_of(starts, longer, fiscal_start).starts, dimension, member)
                found.setdefault((whole, f"by {grain}"), []).append(cell)
    made = []
    for (whole, over), parts in sorted(found.items(), key=_rank):
        if whole in sizes:
            chosen = sorted(parts, key=lambda cell: (sizes[cell], cell))
            if state and over.startswith("by "):
                chosen = [max(parts, key=lambda cell: cell[1])]
            made.append(Sum(whole, tuple(chosen)))
    return made


def _rank(found: tuple[tuple[Cell, str], list[Cell]]) -> tuple[int, Cell, str]:
    """Put sums in the order in which they hide least: a year is looked at by months when all others are closed."""
    (whole, over), _ = found
    ranks = {"by quarter": 0, "by month": 1 if whole[0] == "quarter" else 3}
    return ranks.get(over, 2), whole, over
