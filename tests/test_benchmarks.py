"""Every comparison of the benchmarks runs on little data, and both of its sides find the same; seconds are not judged."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from benchmarks import engines, impact, inventory_pages, suite

#: Some seventy pieces of work, a process for each: on a busy machine more than the ten minutes that a test may take.
pytestmark = [pytest.mark.long, pytest.mark.timeout(3_600)]
ROOT = Path(__file__).parents[1]


def test_both_sides_of_every_comparison_find_the_same(tmp_path: Path) -> None:
    kept = tmp_path / "results.json"
    environment = {name: value for name, value in os.environ.items() if name != "STATEWORKS_HOME"}
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks", "--scale", "0.001", "--repeat", "1", "--json", str(kept)],
        cwd=ROOT,
        env=environment | {"TMPDIR": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    results = json.loads(kept.read_text())
    assert {result["name"] for result in results} == {
        *suite.COMPARISONS,
        *(one.name for one in engines.COMPARISONS),
        impact.NAME,
        inventory_pages.NAME,
        suite.PAGES,
    }
    assert [result["what"] for result in results if not result["agreed"]] == []
    table = [line for line in done.stdout.splitlines() if line.startswith("| ")]
    assert len(table) == len(results) + 2
    assert "stateworks --help" in done.stdout
    # Nothing of the measured instance is left.
    assert list(tmp_path.glob("stateworks-bench-*")) == []


def test_an_unknown_name_is_refused_with_the_known_ones() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks", "--only", "nonsense"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert "nonsense" in done.stderr
    assert "feed-intake" in done.stderr
