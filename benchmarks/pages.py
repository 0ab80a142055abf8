"""Pages with millions of tickets behind them against the same pages with five; see `visiting`."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

from benchmarks import feeds, instance, planruns, visiting
from benchmarks.harness import Result
from benchmarks.tickets import write_export
from benchmarks.visiting import Seen

FEW = 5
MANY_AT_SCALE_1 = 5_000_000
EMAIL = "reader@state.example"
NUMBER = "INC10000003"
"""A ticket that is among the five, too."""
PAGES = {
    "Scorecard": ("/",),
    "Indicator": (f"/plans/{planruns.PLAN}/indicators/1.2.1/",),
    "Service desk": ("/desk/",),
    "Category": ("/desk/categories/{category}/",),
    "Ticket list": ("/desk/tickets/", "/desk/tickets/?page=2"),
    "Ticket list, one category, newest first": ("/desk/tickets/?category=Category+3&sort=-opened_at",),
    "Ticket list, agency and state": ("/desk/tickets/?agency=bureau-003&state=closed",),
    "Ticket list, dates": ("/desk/tickets/?opened_on_from=2023-02-03&opened_on_to=2024-03-04",),
    "Ticket list, by number": ("/desk/tickets/?sort=number",),
    "Rows of a dataset, one agency, by duration": (
        "/data/desk.ticket/?sort=-resolve_seconds&agency=bureau-003",
    ),
    "Ticket detail": tuple(f"/desk/tickets/servicenow/INC{10_000_000 + at}/" for at in range(FEW)),
    "Search for a ticket": (f"/desk/tickets/?q={NUMBER}",),
    "Search everywhere": (f"/search/?q={NUMBER}",),
    "Datasets": ("/data/",),
}
"""By what is asked for, the addresses that are asked for in turn; the category is the most frequent one."""


def many(scale: float) -> int:
    """Return how many tickets a scale puts behind the pages."""
    return max(FEW, int(MANY_AT_SCALE_1 * scale))


def measure(folder: Path, scale: float) -> list[Result]:
    """Time every page with many and with five tickets behind it."""
    grounds = (prepare_few, prepare_many)
    return visiting.compared("pages", many(scale), "five tickets", grounds, visit, folder, scale)


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
    _summaries()
    path.unlink()
    planruns.compute_anew()
    _reader()


def _summaries() -> None:
    from stateworks.kernel.lake.summaries import keep_ready

    keep_ready("desk.ticket")


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
    from django.test import Client

    from stateworks.kernel.access.models import Account
    from stateworks.kernel.access.scope import SYSTEM, entered
    from stateworks.kernel.lake.read import Reader

    client = Client(headers={"host": "localhost"})
    with entered(SYSTEM):
        client.force_login(Account.objects.get(email=EMAIL))
    seen: Seen = {}
    with entered(SYSTEM) as scope, Reader("desk.ticket", scope=scope) as reader:
        category = reader.values("category", limit=1)[0][0]
    for title, patterns in PAGES.items():
        addresses = [pattern.replace("{category}", category) for pattern in patterns]
        if (found := visiting.visited(client, addresses)) is not None:
            seen[title] = found
    return lambda: seen
