"""Accounts and roles: who may give them, what is refused, and what goes on record."""

from __future__ import annotations

from datetime import date

import pytest
from django.core.exceptions import PermissionDenied

from stateworks.kernel.access.models import AuditEntry, Grant, Role
from stateworks.kernel.access.permissions import (
    RIGHTS,
    allowed,
    may,
    may_anywhere,
    organizations_where,
    require,
)
from stateworks.kernel.access.scope import PUBLIC, SYSTEM, entered, scope_of
from stateworks.kernel.access.tests.conftest import AT, PASSWORD, World
from stateworks.kernel.access.verbs import create_account, deactivate_account, grant, revoke, set_password
from stateworks.kernel.errors import Refused


def test_may_asks_upwards(world: World) -> None:
    at = world.organizations
    steward = world.accounts["steward"]
    assert may(steward, Role.DATA_STEWARD, at["jobs"])
    assert may(steward, [Role.OWNER, Role.DATA_STEWARD], at["labor"])
    assert not may(steward, Role.DATA_STEWARD, at["meridian"])
    assert not may(steward, Role.DATA_STEWARD, at["clinics"])
    assert not may(steward, Role.DATA_STEWARD), "without an organization it takes the whole state"
    assert may_anywhere(steward, Role.DATA_STEWARD)
    assert may(world.accounts["auditor"], Role.AUDITOR)
    assert not may(None, Role.AUDITOR)
    assert not may_anywhere(None, list(Role))


def test_every_right_names_roles_that_exist() -> None:
    for right in RIGHTS.values():
        assert right.roles
        assert set(right.roles) <= set(Role)
        assert Role.PUBLIC not in right.roles


def test_rights(world: World) -> None:
    assert allowed(world.accounts["steward"], "records.change", world.organizations["pay"])
    assert not allowed(world.accounts["liaison"], "records.change", world.organizations["jobs"])
    assert sorted(organizations_where(world.accounts["steward"], "records.change")) == sorted(
        world.organizations[code].pk for code in ("labor", "jobs", "pay")
    )
    with pytest.raises(
        PermissionDenied, match="may not change records for Clinics; that takes the role data steward or adm"
    ):
        require(world.accounts["steward"], "records.change", world.organizations["clinics"])


def test_an_administrator_alone_does_not_approve(world: World) -> None:
    assert not allowed(world.accounts["admin"], "values.approve")
    assert allowed(world.accounts["approver"], "values.approve")


def test_a_visitor_is_not_the_system(world: World) -> None:
    with entered(PUBLIC), pytest.raises(PermissionDenied, match="Sign in"):
        require(None, "records.change")
    with entered(SYSTEM):
        require(None, "records.change")


def test_an_account_and_its_role(world: World) -> None:
    admin = world.accounts["admin"]
    with entered(scope_of(admin)):
        account = create_account("New.Person@Example.gov ", name="New", password=PASSWORD, by=admin, at=AT)
        given = grant(account, Role.OWNER, world.organizations["health"], reason="Request 7", by=admin, at=AT)
        assert given.since == date(2026, 11, 2)
        with pytest.raises(Refused, match="owner of Health already"):
            grant(account, Role.OWNER, world.organizations["health"], by=admin, at=AT)
        assert may(account, Role.OWNER, world.organizations["clinics"])
        revoke(given, reason="Left", by=admin, at=AT)
        assert not may(account, Role.OWNER, world.organizations["clinics"])
        entries = list(
            AuditEntry.objects.order_by("id").values_list("verb", "subject", "reason", "actor__name")
        )
    assert entries == [
        ("create account", "account new.person@example.gov", "", "admin"),
        ("grant", "account new.person@example.gov", "Request 7", "admin"),
        ("revoke", "account new.person@example.gov", "Left", "admin"),
    ]


def test_a_role_that_lasted_ends_yesterday(world: World) -> None:
    admin = world.accounts["admin"]
    with entered(scope_of(admin)):
        held = Grant.objects.get(account=world.accounts["liaison"])
        revoke(held, by=admin, at=AT)
        held.refresh_from_db()
    assert held.until == date(2026, 11, 1)


@pytest.mark.parametrize("email", ["", "x", "x@", "a b@c.de", "x@y"])
def test_no_address(world: World, email: str) -> None:
    with entered(SYSTEM), pytest.raises(Refused, match="no e-mail address"):
        create_account(email, by=None, at=AT)


def test_refusals(world: World) -> None:
    with entered(SYSTEM):
        with pytest.raises(Refused, match="already"):
            create_account("ADMIN@example.gov", by=None, at=AT)
        with pytest.raises(Refused, match="Choose another password"):
            create_account("other@example.gov", password="password", by=None, at=AT)
        with pytest.raises(Refused, match="no role"):
            grant(world.accounts["nobody"], "king", world.organizations["jobs"], by=None, at=AT)
        with pytest.raises(Refused, match="before it begins"):
            grant(
                world.accounts["nobody"],
                Role.OWNER,
                world.organizations["jobs"],
                until=date(2020, 1, 1),
                by=None,
                at=AT,
            )


@pytest.mark.parametrize("who", ["auditor", "steward", "liaison", "approver", "visitor", "nobody"])
def test_only_administrators_manage(world: World, who: str) -> None:
    other = world.accounts[who]
    with entered(scope_of(other)):
        with pytest.raises(PermissionDenied):
            create_account("x@example.gov", by=other, at=AT)
        with pytest.raises(PermissionDenied):
            grant(other, Role.ADMINISTRATOR, world.organizations["meridian"], by=other, at=AT)


def test_the_last_administrator_stays(world: World) -> None:
    admin = world.accounts["admin"]
    with entered(scope_of(admin)):
        with pytest.raises(Refused, match="last administrator"):
            revoke(Grant.objects.get(account=admin), by=admin, at=AT)
        with pytest.raises(Refused, match="last administrator"):
            deactivate_account(admin, reason="Left", by=admin, at=AT)
        grant(world.accounts["auditor"], Role.ADMINISTRATOR, world.organizations["meridian"], by=admin, at=AT)
        revoke(Grant.objects.get(account=admin), by=admin, at=AT)


def test_passwords(world: World) -> None:
    nobody = world.accounts["nobody"]
    with entered(scope_of(nobody)):
        set_password(nobody, "another long enough phrase", by=nobody, at=AT)
        with pytest.raises(PermissionDenied):
            set_password(world.accounts["admin"], "another long enough phrase", by=nobody, at=AT)
    assert nobody.check_password("another long enough phrase")
