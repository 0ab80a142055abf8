"""From a shape to SQL: one row-level query that says each row's role, and the aggregate around it.

The row-level query is written by Ibis and kept as it is: the figure is an aggregate over it (`aggregates.py`) and the rows
behind the figure are its rows, so that both come from one predicate.

A measure is compiled once into templates that name no date, no version and no filter's value: `$as_of`, `$window`,
`$starts`, `$ends`, datasets as "name@". A statement is a template filled in; in it datasets stand as views named
"name@version". Nothing here plans a join or touches data.

Each engine gets the figure's query in its own SQL. The query of the rows behind a figure is always DuckDB's, and so is what
a definition's hash is made of: pages and evidence need no cluster, and a definition is one, whichever engine computes it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Any

from stateworks.kernel.clocks.fiscal import GRAINS, Grain
from stateworks.kernel.errors import Refused
from stateworks.kernel.indicators import compiled
from stateworks.kernel.indicators.aggregates import (
    BEGINNING,
    RESERVED,
    aggregate,
    aggregate_parted,
    mark,
    rows_of_top,
    state_at,
)
from stateworks.kernel.indicators.dialects import Dialect, dialect_of
from stateworks.kernel.indicators.measures import Measure
from stateworks.kernel.indicators.shapes import LEFT_OUT, Change, Maturity, Milestone, Shape
from stateworks.kernel.indicators.states import AS_OF, ENDS, MARKS, STARTS, starts_of, states
from stateworks.kernel.lake.engines import DUCKDB

if TYPE_CHECKING:
    import ibis
    import ibis.expr.types as ir

Window = tuple[date, date]
"""First and last day, both included."""


@dataclass(frozen=True)
class Template:
    """The text of a measure's figure: `sql` gives integer parts in the engine's SQL, `rows_sql` the rows behind them in DuckDB's.

    `at` is the column of the first dataset by which rows fall into periods, empty where the measure computes it. `options`
    is what `figures.py` needs to make figures from the parts. Figures of one measure over the same rows share their SQL.
    `parted_sql` gives the same parts where each grain is asked for periods of its own; it is empty where longer periods are
    added up from months.
    """

    figure: str
    sql: str
    rows_sql: str
    at: str
    options: dict[str, Any]
    slices: tuple[str, ...]
    parted_sql: str = ""
    engine: str = DUCKDB

    def statement(self, versions: Mapping[str, int], as_of: date, windows: Sequence[Window] = ()) -> str:
        """Return the SQL of the integer parts on some dataset versions; without windows over all days up to `as_of`."""
        dialect = dialect_of(self.engine)
        window = _within(windows, dialect) if len(windows) > 1 else "TRUE"
        first = min((one for one, _ in windows), default=BEGINNING)
        last = max((one for _, one in windows), default=as_of)
        return between(_filled(self.sql, versions, as_of, dialect).replace("$window", window), first, last)

    def parted(
        self, versions: Mapping[str, int], as_of: date, windows: Mapping[Grain, Sequence[Window]]
    ) -> str:
        """Return the SQL of the integer parts of some periods of each grain."""
        dialect = dialect_of(self.engine)
        sql = _filled(self.parted_sql, versions, as_of, dialect)
        for grain, spans in windows.items():
            sql = sql.replace(f"${grain}_days", _within(spans, dialect))
        days = [day for spans in windows.values() for span in spans for day in span]
        return between(sql, min(days), max(days))

    def rows(self, versions: Mapping[str, int], as_of: date) -> str:
        """Return the SQL of the rows between `$starts` and `$ends`, which the reader puts in."""
        return _filled(self.rows_sql, versions, as_of, dialect_of(DUCKDB))


def _filled(sql: str, versions: Mapping[str, int], as_of: date, dialect: Dialect) -> str:
    for dataset, version in versions.items():
        sql = sql.replace(dialect.quoted(f"{dataset}@"), dialect.quoted(f"{dataset}@{version}"))
    return sql.replace("$as_of", _day(as_of))


def _within(windows: Sequence[Window], dialect: Dialect) -> str:
    spans = [f"{dialect.quoted('at')} BETWEEN {_day(first)} AND {_day(last)}" for first, last in windows]
    return f"({' OR '.join(spans)})" if spans else "FALSE"


def between(sql: str, starts: date, ends: date) -> str:
    """Put a span of days into SQL that leaves it open."""
    return sql.replace("$starts", _day(starts)).replace("$ends", _day(ends))


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
    engine: str = DUCKDB,
    anew: bool = False,
) -> list[Template]:
    """Compile a measure's figures for months, quarters and years, statewide and by each slice.

    `by` replaces the measure's stored slices. A grain "all" puts everything up to `as_of` into one period. What was
    compiled once is kept for the life of the process and, for other processes, on disk; `anew` does not look at the disk.
    """
    # The text must not depend on how the filters were stored.
    wanted = {name: _listed(values) for name, values in sorted((filters or {}).items())}
    lead = schemas[measure.reads[0]]
    for column in wanted:
        if column not in lead:
            raise Refused(
                f"{measure.reads[0]} has no column “{column}” to filter by; it has {', '.join(lead.names)}."
            )
    texts = tuple(name for name, values in wanted.items() if lead[name].is_string() and values)
    fixed = {name: values for name, values in wanted.items() if name not in texts}
    key = (
        measure.function, measure.version, json.dumps([fixed, parameters], sort_keys=True, default=str), texts,
        tuple(measure.by if by is None else by), fiscal_start, tuple(grains),
        tuple((name, tuple(schemas[name].items())) for name in measure.reads), engine,
    )  # fmt: skip
    marked = fixed | {name: [_mark(name)] for name in texts}

    def make() -> list[Template]:
        _made_here.setdefault(
            key, _compile(measure, schemas, marked, parameters or {}, key[4], fiscal_start, grains, engine)
        )
        return _made_here[key]

    if key not in _made_here and not anew and key not in _from_disk:
        texts_made = compiled.kept(
            measure, [str(one) for one in key[1:]], lambda: [asdict(one) for one in make()]
        )
        _from_disk[key] = [Template(**one | {"slices": tuple(one["slices"])}) for one in texts_made]
    templates = _made_here.get(key) or (make() if anew else _from_disk[key])
    return [_with_filters(template, {name: wanted[name] for name in texts}) for template in templates]


_made_here: dict[Any, list[Template]] = {}
_from_disk: dict[Any, list[Template]] = {}


def _listed(values: Any) -> list[Any]:
    return list(values) if isinstance(values, list | tuple | set) else [values]


def _mark(column: str) -> str:
    return f"$filter {column}"


def _with_filters(template: Template, filters: Mapping[str, Sequence[str]]) -> Template:
    """Put texts to filter by where their marks stand."""

    def filled(sql: str, engine: str) -> str:
        dialect = dialect_of(engine)
        for column, values in filters.items():
            texts = ", ".join(dialect.literal(str(value)) for value in values)
            sql = sql.replace(dialect.literal(_mark(column)), texts)
        return sql

    return replace(
        template,
        sql=filled(template.sql, template.engine),
        parted_sql=filled(template.parted_sql, template.engine),
        rows_sql=filled(template.rows_sql, DUCKDB),
    )


def _compile(
    measure: Measure,
    schemas: Mapping[str, ibis.Schema],
    filters: Mapping[str, Sequence[Any]],
    parameters: Mapping[str, Any],
    slices: tuple[str, ...],
    fiscal_start: int,
    grains: Sequence[str],
    engine: str,
) -> list[Template]:
    import ibis

    dialect, rows_dialect = dialect_of(engine), dialect_of(DUCKDB)

    reserved = RESERVED.intersection(slices)
    if reserved:
        raise Refused(
            f"{measure.name} cannot be shown by “{min(reserved)}”: the word has a meaning of its own here."
        )
    made = measure.shapes(_tables(measure, schemas, filters), parameters, ibis.literal(AS_OF))
    rows: dict[str, tuple[Shape, ir.Table, str]] = {}
    for figure, shape in made.items():
        inner = shape.of if isinstance(shape, Change) else shape
        table = _rows(inner, slices, fiscal_start)
        rows[figure] = (inner, table, rows_dialect.text(_tree(table, rows_dialect)))
    options = {figure: shape.options() | {"unit": measure.unit} for figure, shape in made.items()}
    _share(options, {figure: text for figure, (_, _, text) in rows.items()})
    shared: dict[tuple[str, str], tuple[str, str]] = {}
    templates: list[Template] = []
    for figure, (inner, table, text) in rows.items():
        own, columns = options[figure], frozenset(table.columns)
        if inner.at is None and own["roll_up"] != "last":
            own["snapshot"] = True
        wide = list(grains) if own["roll_up"] == "each" else ["month"]
        same = (
            text,
            json.dumps([own.get(name) for name in _SHAPES_SQL]),
        )
        if same not in shared:
            asked = own["roll_up"] == "each" and set(grains) == set(GRAINS)
            tree = _tree(table, dialect)
            shared[same] = (
                aggregate(tree, columns, slices, own, wide, dialect),
                aggregate_parted(tree, columns, slices, own, GRAINS, dialect) if asked else "",
            )
        templates.append(
            Template(
                figure=figure,
                sql=shared[same][0],
                parted_sql=shared[same][1],
                rows_sql=_behind(inner, table, text, rows_dialect),
                at=inner.at if inner.at and inner.at in schemas[measure.reads[0]] else "",
                options=own,
                slices=slices,
                engine=engine,
            )
        )
    return templates


_SHAPES_SQL = ("quantiles", "goal", "within", "extremes", "roll_up", "survival")
"""The options that decide what the aggregate over the same rows computes."""


def _share(options: dict[str, dict[str, Any]], texts: Mapping[str, str]) -> None:
    """Let a mean and quantiles over the same rows be computed by one query, which then computes each grain anew."""
    for text in set(texts.values()):
        together = [
            options[figure] for figure, one in texts.items()
            if one == text and options[figure]["kind"] in {"sum", "mean", "quantile"} and "within" not in options[figure]
        ]  # fmt: skip
        shares = sorted({share for one in together for share in one.get("quantiles", ())})
        if len(together) < 2 or not shares:
            continue
        for one in together:
            if one["kind"] == "quantile":
                one["place"] = shares.index(one["q"])
            one |= {"roll_up": "each", "quantiles": shares}


def _behind(shape: Shape, rows: ir.Table, text: str, dialect: Dialect) -> str:
    """Return the SQL of the rows behind a figure of one period."""
    if shape.within is not None:
        return rows_of_top(_tree(rows, dialect), shape.within.n, dialect)
    if isinstance(shape, Milestone | Maturity):
        return state_at(_tree(rows, dialect), dialect)
    return text


def _tables(
    measure: Measure, schemas: Mapping[str, ibis.Schema], filters: Mapping[str, Sequence[Any]]
) -> tuple[ir.Table, ...]:
    """Return the measure's datasets as unbound tables, the first narrowed by the filters."""
    import ibis

    made = [ibis.table(schemas[name], name=f"{name}@") for name in measure.reads]
    for column, values in filters.items():
        made[0] = made[0].filter(made[0][column].isin(values))
    return tuple(made)


def _rows(shape: Shape, slices: Sequence[str], fiscal_start: int) -> ir.Table:
    """Return the row-level query: key, day, role, amount, what is counted once, slices, and starts of periods."""
    import ibis

    if isinstance(shape, Milestone | Maturity):
        return states(shape, slices, fiscal_start)
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
    base = base.filter(
        base["at"] <= ibis.literal(AS_OF), base["at"].between(ibis.literal(STARTS), ibis.literal(ENDS))
    )
    if shape.within is not None:
        base = base.filter(~base["role"].startswith(LEFT_OUT), base["_top"].notnull())
    return base.mutate(**starts_of(base["at"], fiscal_start))


def _tree(rows: ir.Table, dialect: Dialect) -> Any:
    """Return a query as a syntax tree, with marks where the marked days stood."""
    from sqlglot import expressions as exp

    def put(node: exp.Expression) -> exp.Expression:
        if isinstance(node, exp.DateFromParts):
            parts = [node.args[part].name for part in ("year", "month", "day")]
            if all(part.isdigit() for part in parts):
                name = MARKS.get(date(*map(int, parts)))
                return node if name is None else mark(name)
        return node

    # Ibis uses a node in several places; the copy that `transform` makes keeps them apart.
    return dialect.compiler().to_sqlglot(rows).transform(put)
