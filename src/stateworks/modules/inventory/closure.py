"""How far a failure reaches, and what could have caused one: fixpoints over the graph, level by level.

What stops is the least set that holds what failed, whatever a hard step leads to from it, and the end of each hard gate of
which too few members are left. What stops or gets worse is the same over all steps and gates. What gets worse is the
difference: something that only got worse never counts as failed for a gate.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from stateworks.modules.inventory.graph import NONE, Flags, Graph, Ints, Steps, Way

TOGETHER = 2048
"""How many things, at most, are tried one by one for whether they alone open the gates behind them."""


@dataclass(frozen=True)
class Reach:
    """How far something spread: the level of each node (NONE: not reached), and the step by which it was."""

    level: Ints
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


def spread(graph: Graph, way: Way, seeds: Ints, *, inside_first: bool = False) -> Reach:
    """Spread from seeds along a way, level by level; `inside_first` follows steps inside systems from the seeds too."""
    level = np.full(graph.nodes, NONE, np.int64)
    step = np.full(graph.nodes, NONE, np.int64)
    failed = np.zeros(len(graph.gate_end), np.int64)
    steps, inside, offset = way.steps, way.inside, len(way.steps.ends)

    def settle(ends: Ints, places: Ints, depth: int) -> Ints:
        """Reach what has not been reached, and return it."""
        if len(failed):
            behind = ends >= graph.nodes
            if behind.any():
                hit, by = ends[behind] - graph.nodes, places[behind]
                before = failed[hit] >= graph.gate_needs[hit]
                np.add.at(failed, hit, 1)
                opened = ~before & (failed[hit] >= graph.gate_needs[hit])
                ends = np.concatenate([ends[~behind], graph.gate_end[hit[opened]]])
                places = np.concatenate([places[~behind], by[opened]])
        fresh = level[ends] == NONE
        ends, places = ends[fresh], places[fresh]
        level[ends] = depth
        step[ends] = places
        # Where several steps lead to one node the last one written stands: each node comes once, without sorting.
        return ends[step[ends] == places]

    def onwards(new: Ints, depth: int) -> Ints:
        places = inside.of_all(new)
        return settle(inside.ends[places], places + offset, depth) if len(places) else places

    level[seeds] = 0
    new, depth = seeds, 0
    has_inside = bool(len(inside.ends))
    if inside_first and has_inside:
        new = np.concatenate([new, onwards(new, 0)])
    while len(new):
        depth += 1
        places = steps.of_all(new)
        ends = steps.ends[places]
        if depth == 1 and has_inside and not inside_first:
            # From what failed to its own system is a step like others: it is the first that people feel.
            inner = inside.of_all(seeds)
            ends, places = np.concatenate([ends, inside.ends[inner]]), np.concatenate([places, inner + offset])
        new = settle(ends, places, depth)
        if has_inside and len(more := onwards(new, depth)):
            new = np.concatenate([new, more])
    return Reach(level, step, way, failed)


def downstream(graph: Graph, source: int) -> Closure:
    """Return what stops and what gets worse when something fails."""
    seeds = graph.seeds(source)
    hard = spread(graph, graph.hard, seeds)
    soft = hard if graph.all_hard else spread(graph, graph.any, seeds)
    systems = np.flatnonzero(soft.level[: graph.systems] != NONE)
    systems = systems[systems != source]
    stops = hard.level[systems] != NONE
    hops = np.where(stops, hard.level[systems], soft.level[systems])
    return Closure(source, hard, soft, systems, stops, hops, _reduced(graph, hard, soft, source))


def _reduced(graph: Graph, hard: Reach, soft: Reach, source: int) -> Ints:
    if not len(graph.gate_end):
        return np.empty(0, np.int64)
    # Only what stopped counts, and through gates of either strength: so members are counted among what the hard way reached.
    origin, ends, _, _ = graph.edges
    gated = ends >= graph.nodes
    members, gates = origin[gated], ends[gated] - graph.nodes
    part, whole, _ = graph.inside
    inner = whole >= graph.nodes
    members, gates = np.concatenate([members, part[inner]]), np.concatenate([gates, whole[inner] - graph.nodes])
    hit = np.unique(gates[hard.level[members] != NONE])
    ends = graph.gate_end[hit]
    parts = (ends >= graph.first["component"]) & (ends < graph.first["site"])
    ends[parts] = graph.home[ends[parts] - graph.first["component"]]
    ends = np.unique(ends[ends < graph.systems])
    return ends[(soft.level[ends] == NONE) & (ends != source)]


def upstream(graph: Graph, source: int) -> Causes:
    """Return what could have caused a failure: what alone suffices as `stops`, what only adds to it as the rest.

    `systems` holds nodes of every kind here, since parts, places and vendors fail too.
    """
    seeds = np.array([source])
    sure = spread(graph, _back(graph, "sure"), seeds, inside_first=True)
    wide = spread(graph, _back(graph, "any"), seeds, inside_first=True)
    sure_level, sure_part = _wholes(graph, sure, source)
    wide_level, wide_part = _wholes(graph, wide, source)
    found = np.flatnonzero(wide_level != NONE)
    found = found[found != source]
    settled = sure_level[found] != NONE
    alone = settled.copy()
    if len(graph.gate_end):
        maybe = _wholes(graph, spread(graph, _back(graph, "maybe"), seeds, inside_first=True), source)[0]
        tried = found[~alone & (maybe[found] != NONE)]
        tried = tried[np.argsort(wide_level[tried], kind="stable")][:TOGETHER]
        alone |= np.isin(found, tried[_alone(graph, tried, source)])
    hops = np.maximum(1, np.where(settled, sure_level[found], wide_level[found]))
    return Causes(
        source, sure, wide, found, alone, hops, np.empty(0, np.int64), sure_part=sure_part, wide_part=wide_part
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


def _wholes(graph: Graph, reach: Reach, source: int) -> tuple[Ints, Ints]:
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


def _back(graph: Graph, which: str) -> Way:
    """Return the graph backwards: `sure` has hard steps that suffice alone, `maybe` hard gates too, `any` everything.

    Gates are passed straight: from what is behind one to each of its members.
    """
    if which in graph._kept:
        return graph._kept[which]
    origin, ends, dependency, hard = graph.edges
    part, whole, essential = graph.inside

    def turned(start: Ints, end: Ints, strong: Flags, by: Ints) -> Steps:
        gated = end >= graph.nodes
        gate = end[gated] - graph.nodes
        behind = end.copy()
        behind[gated] = graph.gate_end[gate]
        kept = strong.copy()
        kept[gated] &= graph.gate_hard[gate]
        if which == "sure":
            kept[gated] &= graph.gate_needs[gate] == 1
        elif which == "any":
            kept[:] = True
        return Steps.of(graph.nodes, behind[kept], start[kept], by[kept])

    way = Way(turned(origin, ends, hard, dependency), turned(part, whole, essential, np.zeros(len(part), np.int64)))
    graph._kept[which] = way
    return way


def _alone(graph: Graph, candidates: Ints, target: int) -> Flags:
    """Tell of each candidate whether its failure alone stops the target: 64 fixpoints at a time, a bit for each."""
    found = np.zeros(len(candidates), np.bool_)
    if not len(candidates):
        return found
    origin = np.concatenate([graph.hard.steps.origin, graph.hard.inside.origin])
    ends = np.concatenate([graph.hard.steps.ends, graph.hard.inside.ends])
    near = spread(graph, _back(graph, "maybe"), np.array([target]), inside_first=True).level != NONE
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
                many = np.add.reduceat(np.unpackbits(members, axis=1, bitorder="little"), start, axis=0, dtype=np.int64)
                full = many >= graph.gate_needs[opened][:, None]
                passed = np.packbits(full, axis=1, bitorder="little").view(np.uint64)[:, 0]
                np.bitwise_or.at(bits, graph.gate_end[opened], passed)
            if np.array_equal(before, bits):
                break
        found[batch : batch + 64] = (bits[target] >> np.arange(len(some), dtype=np.uint64)) & np.uint64(1) != 0
    return found
