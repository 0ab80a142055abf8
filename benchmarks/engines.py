"""Spark against DuckDB on the same files: all indicators of a plan, figure by figure, and a month's bill, to the cent.

Spark runs on a cluster of two workers on this machine, so that what is compared is the same two cores; what a cluster
gains, it gains where data no longer fits one machine. The cluster stands before the clock starts, the session does not.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from benchmarks import billing, feeds, planruns
from benchmarks.cluster import cluster, options
from benchmarks.harness import Comparison, Result, isolated
from benchmarks.harness import measure as compared

MEMORY = "3g"


def measure(one: Comparison, folder: Path, scale: float, repeat: int | None = None) -> Result:
    """Time both engines while a cluster runs; only different figures count against us."""
    with cluster(folder / f"cluster-{one.name}", memory=MEMORY) as address:
        (folder / "master").write_text(address)
        result = compared(one, folder, scale, repeat)
        start = isolated(session, folder, scale).seconds
    note = f"included a session's start, asked for alone {start:.0f} s; memory is that of Python alone"
    return replace(result, target="same figures", met=result.agreed, note=note)


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


def billed_by_spark(folder: Path, scale: float) -> billing.Answer:
    """Draft the month's invoices from what the cluster adds up."""
    with _on_cluster(folder):
        return billing.draft(folder, scale, engine="spark")


COMPARISONS = (
    Comparison(
        name="spark", what="All indicators of the plan on Spark, two workers", prepare=planruns.prepare,
        before=planruns.not_computed, ours=by_spark, baseline=planruns.whole, baseline_name="the same on DuckDB", target=1,
        rows=feeds.tickets, repeat=1, same=planruns.same_figures, elsewhere=True,
    ),
    Comparison(
        name="spark-billing", what="Billing run of a month on Spark, two workers", prepare=billing.prepare, before=billing.forget,
        ours=billed_by_spark, baseline=billing.draft, baseline_name="the same on DuckDB", target=1, rows=billing.usage_rows,
        repeat=1, elsewhere=True,
    ),
)  # fmt: skip
