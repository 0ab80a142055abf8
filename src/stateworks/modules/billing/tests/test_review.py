"""The business review of an agency: each figure is the one that the page or the command shows."""

from __future__ import annotations

import datetime as dt
import io
from decimal import Decimal
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from pypdf import PdfReader
from python_calamine import CalamineWorkbook

from stateworks.kernel.access.scope import SYSTEM, entered, scope_of
from stateworks.kernel.clocks.fiscal import parse_period
from stateworks.kernel.errors import Refused
from stateworks.kernel.indicators import runs
from stateworks.kernel.plans.load import load_plan
from stateworks.kernel.plans.specs import specs_of_plan
from stateworks.kernel.plans.yaml_format import read_plan
from stateworks.modules.billing import models
from stateworks.modules.billing.review.paper import paper
from stateworks.modules.billing.review.sheets import Review, review_of
from stateworks.modules.billing.review.workbook import workbook
from stateworks.modules.billing.tests.conftest import AT, OCTOBER, SEPTEMBER, Shop

DAY = dt.date(2026, 11, 5)


@pytest.fixture
def billed(shop: Shop) -> Shop:
    """Two issued months of dhs: 4 machines for 50.00, then 6 for 75.00; a dispute of 10.00, and a budget of 1,000.00."""
    shop.used(("a", "Human Services", "vm", "2026-09-10", 4))
    shop.issue(SEPTEMBER)
    shop.used(("b", "Human Services", "vm", "2026-10-10", 6))
    shop.issue(OCTOBER)
    line = models.InvoiceLine.objects.get(invoice__period__code=OCTOBER, sku__code="vm")
    models.Dispute.objects.create(
        code="d1", line=line, cents=1000, reason="Two machines were returned.", filed_on=dt.date(2026, 11, 4),
        due_on=dt.date(2026, 12, 4),
    )  # fmt: skip
    models.Budget.objects.create(
        organization=shop.dhs, line_of_service=line.sku.line_of_service, fiscal_year=2027, cents=100_000
    )
    return shop


def rows_of(review: Review, title: str) -> list[dict[str, Any]]:
    sheet = next(one for one in review.sheets if one.title == title)
    return [dict(zip(sheet.columns, row, strict=True)) for row in sheet.rows]


def test_every_figure_is_where_it_belongs(billed: Shop) -> None:
    review = review_of(SYSTEM, billed.dhs, parse_period("FY27 Q2"), DAY)
    assert [row["charged_cents"] for row in rows_of(review, "Invoices")] == [7500]
    (service, whole) = rows_of(review, "Spend by service")
    assert service["2026-09 cents"] == 5000 and service["2026-10 cents"] == 7500
    assert service["twelve_months_cents"] == whole["twelve_months_cents"] == 12_500
    budget = rows_of(review, "Budget")[0]
    assert (budget["budget_cents"], budget["charged_cents"], budget["left_cents"]) == (
        100_000,
        12_500,
        87_500,
    )
    change = rows_of(review, "Changes")[0]
    assert (change["before_cents"], change["now_cents"], change["volume_cents"]) == (5000, 7500, 2500)
    assert change["why"] == "$25.00 more by use"
    assert [row["disputed_cents"] for row in rows_of(review, "Open disputes")] == [1000]
    owed = rows_of(review, "Receivables")
    assert (owed[-1]["open_cents"], owed[-1]["disputed_cents"]) == (12_500, 1000)
    assert rows_of(review, "FinOps findings") == rows_of(review, "Credits") == []
    assert all(one.source and one.command.startswith("stateworks billing ") for one in review.sheets)
    quarter = review_of(SYSTEM, billed.dhs, parse_period("FY27 Q1"), DAY)
    assert [row["charged_cents"] for row in rows_of(quarter, "Invoices")] == [5000], (
        "September alone is of it"
    )


def test_the_workbook_holds_dollars_and_again_the_same_bytes(billed: Shop) -> None:
    review = review_of(SYSTEM, billed.dhs, parse_period(OCTOBER), DAY)
    content = workbook(review)
    assert workbook(review_of(SYSTEM, billed.dhs, parse_period(OCTOBER), DAY)) == content
    book = CalamineWorkbook.from_filelike(io.BytesIO(content))
    assert book.sheet_names == ["Contents", *(one.title for one in review.sheets)]
    invoices = book.get_sheet_by_name("Invoices").to_python()
    assert invoices[3] == ["Month", "Number", "Due on", "Charged"]
    assert invoices[4][0] == OCTOBER and Decimal(str(invoices[4][3])) == Decimal("75.0")
    assert invoices[1][0].startswith("Computed again by: stateworks billing review-pack dhs --month 2026-10")


def test_the_paper_says_the_same_in_words_and_again_the_same_bytes(billed: Shop) -> None:
    review = review_of(SYSTEM, billed.dhs, parse_period("FY27"), DAY)
    content = paper(review)
    assert paper(review_of(SYSTEM, billed.dhs, parse_period("FY27"), DAY)) == content
    read = PdfReader(io.BytesIO(content))
    assert read.metadata and read.metadata.title == "Business review: Human Services, FY27"
    assert read.trailer["/Root"]["/MarkInfo"]["/Marked"], "tagged"
    said = " ".join(" ".join(page.extract_text() for page in read.pages).split())
    for one in review.sheets:
        assert one.title in said
    for words in (
        "$75.00",
        "$25.00 more by use",
        "$1,000.00",
        "Two machines were returned.",
        "4 Dec 2026",
        "None.",
    ):
        assert words in said, words
    assert "5000" not in said, "cents are dollars"


def test_what_the_plan_promises_about_billing_stands_beside_it(billed: Shop) -> None:
    """Of each month's invoices, one in September and one in October, all were looked at before they were issued."""
    content = read_plan((settings.PLANS_FOLDER / "louisiana-ots.yaml").read_bytes())
    plan = load_plan(content, by=None, at=AT)
    reviewed = [one for one in specs_of_plan(plan.plan.slug) if one.measure == "billing.invoices_reviewed"]
    runs.execute(reviewed, plan=plan.plan.slug, plan_version=plan.number, as_of=dt.date(2026, 11, 4), at=AT)
    (told,) = rows_of(review_of(SYSTEM, billed.dhs, parse_period("FY27"), DAY), "Promises")
    assert (told["indicator"], told["statewide"], told["of_the_agency"]) == (
        reviewed[0].code,
        "100.0\u00a0%",
        "100.0\u00a0%",
    )
    assert "100" in told["goal"] and told["stands"] in ("met", "pending")
    other = rows_of(review_of(SYSTEM, billed.dhs, parse_period("FY27"), dt.date(2026, 11, 3)), "Promises")
    assert other == [], "as of a day on which nothing had been run"


def test_a_span_without_an_invoice_is_refused(billed: Shop) -> None:
    with pytest.raises(Refused, match="no issued invoice in 2026-11; its last one is of 2026-10"):
        review_of(SYSTEM, billed.dhs, parse_period("2026-11"), DAY)
    with pytest.raises(Refused, match="it has none at all"):
        review_of(SYSTEM, billed.dot, parse_period(OCTOBER), DAY)
    other = scope_of(billed.accounts["dot"])
    with entered(other), pytest.raises(Refused, match="it has none at all"):
        review_of(other, billed.dhs, parse_period(OCTOBER), DAY)


def test_the_agency_takes_its_own_review_from_its_page(billed: Shop) -> None:
    client = Client()
    address = reverse("billing:review", args=["dhs"])
    client.force_login(billed.accounts["dhs"])
    assert address in client.get("/agencies/dhs/").content.decode()
    page = client.get(address).content.decode()
    assert "period=2026-10" in page and "period=FY27%20Q2" in page and "period=FY27" in page
    answer = client.get(address, {"format": "xlsx"})
    assert answer.status_code == 200 and "business-review-dhs-2026-10.xlsx" in answer["Content-Disposition"]
    assert "Invoices" in CalamineWorkbook.from_filelike(io.BytesIO(answer.content)).sheet_names
    answer = client.get(address, {"format": "pdf"})
    assert (
        answer.content.startswith(b"%PDF")
        and "business-review-dhs-2026-10.pdf" in answer["Content-Disposition"]
    )
    assert client.get(address, {"format": "xlsx", "period": "2025-01"}).status_code == 404
    assert client.get(address, {"format": "xlsx", "period": "soon"}).status_code == 404
    client.force_login(billed.accounts["dot"])
    assert client.get(address).status_code == 404
