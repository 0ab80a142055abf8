"""The first load of a dataset lays its rows out at once; what comes out is what every other way gives."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from stateworks.kernel.access.scope import SYSTEM, entered
from stateworks.kernel.lake import partfiles, rewriting, staging, tables
from stateworks.kernel.lake.models import Import
from stateworks.kernel.lake.store import current_version

MAPPING = "servicenow-incident-export"
HEADER = "Number,Opened,Resolved,Closed,Updated,State,Channel,Category,Company,Assignment group,Reassignment count,Reopen count"


def export(folder: Path, rows: int = 40) -> Path:
    """Forty tickets over ten months; two stand there twice, one of them with an older update before it."""
    lines = [
        f"INC{at:04},{at % 10 + 1:02}/0{at % 9 + 1}/2026 09:30:00,,,{at % 10 + 1:02}/0{at % 9 + 1}/2026 10:00:00,"
        f"In Progress,Phone,Category {at % 3},,{'Service Desk' if at % 2 else 'Team'},{at % 4},0"
        for at in range(rows)
    ]
    lines.insert(3, lines[7])
    lines.insert(5, lines[12].replace(" 10:00:00", " 09:45:00"))
    path = folder / "tickets.csv"
    path.write_text("\n".join([HEADER, *lines]) + "\n")
    return path


@pytest.mark.parametrize("held", [5, 1_000_000])
@pytest.mark.parametrize("open_files", [2, 200])
def test_rows_laid_out_at_once_are_the_rows_compared_and_written(
    load: Callable[..., Import], rows: Callable[..., Any], refused: Callable[..., Any], tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch, held: int, open_files: int,
) -> None:  # fmt: skip
    monkeypatch.setattr(staging, "ROWS_AT_ONCE", 7)
    monkeypatch.setattr(partfiles, "ROWS_HELD", held)
    monkeypatch.setattr(partfiles, "OPEN_FILES", open_files)
    first = load("desk.ticket", export(tmp_path), MAPPING)
    assert (first.read, first.inserted, first.unchanged, first.quarantined) == (42, 40, 1, 1)
    laid_out = rows()
    (older,) = refused()
    assert (older.row, older.code) == (7, "key.twice")
    assert "Line 15 has the same" in older.reason

    # As if something had been there: rows are staged as they are, and completed when they are written.
    load("desk.ticket", export(tmp_path), MAPPING)
    assert rows() == laid_out


def test_rows_without_doubles_go_in_as_they_lie(
    load: Callable[..., Import], rows: Callable[..., Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    written: list[object] = []
    monkeypatch.setattr(tables, "write_parquet", lambda *given, **_more: written.append(given))
    monkeypatch.setattr(rewriting, "rewrite", lambda *given, **_more: written.append(given))
    path = export(tmp_path)
    lines = path.read_text().splitlines()
    path.write_text("\n".join([*lines[:4], *lines[5:6], *lines[7:]]) + "\n")
    done = load("desk.ticket", path, MAPPING)
    assert (done.read, done.inserted, written) == (40, 40, [])
    found = rows()
    assert len(found) == 40
    with entered(SYSTEM):
        listing = tables.listing("desk.ticket", current_version("desk.ticket"))
    assert listing.parts == {f"m2026-{month:02}": 4 for month in range(1, 11)}
    again = load("desk.ticket", path, MAPPING)
    assert (again.unchanged, again.inserted, again.updated) == (40, 0, 0)


def test_what_was_loaded_meanwhile_is_compared_with(
    load: Callable[..., Import], rows: Callable[..., Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    load("desk.ticket", export(tmp_path, 30), MAPPING)
    # When it was staged nothing was there; when it had the lock there was.
    monkeypatch.setattr(staging, "current_version", lambda _dataset: -1)
    done = load("desk.ticket", export(tmp_path, 40), MAPPING)
    assert (done.inserted, done.updated, done.unchanged, done.quarantined) == (10, 0, 31, 1)
    assert len(rows()) == 40
    with entered(SYSTEM):
        assert current_version("desk.ticket") > 0
