"""A month from usage and ledger to issued invoices: by hand, again, with what comes late, and back to nothing."""

from __future__ import annotations

import json
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction

from stateworks.kernel.access.models import AuditEntry
from stateworks.kernel.errors import Refused
from stateworks.modules.billing import models, proof, readd
from stateworks.modules.billing.tests.conftest import AT, NOVEMBER, OCTOBER, SEPTEMBER, Shop
from stateworks.modules.billing.verbs import disputes, issuing, periods


def september(shop: Shop) -> None:
    """Load a month: the storage of dhs-1 is 1,000.5 + 234 GB, its machines 2; dot-2 uses half a machine."""
    shop.used(
        ("e1", "Human Services", "storage-gb", "2026-09-01", "1000.5"),
        ("e2", "dhs-1", "storage-gb", "2026-09-30", "234"),
        ("e3", "dhs-1", "vm", "2026-09-15", "2"),
        ("e4", "dot-2", "vm", "2026-09-15", "0.5"),
        ("e5", "somebody", "vm", "2026-09-15", "1"),
        ("e6", "dot-2", "punch cards", "2026-09-15", "1"),
    )
    shop.spent(
        ("J1", "1", "2026-09-10", "B1", "5100", "1000.01"), ("J1", "2", "2026-09-11", "X9", "5100", "7.00")
    )


BY_HAND = {
    # 1,234.5 x $0.02315 = $28.578675; 2 x $12.50; 0.5 x $12.50 = $6.25.
    ("dhs-1", "storage-gb", SEPTEMBER): 2858,
    ("dhs-1", "vm", SEPTEMBER): 2500,
    ("dot-2", "vm", SEPTEMBER): 625,
    # 100,001 cents by 3 : 1 : 1 are 60,000.6, 20,000.2 and 20,000.2; the one cent left goes to the largest rest.
    ("dhs-1", "rent", SEPTEMBER): 60_001,
    ("dot-1", "rent", SEPTEMBER): 20_000,
    ("dot-2", "rent", SEPTEMBER): 20_000,
}


def test_a_month_by_hand(shop: Shop) -> None:
    september(shop)
    run = shop.draft(SEPTEMBER)
    assert shop.lines(SEPTEMBER) == BY_HAND
    assert run.cents == sum(BY_HAND.values())
    assert {one.code: one.cents for one in run.invoices.all()} == {
        "2026-09-dhs": 65_359,
        "2026-09-dot": 40_625,
    }
    assert {(row["stage"], row["account"], row["sku"], row["cents"]) for row in run.worklist} == {
        ("usage", "somebody", "vm", None), ("usage", "dot-2", "punch cards", None), ("ledger", "X9", "5100", 700),
    }  # fmt: skip
    assert run.checks["ledger_cents"] == {"in": 100_701, "out": 100_701}
    assert run.checks["usage_rows"] == {"in": 6, "out": 6}


def test_a_pool_that_spent_nothing_this_month_is_passed_cost_and_keeps_it(shop: Shop) -> None:
    """Support of 300 goes to rent and to a pool without a rule of its own, 2 to 1: 200 and 100."""
    support, idle = (
        models.CostPool.objects.create(code=code, name=code.title()) for code in ("support", "idle")
    )
    models.PoolRule.objects.create(code="support", pool=support, cost_center="B0")
    models.PoolRule.objects.create(code="idle", pool=idle, cost_center="B9")
    driver = models.Driver.objects.create(code="staff", name="Staff")
    month = models.BillingPeriod.objects.get(code=SEPTEMBER)
    for code, n in (("rent", 2), ("idle", 1)):
        pool = models.CostPool.objects.get(code=code)
        models.DriverValue.objects.create(
            code=f"staff-{code}", driver=driver, period=month, pool=pool, amount=n
        )
    rules = models.AllocationRule.objects.get()
    models.AllocationRule.objects.create(
        model=rules.model, pool=support, step=0, driver=driver, sku=rules.sku
    )
    shop.spent(("J1", "1", "2026-09-10", "B0", "5100", "3.00"))
    run = shop.draft(SEPTEMBER)
    # 200 by 3 : 1 : 1 of heads.
    assert shop.lines(SEPTEMBER) == {
        ("dhs-1", "rent", SEPTEMBER): 120, ("dot-1", "rent", SEPTEMBER): 40, ("dot-2", "rent", SEPTEMBER): 40,
    }  # fmt: skip
    assert run.checks["unallocated_cents"] == 100
    shop.issue(SEPTEMBER)
    assert proof.prove_all()["difference_cents"] == 0


def test_again_is_the_same_run_and_posts_nothing_twice(shop: Shop) -> None:
    september(shop)
    first = shop.draft(SEPTEMBER)
    codes = list(models.InvoiceLine.objects.values_list("pk", "code"))
    assert shop.draft(SEPTEMBER).pk == first.pk
    assert list(models.InvoiceLine.objects.values_list("pk", "code")) == codes
    issued = shop.issue(SEPTEMBER)
    assert issued.pk == first.pk
    assert issuing.issue(SEPTEMBER, by=None, at=AT).pk == first.pk
    assert shop.draft(SEPTEMBER).pk == first.pk
    assert models.BillingRun.objects.count() == 1


def test_a_draft_follows_its_inputs(shop: Shop) -> None:
    september(shop)
    shop.draft(SEPTEMBER)
    issuing.review_rest(SEPTEMBER, by=None, at=AT)
    shop.used(("e3", "dhs-1", "vm", "2026-09-15", "3"))
    run = shop.draft(SEPTEMBER)
    assert shop.lines(SEPTEMBER) == BY_HAND | {("dhs-1", "vm", SEPTEMBER): 3750}
    assert run.invoices.filter(reviewed_at__isnull=True).count() == 2, "what changed is reviewed again"
    assert models.BillingRun.objects.filter(state="replaced").count() == 1


def test_what_comes_late_is_a_correction_in_the_next_month(shop: Shop) -> None:
    september(shop)
    shop.issue(SEPTEMBER)
    models.AccountAlias.objects.create(
        source="meter", given="somebody", account=models.BillingAccount.objects.get(code="dot-1")
    )
    shop.used(("e2", "dhs-1", "storage-gb", "2026-09-30", "0"), ("e7", "dot-2", "vm", "2026-10-02", "1"))
    shop.spent(("J9", "1", "2026-09-30", "B1", "5100", "-1000.01"))
    shop.issue(OCTOBER)
    assert shop.lines(OCTOBER) == {
        # 1,000.5 x $0.02315 = $23.161575, and $28.58 were charged.
        ("dhs-1", "storage-gb", SEPTEMBER): 2316 - 2858,
        # Nobody was known as somebody when September was billed.
        ("dot-1", "vm", SEPTEMBER): 1250,
        ("dot-2", "vm", OCTOBER): 1250,
        # The rent was taken back, and with it every cent of it.
        ("dhs-1", "rent", SEPTEMBER): -60_001,
        ("dot-1", "rent", SEPTEMBER): -20_000,
        ("dot-2", "rent", SEPTEMBER): -20_000,
    }
    shop.used(*((event, "dhs-1", "vm", "2026-09-15", "0") for event in ("e1", "e3")))
    shop.issue(NOVEMBER)
    of_september = models.InvoiceLine.objects.filter(origin=SEPTEMBER, account__code="dhs-1")
    assert sum(of_september.values_list("cents", flat=True)) == 0, "credited to zero"
    assert proof.prove_all()["difference_cents"] == 0


def test_every_line_proves_itself_and_a_script_adds_it_up_again(shop: Shop) -> None:
    september(shop)
    shop.issue(SEPTEMBER)
    shop.used(("e2", "dhs-1", "storage-gb", "2026-09-30", "235"))
    shop.issue(OCTOBER)
    told = proof.prove_all()
    assert told == {
        "lines": 7, "cents": sum(BY_HAND.values()) + 2, "difference_cents": 0, "wrong": [], "unknown": 0,
    }  # fmt: skip
    # 1,235.5 x $0.02315 = $28.601825: two cents more than $28.58.
    for line in models.InvoiceLine.objects.all():
        derived = json.loads(json.dumps(proof.derivation(proof.line_named(line.code))))
        assert readd.readd(derived) == line.cents
    storage = proof.derivation(proof.line_named("2026-09-dhs.2"))
    assert [(row["event"], row["quantity"]) for row in storage["rows"]] == [("e1", "1000.5"), ("e2", "234")]
    assert proof.line_named("202609-00001.2").code == "2026-09-dhs.2"


def test_a_proof_finds_a_cent_that_somebody_added(shop: Shop) -> None:
    september(shop)
    shop.issue(SEPTEMBER)
    told = proof.derivation(proof.line_named("2026-09-dhs.2"))
    told["rows"][0]["quantity"] = "1000.4"
    with pytest.raises(ValueError, match="the rows add up to"):
        readd.readd(told)
    run = models.BillingRun.objects.get()
    models.BillingRun.objects.filter(pk=run.pk).update(
        inputs={
            **run.inputs,
            "prices": [
                {**one, "price": "12.51"} if one["sku"] == "vm" else one for one in run.inputs["prices"]
            ],
        }
    )
    found = proof.prove_all()
    # 2 x $12.51 and 0.5 x $12.51 = $6.255: 2,502 and 626 cents under another price, 2,500 and 625 under none.
    assert found["difference_cents"] == 2502 + 626 + 2500 + 625


def test_what_is_issued_or_closed_the_database_lets_nobody_change(shop: Shop) -> None:
    september(shop)
    shop.issue(SEPTEMBER)
    line = models.InvoiceLine.objects.first()
    invoice = models.Invoice.objects.first()
    assert line is not None and invoice is not None
    attempts = (
        lambda: models.InvoiceLine.objects.filter(pk=line.pk).update(cents=1),
        lambda: models.InvoiceLine.objects.filter(pk=line.pk).delete(),
        lambda: models.Invoice.objects.filter(pk=invoice.pk).update(cents=1),
        lambda: models.Invoice.objects.filter(pk=invoice.pk).update(note="paid"),
        lambda: models.InvoiceReview.objects.filter(invoice=invoice).update(note="later"),
        lambda: models.InvoiceLine.objects.create(
            code="x", invoice=invoice, account=line.account, sku=line.sku, origin=SEPTEMBER, cents=1
        ),
        lambda: models.Rate.objects.update(price=1),
        lambda: models.RateCard.objects.update(title="other"),
        lambda: models.Sku.objects.filter(code="vm").update(code="machine"),
        lambda: models.BillingAccount.objects.filter(code="dhs-1").update(code="dhs-9"),
    )
    for attempt in attempts:
        with pytest.raises(IntegrityError), transaction.atomic():
            attempt()
    entry = models.JournalEntry.objects.first()
    assert entry is not None
    with pytest.raises(IntegrityError, match="never changed"), transaction.atomic():
        entry.postings.update(cents=5)
    with pytest.raises(IntegrityError, match="off balance by 7 cents"), transaction.atomic():
        unbalanced(entry)
    periods.close_period(SEPTEMBER, by=None, at=AT)
    with pytest.raises(IntegrityError, match="period is closed"), transaction.atomic():
        models.Invoice.objects.create(
            code="late", period=models.BillingPeriod.objects.get(code=SEPTEMBER), organization=shop.dhs
        )
    with pytest.raises(IntegrityError, match="is closed"), transaction.atomic():
        models.BillingPeriod.objects.filter(code=SEPTEMBER).update(state="open", closed_at=None)
    with pytest.raises(Refused, match="Say why"):
        periods.reopen_period(SEPTEMBER, reason=" ", by=None, at=AT)
    assert periods.reopen_period(SEPTEMBER, reason="a late journal", by=None, at=AT).state == "open"


def unbalanced(entry: models.JournalEntry) -> None:
    """Add to an entry what is balanced by nothing, and have the database look at once."""
    models.Posting.objects.create(entry=entry, ledger_account="revenue", subject="gift", cents=7)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def test_each_step_waits_for_the_one_before(shop: Shop) -> None:
    september(shop)
    with pytest.raises(Refused, match="2026-09 is not issued yet; months are billed in order"):
        shop.draft(OCTOBER)
    with pytest.raises(Refused, match="has no draft"):
        issuing.approve(SEPTEMBER, by=None, at=AT)
    shop.draft(SEPTEMBER)
    with pytest.raises(Refused, match="2 invoices of 2026-09 are not reviewed yet"):
        issuing.approve(SEPTEMBER, by=None, at=AT)
    with pytest.raises(Refused, match="is draft"):
        issuing.issue(SEPTEMBER, by=None, at=AT)
    with pytest.raises(Refused, match="has no issued invoices"):
        periods.close_period(SEPTEMBER, by=None, at=AT)
    invoice = models.Invoice.objects.get(code="2026-09-dhs")
    with pytest.raises(IntegrityError, match="after it is approved"), transaction.atomic():
        models.Invoice.objects.filter(pk=invoice.pk).update(state="issued", number="1", issued_at=AT)


def test_a_price_that_changes_in_the_middle_of_a_month(shop: Shop) -> None:
    card = models.RateCard.objects.create(code="fy27-b", title="Licences", fiscal_year=2027)
    licence = models.Sku.objects.create(
        code="licence", name="Licence", line_of_service=models.Sku.objects.get(code="vm").line_of_service
    )
    for price, first, last in (("1.00", "2026-07-01", "2026-09-15"), ("2.00", "2026-09-16", "2026-09-29")):
        models.Rate.objects.create(
            card=card, sku=licence, price=Decimal(price), starts_on=first, ends_on=last
        )
    periods.approve_card("fy27-b", by=None, at=AT, gaps_why="A trial of three months.")
    shop.used(
        ("l1", "dhs-1", "licence", "2026-09-15", "3"),
        ("l2", "dhs-1", "licence", "2026-09-16", "3"),
        ("l3", "dhs-1", "licence", "2026-09-30", "3"),
    )
    run = shop.issue(SEPTEMBER)
    rows = models.InvoiceLine.objects.order_by("price").values_list("price", "quantity", "cents")
    assert [(str(p.normalize()), int(q), c) for p, q, c in rows] == [("1", 3, 300), ("2", 3, 600)]  # type: ignore[union-attr]
    assert [row["why"] for row in run.worklist] == ["licence has no approved price on 2026-09-30"]
    assert proof.prove_all()["difference_cents"] == 0


def test_cards_that_overlap_or_leave_gaps_are_refused(shop: Shop) -> None:
    sku = models.Sku.objects.get(code="vm")
    other = models.RateCard.objects.create(code="other", title="Other", fiscal_year=2027)
    models.Rate.objects.create(card=other, sku=sku, price=1, starts_on="2026-09-01", ends_on="2026-09-10")
    with pytest.raises(IntegrityError, match="no_overlap"), transaction.atomic():
        models.Rate.objects.create(card=other, sku=sku, price=2, starts_on="2026-09-10", ends_on="2026-09-20")
    with pytest.raises(IntegrityError, match="another approved card"), transaction.atomic():
        periods.approve_card("other", by=None, at=AT)
    # What no card has a price for may begin within the year, but not pause or end, unless it is retired then.
    seat = models.Sku.objects.create(code="seat", name="Seat", line_of_service=sku.line_of_service)
    for first, last in (("2026-09-12", "2026-09-20"), ("2026-09-22", "2027-05-31")):
        models.Rate.objects.create(card=other, sku=seat, price=2, starts_on=first, ends_on=last)
    other.rates.filter(sku=sku).delete()
    with pytest.raises(Refused, match="other has 2 gaps") as refused:
        periods.approve_card("other", by=None, at=AT)
    assert list(refused.value.details) == [
        "seat has no price from 2026-09-21 to 2026-09-21.", "seat has no price from 2027-06-01 to 2027-06-30.",
    ]  # fmt: skip
    models.Sku.objects.filter(code="seat").update(retired_on="2027-06-01")
    with pytest.raises(Refused, match="other has 1 gap "):
        periods.approve_card("other", by=None, at=AT)
    models.RateTier.objects.create(card=other, sku=seat, starts_on="2026-09-13", from_quantity=5, price=1)
    with pytest.raises(Refused, match="tiers that belong to no price") as refused:
        periods.approve_card("other", by=None, at=AT)
    assert list(refused.value.details) == [
        "seat has tiers from 2026-09-13 on, and no price that starts on this day."
    ]
    other.tiers.all().delete()
    assert periods.approve_card("other", by=None, at=AT, gaps_why="Closed on that day.").approved
    entry = AuditEntry.objects.get(verb="approve rate card", subject="billing.rate_card other")
    assert entry.reason == "Closed on that day." and entry.after["gaps"] == [
        "seat has no price from 2026-09-21 to 2026-09-21."
    ]


def test_what_was_sold_before_the_year_is_sold_from_its_first_day(shop: Shop) -> None:
    later = models.RateCard.objects.create(code="fy28", title="FY28", fiscal_year=2028)
    models.Rate.objects.create(
        card=later,
        sku=models.Sku.objects.get(code="vm"),
        price=1,
        starts_on="2027-08-01",
        ends_on="2028-06-30",
    )
    with pytest.raises(Refused, match="fy28 has 1 gap") as refused:
        periods.approve_card("fy28", by=None, at=AT)
    assert list(refused.value.details) == ["vm has no price from 2027-07-01 to 2027-07-31."]
    first = models.RateCard.objects.create(code="fy28-july", title="July", fiscal_year=2028)
    models.Rate.objects.create(
        card=first,
        sku=models.Sku.objects.get(code="vm"),
        price=1,
        starts_on="2027-07-01",
        ends_on="2027-07-31",
    )
    periods.approve_card("fy28-july", by=None, at=AT, gaps_why="The rest is on fy28.")
    assert periods.approve_card("fy28", by=None, at=AT).approved, "between them the cards have the whole year"


def test_disputes_and_credits(shop: Shop) -> None:
    september(shop)
    shop.issue(SEPTEMBER)
    line = models.InvoiceLine.objects.get(code="2026-09-dhs.2")
    with pytest.raises(Refused, match=r"The line came to \$28.58"):
        disputes.file_dispute(line, cents=2859, reason="too much", by=None, at=AT)
    dispute = disputes.file_dispute(line, cents=1000, reason="It was deleted.", by=None, at=AT)
    assert str(dispute.due_on) == "2026-12-03"
    with pytest.raises(Refused, match="has an open dispute already"):
        disputes.file_dispute(line, cents=1, reason="again", by=None, at=AT)
    disputes.decide(dispute.code, uphold=True, resolution="Right.", by=None, at=AT)
    with pytest.raises(Refused, match=r"no more than \$18.58"):
        disputes.give_credit(line, cents=1859, reason="more", by=None, at=AT)
    words = r"came to \$28.58 and \$10.00 is given back already; \$18.59 more is too much"
    with pytest.raises(IntegrityError, match=words), transaction.atomic():
        models.Credit.objects.create(code="c", line=line, cents=1859, reason="more", given_on=AT.date())
    shop.issue(OCTOBER)
    assert shop.lines(OCTOBER) == {("dhs-1", "storage-gb", SEPTEMBER): -1000}
    with pytest.raises(IntegrityError, match="on an issued invoice"), transaction.atomic():
        models.Credit.objects.all().delete()
    shop.draft(NOVEMBER)
    assert shop.lines(NOVEMBER) == {}, "a credit is carried once"
    assert proof.prove_all()["difference_cents"] == 0
