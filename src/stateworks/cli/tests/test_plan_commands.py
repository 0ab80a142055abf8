"""The plan commands as a shell runs them: what they print, write and answer with."""

from __future__ import annotations

import csv
import io
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from stateworks.cli.main import main
from stateworks.kernel.access.scope import SYSTEM, entered
from stateworks.kernel.plans.models import Plan, PlanVersion
from stateworks.kernel.plans.reporting import report_value
from stateworks.kernel.plans.tests.plan_blocks import louisiana
from stateworks.kernel.plans.tests.samples import SAMPLE
from stateworks.kernel.plans.tests.stratml_report import REPORT
from stateworks.kernel.plans.tests.word_files import word_file
from stateworks.kernel.plans.yaml_format import read_plan

DOCUMENT = """\
# Office of Rivers and Lakes

Strategic Plan: FY 2026-2027 through FY 2030-2031

## Activity 1: Water

### Objective 1: Cleaner rivers

#### Performance Indicators

Indicator	Goal
Share of rivers tested.	75%
"""


@pytest.fixture
def document(tmp_path: Path) -> Path:
    path = tmp_path / "rivers.md"
    path.write_text(DOCUMENT)
    return path


@pytest.fixture
def sample(tmp_path: Path) -> Path:
    path = tmp_path / "riverton.yaml"
    path.write_text(SAMPLE)
    return path


def _json(capsys: Any, arguments: list[str], status: int = 0) -> Any:
    assert main(arguments) == status
    return json.loads(capsys.readouterr().out)


# -- without an instance


def test_import_prints_the_contracts_json_and_ends_with_1_on_findings(document: Path, capsys: Any) -> None:
    read = _json(capsys, ["plan", "import", str(document), "--format", "json"], 1)
    assert (read["period"], read["counts"]["indicator"]) == ({"start": "2026-07-01", "end": "2031-06-30"}, 1)
    assert [row["id"] for row in read["indicators"]] == ["1.1.1"]
    assert any(finding["code"] == "goal.no-comparator" for finding in read["findings"])


def test_import_writes_yaml_that_loads(document: Path, tmp_path: Path, capsys: Any) -> None:
    out = tmp_path / "rivers.yaml"
    assert (
        main(["plan", "import", str(document), "--format", "yaml", "-o", str(out), "--slug", "rivers"]) == 1
    )
    shown = capsys.readouterr()
    assert shown.out == ""
    assert f"Wrote {out}." in shown.err
    assert "warning goal.no-comparator: line 12: 75%" in shown.err
    content = read_plan(out.read_bytes())
    assert (content.slug, [each.code for each, _, _ in content.every_indicator()]) == ("rivers", ["1.1.1"])


def test_import_draws_a_tree(document: Path, capsys: Any) -> None:
    assert main(["plan", "import", str(document)]) == 1
    out = capsys.readouterr().out
    assert (
        "activity 1: Water\n  objective 1.1: Cleaner rivers\n    - 1.1.1 Share of rivers tested. [75%]\n"
        in out
    )


def test_import_reads_our_own_yaml(sample: Path, capsys: Any) -> None:
    read = _json(capsys, ["plan", "import", str(sample), "--format", "json"], 1)
    assert (read["title"], read["counts"]["initiative"]) == ("Riverton technology plan", 1)


def test_lint_of_a_file_says_what_and_where(document: Path, capsys: Any) -> None:
    found = _json(capsys, ["plan", "lint", str(document), "--format", "json"], 1)
    assert {"code", "severity", "line", "text", "why", "suggestion"} == set(found[0])


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("empty.txt", b"", "empty"),
        ("broken.yaml", b"slug: [", "broken.yaml is not valid YAML"),
        ("wrong.yaml", b"slug: x", "wrong.yaml cannot be read: plan (line 1): “title” is missing; add it."),
    ],
)
def test_a_file_that_is_no_plan_is_refused(
    name: str, content: bytes, sentence: str, tmp_path: Path, capsys: Any
) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    assert main(["plan", "import", str(path)]) == 2
    shown = capsys.readouterr()
    assert shown.out == ""
    assert sentence in shown.err


def test_a_file_that_is_not_there(capsys: Any) -> None:
    assert main(["plan", "import", "nowhere.txt"]) == 2
    assert (
        "There is no file nowhere.txt; name a file, or a bundled plan: louisiana-ots"
        in capsys.readouterr().err
    )


# -- with an instance


@pytest.mark.django_db(databases=["default", "owner"])
def test_load_twice_then_export_and_compare(sample: Path, tmp_path: Path, capsys: Any) -> None:
    done = _json(capsys, ["plan", "load", str(sample), "--format", "json"])
    assert done == {
        "plan": "riverton", "version": 1, "changed": True, "nodes": 7, "indicators": 3, "key_results": 1,
        "milestones": 3,
    }  # fmt: skip
    assert _json(capsys, ["plan", "load", str(sample), "--format", "json"])["changed"] is False
    sample.write_text(SAMPLE.replace("title: Floods", "title: Storms"))
    assert (
        _json(capsys, ["plan", "load", str(sample), "--format", "json", "--note", "Renamed."])["version"] == 2
    )
    with entered(SYSTEM):
        assert PlanVersion.objects.get(number=2).note == "Renamed."
    out = tmp_path / "out.yaml"
    assert main(["plan", "export", "riverton", "-o", str(out)]) == 0
    assert read_plan(out.read_bytes()) == read_plan(sample.read_bytes())
    assert main(["plan", "export", "riverton", "--version", "1", "--format", "csv", "-o", str(out)]) == 0
    titles = [row["title"] for row in csv.DictReader(io.StringIO(out.read_text("utf-8-sig")))]
    assert "Floods" in titles
    capsys.readouterr()
    (change,) = _json(capsys, ["plan", "diff", "riverton", "1", "--format", "json"], 1)
    assert (change["what"], change["before"], change["after"]) == ("external factor", "Floods", "Storms")
    assert main(["plan", "diff", "riverton", "2"]) == 0
    assert main(["plan", "export", "riverton", "--version", "7"]) == 2
    assert "has no version 7; it has 1 to 2" in capsys.readouterr().err


@pytest.mark.django_db(databases=["default", "owner"])
def test_a_bundled_plan_loads_by_its_name(capsys: Any) -> None:
    done = _json(capsys, ["plan", "load", "louisiana-ots", "--format", "json"])
    assert (done["indicators"], done["milestones"]) == (63, 8)


@pytest.mark.django_db(databases=["default", "owner"])
def test_a_document_is_not_loaded_as_it_is(document: Path, capsys: Any) -> None:
    assert main(["plan", "load", str(document)]) == 2
    assert (
        "is a document, not a plan as data; read it with `stateworks plan import" in capsys.readouterr().err
    )
    with entered(SYSTEM):
        assert not Plan.objects.exists()


@pytest.mark.django_db(databases=["default", "owner"])
def test_a_loaded_plan_is_linted_and_measures_are_suggested(sample: Path, capsys: Any) -> None:
    main(["plan", "load", str(sample)])
    capsys.readouterr()
    status = main(["plan", "lint", "riverton", "--format", "json"])
    found = json.loads(capsys.readouterr().out)
    assert status == (1 if any(each["severity"] != "info" for each in found) else 0)
    assert main(["plan", "lint", "nowhere"]) == 2
    assert "There is no plan “nowhere”" in capsys.readouterr().err
    suggested = _json(capsys, ["plan", "suggest", "riverton", "--format", "json"])
    assert {row["id"] for row in suggested} <= {"1.1.2"}


@pytest.mark.django_db(databases=["default", "owner"])
def test_remind_shows_who_owes_what(sample: Path, capsys: Any) -> None:
    main(["plan", "load", str(sample)])
    capsys.readouterr()
    rows = _json(capsys, ["remind", "--dry-run", "--as-of", "2026-11-10", "--format", "json"])
    assert {row["to"] for row in rows} == {"owner@riverton.test", "lead@riverton.test"}
    assert main(["remind", "--as-of", "yesterday"]) == 2
    assert "“yesterday” is not a day" in capsys.readouterr().err


@pytest.mark.django_db(databases=["default", "owner"])
def test_the_quarterly_report_as_a_file_and_what_is_owed(sample: Path, tmp_path: Path, capsys: Any) -> None:
    sample.write_text(SAMPLE.replace("            measure: desk.first_contact_resolution\n", ""))
    main(["plan", "load", str(sample)])
    with entered(SYSTEM):
        report_value("riverton", "1.1.1", "FY27 Q1", 60, by=None, at=datetime(2026, 10, 20, tzinfo=UTC))
    out = tmp_path / "report.csv"
    capsys.readouterr()
    arguments = ["plan", "report", "riverton", "--quarter", "FY27 Q1", "--format", "csv", "-o", str(out)]
    assert main(arguments) == 1
    assert "1 variance over 5 % has no explanation yet: 1.1.1." in capsys.readouterr().err
    first = next(iter(csv.DictReader(io.StringIO(out.read_text("utf-8-sig")))))
    assert (first["Code"], first["Target"], first["Actual"], first["Variance %"]) == (
        "1.1.1",
        "75.0",
        "60.0",
        "-20.0",
    )
    assert main(["plan", "report", "riverton", "--quarter", "spring"]) == 2
    assert "“spring” is no period" in capsys.readouterr().err


# -- files of other kinds


@pytest.fixture
def report(tmp_path: Path) -> Path:
    path = tmp_path / "harbor.xml"
    path.write_text(REPORT)
    return path


def test_import_reads_word_and_tells_what_is_no_part_of_the_tree(tmp_path: Path, capsys: Any) -> None:
    path = tmp_path / "plan.docx"
    path.write_bytes(word_file(louisiana()))
    assert main(["plan", "import", str(path)]) == 1
    out = capsys.readouterr().out
    assert "20 customer" in out
    assert "63 indicator" in out
    assert "Lines that are no part of the tree:" in out


@pytest.mark.django_db(databases=["default", "owner"])
def test_stratml_is_loaded_with_its_values_and_exported_the_same(
    report: Path, tmp_path: Path, capsys: Any
) -> None:
    done = _json(capsys, ["plan", "load", str(report), "--format", "json"])
    assert (done["plan"], done["indicators"], done["values_new"], done["values_refused"]) == (
        "oh-2026",
        3,
        2,
        0,
    )
    again = _json(capsys, ["plan", "load", str(report), "--format", "json"])
    assert (again["changed"], again["values_new"], again["values_unchanged"]) == (False, 0, 2)
    first, second = tmp_path / "first.xml", tmp_path / "second.xml"
    assert main(["plan", "export", "oh-2026", "--to", "stratml", "-o", str(first)]) == 0
    assert main(["plan", "load", str(first)]) == 0
    assert main(["plan", "export", "oh-2026", "--format", "stratml", "-o", str(second)]) == 0
    assert first.read_bytes() == second.read_bytes()


@pytest.mark.django_db(databases=["default", "owner"])
def test_values_go_with_a_yaml_made_of_their_file(report: Path, tmp_path: Path, capsys: Any) -> None:
    plan = tmp_path / "plan.yaml"
    assert main(["plan", "import", str(report), "--format", "yaml", "-o", str(plan)]) == 1
    assert "reports 2 values, which YAML does not hold" in capsys.readouterr().err
    done = _json(capsys, ["plan", "load", str(plan), "--values", str(report), "--format", "json"])
    assert done["values_new"] == 2
