"""Three walls around an agency's rows, each shown to hold alone: the ORM's scope, the lake's scope, the database's policies."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from django.apps import apps
from django.db import connection

from stateworks.kernel.access.models import Account, Grant, Role
from stateworks.kernel.access.scope import PUBLIC, SYSTEM, Scope, entered, scope_of, visible
from stateworks.kernel.lake.contracts import contract
from stateworks.kernel.lake.engines import open_engine
from stateworks.kernel.records.changes import save_record
from stateworks.kernel.records.snapshot import snapshot_changed
from stateworks.kernel.records.types import RecordType, record_type, record_types
from tests.conformance.issued import opened
from tests.conformance.rows import organization, texts

AT = datetime(2026, 11, 1, 15, 30, tzinfo=UTC)
#: Tables under no policy, each with the reason. The history of one is as open as what it is of.
OPEN: dict[str, tuple[str, ...]] = {
    "the state's tree is open to all who have signed in; figures and rows of its agencies are not": (
        "org_organization", "org_organizationclosure", "org_organizationalias",
    ),
    "what the office offers, has or asks of everybody: no agency's own": (
        "org_lineofservice", "org_vendor", "desk_requesttype", "inventory_capability", "inventory_checkitem",
        "inventory_monitoringtool", "inventory_rule", "inventory_site", "inventory_technology",
    ),
    "what billing is calculated by is open to all who are charged; a driver's value says how much of a cost an account bears": (
        "billing_allocationmodel", "billing_allocationrule", "billing_billingperiod", "billing_costpool", "billing_driver",
        "billing_drivervalue", "billing_poolrule", "billing_rate", "billing_ratecard", "billing_ratetier", "billing_sku",
        "billing_skualias", "billing_taxonomyterm",
    ),
    "what the office's services cost, kept and may keep under federal rules: no agency's own": (
        "billing_depreciation", "billing_expenseobject", "billing_federalrule", "billing_ratebuild", "billing_reservebalance",
    ),
    "the office's own coding, runs and exports; pages keep runs and exports to those with a role in the whole state": (
        "billing_codingfinding", "billing_codingrule", "billing_billingrun", "billing_erpexport",
    ),
    "what the office asks of resources of the cloud; what it finds of whose resources is walled": (
        "billing_finopspolicy",
    ),
    "how often each table changed, and nothing of what": ("records_mark",),
    "a round of questions to owners; which systems it asks about stands in the requests, which are walled": (
        "inventory_campaign",
    ),
    "the government's domains are published by the registry": ("inventory_website",),
    "plans are public, and so is how the office stands to them": (
        "plans_plan", "plans_planversion", "plans_node", "plans_indicator", "plans_milestone", "plans_milestoneforecast",
        "plans_reportedvalue", "plans_variancenote", "plans_checkin", "plans_maturitycriterion", "plans_pilot",
        "plans_reminder",
    ),
    # A table under a policy takes no COPY, by which a run stores its millions of figures.
    "figures made of all agencies' rows; `read.reachable` narrows slices, and every slice is asked for as everybody": (
        "indicators_run", "indicators_statement", "indicators_cover", "indicators_value", "indicators_verdict",
        "indicators_signoff",
    ),
    "which files make which version; the rows are in the lake, which has a scope of its own": (
        "lake_dataset", "lake_datasetversion", "lake_datafile", "lake_mapping",
    ),
    "what was loaded, by whom and when, for the whole state; pages and API keep it to stewards, auditors and whoever loaded it": (
        "lake_import",
    ),
    "sign-in looks it up before anybody's scope is known; it holds no agency's rows, and pages keep it to administrators": (
        "access_account", "account_emailaddress", "account_emailconfirmation", "mfa_authenticator",
        "socialaccount_socialaccount", "socialaccount_socialapp", "socialaccount_socialtoken", "django_session",
    ),
    "counts of tries by address, and codes that were used": ("config_cache",),
    "numbers of jobs, and who works on them; what a job is about stands in the job, which is walled": (
        "django_tasks_database_dbtaskresult", "jobs_worker", "jobs_regular",
    ),
    "nothing writes it: why a row changed stands beside the change, in its history": ("pghistory_context",),
    "Django's own lists, which say nothing here": (
        "auth_group", "auth_group_permissions", "auth_permission", "access_account_groups",
        "access_account_user_permissions", "django_content_type", "django_migrations",
    ),
}  # fmt: skip
WALLED = sorted(one.name for one in record_types() if one.organization is not None)
#: Rows of these numbers take the first of five choices: an outage is one of a system. That of a place, a product or a vendor
#: is open to all who have signed in (docs/decisions).
NUMBERS = {5: "harbor", 10: "lagoon"}
pytestmark = pytest.mark.django_db


def test_every_table_has_a_forced_policy_or_a_reason() -> None:
    """Not the models are asked but the database: a table that no model knows of is one too."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname, relrowsecurity AND relforcerowsecurity AND EXISTS (SELECT FROM pg_policy WHERE polrelid = c.oid) "
            "FROM pg_class c WHERE relkind IN ('r', 'p') AND relnamespace = current_schema()::regnamespace"
        )
        tables = dict(cursor.fetchall())
    named = {name for names in OPEN.values() for name in names}
    open_ = {*named, *(f"{name}event" for name in named)}
    walled = {name for name, forced in tables.items() if forced}
    assert set(tables) - walled - open_ == set(), "no policy, and no reason why not"
    assert not open_ & walled, "a reason for what is not so"
    assert named <= set(tables), "a reason for what is not there"


def test_what_the_database_keeps_says_whose_it_is() -> None:
    """The lake has no policies: a snapshot of records under one is narrowed only where the type names an organization."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT relname FROM pg_class WHERE relrowsecurity AND relkind = 'r'")
        walled = {name for (name,) in cursor.fetchall()}
    assert sorted(one.name for one in record_types() if one.model._meta.db_table in walled) == WALLED


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
    with entered(SYSTEM):
        made = [
            save_record(declared, texts(declared, number, organization(agency)), by=None, at=AT)
            for number, agency in NUMBERS.items()
        ]
    if declared.seen_once is not None:
        seen, every = _seen_behind_each(declared, scope_of(liaison))
        assert not seen and every, "what is not issued is the office's own"
        with entered(SYSTEM):
            for record in made:
                opened(declared, record)
    seen, every = _seen_behind_each(declared, scope_of(liaison))
    assert seen and seen < every


def _seen_behind_each(declared: RecordType, scope: Scope) -> tuple[set[int], set[int]]:
    """Hold each wall to the same rows; return those that the scope sees, and all there are."""
    model, name = declared.model, declared.name
    with entered(SYSTEM):
        # The database shows everything here, so what is missing was left out by the ORM.
        rows, wall = model._default_manager.all(), (declared.organization, declared.seen_once)
        assert declared.organization is not None
        own = set(visible(rows, scope, *wall).values_list("pk", flat=True))
        every = set(model._default_manager.values_list("pk", flat=True))
        assert not visible(rows, PUBLIC, *wall).exists()
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
    return own, every


def test_who_works_for_the_whole_state_sees_what_is_the_offices_own() -> None:
    """The office's own is not seen through the grant of an agency, whatever its role, and through any for the whole state."""
    declared = record_type("billing.invoice")
    with entered(SYSTEM):
        harbor = organization("harbor")
        draft = save_record(declared, texts(declared, 3, harbor), by=None, at=AT)
        asked = {}
        for role in (Role.ADMINISTRATOR, Role.AUDITOR, Role.AGENCY_LIAISON, Role.PUBLIC):
            for place in (harbor, organization()):
                account = Account.objects.create_user(f"{role}@{place.code}.example")
                Grant.objects.create(account=account, role=role, organization=place, since=date(2020, 1, 1))
                asked[role, place.code] = account
        snapshot_changed([declared.name], at=AT)
    seen = set()
    for who, account in asked.items():
        with entered(scope_of(account)) as scope, open_engine() as engine:
            by_policy = draft.pk in declared.model._default_manager.values_list("pk", flat=True)
            in_lake = engine.execute(engine.table(declared.name, scope=scope).select("code")).num_rows == 1
        with entered(SYSTEM):
            rows = visible(
                declared.model._default_manager.all(), scope_of(account), "organization", declared.seen_once
            )
            by_orm = draft in rows
        assert by_policy == in_lake == by_orm, who
        seen |= {who} if by_orm else set()
    assert seen == {(role, "meridian") for role in (Role.ADMINISTRATOR, Role.AUDITOR, Role.AGENCY_LIAISON)}
