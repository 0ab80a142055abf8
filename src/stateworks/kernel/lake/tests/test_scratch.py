"""Folders of processes that are gone are swept by the next; those of the living stay."""

from __future__ import annotations

import os
import subprocess

import pytest

from stateworks.kernel.lake import tables
from stateworks.kernel.lake.scratch import SCRATCH, scratch_folder, spill_of_reader


def gone() -> int:
    """The number of a process that has ended."""
    with subprocess.Popen(["true"]) as process:
        return process.pid


def test_what_killed_processes_left_is_swept() -> None:
    base, dead, alive = tables.lake_root() / SCRATCH, gone(), os.getppid()
    left = [base / f"snapshot-0a-{dead}", spill_of_reader(dead)]
    used = [base / f"import-7-0a-{alive}", spill_of_reader(alive)]
    for folder in (*left, *used):
        folder.mkdir(parents=True)
        (folder / "rows.parquet").write_bytes(b"rows")
    with scratch_folder("snapshot") as folder, scratch_folder("snapshot") as beside:
        assert folder.parent == beside.parent == base and folder != beside
        assert not any(one.exists() for one in left)
        assert all((one / "rows.parquet").exists() for one in used)
    assert not folder.exists() and not beside.exists()


def fail_half_way() -> None:
    with scratch_folder("compact") as folder:
        (folder / "rows.parquet").write_bytes(b"rows")
        raise ValueError("half way")


def test_nothing_stays_of_work_that_fails() -> None:
    with pytest.raises(ValueError, match="half way"):
        fail_half_way()
    assert list((tables.lake_root() / SCRATCH).iterdir()) == []
