"""Imports that are killed, cancelled, or meet each other: nothing is lost, nothing is there twice."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from stateworks.kernel.access.scope import SYSTEM, entered
from stateworks.kernel.lake import store, tables
from stateworks.kernel.lake.models import Dataset, Import, ImportState, QuarantinedRow
from stateworks.kernel.lake.progress import LEASE, Cancelled, Watch
from stateworks.kernel.lake.read import Reader
from stateworks.modules.desk.tests.conftest import AT, SAMPLES
from stateworks.modules.desk.tests.importer_process import Importer

KILLS = 24
DATASETS = ("desk.event", "desk.ticket")


@pytest.fixture
def importer(transactional_db: None) -> Iterator[Callable[[], Importer]]:
    started: list[Importer] = []

    def start() -> Importer:
        started.append(Importer())
        return started[-1]

    yield start
    for one in started:
        one.close()


def test_an_import_killed_anywhere_loses_nothing_and_leaves_nothing_twice(
    load: Callable[..., Import], importer: Callable[[], Importer], tmp_path: Path
) -> None:
    victim = importer()
    load("desk.event", "vinst_incident_updates.csv", "volvo-vinst-incidents")
    # An undisturbed import first, to learn how many places there are to die at.
    victim.send(_file(tmp_path, 0), "volvo-vinst-incidents", AT)
    places = victim.answer()["places"]
    assert places > KILLS
    expected = {"desk.event": _keys("desk.event"), "desk.ticket": _keys("desk.ticket")}
    killed = 0
    for turn in range(1, KILLS + 1):
        path = _file(tmp_path, turn)
        before = {name: _keys(name) for name in DATASETS}
        assert before == expected
        victim.send(
            path, "volvo-vinst-incidents", AT + timedelta(hours=turn), die_at=round(turn * places / KILLS)
        )
        killed += victim.answer() == {"killed": 9}
        seen = {name: _keys(name) for name in DATASETS}
        whole = {
            "desk.event": sorted([*before["desk.event"], *_new_events(turn)]),
            "desk.ticket": sorted([*before["desk.ticket"], f"9-{turn:09}"]),
        }
        # Readers see all of the import or none of it, in both datasets.
        assert seen in (before, whole)
        done = load("desk.event", path, "volvo-vinst-incidents", at=AT + timedelta(hours=turn, minutes=30))
        assert done.inserted + done.unchanged == 3
        expected = whole
        for name in DATASETS:
            assert store.files_changed(name, store.current_version(name)) == []
    assert killed == KILLS
    assert {name: _keys(name) for name in DATASETS} == expected
    # What the dead left is told, and no file of theirs remains.
    assert not Import.objects.filter(state=ImportState.RUNNING).exists()
    staging = tables.lake_root() / ".staging"
    assert list(staging.iterdir()) == []
    for name in DATASETS:
        listed = set(tables.listing(name, store.current_version(name)).files)
        mentioned = store._mentioned(tables.folder(name))
        on_disk = {str(path) for path in tables.folder(name).glob("_part=*/*.parquet")}
        assert listed <= on_disk
        assert {os.path.relpath(path, tables.folder(name)) for path in on_disk} <= mentioned


def test_two_imports_of_one_file_at_once_give_one_result(
    importer: Callable[[], Importer], refused: Callable[..., list[QuarantinedRow]]
) -> None:
    one, other = importer(), importer()
    path = SAMPLES / "servicenow_incident_updates.csv"
    one.send(path, "servicenow-incidents", AT)
    other.send(path, "servicenow-incidents", AT)
    answers = sorted([one.answer(), other.answer()], key=lambda answer: answer["inserted"])

    assert [(answer["inserted"], answer["unchanged"], answer["quarantined"]) for answer in answers] == [
        (0, 20, 2),
        (19, 1, 2),
    ]
    assert len(_keys("desk.event")) == 19
    assert Dataset.objects.get(name="desk.event").version == 1
    # The two rows that were refused wait once, although both imports met them.
    assert len(refused()) == 2


def test_a_cancelled_import_loads_nothing(
    load: Callable[..., Import], monkeypatch: pytest.MonkeyPatch
) -> None:
    step = Watch.step

    def cancelled_meanwhile(self: Watch, doing: str, *, always: bool = False) -> None:
        if doing.startswith("Writing"):
            Import.objects.filter(pk=self.running.pk).update(state=ImportState.CANCELLED)
        step(self, doing, always=always)

    monkeypatch.setattr(Watch, "step", cancelled_meanwhile)
    with pytest.raises(Cancelled, match="cancelled; nothing was loaded"):
        load("desk.event", "servicenow_incident_updates.csv", "servicenow-incidents")
    assert Import.objects.get().state == ImportState.CANCELLED
    assert _keys("desk.event") == []


def test_an_import_whose_process_is_gone_is_told_by_the_next(load: Callable[..., Import]) -> None:
    dead = Import.objects.create(
        dataset="desk.event", source="s", filename="f", sha256="0", started_at=AT, heartbeat_at=AT
    )
    load(
        "desk.event",
        "servicenow_incident_updates.csv",
        "servicenow-incidents",
        at=AT + LEASE + timedelta(seconds=1),
    )
    dead.refresh_from_db()
    assert dead.state == ImportState.FAILED
    assert dead.error.startswith("The program ended before")


def _file(folder: Path, turn: int) -> Path:
    """Three updates of one new ticket, in a month of its own and in one that exists."""
    with (SAMPLES / "vinst_incident_updates.csv").open(encoding="utf-8-sig") as sample:
        header = sample.readline()
    number = f"9-{turn:09}"
    day = 1 + turn % 28
    updates = (
        (f"2027-02-{day:02}T12:00", "Accepted,In Progress"),
        (f"2027-03-{day:02}T12:00", "Completed,Resolved"),
        (f"2027-03-{day:02}T13:00", "Completed,Closed"),
    )
    rows = [
        f"{number},{at}:{turn:02}-06:00,{state},,,A,O,T1,T1,L1,Medium,P{turn},us,USA,Sam,us-Sam"
        for at, state in updates
    ]
    path = folder / f"turn-{turn}.csv"
    path.write_text(header + "\n".join(rows) + "\n")
    return path


def _new_events(turn: int) -> list[str]:
    return [f"9-{turn:09}"] * 3


def _keys(dataset: str) -> list[str]:
    with entered(SYSTEM) as scope, Reader(dataset, scope=scope) as reader:
        return sorted(row["number"] for row in reader.rows(columns=["number"]))
