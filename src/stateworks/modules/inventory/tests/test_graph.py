"""The graph and its closures: worked examples by hand, and random graphs against a naive fixpoint written differently."""

from __future__ import annotations

from typing import Any

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from stateworks.modules.inventory.closure import Closure, downstream, upstream
from stateworks.modules.inventory.graph import NONE, Graph, Rows, build

DEFAULTS: dict[str, dict[str, int]] = {
    "system": {"id": 0, "organization": 1, "criticality": 3, "rank": 32767, "vendor": NONE, "hosted": 1, "none_known": 0},
    "component": {
        "id": 0, "system": NONE, "technology": NONE, "vendor": NONE, "site": NONE, "essential": 1, "group": 0, "min_up": 1,
    },
    "dependency": {
        "id": 0, "system": NONE, "component": NONE, "provider": NONE, "provider_component": NONE, "hard": 1, "group": 0,
        "min_up": 1,
    },
    "environment": {"system": NONE, "site": NONE, "standby": 0},
    "stack": {"system": NONE, "technology": NONE},
    "site": {"id": 0, "vendor": NONE},
    "technology": {"id": 0, "vendor": NONE},
}  # fmt: skip


def made(**tables: list[dict[str, int]]) -> Graph:
    """A graph of a few rows, each given by what differs from the defaults."""
    columns = {
        name: {
            column: np.array([{**default, **row}[column] for row in tables.get(name, [])], np.int64)
            for column in default
        }
        for name, default in DEFAULTS.items()
    }
    return build(Rows(**columns))


def systems(*ids: int, **more: Any) -> list[dict[str, int]]:
    return [{"id": one, **more} for one in ids]


def needs(system: int, provider: int, pk: int = 0, **more: int) -> dict[str, int]:
    return {"id": pk or system * 100 + provider, "system": system, "provider": provider, **more}


def hit(graph: Graph, closure: Closure) -> dict[int, tuple[str, int]]:
    """Each system hit by its id: how, and in how many steps."""
    return {
        graph.row(int(node))[1]: ("hard" if stops else "soft", int(hops))
        for node, stops, hops in zip(closure.systems, closure.stops, closure.hops, strict=True)
        if node < graph.systems
    }


def fail(graph: Graph, kind: str, pk: int) -> Closure:
    node = graph.node(kind, pk)
    assert node is not None
    return downstream(graph, node)


def reduced(graph: Graph, closure: Closure) -> list[int]:
    return [graph.row(int(node))[1] for node in closure.reduced]


def test_a_path_is_hard_only_if_every_step_is() -> None:
    # 1 <- 2 (hard) <- 3 (soft) <- 4 (hard); 5 needs nothing.
    graph = made(system=systems(1, 2, 3, 4, 5), dependency=[needs(2, 1), needs(3, 2, hard=0), needs(4, 3)])
    closure = fail(graph, "system", 1)
    assert hit(graph, closure) == {2: ("hard", 1), 3: ("soft", 2), 4: ("soft", 3)}
    nodes, via = closure.path(3, stops=False)
    assert ([graph.row(node) for node in nodes], via) == (
        [("system", 1), ("system", 2), ("system", 3), ("system", 4)],
        [201, 302, 403],
    )


def test_a_cycle_ends_and_the_source_is_not_its_own_victim() -> None:
    graph = made(system=systems(1, 2, 3), dependency=[needs(2, 1), needs(3, 2), needs(1, 3)])
    assert hit(graph, fail(graph, "system", 2)) == {3: ("hard", 1), 1: ("hard", 2)}


def test_redundant_providers_stop_a_system_only_when_too_few_are_left() -> None:
    # 9 needs two of 1, 2, 3; all three stand on 5.
    group = {"group": 7, "min_up": 2}
    rows = [needs(9, 1, **group), needs(9, 2, **group), needs(9, 3, **group)]
    graph = made(system=systems(1, 2, 3, 5, 9), dependency=rows)
    alone = fail(graph, "system", 1)
    assert hit(graph, alone) == {}
    assert reduced(graph, alone) == [9]
    graph = made(system=systems(1, 2, 3, 5, 9), dependency=[*rows, needs(1, 5), needs(2, 5)])
    both = fail(graph, "system", 5)
    assert hit(graph, both) == {1: ("hard", 1), 2: ("hard", 1), 9: ("hard", 2)}
    assert reduced(graph, both) == []


def test_what_only_got_worse_is_not_failed_for_a_group() -> None:
    group = {"group": 7, "min_up": 1}
    graph = made(
        system=systems(1, 2, 5, 9),
        dependency=[needs(9, 1, **group), needs(9, 2, **group), needs(1, 5), needs(2, 5, hard=0)],
    )
    # 1 stops, 2 gets worse: 9 has one left that works badly, so it gets worse and does not stop.
    assert hit(graph, fail(graph, "system", 5)) == {1: ("hard", 1), 2: ("soft", 1), 9: ("soft", 2)}


def test_a_part_takes_its_system_but_not_its_siblings() -> None:
    parts = [{"id": 11, "system": 1}, {"id": 12, "system": 1}, {"id": 13, "system": 1, "essential": 0}]
    graph = made(
        system=systems(1, 2, 3, 4),
        component=parts,
        dependency=[needs(2, 1, provider_component=12), needs(3, 1), needs(4, 1, provider_component=13)],
    )
    # Part 11 fails: the system stops and what needs the whole; what needs part 12 or 13 goes on.
    assert hit(graph, fail(graph, "component", 11)) == {1: ("hard", 1), 3: ("hard", 2)}
    # The system is declared down as a whole: all its parts are.
    assert hit(graph, fail(graph, "system", 1)) == {2: ("hard", 1), 3: ("hard", 1), 4: ("hard", 1)}
    # A part that is not essential makes its system worse; what needs that very part stops.
    assert hit(graph, fail(graph, "component", 13)) == {1: ("soft", 1), 3: ("soft", 2), 4: ("hard", 1)}


def test_a_part_that_depends_counts_as_one_step_with_its_system() -> None:
    graph = made(
        system=systems(1, 2), component=[{"id": 21, "system": 2}], dependency=[needs(2, 1, component=21)]
    )
    closure = fail(graph, "system", 1)
    assert hit(graph, closure) == {2: ("hard", 1)}
    assert [graph.row(node)[0] for node in closure.path(1, stops=True)[0]] == [
        "system",
        "component",
        "system",
    ]


def test_parts_that_stand_in_for_one_another() -> None:
    parts = [{"id": one, "system": 1, "group": 5, "min_up": 2} for one in (11, 12, 13)]
    graph = made(system=systems(1, 2), component=parts, dependency=[needs(2, 1)])
    closure = fail(graph, "component", 11)
    assert (hit(graph, closure), reduced(graph, closure)) == ({}, [1])
    parts = [{**one, "vendor": 8 if one["id"] != 13 else NONE} for one in parts]
    graph = made(system=systems(1, 2), component=parts, dependency=[needs(2, 1)])
    assert hit(graph, fail(graph, "vendor", 8)) == {1: ("hard", 1), 2: ("hard", 2)}


def test_a_site_takes_what_stands_there_unless_it_stands_elsewhere_too() -> None:
    graph = made(
        system=systems(1, 2, 3, 4),
        component=[{"id": 21, "system": 1}, {"id": 22, "system": 1, "site": 51}, {"id": 23, "system": 2}],
        site=[{"id": 50}, {"id": 51}],
        environment=[
            {"system": 1, "site": 50}, {"system": 2, "site": 50}, {"system": 2, "site": 51, "standby": 1},
            {"system": 3, "site": 51, "standby": 1},
        ],
        dependency=[needs(4, 1, provider_component=21), needs(3, 1, provider_component=22), needs(4, 2, pk=9)],
    )  # fmt: skip
    closure = fail(graph, "site", 50)
    # 1 stops with its part 21 (22 stands elsewhere), 2 has a standby and gets worse, 4 needs part 21.
    assert hit(graph, closure) == {1: ("hard", 1), 2: ("soft", 1), 4: ("hard", 2)}
    other = fail(graph, "site", 51)
    # 2 loses its standby alone; part 22 fails and takes 1 and 3 with it.
    assert hit(graph, other) == {1: ("hard", 1), 3: ("hard", 2)}
    assert reduced(graph, other) == [2]


def test_a_vendor_that_runs_both_sites_stops_the_system() -> None:
    graph = made(
        system=systems(2),
        site=[{"id": 50, "vendor": 7}, {"id": 51, "vendor": 7}],
        environment=[{"system": 2, "site": 50}, {"system": 2, "site": 51, "standby": 1}],
    )
    assert hit(graph, fail(graph, "vendor", 7)) == {2: ("hard", 2)}


def test_a_vendor_stops_what_it_runs_and_worsens_what_it_sold() -> None:
    graph = made(
        system=[*systems(1, vendor=7), *systems(2, vendor=7, hosted=0), *systems(3, 4)],
        technology=[{"id": 60, "vendor": 7}],
        stack=[{"system": 3, "technology": 60}],
        component=[{"id": 41, "system": 4, "technology": 60}],
    )
    assert hit(graph, fail(graph, "vendor", 7)) == {
        1: ("hard", 1), 2: ("soft", 1), 3: ("soft", 2), 4: ("soft", 2),
    }  # fmt: skip
    assert hit(graph, fail(graph, "technology", 60)) == {3: ("hard", 1), 4: ("hard", 1)}


def test_rows_that_are_not_live_are_not_there() -> None:
    graph = made(
        system=systems(1, 2),
        component=[{"id": 31, "system": 3}],
        dependency=[needs(2, 3), needs(3, 1), needs(2, 1)],
    )
    assert graph.edge_count == 1
    assert graph.node("system", 3) is None
    assert graph.node("component", 31) is None


def test_causes_are_whole_systems_parts_places_and_vendors() -> None:
    group = {"group": 7, "min_up": 1}
    graph = made(
        system=systems(1, 2, 3, 4, 5, 9),
        component=[{"id": 11, "system": 1}],
        dependency=[
            needs(9, 1, provider_component=11), needs(1, 5), needs(9, 2, **group), needs(9, 3, **group), needs(2, 4),
            needs(3, 4),
        ],
    )  # fmt: skip
    node = graph.node("system", 9)
    assert node is not None
    causes = upstream(graph, node)
    # 1 is a cause as a whole, since its part is; 5 would stop 1's service, not that part. 2 or 3 alone do not stop 9,
    # but 4 stops both.
    assert hit(graph, causes) == {1: ("hard", 1), 2: ("soft", 1), 3: ("soft", 1), 4: ("hard", 2)}
    path, _ = causes.path(0, stops=True)
    assert [graph.row(one) for one in path] == [("system", 1), ("component", 11), ("system", 9)]


# -- random graphs

ID = st.integers(1, 7)


@st.composite
def graphs(draw: st.DrawFn) -> Graph:
    count = draw(st.integers(2, 7))
    ids = list(range(1, count + 1))
    some = st.sampled_from(ids)
    parts = [
        {"id": 20 + at, "system": draw(some), "essential": draw(st.integers(0, 1)), "group": draw(st.integers(0, 1)),
         "min_up": draw(st.integers(1, 2)), "site": draw(st.sampled_from([NONE, 50, 51])),
         "vendor": draw(st.sampled_from([NONE, 70]))}
        for at in range(draw(st.integers(0, 4)))
    ]  # fmt: skip
    home = {part["id"]: part["system"] for part in parts}
    rows = []
    for at in range(draw(st.integers(0, 14))):
        end, origin = draw(some), draw(some)
        own = [pk for pk, of in home.items() if of == end]
        others = [pk for pk, of in home.items() if of == origin]
        row = needs(end, origin, pk=1000 + at, hard=draw(st.integers(0, 1)), group=draw(st.integers(0, 2)),
                    min_up=draw(st.integers(1, 3)))  # fmt: skip
        row["component"] = draw(st.sampled_from([NONE, *own]))
        row["provider_component"] = draw(st.sampled_from([NONE, *others]))
        if end != origin:
            rows.append(row)
    places = [
        {"system": draw(some), "site": draw(st.sampled_from([50, 51])), "standby": draw(st.integers(0, 1))}
        for _ in range(draw(st.integers(0, 4)))
    ]
    return made(
        system=[{"id": one, "vendor": draw(st.sampled_from([NONE, 70])), "hosted": draw(st.integers(0, 1))} for one in ids],
        component=parts, dependency=rows, environment=places, site=[{"id": 50, "vendor": 70}, {"id": 51}],
    )  # fmt: skip


def naive(graph: Graph, source: int, *, soft: bool) -> set[int]:
    """What fails (or gets worse), by trying every rule on every node until nothing changes."""
    origin, ends, _, hard = graph.edges
    part, whole, essential = graph.inside
    rules = [
        (int(a), int(b), bool(c))
        for a, b, c in [*zip(origin, ends, hard, strict=True), *zip(part, whole, essential, strict=True)]
    ]
    down = {int(one) for one in graph.seeds(source)}
    while True:
        more = {b for a, b, strong in rules if a in down and b < graph.nodes and (strong or soft)}
        for gate in range(len(graph.gate_end)):
            members = [a for a, b, strong in rules if b == graph.nodes + gate]
            lost = sum(1 for one in members if one in down)
            if lost >= graph.gate_needs[gate] and (graph.gate_hard[gate] or soft):
                more.add(int(graph.gate_end[gate]))
        if more <= down:
            return down
        down |= more


@settings(max_examples=300)
@given(graphs(), st.data())
def test_downstream_is_the_least_fixpoint(graph: Graph, data: st.DataObject) -> None:
    source = data.draw(st.integers(0, graph.nodes - 1))
    closure = downstream(graph, source)
    stops, worse = naive(graph, source, soft=False), naive(graph, source, soft=True)
    assert {int(one) for one in np.flatnonzero(closure.hard.level != NONE)} == stops
    assert {int(one) for one in np.flatnonzero(closure.soft.level != NONE)} == worse
    found = {int(n): bool(s) for n, s in zip(closure.systems, closure.stops, strict=True)}
    assert found == {one: one in stops for one in worse if one < graph.systems and one != source}
    for node, hard in found.items():
        path, _ = closure.path(node, stops=hard)
        assert path[-1] == node
        assert path[0] in {int(one) for one in graph.seeds(source)}
        assert set(path) <= (stops if hard else worse)
    assert not {int(one) for one in closure.reduced} & worse


@settings(max_examples=200)
@given(graphs(), st.data())
def test_upstream_is_downstream_seen_from_the_other_end(graph: Graph, data: st.DataObject) -> None:
    target = data.draw(st.integers(0, graph.systems - 1))
    causes = upstream(graph, target)
    alone = {int(n) for n, s in zip(causes.systems, causes.stops, strict=True) if s}
    assert alone == {
        one for one in range(graph.nodes) if one != target and target in naive(graph, one, soft=False)
    }
    # Whatever makes the target worse alone is among the causes.
    wide = {int(n) for n in causes.systems}
    assert {
        one for one in range(graph.nodes) if one != target and target in naive(graph, one, soft=True)
    } <= wide
    for node, stops in zip(causes.systems, causes.stops, strict=True):
        path, _ = causes.path(int(node), stops=bool(stops))
        assert (path[0], path[-1]) == (int(node), target)
