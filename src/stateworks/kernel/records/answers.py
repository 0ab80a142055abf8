"""Answers about many rows that a process remembers until one of the tables they were read from has changed.

    answers = Answers(scope)
    answers.of(figures, today)      # what the function `figures(scope, today)` says
    answers.count(rows)             # how many rows a query finds

What a function says has to follow from the database and its arguments alone, and nobody may change the answer. Which
tables it read is noted while it reads, and with them those that their walls ask. The clocks are looked at before, so that
an answer may be newer than they say, never older. Who sees the same organizations is given the same answer. What a
transaction has changed itself, and has not committed, it reads each time.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from functools import cached_property
from typing import Any, TypeVar

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import QuerySet

from stateworks.kernel.access.scope import SYSTEM, Scope, entered
from stateworks.kernel.lake.memory import Memory
from stateworks.kernel.records import clock

T = TypeVar("T")

_SIGHT = """
current_setting('stateworks.account', true), access_sees_everything(),
CASE WHEN access_sees_everything() OR access_sees_every_organization() THEN 'all'
ELSE (SELECT md5(string_agg(id::text, ',' ORDER BY id)) FROM access_visible_organizations() id) END
"""

#: What an account holds is part of what it sees; a question of its own about grants or accounts is another thing.
_HELD = re.compile(r'"access_grant" \w+ INNER JOIN "access_account" \w+')
_PERSONAL = re.compile(r"access_holds|= \( SELECT access_account")


@dataclass(frozen=True)
class _Kept:
    """An answer with the tables it was read from and what their clocks showed."""

    tables: frozenset[str]
    shown: tuple[int, ...]
    answer: Any


class Answers:
    """What may be asked within a scope that has been entered; the clocks are read once, with the first question."""

    def __init__(self, scope: Scope) -> None:
        self.scope = scope

    def of(self, ask: Callable[..., T], *asked: Hashable) -> T:
        """Return what a function says of the scope and further arguments, which have to be hashable."""
        return self._remembered(_name(ask, asked), lambda: ask(self.scope, *asked))

    def of_everything(self, ask: Callable[..., T], *asked: Hashable) -> T:
        """Return the same of all rows, whoever may see them: for numbers that name nothing."""

        def within() -> T:
            with entered(SYSTEM):
                return ask(SYSTEM, *asked)

        clocks, _ = self._standing
        return _answered(clocks, ("all", True, *_name(ask, asked)), within)

    def count(self, rows: QuerySet[Any, Any]) -> int:
        """Return how many rows a query finds."""
        return self._of_query("count", rows.order_by(), lambda query: query.count(), 0)

    def read(self, rows: QuerySet[Any, Any]) -> tuple[Any, ...]:
        """Return what a query of a few values finds, such as a page's ids; rows themselves are no answers to keep."""
        return self._of_query("read", rows, tuple, ())

    def _of_query(self, what: str, rows: QuerySet[Any, Any], read: Callable[[Any], T], nothing: T) -> T:
        try:
            sql, parameters = rows.query.sql_with_params()
        except EmptyResultSet:
            return nothing
        return self._remembered((what, sql, repr(parameters)), lambda: read(rows))

    def _remembered(self, key: tuple[Hashable, ...], read: Callable[[], T]) -> T:
        clocks, sight = self._standing
        return read() if sight is None else _answered(clocks, (sight, self.scope.everything, *key), read)

    @cached_property
    def _standing(self) -> tuple[clock.Clocks, str | None]:
        """What the clocks show, and what the scope sees as a short text; none for whom nothing is remembered."""
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT {clock.READ}, {_SIGHT}")
            shown, own, account, everything, sight = cursor.fetchone()
        known = (account or "") == str(self.scope.account_id or "") and everything == self.scope.everything
        return clock.clocks_of(shown, own), sight if known else None


def _name(ask: Callable[..., Any], asked: tuple[Hashable, ...]) -> tuple[Hashable, ...]:
    return ("ask", ask.__module__, ask.__qualname__, *asked)


def _answered(clocks: clock.Clocks, asked: tuple[Hashable, ...], read: Callable[[], T]) -> T:
    key = (connection.settings_dict["NAME"], *asked)
    kept: _Kept | None = _memory.get(key)
    if kept is not None and not clocks.changed_here(kept.tables) and kept.shown == clocks.of(kept.tables):
        known: T = kept.answer
        return known
    statements: list[str] = []

    def note(execute: Callable[..., Any], sql: str, *rest: Any) -> Any:
        statements.append(sql)
        return execute(sql, *rest)

    with connection.execute_wrapper(note):
        answer = read()
    tables = _read_from(statements)
    if tables is not None and not clocks.changed_here(tables):
        _memory.keep(key, _Kept(tables, clocks.of(tables), answer), rows=_size(answer))
    return answer


def _read_from(statements: list[str]) -> frozenset[str] | None:
    """Return the tables that statements read, and those that their walls ask.

    None where that is not enough to go by: a table tells no changes, a function reads out of sight, or a wall asks who
    somebody is and not where his grants are.
    """
    walls = _walls()
    asked = [_HELD.sub("", sql) for sql in statements]
    found = set().union(*(clock.mentioned(sql) for sql in asked))
    waiting = list(found)
    while waiting:
        wall = walls.get(waiting.pop(), "")
        if _PERSONAL.search(wall):
            return None
        more = clock.mentioned(wall) - found
        found |= more
        waiting += more
    unseen = any("records_find_" in sql for sql in statements)
    return frozenset(found) if found <= clock.told() and not unseen else None


def _walls() -> dict[str, str]:
    """Return the condition of each table's wall; read once for a database."""
    name = connection.settings_dict["NAME"]
    if name not in _known_walls:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT tablename, coalesce(qual, '') FROM pg_policies WHERE schemaname = current_schema()"
            )
            walls: list[tuple[str, str]] = cursor.fetchall()
        _known_walls[name] = dict(walls)
    return _known_walls[name]


def _size(answer: Any) -> int:
    if isinstance(answer, dict):
        return sum(_size(value) for value in answer.values()) + 1
    return len(answer) + 1 if isinstance(answer, (list, tuple, frozenset)) else 1


def forget() -> None:
    """Let go of everything that is remembered."""
    _memory.forget()


_memory = Memory()
_known_walls: dict[str, dict[str, str]] = {}
