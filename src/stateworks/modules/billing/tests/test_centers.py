"""Cost centers by hand: what is spent is the ledger's, what is expected its owner's, and what was said stays as it was said."""

from __future__ import annotations

import csv
import datetime as dt
import json
from pathlib import Path

import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, connection, transaction

from stateworks.kernel.access.models import Account, Grant, Role
from stateworks.kernel.access.scope import SYSTEM, entered, scope_of
from stateworks.kernel.errors import Refused
from stateworks.kernel.lake.store import current_version
from stateworks.kernel.org.models import Organization, Person
from stateworks.kernel.records.intake import import_records
from stateworks.modules.billing import models
from stateworks.modules.billing.centers import Centers, centers_year, due_on, known_month, months_open
from stateworks.modules.billing.feeds import LEDGER
from stateworks.modules.billing.obligations import owed
from stateworks.modules.billing.tests.conftest import AT, Shop
from stateworks.modules.billing.tests.test_pages import client, do, text_of
from stateworks.modules.billing.verbs.centers import Expected, read_file, submit

TODAY = dt.date(2026, 11, 3)
CENTERS = """\
code,name,organization,owner,line_of_service,starts_on,ends_on
B1,Buildings,it-plant,pat,,2020-07-01,
H1,Hosting,it-host,,hosting,2020-07-01,
OLD,Fax,it-host,,,2010-01-01,2026-06-30
"""
BUDGETS = """\
center,month,object_code,cents,note
B1,2026-09,5100,100000,
B1,2026-09,5600,50000,
B1,2026-10,,150000,
B1,2026-11,,150000,
B1,2026-12,,150000,
H1,2026-10,,70000,
"""


@pytest.fixture
def office(shop: Shop, tmp_path: Path) -> Shop:
    """B1 spends 1,400.00 in September, 50.25 of it taken back, and 1,600.00 in October; H1 700.00 in October; C9 is not recorded.

    What is posted in November is of a month that has not ended.
    """
    for code in ("it-plant", "it-host"):
        Organization.objects.create(code=code, name=code, kind="section", parent=shop.state)
    plant = Organization.objects.get(code="it-plant")
    Person.objects.create(code="pat", name="Pat Reed", email="Pat@example.org", organization=plant)
    pat = Account.objects.create_user("pat@example.org", name="Pat")
    head = Account.objects.create_user("head@example.org", name="Head")
    Grant.objects.create(account=pat, role=Role.AGENCY_LIAISON, organization=plant, since=dt.date(2024, 1, 1))
    Grant.objects.create(account=head, role=Role.OWNER, organization=plant, since=dt.date(2024, 1, 1))
    shop.accounts |= {"pat": pat, "head": head}
    shop.spent(
        ("J9", 1, "2026-09-05", "B1", "5100", "1000.00"), ("J9", 2, "2026-09-20", "B1", "5600", "450.25"),
        ("J9", 3, "2026-09-21", "B1", "5600", "-50.25"), ("J10", 1, "2026-10-05", "B1", "5100", "1600.00"),
        ("J10", 2, "2026-10-06", "H1", "5700", "700.00"), ("J10", 3, "2026-10-07", "C9", "5700", "12.00"),
        ("J11", 1, "2026-11-01", "B1", "5100", "99.00"),
    )  # fmt: skip
    for name, rows in (("cost_center", CENTERS), ("cost_center_budget", BUDGETS)):
        file = tmp_path / f"{name}.csv"
        file.write_text(rows)
        done = import_records(f"billing.{name}", file, by=None, at=AT)
        assert (done.inserted, done.quarantined) == (done.read, 0), [
            one.reason for one in done.quarantine.all()
        ]
    return shop


@pytest.fixture
def in_november(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is 3 November 2026, also for pages and commands."""
    monkeypatch.setattr("django.utils.timezone.now", lambda: AT)


def year(label: str = "FY27", code: str = "") -> Centers:
    return centers_year(SYSTEM, label, TODAY, current_version(LEDGER), code)


def say(code: str, *rows: tuple[str, int, str], by: Account | None = None, day: str = "2026-11-03") -> int:
    at = dt.datetime.fromisoformat(f"{day}T15:00:00+00:00")
    return len(submit(code, [Expected(*row) for row in rows], by=by, at=at))


def test_a_year_by_hand(office: Shop) -> None:
    """B1 spent 1,400 + 1,600 = 3,000 of 3,000; with 1,700 expected of November and 1,500 budgeted for December it ends at 6,200.

    That is 200 over its 6,000, or 3.3 %. The ledger has 3,712: 3,000 of B1, 700 of H1, and 12 that no cost center has.
    """
    assert known_month(TODAY) == "2026-10" and months_open("2026-10")[0::11] == ["2026-11", "2027-10"]
    say("B1", ("2026-11", 170_000, ""), ("2027-07", 1, ""))
    found = year()
    b1, h1 = found.rows
    assert (b1.budget, b1.budget_to_date, b1.actual, b1.expected, b1.variance) == (
        600_000, 300_000, 300_000, 620_000, 20_000,
    )  # fmt: skip
    assert b1.over == pytest.approx(1 / 30)
    assert [one.actual for one in b1.months[:6]] == [0, 0, 140_000, 160_000, None, None]
    assert b1.unforecast == 7, "December to June"
    assert (h1.budget, h1.actual, h1.expected) == (70_000, 70_000, 70_000)
    assert (found.ledger, found.elsewhere) == (371_200, 1_200)
    whole = found.whole
    assert (whole.budget, whole.actual, whole.expected, whole.variance) == (670_000, 370_000, 690_000, 20_000)
    assert [one.code for one in found.missing] == ["H1"]
    (alone,) = year(code="B1").rows
    objects = {one.code: (one.budget, one.actual) for one in alone.objects}
    assert objects == {"": (450_000, 0), "5100": (100_000, 260_000), "5600": (50_000, 40_000)}
    assert [one.code for one in year("FY26").rows] == ["B1", "H1", "OLD"], "it was used then"


def test_a_forecast_is_a_vintage_and_says_why(office: Shop) -> None:
    assert say("B1", ("2026-11", 100_000, ""), ("2026-12", 100_000, ""), day="2026-10-10") == 2, (
        "the first has none before"
    )
    assert say("B1", ("2026-11", 105_000, ""), ("2026-12", 100_000, "")) == 2, (
        "five percent; and the same, a month later"
    )
    assert say("B1", ("2026-11", 105_000, ""), ("2026-12", 100_000, "")) == 0, "nothing is said twice"
    with pytest.raises(Refused) as caught:
        say("B1", ("2026-11", 110_251, ""), ("2026-12", 94_999, " "), ("2027-01", 5, ""))
    assert caught.value.details == (
        "2026-11 was $1,050.00 and is now $1,102.51, which is more than 5 % off; say why.",
        "2026-12 was $1,000.00 and is now $949.99, which is more than 5 % off; say why.",
    )
    assert models.CostCenterForecast.objects.count() == 4, "nothing of it is kept"
    assert say("B1", ("2026-11", 110_251, "A lease ends."), day="2026-11-04") == 1
    month = year().rows[0].months[4]
    assert (month.forecast, month.former, month.reason) == (110_251, 105_000, "A lease ends.")
    codes = (
        models.CostCenterForecast.objects.filter(month="2026-11")
        .order_by("made_at")
        .values_list("code", flat=True)
    )
    assert list(codes) == ["B1.2026-11.2026-10.1", "B1.2026-11.2026-11.1", "B1.2026-11.2026-11.3"]
    for change in (
        "UPDATE billing_costcenterforecast SET cents = 1",
        "DELETE FROM billing_costcenterforecast",
    ):
        with (
            pytest.raises(DatabaseError, match="is kept as it was made"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(change)


def test_what_is_no_forecast_is_refused(office: Shop, settings: pytest.FixtureRequest) -> None:
    for rows, told in (
        ((("2026-10", 1, ""),), "2026-10 is not open; forecast 2026-11 to 2027-10."),
        ((("soon", 1, ""),), "soon is not open; forecast 2026-11 to 2027-10."),
        ((("2026-11", 1, ""), ("2026-11", 2, "")), "2026-11 is there twice; say once what you expect."),
        ((), "Say what you expect of at least one month."),
    ):
        with pytest.raises(Refused, match=told):
            say("B1", *rows)
    with pytest.raises(Refused, match="There is no cost center XX"):
        say("XX", ("2026-11", 1, ""))
    with pytest.raises(Refused, match="no fiscal year"):
        year("2026-11")
    assert due_on("2026-11") == dt.date(2026, 11, 15)
    settings.BILLING_FORECAST_DAY = 31  # type: ignore[attr-defined]
    assert due_on("2026-11") == dt.date(2026, 11, 30)
    settings.BILLING_FORECAST_DAY = 0  # type: ignore[attr-defined]
    with pytest.raises(Refused, match="STATEWORKS_BILLING_FORECAST_DAY is 0"):
        due_on("2026-11")


def test_owners_see_their_own_and_submit_it(office: Shop) -> None:
    who = office.accounts
    assert say("B1", ("2026-11", 1, ""), by=who["pat"]) == 1, "its owner, whatever his role"
    assert say("B1", ("2026-11", 2, "more"), by=who["head"]) == 1, "an owner of the section"
    assert say("B1", ("2026-11", 3, "more"), by=who["data_steward"]) == 1
    for name, code in (("pat", "H1"), ("head", "H1"), ("dhs", "B1"), ("auditor", "B1"), ("approver", "B1")):
        with pytest.raises(PermissionDenied):
            say(code, ("2026-11", 4, "more"), by=who[name])
    for name, codes in (("pat", ["B1"]), ("dhs", []), ("auditor", ["B1", "H1"])):
        with entered(scope_of(who[name])):
            found = centers_year(scope_of(who[name]), "FY27", TODAY, current_version(LEDGER))
            assert [one.code for one in found.rows] == codes
            assert (
                models.CostCenterForecast.objects.exists()
                == models.CostCenterBudget.objects.exists()
                == bool(codes)
            )


def test_whose_forecast_is_missing_is_owed(office: Shop) -> None:
    (one,) = owed(TODAY, "pat@example.org")
    assert (one.what, one.due, one.url, one.period) == (
        "Submit what B1 Buildings is expected to spend.", dt.date(2026, 11, 15), "/billing/centers/B1/", "2026-11",
    )  # fmt: skip
    assert [each.code for each in owed(TODAY, "")] == ["H1"], "nobody's"
    say("B1", ("2026-11", 1, ""))
    assert not list(owed(TODAY, "pat@example.org"))
    assert len(list(owed(dt.date(2026, 12, 1), "pat@example.org"))) == 1, "the next month asks anew"
    Person.objects.update(left_on=dt.date(2026, 12, 1))
    assert {each.code for each in owed(dt.date(2026, 12, 1), "")} == {"B1", "H1"}


def test_the_form_keeps_what_was_typed(office: Shop, in_november: None) -> None:
    say("B1", ("2026-12", 100_000, ""), day="2026-10-10")
    pat, page = client(office, "pat"), "/billing/centers/B1/"
    shown = pat.get(page).content.decode()
    assert 'name="amount-2026-12" inputmode="decimal" autocomplete="off" value="1,000.00"' in shown
    wrong = {
        "amount-2026-11": "much",
        "amount-2026-12": "2,000",
        "amount-2027-01": "5.00",
        "why-2027-01": "O’Neill",
    }
    answer = pat.post(page, wrong)
    told = text_of(answer)
    assert answer.status_code == 400 and "2 things need your attention" in told
    assert "“much” is no amount of dollars" in told and "was $1,000.00 and is now $2,000.00" in told
    kept = answer.content.decode()
    assert 'href="#f-amount-2026-11"' in kept and 'href="#f-why-2026-12"' in kept
    assert all(f'value="{value}"' in kept for value in wrong.values())
    assert "Your forecast of 2 months is kept" in do(pat, page, **{
        "amount-2026-12": "2,000", "amount-2027-01": "5.00", "why": "A new lease."})  # fmt: skip
    assert set(models.CostCenterForecast.objects.filter(made_in="2026-11").values_list("month", "cents", "reason")) == {
        ("2026-12", 200_000, "A new lease."), ("2027-01", 500, "A new lease."),
    }  # fmt: skip
    assert pat.get("/billing/centers/H1/").status_code == 404
    auditor = client(office, "auditor")
    assert "Submit your forecast" not in text_of(auditor.get(page))
    assert auditor.post(page, {"amount-2026-12": "9"}).status_code == 403


def test_the_page_says_who_has_not_submitted(office: Shop, in_november: None) -> None:
    say("B1", ("2026-11", 170_000, ""), by=office.accounts["pat"])
    page = text_of(client(office, "auditor").get("/billing/centers/?year=FY27"))
    assert "All of them together are expected to come to $6,900 in FY27, 3.0 % over budget." in page
    assert "The ledger has $12.00 more on cost centers that are not recorded" in page
    assert "1 forecast of November 2026 of 2 is not there" in page and "no owner" in page
    answer = client(office, "auditor").get("/billing/centers/?year=FY27&format=csv")
    rows = list(csv.DictReader(answer.content.decode().splitlines()))
    assert [(one["cost_center"], one["actual_cents"], one["submitted_by"]) for one in rows] == [
        ("B1", "300000", "Pat"), ("H1", "70000", ""),
    ]  # fmt: skip
    assert "that you may see" in text_of(client(office, "dhs").get("/billing/centers/"))


def test_the_commands(
    office: Shop, tmp_path: Path, in_november: None, capsys: pytest.CaptureFixture[str]
) -> None:
    from importlib import import_module

    main = import_module("stateworks.cli.main").main
    file = tmp_path / "forecast.csv"
    file.write_text('month,amount,reason\n2026-11,"1,700.00",\n2026-12,1500,As every year\n')
    assert main(["billing", "forecast-center", "B1", str(file), "--format", "json"]) == 0
    assert json.loads(capsys.readouterr().out) == {"center": "B1", "read": 2, "added": 2, "cents": 320_000}
    assert main(["billing", "centers", "FY27", "--format", "json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["actual_cents"], told["expected_cents"], told["missing"]) == (370_000, 690_000, ["H1"])
    file.write_text("month,amount,reason\n2026-11,x,\n2026-12,y,\n")
    with pytest.raises(Refused) as caught:
        read_file(file)
    assert caught.value.details[1] == "Line 3: “y” is no amount of dollars; write it as 12.50."
    file.write_text("month,reason\n2026-11,x\n")
    with pytest.raises(Refused, match="has no column amount"):
        read_file(file)
