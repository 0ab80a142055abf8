"""What every record type must do on its pages and over the API, for whoever comes: nothing of it is written in a module."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator
from copy import copy
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from stateworks.kernel.access.models import Account, Grant, Role
from stateworks.kernel.access.permissions import RIGHTS
from stateworks.kernel.access.scope import SYSTEM, entered
from stateworks.kernel.records.changes import save_record, shown_values
from stateworks.kernel.records.fields import INSTANT, REFERENCE, bound_columns, typed_columns
from stateworks.kernel.records.keys import find, key_address
from stateworks.kernel.records.past import history_of, version_of
from stateworks.kernel.records.search import search, searched
from stateworks.kernel.records.types import RecordType, record_type, record_types
from stateworks.web.data.addresses import generic_url, key_values, url_of
from tests.conformance.issued import opened
from tests.conformance.rows import organization, tells_apart, texts

AT = datetime(2026, 11, 1, 15, 30, tzinfo=UTC)
pytestmark = pytest.mark.django_db
VISITOR, WRONG, RIGHT, AUDITOR, STEWARD = "visitor", "wrong agency", "right agency", "auditor", "steward"
#: Queries a page may take, whatever the type and however many rows; references and walls cost a few each.
LIST_QUERIES, RECORD_QUERIES, FORM_QUERIES = 40, 60, 40


class World:
    """One record of the type, and everybody who may come."""

    def __init__(self, declared: RecordType) -> None:
        self.declared = declared
        self.open = declared.seen_once is None
        with entered(SYSTEM):
            agency, other, state = organization("harbor"), organization("lagoon"), organization()
            self.texts = texts(declared, 3, agency)
            self.record = save_record(declared, self.texts, by=None, at=AT)
            self.accounts = {
                WRONG: self._account(Role.AGENCY_LIAISON, other, "wrong"),
                RIGHT: self._account(Role.AGENCY_LIAISON, agency, "right"),
                AUDITOR: self._account(Role.AUDITOR, state, "auditor"),
                STEWARD: self._account(Role.ADMINISTRATOR, state, "steward"),
            }
            for role in RIGHTS[declared.change].roles:
                Grant.objects.get_or_create(
                    account=self.accounts[STEWARD],
                    role=role,
                    organization=state,
                    defaults={"since": date(2020, 1, 1)},
                )
            values = key_values(declared, self.record)
            self.key = key_address(declared, values)
            self.path = generic_url(declared, values)
        self.list = f"/data/{declared.name}/"
        self.api = f"/api/v1/datasets/{declared.name}/rows"

    @staticmethod
    def _account(role: Role, place: Any, name: str) -> Account:
        made = Account.objects.create_user(f"{name}@conformance.example")
        Grant.objects.create(account=made, role=role, organization=place, since=date(2020, 1, 1))
        return made

    def client(self, who: str) -> Client:
        client = Client(HTTP_HOST="localhost")
        if who != VISITOR:
            with entered(SYSTEM):
                client.force_login(self.accounts[who])
        return client

    def sees(self, who: str) -> bool:
        """Whether somebody may see the record: the office's own is for all who are signed in, a draft for the office."""
        if who == RIGHT and self.declared.seen_once is not None:
            return self.open
        return who != VISITOR and (who != WRONG or self.declared.organization is None)

    def issue(self) -> None:
        """Let the record's agency see it from now on."""
        with entered(SYSTEM):
            opened(self.declared, self.record)
        self.open = True

    def fields(self, client: Client, path: str) -> dict[str, str]:
        """What a browser sends of a form that nobody touched."""
        return form_of(client.get(path).content.decode())

    def again(self) -> Any:
        """The record as it is now."""
        with entered(SYSTEM):
            return self.declared.model._default_manager.get(pk=self.record.pk)


def form_of(page: str) -> dict[str, str]:
    """What a browser would send of a form that nobody touched."""
    main = page[page.index('<form method="post" class="sw-form"') :]
    found: dict[str, str] = {}
    for tag in re.findall(r"<input[^>]*>", main):
        name, kind, value = (re.search(rf'{what}="([^"]*)"', tag) for what in ("name", "type", "value"))
        if name and not (
            kind and kind[1] in ("radio", "checkbox") and not re.search(r"\schecked[\s/>=]", tag)
        ):
            found[name[1]] = html.unescape(value[1]) if value else ""
    for name, options in re.findall(r'<select[^>]*name="([^"]*)"[^>]*>(.*?)</select>', main, re.S):
        chosen = re.search(r'<option value="([^"]*)" selected', options)
        found[name] = html.unescape(chosen[1]) if chosen else ""
    for name, text in re.findall(r'<textarea[^>]*name="([^"]*)"[^>]*>\n?(.*?)</textarea>', main, re.S):
        found[name] = html.unescape(text)
    return found


def inputs(declared: RecordType, values: dict[str, str]) -> dict[str, str]:
    """A file's texts as the inputs of a form."""
    sent = {}
    for one in bound_columns(declared):
        text = values[one.name]
        if one.kind == "range":
            first, _, last = text.partition("/")
            sent |= {f"c.{one.name}.from": first, f"c.{one.name}.to": last}
        else:
            sent[f"c.{one.name}"] = text
    return sent


@pytest.fixture(scope="module", params=[declared.name for declared in record_types()])
def first_world(
    request: pytest.FixtureRequest, django_db_setup: None, django_db_blocker: Any
) -> Iterator[World]:
    """Made once for each type, since rows that others refer to take long; undone before the next type's."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield World(record_type(request.param))
        transaction.set_rollback(True)


@pytest.fixture
def world(first_world: World, db: None) -> World:
    """The world as it was at first: what a test changes is undone after it."""
    return copy(first_world)


def test_each_page_is_for_whom_it_is(world: World) -> None:
    _each_page_is_for_whom_it_is(world)
    if not world.open:
        world.issue()
        _each_page_is_for_whom_it_is(world)


def _each_page_is_for_whom_it_is(world: World) -> None:
    for who in (VISITOR, WRONG, RIGHT, AUDITOR, STEWARD):
        client, sees, changes = world.client(who), world.sees(who), who == STEWARD
        open_, shown = (302 if who == VISITOR else 200), (302 if who == VISITOR else 200 if sees else 404)
        changed = 302 if who == VISITOR else 200 if changes else 403
        pages = {
            world.list: open_, f"{world.list}describe/": open_, f"{world.list}describe/?template=csv": open_,
            f"{world.list}views/": open_, world.path: shown, f"{world.path}history/": shown,
            f"{world.list}new/": changed, f"{world.list}bulk/": changed, f"{world.path}edit/": changed if sees else shown,
        }  # fmt: skip
        for path, status in pages.items():
            assert client.get(path).status_code == status, (who, path)
        api = {world.api: 401 if who == VISITOR else 200}
        api |= dict.fromkeys((f"{world.api}/{world.key}", f"{world.api}/{world.key}/history"),
                             401 if who == VISITOR else 200 if sees else 404)  # fmt: skip
        for path, status in api.items():
            assert client.get(path).status_code == status, (who, path)
        listed = client.get(
            f"{world.list}?columns={','.join(c.name for c in world.declared.columns)}"
        ).content.decode()
        # A module's own page of the row goes before the generic one.
        assert (html.escape(url_of(world.declared, world.record)) in listed) == sees, who


def test_pages_take_a_fixed_number_of_queries(world: World) -> None:
    """With one record, then with many of them and much history: the same number, and not too large."""
    client = world.client(STEWARD)
    pages = {world.list: LIST_QUERIES, world.path: RECORD_QUERIES, f"{world.path}history/": RECORD_QUERIES,
             f"{world.path}edit/": FORM_QUERIES}  # fmt: skip

    def counted() -> dict[str, int]:
        found = {}
        for path in pages:
            client.get(path)
            with CaptureQueriesContext(connection) as queries:
                assert client.get(path).status_code == 200
            found[path] = len(queries)
        return found

    with entered(SYSTEM):
        save_record(world.declared, texts(world.declared, 4, organization("harbor")), by=None, at=AT)
    before = counted()
    with entered(SYSTEM):
        for number in range(5, 13):
            save_record(world.declared, texts(world.declared, number, organization("harbor")), by=None, at=AT)
    after = counted()
    assert before == after
    assert {path: n for path, n in after.items() if n > pages[path]} == {}


def test_the_form_gives_back_what_it_shows(world: World) -> None:
    client = world.client(STEWARD)
    with entered(SYSTEM):
        stood = shown_values(world.declared, world.again())
    untouched = world.fields(client, f"{world.path}edit/")
    assert client.post(f"{world.path}edit/", untouched).status_code == 302
    record = world.again()
    with entered(SYSTEM):
        assert shown_values(world.declared, record) == stood
        assert len(history_of(record)) == 1, "saving what is there is no change"


def test_the_form_adds_what_a_file_would(world: World) -> None:
    client = world.client(STEWARD)
    with entered(SYSTEM):
        values = texts(world.declared, 21, organization("harbor"))
        expected = texts(world.declared, 22, organization("harbor"))
    answer = client.post(f"{world.list}new/", {**inputs(world.declared, values), "reason": "typed"})
    assert answer.status_code == 302, re.findall(r"usa-error-message[^>]*>([^<]*)", answer.content.decode())
    with entered(SYSTEM):
        made = world.declared.model._default_manager.order_by("-pk").first()
        assert made is not None and made.pk != world.record.pk
        assert [one.reason for one in history_of(made)] == ["typed"]
        twin = save_record(world.declared, expected, by=None, at=AT)
        assert shown_values(world.declared, made).keys() == shown_values(world.declared, twin).keys()
        lone = {one.name for one in bound_columns(world.declared) if one.kind == INSTANT}
        # What only verbs change is not typed, so a form that brings it all the same changes nothing of it.
        typed = {one.name for one in typed_columns(world.declared, new=True)} - lone
        filed = {name for name, text in values.items() if text and name in typed}
        assert {
            name for name, value in shown_values(world.declared, made).items() if value not in (None, "")
        } >= filed
    page = client.get(
        generic_url(world.declared, key_values(world.declared, made)) + "history/"
    ).content.decode()
    assert "Why: typed" in page


def test_a_version_that_is_gone_is_not_overwritten(world: World) -> None:
    client = world.client(STEWARD)
    plain = next(
        (
            one
            for one in bound_columns(world.declared)
            if not one.key and not one.kept and one.kind == "text" and not one.choices
        ),
        None,
    )
    if plain is None:
        return
    stale = world.fields(client, f"{world.path}edit/")
    with entered(SYSTEM):
        changes = {plain.name: texts(world.declared, 8, organization("harbor"))[plain.name]}
        save_record(world.declared, changes, record=world.again(), by=None, at=AT)
        now = shown_values(world.declared, world.again())
    other = texts_for(world.declared, 9)[plain.name]
    assert client.post(f"{world.path}edit/", {**stale, f"c.{plain.name}": other}).status_code == 400
    with entered(SYSTEM):
        assert shown_values(world.declared, world.again()) == now


def texts_for(declared: RecordType, number: int) -> dict[str, str]:
    """A row's texts, in a scope of its own."""
    with entered(SYSTEM):
        return texts(declared, number, organization("harbor"))


def test_the_api_reads_changes_and_adds(world: World) -> None:
    client = world.client(STEWARD)
    path = f"{world.api}/{world.key}"
    got = client.get(path).json()
    with entered(SYSTEM):
        assert got["version"] == version_of(world.record)
        assert got["values"].keys() == {column.name for column in world.declared.columns}
    # What only verbs change is read and not written.
    typed = {one.name for one in typed_columns(world.declared, new=False)}
    values = {name: value for name, value in got["values"].items() if name in typed}
    same = client.patch(path, json.dumps({"values": values, "version": got["version"]}), "application/json")
    assert same.status_code == 200, same.content
    assert same.json() == got, "what was read is accepted as it is and changes nothing"
    stale = client.patch(
        path, json.dumps({"values": {}, "version": got["version"] + 10**6}), "application/json"
    )
    assert stale.status_code == 409
    assert client.patch(path, json.dumps({"values": {"no such": 1}}), "application/json").status_code == 422
    assert client.get(f"{path}/history").json()["total"] == 1
    listed = client.get(world.api).json()
    assert listed["total"] >= 1 and set(listed["rows"][0]) == set(world.declared.shown)
    other = texts_for(world.declared, 31)
    said = ("text", "date", "range", "instant")
    new = got["values"] | {
        one.name: other[one.name] or None
        for one in bound_columns(world.declared)
        if one.kind in said or one.field.unique or (one.key and one.kind == REFERENCE)
        or (one.kind == "integer" and tells_apart(one.field))
    }  # fmt: skip
    new = {one.name: new[one.name] for one in typed_columns(world.declared, new=True)}
    made = client.post(world.api, json.dumps({"values": new}), "application/json")
    assert made.status_code == 201, made.content
    for who, status in ((VISITOR, 401), (RIGHT, 403), (AUDITOR, 403)):
        body = json.dumps({"values": {}})
        changed = 404 if status == 403 and not world.sees(who) else status
        assert world.client(who).patch(path, body, "application/json").status_code == changed, who
        assert (
            world.client(who).post(world.api, json.dumps({"values": new}), "application/json").status_code
            == status
        ), who


def test_many_are_changed_at_once(world: World) -> None:
    from stateworks.kernel.records.bulk import changeable

    client = world.client(STEWARD)
    columns = [
        one
        for one in changeable(world.declared)
        if not one.required and one.kind == "text" and not one.choices
    ]
    if not columns:
        return
    path = f"{world.list}bulk/"
    form = {
        **form_of(client.get(path).content.decode()),
        f"change.{columns[0].name}": "yes",
        f"c.{columns[0].name}": "",
    }
    preview = client.post(path, {**form, "do": "preview"})
    assert preview.status_code == 200, re.findall(
        r'class="sw-errors".*?</div>', preview.content.decode(), re.S
    )
    done = client.post(
        path, {**form_of(preview.content.decode()), f"change.{columns[0].name}": "yes", "do": "apply"}
    )
    assert done.status_code in (302, 400), (
        "an empty value may be refused by a rule over several columns, and then by name"
    )
    if done.status_code == 302:
        with entered(SYSTEM):
            assert shown_values(world.declared, world.again())[columns[0].name] in ("", None)
    for who in (RIGHT, WRONG, AUDITOR):
        assert world.client(who).post(path, {**form, "do": "apply"}).status_code == 403


def test_search_finds_it_and_only_for_those_who_see_it(world: World) -> None:
    words = searched(world.declared)
    if not words:
        return
    with entered(SYSTEM):
        value = next(str(v) for one in words if (v := getattr(world.record, one.field.name)))
        asked = " ".join(re.findall(r"[A-Za-z0-9]+", value)[:2])
        found = {one.declared.name: one for one in search(asked, SYSTEM)}
        assert world.record.pk in {one.pk for one in found[world.declared.name].records}, asked
    _search_finds_it_for_those_who_see_it(world, asked)
    if not world.open:
        world.issue()
        _search_finds_it_for_those_who_see_it(world, asked)
    assert world.client(VISITOR).get("/api/v1/search", {"q": asked}).status_code == 401


def _search_finds_it_for_those_who_see_it(world: World, asked: str) -> None:
    for who in (WRONG, RIGHT):
        hits = world.client(who).get("/api/v1/search", {"q": asked}).json()
        keys = {hit["key"] for one in hits if one["dataset"] == world.declared.name for hit in one["hits"]}
        assert (world.key in keys) == world.sees(who), who


def test_an_address_leads_to_its_record(world: World) -> None:
    with entered(SYSTEM):
        for number in range(40, 50):
            record = save_record(
                world.declared, texts(world.declared, number, organization("harbor")), by=None, at=AT
            )
            found = find(
                world.declared, key_address(world.declared, key_values(world.declared, record)), SYSTEM
            )
            assert found is not None and found.pk == record.pk
        assert find(world.declared, "no,such,key,at,all,of,these", SYSTEM) is None
        assert find(world.declared, "~zz", SYSTEM) is None


def test_it_names_a_right_and_describes_itself(world: World, tmp_path: Path) -> None:
    assert world.declared.change in RIGHTS
    page = world.client(AUDITOR).get(f"{world.list}describe/").content.decode()
    for column in world.declared.columns:
        assert f"<code>{column.name}</code>" in page
    header = world.client(AUDITOR).get(f"{world.list}describe/?template=csv").content.decode().strip()
    assert header == ",".join(column.name for column in world.declared.columns)
