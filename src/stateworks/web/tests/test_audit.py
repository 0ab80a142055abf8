"""The audit record's page, and that looking at personal data is on record."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from stateworks.kernel.access.audit_reading import verbs
from stateworks.kernel.access.models import Account, AuditEntry
from stateworks.kernel.access.scope import PUBLIC, SYSTEM, entered, scope_of
from stateworks.web.tests.office import Office


def text_of(response: Any) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


def noted(verb: str) -> list[tuple[str, str, Any]]:
    with entered(SYSTEM):
        found = AuditEntry.objects.filter(verb=verb).order_by("id")
        return [(one.actor.email if one.actor else "", one.subject, one.after) for one in found]


def test_the_page_answers_who_what_and_when(office: Office) -> None:
    client = office.client("auditor")
    every = text_of(client.get("/work/audit/"))
    assert "newest first" in every
    assert "Nothing is sealed yet" in every
    with entered(SYSTEM):
        ours = AuditEntry.objects.filter(actor__email="owner@example.org")
        assert ours.exists()
        count, verb = ours.count(), ours.first().verb  # type: ignore[union-attr]
        same = ours.filter(verb=verb).count()

    def told(query: str) -> int:
        found = re.search(r"(\d+) entr(?:y|ies), newest", text_of(client.get(f"/work/audit/?{query}")))
        return int(found[1]) if found else 0

    assert told("who=OWNER@") == count
    assert told(f"who=owner@&verb={verb}") == same
    assert told("who=owner@&since=2027-02-03&until=2027-02-03") == count
    assert told("who=owner@&until=2027-02-02") == 0
    assert told("subject=no-such-thing") == 0
    assert "No entry fits" in text_of(client.get("/work/audit/?subject=no-such-thing"))


def test_each_verb_is_offered_once_to_those_who_see_it(office: Office) -> None:
    client = office.client("auditor")
    with entered(SYSTEM):
        found = sorted(set(AuditEntry.objects.values_list("verb", flat=True)))
        own = set(AuditEntry.objects.filter(actor__email="owner@example.org").values_list("verb", flat=True))
    page = client.get("/work/audit/").content.decode()
    offered = re.findall(r'<option value="([^"]+)"', page)
    assert sorted(offered) == found
    with entered(SYSTEM):
        owner = Account.objects.get(email="owner@example.org")
    with entered(scope_of(owner)):
        assert set(verbs()) == own < set(found)
    with entered(PUBLIC):
        assert verbs() == []


@pytest.mark.parametrize("query", ["since=soon", "since=2027-02-03&until=2027-02-01"])
def test_a_wrong_day_is_told_at_its_field(query: str, office: Office) -> None:
    response = office.client("administrator").get(f"/work/audit/?{query}")
    assert response.status_code == 400
    assert "usa-error-message" in response.content.decode()


def test_the_seal_is_shown(office: Office) -> None:
    from stateworks.kernel.access.seals import seal_entries
    from stateworks.web.tests.office import AT

    made = seal_entries(at=AT)[-1]
    page = text_of(office.client("auditor").get("/work/audit/"))
    assert made.seal in page
    assert ", sealed" in page


def test_only_those_who_audit_find_the_way(office: Office) -> None:
    assert "/work/audit/" in office.client("auditor").get("/work/").content.decode()
    assert "/work/audit/" not in office.client("harbor").get("/work/").content.decode()


def test_opening_a_person_is_on_record_once_and_without_the_data(office: Office) -> None:
    client = office.client("harbor")
    for path in ("/data/office.person/ann/", "/data/office.person/ann/history/"):
        assert client.get(path).status_code == 200
    client.get("/api/v1/datasets/office.person/rows/ann")
    entry = ("harbor@example.org", "office.person ann", {"columns": ["name", "email"]})
    assert noted("see personal data") == [entry] * 3
    assert "Ann" not in json.dumps(noted("see personal data"))


def test_what_is_refused_or_holds_nobody_leaves_no_entry(office: Office) -> None:
    assert office.client("port").get("/data/office.person/ann/").status_code == 404
    assert office.client("auditor").get("/data/office.line_of_service/identity/").status_code == 200
    assert noted("see personal data") == []


def test_taking_people_as_a_file_is_on_record(office: Office) -> None:
    client = office.client("auditor")
    for form in ("csv", "xlsx", "json"):
        assert client.get(f"/data/office.person/?format={form}").status_code == 200
    client.get("/data/office.person/?format=csv&columns=code")
    client.get("/data/office.vendor/?format=csv")
    found = noted("export personal data")
    assert [(one[1], one[2]["form"]) for one in found] == [
        ("office.person", form) for form in ("csv", "xlsx", "json")
    ]
    assert found[0][2] == {"columns": ["name", "email"], "rows": 1, "form": "csv"}
    assert "Ann" not in json.dumps(found)


def test_a_list_with_people_is_on_record_by_its_columns_and_rows(office: Office) -> None:
    client = office.client("auditor")
    for query in ("", "columns=code", "q=nobody-of-this-name", "columns=code,email"):
        assert client.get(f"/data/office.person/?{query}").status_code == 200
    client.get("/data/office.vendor/")
    seen = [one[2] for one in noted("see personal data")]
    assert seen == [{"columns": ["name", "email"], "rows": 1}, {"columns": ["email"], "rows": 1}]
