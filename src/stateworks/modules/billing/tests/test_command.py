"""`stateworks billing` from the samples to a proof that a script adds up again; each command's JSON and exit status."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from stateworks.kernel.access.scope import SYSTEM, entered
from stateworks.kernel.records.intake import import_records
from stateworks.modules.billing import readd
from stateworks.modules.billing.samples import ORDER

AT = datetime(2026, 10, 2, 15, tzinfo=UTC)
MODULES = Path(__file__).parents[2]
OFFICE = ("organization", "person", "line_of_service")
Run = Callable[..., tuple[int, Any]]


def samples(module: str) -> Path:
    return MODULES / module / "samples"


@pytest.fixture
def run(db: None, capsys: pytest.CaptureFixture[str]) -> Run:
    """Run a command in this process; return its exit status and what it prints as JSON, or its sentence of refusal."""
    from importlib import import_module

    main = import_module("stateworks.cli.main").main

    def run(*arguments: str) -> tuple[int, Any]:
        status = main(["billing", *arguments, "--format", "json"])
        told = capsys.readouterr()
        return status, json.loads(told.out) if told.out else told.err.strip().splitlines()[0]

    return run


def test_from_samples_to_a_proof(run: Run, tmp_path: Path) -> None:
    with entered(SYSTEM):
        for noun in OFFICE:
            import_records(f"office.{noun}", samples("office") / f"{noun}.csv", by=None, at=AT)
        for dataset in ORDER:
            done = import_records(
                dataset, samples("billing") / f"{dataset.partition('.')[2]}.csv", by=None, at=AT
            )
            assert (done.inserted, done.quarantined) == (done.read, 0), dataset
    assert run("draft", "2026-08") == (
        2, "There is no billing period 2026-08; open it with `stateworks billing open 2026-08`.",
    )  # fmt: skip
    assert run("open", "2026-09")[1] == {"period": "2026-09", "state": "open"}
    assert run("approve-card", "fy27")[1]["rates"] == 1
    for name, mapping in (("usage", "meridian-meter"), ("ledger", "meridian-ledger")):
        path = str(samples("billing") / f"{name}.csv")
        status, told = run("load", path, "--mapping", mapping)
        assert (status, told["read"], told["inserted"]) == (0, 3, 3)
        assert run("load", path, "--mapping", mapping)[1]["unchanged"] == 3
    # Rent of 4,000 goes to the desk: 25,350.75 by 300 to 100 heads are 19,013.0625 and 6,337.6875.
    _, allocation = run("allocate", "2026-09")
    assert {(row["pool"], row["receiver"]): row["cents"] for row in allocation} == {
        ("desk", "account:jobs-100"): 1_901_306, ("desk", "account:dol-100"): 633_769,
    }  # fmt: skip
    status, rated = run("rate", "2026-09")
    # 300 x 41.25 = 12,375.00; 98.5 x 41.25 = 4,063.125.
    assert (status, rated["cents"]) == (1, 1_901_306 + 633_769 + 1_237_500 + 406_313)
    status, drafted = run("draft", "2026-09")
    assert (status, drafted["invoices"], drafted["lines"], drafted["worklist"]) == (1, 2, 4, 2)
    assert run("draft", "2026-09")[1]["run"] == drafted["run"]
    assert {row["why"] for row in run("worklist", "2026-09")[1]} == {
        "no account is known as REC", "no pool gathers it",
    }  # fmt: skip
    assert run("issue", "2026-09") == (2, "The run of 2026-09 is draft; that cannot be done with it now.")
    assert run("review", "2026-09")[1]["reviewed"] == 2
    assert run("review", "2026-09")[1]["reviewed"] == 0
    assert run("approve", "2026-09")[1]["state"] == "approved"
    assert run("issue", "2026-09") == run("issue", "2026-09")
    # Both accounts owe what their lines come to; the desk has earned the allocated cost, support the computers.
    vouchers = tmp_path / "vouchers.csv"
    exported = run("export", "2026-09", "--out", str(vouchers))
    assert exported == run("export", "2026-09", "--out", str(vouchers))
    assert (exported[1]["postings"], exported[1]["control_cents"]) == (6, rated["cents"])
    assert vouchers.read_text().splitlines()[:4] == [
        "voucher,posted_on,ledger_account,subject,fund,debit_cents,credit_cents",
        *(
            f"JV-202609-00001,{today},{rest}"
            for today in [vouchers.read_text().splitlines()[1].split(",")[1]]
            for rest in (
                "revenue,desktop-support,,0,406313", "revenue,service-desk,,0,633769", "receivable,dol-100,100,1040082,0",
            )
        ),
    ]  # fmt: skip
    assert run("acknowledge", "2026-09", "--control-cents", "1")[0] == 2
    assert (
        run("acknowledge", "2026-09", "--control-cents", str(rated["cents"]), "--reference", "B-1")[1][
            "reference"
        ]
        == "B-1"
    )
    assert run("close", "2026-09")[1]["state"] == run("close", "2026-09")[1]["state"] == "closed"
    assert run("prove", "--all") == (0, {"lines": 4, "cents": rated["cents"], "difference_cents": 0})
    status, told = run("prove", "2026-09-dol.2")
    assert (status, told["cents"], told["rows"][0]["event"]) == (0, 406_313, "m-2")
    file = tmp_path / "line.json"
    file.write_text(json.dumps(told), encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-I", readd.__file__, str(file)],
        capture_output=True,
        text=True,
        check=True,
        cwd=tmp_path,
    )
    assert json.loads(done.stdout) == {"lines": 1, "cents": 406_313, "difference_cents": 0}
    told["cents"] += 1
    file.write_text(json.dumps(told), encoding="utf-8")
    assert readd.main([str(file)]) == 1
    assert run("prove", "nothing.1")[0] == run("prove")[0] == 2
    assert run("reopen", "2026-09", "--reason", "a late journal")[1]["state"] == "open"
