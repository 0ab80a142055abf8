"""No question breaks the API: each operation is asked what its description allows, and much that it does not."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

import pytest
import schemathesis
from django.db import transaction
from django.test import Client
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode

from stateworks.kernel.records.types import record_type, record_types
from tests.conformance.test_record_pages import AUDITOR, STEWARD, World

pytestmark = pytest.mark.django_db
EXAMPLES = 10
TYPES = [declared.name for declared in record_types()]
#: What stands for a part of an address, so that not every question ends at “not found”.
KNOWN = {
    "name": ("inventory.system", "desk.ticket", "office.organization"),
    "slug": ("louisiana-ots",),
    "code": ("1.2.1",),
}


@cache
def described() -> list[Any]:
    """All operations of the API's description, read once."""
    document = Client().get("/api/v1/openapi.json").json()
    return [made.ok() for made in schemathesis.openapi.from_dict(document).get_all_operations()]


def operations(name: str) -> list[Any]:
    """The operations on the rows of a record type; without a name those that are on no record type."""
    places = (f"/api/v1/datasets/{name}/",) if name else tuple(f"/api/v1/datasets/{one}/" for one in TYPES)
    return [one for one in described() if one.path.startswith(places) == bool(name)]


def asked(client: Client, case: Any) -> int:
    """Send a case and return the status; what the server cannot handle is raised here, with the place where it broke."""
    sent = case.as_transport_kwargs(base_url="http://localhost")
    body = json.dumps(sent["json"]) if "json" in sent else sent.get("data") or ""
    kind = sent["headers"].get("Content-Type", "application/json")
    # Rolled back, so that each question meets the same world.
    with transaction.atomic():
        answer = client.generic(
            sent["method"],
            sent["url"].removeprefix("http://localhost"),
            body,
            kind,
            query_params=sent["params"],
        )
        transaction.set_rollback(True)
    return int(answer.status_code)


@pytest.mark.parametrize(("name", "who"), [("", AUDITOR), *((name, STEWARD) for name in ("", *TYPES))])
def test_every_question_has_an_answer(name: str, who: str) -> None:
    world = World(record_type(name or "office.organization"))
    client, statuses = world.client(who), set()
    known = KNOWN | {"key": (world.key,)}

    for operation in operations(name):

        @settings(
            max_examples=EXAMPLES, deadline=None, database=None, derandomize=True, phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )  # fmt: skip
        @given(case=st.one_of(*map(operation.as_strategy, GenerationMode)), data=st.data())
        def ask(case: Any, data: st.DataObject) -> None:
            for part in set(case.path_parameters or ()) & set(known):
                if data.draw(st.booleans()):
                    case.path_parameters[part] = data.draw(st.sampled_from(known[part]))
            status = asked(client, case)
            statuses.add(status)
            assert status < 500, case.as_curl_command()

        ask()
    # A right account that is only ever turned away would prove nothing.
    assert 200 in statuses
    if name:
        assert {400, 422} & statuses
