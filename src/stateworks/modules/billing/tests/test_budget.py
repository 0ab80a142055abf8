"""A fiscal year's budget by hand, its page for an agency and for the office, and usage that adds up to the invoices."""

from __future__ import annotations

import csv
import datetime as dt
from pathlib import Path

import pytest
from django.db import connection
from django.db.models import Sum
from hypothesis import given
from hypothesis import strategies as st

from stateworks.kernel.access.scope import SYSTEM, entered, scope_of
from stateworks.kernel.clocks.fiscal import parse_period
from stateworks.kernel.org.models import LineOfService
from stateworks.kernel.records.intake import import_records
from stateworks.modules.billing import models
from stateworks.modules.billing.budgets import budget_year
from stateworks.modules.billing.forecasting import Expected, outlook
from stateworks.modules.billing.tests.conftest import AT, Shop
from stateworks.modules.billing.tests.issued import issue
from stateworks.modules.billing.tests.test_forecasting import months
from stateworks.modules.billing.tests.test_pages import client, do, text_of
from stateworks.modules.billing.usage import usage
from stateworks.modules.billing.verbs.forecasting import forecast

BUDGETS = """\
agency,account,line_of_service,fiscal_year,cents,note
dhs,,hosting,2027,1000000,enacted
dhs,,desk,2027,500000,enacted
dot,dot-1,,2027,600000,enacted
"""
ASIDE = """\
code,account,fiscal_year,cents,reference,status,closed_on
e1,dhs-1,2027,30000,PO-1,open,
e2,dhs-1,2027,5000,PO-2,liquidated,2026-08-31
e3,dhs-1,2026,700,PO-3,open,
"""


def on(month: str) -> dt.datetime:
    return dt.datetime.combine(parse_period(month).ends + dt.timedelta(days=10), dt.time(15), dt.UTC)


@pytest.fixture
def spent(shop: Shop, tmp_path: Path) -> Shop:
    """From January to September dhs pays 900.00 a month for hosting (program P1), 400.00 for the desk; dot-1 500.00.

    September brings a correction of August for dhs: 30.00 of hosting more, and 10 machines are used.
    """
    desk = LineOfService.objects.create(code="desk", name="Service desk", section=shop.state)
    call = models.Sku.objects.create(code="call", name="Call", line_of_service=desk, unit="call")
    models.BillingAccount.objects.filter(code="dhs-1").update(program="P1")
    dhs, dot = (models.BillingAccount.objects.get(code=code) for code in ("dhs-1", "dot-1"))
    vm = models.Sku.objects.get(code="vm")
    for month in months(9, "2026-01"):
        lines = [{"account": dhs, "sku": vm, "cents": 90_000, "quantity": 10},
                 {"account": dhs, "sku": call, "cents": 40_000, "quantity": 4}]  # fmt: skip
        if month == "2026-09":
            lines.append({"account": dhs, "sku": vm, "cents": 3_000, "quantity": 1, "origin": "2026-08"})
        issue(shop.dhs, month, on(month), *lines)
        issue(shop.dot, month, on(month), {"account": dot, "sku": vm, "cents": 50_000, "quantity": 7})
    for name, rows, n in (("budget", BUDGETS, 3), ("encumbrance", ASIDE, 3)):
        file = tmp_path / f"{name}.csv"
        file.write_text(rows)
        done = import_records(f"billing.{name}", file, by=None, at=AT)
        assert (done.inserted, done.quarantined) == (n, 0), [one.reason for one in done.quarantine.all()]
        assert import_records(f"billing.{name}", file, by=None, at=AT).unchanged == n
    return shop


def test_a_year_by_hand(spent: Shop) -> None:
    """Three months of FY27: hosting 3 x 900 + 30, the desk 3 x 400. Every month but the last was the same.

    Of hosting the mean of nine months, 8 x 900 and 930, is expected for nine more: 8,130. Together 10,860 and 4,800 are
    15,660, or 4.4 % over 15,000.
    """
    found = budget_year(SYSTEM, "dhs", "FY27", "2026-09")
    hosting, desk = found.services
    assert (hosting.budget, hosting.charged, desk.budget, desk.charged) == (
        1_000_000,
        273_000,
        500_000,
        120_000,
    )
    assert desk.end == Expected(480_000, 480_000, 480_000), "400.00 is sure: twelve months of it"
    assert desk.over == pytest.approx(-0.04)
    (account,) = found.accounts
    assert (account.charged, account.set_aside, account.committed, account.left) == (
        393_000,
        30_000,
        423_000,
        None,
    )
    whole = found.whole
    assert (whole.budget, whole.charged, whole.committed, whole.left) == (
        1_500_000,
        393_000,
        423_000,
        1_077_000,
    )
    assert hosting.end and desk.end and whole.end
    assert hosting.end.cents == 273_000 + 813_000
    assert whole.end.cents == 1_086_000 + 480_000 and whole.over == pytest.approx(0.044)
    assert [one.charged for one in found.months[:4]] == [130_000, 130_000, 133_000, None]
    assert found.months[3].expected is not None


def test_all_agencies_together(spent: Shop) -> None:
    """Dot budgets by account; where some agencies budget by service, the whole is what they budget by service."""
    forecast(by=None, at=AT)
    found = budget_year(SYSTEM, "", "FY27", "2026-09")
    assert found.whole.charged == 393_000 + 150_000
    rows = {one.code: one for one in found.agencies}
    assert (rows["dhs"].budget, rows["dot"].budget) == (1_500_000, 600_000)
    assert rows["dot"].end == Expected(600_000, 600_000, 600_000) and rows["dot"].over == 0
    before = budget_year(SYSTEM, "dot", "FY26", "2026-09")
    assert before.whole.charged == 6 * 50_000 and before.whole.rest == Expected(0, 0, 0), "the year is over"


@given(
    st.dictionaries(st.sampled_from("abcd"), st.lists(st.integers(-10**6, 10**9), min_size=1, max_size=30), min_size=1),
    st.integers(0, 11), st.integers(0, 11),
)  # fmt: skip
def test_sums_and_intervals_fit_whatever_was_charged(
    charged: dict[str, list[int]], ahead: int, counted: int
) -> None:
    labels = months(42, "2024-01")
    services = {code: dict(zip(labels, values, strict=False)) for code, values in charged.items()}
    known = labels[29]
    coming = labels[30 : 30 + ahead]
    found = outlook(services, known, coming, coming[-counted:] if counted else [])
    if found is None:
        return
    for one in (found.rest, *found.months.values(), *found.services.values()):
        assert one.low <= one.cents <= one.high
    # Each month is rounded for itself.
    assert abs(sum(one.cents for one in found.months.values()) - found.rest.cents) <= max(
        1, len(found.months)
    )


def test_wrong_budgets_are_refused(spent: Shop, tmp_path: Path) -> None:
    file = tmp_path / "wrong.csv"
    file.write_text(
        "agency,account,line_of_service,fiscal_year,cents\n"
        "dhs,dot-1,,2027,1\ndhs,dhs-1,hosting,2027,1\ndhs,,,2027,1\ndhs,,hosting,2028,-1\n"
    )
    done = import_records("billing.budget", file, by=None, at=AT)
    assert (done.inserted, done.quarantined) == (0, 4)
    first, second, third, fourth = (one.reason for one in done.quarantine.order_by("row"))
    assert "The account belongs to another agency" in first
    assert "name one of the two" in second and "name one of the two" in third
    assert "cents" in fourth


def test_the_page_of_an_agency(spent: Shop) -> None:
    who = client(spent, "dhs")
    page = text_of(who.get("/billing/budget/?year=FY27"))
    assert (
        "At this rate Human Services ends FY27 at $15,660 (between $" in page
        and "4.4 % over its budget." in page
    )
    assert "Service desk $5,000.00 $1,200.00 $4,800" in page
    assert "DHS-1" in page and "$300.00 $4,230.00" in page, "set aside, and committed"
    assert "Transportation" not in page and "dot" not in page.lower().replace("dotted", "")
    told = do(
        who, "/billing/budget/", service="desk", month="2026-12", amount="450.00", reason="A filing season."
    )
    assert "Your forecast of $450.00 for December 2026 is kept." in told and "A filing season." in told
    assert "is no amount of dollars" in do(
        who, "/billing/budget/", service="desk", month="2026-12", amount="x", reason="y"
    )
    assert who.get("/billing/budget/?agency=dot").status_code == 404
    rows = list(
        csv.DictReader(who.get("/billing/budget/?year=FY27&format=csv").content.decode().splitlines())
    )
    assert [(row["of"], row["code"], row["charged_cents"]) for row in rows] == [
        ("service", "hosting", "273000"), ("service", "desk", "120000"), ("account", "dhs-1", "393000"),
    ]  # fmt: skip
    assert sum(int(row["charged_cents"]) for row in rows if row["of"] == "service") == 393_000
    with entered(SYSTEM):
        assert list(models.PortalEvent.objects.values_list("organization__code", "page")) == [
            ("dhs", "budget")
        ]
    for name, n in (("dhs", 2), ("dot", 1), ("auditor", 3)):
        with entered(scope_of(spent.accounts[name])), connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM billing_budget")
            assert cursor.fetchone() == (n,)


def test_the_page_of_the_office(spent: Shop) -> None:
    page = text_of(client(spent, "auditor").get("/billing/budget/?year=FY27"))
    assert "At this rate the agencies together end FY27 at $" in page
    assert "Transportation" in page and "Submit your own forecast" not in page
    ended = text_of(client(spent, "auditor").get("/billing/budget/?year=FY26&agency=dot"))
    assert "Transportation ended FY26 at $3,000." in ended


def test_usage_adds_up_to_the_invoices(spent: Shop) -> None:
    """August's correction is August's: 930.00 for hosting. In the last twelve months 91 machines were used of dhs."""
    found = usage(SYSTEM, "dhs", "", None, "2026-09")
    issued = models.Invoice.objects.filter(organization=spent.dhs).aggregate(sum=Sum("cents"))["sum"]
    assert found.whole.year == sum(one.year for one in found.programs) == issued == 9 * 130_000 + 3_000
    hosting = next(one for one in found.services if one.code == "hosting")
    assert (hosting.cents[-2:], hosting.quantities) == ([93_000, 90_000], {"machine": 91})
    assert [one.name for one in found.programs] == ["P1"]
    assert usage(SYSTEM, "dhs", "desk", None, "2026-09").whole.year == 9 * 40_000
    assert usage(SYSTEM, "", "", "", "2026-09").whole.year == 9 * 50_000, "accounts without a program"
    assert found.whole.change is None, "nothing was charged in the twelve months before"


def test_the_page_of_usage(spent: Shop) -> None:
    who = client(spent, "dhs")
    page = text_of(who.get("/billing/usage/"))
    assert "$11,730 was charged for the twelve months to September 2026." in page
    assert "91 machine" in page and "P1" in page and "Transportation" not in page
    rows = list(
        csv.DictReader(who.get("/billing/usage/?format=csv&service=hosting").content.decode().splitlines())
    )
    assert {row["agency"] for row in rows} == {"dhs"} and len(rows) == 9
    assert next(row for row in rows if row["month"] == "2026-08") == {
        "month": "2026-08", "agency": "dhs", "line_of_service": "hosting", "program": "P1", "unit": "machine",
        "quantity": "11", "cents": "93000",
    }  # fmt: skip
    assert "Nothing was charged for this" in text_of(who.get("/billing/usage/?service=nothing"))
    office = text_of(client(spent, "auditor").get("/billing/usage/"))
    assert "$16,230" in office and "No program" in office
    with entered(SYSTEM):
        assert list(models.PortalEvent.objects.values_list("organization__code", "page")) == [
            ("dhs", "usage")
        ]
