"""What is added up when rows are loaded gives the same month as the rows themselves, and rows that are new stay as they lie."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest

from stateworks.kernel.lake import partanswers, quarantine, tables
from stateworks.kernel.lake.engines import open_engine
from stateworks.kernel.lake.store import current_version
from stateworks.modules.billing import models, proof
from stateworks.modules.billing.detectors.facts import OddUsage
from stateworks.modules.billing.detectors.usage import odd_usage
from stateworks.modules.billing.feeds import FOCUS, USAGE
from stateworks.modules.billing.gathering import gather
from stateworks.modules.billing.inputs import Inputs
from stateworks.modules.billing.proof import derivation
from stateworks.modules.billing.readd import readd
from stateworks.modules.billing.tests.conftest import SEPTEMBER, Shop
from stateworks.modules.billing.tests.test_focus import cloud, export, load, row
from stateworks.modules.billing.verbs.periods import approve_card, period_named

__all__ = ["cloud"]


def files(version: int) -> set[str]:
    return {file.rpartition("/")[2] for file in tables.listing(USAGE, version).files}


def rows(version: int) -> list[dict[str, Any]]:
    with open_engine() as engine:
        table = engine.table(USAGE, version=version)
        return list(
            engine.execute(table.order_by("event").select("event", "account", "quantity")).to_pylist()
        )


counted: list[Any] = []
_of_rows = proof._from


def _counted(asked: Any) -> str:
    counted.append(asked)
    return _of_rows(*asked)


def gathered() -> tuple[Inputs, Any]:
    with open_engine() as engine:
        inputs = gather(period_named(SEPTEMBER), engine).inputs
        odd = odd_usage(engine, current_version(USAGE), SEPTEMBER, inputs.usage, inputs.accounts, inputs.skus)
        return inputs, odd


@pytest.fixture
def month(shop: Shop) -> Shop:
    """A month with a price that changes inside it, words that mean the same, rows that take back, and a provider's charges."""
    card = models.RateCard.objects.create(code="more", title="More", fiscal_year=2027)
    disk = models.Sku.objects.create(
        code="disk", name="Disk", line_of_service=models.Sku.objects.get(code="vm").line_of_service, unit="GB"
    )
    for price, starts, ends in (("1", "2026-07-01", "2026-09-14"), ("2", "2026-09-15", "2027-06-30")):
        models.Rate.objects.create(
            card=card, sku=disk, price=Decimal(price), starts_on=dt.date.fromisoformat(starts),
            ends_on=dt.date.fromisoformat(ends),
        )  # fmt: skip
    approve_card("more", by=None, at=shop.clock)
    shop.used(
        ("a", "dhs-1", "disk", "2026-09-14", "3"), ("b", "dhs-1", "disk", "2026-09-15", "5"),
        ("c", "Human Services", "disk", "2026-09-30", "7"), ("d", "dot-1", "vm", "2026-09-01", "2.5"),
        ("e", "dot-1", "vm", "2026-09-02", "-0.5"), ("f", "nobody", "vm", "2026-09-02", "1"),
    )  # fmt: skip
    load(export(shop, row("10.005", "77"), row("0.2", "78"), row("-0.1", "NULL")))
    return shop


def test_a_month_is_the_same_by_what_is_kept(month: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    """Disk: 3 GB until the 14th, then 5 and, by another word, 7; half a machine of dot is taken back."""
    by_rows, odd = gathered()
    used = [(one.account, one.sku, one.since, one.quantity) for one in by_rows.usage]
    assert [one for one in used if one[1] == "disk"] == [
        ("Human Services", "disk", "2026-09-15", Decimal(7)), ("dhs-1", "disk", "2026-09-01", Decimal(3)),
        ("dhs-1", "disk", "2026-09-15", Decimal(5)),
    ]  # fmt: skip
    assert odd == ({}, {("dot-1", "vm"): OddUsage(1, Decimal("-0.5"))})
    monkeypatch.setattr(partanswers, "FEWEST_ROWS", 1)
    for dataset in (USAGE, FOCUS):
        partanswers.make(dataset, current_version(dataset))
    monkeypatch.setattr(partanswers, "_found", None)
    assert gathered() == (by_rows, odd), "from what is kept alone: the engine is not asked"


def test_a_line_of_a_provider_is_explained_the_same_by_what_is_kept(
    cloud: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both lines name all shares of the month, that of the row without a sub-account as well."""
    load(export(cloud, row("10.005", "77"), row("0.2", "78"), row("3", "78"), row("-0.1", "NULL")))
    run = cloud.draft(SEPTEMBER)
    lines = models.InvoiceLine.objects.filter(invoice__run=run, kind="passed_on").order_by("code")
    by_rows = [derivation(line) for line in lines]
    assert [(one["rows_in_all"], len(one["shares"])) for one in by_rows] == [(1, 3), (2, 3)]
    monkeypatch.setattr(partanswers, "FEWEST_ROWS", 1)
    partanswers.make(FOCUS, current_version(FOCUS))
    monkeypatch.setattr(proof, "_from", lambda *asked: _counted(asked))
    counted.clear()
    assert [derivation(line) for line in lines] == by_rows
    assert len(counted) == 2, "the rows that are shown, and none to add up the shares"


def test_sums_keep_every_digit(cloud: Shop) -> None:
    """$123,456,789.00499999999999999999: less than half a cent over; at 28 digits it would be a half, and go up."""
    load(export(cloud, row("123456788.00499999999999999998", "77"), row("1.00000000000000000001", "77")))
    run = cloud.issue(SEPTEMBER)
    line = models.InvoiceLine.objects.get(invoice__run=run, kind="passed_on")
    assert line.cents == 12_345_678_900
    assert readd(derivation(line)) == line.cents
    assert proof.prove_all()["difference_cents"] == 0


def test_a_line_adds_up_however_many_rows_are_listed(month: Shop) -> None:
    """Disk of dhs from the 15th: 5 and 7 GB at $2 are $24, whether two rows are listed, one or none."""
    run = month.draft(SEPTEMBER)
    line = models.InvoiceLine.objects.get(invoice__run=run, sku__code="disk", price=2)
    for most in (2, 1, 0):
        told = derivation(line, rows=most)
        assert (len(told["rows"]), told["rows_in_all"], told["rows_quantity"]) == (most, 2, "12")
        assert (
            set(told["rows"][0]) == {"source", "event", "account", "sku", "used_on", "quantity"}
            if most
            else True
        )
        assert readd(told) == line.cents == 2400


def test_rows_that_are_all_new_are_not_written_again(shop: Shop) -> None:
    shop.used(("a", "dhs-1", "vm", "2026-09-14", "3"), ("b", "dot-1", "vm", "2026-10-15", "5"))
    first = current_version(USAGE)
    shop.used(("c", "dot-1", "vm", "2026-09-16", "7"), ("d", "dhs-1", "vm", "2026-09-17", "9"))
    second = current_version(USAGE)
    assert len(files(first)) == 2 and len(files(second) - files(first)) == 1 and files(first) < files(second)
    assert [(one["event"], one["account"]) for one in rows(second)] == [
        ("a", "dhs-1"), ("b", "dot-1"), ("c", "dot-1"), ("d", "dhs-1"),
    ]  # fmt: skip
    # One that is known takes its month's files with it.
    done = shop.used(("a", "dhs-1", "vm", "2026-09-14", "4"), ("e", "dhs-1", "vm", "2026-10-17", "1"))
    assert (done.inserted, done.updated, done.unchanged) == (1, 1, 0)
    third = current_version(USAGE)
    assert len(rows(third)) == 5 and rows(third)[0]["quantity"] == 4
    # The same file again changes nothing at all.
    again = shop.used(("a", "dhs-1", "vm", "2026-09-14", "4"), ("e", "dhs-1", "vm", "2026-10-17", "1"))
    assert (again.inserted, again.updated, again.unchanged) == (0, 0, 2)
    assert files(current_version(USAGE)) == files(third)


def test_a_refused_row_that_comes_right_among_new_ones_waits_no_more(shop: Shop) -> None:
    shop.used(("a", "dhs-1", "vm", "2026-09-14", "3"), ("b", "dot-1", "vm", "2026-09-15", "many"))
    assert [(one["key"], one["state"]) for one in quarantine.listed(USAGE)] == [("meter · b", "waiting")]
    done = shop.used(("b", "dot-1", "vm", "2026-09-15", "7"), ("c", "dot-1", "vm", "2026-09-16", "1"))
    assert (done.inserted, done.updated) == (2, 0)
    assert quarantine.listed(USAGE) == []
    assert [one["state"] for one in quarantine.listed(USAGE, every=True)] == ["fixed"]


def test_a_first_file_of_refused_rows_alone_loads_nothing(shop: Shop) -> None:
    done = shop.used(("a", "dhs-1", "vm", "2026-09-14", "many"))
    assert (done.read, done.inserted, done.quarantined) == (1, 0, 1)
