"""Three walls around an agency's rows, each shown to hold alone: the ORM's scope, the lake's scope, the database's policies."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.apps import apps
from django.db import connection, models

from stateworks.kernel.access.models import Account, Grant, Role
from stateworks.kernel.access.scope import PUBLIC, SYSTEM, entered, scope_of, visible
from stateworks.kernel.lake.contracts import contract
from stateworks.kernel.lake.engine import open_engine
from stateworks.kernel.org.models import Organization
from stateworks.kernel.records.changes import save_record
from stateworks.kernel.records.snapshot import snapshot_changed
from stateworks.kernel.records.types import record_type, record_types
from tests.conformance.rows import organization, texts

AT = datetime(2026, 11, 1, 15, 30, tzinfo=UTC)
#: Tables that reach an organization and stand under no policy, with the reason. History is as open as what it is of.
OPEN = {
    "org_organization": "the state's tree is open to all who have signed in; figures and rows of its agencies are not",
    "org_organizationclosure": "the tree again",
    "org_organizationalias": "names of organizations",
    "org_lineofservice": "what the office offers, to all agencies",
    "access_account": "sign-in looks an account up before anybody's scope is known; no page lists accounts",
    "inventory_campaign": "a round of questions to owners; which systems it asks about stands in the requests, which are walled",
    "desk_requesttype": "what customers may choose, of an open line of service",
    "inventory_website": "the government's domains are published by the registry",
}
WALLED = sorted(one.name for one in record_types() if one.organization is not None)
pytestmark = pytest.mark.django_db


def reaching() -> dict[str, str]:
    """Tables from which foreign keys lead to an organization, with the first step of the way.

    An account is where a way ends: who did something does not say whose row it is.
    """
    tables = {model: model for model in apps.get_models(include_auto_created=True) if not model._meta.proxy}
    found: dict[Any, str] = {Organization: "itself"}
    while True:
        more = {
            model: one.name
            for model in tables
            if model not in found and model._meta.managed
            for one in model._meta.get_fields()
            if isinstance(one, models.ForeignKey)
            and one.related_model in found
            and one.related_model is not Account
        }
        if not more:
            return {model._meta.db_table: way for model, way in found.items()}
        found |= more


def test_every_table_that_reaches_an_organization_has_a_forced_policy_or_a_reason() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname FROM pg_class WHERE relrowsecurity AND relforcerowsecurity AND relkind = 'r' "
            "AND EXISTS (SELECT FROM pg_policy WHERE polrelid = pg_class.oid)"
        )
        walled = {name for (name,) in cursor.fetchall()}
    open_ = {*OPEN, *(f"{name}event" for name in OPEN)}
    bare = {name: way for name, way in reaching().items() if name not in walled | open_}
    assert not bare, "no policy, and no reason why not"
    assert not set(OPEN) & walled, "a reason for what is not so"
    assert set(OPEN) <= set(reaching())


@pytest.fixture
def liaison() -> Account:
    """Somebody of one of two agencies that both have a row of the type."""
    with entered(SYSTEM):
        account = Account.objects.create_user("liaison@harbor.example")
        Grant.objects.create(
            account=account,
            role=Role.AGENCY_LIAISON,
            organization=organization("harbor"),
            since=date(2020, 1, 1),
        )
    return account


@pytest.mark.parametrize("name", WALLED)
def test_each_wall_holds_alone(name: str, liaison: Account) -> None:
    declared = record_type(name)
    model, scope = declared.model, scope_of(liaison)
    with entered(SYSTEM):
        for place, agency in enumerate(("harbor", "lagoon")):
            save_record(declared, texts(declared, 3 + place, organization(agency)), by=None, at=AT)
        # The database shows everything here, so what is missing was left out by the ORM.
        assert declared.organization is not None
        own = set(
            visible(model._default_manager.all(), scope, declared.organization).values_list("pk", flat=True)
        )
        every = set(model._default_manager.values_list("pk", flat=True))
        assert own and own < every
        assert not visible(model._default_manager.all(), PUBLIC, declared.organization).exists()
        snapshot_changed([name], at=AT)
        # No policy reaches the lake, so what is missing was left out by its scope.
        with open_engine() as engine:
            key = list(contract(name).key)
            counted = {
                told: engine.execute(engine.table(name, scope=one).select(*key)).num_rows
                for told, one in (("everything", SYSTEM), ("own", scope), ("nothing", PUBLIC))
            }
    assert counted == {"everything": len(every), "own": len(own), "nothing": 0}
    history = next(one for one in apps.get_models() if getattr(one, "pgh_tracked_model", None) is model)
    for one, expected in ((scope, own), (PUBLIC, set())):
        # Nobody asks for a scope here, neither by Django nor by raw SQL.
        with entered(one), connection.cursor() as cursor:
            assert set(model._default_manager.values_list("pk", flat=True)) == expected
            cursor.execute(f'SELECT id FROM "{model._meta.db_table}"')
            assert {pk for (pk,) in cursor.fetchall()} == expected
            cursor.execute(f'SELECT DISTINCT pgh_obj_id FROM "{history._meta.db_table}"')
            assert {pk for (pk,) in cursor.fetchall()} == expected, "its history tells as much"


def test_rows_behind_a_figure_over_outages_are_those_of_the_outages_one_sees(liaison: Account) -> None:
    """An outage has no organization of its own: the database's wall alone knows, and the lake asks it."""
    from stateworks.kernel.records.walls import visible_keys

    system, outage = record_type("inventory.system"), record_type("inventory.outage")
    with entered(SYSTEM):
        for place, agency in enumerate(("harbor", "lagoon")):
            made = texts(system, 3 + place, organization(agency))
            save_record(system, made, by=None, at=AT)
            failed = {"code": f"{agency}-down", "title": agency, "source": "system", "system": made["code"],
                      "declared_at": "2026-02-09T08:20:00-06:00"}  # fmt: skip
            save_record(outage, failed, by=None, at=AT)
        keys = visible_keys(outage, scope_of(liaison))
        assert keys is not None
        assert keys.column("code").to_pylist() == ["harbor-down"]
        assert visible_keys(record_type("office.vendor"), scope_of(liaison)) is None
