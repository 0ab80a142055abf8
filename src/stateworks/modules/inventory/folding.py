"""Very many hits as groups by layer, agency and weight, with what hangs on what: counted in the graph, without reading a row."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from stateworks.modules.inventory.closure import Causes, Closure
from stateworks.modules.inventory.graph import Flags, Graph
from stateworks.modules.inventory.models import Criticality

MOST = 5_000
"""Groups are counted over this many hits, the weightiest first."""
WEIGHTS = {int(one.value[0]): str(one.label) for one in Criticality}


class Group(NamedTuple):
    """Systems of one agency and one weight that are equally far from what fails; without an agency: what is beside them."""

    layer: int
    agency: str = ""
    weight: str = ""
    hard: bool = False


@dataclass
class Folded:
    """How many there are in each group, and which group hangs on which (None: on what fails); whether anything stops so."""

    counts: Counter[Group] = field(default_factory=Counter)
    edges: dict[tuple[Group | None, Group | None], bool] = field(default_factory=dict)


def folded(
    built: Graph,
    closure: Closure,
    hits: Iterable[tuple[int, bool, int]],
    seen: Flags,
    agencies: Mapping[int, str],
) -> Folded:
    """Fold hits (node, whether it stops, hops); `agencies` has the names of organizations by id.

    Each system hangs on the last one before it that its shortest way shows; parts between are left out.
    """
    groups: dict[int, Group] = {}
    for node, stops, hops in hits:
        agency = agencies.get(int(built.organization[node]), "")
        groups[node] = Group(hops, agency, WEIGHTS.get(int(built.criticality[node]), ""), stops)
    done = Folded(Counter(groups.values()))
    beside: dict[object, Group] = {}
    for node, own in groups.items():
        before = _before(built, closure, node, own.hard, groups, seen, beside)
        pair = (own, before) if isinstance(closure, Causes) else (before, own)
        if before != own:
            done.edges[pair] = done.edges.get(pair, False) or own.hard
    done.counts.update(beside.values())
    return done


def _before(
    built: Graph, closure: Closure, node: int, stops: bool, groups: Mapping[int, Group], seen: Flags,
    beside: dict[object, Group],
) -> Group | None:  # fmt: skip
    """Return the group that a system hangs on; a hidden stop has a group of its own that says no more."""
    way = _back(closure, node, stops)
    for step in way:
        if step == closure.source:
            return None
        if not _seen(built, step, seen):
            rest = list(way)
            behind = next((one for one in rest if _seen(built, one, seen)), closure.source)
            return beside.setdefault(("hidden", behind), Group(_stops_told(built, rest, seen, hidden=True)))
        if step < built.systems:
            if step in groups:
                return groups[step]
        elif not built.first["component"] <= step < built.first["site"]:
            return beside.setdefault(step, Group(_stops_told(built, list(way), seen)))
    return None


def _back(closure: Closure, node: int, stops: bool) -> Iterator[int]:
    """Go from a hit back to what fails."""
    if isinstance(closure, Causes):
        yield from closure.path(node, stops=stops)[0][1:]
        return
    reach = closure.hard if stops else closure.soft
    while (before := reach.before(node)) is not None:
        node = before[0]
        yield node


def _seen(built: Graph, node: int, seen: Flags) -> bool:
    if node < built.systems:
        return bool(seen[node])
    part = node - built.first["component"]
    return part >= len(built.home) or bool(seen[built.home[part]])


def _stops_told(built: Graph, rest: list[int], seen: Flags, *, hidden: bool = False) -> int:
    """Count the stops that are told between a step and what fails, both left out; hidden ones in a row are told as one."""
    told = 0
    for step in rest:
        shown = _seen(built, step, seen)
        told += shown or not hidden
        hidden = not shown
    return told
