"""Tables that tests fill and that stand at the end of a run: they hand rows over as a property, which workers pass on, too."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Table:
    """A table by the name of the property that carries its rows; the first column's width is that of its longest cell."""

    name: str
    title: str
    head: tuple[str, ...]
    sort_by: int
    """So many of a row's first cells give the order."""


AUTHORIZATION = Table(
    "authorization",
    "Who gets what",
    ("", "method", "anonymous", "nobody", "wrong", "right", "approver", "auditor"),
    2,
)
FAULTS = Table("faults", "What was tried", ("what", "tried", "lost", "twice", "half", "again", "where"), 1)
TABLES = (AUTHORIZATION, FAULTS)


def tell(record: Callable[[str, object], None], table: Table, rows: Sequence[Sequence[object]]) -> None:
    """Hand rows over; `record` is the fixture `record_property`."""
    record(table.name, json.dumps(rows))


def write(reporter: Any) -> None:
    """Print each table that has rows."""
    # Under "" are those of a test's end: what a fixture hands over after the test stands only there.
    reports = [one for kind in ("passed", "failed", "skipped", "") for one in reporter.stats.get(kind, [])]
    carried = dict.fromkeys(
        tuple(pair) for report in reports for pair in getattr(report, "user_properties", ())
    )
    for table in TABLES:
        rows = [row for name, text in carried if name == table.name for row in json.loads(text)]
        if not rows:
            continue
        reporter.section(table.title)
        width = max(len(first) for first, *_ in rows)
        for first, *cells in [table.head, *sorted(rows, key=lambda row: row[: table.sort_by])]:
            line = " ".join([first.ljust(width), *(str(one).ljust(9) for one in cells)])
            reporter.write_line(line.rstrip())
