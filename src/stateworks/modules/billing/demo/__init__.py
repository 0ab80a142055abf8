"""The fictional state's billing: two years of closed months with known truth, and a month that waits for review.

What is charged for usage the generator works out by itself, in whole numbers, before anything is loaded; so the invoices
can be held against what is known to be true.
"""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from stateworks.kernel.access.scope import SYSTEM, entered
from stateworks.kernel.demo import World
from stateworks.kernel.org.models import LineOfService
from stateworks.modules.billing.demo.centers import CenterTruth, draw_centers
from stateworks.modules.billing.demo.cloud import EVERY, POLICIES, SKU, Cloud, aliases_of, draw_cloud, save
from stateworks.modules.billing.demo.drawn import draw
from stateworks.modules.billing.demo.events import cut, events_of
from stateworks.modules.billing.demo.paid import Paid, draw_paid
from stateworks.modules.billing.demo.reconciled import YEAR, reconcile
from stateworks.modules.billing.demo.rows import Drawn, Key
from stateworks.modules.billing.feeds import USAGE
from stateworks.modules.billing.models import AnomalyFinding, BillingPeriod, BillingRun, CodingFinding
from stateworks.modules.billing.verbs import coding, drafting, issuing, periods

LAST = date(2026, 10, 1)
"""The month that is drafted and not issued."""
CLOSED, CLOSED_WHEN_SMALL = 24, 4
FORECAST_FROM = "2026-06"
"""The first month whose close keeps forecasts: four of them show what came against what was expected, and take seconds each."""
SMALL = 0.5
"""Below this scale fewer months are billed, so that tests take seconds."""


@dataclass(frozen=True)
class Truth:
    """What the generator knows: the cents of usage by month, account and SKU; cents spent by month; seeded errors.

    `seeded` are the errors of usage, price and share by month, account and SKU, with the detector that is for them; `miscoded`
    are journals and lines of the ledger whose coding is wrong.
    `over` is the one billed service that keeps more than federal rules allow in `reconciled_year`.
    `late` are the cents that usage which came late adds to months that were closed by then.
    `paid` is what agencies budget and pay, and what of each invoice is open; `centers` is what cost centers budget, spend and
    expect. `cloud` is what the cloud provider charged, with the resources that break a policy.
    """

    months: tuple[str, ...]
    usage: dict[Key, int]
    late: dict[Key, int]
    spent: dict[str, int]
    seeded: dict[Key, str]
    miscoded: frozenset[tuple[str, str]]
    unknown_rows: int
    over: str
    reconciled_year: int
    paid: Paid
    centers: CenterTruth
    cloud: Cloud


def build(world: World) -> Truth:
    """Load accounts, prices, costs and usage, bill the months one after the other, and return what is true."""
    world.say("Billing: accounts, prices, usage and ledger")
    small = world.scale < SMALL
    months = _months(CLOSED_WHEN_SMALL if small else CLOSED)
    with entered(SYSTEM):
        drawn = draw(world, months)
    reconcile(drawn, world.random("billing.federal"), months)
    cloud = draw_cloud(world.random("billing.cloud"), [str(row["code"]) for row in drawn.accounts[::EVERY]])
    drawn.skus.append(
        {**drawn.skus[0], "code": SKU, "name": "Cloud services at cost", "line_of_service": "cloud-hosting",
         "recovery": "passed_on", "unit": "dollar"}
    )  # fmt: skip
    for name, rows in drawn.records():
        load(world, f"billing.{name}", rows)
    with entered(SYSTEM):
        for card in drawn.cards:
            periods.approve_card(card, by=None, at=world.at)
    use(world, drawn.usage, "usage")
    feed(world, "billing.gl_transaction", "meridian-ledger", drawn.ledger, "ledger")
    pass_on(world, cloud)
    for month in months[:-1]:
        bill(world, month)
    use(world, drawn.late_usage, "usage-late")
    # What was found wrong before is known by files; the last two months are looked at here, and their page has work.
    known = [row for row in drawn.coding_findings if row["posted_on"].isoformat()[:7] not in months[-2:]]
    load(world, "billing.coding_finding", known)
    recode(world, months[-2:])
    bill(world, months[-1], last=True)
    load(world, "billing.portal_event", drawn.portal_events)
    paid = draw_paid(world, LAST)
    for name, rows in paid.records():
        load(world, f"billing.{name}", rows)
    centers = draw_centers(world, drawn)
    for name, rows in centers.records():
        load(world, f"billing.{name}", rows)
    with entered(SYSTEM):
        owner = (
            LineOfService.objects.filter(code="cloud-hosting").values_list("owner__code", flat=True).first()
        )
    load(world, "billing.finops_policy", [{**row, "owner": owner or ""} for row in POLICIES])
    save(world, cloud)
    return _truth(drawn, months, events_of(world.scale), paid, centers, cloud)


def _months(closed: int) -> tuple[str, ...]:
    first = LAST.year * 12 + LAST.month - 1 - closed
    return tuple(f"{at // 12}-{at % 12 + 1:02}" for at in range(first, first + closed + 1))


def pass_on(world: World, cloud: Cloud) -> None:
    """Import what the cloud provider charged, and whom and as what it is passed on to."""
    from stateworks.kernel.lake.mappings import mapping_named
    from stateworks.modules.billing.charge_files import load_charges
    from stateworks.modules.billing.demo.cloud import SOURCE

    accounts, services = aliases_of(cloud)
    load(world, "billing.account_alias", accounts)
    load(world, "billing.sku_alias", services)
    path = write(world, "cloud", cloud.rows)
    done = load_charges(path, mapping_named("focus"), source=SOURCE, by=world.by, at=world.at)
    if done.quarantined:
        raise RuntimeError(f"{done.quarantined} rows of the demo's cloud charges were refused")


def recode(world: World, months: Sequence[str]) -> None:
    """Let the ledger of months be looked at, and half of what is found in the first of them be corrected."""
    with entered(SYSTEM):
        found = coding.check(months[0], by=None, at=world.at)
        for month in months[1:]:
            coding.check(month, by=None, at=world.at)
        done = CodingFinding.objects.filter(entry__isnull=False).exists()
        if found and not done:
            half = [one.code for one in found[: (len(found) + 1) // 2]]
            coding.accept(half, "The words of the line name the pool.", by=None, at=world.at)


def bill(world: World, month: str, *, last: bool = False) -> None:
    """Draft a month early in the next one; unless it is the last, resolve, review, approve, issue and close it."""
    chance = world.random(f"billing.{month}")
    with entered(SYSTEM):
        # What was done before is not done again: an issued month has its run.
        if BillingRun.objects.filter(period__code=month, state="issued").exists():
            return
        following = BillingPeriod.objects.get(code=month).ends_on + timedelta(days=1)
        drafted = datetime(following.year, following.month, 2, 15, tzinfo=UTC)
        run = drafting.draft(month, by=None, at=min(drafted, world.at))
        if last:
            return
        for finding in AnomalyFinding.objects.filter(invoice__run=run, resolved_at__isnull=True).order_by(
            "code"
        ):
            # Nine of ten are resolved in time, as the office promises nearly to do.
            day = finding.due_on if chance.random() < 0.9 else finding.due_on + timedelta(days=3)
            at = datetime(day.year, day.month, day.day, 20, tzinfo=UTC)
            issuing.resolve(finding.code, "The agency confirmed it.", by=None, at=at)
        reviewed = drafted + timedelta(days=10)
        issuing.review_rest(month, by=None, at=reviewed)
        issuing.approve(month, by=None, at=reviewed + timedelta(days=1))
        issuing.issue(month, by=None, at=reviewed + timedelta(days=2))
        periods.close_period(
            month, by=None, at=reviewed + timedelta(days=5), looking_ahead=month >= FORECAST_FROM
        )


def write(world: World, name: str, rows: Sequence[Mapping[str, Any]]) -> Path:
    """Write rows as a file of the demo."""
    path = world.folder / f"{name}.csv"
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return path


def load(world: World, dataset: str, rows: Iterable[Mapping[str, Any]]) -> None:
    """Write rows as a file and import it; every row must go in, or the demo would not be what it claims."""
    from stateworks.kernel.records.intake import import_records

    lines = list(rows)
    if not lines:
        return
    with entered(SYSTEM):
        done = import_records(dataset, write(world, dataset, lines), by=None, at=world.at)
    if done.quarantined:
        raise RuntimeError(f"{done.quarantined} rows of the demo's {dataset} were refused")


def use(world: World, rows: Sequence[Mapping[str, Any]], name: str) -> None:
    """Import what was used: at scale 1 a file of all months, above it a file of many events for each month."""
    events = events_of(world.scale)
    if events == 1:
        feed(world, USAGE, "meridian-meter", rows, name)
        return
    months: dict[str, list[Mapping[str, Any]]] = defaultdict(list)
    for row in rows:
        months[str(row["Used at"])[:7]].append(row)
    for month, of in sorted(months.items()):
        path = cut(write(world, f"{name}-{month}", of), events)
        _import(world, USAGE, "meridian-meter", path)
        path.unlink()


def feed(world: World, dataset: str, mapping: str, rows: Sequence[Mapping[str, Any]], name: str) -> None:
    """Write rows as a source would and import them; every row must go in."""
    _import(world, dataset, mapping, write(world, name, rows))


def _import(world: World, dataset: str, mapping: str, path: Path) -> None:
    from stateworks.kernel.lake.intake import import_feed

    done = import_feed(dataset, path, mapping=mapping, by=world.by, at=world.at)
    if done.quarantined:
        raise RuntimeError(f"{done.quarantined} rows of the demo's {dataset} were refused")


def _truth(
    drawn: Drawn, months: tuple[str, ...], events: int, paid: Paid, centers: CenterTruth, cloud: Cloud
) -> Truth:
    return Truth(
        months=months, usage=drawn.cents, late=drawn.late_cents, spent=drawn.spent, seeded=drawn.seeded,
        miscoded=frozenset(drawn.miscoded),
        unknown_rows=drawn.unknown_rows * events, over=drawn.over, reconciled_year=YEAR,
        paid=paid, centers=centers, cloud=cloud,
    )  # fmt: skip
