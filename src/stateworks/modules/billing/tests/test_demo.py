"""The demo's invoices are what its generator knows to be true."""

from __future__ import annotations

import csv
from collections import Counter, defaultdict
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from django.db.models import Count, Sum

from stateworks.kernel.access.models import Account
from stateworks.kernel.access.scope import SYSTEM, entered
from stateworks.kernel.demo import LAST_DAY, World, build
from stateworks.kernel.lake.store import current_version
from stateworks.modules.billing import proof
from stateworks.modules.billing.budgets import budget_year
from stateworks.modules.billing.centers import centers_year
from stateworks.modules.billing.demo import Truth
from stateworks.modules.billing.demo.events import cut, events_of
from stateworks.modules.billing.demo.metered import row_of
from stateworks.modules.billing.demo.scored import by_sigma, scores, told
from stateworks.modules.billing.demo.tiered import TIERED
from stateworks.modules.billing.detectors.judging import DETECTORS
from stateworks.modules.billing.federal import package_of
from stateworks.modules.billing.federal.reading import facts_of
from stateworks.modules.billing.feeds import FOCUS, LEDGER
from stateworks.modules.billing.finops.saving import cycle_of
from stateworks.modules.billing.models import (
    BillingPeriod,
    BillingRun,
    CodingFinding,
    CostCenterForecast,
    Invoice,
    InvoiceLine,
    RateBuild,
)
from stateworks.modules.billing.receivables import AGES, report

AT = datetime(2026, 11, 2, 15, tzinfo=UTC)


@pytest.mark.django_db
def test_the_invoices_are_true(tmp_path: Path) -> None:
    with entered(SYSTEM):
        account = Account.objects.create_user("demo@meridian.example", name="Demo")
    world = World(seed=5, scale=0.1, folder=tmp_path, by=account, clock=lambda: AT)
    build(world, only=("office", "billing"))
    truth: Truth = world.truth["billing"]
    with entered(SYSTEM):
        charged: dict[tuple[str, str, str], int] = {}
        for month, account_code, sku, cents in InvoiceLine.objects.filter(kind="usage").values_list(
            "origin", "account__code", "sku__code", "cents"
        ):
            key = (month, account_code, sku)
            charged[key] = charged.get(key, 0) + cents
        assert charged == truth.usage | truth.late
        late = InvoiceLine.objects.filter(kind="usage", invoice__period__code=truth.months[-1]).exclude(
            origin=truth.months[-1]
        )
        added: dict[tuple[str, str, str], int] = {}
        for one in late.select_related("account", "sku"):
            key = (one.origin, one.account.code, one.sku.code)
            added[key] = added.get(key, 0) + one.cents
        assert added == truth.late
        builds = list(RateBuild.objects.select_related("sku"))
        assert builds and not {one.sku.code for one in builds} & set(TIERED)
        for one in builds:
            # Cost was rounded to the cent: the price is the card's, but for half a cent over all units.
            right = min(one.card.rates.filter(sku=one.sku).values_list("price", flat=True))
            off = abs(one.break_even - right) * one.units
            assert off <= Decimal("0.005") + one.units / 10**8
        tiered = InvoiceLine.objects.filter(kind="usage", sku__code__in=TIERED).values(
            "account", "sku", "origin"
        )
        assert (
            max(tiered.annotate(prices=Count("price", distinct=True)).values_list("prices", flat=True)) == 3
        )
        for run in BillingRun.objects.exclude(state="replaced"):
            spent = sum(truth.spent[month] for month in run.months)
            assert run.checks["ledger_cents"] == {"in": spent, "out": spent}
            assert run.cents == Invoice.objects.filter(run=run).aggregate(sum=Sum("cents"))["sum"]
        lines, findings = told()
        plain = by_sigma(lines, truth.months)
        told_of = {one.detector: one for one in scores(findings, truth.seeded, plain, DETECTORS)}
        assert BillingPeriod.objects.filter(state="closed").count() == len(truth.months) - 1
        owed = report(LAST_DAY, Invoice.objects.all())
        assert {one["invoice"]: one["open_cents"] for one in owed["invoices"]} == truth.paid.open_cents
        assert sum(owed[key] for key, _, _ in AGES[1:]) == truth.paid.overdue_cents > 0
        year = budget_year(SYSTEM, "", "FY27", truth.months[-2])
        assert year.whole.set_aside == truth.paid.set_aside_cents
        assert sum(one.budget or 0 for one in year.services + year.accounts) == truth.paid.budget_cents
        _centers_are_true(truth)
        cycle = cycle_of(SYSTEM, "", current_version(FOCUS))
        proved = proof.prove_all()
        package = package_of(facts_of(truth.reconciled_year))
        last = CodingFinding.objects.filter(posted_on__month__gte=9)
        suggested = set(last.values_list("journal", "line"))
        corrected = last.filter(entry__isnull=False).count()
    cloud, last_month = truth.cloud, truth.months[-1]
    there = {(one.policy.code, one.resource_name) for one in cycle.findings if one.state != "closed"}
    assert there == cloud.truth[last_month], "policies find what is seeded, and nothing else"
    assert cycle.realised == sum(
        cloud.cents["2026-08", name] - cloud.cents.get(("2026-09", name), 0) for name in cloud.accepted
    ), "of the months after August, September is closed"
    assert min(one.cents for one in cycle.savings.values()) < 0 < cycle.realised < cycle.decided
    wrong = {one for one in truth.miscoded if one[0] >= "J202609"}
    assert suggested <= wrong and len(suggested) >= 0.5 * len(wrong), "nothing is suggested that is right"
    assert corrected >= 1
    every, kinds = told_of["all"], set(truth.seeded.values())
    assert kinds == set(DETECTORS) - {"negative"}, (
        "an error of every kind; below zero is what taking back comes to"
    )
    assert every.recall and every.recall >= 0.95 and every.by_any == every.seeded
    assert every.precision and every.precision >= 0.9
    assert all(
        (told_of[kind].recall or 0) >= 0.75 and told_of[kind].precision == 1 for kind in kinds - {"level"}
    )
    assert every.plain < every.by_any, "three standard deviations find less"
    assert package.off == 0, package.differences
    assert [(one.code, one.subject) for one in package.findings] == [("over_limit", truth.over)]
    assert {one.standing for one in package.services} == {"over", "within"}
    assert proved["difference_cents"] == 0 and proved["lines"] > 300
    build(world, only=("billing",))
    with entered(SYSTEM):
        assert proof.prove_all() == proved, "safe to repeat"


def _centers_are_true(truth: Truth) -> None:
    """What cost centers spent is what the generator wrote, moved by what was corrected; what was said last is expected."""
    made = truth.centers
    found = centers_year(SYSTEM, "FY27", LAST_DAY, current_version(LEDGER))
    moved: dict[tuple[str, str], int] = defaultdict(int)
    for one in CodingFinding.objects.filter(entry__isnull=False):
        moved[one.cost_center, f"{one.posted_on:%Y-%m}"] -= one.cents
        moved[one.right_cost_center, f"{one.posted_on:%Y-%m}"] += one.cents
    assert moved and found.known == "2026-09" and found.elsewhere == 0
    months = [one for one in truth.months if "2026-07" <= one <= found.known]
    assert found.ledger == sum(truth.spent[one] for one in months)
    for row in found.rows:
        for month in row.months:
            key = row.code, month.label
            assert month.budget == made.budget[key]
            assert month.actual == (made.spent[key] + moved[key] if month.label in months else None), key
            assert month.forecast == made.expected.get(key)
    assert [one.code for one in found.missing] == ["C05", "C07", "S-mainframe"]
    assert CostCenterForecast.objects.exclude(reason="").count() == made.reasons > 3


def test_a_use_is_cut_into_events_that_add_up_to_it(tmp_path: Path) -> None:
    """10.001 machines in 40 events are 0.250 each, one of them 0.251; what is there twice stays there twice."""
    rows = [row_of(event, "ACC-1", "vm", "2026-10", 3, 10_001, "dhs") for event in ("a", "a-again")]
    rows.append(row_of("back", "ACC-2", "vm", "2026-10", 4, -10_001, "dhs"))
    path = tmp_path / "usage.csv"
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    with cut(path, 40).open(newline="", encoding="utf-8") as file:
        found = list(csv.DictReader(file))
    sums: dict[str, Decimal] = defaultdict(Decimal)
    for row in found:
        sums[row["Account"]] += Decimal(row["Quantity"])
    assert sums == {"ACC-1": Decimal("20.002"), "ACC-2": Decimal("-10.001")}
    assert len({row["Event"] for row in found}) == 120, "each event has a name of its own"
    said = Counter((row["Account"], row["Used at"], row["Quantity"]) for row in found)
    assert sorted(Counter(said.values()).items()) == [(1, 40), (2, 40)]
    assert {row["Used at"][:7] for row in found} == {"2026-10"}
    assert events_of(0.1) == events_of(1) == 1 and events_of(1000) == 20_980
