"""The federal package of real books: a month of a small office by hand, its files, what it refuses, its page."""

from __future__ import annotations

import csv
import datetime as dt
import io
from decimal import Decimal
from importlib import import_module
from pathlib import Path

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from stateworks.kernel.access.scope import SYSTEM, entered
from stateworks.kernel.errors import Refused
from stateworks.kernel.org.models import LineOfService
from stateworks.modules.billing import models
from stateworks.modules.billing.federal import package_of
from stateworks.modules.billing.federal.files import WORKBOOK, every_schedule, file_of
from stateworks.modules.billing.federal.reading import facts_of
from stateworks.modules.billing.tests.conftest import AT, Shop
from stateworks.modules.billing.tests.test_pages import client, text_of
from stateworks.modules.billing.verbs import periods

JUNE = "2026-06"


@pytest.fixture
def books(shop: Shop) -> Shop:
    """A fiscal year of one month: three machines of an account that an award pays half of, one of another, two of nobody."""
    hosting = LineOfService.objects.get(code="hosting")
    card = models.RateCard.objects.create(code="fy26", title="=FY26", fiscal_year=2026, note="Cost by units.")
    models.Rate.objects.create(
        card=card, sku=models.Sku.objects.get(code="vm"), starts_on="2025-07-01", ends_on="2026-06-30", price=Decimal(10)
    )  # fmt: skip
    periods.approve_card("fy26", by=None, at=AT)
    periods.open_period(JUNE, by=None, at=AT)
    host = models.CostPool.objects.create(code="host", name="Hosting", line_of_service=hosting)
    models.PoolRule.objects.create(code="host", pool=host, cost_center="B2")
    for code, treatment in (("5100", "allowable"), ("5700", "capital")):
        models.ExpenseObject.objects.create(code=code, name=f"=Object {code}", treatment=treatment)
    share = {"account": models.BillingAccount.objects.get(code="dhs-1"), "award": "93.778", "percent": 50}
    models.FederalShare.objects.create(**share, starts_on="2026-01-01", ends_on="2026-06-30")
    models.ReserveBalance.objects.create(line_of_service=hosting, fiscal_year=2026, opening_cents=3_000)
    models.Depreciation.objects.create(code="racks", line_of_service=hosting, fiscal_year=2026, cents=100)
    models.FederalRule.objects.create(
        code="2-cfr-200", fiscal_year=2015, reserve_days=60, adjustment_cents=50_000_000, due_months=6, source="2 CFR 200"
    )  # fmt: skip
    shop.used(
        ("j1", "dhs-1", "vm", "2026-06-02", "3"),
        ("j2", "dot-1", "vm", "2026-06-03", "1"),
        ("j3", "somebody", "vm", "2026-06-04", "2"),
    )
    shop.spent(
        ("J6", "1", "2026-06-10", "B2", "5100", "20.00"), ("J6", "2", "2026-06-11", "B2", "5700", "5.00")
    )
    shop.issue(JUNE)
    return shop


def closed(shop: Shop) -> Shop:
    """The books with their month closed."""
    periods.close_period(JUNE, by=None, at=AT)
    return shop


def test_a_year_of_one_month_by_hand(books: Shop) -> None:
    closed(books)
    package = package_of(facts_of(2026))
    assert package.off == 0, package.differences
    (hosting,) = package.services
    # 3 and 1 machines at $10.00, 2 of nobody; pay of 2,000 with 100 of depreciation, not the 500 of what was bought.
    assert (hosting.billed, hosting.imputed, hosting.allowable, hosting.profit) == (
        4_000,
        2_000,
        2_100,
        3_900,
    )
    # 2,000 in 30 days: 60 days are 4,000; 3,000 + 3,900 are 6,900, or 103.5 days.
    assert (hosting.closing, hosting.limit, hosting.reserve_days) == (6_900, 4_000, Decimal("103.5"))
    # Half of 3,000 is federal: 1,500 of 6,000, a quarter of the 2,900 over the limit.
    assert (hosting.federal, hosting.excess, hosting.refund) == (1_500, 2_900, 725)
    assert (package.facts.rule("").due_on, package.facts.days) == ("2026-12-31", 30)
    assert [one.code for one in package.findings] == ["over_limit"]
    assert "Billing began in 2026-06" in package.notes[0]


def test_what_a_year_needs_is_said(books: Shop) -> None:
    with pytest.raises(Refused, match="Fiscal year 2026 is not closed: 2026-06"):
        facts_of(2026)
    closed(books)
    with pytest.raises(Refused, match="No month of fiscal year 2025 was billed"):
        facts_of(2025)
    with pytest.raises(Refused, match="Fiscal year 2027 is not closed: 2026-07, 2026-08, 2026-09"):
        facts_of(2027)
    with pytest.raises(Refused, match="26 is no fiscal year"):
        facts_of(26)
    models.FederalRule.objects.update(fiscal_year=2027)
    with pytest.raises(Refused, match="No federal rule holds for all services in 2026; load"):
        facts_of(2026)


def test_an_account_has_one_award_on_a_day(books: Shop) -> None:
    account = models.BillingAccount.objects.get(code="dhs-1")
    models.FederalShare.objects.create(account=account, award="93.778", percent=60, starts_on="2026-07-01")
    with pytest.raises(IntegrityError, match="no_overlap"), transaction.atomic():
        models.FederalShare.objects.create(
            account=account, award="10.551", percent=10, starts_on=dt.date(2026, 6, 30)
        )
    with pytest.raises(IntegrityError, match="is_a_part"), transaction.atomic():
        models.FederalShare.objects.create(
            account=account, award="10.551", percent=101, starts_on="2020-01-01", ends_on="2020-12-31"
        )


def test_a_pool_without_service_an_unknown_object_and_a_late_ledger_line_are_findings(books: Shop) -> None:
    closed(books)
    models.CostPool.objects.update(line_of_service=None)
    models.ExpenseObject.objects.filter(code="5700").delete()
    books.spent(("J7", "1", "2026-05-31", "X9", "5100", "1.00"))
    package = package_of(facts_of(2026))
    assert package.off == 0, package.differences
    assert {(one.code, one.subject): one.cents for one in package.findings} == {
        # 3,000 + 6,000 - 100 without any expense, so without any limit.
        ("over_limit", "hosting"): 8_900, ("unknown_object", "5700"): 500, ("no_service", "host"): 2_500, ("no_pool", ""): 100,
    }  # fmt: skip
    assert package.facts.days == 61, "May has cost, so its days count"


def test_the_files_say_the_same_and_are_the_same_each_time(books: Shop, tmp_path: Path) -> None:
    from python_calamine import CalamineWorkbook

    closed(books)
    package, again = package_of(facts_of(2026)), package_of(facts_of(2026))
    for name in (WORKBOOK, *(one.name for one in every_schedule(package))):
        assert file_of(package, name) == file_of(again, name)
    name, _, content = file_of(package, "expenses")
    assert name == "federal-2026-expenses.csv"
    rows = list(csv.DictReader(io.StringIO(content.decode())))
    assert [(row["object"], row["name"], row["cents"]) for row in rows] == [
        ("5100", "'=Object 5100", "2000"), ("5700", "'=Object 5700", "500"),
    ]  # fmt: skip
    book = CalamineWorkbook.from_filelike(io.BytesIO(file_of(package, WORKBOOK)[2]))
    sheet = book.get_sheet_by_name("Balance and working capital res").to_python()
    assert dict(zip(*sheet, strict=True))["Excess ($)"] == 29.0
    expenses = book.get_sheet_by_name("Expenses by object, fully loade").to_python()
    assert expenses[1][2] == "=Object 5100", "text, and no formula"


def test_the_command(books: Shop, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    import json

    main = import_module("stateworks.cli.main").main
    assert main(["billing", "federal", "2026", "--format", "json"]) == 2
    assert "2026-06" in capsys.readouterr().err
    closed(books)
    folder = tmp_path / "package"
    assert main(["billing", "federal", "2026", "--out", str(folder), "--format", "json"]) == 1
    told = json.loads(capsys.readouterr().out)
    assert (told["refund_cents"], told["difference_cents"], len(told["files"])) == (725, 0, 12)
    assert {path.name for path in folder.iterdir()} >= {
        "federal-2026.xlsx",
        "federal-2026-rate-schedule.csv",
    }
    assert main(["billing", "federal", "2026"]) == 1
    out = capsys.readouterr()
    assert "103.5" in out.out and "off by 0 cents" in out.err


def test_the_page_says_it_first_and_hands_out_the_files(books: Shop) -> None:
    steward, liaison = client(books, "data_steward"), client(books, "dhs")
    assert "Fiscal year 2026 is not closed: 2026-06" in text_of(steward.get("/billing/federal/2026/"))
    assert "Federal package" not in text_of(steward.get("/billing/"))
    with entered(SYSTEM):
        closed(books)
    assert "Fiscal year that ended in June 2026" in text_of(steward.get("/billing/"))
    page = steward.get("/billing/federal/2026/")
    told = text_of(page)
    assert "1 billed service keeps more than federal rules allow; $7.25 of it is the federal part" in told
    assert "Every schedule agrees with the books to the cent" in told
    assert "103.5 of 60" in told and "over the limit" in told and "$29.00" in told
    assert 'high="60" value="103.5"' in page.content.decode()
    answer = steward.get("/billing/federal/2026/?schedule=balance")
    assert answer["Content-Disposition"] == 'attachment; filename="federal-2026-balance.csv"'
    assert "hosting,Hosting,3000,3900,0,6900,103.5,60,4000,2900,1500,6000,725,over" in answer.content.decode()
    assert steward.get("/billing/federal/2026/?schedule=workbook").content[:2] == b"PK"
    assert steward.get("/billing/federal/2026/?schedule=nothing").status_code == 404
    for path in ("/billing/federal/2026/", "/billing/federal/2026/?schedule=balance"):
        assert liaison.get(path).status_code == 404, "the package is of all agencies"


def test_the_page_takes_as_many_queries_for_many_lines_as_for_few(books: Shop) -> None:
    with entered(SYSTEM):
        closed(books)
    steward = client(books, "data_steward")
    steward.get("/billing/federal/2026/")
    with CaptureQueriesContext(connection) as few:
        steward.get("/billing/federal/2026/")
    with entered(SYSTEM):
        account = models.BillingAccount.objects.get(code="dot-1")
        for at in range(1, 6):
            line = LineOfService.objects.create(code=f"line-{at}", name=f"Line {at}")
            models.ReserveBalance.objects.create(line_of_service=line, fiscal_year=2026, opening_cents=at)
            models.Depreciation.objects.create(
                code=f"d-{at}", line_of_service=line, fiscal_year=2026, cents=1
            )
            models.CostPool.objects.create(code=f"pool-{at}", name="Pool", line_of_service=line)
            models.FederalShare.objects.create(
                account=account, award="1", percent=1, starts_on=f"200{at}-01-01", ends_on=f"200{at}-12-31"
            )
    with CaptureQueriesContext(connection) as many:
        assert "Line 5" in text_of(steward.get("/billing/federal/2026/"))
    assert len(many) == len(few)
