"""Files of other tools in the browser: recognised with the reason, asked about, previewed, loaded; by those who may."""

from __future__ import annotations

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from stateworks.kernel.access.scope import SYSTEM, entered
from stateworks.modules.inventory.models import Component, Dependency, System
from stateworks.modules.inventory.tests.conftest import Room, built
from stateworks.web.tests.working import work

GRAPH = (
    b'<graphml><graph edgedefault="directed"><node id="benefits"/><node id="rates"/><node id="rates-db"/>'
    b'<edge source="benefits" target="rates"/><edge source="rates" target="rates-db"/></graph></graphml>'
)
IMPORT = "/data/inventory.dependency/import/"


@pytest.fixture
def lasting(transactional_db: None) -> Room:
    """The inventory, committed: a worker does the imports."""
    with entered(SYSTEM):
        return built()


def words(page: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))


def test_a_file_is_recognised_asked_about_previewed_and_loaded(lasting: Room) -> None:
    client = lasting.client("data_steward")
    page = client.get(IMPORT).content.decode()
    assert "Guess from the file, I will check" in page
    assert '<option value="graphml">Dependency graph (GraphML)</option>' in page
    sent = client.post(IMPORT, {"file": SimpleUploadedFile("net.graphml", GRAPH), "mapping": ""})
    assert sent.status_code == 302
    page = client.get(sent.url).content.decode()
    assert "It is GraphML: nodes and edges." in page
    assert "A plain table whose columns I choose" in page
    action = f"{IMPORT}{sent.url.partition(IMPORT)[2]}&connector=graphml"
    wrong = client.post(action, {"option:agency": "doa", "option:arrow": "sideways"})
    assert work() == 1
    assert "Option arrow is “needs” or “serves”, not “sideways”." in words(
        client.get(wrong.url).content.decode()
    )
    preview = client.post(action, {"option:agency": "doa"})
    assert work() == 1
    page = words(client.get(preview.url).content.decode())
    with entered(SYSTEM):
        assert System.objects.count() == 7
    # Two edges, two systems, two aliases.
    assert "Load 6 rows" in page
    assert "From them follow in inventory.system : 2 new, 0 changed, 1 unchanged" in page
    loaded = client.post(f"{preview.url}load/")
    assert work() == 1
    assert "net.graphml: done" in words(client.get(loaded.url).content.decode())
    with entered(SYSTEM):
        assert System.objects.get(code="rates").organization == lasting.doa
        assert Dependency.objects.filter(system__code="benefits", provider__code="rates").exists()


def test_the_way_can_be_named_and_a_missing_answer_is_asked_for(lasting: Room) -> None:
    client = lasting.client("data_steward")
    document = b'{"bomFormat": "CycloneDX", "components": [{"type": "library", "name": "tides"}]}'
    sent = client.post(
        "/data/inventory.component/import/",
        {"file": SimpleUploadedFile("bom.json", document), "mapping": "cyclonedx"},
    )
    action = f"{sent.url}&connector=cyclonedx"
    preview = client.post(action, {"option:system": "benefit"})
    assert work() == 1
    assert "the nearest is “Benefits” (benefits)" in words(client.get(preview.url).content.decode())
    preview = client.post(action, {"option:system": "Benefits"})
    assert work() == 1
    client.post(f"{preview.url}load/")
    assert work() == 1
    with entered(SYSTEM):
        assert Component.objects.get().system.code == "benefits"


def test_a_plain_table_stays_one_and_a_file_on_the_server_cannot_be_named(lasting: Room) -> None:
    client = lasting.client("data_steward")
    table = b"system,component,provider,provider_component\nforms,,idp,\n"
    sent = client.post(IMPORT, {"file": SimpleUploadedFile("edges.csv", table), "mapping": ""})
    assert "“provider_component” has the same name" in words(client.get(sent.url).content.decode())
    # A look-alike can still be read as a plain table.
    sent = client.post(
        IMPORT, {"file": SimpleUploadedFile("two.csv", b"source,target\nforms,idp\n"), "mapping": ""}
    )
    assert "Its columns “source” and “target” read as who needs whom." in words(
        client.get(sent.url).content.decode()
    )
    assert "No column of the file has this name." in words(
        client.get(f"{sent.url}&as=table").content.decode()
    )
    page = client.get("/data/inventory.rationalization/import/").content.decode()
    assert "gsa-rationalization" in page
    sent = client.post(
        "/data/inventory.rationalization/import/",
        {"file": SimpleUploadedFile("answers.json", b"[]"), "mapping": "gsa-rationalization"},
    )
    page = client.get(sent.url).content.decode()
    assert 'name="option:assessed_on"' in page
    assert "option:dictionary" not in page


def test_who_may_not_load_sees_no_such_page(lasting: Room) -> None:
    assert lasting.client("auditor").get(IMPORT).status_code == 403
    visitor = lasting.client("anonymous").get(IMPORT)
    assert (visitor.status_code, "Sign in first." in visitor.content.decode()) == (403, True)
