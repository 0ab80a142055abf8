"""Many records at once: previewed as it will be, all or none, each with its history and together with one audit entry."""

from __future__ import annotations

import time
from datetime import UTC, date, datetime

import pytest
from django.core.exceptions import PermissionDenied

from stateworks.kernel.access.models import Account, AuditEntry, Grant
from stateworks.kernel.access.scope import SYSTEM, entered, scope_of, visible
from stateworks.kernel.errors import Refused
from stateworks.kernel.org.models import Appointment, Organization, Person, Vendor
from stateworks.kernel.records.bulk import change_many
from stateworks.kernel.records.changes import Invalid, save_record
from stateworks.kernel.records.past import history_of
from stateworks.kernel.records.types import record_type

pytestmark = pytest.mark.django_db
AT = datetime(2026, 11, 1, 15, 30, tzinfo=UTC)


@pytest.fixture
def state() -> Organization:
    with entered(SYSTEM):
        return Organization.objects.create(code="state", name="State", kind="state")


def account(role: str, place: Organization, name: str = "steward") -> Account:
    with entered(SYSTEM):
        made = Account.objects.create_user(f"{name}@example.gov")
        Grant.objects.create(account=made, role=role, organization=place, since=date(2020, 1, 1))
        return made


def agency(code: str, state: Organization) -> Organization:
    with entered(SYSTEM):
        return Organization.objects.create(code=code, name=code.title(), kind="agency", parent=state)


def test_a_preview_keeps_its_word_and_each_record_has_its_history(state: Organization) -> None:
    steward = account("data_steward", state)
    vendors = record_type("office.vendor")
    with entered(SYSTEM):
        for number in range(10):
            Vendor.objects.create(
                code=f"v-{number}", name=f"V {number}", website="https://x.gov" if number < 3 else ""
            )
    with entered(scope_of(steward)):
        rows = Vendor.objects.exclude(code="v-9")
        values = {"website": "https://x.gov"}
        preview = change_many(vendors, rows, values, dry_run=True, by=steward, at=AT)
        assert (preview.matched, preview.changing, preview.same, preview.refused, preview.applied) == (
            9,
            6,
            3,
            0,
            False,
        )
        assert Vendor.objects.filter(website="https://x.gov").count() == 3
        done = change_many(
            vendors, rows, values, dry_run=False, expected=6, by=steward, at=AT, reason="One site."
        )
        assert (done.changing, done.applied) == (6, True)
        assert Vendor.objects.filter(website="https://x.gov").count() == 9
        changed, as_it_was = (
            history_of(Vendor.objects.get(code="v-5")),
            history_of(Vendor.objects.get(code="v-1")),
        )
        assert [(one.what, one.reason) for one in changed] == [("changed", "One site."), ("added", "")]
        assert len(as_it_was) == 1
        entry = AuditEntry.objects.get(verb="change many")
        assert entry.after == {"columns": values, "changed": 6, "unchanged": 3, "left out": 0}
        with pytest.raises(Refused, match="0 records would change now, not 6"):
            change_many(vendors, rows, values, dry_run=False, expected=6, by=steward, at=AT)
        emptied = change_many(vendors, rows, {"website": ""}, dry_run=False, by=steward, at=AT)
        assert emptied.changing == 9
        for wrong in ({"name": ""}, {"website": "no address"}):
            with pytest.raises(Invalid):
                change_many(vendors, rows, wrong, dry_run=True, by=steward, at=AT)
        with pytest.raises(Refused, match="part of the key"):
            change_many(vendors, rows, {"name": "X", "code": "x"}, dry_run=True, by=steward, at=AT)


def test_the_tables_rules_refuse_by_row_and_all_or_none_change(state: Organization) -> None:
    steward = account("data_steward", state)
    appointments = record_type("office.appointment")
    with entered(SYSTEM):
        for number in range(4):
            person = Person.objects.create(code=f"p-{number}", name="P", organization=state)
            Appointment.objects.create(
                person=person, organization=state, role="champion", since=date(2026, number + 1, 1)
            )
    with entered(scope_of(steward)):
        # Appointments of March and April begin after the last day of February.
        rows, values = Appointment.objects.all(), {"until": "2026-02-28"}
        told = change_many(appointments, rows, values, dry_run=True, by=steward, at=AT)
        assert (told.changing, told.refused) == (2, 2)
        assert [key for key, _ in told.reasons] == [
            "p-2 state champion 2026-03-01",
            "p-3 state champion 2026-04-01",
        ]
        with pytest.raises(Refused, match="2 of 4 records are refused"):
            change_many(appointments, rows, values, dry_run=False, by=steward, at=AT)
        assert not Appointment.objects.filter(until__isnull=False).exists()
        change_many(appointments, rows, values, dry_run=False, leave_out=True, by=steward, at=AT)
        assert Appointment.objects.filter(until__isnull=False).count() == 2


def test_the_databases_own_rules_hold(state: Organization) -> None:
    steward = account("data_steward", state)
    below = agency("a", state)
    with entered(scope_of(steward)), pytest.raises(Refused, match="circle"):
        change_many(
            record_type("office.organization"), Organization.objects.all(), {"parent": below.code}, dry_run=True,
            by=steward, at=AT,
        )  # fmt: skip


def test_rights_hold_before_and_after(state: Organization) -> None:
    harbor, port = agency("harbor", state), agency("port", state)
    people = record_type("office.person")
    steward = account("data_steward", harbor)
    with entered(SYSTEM):
        Grant.objects.create(
            account=steward, role="agency_liaison", organization=port, since=date(2020, 1, 1)
        )
        for code, place in (("ann", harbor), ("bob", harbor), ("pat", port)):
            Person.objects.create(code=code, name=code.title(), organization=place)
    with entered(scope_of(steward)):
        rows = visible(Person.objects.all(), scope_of(steward), "organization")
        told = change_many(people, rows, {"left_on": "2026-01-01"}, dry_run=True, by=steward, at=AT)
        assert (told.changing, told.refused, [key for key, _ in told.reasons]) == (2, 1, ["pat"])
        away = change_many(people, rows, {"organization": "Port"}, dry_run=True, by=steward, at=AT)
        assert (away.changing, away.same, away.refused) == (0, 1, 2)
        with pytest.raises(PermissionDenied):
            change_many(
                record_type("office.vendor"),
                Vendor.objects.all(),
                {"website": ""},
                dry_run=True,
                by=steward,
                at=AT,
            )


@pytest.mark.full
def test_a_hundred_thousand_rows_change_together_much_sooner_than_one_by_one(state: Organization) -> None:
    steward = account("data_steward", state)
    with entered(SYSTEM):
        Vendor.objects.bulk_create([Vendor(code=f"v-{n}", name=f"V {n}") for n in range(100_000)])
    with entered(scope_of(steward)):
        began = time.perf_counter()
        told = change_many(
            record_type("office.vendor"),
            Vendor.objects.all(),
            {"website": "https://x.gov"},
            dry_run=False,
            by=steward,
            at=AT,
        )
        took = time.perf_counter() - began
        assert told.changing == 100_000
        began = time.perf_counter()
        for one in Vendor.objects.all()[:50]:
            save_record(
                record_type("office.vendor"), {"website": "https://y.gov"}, record=one, by=steward, at=AT
            )
        singly = (time.perf_counter() - began) / 50
    assert took < 100_000 * singly / 20, f"{took:.1f} s, and {singly * 1000:.0f} ms for each alone"
