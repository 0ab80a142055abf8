"""What a campaign asks and remembers, and whom it reminds."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from datetime import date, timedelta
from email import message_from_bytes, policy
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied

from stateworks.kernel.access.scope import SYSTEM, entered
from stateworks.kernel.errors import Refused
from stateworks.kernel.plans.obligations import obligations
from stateworks.kernel.plans.reminders import send_reminders
from stateworks.kernel.records.changes import Invalid
from stateworks.modules.inventory import attesting
from stateworks.modules.inventory.models import Attestation, AttestationRequest
from stateworks.modules.inventory.tests.attesting_steps import as_, opened, system
from stateworks.modules.inventory.tests.conftest import AT, TODAY, Room
from stateworks.modules.inventory.verbs import attesting as verbs
from stateworks.modules.inventory.verbs import campaigns


def test_a_campaign_asks_owners_and_counts_answers(room: Room) -> None:
    campaign = opened(room)
    with entered(SYSTEM) as scope:
        # Seven systems, two aspects each; nobody owns Forms.
        assert attesting.totals(scope, (campaign.pk,))[campaign.pk] == {
            "asked": 14,
            "answered": 0,
            "waiting": 14,
        }
        asked = AttestationRequest.objects.filter(system__code="forms").values_list("person", flat=True)
        assert set(asked) == {None}
    with as_(room, "ann"):
        verbs.reaffirm("benefits", ["facts", "dependencies"], by=room.accounts["ann"], at=AT)
    assert system("benefits").attested_until == TODAY + timedelta(days=180)
    with entered(SYSTEM) as scope:
        by_agency = {one.code: one for one in attesting.progress(scope, campaign.pk, TODAY)}
        assert (by_agency["dhs"].asked, by_agency["dhs"].answered, by_agency["dhs"].nobody) == (6, 2, 2)
        assert (by_agency["doa"].asked, by_agency["doa"].answered, by_agency["doa"].nobody) == (8, 0, 0)
        assert Attestation.objects.filter(campaign=campaign).count() == 2
    with as_(room, "ann") as scope:
        assert [one.code for one in attesting.progress(scope, campaign.pk, TODAY)] == ["dhs"]
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
