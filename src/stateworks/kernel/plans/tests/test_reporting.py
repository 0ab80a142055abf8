"""Reported values: one at a time, many from a table, and what is refused."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from django.core.files.storage import default_storage

from stateworks.kernel.access.models import Account, AuditEntry
from stateworks.kernel.errors import Refused
from stateworks.kernel.plans.load import load_plan
from stateworks.kernel.plans.models import Plan, ReportedValue
from stateworks.kernel.plans.reported_table import figure, preview_file, preview_pasted, save_preview
from stateworks.kernel.plans.reporting import (
    Report,
    evidence_path,
    keep_evidence,
    report_value,
    report_values,
)
from stateworks.kernel.plans.tests.samples import SAMPLE
from stateworks.kernel.plans.yaml_format import read_plan

AT = datetime(2027, 1, 10, 15, tzinfo=UTC)
LATER = datetime(2027, 1, 20, 15, tzinfo=UTC)


@pytest.fixture(autouse=True)
def plan(system: None) -> Plan:
    return load_plan(read_plan(SAMPLE), by=None, at=datetime(2026, 7, 1, tzinfo=UTC)).plan


def test_a_value_is_kept_with_its_parts_note_and_evidence(owner: Account) -> None:
    evidence = keep_evidence("C:\\temp\\minutes.pdf", b"minutes")
    value = report_value(
        "riverton", "1.1.1", "FY27 Q2", 71.8, numerator=718, n=1000, note=" From the log. ", evidence=evidence,
        by=owner, at=AT,
    )  # fmt: skip
    assert (value.grain, value.starts, value.ends) == ("quarter", date(2026, 10, 1), date(2026, 12, 31))
    assert (value.value, value.numerator, value.n, value.note) == (71.8, 718, 1000, "From the log.")
    assert value.evidence_name == "minutes.pdf"
    assert default_storage.open(evidence_path(value.evidence_sha256)).read() == b"minutes"
    entry = AuditEntry.objects.get(verb="report value")
    assert (entry.actor, entry.subject) == (owner, "plan.reported riverton 1.1.1 FY27 Q2")


def test_a_later_value_supersedes_and_the_same_one_changes_nothing(owner: Account) -> None:
    first = report_value("riverton", "1.1.2", "FY27 Q1", 1, by=owner, at=AT)
    assert report_value("riverton", "1.1.2", "FY27 Q1", 1, by=owner, at=LATER) == first
    second = report_value("riverton", "1.1.2", "FY27 Q1", 2, note="One was forgotten.", by=owner, at=LATER)
    first.refresh_from_db()
    assert first.superseded_at == LATER
    assert second.superseded_at is None
    assert ReportedValue.objects.count() == 2


@pytest.mark.parametrize(
    ("code", "period", "value", "parts", "sentence"),
    [
        ("9.9.9", "FY27 Q1", 1, {}, "has no indicator 9.9.9"),
        ("1.1.1", "spring", 1, {}, "“spring” is no period"),
        ("1.1.1", "FY27 Q4", 1, {}, "FY27 Q4 begins on 2027-04-01"),
        ("1.1.1", "FY27 Q1", 101, {}, "101 % cannot be a share"),
        ("1.1.1", "FY27 Q1", float("nan"), {}, "nan is no figure"),
        ("1.1.1", "FY27 Q1", 50, {"numerator": 3, "n": 2}, "larger than n"),
        ("1.1.1", "FY27 Q1", 50, {"numerator": 3, "n": 4}, "3 of 4 is 75.0 %, not 50 %"),
        ("1.1.1", "FY27 Q1", 50, {"n": -4}, "n is -4"),
    ],
)
def test_what_cannot_be_is_refused(
    code: str, period: str, value: float, parts: dict[str, int], sentence: str, owner: Account
) -> None:
    with pytest.raises(Refused, match=sentence):
        report_value("riverton", code, period, value, by=owner, at=AT, **parts)
    assert not ReportedValue.objects.exists()


def test_many_values_are_all_or_none(owner: Account) -> None:
    with pytest.raises(Refused, match=r"no indicator 7"):
        report_values("riverton", [Report("1.1.2", "FY27 Q1", 1), Report("7", "FY27 Q1", 1)], by=owner, at=AT)
    assert not ReportedValue.objects.exists()


# -- tables

WIDE = (
    "Indicator\tUnit\tFY27 Q1\tFY27 Q2\tFY27 Q4\n"
    "1.1.1\t%\t71.8 %\t\t\n"
    "open houses\t\t1\ttwo\t9\n"
    "Open house\t\t3\t\t\n"
)


def test_a_wide_paste_shows_every_cell(owner: Account) -> None:
    report_value("riverton", "1.1.1", "FY27 Q1", 70, by=owner, at=AT)
    preview = preview_pasted("riverton", WIDE, at=AT)
    assert preview.layout == "wide"
    assert [(cell.line, cell.column, cell.code, cell.state, cell.before) for cell in preview.cells] == [
        (2, "FY27 Q1", "1.1.1", "changed", 70.0),
        (3, "FY27 Q1", "1.1.2", "new", None),
        (3, "FY27 Q2", "1.1.2", "refused", None),
        (3, "FY27 Q4", "1.1.2", "refused", None),
        (4, "FY27 Q1", "", "refused", None),
    ]
    assert [cell.reason for cell in preview.refused] == [
        "“two” is not a number; write digits such as 71.8, without words.",
        "FY27 Q4 begins on 2027-04-01; its value can be reported once it has begun.",
        "“Open house” is no indicator of the plan; write its code. Is 1.1.2 (open houses) meant?",
    ]
    assert preview.counts == {"new": 1, "changed": 1, "unchanged": 0, "refused": 3}


def test_a_preview_saves_nothing_until_it_is_clean_or_the_rest_is_left(owner: Account) -> None:
    preview = preview_pasted("riverton", WIDE, at=AT)
    assert not ReportedValue.objects.exists()
    with pytest.raises(Refused, match=r"3 of 5 values cannot be saved; the first is on line 3"):
        save_preview(preview, by=owner, at=AT)
    assert not ReportedValue.objects.exists()
    saved = save_preview(preview, leave_refused=True, by=owner, at=AT)
    assert [(value.code, value.period, value.value) for value in saved] == [
        ("1.1.1", "FY27 Q1", 71.8),
        ("1.1.2", "FY27 Q1", 1.0),
    ]
    assert preview_pasted("riverton", WIDE, at=AT).counts["unchanged"] == 2


def test_a_long_file_carries_parts_and_notes(tmp_path: Path, owner: Account) -> None:
    path = tmp_path / "values.csv"
    path.write_text(
        "Code,Period,Value,Numerator,N,Note\n"
        '1.1.1,FY27 Q2,75,"1,500","2,000",Counted twice a week\n'
        "1.1.1,Q2 FY2027,76,,,\n"
        "1.1.1,FY27 Q1,0.718,,,\n"
        "1.1.1,2026-07,n/a,,,\n"
        "1.1.1,FY27 Q1,50,half,,\n"
    )
    preview = preview_file("riverton", path, at=AT)
    assert preview.layout == "long"
    assert [(cell.line, cell.state) for cell in preview.cells] == [
        (2, "new"), (3, "refused"), (4, "new"), (6, "refused"),
    ]  # fmt: skip
    assert "already has a value for FY27 Q2 on line 2" in preview.refused[0].reason
    assert "“half” is not a number" in preview.refused[1].reason
    assert [cell.doubt for cell in preview.doubts] == [
        "It is read as 0.718 %; if 71.8 % is meant, write it so."
    ]
    saved = save_preview(preview, leave_refused=True, by=owner, at=AT)
    assert (saved[0].value, saved[0].numerator, saved[0].n, saved[0].note) == (
        75,
        1500,
        2000,
        "Counted twice a week",
    )


def test_a_workbook_of_quarters(tmp_path: Path, owner: Account) -> None:
    import xlsxwriter

    path = tmp_path / "values.xlsx"
    book = xlsxwriter.Workbook(path)
    sheet = book.add_worksheet()
    for row, cells in enumerate(
        [["Name", "FY27 Q1", "FY27 Q2"], ["open houses", 1, 2], ["calls answered", 70.5, ""]]
    ):
        sheet.write_row(row, 0, cells)
    book.close()
    preview = preview_file("riverton", path, at=AT)
    assert [(cell.code, cell.period, cell.report.value) for cell in preview.cells if cell.report] == [
        ("1.1.2", "FY27 Q1", 1.0),
        ("1.1.2", "FY27 Q2", 2.0),
        ("1.1.1", "FY27 Q1", 70.5),
    ]
    assert len(save_preview(preview, by=owner, at=AT)) == 3


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("  \n", "Nothing was pasted"),
        ("Thing,FY27 Q1\n1.1.1,4\n", "no column for the indicator"),
        ("Indicator,Spring\n1.1.1,4\n", "no column for a period"),
    ],
)
def test_a_table_that_cannot_be_read_says_what_to_do(text: str, sentence: str) -> None:
    with pytest.raises(Refused, match=sentence):
        preview_pasted("riverton", text, at=AT)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("71.8", 71.8),
        ("71.8 %", 71.8),
        ("1,234.5", 1234.5),
        ("(3)", -3),
        ("-4%", -4),
        ("−4", -4),
        (" .5 ", 0.5),
        ("0", 0),
    ],
)
def test_figures_as_people_write_them(text: str, value: float) -> None:
    assert figure(text) == value


@pytest.mark.parametrize("text", ["1,23", "4 of 5", "1.2.3", "12%%", "1e5"])
def test_what_is_not_one_plain_number_is_refused(text: str) -> None:
    with pytest.raises(Refused, match=r"is not a number"):
        figure(text)
