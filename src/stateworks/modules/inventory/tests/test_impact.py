"""Impact in words: ranks, scopes, names, the command, the API, and a graph that is never stale."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator

import pytest
from django.db import connection

from stateworks.kernel.access.scope import SYSTEM, Scope, entered, scope_of
from stateworks.kernel.errors import Refused
from stateworks.kernel.org.models import Vendor
from stateworks.modules.inventory import graph_store
from stateworks.modules.inventory.drawing import drawing_of
from stateworks.modules.inventory.impact import Impact, impact_of
from stateworks.modules.inventory.lookup import find
from stateworks.modules.inventory.models import Component, Dependency, Site, System, SystemAlias
from stateworks.modules.inventory.tests.conftest import TODAY, Room, built


@pytest.fixture(autouse=True)
def no_graph_of_another_test() -> Iterator[None]:
    graph_store.forget()
    yield
    graph_store.forget()


def ask(
    name: str, scope: Scope = SYSTEM, *, direction: str = "down", kind: str | None = None, draw: int = 0
) -> Impact:
    with entered(scope):
        thing = find(name, kind=kind, scope=scope)
        return impact_of(thing, direction=direction, scope=scope, today=TODAY, draw=draw)  # type: ignore[arg-type]


def told(found: Impact) -> list[tuple[str, str, int]]:
    return [(hit.code, hit.strength, hit.hops) for hit in found.hits]


def test_hits_stand_in_order_of_weight_with_whom_to_call(room: Room) -> None:
    found = ask("db")
    # benefits and idp need db; portal needs both of them. wiki, forms and mail have said nothing of what they need.
    assert told(found) == [("benefits", "hard", 1), ("idp", "hard", 1), ("portal", "hard", 2)]
    assert [(hit.owner, hit.owner_email, hit.agency) for hit in found.hits][0] == (
        "Ann Example", "ann@example.org", "dhs",
    )  # fmt: skip
    assert found.agencies == (("dhs", "Human Services", 2), ("doa", "Administration", 1))
    assert (found.hidden, found.unknown) == (0, 3)
    assert [step.code for step in found.hits[2].path] in (
        ["db", "benefits", "portal"],
        ["db", "idp", "portal"],
    )


def test_groups_of_systems_in_the_drawing_hold_together(room: Room) -> None:
    drawn = drawing_of(ask("db", draw=1))
    assert drawn["grouped"]
    ids = [node["id"] for node in drawn["nodes"]]
    assert len(ids) == len(set(ids)) == 4
    assert sum(node.get("count", 0) for node in drawn["nodes"]) == 3
    # Two groups hang on what fails, and the third, a step further, on one of them.
    assert len(drawn["edges"]) == 3
    assert all(edge["from"] in ids and edge["to"] in ids for edge in drawn["edges"])


def test_a_rank_among_the_most_critical_goes_before_a_name(room: Room) -> None:
    with entered(SYSTEM):
        System.objects.filter(code="idp").update(critical_rank=1)
    assert [hit.code for hit in ask("db").hits] == ["idp", "benefits", "portal"]


def test_soft_hits_are_told_from_hard_ones(room: Room) -> None:
    # mail -> benefits is soft, so portal behind it only gets worse too.
    assert told(ask("mail")) == [("benefits", "soft", 1), ("portal", "soft", 2)]


def test_what_the_viewer_may_not_see_is_counted_and_never_named(room: Room) -> None:
    with entered(SYSTEM):
        vendor = Vendor.objects.create(code="acme", name="Acme Databases")
        System.objects.filter(code="db").update(vendor=vendor, hosting="saas")
    ann = scope_of(room.accounts["ann"])
    found = ask("acme", ann)
    # acme -> db (hidden) -> benefits -> portal, and acme -> db -> idp (both hidden) -> ...
    assert told(found) == [("benefits", "hard", 2), ("portal", "hard", 3)]
    assert found.hidden == 2
    assert [step.name for step in found.hits[0].path] == [
        "Acme Databases",
        "a system you may not see",
        "Benefits",
    ]
    everything = json.dumps(found.as_json())
    assert not {
        word for word in ("Shared database", '"db"', "idp", "Sign-in", "Ben ", "doa") if word in everything
    }
    # forms is hers and unknown; mail and wiki are not hers.
    assert found.unknown == 1


def test_a_hidden_system_is_as_unknown_as_one_that_is_not_there(room: Room) -> None:
    ann = scope_of(room.accounts["ann"])
    with pytest.raises(Refused) as hidden:
        ask("db", ann)
    with pytest.raises(Refused) as absent:
        ask("dx", ann)
    assert hidden.value.sentence.replace("“db”", "“dx”") == absent.value.sentence


def test_causes_of_a_failure(room: Room) -> None:
    found = ask("portal", direction="up")
    assert sorted(told(found)) == [
        ("benefits", "hard", 1), ("db", "hard", 2), ("idp", "hard", 1), ("mail", "soft", 2),
    ]  # fmt: skip
    # Of db and mail nobody knows what they need.
    assert found.unknown == 2
    with entered(SYSTEM):
        site = Site.objects.create(code="dc1", name="Data center 1", kind="data_center")
        Component.objects.create(code="db-1", name="Server", system=room.systems["db"], site=site)
    found = ask("db", direction="up")
    assert [(step.kind, step.code, how, hops) for step, how, hops in found.others] == [
        ("component", "db-1", "hard", 1), ("site", "dc1", "hard", 1),
    ]  # fmt: skip


def test_a_name_or_an_alias_is_enough_unless_it_means_several_things(room: Room) -> None:
    with entered(SYSTEM):
        SystemAlias.objects.create(system=room.systems["idp"], alias="Login")
        Component.objects.create(code="mail", name="Mail", system=room.systems["wiki"])
    assert ask("shared DATABASE").source.code == "db"
    assert ask("login").source.code == "idp"
    with pytest.raises(Refused, match="means 2 things") as refused:
        ask("mail")
    assert [detail.split(":")[0] for detail in refused.value.details] == ["system mail", "component mail"]
    assert ask("mail", kind="component").source.kind == "component"
    with pytest.raises(Refused, match="nearest") as refused:
        ask("bennefits")
    assert "benefits" in refused.value.details[0]


def test_retired_rows_are_out(room: Room) -> None:
    with entered(SYSTEM):
        Dependency.objects.filter(system=room.systems["benefits"]).update(retired_on=TODAY)
        System.objects.filter(code="wiki").update(lifecycle="retired", retired_on=TODAY)
    assert told(ask("db")) == [("idp", "hard", 1), ("portal", "hard", 2)]
    with pytest.raises(Refused):
        ask("wiki")
    with entered(SYSTEM):
        # A day that has not come: it still runs.
        System.objects.filter(code="db").update(retired_on=TODAY + dt.timedelta(days=1))
    assert len(ask("db").hits) == 2


def test_none_attested_in_date_is_known_and_out_of_date_is_not(room: Room) -> None:
    with entered(SYSTEM):
        System.objects.filter(code="wiki").update(none_attested_on=TODAY, none_attested_until=TODAY)
        System.objects.filter(code="forms").update(
            none_attested_on=TODAY - dt.timedelta(days=9), none_attested_until=TODAY - dt.timedelta(days=1)
        )
    assert ask("db").unknown == 2


@pytest.mark.django_db(transaction=True)
def test_the_graph_is_kept_while_nothing_changes_and_never_stale_after_a_commit() -> None:
    with entered(SYSTEM):
        room = built()
    first = graph_store.graph(TODAY)
    assert graph_store.graph(TODAY) is first
    with entered(SYSTEM):
        Dependency.objects.create(system=room.systems["wiki"], provider=room.systems["db"])
        # Inside the transaction its own change is seen, and the graph is nobody else's.
        inside = graph_store.graph(TODAY)
        assert inside.dirty and inside.edge_count == first.edge_count + 1
    after = graph_store.graph(TODAY)
    assert (after.edge_count, after.dirty) == (first.edge_count + 1, False)
    assert after.version > first.version
    assert graph_store.graph(TODAY) is after
    try:
        with entered(SYSTEM):
            System.objects.filter(code="wiki").update(lifecycle="retired", retired_on=TODAY)
            raise ZeroDivisionError
    except ZeroDivisionError:
        pass
    assert graph_store.graph(TODAY) is after
    assert graph_store.graph(TODAY + dt.timedelta(days=1)) is not after


def test_the_api_answers_within_the_scope(room: Room) -> None:
    path = "/api/v1/inventory/impact?name=idp"
    assert room.client("anonymous").get(path).status_code == 401
    found = room.client("auditor").get(path).json()
    assert [one["system"] for one in found["affected"]] == ["benefits", "portal"]
    assert room.client("auditor").get(path + "&limit=1").json()["total"] == 2
    assert room.client("ann").get(path).status_code == 400
    assert room.client("auditor").get(path + "&direction=sideways").status_code == 422


def test_the_answer_asks_a_constant_number_of_questions(room: Room) -> None:
    from django.test.utils import CaptureQueriesContext

    def count() -> int:
        with CaptureQueriesContext(connection) as queries:
            ask("db")
        return len(queries)

    few = count()
    with entered(SYSTEM):
        for at in range(20):
            made = System.objects.create(code=f"s{at}", name=f"System {at}", organization=room.dhs)
            Dependency.objects.create(system=made, provider=room.systems["db"])
    assert len(ask("db").hits) == 23
    assert count() == few
