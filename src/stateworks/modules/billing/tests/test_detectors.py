"""What the detectors find odd, each figure worked out by hand; and what they leave alone."""

from __future__ import annotations

from decimal import Decimal

import pytest

from stateworks.kernel.lake import partanswers
from stateworks.kernel.lake.engines import open_engine
from stateworks.kernel.lake.partanswers import answered
from stateworks.kernel.lake.store import current_version
from stateworks.modules.billing import models
from stateworks.modules.billing.detectors.facts import Facts, OddUsage
from stateworks.modules.billing.detectors.judging import DETECTORS, oddities
from stateworks.modules.billing.detectors.levels import usual_of
from stateworks.modules.billing.detectors.prices import rate_change
from stateworks.modules.billing.detectors.usage import odd_usage
from stateworks.modules.billing.feeds import ALIKE, USAGE
from stateworks.modules.billing.gathering import gather
from stateworks.modules.billing.tests.conftest import NOVEMBER, OCTOBER, SEPTEMBER, Shop
from stateworks.modules.billing.verbs import issuing
from stateworks.modules.billing.verbs.periods import open_period, period_named

KEY, OTHER = ("dhs", "dhs-1", "vm"), ("dhs", "dhs-2", "vm")
TEN, ONE = Decimal("10.00"), Decimal("1.00")


def found(now: dict[tuple[str, str, str], int], **history: list[int]) -> list[tuple[str, int]]:
    """Return detector and cents for charges of accounts, given the months before, newest first, by account."""
    facts = Facts(now, {("dhs", code.replace("_", "-"), "vm"): months for code, months in history.items()})
    return [(one.detector, one.cents) for one in oddities(facts)]


def test_a_charge_is_held_against_the_median_of_twelve_months() -> None:
    """Median 200,000; the deviations are 10,000, so five robust ones are 74,130, and a quarter is 50,000."""
    months = [190_000, 210_000] * 6
    assert usual_of(months).cents == 200_000
    assert round(usual_of(months).most) == 74_130
    assert found({KEY: 274_000}, dhs_1=months) == []
    assert found({KEY: 275_000}, dhs_1=months) == [("level", 75_000)]
    assert found({KEY: 120_000}, dhs_1=months) == [("level", 80_000)]
    one_odd = [2_000_000, *months[1:]]
    assert usual_of(one_odd).cents == 210_000, (
        "a single odd month moves the median by a step, not by a tenth of itself"
    )


def test_a_month_is_held_against_the_same_month_of_last_year() -> None:
    """Decembers come to 3 times the other months, and each year to 1.1 times the one before: 330,000 x 1.1 are 363,000."""
    last = [110_000] * 11 + [330_000]
    before = [100_000] * 11 + [300_000]
    usual = usual_of([*last, *before])
    assert (round(usual.cents), usual.seasonal) == (363_000, True)
    # Without a spread, a quarter of what is usual is allowed: 90,750.
    assert found({KEY: 363_000}, dhs_1=[*last, *before]) == []
    assert found({KEY: 110_000}, dhs_1=[*last, *before]) == [("level", 253_000)], "as much as in other months"
    assert found({KEY: 363_000}, dhs_1=last) == [("level", 253_000)], "one year does not know December"


def test_without_a_season_last_years_odd_month_is_not_expected_again() -> None:
    months = [100_000] * 11 + [1_000_000] + [100_000] * 12
    assert usual_of(months).cents == 100_000
    assert found({KEY: 100_000}, dhs_1=months) == []


def test_new_vanished_and_nothing() -> None:
    usual = [100_000] * 3
    assert found({KEY: 60_000, OTHER: 1}, dhs_2=[1, 1, 1]) == [("new", 60_000)]
    assert found({KEY: 60_000}) == [], "without months before nothing is new"
    assert found({}, dhs_1=usual) == [("vanished", 100_000)]
    assert found({KEY: 0}, dhs_1=usual) == [("zero", 100_000)], "there is a line, and it comes to nothing"
    assert found({}, dhs_1=[0, *usual]) == [], "that it is gone was told last month"
    assert found({KEY: -1}, dhs_1=usual) == [("negative", 1)]
    assert found({KEY: 60_000}, dhs_1=[60_000, 0, 0]) == [], "one month is not enough to know what is usual"
    assert found({KEY: 49_999}, dhs_2=[*usual, 0]) == [("vanished", 100_000)], "little is nobody's time"


def test_a_price_that_nobody_paid_last_month() -> None:
    """100 units at $15 instead of $10 are $500 at risk; the charge is then as high as it should be, and that is one finding."""

    def facts(now: Decimal, last: dict[Decimal, Decimal], n: int = 100) -> list[tuple[str, int]]:
        cents = int(now * n * 100)
        given = Facts(
            {KEY: cents},
            {KEY: [100_000] * 3},
            {KEY: {now: Decimal(n)}},
            {"vm": last},
            {"vm": {*last, Decimal(2)}},
        )
        return [(one.detector, one.cents) for one in oddities(given)]

    assert facts(Decimal("15"), {TEN: Decimal(7)}) == [("rate_change", 50_000)]
    assert facts(Decimal("10.50"), {TEN: Decimal(7)}, 1000) == [("level", 950_000)], (
        "5 % are what a new year brings"
    )
    assert facts(Decimal("15"), {TEN: Decimal(7), Decimal(15): ONE}) == [], (
        "a tier that others paid is not new"
    )
    assert facts(Decimal(2), {TEN: ONE}, 500) == [], "the price of half a year ago is back"
    # 300 units at $15 are $1,500 more than at $10, and as 300 units at $10 still $2,000 more than usual.
    assert facts(Decimal("15"), {TEN: ONE}, 300) == [("level", 200_000), ("rate_change", 150_000)]


def test_tiers_that_all_rise_a_little_are_no_new_price() -> None:
    """Last month's mean was $12.08; 200 units at $15.30 are $643 more than at that, but 2 % more than the tier's $15."""
    last = {TEN: Decimal(7), Decimal(15): Decimal(5)}
    facts = Facts(
        {KEY: 306_000}, {}, {KEY: {Decimal("15.30"): Decimal(200)}}, {"vm": last}, {"vm": set(last)}
    )
    assert rate_change(facts, KEY) is None
    dearer = Facts({KEY: 320_000}, {}, {KEY: {Decimal(16): Decimal(200)}}, {"vm": last}, {"vm": set(last)})
    found = rate_change(dearer, KEY)
    # 200 times ($16 - $145 / 12).
    assert found is not None and found.cents == 78_333


def test_usage_that_is_there_twice_or_taken_back() -> None:
    """60 of 160 machines are there twice: $600. What is left, $1,000, is usual, so that it is one finding."""
    prices, usual = {KEY: {TEN: Decimal(160)}}, {KEY: [100_000] * 3}
    twice = Facts({KEY: 160_000}, usual, prices, repeated={KEY: OddUsage(6, Decimal(60))})
    assert [(one.detector, one.cents) for one in oddities(twice)] == [("duplicate", 60_000)]
    back = Facts(
        {KEY: -50_000}, usual, {KEY: {TEN: Decimal(-50)}}, taken_back={KEY: OddUsage(1, Decimal(-150))}
    )
    assert [(one.detector, one.cents) for one in oddities(back)] == [("negative_usage", 150_000)]
    little = Facts({KEY: 100_000}, usual, prices, repeated={KEY: OddUsage(1, Decimal("49.99"))})
    assert oddities(little) == []


def test_a_share_that_moves_while_the_charge_does_not() -> None:
    """Of $10,000 dhs-1 bears a fifth. The pool falls to $5,000, and it still pays $2,000: twice its share, $1,000 too much.

    The level of dhs-2, from $8,000 to $3,000, is allowed: it went up and down by $2,000 before (five deviations are $14,826).
    """
    totals = [1_000_000, 1_250_000, 750_000] * 4
    history = {KEY: [n // 5 for n in totals], OTHER: [n * 4 // 5 for n in totals]}
    told = oddities(Facts({KEY: 200_000, OTHER: 300_000}, history))
    assert [(one.account, one.detector, one.cents) for one in told] == [
        ("dhs-1", "share_shift", 100_000), ("dhs-2", "share_shift", 100_000),
    ]  # fmt: skip
    together = oddities(Facts({KEY: 100_000, OTHER: 400_000}, history))
    assert together == [], "all fall with the pool"


def test_an_account_is_not_to_blame_for_its_pool() -> None:
    """A pool of $5,000 comes to $9,000, of which dhs-1 still bears a fifth: one finding, of $4,000, where most of it goes."""
    history = {KEY: [100_000] * 3, OTHER: [400_000] * 3}
    told = oddities(Facts({KEY: 180_000, OTHER: 720_000}, history, pooled={"vm"}))
    assert [(one.account, one.detector, one.cents) for one in told] == [("dhs-2", "level", 400_000)]
    # A third instead of a fifth of $9,000 is $1,200 more, and two thirds instead of four fifths are within a quarter.
    told = oddities(Facts({KEY: 300_000, OTHER: 600_000}, history, pooled={"vm"}))
    assert [(one.account, one.detector, one.cents) for one in told] == [
        ("dhs-1", "share_shift", 120_000), ("dhs-2", "level", 400_000),
    ]  # fmt: skip


def test_one_that_is_odd_does_not_move_the_shares_of_others() -> None:
    """dhs-1 is ten times too high, so that dhs-2 would bear a sixth instead of two thirds."""
    told = found({KEY: 1_000_000, OTHER: 200_000}, dhs_1=[100_000] * 3, dhs_2=[200_000] * 3)
    assert told == [("level", 900_000)]


def test_what_moves_for_most_accounts_at_once_is_one_finding() -> None:
    """Four accounts pay $1,000; now three pay $2,000 and the fourth $8,000: $3,000 and $7,000 more, with one cause.

    Of $14,000 the fourth bears 57 %, a quarter is usual: $4,500 too much. The three bear 14 %: $1,500 too little each.
    """
    keys = [("dhs", f"a{n}", "rent") for n in range(4)]
    history = {key: [100_000] * 3 for key in keys}
    rise = dict.fromkeys(keys, 200_000)
    told = oddities(Facts(rise, history))
    assert [(one.account, one.detector, one.cents) for one in told] == [("a3", "level", 400_000)]
    assert "4 of 4 accounts at once" in told[0].text
    told = oddities(Facts(rise | {keys[3]: 800_000}, history))
    assert [(one.account, one.detector, one.cents) for one in told] == [
        ("a0", "share_shift", 150_000), ("a1", "share_shift", 150_000), ("a2", "share_shift", 150_000),
        ("a3", "level", 1_000_000), ("a3", "share_shift", 450_000),
    ]  # fmt: skip


def test_another_account_of_the_agency_pays() -> None:
    """What dhs-2 paid for three months, dhs-1 pays now, within a quarter: one finding instead of new and vanished."""
    assert found({KEY: 110_000}, dhs_2=[100_000] * 3) == [("account", 110_000)]
    assert found({KEY: 130_000}, dhs_2=[100_000] * 3) == [("new", 130_000), ("vanished", 100_000)]
    elsewhere = ("dot", "dot-1", "vm")
    assert found({elsewhere: 100_000}, dhs_2=[100_000] * 3) == [("vanished", 100_000), ("new", 100_000)]


def test_rows_of_usage_are_looked_at_in_the_lake(shop: Shop) -> None:
    """dhs-1 has 50 machines twice under other ids, once by its other name: $625 each. dot-1 takes 100 of 150 back: $1,250.

    dot-2 has the same row twice every month, which is how its meter writes: nothing is odd about that.
    """
    habit = [
        (f"h{month}{n}", "dot-2", "vm", f"2026-{month}-03", "60") for month in ("09", "10") for n in (1, 2)
    ]
    shop.used(*habit, ("e0", "dhs-1", "vm", "2026-09-10", "50"), ("e00", "dot-1", "vm", "2026-09-10", "50"))
    shop.issue(SEPTEMBER)
    shop.used(
        ("e1", "dhs-1", "vm", "2026-10-10", "50"), ("e2", "dhs-1", "vm", "2026-10-10", "50"),
        ("e3", "Human Services", "vm", "2026-10-10", "50"), ("e4", "dhs-1", "vm", "2026-10-11", "50"),
        ("e5", "dot-1", "vm", "2026-10-12", "150"), ("e6", "dot-1", "vm", "2026-10-12", "-100"),
    )  # fmt: skip
    run = shop.draft(OCTOBER)
    told = models.AnomalyFinding.objects.filter(invoice__run=run).order_by("code")
    assert [(one.detector, one.invoice.code, one.cents) for one in told] == [
        ("duplicate", "2026-10-dhs", 125_000), ("negative_usage", "2026-10-dot", 125_000),
    ]  # fmt: skip
    assert {one.detector for one in told} <= set(DETECTORS)
    assert "2 rows of usage say what another says" in told[0].text


def test_what_an_import_found_to_be_alike_is_looked_at_in_full(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of 40 machines each is there twice: 1 + 2 + ... + 40 = 820 machines. Of dot nothing is."""
    monkeypatch.setattr("stateworks.kernel.lake.partanswers.FEWEST_ROWS", 10)
    twice = ((f"{copy}{n}", "dhs-1", "vm", "2026-09-10", str(n)) for copy in "ab" for n in range(1, 41))
    shop.used(*twice, ("c1", "dot-1", "vm", "2026-09-10", "7"))
    partanswers.make(USAGE, current_version(USAGE))
    with open_engine() as engine:
        inputs = gather(period_named(SEPTEMBER), engine).inputs
        kept = answered(engine, ALIKE, current_version(USAGE), f"m{SEPTEMBER}").to_pylist()
        assert [(row["account"], row["sku"]) for row in kept] == [("dhs-1", "vm")]
        asked = engine, current_version(USAGE), SEPTEMBER, inputs.usage, inputs.accounts, inputs.skus
        assert odd_usage(*asked) == ({("dhs-1", "vm"): OddUsage(40, Decimal(820))}, {})


def test_what_is_found_about_an_agency_without_charges_is_reviewed(shop: Shop) -> None:
    """The agency dot pays $1,250 for three months and nothing in the fourth: a draft of nothing carries the finding."""
    august = "2026-08"
    open_period(august, by=None, at=shop.clock)
    for month in (august, SEPTEMBER, OCTOBER):
        day = f"{month}-10"
        shop.used((f"a{month}", "dot-1", "vm", day, "100"), (f"b{month}", "dhs-1", "vm", day, "100"))
        shop.issue(month)
    shop.used(("last", "dhs-1", "vm", "2026-11-10", "100"))
    run = shop.draft(NOVEMBER)
    finding = models.AnomalyFinding.objects.get(invoice__run=run)
    assert (finding.detector, finding.invoice.code, finding.cents) == ("vanished", "2026-11-dot", 125_000)
    assert (finding.invoice.cents, finding.invoice.review.findings) == (0, 1)
    assert issuing.review_rest(NOVEMBER, by=None, at=shop.clock) == 1, "of two; the other has an open finding"
    issued = shop.issue(NOVEMBER)
    assert [one.code for one in issued.invoices.filter(state="issued")] == ["2026-11-dhs"]
    assert issued.invoices.get(code="2026-11-dot").reviewed_at is not None
