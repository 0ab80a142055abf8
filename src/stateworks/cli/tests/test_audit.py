"""`stateworks audit`: what it prints, and its exit status."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from stateworks.cli import audit as command
from stateworks.cli.main import main
from stateworks.kernel.access import audit
from stateworks.kernel.access.models import Account, AuditEntry
from stateworks.kernel.access.scope import SYSTEM, entered

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(db: None, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Run a command in the test's instance, with three entries: status, stdout and stderr."""
    monkeypatch.setattr(command, "open_instance", lambda: None)
    with entered(SYSTEM):
        pat = Account.objects.create_user("pat@example.gov", name="Pat")
        for day, subject in ((1, "=1+1"), (2, "office.vendor acme"), (3, "office.vendor bolt")):
            at = datetime(2026, 11, day, 15, 0, tzinfo=UTC)
            audit.record("change", subject, by=pat if day == 2 else None, at=at, after={"name": "Acmé"})

    def made(*arguments: str) -> tuple[int, str, str]:
        status = main(["audit", *arguments])
        printed = capsys.readouterr()
        return status, printed.out, printed.err

    return made


def test_seal_then_verify(run: Run) -> None:
    status, out, _ = run("verify", "--format", "json")
    assert (status, json.loads(out)) == (
        0, {"entries": 0, "seals": 0, "unsealed": 3, "newest_seal": None, "broken": []}
    )  # fmt: skip
    status, out, _ = run("seal", "--format", "json")
    sealed = json.loads(out)
    assert (status, sealed["sealed"]) == (0, 3)
    status, out, _ = run("verify", "--expect", sealed["seal"], "--format", "json")
    told = json.loads(out)
    assert (status, told["entries"], told["newest_seal"], told["broken"]) == (0, 3, sealed["seal"], [])
    assert run("verify", "--expect", sealed["seal"].upper())[0] == 0


def test_a_seal_that_is_not_there_is_told_and_one_that_is_none_is_refused(run: Run) -> None:
    run("seal")
    status, out, _ = run("verify", "--expect", "0" * 64, "--format", "json")
    assert status == 1
    (broken,) = json.loads(out)["broken"]
    assert (broken["seal"], broken["entry"]) == (0, None)
    status, _, err = run("verify", "--expect", "0123")
    assert status == 2
    assert "is no seal" in err


def test_export_keeps_to_the_days_and_runs_no_formula(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "audit.csv"
    assert run("export", "--until", "2026-11-02", "--output", str(file))[0] == 0
    rows = list(csv.DictReader(file.open(encoding="utf-8", newline="")))
    assert [(row["actor"], row["subject"]) for row in rows] == [
        ("system", "'=1+1"), ("pat@example.gov", "office.vendor acme")
    ]  # fmt: skip
    with entered(SYSTEM):
        noted = AuditEntry.objects.get(verb="export audit record")
    assert noted.after == {"rows": 2, "form": "csv", "since": "", "until": "2026-11-02"}
    assert json.loads(rows[0]["after"]) == {"name": "Acmé"}
    status, out, _ = run("export", "--format", "jsonl", "--since", "2026-11-02", "--until", "2026-11-03")
    lines: list[dict[str, Any]] = [json.loads(line) for line in out.splitlines()]
    assert status == 0
    assert [(one["subject"], one["after"]) for one in lines] == [
        ("office.vendor acme", {"name": "Acmé"}), ("office.vendor bolt", {"name": "Acmé"})
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--since", "soon"), "is not a day"),
        (("--since", "2026-11-03", "--until", "2026-11-02"), "is before the first"),
        (("--output", "/no/such/folder/audit.csv"), "cannot be written"),
    ],
)
def test_a_wrong_question_is_refused(run: Run, arguments: tuple[str, ...], words: str) -> None:
    status, _, err = run("export", *arguments)
    assert status == 2
    assert words in err
