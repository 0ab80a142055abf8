"""A rate card tried on closed months: by hand, to the cent, and nothing moves under the prices that were charged."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from stateworks.kernel.errors import Refused
from stateworks.modules.billing import models
from stateworks.modules.billing.rehearsal import Moved, rehearse
from stateworks.modules.billing.tests.conftest import OCTOBER, SEPTEMBER, Shop
from stateworks.modules.billing.tests.test_pages import client, text_of
from stateworks.modules.billing.tests.test_variance import october
from stateworks.modules.billing.verbs.periods import close_period


def card(code: str, **prices: str) -> None:
    """A card for the fiscal year after, not approved: `vm="10"` is $10 from July 2027 to June 2028."""
    made = models.RateCard.objects.create(code=code, title=f"Proposal {code}", fiscal_year=2028)
    for sku, price in prices.items():
        models.Rate.objects.create(
            card=made, sku=models.Sku.objects.get(code=sku.replace("_", "-")), price=Decimal(price),
            starts_on=dt.date(2027, 7, 1), ends_on=dt.date(2028, 6, 30),
        )  # fmt: skip


def test_a_card_by_hand(shop: Shop) -> None:
    """In September dhs-1 used 1,234.5 GB, 2 machines and 1,000 GB of backup, in October 2,000 GB, 1 and 1,500; 10 GB came late.

    dot-2 used half a machine in September. With storage at $0.03 and machines at $10.00, backup staying:
    dhs paid 28.81 + 25.00 + 20.00 + 46.30 + 12.50 + 45.00 = $177.61, and would have paid
    1,244.5 x 0.03 = 37.335, so 37.34, + 20.00 + 20.00 + 60.00 + 10.00 + 45.00 = $192.34; dot 6.25 and 5.00.
    """
    october(shop)
    for month in (SEPTEMBER, OCTOBER):
        close_period(month, by=None, at=shop.clock)
    card("fy28", storage_gb="0.03", vm="10")
    told = rehearse("fy28")
    assert told.months == [SEPTEMBER, OCTOBER]
    assert told.agencies == [
        Moved("dhs", "Human Services", 17_761, 19_234), Moved("dot", "Transportation", 625, 500),
    ]  # fmt: skip
    assert told.unpriced == ["backup-gb"]
    assert (told.together.difference, told.services[0].difference) == (1_348, 1_348)
    page = text_of(client(shop, "auditor").get("/billing/cards/fy28/rehearsal/"))
    assert (
        "would have paid $197.34 instead of $183.86" in page and "1 agency pays more, 1 agency less" in page
    )
    assert "no price for backup-gb" in page
    assert client(shop, "dhs").get("/billing/cards/fy28/rehearsal/").status_code == 404
    rows = (
        client(shop, "auditor").get("/billing/cards/fy28/rehearsal/?format=csv").content.decode().splitlines()
    )
    assert rows[1] == "dhs,Human Services,17761,19234,1473"


def test_nothing_moves_under_the_prices_that_were_charged(shop: Shop) -> None:
    october(shop)
    close_period(SEPTEMBER, by=None, at=shop.clock)
    told = rehearse("fy27")
    assert told.months == [SEPTEMBER] and told.together.before > 0
    assert {one.difference for one in (*told.agencies, *told.services)} == {0} and told.unpriced == []


def test_what_cannot_be_tried_is_said(shop: Shop) -> None:
    with pytest.raises(Refused, match="no rate card fy99; there are fy27"):
        rehearse("fy99")
    with pytest.raises(Refused, match="No month is closed yet"):
        rehearse("fy27")
    card("empty")
    with pytest.raises(Refused, match="has no price yet"):
        rehearse("empty")
    assert "has no price yet" in text_of(client(shop, "auditor").get("/billing/cards/empty/rehearsal/"))
