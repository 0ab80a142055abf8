"""Months with changes are written again: in memory where they fit, otherwise by DuckDB, with the same rows."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from stateworks.kernel.access.scope import SYSTEM, entered
from stateworks.kernel.lake import rewriting, tables
from stateworks.kernel.lake.mapping import MappingDocument
from stateworks.kernel.lake.mappings import mapping_named
from stateworks.kernel.lake.models import Import
from stateworks.kernel.lake.store import current_version

HEADER = "Number,Opened,Resolved,Closed,Updated,State,Channel,Category,Company,Assignment group,Reassignment count,Reopen count"


def ticket(number: int, month: int, *, updated: str = "10:00", category: str = "Mail") -> str:
    """One ticket, opened on the fifth of a month."""
    day = f"{month:02}/05/2026"
    return (
        f"INC{number:04},{day} 09:30:00,,,{day} {updated}:00,In Progress,Phone,{category},,Service Desk,0,0"
    )


FIRST = [ticket(at, at % 4 + 1) for at in range(16)]
NEXT = [
    *FIRST[:3],
    ticket(3, 4, updated="11:00", category="Printer"),  # changed where it is
    *FIRST[4:6],
    ticket(6, 4, updated="11:00"),  # from March to April
    *FIRST[7:13],  # 13 to 15 are gone, of February, March and April
    ticket(16, 1),  # new in a month that is there
    ticket(17, 9),  # new in a month of its own
]


@pytest.mark.parametrize("at_once", [0, 1_000_000])
def test_months_are_written_again_with_what_stays(
    load: Callable[..., Import], rows: Callable[..., Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, at_once: int
) -> None:  # fmt: skip
    monkeypatch.setattr(rewriting, "ROWS_AT_ONCE", at_once)
    by_duckdb: list[str] = []
    write = tables.write_parquet

    def noted(*given: Any, **more: Any) -> list[tables.WrittenFile]:
        by_duckdb.append(more["prefix"])
        return write(*given, **more)

    monkeypatch.setattr(tables, "write_parquet", noted)
    mapping = snapshot()
    load("desk.ticket", written(tmp_path, FIRST), mapping)
    done = load("desk.ticket", written(tmp_path, NEXT), mapping)
    assert (done.inserted, done.updated, done.unchanged, done.removed) == (2, 2, 11, 3)
    assert bool(by_duckdb) is (at_once == 0)
    with entered(SYSTEM):
        found = tables.listing("desk.ticket", current_version("desk.ticket"))
    # January: 0, 4, 8, 12 and 16. February: 1, 5 and 9. March: 2 and 10. April: 3, 7, 11 and 6.
    assert found.parts == {"m2026-01": 5, "m2026-02": 3, "m2026-03": 2, "m2026-04": 4, "m2026-09": 1}
    held = {row["number"]: row["category"] for row in rows().values()}
    assert held == {f"INC{at:04}": "Printer" if at == 3 else "Mail" for at in (*range(13), 16, 17)}
    again = load("desk.ticket", written(tmp_path, NEXT), mapping)
    assert (again.inserted, again.updated, again.unchanged, again.removed) == (0, 0, 15, 0)


def test_a_part_that_does_not_fit_is_left_to_duckdb(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rewriting, "ROWS_AT_ONCE", 10)
    parts = {"m2026-01": 10, "m2026-02": 11}
    one, two = (f"/lake/desk/ticket/_part={part}/a.parquet" for part in parts)
    assert rewriting.fits(10, parts, [one])
    assert not rewriting.fits(11, parts, [one])
    assert not rewriting.fits(1, parts, [one, two])


def snapshot() -> MappingDocument:
    """The export's mapping for files that say everything their source holds."""
    from dataclasses import replace

    return replace(mapping_named("servicenow-incident-export"), load="snapshot")


def written(folder: Path, lines: list[str]) -> Path:
    """Write a file of tickets."""
    path = folder / "tickets.csv"
    path.write_text("\n".join([HEADER, *lines]) + "\n")
    return path
