"""What fails with what, as a compact graph in memory: nodes are numbers, edges are arrays.

Nodes stand in this order: systems, components, sites, technologies, vendors; behind them the gates. A gate is a group of
things that stand in for one another: it lets a failure through once fewer of them are up than must be. Edges lead from what
fails to what fails with it, each hard (stops) or soft (gets worse). A part and its system count as one step: an edge
between them has no length.

A system that is declared to have failed takes its parts with it; one that stops because something it needs has stopped does
not. So parts are never behind their system in the graph: they start together with it, see `seeds`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

KINDS = ("system", "component", "site", "technology", "vendor")
NONE = -1


@dataclass(frozen=True)
class Rows:
    """The inventory's live rows as columns of numbers; NONE stands for nothing, and groups are hashes (0: no group)."""

    system: Mapping[str, Ints]
    component: Mapping[str, Ints]
    dependency: Mapping[str, Ints]
    environment: Mapping[str, Ints]
    stack: Mapping[str, Ints]
    site: Mapping[str, Ints]
    technology: Mapping[str, Ints]


@dataclass(frozen=True)
class Steps:
    """Edges in the order of where they start: those of node n that count lie from `low[n]` to `high[n]`.

    Several of these share their edges and differ in which of each node's count.
    """

    low: Ints
    high: Ints
    ends: Ints
    origin: Ints
    dependency: Ints

    def of_all(self, nodes: Ints) -> Ints:
        """Return the places of all edges that start at some nodes."""
        if not len(nodes):
            return nodes
        low = self.low.take(nodes)
        many = self.high.take(nodes) - low
        total = int(many.sum())
        if not total:
            return np.empty(0, np.int64)
        return np.repeat(low - (np.cumsum(many) - many), many) + np.arange(total)


def ordered(
    nodes: int, origin: Ints, ends: Ints, dependency: Ints, weakness: Ints
) -> tuple[Steps, Steps, Steps, Steps]:
    """Put edges in order; return those of weakness 0, up to 1, of any, and those of more than 0."""
    order = np.argsort(origin * 3 + weakness, kind="stable")
    bounds = np.zeros(3 * nodes + 1, np.int64)
    np.cumsum(np.bincount(origin * 3 + weakness, minlength=3 * nodes), out=bounds[1:])
    edges = (ends[order], origin[order], dependency[order])
    first, second, third, last = (bounds[at:][::3][:nodes].copy() for at in (0, 1, 2, 3))
    return (
        Steps(first, second, *edges), Steps(first, third, *edges), Steps(first, last, *edges), Steps(second, last, *edges),
    )  # fmt: skip


@dataclass(frozen=True)
class Way:
    """What a failure spreads along: steps of length one, and steps inside a system, which have none."""

    steps: Steps
    inside: Steps


@dataclass(frozen=True, eq=False)
class Graph:
    """The graph at one reading of its clock; nothing in it changes."""

    ids: Mapping[str, Ints]
    first: Mapping[str, int]
    nodes: int
    organization: Ints
    criticality: Ints
    rank: Ints
    known: Flags
    home: Ints
    """The system each component is part of."""
    gate_end: Ints
    gate_needs: Ints
    """How many of a gate's members must have failed for it to open."""
    gate_hard: Flags
    edges: tuple[Ints, Ints, Ints, Flags]
    inside: tuple[Ints, Ints, Flags]
    version: int = 0
    dirty: bool = False
    seconds: float = 0.0

    @property
    def systems(self) -> int:
        """How many systems there are; their nodes come first."""
        return len(self.ids["system"])

    @property
    def edge_count(self) -> int:
        """How many edges there are, those inside systems not counted."""
        return len(self.edges[0])

    def node(self, kind: str, pk: int) -> int | None:
        """Return the node of a row, or None where it is not live."""
        ids = self.ids[kind]
        at = int(np.searchsorted(ids, pk))
        return self.first[kind] + at if at < len(ids) and ids[at] == pk else None

    def row(self, node: int) -> tuple[str, int]:
        """Return kind and id of a node's row."""
        for kind in reversed(KINDS):
            if node >= self.first[kind]:
                return kind, int(self.ids[kind][node - self.first[kind]])
        raise IndexError(node)

    def parts(self, system: int) -> Ints:
        """Return the components of a system."""
        at, order = self._by_home
        low, high = np.searchsorted(at, [system, system + 1])
        return order[low:high] + self.first["component"]

    def seeds(self, node: int) -> Ints:
        """Return what fails at once when something is declared to have failed: a system with all its parts."""
        own = np.array([node])
        return np.concatenate([own, self.parts(node)]) if node < self.systems else own

    @cached_property
    def _by_home(self) -> tuple[Ints, Ints]:
        order = np.argsort(self.home, kind="stable")
        return self.home[order], order

    @cached_property
    def forward(self) -> tuple[Way, Way, Way]:
        """The ways on which things stop, on which they stop or get worse, and what the second has beyond the first."""
        origin, ends, dependency, hard = self.edges
        part, whole, essential = self.inside
        # A gate that only makes things worse lets nothing stop.
        weak = (~(hard & self.passable(ends))).astype(np.int64) * 2
        weak_inside = (~(essential & self.passable(whole))).astype(np.int64) * 2
        steps = ordered(self.nodes, origin, ends, dependency, weak)
        inside = ordered(self.nodes, part, whole, np.zeros(len(part), np.int64), weak_inside)
        return Way(steps[0], inside[0]), Way(steps[2], inside[2]), Way(steps[3], inside[3])

    @cached_property
    def backward(self) -> tuple[Way, Way, Way]:
        """The same edges from their ends: those that suffice alone, hard gates too, and all; gates are passed straight."""
        origin, ends, dependency, hard = self.edges
        part, whole, essential = self.inside

        def turned(start: Ints, end: Ints, strong: Flags, by: Ints) -> tuple[Steps, Steps, Steps, Steps]:
            gated = end >= self.nodes
            gate = end[gated] - self.nodes
            behind = end.copy()
            behind[gated] = self.gate_end[gate]
            weakness = np.where(strong, 0, 2)
            weakness[gated] = np.where(self.gate_hard[gate], np.where(self.gate_needs[gate] == 1, 0, 1), 2)
            return ordered(self.nodes, behind, start, by, weakness)

        steps = turned(origin, ends, hard, dependency)
        inside = turned(part, whole, essential, np.zeros(len(part), np.int64))
        return Way(steps[0], inside[0]), Way(steps[1], inside[1]), Way(steps[2], inside[2])

    @cached_property
    def members(self) -> tuple[Ints, Ints]:
        """The members of gates, and the gate of each."""
        found = []
        for start, end in (self.edges[:2], self.inside[:2]):
            gated = end >= self.nodes
            found.append((start[gated], end[gated] - self.nodes))
        return np.concatenate([one[0] for one in found]), np.concatenate([one[1] for one in found])

    def ready(self) -> Graph:
        """Put in order what closures walk along, so that the first of them does not wait for it."""
        _ = self.forward, self.members, self._by_home
        return self

    def passable(self, ends: Ints) -> Flags:
        """Tell of each end whether something can stop there: not behind a gate that only makes things worse."""
        passable = np.ones(len(ends), np.bool_)
        behind = ends >= self.nodes
        passable[behind] = self.gate_hard[ends[behind] - self.nodes]
        return passable


class _NodesOf(Protocol):
    def __call__(self, kind: str, wanted: Ints) -> Ints: ...


class _Add(Protocol):
    def __call__(
        self, origin: Ints, ends: Ints, hard: Flags | bool, dependency: Ints | None = None
    ) -> None: ...


class _Gates:
    """Collects gates while the graph is built."""

    def __init__(self, nodes: int) -> None:
        self.nodes = nodes
        self.end: list[Ints] = []
        self.needs: list[Ints] = []
        self.hard: list[Flags] = []
        self.made = 0

    def of(self, end: Ints, group: Ints, min_up: Ints, hard: Flags) -> Ints:
        """Make a gate for each pair of end and group; return the gate of each member."""
        order = np.lexsort((group, end))
        ends, groups = end[order], group[order]
        new = np.ones(len(order), np.bool_)
        new[1:] = (ends[1:] != ends[:-1]) | (groups[1:] != groups[:-1])
        which = np.cumsum(new) - 1
        first = np.flatnonzero(new)
        members = np.diff(np.append(first, len(order)))
        self.end.append(ends[first])
        self.needs.append(np.maximum(1, members - np.maximum.reduceat(min_up[order], first) + 1))
        self.hard.append(np.logical_or.reduceat(hard[order], first))
        gate = np.empty(len(order), np.int64)
        gate[order] = which + self.nodes + self.made
        self.made += len(first)
        return gate


def build(rows: Rows, *, version: int = 0, dirty: bool = False) -> Graph:
    """Make the graph of live rows; a row that refers to one that is not live is left out."""
    tables = {
        "system": rows.system,
        "component": rows.component,
        "site": rows.site,
        "technology": rows.technology,
    }
    order = {kind: np.argsort(table["id"], kind="stable") for kind, table in tables.items()}
    ids = {kind: table["id"][order[kind]] for kind, table in tables.items()}
    system = {name: column[order["system"]] for name, column in rows.system.items()}
    component = {name: column[order["component"]] for name, column in rows.component.items()}
    site = {name: column[order["site"]] for name, column in rows.site.items()}
    technology = {name: column[order["technology"]] for name, column in rows.technology.items()}
    vendors = np.concatenate([table["vendor"] for table in (system, component, site, technology)])
    ids["vendor"] = np.unique(vendors[vendors != NONE])

    home = _places(ids["system"], component["system"])
    live = home != NONE
    component = {name: column[live] for name, column in component.items()}
    ids["component"], home = ids["component"][live], home[live]

    first, nodes = {}, 0
    for kind in KINDS:
        first[kind] = nodes
        nodes += len(ids[kind])

    def nodes_of(kind: str, wanted: Ints) -> Ints:
        at = _places(ids[kind], wanted)
        return np.where(at == NONE, NONE, at + first[kind])

    gates = _Gates(nodes)
    edges: list[tuple[Ints, Ints, Ints, Flags]] = []

    def add(origin: Ints, ends: Ints, hard: Flags | bool, dependency: Ints | None = None) -> None:
        kept = (origin != NONE) & (ends != NONE)
        wanted = np.broadcast_to(np.asarray(hard, np.bool_), kept.shape)
        by = np.zeros(len(kept), np.int64) if dependency is None else dependency
        edges.append((origin[kept], ends[kept], by[kept], wanted[kept]))

    own = np.arange(len(ids["component"]), dtype=np.int64) + first["component"]
    whole = home.copy()
    grouped = component["group"] != 0
    if grouped.any():
        whole[grouped] = gates.of(
            home[grouped], component["group"][grouped], component["min_up"][grouped],
            component["essential"][grouped] != 0,
        )  # fmt: skip
    inside = (own, whole, (component["essential"] != 0) | grouped)

    _dependencies(rows.dependency, nodes_of, gates, add)
    sites = _sites(rows.environment, nodes_of, gates, add)
    # A part that names no place of its own stands where its system does, if that is in one place only.
    standing = nodes_of("site", component["site"])
    standing = np.where(component["site"] == NONE, sites(home), standing)
    add(standing, own, True)
    add(nodes_of("technology", rows.stack["technology"]), nodes_of("system", rows.stack["system"]), True)
    add(nodes_of("technology", component["technology"]), own, True)

    whole_system = np.arange(len(ids["system"]), dtype=np.int64)
    # What runs on the state's own machines goes on without its vendor, only worse.
    hosted = system["hosted"] != 0
    delivered = nodes_of("vendor", system["vendor"])
    add(delivered, whole_system, hosted)
    add(np.where(hosted, delivered, NONE)[home] if len(home) else home, own, True)
    add(nodes_of("vendor", component["vendor"]), own, True)
    add(nodes_of("vendor", site["vendor"]), nodes_of("site", ids["site"]), True)
    # A product does not stop when its maker does.
    add(nodes_of("vendor", technology["vendor"]), nodes_of("technology", ids["technology"]), False)

    needed = np.zeros(len(ids["system"]), np.bool_)
    dependants = _places(ids["system"], rows.dependency["system"])
    needed[dependants[dependants != NONE]] = True
    origins, ends, by, hard = (np.concatenate([one[part] for one in edges]) for part in range(4))
    return Graph(
        ids=ids, first=first, nodes=nodes, organization=system["organization"], criticality=system["criticality"],
        rank=system["rank"], known=needed | (system["none_known"] != 0), home=home,
        gate_end=_joined(gates.end, np.int64), gate_needs=_joined(gates.needs, np.int64),
        gate_hard=_joined(gates.hard, np.bool_), edges=(origins, ends, by, hard), inside=inside, version=version, dirty=dirty,
    )  # fmt: skip


def _dependencies(rows: Mapping[str, Ints], nodes_of: _NodesOf, gates: _Gates, add: _Add) -> None:
    """Add an edge for each dependency, through a gate where it names a group."""
    end = np.where(
        rows["component"] == NONE,
        nodes_of("system", rows["system"]),
        nodes_of("component", rows["component"]),
    )
    origin = np.where(
        rows["provider_component"] == NONE,
        nodes_of("system", rows["provider"]),
        nodes_of("component", rows["provider_component"]),
    )
    live = (end != NONE) & (origin != NONE)
    # The part may live on in the tables when its system does not.
    live &= (nodes_of("system", rows["system"]) != NONE) & (nodes_of("system", rows["provider"]) != NONE)
    end, origin = end[live], origin[live]
    group, hard, pk = rows["group"][live], rows["hard"][live] != 0, rows["id"][live]
    grouped = group != 0
    if grouped.any():
        end[grouped] = gates.of(end[grouped], group[grouped], rows["min_up"][live][grouped], hard[grouped])
    # The group decides: a member marked soft in a hard group is one of those that must be up.
    add(origin, end, hard | grouped, pk)


def _sites(rows: Mapping[str, Ints], nodes_of: _NodesOf, gates: _Gates, add: _Add) -> Callable[[Ints], Ints]:
    """Add what stands where; return a function that tells the one site of a system, NONE where it has several or none.

    A system in several places, or with a standby, gets worse when a place of its production fails, and stops with the last.
    """
    system, site = nodes_of("system", rows["system"]), nodes_of("site", rows["site"])
    live = (system != NONE) & (site != NONE)
    triples = np.unique(np.stack([system[live], site[live], rows["standby"][live]], axis=1), axis=0)
    only: dict[str, Ints] = {"system": np.empty(0, np.int64), "site": np.empty(0, np.int64)}
    if len(triples):
        runs = triples[triples[:, 2] == 0]
        pairs = np.unique(triples[:, :2], axis=0)
        pairs = pairs[np.isin(pairs[:, 0], runs[:, 0])]
        ends, times = np.unique(pairs[:, 0], return_counts=True)
        several = np.isin(pairs[:, 0], ends[times > 1])
        alone, many = pairs[~several], pairs[several]
        add(alone[:, 1], alone[:, 0], True)
        only = {"system": alone[:, 0], "site": alone[:, 1]}
        if len(many):
            add(
                runs[:, 1][np.isin(runs[:, 0], many[:, 0])],
                runs[:, 0][np.isin(runs[:, 0], many[:, 0])],
                False,
            )
            ones = np.ones(len(many), np.int64)
            add(many[:, 1], gates.of(many[:, 0], ones, ones, ones != 0), True)

    def one_site(systems: Ints) -> Ints:
        at = _places(only["system"], systems)
        if not len(only["site"]):
            return at
        return np.where(at == NONE, NONE, only["site"][at])

    return one_site


def _places(known: Ints, wanted: Ints) -> Ints:
    """Return where each wanted number stands in a sorted array, or NONE."""
    if not len(known):
        return np.full(len(wanted), NONE, np.int64)
    at = np.searchsorted(known, wanted)
    at[at == len(known)] = 0
    return np.where(known[at] == wanted, at, NONE)


def _joined(parts: Sequence[npt.NDArray[Any]], kind: type) -> npt.NDArray[Any]:
    return np.concatenate(parts) if parts else np.empty(0, kind)
