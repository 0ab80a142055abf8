"""Records over the API: typed, with versions, and every refusal in words."""

from __future__ import annotations

import json
from typing import Any

from django.test import Client

from stateworks.kernel.access.scope import SYSTEM, entered
from stateworks.kernel.org.models import Person, Vendor
from stateworks.web.tests.office import Office

VENDORS = "/api/v1/datasets/office.vendor/rows"
ANN = "/api/v1/datasets/office.person/rows/ann"


def sent(client: Client, method: str, path: str, body: Any, status: int) -> Any:
    answer = client.generic(method, path, json.dumps(body), content_type="application/json")
    assert answer.status_code == status, answer.content[:500]
    return answer.json()


def test_a_record_is_added_read_and_changed(office: Office) -> None:
    client = office.client("data_steward")
    made = sent(client, "POST", VENDORS, {"values": {"code": "acme", "name": "Acme"}, "reason": "New."}, 201)
    assert made["values"] == {"code": "acme", "name": "Acme", "website": "", "retired_on": None}
    assert made["url"] == "/data/office.vendor/acme/"
    assert client.get(f"{VENDORS}/acme").json() == made
    change = {
        "values": {"website": "https://acme.example", "retired_on": "2027-01-31"},
        "version": made["version"],
    }
    changed = sent(client, "PATCH", f"{VENDORS}/acme", change, 200)
    assert (changed["values"]["name"], changed["values"]["retired_on"]) == ("Acme", "2027-01-31")
    # Sent again without the version it changes nothing; with the old version it is told what happened meanwhile.
    again = sent(client, "PATCH", f"{VENDORS}/acme", {"values": change["values"]}, 200)
    assert again == changed
    late = sent(client, "PATCH", f"{VENDORS}/acme", change, 409)
    assert "website: nothing became https://acme.example" in late["details"]
    emptied = sent(client, "PATCH", f"{VENDORS}/acme", {"values": {"retired_on": None}}, 200)
    assert emptied["values"]["retired_on"] is None
    history = client.get(f"{VENDORS}/acme/history").json()
    assert [one["what"] for one in history["happenings"]] == ["changed", "changed", "added"]
    assert history["happenings"][-1]["reason"] == "New."


def test_what_is_wrong_is_told_by_column(office: Office) -> None:
    client = office.client("data_steward")
    told = sent(client, "POST", VENDORS, {"values": {"code": "not a code", "name": ""}}, 400)
    assert set(told["fields"]) == {"code", "name"}
    assert sent(client, "POST", VENDORS, {"values": {"code": "x", "nome": "X"}}, 422)["details"]
    assert sent(client, "POST", VENDORS, {"values": {"code": "x", "name": "X", "retired_on": "soon"}}, 422)
    near = sent(client, "PATCH", ANN, {"values": {"organization": "harbor comission"}}, 400)
    assert "did you mean harbor (Harbor Commission)" in near["fields"]["organization"]
    twice = {"values": {"code": "acme", "name": "Acme"}}
    sent(client, "POST", VENDORS, twice, 201)
    assert "code" in sent(client, "POST", VENDORS, twice, 400)["fields"]


def test_everybody_changes_what_is_theirs(office: Office) -> None:
    body = {"values": {"name": "Eve"}}
    for who, status in (("anonymous", 401), ("port", 404), ("harbor", 403), ("auditor", 403)):
        sent(office.client(who), "PATCH", ANN, body, status)
        sent(
            office.client(who),
            "POST",
            VENDORS,
            {"values": {"code": "x", "name": "X"}},
            401 if who == "anonymous" else 403,
        )
    with entered(SYSTEM):
        assert Person.objects.get(code="ann").name == "Ann Liaison"
        assert not Vendor.objects.exists()
    strict = Client(HTTP_HOST="localhost", enforce_csrf_checks=True)
    with entered(SYSTEM):
        strict.force_login(office.accounts["data_steward"])
    assert "CSRF" in sent(strict, "PATCH", ANN, body, 403)["error"]


def test_search_is_scoped(office: Office) -> None:
    found = {who: office.client(who).get("/api/v1/search?q=liais").json() for who in ("auditor", "port")}
    people = {
        who: next(one for one in all_ if one["dataset"] == "office.person") for who, all_ in found.items()
    }
    assert people["auditor"]["hits"] == [
        {"key": "ann", "title": "Ann Liaison", "url": "/data/office.person/ann/"}
    ]
    assert (people["port"]["hits"], people["port"]["total"], people["port"]["hidden"]) == ([], 0, 1)


def test_the_contract_says_what_each_column_is(office: Office) -> None:
    document = office.client("anonymous").get("/api/v1/openapi.json").json()
    columns = document["components"]["schemas"]["OfficeOrganization"]["properties"]
    assert "municipality" in columns["kind"]["enum"]
    assert columns["consolidated"]["type"] == "boolean"
    assert {one.get("format") for one in columns["retired_on"]["anyOf"]} == {"date", None}
    add = document["components"]["schemas"]["OfficeOrganizationNew"]
    assert set(add["required"]) == {"code", "name", "kind"}
    ids = [one["operationId"] for path in document["paths"].values() for one in path.values()]
    assert len(ids) == len(set(ids))
