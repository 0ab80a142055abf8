"""The demo's invoices are what its generator knows to be true."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from django.db.models import Count, Sum

from stateworks.kernel.access.models import Account
from stateworks.kernel.access.scope import SYSTEM, entered
from stateworks.kernel.demo import LAST_DAY, World, build
from stateworks.modules.billing import proof
from stateworks.modules.billing.budgets import budget_year
from stateworks.modules.billing.demo import Truth
from stateworks.modules.billing.demo.drawn import TIERED
from stateworks.modules.billing.federal import package_of
from stateworks.modules.billing.federal.reading import facts_of
from stateworks.modules.billing.models import (
    AnomalyFinding,
    BillingPeriod,
    BillingRun,
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
        corrected: dict[tuple[str, str, str], int] = {}
        for one in late.select_related("account", "sku"):
            key = (one.origin, one.account.code, one.sku.code)
            corrected[key] = corrected.get(key, 0) + one.cents
        assert corrected == truth.late
        builds = list(RateBuild.objects.select_related("sku"))
        assert builds and not {one.sku.code for one in builds} & set(TIERED)
        for one in builds:
            # Cost was rounded to the cent: the price is the card's, but for half a cent over all units.
            off = abs(one.break_even - one.card.rates.get(sku=one.sku).price) * one.units
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
        found = AnomalyFinding.objects.values_list("invoice__period__code", "code")
        named = {(month, *code.split(".")[2:4]) for month, code in found}
        seen = {key for key in truth.seeded if key in truth.usage and truth.usage[key] >= 500_000}
        assert seen and seen <= named, "what is ten times too high is found"
        assert BillingPeriod.objects.filter(state="closed").count() == len(truth.months) - 1
        owed = report(LAST_DAY, Invoice.objects.all())
        assert {one["invoice"]: one["open_cents"] for one in owed["invoices"]} == truth.paid.open_cents
        assert sum(owed[key] for key, _, _ in AGES[1:]) == truth.paid.overdue_cents > 0
        year = budget_year(SYSTEM, "", "FY27", truth.months[-2])
        assert year.whole.set_aside == truth.paid.set_aside_cents
        assert sum(one.budget or 0 for one in year.services + year.accounts) == truth.paid.budget_cents
        told = proof.prove_all()
        package = package_of(facts_of(truth.reconciled_year))
    assert package.off == 0, package.differences
    assert [(one.code, one.subject) for one in package.findings] == [("over_limit", truth.over)]
    assert {one.standing for one in package.services} == {"over", "within"}
    assert told["difference_cents"] == 0 and told["lines"] > 300
    build(world, only=("billing",))
    with entered(SYSTEM):
        assert proof.prove_all() == told, "safe to repeat"
