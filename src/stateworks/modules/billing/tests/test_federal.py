"""The federal reconciliation: a small office by hand, every schedule against another for any ledger, and bad input."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from hypothesis import given, reject
from hypothesis import strategies as st

from stateworks.kernel.errors import Refused
from stateworks.modules.billing.federal import Facts, Package, package_of
from stateworks.modules.billing.federal.facts import (
    Balance,
    Card,
    Issued,
    Method,
    Object,
    Priced,
    Rule,
    Share,
    Sold,
    Unbilled,
)
from stateworks.modules.billing.inputs import Model, Spent

MONTHS = tuple(f"{2025 + (at > 12)}-{(at - 1) % 12 + 1:02}" for at in range(7, 19))
RULE = Rule("2-cfr-200", 60, 50_000_000, "2026-12-31", "2 CFR 200, appendix V")
STEPS = Model(
    "step_down", ("admin", "desk"),
    {"admin": {"host": 2, "desk": 1}, "desk": {"account:a": 1, "account:b": 1}}, {"admin": "desk", "desk": "desk"},
)  # fmt: skip
VM = Priced("fy26", "vm", "2025-07-01", "2026-06-30", Decimal(5))
OFFICE = Facts(
    year=2026, months=MONTHS, days=365, rules={"": RULE}, names={"hosting": "Hosting", "desk": "Service desk"},
    spent=(
        Spent("2025-07", "C1", "5100", 60_000, 3), Spent("2026-06", "C1", "5100", 40_000, 2),
        Spent("2025-09", "C1", "5700", 30_001, 1), Spent("2025-09", "C2", "5100", 500_000, 9),
        Spent("2026-01", "C2", "9100", 10_000, 1), Spent("2026-01", "C2", "5800", 2_000, 1),
        Spent("2026-02", "C3", "5100", 200_000, 4),
    ),
    ledger_cents=842_001,
    pools={"C1|": "admin", "C2|": "host", "C3|": "desk"}, pool_services={"host": "hosting"},
    models=dict.fromkeys(MONTHS, STEPS),
    objects={"5100": Object("Pay", "allowable"), "5700": Object("Equipment", "capital"),
             "5800": Object("Entertainment", "unallowable"), "9100": Object("Transfer", "transfer")},
    skus={"vm": Sold("hosting", "Machine", "month"), "desk": Sold("desk", "Service desk", "", "allocated")},
    issued=(
        Issued("a", "dhs", "vm", "usage", "2025-08", "", Decimal(5), 400_000),
        Issued("a", "dhs", "vm", "credit", "2025-08", "C-1", None, -50_000),
        Issued("b", "dot", "vm", "usage", "2025-09", "", Decimal(5), 300_000),
        Issued("a", "dhs", "desk", "allocated", "2026-02", "desk", None, 121_667),
        Issued("b", "dot", "desk", "allocated", "2026-02", "desk", None, 121_667),
    ),
    issued_cents=893_334, vouchers={"hosting": 650_000, "desk": 243_334},
    shares=(Share("a", "93.778", Decimal(60), "2025-07-01"),), prices=(VM,),
    unbilled=(Unbilled("2026-03", "ACC-9", "vm", Decimal(10), "no account is known as ACC-9"),),
    balances={"hosting": Balance(40_000, 1_000), "desk": Balance(0)},
    depreciation=(("fy26-racks", "hosting", 12_000, "Racks"),),
    cards=(Card("fy26", "FY26", "2025-06-01", "Cost by units."),),
    method=Method("fy26", "FY26", "Step-down: in order, and never back", "", {"desk": "Heads"}),
)  # fmt: skip


def agreed(package: Package) -> bool:
    """Whether every check of a package is at zero."""
    return all(one.cents == 0 for one in package.differences)


def test_a_small_office_by_hand() -> None:
    """Two services; `admin` serves both, two thirds hosting and one third the desk.

    Pay of 800,000: admin's 100,000 are 66,666.67 and 33,333.33, so hosting has 566,666.67 and the desk 233,333.33, half for
    each account, 116,666.67; the two cents that rounding down leaves go to the accounts: 566,666 and 233,334.
    Equipment of 30,001: 20,000.67 and 10,000.33, or 5,000.17 for each account; the one cent left goes to hosting: 20,001.
    """
    package = package_of(OFFICE)
    assert agreed(package), package.differences
    hosting, desk = {one.service: one for one in package.services}["hosting"], package.services[0]
    assert hosting.spent == {
        "allowable": 566_666, "capital": 20_001, "unallowable": 2_000, "transfer": 10_000, "unclassified": 0,
    }  # fmt: skip
    # Revenue: 400,000 - 50,000 + 300,000, and 10 machines at $5.00 that nobody was charged for.
    assert (hosting.billed, hosting.imputed, hosting.revenue) == (650_000, 5_000, 655_000)
    # 566,666 + 12,000 of depreciation in the place of equipment; 655,000 - 578,666; 40,000 + 76,334 - 1,000.
    assert (hosting.allowable, hosting.profit, hosting.closing) == (578_666, 76_334, 115_334)
    # 60 days of 566,666 / 365 are 93,150.57; 115,334 x 365 / 566,666 are 74.29 days.
    assert (hosting.limit, hosting.reserve_days, hosting.excess) == (93_151, Decimal("74.3"), 22_183)
    # The award pays 60 % of 350,000: 210,000 of 655,000; 22,183 x 210 / 655 = 7,112.11.
    assert (hosting.federal, hosting.refund, hosting.standing) == (210_000, 7_112, "over")
    # The desk passes its cost on, equipment too: what was bought is profit under the federal rules.
    assert (desk.allowable, desk.profit, desk.closing, desk.excess) == (233_334, 10_000, 10_000, 0)
    # 60 % of 121,667 are 73,000.2; 10,000 x 365 / 233,334 = 15.64.
    assert (desk.federal, desk.reserve_days, desk.standing) == (73_000, Decimal("15.6"), "within")
    assert package.refund == 7_112
    assert [(one.code, one.subject, one.cents) for one in package.findings] == [
        ("over_limit", "hosting", 22_183)
    ]


def test_what_rounds_to_nothing_is_no_less_than_nothing() -> None:
    """35 cents short are 0.02 days of 566,666 / 365."""
    package = package_of(replace(OFFICE, balances={"hosting": Balance(1_000 - 76_334 - 35, 1_000)}))
    hosting = next(one for one in package.services if one.service == "hosting")
    assert (hosting.closing, str(hosting.reserve_days), hosting.standing) == (-35, "0.0", "short")


def test_a_loss_lowers_no_other_services_excess() -> None:
    loss = replace(OFFICE, balances={"hosting": Balance(40_000, 1_000), "desk": Balance(-5_000_000)})
    package = package_of(loss)
    desk, hosting = package.services
    assert (desk.closing, desk.standing, desk.refund) == (-4_990_000, "short", 0)
    assert (hosting.excess, package.refund) == (22_183, 7_112)
    assert agreed(package)


def test_a_service_with_an_agreement_of_its_own_keeps_more() -> None:
    package = package_of(replace(OFFICE, rules={"": RULE, "hosting": replace(RULE, reserve_days=90)}))
    # 90 days of 566,666 / 365 are 139,725.86.
    assert [(one.limit, one.excess) for one in package.services] == [(38_356, 0), (139_726, 0)]


def test_what_is_missing_is_a_finding_and_the_schedules_agree_all_the_same() -> None:
    broken = replace(
        OFFICE, objects={"5100": Object("Pay", "allowable")}, pool_services={}, pools={"C1|": "admin", "C2|": "host"},
        balances={"hosting": Balance(40_000)}, openings_after={"hosting": 7}, unbilled=(replace(OFFICE.unbilled[0], sku="fax"),),
    )  # fmt: skip
    package = package_of(broken)
    assert agreed(package), package.differences
    found = {(one.code, one.subject): one.cents for one in package.findings}
    assert found == {
        # Revenue of 650,000 less 12,000 of depreciation, on 40,000; without a pool it has no cash expense at all.
        ("over_limit", "hosting"): 678_000, ("opening_differs", "hosting"): 7 - 678_000,
        # Pay of 33,334 of admin alone: 243,334 - 33,334 are 210,000; 60 days of 33,334 are 5,479.56.
        ("over_limit", "desk"): 204_520, ("no_opening", "desk"): 0,
        ("unknown_object", "5700"): 30_001, ("unknown_object", "5800"): 2_000, ("unknown_object", "9100"): 10_000,
        # C3 has no rule any more; host has 566,666 of pay, 20,001 of equipment, 2,000 and 10,000, and no service.
        ("no_pool", ""): 200_000, ("no_service", "host"): 598_667, ("no_price", "fax"): 0,
    }  # fmt: skip


def test_a_check_is_off_where_the_books_say_something_else() -> None:
    for change, named in (
        ({"ledger_cents": 842_002}, "Expenses by object are the ledger's lines"),
        ({"issued_cents": 893_335}, "Revenue by source is the issued invoices"),
        ({"vouchers": {"hosting": 649_999, "desk": 243_335}}, "Revenue by source is each service's journal vouchers"),
    ):  # fmt: skip
        package = package_of(replace(OFFICE, **change))
        assert named in {one.check for one in package.differences if one.cents}


CENTS = st.integers(-(10**9), 10**9)
CENTERS, OBJECTS, POOLS = (
    ("C1", "C2", "C3", "C4"),
    ("5100", "5700", "5800", "9100", "7777"),
    ("p1", "p2", "p3"),
)
RECEIVERS = st.dictionaries(
    st.sampled_from([*POOLS, "account:a", "account:b"]), st.integers(0, 9), max_size=4
)


@st.composite
def ledgers(draw: st.DrawFn) -> Facts:
    """Draw a year: any ledger, pools and models, any lines, and what is classified or not."""
    spent = draw(st.lists(st.builds(
        Spent, st.sampled_from(MONTHS), st.sampled_from(CENTERS), st.sampled_from(OBJECTS), CENTS, st.just(1)), max_size=12
    ))  # fmt: skip
    lines = draw(st.lists(st.builds(
        Issued, st.sampled_from("ab"), st.just("dhs"), st.sampled_from(["vm", "desk"]),
        st.sampled_from(["usage", "allocated", "passed_on", "credit"]), st.sampled_from(["2025-05", *MONTHS]),
        st.sampled_from(["", "p1"]), st.sampled_from([Decimal(5), Decimal(6)]), CENTS), max_size=12
    ))  # fmt: skip
    method = draw(st.sampled_from(["direct", "step_down"]))
    weights = {pool: draw(RECEIVERS) for pool in draw(st.sets(st.sampled_from(POOLS)))}
    model = Model(
        method, tuple(sorted(weights)), weights, dict.fromkeys(weights, draw(st.sampled_from(["vm", "desk"])))
    )
    earned: dict[str, int] = {}
    for line in lines:
        service = OFFICE.skus[line.sku].service
        earned[service] = earned.get(service, 0) + line.cents
    return replace(
        OFFICE, spent=tuple(spent), ledger_cents=sum(one.cents for one in spent), issued=tuple(lines),
        issued_cents=sum(one.cents for one in lines), vouchers=earned,
        pools={f"{center}|": draw(st.sampled_from(POOLS)) for center in draw(st.sets(st.sampled_from(CENTERS)))},
        pool_services=draw(st.dictionaries(st.sampled_from(POOLS), st.sampled_from(["hosting", "desk"]))),
        models=dict.fromkeys(draw(st.sets(st.sampled_from(MONTHS))), model),
        shares=(Share("a", "X", draw(st.decimals(0, 100, places=4)), "2025-10-01", "2026-03-31"),),
        depreciation=tuple(draw(st.lists(st.tuples(st.just("d"), st.sampled_from(["hosting", "net"]), CENTS, st.just(""))))),
    )  # fmt: skip


@given(ledgers())
def test_every_schedule_agrees_for_any_ledger(facts: Facts) -> None:
    try:
        package = package_of(facts)
    except Refused:
        reject()
    assert agreed(package), [one for one in package.differences if one.cents]
    assert sum(one.ledger for one in package.services) == facts.ledger_cents
    assert all(0 <= one.refund <= one.excess for one in package.services)
