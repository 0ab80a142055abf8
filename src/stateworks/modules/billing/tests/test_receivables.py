"""What is owed: by hand, against SQL of its own, conserved whatever is paid, and refused where it is too much."""

from __future__ import annotations

import datetime as dt
import json
import re
from pathlib import Path
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from stateworks.kernel.access.scope import SYSTEM, entered, scope_of
from stateworks.kernel.errors import Refused
from stateworks.kernel.records.intake import import_records
from stateworks.modules.billing import models
from stateworks.modules.billing.money import dollars
from stateworks.modules.billing.receivables import (
    AGES,
    Receivable,
    collected,
    credits_to_come,
    issue_day,
    issued_months,
    receivables,
    report,
    totals,
)
from stateworks.modules.billing.tests.conftest import AT, Shop
from stateworks.modules.billing.tests.issued import issue
from stateworks.modules.billing.tests.test_pages import client, text_of

DAY = dt.date(2026, 10, 31)
#: Counted by hand-written SQL, which knows nothing of the program: the same parts by agency.
BY_SQL = """
WITH one AS (
    SELECT i.id, o.code agency, i.due_on, i.cents face,
        coalesce((SELECT -sum(l.cents) FROM billing_invoiceline l WHERE l.invoice_id = i.id AND l.kind = 'credit'), 0) credited,
        coalesce((SELECT sum(p.cents) FROM billing_payment p WHERE p.invoice_id = i.id AND p.received_on <= %(day)s), 0) paid,
        coalesce((SELECT sum(d.cents) FROM billing_dispute d JOIN billing_invoiceline l ON l.id = d.line_id
                  WHERE l.invoice_id = i.id AND d.filed_on <= %(day)s
                  AND (d.resolved_on IS NULL OR d.resolved_on > %(day)s)), 0) filed
    FROM billing_invoice i JOIN org_organization o ON o.id = i.organization_id
    WHERE i.state = 'issued' AND (i.issued_at AT TIME ZONE 'America/Chicago')::date <= %(day)s
), apart AS (
    SELECT *, face - paid AS open, greatest(0, least(face - paid, filed)) AS disputed, %(day)s::date - due_on AS late FROM one
), aged AS (SELECT *, CASE WHEN open > 0 THEN open - disputed ELSE 0 END AS rest FROM apart)
SELECT agency, sum(face + credited), sum(credited), sum(paid), sum(open),
    sum(rest) FILTER (WHERE late <= 0), sum(rest) FILTER (WHERE late BETWEEN 1 AND 30),
    sum(rest) FILTER (WHERE late BETWEEN 31 AND 60), sum(rest) FILTER (WHERE late BETWEEN 61 AND 90),
    sum(rest) FILTER (WHERE late > 90), sum(disputed), sum(open) FILTER (WHERE open < 0)
FROM aged GROUP BY agency ORDER BY agency
"""


def at(day: str) -> dt.datetime:
    return dt.datetime.fromisoformat(f"{day}T15:00:00+00:00")


def pay(invoice: models.Invoice, cents: int, day: str) -> models.Payment:
    n = models.Payment.objects.count()
    return models.Payment.objects.create(code=f"p{n}", invoice=invoice, cents=cents, received_on=day)


@pytest.fixture
def owing(shop: Shop) -> Shop:
    """Four invoices of dhs, one of dot; a credit of 500 that September's carries, one of 200 that none carries yet.

    May is 150 days past due and 1,000 short; July was paid late; August is disputed for 400 and half paid.
    """
    dhs, dot = ({"account": models.BillingAccount.objects.get(code=code)} for code in ("dhs-1", "dot-1"))
    vm = {"sku": models.Sku.objects.get(code="vm")}
    may = issue(shop.dhs, "2026-05", at("2026-05-04"), {**dhs, **vm, "cents": 4_000})
    july = issue(shop.dhs, "2026-07", at("2026-08-10"), {**dhs, **vm, "cents": 10_000})
    august = issue(
        shop.dhs, "2026-08", at("2026-09-11"), {**dhs, **vm, "cents": 20_000}, {**dhs, **vm, "cents": 600}
    )
    models.Credit.objects.create(
        code="c1", line=july.lines.get(), cents=500, reason="a machine too many", given_on="2026-09-20"
    )
    models.Credit.objects.create(
        code="c2", line=july.lines.get(), cents=200, reason="another", given_on="2026-10-20"
    )
    september = issue(
        shop.dhs, "2026-09", at("2026-10-16"), {**dhs, **vm, "cents": 30_000},
        {**dhs, **vm, "cents": -500, "kind": "credit", "source": "c1", "origin": "2026-07"},
    )  # fmt: skip
    road = issue(shop.dot, "2026-08", at("2026-09-12"), {**dot, **vm, "cents": 7_000})
    pay(may, 3_000, "2026-06-01")
    pay(july, 10_000, "2026-10-02")
    pay(august, 10_300, "2026-10-11")
    pay(road, 7_000, "2026-11-05")
    models.Dispute.objects.create(
        code="d1",
        line=august.lines.get(cents=20_000),
        cents=400,
        reason="gone",
        filed_on="2026-10-01",
        due_on="2026-10-31",
    )
    shop.seen = {"may": may, "july": july, "august": august, "september": september, "road": road}
    return shop


def test_ages_by_hand(owing: Shop) -> None:
    """As of 31 October: May was due 3 June, 150 days ago; August 11 October, 20 days ago; September is not due."""
    rows = {one.code: one for one in receivables(DAY, models.Invoice.objects.filter(organization=owing.dhs))}
    assert totals(rows.values(), DAY) == {
        # 4,000 + 10,000 + 20,600 + 30,000, less the credit that September carries, less 3,000 + 10,000 + 10,300.
        "issued_cents": 64_600, "credits_cents": 500, "paid_cents": 23_300, "open_cents": 40_800,
        # September 30,000 - 500; August 20,600 - 10,300 - 400 disputed; May 4,000 - 3,000.
        "current_cents": 29_500, "days_1_30_cents": 9_900, "days_31_60_cents": 0, "days_61_90_cents": 0,
        "over_90_cents": 1_000, "disputed_cents": 400, "in_favor_cents": 0,
    }  # fmt: skip
    assert {code: one.standing(DAY) for code, one in rows.items()} == {
        "2026-05-dhs": "overdue", "2026-07-dhs": "paid", "2026-08-dhs": "overdue", "2026-09-dhs": "open",
    }  # fmt: skip
    assert credits_to_come(DAY, models.Invoice.objects.all()) == 200
    assert credits_to_come(dt.date(2026, 10, 1), models.Invoice.objects.all()) == 500, (
        "no invoice carried it yet"
    )


@pytest.mark.parametrize(
    "day", ["2026-06-03", "2026-08-31", "2026-10-11", "2026-10-31", "2026-12-24", "2027-03-01"]
)
def test_the_same_by_sql(owing: Shop, day: str) -> None:
    when = dt.date.fromisoformat(day)
    with connection.cursor() as cursor:
        cursor.execute(BY_SQL, {"day": day})
        by_sql = {row[0]: [int(value or 0) for value in row[1:]] for row in cursor.fetchall()}
    told = report(when, models.Invoice.objects.all())
    assert {one["agency"]: list(one.values())[2:] for one in told["agencies"]} == by_sql
    assert told["open_cents"] == sum(one["open_cents"] for one in told["invoices"])


@given(
    st.lists(
        st.tuples(
            *[st.integers(-(10**6), 10**9)] * 2,
            st.integers(0, 10**9),
            st.integers(0, 10**6),
            st.integers(-400, 400),
        ),
        max_size=12,
    )
)
def test_nothing_is_lost_whatever_is_owed(given_rows: list[tuple[int, int, int, int, int]]) -> None:
    """Issued less credits less paid is open, and open is its ages, the disputed and what is in favor: each and together."""
    rows = [
        Receivable(
            str(n),
            str(n),
            "a",
            "A",
            "2026-05",
            DAY,
            DAY - dt.timedelta(days=late),
            issued,
            credit,
            paid,
            filed,
        )
        for n, (issued, credit, paid, filed, late) in enumerate(given_rows)
    ]
    for group in [[one] for one in rows] + [rows]:
        sums = totals(group, DAY)
        assert sums["issued_cents"] - sums["credits_cents"] - sums["paid_cents"] == sums["open_cents"]
        parts = [sums[key] for key, _, _ in AGES] + [sums["disputed_cents"], sums["in_favor_cents"]]
        assert sum(parts) == sums["open_cents"]
        assert all(part >= 0 for part in parts[:-1]) and parts[-1] <= 0


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.integers(1, 12_000), min_size=1, max_size=6))
def test_payments_never_come_to_more_than_the_invoice(owing: Shop, amounts: list[int]) -> None:
    """September came to 29,500: each payment is taken as long as all of them fit, and refused whole where not."""
    invoice, paid = owing.seen["september"], 0
    with transaction.atomic():
        for amount in amounts:
            if paid + amount <= 29_500:
                pay(invoice, amount, "2026-10-30")
                paid += amount
                continue
            words = f"came to $295.00 and {dollars(paid)} is paid already; {dollars(amount)} more"
            with pytest.raises(IntegrityError, match=re.escape(words)), transaction.atomic():
                pay(invoice, amount, "2026-10-30")
        (row,) = receivables(DAY, models.Invoice.objects.filter(pk=invoice.pk))
        assert (row.paid_cents, row.open_cents) == (paid, 29_500 - paid)
        transaction.set_rollback(True)


def test_a_file_of_payments_says_what_is_wrong_with_each_row(owing: Shop, tmp_path: Path) -> None:
    file = tmp_path / "payments.csv"
    file.write_text(
        "code,invoice,cents,received_on,reference\n"
        "good,2026-09-dhs,20000,2026-10-30,D-1\nmuch,2026-09-dhs,9501,2026-10-30,D-2\n"
        "early,2026-09-dhs,1,2026-10-15,D-3\nnobody,2026-01-dhs,1,2026-10-30,D-4\nnothing,2026-09-dhs,0,2026-10-30,D-5\n"
    )
    done = import_records("billing.payment", file, by=None, at=AT)
    assert (done.inserted, done.quarantined) == (1, 4)
    reasons = {row.values["code"]: row.reason for row in done.quarantine.all()}
    assert "came to $295.00 and $200.00 is paid already; $95.01 more is too much" in reasons["much"]
    assert "was issued on 2026-10-16; no payment of it was received on 2026-10-15" in reasons["early"]
    assert "2026-01-dhs" in reasons["nobody"]
    assert "A payment is more than nothing." in reasons["nothing"]
    again = import_records("billing.payment", file, by=None, at=AT)
    assert (again.inserted, again.unchanged) == (0, 1)
    file.write_text("code,invoice,cents,received_on,reference\ngood,2026-09-dhs,29500,2026-10-30,D-1\n")
    assert import_records("billing.payment", file, by=None, at=AT).updated == 1, (
        "its own cents do not count against it"
    )


def test_a_draft_cannot_be_paid(shop: Shop) -> None:
    draft = models.Invoice.objects.create(
        code="2026-09-dhs",
        period=models.BillingPeriod.objects.get(code="2026-09"),
        organization=shop.dhs,
        cents=9,
    )
    with pytest.raises(IntegrityError, match="is not issued yet"), transaction.atomic():
        pay(draft, 1, "2026-10-30")


def test_days_to_collect_by_hand(owing: Shop) -> None:
    """Settled: July after 53 days. Open: May for 180, August for 50, September for 15; dot's for 49.

    After 53 days half of two are left: one of two (July and May) ends, S = 1/2. A cent that was paid took
    (28 x 3,000 + 53 x 10,000 + 30 x 10,300) / 23,300 = 923,000 / 23,300 days.
    """
    rows = receivables(DAY, models.Invoice.objects.all())
    found = collected(rows, DAY)
    assert (found.invoices, found.settled, found.median) == (5, 1, 53)
    assert found.weighted == pytest.approx(923_000 / 23_300)


def test_issued_by_the_calendars_day(owing: Shop, settings: Any) -> None:
    """By the 15th of the next month: May's came before it, September's on the 16th."""
    rows = receivables(DAY, models.Invoice.objects.all())
    told = {one.period: (one.invoices, one.in_time) for one in issued_months(rows)}
    assert told == {"2026-09": (1, 0), "2026-08": (2, 2), "2026-07": (1, 1), "2026-05": (1, 1)}
    settings.BILLING_ISSUE_DAY = 31
    assert issue_day("2026-01") == dt.date(2026, 2, 28)
    settings.BILLING_ISSUE_DAY = 0
    with pytest.raises(Refused, match="write a day of the month"):
        issue_day("2026-01")


def test_an_agency_sees_its_own(owing: Shop) -> None:
    page = text_of(client(owing, "dhs").get("/billing/receivables/?as_of=2026-10-31"))
    assert "$408.00 is open as of 31 Oct 2026, $109.00 of it past due, and $4.00 disputed." in page
    assert "Transportation" not in page and "$2.00 more" in page
    rows = (
        client(owing, "dhs")
        .get("/billing/receivables/?as_of=2026-10-31&format=csv")
        .content.decode()
        .splitlines()
    )
    assert [row.split(",")[0] for row in rows[1:]] == [
        "2026-05-dhs",
        "2026-07-dhs",
        "2026-08-dhs",
        "2026-09-dhs",
    ]
    office = text_of(client(owing, "auditor").get("/billing/receivables/?as_of=2026-10-31"))
    assert "Transportation" in office and "$478.00 is open" in office
    wrong = client(owing, "auditor").get("/billing/receivables/?as_of=soon")
    assert wrong.status_code == 400 and "“soon” is no day" in text_of(wrong)
    for who, n in (("dhs", 3), ("dot", 1), ("auditor", 4)):
        with entered(scope_of(owing.accounts[who])), connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM billing_payment")
            assert cursor.fetchone() == (n,)
    with entered(SYSTEM):
        events = models.PortalEvent.objects.values_list("organization__code", "page")
        assert list(events) == [("dhs", "receivables")], "the office's own reading is no use of the portal"


def test_an_invoice_says_how_it_is_paid(owing: Shop) -> None:
    who = client(owing, "dhs")
    assert "Paid in full on 2 Oct 2026." in text_of(who.get("/billing/invoices/2026-07-dhs/"))
    august = text_of(who.get("/billing/invoices/2026-08-dhs/"))
    assert "$103.00 is open" in august and "$4.00 of it is disputed" in august and "11 Oct 2026" in august
    assert "paid" in text_of(who.get("/billing/invoices/"))


def test_the_command_prints_the_report(owing: Shop, capsys: pytest.CaptureFixture[str]) -> None:
    from importlib import import_module

    main = import_module("stateworks.cli.main").main
    assert main(["billing", "receivables", "--as-of", "2026-10-31", "--format", "json"]) == 1, (
        "something is overdue"
    )
    told = json.loads(capsys.readouterr().out)
    assert (told["as_of"], told["open_cents"], told["over_90_cents"]) == ("2026-10-31", 47_800, 1_000)
    assert told["days_to_collect"]["median"] == 53
    assert main(["billing", "receivables", "--as-of", "2026-04-01", "--format", "json"]) == 0
    assert json.loads(capsys.readouterr().out)["invoices"] == []
