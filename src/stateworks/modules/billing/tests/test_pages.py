"""Billing's pages, from a month's first draft to an agency's dispute, as people work on them."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from stateworks.kernel.access.scope import SYSTEM, entered, scope_of
from stateworks.kernel.org.models import LineOfService, Person
from stateworks.modules.billing import models
from stateworks.modules.billing.tests.conftest import SEPTEMBER, Shop
from stateworks.modules.billing.tests.test_run import september
from stateworks.modules.billing.verbs import disputes


def client(shop: Shop, who: str) -> Client:
    made = Client(HTTP_HOST="localhost")
    with entered(SYSTEM):
        made.force_login(shop.accounts[who])
    return made


def text_of(response: Any) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode())).replace("\u00a0", " ")


def do(who: Client, path: str, **fields: str) -> str:
    answer = who.post(path, fields, follow=True)
    return text_of(answer)


@pytest.fixture
def issued(shop: Shop) -> Shop:
    september(shop)
    shop.issue(SEPTEMBER)
    return shop


def test_a_month_is_billed_on_its_page(shop: Shop) -> None:
    september(shop)
    steward, approver = client(shop, "data_steward"), client(shop, "approver")
    page = f"/billing/periods/{SEPTEMBER}/"
    assert "No draft yet" in text_of(steward.get(page))
    told = do(steward, page, do="draft")
    assert "The draft has 2 invoices" in told
    assert "no account is known as somebody" in told
    assert "no pool gathers it" in told
    assert "are not reviewed yet" in do(approver, page, do="approve")
    assert "2 invoices are reviewed" in do(steward, page, do="review")
    assert "may not approve" in do(steward, page, do="approve")
    assert "The invoices are approved" in do(approver, page, do="approve")
    assert "The invoices are issued" in do(approver, page, do="issue")
    assert f"{SEPTEMBER} is closed" in do(approver, page, do="close")
    assert "Say why" in do(approver, page, do="reopen", reason="")
    assert f"{SEPTEMBER} is open again" in do(approver, page, do="reopen", reason="a late journal")


def test_an_agency_sees_its_own_invoices_once_they_are_issued(shop: Shop) -> None:
    september(shop)
    shop.draft(SEPTEMBER)
    fiscal_officer = client(shop, "dhs")
    assert "No invoice yet that you may see" in text_of(fiscal_officer.get("/billing/"))
    assert fiscal_officer.get("/billing/invoices/2026-09-dhs/").status_code == 404
    assert fiscal_officer.get(f"/billing/periods/{SEPTEMBER}/").status_code == 404
    with entered(SYSTEM):
        shop.issue(SEPTEMBER)
    page = text_of(fiscal_officer.get("/billing/invoices/2026-09-dhs/"))
    assert "Human Services is charged $653.59 for September 2026" in page
    assert "1,234.5 GB $0.02315 $28.58" in page
    assert fiscal_officer.get("/billing/invoices/2026-09-dot/").status_code == 404
    assert fiscal_officer.get("/billing/lines/2026-09-dot.1/").status_code == 404
    listed = text_of(fiscal_officer.get("/billing/invoices/"))
    assert "202609-00001" in listed and "Transportation" not in listed
    rows = fiscal_officer.get("/billing/invoices/?format=csv").content.decode().splitlines()
    assert [row.split(",")[0] for row in rows] == ["code", "2026-09-dhs"]
    assert "202609-00001" in text_of(fiscal_officer.get("/agencies/dhs/"))


def test_who_is_billed_for_a_service_is_told_whom_to_ask(issued: Shop) -> None:
    """An owner who has left is not named."""
    with entered(SYSTEM):
        ada = Person.objects.create(
            code="ada", name="Ada Owner", email="ada@office.example", organization=issued.state
        )
        LineOfService.objects.update(owner=ada)
    fiscal_officer = client(issued, "dhs")
    page = fiscal_officer.get("/billing/invoices/2026-09-dhs/")
    assert 'href="mailto:ada@office.example?subject=202609-00001">Ada Owner<' in page.content.decode()
    with entered(scope_of(issued.accounts["dhs"])):
        assert not Person.objects.exists(), "who the office's people are stays behind the wall"
    with entered(SYSTEM):
        Person.objects.update(left_on=date(2026, 9, 30))
    assert "Ada Owner" not in text_of(fiscal_officer.get("/billing/invoices/2026-09-dhs/"))


def test_a_line_shows_what_it_rests_on(issued: Shop) -> None:
    fiscal_officer = client(issued, "dhs")
    page = text_of(fiscal_officer.get("/billing/lines/2026-09-dhs.2/"))
    assert "2 events add up to 1234.5, at $0.02315 for one." in page
    assert "That is $28.578675, rounded once to $28.58." in page
    assert "the same to the cent" in page
    rows = fiscal_officer.get("/billing/lines/2026-09-dhs.2/?format=csv").content.decode().splitlines()
    assert rows[1] == "meter,e1,Human Services,storage-gb,2026-09-01,1000.5"
    rent = text_of(fiscal_officer.get("/billing/lines/2026-09-dhs.1/"))
    assert "1 ledger line puts $1,000.01 into the pool rent" in rent
    assert "J1" in rent


def test_using_the_portal_is_noted_of_agencies_alone_and_once_a_day(issued: Shop) -> None:
    for who in ("dhs", "dhs", "auditor"):
        client(issued, who).get("/billing/invoices/2026-09-dhs/")
    with entered(SYSTEM):
        (event,) = models.PortalEvent.objects.all()
        assert (event.organization.code, event.page) == ("dhs", "invoice")


def test_an_agency_disputes_a_line_and_gets_it_back(issued: Shop) -> None:
    fiscal_officer, decider = client(issued, "dhs"), client(issued, "owner")
    line = "/billing/lines/2026-09-dhs.2/"
    assert "is no amount of dollars" in do(fiscal_officer, line, do="dispute", amount="lots", reason="x")
    assert "The dispute is filed" in do(
        fiscal_officer, line, do="dispute", amount="$10.00", reason="Deleted."
    )
    with entered(SYSTEM):
        dispute = models.Dispute.objects.get()
    assert (
        client(issued, "dhs").post(line, {"do": f"uphold:{dispute.code}", "resolution": "x"}).status_code
        == 403
    )
    assert client(issued, "dot").get(line).status_code == 404
    assert "The dispute is decided" in do(decider, line, do=f"uphold:{dispute.code}", resolution="Right.")
    assert "$10.00 given back" in text_of(fiscal_officer.get(line))


def test_findings_are_resolved_before_the_review(shop: Shop) -> None:
    september(shop)
    run = shop.draft(SEPTEMBER)
    invoice = models.Invoice.objects.get(code="2026-09-dhs")
    models.AnomalyFinding.objects.create(
        code="odd", invoice=invoice, detector="level", text="Twice the usual.", cents=100, found_at=run.made_at,
        due_on="2026-11-05",
    )  # fmt: skip
    steward, page = client(shop, "data_steward"), "/billing/invoices/2026-09-dhs/"
    assert "1 invoice is reviewed" in do(steward, f"/billing/periods/{SEPTEMBER}/", do="review")
    assert "Twice the usual." in text_of(steward.get(page))
    assert "has findings that nobody has resolved" in do(steward, page, do="review")
    assert "Say what it was" in do(steward, page, do="resolve:odd", resolution="")
    assert "The finding is resolved" in do(steward, page, do="resolve:odd", resolution="a new site")
    assert "is reviewed" in do(steward, page, do="review", note="fine")


def test_the_database_keeps_agencies_apart(issued: Shop) -> None:
    """With raw SQL: what belongs to an agency's invoices is there for its people alone."""
    with entered(SYSTEM):
        line = models.InvoiceLine.objects.get(code="2026-09-dhs.2")
        at = issued.clock
        dispute = disputes.file_dispute(line, cents=10, reason="Deleted.", by=None, at=at)
        disputes.decide(dispute.code, uphold=True, resolution="Right.", by=None, at=at)
    for who, there in (("dhs", 1), ("dot", 0), ("auditor", 1)):
        with entered(scope_of(issued.accounts[who])), connection.cursor() as cursor:
            for table in ("billing_dispute", "billing_credit", "billing_disputeevent", "billing_creditevent"):
                cursor.execute(f"SELECT count(*) FROM {table}")
                assert min(cursor.fetchone()[0], 1) == there, (who, table)
            cursor.execute("SELECT count(*) FROM billing_invoiceline WHERE code LIKE '2026-09-dhs%'")
            assert cursor.fetchone()[0] == 3 * there
