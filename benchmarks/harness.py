"""Time two ways of doing the same work in turn, each in a process of its own, and print them side by side."""

from __future__ import annotations

import json
import multiprocessing
import resource
import time
import traceback
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median
from typing import Any

Side = Callable[[Path, float], Any]
"""A piece of work: takes its folder and the scale, and returns what it found, so that both sides can be compared."""


@dataclass(frozen=True)
class Comparison:
    """Our way and a baseline for the same work, with the ratio that is acceptable.

    `prepare` makes the input once, untimed. `ours` and `baseline` must return equal values (`same` says when they are).
    `before` runs untimed before every repetition of either side, to put the ground back as it was.
    """

    what: str
    prepare: Side
    ours: Side
    baseline: Side
    baseline_name: str
    target: float
    rows: Callable[[float], int]
    repeat: int = 3
    before: Side | None = None
    same: Callable[[Any, Any], bool] = lambda ours, theirs: ours == theirs
    faster: bool = False
    """The target is how many times faster than the baseline we must be, not how much slower we may be."""


@dataclass(frozen=True)
class Result:
    """What was measured: medians in seconds, peaks in MiB, and our time over the baseline's."""

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


class SideFailedError(Exception):
    """One side of a comparison failed; the message is its traceback."""


def measure(comparison: Comparison, folder: Path, scale: float) -> Result:
    """Run both sides in turn and return their medians; raises SideFailedError when a side fails."""
    folder.mkdir(parents=True, exist_ok=True)
    isolated(comparison.prepare, folder, scale)
    runs: dict[str, list[tuple[float, float, Any]]] = {"ours": [], "baseline": []}
    for _ in range(comparison.repeat):
        for name in ("baseline", "ours"):
            if comparison.before is not None:
                isolated(comparison.before, folder, scale)
            runs[name].append(isolated(getattr(comparison, name), folder, scale))
    ours, theirs = (median(run[0] for run in runs[name]) for name in ("ours", "baseline"))
    peaks = [max(run[1] for run in runs[name]) for name in ("ours", "baseline")]
    ratio = ours / theirs
    met = ratio <= 1 / comparison.target if comparison.faster else ratio <= comparison.target
    return Result(
        what=comparison.what,
        rows=comparison.rows(scale),
        ours=ours,
        baseline=theirs,
        baseline_name=comparison.baseline_name,
        ratio=ratio,
        target=f"{comparison.target:g} x faster" if comparison.faster else f"<= {comparison.target:g} x",
        met=met,
        peak=peaks[0],
        baseline_peak=peaks[1],
        agreed=comparison.same(runs["ours"][-1][2], runs["baseline"][-1][2]),
    )


def isolated(side: Side, folder: Path, scale: float) -> tuple[float, float, Any]:
    """Do a piece of work in a fresh process; returns its seconds, its peak memory in MiB and its answer.

    Importing and connecting happen before the clock starts: a side is a function whose module has been imported, and
    Django is set up for both sides alike.
    """
    context = multiprocessing.get_context("spawn")
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
    seconds, peak, value = answer
    return seconds, peak, value


def _work(side: Side, folder: Path, scale: float, pipe: Any) -> None:
    try:
        import django

        django.setup()
        before = time.perf_counter()
        value = side(folder, scale)
        seconds = time.perf_counter() - before
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        pipe.send(("done", (seconds, peak, value)))
    except BaseException:
        pipe.send(("failed", traceback.format_exc()))
        raise
    finally:
        pipe.close()


def table(results: list[Result]) -> str:
    """Lay results out as a Markdown table."""
    lines = [
        "| what | rows | ours s | baseline s | ratio | target | met | peak MiB | baseline MiB | same answer |",
        "| --- | ---: | ---: | ---: | ---: | --- | --- | ---: | ---: | --- |",
    ]
    lines += [
        f"| {result.what} (against {result.baseline_name}) | {result.rows:,} | {result.ours:.2f} |"
        f" {result.baseline:.2f} | {result.ratio:.2f} | {result.target} | {'yes' if result.met else 'no'} |"
        f" {result.peak:.0f} | {result.baseline_peak:.0f} | {'yes' if result.agreed else 'NO'} |"
        for result in results
    ]
    return "\n".join(lines)


def save(results: list[Result], path: Path) -> None:
    """Keep results as JSON, for comparing runs."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps([asdict(result) for result in results], indent=2) + "\n")
