"""The quarterly report: targets due so far, actuals, variances and what still needs an explanation."""

from __future__ import annotations

import csv
import io
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from stateworks.kernel.access.models import Account
from stateworks.kernel.errors import Refused
from stateworks.kernel.indicators.targets import Target
from stateworks.kernel.plans.load import load_plan
from stateworks.kernel.plans.models import Plan
from stateworks.kernel.plans.report import (
    HEADINGS,
    ReportRow,
    interim_target,
    quarterly_report,
    report_csv,
    report_json,
    report_xlsx,
)
from stateworks.kernel.plans.reporting import report_value
from stateworks.kernel.plans.scoring import run_plan
from stateworks.kernel.plans.tests.samples import SAMPLE
from stateworks.kernel.plans.verbs import confirm_milestone, finish_milestone, write_variance_note
from stateworks.kernel.plans.yaml_format import read_plan

AT = datetime(2027, 1, 12, 15, tzinfo=UTC)


@pytest.fixture(autouse=True)
def plan(system: None) -> Plan:
    # Nothing computes the calls here, so that their quarters are reported.
    text = SAMPLE.replace("            measure: desk.first_contact_resolution\n", "")
    return load_plan(read_plan(text), by=None, at=datetime(2026, 7, 1, tzinfo=UTC)).plan


def _rows(quarter: str = "FY27 Q2") -> dict[str, ReportRow]:
    return {row.code: row for row in quarterly_report("riverton", quarter).rows}


def test_a_discrete_figure_is_the_quarters_own(owner: Account) -> None:
    report_value("riverton", "1.1.1", "FY27 Q1", 90, by=owner, at=AT)
    report_value("riverton", "1.1.1", "FY27 Q2", 72, note="From the log.", by=owner, at=AT)
    row = _rows()["1.1.1"]
    # (72 - 75) / 75 = -4 %: within 5 %, so nothing is to be explained.
    assert (row.standard, row.target, row.actual, row.variance) == ("≥ 75 %", 75, 72, -4)
    assert (row.source, row.explanation_needed, row.remark) == ("reported", False, "From the log.")


def test_a_cumulative_figure_is_the_year_so_far(owner: Account) -> None:
    report_value("riverton", "1.1.2", "FY27 Q1", 1, by=owner, at=AT)
    report_value("riverton", "1.1.2", "FY27 Q2", 2, by=owner, at=AT)
    row = _rows()["1.1.2"]
    # One each quarter makes 2 by the second; 1 + 2 = 3 were held: 50 % above, which needs a word as well.
    assert (row.target, row.actual, row.variance, row.explanation_needed) == (2, 3, 50, True)
    assert _rows("FY27 Q1")["1.1.2"].actual == 1


def test_a_gap_in_the_year_so_far_is_said(owner: Account) -> None:
    report_value("riverton", "1.1.2", "FY27 Q2", 2, by=owner, at=AT)
    row = _rows()["1.1.2"]
    assert (row.actual, row.remark) == (2, "Without FY27 Q1.")


@pytest.mark.parametrize(
    ("targets", "cumulative", "quarters", "due"),
    [
        ([Target("committed", ">=", 6, "session", "year")], True, 1, 1.5),
        ([Target("committed", ">=", 6, "session", "year")], True, 4, 6),
        ([Target("committed", ">=", 75, "percent")], False, 3, 75),
        ([Target("stretch", ">=", 75, "percent"), Target("committed", ">=", 50, "percent")], False, 1, 50),
        ([Target(baseline="no target yet")], False, 1, None),
        ([Target("learning")], False, 1, None),
        ([], False, 1, None),
    ],
)
def test_the_target_that_is_due(
    targets: list[Target], cumulative: bool, quarters: int, due: float | None
) -> None:
    assert interim_target(targets, cumulative, quarters) == due


def test_a_milestone_is_due_in_its_quarter(owner: Account, other: Account) -> None:
    finish_milestone("riverton", "portal-chosen", done_on=date(2026, 9, 20), evidence="link", by=owner, at=AT)
    confirm_milestone("riverton", "portal-chosen", by=other, at=AT)
    run_plan("riverton", as_of=date(2026, 12, 31), at=AT)
    first, second = _rows("FY27 Q1")["1.1.3"], _rows("FY27 Q2")["1.1.3"]
    assert (first.target, first.actual, first.explanation_needed) == (None, 50, False)
    # One of two milestones is done: 50 % of what was due.
    assert (second.target, second.actual, second.variance, second.explanation_needed) == (100, 50, -50, True)
    assert second.source == "computed"


def test_what_has_no_figure_says_why() -> None:
    assert _rows()["1.1.1"].remark == "It has not been run yet."
    run_plan("riverton", as_of=date(2026, 12, 31), at=AT)
    assert _rows()["1.1.1"].remark == "No measure is bound to it yet."


def test_explanations_stand_beside_their_figures(owner: Account, tmp_path: Path) -> None:
    report_value("riverton", "1.1.1", "FY27 Q2", 60, by=owner, at=AT)
    assert [row.code for row in quarterly_report("riverton", "FY27 Q2").notes_missing] == ["1.1.1"]
    write_variance_note(
        "riverton", "1.1.1", period="FY27 Q2", text="=Flood", external_factor="x1", by=owner, at=AT
    )
    report = quarterly_report("riverton", "FY27 Q2")
    assert report.notes_missing == []
    first = next(iter(csv.DictReader(io.StringIO(report_csv(report).decode("utf-8-sig")))))
    assert (first["Code"], first["Variance %"], first["Explanation"], first["External factor"]) == (
        "1.1.1", "-20.0", "'=Flood", "x1",
    )  # fmt: skip
    assert report_json(report)["rows"][0]["actual"] == 60
    path = tmp_path / "report.xlsx"
    path.write_bytes(report_xlsx(report))
    from openpyxl import load_workbook

    sheet = load_workbook(path)["FY27 Q2"]
    assert [cell.value for cell in sheet[4]] == list(HEADINGS)
    assert (sheet["A5"].value, sheet["G5"].value, sheet["K5"].value, sheet["K5"].data_type) == (
        "1.1.1",
        60,
        "=Flood",
        "s",
    )


def test_a_workbook_marks_what_is_due(owner: Account, tmp_path: Path) -> None:
    report_value("riverton", "1.1.1", "FY27 Q2", 60, by=owner, at=AT)
    path = tmp_path / "report.xlsx"
    path.write_bytes(report_xlsx(quarterly_report("riverton", "FY27 Q2")))
    from openpyxl import load_workbook

    assert load_workbook(path)["FY27 Q2"]["K5"].value == "An explanation is due."


def test_a_report_is_for_a_quarter_of_the_plan() -> None:
    with pytest.raises(Refused, match=r"for a quarter such as FY27 Q1, not “FY27”"):
        quarterly_report("riverton", "FY27")
    with pytest.raises(Refused, match=r"FY26 Q4 is outside the plan"):
        quarterly_report("riverton", "FY26 Q4")
