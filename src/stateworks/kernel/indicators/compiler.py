"""From a shape to SQL: one row-level query that says each row's role, and the aggregate around it.

The row-level query is written by Ibis and kept as it is: the figure is an aggregate over it and the rows behind the
figure are its rows, so that both come from one predicate. The aggregate is the same for every measure: by period,
slice and role it counts rows, adds up their key hashes and their amounts as integers. All slices come from one scan
(GROUPING SETS, which Ibis has no word for, so the outer query is built as a syntax tree).

A measure is compiled once into a template that names no date and no version: `$as_of`, `$window`, `$starts`, `$ends`
and datasets as "name@". Its text is part of the definition's hash. A statement is a template filled in; in it
datasets stand as views named "name@version". Nothing here plans a join or touches data.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, Literal

from stateworks.kernel.clocks.fiscal import GRAINS
from stateworks.kernel.errors import Refused
from stateworks.kernel.indicators.measures import Measure
from stateworks.kernel.indicators.shapes import LEFT_OUT, Change, Maturity, Milestone, Shape
from stateworks.kernel.indicators.states import AS_OF, ENDS, MARKS, STARTS, starts_of, states

if TYPE_CHECKING:
    import ibis
    import ibis.expr.types as ir

Window = tuple[date, date]
"""First and last day, both included."""

BEGINNING = date(1900, 1, 1)
DIALECT: Literal["duckdb"] = "duckdb"

NO_MEMBER = "unknown"
"""The member of rows whose slice column is empty."""


@dataclass(frozen=True)
class Template:
    """The text of a measure's figure: `sql` gives integer parts, `rows_sql` the rows behind them.

    `grain` is empty where one statement serves all grains. `at` is the column of the first dataset by which rows fall
    into periods, empty where the measure computes it. `options` is what `figures.py` needs to make figures from the
    parts.
    """

    figure: str
    grain: str
    sql: str
    rows_sql: str
    at: str
    options: dict[str, Any]
    slices: tuple[str, ...]

    def statement(self, versions: Mapping[str, int], as_of: date, windows: Sequence[Window] = ()) -> str:
        """Return the SQL of the integer parts on some dataset versions; without windows over all days up to `as_of`."""
        spans = [f'"at" BETWEEN {_day(first)} AND {_day(last)}' for first, last in windows]
        window = f"({' OR '.join(spans)})" if spans else "TRUE"
        return self._filled(self.sql, versions, as_of).replace("$window", window)

    def rows(self, versions: Mapping[str, int], as_of: date) -> str:
        """Return the SQL of the rows between `$starts` and `$ends`, which the reader puts in."""
        return self._filled(self.rows_sql, versions, as_of)

    def _filled(self, sql: str, versions: Mapping[str, int], as_of: date) -> str:
        for dataset, version in versions.items():
            sql = sql.replace(f'"{dataset}@"', f'"{dataset}@{version}"')
        return sql.replace("$as_of", _day(as_of))


def between(rows_sql: str, starts: date, ends: date) -> str:
    """Put a period into the SQL of rows."""
    return rows_sql.replace("$starts", _day(starts)).replace("$ends", _day(ends))


def _day(day: date) -> str:
    return f"DATE '{day.isoformat()}'"


def compile_measure(
    measure: Measure,
    schemas: Mapping[str, ibis.Schema],
    *,
    filters: Mapping[str, Any] | None = None,
    parameters: Mapping[str, Any] | None = None,
    by: Sequence[str] | None = None,
    fiscal_start: int = 7,
    grains: Sequence[str] = GRAINS,
) -> list[Template]:
    """Compile a measure's figures for months, quarters and years, statewide and by each slice.

    `by` replaces the measure's stored slices. A grain "all" puts everything up to `as_of` into one period. What was
    compiled once is kept for the life of the process.
    """
    key = (
        measure.function, measure.version, json.dumps([filters, parameters], sort_keys=True, default=str),
        tuple(measure.by if by is None else by), fiscal_start, tuple(grains),
        tuple((name, tuple(schemas[name].items())) for name in measure.reads),
    )  # fmt: skip
    if key not in _compiled:
        _compiled[key] = _compile(
            measure, schemas, filters or {}, parameters or {}, key[3], fiscal_start, grains
        )
    return _compiled[key]


_compiled: dict[Any, list[Template]] = {}


def _compile(
    measure: Measure,
    schemas: Mapping[str, ibis.Schema],
    filters: Mapping[str, Any],
    parameters: Mapping[str, Any],
    slices: tuple[str, ...],
    fiscal_start: int,
    grains: Sequence[str],
) -> list[Template]:
    import ibis

    made = measure.shapes(_tables(measure, schemas, filters), parameters, ibis.literal(AS_OF))
    templates: list[Template] = []
    for figure, shape in made.items():
        inner = shape.of if isinstance(shape, Change) else shape
        options = shape.options() | {"unit": measure.unit}
        if inner.at is None and options["roll_up"] != "last":
            options["snapshot"] = True
        for grain in _passes(inner, grains):
            rows = _rows(inner, slices, fiscal_start, grain)
            templates.append(
                Template(
                    figure=figure,
                    grain=grain,
                    sql=_aggregate(rows, slices, options, _grains_of(inner, grain, grains)),
                    rows_sql=_text(_rows(inner, slices, fiscal_start, grain, paged=True)),
                    at=inner.at if inner.at and inner.at in schemas[measure.reads[0]] else "",
                    options=options,
                    slices=slices,
                )
            )
    return templates


def _tables(
    measure: Measure, schemas: Mapping[str, ibis.Schema], filters: Mapping[str, Any]
) -> tuple[ir.Table, ...]:
    """Return the measure's datasets as unbound tables, the first narrowed by the filters."""
    import ibis

    made = [ibis.table(schemas[name], name=f"{name}@") for name in measure.reads]
    for column, wanted in sorted(filters.items()):  # the text must not depend on how the filters were stored
        if column not in made[0].columns:
            raise Refused(
                f"{measure.reads[0]} has no column “{column}” to filter by; it has {', '.join(made[0].columns)}."
            )
        values = list(wanted) if isinstance(wanted, list | tuple | set) else [wanted]
        made[0] = made[0].filter(made[0][column].isin(values))
    return tuple(made)


def _passes(shape: Shape, grains: Sequence[str]) -> list[str]:
    """Say how often the rows are read: once, or once for each grain where the population depends on the period."""
    return list(grains) if shape.within is not None else [""]


def _grains_of(shape: Shape, grain: str, grains: Sequence[str]) -> list[str]:
    """Say which grains one pass computes: months where parts roll up, otherwise each."""
    if grain:
        return [grain]
    return ["month"] if shape.options()["roll_up"] != "each" else list(grains)


def _rows(
    shape: Shape, slices: Sequence[str], fiscal_start: int, grain: str, *, paged: bool = False
) -> ir.Table:
    """Return the row-level query: key, day, role, amount, what is counted once, slices, and starts of periods."""
    import ibis

    if isinstance(shape, Milestone | Maturity):
        return states(shape, slices, fiscal_start, paged)
    rows = shape.rows
    missing = [column for column in (shape.key, *slices) if column not in rows.columns]
    if missing:
        raise Refused(
            f"The measure's rows have no column “{missing[0]}”; they have {', '.join(rows.columns)}."
        )
    population = rows if shape.counted is None else rows.filter(shape.counted)
    day = ibis.literal(AS_OF) if shape.at is None else population[shape.at].cast("date")
    columns: dict[str, Any] = {"_key": population[shape.key], "at": day, "role": shape.role()}
    amount, entity = shape.amount(), shape.entity()
    if amount is not None:
        columns["amount"] = amount.cast("int64")
    if entity is not None:
        columns["entity"] = entity
    for column in slices:
        columns[column] = population[column].cast("string")
    if shape.within is not None:
        columns["_top"] = population[shape.within.column].cast("string")
    base = population.select(**columns)
    base = base.filter(base["at"].notnull(), base["at"] <= ibis.literal(AS_OF))
    if paged:
        base = base.filter(base["at"].between(ibis.literal(STARTS), ibis.literal(ENDS)))
    base = base.mutate(**starts_of(base["at"], fiscal_start))
    return _most_frequent(base, shape, grain) if shape.within is not None else base


def _most_frequent(base: ir.Table, shape: Shape, grain: str) -> ir.Table:
    """Keep the rows whose category is among the period's most frequent; of equally frequent ones the first by name."""
    import ibis

    assert shape.within is not None
    base = base.filter(~base["role"].startswith(LEFT_OUT), base["_top"].notnull())
    period = ["_top"] if grain == "all" else [grain, "_top"]
    often = base.group_by(period).aggregate(_often=base.count())
    order = ibis.row_number().over(
        group_by=[] if grain == "all" else [often[grain]], order_by=[often["_often"].desc(), often["_top"]]
    )
    kept = often.mutate(_place=order)
    kept = kept.filter(kept["_place"] < shape.within.n)
    return base.semi_join(kept, period)


def _tree(rows: ir.Table) -> Any:
    """Return a query as a syntax tree, with parameters where the marked days stood."""
    import ibis
    import sqlglot
    from sqlglot import expressions as exp

    def put(node: exp.Expression) -> exp.Expression:
        if isinstance(node, exp.DateFromParts):
            parts = [node.args[part].name for part in ("year", "month", "day")]
            if all(part.isdigit() for part in parts):
                mark = MARKS.get(date(*map(int, parts)))
                return node if mark is None else exp.Parameter(this=exp.Var(this=mark))
        return node

    return sqlglot.parse_one(str(ibis.to_sql(rows, dialect=DIALECT)), read=DIALECT).transform(put)


def _text(rows: ir.Table) -> str:
    return str(_tree(rows).sql(dialect=DIALECT, pretty=True))


def _aggregate(
    rows: ir.Table, slices: Sequence[str], options: Mapping[str, Any], grains: Sequence[str]
) -> str:
    """Write the aggregate over the row-level query: one scan for every grain and slice."""
    import sqlglot
    from sqlglot import expressions as exp

    columns = set(rows.columns)
    inner = _tree(rows)
    periods: list[str | None] = [None if grain == "all" else grain for grain in grains]
    sets = [
        exp.Tuple(expressions=[exp.column(name, quoted=True) for name in (period, one, "role") if name])
        for period in periods
        for one in (None, *slices)
    ]
    selected: list[Any] = [*(_period(grains)), *_slice(slices), exp.column("role")]
    selected.append(exp.alias_(exp.Count(this=exp.Star()), "n"))
    selected.append(_as_text("SUM(_key)", "keys"))
    if "amount" in columns:
        selected.append(sqlglot.parse_one("CAST(SUM(amount) AS BIGINT) AS total", read=DIALECT))
        selected.append(_as_text("SUM(CAST(amount AS HUGEINT) * amount)", "squares"))
        selected.append(sqlglot.parse_one("COUNT(amount) AS amounts", read=DIALECT))
        if options.get("extremes"):
            selected += [
                sqlglot.parse_one(f"{name}(amount) AS {alias}", read=DIALECT)
                for name, alias in (("MIN", "least"), ("MAX", "most"))
            ]
        if options.get("quantiles") and options.get("goal") is not None:
            within = f"COUNT(*) FILTER (amount <= {int(options['goal'])}) AS within"
            selected.append(sqlglot.parse_one(within, read=DIALECT))
        if options.get("quantiles"):
            shares = ", ".join(str(share) for share in options["quantiles"])
            selected.append(
                sqlglot.parse_one(f"QUANTILE_CONT(amount, [{shares}]) AS quantiles", read=DIALECT)
            )
    if "entity" in columns:
        selected.append(sqlglot.parse_one("COUNT(DISTINCT entity) AS entities", read=DIALECT))
    query = exp.select(*selected).from_(inner.subquery("r")).where(exp.Parameter(this=exp.Var(this="window")))
    query.set("group", exp.Group(grouping_sets=[exp.GroupingSets(expressions=sets)]))
    return str(query.sql(dialect=DIALECT, pretty=True))


def _as_text(expression: str, alias: str) -> Any:
    """Sums of key hashes and of squares pass 64 bits, so they travel as text."""
    import sqlglot

    return sqlglot.parse_one(f"CAST({expression} AS TEXT) AS {alias}", read=DIALECT)


def _period(grains: Sequence[str]) -> list[Any]:
    """Return the columns `grain` and `starts`, told from which grouping set a row belongs to."""
    import sqlglot

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
        sqlglot.parse_one(f"{expression} AS {alias}", read=DIALECT)
        for expression, alias in zip(pair, ("grain", "starts"), strict=True)
    ]


def _slice(slices: Sequence[str]) -> list[Any]:
    """Return the columns `dimension` and `member`; both are empty statewide."""
    import sqlglot
    from sqlglot import expressions as exp

    if not slices:
        return [sqlglot.parse_one(f"'' AS {name}", read=DIALECT) for name in ("dimension", "member")]
    dimension, member = exp.Case(), exp.Case()
    for name in slices:
        column = exp.column(name, quoted=True)
        grouped = exp.EQ(this=exp.func("GROUPING", column), expression=exp.Literal.number(0))
        dimension = dimension.when(grouped, exp.Literal.string(name))
        member = member.when(
            grouped.copy(), exp.func("COALESCE", column.copy(), exp.Literal.string(NO_MEMBER))
        )
    empty = exp.Literal.string("")
    return [exp.alias_(dimension.else_(empty), "dimension"), exp.alias_(member.else_(empty.copy()), "member")]
