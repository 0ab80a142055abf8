"""What closed outages say about the graph: what it foretold, what it missed, and which of its edges never held.

Of the systems that somebody judged: precision is the share of the foretold that were hit, recall the share of the hit that
were foretold. What nobody judged counts in neither. Drills and cancelled outages teach nothing about the graph: they are
left out.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from stateworks.kernel.access.scope import Scope, visible
from stateworks.kernel.records.answers import Answers
from stateworks.modules.inventory.models import (
    Confidence,
    Dependency,
    DependencySource,
    OutageImpact,
    OutageSource,
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
        missing=_missing(outages, counted.missed, scope),
        never_held=[
            EdgeRecord(found[pk], failed=failed) for pk, failed in counted.never_held.items() if pk in found
        ],
    )


@dataclass
class _Counted:
    """All that is counted over the judged outages: scores, impacts that were missed, and edges that never held."""

    overall: Score = field(default_factory=Score)
    by_outage: dict[int, Score] = field(default_factory=lambda: defaultdict(Score))
    by_source: dict[str, Score] = field(default_factory=dict)
    by_confidence: dict[str, Score] = field(default_factory=dict)
    missed: tuple[int, ...] = ()
    never_held: dict[int, int] = field(default_factory=dict)
    """How often each led to a system that was spared, most often first."""


def _counted(scope: Scope) -> _Counted:
    """Count over all impacts one may see, as plain values: of a large outage there are thousands."""
    # Named by their ids: the wall keeps the outages of others from a query within, and not what they hit of one's own.
    outages = {one.row.pk: one for one in judged_outages(scope)}
    rows = visible(OutageImpact.objects.filter(outage__in=outages), scope, "system__organization").order_by()
    done = _Counted()
    judged: list[tuple[str, list[int]]] = []
    for outage, predicted, verdict, via in rows.values_list("outage", "predicted", "verdict", "via"):
        done.overall.count(predicted, verdict)
        done.by_outage[outage].count(predicted, verdict)
        if predicted and verdict != Verdict.CANDIDATE:
            judged.append((verdict, via))
    _judge_edges(done, judged, scope)
    done.missed = tuple(islice(_missed(outages, scope), MOST))
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


def _missed(outages: Mapping[int, Seen], scope: Scope) -> Iterator[int]:
    """Return the systems hit and not foretold, once for each source, but for those whose dependency has been added since."""
    rows = OutageImpact.objects.filter(outage__in=outages, predicted=False, verdict=Verdict.HIT)
    hit = list(visible(rows, scope, "system__organization").values_list("pk", "outage", "system"))
    live = Dependency.objects.filter(system__in={system for _, _, system in hit}, retired_on__isnull=True)
    known = set(
        visible(live, scope, "system__organization").values_list("system", "provider", "provider_component")
    )
    told: set[tuple[int, str, int]] = set()
    for pk, number, system in hit:
        outage = outages[number]
        provider, component = _provider(outage)
        if provider is not None and (
            provider.pk == system or (system, provider.pk, component and component.pk) in known
        ):
            continue
        key = (system, outage.row.source, getattr(outage.row, f"{outage.row.source}_id"))
        if key not in told:
            told.add(key)
            yield pk


def _provider(outage: Seen) -> tuple[Any, Any]:
    """Return the system that failed, and the part of it; None where one may not see it, or where it was no system."""
    thing, kind = outage.thing, outage.row.source
    if kind == OutageSource.COMPONENT and thing is not None:
        return thing.system, thing
    return (thing, None) if kind == OutageSource.SYSTEM else (None, None)


def _missing(outages: Mapping[int, Seen], pks: tuple[int, ...], scope: Scope) -> list[Missing]:
    """Put into words what was missing."""
    impacts = OutageImpact.objects.filter(pk__in=pks, outage__in=outages)
    rows = visible(impacts, scope, "system__organization").order_by()
    by_pk = {row.pk: row for row in rows.select_related("system")}
    shown = [(by_pk[pk], outages[by_pk[pk].outage_id]) for pk in pks if pk in by_pk]
    return [Missing(outage, row.system, *_provider(outage), outage.source) for row, outage in shown]
