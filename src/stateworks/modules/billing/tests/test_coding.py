"""Codings that are wrong: suggested by rule and history, corrected by an entry, and counted once whatever the ledger sends."""

from __future__ import annotations

import json
import re
from importlib import import_module

import pytest

from stateworks.kernel.access.scope import SYSTEM, entered, scope_of
from stateworks.kernel.errors import Refused
from stateworks.kernel.lake.intake import import_feed
from stateworks.modules.billing import models, proof
from stateworks.modules.billing.coding import Coding, History, Rule, suggestion
from stateworks.modules.billing.tests.conftest import LEDGER, OCTOBER, SEPTEMBER, Shop
from stateworks.modules.billing.tests.test_pages import client, do, text_of
from stateworks.modules.billing.verbs import coding, exporting

PAY, SUPPLIES, RENT = (Coding("C1", code, "100") for code in ("5100", "5300", "5600"))
NOTHING = History()


def test_a_rule_says_what_is_right() -> None:
    """Of two rules that fit, the one that says more counts; what it does not say stays."""
    rules = [
        Rule(Coding("", "5300", ""), Coding("", "5700", ""), "Software is not supplies."),
        Rule(Coding("C1", "5300", ""), Coding("C9", "", ""), "C9 buys supplies."),
    ]
    told = suggestion(SUPPLIES, "", rules, NOTHING)
    assert told is not None and (told.right, told.reason) == (
        Coding("C9", "5300", "100"),
        "C9 buys supplies.",
    )
    assert suggestion(PAY, "", rules, NOTHING) is None
    same = [Rule(Coding("", "5300", ""), Coding("C1", "", ""), "C1 buys supplies.")]
    assert suggestion(SUPPLIES, "", same, NOTHING) is None, "it is right already"


def test_the_same_words_are_coded_otherwise() -> None:
    """Of 20 lines 19 are rent and one is supplies: 5 % is rare, 95 % is usual. With two of 20, 10 % is not rare."""
    told = suggestion(SUPPLIES, "Rent", [], History.of({(RENT, "Rent"): 19, (SUPPLIES, "Rent"): 1}))
    assert told is not None and told.right == RENT
    assert "19 of 20 lines with these words are coded C1 5600 100, 1 like this" in told.reason
    assert suggestion(SUPPLIES, "Rent", [], History.of({(RENT, "Rent"): 18, (SUPPLIES, "Rent"): 2})) is None
    assert suggestion(SUPPLIES, "Rent", [], History.of({(RENT, "Rent"): 4})) is None, (
        "four lines are not enough"
    )
    assert suggestion(RENT, "Rent", [], History.of({(RENT, "Rent"): 19})) is None


def test_the_cost_center_uses_another_object() -> None:
    """Of 20 lines of C1, 12 are pay and 8 rent: 60 % is usual, and supplies never were."""
    known = History.of({(PAY, ""): 12, (RENT, ""): 8})
    told = suggestion(SUPPLIES, "Paper", [], known)
    assert told is not None and told.right == PAY
    assert suggestion(SUPPLIES, "Paper", [], History.of({(PAY, ""): 11, (RENT, ""): 9})) is None
    assert suggestion(Coding("C2", "5300", "100"), "Paper", [], known) is None, "nothing is known of C2"


def spent(shop: Shop, *rows: tuple[str, ...]) -> None:
    """Load ledger lines: journal, line, day, cost center, object, amount, text."""
    lines = [
        (journal, line, day, "100", code, center, n, "", text)
        for journal, line, day, center, code, n, text in rows
    ]
    path = shop.file((*LEDGER, "Description"), lines)
    import_feed("billing.gl_transaction", path, mapping="meridian-ledger", by=None, at=shop.clock)


@pytest.fixture
def miscoded(shop: Shop) -> Shop:
    """September is issued: rent of $1,000.01 is on B1, which the pool rent gathers, and of $1,000 on B2, whose pool keeps it."""
    power = models.CostPool.objects.create(code="power", name="Power")
    models.PoolRule.objects.create(code="power", pool=power, cost_center="B2")
    spent(shop, *(("J0", str(n), "2026-08-10", "B1", "5600", "10.00", "Rent") for n in range(6)))
    spent(
        shop, ("J1", "1", "2026-09-10", "B1", "5600", "1000.01", "Rent"),
        ("J1", "2", "2026-09-10", "B2", "5600", "1000.00", "Rent"), ("J1", "3", "2026-09-10", "B2", "5500", "7.00", "Power"),
    )  # fmt: skip
    shop.issue(SEPTEMBER)
    return shop


FIRST = {
    ("dhs-1", "rent", SEPTEMBER): 60_001,
    ("dot-1", "rent", SEPTEMBER): 20_000,
    ("dot-2", "rent", SEPTEMBER): 20_000,
}
"""100,001 cents by 3 : 1 : 1."""
MOVED = {
    ("dhs-1", "rent", SEPTEMBER): 60_000,
    ("dot-1", "rent", SEPTEMBER): 20_000,
    ("dot-2", "rent", SEPTEMBER): 20_000,
}
"""200,001 cents are 120,001 and twice 40,000; less what was charged."""


def accepted(shop: Shop) -> models.CodingFinding:
    found = coding.check(SEPTEMBER, by=None, at=shop.clock)
    with entered(scope_of(shop.accounts["approver"])):
        assert (
            coding.accept(
                [one.code for one in found], "It is rent.", by=shop.accounts["approver"], at=shop.clock
            )
            == 1
        )
        assert coding.accept([one.code for one in found], by=shop.accounts["approver"], at=shop.clock) == 0, (
            "once is enough"
        )
        assert models.Posting.objects.filter(ledger_account="expenditure").count() == 2, (
            "who sees the state sees it"
        )
    with entered(scope_of(shop.accounts["dot"])):
        assert not models.Posting.objects.filter(ledger_account="expenditure").exists()
    return models.CodingFinding.objects.get()


def test_a_correction_moves_the_pools_and_the_vouchers_to_the_cent(miscoded: Shop) -> None:
    shop = miscoded
    assert shop.lines(SEPTEMBER) == FIRST
    found = coding.check(SEPTEMBER, by=None, at=shop.clock)
    assert [
        (one.journal, one.line, one.cents, one.right_cost_center, str(one.suggested)) for one in found
    ] == [("J1", "2", 100_000, "B1", "Rent")]
    assert [one.pk for one in coding.check(SEPTEMBER, by=None, at=shop.clock)] == [found[0].pk]
    entry = accepted(shop).entry
    assert {(one.subject, one.cents) for one in entry.postings.all()} == {
        ("B2/5600", -100_000),
        ("B1/5600", 100_000),
    }
    run = shop.draft(OCTOBER)
    assert shop.lines(OCTOBER) == MOVED
    # Rent of 200,001 is charged and power of 700 stays where it is: what the ledger says, and no cent more.
    assert run.checks["ledger_cents"] == {"in": 200_701, "out": 200_701}
    assert run.checks["unallocated_cents"] == 700
    content, note = exporting.export(SEPTEMBER, by=None, at=shop.clock)
    lines = [line for line in content.decode().splitlines() if line.startswith("CC-")]
    assert [line.split(",")[2:] for line in lines] == [
        ["expenditure", "B1/5600", "100", "100000", "0"], ["expenditure", "B2/5600", "100", "0", "100000"],
    ]  # fmt: skip
    assert note.control_cents == 100_001 + 100_000
    shop.issue(OCTOBER)
    assert proof.prove_all()["difference_cents"] == 0
    with pytest.raises(Refused, match="corrected already"):
        coding.dismiss([found[0].code], "no", by=None, at=shop.clock)


def test_the_voucher_that_the_ledger_sends_back_is_not_counted_twice(miscoded: Shop) -> None:
    """The ledger posts the entry in October: September is as it was, and October has the 100,000 cents, by 3 : 1 : 1."""
    shop = miscoded
    entry = accepted(shop).entry
    shop.draft(OCTOBER)
    assert shop.lines(OCTOBER) == MOVED
    spent(
        shop, (entry.code, "1", "2026-10-15", "B2", "5600", "-1000.00", ""),
        (entry.code, "2", "2026-10-15", "B1", "5600", "1000.00", ""),
    )  # fmt: skip
    run = shop.draft(OCTOBER)
    assert shop.lines(OCTOBER) == {
        ("dhs-1", "rent", OCTOBER): 60_000, ("dot-1", "rent", OCTOBER): 20_000, ("dot-2", "rent", OCTOBER): 20_000,
    }  # fmt: skip
    assert run.checks["ledger_cents"]["in"] == 200_701
    assert models.CodingFinding.objects.get().settled_on is not None
    shop.issue(OCTOBER)
    assert proof.prove_all()["difference_cents"] == 0


def test_the_line_that_the_ledger_codes_anew_is_not_counted_twice(miscoded: Shop) -> None:
    shop = miscoded
    accepted(shop)
    spent(shop, ("J1", "2", "2026-09-10", "B1", "5600", "1000.00", "Rent"))
    run = shop.draft(OCTOBER)
    assert shop.lines(OCTOBER) == MOVED
    assert run.checks["ledger_cents"] == {"in": 200_701, "out": 200_701}
    assert coding.settle(at=shop.clock) == 0, "it is settled"
    assert coding.check(SEPTEMBER, by=None, at=shop.clock) == [], "correcting lines are not looked at"


def test_codings_are_decided_on_their_page(miscoded: Shop, capsys: pytest.CaptureFixture[str]) -> None:
    shop, page = miscoded, "/billing/coding/"
    main = import_module("stateworks.cli.main").main
    assert main(["billing", "check-coding", SEPTEMBER, "--format", "json"]) == 1
    told = json.loads(capsys.readouterr().out)
    assert (told["waiting"], told["cents"], told["findings"][0]["pool"]) == (1, 100_000, "rent")
    code = told["findings"][0]["code"]
    approver, steward = client(shop, "approver"), client(shop, "data_steward")
    assert client(shop, "dhs").get(page).status_code == 404
    assert "1 ledger line seems to be coded wrongly, $1,000.00 in all" in text_of(approver.get(page))
    assert "Correct the chosen lines" not in text_of(steward.get(page))
    assert "may not correct wrong codings" in do(steward, page, do="accept", line=code)
    assert "Say why the coding is right" in do(approver, page, do="dismiss", line=code)
    assert "Choose at least one line" in do(approver, page, do="accept")
    assert "1 suggestion is dismissed" in do(approver, page, do="dismiss", line=code, why="B2 rents a shed.")
    assert "was dismissed" in do(approver, page, do="accept", line=code)
    assert main(["billing", "check-coding", SEPTEMBER, "--format", "json"]) == 0, "it is not suggested again"
    with entered(SYSTEM):
        models.CodingFinding.objects.update(state="suggested", decided_on=None)
    told_page = do(approver, page, do="accept", line=code)
    assert "1 coding is corrected" in told_page
    assert re.search(rf"CC-{code}, {SEPTEMBER} not yet", told_page)


def test_nothing_is_corrected_where_no_voucher_could_take_it(miscoded: Shop) -> None:
    shop = miscoded
    found = coding.check(SEPTEMBER, by=None, at=shop.clock)
    exporting.export(SEPTEMBER, by=None, at=shop.clock)
    models.CodingFinding.objects.update(right_cost_center="B2")
    with pytest.raises(Refused, match="does not say what would be right"):
        coding.accept([found[0].code], by=None, at=shop.clock)
    models.CodingFinding.objects.update(right_cost_center="B1")
    models.BillingPeriod.objects.filter(code__gt=SEPTEMBER, driver_values=None).delete()
    with pytest.raises(Refused, match="open the next month"):
        coding.accept([found[0].code], by=None, at=shop.clock)
    assert models.CodingFinding.objects.get().state == "suggested"
