"""Pages with millions of tickets behind them against the same pages with five, in this process, without a network.

A page is fast enough when it takes at most half as long again as with five tickets, asks the database as many questions,
and 95 of 100 requests are answered within the limit.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import date
from pathlib import Path
from statistics import median, quantiles

from benchmarks import feeds, instance, planruns
from benchmarks.harness import Result, isolated
from benchmarks.tickets import write_export

FEW = 5
MANY_AT_SCALE_1 = 5_000_000
RATIO, P95 = 1.5, 0.2
WARM_UP, REQUESTS = 3, 25
EMAIL = "reader@state.example"
NUMBER = "INC10000003"
"""A ticket that is among the five, too."""
PAGES = {
    "Scorecard": "/",
    "Indicator": f"/plans/{planruns.PLAN}/indicators/1.2.1/",
    "Service desk": "/desk/",
    "Ticket list": "/desk/tickets/",
    "Ticket list, one category, newest first": "/desk/tickets/?category=Category+3&sort=-opened_at",
    "Ticket detail": f"/desk/tickets/servicenow/{NUMBER}/",
    "Search for a ticket": f"/search/?q={NUMBER}",
    "Datasets": "/data/",
}

Seen = dict[str, tuple[int, int, list[float]]]
"""By page: status, queries to PostgreSQL, seconds of each request."""


def many(scale: float) -> int:
    """Return how many tickets a scale puts behind the pages."""
    return max(FEW, int(MANY_AT_SCALE_1 * scale))


def measure(folder: Path, scale: float) -> list[Result]:
    """Time every page with many and with five tickets behind it."""
    folder.mkdir(parents=True, exist_ok=True)
    found: dict[str, tuple[float, Seen]] = {}
    for name, prepare in (("few", prepare_few), ("many", prepare_many)):
        isolated(prepare, folder, scale)
        run = isolated(visit, folder, scale)
        found[name] = (run.peak, run.answer)
    few_peak, few = found["few"]
    many_peak, seen = found["many"]
    return [
        _result(title, many(scale), seen[title], few[title], many_peak, few_peak)
        for title in PAGES
        if title in seen and title in few
    ]


def _result(
    title: str, rows: int, ours: tuple[int, int, list[float]], theirs: tuple[int, int, list[float]], peak: float,
    few_peak: float,
) -> Result:  # fmt: skip
    p95 = quantiles(ours[2], n=20)[-1]
    ratio = median(ours[2]) / median(theirs[2])
    asked = f"{ours[1]} queries" if ours[1] == theirs[1] else f"{ours[1]} queries, {theirs[1]} with five"
    return Result(
        name="pages", what=f"Page: {title}", rows=rows, ours=median(ours[2]), baseline=median(theirs[2]),
        baseline_name="the same with five tickets", ratio=ratio, target=f"<= {RATIO:g} x, p95 < {P95 * 1000:.0f} ms",
        met=ratio <= RATIO and p95 < P95 and ours[1] == theirs[1], peak=peak, baseline_peak=few_peak,
        agreed=ours[0] == theirs[0] == 200, note=f"p95 {p95 * 1000:.0f} ms, {asked}",
    )  # fmt: skip


# -- grounds


def prepare_few(folder: Path, scale: float) -> None:
    """Have five tickets, and the plan computed on them."""
    _prepare(folder / "five.csv", FEW)


def prepare_many(folder: Path, scale: float) -> None:
    """Have as many tickets as the scale says, and the plan computed on them."""
    _prepare(folder / "many.csv", many(scale))


def _prepare(path: Path, rows: int) -> None:
    write_export(path, rows)
    planruns.adopt()
    instance.empty()
    feeds.import_tickets(path)
    path.unlink()
    planruns.compute_anew()
    _reader()


def _reader() -> None:
    from stateworks.kernel.access.models import Account, Grant
    from stateworks.kernel.access.scope import SYSTEM, entered
    from stateworks.kernel.org.models import Organization

    with entered(SYSTEM):
        if not Account.objects.filter(email=EMAIL).exists():
            account = Account.objects.create_user(EMAIL, name="Reader")
            state = Organization.objects.get(code="state")
            Grant.objects.create(account=account, role="planner", organization=state, since=date(2020, 1, 1))


# -- visiting


def visit(folder: Path, scale: float) -> Callable[[], Seen]:
    """Ask for every page that exists, over and over."""
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    from stateworks.kernel.access.models import Account
    from stateworks.kernel.access.scope import SYSTEM, entered

    client = Client(headers={"host": "localhost"})
    with entered(SYSTEM):
        client.force_login(Account.objects.get(email=EMAIL))
    seen: Seen = {}
    for title, address in PAGES.items():
        statuses = {client.get(address).status_code for _ in range(WARM_UP)}
        if 404 in statuses:
            continue
        with CaptureQueriesContext(connection) as queries:
            client.get(address)
            asked = len(queries)
        seconds = []
        for _ in range(REQUESTS):
            before = time.perf_counter()
            client.get(address)
            seconds.append(time.perf_counter() - before)
        seen[title] = (max(statuses), asked, seconds)
    return lambda: seen
