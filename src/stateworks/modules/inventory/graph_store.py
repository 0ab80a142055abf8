"""The graph that this process keeps: read from the tables in bulk, and read anew when their clock has moved."""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping
from dataclasses import replace
from datetime import date

import numpy as np
from django.db import connection

from stateworks.kernel.access.scope import SYSTEM, entered
from stateworks.kernel.records import clock
from stateworks.modules.inventory.graph import NONE, Graph, Ints, Rows, build

_LIVE = "(retired_on IS NULL OR retired_on > '{today}')"
_GROUP = """CASE WHEN "group" = '' THEN 0 ELSE hashtextextended("group", 0) END"""

#: What is read of each table: the columns as numbers, by the name the graph knows them by.
_READ: dict[str, tuple[str, dict[str, str], str]] = {
    "system": ("inventory_system", {
        "id": "id", "organization": "organization_id", "criticality": "left(criticality, 1)::int",
        "rank": "coalesce(critical_rank, 32767)", "vendor": "vendor_id",
        "hosted": "(hosting NOT IN ('state', 'agency'))::int",
        "none_known": "coalesce(none_attested_until >= '{today}', false)::int",
    }, "lifecycle <> 'retired' AND " + _LIVE),
    "component": ("inventory_component", {
        "id": "id", "system": "system_id", "technology": "technology_id", "vendor": "vendor_id", "site": "site_id",
        "essential": "essential::int", "group": _GROUP, "min_up": "min_up",
    }, _LIVE),
    "dependency": ("inventory_dependency", {
        "id": "id", "system": "system_id", "component": "component_id", "provider": "provider_id",
        "provider_component": "provider_component_id", "hard": "(strength = 'hard')::int", "group": _GROUP,
        "min_up": "min_up",
    }, _LIVE),
    "environment": ("inventory_environment", {
        "system": "system_id", "site": "site_id", "standby": "(kind = 'standby')::int",
    }, "kind IN ('production', 'standby') AND site_id IS NOT NULL AND " + _LIVE),
    "stack": ("inventory_stack", {"system": "system_id", "technology": "technology_id"}, _LIVE),
    "site": ("inventory_site", {"id": "id", "vendor": "vendor_id"}, _LIVE),
    "technology": ("inventory_technology", {"id": "id", "vendor": "vendor_id"}, "true"),
}  # fmt: skip

_kept: dict[str, tuple[date, Graph]] = {}
_building = threading.Lock()


def graph(today: date) -> Graph:
    """Return the graph as this transaction sees the tables, of what is live on a day.

    It is kept for as long as its clock stands still. A transaction that has changed the graph itself and has not committed
    gets one of its own, which nobody else is given.
    """
    with entered(SYSTEM):
        version, dirty = _clock()
        if dirty:
            return _read(today, version, dirty=True)
        name = connection.settings_dict["NAME"]
        if (found := _fresh(name, today, version)) is not None:
            return found
        with _building:
            # Another thread may have built it while this one waited.
            if (found := _fresh(name, today, version)) is not None:
                return found
            # The clock was read before the tables: a change in between makes the graph newer than it says, never older.
            made = _read(today, version)
            kept = _kept.get(name)
            if kept is None or kept[1].version <= version:
                _kept[name] = (today, made)
            return made


def forget() -> None:
    """Let go of the graphs that are kept, as a test between two databases does."""
    _kept.clear()


def _fresh(name: str, today: date, version: int) -> Graph | None:
    kept = _kept.get(name)
    return kept[1] if kept is not None and kept[0] == today and kept[1].version == version else None


def _clock() -> tuple[int, bool]:
    """Return the clocks of the graph's tables as one number, and whether this transaction has changed one of them."""
    clocks = clock.read()
    tables = [table for table, _, _ in _READ.values()]
    return sum(clocks.of(tables)), clocks.changed_here(tables)


def _read(today: date, version: int, *, dirty: bool = False) -> Graph:
    began = time.perf_counter()
    tables = {name: _table(*what, today) for name, what in _READ.items()}
    made = build(Rows(**tables), version=version, dirty=dirty)
    return replace(made, seconds=time.perf_counter() - began).ready()


def _table(table: str, columns: Mapping[str, str], where: str, today: date) -> dict[str, Ints]:
    """Read columns of numbers in PostgreSQL's binary form, whose rows then all have the same length."""
    told = ", ".join(f"coalesce(({text})::bigint, {NONE})" for text in columns.values())
    query = f"COPY (SELECT {told} FROM {table} WHERE {where}) TO STDOUT (FORMAT BINARY)".replace(
        "{today}", str(today)
    )
    received = bytearray()
    with connection.cursor() as cursor, cursor.copy(query) as copy:
        for block in copy:
            received += block
    # A head of 19 bytes, then rows (a count of fields, and for each field its length and value), then two bytes.
    fields = [part for name in columns for part in ((f"{name} length", ">i4"), (name, ">i8"))]
    form = np.dtype([("fields", ">i2"), *fields])
    rows = np.frombuffer(received, form, count=(len(received) - 21) // form.itemsize, offset=19)
    return {name: rows[name].astype(np.int64) for name in columns}
