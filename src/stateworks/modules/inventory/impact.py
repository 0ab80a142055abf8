"""Who is hit when something fails, and what could have caused a failure: the graph's answer in words, ranked, within a scope.

The graph knows everything; what the viewer may not see is counted and never named, nor on the way to what he may see.
"""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, Literal

import numpy as np
from django.db.models import Model, QuerySet
from django.db.models.expressions import RawSQL

from stateworks.kernel.access.scope import SYSTEM, Scope, entered, visible
from stateworks.kernel.errors import Refused
from stateworks.kernel.org.models import Organization
from stateworks.modules.inventory.closure import Closure, downstream, upstream
from stateworks.modules.inventory.folding import MOST, Folded, folded
from stateworks.modules.inventory.graph import Graph, Ints
from stateworks.modules.inventory.graph_store import graph
from stateworks.modules.inventory.lookup import MODELS, Thing
from stateworks.modules.inventory.models import System

Direction = Literal["down", "up"]
HIDDEN_NAME = "a system you may not see"


@dataclass(frozen=True)
class Step:
    """One stop on the way from what failed to what it hits; a hidden one has no code and tells nothing of itself."""

    kind: str
    pk: int
    code: str
    name: str
    hidden: bool = False


HIDDEN = Step("hidden", 0, "", HIDDEN_NAME, hidden=True)


@dataclass(frozen=True)
class Hit:
    """A system that stops or gets worse, whom to call, and the shortest way the failure takes to it."""

    node: int
    pk: int
    code: str
    name: str
    agency: str
    agency_name: str
    criticality: str
    rank: int | None
    owner: str
    owner_email: str
    strength: str
    hops: int
    path: tuple[Step, ...] = ()
    via: tuple[int, ...] = ()

    @property
    def stops(self) -> bool:
        """Whether it stops, rather than gets worse."""
        return self.strength == "hard"


@dataclass(frozen=True)
class Impact:
    """The answer: `hits` in rank order as far as the scope reaches, and what lies beyond it as numbers."""

    source: Thing
    direction: Direction
    elapsed_ms: float
    hits: tuple[Hit, ...]
    hidden: int
    agencies: tuple[tuple[str, str, int], ...]
    """Code and name of each agency that is hit, with how many of its systems; the most hit first."""
    unknown: int
    reduced: tuple[Hit, ...]
    hidden_reduced: int
    others: tuple[tuple[Step, str, int], ...] = ()
    """Going up: parts, places, products and vendors that could be the cause, with strength and hops."""
    total: int = 0
    graph_version: int = 0
    hits_by_strength: dict[str, int] = field(default_factory=dict)
    folded: Folded | None = None
    """The hits in groups, where they are more than were asked for one by one."""

    def as_json(self) -> dict[str, Any]:
        """Return the answer as programs get it."""
        return {
            "source": self.source.code, "source_kind": self.source.kind, "source_name": self.source.name,
            "direction": self.direction, "elapsed_ms": round(self.elapsed_ms, 3),
            "affected": [hit_json(hit) for hit in self.hits], "hidden": self.hidden,
            "agencies": [code for code, _, _ in self.agencies], "unknown": self.unknown,
            "reduced": [hit.code for hit in self.reduced], "total": self.total,
            "others": [
                {"kind": step.kind, "code": step.code, "name": step.name, "strength": strength, "hops": hops}
                for step, strength, hops in self.others
            ],
        }  # fmt: skip


def hit_json(hit: Hit) -> dict[str, Any]:
    """Return one hit as programs get it."""
    return {
        "system": hit.code, "name": hit.name, "agency": hit.agency, "criticality": hit.criticality,
        "critical_rank": hit.rank, "owner": hit.owner or None, "owner_email": hit.owner_email or None, "hops": hit.hops,
        "kind": hit.strength, "path": [step.code or step.name for step in hit.path],
    }  # fmt: skip


@dataclass(frozen=True)
class Narrow:
    """Which of the hits are listed; the figures beside the list stay those of all."""

    hard_only: bool = False
    criticality: str = ""
    agency: str = ""


def impact_of(
    source: Thing, *, direction: Direction = "down", scope: Scope, today: date, limit: int | None = None,
    offset: int = 0, narrow: Narrow = Narrow(), draw: int = 0,
) -> Impact:  # fmt: skip
    """Return what the failure of something does, or what could have caused it.

    `limit` and `offset` list a page of the hits that `narrow` asks for; `total` counts all of those. With `draw` up to so
    many are listed all the same, and more are folded into groups beside the page.
    """
    built = graph(today)
    node = built.node(source.kind, source.pk)
    if node is None:
        if source.kind == "vendor":
            return Impact(source, direction, 0.0, (), 0, (), 0, (), 0, graph_version=built.version)
        raise Refused(f"{source.name} is retired: nothing depends on it any more.")
    began = time.perf_counter()
    closure: Closure = downstream(built, node) if direction == "down" else upstream(built, node)
    elapsed = (time.perf_counter() - began) * 1000
    return told(
        built,
        closure,
        source,
        direction=direction,
        scope=scope,
        elapsed_ms=elapsed,
        limit=limit,
        offset=offset,
        narrow=narrow,
        draw=draw,
    )


def told(
    built: Graph, closure: Closure, source: Thing, *, direction: Direction, scope: Scope, elapsed_ms: float,
    limit: int | None, offset: int = 0, narrow: Narrow = Narrow(), draw: int = 0,
) -> Impact:  # fmt: skip
    """Put a closure into words within a scope."""
    is_system = closure.systems < built.systems
    systems, stops, hops = closure.systems[is_system], closure.stops[is_system], closure.hops[is_system]
    order = np.lexsort((
        built.ids["system"][systems], built.organization[systems], hops, ~stops, built.rank[systems],
        built.criticality[systems],
    ))  # fmt: skip
    systems, stops, hops = systems[order], stops[order], hops[order]
    seen = seen_systems(built, scope)
    shown = seen[systems]
    hidden = int((~shown).sum())
    systems, stops, hops = systems[shown], stops[shown], hops[shown]
    names = _agencies(built, systems)
    agencies = tuple(sorted(names.values(), key=lambda one: (-one[2], one[1])))
    unknown = _unknown(built, closure, seen, direction)
    strengths_of_all = {"hard": int(stops.sum()), "soft": int((~stops).sum())}
    wanted = _wanted(built, systems, stops, narrow)
    systems, stops, hops = systems[wanted], stops[wanted], hops[wanted]
    total = len(systems)
    groups = None
    if draw and total > draw:
        triples = zip(systems[:MOST].tolist(), stops[:MOST].tolist(), hops[:MOST].tolist(), strict=True)
        groups = folded(built, closure, triples, seen, {pk: name for pk, (_, name, _) in names.items()})
    elif draw:
        limit = draw
    listed = slice(offset, None if limit is None else offset + limit)
    strengths = ["hard" if one else "soft" for one in stops[listed]]
    words = _Words(built, seen)
    paths = [
        closure.path(int(one), stops=bool(stop))
        for one, stop in zip(systems[listed], stops[listed], strict=True)
    ]
    others = _others(built, closure, is_system, seen)
    reduced, reduced_shown = closure.reduced, seen[closure.reduced]
    words.read([*(node for nodes, _ in paths for node in nodes), *(node for node, _, _ in others)])
    hits = words.hits(systems[listed], strengths, hops[listed])
    return Impact(
        source=source, direction=direction, elapsed_ms=elapsed_ms,
        hits=tuple(
            replace(hit, path=words.path(nodes), via=tuple(via))
            for hit, (nodes, via) in zip(hits, paths, strict=True)
        ),
        hidden=hidden, agencies=agencies, unknown=unknown,
        reduced=tuple(words.hits(reduced[reduced_shown], None, None)), hidden_reduced=int((~reduced_shown).sum()),
        others=tuple((words.step(node), strength, at) for node, strength, at in others), total=total,
        graph_version=built.version,
        hits_by_strength=strengths_of_all,
        folded=groups,
    )  # fmt: skip


def seen_systems(built: Graph, scope: Scope) -> np.ndarray[Any, np.dtype[np.bool_]]:
    """Tell of each system of the graph whether the scope reaches it."""
    if scope.everything:
        return np.ones(built.systems, np.bool_)
    # The organizations are few; each system carries its own.
    reached = np.array(
        sorted(visible(Organization.objects.all(), scope, "pk").values_list("pk", flat=True)), np.int64
    )
    return np.isin(built.organization, reached)


def _wanted(built: Graph, systems: Ints, stops: Any, narrow: Narrow) -> Any:
    wanted = stops.copy() if narrow.hard_only else np.ones(len(systems), np.bool_)
    if narrow.criticality[:1].isdigit():
        wanted &= built.criticality[systems] == int(narrow.criticality[0])
    if narrow.agency:
        pk = Organization.objects.filter(code=narrow.agency).values_list("pk", flat=True).first()
        wanted &= built.organization[systems] == (pk or 0)
    return wanted


def _agencies(built: Graph, systems: Ints) -> dict[int, tuple[str, str, int]]:
    """Return code and name of the organizations of some systems, with how many are theirs, by id."""
    pks, many = np.unique(built.organization[systems], return_counts=True)
    counted = dict(zip(pks.tolist(), many.tolist(), strict=True))
    names = Organization.objects.filter(pk__in=list(counted)).values_list("pk", "code", "name")
    return {pk: (code, name, counted[pk]) for pk, code, name in names}


def _unknown(built: Graph, closure: Closure, seen: Any, direction: Direction) -> int:
    """Count systems of which it cannot be told: going down those not hit, going up those behind which more may stand."""
    unknown = ~built.known & seen
    reached = np.zeros(built.systems, np.bool_)
    reached[closure.systems[closure.systems < built.systems]] = True
    if closure.source < built.systems:
        reached[closure.source] = True
    return int((unknown & (reached if direction == "up" else ~reached)).sum())


def _others(built: Graph, closure: Closure, is_system: Any, seen: Any) -> list[tuple[int, str, int]]:
    """Return causes that are no systems, the nearest first; parts of systems that are not seen are left out."""
    found = []
    for node, stops, hops in zip(
        closure.systems[~is_system], closure.stops[~is_system], closure.hops[~is_system], strict=True
    ):
        part = built.first["component"] <= node < built.first["site"]
        if part and not seen[built.home[node - built.first["component"]]]:
            continue
        found.append((int(node), "hard" if stops else "soft", int(hops)))
    return sorted(found, key=lambda one: (one[1], one[2], one[0]))


class _Words:
    """Codes and names of nodes, read in bulk; what is not seen has none."""

    def __init__(self, built: Graph, seen: Any) -> None:
        self.built, self.seen = built, seen
        self.known: dict[int, Step] = {}

    def read(self, nodes: Iterable[int]) -> None:
        """Read the names of nodes."""
        by_kind: dict[str, dict[int, int]] = {}
        for node in set(nodes) - self.known.keys():
            kind, pk = self.built.row(node)
            if not self._seen(node):
                self.known[node] = HIDDEN
                continue
            by_kind.setdefault(kind, {})[pk] = node
        for kind, wanted in by_kind.items():
            for pk, code, name in _of_ids(MODELS[kind][0], list(wanted)).values_list("pk", "code", "name"):
                self.known[wanted[pk]] = Step(kind, pk, code, name or code)

    def step(self, node: int) -> Step:
        """Return a node in words."""
        return self.known.get(node, HIDDEN)

    def path(self, nodes: list[int]) -> tuple[Step, ...]:
        """Return a path in words; hidden stops in a row are told as one, so that they cannot be counted."""
        told: list[Step] = []
        for node in nodes:
            step = self.step(node)
            if not (step.hidden and told and told[-1].hidden):
                told.append(step)
        return tuple(told)

    def hits(self, systems: Ints, strengths: list[str] | None, hops: Ints | None) -> list[Hit]:
        """Return systems with whom to call about them."""
        ids = [int(one) for one in self.built.ids["system"][systems]]
        rows = {
            row[0]: row[1:]
            for row in _of_ids(System, ids).values_list(
                "pk", "code", "name", "organization__code", "organization__name", "criticality", "critical_rank",
                "owner__name", "owner__email", "steward__name", "steward__email",
            )
        }  # fmt: skip
        found = []
        for at, (node, pk) in enumerate(zip(systems, ids, strict=True)):
            code, name, agency, agency_name, criticality, rank, owner, email, steward, second = rows[pk]
            found.append(
                Hit(
                    int(node), pk, code, name, agency, agency_name, criticality, rank, owner or steward or "",
                    (email if owner else second) or "", strengths[at] if strengths else "",
                    int(hops[at]) if hops is not None else 0,
                )
            )  # fmt: skip
        return found

    def _seen(self, node: int) -> bool:
        if node < self.built.systems:
            return bool(self.seen[node])
        part = node - self.built.first["component"]
        return part >= len(self.built.home) or bool(self.seen[self.built.home[part]])


def _of_ids(model: type[Model], ids: list[int]) -> QuerySet[Any]:
    """Return rows by many ids, which travel as one array."""
    return model._default_manager.filter(pk__in=RawSQL("SELECT unnest(%s::bigint[])", [ids])).order_by()


def frozen(source: Thing, today: date) -> Impact:
    """Return everything that a failure hits, whoever may see it: what an outage keeps when it is declared."""
    with entered(SYSTEM) as scope:
        return impact_of(source, direction="down", scope=scope, today=today)
