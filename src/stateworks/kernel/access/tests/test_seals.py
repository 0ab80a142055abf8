"""The chain of seals over the audit record: what is changed behind the product's back is found, and named."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import psycopg
import pytest
from django.db import connections

from stateworks.kernel.access import audit
from stateworks.kernel.access.models import AuditEntry, AuditSeal
from stateworks.kernel.access.scope import SYSTEM, entered, scope_of
from stateworks.kernel.access.seals import entry_hash, seal_entries, verify
from stateworks.kernel.access.tests.conftest import World

AT = datetime(2026, 11, 2, 15, 0, tzinfo=UTC)
INSERT = "INSERT INTO access_auditentry (at, verb, subject, reason) VALUES (now(), 'do', %s, '')"


def write(count: int, start: int = 0) -> list[int]:
    with entered(SYSTEM):
        return [
            audit.record(
                "do", f"thing {start + number}", by=None, at=AT, after={"ü": number, "a": [1.5, None]}
            ).pk
            for number in range(count)
        ]


@pytest.fixture
def owner(transactional_db: None) -> Iterator[psycopg.Connection[Any]]:
    """The tables' owner, past every trigger, as whoever holds the database would be."""
    settings = connections["owner"].get_connection_params()
    wanted = {name: settings[name] for name in ("host", "port", "user", "password", "dbname")}
    with psycopg.connect(**wanted, autocommit=True) as connection:
        connection.execute("SET session_replication_role = replica")
        yield connection


def broken(expect: str = "") -> list[tuple[int, int | None, str]]:
    return [(one.seal, one.entry, one.what) for one in verify(expect=expect).broken]


def test_an_entry_has_one_way_to_be_written() -> None:
    row = (7, AT, None, "do", "x", "", {"b": 1, "a": "ü"}, None, None)
    # printf '%s' '[7,"2026-11-02T15:00:00+00:00",null,"do","x","",{"a":"ü","b":1},null,null]' | sha256sum
    assert entry_hash(row) == "e69058fedbdd178911a23c9543d7267a08d49d37eadb5ec93baa6330d038f7f7"


def test_batches_hold_every_entry_once_and_form_a_chain(db: None) -> None:
    before = verify()
    assert (before.entries, before.seals, before.newest, before.broken) == (0, 0, "", ())
    pks = write(5)
    with entered(SYSTEM):
        made = seal_entries(at=AT, batch=2)
    assert [(one.first_id, one.last_id, one.count) for one in made] == [
        (pks[0], pks[1], 2), (pks[2], pks[3], 2), (pks[4], pks[4], 1)
    ]  # fmt: skip
    assert [one.previous for one in made] == ["", made[0].seal, made[1].seal]
    assert seal_entries(at=AT) == [], "done again, there is nothing to do"
    write(1)
    found = verify(expect=made[0].seal)
    assert (found.entries, found.seals, found.unsealed, found.broken) == (5, 3, 1, ())
    assert found.newest == made[2].seal


@pytest.mark.parametrize(
    "sql",
    ["UPDATE access_auditseal SET count = 1", "DELETE FROM access_auditseal", "TRUNCATE access_auditseal"],
)
def test_the_product_cannot_change_a_seal(sql: str, db: None) -> None:
    write(1)
    seal_entries(at=AT)
    with (
        pytest.raises(Exception, match=r"append-only|permission denied"),
        entered(SYSTEM),
        connections["default"].cursor() as cursor,
    ):
        cursor.execute(sql)


def test_seals_are_for_those_who_audit(world: World) -> None:
    write(1)
    seal_entries(at=AT)
    found = {}
    for who in ("admin", "auditor", "liaison", "steward", "approver"):
        with entered(scope_of(world.accounts[who])):
            found[who] = AuditSeal.objects.count()
    assert found == {"admin": 1, "auditor": 1, "liaison": 0, "steward": 0, "approver": 0}


def test_tampering_is_found_and_named(owner: psycopg.Connection[Any]) -> None:
    pks = write(6)
    made = seal_entries(at=AT, batch=2)
    assert broken() == []
    numbers = [one.pk for one in made]

    def spoilt(sql: str, *values: Any) -> list[tuple[int, int | None, str]]:
        """Spoil, look, and undo."""
        with owner.transaction(force_rollback=False):
            owner.execute("CREATE TEMP TABLE kept_entries AS SELECT * FROM access_auditentry")
            owner.execute("CREATE TEMP TABLE kept_seals AS SELECT * FROM access_auditseal")
            owner.execute(sql, values)
        found = broken()
        with owner.transaction():
            for table, kept in (("access_auditentry", "kept_entries"), ("access_auditseal", "kept_seals")):
                owner.execute(f"DELETE FROM {table}")
                owner.execute(f"INSERT INTO {table} SELECT * FROM {kept}")
                owner.execute(f"DROP TABLE {kept}")
        assert broken() == []
        return found

    for column, value in (
        ("reason", "'better'"),
        ("at", "at + interval '1 second'"),
        ("after", "'{}'"),
        ("subject", "'other'"),
    ):
        found = spoilt(f"UPDATE access_auditentry SET {column} = {value} WHERE id = %s", pks[2])
        assert found == [(numbers[1], pks[2], f"entry {pks[2]} was changed")], column
    assert spoilt("DELETE FROM access_auditentry WHERE id = %s", pks[3]) == [
        (numbers[1], pks[3], f"entry {pks[3]} was removed")
    ]
    below = pks[0] - 10**9
    assert spoilt("UPDATE access_auditentry SET id = %s WHERE id = %s", below, pks[0]) == [
        (numbers[0], below, f"entry {below} was inserted after its batch was sealed"),
        (numbers[0], pks[0], f"entry {pks[0]} was removed"),
    ]
    owner.execute("UPDATE access_auditentry SET id = id + 1 WHERE id = %s", [pks[5]])
    assert [one[2] for one in broken()] == [f"entry {pks[5]} was removed"]
    owner.execute("UPDATE access_auditentry SET id = id - 1 WHERE id = %s", [pks[5] + 1])
    assert spoilt("UPDATE access_auditseal SET digest = repeat('0', 64) WHERE id = %s", numbers[1]) == [
        (numbers[1], None, "it was rewritten: it does not fit what it says of its batch"),
        (numbers[1], None, "its digest or count is not that of its entries"),
    ]
    assert spoilt("UPDATE access_auditseal SET seal = repeat('1', 64) WHERE id = %s", numbers[1]) == [
        (numbers[1], None, "it was rewritten: it does not fit what it says of its batch"),
        (numbers[2], None, "the seal before it is missing, or was exchanged"),
    ]
    gap = spoilt("DELETE FROM access_auditseal WHERE id = %s", numbers[1])
    assert gap[0] == (numbers[2], None, "the seal before it is missing, or was exchanged")
    assert {one[1] for one in gap[1:]} == {pks[2], pks[3]}, "entries that stand under no seal are named"


def test_an_entry_pushed_in_between_is_found(owner: psycopg.Connection[Any]) -> None:
    pks = write(2)
    # A number that was given out and not used, as a transaction that failed leaves one.
    owner.execute("UPDATE access_auditentry SET id = id + 1 WHERE id = %s", [pks[1]])
    owner.execute("SELECT setval(pg_get_serial_sequence('access_auditentry', 'id'), %s)", [pks[1] + 1])
    made = seal_entries(at=AT)
    assert broken() == []
    owner.execute(
        "INSERT INTO access_auditentry (id, at, verb, subject, reason) VALUES (%s, now(), 'do', 'late', '')",
        [pks[1]],
    )
    assert broken() == [(made[0].pk, pks[1], f"entry {pks[1]} was inserted after its batch was sealed")]


def test_a_chain_written_anew_is_told_by_the_seal_kept_elsewhere(owner: psycopg.Connection[Any]) -> None:
    write(3)
    kept = seal_entries(at=AT)[-1].seal
    assert broken(kept) == []
    owner.execute("DELETE FROM access_auditseal")
    owner.execute("UPDATE access_auditentry SET subject = 'nothing'")
    seal_entries(at=AT)
    assert broken() == [], "the new chain fits itself"
    assert [(one[0], one[1]) for one in broken(kept)] == [(0, None)]
    assert kept in broken(kept)[0][2]


def test_an_entry_that_commits_late_is_sealed_all_the_same(owner: psycopg.Connection[Any]) -> None:
    """Its number is smaller than that of an entry which is there already; without waiting it would never be sealed."""
    with owner.transaction():
        owner.execute(INSERT, ["late"])
        (early,) = write(1)
        assert seal_entries(at=AT, patience=0) == []
        with entered(SYSTEM):
            assert not AuditEntry.objects.filter(subject="late").exists()
    (made,) = seal_entries(at=AT, patience=0)
    assert (made.count, made.last_id) == (2, early)
    assert made.first_id == early - 1
    assert broken() == []
    # One that began after the numbers were read holds nothing up.
    with owner.transaction():
        owner.execute("SELECT 1 FROM access_auditentry")
        write(1)
        assert len(seal_entries(at=AT, patience=0)) == 1
