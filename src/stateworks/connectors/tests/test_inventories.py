"""Inventories of software and of uses of AI, bills of materials and catalogues: what comes out of each, by hand."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

import pytest

from stateworks.connectors.tests import files
from stateworks.connectors.tests.conftest import Load, counts, reasons
from stateworks.kernel.access.scope import SYSTEM, entered
from stateworks.kernel.errors import Refused
from stateworks.modules.inventory.models import (
    Component,
    Dependency,
    Interface,
    Rationalization,
    Stack,
    System,
    SystemAlias,
)

pytestmark = pytest.mark.django_db


def systems(*names: str, **where: Any) -> list[tuple[Any, ...]]:
    with entered(SYSTEM):
        return list(System.objects.filter(**where).order_by("code").values_list(*names))


def edges() -> set[tuple[str, str | None, str, str | None]]:
    with entered(SYSTEM):
        return set(
            Dependency.objects.values_list(
                "system__code", "component__code", "provider__code", "provider_component__code"
            )
        )


def test_code_json_says_stage_purpose_and_when_it_was_retired(load: Load) -> None:
    load("code-json", files.CODE_JSON)
    assert systems(
        "code", "name", "lifecycle", "retired_on", "organization__code", aliases__source="code.json dol"
    ) == [
        ("buoys", "Buoys", "development", None, "dol"),
        ("old-tides", "Old tides", "retired", dt.date(2019, 4, 5), "dol"),
        ("tide-tables", "Tide tables", "production", None, "dol"),
    ]
    with entered(SYSTEM):
        assert Stack.objects.count() == 0
    done = load("code-json", files.CODE_JSON, options={"languages": "yes"})
    assert counts(done, "inventory.technology")[1] == counts(done, "inventory.stack")[1] == 2


def test_what_a_file_does_not_say_is_kept_and_what_people_wrote_since(load: Load) -> None:
    load("code-json", files.CODE_JSON)
    with entered(SYSTEM):
        System.objects.filter(code="buoys").update(
            purpose="Says where it is shallow.", criticality="2_important"
        )
        System.objects.filter(code="old-tides").update(retired_on=dt.date(2018, 1, 1))
    done = load("code-json", files.CODE_JSON)
    assert done.updated == 0
    assert systems("purpose", "criticality", code="buoys") == [("Says where it is shallow.", "2_important")]
    assert systems("retired_on", code="old-tides") == [(dt.date(2018, 1, 1),)]


def _code_json(*releases: dict[str, object]) -> str:
    return json.dumps(
        {"agency": "DOL", "measurementType": {}, "releases": [files.release(**one) for one in releases]}
    )


def test_codes_do_not_depend_on_the_order_of_rows(load: Load) -> None:
    first, second = {"id": 1, "name": "Tides!"}, {"id": 2, "name": "tides"}
    with entered(SYSTEM):
        before = set(System.objects.values_list("code", flat=True))
    load("code-json", _code_json(first, second), dry_run=False)
    with entered(SYSTEM):
        codes = dict(SystemAlias.objects.filter(source="code.json dol").values_list("alias", "system__code"))
        assert len(set(codes.values())) == 2
        assert all(code.startswith("tides-") for code in codes.values())
        System.objects.exclude(code__in=before).delete()
    load("code-json", _code_json(second, first))
    with entered(SYSTEM):
        assert (
            dict(SystemAlias.objects.filter(source="code.json dol").values_list("alias", "system__code"))
            == codes
        )
    # A third that comes later leaves the first two as they are.
    load("code-json", _code_json({"id": 3, "name": "Tides"}, second, first))
    with entered(SYSTEM):
        now = dict(SystemAlias.objects.filter(source="code.json dol").values_list("alias", "system__code"))
        assert {key: now[key] for key in codes} == codes
        assert len(set(now.values())) == 3


def test_a_renamed_entry_is_known_by_its_id(load: Load) -> None:
    load("code-json", _code_json({"id": 1, "name": "Tides"}))
    done = load("code-json", _code_json({"id": 1, "name": "Tides and currents"}))
    assert counts(done) == (1, 0, 1, 0, 0)
    assert systems("code", "name", aliases__alias="1") == [("tides", "Tides and currents")]


def test_a_system_of_the_same_name_and_agency_is_the_same(load: Load) -> None:
    done = load("code-json", _code_json({"id": 1, "name": "claims"}))
    assert (counts(done), counts(done, "inventory.alias")) == ((1, 0, 1, 0, 0), (1, 1, 0, 0, 0))
    assert systems("code", aliases__alias="1") == [("claims",)]


def test_two_rows_for_one_thing_that_differ_are_refused_with_both_places(load: Load) -> None:
    done = load(
        "code-json",
        _code_json(
            {"id": 1}, {"id": 2, "name": "Buoys"}, {"id": 1, "name": "Tides"}, {"id": 2, "name": "Buoys"}
        ),
    )
    # Row 4 repeats row 2, which is no contradiction.
    assert counts(done) == (4, 1, 0, 1, 2)
    assert all("stands in rows 1, 3, which differ" in reason for reason in reasons(done))


def test_an_unknown_organization_is_refused_or_said_by_an_option(load: Load) -> None:
    content = _code_json({"id": 1, "organization": "Harbors"}).replace("DOL", "XX")
    done = load("code-json", content)
    assert counts(done) == (1, 0, 0, 0, 1)
    assert "neither “Harbors” nor “XX” is an organization here" in reasons(done)[0]
    assert "--option agency=CODE" in reasons(done)[0]
    assert counts(load("code-json", content, options={"organization:Harbors": "mot"}))[1] == 1
    assert systems("organization__code", aliases__alias="1") == [("mot",)]
    # The default is for new ones: the system stays where it is.
    assert counts(load("code-json", content, options={"agency": "dol"})) == (1, 0, 0, 1, 0)


def test_ai_use_cases_in_windows_1252_with_headers_twice(load: Load) -> None:
    done = load("ai-use-cases", files.USE_CASES.encode("cp1252"))
    assert counts(done) == (3, 3, 0, 0, 0)
    assert systems("name", "lifecycle", "started_on", "retired_on", kind="ai") == [
        ("Answers questions – briefly", "planned", None, None),
        ("Reads handwriting", "production", dt.date(2024, 3, 9), None),
        ("Sorts mail", "retired", dt.date(2023, 1, 2), dt.date(2025, 6, 30)),
    ]


def test_commercial_products_once_an_agency_with_their_vendor(load: Load) -> None:
    done = load("ai-products", files.PRODUCTS)
    assert systems("name", "vendor__code", "users", "purpose", "hosting", kind="ai") == [
        ("Bluepeak Scribe", "bluepeak", 1000, "Takes minutes\nWrites drafts", "saas"),
        ("Notary (web, phone)", None, 1000, "Takes minutes", "saas"),
    ]
    assert any("2 rows say that no product is used" in note for note in done.notes)


def test_a_bill_of_materials_with_nested_parts_services_and_a_cycle(load: Load) -> None:
    done = load("cyclonedx", files.CYCLONEDX, options={"system": "Unemployment"})
    with entered(SYSTEM):
        parts = dict(Component.objects.values_list("code", "kind"))
        buoys = sorted(code for code in parts if "buoys" in code)
    # Two parts with one package address: each keeps apart by its reference, whatever comes first.
    assert len(buoys) == 2
    assert all(code.startswith("claims-buoys-3-") for code in buoys)
    assert {code: kind for code, kind in parts.items() if code not in buoys} == {
        "claims-org-tide-tables-1-2": "library", "claims-inner-1": "library", "claims-payments": "service",
        "claims-rates-2": "service",
    }  # fmt: skip
    assert counts(done, "inventory.dependency") == (4, 4, 0, 0, 0)
    assert ("claims", "claims-payments", "claims", "claims-rates-2") in edges()
    assert any("2 lines say that the system as a whole needs a part" in note for note in done.notes)


def test_a_bill_of_materials_names_unknown_parts_and_parts_that_need_themselves(load: Load) -> None:
    document = json.loads(files.CYCLONEDX)
    document["dependencies"] = [{"ref": "a", "dependsOn": ["a", "a|d"]}, {"ref": "b"}]
    done = load("cyclonedx", json.dumps(document))
    assert counts(done, "inventory.dependency") == (2, 0, 0, 0, 2)
    assert reasons(done) == [
        "“a” → “a”: a part cannot depend on itself; take the line out.",
        "“a” → “a|d”: there is no part “a|d”; the nearest are “a”, “a|c”. Export the file again.",
    ]
    document["metadata"] = {"component": {"name": "Claimz"}}
    with pytest.raises(
        Refused, match=r"Say whose parts these are with --option system=CODE; .*“Claimz”.*nearest is “Claims”"
    ):
        load("cyclonedx", json.dumps(document))
    document["components"].append({"type": "library", "bom-ref": "b", "name": "other"})
    with pytest.raises(Refused, match="The reference “b” stands for two parts that differ, number 3 and 5"):
        load("cyclonedx", json.dumps(document), options={"system": "claims"})


def test_a_backstage_catalogue(load: Load) -> None:
    done = load("backstage", files.BACKSTAGE, "catalog-info.yaml")
    assert systems("code", "name", "lifecycle", aliases__source="backstage") == [
        ("report-maker", "report-maker", "development"), ("wages", "Wage records", "production"),
    ]  # fmt: skip
    with entered(SYSTEM):
        assert list(Component.objects.order_by("code").values_list("code", "kind", "system__code")) == [
            ("wages-wage-db", "database", "wages"), ("wages-wage-service", "service", "wages"),
        ]  # fmt: skip
        assert Interface.objects.values_list("code", "system__code", "protocol").get() == (
            "wages-wage-api",
            "wages",
            "REST",
        )
    assert edges() == {
        ("wages", "wages-wage-service", "wages", "wages-wage-db"),
        ("wages", "wages-wage-service", "sign-in", None),
        # What uses an interface depends on the part that provides it.
        ("report-maker", None, "wages", "wages-wage-service"),
    }
    assert any("1 documents of other kinds" in note for note in done.notes)


def test_a_backstage_catalogue_with_unknown_ends_and_a_part_of_nothing(load: Load) -> None:
    head = "apiVersion: backstage.io/v1alpha1\nkind: Component\nmetadata: {name: x}\nspec: "
    done = load("backstage", head + "{owner: dol, dependsOn: [component:claimz, component:x]}\n", "a.yaml")
    assert reasons(done) == [
        "Component “x”: dependsOn “component:default/claimz”: there is no system “claimz”; the nearest is “Claims” "
        "(claims). Load it first, or add the name as an alias of the right one.",
        "Component “x”: dependsOn “component:default/x” is itself; take the line out.",
    ]
    done = load("backstage", head + "{owner: dol, system: nowhere}\n", "b.yaml")
    assert "there is no system “nowhere”" in reasons(done)[0]
    with pytest.raises(Refused, match="Component “x” stands twice, in lines 1 and 6"):
        load("backstage", f"{head}{{owner: dol}}\n---\n{head}{{owner: mot}}\n", "c.yaml")
    with pytest.raises(Refused, match="line 2: this is no YAML"):
        load("backstage", "kind: [\n: {", "d.yaml")


def test_answers_to_the_federal_dictionary(load: Load, tmp_path: Any) -> None:
    told = {"system": "Harbor pilot", "assessed_on": "2026-07-01", "agency": "mot"}
    dictionary = tmp_path / "dictionary.csv"
    dictionary.write_text(files.DICTIONARY, encoding="utf-8")
    load(
        "gsa-rationalization", files.RATIONALIZATION, "answers.json", {**told, "dictionary": str(dictionary)}
    )
    with entered(SYSTEM):
        # Value: (5 + 4 + 2) / 3 = 3.67, so 4. Fitness: (2 + 3 + 3) / 3 = 2.67, so 3. 1,234.50 dollars.
        assert Rationalization.objects.values_list("system__code", "value", "fitness", "annual_cost_cents").get() == (
            "harbor-pilot", 4, 3, 123450,
        )  # fmt: skip
    assert systems("criticality", code="harbor-pilot") == [("2_important",)]
    wrong = json.loads(files.RATIONALIZATION)
    wrong[0]["value"], wrong[7]["value"] = 2, 100000.01
    del wrong[6]
    wrong.append({"id1": 200, "name": "mood", "value": 1})
    with pytest.raises(Refused, match="4 answers are wrong, so nothing was loaded") as refused:
        load(
            "gsa-rationalization", json.dumps(wrong), "answers.json", {**told, "dictionary": str(dictionary)}
        )
    assert list(refused.value.details) == [
        "Answer 1, “readiness_assessment”: “2” is not one of 0, 1.",
        "“security_standards” (element 32) must be answered and is not.",
        "Answer 7, “TCO”: “100000.01” is not between 0.00 and 100000.00.",
        "Answer 8, “mood”: the data dictionary has no such element.",
    ]
    with pytest.raises(Refused, match="“spring” is no day; write it as 2026-07-01"):
        load("gsa-rationalization", files.RATIONALIZATION, options={**told, "assessed_on": "spring"})
