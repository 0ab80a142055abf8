"""Ten million tickets through the door: every one counted, in bounded memory, and the same file again changes nothing."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.faults.table import SIZE, Record, told

ROOT = Path(__file__).parents[1]
MILLION = 1_000_000
PEAK_MIB = 3_500


@pytest.mark.parametrize(
    "rows", [pytest.param(10 * MILLION, marks=[pytest.mark.full, pytest.mark.minutes(7)]), 3_000]
)
def test_tickets_in_bounded_memory(rows: int, tmp_path: Path, record_property: Record) -> None:
    environment = {name: value for name, value in os.environ.items() if name != "STATEWORKS_HOME"}
    done = subprocess.run(
        [sys.executable, "-m", "tests.ten_million", str(rows)],
        cwd=ROOT, env=environment | {"TMPDIR": str(tmp_path)}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout.splitlines()[-1])
    if rows == 10 * MILLION:
        first, again = found["first"]["answer"], found["again"]["answer"]
        peak = max(found[step]["peak"] for step in ("first", "again"))
        told(
            record_property, SIZE, tried=2, where=f"loaded twice, {peak:,.0f} MiB at most", lost=rows - first["inserted"],
            twice=again["inserted"], half=0, done_again=int(again["unchanged"] == rows),
        )  # fmt: skip
    nothing = {"quarantined": 0, "removed": 0, "unassigned": 0, "updated": 0}
    assert found["first"]["answer"] == {"read": rows, "inserted": rows, "unchanged": 0, **nothing}
    assert found["again"]["answer"] == {"read": rows, "inserted": 0, "unchanged": rows, **nothing}
    # What the generator drew, counted before any of it was written to a file.
    assert found["measure"]["answer"] == found["truth"]
    resolved, reopened = found["truth"]
    assert rows * 0.9 < resolved < rows
    assert 0 < reopened < resolved * 0.1
    for step in ("first", "again"):
        assert found[step]["peak"] < PEAK_MIB, f"{step} took {found[step]['peak']:.0f} MiB"
    assert list(tmp_path.glob("stateworks-bench-*")) == []
