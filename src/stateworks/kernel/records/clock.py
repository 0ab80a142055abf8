"""A clock for each table of records: it moves for a reader exactly when what was changed is there for him to see.

`install` lets every table that keeps history, and the tree of organizations, tell their changes; it runs after each
migration. Whoever remembers something notes what the clocks of its tables showed before he read it.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import pghistory.models
from django.apps import apps
from django.db import connection as app_connection

TRIGGER = "records_tells_change"
_ALSO = ("org_organizationclosure",)
_WORD = re.compile(r"[a-z_][a-z0-9_]*")


@dataclass(frozen=True)
class Clocks:
    """What the clocks show to a transaction: a number for each table that ever changed, and which it has changed itself."""

    shown: Mapping[str, int]
    own: frozenset[str]

    def of(self, tables: Collection[str]) -> tuple[int, ...]:
        """Return what the clocks of some tables show, in the order of their names."""
        return tuple(self.shown.get(table, 0) for table in sorted(tables))

    def changed_here(self, tables: Collection[str]) -> bool:
        """Tell whether this transaction itself has changed one of the tables: nobody else sees that yet."""
        return not self.own.isdisjoint(tables)


READ = """
coalesce((SELECT json_object_agg(about, shown) FROM (SELECT about, sum(n) AS shown FROM records_mark GROUP BY about) m), '{}'),
ARRAY(SELECT about FROM records_mark WHERE made = nullif(current_setting('stateworks.mark', true), '')::bigint)
"""


def read() -> Clocks:
    """Return what the clocks show now; one query."""
    with app_connection.cursor() as cursor:
        cursor.execute(f"SELECT {READ}")
        return clocks_of(*cursor.fetchone())


def clocks_of(shown: Any, own: list[str]) -> Clocks:
    """Make what a query for `READ` answered into clocks."""
    import json

    return Clocks(json.loads(shown) if isinstance(shown, str) else shown, frozenset(own))


@lru_cache(maxsize=1)
def told() -> frozenset[str]:
    """Return the tables whose changes are told."""
    found = {
        str(tracked._meta.db_table)
        for model in apps.get_models()
        if issubclass(model, pghistory.models.Event)
        and (tracked := getattr(model, "pgh_tracked_model", None)) is not None
    }
    return frozenset({*found, *_ALSO})


@lru_cache(maxsize=1)
def _tables() -> frozenset[str]:
    return frozenset(
        {str(model._meta.db_table) for model in apps.get_models(include_auto_created=True)} | told()
    )


def mentioned(sql: str) -> set[str]:
    """Return the tables of models that a statement names."""
    return set(_WORD.findall(sql)) & _tables()


def install(connection: Any) -> None:
    """Let each table tell its changes; one that does already is left alone."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regprocedure('records_note_change()') IS NOT NULL")
        if not cursor.fetchone()[0]:
            return
        cursor.execute(
            "SELECT c.relname, t.tgname IS NOT NULL FROM pg_class c "
            "LEFT JOIN pg_trigger t ON t.tgrelid = c.oid AND t.tgname = %s "
            "WHERE c.relkind = 'r' AND c.relnamespace = current_schema()::regnamespace",
            [TRIGGER],
        )
        tells = dict(cursor.fetchall())
        for table in sorted(told()):
            if tells.get(table) is False:
                cursor.execute(
                    f'CREATE TRIGGER {TRIGGER} AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON "{table}" '
                    "FOR EACH STATEMENT EXECUTE FUNCTION records_note_change()"
                )
