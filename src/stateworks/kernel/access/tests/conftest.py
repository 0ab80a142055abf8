"""A small world: one state, two departments, three agencies, and one person in each role."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cache

import pytest
from django.contrib.auth.hashers import make_password

from stateworks.kernel.access.models import Account, Grant, Role
from stateworks.kernel.access.scope import SYSTEM, entered
from stateworks.kernel.org.models import Organization, Person

AT = datetime(2026, 11, 2, 15, 0, tzinfo=UTC)
PASSWORD = "correct horse battery staple"


@dataclass
class World:
    """Organizations and accounts by their names."""

    organizations: dict[str, Organization]
    accounts: dict[str, Account]

    def person(self, code: str, organization: str) -> Person:
        """Make somebody who works for an organization."""
        with entered(SYSTEM):
            return Person.objects.create(code=code, name=code, organization=self.organizations[organization])


TREE = [("meridian", "state", None), ("health", "department", "meridian"), ("labor", "department", "meridian"),
        ("clinics", "agency", "health"), ("jobs", "agency", "labor"), ("pay", "agency", "labor")]  # fmt: skip
HELD = [("admin", Role.ADMINISTRATOR, "meridian"), ("auditor", Role.AUDITOR, "meridian"),
        ("steward", Role.DATA_STEWARD, "labor"), ("liaison", Role.AGENCY_LIAISON, "jobs"),
        ("approver", Role.APPROVER, "meridian"), ("visitor", Role.PUBLIC, "meridian")]  # fmt: skip


@cache
def hashed() -> str:
    """Hash the password once: hashing is slow on purpose."""
    return make_password(PASSWORD)


@pytest.fixture
def world(db: None) -> World:
    with entered(SYSTEM):
        organizations: dict[str, Organization] = {}
        for code, kind, above in TREE:
            parent = organizations.get(above or "")
            organizations[code] = Organization.objects.create(
                code=code, name=code.title(), kind=kind, parent=parent
            )
        accounts = {}
        for name, role, place in HELD:
            accounts[name] = Account.objects.create(email=f"{name}@example.gov", password=hashed(), name=name)
            Grant.objects.create(
                account=accounts[name], role=role, organization=organizations[place], since=date(2020, 1, 1)
            )
        accounts["nobody"] = Account.objects.create(email="nobody@example.gov", password=hashed())
    made = World(organizations, accounts)
    for code in ("meridian", "health", "labor", "clinics", "jobs", "pay"):
        made.person(f"p-{code}", code)
    return made
