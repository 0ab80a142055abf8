"""Ask a site's pages over and over in this process, without a network, and say how they fare with many rows behind them.

A page is fast enough when it takes at most half as long again as with few rows, asks the database as many questions, and
95 of 100 requests are answered within the limit. How long the first request of a process takes, for an address that nobody
asked for before, is noted beside it.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median, quantiles
from typing import Any

from benchmarks.harness import Result, Side, isolated

RATIO, P95 = 1.5, 0.2
WARM_UP, REQUESTS = 2, 25


@dataclass(frozen=True)
class Visited:
    """What was seen of a page: status, queries to PostgreSQL, and seconds of the first request and of those that count.

    `processor` is what one of these took of processor time, here and in PostgreSQL.
    """

    status: int
    queries: int
    first: float
    seconds: list[float]
    processor: float = 0.0


Seen = dict[str, Visited]


def visited(client: Any, addresses: Sequence[str]) -> Visited | None:
    """Ask for some addresses of one page in turn; none where there is no such page."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    # One line a request would hide the table.
    logging.getLogger("stateworks.requests").setLevel(logging.WARNING)
    before = time.perf_counter()
    statuses = {client.get(addresses[0]).status_code}
    first = time.perf_counter() - before
    statuses |= {client.get(address).status_code for address in addresses for _ in range(WARM_UP)}
    if 404 in statuses:
        return None
    with CaptureQueriesContext(connection) as queries:
        client.get(addresses[0])
        asked = len(queries)
    seconds = []
    used = _processor()
    for at in range(REQUESTS):
        before = time.perf_counter()
        client.get(addresses[at % len(addresses)])
        seconds.append(time.perf_counter() - before)
    return Visited(max(statuses), asked, first, seconds, (_processor() - used) / REQUESTS)


def _processor() -> float:
    """Return the processor seconds of this process and of the one that serves it in PostgreSQL, where that can be told."""
    import os

    from django.db import connection

    own = time.process_time()
    try:
        pid = connection.connection.info.backend_pid
        fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
        return own + (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    except OSError:
        return own


def compared(
    name: str, rows: int, few: str, grounds: tuple[Side, Side], visit: Side, folder: Path, scale: float
) -> list[Result]:
    """Visit a site on both grounds, few rows first and then many, and compare every page that both have."""
    folder.mkdir(parents=True, exist_ok=True)
    runs = []
    for prepare in grounds:
        isolated(prepare, folder, scale)
        runs.append(isolated(visit, folder, scale))
    base, full = runs
    theirs: Seen = base.answer
    ours: Seen = full.answer
    return [
        _result(name, title, rows, few, ours[title], theirs[title], (full.peak, base.peak))
        for title in ours
        if title in theirs
    ]


def _result(
    name: str, title: str, rows: int, few: str, ours: Visited, theirs: Visited, peaks: tuple[float, float]
) -> Result:
    p95 = quantiles(ours.seconds, n=20)[-1]
    ratio = median(ours.seconds) / median(theirs.seconds)
    asked = f"{ours.queries} queries"
    if ours.queries != theirs.queries:
        asked += f", {theirs.queries} with {few}"
    return Result(
        name=name, what=f"Page: {title}", rows=rows, ours=median(ours.seconds), baseline=median(theirs.seconds),
        baseline_name=f"the same with {few}", ratio=ratio, target=f"<= {RATIO:g} x, p95 < {P95 * 1000:.0f} ms",
        met=ratio <= RATIO and p95 < P95 and ours.queries == theirs.queries, peak=peaks[0], baseline_peak=peaks[1],
        agreed=ours.status == theirs.status == 200,
        note=f"p95 {p95 * 1000:.0f} ms, first {ours.first * 1000:.0f} ms, {asked}",
        processor=ours.processor, baseline_processor=theirs.processor,
    )  # fmt: skip
