"""Exported evidence: a stranger with DuckDB alone finds the same figures."""

from __future__ import annotations

import hashlib
import json
from datetime import date
from pathlib import Path

import duckdb
import pytest

from stateworks.kernel.errors import Refused
from stateworks.kernel.indicators import evidence, runs
from stateworks.kernel.indicators.specs import IndicatorSpec
from stateworks.kernel.indicators.tests.visits import AT, visit, write

pytestmark = pytest.mark.usefixtures("visits")
MEASURES = ("tests.answered", "tests.top_topics", "tests.people", "tests.wait", "tests.time")


@pytest.fixture
def exported(tmp_path: Path) -> Path:
    write([visit(n, f"2026-0{n % 4 + 6}-1{n % 9}", topic="abcd"[n % 4], answered=n % 3 > 0, seconds=n * 60, test=n % 7 == 0)
           for n in range(40)])  # fmt: skip
    specs = [
        IndicatorSpec(plan="p", plan_version=1, code=f"1.{n}", measure=name)
        for n, name in enumerate(MEASURES)
    ]
    runs.execute(specs, plan="p", plan_version=1, as_of=date(2026, 10, 31), at=AT)
    folder = tmp_path / "evidence"
    written = evidence.export("p", folder, with_data=True, at=AT)
    assert written.indicators == len(MEASURES)
    return folder


def statements(text: str) -> list[str]:
    return [
        one
        for one in text.split(";\n")
        if (one.strip() and not one.strip().startswith("--")) or "SELECT" in one
    ]


def test_a_stranger_finds_the_same_rows(exported: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(exported)
    with duckdb.connect() as connection:
        answers = [
            connection.execute(one).fetchone() for one in statements((exported / "check.sql").read_text())
        ]
    assert len(answers) > 40
    assert [answer for answer in answers if answer is None or answer[1] is not True] == []


def test_a_stranger_makes_a_share_again(exported: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(exported)
    manifest = json.loads((exported / "manifest.json").read_text())
    statement = next(one for one in manifest["statements"] if one["measure"] == "tests.answered")
    stored = next(one for one in statement["values"] if one["period"] == "FY27 Q1" and not one["dimension"])
    with duckdb.connect() as connection:
        answer = connection.execute(
            f"SELECT count(*) FILTER (role = 'numerator'), count(*) FROM '{statement['rows']}' "
            f"WHERE role NOT LIKE 'left out%' AND \"at\" BETWEEN '{stored['starts']}' AND '{stored['ends']}'"
        ).fetchone()
    assert answer == (stored["parts"]["numerator"], stored["parts"]["denominator"])


def test_a_stranger_runs_the_stored_sql_on_the_copied_files(
    exported: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(exported)
    manifest = json.loads((exported / "manifest.json").read_text())
    with duckdb.connect() as connection:
        for one in statements((exported / "views.sql").read_text()):
            connection.execute(one)
        for statement in manifest["statements"]:
            assert connection.execute(statement["sql"]).fetchall()
    for dataset in manifest["datasets"]:
        for file in dataset["files"]:
            content = (
                exported / "data" / f"{dataset['dataset']}@{dataset['version']}" / file["path"]
            ).read_bytes()
            assert hashlib.sha256(content).hexdigest() == file["sha256"]


def test_a_changed_row_shows(exported: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(exported)
    file = next(iter((exported / "rows").glob("tests.answered*")))
    with duckdb.connect() as connection:
        connection.execute(f"CREATE TABLE rows AS SELECT * FROM '{file}'")
        connection.execute("UPDATE rows SET role = 'numerator' WHERE role = 'denominator'")
        connection.execute(f"COPY rows TO '{file}' (FORMAT parquet)")
        answers = [
            connection.execute(one).fetchone() for one in statements((exported / "check.sql").read_text())
        ]
    assert not all(answer[1] for answer in answers if answer)


def test_it_may_be_written_again_but_never_over_other_files(exported: Path, tmp_path: Path) -> None:
    evidence.export("p", exported, at=AT)
    assert not (exported / "data").exists()
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "letter.txt").write_text("dear")
    with pytest.raises(Refused, match="other files"):
        evidence.export("p", tmp_path / "other", at=AT)
    with pytest.raises(Refused, match="not been run"):
        evidence.export("q", tmp_path / "new", at=AT)
