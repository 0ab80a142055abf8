"""The back-test by hand: what was foretold, what was missed, and the dependency that one click adds."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import pytest
from django.core.exceptions import PermissionDenied

from stateworks.kernel.access.models import AuditEntry
from stateworks.kernel.access.scope import SYSTEM, entered, scope_of
from stateworks.kernel.errors import Refused
from stateworks.modules.inventory import graph_store
from stateworks.modules.inventory.backtest import Backtest, back_test, unexplained
from stateworks.modules.inventory.models import Dependency, Outage, OutageImpact, Site
from stateworks.modules.inventory.tests.conftest import AT, Room
from stateworks.modules.inventory.verbs.missing import add_dependency


@pytest.fixture(autouse=True)
def no_graph_of_another_test() -> Iterator[None]:
    graph_store.forget()
    yield
    graph_store.forget()


def closed(room: Room, code: str, **more: object) -> Outage:
    fields = {
        "source": "system", "system": room.systems["db"], "declared_at": AT, "identified_at": AT + dt.timedelta(minutes=20),
        "restored_at": AT + dt.timedelta(minutes=60), "closed_at": AT + dt.timedelta(minutes=90), "title": "db is down",
    }  # fmt: skip
    return Outage.objects.create(code=code, **{**fields, **more})


def edge(room: Room, system: str, provider: str) -> Dependency:
    return Dependency.objects.get(system=room.systems[system], provider=room.systems[provider])


def judged(
    outage: Outage, room: Room, system: str, verdict: str, *via: Dependency, predicted: bool = True
) -> None:
    OutageImpact.objects.create(
        outage=outage, system=room.systems[system], verdict=verdict, predicted=predicted, via=[one.pk for one in via],
        decided_at=None if verdict == "candidate" else AT,
    )  # fmt: skip


@pytest.fixture
def story(room: Room) -> Room:
    """Two closed outages of db.

    First: benefits hit, idp hit, portal (over idp) spared; mail hit though not foretold; forms never judged.
    Second: benefits hit, idp spared, portal (over idp) spared; wiki hit though not foretold.
    """
    with entered(SYSTEM):
        direct, idp, portal = (
            edge(room, "benefits", "db"),
            edge(room, "idp", "db"),
            edge(room, "portal", "idp"),
        )
        Dependency.objects.filter(pk=idp.pk).update(source="discovered", confidence="high")
        first, second = closed(room, "outage-1"), closed(room, "outage-2")
        judged(first, room, "benefits", "hit", direct)
        judged(first, room, "idp", "hit", idp)
        judged(first, room, "portal", "spared", idp, portal)
        judged(first, room, "mail", "hit", predicted=False)
        judged(first, room, "forms", "candidate", direct)
        judged(second, room, "benefits", "hit", direct)
        judged(second, room, "idp", "spared", idp)
        judged(second, room, "portal", "spared", idp, portal)
        judged(second, room, "wiki", "hit", predicted=False)
        # None of these teaches anything.
        for outage in (
            closed(room, "drill-1", drill=True), closed(room, "outage-3", closed_at=None),
            closed(room, "outage-4", cancelled_at=AT),
        ):  # fmt: skip
            judged(outage, room, "portal", "hit", predicted=False)
    return room


def ran(story: Room, who: str | None = None) -> Backtest:
    with entered(scope_of(story.accounts[who]) if who else SYSTEM) as scope:
        return back_test(scope)


def test_precision_and_recall_over_all_outages(story: Room) -> None:
    done = ran(story)
    # Foretold and judged: benefits, idp, portal; benefits, idp, portal = 6, of which hit: benefits, idp, benefits = 3.
    # Hit: those 3, and mail and wiki, which nothing foretold = 5.
    assert (done.outages, done.overall.precision, done.overall.recall) == (2, 3 / 6, 3 / 5)
    assert (done.overall.missed, done.overall.unjudged) == (2, 1)
    assert {one.row.code: (score.precision, score.recall) for one, score in done.by_outage} == {
        "outage-1": (2 / 3, 2 / 3), "outage-2": (1 / 3, 1 / 2),
    }  # fmt: skip


def test_by_source_and_confidence_of_the_edges(story: Room) -> None:
    done = ran(story)
    # Over imported edges: benefits (direct) twice, portal twice = 2 hit of 4. Over the discovered one: idp twice, portal
    # twice = 1 hit of 4.
    assert {name: (one.foretold_hit, one.foretold_spared) for name, one in done.by_source.items()} == {
        "imported": (2, 2), "discovered": (1, 3),
    }  # fmt: skip
    assert {name: one.precision for name, one in done.by_confidence.items()} == {
        "high": 1 / 4,
        "medium": 2 / 4,
    }


def test_edges_that_never_held(story: Room) -> None:
    # portal -> idp led twice to a spared portal; idp -> db held once, benefits -> db always.
    assert [(one.dependency.pk, one.failed) for one in ran(story).never_held] == [
        (edge_pk(story, "portal", "idp"), 2)
    ]


def edge_pk(room: Room, system: str, provider: str) -> int:
    with entered(SYSTEM):
        return edge(room, system, provider).pk


def test_missing_dependencies_are_offered_and_added_once(story: Room) -> None:
    done = ran(story)
    assert {(one.system.code, one.provider.code, one.outage.row.code) for one in done.missing} == {
        ("mail", "db", "outage-1"), ("wiki", "db", "outage-2"),
    }  # fmt: skip
    by = story.accounts["data_steward"]
    with entered(scope_of(by)):
        made = add_dependency("outage-1", "mail", by=by, at=AT)
    assert (made.source, made.confidence, made.strength, made.provider) == (
        "outage",
        "medium",
        "hard",
        story.systems["db"],
    )
    assert [one.system.code for one in ran(story).missing] == ["wiki"]
    with entered(SYSTEM):
        assert AuditEntry.objects.get(verb="add missing dependency").reason == "Shown by the outage outage-1."
    with entered(scope_of(by)), pytest.raises(Refused, match="already"):
        add_dependency("outage-1", "mail", by=by, at=AT)
    with entered(scope_of(by)), pytest.raises(Refused, match="no missing dependency"):
        add_dependency("outage-1", "benefits", by=by, at=AT)


def test_what_follows_from_another_that_was_hit_needs_no_dependency_of_its_own(room: Room) -> None:
    """The database failed; nobody knew that wiki needs it. Forms needs wiki, mail forms; portal and benefits need each other."""
    with entered(SYSTEM):
        Dependency.objects.all().delete()
        for system, provider in (
            ("forms", "wiki"),
            ("mail", "forms"),
            ("portal", "benefits"),
            ("benefits", "portal"),
        ):
            Dependency.objects.create(system=room.systems[system], provider=room.systems[provider])
        outage = closed(room, "outage-1")
        for code in ("wiki", "forms", "mail", "portal", "benefits"):
            judged(outage, room, code, "hit", predicted=False)
    # Two places at which knowledge breaks off: wiki, with two behind it, and one of the circle, with the other behind it.
    found = [(one.system.code, one.takes) for one in ran(room).missing]
    assert found[0] == ("wiki", 2)
    assert len(found) == 2 and found[1] in (("portal", 1), ("benefits", 1))
    # Once what was missing is on record, nothing is left of it.
    with entered(SYSTEM):
        Dependency.objects.create(system=room.systems["wiki"], provider=room.systems["db"])
    assert [one.system.code for one in ran(room).missing] == [found[1][0]]
    page = room.client("auditor").get("/inventory/backtest/").content.decode()
    assert "1 more system" in page.replace("\N{NO-BREAK SPACE}", " ")


def test_one_stands_for_a_circle_and_all_that_follows_from_it() -> None:
    # 1 and 6 need the circle of 2, 3 and 4; 8 needs 7, and 9 needs what was foretold (0).
    needed_by = {2: [3, 1], 3: [4, 6], 4: [2], 7: [8], 0: [9]}
    found = unexplained({1, 2, 3, 4, 6, 7, 8, 9}, {0}, needed_by)
    assert len(found) == 2 and (7, 1) in found
    assert [(pk in (2, 3, 4), takes) for pk, takes in found if pk != 7] == [(True, 4)]


def test_only_who_may_change_records_adds_them(story: Room) -> None:
    by = story.accounts["auditor"]
    with entered(scope_of(by)), pytest.raises(PermissionDenied):
        add_dependency("outage-1", "mail", by=by, at=AT)


def test_a_place_that_failed_is_no_dependency(story: Room) -> None:
    with entered(SYSTEM):
        site = Site.objects.create(code="dc1", name="Data center 1", kind="data_center")
        outage = closed(story, "outage-5", source="site", system=None, site=site)
        judged(outage, story, "forms", "hit", predicted=False)
    found = [one for one in ran(story).missing if one.outage.row.code == "outage-5"]
    assert [(one.system.code, one.provider, one.source) for one in found] == [
        ("forms", None, "Data center 1")
    ]


def test_a_scope_sees_its_own_part(story: Room) -> None:
    done = ran(story, "ann")
    # Human Services: benefits hit twice, portal spared twice; forms never judged; what was missed is not its own.
    assert (done.overall.foretold_hit, done.overall.foretold_spared, done.overall.missed) == (2, 2, 0)
    page = story.client("ann").get("/inventory/backtest/").content.decode()
    assert not {word for word in ("Shared database", "db is down", "Mail", "Wiki") if word in page}


def test_the_page_adds_with_one_click(story: Room) -> None:
    client = story.client("data_steward")
    page = client.get("/inventory/backtest/").content.decode()
    assert "add a dependency on Shared database" in page
    done = client.post(
        "/inventory/backtest/", {"outage": "outage-2", "system": "wiki"}, follow=True
    ).content.decode()
    assert "Wiki now depends on Shared database" in done
    assert client.post("/inventory/backtest/", {"outage": "outage-2", "system": "wiki"}).status_code == 400
    assert "Add it" not in story.client("auditor").get("/inventory/backtest/").content.decode()


def test_without_outages_the_page_says_what_comes(room: Room) -> None:
    assert (
        "No real outage that you may see has been confirmed and closed yet"
        in room.client("auditor").get("/inventory/backtest/").content.decode()
    )
