"""Time two ways of doing the same work in turn, each in a process of its own, and print them side by side."""

from __future__ import annotations

import importlib
import json
import multiprocessing
import os
import resource
import time
import traceback
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median
from typing import Any

Side = Callable[[Path, float], Any]
"""A piece of work: takes its folder and the scale, and returns what it found, so that both sides can be compared.

Where finding that out is no part of the work, it returns a function instead, which is called when the clock has stopped.
"""

HEAVY = (
    "duckdb", "polars", "pyarrow", "deltalake", "ibis.backends.duckdb", "dataframely", "holidays.countries",
    "ibis.formats.pyarrow", "pyarrow.parquet", "scipy.special",
)  # fmt: skip
"""What takes long to import; a worker of a running instance has it in memory."""


@dataclass(frozen=True)
class Comparison:
    """Our way and a baseline for the same work, with the ratio that is acceptable.

    `prepare` makes the input once, untimed. `ours` and `baseline` must return equal values (`same` says when they are).
    `before` runs untimed before every repetition of either side, to put the ground back as it was.
    """

    name: str
    what: str
    prepare: Side
    ours: Side
    baseline: Side
    baseline_name: str
    target: float
    rows: Callable[[float], int]
    repeat: int = 3
    before: Side | None = None
    same: Callable[[Any, Any], bool] = lambda ours, theirs: bool(ours == theirs)
    faster: bool = False
    """The target is how many times faster than the baseline we must be, not how much slower we may be."""
    sample: Callable[[float], int] | None = None
    """How many of the rows the baseline does, where all of them would take too long: its time is scaled up."""
    elsewhere: bool = False
    """Most of the work is done by others, PostgreSQL or Spark, so that this process's own time on the processor says little."""


@dataclass(frozen=True)
class Run:
    """One side, once: wall-clock and processor seconds, peak memory in MiB, and what it found."""

    seconds: float
    processor: float
    peak: float
    answer: Any


@dataclass(frozen=True)
class Result:
    """What was measured: medians in seconds, peaks in MiB, and our time over the baseline's."""

    name: str
    what: str
    rows: int
    ours: float
    baseline: float
    baseline_name: str
    ratio: float
    target: str
    met: bool
    peak: float
    baseline_peak: float
    agreed: bool
    note: str = ""
    difference: str = ""
    processor: float = 0.0
    baseline_processor: float = 0.0


class SideFailedError(Exception):
    """One side of a comparison failed; the message is its traceback."""


def measure(comparison: Comparison, folder: Path, scale: float, repeat: int | None = None) -> Result:
    """Run both sides in turn and return their medians; raises SideFailedError when a side fails."""
    folder.mkdir(parents=True, exist_ok=True)
    isolated(comparison.prepare, folder, scale)
    runs: dict[str, list[Run]] = {"ours": [], "baseline": []}
    for _ in range(repeat or comparison.repeat):
        for name in ("baseline", "ours"):
            if comparison.before is not None:
                isolated(comparison.before, folder, scale)
            runs[name].append(isolated(getattr(comparison, name), folder, scale))
    rows, share, note = comparison.rows(scale), 1.0, ""
    if comparison.sample is not None:
        sampled = min(rows, comparison.sample(scale))
        share = rows / sampled
        note = f"baseline timed on {sampled:,} rows and scaled up"
    found = [runs[name][-1].answer for name in ("ours", "baseline")]
    agreed = comparison.same(*found)
    ours = median(run.seconds for run in runs["ours"])
    theirs = median(run.seconds for run in runs["baseline"]) * share
    ratio = ours / theirs
    return Result(
        name=comparison.name,
        what=comparison.what,
        rows=rows,
        ours=ours,
        baseline=theirs,
        baseline_name=comparison.baseline_name,
        ratio=ratio,
        target=f"{comparison.target:g} x faster" if comparison.faster else f"<= {comparison.target:g} x",
        met=ratio <= 1 / comparison.target if comparison.faster else ratio <= comparison.target,
        peak=max(run.peak for run in runs["ours"]),
        baseline_peak=max(run.peak for run in runs["baseline"]),
        agreed=agreed,
        note=note,
        difference="" if agreed else " but by the baseline ".join(str(one)[:500] for one in found),
        processor=0 if comparison.elsewhere else median(run.processor for run in runs["ours"]),
        baseline_processor=0
        if comparison.elsewhere
        else median(run.processor for run in runs["baseline"]) * share,
    )


def isolated(side: Side, folder: Path, scale: float) -> Run:
    """Do a piece of work in a fresh process.

    Importing and connecting happen before the clock starts, as in a worker that has been up for a while: a side is a
    function whose module has been imported, and Django and the libraries are set up for both sides alike.
    """
    context = multiprocessing.get_context("forkserver")
    # Imported once in the process that all others are forked from; nothing is used there, so no thread runs in it.
    context.set_forkserver_preload(list(HEAVY))
    here, there = context.Pipe(duplex=False)
    process = context.Process(target=_work, args=(side, folder, scale, there))
    process.start()
    there.close()
    try:
        kind, answer = here.recv()
    except EOFError:
        kind, answer = "failed", f"{side.__qualname__} ended without an answer (killed, or out of memory)."
    process.join()
    if kind == "failed":
        raise SideFailedError(answer)
    return Run(*answer)


def _work(side: Side, folder: Path, scale: float, pipe: Any) -> None:
    try:
        # Without a main module's file DuckDB takes us for a person at a prompt, and draws progress bars for him.
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        _warm()
        began = resource.getrusage(resource.RUSAGE_SELF)
        before = time.perf_counter()
        value = side(folder, scale)
        seconds = time.perf_counter() - before
        ended = resource.getrusage(resource.RUSAGE_SELF)
        processor = ended.ru_utime + ended.ru_stime - began.ru_utime - began.ru_stime
        peak = peak_memory()
        pipe.send(("done", (seconds, processor, peak, value() if callable(value) else value)))
    except BaseException:
        pipe.send(("failed", traceback.format_exc()))
        raise
    finally:
        pipe.close()


def _warm() -> None:
    """Import what either side needs and connect to the database."""
    import django

    django.setup()
    for name in HEAVY:
        importlib.import_module(name)
    from django.db import connection

    connection.ensure_connection()


def peak_memory() -> float:
    """Return the most memory this process has held so far, in MiB."""
    try:
        # Not ru_maxrss where it can be helped: that counts the parent's memory from before exec.
        for line in Path("/proc/self/status").read_text().splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) / 1024
    except OSError:
        pass
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def table(results: list[Result]) -> str:
    """Lay results out as a Markdown table."""
    lines = [
        "| what | rows | ours s | baseline s | ratio | processor ratio | target | met | peak MiB | baseline MiB | same answer |",
        "| --- | ---: | ---: | ---: | ---: | ---: | --- | --- | ---: | ---: | --- |",
    ]
    for result in results:
        cells = (
            f"{result.what} (against {result.baseline_name}){'; ' if result.note else ''}{result.note}",
            f"{result.rows:,}",
            _seconds(result.ours),
            _seconds(result.baseline),
            _ratio(result.ratio),
            _processor(result),
            result.target,
            "yes" if result.met else "no",
            f"{result.peak:.0f}",
            f"{result.baseline_peak:.0f}",
            "yes" if result.agreed else "NO",
        )
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def _seconds(seconds: float) -> str:
    return f"{seconds:,.1f}" if seconds >= 10 else f"{seconds:.2f}" if seconds >= 1 else f"{seconds:.3f}"


def _processor(result: Result) -> str:
    """Show the ratio of processor time, which neighbours on the machine disturb less."""
    return _ratio(result.processor / result.baseline_processor) if result.baseline_processor else ""


def _ratio(ratio: float) -> str:
    return f"{ratio:.2f}" if ratio >= 0.1 else f"{ratio:.4f}"


def save(results: list[Result], path: Path) -> None:
    """Keep results as JSON, for comparing runs."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps([asdict(result) for result in results], indent=2) + "\n")
