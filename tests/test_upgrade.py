"""An instance that an earlier version left is brought up to date with one command, and nothing of it is lost or changed.

`tests/upgrades/DAY/instance.tar.xz` is what the version of that day left: the database as pg_dump wrote it, and the lake. It
holds the Riverton plan with its tickets and two runs, three systems with two dependencies and two outages, and two accounts.
"""

from __future__ import annotations

import json
import tarfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from stateworks.config.backups.dump import read
from stateworks.config.postgres import APP, OWNER, server
from tests.instances import Instance, catalogue, instance

LEFT = sorted((Path(__file__).parent / "upgrades").glob("*/instance.tar.xz"))
#: Rows of tables that every version has; written down when the archive was made.
ROWS = {
    "org_organization": 22, "org_person": 2, "inventory_system": 3, "inventory_dependency": 2, "inventory_outage": 2,
    "indicators_run": 2, "access_account": 2,
}  # fmt: skip
TABLES = "SELECT format('%I', tablename) FROM pg_tables WHERE schemaname = 'public' ORDER BY tablename"
#: What an upgrade is expected to fill, or to empty.
OF_THE_UPGRADE = {
    "django_migrations",
    "django_content_type",
    "auth_permission",
    "config_cache",
    "django_session",
}


#: Tables that a later version does without; what they said is said by `records_mark`.
GONE = {"inventory_graphclock", "inventory_graphmark"}


@pytest.fixture(scope="module", params=LEFT, ids=lambda path: path.parent.name)
def left(request: pytest.FixtureRequest) -> Iterator[tuple[Instance, dict[str, int]]]:
    """The instance as the earlier version left it, and how many rows each of its tables has."""
    with instance("upgrade") as made:
        made.home.mkdir(mode=0o700, parents=True, exist_ok=True)
        with tarfile.open(request.param) as archive:
            archive.extractall(made.home, filter="data")
        server(made.home, durable=False)
        dump = made.home / "database.dump"
        with made.connect() as connection:
            read(dump, connection, {"owner": (OWNER, OWNER), "app": (APP, APP)})
        dump.unlink()
        yield made, counted(made)


def counted(made: Instance) -> dict[str, int]:
    """How many rows each table has."""
    with made.connect() as connection:
        tables = [name for (name,) in connection.execute(TABLES).fetchall()]
        return {
            name: connection.execute(f"SELECT count(*) FROM {name}").fetchone()[0]  # type: ignore[index, arg-type]
            for name in tables
        }


def test_there_is_an_earlier_version() -> None:
    assert LEFT


def test_it_is_brought_up_to_date_and_nothing_is_lost(left: tuple[Instance, dict[str, int]]) -> None:
    made, before = left
    assert {name: before[name] for name in ROWS} == ROWS

    # Until then every command says what to do, and does nothing.
    refused = made.run(["verify"])
    assert refused.status == [2] and "stateworks init" in refused.errors

    done = made.run(["init", "--format", "json"], ["init", "--format", "json"])
    assert done.status == [0, 0]
    assert '"changes_applied": 0' in done.output[1]
    after = counted(made)
    for name in before.keys() - OF_THE_UPGRADE - GONE:
        # A history gains what the upgrade itself wrote, such as the agency of each outage.
        grown = after[name] - before[name]
        assert grown >= 0 if name.endswith("event") else grown == 0, name

    # Every figure that the earlier version computed is made again from its rows.
    verified = made.run(["verify", "--format", "json"]).said
    assert verified["checked"] >= 90 and verified["different"] == 0 and not verified["skipped"]


def test_work_goes_on_where_it_stopped(left: tuple[Instance, dict[str, int]]) -> None:
    made, _ = left
    done = made.run(
        ["indicators", "run", "--plan", "riverton", "--as-of", "2026-10-31", "--format", "json"],
        ["indicators", "show", "1.1.1", "--plan", "riverton", "--format", "json"],
        ["impact", "directory", "--format", "json"],
        ["account", "list", "--format", "json"],
    )
    assert done.status == [0, 0, 0, 0], done.errors
    assert '"value": 0.7375' in done.output[1]
    hit = {one["system"] for one in json.loads(done.output[2])["affected"]}
    assert hit == {"roster", "grades"}
    assert "lane@example.gov" in done.output[3]


def test_its_database_is_that_of_a_new_one(left: tuple[Instance, dict[str, int]]) -> None:
    made, _ = left
    made.run(["init"])
    with instance("new") as new:
        new.run(["init"])
        with made.connect() as upgraded, new.connect() as fresh:
            # How far a sequence has come differs: two cells, the second a number or nothing.
            found, wanted = (
                sorted(
                    row
                    for row in catalogue(one)
                    if not (len(row) == 2 and (row[1].isdigit() or row[1] == "None"))
                )
                for one in (upgraded, fresh)
            )
    assert found == wanted
