"""Good rows in a temporary table beside the real one: matched by key, checked against the database's own rules, upserted.

The constraints are those of the table itself, read from PostgreSQL's catalog and asked of all rows at once, so that a
refused row can be named instead of the whole load failing on it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db import connection, models

from stateworks.kernel.records.fields import REFERENCE, Bound, rule_in_words
from stateworks.kernel.records.rows import ROW

if TYPE_CHECKING:
    import polars as pl


def quoted(name: str) -> str:
    """Quote a name for PostgreSQL."""
    return connection.ops.quote_name(name)


@dataclass
class Staging:
    """A temporary table with the real table's columns, plus the row's position and the codes of references to itself."""

    model: type[models.Model]
    name: str
    columns: tuple[Bound, ...]
    key: tuple[Bound, ...]

    def __post_init__(self) -> None:
        self.table = quoted(self.model._meta.db_table)
        self.stage = quoted(self.name)
        self.pk = quoted(str(self.model._meta.pk.column))
        self.given = list(self.columns)
        self.current = self._current()
        self.own = [one for one in self.columns if one.kind == REFERENCE and one.related is self.model]

    def _current(self) -> str:
        """Return the FROM item of the rows that count: a type may leave some out, such as values that were replaced."""
        rows = self.model._default_manager.order_by()
        if not rows.query.where:
            return self.table
        sql, parameters = rows.values("pk").query.sql_with_params()
        narrowed = connection.ops.compose_sql(sql, parameters)  # type: ignore[attr-defined]
        return f"(SELECT * FROM {self.table} WHERE {self.pk} IN ({narrowed}))"

    def make(self) -> None:
        """Create the empty table; it goes with the transaction."""
        extra = "".join(f", ADD COLUMN {self._code(one)} text" for one in self.own)
        self.run(f"CREATE TEMP TABLE {self.stage} ON COMMIT DROP AS SELECT * FROM {self.table} WITH NO DATA")
        self.run(f"ALTER TABLE {self.stage} ADD COLUMN {quoted(ROW)} bigint, ADD COLUMN _new boolean{extra}")

    def drop(self) -> None:
        """Remove the table before the transaction ends."""
        self.run(f"DROP TABLE {self.stage}")

    def fill(self, frame: pl.DataFrame) -> None:
        """Copy rows in: stored column names, typed values; references to the own table as text in their code column."""
        columns = ", ".join(quoted(name) for name in frame.columns)
        with (
            connection.cursor() as cursor,
            cursor.copy(f"COPY {self.stage} ({columns}) FROM STDIN (FORMAT csv)") as copy,
        ):
            for start in range(0, frame.height, 50_000):
                copy.write(csv_bytes(frame[start : start + 50_000]))
        self.run(f"ANALYZE {self.stage}")

    def match(self, defaults: dict[str, Any]) -> None:
        """Give each row the id of the row with its key, or a new one; complete both from the table and from defaults."""
        same = " AND ".join(f"s.{quoted(one.stored)} IS NOT DISTINCT FROM t.{quoted(one.stored)}" if one.field.null
                            else f"s.{quoted(one.stored)} = t.{quoted(one.stored)}" for one in self.key)  # fmt: skip
        absent = [
            str(field.column)
            for field in self.model._meta.concrete_fields
            if not field.primary_key and field.column not in {one.stored for one in self.columns}
        ]
        kept = "".join(f", {quoted(name)} = t.{quoted(name)}" for name in absent)
        self.run(
            f"UPDATE {self.stage} s SET {self.pk} = t.{self.pk}, _new = false{kept} FROM {self.current} t WHERE {same}"
        )
        made = "".join(f", {quoted(name)} = %s" for name in absent)
        self.run(
            f"UPDATE {self.stage} SET {self.pk} = nextval(pg_get_serial_sequence(%s, %s)), _new = true{made} "
            f"WHERE {self.pk} IS NULL",
            [self.table, self.model._meta.pk.column, *(defaults.get(name) for name in absent)],
        )
        for one in self.own:
            target: Any = self.model._meta.get_field(one.target)
            code = quoted(str(target.column))
            for where, alias in ((self.stage, "p"), (self.table, "p")):
                self.run(
                    f"UPDATE {self.stage} s SET {quoted(one.stored)} = {alias}.{self.pk} FROM {where} {alias} "
                    f"WHERE {alias}.{code} = s.{self._code(one)} AND s.{quoted(one.stored)} IS NULL"
                )

    def orphans(self) -> list[tuple[int, str]]:
        """Return rows whose reference to another row of the file leads nowhere, since that row was refused."""
        found: list[tuple[int, str]] = []
        for one in self.own:
            found += self.ask(
                f"SELECT {quoted(ROW)}, {self._code(one)} FROM {self.stage} s WHERE {self._code(one)} IS NOT NULL "
                f"AND NOT EXISTS (SELECT FROM {self.stage} p WHERE p.{self.pk} = s.{quoted(one.stored)}) "
                f"AND NOT EXISTS (SELECT FROM {self.table} p WHERE p.{self.pk} = s.{quoted(one.stored)})"
            )
        return found

    def broken_rules(self) -> Iterable[tuple[list[int], str]]:
        """Yield each rule of the table with the rows that break it: checks first, then what must be unique."""
        told = {str(one.name): rule_in_words(one) for one in self.model._meta.constraints}
        for name, condition in self.ask(
            "SELECT conname, pg_get_expr(conbin, conrelid) FROM pg_constraint "
            "WHERE conrelid = %s::regclass AND contype = 'c' ORDER BY conname",
            [self.table],
        ):
            rows = self.ask(f"SELECT {quoted(ROW)} FROM {self.stage} WHERE NOT ({condition})")
            yield [row for (row,) in rows], told.get(name, f"it breaks the rule {name.replace('_', ' ')}.")
        for name, columns, condition, nulls_same in self._unique():
            if set(columns) == {one.stored for one in self.key} and not condition:
                continue
            yield (
                self._clashes(columns, condition, nulls_same),
                told.get(name, f"another row has the same {_words(columns)}."),
            )

    def _unique(self) -> list[tuple[str, list[str], str | None, bool]]:
        return self.ask(
            "SELECT c.relname, array_agg(a.attname::text ORDER BY k.place), pg_get_expr(i.indpred, i.indrelid), "
            "i.indnullsnotdistinct FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid "
            "CROSS JOIN LATERAL unnest(i.indkey) WITH ORDINALITY AS k(number, place) "
            "JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.number "
            "WHERE i.indrelid = %s::regclass AND i.indisunique AND NOT i.indisprimary AND i.indexprs IS NULL "
            "GROUP BY c.relname, i.indpred, i.indrelid, i.indnullsnotdistinct ORDER BY c.relname",
            [self.table],
        )

    def _clashes(self, columns: list[str], condition: str | None, nulls_same: bool) -> list[int]:
        """Return rows that would share a unique value with a row outside the file, or with one another."""
        where = f"WHERE ({condition})" if condition else ""
        names = [quoted(name) for name in columns]
        operator = "IS NOT DISTINCT FROM" if nulls_same else "="
        same = " AND ".join(f"s.{name} {operator} t.{name}" for name in names)
        listed = ", ".join(names)
        filled = "" if nulls_same else " AND ".join(f"s.{name} IS NOT NULL" for name in names)
        rows = self.ask(
            f"WITH s AS (SELECT * FROM {self.stage} {where}), t AS (SELECT * FROM {self.table} {where}) "
            f"SELECT s.{quoted(ROW)} FROM s JOIN t ON {same} AND t.{self.pk} <> s.{self.pk} "
            f"WHERE NOT EXISTS (SELECT FROM {self.stage} o WHERE o.{self.pk} = t.{self.pk}) "
            f"UNION SELECT {quoted(ROW)} FROM (SELECT *, count(*) OVER (PARTITION BY {listed}) AS _many FROM s) s "
            f"WHERE _many > 1{f' AND {filled}' if filled else ''}"
        )
        return [row for (row,) in rows]

    def remove(self, rows: Iterable[int]) -> None:
        """Take refused rows out."""
        self.run(f"DELETE FROM {self.stage} WHERE {quoted(ROW)} = ANY (%s)", [list(rows)])

    def hidden_keys(self) -> list[int]:
        """Return new rows whose key belongs to an existing row; asked in a system scope, these are rows kept from sight."""
        same = " AND ".join(
            f"s.{quoted(one.stored)} IS NOT DISTINCT FROM t.{quoted(one.stored)}" for one in self.key
        )
        return [
            row
            for (row,) in self.ask(
                f"SELECT s.{quoted(ROW)} FROM {self.stage} s JOIN {self.current} t ON {same} WHERE s._new"
            )
        ]

    def outside(self, column: str, allowed: list[int], *, nobodys: bool) -> list[int]:
        """Return rows that belong, or belonged before, to none of the allowed owners; `nobodys` allows those without one."""
        name = quoted(column)
        none = "false" if nobodys else "true"
        return [
            row
            for (row,) in self.ask(
                f"SELECT s.{quoted(ROW)} FROM {self.stage} s LEFT JOIN {self.table} t ON t.{self.pk} = s.{self.pk} "
                f"WHERE coalesce(NOT s.{name} = ANY (%s), {none}) OR (t.{self.pk} IS NOT NULL AND "
                f"coalesce(NOT t.{name} = ANY (%s), {none}))",
                [allowed, allowed],
            )
        ]

    def other_than(self, column: str, value: str) -> list[int]:
        """Return rows that have another value in a column."""
        sql = f"SELECT {quoted(ROW)} FROM {self.stage} WHERE {quoted(column)} IS DISTINCT FROM %s"
        return [row for (row,) in self.ask(sql, [value])]

    @property
    def differs(self) -> str:
        """SQL that tells a row that changes from one that is as it was; `s` is the file's row and `t` the table's."""
        ours = ", ".join(f"s.{quoted(one.stored)}" for one in self.given if not one.key)
        theirs = ", ".join(f"t.{quoted(one.stored)}" for one in self.given if not one.key)
        return f"ROW({ours}) IS DISTINCT FROM ROW({theirs})" if ours else "false"

    def changed_in(self, columns: Iterable[Bound]) -> list[int]:
        """Return rows of existing records that would change one of some columns."""
        differs = " OR ".join(
            f"s.{quoted(one.stored)} IS DISTINCT FROM t.{quoted(one.stored)}" for one in columns
        )
        if not differs:
            return []
        return [
            row
            for (row,) in self.ask(
                f"SELECT s.{quoted(ROW)} FROM {self.stage} s JOIN {self.table} t ON t.{self.pk} = s.{self.pk} "
                f"WHERE NOT s._new AND ({differs})"
            )
        ]

    def counts(self) -> tuple[int, int, int]:
        """Return how many rows are new, changed and as they were."""
        ((new, changed, total),) = self.ask(
            f"SELECT count(*) FILTER (WHERE _new), count(*) FILTER (WHERE NOT _new AND {self.differs}), count(*) "
            f"FROM {self.stage} s LEFT JOIN {self.table} t ON t.{self.pk} = s.{self.pk}"
        )
        return new, changed, total - new - changed

    def changes(self, limit: int) -> list[tuple[int, bool, int, tuple[Any, ...], tuple[Any, ...]]]:
        """Return the first new and changed rows: position, new or not, id, values before and values after."""
        columns = [quoted(one.stored) for one in self.given]
        found = self.ask(
            f"SELECT s.{quoted(ROW)}, s._new, s.{self.pk}, {', '.join(f't.{name}' for name in columns)}, "
            f"{', '.join(f's.{name}' for name in columns)} FROM {self.stage} s "
            f"LEFT JOIN {self.table} t ON t.{self.pk} = s.{self.pk} WHERE s._new OR {self.differs} "
            f"ORDER BY s.{quoted(ROW)} LIMIT %s",
            [limit],
        )
        width = len(columns)
        return [(row[0], row[1], row[2], tuple(row[3 : 3 + width]), tuple(row[3 + width :])) for row in found]

    def upsert(self, touched: dict[str, Any], only: list[int] | None = None) -> None:
        """Write new and changed rows, one statement each; `touched` are stored columns that every change sets.

        With `only` just the rows at these positions.
        """
        narrowed = "" if only is None else f" AND s.{quoted(ROW)} = ANY (%s)"
        which = [] if only is None else [only]
        changed = [one for one in self.given if not one.key]
        if changed:
            sets = ", ".join(f"{quoted(one.stored)} = s.{quoted(one.stored)}" for one in changed)
            more = "".join(f", {quoted(name)} = %s" for name in touched)
            self.run(
                f"UPDATE {self.table} t SET {sets}{more} FROM {self.stage} s "
                f"WHERE t.{self.pk} = s.{self.pk} AND NOT s._new AND {self.differs}{narrowed}",
                [*touched.values(), *which],
            )
        columns = ", ".join(quoted(str(field.column)) for field in self.model._meta.concrete_fields)
        self.run(
            f"INSERT INTO {self.table} ({columns}) SELECT {columns} FROM {self.stage} s "
            f"WHERE _new{narrowed} ORDER BY {quoted(ROW)}",
            which,
        )

    def _code(self, one: Bound) -> str:
        return quoted(code_column(one))

    def run(self, sql: str, parameters: list[Any] | None = None) -> None:
        """Run a statement."""
        with connection.cursor() as cursor:
            cursor.execute(sql, parameters or None)

    def ask(self, sql: str, parameters: list[Any] | None = None) -> list[Any]:
        """Return a query's rows."""
        with connection.cursor() as cursor:
            cursor.execute(sql, parameters or None)
            return list(cursor.fetchall())


def code_column(one: Bound) -> str:
    """Return the staging column that holds the natural code of a reference to the own table."""
    return f"_code_{one.stored}"


def csv_bytes(frame: pl.DataFrame) -> bytes:
    """Write rows as PostgreSQL's COPY reads them: null bare, every text quoted, instants with their offset."""
    import polars.selectors as cs

    text = frame.with_columns(cs.datetime().dt.to_string("%Y-%m-%dT%H:%M:%S%.6f") + "+00:00")
    return text.write_csv(include_header=False, quote_style="non_numeric", null_value="").encode()


def _words(columns: list[str]) -> str:
    return " and ".join(name.removesuffix("_id").replace("_", " ") for name in columns)
