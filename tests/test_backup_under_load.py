"""Backups while imports, runs and clean-ups go on, and tries that are killed: what is restored is always of one moment."""

from __future__ import annotations

import csv
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.instances import SAMPLES, Instance, instance

pytestmark = pytest.mark.long

VERIFY = ["verify", "--format", "json"]
VACUUM = ["manage", "shell", "-c", (
    "from datetime import UTC, datetime, timedelta; from stateworks.kernel.access.scope import SYSTEM, entered; "
    "from stateworks.kernel.lake import upkeep; "
    "print(len(upkeep.vacuum('desk.ticket', at=datetime.now(UTC), keep=timedelta(0))))"
)]  # fmt: skip
RUN = ["indicators", "run", "--plan", "riverton", "--as-of", "2026-10-31"]
BACKUPS = "stateworks.config.backups."


@pytest.fixture
def made() -> Iterator[Instance]:
    with instance("made") as one:
        one.built()
        yield one


@pytest.fixture(scope="module")
def standing() -> Iterator[Instance]:
    """An instance that no test destroys."""
    with instance("standing") as one:
        one.built()
        (one.home / "files" / "letter.txt").write_text("kept")
        yield one


def variant(folder: Path, number: int) -> list[str]:
    """Return the command that loads the sample with every ticket moved `number` times more."""
    file = folder / f"tickets-{number}.csv"
    with (SAMPLES / "riverton-tickets.csv").open(newline="") as source, file.open("w", newline="") as out:
        reader = csv.DictReader(source)
        writer = csv.DictWriter(out, reader.fieldnames or [])
        writer.writeheader()
        for row in reader:
            row["Reassigned"] = str(int(row["Reassigned"] or 0) + number)
            writer.writerow(row)
    return ["data", "import", "desk.ticket", str(file), "--mapping", str(SAMPLES / "riverton-tickets.yaml"),
            "--format", "json"]  # fmt: skip


def deleted(output: str) -> int:
    """Return what VACUUM printed; Django's shell says other things before."""
    return int(output.split()[-1])


def restored_and_verified(made: Instance, backup: Path) -> dict[str, int]:
    """Restore a backup elsewhere, have every figure made again, and return the pointers."""
    with instance("again") as again:
        done = again.run(
            ["restore", str(backup), "--format", "json"], VERIFY, ["data", "list", "--format", "json"]
        )
        assert done.status == [0, 0, 0], done.errors
        import json

        verified = json.loads(done.output[1])
        assert verified["different"] == 0 and verified["checked"] >= 94
        listed = {one["dataset"]: one for one in done.said}
        assert listed["desk.ticket"]["rows"] == 108
        return {name: one["version"] for name, one in listed.items()}


def test_what_happens_after_the_snapshot_is_not_in_it(made: Instance, tmp_path: Path) -> None:
    flag, backup = tmp_path / "held", tmp_path / "backup"
    going = made.started(
        ["backup", str(backup), "--format", "json"], hold_in=BACKUPS + "dump:write", flag=str(flag)
    )
    while not flag.exists():
        assert going.poll() is None, going.communicate()
        time.sleep(0.1)
    meanwhile = made.run(VACUUM, variant(tmp_path, 1), RUN, variant(tmp_path, 2), RUN, VACUUM)
    assert meanwhile.status == [0, 1, 0, 1, 0, 0], meanwhile.errors
    assert deleted(meanwhile.output[0]) == deleted(meanwhile.output[-1]) == 0, (
        "nothing is deleted while it is copied"
    )
    flag.unlink()
    _, errors = going.communicate(timeout=600)
    assert going.returncode == 0, errors
    after = made.run(VACUUM)
    assert deleted(after.output[0]) > 0, "and then it is"
    made.destroy()
    assert restored_and_verified(made, backup)["desk.ticket"] == 1


def test_backups_one_after_the_other_while_others_write(made: Instance, tmp_path: Path) -> None:
    work = [step for number in range(1, 7) for step in (variant(tmp_path, number), RUN)]
    writer, sweeper = made.started(*work), made.started(*[VACUUM] * 12)
    shelf = tmp_path / "shelf"
    for _ in range(3):
        done = made.run(["backup", str(shelf), "--keep", "9", "--format", "json"])
        assert done.status == [0], done.errors
    for going in (writer, sweeper):
        _, errors = going.communicate(timeout=900)
        assert going.returncode == 0, errors
    made.destroy()
    backups = sorted(shelf.iterdir())
    assert len(backups) == 3
    versions = [restored_and_verified(made, one)["desk.ticket"] for one in (backups[0], backups[-1])]
    assert versions == sorted(versions)


@pytest.mark.parametrize(
    ("place", "at"),
    [("dump:write", 1), ("dump:write", -1), ("places:FolderWriter.add", 3), ("places:FolderWriter.add", -12),
     ("contents:row_counts", -1), ("places:FolderWriter.finish", 1), ("contents:HeldFiles.release", 1)],
)  # fmt: skip
def test_a_killed_backup_leaves_nothing_that_passes_for_one(
    standing: Instance, tmp_path: Path, place: str, at: int
) -> None:
    target = tmp_path / "backup"
    killed = standing.run(["backup", str(target)], die_in=BACKUPS + place, die_at=at)
    assert killed.status == [-9]
    if "release" in place:  # it had its name already
        assert standing.run(["backup", str(target), "--check"]).status == [0]
        target = tmp_path / "next"
    assert not target.exists()
    for left in tmp_path.glob(".*"):
        assert standing.run(["backup", str(left), "--check"]).status == [2]
    again = standing.run(["backup", str(target)], ["backup", str(target), "--check"])
    assert again.status == [0, 0], again.errors
    assert not list(tmp_path.glob(".*"))
    assert [one.name for one in (standing.home / "files").iterdir()] == ["letter.txt"]


PLACES = [("restoring:_put_by", 2), ("restoring:_database", 1), ("contents:row_counts", -1), ("restoring:_swap", 1),
          ("restoring:_swap", -1), ("restoring:_key", -1)]  # fmt: skip


def test_a_restore_that_is_killed_anywhere_is_repeated(made: Instance, tmp_path: Path) -> None:
    backup = tmp_path / "backup.tar"
    assert made.run(["backup", str(backup), "--with-key"]).status == [0]
    key = (made.home / "secret.key").read_text()
    made.destroy()
    with instance("again") as again:
        for place, at in PLACES:
            killed = again.run(["restore", str(backup)], die_in=BACKUPS + place, die_at=at)
            assert killed.status == [-9], place
            refused = again.run(VERIFY, ["init"], ["backup", str(tmp_path / "half")])
            assert refused.status == [2, 2, 2], place
            assert "interrupted" in refused.errors
        done = again.run(["restore", str(backup)], VERIFY, variant(tmp_path, 0))
        assert done.status == [0, 0, 1], done.errors
        assert '"unchanged": 108' in done.output[-1]
        assert (again.home / "secret.key").read_text() == key
        assert not list(again.home.rglob(".restoring*"))


def test_replacing_keeps_what_was_there(made: Instance, tmp_path: Path) -> None:
    first = tmp_path / "first"
    done = made.run(
        ["backup", str(first)],
        variant(tmp_path, 1),
        RUN,
        ["restore", str(first), "--replace", "--format", "json"],
    )
    assert done.status == [0, 1, 0, 0], done.errors
    before = Path(done.said["former_instance"])
    assert before.parent == made.home / "backups"
    assert restored_and_verified(made, before)["desk.ticket"] == 2
    assert made.run(VERIFY, variant(tmp_path, 0)).status == [0, 1]
    # While somebody else uses the database, nothing is replaced.
    with made.connect():
        refused = made.run(["restore", str(first), "--replace"])
        assert refused.status == [2] and "1 other connection uses" in refused.errors
