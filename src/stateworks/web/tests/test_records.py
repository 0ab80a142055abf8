"""Records in the browser: read, add, change, retire, and two people at the same one."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client

from stateworks.kernel.access.models import AuditEntry
from stateworks.kernel.access.scope import SYSTEM, entered
from stateworks.kernel.org.models import LineOfService, Organization, Person, Vendor
from stateworks.kernel.records.models import SavedView
from stateworks.kernel.records.past import history_of
from stateworks.web.tests.office import LONG_NAME, Office

PERSON = "/data/office.person/ann/"


def form_of(page: str) -> dict[str, str]:
    """What a browser would send of a form that nobody touched."""
    main = page[page.index('<form method="post" class="sw-form"') :]
    found = {}
    for tag in re.findall(r"<input[^>]*>", main):
        name, kind = re.search(r'name="([^"]*)"', tag), re.search(r'type="([^"]*)"', tag)
        if name is None or (kind and kind[1] in ("radio", "checkbox") and "checked" not in tag):
            continue
        value = re.search(r'value="([^"]*)"', tag)
        found[name[1]] = value[1].replace("&amp;", "&") if value else ""
    for name, options in re.findall(r'<select[^>]*name="([^"]*)"[^>]*>(.*?)</select>', main, re.S):
        chosen = re.search(r'<option value="([^"]*)" selected', options)
        found[name] = chosen[1] if chosen else ""
    found |= dict(re.findall(r'<textarea[^>]*name="([^"]*)"[^>]*>\n?(.*?)</textarea>', main, re.S))
    found.pop("csrfmiddlewaretoken", None)
    return found


def opened(client: Client, path: str) -> dict[str, str]:
    return form_of(client.get(path).content.decode())


def test_a_record_shows_what_it_is_and_what_refers_to_it(office: Office) -> None:
    page = office.client("data_steward").get("/data/office.organization/harbor/").content.decode()
    assert "<h1>Harbor Commission</h1>" in page
    assert 'href="/data/office.organization/state/">State of Pelican</a>' in page
    assert 'href="/data/office.person/ann/">Ann Liaison</a>' in page
    assert 'href="/data/office.person/?organization=harbor"' in page
    # An appointment is told by what the page does not say already: person, role and day.
    assert "Ann Liaison · IT liaison · 1" in page
    listed = office.client("data_steward").get("/data/office.person/").content.decode()
    assert f'href="{PERSON}">ann</a>' in listed
    assert 'href="/data/office.organization/harbor/">harbor</a>' in listed


def test_the_form_saves_what_was_touched_and_says_why(office: Office) -> None:
    client = office.client("data_steward")
    form = opened(client, f"{PERSON}edit/")
    assert form["c.organization"] == "harbor"
    sent = client.post(
        f"{PERSON}edit/",
        {**form, "c.name": "Ann Alder", "c.organization": "port authority", "reason": "Moved."},
        follow=True,
    )
    assert "Ann Alder is saved." in sent.content.decode()
    with entered(SYSTEM):
        ann = Person.objects.get(code="ann")
        assert (ann.name, ann.organization.code) == ("Ann Alder", "port"), "the exact name is enough"
        assert history_of(ann)[0].reason == "Moved."
        entry = AuditEntry.objects.get(subject="office.person ann", verb="change")
        assert (entry.before, entry.after) == (
            {"name": "Ann Liaison", "organization": "harbor"}, {"name": "Ann Alder", "organization": "port"},
        )  # fmt: skip
    history = client.get(f"{PERSON}history/").content.decode()
    assert "Why: Moved." in history
    assert "<del>harbor (Harbor Commission)</del>" in history
    assert "<ins>port (Port Authority)</ins>" in history
    again = client.post(f"{PERSON}edit/", opened(client, f"{PERSON}edit/"), follow=True).content.decode()
    assert "nothing to save" in again
    with entered(SYSTEM):
        assert len(history_of(Person.objects.get(code="ann"))) == 2


def test_a_wrong_field_is_named_at_the_field_and_nothing_is_lost(office: Office) -> None:
    client = office.client("data_steward")
    form = opened(client, f"{PERSON}edit/")
    sent = client.post(
        f"{PERSON}edit/",
        {**form, "c.email": "no address", "c.organization": "harbour commision", "reason": "<b>typo</b>"},
    )
    page = sent.content.decode()
    assert sent.status_code == 400
    assert "2 things need your attention" in page
    assert '<a href="#f-email">' in page and 'id="f-email"' in page
    assert re.search(r'id="f-email"[^>]*aria-describedby="h-email e-email" aria-invalid="true"', page)
    assert 'value="no address"' in page and "&lt;b&gt;typo&lt;/b&gt;" in page
    # What comes near stands beside the field, to be picked.
    assert 'name="pick.organization" value="harbor"' in page
    fixed = client.post(
        f"{PERSON}edit/", {**form_of(page), "c.email": "ann@example.org", "pick.organization": "harbor"}
    )
    assert fixed.status_code == 302


def test_looking_up_a_reference_needs_no_script(office: Office) -> None:
    client = office.client("data_steward")
    form = opened(client, "/data/office.line_of_service/new/?name=Radio")
    assert form["c.name"] == "Radio"
    page = client.post(
        "/data/office.line_of_service/new/", {**form, "c.section": "interoperability", "lookup": "section"}
    ).content.decode()
    assert LONG_NAME in page and 'name="pick.section" value="radio"' in page
    sent = {**form_of(page), "c.code": "radio", "pick.section": "radio"}
    assert client.post("/data/office.line_of_service/new/", sent).status_code == 302
    with entered(SYSTEM):
        assert LineOfService.objects.get(code="radio").section.code == "radio"


def test_two_people_do_not_overwrite_each_other(office: Office) -> None:
    first, second = office.client("data_steward"), office.client("administrator")
    mine, theirs = opened(first, f"{PERSON}edit/"), opened(second, f"{PERSON}edit/")
    assert (
        second.post(f"{PERSON}edit/", {**theirs, "c.name": "Ann Second", "c.email": "a@x.gov"}).status_code
        == 302
    )
    sent = first.post(f"{PERSON}edit/", {**mine, "c.name": "Ann First", "c.left_on": "2027-01-31"})
    page = sent.content.decode()
    assert sent.status_code == 400
    assert "has changed this record since you opened it" in page
    assert "<ins>Ann Second</ins>" in page
    merged = form_of(page)
    # What the other changed alone is kept, what I changed alone too; where both did, mine waits with theirs beside it.
    assert (merged["c.name"], merged["c.email"], merged["c.left_on"]) == (
        "Ann First",
        "a@x.gov",
        "2027-01-31",
    )
    assert "It is Ann Second now" in page
    with entered(SYSTEM):
        assert Person.objects.get(code="ann").name == "Ann Second"
    assert first.post(f"{PERSON}edit/", merged).status_code == 302
    with entered(SYSTEM):
        ann = Person.objects.get(code="ann")
        assert (ann.name, ann.email) == ("Ann First", "a@x.gov")


def test_records_are_retired_and_brought_back_never_deleted(office: Office) -> None:
    client = office.client("data_steward")
    assert client.post("/data/office.vendor/new/", {"c.code": "acme", "c.name": "Acme"}).status_code == 302
    path = "/data/office.vendor/acme/"
    without = client.post(f"{path}retire/", {"day": "2027-02-01", "reason": " "})
    assert without.status_code == 400 and 'href="#f-reason"' in without.content.decode()
    done = client.post(f"{path}retire/", {"day": "2027-02-01", "reason": "Merged."}, follow=True)
    assert "retired 1" in done.content.decode()
    assert client.post(f"{path}retire/", {"reason": "Split again."}).status_code == 302
    with entered(SYSTEM):
        vendor = Vendor.objects.get(code="acme")
        assert vendor.retired_on is None
        assert [one.reason for one in history_of(vendor)] == ["Split again.", "Merged.", ""]
    # A person has no such column: the address is not there.
    assert client.get(f"{PERSON}retire/").status_code == 404


def test_who_may_not_change_gets_a_plain_no(office: Office) -> None:
    for who, status in (("auditor", 403), ("harbor", 403), ("port", 404), ("anonymous", 302)):
        client = office.client(who)
        assert client.get(f"{PERSON}edit/").status_code == status, who
        assert client.post(f"{PERSON}edit/", {"c.name": "Eve"}).status_code == status, who
        assert client.get(PERSON).status_code == {403: 200}.get(status, status), who
    words = office.client("auditor").get(f"{PERSON}edit/").content.decode()
    assert "takes the role data steward or administrator" in words
    assert "/edit/" not in office.client("auditor").get(PERSON).content.decode()
    with entered(SYSTEM):
        assert Person.objects.get(code="ann").name == "Ann Liaison"


def test_an_agencys_steward_changes_its_own_alone(office: Office) -> None:
    from datetime import date

    from stateworks.kernel.access.models import Grant

    with entered(SYSTEM):
        Grant.objects.create(
            account=office.accounts["harbor"],
            role="data_steward",
            organization=office.harbor,
            since=date(2024, 1, 1),
        )
        Person.objects.create(code="pat", name="Pat Port", organization=office.port)
    client = office.client("harbor")
    assert client.get("/data/office.person/pat/edit/").status_code == 404
    form = opened(client, f"{PERSON}edit/")
    assert client.post(f"{PERSON}edit/", {**form, "c.name": "Ann B."}).status_code == 302
    # Giving a record away takes the right at its new place, too.
    form = opened(client, f"{PERSON}edit/")
    assert client.post(f"{PERSON}edit/", {**form, "c.organization": "port"}).status_code == 403
    assert (
        client.post(
            "/data/office.person/new/", {"c.code": "x", "c.name": "X", "c.organization": "port"}
        ).status_code
        == 403
    )
    # A key that a hidden record has is refused, and nothing is said about that record.
    clash = client.post(
        "/data/office.person/new/", {"c.code": "pat", "c.name": "P", "c.organization": "harbor"}
    )
    page = clash.content.decode()
    assert clash.status_code == 400 and "cannot be kept under this key" in page and "Pat Port" not in page
    # The office's own records take the role for the whole state.
    assert client.get("/data/office.vendor/new/").status_code == 403
    with entered(SYSTEM):
        assert Organization.objects.get(code="port").people.count() == 1


def test_a_page_of_its_own_is_linked_instead_of_the_generic_one(office: Office, monkeypatch: Any) -> None:
    from dataclasses import replace

    from stateworks.kernel.records import types

    declared = types.record_type("office.organization")
    monkeypatch.setitem(types._types, declared.name, replace(declared, page="web:agency"))
    page = office.client("data_steward").get("/data/office.person/").content.decode()
    assert 'href="/agencies/harbor/">harbor</a>' in page
    assert 'href="/agencies/harbor/">' in office.client("data_steward").get(PERSON).content.decode()
    assert 'href="/agencies/harbor/">its own page</a>' in (
        office.client("data_steward").get("/data/office.organization/harbor/").content.decode()
    )


def test_a_narrower_right_holds_for_the_form(office: Office, monkeypatch: Any) -> None:
    from dataclasses import replace

    from stateworks.kernel.records import types

    declared = types.record_type("office.vendor")
    monkeypatch.setitem(types._types, declared.name, replace(declared, change="plan.change"))
    assert office.client("data_steward").get("/data/office.vendor/new/").status_code == 403
    sent = office.client("planner").post("/data/office.vendor/new/", {"c.code": "acme", "c.name": "Acme"})
    assert sent.status_code == 302


def test_many_records_are_changed_after_a_look_at_the_numbers(office: Office) -> None:
    with entered(SYSTEM):
        for number in range(4):
            Vendor.objects.create(code=f"v-{number}", name=f"Vendor {number}")
    client = office.client("data_steward")
    listed = client.get("/data/office.vendor/?q=vendor").content.decode()
    assert 'href="/data/office.vendor/bulk/?q=vendor">Change all 4</a>' in listed
    ids = re.findall(r'name="row" value="(\d+)"', listed)
    path = "/data/office.vendor/bulk/"
    none = client.post(path, {"which": "ticked", "query": "q=vendor"}, follow=True)
    assert "Tick the records" in none.content.decode() and none.redirect_chain[0][0].endswith("?q=vendor")
    page = client.post(path, {"which": "ticked", "row": ids[:2], "query": "q=vendor"}).content.decode()
    assert "<h1>Vendors: change 2" in page
    chosen = {**form_of(page), "change.website": "yes", "c.website": "https://x.gov", "reason": "One site."}
    preview = client.post(path, {**chosen, "do": "preview"}).content.decode()
    assert re.search(r"<b>2</b><span>change</span>", preview)
    with entered(SYSTEM):
        assert not Vendor.objects.exclude(website="").exists()
    other = client.post(
        path, {**form_of(preview), "change.website": "yes", "c.website": "https://y.gov", "do": "apply"}
    )
    assert "You changed the values after the preview" in other.content.decode()
    client.post(path, {**form_of(preview), "change.website": "yes", "do": "apply"})
    with entered(SYSTEM):
        assert Vendor.objects.filter(website="https://x.gov").count() == 2
    # All that match, as the list had them; two are so already.
    page = client.get(f"{path}?q=vendor").content.decode()
    again = {**form_of(page), "change.website": "yes", "c.website": "https://x.gov"}
    preview = client.post(path, {**again, "do": "preview"}).content.decode()
    assert re.search(r"<b>2</b><span>change</span></li><li><b>2</b><span>are so already", preview)
    with entered(SYSTEM):
        Vendor.objects.create(code="v-9", name="Vendor 9")
    late = client.post(path, {**form_of(preview), "change.website": "yes", "do": "apply"})
    assert late.status_code == 400 and "would change now, not 2 as before" in late.content.decode()


def test_views_are_ones_own_until_a_steward_shares_them(office: Office) -> None:
    steward, liaison = office.client("data_steward"), office.client("harbor")
    path, people = "/data/office.organization/views/", "/data/office.organization/"
    saved = liaison.post(path, {"name": " My  agencies ", "query": "page=3&sort=-name&kind=agency&nope=1"})
    assert saved["Location"] == f"{people}?kind=agency&sort=-name"
    assert (
        '<a href="?kind=agency&amp;sort=-name" aria-current="true">My agencies</a>'
        in liaison.get(saved["Location"]).content.decode()
    )
    assert "My agencies" not in steward.get(people).content.decode()
    assert liaison.post(path, {"name": "Mine", "query": "", "shared": "yes"}).status_code == 403
    twice = liaison.post(path, {"name": "My agencies", "query": "q=x"})
    assert twice.status_code == 400 and "choose another name" in twice.content.decode()
    assert (
        steward.post(path, {"name": "All agencies", "query": "kind=agency", "shared": "yes"}).status_code
        == 302
    )
    page = liaison.get(people).content.decode()
    assert "All agencies" in page and "My agencies" in page
    with entered(SYSTEM):
        number = SavedView.objects.get(name="All agencies").pk
        own = SavedView.objects.get(name="My agencies").pk
    assert liaison.post(path, {"view": number, "name": "X", "do": "save"}).status_code == 403
    assert liaison.post(path, {"view": number, "do": "forget"}).status_code == 403
    assert steward.post(path, {"view": own, "do": "forget"}).status_code == 404, (
        "it is not seen, so it is not there"
    )
    assert liaison.post(path, {"view": own, "name": "Ours", "do": "save"}).status_code == 302
    assert liaison.post(path, {"view": own, "do": "forget"}).status_code == 302
    with entered(SYSTEM):
        assert [view.name for view in SavedView.objects.all()] == ["All agencies"]


def test_the_database_keeps_views_apart_as_well(office: Office) -> None:
    from django.db import ProgrammingError, transaction
    from django.utils import timezone

    from stateworks.kernel.access.scope import PUBLIC, scope_of

    liaison = office.accounts["harbor"]
    with entered(scope_of(liaison)):
        SavedView.objects.create(dataset="office.vendor", name="V", owner=liaison, saved_at=timezone.now())
        with pytest.raises(ProgrammingError, match="row-level security"), transaction.atomic():
            SavedView.objects.create(
                dataset="office.vendor", name="W", owner=liaison, shared=True, saved_at=timezone.now()
            )
    for scope in (scope_of(office.accounts["port"]), PUBLIC):
        with entered(scope):
            assert not SavedView.objects.exists()


def test_a_preview_shows_each_change_before_and_after(office: Office) -> None:
    client = office.client("data_steward")
    path = f"/data/imports/{office.preview.pk}/"
    assert f'href="{path}changes/"' in client.get(path).content.decode()
    page = client.get(f"{path}changes/").content.decode()
    assert re.search(r"Name: <del>Ann Liaison</del>.*<ins>Ann Alder</ins>", page)
    assert "ben" in page and "ben" not in client.get(f"{path}changes/?what=changed").content.decode()
    told = client.get(f"{path}changes/?format=csv").content.decode().splitlines()
    assert told[0] == "line,key,what,column,before,after"
    assert "2,ann,changed,name,Ann Liaison,Ann Alder" in told
    assert "3,ben,new,organization,,port" in told
    assert client.get(f"/data/imports/{office.tickets.pk}/changes/").status_code == 404


def test_a_record_that_refers_to_what_is_out_of_reach_is_still_there(office: Office) -> None:
    """An appointment at Harbor of somebody who works for Port: Harbor sees the appointment and not the person."""
    from datetime import date

    from stateworks.kernel.org.models import Appointment

    with entered(SYSTEM):
        pat = Person.objects.create(code="pat", name="Pat Port", organization=office.port)
        Appointment.objects.create(
            person=pat, organization=office.harbor, role="champion", since=date(2026, 3, 1)
        )
    client = office.client("harbor")
    for query in ("", "?sort=person", "?sort=-person", "?columns=person,role"):
        page = client.get(f"/data/office.appointment/{query}").content.decode()
        assert "Rows 1 to 2 of 2" in page, query
        assert page.count("out of reach") == 1 and "Pat" not in page, query
    exported = client.get("/data/office.appointment/?format=csv").content.decode().splitlines()
    assert len(exported) == 3 and any(line.startswith(",harbor,champion") for line in exported)
    assert len(client.get("/api/v1/datasets/office.appointment/rows").json()["rows"]) == 2
    everything = office.client("auditor").get("/data/office.appointment/").content.decode()
    assert "out of reach" not in everything and ">pat</a>" in everything
