"""Small numbers: figures so small that they could point at people are not shown, nor can they be worked out.

A figure with some rows, but fewer than the minimum, is suppressed. It could still be worked out where sums are shown: the
slices of a breakdown add up to the whole, the months of a quarter to the quarter, quarters and months to the fiscal year. So each
such sum is looked at: where one hole is left in it, or holes that together are below the minimum, the next smallest of
its parts is suppressed as well, and where a sum itself is suppressed, so is one of its parts. That may open other sums, and
goes on until none gives anything away. Source: United States Federal Committee on Statistical Methodology, "Statistical
policy working paper 22" (2005), chapter IV, on complementary suppression.

That guards against a single step of arithmetic. Several sums played off against each other could still pin a figure, so what
an optimizer can work out is looked at last (`disclosure.py`), and where it pins one, a neighbour goes as well. Each figure of
a measure is looked at by itself, and by its number of rows, from which everything else about it would follow.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from stateworks.kernel.indicators.sums import Cell, Sum, sums_of

if TYPE_CHECKING:
    import polars as pl

GROUP = ("grain", "starts", "dimension")


def suppress(
    figures: pl.DataFrame,
    minimum_n: int,
    *,
    over_periods: bool = True,
    attacked: bool = True,
    state: bool = False,
    fiscal_start: int = 7,
) -> pl.DataFrame:
    """Mark suppressed figures and take their value and interval away; the parts stay, as evidence nobody is shown.

    `state` says that a longer period stands as its last month does. `over_periods` is False for figures stored before
    sums over periods were looked at, `attacked` for those from before several sums at once were, so that they can be made
    again as they were.
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
        sums = sums_of(sizes, state, fiscal_start)
        _close(hidden, sizes, sums, minimum_n)
        if attacked:
            _withstand(hidden, sizes, sums, minimum_n)
    place = pl.struct(*keys)
    wanted = pl.DataFrame(sorted(hidden), schema={name: figures.schema[name] for name in keys}, orient="row")
    return _marked(figures, place.is_in(wanted.to_struct("cells").implode()))


def _close(hidden: set[Cell], sizes: Mapping[Cell, int], sums: list[Sum], minimum_n: int) -> None:
    """Hide more until no sum gives a hidden figure away; parts are in order of their size."""
    again = True
    while again:
        again = False
        for one in sums:
            while (more := _needed(one, hidden, sizes, minimum_n)) is not None:
                hidden.add(more)
                again = True


def _withstand(hidden: set[Cell], sizes: Mapping[Cell, int], sums: list[Sum], minimum_n: int) -> None:
    """Hide more until nobody can pin a hidden figure."""
    from stateworks.kernel.indicators.disclosure import Reader

    reader = Reader(sizes, sums)
    while found := reader.pinned(hidden):
        more = _neighbour(found, hidden, sizes, sums)
        if more is None:
            return  # Everything that hangs together with them is hidden: the numbers could all be larger.
        hidden.add(more)
        _close(hidden, sizes, sums, minimum_n)


def _neighbour(
    found: set[Cell], hidden: set[Cell], sizes: Mapping[Cell, int], sums: list[Sum]
) -> Cell | None:
    """Return the smallest shown figure that shares a sum with a pinned one, or with what is hidden next to it."""
    reached = found
    while True:
        near = [{one.whole, *one.parts} for one in sums if not reached.isdisjoint((one.whole, *one.parts))]
        cells = set().union(*near)
        if shown := cells - hidden:
            return min(shown, key=lambda cell: (sizes[cell], cell))
        if cells <= reached:
            return None
        reached = reached | cells


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
