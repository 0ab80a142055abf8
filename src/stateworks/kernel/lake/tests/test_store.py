"""Versions, pointers and files: what readers see, what a crash leaves, what compaction and vacuum may touch."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import psycopg
import pytest
from django.db import connections

from stateworks.kernel.errors import Refused
from stateworks.kernel.jobs.attempt import Attempt
from stateworks.kernel.jobs.kinds import habits, kind_named
from stateworks.kernel.jobs.models import Job
from stateworks.kernel.lake import changes, store, tables, upkeep
from stateworks.kernel.lake.engines import open_engine
from stateworks.kernel.lake.models import DataFile, Dataset, DatasetVersion
from stateworks.kernel.lake.snapshots import write_rows
from stateworks.kernel.lake.tests.conftest import AT, METER, meters

Put = Callable[..., int]
JAN, FEB = date(2027, 1, 5), date(2027, 2, 5)
A, B, C = ("a", JAN, "dor", 1), ("b", JAN, "dhs", 2), ("c", FEB, "dor", 3)


def units(dataset: str, version: int | None = None) -> dict[str, int]:
    with open_engine() as engine:
        rows = engine.execute(engine.table(dataset, version=version)).to_pylist()
    return {row["meter"]: row["units"] for row in rows}


def test_a_dataset_without_data_is_an_empty_table_with_its_columns(dataset: str, db: None) -> None:
    with open_engine() as engine:
        table = engine.table(dataset)
        assert table.columns[: len(METER.names)] == METER.names
        assert engine.execute(table).num_rows == 0


def test_every_version_stays_readable_and_a_write_without_a_change_makes_none(dataset: str, put: Put) -> None:
    first = put(A, B)
    second = put(A, ("b", JAN, "dhs", 20), C)
    assert put(A, ("b", JAN, "dhs", 20), C) == second
    assert (units(dataset, first), units(dataset, second), units(dataset)) == (
        {"a": 1, "b": 2},
        {"a": 1, "b": 20, "c": 3},
        {"a": 1, "b": 20, "c": 3},
    )
    assert Dataset.objects.get(name=dataset).rows == 3
    # Without replacing, rows are added and changed by key, and none is taken away.
    put(("c", FEB, "dor", 30), replace=False)
    assert units(dataset) == {"a": 1, "b": 20, "c": 30}


def test_only_files_with_changed_rows_are_written_again(dataset: str, put: Put) -> None:
    first = put(A, C)
    before = set(tables.listing(dataset, first).files)
    second = put(A, ("c", FEB, "dor", 4))
    after = set(tables.listing(dataset, second).files)
    assert {Path(file).parent.name for file in before & after} == {"_part=m2027-01"}
    assert {Path(file).parent.name for file in after - before} == {"_part=m2027-02"}


def test_a_version_is_found_by_when_it_was_known(dataset: str, put: Put) -> None:
    first = put(A)
    second = put(A, B, at=AT + timedelta(days=1))
    assert store.version_at(dataset, AT - timedelta(seconds=1)) == -1
    assert store.version_at(dataset, AT + timedelta(hours=1)) == first
    assert store.version_at(dataset, None) == second


def test_a_commit_without_a_pointer_is_never_seen_and_rolled_back(dataset: str, put: Put) -> None:
    first = put(A)
    # A process that is killed between the Delta commit and the pointer leaves exactly this.
    connection = changes.writer_connection(str(tables.lake_root()))
    table = store.settle(METER)
    connection.register("incoming", meters(B))
    from stateworks.kernel.lake.fingerprints import stored_sql

    connection.execute(f"CREATE TEMP TABLE staged AS {stored_sql(METER, 'incoming', None)}")
    lost = changes.write(
        changes.compare(METER, connection, "staged"), connection, table, import_id=None, at=AT
    )
    assert lost.prepared is not None
    assert lost.prepared.version > first
    assert units(dataset) == {"a": 1}

    third = put(A, C)
    assert units(dataset) == {"a": 1, "c": 3}
    assert third > lost.prepared.version
    assert not any("b" in units(dataset, version) for version in (first, third))


def test_a_pointer_that_moved_meanwhile_stops_the_other_writer(dataset: str, put: Put) -> None:
    put(A)
    stale = store.Prepared(dataset, "feed", base=0, version=9, rows=1, added=(), hashes={})
    with pytest.raises(Refused, match="was changed by somebody else meanwhile"):
        store.publish([stale], made_by=None, at=AT)
    assert units(dataset) == {"a": 1}


def test_files_that_no_commit_names_are_cleared_away(dataset: str, put: Put) -> None:
    put(A)
    orphan = tables.folder(dataset) / "_part=m2027-01" / "i9-left.parquet"
    orphan.write_bytes(b"half a file")
    assert store.remove_orphans(dataset) == 1
    assert not orphan.exists()
    assert units(dataset) == {"a": 1}


def test_a_changed_or_missing_file_is_found(dataset: str, put: Put) -> None:
    version = put(A, C)
    assert store.files_changed(dataset, version) == []
    first, second = (Path(file) for file in tables.listing(dataset, version).files)
    content = bytearray(first.read_bytes())
    content[10] ^= 1
    first.write_bytes(content)
    second.unlink()
    root = tables.folder(dataset)
    assert store.files_changed(dataset, version) == [
        os.path.relpath(first, root),
        os.path.relpath(second, root),
    ]


def test_compaction_keeps_rows_and_moves_the_pointer(dataset: str, put: Put) -> None:
    put(A)
    before = put(A, B, ("d", JAN, "dor", 4), C)
    assert len(tables.listing(dataset, before).files) == 3
    done = upkeep.compact(dataset, at=AT)
    assert (done.before, done.files_before, done.files_after) == (before, 3, 2)
    assert store.current_version(dataset) == done.after
    assert units(dataset) == units(dataset, before) == {"a": 1, "b": 2, "d": 4, "c": 3}
    assert store.files_changed(dataset, done.after) == []
    # The next import builds on it, and loading the same again changes nothing.
    assert put(A, B, ("d", JAN, "dor", 4), C) == done.after


def test_vacuum_keeps_the_current_the_pinned_and_the_last_35_days(dataset: str, put: Put) -> None:
    day = timedelta(days=1)
    pinned = put(A, at=AT)
    old = put(("a", JAN, "dor", 2), at=AT + day)
    recent = put(("a", JAN, "dor", 3), at=AT + 20 * day)
    current = put(("a", JAN, "dor", 4), at=AT + 50 * day)
    store.pin(dataset, pinned)

    gone = upkeep.vacuum(dataset, at=AT + 60 * day)

    # `old` was replaced on day 20, 40 days ago; `recent` on day 50, ten days ago.
    assert len(gone) == 1
    assert [units(dataset, version)["a"] for version in (pinned, recent, current)] == [1, 3, 4]
    assert store.files_changed(dataset, pinned) == []
    with pytest.raises(Exception, match=r"No such file|No files found"):
        units(dataset, old)
    # A vacuum is no reason for a roll-back, and the next write works.
    put(("a", JAN, "dor", 5), at=AT + 61 * day)
    assert units(dataset, pinned) == {"a": 1}
    assert units(dataset) == {"a": 5}


def test_once_a_month_small_files_are_joined_and_old_ones_deleted(dataset: str, put: Put) -> None:
    put(A, at=AT)
    old = put(A, B, at=AT)
    assert len(tables.listing(dataset, old).files) == 2
    later = AT + timedelta(days=60)
    kind = kind_named("lake.tidy")
    told = kind.work(Attempt(Job(kind=kind.name), lambda: later))
    assert told is not None and (told["joined"], told["deleted"]) == (1, 0), "until now they were current"
    assert units(dataset) == {"a": 1, "b": 2}
    much_later = Attempt(Job(kind=kind.name), lambda: later + timedelta(days=36))
    assert [(one["joined"], one["deleted"]) for _ in "12" if (one := kind.work(much_later))] == [
        (0, 2),
        (0, 0),
    ]
    assert units(dataset) == {"a": 1, "b": 2}
    assert [one.every for one in habits() if one.kind == kind.name] == ["month"]


def test_vacuum_deletes_nothing_while_a_backup_copies(dataset: str, put: Put) -> None:
    put(A, at=AT)
    put(("a", JAN, "dor", 2), at=AT)
    later = AT + timedelta(days=60)
    parameters = connections["default"].get_connection_params()
    reach = {name: parameters[name] for name in ("host", "port", "user", "password", "dbname")}
    name = [store.lock_name(store.COPYING)]
    with psycopg.connect(**reach) as copier:
        copier.execute("SELECT pg_advisory_lock_shared(hashtextextended(%s, 0))", name)
        assert upkeep.vacuum(dataset, at=later) == []
        copier.execute("SELECT pg_advisory_unlock_shared(hashtextextended(%s, 0))", name)
    with store.nobody_copies() as free, psycopg.connect(**reach) as copier:
        assert free
        row = copier.execute("SELECT pg_try_advisory_lock_shared(hashtextextended(%s, 0))", name).fetchone()
        assert row == (False,), "no copy begins while files are deleted"
    assert len(upkeep.vacuum(dataset, at=later)) == 1


def test_a_column_that_the_contract_gains_is_empty_in_old_rows(
    dataset: str, put: Put, monkeypatch: pytest.MonkeyPatch
) -> None:
    from dataclasses import replace

    from stateworks.kernel.lake.contracts import ContractColumn, register_contract

    first = put(A)
    wider = replace(METER, columns=(*METER.columns, ContractColumn("note", "VARCHAR")))
    register_contract(dataset, lambda: wider)
    with open_engine() as engine:
        assert engine.execute(engine.table(dataset)).to_pylist()[0]["note"] is None
    rows = meters(A, B)
    import pyarrow as pa

    write_rows(dataset, rows.append_column("note", pa.array(["x", None], pa.string())), at=AT)
    with open_engine() as engine:
        notes = {row["meter"]: row["note"] for row in engine.execute(engine.table(dataset)).to_pylist()}
        assert notes == {"a": "x", "b": None}
        assert engine.execute(engine.table(dataset, version=first)).num_rows == 1


def test_each_version_and_each_file_is_on_record(dataset: str, put: Put) -> None:
    put(A)
    put(A, C)
    assert list(DatasetVersion.objects.filter(dataset=dataset).values_list("version", "rows")) == [
        (2, 2),
        (1, 1),
    ]
    for file in DataFile.objects.filter(dataset=dataset):
        path = tables.folder(dataset) / file.path
        assert (path.stat().st_size, tables.sha256(path)) == (file.size, file.sha256)
