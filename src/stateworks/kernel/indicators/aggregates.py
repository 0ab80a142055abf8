"""The aggregate around a row-level query, the same for every measure.

By period, slice and role it counts rows and adds up their key hashes and amounts as integers. All slices come from one
scan (GROUPING SETS, which Ibis has no word for, so the query is built as a syntax tree).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from datetime import date
from typing import Any

from stateworks.kernel.indicators.dialects import Dialect

BEGINNING = date(1900, 1, 1)

NO_MEMBER = "unknown"
"""The member of rows whose slice column is empty."""

RESERVED = frozenset(
    {"month", "quarter", "year", "role", "at", "amount", "entity", "grain", "starts", "period"}
)
"""Names that the row-level query uses itself, so that no slice can have them."""


def aggregate(
    rows: Any,
    columns: AbstractSet[str],
    slices: Sequence[str],
    options: Mapping[str, Any],
    grains: Sequence[str],
    dialect: Dialect,
) -> str:
    """Write the aggregate over a row-level query with these columns."""
    if options.get("within"):
        return _of_most_frequent(rows, columns, slices, options, grains, dialect)
    query = _grouped(columns, slices, options, grains, dialect).from_(rows.subquery("r"))
    return dialect.text(query.where(mark("window")))


def aggregate_parted(
    rows: Any,
    columns: AbstractSet[str],
    slices: Sequence[str],
    options: Mapping[str, Any],
    grains: Sequence[str],
    dialect: Dialect,
) -> str:
    """Write the aggregate so that each grain looks at days of its own (`$month_days`); the rows are read once."""
    from sqlglot import exp

    within = options.get("within")
    made = []
    for grain in grains:
        days = mark(f"{grain}_days")
        source = exp.select("*").from_("base").where(days)
        if within:
            source = source.join(
                _often(grain, int(within["n"]), dialect, days).subquery("often"),
                using=[grain, "_top"],
                join_type="semi",
            )
        made.append(_grouped(columns, slices, options, [grain], dialect).from_(source.subquery("r")))
    return _over_base(_union(made), exp.select("*").from_(rows.subquery("r")), dialect)


def rows_of_top(rows: Any, n: int, dialect: Dialect) -> str:
    """Write the query of the rows whose category is among the `n` most frequent of the span that the rows are of."""
    from sqlglot import exp

    often = (
        exp.select("_top").from_("base").group_by("_top").order_by(exp.Ordered(this=exp.Count(this=exp.Star()), desc=True))
        .order_by("_top").limit(n)
    )  # fmt: skip
    query = exp.select("base.*").from_("base").join(often.subquery("often"), using="_top", join_type="semi")
    return _over_base(query, rows, dialect)


def state_at(rows: Any, dialect: Dialect) -> str:
    """Write the query of a state's rows as they stood at the end of the span."""
    from sqlglot import exp

    end = exp.func("LEAST", mark("ends"), mark("as_of"))
    query = (
        exp.select("*")
        .from_(rows.subquery("r"))
        .where(exp.EQ(this=exp.column("at", quoted=True), expression=end))
    )
    return dialect.text(query)


def mark(name: str) -> Any:
    """Return what stands in a template for something that a statement puts in, written `$name` in every dialect."""
    from sqlglot import exp

    return exp.Var(this=f"${name}")


def _of_most_frequent(
    rows: Any,
    columns: AbstractSet[str],
    slices: Sequence[str],
    options: Mapping[str, Any],
    grains: Sequence[str],
    dialect: Dialect,
) -> str:
    """Write the aggregate over the rows of each period's most frequent categories; the rows themselves are read once."""
    from sqlglot import exp

    made = []
    for grain in grains:
        period = [] if grain == "all" else [grain]
        often = _often(grain, int(options["within"]["n"]), dialect)
        kept = exp.select("base.*").from_("base")
        kept = kept.join(often.subquery("often"), using=[*period, "_top"], join_type="semi")
        made.append(_grouped(columns, slices, options, [grain], dialect).from_(kept.subquery("r")))
    window = exp.select("*").from_(rows.subquery("r")).where(mark("window"))
    return _over_base(_union(made), window, dialect)


def _over_base(query: Any, base: Any, dialect: Dialect) -> str:
    """Write a query that reads another one, named base, several times."""
    return dialect.text(query.with_("base", as_=base, materialized=dialect.materialized or None))


def _often(grain: str, n: int, dialect: Dialect, days: Any = None) -> Any:
    """Return the query of the `n` most frequent categories of each period."""
    from sqlglot import exp

    period = [] if grain == "all" else [grain]
    names = ", ".join([*period, "_top"])
    partition = f"PARTITION BY {grain} " if period else ""
    query = dialect.parsed(
        f"SELECT {names} FROM (SELECT {names}, ROW_NUMBER() OVER ({partition}ORDER BY COUNT(*) DESC, _top) AS place "
        f"FROM base GROUP BY {names}) AS ranked WHERE place <= {n}"
    )
    if days is not None:
        inner = query.find(exp.Subquery).this
        inner.where(days.copy(), copy=False)
    return query


def _union(queries: Sequence[Any]) -> Any:
    from functools import reduce

    from sqlglot import exp

    return reduce(lambda first, second: exp.union(first, second, distinct=False), queries)


def _grouped(
    columns: AbstractSet[str],
    slices: Sequence[str],
    options: Mapping[str, Any],
    grains: Sequence[str],
    dialect: Dialect,
) -> Any:
    """Return the aggregate without its source."""
    from sqlglot import exp

    periods: list[str | None] = [None if grain == "all" else grain for grain in grains]
    sets = [
        exp.Tuple(expressions=[exp.column(name, quoted=True) for name in (period, one, "role") if name])
        for period in periods
        for one in (None, *slices)
    ]
    # Sums of key hashes and of squares pass 64 bits, so they travel as text.
    texts = ["COUNT(*) AS n", f"CAST({dialect.summed('_key')} AS TEXT) AS keys"]
    if "amount" in columns:
        texts += ["CAST(SUM(amount) AS BIGINT) AS total", "COUNT(amount) AS amounts"]
        texts.append(f"CAST(SUM(CAST(amount AS {dialect.wide}) * amount) AS TEXT) AS squares")
        if options.get("extremes"):
            texts += ["MIN(amount) AS least", "MAX(amount) AS most"]
        if options.get("survival"):
            texts.append(f"{dialect.list_of('amount')} AS lengths")
        if options.get("quantiles") and options.get("goal") is not None:
            texts.append(f"COUNT(*) FILTER (WHERE amount <= {int(options['goal'])}) AS within")
        if options.get("quantiles"):
            texts.append(f"{dialect.quantiles_of('amount', options['quantiles'])} AS quantiles")
    if "entity" in columns:
        texts.append("COUNT(DISTINCT entity) AS entities")
    selected = [*_period(grains, dialect), *_slice(slices), exp.column("role")]
    query = exp.select(*selected, *[dialect.parsed(text) for text in texts])
    query.set("group", exp.Group(grouping_sets=[exp.GroupingSets(expressions=sets)]))
    return query


def _period(grains: Sequence[str], dialect: Dialect) -> list[Any]:
    """Return the columns `grain` and `starts`, told from which grouping set a row belongs to."""
    if len(grains) == 1:
        grain = grains[0]
        starts = f"DATE '{BEGINNING.isoformat()}'" if grain == "all" else f"CAST({grain} AS DATE)"
        pair = (f"'{grain}'", starts)
    else:
        cases = " ".join(f"WHEN GROUPING({grain}) = 0 THEN '{grain}'" for grain in grains if grain != "all")
        named = ", ".join(grain for grain in grains if grain != "all")
        rest = f", DATE '{BEGINNING.isoformat()}'" if "all" in grains else ""
        pair = (f"CASE {cases} ELSE 'all' END", f"CAST(COALESCE({named}{rest}) AS DATE)")
    return [
        dialect.parsed(f"{expression} AS {alias}")
        for expression, alias in zip(pair, ("grain", "starts"), strict=True)
    ]


def _slice(slices: Sequence[str]) -> list[Any]:
    """Return the columns `dimension` and `member`; both are empty statewide."""
    from sqlglot import exp

    empty = exp.Literal.string("")
    if not slices:
        return [exp.alias_(empty.copy(), name) for name in ("dimension", "member")]
    dimension, member = exp.Case(), exp.Case()
    for name in slices:
        column = exp.column(name, quoted=True)
        grouped = exp.EQ(this=exp.func("GROUPING", column), expression=exp.Literal.number(0))
        dimension = dimension.when(grouped, exp.Literal.string(name))
        named = exp.func("COALESCE", column.copy(), exp.Literal.string(NO_MEMBER))
        member = member.when(grouped.copy(), named)
    return [exp.alias_(dimension.else_(empty), "dimension"), exp.alias_(member.else_(empty.copy()), "member")]
