"""How far a failure reaches, and what could have caused one: fixpoints over the graph, level by level.

What stops is the least set that holds what failed, whatever a hard step leads to from it, and the end of each hard gate of
which too few members are left. What stops or gets worse is the same over all steps and gates. What gets worse is the
difference: something that only got worse never counts as failed for a gate.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from stateworks.modules.inventory.graph import NONE, Flags, Graph, Ints, Way

TOGETHER = 512
"""How many things, at most, are tried one by one for whether they alone open the gates behind them."""


@dataclass(frozen=True)
class Reach:
    """How far something spread: the level of each node (NONE: not reached), and the step by which it was."""

    level: npt.NDArray[Any]
    step: Ints
    way: Way
    failed: Ints
    """How many members of each gate were reached."""

    def before(self, node: int) -> tuple[int, int] | None:
        """Return the node before one on its shortest way, and the dependency between them (0: none); None at the source."""
        at = int(self.step[node])
        if at == NONE:
            return None
        steps, inside = self.way.steps, self.way.inside
        if at < len(steps.ends):
            return int(steps.origin[at]), int(steps.dependency[at])
        return int(inside.origin[at - len(steps.ends)]), 0

    def path(self, node: int) -> tuple[list[int], list[int]]:
        """Return the nodes from the source to one, and the dependencies between them."""
        nodes, via = [node], []
        while (back := self.before(nodes[-1])) is not None:
            nodes.append(back[0])
            if back[1]:
                via.append(back[1])
        return nodes[::-1], via[::-1]


@dataclass(frozen=True)
class Closure:
    """What a failure does: where it stops things, where it makes them worse, and what carries on with less to spare."""

    source: int
    hard: Reach
    soft: Reach
    systems: Ints
    """The systems reached, the source left out."""
    stops: Flags
    """Which of them stop."""
    hops: Ints
    reduced: Ints
    """Systems that carry on, though some of what stands in for one another has failed."""

    def path(self, node: int, *, stops: bool) -> tuple[list[int], list[int]]:
        """Return the shortest explanation of a hit, as nodes and dependencies."""
        return (self.hard if stops else self.soft).path(node)


class _Front:
    """A fixpoint under way: what has been reached so far, by which step, and how many members of each gate."""

    def __init__(self, graph: Graph, all_edges: Way, failed: Ints | None = None) -> None:
        self.graph, self.way = graph, all_edges
        # Gates stand behind the nodes: one that is open needs no further look.
        self.level = np.full(graph.nodes + len(graph.gate_end), NONE, np.int16)
        self.step = np.full(graph.nodes, NONE, np.int64)
        self.failed = np.zeros(len(graph.gate_end), np.int64) if failed is None else failed.copy()
        self.level[graph.nodes :][self.failed >= graph.gate_needs] = 0
        self.offset = len(all_edges.steps.ends)

    def settle(self, places: Ints, depth: int, *, inside: bool = False) -> Ints:
        """Reach what has not been reached by some steps, and return it."""
        if not len(places):
            return places
        ends = (self.way.inside if inside else self.way.steps).ends.take(places)
        # Most steps of a large closure lead to what has been reached: the rest is done for the few that do not.
        fresh = np.flatnonzero(self.level.take(ends) == NONE)
        ends, places = ends.take(fresh), places.take(fresh)
        if inside:
            places = places + self.offset
        if len(self.failed) and len(ends) and (behind := ends >= self.graph.nodes).any():
            hit, by = ends[behind] - self.graph.nodes, places[behind]
            np.add.at(self.failed, hit, 1)
            opened = self.failed[hit] >= self.graph.gate_needs[hit]
            hit, by = hit[opened], by[opened]
            self.level[hit + self.graph.nodes] = depth
            through = self.graph.gate_end[hit]
            shut = self.level[through] == NONE
            ends = np.concatenate([ends[~behind], through[shut]])
            places = np.concatenate([places[~behind], by[shut]])
        self.level[ends] = depth
        self.step[ends] = places
        # Where several steps lead to one node the last one written stands: each node comes once, without sorting.
        once: Ints = ends[self.step.take(ends) == places]
        return once

    def reach(self) -> Reach:
        """Return what was reached."""
        return Reach(self.level[: self.graph.nodes], self.step, self.way, self.failed)


def spread(
    graph: Graph, way: Way, edges: Way, seeds: Ints, *, back: bool = False
) -> tuple[Reach, list[Ints]]:
    """Spread from seeds along a way, level by level; returns what was reached, and each level's nodes.

    From what failed to its own system is a step like others, the first that people feel; `back`, from a system to its parts,
    it is none.
    """
    front = _Front(graph, edges)
    front.level[seeds] = 0
    inside = bool(len(edges.inside.ends))
    new, depth, levels = seeds, 0, [seeds]
    if back and inside:
        levels[0] = new = _with(new, front.settle(way.inside.of_all(new), 0, inside=True))
    while len(new):
        depth += 1
        found = front.settle(way.steps.of_all(new), depth)
        if inside:
            if depth == 1 and not back:
                found = _with(found, front.settle(way.inside.of_all(seeds), 1, inside=True))
            found = _with(found, front.settle(way.inside.of_all(found), depth, inside=True))
        new = found
        levels.append(new)
    return front.reach(), levels


def _with(some: Ints, more: Ints) -> Ints:
    return np.concatenate([some, more]) if len(more) else some


def _worse(graph: Graph, hard: Reach, levels: list[Ints]) -> Reach:
    """Spread on from what stops to what gets worse: its weak steps, and every step of what got worse itself."""
    _, every, weak = graph.forward
    front = _Front(graph, every, hard.failed)
    front.level[: graph.nodes] = hard.level
    inside = bool(len(every.inside.ends))
    new, depth = np.empty(0, np.int64), 0
    while len(new) or depth < len(levels):
        stopped = levels[depth] if depth < len(levels) else np.empty(0, np.int64)
        if inside and depth > 0:
            new = _with(new, front.settle(weak.inside.of_all(stopped), depth, inside=True))
        depth += 1
        found = front.settle(np.concatenate([weak.steps.of_all(stopped), every.steps.of_all(new)]), depth)
        if inside:
            if depth == 1:
                found = _with(found, front.settle(weak.inside.of_all(stopped), 1, inside=True))
            found = _with(found, front.settle(every.inside.of_all(found), depth, inside=True))
        new = found
    front.step = np.where(front.step == NONE, hard.step, front.step)
    return front.reach()


def downstream(graph: Graph, source: int) -> Closure:
    """Return what stops and what gets worse when something fails."""
    stop, every, weak = graph.forward
    hard, levels = spread(graph, stop, every, graph.seeds(source))
    # Nothing weak anywhere: nothing can get worse without stopping.
    soft = (
        _worse(graph, hard, levels)
        if (weak.steps.high > weak.steps.low).any() or len(every.inside.ends)
        else hard
    )
    level = soft.level[: graph.systems].astype(np.int64)
    level[source : source + 1] = NONE
    systems = np.flatnonzero(level != NONE)
    return Closure(
        source,
        hard,
        soft,
        systems,
        hard.level[systems] != NONE,
        level[systems],
        _reduced(graph, hard, soft, source),
    )


def _reduced(graph: Graph, hard: Reach, soft: Reach, source: int) -> Ints:
    if not len(graph.gate_end):
        return np.empty(0, np.int64)
    members, gates = graph.members
    hit = np.zeros(len(graph.gate_end), np.bool_)
    hit[gates[hard.level[members] != NONE]] = True
    ends = graph.gate_end[hit]
    parts = (ends >= graph.first["component"]) & (ends < graph.first["site"])
    ends[parts] = graph.home[ends[parts] - graph.first["component"]]
    spared = np.zeros(graph.nodes, np.bool_)
    spared[ends] = True
    spared[source] = False
    return np.flatnonzero(spared[: graph.systems] & (soft.level[: graph.systems] == NONE))


def upstream(graph: Graph, source: int) -> Causes:
    """Return what could have caused a failure: what alone suffices as `stops`, what only adds to it as the rest.

    `systems` holds nodes of every kind here, since parts, places and vendors fail too.
    """
    seeds = np.array([source])
    by_itself, by_gates, every = graph.backward
    sure, _ = spread(graph, by_itself, every, seeds, back=True)
    wide, _ = spread(graph, every, every, seeds, back=True)
    sure_level, sure_part = _wholes(graph, sure, source)
    wide_level, wide_part = _wholes(graph, wide, source)
    found = np.flatnonzero(wide_level != NONE)
    found = found[found != source]
    settled = sure_level[found] != NONE
    alone = settled.copy()
    if len(graph.gate_end):
        maybe = _wholes(graph, spread(graph, by_gates, every, seeds, back=True)[0], source)[0]
        tried = found[~alone & (maybe[found] != NONE)]
        tried = tried[np.argsort(wide_level[tried], kind="stable")][:TOGETHER]
        alone |= np.isin(found, tried[_alone(graph, tried, source)])
    hops = np.maximum(1, np.where(settled, sure_level[found], wide_level[found]))
    return Causes(
        source,
        sure,
        wide,
        found,
        alone,
        hops,
        np.empty(0, np.int64),
        sure_part=sure_part,
        wide_part=wide_part,
    )


@dataclass(frozen=True)
class Causes(Closure):
    """What could have caused a failure; the parts are those through which a whole system is a cause."""

    sure_part: Ints
    wide_part: Ints

    def path(self, node: int, *, stops: bool) -> tuple[list[int], list[int]]:
        """Return the shortest way from a cause to what failed, as nodes and dependencies."""
        for reach, part in ((self.hard, self.sure_part), (self.soft, self.wide_part)):
            if reach is self.hard and not stops:
                continue
            through = int(part[node]) if node < len(part) else NONE
            if through == NONE and reach.level[node] == NONE:
                continue
            nodes, via = reach.path(node if through == NONE else through)
            return ([] if through == NONE else [node]) + nodes[::-1], via[::-1]
        return [node], []


def _wholes(graph: Graph, reach: Reach, source: int) -> tuple[npt.NDArray[Any], Ints]:
    """Count whole systems as causes where a part of theirs is one: when all of it fails, so does the part.

    Returns the levels, and of each system the part through which it is a cause (NONE: by itself). What is behind such a
    system is no cause: that would stop the system, not the part.
    """
    level, through = reach.level.copy(), np.full(graph.systems, NONE, np.int64)
    parts = np.flatnonzero(level[graph.first["component"] : graph.first["site"]] != NONE)
    home = graph.home[parts]
    parts = parts + graph.first["component"]
    at = np.maximum(1, level[parts])
    nearer = (home != source) & ((level[home] == NONE) | (level[home] > at))
    parts, home, at = parts[nearer], home[nearer], at[nearer]
    order = np.argsort(-at, kind="stable")
    level[home[order]] = at[order]
    through[home[order]] = parts[order]
    return level, through


def _alone(graph: Graph, candidates: Ints, target: int) -> Flags:
    """Tell of each candidate whether its failure alone stops the target: 64 fixpoints at a time, a bit for each."""
    found = np.zeros(len(candidates), np.bool_)
    if not len(candidates):
        return found
    origin, ends, _, hard = graph.edges
    part, whole, essential = graph.inside
    origin, ends, hard = (
        np.concatenate([origin, part]),
        np.concatenate([ends, whole]),
        np.concatenate([hard, essential]),
    )
    hard = hard & graph.passable(ends)
    origin, ends = origin[hard], ends[hard]
    near = spread(graph, graph.backward[1], graph.backward[2], np.array([target]), back=True)[0].level != NONE
    behind = ends.copy()
    gated = ends >= graph.nodes
    behind[gated] = graph.gate_end[ends[gated] - graph.nodes]
    kept = near[origin] & near[behind]
    origin, ends, gated = origin[kept], ends[kept], gated[kept]
    order = np.argsort(ends, kind="stable")
    origin, ends, gated = origin[order], ends[order], gated[order]
    direct, gates = origin[~gated], ends[gated] - graph.nodes
    heads, first = np.unique(ends[~gated], return_index=True)
    opened, start = np.unique(gates, return_index=True)
    for batch in range(0, len(candidates), 64):
        some = candidates[batch : batch + 64]
        bits = np.zeros(graph.nodes, np.uint64)
        for place, candidate in enumerate(some):
            bits[graph.seeds(int(candidate))] |= np.uint64(1 << place)
        while True:
            before = bits.copy()
            if len(heads):
                bits[heads] |= np.bitwise_or.reduceat(bits[direct], first)
            if len(opened):
                members = bits[origin[gated]][:, None].view(np.uint8)
                many = np.add.reduceat(
                    np.unpackbits(members, axis=1, bitorder="little"), start, axis=0, dtype=np.int64
                )
                full = many >= graph.gate_needs[opened][:, None]
                passed = np.packbits(full, axis=1, bitorder="little").view(np.uint64)[:, 0]
                np.bitwise_or.at(bits, graph.gate_end[opened], passed)
            if np.array_equal(before, bits):
                break
        found[batch : batch + 64] = (bits[target] >> np.arange(len(some), dtype=np.uint64)) & np.uint64(
            1
        ) != 0
    return found
