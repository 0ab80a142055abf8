"""A disk that is full in the middle of something: one sentence says which and what to do, and nothing is half-written.

The folder in question is moved to a small disk, which is filled but for a little, more from try to try, so that the end comes at
different points. Once there is room again the same succeeds.
"""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from stateworks.config.postgres import Server
from stateworks.kernel import full_disk
from stateworks.kernel.lake import parquet
from tests.faults.backed_up import whole
from tests.faults.log import Log, importing
from tests.faults.small_disk import on_small_disk, why_not
from tests.faults.standing import AS_OF, PLAN, STEWARD, Standing
from tests.faults.table import Record, Tally, told

pytestmark = [pytest.mark.full, pytest.mark.timeout(1800)]

KIB = 1024
ROOMS = (0, 8 * KIB, 32 * KIB, 64 * KIB, 128 * KIB)
#: So many tickets in a file take more than the largest room.
WIDE = 600


@dataclass
class Filled(Tally):
    """What was tried with so much room."""

    rooms: list[int] = field(default_factory=list)

    def places(self) -> str:
        """Say how much room there was."""
        return f"{', '.join(str(room // KIB) for room in self.rooms)} KiB left"


@pytest.fixture
def mountable() -> None:
    """Pass the test over where no disk can be mounted."""
    if reason := why_not():
        pytest.skip(reason)


@pytest.fixture
def tally(request: pytest.FixtureRequest, record_property: Record) -> Iterator[Filled]:
    """The row of the table; where no disk can be mounted it says so, and the test is passed over."""
    name = f"disk full: {request.node.name.removeprefix('test_').replace('_', ' ')}"
    if reason := why_not():
        told(
            record_property,
            name,
            tried=0,
            where=f"not tried here: {reason}",
            lost=0,
            twice=0,
            half=0,
            done_again=0,
        )
    request.getfixturevalue("mountable")
    found = Filled(name)
    yield found
    found.tell(record_property)


def refused(standing: Standing, command: list[str], sentence: str) -> bool:
    """Do something that finds the disk full, and tell whether it did; it then says so in one sentence."""
    answer = standing.forks.ask(command)
    assert "Traceback" not in answer["errors"], answer["errors"]
    if answer["status"] != [2]:
        return False
    last = answer["errors"].splitlines()[-1]
    assert sentence in last and "Make room" in last, answer["errors"]
    return True


@pytest.mark.usefixtures("mountable")
def test_a_parquet_file_names_the_disk_that_is_full_before_its_end(settings: Any, tmp_path: Path) -> None:
    """Rows of many lengths: the disk is full in the middle of them, or only at the file's end; the shortest fit."""
    settings.LAKE_ROOT = lake = tmp_path / "lake"
    heights, told = range(10, 600, 14), list[str | None]()
    with on_small_disk(lake) as disk:
        disk.fill(16 * 1024)
        for height in heights:
            texts = [[str(7919 * column * row) for row in range(height)] for column in range(20)]
            rows = pl.DataFrame({f"column_{at}": text for at, text in enumerate(texts)})
            try:
                parquet.write(rows, lake / "a.parquet")
            except (OSError, pl.exceptions.PolarsError) as error:
                told.append(full_disk.words(error))
            (lake / "a.parquet").unlink()
    assert 10 < len(told) < len(heights)
    assert set(told) == {
        f"The disk that holds {lake} is full; nothing was kept. Make room on it, then do the same again."
    }


def test_import(standing: Standing, tmp_path: Path, tally: Filled) -> None:
    log = Log(tmp_path, "full")
    standing.undisturbed(importing(log, 0), [1])
    with on_small_disk(standing.made.home / "lake") as disk:
        for turn, room in enumerate(ROOMS, 1):
            before = standing.loaded()
            after = log.added(before, turn, wide=WIDE)
            disk.fill(room)
            (command,) = importing(log, turn, wide=WIDE)["commands"]
            assert refused(
                standing, command, f"The disk that holds {disk.folder} is full; nothing was kept."
            ), room
            tally.rooms.append(room)
            tally.interrupted(before, after, standing.loaded())
            ((state, error),) = standing.rows("SELECT state, error FROM lake_import ORDER BY id DESC LIMIT 1")
            assert state == "failed" and "is full" in error
            disk.free()
            standing.undisturbed(importing(log, turn, wide=WIDE), [1])
            tally.repeated(after, standing.loaded())
            assert standing.left_over() == [], room
    standing.verified()
    tally.holds()


def test_indicator_run(standing: Standing, tally: Filled) -> None:
    asked = {"commands": [["indicators", "run", "--plan", PLAN, "--as-of", AS_OF, "--full"]]}
    standing.undisturbed(asked, [0])
    ((newest,),) = standing.rows("SELECT max(id) FROM indicators_run")
    digest = standing.figures(newest)
    with on_small_disk(standing.made.home / "lake") as disk:
        for turn, room in enumerate((0, 4 * KIB, 8 * KIB)):
            standing.rows(
                "UPDATE org_organization SET name = name || %s WHERE code = 'doa' RETURNING id",
                f" full {turn}",
            )
            before = standing.figures()
            disk.fill(room)
            (command,) = asked["commands"]
            assert refused(
                standing, command, f"The disk that holds {disk.folder} is full; nothing was kept."
            ), room
            tally.rooms.append(room)
            tally.interrupted(before, before + digest, standing.figures())
            disk.free()
            standing.undisturbed(asked, [0])
            tally.repeated(before + digest, standing.figures())
            assert standing.left_over() == [], room
    names = "SELECT code, name FROM org_organization"
    assert sorted(standing.lake("office.organization", "code, name")) == sorted(standing.rows(names))
    standing.verified()
    tally.holds()


def test_backup(standing: Standing, tmp_path: Path, tally: Filled) -> None:
    before = standing.everything()
    with on_small_disk(tmp_path / "disk") as disk:
        for turn, room in enumerate((0, 64 * KIB, 256 * KIB, 512 * KIB)):
            target = disk.folder / ("backup.tar" if turn % 2 else "backup")
            disk.fill(room)
            assert refused(
                standing,
                ["backup", str(target)],
                f"There is no room for the backup at {disk.folder}; nothing was kept.",
            )
            tally.rooms.append(room)
            assert list(disk.folder.iterdir()) == [disk.ballast]
            tally.interrupted(before, before, standing.everything())
            disk.free()
            standing.undisturbed({"commands": [["backup", str(target)]]}, [0])
            assert whole(target, standing)
            tally.repeated(before, standing.everything())
            standing.undisturbed({"commands": [["backup", str(target), "--check"]]}, [0])
            _remove(target)
    tally.holds()


def _remove(target: Path) -> None:
    shutil.rmtree(target) if target.is_dir() else target.unlink()


def test_upload(standing: Standing, tmp_path: Path, tally: Filled) -> None:
    path = Log(tmp_path, "upload").file(1, wide=300)
    arguments = {"path": str(path), "by": STEWARD}
    uploads = standing.made.home / "files" / "uploads"
    with on_small_disk(standing.made.home / "files") as disk:
        for room in (0, 4 * KIB, 16 * KIB):
            disk.fill(room)
            answer = standing.forks.ask(call="tests.faults.asking:upload", arguments=arguments)["said"]
            assert answer["status"] == 400
            assert f"The disk that holds {disk.folder} is full; nothing was kept. Make room" in answer["text"]
            tally.rooms.append(room)
            left = Counter(("upload", one.name) for one in uploads.glob("*"))
            tally.interrupted(Counter(), Counter(), left)
            disk.free()
            answer = standing.forks.ask(call="tests.faults.asking:upload", arguments=arguments)["said"]
            assert answer["status"] == 302 and "upload=" in answer["to"]
            kept = Counter(one.read_bytes() for one in uploads.glob("*/file.csv"))
            tally.repeated(
                Counter([("upload", path.read_bytes())]), Counter(("upload", one) for one in kept.elements())
            )
            for one in uploads.iterdir():
                _remove(one)
    tally.holds()


def test_database(standing: Standing, tmp_path: Path, tally: Filled) -> None:
    """The disk of the tables alone: a server whose log has no room stops, and says so itself."""
    server = Server(standing.made.home)
    standing.database.close()
    server.stop()
    with on_small_disk(server.data / "base") as disk:
        server.start()
        standing.reconnect()
        for turn, room in enumerate((64 * KIB, 512 * KIB), 1):
            path = tmp_path / f"vendors-{turn}.csv"
            path.write_text(
                "code,name\n" + "".join(f"v{turn}-{one},Vendor number {one}\n" for one in range(20_000))
            )
            vendors = "SELECT 'vendor', code FROM org_vendor"
            before = Counter(standing.rows(vendors))
            after = before + Counter(("vendor", f"v{turn}-{one}") for one in range(20_000))
            command = ["data", "import", "office.vendor", str(path)]
            disk.fill(room)
            assert refused(standing, command, "The disk of the database is full; nothing was kept.")
            tally.rooms.append(room)
            tally.interrupted(before, after, Counter(standing.rows(vendors)))
            disk.free()
            standing.undisturbed({"commands": [command]}, [0])
            tally.repeated(after, Counter(standing.rows(vendors)))
        standing.verified()
        standing.database.close()
        server.stop()
    server.start()
    standing.reconnect()
    tally.holds()
