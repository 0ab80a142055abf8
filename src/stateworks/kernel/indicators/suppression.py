"""Small numbers: slices so small that they could point at people are not shown, nor can they be worked out.

A slice with some rows, but fewer than the minimum, is suppressed. Where that leaves one hole in a breakdown whose
total is known, or holes that together are below the minimum, the next smallest slice is suppressed as well. Source:
United States Federal Committee on Statistical Methodology, "Statistical policy working paper 22" (2005), on
complementary suppression.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import polars as pl

GROUP = ("grain", "starts", "dimension")


def suppress(figures: pl.DataFrame, minimum_n: int) -> pl.DataFrame:
    """Mark suppressed figures and take their value and interval away; the parts stay, as evidence nobody is shown."""
    import polars as pl

    if minimum_n <= 1 or figures.height == 0:
        return figures
    small = (pl.col("n") > 0) & (pl.col("n") < minimum_n)
    ordered = figures.sort(*GROUP, "n", "member").with_columns(small.alias("_small"))
    some = pl.col("n") > 0
    holes = pl.col("_small").sum().over(GROUP)
    hidden = pl.when(pl.col("_small")).then(pl.col("n")).otherwise(0).sum().over(GROUP)
    exposed = (pl.col("dimension") != "") & (holes > 0) & ((holes == 1) | (hidden < minimum_n))
    # Sorted by n, the first slice with rows that is not small is the cheapest to give up.
    cheapest = (some & ~pl.col("_small")).cum_sum().over(GROUP) == 1
    marked = pl.col("_small") | (exposed & cheapest & some)
    ordered = ordered.with_columns((pl.col("suppressed") | marked).alias("suppressed"))
    nothing = pl.lit(None, dtype=pl.Float64)
    return ordered.with_columns(
        *[pl.when(pl.col("suppressed")).then(nothing).otherwise(pl.col(name)).alias(name)
          for name in ("value", "low", "high")],
    ).drop("_small")  # fmt: skip
