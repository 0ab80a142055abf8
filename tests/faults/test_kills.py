"""Two hundred kills over five activities, at places spread over all that each does: nothing is lost, nothing is there twice.

After each kill everything of it is there or nothing; then the same is done again, and what is there is what one undisturbed try
would have left. What is there is read by plain SQL from the database and from the Parquet files.
"""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from stateworks.config.backups.contents import HELD
from tests.faults.backed_up import whole
from tests.faults.log import Log, importing
from tests.faults.standing import AS_OF, MAPPING, PASSING, PLAN, STEWARD, Standing
from tests.faults.table import Facts, Record, Tally
from tests.instances import instance, rows

# On a machine that others use as well it takes several times as long.
pytestmark = [pytest.mark.full, pytest.mark.minutes(14), pytest.mark.timeout(1800)]

KILLS = 40


def test_intake(standing: Standing, tmp_path: Path, record_property: Record) -> None:
    """Updates of tickets and the tickets that follow from them: two tables, whose pointers move together."""
    tally, log = Tally("killed: intake"), Log(tmp_path, "intake")
    standing.undisturbed(importing(log, -1), [1])
    places = standing.undisturbed(importing(log, 0), [1])
    for turn in range(1, KILLS + 1):
        before = standing.loaded()
        whole = log.added(before, turn)
        standing.forks.kill(importing(log, turn), turn, KILLS, places, tally.where)
        tally.interrupted(before, whole, standing.loaded())
        standing.undisturbed(importing(log, turn), [1])
        tally.repeated(whole, standing.loaded())
        assert standing.left_over() == [], turn
    # Two minutes later the next import sees that the killed ones are dead.
    standing.rows("UPDATE lake_import SET heartbeat_at = heartbeat_at - interval '10 minutes' RETURNING id")
    standing.undisturbed(importing(log, KILLS), [1])
    states = dict(
        standing.rows(
            "SELECT state, count(*) FROM lake_import WHERE filename LIKE %s GROUP BY 1", f"{log.name}-%"
        )
    )
    # A killed one has loaded its file at its very end, is told to have failed, or had not begun.
    assert set(states) == {"done", "failed"} and states["done"] >= KILLS + 3, states
    standing.verified()
    tally.tell(record_property)
    tally.holds()


def test_indicator_runs(standing: Standing, record_property: Record) -> None:
    """A run with the record that changed since, which it first writes into the lake."""
    tally = Tally("killed: indicator runs")
    asked = {"commands": [["indicators", "run", "--plan", PLAN, "--as-of", AS_OF, "--full"]]}

    def change(turn: int) -> None:
        standing.rows(
            "UPDATE org_organization SET name = name || %s WHERE code = 'doa' RETURNING id", f" {turn}"
        )

    change(-1)
    standing.undisturbed(asked, [0])
    change(0)
    places = standing.undisturbed(asked, [0])
    ((newest,),) = standing.rows("SELECT max(id) FROM indicators_run")
    digest = standing.figures(newest)
    for turn in range(1, KILLS + 1):
        change(turn)
        before = standing.figures()
        standing.forks.kill(asked, turn, KILLS, places, tally.where)
        seen = standing.figures()
        tally.interrupted(before, before + digest, seen)
        standing.undisturbed(asked, [0])
        tally.repeated(seen + digest, standing.figures())
    names = "SELECT code, name FROM org_organization"
    assert sorted(standing.lake("office.organization", "code, name")) == sorted(standing.rows(names))
    standing.verified()
    assert standing.left_over() == []
    tally.tell(record_property)
    tally.holds()


def test_verify(standing: Standing, record_property: Record) -> None:
    """Every figure of the latest run is made again, and nothing is any different for it."""
    tally = Tally("killed: verify")
    asked = {"commands": [["verify", "--latest"]]}
    standing.undisturbed(asked, [0])
    places = standing.undisturbed(asked, [0])
    before = standing.everything()
    for turn in range(1, KILLS + 1):
        standing.forks.kill(asked, turn, KILLS, places, tally.where)
        tally.interrupted(before, before, standing.everything())
        standing.undisturbed(asked, [0])
        tally.repeated(before, standing.everything())
        assert json.loads((standing.made.home / "last-verify.json").read_text())["different"] == 0
        assert not list(standing.made.home.glob("*.new"))
    standing.verified()
    tally.tell(record_property)
    tally.holds()


def test_jobs(standing: Standing, tmp_path: Path, record_property: Record) -> None:
    """A worker with two jobs, a file to load and figures to compute; the next worker ends what a killed one began."""
    tally, log = Tally("killed: jobs"), Log(tmp_path, "jobs")
    asked = {"commands": [["work", "--once"]]}

    def enqueued(turn: int) -> list[int]:
        day = f"2026-{10 + turn // 28:02}-{1 + turn % 28:02}"
        arguments = {
            "path": str(log.file(turn)),
            "mapping": MAPPING,
            "by": STEWARD,
            "plan": PLAN,
            "as_of": day,
        }
        answer = standing.forks.ask(call="tests.faults.asking:ask", arguments=arguments)
        assert answer["status"] == [], answer["errors"]
        return list(answer["said"])

    def seen() -> Facts:
        # The digests of figures differ from day to day; here it matters that there is one run of each.
        found = standing.loaded()
        found.update((f"run of {as_of}", by) for _, as_of, by, *_ in standing.figures())
        found.update(
            ("job", *job) for job in standing.rows("SELECT id, state FROM jobs_job WHERE state = 'done'")
        )
        return found

    for turn in (0, 1):
        enqueued(turn)
        places = standing.undisturbed(asked, [0])
    for turn in range(2, KILLS + 2):
        jobs = enqueued(turn)
        before = seen()
        whole = log.added(before, turn)
        whole[f"run of 2026-{10 + turn // 28:02}-{1 + turn % 28:02}", STEWARD] += 1
        done = whole + Counter(("job", number, "done") for number in jobs)
        standing.forks.kill(asked, turn - 1, KILLS, places, tally.where)
        found = seen()
        ended = Counter({fact: 1 for fact in found if fact[0] == "job" and fact[1] in jobs})
        tally.interrupted(before + ended, whole + ended, found)
        standing.undisturbed(asked, [0])
        tally.repeated(done, seen())
        tries = standing.rows("SELECT attempts FROM jobs_job WHERE id = ANY(%s)", jobs)
        assert all(1 <= attempts <= 2 for (attempts,) in tries)
    assert list((standing.made.home / "files" / "uploads").iterdir()) == [], (
        "what is loaded is not kept a second time"
    )
    assert standing.rows("SELECT 1 FROM jobs_job WHERE state <> 'done'") == []
    assert standing.left_over() == []
    standing.verified()
    tally.tell(record_property)
    tally.holds()


def without_links(facts: Facts) -> Facts:
    """Leave away the links by which a backup holds the uploaded files; the next one sweeps those of a killed one."""
    return Counter({fact: count for fact, count in facts.items() if f"files/{HELD}" not in str(fact[0])})


def test_backup(standing: Standing, tmp_path: Path, record_property: Record) -> None:
    """A backup as folder, as tar file and on a shelf of dated ones: whole, or not there; and the instance is as it was."""
    tally = Tally("killed: backup")
    shelf = tmp_path / "shelf"

    def asked(turn: int) -> dict[str, Any]:
        kinds: list[list[str]] = [
            [str(tmp_path / f"b{turn}")],
            [str(tmp_path / f"b{turn}.tar")],
            [str(shelf), "--keep", "2"],
        ]
        return {"commands": [["backup", *kinds[turn % 3]]]}

    def backups() -> list[Path]:
        places = [*tmp_path.iterdir(), *(shelf.iterdir() if shelf.is_dir() else ())]
        return [path for path in places if path != shelf and not path.name.startswith(".")]

    (standing.made.home / "files" / "letter.txt").write_text("Signed, Pat")
    places = [standing.undisturbed(asked(turn), [0]) for turn in range(-6, 0)][-3:]
    before = standing.everything()
    for path in backups():
        assert whole(path, standing)
    for turn in range(1, KILLS + 1):
        there = set(backups())
        standing.forks.kill(asked(turn), turn, KILLS, places[turn % 3], tally.where)
        new = set(backups()) - there
        # The folder of links that hold the uploaded files is swept by the next backup.
        tally.interrupted(before, before, without_links(standing.everything()))
        tally.half += sum(not whole(path, standing) for path in new)
        for left in (*tmp_path.glob(".*"), *shelf.glob(".*")):
            # Of a tar file all may be there but the name.
            checked = standing.forks.ask(["backup", str(left), "--check"])["status"]
            assert checked == [0 if whole(left, standing) else 2], left
        # A place that was taken just before the end is taken.
        standing.undisturbed(asked(turn), [2 if new and turn % 3 != 2 else 0])
        tally.repeated(before, standing.everything())
        assert not list(tmp_path.glob(".*")) and not list(shelf.glob(".*")), turn
        assert len(list(shelf.iterdir())) == 2
        for path in set(backups()) - there:
            assert whole(path, standing)
    with instance("restored") as again:
        newest = max(shelf.iterdir())
        done = again.run(["restore", str(newest)], ["verify", "--format", "json"])
        assert done.status == [0, 0], done.errors
        assert done.said["different"] == 0
        with again.connect() as connection:
            restored = rows(connection)
        restored_tables = {name: count for name, count in restored.items() if name not in PASSING}
        assert restored_tables == {
            name: count for name, count in rows(standing.database).items() if name not in PASSING
        }
    tally.tell(record_property)
    tally.holds()
