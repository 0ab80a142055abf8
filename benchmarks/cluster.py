"""A Spark standalone cluster of one master and two workers on this machine, for as long as it is measured or tested.

Every part listens on loopback alone.
"""

from __future__ import annotations

import os
import re
import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import NamedTuple

WORKERS = 2
PATIENCE = 300.0
"""Seconds until the cluster must stand; a Java of its own starts for each part."""

OPTIONS = "spark.executor.memory={memory} spark.executor.cores=1 spark.cores.max=2 spark.sql.shuffle.partitions={shuffles}"
"""One executor with one core on each worker."""


def options(*, memory: str = "768m", shuffles: int = 2) -> str:
    """Return STATEWORKS_SPARK_OPTIONS for the cluster."""
    return OPTIONS.format(memory=memory, shuffles=shuffles)


@contextmanager
def cluster(folder: Path, *, memory: str = "1g") -> Iterator[str]:
    """Start the cluster with its logs and work below a folder, yield its address, and stop it."""
    folder.mkdir(parents=True, exist_ok=True)
    with ExitStack() as running:
        master = running.enter_context(_part(folder, "master", "Master"))
        address = _told(master, r"Starting Spark master at (spark://127\.0\.0\.1:\d+)")
        workers = [
            running.enter_context(
                _part(
                    folder, f"worker-{number}", "Worker", "--cores", "1", "--memory", memory,
                    "--work-dir", str(folder / f"worker-{number}"), address,
                )
            )
            for number in range(WORKERS)
        ]  # fmt: skip
        for worker in workers:
            _told(worker, r"Successfully registered with master (\S+)")
        yield address


class _Running(NamedTuple):
    log: Path
    process: subprocess.Popen[bytes]


@contextmanager
def _part(folder: Path, name: str, kind: str, *arguments: str) -> Iterator[_Running]:
    """Run a part of the cluster in a process of its own, and yield it with the file it logs to."""
    import pyspark

    home = Path(pyspark.__file__).parent
    environment = os.environ | {
        "SPARK_HOME": str(home), "SPARK_LOCAL_IP": "127.0.0.1", "SPARK_DAEMON_MEMORY": "256m",
        "SPARK_MASTER_OPTS": "-Dspark.master.rest.enabled=false",
    }  # fmt: skip
    log = folder / f"{name}.log"
    command = [
        str(home / "bin" / "spark-class"), f"org.apache.spark.deploy.{kind.lower()}.{kind}", "--host", "127.0.0.1",
        "--port", "0", "--webui-port", "0", *arguments,
    ]  # fmt: skip
    with log.open("wb") as out:
        process = subprocess.Popen(
            command, env=environment, stdin=subprocess.DEVNULL, stdout=out, stderr=subprocess.STDOUT
        )
    try:
        yield _Running(log, process)
    finally:
        process.terminate()
        try:
            process.wait(timeout=30)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _told(part: _Running, pattern: str) -> str:
    """Wait until a part's log says something, and return what it names; a part that has ended will say nothing more."""
    until = time.monotonic() + PATIENCE
    why = f"in {PATIENCE:.0f} s"
    while time.monotonic() < until:
        ended = part.process.poll()
        if found := re.search(pattern, part.log.read_text(errors="replace")):
            return found[1]
        if ended is not None:
            why = f"before it ended with status {ended}"
            break
        time.sleep(0.1)
    said = part.log.read_text(errors="replace")[-2000:]
    raise RuntimeError(f"{part.log.stem} did not say “{pattern}” {why}:\n{said}")
