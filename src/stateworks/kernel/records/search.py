"""Search over every record type by its `search` columns, fast at hundred thousands of rows and within a scope.

Row security hides an index from a condition on words, so each type has a function of its own that looks with the owner's
eyes, keeps to the scope itself, and gives away of what is out of reach its number alone. `install` keeps indexes and
functions in line with what modules declare; it runs after each migration.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection as app_connection
from django.db import models

from stateworks.kernel.access.policies import WHOLE_STATE
from stateworks.kernel.access.scope import Scope
from stateworks.kernel.lake.contracts import literal
from stateworks.kernel.records.fields import REFERENCE, TEXT, Bound, bound
from stateworks.kernel.records.types import RecordType, record_types

MOST = 10
PENDING_KIB = 256
"""How much of what was just written may wait beside an index, where each search reads all of it; PostgreSQL lets 4 MiB wait."""


@dataclass(frozen=True)
class Found:
    """What a search found of one type: the first records, how many in all, and how many are out of reach."""

    declared: RecordType
    records: tuple[models.Model, ...]
    total: int
    hidden: int


def search(text: str, scope: Scope, *, most: int = MOST, leave_out: Sequence[str] = ()) -> list[Found]:
    """Return what is found of each type, exact matches first; each word asked for begins a word of the record.

    Call it inside the scope. One query in all, and one for each type of which something is shown.
    """
    types = [one for one in record_types() if searched(one) and one.name not in leave_out]
    if not text.strip() or not types:
        return []
    parts = " UNION ALL ".join(
        f"SELECT {place} AS place, f.* FROM {_function(one)}(records_asked(%s), %s, %s) f"
        for place, one in enumerate(types)
    )
    with app_connection.cursor() as cursor:
        cursor.execute(parts, [value for _ in types for value in (text, text.strip().lower(), most)])
        rows = cursor.fetchall()
    found = []
    for place, records, seen, hidden in rows:
        declared = types[place]
        if seen or hidden:
            shown = _records(declared, records or [], scope)
            # A wall of the module's own may be narrower than the scope: what it hides counts as hidden.
            kept = len(records or []) - len(shown)
            found.append(Found(declared, tuple(shown), seen - kept, hidden + kept))
    return found


def _records(declared: RecordType, ids: list[int], scope: Scope) -> list[models.Model]:
    if not ids:
        return []
    rows = declared.rows(scope).filter(pk__in=ids)
    # What a hit says of itself: its key, and the organization it belongs to.
    keys = (bound(declared, name) for name in declared.key)
    related = {str(one.field.name) for one in keys if one.kind == REFERENCE}
    if declared.organization not in (None, "pk"):
        related.add(str(declared.organization))
    by_id = {row.pk: row for row in rows.prefetch_related(*related)}
    return [by_id[pk] for pk in ids if pk in by_id]


def searched(declared: RecordType) -> list[Bound]:
    """Return the columns whose words are indexed: the type's own texts among its search columns."""
    return [one for name in declared.search if (one := bound(declared, name)).kind == TEXT]


def install(connection: Any) -> None:
    """Make the index and the function of each registered type, and remove those of types that are gone."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regprocedure('records_vector(text)') IS NOT NULL")
        if not cursor.fetchone()[0]:
            return
        cursor.execute(
            "SELECT c.relname, obj_description(c.oid, 'pg_class') FROM pg_class c "
            "WHERE c.relkind = 'i' AND c.relname LIKE 'records\\_search\\_%%' AND c.relnamespace = current_schema()::regnamespace"
        )
        before = dict(cursor.fetchall())
        cursor.execute(
            "SELECT proname FROM pg_proc WHERE proname LIKE 'records\\_find\\_%%' "
            "AND pronamespace = current_schema()::regnamespace"
        )
        gone = {name for (name,) in cursor.fetchall()}
        kept = set()
        for declared in record_types():
            table = declared.model._meta.db_table
            cursor.execute("SELECT to_regclass(%s) IS NOT NULL", [connection.ops.quote_name(table)])
            if not searched(declared) or not cursor.fetchone()[0]:
                continue
            index = f"records_search_{_short(declared)}"
            made = f"USING gin (records_vector({_words(declared, '')})) WITH (gin_pending_list_limit = {PENDING_KIB})"
            if before.get(index) != made:
                cursor.execute(f"DROP INDEX IF EXISTS {index}")
                cursor.execute(f'CREATE INDEX {index} ON "{table}" {made}')
                cursor.execute(f"COMMENT ON INDEX {index} IS %s", [made])
            cursor.execute(_function_sql(declared, connection))
            kept |= {index}
            gone.discard(_function(declared))
        for name in set(before) - kept:
            cursor.execute(f'DROP INDEX IF EXISTS "{name}"')
        for name in gone:
            cursor.execute(f'DROP FUNCTION IF EXISTS "{name}"')


def _short(declared: RecordType) -> str:
    plain = declared.name.replace(".", "_").lower()
    return plain if len(plain) <= 40 else f"{plain[:30]}_{hashlib.sha256(plain.encode()).hexdigest()[:8]}"


def _function(declared: RecordType) -> str:
    return f"records_find_{_short(declared)}"


def _words(declared: RecordType, table: str) -> str:
    """Return the SQL of a row's words; index and question must have the same."""
    return " || ' ' || ".join(f"coalesce({table}\"{one.stored}\", '')" for one in searched(declared))


def _reached(declared: RecordType, path: str) -> str:
    """Return the SQL of what a path leads to from a row, such as the id of its organization."""
    model, sql = declared.model, ""
    for place, step in enumerate(path.split("__")):
        field: Any = model._meta.pk if step == "pk" else model._meta.get_field(step)
        if place == 0:
            sql = f't."{field.column}"'
        else:
            sql = f'(SELECT r{place}."{field.column}" FROM "{model._meta.db_table}" r{place} WHERE r{place}.id = {sql})'
        if field.related_model is not None:
            model = field.related_model
    return sql


def _function_sql(declared: RecordType, connection: Any) -> str:
    table, pk = declared.model._meta.db_table, declared.model._meta.pk.column
    shown = "true"
    if declared.organization is not None:
        own = f"{_reached(declared, declared.organization)} IN (SELECT access_visible_organizations())"
        if declared.seen_once is not None:
            path, value = declared.seen_once
            own = f"({own} AND ({_reached(declared, path)} = {literal(value)} OR {WHOLE_STATE}))"
        shown = f"coalesce((SELECT access_sees_everything()) OR {own}, false)"
    current = ""
    rows = declared.model._default_manager.order_by()
    if rows.query.where:
        sql, parameters = rows.values("pk").query.get_compiler(connection=connection).as_sql()
        current = f' AND t."{pk}" IN ({connection.ops.compose_sql(sql, parameters)})'
    # Never row by row: a session keeps the plan it made, and what was made for a few rows would hold for a hundred thousand.
    columns = searched(declared)
    exact = " OR ".join(f"t_{place} = typed" for place in range(len(columns)))
    begins = " OR ".join(f"starts_with(t_{place}, typed)" for place in range(len(columns)))
    texts = ", ".join(f't."{one.stored}" AS w_{place}' for place, one in enumerate(columns))
    lower = ", ".join(f"lower(w_{place}) AS t_{place}" for place in range(len(columns)))
    found = f"records_vector({_words(declared, 't.')}) @@ words{current}"
    # Most types have no hit: that is found out by the index alone, with a plan that the session keeps.
    return f"""
CREATE OR REPLACE FUNCTION {_function(declared)}(
    words tsquery, typed text, most integer, OUT records bigint[], OUT seen bigint, OUT hidden bigint
) LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path FROM CURRENT SET enable_seqscan = off AS $find$
#variable_conflict use_column
BEGIN
    seen := 0;
    hidden := 0;
    IF NOT EXISTS (SELECT FROM "{table}" t WHERE {found}) THEN
        RETURN;
    END IF;
    WITH hits AS MATERIALIZED (
        SELECT t."{pk}" AS record, {shown} AS shown, {texts} FROM "{table}" t WHERE {found}
    )
    SELECT (
        SELECT array_agg(first.record ORDER BY first.place) FROM (
            SELECT record, row_number() OVER (ORDER BY coalesce({exact}, false) DESC,
                coalesce({begins}, false) DESC, t_0, record) AS place
            FROM (SELECT record, {lower} FROM hits WHERE shown) near ORDER BY place LIMIT most
        ) first
    ), count(*) FILTER (WHERE shown), count(*) FILTER (WHERE NOT shown)
    INTO records, seen, hidden FROM hits;
END
$find$"""
