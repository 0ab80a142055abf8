"""What a viewer sees of outages: those that touch what he may see, with the rest counted and unnamed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q, QuerySet

from stateworks.kernel.access.models import AuditEntry
from stateworks.kernel.access.scope import SYSTEM, Scope, entered, visible
from stateworks.modules.inventory.impact import HIDDEN_NAME
from stateworks.modules.inventory.lookup import MODELS
from stateworks.modules.inventory.models import Outage, OutageImpact, System, Verdict


def outages_seen(scope: Scope) -> QuerySet[Outage]:
    """Return the outages of places, products and vendors, and those that begin in or may hit a system one may see.

    The database keeps those that begin beyond the scope to themselves, so this is read in the system's scope alone, by
    `listed` or `one_seen`, which leave out what it must not tell.
    """
    if scope.everything or scope.every_organization:
        return Outage.objects.all()
    if scope.account_id is None:
        return Outage.objects.none()
    systems = visible(System.objects.all(), scope, "organization").values("pk")
    hit = OutageImpact.objects.filter(system__in=systems).values("outage")
    return Outage.objects.filter(
        Q(source__in=("vendor", "site", "technology")) | Q(system__in=systems) | Q(component__system__in=systems)
        | Q(pk__in=hit)
    )  # fmt: skip


@dataclass(frozen=True)
class Seen:
    """An outage as somebody may see it: a title may name what he may not see, so it is kept from him then."""

    row: Outage
    thing: Any
    """What failed; None where one may not see it."""
    hit: int = 0
    waiting: int = 0

    @property
    def hidden_source(self) -> bool:
        """Whether what failed is kept from sight."""
        return self.thing is None

    @property
    def title(self) -> str:
        """What people see of it."""
        return self.row.title

    @property
    def source(self) -> str:
        """What failed, in words."""
        return HIDDEN_NAME if self.thing is None else str(self.thing)

    @property
    def source_code(self) -> str:
        """The code of what failed; empty where it is kept from sight."""
        return "" if self.thing is None else str(self.thing.code)

    @property
    def state(self) -> str:
        """Where it stands, in words."""
        row = self.row
        if row.cancelled_at:
            return "Cancelled"
        if row.closed_at:
            return "Closed"
        if row.restored_at:
            return "Restored, not closed"
        return "Impact confirmed" if row.identified_at else "Finding out what it hits"

    @property
    def open(self) -> bool:
        """Whether people are still at work on it."""
        return not (self.row.closed_at or self.row.cancelled_at)

    def took(self, at: dt.datetime) -> str:
        """How long it took from declared to confirmed, or takes so far, in words."""
        end = self.row.identified_at or self.row.cancelled_at or at
        seconds = max(0, int((end - self.row.declared_at).total_seconds()))
        if seconds < 120:
            return f"{seconds} s"
        minutes = round(seconds / 60)
        if minutes < 120:
            return f"{minutes} min"
        hours = minutes // 60
        return f"{hours} h {minutes % 60} min" if hours < 48 else f"{hours // 24} days {hours % 24} h"


def _seen(rows: list[Outage], scope: Scope) -> Iterator[tuple[Outage, Any]]:
    """Return each outage with what failed as far as a scope sees it; the texts of others are emptied, so that none gets out."""
    things: dict[str, dict[int, Any]] = {}
    for kind in {row.source for row in rows}:
        model, path = MODELS[kind]
        found = visible(model._default_manager.all(), scope, path)
        if kind == "component":
            found = found.select_related("system")
        things[kind] = found.in_bulk({getattr(row, f"{kind}_id") for row in rows if row.source == kind})
    for row in rows:
        thing = things[row.source].get(getattr(row, f"{row.source}_id"))
        if thing is None:
            row.title, row.cause, row.reference = f"Outage of {HIDDEN_NAME}", "", ""
        yield row, thing


def listed(rows: QuerySet[Outage], scope: Scope, limit: int | None = None) -> list[Seen]:
    """Return outages as a scope may see them, in a constant number of queries."""
    with entered(SYSTEM):
        found = list(rows.select_related("declared_by", "identified_by")[:limit])
        return [Seen(row, thing) for row, thing in _seen(found, scope)]


def listed_apart(
    lists: Sequence[QuerySet[Outage]], scope: Scope, limit: int | None = None
) -> list[list[Seen]]:
    """Return several lists of outages with how many systems each hits among those one may see."""
    with entered(SYSTEM):
        found = [list(rows.select_related("declared_by", "identified_by")[:limit]) for rows in lists]
        every = [row for rows in found for row in rows]
        impacts = visible(OutageImpact.objects.filter(outage__in=every), scope, "system__organization")
        counts: dict[int, dict[str, int]] = {
            row["outage"]: {"hit": row["hit"], "waiting": row["waiting"]}
            for row in impacts.order_by()
            .values("outage")
            .annotate(
                hit=Count("pk", filter=Q(verdict=Verdict.HIT)),
                waiting=Count("pk", filter=Q(verdict=Verdict.CANDIDATE)),
            )
        }
        seen = {row.pk: Seen(row, thing, **counts.get(row.pk, {})) for row, thing in _seen(every, scope)}
    return [[seen[row.pk] for row in rows] for rows in found]


def one_seen(code: str, scope: Scope) -> Seen | None:
    """Return the outage of a code as a scope may see it; None where it concerns nothing of what one may see."""
    return next(iter(listed(outages_seen(scope).filter(code=code), scope)), None)


def path_told(row: OutageImpact, names: dict[int, str], parts: dict[int, str]) -> list[str]:
    """Return the way to a candidate in words, with what one may not see in one phrase, however long."""
    told: list[str] = []
    for step in row.path:
        kind = step.get("kind") if isinstance(step, dict) else None
        if kind == "system":
            word = names.get(step["id"], HIDDEN_NAME)
        elif kind == "component":
            word = parts.get(step["id"], HIDDEN_NAME)
        else:
            word = step["name"] if isinstance(step, dict) else HIDDEN_NAME
        if not (word == HIDDEN_NAME and told and told[-1] == HIDDEN_NAME):
            told.append(word)
    return told


def counts_of_all(outage: Outage) -> dict[str, int]:
    """Return how many systems stand under each verdict, whoever may see them."""
    with entered(SYSTEM):
        rows = OutageImpact.objects.filter(outage=outage).order_by().values("verdict").annotate(n=Count("pk"))
        return {row["verdict"]: row["n"] for row in rows}


@dataclass(frozen=True)
class LogLine:
    """One thing that was done."""

    at: dt.datetime
    who: str
    what: str
    reason: str


_WORDS = {
    "declare outage": "declared it", "say affected": "said of {n} that they are affected",
    "say not affected": "said of {n} that they are not affected", "take decision back": "took back what was said of {n}",
    "confirm impact": "confirmed the list", "restore outage": "recorded that it is restored", "close outage": "closed it",
    "cancel outage": "cancelled it",
}  # fmt: skip


def log_of(seen: Seen) -> list[LogLine]:
    """Return what happened, from the audit record: who did what and when, without the names of systems."""
    outage = seen.row
    with entered(SYSTEM):
        entries = list(
            AuditEntry.objects.filter(subject=f"inventory.outage {outage.code}").select_related("actor").order_by("at", "id")
        )  # fmt: skip
    told = []
    for entry in entries:
        n = len(entry.after or {})
        systems = "1 system" if n == 1 else f"{n:,} systems"
        what = _WORDS.get(entry.verb, entry.verb).format(n=systems)
        if n == 1:
            what = what.replace("that they are", "that it is")
        # A note on a decision may name the system; it stands beside the system, for those who see it.
        told_why = not (seen.hidden_source or "say" in entry.verb or "take" in entry.verb)
        reason = entry.reason if told_why else ""
        told.append(LogLine(entry.at, str(entry.actor or "the system"), what, reason))
    return told
