"""What goes wrong with a month's inputs: each comes to correct cents or a reason, and every sum holds."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from stateworks.kernel.errors import Refused
from stateworks.modules.billing import models
from stateworks.modules.billing.detectors.facts import Oddity
from stateworks.modules.billing.detectors.keeping import _code
from stateworks.modules.billing.proof import prove_all
from stateworks.modules.billing.tests.conftest import NOVEMBER, OCTOBER, SEPTEMBER, Shop
from stateworks.modules.billing.verbs import issuing
from stateworks.modules.billing.verbs.periods import approve_card, close_period, reopen_period


def whys(run: models.BillingRun) -> list[Any]:
    return [row["why"] for row in run.worklist]


def holds(run: models.BillingRun) -> None:
    assert run.checks["differences"] == []


def test_negative_usage_takes_off_and_may_go_below_zero(shop: Shop) -> None:
    """Three machines less one given back are two; more given back than used is a charge below zero, and a finding."""
    shop.used(
        ("a", "dhs-1", "vm", "2026-09-02", "3"), ("b", "dhs-1", "vm", "2026-09-09", "-1"),
        ("c", "dot-1", "vm", "2026-09-09", "-2"),
    )  # fmt: skip
    run = shop.draft(SEPTEMBER)
    holds(run)
    assert shop.lines(SEPTEMBER) == {
        ("dhs-1", "vm", SEPTEMBER): 2 * 1250, ("dot-1", "vm", SEPTEMBER): -2 * 1250,
    }  # fmt: skip
    found = models.AnomalyFinding.objects.filter(invoice__run=run)
    assert [(one.detector, one.cents) for one in found] == [("negative", 2500)]


def test_a_finding_is_open_again_where_it_is_another_amount_or_comes_back(shop: Shop) -> None:
    """Two machines given back are $25.00, resolved; three are $37.50, open again; none is gone; one is there again."""

    def found(given_back: str) -> tuple[bool, int]:
        shop.used(("c", "dot-1", "vm", "2026-09-09", given_back))
        shop.draft(SEPTEMBER)
        one = models.AnomalyFinding.objects.get()
        return one.resolved_at is None, one.cents

    assert found("-2") == (True, 2500)
    code = models.AnomalyFinding.objects.get().code
    issuing.resolve(code, "they were sold", by=shop.accounts["owner"], at=shop.clock)
    shop.used(("other", "dhs-1", "vm", "2026-09-09", "1"))
    assert found("-2") == (False, 2500)
    assert found("-3") == (True, 3750)
    assert found("0") == (False, 3750)
    assert found("-1") == (True, 1250)


def test_findings_of_long_names_are_told_apart(shop: Shop) -> None:
    run = shop.draft(SEPTEMBER)
    invoice = models.Invoice(code="2026-09-" + "a" * 52, period=run.period, organization=shop.dot)
    codes = {_code(invoice, Oddity("dot", "b" * 60, f"{'c' * 40}-{at}", "level", "", 1)) for at in range(3)}
    assert len(codes) == 3 and {len(one) for one in codes} == {140}


def test_the_same_file_twice_and_the_same_event_from_another_file_are_charged_once(shop: Shop) -> None:
    once = (("a", "dhs-1", "vm", "2026-09-02", "3"), ("b", "dot-1", "vm", "2026-09-02", "1"))
    for _ in range(2):
        shop.used(*once)
    # Event b again, as a later export has it: it replaces itself.
    assert shop.used(("b", "dot-1", "vm", "2026-09-02", "2")).updated == 1
    shop.draft(SEPTEMBER)
    assert shop.lines(SEPTEMBER) == {
        ("dhs-1", "vm", SEPTEMBER): 3 * 1250, ("dot-1", "vm", SEPTEMBER): 2 * 1250,
    }  # fmt: skip


@pytest.mark.parametrize("broken", ["no rule", "no driver value", "a driver of zero"])
def test_cost_that_no_driver_spreads_is_openly_not_allocated(shop: Shop, broken: str) -> None:
    shop.spent(("j", "1", "2026-09-05", "B1", "5100", "1000.00"))
    if broken == "no rule":
        models.AllocationRule.objects.all().delete()
    elif broken == "no driver value":
        models.DriverValue.objects.all().delete()
    else:
        models.DriverValue.objects.update(amount=0)
    run = shop.draft(SEPTEMBER)
    holds(run)
    assert (run.cents, run.checks["unallocated_cents"]) == (0, 100_000)


def test_pools_that_serve_only_each_other_are_refused_by_name(shop: Shop) -> None:
    model, heads = models.AllocationModel.objects.get(), models.Driver.objects.get()
    models.AllocationModel.objects.update(method="reciprocal")
    rent, sku = models.CostPool.objects.get(), models.Sku.objects.get(code="rent")
    other = models.CostPool.objects.create(code="heat", name="Heat")
    month = models.BillingPeriod.objects.get(code=SEPTEMBER)
    around = models.Driver.objects.create(code="around", name="Around")
    models.DriverValue.objects.filter(driver=heads).delete()
    for driver, to in ((heads, other), (around, rent)):
        models.DriverValue.objects.create(
            code=f"to-{to.code}", driver=driver, period=month, pool=to, amount=1
        )
    models.AllocationRule.objects.create(model=model, pool=other, driver=around, sku=sku)
    shop.spent(("j", "1", "2026-09-05", "B1", "5100", "1000.00"))
    with pytest.raises(Refused, match="The pools heat, rent pass their cost only to each other"):
        shop.draft(SEPTEMBER)
    assert not models.BillingRun.objects.exists()


def test_an_account_that_ended_in_the_month_is_charged_for_it_and_no_longer(shop: Shop) -> None:
    models.BillingAccount.objects.filter(code="dot-1").update(ends_on=dt.date(2026, 9, 15))
    shop.used(("a", "dot-1", "vm", "2026-09-02", "1"), ("b", "dot-1", "vm", "2026-10-02", "1"))
    shop.issue(SEPTEMBER)
    assert shop.lines(SEPTEMBER) == {("dot-1", "vm", SEPTEMBER): 1250}
    run = shop.draft(OCTOBER)
    holds(run)
    assert whys(run) == ["dot-1 takes no charges in 2026-10"]
    assert shop.lines(OCTOBER) == {}


def test_use_without_a_price_waits_and_is_charged_with_the_next_month_once_there_is_one(shop: Shop) -> None:
    shop.used(("a", "dhs-1", "cloud", "2026-09-03", "4"), ("b", "dhs-1", "vm", "2026-09-02", "1"))
    run = shop.issue(SEPTEMBER)
    holds(run)
    assert whys(run) == ["cloud has no approved price on 2026-09-01"]
    assert shop.lines(SEPTEMBER) == {("dhs-1", "vm", SEPTEMBER): 1250}
    card = models.RateCard.objects.create(code="fy27-cloud", title="Cloud", fiscal_year=2027)
    models.Rate.objects.create(
        card=card, sku=models.Sku.objects.get(code="cloud"), price="0.25",
        starts_on=dt.date(2026, 7, 1), ends_on=dt.date(2027, 6, 30),
    )  # fmt: skip
    approve_card("fy27-cloud", by=None, at=shop.clock)
    run = shop.draft(OCTOBER)
    assert whys(run) == []
    assert shop.lines(OCTOBER) == {("dhs-1", "cloud", SEPTEMBER): 100}


def test_a_month_that_was_opened_again_keeps_its_invoices_and_late_data_is_a_correction(shop: Shop) -> None:
    shop.used(("a", "dhs-1", "vm", "2026-09-02", "1"))
    issued = shop.issue(SEPTEMBER)
    close_period(SEPTEMBER, by=None, at=shop.clock)
    reopen_period(SEPTEMBER, reason="a late journal", by=None, at=shop.clock)
    shop.used(("b", "dhs-1", "vm", "2026-09-20", "2"))
    assert shop.draft(SEPTEMBER) == issued
    assert shop.lines(SEPTEMBER) == {("dhs-1", "vm", SEPTEMBER): 1250}
    shop.issue(OCTOBER)
    assert shop.lines(OCTOBER) == {("dhs-1", "vm", SEPTEMBER): 2 * 1250}
    # Everything of September was taken back: credited down to nothing.
    shop.used(("a", "dhs-1", "vm", "2026-09-02", "0"), ("b", "dhs-1", "vm", "2026-09-20", "0"))
    shop.issue(NOVEMBER)
    assert shop.lines(NOVEMBER) == {("dhs-1", "vm", SEPTEMBER): -3 * 1250}
    assert prove_all()["difference_cents"] == 0
