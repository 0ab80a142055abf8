"""Spark against DuckDB: all indicators of a plan, the same measures on the same files, figure by figure.

Spark runs on a cluster of two workers on this machine, so that what is compared is the same two cores; what a cluster
gains, it gains where data no longer fits one machine. The cluster stands before the clock starts, the session does not.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from benchmarks import feeds, planruns
from benchmarks.cluster import cluster, options
from benchmarks.harness import Comparison, Result, isolated
from benchmarks.harness import measure as compared

NAME = "spark"
MEMORY = "3g"


def measure(folder: Path, scale: float, repeat: int | None = None) -> list[Result]:
    """Time both engines while a cluster runs; only different figures count against us."""
    with cluster(folder / "cluster", memory=MEMORY) as address:
        (folder / "master").write_text(address)
        found = compared(COMPARISON, folder, scale, repeat)
        start = isolated(session, folder, scale).seconds
    note = f"included a session's start, asked for alone {start:.0f} s; memory is that of Python alone"
    return [replace(found, target="same figures", met=found.agreed, note=note)]


@contextmanager
def _on_cluster(folder: Path) -> Iterator[None]:
    from django.test import override_settings

    address = (folder / "master").read_text()
    asked = options(memory="2g", shuffles=4) + " spark.driver.memory=2g"
    with override_settings(SPARK_MASTER=address, SPARK_OPTIONS=asked, SPARK_LAKE=""):
        yield


def session(folder: Path, scale: float) -> None:
    """Start a session on the cluster and have it answer with one row."""
    from stateworks.kernel.lake.engines import open_engine

    with _on_cluster(folder), open_engine("spark") as engine:
        engine.execute_sql("SELECT 1 AS one", {})


def by_spark(folder: Path, scale: float) -> planruns.Answer:
    """Compute everything anew on the cluster and store it with its evidence."""
    with _on_cluster(folder):
        run = planruns.compute_anew(engine="spark")
    return lambda: planruns.measured(run)


COMPARISON = Comparison(
    name=NAME, what="All indicators of the plan on Spark, two workers", prepare=planruns.prepare,
    before=planruns.not_computed, ours=by_spark, baseline=planruns.whole, baseline_name="the same on DuckDB", target=1,
    rows=feeds.tickets, repeat=1, same=planruns.same_figures, elsewhere=True,
)  # fmt: skip
