"""A session of Spark: the one that is running here, or one that is started for the settings; refused in one sentence.

What must be there is looked for first, since Spark itself waits a minute for what is missing and then says so in many lines.
"""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from django.conf import settings

from stateworks.kernel.errors import Refused

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

OLDEST_JAVA = 17
WAIT_FOR_WORKERS = 120.0
"""Seconds until a cluster that gives no worker is given up."""

STARTED_WITH = {
    "spark.app.name": "stateworks",
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
    "spark.log.level": "ERROR",
}
"""How Spark is started, unless STATEWORKS_SPARK_OPTIONS says otherwise: quiet, and with no page that anybody could open."""

LOOPBACK = {"spark.driver.host": "127.0.0.1", "spark.driver.bindAddress": "127.0.0.1"}

MEANT = {
    "spark.sql.session.timeZone": "UTC",
    # A sum that does not fit, or a text that is no number, is an error and never a wrong figure or an empty one.
    "spark.sql.ansi.enabled": "true",
    "spark.sql.files.ignoreMissingFiles": "false",
    "spark.sql.files.ignoreCorruptFiles": "false",
    # Texts in stored SQL are written with these two rules in mind.
    "spark.sql.parser.escapedStringLiterals": "false",
    "spark.sql.ansi.doubleQuotedIdentifiers": "false",
    # Days before 1582 are what the files say, as for DuckDB.
    "spark.sql.parquet.datetimeRebaseModeInRead": "CORRECTED",
}
"""What the meaning of a query depends on, whatever the cluster's own configuration says."""


def opened_session() -> tuple[SparkSession, Callable[[], None]]:
    """Return a session with views of its own, and how to let go of it."""
    try:
        import pyspark
        from pyspark import SparkContext
        from pyspark.sql import SparkSession
    except ImportError:
        raise Refused(
            "The engine spark needs pyspark, which is not installed; install it with `pip install 'stateworks[spark]'`, "
            "or use `--engine duckdb`."
        ) from None
    if int(pyspark.__version__.partition(".")[0]) < 4:
        raise Refused(
            f"The engine spark needs pyspark 4 and found {pyspark.__version__}; install the newer one."
        )
    running = SparkContext._active_spark_context is not None
    session = SparkSession.builder.getOrCreate().newSession() if running else _started()
    for name, value in MEANT.items():
        session.conf.set(name, value)
    # Spark that somebody else started here, as in a notebook, is not ours to stop.
    return session, (lambda: None) if running else session.stop


def _started() -> SparkSession:
    from pyspark.sql import SparkSession

    master = settings.SPARK_MASTER
    require_java()
    require_master(master)
    near = master.startswith("local") or all(host in {"127.0.0.1", "localhost"} for host, _ in _hosts(master))
    wanted = STARTED_WITH | (LOOPBACK if near else {}) | options(settings.SPARK_OPTIONS)
    builder = SparkSession.builder.master(master)
    for name, value in wanted.items():
        builder = builder.config(name, value)
    try:
        session = builder.getOrCreate()
    except Exception as error:
        said = " ".join(str(error).split())[:300].rstrip(".")
        raise Refused(
            f"Spark did not start at {master}: {said}. Check STATEWORKS_SPARK_MASTER and STATEWORKS_SPARK_OPTIONS."
        ) from error
    try:
        _require_workers(session, master)
    except Refused:
        session.stop()
        raise
    return session


def options(text: str) -> dict[str, str]:
    """Read Spark's own settings, written as `name=value` with blanks between them."""
    found = {}
    for part in text.split():
        name, sign, value = part.partition("=")
        if not sign or not name.startswith("spark."):
            raise Refused(
                f"STATEWORKS_SPARK_OPTIONS has “{part}”; write Spark's settings as spark.executor.memory=4g, with blanks between."
            )
        found[name] = value
    return found


def require_java() -> str:
    """Return the version of the Java that Spark will start; refused where there is none, or one too old."""
    home = os.environ.get("JAVA_HOME", "")
    java = shutil.which("java", path=os.path.join(home, "bin")) if home else shutil.which("java")
    remedy = (
        f"install Java {OLDEST_JAVA} (on Debian: apt-get install openjdk-{OLDEST_JAVA}-jre-headless), name its folder in "
        "JAVA_HOME, or use `--engine duckdb`."
    )
    if java is None:
        where = f"there is none in JAVA_HOME, {home}" if home else "there is none"
        raise Refused(f"The engine spark needs Java {OLDEST_JAVA} or newer, and {where}; {remedy}")
    told = subprocess.run([java, "-version"], capture_output=True, text=True, check=False)
    found = re.search(r'version "(?:1\.)?(\d+)[^"]*"', told.stderr + told.stdout)
    if found is None or int(found[1]) < OLDEST_JAVA:
        version = f"is version {found[1]}" if found else "does not tell its version"
        raise Refused(f"The engine spark needs Java {OLDEST_JAVA} or newer, and {java} {version}; {remedy}")
    return found[0].partition('"')[2].rstrip('"')


def _hosts(master: str) -> list[tuple[str, int]]:
    """Return hosts and ports of a standalone cluster's masters; of other kinds of cluster none."""
    if not master.startswith("spark://"):
        return []
    pairs = [part.rpartition(":") for part in master.removeprefix("spark://").split(",")]
    if any(not host or not port.isdigit() for host, _, port in pairs):
        raise Refused(f"STATEWORKS_SPARK_MASTER is {master}; write it as spark://host:7077.")
    return [(host, int(port)) for host, _, port in pairs]


def require_master(master: str) -> None:
    """Refuse a standalone cluster none of whose masters answers."""
    failed = ""
    for place in _hosts(master):
        try:
            socket.create_connection(place, timeout=10).close()
        except OSError as error:
            failed = str(error.strerror or error)
        else:
            return
    if failed:
        raise Refused(
            f"No Spark master answers at {master} ({failed}); start the cluster, or correct STATEWORKS_SPARK_MASTER."
        )


def _require_workers(session: SparkSession, master: str) -> None:
    """Wait for the first worker: without one every query would wait for ever."""
    if master.startswith("local"):
        return
    context = session.sparkContext._jsc.sc()
    until = time.monotonic() + WAIT_FOR_WORKERS
    # The driver counts as one.
    while context.isStopped() or context.getExecutorMemoryStatus().size() < 2:
        if context.isStopped() or time.monotonic() > until:
            raise Refused(
                f"The Spark cluster at {master} gave no worker within {WAIT_FOR_WORKERS:.0f} seconds; see that its workers "
                "run and have the memory and cores that are asked for (STATEWORKS_SPARK_OPTIONS)."
            )
        time.sleep(0.1)
