"""Files as they should not be: each is refused with a sentence that helps, or its rows are; nothing is half loaded."""

from __future__ import annotations

import csv
import gzip
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from stateworks.kernel.access.scope import SYSTEM, entered
from stateworks.kernel.errors import Refused
from stateworks.kernel.lake.exports import csv_pieces
from stateworks.kernel.lake.mapping import mapping_from
from stateworks.kernel.lake.models import Dataset, Import, ImportState, QuarantinedRow
from stateworks.kernel.lake.read import Reader
from stateworks.modules.desk.tests.conftest import SAMPLES

Load = Callable[..., Import]
RefusedRows = Callable[..., list[QuarantinedRow]]
EXPORT = (SAMPLES / "servicenow_incidents.csv").read_text()
LINES = EXPORT.splitlines()
OPENED, RESOLVED = LINES[0].split(",").index("Opened"), LINES[0].split(",").index("Resolved")


def mapping(**changes: Any) -> Any:
    """A small mapping of the export with some parts changed."""
    columns = {
        "kind": {"constant": "incident"},
        "number": "Number",
        "opened_at": {"from": "Opened", "formats": "%m/%d/%Y %H:%M:%S"},
        "resolved_at": {"from": "Resolved", "formats": "%m/%d/%Y %H:%M:%S"},
        "state": {
            "from": "State",
            "values": {"Closed": "closed", "Resolved": "resolved", "On Hold": "waiting_other"},
        },
        "agency": "Company",
        "category": "Category",
    }
    document = {
        "name": "small",
        "dataset": "desk.ticket",
        "columns": columns | changes.pop("columns", {}),
        **changes,
    }
    return mapping_from(document, "small")


def edited(line: int, column: int, value: str) -> str:
    """The export with one cell changed; lines count as people count them."""
    cells = LINES[line - 1].split(",")
    cells[column] = value
    return "\n".join([*LINES[: line - 1], ",".join(cells), *LINES[line:]]) + "\n"


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "file.csv is empty; export it again and check that rows were selected."),
        ("\n".join(LINES[1:]).encode(), "file.csv has no header: line 1 looks like data"),
        (LINES[0].replace("State", "Status").encode() + b"\nINC1\n", "file.csv has no column “State”; line 1 has “Number”"),
        (EXPORT.replace("Number,", "Opened,", 1).encode(), "the column “Opened” stands there twice (columns 1 and 2)"),
        (gzip.compress(EXPORT.encode())[:-20], "file.csv is cut off: its compressed data ends early; send it again."),
        (b"%PDF-1.7 and so on", "file.csv is a PDF document, not a table; save the rows as CSV, XLSX or JSON."),
        (EXPORT.replace("VPN", "VPN\x00").encode(), "it is no text file"),
    ],
    ids=["empty", "no header", "renamed column", "column twice", "cut off", "pdf", "binary"],
)  # fmt: skip
def test_a_file_that_is_no_export_is_refused_whole(
    load: Load, tmp_path: Path, content: bytes, sentence: str
) -> None:
    path = tmp_path / "file.csv"
    path.write_bytes(content)
    with pytest.raises(Refused) as refused:
        load("desk.ticket", path, mapping())
    assert sentence in refused.value.sentence
    done = Import.objects.get()
    assert (done.state, done.error) == (ImportState.REFUSED, refused.value.sentence)
    assert not Dataset.objects.exclude(version=-1).exists()


@pytest.mark.parametrize(
    "end", ["INC0070009,01/04/2027 09:0", '"INC0070009,01/04/2027 09:00:00'], ids=["cut", "open quote"]
)
def test_a_last_row_that_is_cut_off_is_refused_and_the_others_are_taken(
    load: Load, tmp_path: Path, refused: RefusedRows, end: str
) -> None:
    path = tmp_path / "cut.csv"
    path.write_text(EXPORT + end)
    done = load("desk.ticket", path, mapping())
    assert (done.read, done.inserted, done.quarantined) == (7, 5, 2)
    (row,) = refused(code="row.columns")
    assert row.row == 8
    assert "where the header has 17" in row.reason


def test_a_delimiter_named_wrongly_is_told_with_the_right_one(load: Load, tmp_path: Path) -> None:
    path = tmp_path / "semicolons.csv"
    path.write_text(EXPORT.replace(",", ";"))
    with pytest.raises(Refused, match="no comma parts the columns; the file seems to use the semicolon"):
        load("desk.ticket", path, mapping(file={"delimiter": ","}))
    # Without being told, it is found out.
    assert load("desk.ticket", path, mapping()).inserted == 5


def test_another_encoding_is_found_out_and_noted(load: Load, tmp_path: Path) -> None:
    path = tmp_path / "windows.csv"
    path.write_bytes(EXPORT.replace("VPN", "Zugänge").encode("cp1252"))
    done = load("desk.ticket", path, mapping())
    assert (done.inserted, done.quarantined) == (5, 1)
    assert "it was read as Windows-1252" in " ".join(done.notes)
    with entered(SYSTEM) as scope, Reader("desk.ticket", scope=scope) as reader:
        assert ("Zugänge", 2) in reader.values("category")


def test_a_header_that_comes_again_is_a_refused_row(load: Load, tmp_path: Path, refused: RefusedRows) -> None:
    path = tmp_path / "glued.csv"
    path.write_text(EXPORT + EXPORT)
    done = load("desk.ticket", path, mapping())
    # Six rows twice and the header once: five rows good, five the same again; one bad row twice, and the header.
    assert (done.read, done.inserted, done.unchanged, done.quarantined) == (13, 5, 5, 3)
    assert [row.row for row in refused(code="row.header")] == [8]


def test_dates_in_three_forms_are_read_or_refused_never_guessed(
    load: Load, tmp_path: Path, refused: RefusedRows
) -> None:
    content = edited(2, RESOLVED, "2027-01-04 09:20:00")
    cells = [line.split(",") for line in content.splitlines()]
    cells[2][RESOLVED] = "05.01.2027 10:00"
    path = tmp_path / "mixed.csv"
    path.write_text("\n".join(",".join(row) for row in cells) + "\n")
    done = load("desk.ticket", path, mapping())
    # ISO is read wherever it stands, for it means one thing alone; the form with points is not the mapping's.
    assert (done.inserted, done.quarantined) == (4, 2)
    (row,) = refused(code="resolved_at.unreadable")
    assert row.reason == (
        "Column “Resolved”: “05.01.2027 10:00” is not a date and time written as %m/%d/%Y %H:%M:%S; "
        "correct it, or correct the mapping."
    )
    both = mapping(
        columns={"resolved_at": {"from": "Resolved", "formats": ["%m/%d/%Y %H:%M:%S", "%d.%m.%Y %H:%M"]}}
    )
    again = load("desk.ticket", path, both)
    assert (again.inserted, again.quarantined) == (1, 1)
    assert refused(code="resolved_at.unreadable")[0].fixed_by_id == again.pk


def test_closed_before_opened_is_refused_by_row(load: Load, refused: RefusedRows) -> None:
    load("desk.ticket", "servicenow_incidents.csv", mapping())
    (row,) = refused()
    assert (row.row, row.code) == (7, "resolved_after_opened")
    assert row.reason == (
        "Resolved at 2027-01-06 13:10, which is before it was opened (2027-01-07 13:00); "
        "correct the times in the source."
    )


def test_an_unknown_state_and_an_unknown_category_are_refused_by_row(
    load: Load, tmp_path: Path, refused: RefusedRows
) -> None:
    path = tmp_path / "states.csv"
    path.write_text(EXPORT.replace("On Hold", "Parked"))
    closed_list = {
        "from": "Category",
        "values": {"Password reset": "Password reset", "VPN": "Remote access"},
        "otherwise": "refuse",
    }
    load("desk.ticket", path, mapping(columns={"category": closed_list}))
    assert [(row.row, row.code) for row in refused()] == [
        (5, "state.unknown"),
        (6, "category.unknown"),
        (7, "category.unknown"),
    ]
    assert refused()[0].reason == (
        "Column “State”: “Parked” is not known as state; correct it, or add it to the mapping's values."
    )


def test_two_states_of_one_ticket_the_latest_counts_and_the_other_is_told(
    load: Load, tmp_path: Path, refused: RefusedRows
) -> None:
    path = tmp_path / "twice.csv"
    second = (
        LINES[5]
        .replace("Resolved", "Closed")
        .replace("01/06/2027 13:10:00,Closed", "01/09/2027 13:10:00,Closed")
    )
    path.write_text("\n".join([LINES[0], second, LINES[5]]) + "\n")
    done = load("desk.ticket", path, "servicenow-incident-export")
    assert (done.read, done.inserted, done.quarantined) == (2, 1, 1)
    with entered(SYSTEM) as scope, Reader("desk.ticket", scope=scope) as reader:
        (ticket,) = reader.rows()
    assert ticket["state"] == "closed"
    (row,) = refused()
    assert (row.code, row.row) == ("key.twice", 3)
    assert row.reason.startswith("Line 2 has the same source, number and is the later update")


def test_an_older_export_never_takes_a_ticket_back(load: Load, tmp_path: Path) -> None:
    old, new = tmp_path / "old.csv", tmp_path / "new.csv"
    old.write_text("\n".join([LINES[0], LINES[5]]) + "\n")
    later = (
        LINES[5]
        .replace("Resolved", "Closed")
        .replace("01/06/2027 13:10:00,Closed", "01/09/2027 13:10:00,Closed")
    )
    new.write_text("\n".join([LINES[0], later]) + "\n")
    load("desk.ticket", new, "servicenow-incident-export")
    done = load("desk.ticket", old, "servicenow-incident-export")
    assert (done.updated, done.unchanged) == (0, 1)
    assert "1 rows are older than what is known and were left as they are." in done.notes


def test_an_hour_that_the_clocks_skipped_is_refused_and_one_shown_twice_is_the_first(
    load: Load, tmp_path: Path, refused: RefusedRows
) -> None:
    # In Chicago clocks went from 02:00 to 03:00 on 14 March 2027 and from 02:00 back to 01:00 on 7 November 2027.
    skipped = edited(2, OPENED, "03/14/2027 02:30:00").splitlines()[1].replace("01/04/2027 09:20:00", "")
    twice = edited(5, OPENED, "11/07/2027 01:30:00").splitlines()[4]
    path = tmp_path / "clocks.csv"
    path.write_text("\n".join([LINES[0], skipped, twice]) + "\n")
    load("desk.ticket", path, mapping())
    (row,) = refused()
    assert row.code == "time.skipped"
    assert "03/14/2027 02:30:00 never happened in America/Chicago, where clocks went forward" in row.reason
    with entered(SYSTEM) as scope, Reader("desk.ticket", scope=scope) as reader:
        (ticket,) = reader.rows()
    # The first 01:30 is daylight time, five hours behind UTC.
    assert ticket["opened_at"].isoformat() == "2027-11-07T06:30:00+00:00"


def test_a_formula_in_a_cell_is_kept_as_text_and_made_harmless_on_the_way_out(
    load: Load, tmp_path: Path
) -> None:
    path = tmp_path / "formula.csv"
    path.write_text(
        EXPORT.replace("VPN", '=HYPERLINK("http://example.test")', 1)
        .replace('("', '(""')
        .replace('")', '"")')
        .replace("=HYP", '"=HYP')
        .replace('"")', '"")"')
    )
    load("desk.ticket", path, mapping())
    with entered(SYSTEM) as scope, Reader("desk.ticket", scope=scope) as reader:
        rows = list(reader.rows())
        text = "".join(csv_pieces(reader.contract.names, rows))
    categories = {row["category"] for row in rows}
    assert '=HYPERLINK("http://example.test")' in categories
    cells = {row["category"] for row in csv.DictReader(text.splitlines())}
    assert '\'=HYPERLINK("http://example.test")' in cells
    assert not any(cell.startswith("=") for cell in cells)


def test_a_file_of_which_most_rows_are_refused_is_refused_whole(
    load: Load, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("stateworks.kernel.lake.refusals.MANY", 3)
    wrong = mapping(columns={"resolved_at": {"from": "Resolved", "formats": "%d.%m.%Y"}})
    with pytest.raises(Refused) as refused:
        load("desk.ticket", "servicenow_incidents.csv", wrong)
    assert refused.value.sentence.startswith(
        "5 of the first 6 rows were refused, so the mapping does not fit this file; nothing was loaded. "
        "The first reason: Line 2, column “Resolved”: “01/04/2027 09:20:00” is not a date and time"
    )
    path = tmp_path / "one-key.csv"
    path.write_text(
        "\n".join([LINES[0], *(line.replace(line[:10], "INC0070001") for line in LINES[1:])]) + "\n"
    )
    with pytest.raises(Refused, match="of the first 6 rows were refused"):
        load("desk.ticket", path, mapping())


def test_a_mapping_for_another_dataset_is_refused(load: Load) -> None:
    with pytest.raises(Refused, match=r"is for desk.event, not for desk.ticket"):
        load("desk.ticket", "servicenow_incidents.csv", "servicenow-incidents")


def test_a_snapshot_removes_what_it_no_longer_holds_but_nothing_it_only_got_wrong(
    load: Load, tmp_path: Path
) -> None:
    snapshot = mapping(load="snapshot")
    path = tmp_path / "snapshot.csv"
    path.write_text(EXPORT)
    load("desk.ticket", path, snapshot)
    # The second ticket is gone from the file, the third has a date that cannot be read.
    path.write_text(
        "\n".join([LINES[0], LINES[1], LINES[3].replace("01/05/2027 15:00:00", "soon"), *LINES[4:]]) + "\n"
    )
    done = load("desk.ticket", path, snapshot)
    assert (done.removed, done.quarantined) == (1, 2)
    with entered(SYSTEM) as scope, Reader("desk.ticket", scope=scope) as reader:
        assert sorted(row["number"] for row in reader.rows()) == [
            "INC0070001",
            "INC0070003",
            "INC0070004",
            "INC0070005",
        ]
