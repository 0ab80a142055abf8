"""What people owe while a month is billed, and what they no longer owe once it is done."""

from __future__ import annotations

import datetime as dt

from stateworks.kernel.org.models import Person
from stateworks.modules.billing import models
from stateworks.modules.billing.obligations import owed
from stateworks.modules.billing.tests.conftest import SEPTEMBER, Shop
from stateworks.modules.billing.tests.test_pages import client, text_of
from stateworks.modules.billing.tests.test_run import september
from stateworks.modules.billing.verbs import disputes, finops, issuing

DAY = dt.date(2026, 11, 3)
NIGHT = dt.datetime(2026, 11, 3, 8, tzinfo=dt.UTC)


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


def test_what_policies_found_is_owed_by_whom_it_names_until_it_is_decided(shop: Shop) -> None:
    policy = models.FinopsPolicy.objects.create(
        code="untagged", name="Untagged", kind="untagged", tag_key="owner"
    )
    agency = models.BillingAccount.objects.get(code="dhs-1").organization
    ann = Person.objects.create(code="ann", name="Ann", email="ann@example.org", organization=agency)
    rows = [
        models.FinopsFinding.objects.create(
            code=f"f{place}", policy=policy, organization=agency, source="blue", resource=f"box-{place}", text="No tag.",
            first_month=first, month="2026-10", cents=100 * place, owner=owner, **more,
        )
        for place, (first, owner, more) in enumerate(
            [
                ("2026-10", ann, {}),
                ("2026-08", ann, {}),
                ("2026-10", None, {}),
                ("2026-10", ann, {"state": "deferred", "deferred_until": dt.date(2026, 11, 3), "reason": "later"}),
                ("2026-10", ann, {"state": "rejected", "reason": "wanted"}),
            ],
            1,
        )
    ]  # fmt: skip
    page = "/billing/finops/"
    before = dt.date(2026, 11, 2)
    assert told("ann", before) == [
        ("Decide about 2 findings of cloud cost, $3.00 a month, the oldest of 2026-08.", page)
    ]
    assert finops.open_again(at=NIGHT - dt.timedelta(hours=24)) == 0
    assert finops.open_again(at=NIGHT) == 1
    assert told("ann") == [
        ("Decide about 3 findings of cloud cost, $7.00 a month, the oldest of 2026-08.", page)
    ], "what was put off until today waits again"
    assert finops.open_again(at=shop.clock) == 0
    nobodys = [one for one in owed(DAY, "") if one.kind == "billing-saving"]
    assert [(one.what, one.due) for one in nobodys] == [
        ("Decide about 1 finding of cloud cost, $3.00 a month, the oldest of 2026-10.", dt.date(2026, 11, 30))
    ]
    assert told("owner") == []
    for one in rows[:2]:
        finops.decide(one, "reject", reason="wanted", by=None, at=shop.clock)
    assert told("ann") == [
        ("Decide about 1 finding of cloud cost, $4.00 a month, the oldest of 2026-10.", page)
    ]
    Person.objects.filter(pk=ann.pk).update(left_on=before)
    assert [one.owner for one in owed(DAY, None) if one.kind == "billing-saving"] == ["", ""], "she has left"
