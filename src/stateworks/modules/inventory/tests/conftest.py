"""A small inventory for tests: two agencies, people in each role, seven systems that depend on each other."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field

import pytest
from django.test import Client

from stateworks.kernel.access.models import Account, Grant, Role
from stateworks.kernel.access.scope import SYSTEM, entered
from stateworks.kernel.org.models import Organization, Person
from stateworks.modules.inventory.models import Dependency, System

AT = dt.datetime(2026, 11, 2, 15, tzinfo=dt.UTC)
TODAY = dt.date(2026, 11, 2)


@dataclass
class Room:
    """What was built, for tests to ask about.

    benefits and portal (Human Services) need idp and mail (Administration); benefits needs db too; db and idp are shared.
    """

    state: Organization
    dhs: Organization
    doa: Organization
    people: dict[str, Person]
    accounts: dict[str, Account]
    systems: dict[str, System] = field(default_factory=dict)

    def client(self, who: str) -> Client:
        """A browser: "anonymous", or somebody signed in by name."""
        client = Client(HTTP_HOST="localhost")
        if who != "anonymous":
            with entered(SYSTEM):
                client.force_login(self.accounts[who])
        return client


@pytest.fixture
def room(db: None) -> Room:
    """The inventory, written in the system's scope."""
    with entered(SYSTEM):
        return built()


def built() -> Room:
    """Write the inventory."""
    state = Organization.objects.create(code="state", name="State of Pelican", kind="state")
    department = Organization.objects.create(
        code="dhs", name="Human Services", kind="department", parent=state
    )
    other = Organization.objects.create(code="doa", name="Administration", kind="department", parent=state)
    people = {
        name: Person.objects.create(code=name, name=f"{name.title()} Example", email=f"{name}@example.org", organization=at)
        for name, at in (("ann", department), ("ben", other), ("cleo", other))
    }  # fmt: skip
    accounts = {
        who: _account(who, role, place)
        for who, role, place in (
            ("administrator", Role.ADMINISTRATOR, state), ("data_steward", Role.DATA_STEWARD, state),
            ("planner", Role.PLANNER, state), ("approver", Role.APPROVER, state), ("auditor", Role.AUDITOR, state),
            ("ann", Role.AGENCY_LIAISON, department), ("ben", Role.AGENCY_LIAISON, other),
            ("keeper", Role.DATA_STEWARD, department),
        )
    }  # fmt: skip
    accounts["nobody"] = Account.objects.create_user("nobody@example.org", name="Nobody Yet")
    made = Room(state, department, other, people, accounts)
    for code, name, place, owner, criticality in (
        ("benefits", "Benefits", department, "ann", "1_essential"), ("portal", "Client portal", department, "ann", "2_important"),
        ("forms", "Forms", department, None, "3_supporting"),
        ("idp", "Sign-in", other, "ben", "1_essential"), ("mail", "Mail", other, "ben", "2_important"),
        ("db", "Shared database", other, "ben", "1_essential"), ("wiki", "Wiki", other, "ben", "4_minor"),
    ):  # fmt: skip
        made.systems[code] = System.objects.create(
            code=code, name=name, organization=place, owner=people.get(owner or ""), criticality=criticality
        )
    for dependant, provider, strength in (
        ("benefits", "idp", "hard"), ("benefits", "db", "hard"), ("benefits", "mail", "soft"), ("portal", "idp", "hard"),
        ("idp", "db", "hard"), ("portal", "benefits", "hard"),
    ):  # fmt: skip
        Dependency.objects.create(
            system=made.systems[dependant], provider=made.systems[provider], strength=strength
        )
    return made


def _account(who: str, role: str, place: Organization) -> Account:
    made = Account.objects.create_user(f"{who}@example.org", name=who.replace("_", " ").title())
    Grant.objects.create(account=made, role=role, organization=place, since=dt.date(2024, 1, 1))
    return made
