"""Who may vouch for what, what counts as freshness, and how an answer is taken back."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied

from stateworks.kernel.access.models import AuditEntry
from stateworks.kernel.access.scope import SYSTEM, entered
from stateworks.kernel.errors import Refused
from stateworks.kernel.records.changes import Invalid
from stateworks.modules.inventory import attesting
from stateworks.modules.inventory.models import Attestation, AttestationRequest, Dependency, System
from stateworks.modules.inventory.tests.attesting_steps import YEAR, as_, opened, system
from stateworks.modules.inventory.tests.conftest import AT, TODAY, Room
from stateworks.modules.inventory.verbs import attesting as verbs
from stateworks.modules.inventory.verbs.attesting import NewDependency


def test_an_owner_reaffirms_and_only_the_freshness_moves(room: Room) -> None:
    with as_(room, "ann"):
        before = system("benefits")
        made = verbs.reaffirm("benefits", ["facts", "dependencies"], by=room.accounts["ann"], at=AT)
    after = system("benefits")
    assert [(one.aspect, one.kind, one.on, one.until) for one in made] == [
        ("facts", "reaffirmed", TODAY, YEAR), ("dependencies", "reaffirmed", TODAY, YEAR),
    ]  # fmt: skip
    assert (after.attested_on, after.attested_until) == (TODAY, YEAR)
    moved = {
        one.name
        for one in System._meta.concrete_fields
        if getattr(before, one.attname) != getattr(after, one.attname)
    }
    assert moved == {"attested_on", "attested_until"}
    with entered(SYSTEM):
        rows = Dependency.objects.filter(system=after)
        assert {(row.attested_by_id, row.attested_on, row.attested_until) for row in rows} == {
            (room.people["ann"].pk, TODAY, YEAR)
        }
        entry = AuditEntry.objects.filter(subject="inventory.system benefits").first()
        assert entry is not None
        assert (entry.verb, str(entry.actor)) == ("reaffirm", "Ann")


@pytest.mark.parametrize(
    ("who", "code", "may"),
    [
        ("ann", "benefits", True), ("ann", "forms", False), ("keeper", "forms", True), ("keeper", "idp", None),
        ("data_steward", "idp", True), ("ben", "idp", True), ("auditor", "idp", False), ("planner", "idp", False),
        ("ben", "benefits", None), ("nobody", "idp", None),
    ],
)  # fmt: skip
def test_who_may_answer(room: Room, who: str, code: str, may: bool | None) -> None:
    """None: may not even see it, and is told nothing about it."""
    with as_(room, who):
        if may:
            verbs.reaffirm(code, ["facts"], by=room.accounts[who], at=AT)
        else:
            with pytest.raises(PermissionDenied if may is False else Refused):
                verbs.reaffirm(code, ["facts"], by=room.accounts[who], at=AT)
    assert (system(code).attested_on == TODAY) == bool(may)


def test_a_change_is_told_from_a_reaffirmation(room: Room) -> None:
    ann = room.accounts["ann"]
    with as_(room, "ann"):
        changed = verbs.change_and_attest(
            "benefits", {"users": "4200", "hosting": "iaas", "owner": "ann"}, by=ann, at=AT
        )
        same = verbs.change_and_attest("benefits", {"users": "4200"}, by=ann, at=AT + timedelta(days=9))
    assert (changed.kind, same.kind) == ("changed", "reaffirmed")
    found = system("benefits")
    assert (found.users, found.hosting, found.attested_on) == (4200, "iaas", date(2026, 11, 11))
    with entered(SYSTEM):
        entry = AuditEntry.objects.get(verb="change and attest")
    assert entry.before == {"users": None, "hosting": "unknown"}
    assert entry.after == {"users": 4200, "hosting": "iaas"}


def test_a_wrong_correction_saves_nothing_and_names_each_field(room: Room) -> None:
    ann = room.accounts["ann"]
    with as_(room, "ann"), pytest.raises(Invalid) as wrong:
        verbs.change_and_attest(
            "benefits", {"users": "many", "owner": "zoe", "hosting": "iaas"}, by=ann, at=AT
        )
    assert set(wrong.value.fields) == {"users", "owner"}
    assert "zoe" in wrong.value.fields["owner"]
    assert (system("benefits").hosting, system("benefits").attested_on) == ("unknown", None)
    with as_(room, "ann"), pytest.raises(Refused, match="code cannot be changed here"):
        verbs.change_and_attest("benefits", {"code": "x"}, by=ann, at=AT)


def test_an_import_without_change_moves_no_freshness(room: Room, tmp_path: Any) -> None:
    from stateworks.kernel.records.intake import import_records

    file = tmp_path / "systems.csv"
    file.write_text("code,name,agency,users\nbenefits,Benefits,dhs,\nwiki,Wiki,doa,12\n")
    done = import_records("inventory.system", file, by=room.accounts["data_steward"], at=AT)
    assert (done.unchanged, done.updated) == (1, 1)
    assert (system("benefits").attested_on, system("wiki").attested_on, system("wiki").users) == (
        None,
        None,
        12,
    )


def test_what_was_not_seen_is_not_confirmed(room: Room) -> None:
    ann = room.accounts["ann"]
    with as_(room, "ann") as scope:
        shown = system("benefits")
        seen = attesting.fingerprint(shown, attesting.needed_by([shown], TODAY, scope)[shown.pk])
    with entered(SYSTEM):
        Dependency.objects.create(system=shown, provider=room.systems["wiki"])
    with as_(room, "ann"), pytest.raises(Refused, match="was changed after it was shown"):
        verbs.reaffirm("benefits", ["facts"], by=ann, at=AT, seen=seen)
    with as_(room, "ann") as scope:
        again = attesting.fingerprint(shown, attesting.needed_by([shown], TODAY, scope)[shown.pk])
        done, refused = verbs.reaffirm_several(
            {"benefits": again, "portal": "stale", "idp": ""}, ["facts"], by=ann, at=AT
        )
    assert done == ["benefits"]
    assert refused == {
        "portal": "Client portal was changed after it was shown to you; look at it again.",
        "idp": "There is no system idp that you may see; check the code.",
    }


def test_dependencies_are_corrected_and_vouched_for(room: Room) -> None:
    steward = room.accounts["data_steward"]
    with entered(SYSTEM):
        rows = {row.provider.code: row.pk for row in Dependency.objects.filter(system__code="benefits")}
    with as_(room, "data_steward"):
        made = verbs.attest_dependencies(
            "benefits", strengths={rows["mail"]: "hard"}, retire=[rows["db"]], add=[NewDependency("wiki", "soft")],
            by=steward, at=AT,
        )  # fmt: skip
    with entered(SYSTEM):
        found = {
            row.provider.code: (row.strength, row.source, row.retired_on, row.attested_until)
            for row in Dependency.objects.filter(system__code="benefits").select_related("provider")
        }
    assert found == {
        "idp": ("hard", "imported", None, YEAR), "mail": ("hard", "imported", None, YEAR),
        "db": ("hard", "imported", TODAY, None), "wiki": ("soft", "attested", None, YEAR),
    }  # fmt: skip
    assert made.kind == "changed"
    with as_(room, "data_steward"):
        assert verbs.attest_dependencies("benefits", by=steward, at=AT).kind == "reaffirmed"
        # What ended comes back as the same row, so that its history stays in one place.
        verbs.attest_dependencies("benefits", add=[NewDependency("db")], by=steward, at=AT)
    with entered(SYSTEM):
        assert Dependency.objects.get(pk=rows["db"]).retired_on is None


@pytest.mark.parametrize(
    ("new", "sentence"),
    [
        (NewDependency("benefits"), "cannot depend on itself"), (NewDependency("nix"), "There is no system nix"),
        (NewDependency("idp"), "depends on Sign-in already"), (NewDependency("wiki", "firm"), "is no strength"),
        (NewDependency("old"), "is retired since 2025-01-01"),
    ],
)  # fmt: skip
def test_a_dependency_that_cannot_be_is_refused(room: Room, new: NewDependency, sentence: str) -> None:
    with entered(SYSTEM):
        System.objects.create(
            code="old", name="Old", organization=room.doa, lifecycle="retired", retired_on=date(2025, 1, 1)
        )
    with as_(room, "data_steward"), pytest.raises(Refused, match=sentence):
        verbs.attest_dependencies("benefits", add=[new], by=room.accounts["data_steward"], at=AT)
    with entered(SYSTEM):
        assert not Attestation.objects.exists()
        assert Dependency.objects.filter(system__code="benefits", attested_on__isnull=False).count() == 0


def test_three_states_of_dependencies(room: Room) -> None:
    """Documented; attested none, which ends; unknown, which silence does not change."""

    def state(code: str, day: date = TODAY) -> str:
        found = system(code)
        with entered(SYSTEM):
            return attesting.state_of(found, Dependency.objects.filter(system=found).exists(), day)

    ben = room.accounts["ben"]
    assert (state("benefits"), state("wiki")) == ("documented", "unknown")
    with as_(room, "ben"), pytest.raises(Refused, match="nothing to confirm"):
        verbs.reaffirm("wiki", ["dependencies"], by=ben, at=AT)
    with as_(room, "ben"), pytest.raises(Refused, match="has a documented dependency"):
        verbs.attest_none("idp", by=ben, at=AT)
    with as_(room, "ben"):
        made = verbs.attest_none("wiki", by=ben, at=AT)
    assert (made.kind, made.until) == ("none", YEAR)
    assert (state("wiki"), state("wiki", YEAR), state("wiki", YEAR + timedelta(days=1))) == (
        "attested none", "attested none", "unknown",
    )  # fmt: skip
    with as_(room, "ben"):
        verbs.attest_dependencies("wiki", add=[NewDependency("db")], by=ben, at=AT)
    assert (state("wiki"), system("wiki").none_attested_until) == ("documented", None)


def test_a_provider_confirms_its_side(room: Room) -> None:
    with entered(SYSTEM):
        row = Dependency.objects.get(system__code="idp", provider__code="db")
    with as_(room, "ben"):
        assert verbs.confirm_as_provider("db", [row.pk], by=room.accounts["ben"], at=AT) == 1
        # A row of another provider is not his to confirm.
        assert verbs.confirm_as_provider("mail", [row.pk], by=room.accounts["ben"], at=AT) == 0
        row.refresh_from_db()
    assert (row.confirmed_by_id, row.confirmed_on, row.attested_on) == (room.people["ben"].pk, TODAY, None)


def test_what_is_taken_back_counts_no_more_and_is_asked_again(room: Room) -> None:
    opened(room)
    ann = room.accounts["ann"]
    with as_(room, "ann"):
        (first,) = verbs.reaffirm("benefits", ["facts"], by=ann, at=AT)
        second = verbs.change_and_attest("benefits", {"users": "5"}, by=ann, at=AT + timedelta(days=5))
        assert system("benefits").attested_on == date(2026, 11, 7)
        verbs.withdraw(second.pk, reason="I mixed them up", by=ann, at=AT + timedelta(days=6))
        assert (system("benefits").attested_on, system("benefits").users) == (TODAY, 5)
        verbs.withdraw(first.pk, reason="Nor this", by=ann, at=AT + timedelta(days=6))
        assert system("benefits").attested_until is None
        with pytest.raises(Refused, match="already"):
            verbs.withdraw(first.pk, reason="again", by=ann, at=AT)
    with entered(SYSTEM):
        assert AttestationRequest.objects.get(system__code="benefits", aspect="facts").state == "open"
        assert Attestation.objects.filter(withdrawn_at__isnull=False).count() == 2


def test_a_none_taken_back_leaves_the_dependencies_unknown(room: Room) -> None:
    ben = room.accounts["ben"]
    with as_(room, "ben"):
        made = verbs.attest_none("wiki", by=ben, at=AT)
        with pytest.raises(Refused, match="Say why"):
            verbs.withdraw(made.pk, reason=" ", by=ben, at=AT)
        verbs.withdraw(made.pk, reason="It needs the database", by=ben, at=AT)
    assert system("wiki").none_attested_on is None
