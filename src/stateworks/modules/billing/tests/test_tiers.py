"""Graduated prices: on paper, late, in the middle of a month, frozen, proved, and always the whole again."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
from dataclasses import replace
from decimal import Decimal
from random import Random
from xml.etree.ElementTree import fromstring

import pytest
from django.db import IntegrityError, transaction
from hypothesis import given
from hypothesis import strategies as st

from stateworks.kernel.errors import Refused
from stateworks.kernel.records.intake import import_records
from stateworks.modules.billing import models, proof, readd
from stateworks.modules.billing.charging import Charge, charges_of
from stateworks.modules.billing.documents import document
from stateworks.modules.billing.documents.ubl import CAC, CBC
from stateworks.modules.billing.federal.earning import imputed
from stateworks.modules.billing.federal.facts import Facts, Priced, Rule, Unbilled
from stateworks.modules.billing.inputs import Billed, Inputs, Price, Used
from stateworks.modules.billing.rehearsal import rehearse
from stateworks.modules.billing.telling import sentences
from stateworks.modules.billing.tests.conftest import AT, OCTOBER, SEPTEMBER, Shop
from stateworks.modules.billing.tests.test_pages import client, text_of
from stateworks.modules.billing.tiers import charged, in_order, slices
from stateworks.modules.billing.variance import Effects, variance
from stateworks.modules.billing.verbs.periods import approve_card, close_period

JULY, JUNE = dt.date(2026, 7, 1), dt.date(2027, 6, 30)
CALLS = (("0.05", None), ("0.03", 100), ("0.01", 1000))
"""Up to 100 calls of a month cost 5 cents, the next 900 cost 3, and the rest 1."""


def sold(code: str, card: str, *rates: tuple[dt.date, dt.date, tuple[tuple[str, int | None], ...]]) -> None:
    """Sell something at prices with tiers, on a card that is approved."""
    sku = models.Sku.objects.create(
        code=code, name=code.title(), line_of_service=models.Sku.objects.get(code="vm").line_of_service
    )
    made = models.RateCard.objects.create(code=card, title=card, fiscal_year=2027)
    for starts, ends, ((price, _), *tiers) in rates:
        models.Rate.objects.create(card=made, sku=sku, price=price, starts_on=starts, ends_on=ends)
        for each, start in tiers:
            models.RateTier.objects.create(
                card=made, sku=sku, starts_on=starts, from_quantity=start, price=each
            )
    approve_card(card, by=None, at=AT)


def told(month: str, account: str) -> list[tuple[str, str, str, int]]:
    """What an account is charged for calls in a month: of which month, at which price, how many and how many cents."""
    lines = models.InvoiceLine.objects.filter(
        invoice__period__code=month, account__code=account, sku__code="calls"
    )
    return [
        (one.origin, f"{one.price.normalize():f}", f"{one.quantity.normalize():f}", one.cents)
        for one in lines.order_by("origin", "-price")
        if one.price is not None
    ]


def test_a_month_on_paper_and_what_comes_late(shop: Shop) -> None:
    """Each account counts for itself, over all that meters call it.

    dhs-1 makes 1,250 calls: 100 x 5 + 900 x 3 + 250 x 1 cents = 500 + 2,700 + 250 = 3,450.
    dot-1 makes 150: 500 + 50 x 3 = 650. dot-2 makes 99.5: 497.5 cents, rounded once to 498.
    """
    sold("calls", "calls-27", (JULY, JUNE, CALLS))
    shop.used(
        ("c1", "dhs-1", "calls", "2026-09-20", "1100"), ("c2", "Human Services", "calls", "2026-09-03", "150"),
        ("c3", "dot-1", "calls", "2026-09-09", "150"), ("c4", "dot-2", "calls", "2026-09-09", "99.5"),
    )  # fmt: skip
    run = shop.issue(SEPTEMBER)
    assert told(SEPTEMBER, "dhs-1") == [
        (SEPTEMBER, "0.05", "100", 500), (SEPTEMBER, "0.03", "900", 2_700), (SEPTEMBER, "0.01", "250", 250),
    ]  # fmt: skip
    assert told(SEPTEMBER, "dot-1") == [(SEPTEMBER, "0.05", "100", 500), (SEPTEMBER, "0.03", "50", 150)]
    assert told(SEPTEMBER, "dot-2") == [(SEPTEMBER, "0.05", "99.5", 498)]
    assert run.checks["usage_rows"] == {"in": 4, "out": 4} and run.cents == 3_450 + 650 + 498

    # 10.5 more calls take dot-2 to 110: 500 + 10 x 3 = 530, which is 32 more than 498; dhs-1 made only 90: 450.
    shop.used(("c5", "dot-2", "calls", "2026-09-30", "10.5"), ("c1", "dhs-1", "calls", "2026-09-20", "-60"))
    shop.issue(OCTOBER)
    assert told(OCTOBER, "dot-2") == [(SEPTEMBER, "0.05", "0.5", 2), (SEPTEMBER, "0.03", "10", 30)]
    assert told(OCTOBER, "dhs-1") == [
        (SEPTEMBER, "0.05", "-10", -50), (SEPTEMBER, "0.03", "-900", -2_700), (SEPTEMBER, "0.01", "-250", -250),
    ]  # fmt: skip
    assert told(OCTOBER, "dot-1") == []
    proved = proof.prove_all()
    assert (proved["lines"], proved["difference_cents"]) == (6 + 5, 0)
    for line in models.InvoiceLine.objects.all():
        derived = json.loads(json.dumps(proof.derivation(proof.line_named(line.code))))
        assert readd.readd(derived) == line.cents, line.code


def test_a_line_shows_the_tiers_of_its_month(shop: Shop) -> None:
    sold("calls", "calls-27", (JULY, JUNE, CALLS))
    shop.used(("c1", "dhs-1", "calls", "2026-09-20", "1100"), ("c2", "dhs-1", "calls", "2026-09-03", "150"))
    shop.issue(SEPTEMBER)
    line = models.InvoiceLine.objects.get(price=Decimal("0.03"))
    derived = proof.derivation(line)
    assert derived["tiers"] == [
        {"price": "0.01", "quantity": "250", "cents": 250}, {"price": "0.03", "quantity": "900", "cents": 2_700},
        {"price": "0.05", "quantity": "100", "cents": 500},
    ]  # fmt: skip
    assert "900 at $0.03 for one come to $27.00, rounded once. This line is about these." in list(
        sentences(derived)
    )
    page = text_of(client(shop, "dhs").get(f"/billing/lines/{line.code}/"))
    assert "250 at $0.01 for one come to $2.50" in page
    for spoil, words in (
        (lambda one: one["rows"][0].update(quantity="1101"), "add up to 1251, not to 1250"),
        (lambda one: one["tiers"][0].update(quantity="249"), "other quantities"),
    ):
        wrong = json.loads(json.dumps(derived))
        spoil(wrong)
        with pytest.raises(ValueError, match=words):
            readd.readd(wrong)


def test_documents_have_a_line_for_each_tier(shop: Shop) -> None:
    """1,250 calls: 100 at 5 cents, 900 at 3 and 250 at 1, which are $5.00, $27.00 and $2.50."""
    sold("calls", "calls-27", (JULY, JUNE, CALLS))
    shop.used(("c1", "dhs-1", "calls", "2026-09-20", "1250"))
    shop.issue(SEPTEMBER)
    invoice = models.Invoice.objects.get(code="2026-09-dhs")
    tiers = [("250", "0.01", "2.50"), ("900", "0.03", "27.00"), ("100", "0.05", "5.00")]
    rows = list(csv.DictReader(io.StringIO(document(invoice, "focus")[1].decode())))
    assert [(one["PricingQuantity"], one["ListUnitPrice"], one["BilledCost"]) for one in rows] == tiers
    assert len({one["SkuPriceId"] for one in rows}) == 3 and {one["SkuId"] for one in rows} == {"calls"}
    lines = fromstring(document(invoice, "ubl")[1]).findall(f"{{{CAC}}}InvoiceLine")
    found = [
        [one.findtext(path) for path in (
            f"{{{CBC}}}InvoicedQuantity", f"{{{CAC}}}Price/{{{CBC}}}PriceAmount", f"{{{CBC}}}LineExtensionAmount"
        )]
        for one in lines
    ]  # fmt: skip
    assert [tuple(one) for one in found] == tiers
    listed = (
        client(shop, "dhs").get("/billing/invoices/2026-09-dhs/?format=csv").content.decode().splitlines()
    )
    assert [row.split(",")[-1] for row in listed[1:]] == ["250", "2700", "500"]


def test_a_proof_finds_a_tier_that_somebody_moved(shop: Shop) -> None:
    sold("calls", "calls-27", (JULY, JUNE, CALLS))
    shop.used(("c1", "dhs-1", "calls", "2026-09-20", "150"))
    run = shop.issue(SEPTEMBER)
    prices = [one | ({"tiers": [["110", "0.03"]]} if "tiers" in one else {}) for one in run.inputs["prices"]]
    models.BillingRun.objects.filter(pk=run.pk).update(inputs={**run.inputs, "prices": prices})
    # 110 x 5 and 40 x 3 cents: 550 and 120 instead of 500 and 150.
    assert proof.prove_all()["difference_cents"] == 50 + 30


def test_another_price_in_the_middle_of_a_month_goes_on_counting(shop: Shop) -> None:
    """8 calls by the 15th at $1; of the 6 after it, at $2 and from 10 on at $1.50, 2 are below 10 and 4 above."""
    sold(
        "calls", "calls-27",
        (JULY, dt.date(2026, 9, 15), (("1", None), ("0.5", 10))),
        (dt.date(2026, 9, 16), JUNE, (("2", None), ("1.5", 10))),
    )  # fmt: skip
    shop.used(("late", "dhs-1", "calls", "2026-09-16", "6"), ("early", "dhs-1", "calls", "2026-09-15", "8"))
    shop.issue(SEPTEMBER)
    assert told(SEPTEMBER, "dhs-1") == [
        (SEPTEMBER, "2", "2", 400), (SEPTEMBER, "1.5", "4", 600), (SEPTEMBER, "1", "8", 800),
    ]  # fmt: skip
    assert proof.prove_all()["difference_cents"] == 0
    for line in models.InvoiceLine.objects.all():
        assert readd.readd(proof.derivation(proof.line_named(line.code))) == line.cents


def test_use_that_moves_into_another_tier_is_use_and_no_price(shop: Shop) -> None:
    """150 calls come to 500 + 150 = 650 cents, 1,250 to 3,450: 2,800 more by use. Under the very prices nothing moves."""
    sold("calls", "calls-27", (JULY, JUNE, CALLS))
    shop.used(("c1", "dhs-1", "calls", "2026-09-20", "150"), ("c2", "dhs-1", "calls", "2026-10-20", "1250"))
    shop.issue(SEPTEMBER)
    close_period(SEPTEMBER, by=None, at=shop.clock)
    shop.issue(OCTOBER)
    changed = variance(models.Invoice.objects.get(code="2026-10-dhs"))
    assert changed is not None and changed.effects == Effects(volume=2_800)
    assert [one.difference for one in rehearse("calls-27").agencies] == [0]


def test_tiers_that_change_are_a_price(shop: Shop) -> None:
    """From October on a call costs 4 cents and from 200 on 2. 150 calls were 650 cents, 300 are 800 + 200 = 1,000.

    300 under the old tiers are 500 + 200 x 3 = 1,100: 450 more by use, 100 less by price.
    """
    october = dt.date(2026, 10, 1)
    sold(
        "calls", "calls-27",
        (JULY, october - dt.timedelta(days=1), CALLS), (october, JUNE, (("0.04", None), ("0.02", 200))),
    )  # fmt: skip
    shop.used(("c1", "dhs-1", "calls", "2026-09-20", "150"), ("c2", "dhs-1", "calls", "2026-10-20", "300"))
    shop.issue(SEPTEMBER)
    shop.issue(OCTOBER)
    changed = variance(models.Invoice.objects.get(code="2026-10-dhs"))
    assert changed is not None and changed.effects == Effects(price=-100, volume=450)


def test_tiers_of_approved_cards_are_frozen_and_wrong_ones_are_refused_by_name(shop: Shop) -> None:
    sold("calls", "calls-27", (JULY, JUNE, CALLS))
    tier = models.RateTier.objects.filter(from_quantity=100)
    for attempt in (
        lambda: tier.update(price=1),
        lambda: tier.delete(),
        lambda: models.RateTier.objects.create(
            card=models.RateCard.objects.get(code="calls-27"), sku=models.Sku.objects.get(code="calls"),
            starts_on=JULY, from_quantity=5, price=1,
        ),
    ):  # fmt: skip
        with (
            pytest.raises(IntegrityError, match="is approved; its rates cannot be changed"),
            transaction.atomic(),
        ):
            attempt()
    models.RateCard.objects.create(code="fy28", title="FY28", fiscal_year=2028)
    header = ("card", "sku", "starts_on", "from_quantity", "price")
    rows = [
        ("fy28", "vm", "2027-07-01", *each) for each in (("0", "1"), ("10", "-1"), ("20", "1"), ("20", "2"))
    ]
    done = import_records("billing.rate_tier", shop.file(header, rows), by=None, at=AT)
    assert [one.reason for one in done.quarantine.order_by("row")] == [
        "A tier begins above zero; up to the first one the rate's own price holds.",
        "A tier's price is zero or more; give back by credit.",
        *["Lines 4, 5 have the same card and sku and starts_on and from_quantity and differ; keep one of them."] * 2,
    ]  # fmt: skip
    assert done.inserted == 0 and not models.RateTier.objects.filter(card__code="fy28").exists()
    with pytest.raises(Refused, match="tiers of vm are out of order: one from 5 comes after 10"):
        in_order(((Decimal(10), Decimal(1)), (Decimal(5), Decimal(1))), "vm")


def test_use_that_nobody_was_charged_for_is_imputed_by_tiers() -> None:
    price = Priced(
        "fy26", "calls", "2025-07-01", "2026-06-30", Decimal("0.05"), ((Decimal(100), Decimal("0.03")),)
    )
    facts = Facts(
        2026, ("2025-07",), 31, {"": Rule("r", 60, 0, "2026-12-31", "")}, prices=(price,),
        unbilled=(Unbilled("2025-07", "somebody", "calls", Decimal(150), "no account"),),
    )  # fmt: skip
    assert [one.cents for one in imputed(facts)] == [650]


# The whole is the sum of its parts, whatever the parts.
_QUANTITIES = st.decimals(-(10**7), 10**7, places=6)
_PRICES = st.decimals(0, 100, places=8)
_TIERS = st.dictionaries(st.decimals("0.000001", 10**6, places=6), _PRICES, max_size=4).map(
    lambda found: tuple(sorted(found.items()))
)


@given(_QUANTITIES, _QUANTITIES, _PRICES, _TIERS)
def test_tiers_add_up_to_the_quantity_and_it_does_not_matter_where_it_is_cut(
    quantity: Decimal, more: Decimal, price: Decimal, tiers: tuple[tuple[Decimal, Decimal], ...]
) -> None:
    def summed(*parts: tuple[Decimal, Decimal]) -> dict[Decimal, Decimal]:
        sums: dict[Decimal, Decimal] = {}
        for each, part in parts:
            sums[each] = sums.get(each, Decimal(0)) + part
        return {each: part for each, part in sums.items() if part}

    whole = slices(quantity + more, price, tiers)
    assert sum(part for _, part in whole) == quantity + more
    assert summed(*whole) == summed(
        *slices(quantity, price, tiers), *slices(more, price, tiers, before=quantity)
    )
    spans = [
        {"quantity": str(each), "tiers": [["0", str(price)], *([str(a), str(b)] for a, b in tiers)]}
        for each in (quantity, more)
    ]
    assert readd.tiered(spans) == summed(*whole), "another way, the same"
    assert charged(quantity, price, tiers) == sum(
        readd.rated(str(part), str(each)) for each, part in summed(*slices(quantity, price, tiers)).items()
    )


_USED = st.lists(
    st.builds(
        Used, st.just("2026-09"), st.just("meter"), st.sampled_from(["a", "b"]), st.sampled_from(["s", "t"]),
        st.sampled_from(["2026-09-01", "2026-09-16"]), _QUANTITIES, st.integers(1, 9),
    ),
    max_size=8,
)  # fmt: skip


def _inputs(usage: list[Used], tiers: tuple[tuple[Decimal, Decimal], ...]) -> Inputs:
    first = Price("s", "2026-07-01", "2026-09-15", Decimal("1.5"), tiers)
    second = Price("s", "2026-09-16", "2027-06-30", Decimal("1.25"), tiers[:1])
    known = {"|a": "a", "|b": "b"}
    return Inputs(
        "2026-10", ("2026-09",), tuple(usage), prices=(first, second, Price("t", "2026-07-01", "2027-06-30", Decimal(3))),
        accounts=known, skus={"|s": "s", "|t": "t"},
    )  # fmt: skip


def _by_key(charges: tuple[Charge, ...]) -> dict[tuple[str, ...], tuple[Decimal, int]]:
    return {one.key: (one.quantity, one.cents) for one in charges if one.quantity or one.cents}


@given(_USED, _USED, _TIERS, st.integers())
def test_order_does_not_matter_and_corrections_come_to_what_is_computed_afresh(
    before: list[Used], after: list[Used], tiers: tuple[tuple[Decimal, Decimal], ...], seed: int
) -> None:
    first = charges_of(_inputs(before, tiers))
    assert sum(one.quantity for one in first.charges) == sum(one.quantity for one in before)
    mixed = list(before)
    Random(seed).shuffle(mixed)
    assert charges_of(_inputs(mixed, tiers)).charges == first.charges
    fresh = charges_of(_inputs(after, tiers))
    billed = tuple(Billed(one.key, one.quantity, one.cents) for one in first.charges)
    corrected = charges_of(replace(_inputs(after, tiers), billed=billed))
    both: dict[tuple[str, ...], tuple[Decimal, int]] = {}
    for one in (*first.charges, *corrected.charges):
        quantity, cents = both.get(one.key, (Decimal(0), 0))
        both[one.key] = (quantity + one.quantity, cents + one.cents)
    assert {key: found for key, found in both.items() if any(found)} == _by_key(fresh.charges)


def test_prices_without_tiers_keep_the_fingerprint_of_their_inputs() -> None:
    plain = _inputs([], ())
    assert all("tiers" not in one for one in plain.as_json()["prices"])
    assert plain.hash() != _inputs([], ((Decimal(5), Decimal(1)),)).hash()
