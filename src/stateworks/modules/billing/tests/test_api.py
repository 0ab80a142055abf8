"""Billing by programs: a month from opened to closed, and an agency's invoice from its reason to a dispute."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.test import Client

from stateworks.modules.billing.tests.conftest import NOVEMBER, OCTOBER, SEPTEMBER, Shop
from stateworks.modules.billing.tests.test_pages import client
from stateworks.modules.billing.tests.test_run import september

BASE = "/api/v1/billing"


def got(who: Client, path: str) -> Any:
    answer = who.get(BASE + path)
    assert answer.status_code == 200, answer.content
    return answer.json()


def post(who: Client, path: str, **fields: Any) -> Any:
    return who.post(BASE + path, json.dumps(fields), content_type="application/json")


def test_a_month_is_billed_step_by_step(shop: Shop) -> None:
    september(shop)
    steward, approver = client(shop, "data_steward"), client(shop, "approver")
    assert [(one["period"], one["run"]) for one in got(steward, "/months")] == [
        (NOVEMBER, None), (OCTOBER, None), (SEPTEMBER, None),
    ]  # fmt: skip
    told = post(steward, f"/months/{SEPTEMBER}/draft").json()
    assert (told["state"], told["invoices"], told["unreviewed"]) == ("draft", 2, 2)
    assert told["checks"]["differences"] == []
    assert {row["why"] for row in got(steward, f"/months/{SEPTEMBER}/worklist")} == {
        "no account is known as somebody", "no SKU is known as punch cards", "no pool gathers it",
    }  # fmt: skip
    refused = post(approver, f"/months/{SEPTEMBER}/approve")
    assert refused.status_code == 400
    assert "are not reviewed yet" in refused.json()["error"]
    assert post(steward, f"/months/{SEPTEMBER}/review").json()["unreviewed"] == 0
    assert post(steward, f"/months/{SEPTEMBER}/approve").status_code == 403
    assert post(approver, f"/months/{SEPTEMBER}/approve").json()["state"] == "approved"
    assert post(approver, f"/months/{SEPTEMBER}/issue").json()["state"] == "issued"
    again = post(approver, f"/months/{SEPTEMBER}/issue").json()
    assert post(approver, f"/months/{SEPTEMBER}/close").json() == again | {"month_state": "closed"}
    assert post(approver, f"/months/{SEPTEMBER}/reopen").status_code == 400
    reopened = post(approver, f"/months/{SEPTEMBER}/reopen", reason="a late journal").json()
    assert reopened["month_state"] == "open"
    assert post(steward, "/months/2026-13/open").status_code == 400
    assert post(steward, f"/months/{SEPTEMBER}/burn").status_code == 422


@pytest.fixture
def issued(shop: Shop) -> Shop:
    september(shop)
    shop.issue(SEPTEMBER)
    shop.used(("o1", "dhs-1", "vm", "2026-10-03", "2"))
    shop.issue(OCTOBER)
    return shop


def test_an_agency_reads_explains_and_disputes_its_own_invoice_alone(issued: Shop) -> None:
    dhs, dot = client(issued, "dhs"), client(issued, "dot")
    invoices = got(dhs, "/invoices")
    assert {one["agency"] for one in invoices} == {"dhs"}
    code = f"{OCTOBER}-dhs"
    lines = got(dhs, f"/invoices/{code}/lines")
    assert sum(one["cents"] for one in lines) == next(one["cents"] for one in invoices if one["code"] == code)
    why = got(dhs, f"/invoices/{code}/explanation")
    assert sum(why["effects"].values()) == why["difference"] == why["now"] - why["before"]
    paper = dhs.get(f"{BASE}/invoices/{code}/documents/ubl")
    assert paper.status_code == 200
    assert paper["Content-Type"] == "application/xml"
    line = next(one for one in lines if one["sku"] == "vm" and one["origin"] == OCTOBER)
    told = got(dhs, f"/lines/{line['line']}/proof")
    # Two machines at $12.50.
    assert told["readd_cents"] == told["cents"] == line["cents"] == 2500
    filed = post(dhs, f"/lines/{line['line']}/disputes", cents=1250, reason="one was switched off")
    assert filed.json()["cents"] == 1250
    assert post(dhs, f"/lines/{line['line']}/disputes", cents=9999, reason="all of it").status_code == 400
    for path in (
        f"/invoices/{code}/lines", f"/invoices/{code}/explanation", f"/invoices/{code}/documents/pdf",
        f"/lines/{line['line']}/proof",
    ):  # fmt: skip
        assert dot.get(BASE + path).status_code == 404, path
        assert Client(HTTP_HOST="localhost").get(BASE + path).status_code == 401, path
    assert post(dot, f"/lines/{line['line']}/disputes", cents=1, reason="not mine").status_code == 404


def test_what_is_of_all_agencies_is_for_those_who_work_for_the_whole_state(issued: Shop) -> None:
    dhs, auditor = client(issued, "dhs"), client(issued, "auditor")
    for path in (
        "/months", f"/months/{SEPTEMBER}", f"/months/{SEPTEMBER}/worklist", "/cards/fy27/rehearsal", "/federal/2026",
    ):  # fmt: skip
        assert dhs.get(BASE + path).status_code == 403, path
    assert post(dhs, f"/months/{NOVEMBER}/draft").status_code == 403
    assert got(auditor, f"/months/{SEPTEMBER}")["state"] == "issued"
    assert auditor.get(f"{BASE}/months/2031-01").status_code == 404
    # No month is closed yet: nothing to try a card on, and no year to reconcile.
    assert "No month is closed" in auditor.get(f"{BASE}/cards/fy27/rehearsal").json()["error"]
    assert auditor.get(f"{BASE}/federal/2026").status_code == 400
