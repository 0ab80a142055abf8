"""Whatever text a record holds, its export imports again with zero changes, in every format."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from pathlib import Path

import polars as pl
import pytest
from django.db import transaction
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from stateworks.kernel.access.scope import SYSTEM, entered
from stateworks.kernel.errors import Refused
from stateworks.kernel.org.models import LineOfService
from stateworks.kernel.records.export import export_records, write_template
from stateworks.kernel.records.fields import bound
from stateworks.kernel.records.intake import import_records
from stateworks.kernel.records.types import record_type
from stateworks.kernel.records.values import read_column

AT = datetime(2026, 11, 2, 15, 0, tzinfo=UTC)
CONTROL = [chr(n) for n in range(32) if chr(n) not in "\t\n\r"] + ["\x7f", "\ufffe", "\uffff"]
TEXT = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cs"], exclude_characters="".join(CONTROL)), max_size=20
)
#: A name is one line; its outer blanks mean nothing and are not kept.
NAME = TEXT.map(lambda text: text.strip()).filter(bool)


@pytest.mark.django_db
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.tuples(NAME, TEXT, st.none() | st.dates(date(1850, 1, 1), date(2200, 1, 1))),
        min_size=1,
        max_size=6,
    )
)
@example(
    [
        ("'=1+1", "=1+1", None),
        ("''", "\n\n", None),
        ("-", "+1\t", None),
        ("_x0041_", "a\r\nb\rc", date(1900, 2, 28)),
        ("null", "NA", None),
    ]
)
@example(
    [
        ("007", " x ", date(1899, 12, 31)),
        ("1e5", "true", None),
        ("@a", '"', None),
        ("a", "\u2028\x85", None),
        ("’", "'", None),
    ]
)
def test_any_text(tmp_path: Path, rows: list[tuple[str, str, date | None]]) -> None:
    with transaction.atomic():
        with entered(SYSTEM):
            LineOfService.objects.bulk_create(
                LineOfService(code=f"s{n}", name=name, purpose=purpose, started_on=day)
                for n, (name, purpose, day) in enumerate(rows)
            )
        for file_format in ("csv", "xlsx", "json"):
            path = tmp_path / f"out.{file_format}"
            export_records("office.line_of_service", path, file_format=file_format, scope=SYSTEM)
            back = import_records("office.line_of_service", path, by=None, at=AT)
            told = [row.reason for row in back.quarantine.all()]
            assert (back.read, back.unchanged, back.quarantined) == (len(rows), len(rows), 0), (
                file_format,
                told,
            )
        transaction.set_rollback(True)


@pytest.mark.django_db
def test_nothing_in_an_export_is_a_formula(tmp_path: Path) -> None:
    risky = ["=1+1", "+1", "-1", "@x", "\t=1", "'=1", "safe"]
    with entered(SYSTEM):
        LineOfService.objects.bulk_create(
            LineOfService(code=f"s{n}", name=text) for n, text in enumerate(risky)
        )
    export_records("office.line_of_service", tmp_path / "x.csv", file_format="csv", scope=SYSTEM)
    names = pl.read_csv(tmp_path / "x.csv", infer_schema=False)["name"].to_list()
    assert names == ["'=1+1", "'+1", "'-1", "'@x", "'\t=1", "''=1", "safe"]
    export_records("office.line_of_service", tmp_path / "x.xlsx", file_format="xlsx", scope=SYSTEM)
    cells = [row[1] for row in load_workbook(tmp_path / "x.xlsx").active.iter_rows(min_row=2)]  # type: ignore[union-attr]
    assert [cell.data_type for cell in cells] == ["s"] * len(risky)
    assert [cell.value for cell in cells] == risky
    export_records("office.line_of_service", tmp_path / "x.json", file_format="json", scope=SYSTEM)
    assert [row["name"] for row in json.loads((tmp_path / "x.json").read_text())] == risky


@pytest.mark.django_db
def test_a_text_too_long_for_a_cell(tmp_path: Path) -> None:
    with entered(SYSTEM):
        LineOfService.objects.create(code="s", name="S", purpose="x" * 40_000)
    with pytest.raises(Refused, match="holds 32,767 characters and this text has 40,000; export as CSV"):
        export_records("office.line_of_service", tmp_path / "x.xlsx", file_format="xlsx", scope=SYSTEM)
    assert export_records("office.line_of_service", tmp_path / "x.csv", file_format="csv", scope=SYSTEM) == 1


def test_a_template_explains_itself(tmp_path: Path) -> None:
    write_template("office.organization", tmp_path / "t.xlsx", file_format="xlsx")
    book = load_workbook(tmp_path / "t.xlsx")
    assert [cell.value for cell in book.worksheets[0][1]][:4] == ["code", "name", "kind", "parent"]
    explained = {row[0].value: row[2].value for row in book.worksheets[1].iter_rows(min_row=2)}
    assert str(explained["kind"]).startswith("one of: state, department, agency")
    assert explained["parent"] == "code of an organization"


@pytest.mark.parametrize(
    ("text", "value"),
    [("2026-07-01/2026-07-31", "[2026-07-01,2026-07-31]"), ("../2026-07-31", "[,2026-07-31]"), ("2026-07-01/..", "[2026-07-01,]"),
     ("2026-07-01", None), ("2026-08-01/2026-07-01", None), ("a/b", None), ("1/2/3", None)],
)  # fmt: skip
def test_ranges_of_days(text: str, value: str | None) -> None:
    one = bound(record_type("office.alias"), "valid")
    read, faults = read_column(one, pl.Series("valid", [text]), zone="UTC")
    assert bool(faults) == (value is None)
    if value is not None:
        assert read.to_list() == [value]
