"""Files as people send them: every encoding and delimiter that is plausible, and a sentence for every one that is broken."""

from __future__ import annotations

import codecs
import gzip
import io
import json
import subprocess
import sys
import zipfile
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

import polars as pl
import pytest
import xlsxwriter
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from stateworks.kernel.errors import Refused
from stateworks.kernel.lake.files import LINE, TabularFile, open_table


def written(tmp_path: Path, content: bytes | str, name: str = "rows.csv", **how: Any) -> TabularFile:
    path = tmp_path / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return open_table(path, **how)


def rows(table: TabularFile) -> list[dict[str, Any]]:
    return [row for frame in table.batches() for row in frame.iter_rows(named=True)]


def refusal(tmp_path: Path, content: bytes | str, name: str = "rows.csv", **how: Any) -> str:
    with pytest.raises(Refused) as refused:
        rows(written(tmp_path, content, name, **how))
    return refused.value.sentence


# -- what reads

WORDS = "Näme;Straße\nMüller;Łąka 1\n"
BYTES = {
    "utf-8": (WORDS.encode(), "utf-8"),
    "utf-8 with mark": (codecs.BOM_UTF8 + WORDS.encode(), "utf-8-sig"),
    "utf-16": (WORDS.encode("utf-16"), "utf-16"),
    "utf-16 big end first": (codecs.BOM_UTF16_BE + WORDS.encode("utf-16-be"), "utf-16"),
    "utf-16 without mark": (WORDS.replace("Ł", "L").replace("ą", "a").encode("utf-16-le"), "utf-16-le"),
    "windows": (WORDS.replace("Łą", "Lä").encode("cp1252"), "cp1252"),
}


@pytest.mark.parametrize("kind", BYTES)
def test_encodings(tmp_path: Path, kind: str) -> None:
    content, encoding = BYTES[kind]
    table = written(tmp_path, content)
    assert (table.encoding, table.delimiter, table.header) == (encoding, ";", ("Näme", "Straße"))
    (row,) = rows(table)
    assert row["Näme"] == "Müller"
    assert row[LINE] == 2
    assert bool(table.notes) == (kind == "windows"), "a guess is said"


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_delimiters_are_found_out(tmp_path: Path, delimiter: str) -> None:
    text = "\n".join(
        delimiter.join(row)
        for row in (("a", "b, c", "d; e"), ("1", "x|y" if delimiter != "|" else "xy", "z"))
    )
    quoted = (
        text if delimiter in "\t|" else f'a{delimiter}"b, c"{delimiter}"d; e"\n1{delimiter}2{delimiter}3\n'
    )
    table = written(tmp_path, quoted)
    assert table.delimiter == delimiter
    assert table.header == ("a", "b, c", "d; e")


def test_lines_are_those_of_the_file(tmp_path: Path) -> None:
    text = 'a,b\n1,"two\nlines"\n\n3,4\n5\n6,7,8\n9,10\n'
    table = written(tmp_path, text)
    assert [(row["a"], row[LINE]) for row in rows(table)] == [("1", 2), ("3", 5), ("9", 8)]
    assert [(bad.line, bad.code) for bad in table.bad_rows] == [(6, "row.columns"), (7, "row.columns")]
    assert "Line 6 has 1 columns where the header has 2" in table.bad_rows[0].reason
    assert rows(table) == rows(table), "a file can be read again"
    assert len(table.bad_rows) == 2


def test_quotes_inside_a_cell_and_windows_line_ends(tmp_path: Path) -> None:
    table = written(tmp_path, 'a,b\r\n5" pipe,"say ""hi"""\r\n"x\r\ny",z\r\n')
    assert [row["a"] for row in rows(table)] == ['5" pipe', "x\r\ny"]
    assert rows(table)[0]["b"] == 'say "hi"'


def test_excels_own_first_line(tmp_path: Path) -> None:
    table = written(tmp_path, "sep=|\na|b\n1|2\n")
    assert (table.header, rows(table)[0][LINE]) == (("a", "b"), 3)


def test_titles_above_the_header(tmp_path: Path) -> None:
    table = written(tmp_path, "Report of Monday\n\na,b\n1,2\n", header_line=3)
    assert (table.header, rows(table)) == (("a", "b"), [{"a": "1", "b": "2", LINE: 4}])


def test_spare_delimiters_at_line_ends(tmp_path: Path) -> None:
    assert rows(written(tmp_path, "a,b,,\n1,2,,\n")) == [{"a": "1", "b": "2", LINE: 2}]
    said = refusal(tmp_path, "a,b,\n1,2,\n3,4,5\n")
    assert (
        said == "rows.csv, line 3: column 3 holds “5” but has no name in line 1; name the column or empty it."
    )


def test_repeated_header_is_set_aside(tmp_path: Path) -> None:
    table = written(tmp_path, "a,b\n1,2\na,b\n3,4\n")
    assert [row["a"] for row in rows(table)] == ["1", "3"]
    assert [(bad.line, bad.code) for bad in table.bad_rows] == [(3, "row.header")]


def test_gzip_and_json(tmp_path: Path) -> None:
    assert rows(written(tmp_path, gzip.compress(b"a\n1\n"), "x.csv.gz")) == [{"a": "1", LINE: 2}]
    items = [{"a": 1, "b": None}, {"a": 1.50, "c": ["x"], "b": True}]
    table = written(tmp_path, json.dumps({"result": items}), "x.json")
    assert rows(table) == [
        {"a": "1", "b": None, "c": None, LINE: 1}, {"a": "1.5", "b": "true", "c": '["x"]', LINE: 2},
    ]  # fmt: skip
    assert len(rows(written(tmp_path, '{"a": 1}\n{"a": 2}\n', "x.ndjson"))) == 2


def workbook(**sheets: list[list[Any]]) -> bytes:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        formats = {
            date: book.add_format({"num_format": "yyyy-mm-dd"}), datetime: book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"}),
            time: book.add_format({"num_format": "hh:mm"}),
        }  # fmt: skip
        for name, content in sheets.items():
            sheet = book.add_worksheet(name)
            for line, row in enumerate(content):
                for place, value in enumerate(row):
                    if type(value) in formats:
                        sheet.write_datetime(line, place, value, formats[type(value)])
                    elif value is not None:
                        sheet.write(line, place, value)
    return out.getvalue()


def test_workbooks(tmp_path: Path) -> None:
    content = [
        ["n", "day", "when", "yes", "text"],
        [3, date(2026, 7, 1), datetime(2026, 7, 1, 8, 30), True, "007"],  # noqa: DTZ001
        [0.1],
    ]
    table = written(tmp_path, workbook(Tickets=content, Other=[["x"]]), "x.xlsx")
    assert rows(table) == [
        {"n": "3", "day": "2026-07-01", "when": "2026-07-01 08:30:00", "yes": "true", "text": "007", LINE: 2},
        {"n": "0.1", "day": None, "when": None, "yes": None, "text": None, LINE: 3},
    ]
    assert table.notes == ["The sheet “Tickets” was read; “Other” also holds values."]
    with pytest.raises(Refused, match="has no sheet “Nope”; it has “Tickets”, “Other”"):
        written(tmp_path, workbook(Tickets=content, Other=[["x"]]), "x.xlsx", sheet="Nope")


def test_a_sheet_that_starts_further_down(tmp_path: Path) -> None:
    table = written(tmp_path, workbook(A=[[None], [None], [None, "a", "b"], [None, 1, 2]]), "x.xlsx")
    assert (table.header, table.header_line) == (("a", "b"), 3)
    assert rows(table) == [{"a": "1", "b": "2", LINE: 4}]


# -- what is refused, in words

NO_TABLE: list[tuple[str, bytes, str]] = [
    ("empty.csv", b"", "empty.csv is empty; export it again and check that rows were selected."),
    ("blank.csv", b"\n \n", "blank.csv is empty: it holds no text; export it again."),
    ("scan.pdf", b"%PDF-1.7 ...", "scan.pdf is a PDF document, not a table; save the rows as CSV, XLSX or JSON."),
    ("page.csv", b"<!DOCTYPE html><html>", "page.csv is a web page or XML, not a table; save the rows as CSV, XLSX or JSON."),
    ("x.csv", b"a,a\n1,2\n",
     "x.csv, line 1: the column “a” stands there twice (columns 1 and 2); give each column its own name."),
    ("x.csv", b"1,2026-01-01,x\n2,2026-01-02,y\n",
     "x.csv has no header: line 1 looks like data (“1”); put a line with the column names first."),
    ("x.csv", b"a,b\n1,\x00\n", "x.csv, line 2 (a NUL byte): it is no text file; save the rows as CSV, XLSX or JSON."),
    ("x.csv", b"a,b\n\x81\xfc,1\n",
     "x.csv, line 2 (byte 0x81): the text is neither UTF-8 nor Windows-1252; "
     "save it as “CSV UTF-8” or name its encoding."),
    ("x.json", b'[{"a": 1}, {"a"', "x.json, line 1: this is no complete JSON (expecting ':' delimiter); export it again."),
    ("x.json", b'[{"a": 1, "a": 2}]', "x.json: the name “a” stands twice in one row; keep one of them."),
    ("x.json", b"[1, 2]", "x.json, item 1 is no object with names and values; make each row an object."),
    ("x.json", b"[]", "x.json is empty: it holds no rows."),
]  # fmt: skip


@pytest.mark.parametrize(("name", "content", "sentence"), NO_TABLE)
def test_no_table(tmp_path: Path, name: str, content: bytes, sentence: str) -> None:
    assert refusal(tmp_path, content, name) == sentence


def test_wrong_choices(tmp_path: Path) -> None:
    assert refusal(tmp_path, "a;b;c\n1;2;3\n", delimiter=",") == (
        "rows.csv, line 1: no comma parts the columns; the file seems to use the semicolon. Choose that delimiter."
    )
    assert refusal(tmp_path, "a,b\nü,1\n".encode("cp1252"), encoding="utf-8") == (
        "rows.csv, line 2 (byte 0xFC): it is not UTF-8; it reads as Windows-1252, so choose that."
    )
    assert "no known encoding" in refusal(tmp_path, "a,b\n", encoding="klingon")


def test_an_open_quotation_mark(tmp_path: Path) -> None:
    text = "a,b\n1,2\n" + '3,"open\n' + "4,5\n" * 3_000_000
    assert "quotation mark" in refusal(tmp_path, text)


@pytest.mark.parametrize("size", [30, 60, 90])
def test_cut_off_files(tmp_path: Path, size: int) -> None:
    packed = gzip.compress("".join(f"a,b{n}\n" for n in range(500)).encode())
    assert "cut off" in refusal(tmp_path, packed[: len(packed) * size // 100], "x.csv.gz")
    book = workbook(A=[["a", "b"], *([[n, str(n)] for n in range(500)])])
    assert "damaged or cut off" in refusal(tmp_path, book[: len(book) * size // 100], "x.xlsx")


def test_damaged_gzip(tmp_path: Path) -> None:
    packed = bytearray(gzip.compress("".join(f"a,b{n}\n" for n in range(5000)).encode()))
    packed[len(packed) // 2] ^= 0xFF
    assert any(word in refusal(tmp_path, bytes(packed), "x.csv.gz") for word in ("damaged", "line "))


def bomb(size: int, *, lie: bool = False) -> bytes:
    """A workbook whose one sheet unpacks to very many equal bytes; `lie` says in the directory that it is small."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
        with archive.open("xl/worksheets/sheet1.xml", "w", force_zip64=False) as sheet:
            for start in range(0, size, 1 << 20):
                sheet.write(b" " * min(1 << 20, size - start))
    content = bytearray(out.getvalue())
    if lie:
        small = (1000).to_bytes(4, "little")
        real = size.to_bytes(4, "little")
        start = 0
        while (start := content.find(real, start)) >= 0:
            content[start : start + 4] = small
    return bytes(content)


def test_zip_bombs(tmp_path: Path) -> None:
    assert "more than the limit" in refusal(tmp_path, bomb(1200 << 20), "bomb.xlsx")
    assert "made to do harm" in refusal(tmp_path, bomb(128 << 20), "bomb.xlsx")
    assert "damaged" in refusal(tmp_path, bomb(134_567_891, lie=True), "bomb.xlsx")
    assert "holds more than 1 MB once unpacked" in refusal(
        tmp_path, gzip.compress(b"a,b\n" + b"1,2\n" * 3_000_000), "bomb.csv.gz", max_bytes=1 << 20
    )


def test_archives_that_are_no_workbooks(tmp_path: Path) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("rows.csv", "a,b\n1,2\n")
    assert (
        refusal(tmp_path, out.getvalue(), "x.zip")
        == "x.zip is an archive, not a workbook; unpack it and load the files in it."
    )
    assert "cannot be opened as a workbook" in refusal(tmp_path, b"\xd0\xcf\x11\xe0" + b"\0" * 600, "x.xls")


def test_far_too_many_bad_rows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("stateworks.kernel.lake.files.MAX_BAD_ROWS", 10)
    assert "more than 10 rows do not fit the header" in refusal(tmp_path, "a,b\n1,2\n" + "1,2,3\n" * 20)


def test_missing_columns(tmp_path: Path) -> None:
    table = written(tmp_path, "a,b\n1,2\n")
    with pytest.raises(Refused, match="has no column “c”; line 1 has “a”, “b”"):
        table.require(["a", "c"])


CELLS = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cs"], exclude_characters="\0\r"), max_size=12
)


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(CELLS, CELLS), min_size=1, max_size=6))
def test_whatever_was_written_is_read(tmp_path: Path, cells: list[tuple[str, str]]) -> None:
    """Any text in any cell comes back, and every line number points to where its row begins."""
    import csv

    out = io.StringIO()
    writer = csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="\n")
    writer.writerow(["first", "second"])
    starts = []
    for pair in cells:
        starts.append(out.getvalue().count("\n") + 1)
        writer.writerow(pair)
    table = written(tmp_path, out.getvalue(), delimiter=",")
    expected = [
        {"first": one or None, "second": other or None, LINE: line}
        for (one, other), line in zip(cells, starts, strict=True)
        if (one or other) and (one, other) != ("first", "second")
    ]
    assert rows(table) == expected


def test_memory_does_not_grow_with_the_file(tmp_path: Path) -> None:
    """A gigabyte would do the same as these 200 MB: the reader's own use stays below a few blocks."""
    path = tmp_path / "big.csv"
    line = ",".join(["some text in a cell"] * 10) + "\n"
    with path.open("w") as file:
        file.write(",".join(f"c{n}" for n in range(10)) + "\n")
        for _ in range(10):
            file.write(line * 100_000)
    program = (
        "import resource, sys\n"
        "from stateworks.kernel.lake.files import open_table\n"
        "import polars, pyarrow.csv, python_calamine, numpy\n"
        "before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss\n"
        "rows = sum(frame.height for frame in open_table(sys.argv[1]).batches())\n"
        "print(rows, (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, str(path)], capture_output=True, text=True, check=True
    )
    count, megabytes = map(int, done.stdout.split())
    assert count == 1_000_000
    assert megabytes < 160, "MB above what the libraries need"


def test_columns_are_text_only(tmp_path: Path) -> None:
    (frame,) = written(tmp_path, "a,b\n007,NaN\n").batches()
    assert frame.schema == {"a": pl.String, "b": pl.String, LINE: pl.Int64}
    assert frame.rows() == [("007", "NaN", 2)]
