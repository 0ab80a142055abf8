"""From integer parts to figures: roll-up, value, interval, and the fingerprints of the rows behind them.

What a statement returns is one line for each period, slice and role, with a count of rows, the sum of their key hashes
and the sums of their amounts. Everything else follows from these integers, here and nowhere else: a run makes figures
from a statement's lines, and `verify` makes them again. Whole columns at a time; nothing loops over figures.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from stateworks.kernel.clocks.fiscal import GRAINS, label_column, period_of, periods_between
from stateworks.kernel.indicators.aggregates import BEGINNING
from stateworks.kernel.indicators.parts import KEYS, SHARES, parts_of, roll_up, typed

if TYPE_CHECKING:
    import polars as pl

COLUMNS = (
    *KEYS,
    "period",
    "ends",
    "parts",
    "value",
    "n",
    "low",
    "high",
    "left_out",
    "fingerprints",
    "suppressed",
)


@dataclass(frozen=True)
class Figure:
    """One figure as the verdict and the pages read it: its period, its integer parts and what derives from them."""

    grain: str
    period: str
    starts: date
    ends: date
    parts: Mapping[str, Any]
    value: float | None
    n: int
    low: float | None = None
    high: float | None = None
    left_out: Mapping[str, int] = field(default_factory=dict)
    dimension: str = ""
    member: str = ""
    suppressed: bool = False

    def closed(self, as_of: date) -> bool:
        """Whether the period's last day has passed by the end of `as_of`."""
        return self.ends <= as_of


def exact(options: Mapping[str, Any], parts: Mapping[str, Any]) -> Fraction | None:
    """Return the figure as an exact fraction of its integer parts, or None where there is none.

    This is what a goal is compared with: 99.96 % is not 100 %.
    """
    kind, statistic = options["kind"], options.get("statistic", "")
    per_unit = int(options.get("per_unit", 1))
    if options.get("change"):
        return None
    if kind in SHARES:
        judged = parts["denominator"] > parts["unknown"]
        return _share(parts["numerator"], parts["denominator"]) if judged else None
    if kind == "count":
        return Fraction(parts["count"])
    if kind == "distinct":
        return Fraction(parts["distinct"])
    if kind == "sum":
        return Fraction(int(parts["total"]), per_unit)
    if kind == "mean" or (kind == "duration" and statistic == "mean"):
        return _share(int(parts["total"]), parts["count"] * per_unit)
    if kind == "duration" and statistic == "within":
        return _share(parts["within"], parts["within"] + parts["past"] + parts["open_past"])
    if kind == "score" and statistic == "mean":
        return _share(int(parts["total"]), parts["count"])
    if kind == "score" and statistic == "top_box":
        return _share(parts["top"], parts["count"])
    if kind == "score":
        score = _share(parts["top"] - parts["bottom"], parts["count"])
        return None if score is None else 100 * score
    if kind == "milestone":
        return _share(parts["in_time"] + parts["late"], parts["all"])
    if kind == "maturity":
        return Fraction(parts["level"]) if parts["criteria"] else None
    middle = parts.get("p90" if statistic == "p90" else "median", parts.get("quantile"))
    return None if middle is None else Fraction(middle) / per_unit


def _share(part: int, whole: int) -> Fraction | None:
    return Fraction(part, whole) if whole else None


def assemble(
    lines: pl.DataFrame,
    options: Mapping[str, Any],
    *,
    as_of: date,
    fiscal_start: int = 7,
    minimum_n: int = 0,
    periods: Sequence[str] | None = None,
    fill_from: date | None = None,
    grains: Sequence[str] = GRAINS,
    over_periods: bool = True,
    attacked: bool = True,
) -> pl.DataFrame:
    """Return the figures of a statement's lines, with the columns of `COLUMNS`; JSON columns are text.

    `periods` keeps those labels alone. `fill_from` is the month from which a count without rows is zero and not
    missing. `over_periods` and `attacked` are what `suppress` says of them.
    """
    import polars as pl

    from stateworks.kernel.indicators.suppression import suppress

    rolled = roll_up(typed(lines), options["roll_up"], grains, fiscal_start)
    wide = parts_of(rolled, options)
    if options.get("zero_when_empty") and fill_from is not None:
        wide = _filled(wide, fill_from, as_of, grains, fiscal_start)
    wide = wide.with_columns(_labels(fiscal_start))
    wide = _valued(wide, options)
    if options.get("change"):
        wide = _changed(wide, options["change"], fiscal_start)
    if periods is not None:
        wide = wide.filter(pl.col("period").is_in(list(periods)))
    state = options["roll_up"] == "last" or bool(options.get("snapshot"))
    wide = suppress(
        wide, minimum_n, over_periods=over_periods, attacked=attacked, state=state, fiscal_start=fiscal_start
    )
    return wide.sort(KEYS).select(COLUMNS)


def together(lines: pl.DataFrame, others: pl.DataFrame | None) -> pl.DataFrame:
    """Put a statement's lines and others of the same shape under each other."""
    import polars as pl

    return lines if others is None else pl.concat([typed(lines), typed(others)])


def first_month(lines: pl.DataFrame) -> date | None:
    """Return the first month with any row, statewide."""
    import polars as pl

    found = typed(lines).filter(pl.col("dimension") == "", pl.col("starts") > BEGINNING)["starts"].min()
    return found if isinstance(found, date) else None


def _filled(
    wide: pl.DataFrame, first: date, as_of: date, grains: Sequence[str], fiscal_start: int
) -> pl.DataFrame:
    """Add the statewide periods in which nothing happened: for a count that is zero, and not missing."""
    import polars as pl

    wanted = [
        {"grain": grain, "starts": period.starts, "dimension": "", "member": ""}
        for grain in grains
        if grain != "all"
        for period in periods_between(first, as_of, grain, fiscal_start)  # type: ignore[arg-type]
    ]
    if not wanted:
        return wide
    frame = pl.DataFrame(wanted, schema_overrides={"starts": pl.Date})
    numbers = [name for name, dtype in wide.schema.items() if dtype.is_numeric()]
    empty = frame.join(wide, on=KEYS, how="anti").with_columns(
        *[pl.lit(0).cast(wide.schema[name]).alias(name) for name in numbers]
    )
    zero = {
        "count": '{"count": 0}',
        "distinct": '{"count": 0, "distinct": 0}',
        "total": '{"count": 0, "total": "0"}',
    }
    parts = (
        zero["distinct"] if "distinct" in numbers else zero["total"] if "total" in numbers else zero["count"]
    )
    empty = empty.with_columns(
        pl.lit(parts).alias("parts"), pl.lit("{}").alias("left_out"), pl.lit("{}").alias("fingerprints")
    )
    return pl.concat([wide, empty], how="diagonal")


def _labels(fiscal_start: int) -> list[pl.Expr]:
    """Return the columns `period` and `ends`."""
    import polars as pl

    day = pl.col("starts")
    label, ends = pl.lit("all"), pl.lit(date(9999, 12, 31))
    lengths = {"month": "1mo", "quarter": "3mo", "year": "12mo"}
    for grain in GRAINS:
        here = pl.col("grain") == grain
        label = pl.when(here).then(label_column(day, grain, fiscal_start)).otherwise(label)
        ends = pl.when(here).then(day.dt.offset_by(lengths[grain]).dt.offset_by("-1d")).otherwise(ends)
    return [label.alias("period"), ends.alias("ends")]


def _valued(wide: pl.DataFrame, options: Mapping[str, Any]) -> pl.DataFrame:
    """Add value, n and interval; a figure without rows has no value."""
    import numpy as np
    import polars as pl

    from stateworks.kernel.indicators import statistics

    kind, statistic = options["kind"], options.get("statistic", "")
    unit = float(options.get("per_unit", 1))

    def floats(name: str) -> Any:
        return wide[name].cast(pl.Float64).fill_null(float("nan")).to_numpy()

    none = np.full(wide.height, np.nan)
    low, high = none, none
    if kind in SHARES:
        hits, n = floats("numerator"), floats("denominator")
        low, high = statistics.wilson(hits, n)
        # Where nothing could be judged there is no figure: missing is not zero.
        judged = n > floats("unknown")
        value = np.where(judged, hits / np.where(n > 0, n, np.nan), np.nan)
        low, high = np.where(judged, low, np.nan), np.where(judged, high, np.nan)
    elif kind == "duration" and statistic == "within":
        hits = floats("within")
        n = hits + floats("past") + floats("open_past")
        low, high = statistics.wilson(hits, n)
        value = hits / np.where(n > 0, n, np.nan)
    elif kind == "score" and statistic == "top_box":
        hits, n = floats("top"), floats("count")
        interval = statistics.adjusted_wald if options.get("interval") else statistics.wilson
        low, high = interval(hits, n)
        value = hits / np.where(n > 0, n, np.nan)
    elif kind == "score" and statistic == "nps":
        top, bottom, n = floats("top"), floats("bottom"), floats("count")
        low, high = (100 * bound for bound in statistics.net_promoter(top, bottom, n))
        value = 100 * (top - bottom) / np.where(n > 0, n, np.nan)
    elif kind in {"mean", "score"} or (kind == "duration" and statistic == "mean"):
        n, total = floats("count"), floats("total")
        value = total / np.where(n > 0, n, np.nan) / unit
        low, high = (bound / unit for bound in statistics.t_interval(n, total, _deviations(wide)))
    elif options.get("survival"):
        n = floats("count") + floats("open")
        value, low, high = (floats(f"{statistic}{end}") / unit for end in ("", "_low", "_high"))
    elif kind in {"quantile", "duration"}:
        n = floats("count")
        value = floats({"median": "median", "p90": "p90"}.get(statistic, "quantile")) / unit
    elif kind == "milestone":
        n = floats("all")
        value = (floats("in_time") + floats("late")) / np.where(n > 0, n, np.nan)
    elif kind == "maturity":
        n, value = floats("criteria"), floats("level")
    else:
        n = floats("count")
        value = floats({"distinct": "distinct", "sum": "total"}.get(kind, "count")) / unit
    columns = {"value": value, "low": low, "high": high}
    return wide.with_columns(
        *[pl.Series(name, column, dtype=pl.Float64).fill_nan(None) for name, column in columns.items()],
        pl.Series("n", np.nan_to_num(n), dtype=pl.Int64),
        pl.lit(False).alias("suppressed"),
    )


def _deviations(wide: pl.DataFrame) -> Any:
    """Return the sums of squared deviations; the difference that cancels is taken in 128-bit integers."""
    import polars as pl

    n, total, squares = (pl.col(name).cast(pl.Int128) for name in ("count", "total", "squares"))
    exactly = (n * squares - total * total).cast(pl.Float64) / pl.col("count")
    return wide.select(exactly.fill_null(float("nan")).alias("squared"))["squared"].to_numpy()


def _changed(wide: pl.DataFrame, change: Mapping[str, Any], fiscal_start: int) -> pl.DataFrame:
    """Replace values by their change against an earlier figure of the same series; without one there is no value."""
    import polars as pl

    against = change["against"]
    lengths = {"month": "1mo", "quarter": "3mo", "year": "12mo"}
    if against in {"previous", "previous_year"}:
        later = pl.col("starts")
        for grain, length in lengths.items():
            step = "12mo" if against == "previous_year" else length
            moved = pl.col("starts").dt.offset_by(step)
            later = pl.when(pl.col("grain") == grain).then(moved).otherwise(later)
        earlier = wide.select("grain", "dimension", "member", later.alias("starts"), pl.col("value").alias("_then"),
                              pl.col("parts").alias("_then_parts"))  # fmt: skip
        joined = wide.join(earlier, on=KEYS, how="left")
    else:
        # A named period is one figure for the whole series, whatever the grain.
        base = wide.filter(pl.col("period") == against).select(
            "dimension", "member", pl.col("value").alias("_then"), pl.col("parts").alias("_then_parts")
        )
        joined = wide.join(base, on=["dimension", "member"], how="left")
    difference = pl.col("value") - pl.col("_then")
    value = (
        difference / pl.when(pl.col("_then") != 0).then(pl.col("_then")) if change["relative"] else difference
    )
    parts = pl.concat_str(
        [
            pl.lit('{"now": '),
            pl.col("parts"),
            pl.lit(', "then": '),
            pl.col("_then_parts").fill_null("null"),
            pl.lit("}"),
        ]
    )
    nothing = pl.lit(None, dtype=pl.Float64)
    return joined.with_columns(
        value.alias("value"), parts.alias("parts"), nothing.alias("low"), nothing.alias("high")
    )


def figure_of(row: Mapping[str, Any]) -> Figure:
    """Return one row of `assemble` as a figure."""
    import json

    return Figure(
        grain=row["grain"], period=row["period"], starts=row["starts"], ends=row["ends"],
        parts=json.loads(row["parts"]), value=row["value"], n=row["n"], low=row["low"], high=row["high"],
        left_out=json.loads(row["left_out"]), dimension=row["dimension"], member=row["member"],
        suppressed=row["suppressed"],
    )  # fmt: skip


def statewide(values: pl.DataFrame) -> list[Figure]:
    """Return the statewide figures of what `assemble` made."""
    import polars as pl

    return [figure_of(row) for row in values.filter(pl.col("dimension") == "").iter_rows(named=True)]


def current_periods(as_of: date, fiscal_start: int) -> list[str]:
    """Return the labels of the month, quarter and year in which a date lies."""
    return [period_of(as_of, grain, fiscal_start).label for grain in GRAINS]
