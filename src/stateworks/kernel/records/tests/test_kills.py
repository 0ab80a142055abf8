"""An import of records that is killed anywhere: all of it is there, or nothing; and loading again loads the rest, once."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.db import connection

from stateworks.kernel.access.models import AuditEntry
from stateworks.kernel.access.scope import SYSTEM, entered
from stateworks.kernel.lake.models import Import, ImportState, QuarantinedRow
from stateworks.kernel.lake.progress import LEASE
from stateworks.kernel.org.models import Vendor
from stateworks.kernel.records.changes import history_of
from stateworks.kernel.records.intake import import_records
from stateworks.kernel.records.tests.importing import MODULE

AT = datetime(2026, 11, 2, 15, 0, tzinfo=UTC)
KILLS = 10


def loaded(path: Path, at: datetime, die_at: int = 0) -> dict[str, object] | None:
    """Load a file in a process of its own; None where it was killed."""
    done = subprocess.run(
        [sys.executable, "-m", MODULE, str(connection.settings_dict["NAME"]), str(path), at.isoformat(), str(die_at)],
        env={**os.environ, "PYTHONWARNINGS": "ignore"}, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    if done.returncode == -9:
        return None
    assert done.returncode == 0, done.stderr
    return dict(json.loads(done.stdout.splitlines()[-1]))


def kept() -> tuple[dict[str, str], int, int, int]:
    """Names of all vendors, and how many refused rows, entries of the audit record and steps of history there are."""
    with entered(SYSTEM):
        return (
            dict(Vendor.objects.values_list("code", "name")),
            QuarantinedRow.objects.count(),
            AuditEntry.objects.filter(verb="import").count(),
            sum(len(history_of(vendor)) for vendor in Vendor.objects.all()),
        )


@pytest.mark.django_db(transaction=True)
def test_an_import_of_records_killed_anywhere_leaves_nothing_half_written(tmp_path: Path) -> None:
    def file(turn: int) -> Path:
        """Change the vendor that there is, add two, and one row that cannot be right."""
        path = tmp_path / f"turn-{turn}.csv"
        path.write_text(f"code,name\nfirst,Name {turn}\na{turn},A\nb{turn},B\nbad code {turn}!,C\n")
        return path

    undisturbed = loaded(file(0), AT)
    assert undisturbed is not None
    # All three are new at first; four rows were read and one refused.
    assert undisturbed["counts"] == [4, 3, 0, 0, 1]
    places = int(str(undisturbed["places"]))
    assert places >= 2 * KILLS - 2
    killed = 0
    for turn in range(1, KILLS + 1):
        at = AT + timedelta(hours=turn)
        names, refused, entries, history = kept()
        killed += loaded(file(turn), at, die_at=round(turn * places / KILLS)) is None
        whole = (
            {**names, "first": f"Name {turn}", f"a{turn}": "A", f"b{turn}": "B"},
            refused + 1, entries + 1, history + 3,
        )  # fmt: skip
        seen = kept()
        assert seen in ((names, refused, entries, history), whole), f"half of turn {turn} is there"

        done = import_records("office.vendor", file(turn), by=None, at=at + LEASE + timedelta(minutes=1))
        assert (done.read, done.quarantined) == (4, 1)
        assert (done.inserted, done.updated, done.unchanged) == ((0, 0, 3) if seen == whole else (2, 1, 0))
        assert kept()[0] == whole[0]
        assert kept()[3] == whole[3], "nothing is done twice"
    assert killed == KILLS
    with entered(SYSTEM):
        assert not Import.objects.filter(state=ImportState.RUNNING).exists()
