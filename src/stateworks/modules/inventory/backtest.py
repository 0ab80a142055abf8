"""What closed outages say about the graph: what it foretold, what it missed, and which of its edges never held.

Of the systems that somebody judged: precision is the share of the foretold that were hit, recall the share of the hit that
were foretold. What nobody judged counts in neither. Drills and cancelled outages teach nothing about the graph: they are
left out.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from stateworks.kernel.access.scope import Scope, visible
from stateworks.kernel.records.answers import Answers
from stateworks.modules.inventory.models import (
    Confidence,
    Dependency,
    DependencySource,
    OutageImpact,
    OutageSource,
    System,
    Verdict,
)
from stateworks.modules.inventory.outage_reading import Seen, listed, outages_seen

MOST = 200
"""So many dependencies that were missing, and edges that never held, are told; nobody looks at more of them."""
ENOUGH = 2
"""An edge is said never to have held when it led to at least this many systems that were spared, and to none that was hit."""


@dataclass
class Score:
    """Counts of what was judged, and the shares that follow from them; None where nothing was judged."""

    foretold_hit: int = 0
    foretold_spared: int = 0
    missed: int = 0
    unjudged: int = 0

    @property
    def precision(self) -> float | None:
        """Share of the foretold that were hit."""
        judged = self.foretold_hit + self.foretold_spared
        return self.foretold_hit / judged if judged else None

    @property
    def recall(self) -> float | None:
        """Share of the hit that were foretold."""
        hit = self.foretold_hit + self.missed
        return self.foretold_hit / hit if hit else None

    def count(self, predicted: bool, verdict: str) -> None:
        """Count one system of one outage."""
        if verdict == Verdict.CANDIDATE:
            self.unjudged += 1
        elif predicted and verdict == Verdict.HIT:
            self.foretold_hit += 1
        elif predicted:
            self.foretold_spared += 1
        elif verdict == Verdict.HIT:
            self.missed += 1


@dataclass(frozen=True)
class Missing:
    """A system that was hit though nothing foretold it, with the dependency that would have."""

    outage: Seen
    system: Any
    provider: Any
    """The system that failed; None where a place, product or vendor did, which no dependency can tell."""
    component: Any
    source: str
    takes: int = 0
    """How many more systems that were hit follow from it by what is known today."""


@dataclass
class EdgeRecord:
    """How often a dependency led to a system that was hit, and to one that was spared."""

    dependency: Dependency
    held: int = 0
    failed: int = 0


@dataclass
class Backtest:
    """The back-test of all closed outages one may see."""

    outages: int = 0
    overall: Score = field(default_factory=Score)
    by_outage: list[tuple[Seen, Score]] = field(default_factory=list)
    by_source: dict[str, Score] = field(default_factory=dict)
    by_confidence: dict[str, Score] = field(default_factory=dict)
    unexplained: int = 0
    """How many systems were hit and nothing says why."""
    missing: list[Missing] = field(default_factory=list)
    """Of these the `MOST` on which most hangs, each with the dependency that would have told."""
    never_held: list[EdgeRecord] = field(default_factory=list)


def judged_outages(scope: Scope) -> list[Seen]:
    """Return the outages that teach, as far as they concern a scope: real, confirmed, closed and not cancelled."""
    rows = outages_seen(scope).filter(
        drill=False, closed_at__isnull=False, identified_at__isnull=False, cancelled_at__isnull=True
    )
    return listed(rows.order_by("-declared_at", "-id"), scope)


def back_test(scope: Scope) -> Backtest:
    """Compare what the frozen graphs foretold with what people said, within a scope."""
    outages = {one.row.pk: one for one in judged_outages(scope)}
    counted = Answers(scope).of(_counted)
    # A dependency is a row of its dependant: one sees it where one sees that.
    edges = visible(Dependency.objects.filter(pk__in=counted.never_held), scope, "system__organization")
    found = edges.select_related("system", "component").in_bulk()
    return Backtest(
        outages=len(outages),
        overall=counted.overall,
        by_outage=[(one, counted.by_outage.get(pk, Score())) for pk, one in outages.items()],
        by_source=counted.by_source,
        by_confidence=counted.by_confidence,
        unexplained=counted.unexplained,
        missing=_missing(outages, counted.breaks, scope),
        never_held=[
            EdgeRecord(found[pk], failed=failed) for pk, failed in counted.never_held.items() if pk in found
        ],
    )


@dataclass
class _Counted:
    """All that is counted over the judged outages: scores, where knowledge breaks off, and edges that never held."""

    overall: Score = field(default_factory=Score)
    by_outage: dict[int, Score] = field(default_factory=lambda: defaultdict(Score))
    by_source: dict[str, Score] = field(default_factory=dict)
    by_confidence: dict[str, Score] = field(default_factory=dict)
    unexplained: int = 0
    breaks: tuple[_Break, ...] = ()
    never_held: dict[int, int] = field(default_factory=dict)
    """How often each led to a system that was spared, most often first."""


def _counted(scope: Scope) -> _Counted:
    """Count over all impacts one may see, as plain values: of a large outage there are thousands."""
    # Named by their ids: the wall keeps the outages of others from a query within, and not what they hit of one's own.
    outages = {one.row.pk: one for one in judged_outages(scope)}
    rows = visible(OutageImpact.objects.filter(outage__in=outages), scope, "system__organization").order_by()
    done = _Counted()
    judged: list[tuple[str, list[int]]] = []
    hit: dict[int, dict[int, bool]] = defaultdict(dict)
    columns = ("outage", "system", "predicted", "verdict", "via")
    for outage, system, predicted, verdict, via in rows.values_list(*columns):
        done.overall.count(predicted, verdict)
        done.by_outage[outage].count(predicted, verdict)
        if predicted and verdict != Verdict.CANDIDATE:
            judged.append((verdict, via))
        if verdict == Verdict.HIT:
            hit[outage][system] = predicted
    _judge_edges(done, judged, scope)
    breaks = _breaks(outages, hit, scope)
    done.unexplained, done.breaks = len(breaks), tuple(breaks[:MOST])
    return done


def _judge_edges(done: _Counted, judged: list[tuple[str, list[int]]], scope: Scope) -> None:
    """Count each dependency on the way to a judged system, and its source and confidence once for each such system."""
    wanted = {pk for _, via in judged for pk in via}
    seen = visible(Dependency.objects.filter(pk__in=wanted), scope, "system__organization").order_by()
    edges = {row[0]: row[1:] for row in seen.values_list("pk", "source", "confidence", "retired_on")}
    held: Counter[int] = Counter()
    failed: Counter[int] = Counter()
    by_source: dict[str, Score] = defaultdict(Score)
    by_confidence: dict[str, Score] = defaultdict(Score)
    for verdict, via in judged:
        known = [pk for pk in via if pk in edges]
        (held if verdict == Verdict.HIT else failed).update(known)
        for name in {edges[pk][0] for pk in known}:
            by_source[name].count(True, verdict)
        for name in {edges[pk][1] for pk in known}:
            by_confidence[name].count(True, verdict)
    done.by_source = {name: by_source[name] for name in DependencySource.values if name in by_source}
    done.by_confidence = {name: by_confidence[name] for name in Confidence.values if name in by_confidence}
    never = [pk for pk, n in failed.items() if n >= ENOUGH and not held[pk] and edges[pk][2] is None]
    done.never_held = {pk: failed[pk] for pk in sorted(never, key=lambda pk: (-failed[pk], pk))[:MOST]}


@dataclass(frozen=True)
class _Break:
    """A system at which knowledge breaks off: it was hit, and nothing that is known says why."""

    outage: int
    system: int
    takes: int


def _breaks(outages: Mapping[int, Seen], hit: Mapping[int, dict[int, bool]], scope: Scope) -> list[_Break]:
    """Return where knowledge breaks off, once for each source, where most hangs on it first.

    `hit` says of each outage which systems were hit, and whether each was foretold. A system that depends, as far as is known
    today, on another one that was hit needs no dependency of its own on what failed: it follows from the other.
    """
    missed = {pk for systems in hit.values() for pk, predicted in systems.items() if not predicted}
    known = Dependency.objects.filter(system__in=missed, retired_on__isnull=True).order_by("pk")
    needed_by: dict[int, list[int]] = defaultdict(list)
    for system, provider in visible(known, scope, "system__organization").values_list("system", "provider"):
        needed_by[provider].append(system)
    found: dict[tuple[int, str, int], _Break] = {}
    for number, outage in outages.items():
        provider, _ = _provider(outage)
        systems = hit.get(number, {})
        explained = {pk for pk, predicted in systems.items() if predicted}
        explained |= {provider.pk} if provider is not None else set()
        for pk, takes in unexplained(systems.keys() - explained, explained, needed_by):
            failed = (pk, outage.row.source, getattr(outage.row, f"{outage.row.source}_id"))
            if failed not in found or found[failed].takes < takes:
                found[failed] = _Break(number, pk, takes)
    return sorted(found.values(), key=lambda one: (-one.takes, one.system))


def unexplained(
    missed: set[int], explained: Iterable[int], needed_by: Mapping[int, list[int]]
) -> list[tuple[int, int]]:
    """Return the systems that nothing hit explains, each with how many more its being hit explains.

    Of a circle of systems that explain each other alone, one stands for all.
    """
    left = set(missed)

    def follow(start: Iterable[int]) -> int:
        """Take out what some systems explain, and what that explains in turn; return how many."""
        before, edge = len(left), list(start)
        while edge:
            following = [pk for pk in needed_by.get(edge.pop(), ()) if pk in left]
            left.difference_update(following)
            edge += following
        return before - len(left)

    follow(explained)
    found = []
    for pk in _causes_first(left, needed_by):
        if pk in left:
            left.discard(pk)
            found.append((pk, follow([pk])))
    return found


def _causes_first(systems: set[int], needed_by: Mapping[int, list[int]]) -> list[int]:
    """Return systems with what explains others before them; of a circle that nothing else explains, one before the others.

    That is the order in which a search in depth leaves them, read from its end.
    """
    order: list[int] = []
    seen: set[int] = set()
    for start in sorted(systems, reverse=True):
        way = [] if start in seen else [(start, iter(needed_by.get(start, ())))]
        seen.add(start)
        while way:
            pk, onward = way[-1]
            following = next((one for one in onward if one in systems and one not in seen), None)
            if following is None:
                order.append(pk)
                way.pop()
            else:
                seen.add(following)
                way.append((following, iter(needed_by.get(following, ()))))
    return order[::-1]


def _provider(outage: Seen) -> tuple[Any, Any]:
    """Return the system that failed, and the part of it; None where one may not see it, or where it was no system."""
    thing, kind = outage.thing, outage.row.source
    if kind == OutageSource.COMPONENT and thing is not None:
        return thing.system, thing
    return (thing, None) if kind == OutageSource.SYSTEM else (None, None)


def _missing(outages: Mapping[int, Seen], breaks: Iterable[_Break], scope: Scope) -> list[Missing]:
    """Put into words what was missing."""
    known = [one for one in breaks if one.outage in outages]
    rows = System.objects.filter(pk__in={one.system for one in known})
    systems = visible(rows, scope, "organization").in_bulk()
    made = [
        Missing(
            outages[one.outage], systems[one.system], *_provider(outages[one.outage]), outages[one.outage].source,
            one.takes,
        )
        for one in known if one.system in systems
    ]  # fmt: skip
    return sorted(made, key=lambda one: (-one.takes, one.system.name, one.system.pk))
