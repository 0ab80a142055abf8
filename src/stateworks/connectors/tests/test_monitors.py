"""What New Relic and Azure answer in the shapes that their documentation gives: pages, tables, logs, alerts, and errors."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from stateworks.connectors.tests.conftest import Load, counts, reasons
from stateworks.kernel.access.scope import SYSTEM, entered
from stateworks.kernel.errors import Refused
from stateworks.kernel.records.connected import recognised
from stateworks.modules.inventory.models import Monitor

pytestmark = pytest.mark.django_db


def watched() -> set[tuple[str, str]]:
    with entered(SYSTEM):
        return set(Monitor.objects.values_list("entity", "system__code"))


# New Relic


def entity(guid: str, name: str, **more: Any) -> dict[str, Any]:
    return {
        "accountId": 1, "domain": "APM", "entityType": "APM_APPLICATION_ENTITY", "guid": guid, "name": name, "reporting": True,
        "tags": [{"key": "accountId", "values": ["1"]}], "type": "APPLICATION", **more,
    }  # fmt: skip


def page(*entities: dict[str, Any], cursor: str | None = None, alias: str = "entitySearch") -> dict[str, Any]:
    results = {"entities": list(entities), "nextCursor": cursor}
    return {"data": {"actor": {alias: {"count": 3, "query": "name like 'x'", "results": results}}}}


CLAIMS, SIGN_IN, LEDGER = entity("G1", "claims"), entity("G2", "State sign-in"), entity("G3", "ledger-host")
BOTH = {("G1", "claims"), ("G2", "sign-in")}
NEW_RELIC = {
    "one answer": (page(CLAIMS, SIGN_IN), BOTH),
    "pages in a list": ([page(CLAIMS, cursor="c1"), page(SIGN_IN)], BOTH),
    "pages under other names": (
        {"data": {"actor": {
            "first": page(CLAIMS, cursor="c1")["data"]["actor"]["entitySearch"],
            "second": page(SIGN_IN)["data"]["actor"]["entitySearch"],
        }}}, BOTH,
    ),
    "two hundred pages": ([page(entity(f"X{at}", "claims"), cursor="c") for at in range(199)] + [page(SIGN_IN)],
                          {(f"X{at}", "claims") for at in range(199)} | {("G2", "sign-in")}),
    "by guids": ({"data": {"actor": {"entities": [CLAIMS, SIGN_IN]}}}, BOTH),
    "a single entity": ({"data": {"actor": {"entity": {**CLAIMS, "relatedEntities": {"results": [
        {"source": {"entity": {"guid": "G9", "name": "ledger-host"}}}]}}}}}, {("G1", "claims")}),
    "what the command prints": ([CLAIMS, SIGN_IN], BOTH),
    "the rest api": (
        {"applications": [
            {"id": 7, "name": "Claims", "language": "java", "health_status": "green", "reporting": True},
            {"id": 8, "name": "State sign-in", "language": "go", "health_status": "gray", "reporting": False},
        ]}, {("7", "claims"), ("8", "sign-in")},
    ),
    "tags as an object": (page(entity("G1", "web", tags={"application": ["Unemployment"]})), {("G1", "claims")}),
    "several values of a tag": (
        page(entity("G1", "web", tags=[{"key": "app", "values": ["nothing", "claims"]}])), {("G1", "claims")},
    ),
}  # fmt: skip


@pytest.mark.parametrize("shape", NEW_RELIC)
def test_every_shape_of_new_relic_is_read_whole(shape: str, load: Load, tmp_path: Path) -> None:
    content, expected = NEW_RELIC[shape]
    text = json.dumps(content)
    path = tmp_path / "entities.json"
    path.write_text(text)
    assert [one.name for one, _ in recognised(path)] == ["new-relic"]
    done = load("new-relic", text)
    assert (watched(), reasons(done), [note for note in done.notes if "follow" in note]) == (expected, [], [])
    again = load("new-relic", text)
    assert counts(again) == (len(expected), 0, 0, len(expected), 0)


def test_answers_saved_one_after_another_are_all_read(load: Load) -> None:
    pages = [page(CLAIMS, cursor="c1"), page(SIGN_IN, cursor="c2"), page(LEDGER)]
    done = load("new-relic", "\n".join(json.dumps(one) for one in pages))
    assert watched() == BOTH | {("G3", "ledger-host")}
    assert done.notes == ["Read as New Relic entities."]


def test_a_page_that_is_missing_is_told_and_overlapping_pages_count_once(load: Load) -> None:
    done = load("new-relic", json.dumps([page(CLAIMS, cursor="c1"), page(CLAIMS, SIGN_IN, cursor="c2")]))
    assert counts(done) == (2, 2, 0, 0, 0)
    assert done.notes == [
        "Read as New Relic entities.",
        "1 entry came again under the same id; the first of each was taken.",
        "New Relic says that more entries follow, and the file ends: load the pages after it too, or all of them in one file.",
    ]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ({"errors": [{"message": "The key is invalid."}], "data": None}, "error: “The key is invalid.”"),
        ({"data": {"actor": {"entitySearch": {"results": {"entities": []}}}}}, "holds no entries with “guid”"),
        (page(CLAIMS, {"name": "no id"}), "1 of 2 entries have no “guid”"),
        ({"data": {"actor": {"entitySearch": {"results": {"entities": [{"name": "Claims"}]}}}}}, "holds no entries with “guid”"),
        ([[[[1, 2], None], "guid"]], "holds no entries with “guid”"),
    ],
)  # fmt: skip
def test_what_is_no_list_of_entities_is_refused(content: Any, words: str, load: Load) -> None:
    with pytest.raises(Refused) as refused:
        load("new-relic", json.dumps(content))
    assert words in refused.value.sentence
    assert not watched()


@pytest.mark.parametrize(
    "content",
    [
        '{"data": {"actor"',
        json.dumps(page(CLAIMS))[:-4],
        "[" * 100_000,
        "<!doctype html><title>Sign in</title>",
        "\x00",
    ],
)
def test_a_file_that_is_cut_off_or_something_else_is_refused(content: str, load: Load) -> None:
    for name in ("new-relic", "azure-monitor"):
        with pytest.raises(Refused) as refused:
            load(name, content)
        assert refused.value.sentence.endswith(".")


# Azure

SITE = "/subscriptions/00aa/resourceGroups/RG-1/providers/Microsoft.Web/sites/"
INSIGHTS = "/subscriptions/00aa/resourceGroups/RG-1/providers/microsoft.insights/"


def resource(name: str, **more: Any) -> dict[str, Any]:
    return {
        "id": SITE + name,
        "name": name,
        "type": "Microsoft.Web/sites",
        "location": "southcentralus",
        "tags": None,
        **more,
    }


def site(name: str) -> str:
    return (SITE + name).lower()


TWO = {(site("claims"), "claims"), (site("ledger-host"), "ledger-host")}
AZURE = {
    "what the command lists": ([resource("claims"), resource("Ledger-Host")], TWO),
    "a page of the api": ({"value": [resource("claims"), resource("ledger-host")]}, TWO),
    "pages of the api": ([{"value": [resource("claims")], "nextLink": "https://x"}, {"value": [resource("ledger-host")]}], TWO),
    "the graph": (
        {"totalRecords": 2, "count": 2, "resultTruncated": "false", "facets": [],
         "data": [resource("claims", properties={"serverFarmId": SITE + "other"}), resource("ledger-host")]}, TWO,
    ),
    "the graph by the command": (
        [{"count": 1, "data": [resource("claims")], "skip_token": "t", "total_records": 2},
         {"count": 1, "data": [resource("ledger-host")], "skip_token": None, "total_records": 2}], TWO,
    ),
    "the graph as a table": (
        {"totalRecords": 2, "count": 2, "data": {
            "columns": [{"name": "id", "type": "string"}, {"name": "name", "type": "string"}, {"name": "tags", "type": "object"}],
            "rows": [[SITE + "web-1", "web-1", {"System": "claims"}], [SITE + "Ledger-Host", "Ledger-Host", None]],
        }}, {(site("web-1"), "claims"), (site("ledger-host"), "ledger-host")},
    ),
    "a workspace's logs": (
        {"tables": [{"name": "PrimaryResult",
                     "columns": [{"name": "TimeGenerated"}, {"name": "_ResourceId"}, {"name": "Computer"}],
                     "rows": [["2026-11-01", site("claims"), "vm-1"], ["2026-11-01", site("ledger-host"), "vm-2"],
                              ["2026-11-02", site("claims"), "vm-1"]]}]}, TWO,
    ),
    "diagnostic logs": (
        {"records": [{"time": "2026-11-01T00:00:00Z", "resourceId": (SITE + name).upper(), "category": "AppServiceHTTPLogs"}
                     for name in ("claims", "ledger-host", "claims")]}, TWO,
    ),
    "metrics": (
        {"cost": 0, "timespan": "x", "value": [
            {"id": SITE + "claims/providers/Microsoft.Insights/metrics/Requests", "type": "Microsoft.Insights/metrics",
             "name": {"value": "Requests", "localizedValue": "Requests"}, "timeseries": [{"data": [{"total": 3}]}]}]},
        {(site("claims"), "claims")},
    ),
    "alerts": (
        {"value": [
            {"id": "/subscriptions/00aa/providers/Microsoft.AlertsManagement/alerts/1f", "name": "CPU", "properties": {
                "essentials": {"targetResource": SITE + "claims", "monitorService": "Platform"}}},
            {"id": SITE + "Ledger-Host/providers/Microsoft.AlertsManagement/alerts/2f", "name": "Memory"}]}, TWO,
    ),
    "application insights": (
        {"value": [{"id": INSIGHTS + "components/Claims-prod", "name": "Claims-prod", "kind": "web",
                    "type": "microsoft.insights/components", "tags": {}, "properties": {"AppId": "7"}}]},
        {((INSIGHTS + "components/Claims-prod").lower(), "claims")},
    ),
    "tags as text": ([resource("web-1", tags='{"application": "Unemployment"}')], {(site("web-1"), "claims")}),
    "by resource group": ([resource("web-1", id=SITE.replace("RG-1", "Claims") + "web-1")],
                          {((SITE.replace("RG-1", "claims") + "web-1").lower(), "claims")}),
}  # fmt: skip


@pytest.mark.parametrize("shape", AZURE)
def test_every_shape_of_azure_is_read_whole(shape: str, load: Load, tmp_path: Path) -> None:
    content, expected = AZURE[shape]
    text = json.dumps(content, indent=2)
    path = tmp_path / "resources.json"
    path.write_text(text)
    assert [one.name for one, _ in recognised(path)] == ["azure-monitor"]
    done = load("azure-monitor", text)
    assert (watched(), reasons(done), [note for note in done.notes if "follow" in note]) == (expected, [], [])
    again = load("azure-monitor", text)
    assert counts(again) == (len(expected), 0, 0, len(expected), 0)


def test_rules_dashboards_and_groups_watch_nothing(load: Load) -> None:
    content = [
        resource("claims"), {"id": INSIGHTS + "metricAlerts/cpu", "name": "cpu"},
        {"id": INSIGHTS + "actionGroups/night", "name": "n"},
        {"id": "/subscriptions/00aa/resourceGroups/RG-1", "name": "RG-1", "type": "Microsoft.Resources/resourceGroups"},
        {"id": "/subscriptions/00aa/resourceGroups/RG-1/providers/Microsoft.Portal/dashboards/wall", "name": "wall"},
    ]  # fmt: skip
    done = load("azure-monitor", json.dumps(content))
    assert watched() == {(site("claims"), "claims")}
    assert done.notes[1:] == [
        "4 entries that watch nothing (microsoft.insights/actiongroups, microsoft.insights/metricalerts, "
        "microsoft.portal/dashboards, resource groups) were passed over."
    ]


def test_an_answer_that_refuses_or_has_more_pages_says_so(load: Load) -> None:
    with pytest.raises(
        Refused, match=r"holds no entries but an error: “The client does not have authorization\.”"
    ):
        load(
            "azure-monitor",
            json.dumps(
                {
                    "error": {
                        "code": "AuthorizationFailed",
                        "message": "The client does not have authorization.",
                    }
                }
            ),
        )
    with pytest.raises(Refused, match=r"1 of 2 entries have no id that begins with /subscriptions/"):
        load("azure-monitor", json.dumps({"value": [resource("claims"), {"id": "7", "name": "else"}]}))
    done = load(
        "azure-monitor",
        json.dumps({"value": [resource("claims")], "nextLink": "https://management.azure.com/x"}),
    )
    assert any("more entries follow" in note for note in done.notes)


def test_ids_and_names_beyond_what_a_record_holds_are_kept_apart(load: Load) -> None:
    long = SITE + "claims/slots/" + "x" * 300
    content = [resource("claims", id=long + end, tags={"note": "y" * 5000}) for end in ("1", "2")]
    done = load("azure-monitor", json.dumps(content))
    assert counts(done) == (2, 2, 0, 0, 0)
    assert {len(entity) <= 300 for entity, _ in watched()} == {True}
    assert counts(load("azure-monitor", json.dumps(content))) == (2, 0, 0, 2, 0)
