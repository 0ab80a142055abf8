"""Owners answer and stewards run a campaign in the browser."""

from __future__ import annotations

import pytest

from stateworks.kernel.access.scope import SYSTEM, entered
from stateworks.modules.inventory.models import Attestation, AttestationRequest, Dependency, System
from stateworks.modules.inventory.tests.attesting_steps import opened, system
from stateworks.modules.inventory.tests.conftest import Room


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
    assert "7 questions asked 0 answered 7 waiting, about 7 systems 1 with nobody to ask" in shown
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
