"""What closed outages say about the graph: what it foretold, what it missed, and which of its edges never held.

Of the systems that somebody judged: precision is the share of the foretold that were hit, recall the share of the hit that
were foretold. What nobody judged counts in neither. Drills and cancelled outages teach nothing about the graph: they are
left out.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from stateworks.kernel.access.scope import Scope, visible
from stateworks.modules.inventory.models import (
    Confidence,
    Dependency,
    DependencySource,
    OutageImpact,
    OutageSource,
    Verdict,
)
from stateworks.modules.inventory.outage_reading import Seen, listed, outages_seen

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
    missing: list[Missing] = field(default_factory=list)
    never_held: list[EdgeRecord] = field(default_factory=list)


def judged_outages(scope: Scope) -> list[Seen]:
    """Return the outages that teach, as far as they concern a scope: real, confirmed, closed and not cancelled."""
    rows = outages_seen(scope).filter(
        drill=False, closed_at__isnull=False, identified_at__isnull=False, cancelled_at__isnull=True
    )
    return listed(rows.order_by("-declared_at", "-id"), scope)


def back_test(scope: Scope) -> Backtest:
    """Compare what the frozen graphs foretold with what people said, within a scope."""
    outages = judged_outages(scope)
    rows = OutageImpact.objects.filter(outage__in=[one.row for one in outages])
    impacts = list(visible(rows, scope, "system__organization").select_related("system"))
    done = Backtest(outages=len(outages))
    scores = {one.row.pk: Score() for one in outages}
    for row in impacts:
        done.overall.count(row.predicted, row.verdict)
        scores[row.outage_id].count(row.predicted, row.verdict)
    done.by_outage = [(one, scores[one.row.pk]) for one in outages]
    _judge_edges(done, impacts, scope)
    done.missing = _missing({one.row.pk: one for one in outages}, impacts, scope)
    return done


def _judge_edges(done: Backtest, impacts: Iterable[OutageImpact], scope: Scope) -> None:
    """Count each dependency on the way to a judged system, and its source and confidence once for each such system."""
    judged = [row for row in impacts if row.predicted and row.verdict != Verdict.CANDIDATE]
    wanted = {pk for row in judged for pk in row.via}
    # A dependency is a row of its dependant: one sees it where one sees that.
    rows = visible(Dependency.objects.filter(pk__in=wanted), scope, "system__organization").select_related(
        "system", "component"
    )
    records = {row.pk: EdgeRecord(row) for row in rows}
    by_source: dict[str, Score] = defaultdict(Score)
    by_confidence: dict[str, Score] = defaultdict(Score)
    for row in judged:
        edges = [records[pk] for pk in row.via if pk in records]
        for edge in edges:
            if row.verdict == Verdict.HIT:
                edge.held += 1
            else:
                edge.failed += 1
        for name in {edge.dependency.source for edge in edges}:
            by_source[name].count(True, row.verdict)
        for name in {edge.dependency.confidence for edge in edges}:
            by_confidence[name].count(True, row.verdict)
    done.by_source = {name: by_source[name] for name in DependencySource.values if name in by_source}
    done.by_confidence = {name: by_confidence[name] for name in Confidence.values if name in by_confidence}
    done.never_held = sorted(
        (
            edge
            for edge in records.values()
            if not edge.held and edge.failed >= ENOUGH and edge.dependency.retired_on is None
        ),
        key=lambda edge: (-edge.failed, edge.dependency.pk),
    )


def _missing(outages: dict[int, Seen], impacts: Iterable[OutageImpact], scope: Scope) -> list[Missing]:
    """Return the dependencies that would have foretold what was hit: those that explain most first.

    A system that depends, as far as is known today, on another one that was hit needs no dependency of its own on what failed:
    it follows from the other. What is left are the systems at which the knowledge breaks off.
    """
    hit = [row for row in impacts if row.verdict == Verdict.HIT]
    missed = {row.system_id for row in hit if not row.predicted}
    needs: dict[int, set[int]] = defaultdict(set)
    known = Dependency.objects.filter(system__in=missed, retired_on__isnull=True)
    for dependant, needed in visible(known, scope, "system__organization").values_list("system", "provider"):
        needs[dependant].add(needed)
    by_outage: dict[int, list[OutageImpact]] = defaultdict(list)
    for row in hit:
        by_outage[row.outage_id].append(row)
    found: dict[tuple[int, str, int], Missing] = {}
    for key, outage in outages.items():
        thing, kind = outage.thing, outage.row.source
        component = thing if kind == OutageSource.COMPONENT else None
        provider = (
            component.system if component is not None else thing if kind == OutageSource.SYSTEM else None
        )
        rows = {row.system_id: row for row in by_outage[key]}
        explained = {pk for pk, row in rows.items() if row.predicted} | (
            {provider.pk} if provider is not None else set()
        )
        for pk, takes in _breaks({pk for pk in rows if not rows[pk].predicted} - explained, needs, explained):
            failed = (pk, kind, getattr(outage.row, f"{kind}_id"))
            if failed not in found or found[failed].takes < takes:
                found[failed] = Missing(outage, rows[pk].system, provider, component, outage.source, takes)
    return sorted(found.values(), key=lambda one: (-one.takes, one.system.name, one.system.pk))


def _breaks(missed: set[int], needs: Mapping[int, set[int]], explained: set[int]) -> list[tuple[int, int]]:
    """Return the systems that nothing hit explains, each with how many more its being hit explains.

    Of a circle of systems that explain each other alone, one stands for all.
    """

    def follow(from_here: set[int]) -> int:
        """Take out what the systems here explain, and what that explains in turn; return how many."""
        taken = 0
        while from_here:
            from_here = {pk for pk in left if needs.get(pk, set()) & from_here}
            left.difference_update(from_here)
            taken += len(from_here)
        return taken

    left = set(missed)
    follow(set(explained))
    found = []
    while left:
        first = min(left, key=lambda pk: (bool(needs.get(pk, set()) & left - {pk}), pk))
        left.discard(first)
        found.append((first, follow({first})))
    return found
