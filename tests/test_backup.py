"""An instance is backed up, destroyed and restored; every figure verifies, and nothing is there twice or missing."""

from __future__ import annotations

import json
import shutil
import stat
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from stateworks.config.backups import places
from stateworks.config.postgres import Server
from tests.instances import SAMPLES, Instance, catalogue, instance, rows

TICKETS = ["data", "import", "desk.ticket", str(SAMPLES / "riverton-tickets.csv"), "--mapping",
           str(SAMPLES / "riverton-tickets.yaml"), "--format", "json"]  # fmt: skip
VERIFY = ["verify", "--format", "json"]
#: What changes by itself: who works, and what is looked up.
PASSING = {"django_session", "config_cache", "jobs_worker"}


@pytest.fixture(scope="module")
def made() -> Iterator[Instance]:
    """An instance with 108 tickets, figures, an account that is signed in, and an evidence file."""
    with instance("made") as one:
        one.built()
        one.run(["account", "create", "pat@example.gov", "--role", "administrator"])
        (one.home / "files" / "evidence").mkdir(parents=True)
        (one.home / "files" / "evidence" / "letter.txt").write_text("Signed, Pat")
        with one.connect() as connection:
            connection.execute("INSERT INTO django_session VALUES ('key', 'data', now() + interval '1 day')")
        yield one


@pytest.fixture(scope="module")
def backed_up(made: Instance) -> Path:
    """A backup of it."""
    target = made.home.parent / "backup"
    done = made.run(["backup", str(target), "--format", "json"])
    assert done.status == [0], done.errors
    said = done.said
    assert said["datasets"]["desk.ticket"] == 1 and said["damaged"] == []
    assert said["secrets"] == {"key": False, "password_hashes": True, "sessions": False, "settings": False}
    return target


def test_only_its_owner_may_read_it_and_it_holds_no_key(backed_up: Path) -> None:
    names = {str(one.relative_to(backed_up)) for one in backed_up.rglob("*") if one.is_file()}
    assert {"manifest.json", "database.dump", "files/evidence/letter.txt"} <= names
    assert "secret.key" not in names and not any("cluster.json" in name for name in names)
    modes = {stat.S_IMODE(one.stat().st_mode) for one in backed_up.rglob("*") if one.is_file()}
    assert modes == {0o600}
    assert {stat.S_IMODE(one.stat().st_mode) for one in backed_up.rglob("*") if one.is_dir()} == {0o700}


def test_destroyed_and_restored_it_is_what_it_was(made: Instance, backed_up: Path) -> None:
    with made.connect() as connection:
        before, counted = catalogue(connection), rows(connection)
    assert counted["access_account"] >= 1 and counted["django_session"] == 1
    with instance("restored") as again:
        done = again.run(["restore", str(backed_up), "--format", "json"], VERIFY)
        assert done.status == [0, 0], done.errors
        assert json.loads(done.output[0])["changes_applied"] == 0
        assert done.said["checked"] == 94 and done.said["different"] == 0
        with again.connect() as connection:
            assert catalogue(connection) == before
            now = rows(connection)
        assert now["django_session"] == 0
        assert {name: count for name, count in now.items() if name not in PASSING} == {
            name: count for name, count in counted.items() if name not in PASSING
        }
        letter = again.home / "files" / "evidence" / "letter.txt"
        assert letter.read_text() == "Signed, Pat" and stat.S_IMODE(letter.stat().st_mode) == 0o600
        # The same file loads without a change, so sequences, pointers and keys go on where they were.
        loaded = again.run(TICKETS, ["restore", str(backed_up)])
        assert loaded.status == [1, 2]
        counts = json.loads(loaded.output[0])
        assert (counts["inserted"], counts["updated"], counts["unchanged"]) == (0, 0, 108)
        assert "is not empty" in loaded.errors


def test_it_moves_to_a_server_whose_roles_have_other_names(made: Instance, backed_up: Path) -> None:
    with instance("server") as machine, instance("moved") as moved:
        server = Server(machine.home)
        server.start()
        server.stop()
        statements = [
            "CREATE ROLE office_owner LOGIN BYPASSRLS PASSWORD 'secret';",
            "CREATE ROLE office_site LOGIN PASSWORD 'secret';",
            "CREATE DATABASE office OWNER office_owner;",
        ]
        server._run(
            "postgres", "--single", "-D", str(server.data), "postgres", text="\n".join(statements) + "\n"
        )
        server.start()
        place = f"secret@/office?host={server.sockets}&port=5432"
        owner, site = f"postgresql://office_owner:{place}", f"postgresql://office_site:{place}"
        moved.environment = {"DATABASE_URL": site, "DATABASE_OWNER_URL": owner}
        done = moved.run(["restore", str(backed_up)], VERIFY)
        assert done.status == [0, 0], done.errors
        assert done.said["checked"] == 94 and done.said["different"] == 0
        with psycopg.connect(owner) as connection, made.connect() as original:
            assert rows(connection)["lake_datafile"] == rows(original)["lake_datafile"]
            assert catalogue(connection, "office_owner", "office_site") == catalogue(original)
        # Without the owner there is no backup that would quietly lack rows.
        moved.environment.pop("DATABASE_OWNER_URL")
        refused = moved.run(["backup", str(moved.home / "half")])
        assert refused.status == [2] and "DATABASE_OWNER_URL" in refused.errors
        assert not list(moved.home.glob("*half*"))
        moved.environment["DATABASE_OWNER_URL"] = owner
        again = moved.run(
            ["backup", str(moved.home / "whole.tar")], ["backup", str(moved.home / "whole.tar"), "--check"]
        )
        assert again.status == [0, 0], again.errors


def test_dated_backups_share_what_did_not_change_and_old_ones_go(made: Instance) -> None:
    shelf = made.home.parent / "shelf"
    keep = ["backup", str(shelf), "--keep", "2", "--format", "json"]
    said = []
    for _ in range(3):
        if shelf.exists():
            (shelf / ".stateworks-20260101T000000Z.unfinished").mkdir()  # by a backup that was killed
        done = made.run(keep)
        assert done.status == [0], done.errors
        said.append(done.said)
    assert said[0]["shared_bytes"] == 0 and said[1]["shared_bytes"] > 10_000
    assert said[2]["removed"] == [said[0]["backup"]]
    assert sorted(str(one) for one in shelf.iterdir()) == [said[1]["backup"], said[2]["backup"]]
    lake = [
        {one.relative_to(kept): one.stat().st_ino for one in kept.rglob("*.parquet")}
        for kept in shelf.iterdir()
    ]
    assert lake[0] == lake[1] and lake[0]
    refused = made.run(
        ["backup", str(shelf), "--check"],
        ["backup", said[2]["backup"]],
        ["backup", said[2]["backup"], "--check"],
    )
    assert refused.status == [2, 2, 0]
    assert "is a folder of 2 backups" in refused.errors and "is there already" in refused.errors
    shutil.rmtree(shelf)


def test_a_damaged_backup_is_refused_before_anything_is_made(made: Instance, backed_up: Path) -> None:
    copy = backed_up.with_name("damaged")
    shutil.copytree(backed_up, copy)
    victim = next(copy.rglob("*.parquet"))
    content = bytearray(victim.read_bytes())
    content[len(content) // 2] ^= 1
    victim.write_bytes(content)
    with instance("untouched") as other:
        done = other.run(["restore", str(copy)])
        assert done.status == [2] and "1 file is not as its manifest says" in done.errors
        assert not (other.home / "postgres").exists() and not (other.home / "lake").exists()
    shutil.rmtree(copy)


def test_files_of_the_lake_that_are_damaged_are_told(made: Instance) -> None:
    victim = next((made.home / "lake" / "desk" / "ticket").rglob("_part=*/*.parquet"))
    content = victim.read_bytes()
    lost = next((made.home / "lake" / "office").rglob("_part=*/*.parquet"))
    aside = lost.with_suffix(".aside")
    victim.write_bytes(content + b"x")
    lost.rename(aside)
    try:
        done = made.run(["backup", str(made.home.parent / "of-damaged"), "--format", "json"])
    finally:
        victim.write_bytes(content)
        aside.rename(lost)
    assert done.status == [1]
    assert sorted(one.rpartition(" ")[2] for one in done.said["damaged"]) == ["changed", "gone"]
    places.remove(made.home.parent / "of-damaged")
