"""How prices are built: by hand, where nobody can say what a SKU cost, and taken over into a draft card."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from stateworks.kernel.access.models import AuditEntry
from stateworks.kernel.errors import Refused
from stateworks.kernel.org.models import LineOfService
from stateworks.modules.billing import models
from stateworks.modules.billing.building import building_of
from stateworks.modules.billing.models.rates import break_even
from stateworks.modules.billing.tests.conftest import AT, Shop
from stateworks.modules.billing.tests.test_command import Run, run
from stateworks.modules.billing.tests.test_federal_books import books, closed
from stateworks.modules.billing.tests.test_pages import client, text_of
from stateworks.modules.billing.verbs.building import build
from stateworks.modules.billing.verbs.periods import approve_card

__all__ = ["books", "run"]
FY26, FY28 = (dt.date(2025, 7, 1), dt.date(2026, 6, 30)), (dt.date(2027, 7, 1), dt.date(2028, 6, 30))


def card(code: str, year: int) -> models.RateCard:
    """A card that is not approved."""
    return models.RateCard.objects.create(code=code, title=f"Card {code}", fiscal_year=year)


def recorded(of: models.RateCard, sku: str, pool: int, carry: int, units: str) -> models.RateBuild:
    """A build that somebody recorded."""
    return models.RateBuild.objects.create(
        card=of, sku=models.Sku.objects.get(code=sku), pool_cents=pool, carry_cents=carry, units=units
    )


def adopt(code: str, sku: str, **more: Any) -> models.RateBuild:
    """Take a price over."""
    return build(
        code, sku, **{"units": "", "reason": "As agreed.", "adopt": True, "by": None, "at": AT} | more
    )


@pytest.mark.parametrize(
    ("pool", "carry", "units", "price"),
    [
        (150_000, 0, "1000", "1.5"),
        # $1.00 less 40 cents over 3 units, $1.40 over 3: 20 and 46.666... cents.
        (100, 40, "3", "0.2"), (100, -40, "3", "0.46666667"),
        # 0.5 of the last place goes away from zero: a cent over 8,000,000 units is $0.00000000125.
        (1, 0, "8000000", "0"), (5, 0, "10000000", "0.00000001"), (0, 5, "10000000", "-0.00000001"),
    ],
)  # fmt: skip
def test_a_price_on_paper(pool: int, carry: int, units: str, price: str) -> None:
    assert break_even(pool, carry, Decimal(units)) == Decimal(price)


def test_a_year_by_hand(books: Shop, run: Run) -> None:
    """Machines brought 3 + 1 of $10.00, and 2 that nobody was charged for: 6,000 cents. They cost 2,000 and 100 of depreciation.

    3,900 cents were recovered too much. The year's own price had been raised by 500 for what was too little before, so 3,400 are
    carried forward. On the next card somebody expects a cost of 10,000 and 8 machines: (10,000 - 3,400) / 8 = 825 cents.
    """
    closed(books)
    earlier = card("fy26-b", 2026)
    desk = LineOfService.objects.create(code="desk", name="Desk", section=books.state)
    seat = models.Sku.objects.create(code="seat", name="Seat", line_of_service=desk, unit="seat")
    models.Rate.objects.create(card=earlier, sku=seat, starts_on=FY26[0], ends_on=FY26[1], price=4)
    recorded(earlier, "vm", 2_000, -500, "6")
    approve_card("fy26-b", by=None, at=AT)
    with (
        pytest.raises(IntegrityError, match="is approved; its rates cannot be changed"),
        transaction.atomic(),
    ):
        models.RateBuild.objects.update(carry_cents=0)
    later = card("fy28", 2028)
    models.Rate.objects.create(
        card=later,
        sku=models.Sku.objects.get(code="storage-gb"),
        starts_on=FY28[0],
        ends_on=FY28[1],
        price="0.02",
    )
    told = building_of("fy28")
    vm = told.of("vm")
    assert (told.year, vm.cost, vm.revenue, vm.recovery, vm.carry, vm.units) == (
        2026,
        2_100,
        6_000,
        3_900,
        3_400,
        4,
    )
    # (2,100 - 3,400) / 4 = -325 cents.
    assert vm.price == Decimal("-3.25") and vm.on_card == "" and not vm.recorded
    # Seats had a price, cost nothing and nobody used one; storage had no price in the year.
    assert (told.of("seat").cost, told.of("seat").price, told.of("seat").units) == (0, None, 0)
    assert (told.of("storage-gb").pool, told.of("storage-gb").why) == (
        None,
        "It had no price in fiscal year 2026.",
    )
    with pytest.raises(Refused, match="below zero, since more is carried forward than it costs"):
        adopt("fy28", "vm")
    assert not models.RateBuild.objects.filter(card=later).exists(), "nothing is half written"
    recorded(later, "vm", 10_000, 3_400, "8")
    assert building_of("fy28").of("vm").price == Decimal("8.25")
    status, answer = run("build-rates", "fy28")
    assert status == 1, "what storage cost is not known"
    assert {one["sku"]: (one["break_even"], one["card_price"]) for one in answer["rates"]} == {
        "seat": (None, ""), "storage-gb": (None, "$0.02"), "vm": ("8.25", ""),
    }  # fmt: skip
    assert run("build-rates", "fy99") == (
        2,
        "There is no rate card fy99; there are fy26, fy26-b, fy27, fy28.",
    )


def test_cost_that_several_share_is_nobodys_own(books: Shop) -> None:
    closed(books)
    more = card("fy26-b", 2026)
    models.Rate.objects.create(
        card=more, sku=models.Sku.objects.get(code="storage-gb"), starts_on=FY26[0], ends_on=FY26[1], price=1
    )
    approve_card("fy26-b", by=None, at=AT)
    card("fy28", 2028)
    told = building_of("fy28")
    assert {one.sku: (one.cost, one.revenue) for one in told.skus} == {
        "storage-gb": (None, 0),
        "vm": (None, 6_000),
    }
    assert [(one.service, one.allowable, one.revenue) for one in told.shared] == [("hosting", 2_100, 6_000)]
    with pytest.raises(Refused, match="The cost of Hosting is known for storage-gb, vm together"):
        adopt("fy28", "vm")
    page = text_of(client(books, "auditor").get("/billing/cards/fy28/build/"))
    assert (
        "Hosting: cost $21.00, revenue $60.00" in page
        and "2 SKUs have no cost of their own" in page.replace("\xa0", " ")
    )


def test_taking_a_price_over(books: Shop) -> None:
    closed(books)
    later = card("fy28", 2028)
    recorded(later, "vm", 10_000, 4_000, "8")
    for wrong, words in (
        ({"reason": " "}, "Say why"), ({"units": "many"}, "“many” is no number of units"), ({"units": "-1"}, "above zero"),
        ({"units": "0.0000001"}, "at most 6 decimals"), ({"units": "1e12"}, "no number"), ({"units": "NaN"}, "no number"),
    ):  # fmt: skip
        with pytest.raises(Refused, match=words):
            adopt("fy28", "vm", **wrong)
    with pytest.raises(Refused, match="no billed SKU of the card"):
        adopt("fy28", "rent")
    with pytest.raises(Refused, match="fy27 is approved"):
        adopt("fy27", "vm")
    # 6,000 cents over 16 machines.
    made = adopt("fy28", "vm", units="16", adopt=False)
    assert (made.units, made.break_even, later.rates.count()) == (16, Decimal("3.75"), 0)
    adopt("fy28", "vm")
    rate = later.rates.get()
    assert (rate.starts_on, rate.ends_on, rate.price) == (*FY28, Decimal("3.75"))
    adopt("fy28", "vm", units="1,000")
    rate.refresh_from_db()
    assert rate.price == Decimal("0.06")
    entry = AuditEntry.objects.filter(verb="adopt break-even price").latest("pk")
    assert (entry.reason, entry.after["break_even"]) == ("As agreed.", "0.06000000")
    models.RateTier.objects.create(card=later, sku=rate.sku, starts_on=FY28[0], from_quantity=5, price=1)
    with pytest.raises(Refused, match="vm has tiers on fy28"):
        adopt("fy28", "vm", units="10")
    assert models.RateBuild.objects.get(card=later).units == 1_000


def test_the_page_says_what_prices_rest_on_and_takes_them_over(books: Shop) -> None:
    later = card("fy28", 2028)
    where = "/billing/cards/fy28/build/"
    assert "No fiscal year is closed yet" in text_of(client(books, "auditor").get(where))
    closed(books)
    recorded(later, "vm", 10_000, 4_000, "8")
    steward = client(books, "data_steward")
    page = text_of(steward.get(where))
    assert "$7.5" in page and "+$39.00" in page and "Take the break-even price over" in page
    assert "Take the break-even price over" not in text_of(client(books, "auditor").get(where))
    assert client(books, "dhs").get(where).status_code == 404
    answer = steward.post(where, {"do": "adopt", "sku": "vm", "units": "x", "reason": "r"})
    assert answer.status_code == 400 and "“x” is no number of units" in text_of(answer)
    asked = {"do": "adopt", "sku": "vm", "units": "12", "reason": "Two more agencies move in."}
    assert client(books, "auditor").post(where, asked).status_code == 403
    assert "vm costs $5 on fy28 now" in text_of(steward.post(where, asked, follow=True))
    assert later.rates.get().price == 5
    assert (
        "vm,vm,machine,hosting,2100,6000,3900,10000,4000,12,True,5,$5,"
        in steward.get(f"{where}?format=csv").content.decode()
    )
