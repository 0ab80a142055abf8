"""What is said of a full disk, and that the page about faults has the rows that the tests fill."""

from __future__ import annotations

import errno
import logging
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.db import OperationalError

from stateworks.config import noted
from stateworks.config.testing_tables import FAULTS
from stateworks.kernel import full_disk
from tests.architecture.sources import ROOT
from tests.faults.table import ROWS, Tally

PAGE = ROOT / "docs" / "reference" / "faults.md"
REMEDY = "Make room on it, then do the same again."


def raised(error: Exception, cause: Exception) -> Exception:
    try:
        raise error from cause
    except type(error) as found:
        return found


def test_a_full_disk_is_named_whoever_met_it(settings: Any, tmp_path: Path) -> None:
    lake = Path(settings.LAKE_ROOT)
    file = str(lake / "desk" / "ticket" / "_part=m2026-10" / "a.parquet")
    full = OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), file)
    told = f"The disk that holds {lake} is full; nothing was kept. {REMEDY}"
    # Python; DuckDB, whose errors are of a kind that the database's are, too; polars and Delta in the words of Rust.
    assert full_disk.words(full) == told
    assert (
        full_disk.words(OperationalError(f'IO Error: Could not write file "{file}": No space left on device'))
        == told
    )
    assert (
        full_disk.words(
            RuntimeError(f"Generic LocalFileSystem error: {file}: No space left on device (os error 28)")
        )
        == told
    )
    assert full_disk.words(raised(ValueError("commit failed"), full)) == told
    elsewhere = OSError(errno.EDQUOT, os.strerror(errno.EDQUOT), str(tmp_path / "export.csv"))
    assert full_disk.words(elsewhere) == f"The disk that holds {tmp_path} is full; nothing was kept. {REMEDY}"
    database = raised(
        OperationalError("could not extend file"), psycopg.errors.DiskFull("could not extend file")
    )
    assert full_disk.words(database) == f"The disk of the database is full; nothing was kept. {REMEDY}"


@pytest.mark.parametrize(
    "error",
    [
        OSError(errno.EACCES, "Permission denied", "/x"),
        OperationalError("connection refused"),
        ValueError("space left"),
    ],
)
def test_other_errors_are_none_of_it(error: Exception) -> None:
    assert full_disk.words(error) is None


def test_what_cannot_be_noted_is_done_all_the_same(
    settings: Any, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    settings.STATEWORKS_HOME = tmp_path / "gone"
    with caplog.at_level(logging.WARNING, logger=noted.__name__):
        noted.write("backup", datetime(2026, 11, 2, tzinfo=UTC))
    assert "the doctor does not know of this backup" in caplog.text
    assert noted.read("backup") is None


def test_a_tally_counts_what_is_wrong() -> None:
    """One row of three is loaded: half; a row of before is gone: lost; another stands there twice."""
    from collections import Counter

    before = Counter([("rows", 1), ("rows", 2), ("runs", 1)])
    whole = before + Counter([("rows", 3), ("rows", 4)])
    tally = Tally("killed: intake")
    for seen in (before, whole):
        tally.interrupted(before, whole, seen)
    assert (tally.tried, tally.half, tally.lost, tally.twice) == (2, 0, 0, 0)
    tally.interrupted(before, whole, before + Counter([("rows", 3)]))
    assert (tally.half, tally.lost, tally.twice) == (1, 0, 0)
    tally.interrupted(before, whole, Counter([("rows", 1), ("runs", 1)]))
    assert (tally.half, tally.lost, tally.twice) == (2, 1, 0)
    tally.interrupted(before, whole, before + Counter([("runs", 1)]))
    assert (tally.half, tally.lost, tally.twice) == (3, 1, 1)
    tally.repeated(whole, whole)
    tally.repeated(whole, before)
    assert (tally.lost, tally.twice, tally.done_again) == (3, 1, 1)
    with pytest.raises(AssertionError):
        tally.holds()


def test_the_page_has_the_rows_that_the_tests_fill() -> None:
    lines = [line for line in PAGE.read_text(encoding="utf-8").splitlines() if line.startswith("| ")]
    cells = [[cell.strip() for cell in line.strip("| ").split("|")] for line in lines]
    start = cells.index(list(FAULTS.head))
    assert [first for first, *_ in cells[start + 2 : start + 2 + len(ROWS)]] == sorted(ROWS)
