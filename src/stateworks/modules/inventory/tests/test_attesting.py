"""Who may vouch for what, what counts as freshness, and what a campaign asks and remembers."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from datetime import date, timedelta
from email import message_from_bytes, policy
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied

from stateworks.kernel.access.models import AuditEntry
from stateworks.kernel.access.scope import SYSTEM, entered, scope_of
from stateworks.kernel.errors import Refused
from stateworks.kernel.plans.obligations import obligations
from stateworks.kernel.plans.reminders import send_reminders
from stateworks.kernel.records.changes import Invalid
from stateworks.modules.inventory import attesting
from stateworks.modules.inventory.models import (
    Attestation,
    AttestationRequest,
    Campaign,
    Dependency,
    System,
)
from stateworks.modules.inventory.tests.conftest import AT, TODAY, Room
from stateworks.modules.inventory.verbs import attesting as verbs
from stateworks.modules.inventory.verbs import campaigns
from stateworks.modules.inventory.verbs.attesting import NewDependency

YEAR = date(2027, 11, 2)


def system(code: str) -> System:
    with entered(SYSTEM):
        return System.objects.get(code=code)


def as_(room: Room, who: str) -> Any:
    return entered(scope_of(room.accounts[who]))


def opened(room: Room, **more: Any) -> Campaign:
    """A campaign about every system in production, due in four weeks, whose answers count half a year."""
    fields = {"opens_on": TODAY, "due_on": date(2026, 11, 30), "valid_days": 180} | more
    with as_(room, "data_steward"):
        made = campaigns.plan_campaign(
            "fall", "Fall round", by=room.accounts["data_steward"], at=AT, **fields
        )
        campaigns.open_campaign("fall", by=room.accounts["data_steward"], at=AT)
    return made


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


# -- campaigns


def test_a_campaign_asks_owners_and_counts_answers(room: Room) -> None:
    campaign = opened(room)
    with entered(SYSTEM) as scope:
        # Seven systems, two aspects each; nobody owns Forms.
        assert attesting.totals(scope, [campaign])[campaign.pk] == {"asked": 14, "answered": 0, "waiting": 14}
        asked = AttestationRequest.objects.filter(system__code="forms").values_list("person", flat=True)
        assert set(asked) == {None}
    with as_(room, "ann"):
        verbs.reaffirm("benefits", ["facts", "dependencies"], by=room.accounts["ann"], at=AT)
    assert system("benefits").attested_until == TODAY + timedelta(days=180)
    with entered(SYSTEM) as scope:
        by_agency = {one.code: one for one in attesting.progress(campaign, scope, TODAY)}
        assert (by_agency["dhs"].asked, by_agency["dhs"].answered, by_agency["dhs"].nobody) == (6, 2, 2)
        assert (by_agency["doa"].asked, by_agency["doa"].answered, by_agency["doa"].nobody) == (8, 0, 0)
        assert Attestation.objects.filter(campaign=campaign).count() == 2
    with as_(room, "ann") as scope:
        assert [one.code for one in attesting.progress(campaign, scope, TODAY)] == ["dhs"]
    with as_(room, "data_steward"), pytest.raises(Refused, match="opened on 2026-11-02 already"):
        campaigns.open_campaign("fall", by=room.accounts["data_steward"], at=AT)
    with as_(room, "data_steward"):
        assert campaigns.close_campaign("fall", by=room.accounts["data_steward"], at=AT) == (2, 12)
    with as_(room, "ann"):
        verbs.reaffirm("portal", ["facts"], by=room.accounts["ann"], at=AT)
    with entered(SYSTEM):
        # A closed round takes no more answers; the attestation counts all the same.
        assert AttestationRequest.objects.filter(state="answered").count() == 2


def test_a_campaign_is_narrowed(room: Room) -> None:
    campaign = opened(room, organization=room.dhs, criticality="2_important", asks_facts=False)
    with entered(SYSTEM):
        asked = AttestationRequest.objects.filter(campaign=campaign).values_list("system__code", "aspect")
        assert sorted(asked) == [("benefits", "dependencies"), ("portal", "dependencies")]


def test_a_campaign_that_cannot_be_is_refused(room: Room) -> None:
    steward = room.accounts["data_steward"]
    with as_(room, "data_steward"):
        with pytest.raises(Invalid) as wrong:
            campaigns.plan_campaign(
                "fall round", "", opens_on=TODAY, due_on=date(2026, 10, 1), by=steward, at=AT
            )
        assert {"code", "title"} <= set(wrong.value.fields)
        campaigns.plan_campaign(
            "none", "None", opens_on=TODAY, due_on=TODAY, lifecycle="planned", by=steward, at=AT
        )
        with pytest.raises(Refused, match="No system fits"):
            campaigns.open_campaign("none", by=steward, at=AT)
    with as_(room, "planner"), pytest.raises(PermissionDenied):
        campaigns.open_campaign("none", by=room.accounts["planner"], at=AT)
    with as_(room, "keeper"), pytest.raises(PermissionDenied, match="for the whole state"):
        campaigns.open_campaign("none", by=room.accounts["keeper"], at=AT)


def test_one_request_is_let_off_with_a_reason(room: Room) -> None:
    opened(room)
    with entered(SYSTEM):
        request = AttestationRequest.objects.get(system__code="wiki", aspect="facts")
    with as_(room, "data_steward"):
        campaigns.withdraw_request(
            request.pk, reason="Being replaced", by=room.accounts["data_steward"], at=AT
        )
        with pytest.raises(Refused, match="withdrawn already"):
            campaigns.withdraw_request(request.pk, reason="x", by=room.accounts["data_steward"], at=AT)


def test_what_is_asked_stands_on_my_work(room: Room) -> None:
    opened(room)
    with entered(SYSTEM):
        owed = [(one.owner, one.what, one.due) for one in obligations(TODAY) if one.kind == "attestation"]
    assert sorted(owed) == [
        ("", "Confirm 1 system for “Fall round”.", date(2026, 11, 30)),
        ("ann@example.org", "Confirm 2 systems for “Fall round”.", date(2026, 11, 30)),
        ("ben@example.org", "Confirm 4 systems for “Fall round”.", date(2026, 11, 30)),
    ]
    with as_(room, "ann"):
        mine = obligations(TODAY, owner="ann@example.org")
    assert [(one.kind, one.url) for one in mine] == [("attestation", "/inventory/attest/")]


class Catcher:
    """A mail server that keeps what it is given."""

    def __init__(self) -> None:
        self.letters: list[Any] = []

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        self.letters.append(message_from_bytes(envelope.content, policy=policy.default))
        return "250 OK"


@pytest.fixture
def catcher(settings: Any) -> Iterator[Catcher]:
    from aiosmtpd.controller import Controller

    handler = Catcher()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    controller = Controller(handler, hostname="127.0.0.1", port=port)
    controller.start()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port
    settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
    settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""
    yield handler
    controller.stop()


def test_owners_are_reminded_by_mail_and_the_campaign_remembers(room: Room, catcher: Catcher) -> None:
    opened(room)
    assert send_reminders(TODAY, at=AT).sent == [], "four weeks before it is due is too early"
    day = date(2026, 11, 25)
    done = send_reminders(day, at=AT + timedelta(days=23))
    assert (done.sent, done.unnamed) == (["ann@example.org", "ben@example.org"], 1)
    letter = next(one for one in catcher.letters if one["To"] == "ann@example.org")
    assert letter["Subject"] == "1 thing is due"
    assert "- Confirm 2 systems for “Fall round”. (due 30 November 2026)" in letter.get_content()
    with entered(SYSTEM):
        reminded = AttestationRequest.objects.filter(reminded_at__isnull=False)
        assert reminded.count() == 12
        assert not reminded.filter(system__code="forms").exists()


# -- pages


def page_of(room: Room, who: str, path: str) -> str:
    from stateworks.modules.inventory.tests.test_system_page import text_of

    return text_of(room.client(who), path)


def form_of(page: str) -> dict[str, str]:
    """The hidden marks of what a page shows, as a browser would send them."""
    import re

    return dict(re.findall(r'name="(seen[^"]*)" value="([^"]*)"', page))


def test_my_systems_are_confirmed_together_after_being_shown(room: Room) -> None:
    opened(room)
    client = room.client("ann")
    page = client.get("/inventory/attest/").content.decode()
    shown = page_of(room, "ann", "/inventory/attest/")
    assert "2 systems wait for your word" in shown
    assert "a system you may not see stops without it" in shown
    seen = form_of(page)
    nothing = client.post("/inventory/attest/", seen)
    assert nothing.status_code == 400
    assert "Tick the systems that you confirm" in nothing.content.decode()
    done = client.post("/inventory/attest/", seen | {"confirm": ["benefits", "portal"]})
    assert done.status_code == 302
    with entered(SYSTEM):
        answered = AttestationRequest.objects.filter(state="answered").values_list("system__code", "aspect")
        assert sorted(answered) == [
            ("benefits", "dependencies"), ("benefits", "facts"), ("portal", "dependencies"), ("portal", "facts"),
        ]  # fmt: skip
    assert "Nothing waits for your word: all 2 systems of yours are confirmed" in page_of(
        room, "ann", "/inventory/attest/"
    )


def test_a_changed_system_is_shown_again_and_the_ticks_stay(room: Room) -> None:
    client = room.client("ann")
    seen = form_of(client.get("/inventory/attest/").content.decode())
    with entered(SYSTEM):
        System.objects.filter(code="portal").update(users=7)
    answer = client.post("/inventory/attest/", seen | {"confirm": ["benefits", "portal"]})
    assert answer.status_code == 400
    page = answer.content.decode()
    assert "Client portal was changed after it was shown to you" in page
    assert 'value="portal" checked' in page
    assert (system("benefits").attested_on is None, system("portal").attested_on) == (False, None)


def test_silence_about_dependencies_is_no_answer(room: Room) -> None:
    """Wiki has none documented: confirming its facts leaves them unknown; a button of its own says that there are none."""
    client = room.client("ben")
    seen = form_of(client.get("/inventory/attest/").content.decode())
    assert client.post("/inventory/attest/", seen | {"one": "wiki"}).status_code == 302
    assert (system("wiki").attested_on is None, system("wiki").none_attested_on) == (False, None)
    seen = form_of(client.get("/inventory/attest/").content.decode())
    assert client.post("/inventory/attest/", seen | {"nothing": "wiki"}).status_code == 302
    assert system("wiki").none_attested_on is not None


def test_the_form_corrects_facts_and_loses_nothing(room: Room) -> None:
    client, path = room.client("ann"), "/inventory/attest/benefits/"
    page = client.get(path).content.decode()
    # Ann's steward field is her own to fill; nothing she may not see is offered, or she would empty it.
    seen = form_of(page)
    wrong = client.post(
        path, seen | {"do": "facts", "users": "many", "purpose": "Pays benefits", "note": "Asked around"}
    )
    assert wrong.status_code == 400
    again = wrong.content.decode()
    assert 'value="many"' in again
    assert "Pays benefits</textarea>" in again
    assert 'value="Asked around"' in again
    assert 'href="#f-users"' in again
    assert system("benefits").purpose == ""
    fine = client.post(path, seen | {"do": "facts", "users": "900", "purpose": "Pays benefits"})
    assert fine.status_code == 302
    assert fine["Location"] == "/inventory/systems/benefits/"
    assert (system("benefits").users, system("benefits").purpose) == (900, "Pays benefits")


def test_the_form_corrects_dependencies(room: Room) -> None:
    client, path = room.client("data_steward"), "/inventory/attest/benefits/"
    seen = form_of(client.get(path).content.decode())
    with entered(SYSTEM):
        rows = {row.provider.code: row.pk for row in Dependency.objects.filter(system__code="benefits")}
    given = {"do": "dependencies", f"edge-{rows['mail']}": "end", "add-1": "wiki", "add-2": "porta"}
    wrong = client.post(path, seen | given)
    assert wrong.status_code == 400
    page = wrong.content.decode()
    assert "did you mean portal (Client portal)?" in page
    assert 'value="porta"' in page
    assert 'value="end" selected' in page
    with entered(SYSTEM):
        assert Dependency.objects.filter(system__code="benefits", retired_on=None).count() == 3
    assert client.post(path, seen | given | {"add-2": "client PORTAL"}).status_code == 302
    with entered(SYSTEM):
        now = Dependency.objects.filter(system__code="benefits", retired_on=None).values_list(
            "provider__code", flat=True
        )
        assert sorted(now) == ["db", "idp", "portal", "wiki"]


def test_a_provider_confirms_and_an_answer_is_taken_back_on_the_page(room: Room) -> None:
    client, path = room.client("ben"), "/inventory/attest/db/"
    with entered(SYSTEM):
        row = Dependency.objects.get(system__code="idp", provider__code="db")
    assert client.post(path, {"do": "provider"}).status_code == 400
    assert client.post(path, {"do": "provider", "confirmed": str(row.pk)}).status_code == 302
    seen = form_of(client.get(path).content.decode())
    assert client.post(path, seen | {"do": "reaffirm"}).status_code == 302
    with entered(SYSTEM):
        made = Attestation.objects.get(system__code="db")
        assert Dependency.objects.get(pk=row.pk).confirmed_by == room.people["ben"]
    assert client.post(path, {"do": f"withdraw-{made.pk}", "reason": ""}).status_code == 400
    assert client.post(path, {"do": f"withdraw-{made.pk}", "reason": "Too early"}).status_code == 302
    assert system("db").attested_on is None
    assert "taken back" in page_of(room, "ben", "/inventory/systems/db/")


@pytest.mark.parametrize("back", ["https://evil.example/", "//evil.example", "/data/"])
def test_the_way_back_leads_nowhere_else(room: Room, back: str) -> None:
    client, path = room.client("ann"), "/inventory/attest/benefits/"
    seen = form_of(client.get(path).content.decode())
    answer = client.post(path, seen | {"do": "reaffirm", "back": back})
    assert answer["Location"] == "/inventory/systems/benefits/"


def test_a_campaign_is_set_up_opened_watched_and_closed_in_the_browser(room: Room) -> None:
    client = room.client("data_steward")
    given = {"code": "fall", "title": "Fall round", "opens_on": "2026-11-02", "due_on": "2099-11-30", "valid_days": "180",
             "lifecycle": "production", "asks": ["facts"], "organization": "nix"}  # fmt: skip
    wrong = client.post("/inventory/campaigns/new/", given)
    assert wrong.status_code == 400
    assert 'value="Fall round"' in wrong.content.decode()
    assert client.post("/inventory/campaigns/new/", given | {"organization": ""}).status_code == 302
    path = "/inventory/campaigns/fall/"
    assert "It is about 7 systems." in page_of(room, "data_steward", path)
    assert room.client("auditor").post(path, {"do": "open"}).status_code == 403
    assert client.post(path, {"do": "open"}).status_code == 302
    shown = page_of(room, "data_steward", path)
    assert "7 asked 0 answered 7 waiting 1 with nobody to ask" in shown
    assert "Human Services 3 0 0.0 % 3 waiting at Human Services 1" in shown
    part = page_of(room, "ann", path)
    assert "4 more requests are about systems that you may not see." in part
    assert "Sign-in Administration" not in part
    listed = client.get(path + "?format=csv&agency=dhs").content.decode().splitlines()
    assert [line.split(",")[0] for line in listed] == ["system", "benefits", "portal", "forms"]
    with entered(SYSTEM):
        request = AttestationRequest.objects.get(system__code="forms")
    assert client.post(path, {"do": f"withdraw-{request.pk}", "reason": ""}).status_code == 400
    assert client.post(path, {"do": f"withdraw-{request.pk}", "reason": "Ends soon"}).status_code == 302
    assert client.post(path, {"do": "close"}).status_code == 302
    assert "Closed" in page_of(room, "data_steward", path)
