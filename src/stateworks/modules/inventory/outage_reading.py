"""What a viewer sees of outages: those that touch what he may see, with the rest counted and unnamed."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q, QuerySet

from stateworks.kernel.access.models import AuditEntry
from stateworks.kernel.access.scope import SYSTEM, Scope, entered, visible
from stateworks.modules.inventory.impact import HIDDEN_NAME
from stateworks.modules.inventory.models import Outage, OutageImpact, System, Verdict


def outages_seen(scope: Scope) -> QuerySet[Outage]:
    """Return the outages of places, products and vendors, and those that begin in or may hit a system one may see."""
    if scope.everything or scope.every_organization:
        return Outage.objects.all()
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
    title: str
    source: str
    source_code: str
    hidden_source: bool
    hit: int = 0
    waiting: int = 0

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


def seen(outage: Outage, *, hit: int = 0, waiting: int = 0) -> Seen:
    """Return an outage as the scope that was entered shows it; read with SOURCES, a source beyond it is empty."""
    thing: Any = getattr(outage, outage.source, None)
    hidden = thing is None
    return Seen(
        outage, f"Outage of {HIDDEN_NAME}" if hidden else outage.title, HIDDEN_NAME if hidden else str(thing),
        "" if hidden else thing.code, hidden, hit, waiting,
    )  # fmt: skip


SOURCES = ("system", "component", "vendor", "site", "technology")


def listed(rows: QuerySet[Outage], scope: Scope, limit: int) -> list[Seen]:
    """Return outages with how many systems each hits among those one may see, in two queries."""
    found = list(rows.select_related(*SOURCES, "declared_by")[:limit])
    impacts = visible(OutageImpact.objects.filter(outage__in=found), scope, "system__organization")
    counts: dict[int, dict[str, int]] = {
        row["outage"]: {"hit": row["hit"], "waiting": row["waiting"]}
        for row in impacts.order_by()
        .values("outage")
        .annotate(
            hit=Count("pk", filter=Q(verdict=Verdict.HIT)),
            waiting=Count("pk", filter=Q(verdict=Verdict.CANDIDATE)),
        )
    }
    return [
        seen(row, hit=counts.get(row.pk, {}).get("hit", 0), waiting=counts.get(row.pk, {}).get("waiting", 0))
        for row in found
    ]


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


def log_of(outage: Outage) -> list[LogLine]:
    """Return what happened, from the audit record: who did what and when, without the names of systems."""
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
        reason = "" if "say" in entry.verb or "take" in entry.verb else entry.reason
        told.append(LogLine(entry.at, str(entry.actor or "the system"), what, reason))
    return told
