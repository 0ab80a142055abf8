"""Small numbers: figures so small that they could point at people are not shown, nor can they be worked out.

A figure with some rows, but fewer than the minimum, is suppressed. It could still be worked out where sums are shown: the
slices of a breakdown add up to the whole, the months of a quarter to the quarter, quarters and months to the fiscal year. So each
such sum is looked at: where one hole is left in it, or holes that together are below the minimum, the next smallest of
its parts is suppressed as well, and where a sum itself is suppressed, so is one of its parts. That may open other sums, and
goes on until none gives anything away. Source: United States Federal Committee on Statistical Methodology, "Statistical
policy working paper 22" (2005), on complementary suppression.

A single step of arithmetic is what is kept from working out; several sums played off against each other, as an optimizer
could, are not looked at.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from stateworks.kernel.clocks.fiscal import GRAINS, Grain, period_of

if TYPE_CHECKING:
    import polars as pl

GROUP = ("grain", "starts", "dimension")

Cell = tuple[str, date, str, str]
"""A figure's place: grain, first day, dimension, member."""


@dataclass(frozen=True)
class Sum:
    """A figure and those that add up to it; figures without rows are left away, for they are known to be nothing."""

    whole: Cell
    parts: tuple[Cell, ...]


def suppress(
    figures: pl.DataFrame,
    minimum_n: int,
    *,
    over_periods: bool = True,
    state: bool = False,
    fiscal_start: int = 7,
) -> pl.DataFrame:
    """Mark suppressed figures and take their value and interval away; the parts stay, as evidence nobody is shown.

    `state` says that a longer period stands as its last month does. `over_periods` is False for figures stored before
    sums over periods were looked at, so that they can be made again as they were.
    """
    import polars as pl

    if minimum_n <= 1 or figures.height == 0:
        return figures
    if not over_periods:
        return _marked(figures, _within_breakdowns(figures, minimum_n))
    keys = ("grain", "starts", "dimension", "member")
    sizes: dict[Cell, int] = {row[:4]: row[4] for row in figures.select(*keys, "n").iter_rows() if row[4] > 0}
    hidden = {cell for cell, n in sizes.items() if n < minimum_n}
    if hidden:
        _close(hidden, sizes, _sums(sizes, state, fiscal_start), minimum_n)
    place = pl.struct(*keys)
    wanted = pl.DataFrame(sorted(hidden), schema={name: figures.schema[name] for name in keys}, orient="row")
    return _marked(figures, place.is_in(wanted.to_struct("cells").implode()))


def _sums(sizes: Mapping[Cell, int], state: bool, fiscal_start: int) -> list[Sum]:
    """Return every sum that a reader could take: over slices, and over the months and quarters of longer periods."""
    found: dict[tuple[Cell, str], list[Cell]] = {}
    for cell in sizes:
        grain, starts, dimension, member = cell
        if dimension:
            found.setdefault(((grain, starts, "", ""), dimension), []).append(cell)
        if grain in GRAINS:
            for longer in GRAINS[GRAINS.index(grain) + 1 :]:
                whole: Cell = (longer, _start(starts, longer, fiscal_start), dimension, member)
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


def _start(day: date, grain: Grain, fiscal_start: int) -> date:
    return period_of(day, grain, fiscal_start).starts


def _close(hidden: set[Cell], sizes: Mapping[Cell, int], sums: list[Sum], minimum_n: int) -> None:
    """Hide more until no sum gives a hidden figure away; parts are in order of their size."""
    again = True
    while again:
        again = False
        for one in sums:
            while (more := _needed(one, hidden, sizes, minimum_n)) is not None:
                hidden.add(more)
                again = True


def _needed(one: Sum, hidden: set[Cell], sizes: Mapping[Cell, int], minimum_n: int) -> Cell | None:
    """Return what has to be hidden so that a sum gives nothing away; None where it does not."""
    holes = [cell for cell in one.parts if cell in hidden]
    if one.whole in hidden:
        exposed = not holes
    else:
        exposed = bool(holes) and (len(holes) == 1 or sum(sizes[cell] for cell in holes) < minimum_n)
    if not exposed:
        return None
    return next((cell for cell in one.parts if cell not in hidden), one.whole)


def _marked(figures: pl.DataFrame, marked: pl.Expr) -> pl.DataFrame:
    import polars as pl

    nothing = pl.lit(None, dtype=pl.Float64)
    return figures.with_columns((pl.col("suppressed") | marked).alias("suppressed")).with_columns(
        *[pl.when(pl.col("suppressed")).then(nothing).otherwise(pl.col(name)).alias(name)
          for name in ("value", "low", "high")],
    )  # fmt: skip


def _within_breakdowns(figures: pl.DataFrame, minimum_n: int) -> pl.Expr:
    """Say which figures are suppressed where only the slices of one period are looked at."""
    import polars as pl

    small = (pl.col("n") > 0) & (pl.col("n") < minimum_n)
    ordered = figures.with_row_index("_place").sort(*GROUP, "n", "member").with_columns(small.alias("_small"))
    some = pl.col("n") > 0
    holes = pl.col("_small").sum().over(GROUP)
    total = pl.when(pl.col("_small")).then(pl.col("n")).otherwise(0).sum().over(GROUP)
    exposed = (pl.col("dimension") != "") & (holes > 0) & ((holes == 1) | (total < minimum_n))
    # Sorted by n, the first slice with rows that is not small is the cheapest to give up.
    cheapest = (some & ~pl.col("_small")).cum_sum().over(GROUP) == 1
    marked = ordered.with_columns((pl.col("_small") | (exposed & cheapest & some)).alias("_marked"))
    return pl.lit(marked.sort("_place")["_marked"])
