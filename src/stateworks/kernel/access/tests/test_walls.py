"""Two walls around a tenant's records: the ORM's scope and the database's policies, each shown to hold without the other."""

from __future__ import annotations

from datetime import date, timedelta

import psycopg
import pytest
from django.db import ProgrammingError, connection, connections, transaction
from django.utils import timezone

from stateworks.kernel.access.models import AuditEntry, Grant, Role
from stateworks.kernel.access.scope import (
    PUBLIC,
    SYSTEM,
    Scope,
    entered,
    organization_code_table,
    organization_codes,
    scope_of,
    sees_whole_state,
    visible,
)
from stateworks.kernel.access.tests.conftest import World
from stateworks.kernel.org.models import Organization, Person

EVERYBODY = ["p-clinics", "p-health", "p-jobs", "p-labor", "p-meridian", "p-pay"]
SEEN = {
    "admin": EVERYBODY,
    "auditor": EVERYBODY,
    "approver": EVERYBODY,
    "steward": ["p-jobs", "p-labor", "p-pay"],
    "liaison": ["p-jobs"],
    "visitor": [],
    "nobody": [],
}


def raw_people() -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT code FROM org_person ORDER BY code")
        return [code for (code,) in cursor.fetchall()]


@pytest.mark.parametrize(("who", "codes"), SEEN.items())
def test_the_orm_wall_holds_alone(world: World, who: str, codes: list[str]) -> None:
    with entered(SYSTEM):
        # Here the database shows everything, so what is missing was left out by the ORM.
        assert raw_people() == EVERYBODY
        seen = visible(Person.objects.order_by("code"), scope_of(world.accounts[who]), "organization")
        assert [person.code for person in seen] == codes


@pytest.mark.parametrize(("who", "codes"), SEEN.items())
def test_the_database_wall_holds_alone(world: World, who: str, codes: list[str]) -> None:
    with entered(scope_of(world.accounts[who])):
        assert raw_people() == codes
        assert [person.code for person in Person.objects.order_by("code")] == codes, (
            "without asking for a scope"
        )


def test_nothing_set_means_nothing_seen(world: World) -> None:
    assert raw_people() == []
    with entered(PUBLIC):
        assert raw_people() == []
    with entered(Scope(account_id=987654321)):
        assert raw_people() == []
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT set_config('stateworks.everything', 'yes', true), set_config('stateworks.account', '', true)"
        )
        assert raw_people() == []


def test_the_app_role_is_no_owner_and_bypasses_nothing(world: World) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT rolsuper, rolbypassrls FROM pg_roles WHERE rolname = current_user")
        assert cursor.fetchone() == (False, False)
        cursor.execute(
            "SELECT count(*) FROM pg_class WHERE relname LIKE 'org_%' AND pg_get_userbyid(relowner) = current_user"
        )
        assert cursor.fetchone() == (0,)
        cursor.execute(
            "SELECT relname FROM pg_class WHERE relrowsecurity AND relforcerowsecurity AND relkind = 'r' ORDER BY relname"
        )
        walled = {name for (name,) in cursor.fetchall()}
    assert {"org_person", "org_personevent", "org_appointment", "org_appointmentevent", "access_grant",
            "access_auditentry", "lake_quarantinedrow"} <= walled  # fmt: skip


def test_scopes_nest_and_end(world: World) -> None:
    with entered(scope_of(world.accounts["liaison"])):
        assert raw_people() == ["p-jobs"]
        with entered(SYSTEM):
            assert raw_people() == EVERYBODY
            with entered(PUBLIC):
                assert raw_people() == []
            assert raw_people() == EVERYBODY
        assert raw_people() == ["p-jobs"]
        with pytest.raises(ProgrammingError), entered(SYSTEM), connection.cursor() as cursor:
            cursor.execute("SELECT nothing")
        assert raw_people() == ["p-jobs"]
        with entered(SYSTEM):
            transaction.set_rollback(True)
        assert raw_people() == ["p-jobs"]
    assert raw_people() == []


@pytest.mark.django_db(transaction=True)
def test_a_connection_used_again_remembers_nobody() -> None:
    with entered(SYSTEM):
        pass
    with connection.cursor() as cursor:
        cursor.execute("SELECT coalesce(current_setting('stateworks.everything', true), '')")
        assert cursor.fetchone() == ("",)


def test_rows_of_others_cannot_be_written_either(world: World) -> None:
    other = world.organizations["clinics"]
    with entered(scope_of(world.accounts["liaison"])):
        with pytest.raises(ProgrammingError, match="row-level security"), transaction.atomic():
            Person.objects.create(code="smuggled", name="x", organization=other)
        assert Person.objects.update(name="changed") == 1
        with pytest.raises(ProgrammingError, match="row-level security"), transaction.atomic():
            Person.objects.update(organization=other)
    with entered(SYSTEM):
        assert Person.objects.filter(name="changed").count() == 1


def test_history_is_behind_the_same_wall(world: World) -> None:
    with entered(scope_of(world.accounts["liaison"])), connection.cursor() as cursor:
        cursor.execute("SELECT code FROM org_personevent")
        assert cursor.fetchall() == [("p-jobs",)]


def test_a_grant_holds_for_its_dates_and_while_the_account_does(world: World) -> None:
    account = world.accounts["nobody"]
    today = timezone.localdate()
    with entered(SYSTEM):
        Grant.objects.create(
            account=account, role=Role.OWNER, organization=world.organizations["pay"], since=today
        )
        Grant.objects.create(
            account=account,
            role=Role.OWNER,
            organization=world.organizations["jobs"],
            since=today + timedelta(days=1),
        )
        Grant.objects.create(
            account=account, role=Role.OWNER, organization=world.organizations["clinics"], since=date(2020, 1, 1),
            until=today - timedelta(days=1),
        )  # fmt: skip
        assert list(organization_codes(scope_of(account))) == ["pay"]
    with entered(scope_of(account)):
        assert raw_people() == ["p-pay"]
    scope = scope_of(account)
    account.is_active = False
    account.save()
    assert scope_of(account) == PUBLIC
    with entered(scope):
        assert raw_people() == [], "the database asks, too"
        assert not visible(Person.objects.all(), scope, "organization").exists()


def test_the_lake_gets_codes_to_join(world: World) -> None:
    with entered(scope_of(world.accounts["steward"])):
        table = organization_code_table(scope_of(world.accounts["steward"]))
        assert table is not None
        assert table["code"].to_pylist() == ["jobs", "labor", "pay"]
    auditor = scope_of(world.accounts["auditor"])
    with entered(auditor):
        everything = organization_code_table(auditor)
        assert everything is not None
        assert "unassigned" in everything["code"].to_pylist()
        assert sees_whole_state(auditor)
    assert organization_code_table(SYSTEM) is None


def test_grants_are_seen_by_their_holder_and_those_above(world: World) -> None:
    def seen(who: str) -> set[str]:
        with entered(scope_of(world.accounts[who])):
            return set(Grant.objects.values_list("account__name", flat=True))

    assert seen("liaison") == {"liaison"}
    assert seen("steward") == {"steward", "liaison"}
    assert seen("admin") == {"admin", "auditor", "steward", "liaison", "approver", "visitor"}


def test_nobody_grants_himself_more(world: World) -> None:
    liaison = world.accounts["liaison"]
    with (
        entered(scope_of(liaison)),
        pytest.raises(ProgrammingError, match="row-level security"),
        transaction.atomic(),
    ):
        Grant.objects.create(
            account=liaison,
            role=Role.ADMINISTRATOR,
            organization=world.organizations["meridian"],
            since=date(2020, 1, 1),
        )


# -- the audit record

SPOIL = [
    "UPDATE access_auditentry SET verb = 'nothing'",
    "DELETE FROM access_auditentry",
    "TRUNCATE access_auditentry",
]


@pytest.fixture
def entry(world: World) -> AuditEntry:
    with entered(SYSTEM):
        return AuditEntry.objects.create(
            at=timezone.now(), verb="do", subject="x", actor=world.accounts["liaison"]
        )


@pytest.mark.parametrize("sql", SPOIL)
def test_the_record_cannot_be_changed_by_the_product(entry: AuditEntry, sql: str) -> None:
    with (
        pytest.raises(Exception, match=r"append-only|permission denied"),
        entered(SYSTEM),
        connection.cursor() as cursor,
    ):
        cursor.execute(sql)
    with entered(SYSTEM):
        assert AuditEntry.objects.get().verb == "do"


@pytest.mark.parametrize("sql", SPOIL)
def test_nor_by_the_owner_of_the_table(sql: str, django_db_setup: None) -> None:
    settings = connections["owner"].get_connection_params()
    wanted = {name: settings[name] for name in ("host", "port", "user", "password", "dbname")}
    with psycopg.connect(**wanted) as owner, pytest.raises(psycopg.Error, match="append-only"):
        owner.execute(sql)


def test_who_reads_the_record(entry: AuditEntry, world: World) -> None:
    found = {}
    for who in ("admin", "auditor", "liaison", "steward"):
        with entered(scope_of(world.accounts[who])):
            found[who] = AuditEntry.objects.count()
    assert found == {"admin": 1, "auditor": 1, "liaison": 1, "steward": 0}


def test_nobody_writes_in_another_name(world: World) -> None:
    with entered(scope_of(world.accounts["liaison"])):
        AuditEntry.objects.create(at=timezone.now(), verb="do", subject="x", actor=world.accounts["liaison"])
        with pytest.raises(ProgrammingError, match="row-level security"), transaction.atomic():
            AuditEntry.objects.create(
                at=timezone.now(), verb="do", subject="x", actor=world.accounts["admin"]
            )


def test_who_reaches_every_organization_is_let_through_until_there_is_one_he_does_not(world: World) -> None:
    for who, whole in {"auditor": True, "steward": False, "visitor": False, "nobody": False}.items():
        own = scope_of(world.accounts[who])
        with entered(own) as scope:
            assert (scope.every_organization, scope == own) == (whole, True), who
            narrowed = visible(Person.objects.all(), scope, "organization")
            assert ("WHERE" not in str(narrowed.query)) is whole
            assert sorted(narrowed.values_list("code", flat=True)) == SEEN[who]
            # An organization's own row leads to one, too; an account's need not.
            assert (
                "WHERE" not in str(visible(Grant.objects.all(), scope, "account__person__organization").query)
            ) is False
    with entered(SYSTEM):
        alone = Organization.objects.create(code="alone", name="Alone", kind="board")
        Person.objects.create(code="p-alone", name="Alone", organization=alone)
    with entered(scope_of(world.accounts["auditor"])) as scope:
        assert not scope.every_organization
        assert (
            sorted(visible(Person.objects.all(), scope, "organization").values_list("code", flat=True))
            == EVERYBODY
        )
        assert raw_people() == EVERYBODY
