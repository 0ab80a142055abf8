"""`stateworks data`: what it prints, and its exit status."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from stateworks.cli import data
from stateworks.cli.main import main
from stateworks.kernel.lake.models import Import
from stateworks.modules.desk import feeds

SAMPLES = Path(feeds.__file__).parent / "samples"
EVENTS = str(SAMPLES / "servicenow_incident_updates.csv")


@pytest.fixture
def run(
    transactional_db: None, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[..., tuple[int, Any, str]]:
    """Run a command in the test's instance: status, what it printed (as JSON where it is), and stderr."""
    monkeypatch.setattr(data, "open_instance", lambda: None)

    def command(*arguments: str) -> tuple[int, Any, str]:
        status = main(["data", *arguments])
        printed = capsys.readouterr()
        try:
            return status, json.loads(printed.out), printed.err
        except json.JSONDecodeError:
            return status, printed.out, printed.err

    return command


def test_import_prints_the_counts_and_tells_quarantine_by_its_status(
    run: Callable[..., tuple[int, Any, str]],
) -> None:
    status, printed, err = run(
        "import", "desk.event", EVENTS, "--mapping", "servicenow-incidents", "--format", "json"
    )
    assert status == 1
    assert printed == {
        "read": 22, "inserted": 19, "updated": 0, "unchanged": 1, "quarantined": 2, "import": Import.objects.get().pk,
        "derived": {
            "desk.ticket": {"read": 6, "inserted": 6, "updated": 0, "unchanged": 0, "quarantined": 0, "removed": 0}
        },
    }  # fmt: skip
    assert "2 rows were not taken" in err
    status, rows, _ = run("quarantine", "desk.event", "--format", "json")
    assert (status, [row["code"] for row in rows]) == (1, ["state.number", "happened_at.unreadable"])


def test_a_dry_run_loads_nothing(run: Callable[..., tuple[int, Any, str]]) -> None:
    status, printed, _ = run(
        "import", "desk.event", EVENTS, "--mapping", "servicenow-incidents", "--dry-run", "--format", "json"
    )
    assert (status, printed["inserted"]) == (1, 19)
    status, listed, _ = run("list", "--format", "json")
    assert status == 0
    by_name = {row["dataset"]: row for row in listed}
    assert by_name["desk.event"] == {
        "dataset": "desk.event", "kind": "feed", "rows": 0, "version": None, "fresh_at": None,
    }  # fmt: skip
    assert by_name["desk.request_type"]["kind"] == "record"
    assert run("quarantine", "--format", "json")[:2] == (0, [])


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("import", "desk.event", "nowhere.csv", "--mapping", "servicenow-incidents"), "There is no file nowhere.csv"),
        (("import", "desk.event", EVENTS, "--mapping", "unknown"), "There is no mapping unknown; there are"),
        (("import", "desk.event", EVENTS), "Say which mapping reads servicenow_incident_updates.csv, with --mapping"),
        (("import", "desk.nothing", EVENTS), "desk.nothing"),
        (("import", "desk.event", str(SAMPLES / "ivanti_incidents.csv"), "--mapping", "servicenow-incidents"), "has no column"),
        (("describe", "desk.nothing"), "desk.nothing"),
    ],
)  # fmt: skip
def test_what_is_refused_changes_nothing(
    run: Callable[..., tuple[int, Any, str]], arguments: tuple[str, ...], sentence: str
) -> None:
    status, printed, err = run(*arguments)
    assert (status, printed) == (2, "")
    assert sentence in err
    assert err.count("\n") == 1


def test_describe_template_and_export(run: Callable[..., tuple[int, Any, str]], tmp_path: Path) -> None:
    run("import", "desk.event", EVENTS, "--mapping", "servicenow-incidents")
    status, described, _ = run("describe", "desk.ticket", "--format", "json")
    assert (status, described["key"]) == (0, ["source", "number"])
    state = next(column for column in described["columns"] if column["name"] == "state")
    assert (state["type"], state["required"]) == ("text", True)
    assert "closed" in state["values"]
    assert "A ticket cannot be closed before it was opened." in described["rules"]

    status, header, _ = run("template", "desk.ticket")
    assert (status, header.strip().split(",")) == (0, [column["name"] for column in described["columns"]])

    status, tickets, _ = run("export", "desk.ticket")
    assert (status, len(tickets)) == (0, 6)
    assert {ticket["number"]: ticket["first_contact"] for ticket in tickets}["INC9000003"] is False
    target = tmp_path / "tickets.csv"
    assert run("export", "desk.ticket", "--format", "csv", "--output", str(target))[0] == 0
    with target.open(newline="") as file:
        assert len(list(csv.DictReader(file))) == 6


def test_a_mapping_file_written_by_hand_works_by_its_path(
    run: Callable[..., tuple[int, Any, str]], tmp_path: Path
) -> None:
    path = tmp_path / "ours.yaml"
    path.write_text(
        "name: ours\ndataset: desk.ticket\ncolumns:\n  kind: {constant: incident}\n  number: Incident ID\n"
        '  opened_at: {from: Created On, formats: "%m/%d/%Y %I:%M %p"}\n'
        "  state: {from: Status, values: {Closed: closed, Waiting for 3rd Party: waiting_vendor}}\n"
        "  agency: Organization Unit\n"
    )
    status, printed, _ = run(
        "import",
        "desk.ticket",
        str(SAMPLES / "ivanti_incidents.csv"),
        "--mapping",
        str(path),
        "--format",
        "json",
    )
    assert (status, printed["inserted"]) == (0, 3)
    path.write_text(path.read_text().replace("constant: incident", "constant: incidents"))
    status, _, err = run(
        "import", "desk.ticket", str(SAMPLES / "ivanti_incidents.csv"), "--mapping", str(path)
    )
    assert status == 2
    assert err.strip() == (
        "ours.yaml, columns.kind.constant: incidents is no kind of desk.ticket; it takes incident, request."
    )
