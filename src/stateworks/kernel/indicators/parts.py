"""From a statement's lines to integer parts: roll-up over periods, a row a figure, fingerprints by role.

A line is one period, slice and role, with a count of rows, the sum of their key hashes and the sums of their amounts.
Key sums and sums of squares pass 64 bits, so they are added in 128 and written as text.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from stateworks.kernel.clocks.fiscal import start_column
from stateworks.kernel.indicators import survival
from stateworks.kernel.indicators.aggregates import BEGINNING
from stateworks.kernel.indicators.shapes import LEFT_OUT

if TYPE_CHECKING:
    import polars as pl

KEYS = ("grain", "starts", "dimension", "member")
SHARES = frozenset({"ratio", "cohort"})
RATIO_ROLES = ("numerator", "denominator", "unknown")


def typed(lines: pl.DataFrame) -> pl.DataFrame:
    """Give a statement's lines the types that arithmetic needs; columns that the shape does not have are null."""
    import polars as pl

    whole = {"n": pl.Int64, "keys": pl.Int128, "amounts": pl.Int64, "total": pl.Int128, "squares": pl.Int128,
             "least": pl.Int64, "most": pl.Int64, "entities": pl.Int64, "within": pl.Int64}  # fmt: skip
    texts = dict.fromkeys(("grain", "dimension", "member", "role"), pl.String)
    columns = []
    for name, dtype in {**texts, "starts": pl.Date, **whole}.items():
        column = pl.col(name) if name in lines.columns else pl.lit(None)
        columns.append(column.cast(dtype).alias(name))
    lists = {"quantiles": pl.Float64, "lengths": pl.Int64}
    for name, dtype in lists.items():
        column = pl.col(name) if name in lines.columns else pl.lit(None)
        columns.append(column.cast(pl.List(dtype)).alias(name))
    return lines.select(*columns)


def roll_up(lines: pl.DataFrame, rule: str, grains: Sequence[str], fiscal_start: int) -> pl.DataFrame:
    """Make quarters and years from months: by adding integer parts, or by taking the last month of a state."""
    import polars as pl

    if rule == "each":
        return lines
    made = []
    for grain in grains:
        day = pl.col("starts")
        starts = pl.lit(BEGINNING) if grain == "all" else start_column(day, grain, fiscal_start)  # type: ignore[arg-type]
        longer = lines.with_columns(
            pl.lit(grain).alias("grain"), pl.col("starts").alias("_month"), starts.alias("starts")
        )
        if rule == "last" and grain != "month":
            longer = longer.filter(pl.col("_month") == pl.col("_month").max().over("starts"))
        made.append(longer.drop("_month"))
    added = [
        pl.col(name).sum() for name in ("n", "keys", "amounts", "total", "squares", "entities", "within")
    ]
    return (
        pl.concat(made)
        .group_by(*KEYS, "role")
        .agg(*added, pl.col("least").min(), pl.col("most").max(), pl.col("quantiles").first())
    )


def parts_of(lines: pl.DataFrame, options: Mapping[str, Any]) -> pl.DataFrame:
    """Turn a line a role into a row a figure: integer parts, rows left out by reason, and fingerprints by role."""
    import polars as pl

    def of(role: str, column: str = "n") -> pl.Expr:
        return pl.col(column).filter(pl.col("role") == role).sum()

    out = pl.col("role").str.starts_with(LEFT_OUT)
    inside = ~out
    kind = options["kind"]
    survives = bool(options.get("survival"))
    roles = sorted(lines["role"].unique().to_list())
    reasons = [role for role in roles if role.startswith(LEFT_OUT)]
    exprs: dict[str, pl.Expr] = {"count": pl.col("n").filter(inside).sum()}
    if kind in SHARES:
        exprs = {
            "numerator": of("numerator"),
            "denominator": pl.col("n").filter(inside).sum(),
            "unknown": of("unknown"),
        }
    elif kind == "distinct":
        exprs["distinct"] = pl.col("entities").filter(inside).sum()
    elif kind in {"sum", "mean"}:
        exprs |= {"total": pl.col("total").filter(inside).sum()}
    elif kind == "duration":
        # Where open ones have lengths too, only those that ended make up the sums.
        summed = (pl.col("role") == "ended") if survives else inside
        exprs = {
            "count": pl.col("amounts").filter(summed).sum(),
            "total": pl.col("total").filter(summed).sum(),
        }
        if options["statistic"] == "within":
            exprs |= {"within": of("within goal"), "past": of("past goal")}
        elif options["goal"] is not None and not survives:
            exprs["within"] = pl.col("within").filter(inside).sum()
            exprs["past"] = pl.col("amounts").filter(inside).sum() - pl.col("within").filter(inside).sum()
        exprs |= {"open": of("open") + of("open past goal"), "open_past": of("open past goal")}
    elif kind == "score":
        exprs |= {"total": pl.col("total").filter(inside).sum(), "top": of("top"), "bottom": of("bottom")}
    elif kind == "milestone":
        exprs = {"all": pl.col("n").filter(inside).sum(), "in_time": of("done in time"), "late": of("done late"),
                 "unconfirmed": of("unconfirmed"), "overdue": of("overdue"), "open": of("open"),
                 "last_day": pl.col("most").filter(inside).max()}  # fmt: skip
    elif kind == "maturity":
        unmet = pl.col("least").filter(pl.col("role") == "unmet").min()
        exprs = {"criteria": pl.col("n").filter(inside).sum(), "met": of("met"),
                 "level": pl.coalesce(unmet - 1, pl.col("most").filter(inside).max())}  # fmt: skip
    if kind in {"mean", "duration", "score"}:
        exprs["squares"] = pl.col("squares").filter(summed if kind == "duration" else inside).sum()
    if kind in {"quantile", "duration"} and options.get("quantiles"):
        chosen = pl.col("quantiles").filter(inside & pl.col("quantiles").is_not_null()).first()
        names = ["quantile"] if kind == "quantile" else ["median", "p90"]
        exprs |= {
            name: chosen.list.get(place, null_on_oob=True)
            for place, name in enumerate(names, start=options.get("place", 0))
        }
    if survives:
        lines = lines.join(_curves(lines), on=KEYS, how="left")
        exprs |= {name: pl.col(name).first() for name in survival.NAMES}
    groups = _role_groups(kind, [role for role in roles if not role.startswith(LEFT_OUT)])
    prints = {name: (members, "n", "keys") for name, members in groups.items()}
    if reasons:
        prints["left out"] = (reasons, "n", "keys")
    wide = lines.group_by(KEYS).agg(
        *[expr.alias(name) for name, expr in exprs.items()],
        *[of(reason).alias(reason) for reason in reasons],
        *[pl.col(column).filter(pl.col("role").is_in(members)).sum().alias(f"_{column}_{name}")
          for name, (members, *columns) in prints.items() for column in columns],
    )  # fmt: skip
    return wide.with_columns(
        _object([(name, pl.col(name)) for name in exprs], texts={"squares", "total"}).alias("parts"),
        _object([(reason[len(LEFT_OUT):], pl.when(pl.col(reason) > 0).then(pl.col(reason))) for reason in reasons])
        .alias("left_out"),
        _fingerprints(list(prints)).alias("fingerprints"),
    )  # fmt: skip


def _curves(lines: pl.DataFrame) -> pl.DataFrame:
    """Return median and p90 with their intervals by figure, from the lengths of what ended and of what is open."""
    import polars as pl

    def lengths(*roles: str) -> pl.Expr:
        return pl.col("lengths").filter(pl.col("role").is_in(roles)).explode().drop_nulls()

    groups = lines.group_by(KEYS).agg(
        lengths("ended").alias("ended"), lengths("open", "open past goal").alias("open")
    )
    return survival.quantiles_of(groups)


def lines_of(stored: Iterable[Sequence[Any]], options: Mapping[str, Any]) -> pl.DataFrame:
    """Turn stored months back into lines that add up to the same parts and fingerprints: the inverse of `parts_of`.

    A stored month is its first day, dimension, member, parts, rows left out by reason, and fingerprints. What was counted
    over several roles together stands with one of them, which the sum does not feel.
    """
    import polars as pl

    share = options["kind"] in SHARES
    made: list[tuple[Any, ...]] = []
    for starts, dimension, member, parts, left_out, prints in stored:
        place = ("month", starts, dimension, member)
        roles = {role: (int(n), int(keys)) for role, (n, keys) in prints.items() if role != "left out"}
        if share:
            hits, keys = roles.get("numerator", (0, 0))
            _, all_keys = roles.get("denominator", (0, 0))
            unknown = parts["unknown"]
            roles = {
                "numerator": (hits, keys),
                "unknown": (unknown, 0),
                "denominator": (parts["denominator"] - hits - unknown, all_keys - keys),
            }
        sums = (parts.get("count", 0), str(parts.get("total", 0)), str(parts.get("squares", 0)))
        for role, (n, keys) in roles.items():
            made.append((*place, role, n, str(keys), *sums))
            sums = (0, "0", "0")
        _, out_keys = prints.get("left out", (0, 0))
        for reason, n in left_out.items():
            made.append((*place, LEFT_OUT + reason, n, str(out_keys), 0, "0", "0"))
            out_keys = 0
    schema = {"grain": pl.String, "starts": pl.Date, "dimension": pl.String, "member": pl.String, "role": pl.String,
              "n": pl.Int64, "keys": pl.String, "amounts": pl.Int64, "total": pl.String, "squares": pl.String}  # fmt: skip
    return pl.DataFrame(made, schema=schema, orient="row")


def _role_groups(kind: str, roles: Sequence[str]) -> dict[str, list[str]]:
    """Say which row roles make up each role of the evidence; a numerator's rows are in the denominator too."""
    if kind in SHARES:
        return {"numerator": ["numerator"], "denominator": list(RATIO_ROLES)}
    return {role: [role] for role in roles}


def _object(pairs: Sequence[tuple[str, pl.Expr]], texts: set[str] | None = None) -> pl.Expr:
    """Return a JSON object as text; nulls are left away, names in `texts` are written as text."""
    import polars as pl

    if not pairs:
        return pl.lit("{}")
    members = []
    for name, value in pairs:
        body = value.cast(pl.String)
        if texts and name in texts:
            body = pl.concat_str([pl.lit('"'), body, pl.lit('"')])
        members.append(pl.concat_str([pl.lit(json.dumps(name, ensure_ascii=False) + ": "), body]))
    return pl.concat_str(
        [pl.lit("{"), pl.concat_str(members, separator=", ", ignore_nulls=True), pl.lit("}")]
    )


def _fingerprints(names: Sequence[str]) -> pl.Expr:
    """Return row count and sum of key hashes by role as JSON; roles without rows are left away."""
    import polars as pl

    members = [
        pl.when(pl.col(f"_n_{name}") > 0).then(
            pl.concat_str([pl.lit(json.dumps(name) + ": ["), pl.col(f"_n_{name}").cast(pl.String), pl.lit(', "'),
                           pl.col(f"_keys_{name}").cast(pl.String), pl.lit('"]')])
        )
        for name in names
    ]  # fmt: skip
    if not members:
        return pl.lit("{}")
    return pl.concat_str(
        [pl.lit("{"), pl.concat_str(members, separator=", ", ignore_nulls=True), pl.lit("}")]
    )
