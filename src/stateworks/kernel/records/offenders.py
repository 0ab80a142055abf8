"""Rows that break a rule which PostgreSQL alone can judge, such as spans that overlap or a circle in a tree, found by halves."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import IntegrityError, transaction

from stateworks.kernel.history import noted
from stateworks.kernel.records.changes import database_words
from stateworks.kernel.records.rows import ROW
from stateworks.kernel.records.staging import Staging, quoted

MOST = 200
"""More rows than this that break a rule are no oversight: the file is refused as a whole."""


def write(
    staging: Staging, touched: Mapping[str, Any], facts: Mapping[str, Any], only: list[int] | None = None
) -> None:
    """Write the staged rows, or those at some positions, with who and why in their history."""
    with transaction.atomic(), noted(**facts):
        staging.upsert(dict(touched), only)
        if only is None:
            # References would be checked at the end of the transaction; here a preview meets the same error.
            staging.run("SET CONSTRAINTS ALL IMMEDIATE")
            staging.run("SET CONSTRAINTS ALL DEFERRED")


def offenders(staging: Staging, touched: Mapping[str, Any], facts: Mapping[str, Any]) -> dict[int, str]:
    """Return the positions of the rows that the database refuses, each with its words, and leave the table as it was.

    Of two rows that cannot stand together the second is refused. Nothing where there are too many, or where no row by itself
    is at fault.
    """
    found: dict[int, str] = {}

    def settle(positions: list[int]) -> None:
        try:
            write(staging, touched, facts, positions)
        except IntegrityError as error:
            if len(positions) == 1:
                found[positions[0]] = database_words(error)
            elif len(found) <= MOST:
                middle = len(positions) // 2
                settle(positions[:middle])
                settle(positions[middle:])

    with transaction.atomic():
        settle([row for (row,) in staging.ask(f"SELECT {quoted(ROW)} FROM {staging.stage} ORDER BY 1")])
        transaction.set_rollback(True)
    return found if len(found) <= MOST else {}
