"""`--engine spark` from the command line, in a process of its own that starts Spark on a real cluster and stops it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from benchmarks.cluster import cluster, options

from stateworks.config.postgres import Server
from stateworks.modules.desk import feeds

pytestmark = pytest.mark.long

ROOT = Path(__file__).parents[1]
SAMPLES = Path(feeds.__file__).parent / "samples"
PLAN = "louisiana-ots"


@pytest.fixture(scope="module")
def command(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., Any]]:
    """Run a command in an instance with the desk's sample and a plan: what it printed as JSON, and its status."""
    home, strange = tmp_path_factory.mktemp("command"), ("STATEWORKS_", "DATABASE_", "DJANGO_")
    with cluster(tmp_path_factory.mktemp("cluster")) as address:
        environment = {name: value for name, value in os.environ.items() if not name.startswith(strange)} | {
            "STATEWORKS_HOME": str(home), "STATEWORKS_SPARK_MASTER": address, "STATEWORKS_SPARK_OPTIONS": options(),
        }  # fmt: skip

        def run(*arguments: str, **more: str) -> tuple[int, Any, str]:
            done = subprocess.run(
                [str(Path(sys.executable).with_name("stateworks")), *arguments], env=environment | more, cwd=home,
                capture_output=True, text=True, check=False, timeout=600,
            )  # fmt: skip
            return (
                done.returncode,
                json.loads(done.stdout) if done.stdout.startswith(("{", "[")) else done.stdout,
                done.stderr,
            )

        run("init")
        run("data", "import", "office.organization", str(ROOT / "plans" / "organizations-louisiana.csv"))
        run("plan", "load", str(ROOT / "plans" / f"{PLAN}.yaml"))
        file = str(SAMPLES / "servicenow_incidents.csv")
        status, _, said = run(
            "data", "import", "desk.ticket", file, "--mapping", "servicenow-incident-export"
        )
        assert status < 2, said
        yield run
    Server(home).destroy()


def measured(figure: dict[str, Any]) -> dict[str, float]:
    """What is equal within a tolerance."""
    return {name: value for name, value in figure.items() if isinstance(value, float)}


def whole(figure: dict[str, Any]) -> dict[str, Any]:
    """What is equal to the last digit, and which columns are measured."""
    return {name: None if isinstance(value, float) else value for name, value in figure.items()}


def test_a_measure_prints_the_same_with_either_engine(command: Callable[..., Any]) -> None:
    for by in ("month", "agency"):
        asked = (
            "measure",
            "desk.tier1_resolve_time",
            "--by",
            by,
            "--as-of",
            "2027-06-30",
            "--format",
            "json",
        )
        ours, theirs = command(*asked, "--engine", "spark"), command(*asked)
        assert ours[0] == theirs[0] == 0, ours[2]
        assert len(ours[1]) > 1
        for one, other in zip(ours[1], theirs[1], strict=True):
            assert whole(one) == whole(other)
            assert measured(one) == pytest.approx(measured(other), rel=1e-9)


def test_a_run_says_its_engine_and_verifies_with_either(command: Callable[..., Any]) -> None:
    status, told, said = command(
        "indicators", "run", "--plan", PLAN, "--as-of", "2027-06-30", "--engine", "spark", "--format", "json"
    )
    assert (status, told["engine"]) == (0, "spark"), said
    counts = []
    for more in ((), ("--engine", "duckdb"), ("--engine", "spark")):
        status, found, said = command("verify", "--format", "json", *more)
        assert (status, found["differences"], found["skipped"]) == (0, [], 0), said
        counts.append(found["checked"])
    assert counts[0] == counts[1] == counts[2] > 10


def test_a_cluster_that_is_gone_is_told_at_once_and_changes_nothing(command: Callable[..., Any]) -> None:
    before = command("indicators", "show", "1.2.1", "--plan", PLAN, "--format", "json")[1]
    status, told, said = command(
        "indicators",
        "run",
        "--plan",
        PLAN,
        "--engine",
        "spark",
        STATEWORKS_SPARK_MASTER="spark://127.0.0.1:9",
    )
    assert (status, told) == (2, "")
    assert said.startswith("No Spark master answers at spark://127.0.0.1:9 (Connection refused);")
    assert command("indicators", "show", "1.2.1", "--plan", PLAN, "--format", "json")[1] == before
