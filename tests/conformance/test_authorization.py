"""Every address, operation, file and figure, asked for by everybody: who gets what stands in the table beside this file.

Whatever comes back is searched for the words of agencies that the asker does not reach, and whoever is refused changes no
table. An address, operation, dataset, format, measure or dimension that the table does not know fails a test.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.urls import URLPattern, URLResolver, get_resolver

from stateworks.kernel.access.models import ServiceToken
from stateworks.kernel.access.scope import SYSTEM, entered
from stateworks.kernel.access.sessions import SEEN
from stateworks.kernel.indicators.measures import all_measures
from stateworks.kernel.indicators.read import latest_run
from stateworks.kernel.indicators.read import values as values_of
from stateworks.kernel.records.fields import typed_columns
from stateworks.kernel.records.keys import key_address
from stateworks.kernel.records.types import is_walled, record_type, record_types
from stateworks.web.data.addresses import generic_url, key_values
from stateworks.web.data.catalogue import every_dataset
from stateworks.web.data.pages import FILE_FORMATS
from stateworks.web.tests.charges import add_charges
from stateworks.web.tests.office import Office, built
from stateworks.web.tests.systems import add_systems
from tests.conformance import authorization as table
from tests.conformance.asking import (
    ASKERS,
    ON_RECORD,
    REFUSED,
    Record,
    Site,
    held_to,
    senders,
    statuses,
    tell,
)
from tests.conformance.authorization_page import page
from tests.conformance.canaries import MEASURES_PLAN, WORDS, indicator_of, plant, plant_ways_in, said

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "authorization.md"


@pytest.fixture(scope="module")
def whole_site(
    django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Site]:
    folder = tmp_path_factory.mktemp("office")
    with django_db_blocker.unblock(), built(folder) as office:
        finding = add_systems(office, folder)
        add_charges(office, folder)
        planted = plant(office, folder)
        tokens = plant_ways_in(office)
        clients = {who: office.client(account) for who, (account, _) in ASKERS.items()}
        for client in clients.values():
            # The last request is written to a session once a minute; what each test undoes would be written each time.
            session = client.session
            if SEEN in session:
                session[SEEN] += 3600
                session.save()
        clients["program"].defaults["HTTP_AUTHORIZATION"] = f"Bearer {tokens['harbor']}"
        site = Site(office, planted, clients, _values(office, finding))
        site.held = {name: site.content(name) for name in site.writes() if name not in ON_RECORD}
        yield site


def _values(office: Office, finding: int) -> dict[str, str]:
    """What stands in braces in the table's addresses."""
    from stateworks.kernel.jobs.models import Job
    from stateworks.kernel.plans.models import Milestone

    with entered(SYSTEM):
        job = Job.objects.get(subject=f"import {WORDS['harbor']}")
        milestone = Milestone.objects.filter(plan=office.plan).values_list("key", flat=True).first()
        token = ServiceToken.objects.get(name__startswith=WORDS["harbor"])
    return {
        "account": str(office.accounts["harbor"].pk), "token": str(token.pk), "passkey": "1",
        "preview": str(office.preview.pk), "import": str(office.tickets.pk), "source": office.tickets.source,
        "milestone": str(milestone), "finding": str(finding), "job": str(job.pk), "run": str(office.run.pk),
    }  # fmt: skip


@pytest.fixture
def site(whole_site: Site, own_lake: None, db: None, settings: Any) -> Site:
    settings.LAKE_ROOT, settings.MEDIA_ROOT = whole_site.office.lake, whole_site.office.files
    whole_site.written, whole_site.texts = whole_site.writes(), {}
    return whole_site


# -- pages


def every_name() -> set[str]:
    """The names of all addresses but the API's; those of allauth have no namespace."""
    found: set[str] = set()

    def walk(patterns: list[Any], namespace: str) -> None:
        for one in patterns:
            if isinstance(one, URLResolver):
                walk(one.url_patterns, one.namespace or namespace)
            elif isinstance(one, URLPattern) and namespace != "api":
                found.add(f"{namespace}:{one.name}" if namespace else str(one.name))

    walk(get_resolver().url_patterns, "")
    return found


def test_every_address_is_in_the_table() -> None:
    assert every_name() == set(table.PAGES)


@pytest.mark.parametrize("name", sorted({**table.PAGES, **table.OTHERS}))
def test_everybody_gets_what_is_theirs(name: str, site: Site, record_property: Record) -> None:
    row = {**table.PAGES, **table.OTHERS}[name]
    askers = senders(row)
    got, posted = statuses(site, row.path), statuses(site, row.path, "POST", askers=askers)
    sent = dict(zip(askers, posted, strict=True))
    tell(
        record_property, [(name, "GET", got), (name, "POST", [sent.get(who, "as GET") for who in table.WHO])]
    )
    held_to(row.get, got)
    held_to(row.post, posted, askers=askers)
    for who, read in zip(table.WHO, got, strict=True):
        assert read not in REFUSED or sent[who] in REFUSED, "what is not shown takes nothing"
    for method in ("PUT", "PATCH", "DELETE"):
        # Refused before anybody looks at who asks.
        assert site.ask("auditor", row.path.format(**site.values), method).status_code == 405, method


def test_a_token_opens_no_page(site: Site) -> None:
    """Whatever a program may at the API, at a page it is a visitor."""
    for name, row in sorted({**table.PAGES, **table.OTHERS}.items()):
        response = site.ask("program", row.path.format(**site.values))
        assert response.status_code == row.get[table.WHO.index("anonymous")], name


# -- operations of the API


def every_operation() -> set[str]:
    """Method and address of each operation; those of a record type by the words `TYPE` and `key`."""
    names = {one.name for one in record_types()}

    def walk(patterns: list[Any], prefix: str) -> Iterator[tuple[str, str]]:
        for one in patterns:
            if isinstance(one, URLResolver):
                yield from walk(one.url_patterns, prefix + str(one.pattern))
            elif prefix.startswith("/api/"):
                parts = ["TYPE" if part in names else part for part in f"{prefix}{one.pattern}".split("/")]
                for method in _methods(one.callback):
                    yield method, "/".join(parts)

    return {f"{method} {path}" for method, path in walk(get_resolver().url_patterns, "/")}


def _methods(view: Any) -> list[str]:
    """What an address of the API takes: its view is a method of the object that holds its operations."""
    owner = next(
        (
            cell.cell_contents
            for cell in getattr(view, "__closure__", None) or ()
            if hasattr(cell.cell_contents, "operations")
        ),
        None,
    )
    owner = owner or getattr(view, "__self__", None)
    return [method for one in owner.operations for method in one.methods] if owner is not None else ["GET"]


def test_every_operation_is_in_the_table() -> None:
    assert every_operation() == {*table.OPERATIONS, *table.TYPE_OPERATIONS}


@pytest.mark.parametrize("name", sorted(table.OPERATIONS))
def test_an_operation_answers_those_it_is_for(name: str, site: Site, record_property: Record) -> None:
    row, method = table.OPERATIONS[name], name.partition(" ")[0]
    # The description is written out for each who asks, at some cost, and reads nothing from the request.
    askers = ("anonymous", "wrong") if name in table.ANY_METHOD else table.WHO
    got = statuses(site, row.path, method, askers=askers)
    sent = dict(zip(askers, got, strict=True))
    tell(record_property, [(name, method, [sent.get(who, "as all") for who in table.WHO])])
    held_to(row.get, got, askers=askers)
    if name in table.ANY_METHOD:
        return
    for other in {"POST", "PUT", "PATCH", "DELETE"} - {method}:
        assert set(statuses(site, row.path, other)) <= {405, *REFUSED}, other
    program = site.ask("program", row.path.format(**site.values), method).status_code
    # Its token reads alone: whatever its role may do, it does nothing.
    allowed = row.get[table.WHO.index("right")] if method == "GET" else 403
    assert program == allowed, "a program gets what its role gets"


# -- datasets: lists, files and records, on pages and over the API


def test_every_dataset_and_format_is_in_the_table() -> None:
    assert {one.name: one.kind if one.kind == "feed" else "agency" if is_walled(record_type(one.name).model) else "office"
            for one in every_dataset()} == table.DATASETS  # fmt: skip
    assert set(FILE_FORMATS) == set(table.FORMATS)


@pytest.mark.parametrize("name", sorted(table.DATASETS))
def test_a_dataset_shows_each_asker_their_rows(name: str, site: Site, record_property: Record) -> None:
    """Every column, filter and file; no file holds more than the list."""
    from stateworks.kernel.lake.contracts import contract

    columns = ",".join(contract(name).names) if table.DATASETS[name] == "feed" else ",".join(
        column.name for column in record_type(name).columns
    )  # fmt: skip
    asked = {
        "list": f"/data/{name}/?columns={columns}",
        **{form: f"/data/{name}/?columns={columns}&format={form}" for form in table.FORMATS},
        "description": f"/data/{name}/describe/",
        "list by API": f"/api/v1/datasets/{name}/rows?columns={columns}",
        "description by API": f"/api/v1/datasets/{name}",
    }
    found = {what: statuses(site, path) for what, path in asked.items()}
    tell(record_property, [(f"{name}: {what}", "GET", row) for what, row in found.items()])
    for what, row in found.items():
        held_to(table.LISTS_BY_API if "API" in what else table.LISTS, row)
    _own_rows_are_there(name, site, asked)


def _own_rows_are_there(name: str, site: Site, asked: dict[str, str]) -> None:
    """Nothing is proved by an empty list: each asker finds the word of the agencies that are his to see."""
    if name in table.WORDLESS:
        return
    seen = {"right": {"harbor"}, "wrong": {"port"}, "auditor": set(WORDS), "nobody": set()}
    seen_by_api = {**seen, "program": seen["right"]}
    site.ask("program", asked["list by API"])
    for what, askers in (("csv", seen), ("list by API", seen_by_api)):
        for who, agencies in askers.items():
            text = site.texts[who, asked[what]]
            assert {one for one in WORDS if WORDS[one] in text} == agencies, (what, who)


@pytest.mark.parametrize("name", sorted(one.name for one in record_types()))
def test_a_record_is_for_those_who_see_its_agency(name: str, site: Site, record_property: Record) -> None:
    declared, record = record_type(name), site.planted[name]["harbor"]
    with entered(SYSTEM):
        values = key_values(declared, record)
    path, key = generic_url(declared, values), key_address(declared, values)
    api = f"/api/v1/datasets/{name}/rows"
    asked = [
        ("page", "GET", path), ("history", "GET", f"{path}history/"), ("form", "GET", f"{path}edit/"),
        ("form", "POST", f"{path}edit/"), ("retire", "POST", f"{path}retire/"), ("bulk", "POST", f"/data/{name}/bulk/"),
        ("new", "POST", f"/data/{name}/new/"), ("import", "POST", f"/data/{name}/import/"),
        ("GET API", "GET", f"{api}/{key}"), ("history API", "GET", f"{api}/{key}/history"),
        ("PATCH API", "PATCH", f"{api}/{key}"), ("POST API", "POST", api),
    ]  # fmt: skip
    walled = table.DATASETS[name] == "agency"
    whole = site.clients["auditor"].get(f"{api}/{key}").json()["values"]
    bodies = {
        "PATCH API": {"values": {}},
        # What could be added as it is, so that nothing but the missing right is refused.
        "POST API": {"values": {one.name: whole[one.name] for one in typed_columns(declared, new=True)}},
    }
    found = [
        (what, method, statuses(site, address, method, bodies.get(what, {"do": "apply"})))
        for what, method, address in asked
    ]
    tell(record_property, [(f"{name} record: {what}", method, row) for what, method, row in found])
    for what, method, row in found:
        held_to(table.RECORDS[what, method][0 if walled else 1], row)


@pytest.mark.parametrize("agency", sorted(WORDS))
def test_search_finds_no_word_of_another_agency(agency: str, site: Site, record_property: Record) -> None:
    """The word itself stands in the question and comes back in it, so the beginning of it is asked for."""
    asked = WORDS[agency][:6]
    rows = [
        (what, statuses(site, f"{path}?q={asked}"))
        for what, path in (("page", "/search/"), ("API", "/api/v1/search"))
    ]
    tell(record_property, [(f"search for {agency}'s word: {what}", "GET", row) for what, row in rows])
    held_to(table.ALL_MAY, rows[0][1])
    held_to(table.LISTS_BY_API, rows[1][1])
    found = site.clients["auditor"].get(f"/api/v1/search?q={asked}").json()
    assert sum(one["total"] for one in found) > 5


# -- figures by every slice, and the rows behind them


def test_every_measure_and_dimension_is_in_the_table() -> None:
    assert {one.name: (*one.by, *one.also_by) for one in all_measures()} == table.MEASURES


AT_ALL_DOORS = {"desk.sla_attainment", "inventory.uptime", "plan.maturity"}


@pytest.mark.parametrize("name", sorted(table.MEASURES))
def test_a_figure_shows_no_slice_of_another_agency(name: str, site: Site, record_property: Record) -> None:
    code = indicator_of(name)
    place, api = (
        f"/plans/{MEASURES_PLAN}/indicators/{code}/",
        f"/api/v1/plans/{MEASURES_PLAN}/indicators/{code}",
    )
    with entered(SYSTEM):
        run = latest_run(MEASURES_PLAN)
        assert run is not None
        stored = list(values_of(run, code).order_by("-starts", "dimension", "member"))
    found = [("figure", statuses(site, place)), ("file", statuses(site, f"{place}?format=csv"))]
    held_to(table.ALL_MAY, found[0][1])
    held_to(table.ALL_MAY, found[1][1])
    for dimension in ("", *table.MEASURES[name]):
        period = next((one.period for one in stored if one.dimension == dimension), "2027-01")
        kept = [one for one in stored if (one.dimension, one.period) == (dimension, period)]
        told = dimension or "statewide"
        found.append(
            (f"values, {told}", statuses(site, f"{api}/values?dimension={dimension}&period={period}"))
        )
        held_to(table.LISTS_BY_API, found[-1][1])
        members = {one.member for one in kept}
        member = "harbor" if "harbor" in members else min(members, default="")
        rows = f"{place}rows/?by={dimension}&slice={member}"
        doors = [("rows API", f"{api}/rows?dimension={dimension}&member={member}")]
        doors += [("rows", rows), ("rows file", f"{rows}&format=csv")] if kept else []
        # All three ask the same function, so each slice is asked for at one of them, and some measures' at all.
        turn = sorted(table.MEASURES).index(name) + len(found)
        asked = doors if name in AT_ALL_DOORS else [doors[turn % len(doors)]]
        for what, path in asked:
            row = statuses(site, f"{path}&period={period}")
            found.append((f"{what}, {told}", row))
            open_ = bool(kept) and not next(one for one in kept if one.member == member).suppressed
            held_to(table.behind(what, dimension, open_), row)
    tell(record_property, [(f"{name}: {what}", "GET", row) for what, row in found])


def test_what_a_change_came_from_names_no_slice_of_another_agency(
    site: Site, record_property: Record
) -> None:
    path = f"/?plan={MEASURES_PLAN}"
    row = statuses(site, path)
    tell(record_property, [("what changed, on the scorecard", "GET", row)])
    held_to(table.ALL_MAY, row)
    told = {who: set(re.findall(r"from [^<]*", said(site.ask(who, path)))) for who in table.WHO}
    assert any(word in text for text in told["auditor"] for word in WORDS.values()), (
        "there is something to tell"
    )
    assert any("harbor commission" in text for text in told["right"]), "one's own agency is told"
    for who in ("anonymous", "nobody", "wrong"):
        assert not any("harbor commission" in text for text in told[who]), who


def test_the_page_says_what_was_found() -> None:
    """Every test above holds an answer to the table; the page is the table."""
    if not PAGE.exists() or PAGE.read_text(encoding="utf-8") != page():
        PAGE.write_text(page(), encoding="utf-8")
        pytest.fail("docs/reference/authorization.md was written anew; look at what changed and commit it")
