"""Tables for a tool of cost transparency: written by hand's count, the same bytes twice, and read back without a difference."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import pytest

from stateworks.kernel.access.scope import SYSTEM
from stateworks.kernel.clocks.fiscal import parse_period
from stateworks.kernel.errors import Refused
from stateworks.kernel.lake.engines import open_engine
from stateworks.kernel.lake.intake import import_feed
from stateworks.kernel.lake.store import current_version
from stateworks.modules.billing import models
from stateworks.modules.billing.apptio import as_records, tables, write
from stateworks.modules.billing.centers import centers_year
from stateworks.modules.billing.feeds import LEDGER
from stateworks.modules.billing.tests.conftest import AT, Shop
from stateworks.modules.billing.tests.test_centers import TODAY, office, say, year

__all__ = ["office"]
ODD = (
    ("=1+1", "1", "2026-09-30", "7", "5100", "B1", "0.01", "'quoted", "@Larkfield, Inc.", "mot"),
    ("-J", "2", "2026-09-30", "", "5100", "", "-12.30", 'two\nlines, "and" \'', "", "mot"),
)
NAMES = (
    "journal",
    "line",
    "posted_on",
    "fund",
    "object_code",
    "cost_center",
    "cents",
    "text",
    "vendor",
    "agency",
)


def lines(source: str) -> set[tuple[Any, ...]]:
    with open_engine() as engine:
        rows = engine.table(LEDGER, version=current_version(LEDGER))
        found = engine.execute(rows.filter(rows.source == source).select(*NAMES)).to_pylist()
    return {tuple(row[name] or "" for name in NAMES) for row in found}


def read(path: Path) -> list[dict[str, str]]:
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


@pytest.fixture
def out(office: Shop, tmp_path: Path) -> Path:
    """What the office of the cost centers hands out for FY27, with two odd lines and three forecasts of B1."""
    header = (
        "Journal",
        "Line",
        "Posted",
        "Fund",
        "Object",
        "Cost center",
        "Amount",
        "Description",
        "Vendor",
        "Agency",
    )
    import_feed(LEDGER, office.file(header, ODD), mapping="meridian-ledger", by=None, at=AT)
    models.PoolRule.objects.create(
        code="host",
        cost_center="H1",
        pool=models.CostPool.objects.create(code="host", name="Hosting", tower="Compute"),
    )
    say("B1", ("2026-11", 100_000, "=A1"), ("2027-07", 5, ""), day="2026-10-10")
    say("B1", ("2026-11", 170_000, "It is\nmore."), by=office.accounts["pat"])
    write(tables(parse_period("FY27"), current_version(LEDGER), by=None), tmp_path / "out")
    return tmp_path / "out"


def test_what_is_written_adds_up(out: Path) -> None:
    """The ledger of FY27: 1,000 + 450.25 - 50.25 + 1,600 + 700 + 12 + 99, and 0.01 - 12.30 of the odd lines, are 3,798.71."""
    rows = read(out / "cost-source.csv")
    assert len(rows) == 9
    (host,) = [row for row in rows if row["Cost Center"] == "H1"]
    assert {name: host[name] for name in ("Fiscal Year", "Fiscal Period", "Posting Date", "Account", "Amount")} == {
        "Fiscal Year": "FY27", "Fiscal Period": "2026-10", "Posting Date": "2026-10-06", "Account": "5700", "Amount": "700.00",
    }  # fmt: skip
    assert (host["Cost Pool"], host["IT Tower"], host["Cost Center Name"]) == (
        "Hosting",
        "Compute",
        "Hosting",
    )
    odd = [(row["Journal"], row["Vendor"]) for row in rows if row["Amount"] in ("0.01", "-12.30")]
    assert odd == [("'-J", ""), ("'=1+1", "'@Larkfield, Inc.")]
    control = {row["Table"]: (row["Rows"], row["Amount"]) for row in read(out / "control.csv")}
    # Budgets: 1,000 + 500 + 3 x 1,500 + 700. Forecasts of FY27: 1,000 and 1,700; that of July is of the next year.
    assert control == {
        "cost-source": ("9", "3798.71"),
        "budget": ("6", "6700.00"),
        "forecast": ("2", "2700.00"),
    }
    before = {path.name: path.read_bytes() for path in out.iterdir()}
    write(tables(parse_period("FY27"), current_version(LEDGER), by=None), out)
    assert {path.name: path.read_bytes() for path in out.iterdir()} == before
    month = {
        one.name: (one.rows, one.cents)
        for one in tables(parse_period("2026-10"), current_version(LEDGER), by=None)
    }
    assert month == {"cost-source": (3, 231_200), "budget": (2, 220_000), "forecast": (0, 0)}


def test_what_is_written_is_read_back(out: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from importlib import import_module

    main = import_module("stateworks.cli.main").main
    before = centers_year(SYSTEM, "FY27", TODAY, current_version(LEDGER)).as_json()
    budgets = set(
        models.CostCenterBudget.objects.values_list("center__code", "month", "object_code", "cents")
    )
    models.CostCenterBudget.objects.all().delete()
    told = {}
    for what in ("budget", "budget", "forecast"):
        assert main(["billing", "apptio-load", what, str(out / f"{what}.csv"), "--format", "json"]) == 0
        answer = json.loads(capsys.readouterr().out)
        told[what, answer["inserted"]] = (answer["unchanged"], answer["quarantined"])
    assert told == {("budget", 6): (0, 0), ("budget", 0): (6, 0), ("forecast", 0): (2, 0)}
    assert (
        set(models.CostCenterBudget.objects.values_list("center__code", "month", "object_code", "cents"))
        == budgets
    )
    assert year().as_json() == before
    done = import_feed(LEDGER, out / "cost-source.csv", mapping="apptio-cost-source", by=None, at=AT)
    assert (done.read, done.inserted, done.quarantined) == (9, 9, 0), [
        one.reason for one in done.quarantine.all()
    ]
    assert lines("apptio") == lines("ledger") and len(lines("apptio")) == 9
    british = out / "british.csv"
    table = (out / "cost-source.csv").read_text(encoding="utf-8-sig")
    british.write_text(table.replace("Cost Center,", "Cost Centre,", 1))
    again = import_feed(LEDGER, british, mapping="apptio-cost-source", by=None, at=AT)
    assert (again.read, again.unchanged, again.quarantined) == (9, 9, 0)


@pytest.mark.parametrize(
    ("what", "given"), [("budget", "cost-source"), ("budget", "forecast"), ("forecast", "budget")]
)
def test_a_table_of_another_kind_is_refused(out: Path, tmp_path: Path, what: str, given: str) -> None:
    """They share columns: what was spent would pass for what is budgeted."""
    with pytest.raises(Refused, match=f"{given}.csv is a table of the kind {given}, not {what}"):
        as_records(what, out / f"{given}.csv", {}, tmp_path / "records.csv")


def test_what_cannot_be_placed_is_told(
    office: Shop, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    from importlib import import_module

    main = import_module("stateworks.cli.main").main
    file = tmp_path / "plan.csv"
    file.write_text(
        "Cost Center,Period,Plan\nB1,2027-01-01,12.50\nB1,2027-13,1\nXX,2027-01,1\nB1,2027-02,much\n"
    )
    with pytest.raises(
        Refused, match="has no column Fiscal Period; say what it is called there, such as --column month=NAME"
    ):
        as_records("budget", file, {}, tmp_path / "records.csv")
    with pytest.raises(Refused, match="There is no column amount; the columns of"):
        as_records("budget", file, {"amount": "Plan"}, tmp_path / "records.csv")
    named = ("--column", "month=Period", "--column", "cents=Plan", "--format", "json")
    assert main(["billing", "apptio-load", "budget", str(file), *named]) == 1
    told = capsys.readouterr()
    answer = json.loads(told.out)
    assert (answer["read"], answer["inserted"], answer["quarantined"]) == (4, 1, 3)
    assert all(place in told.err for place in ("Line 3: ", "Line 4: ", "Line 5: ", "2027-13", "XX", "much"))
    assert models.CostCenterBudget.objects.get(month="2027-01").cents == 1250
