"""What people owe while a month is billed, and what they no longer owe once it is done."""

from __future__ import annotations

import datetime as dt

from stateworks.modules.billing import models
from stateworks.modules.billing.obligations import owed
from stateworks.modules.billing.tests.conftest import SEPTEMBER, Shop
from stateworks.modules.billing.tests.test_pages import client, text_of
from stateworks.modules.billing.tests.test_run import september
from stateworks.modules.billing.verbs import disputes, issuing

DAY = dt.date(2026, 11, 3)


def told(who: str, day: dt.date = DAY) -> list[tuple[str, str]]:
    return [(one.what, one.url) for one in owed(day, f"{who}@example.org")]


def test_a_months_steps_are_owed_by_those_who_may_do_them(shop: Shop) -> None:
    september(shop)
    page = f"/billing/periods/{SEPTEMBER}/"
    assert told("owner") == []
    run = shop.draft(SEPTEMBER)
    models.AnomalyFinding.objects.create(
        code="f1", invoice=run.invoices.get(code="2026-09-dhs"), detector="usual", text="Ten times the usual.", cents=2500,
        found_at=shop.clock, due_on=dt.date(2026, 11, 5),
    )  # fmt: skip
    both = [
        ("Resolve 1 finding on invoices of 2026-09, with $25.00 at risk.", page), ("Review 2 invoices of 2026-09.", page),
    ]  # fmt: skip
    assert told("owner") == told("data_steward") == both
    assert {one.due for one in owed(DAY, "owner@example.org")} == {dt.date(2026, 11, 5)}
    assert told("approver") == told("auditor") == told("dhs") == [], "it is not theirs to do"
    assert told("") == [], "each has somebody"
    assert {one.owner.partition("@")[0] for one in owed(DAY, None)} == {
        "administrator",
        "data_steward",
        "owner",
    }
    assert "Resolve 1 finding" in text_of(client(shop, "owner").get("/work/"))

    issuing.resolve("f1", "as it should be", by=None, at=shop.clock)
    issuing.review_rest(SEPTEMBER, by=None, at=shop.clock)
    assert told("owner") == []
    assert told("approver") == [("Approve the invoices of 2026-09.", page)]
    issuing.approve(SEPTEMBER, by=None, at=shop.clock)
    assert told("approver") == [("Issue the invoices of 2026-09.", page)]
    issuing.issue(SEPTEMBER, by=None, at=shop.clock)
    assert told("approver") == []


def test_a_dispute_is_owed_an_answer(shop: Shop) -> None:
    september(shop)
    shop.issue(SEPTEMBER)
    line = models.InvoiceLine.objects.filter(invoice__code="2026-09-dhs").first()
    assert line is not None
    made = disputes.file_dispute(line, cents=100, reason="not ours", by=None, at=shop.clock)
    (one,) = owed(DAY, "approver@example.org")
    assert (one.what, one.due) == (f"Answer Human Services about line {line.code}.", made.due_on)
    disputes.decide(made.code, uphold=False, resolution="it is yours", by=None, at=shop.clock)
    assert told("approver") == []
