"""What owners vouch for: whose systems are whose, what is shown to be confirmed, and how a campaign stands."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Any

from django.db.models import Case, Count, Exists, F, OuterRef, Q, QuerySet, When

from stateworks.kernel.access.models import Account
from stateworks.kernel.access.permissions import organizations_where
from stateworks.kernel.access.scope import Scope, visible
from stateworks.kernel.org.models import OrganizationClosure, Person
from stateworks.kernel.records.answers import Answers
from stateworks.modules.inventory.models import (
    Aspect,
    AttestationRequest,
    Campaign,
    Dependency,
    Lifecycle,
    RequestState,
    System,
)

VALID_DAYS = 365
"""How long an answer counts where no campaign says so."""
SOON_DAYS = 30
"""An attestation that ends within so many days is asked for again."""

FACTS = (
    "name", "purpose", "capability", "owner", "steward", "lifecycle", "criticality", "hosting", "classification",
    "vendor", "recovery_time_minutes", "recovery_point_minutes", "availability_target", "redundancy", "recovery_test",
    "recovery_tested_on", "single_sign_on", "second_factor", "local_accounts", "identity_exempt_until", "users",
    "website",
)  # fmt: skip
"""The columns of a system that its owner vouches for and may correct."""

REFERENCES = ("organization", "capability", "owner", "steward", "vendor")


class DependencyState(StrEnum):
    """What is known about what a system depends on."""

    DOCUMENTED = "documented"
    NONE = "attested none"
    UNKNOWN = "unknown"


def alive(today: date) -> Q:
    """Return the condition on a row with `retired_on` that it still holds."""
    return Q(retired_on__isnull=True) | Q(retired_on__gt=today)


def live_systems(today: date) -> QuerySet[System]:
    """Return the systems that are not retired."""
    return System.objects.exclude(lifecycle=Lifecycle.RETIRED).filter(alive(today))


def documented(today: date) -> Exists:
    """Return the condition on a system that something it depends on is documented."""
    return Exists(Dependency.objects.filter(alive(today), system=OuterRef("pk")))


def none_attested(today: date) -> Q:
    """Return the condition on a system that its owner said, and it still counts, that it depends on nothing."""
    return Q(none_attested_until__gte=today)


def state_of(system: System, has_dependencies: bool, today: date) -> DependencyState:
    """Tell what is known about a system's dependencies."""
    if has_dependencies:
        return DependencyState.DOCUMENTED
    until = system.none_attested_until
    return DependencyState.NONE if until is not None and until >= today else DependencyState.UNKNOWN


def responsible(today: date, prefix: str = "") -> Case:
    """Return the person who is asked about a system: its owner while he is here, else its steward."""
    here = Q(**{f"{prefix}owner__isnull": False}) & (
        Q(**{f"{prefix}owner__left_on__isnull": True}) | Q(**{f"{prefix}owner__left_on__gt": today})
    )
    return Case(When(here, then=F(f"{prefix}owner")), default=F(f"{prefix}steward"))


def person_of(account: Account) -> Person | None:
    """Return the person an account belongs to: the one it is linked to, or the one with its e-mail address."""
    if account.person_id is not None:
        return account.person
    return Person.objects.filter(email__iexact=account.email).order_by("pk").first()


def held_by(account: Account) -> Q:
    """Return the condition on a system that the account's person is its owner or steward; one query finds the person.

    The ids are few and given as they are: joined to both ends by an “or”, the database would read every system.
    """
    who = Q(email__iexact=account.email)
    if account.person_id is not None:
        who |= Q(pk=account.person_id)
    ids = list(Person.objects.filter(who).values_list("pk", flat=True))
    return Q(owner__in=ids) | Q(steward__in=ids)


def answerable(systems: Collection[System], account: Account) -> set[int]:
    """Return the ids of those systems for which an account may answer, in two queries however many there are."""
    places = set(organizations_where(account, "inventory.attest"))
    held = System.objects.filter(held_by(account), pk__in=[one.pk for one in systems])
    own = set(held.values_list("pk", flat=True))
    return {one.pk for one in systems if one.pk in own or one.organization_id in places}


@dataclass(frozen=True)
class Needed:
    """One thing that a system needs, or that needs it, as a page shows it; `other` is None where one may not see it."""

    row: Dependency
    other: System | None
    component: str
    other_component: str


def needed_by(
    systems: Iterable[System], today: date, scope: Scope, *, limit: int | None = None
) -> dict[int, list[Needed]]:
    """Return what each system depends on, by its id; a provider outside the scope is there without its name."""
    ids = [one.pk for one in systems]
    rows = list(
        Dependency.objects.filter(alive(today), system__in=ids)
        .select_related("component", "attested_by")
        .order_by("system_id", "strength", "group", "provider_id", "pk")[:limit]
    )
    return {pk: found for pk, found in _shown(rows, "provider", scope).items() if pk in set(ids)}


def needing(system: System, today: date, scope: Scope, *, limit: int) -> tuple[list[Needed], int, int]:
    """Return what depends on a system (the first of them), how many one may see, and how many one may not."""
    answers = Answers(scope)
    total, first = answers.of(_dependants, system.pk, today, limit)
    every = answers.of_everything(_dependants, system.pk, today, 0)[0]
    order = {pk: place for place, pk in enumerate(first)}
    seen = visible(Dependency.objects.filter(pk__in=first), scope, "system__organization").order_by()
    rows = sorted(
        seen.select_related("provider_component", "attested_by", "confirmed_by"),
        key=lambda row: order[row.pk],
    )
    return _shown(rows, "system", scope).get(system.pk, []), total, every - total


def _dependants(scope: Scope, system: int, today: date, limit: int) -> tuple[int, tuple[int, ...]]:
    """Return how many dependencies on a system there are, and the ids of the weightiest."""
    seen = visible(
        Dependency.objects.filter(alive(today), provider=system), scope, "system__organization"
    ).order_by()
    if not limit:
        return seen.count(), ()
    ordered = seen.order_by("strength", "system__criticality", "system__name", "pk").values_list(
        "pk", flat=True
    )
    first = tuple(ordered[: limit + 1])
    return seen.count() if len(first) > limit else len(first), first[:limit]


def _shown(rows: list[Dependency], end: str, scope: Scope) -> dict[int, list[Needed]]:
    """Put the system at the other end beside each row, in one query; the row's own join would drop what is hidden."""
    from stateworks.modules.inventory.models import Component

    ends = {getattr(row, f"{end}_id") for row in rows}
    others = visible(System.objects.select_related("organization", "owner"), scope, "organization").in_bulk(
        ends
    )
    names: dict[int, str] = {}
    parts = {pk for row in rows for pk in (row.component_id, row.provider_component_id) if pk is not None}
    if parts:
        names = dict(Component.objects.filter(pk__in=parts).values_list("pk", "name"))
    found: dict[int, list[Needed]] = {}
    for row in rows:
        near, far = (
            (row.component_id, row.provider_component_id)
            if end == "provider"
            else (row.provider_component_id, row.component_id)
        )
        own = row.system_id if end == "provider" else row.provider_id
        other = others.get(getattr(row, f"{end}_id"))
        found.setdefault(own, []).append(
            Needed(row, other, names.get(near or 0, ""), names.get(far or 0, "") if other else "")
        )
    return found


def fingerprint(system: System, needs: Iterable[Needed]) -> str:
    """Return a short mark of what is shown for confirmation, so that nobody confirms what he has not seen."""
    facts = [str(getattr(system, f"{name}_id" if name in REFERENCES else name)) for name in FACTS]
    edges = sorted(
        [one.row.pk, one.row.provider_id, one.row.strength, one.row.group, one.row.min_up] for one in needs
    )
    return hashlib.sha256(json.dumps([facts, edges]).encode()).hexdigest()[:16]


def mine(account: Account, scope: Scope, today: date, *, due_only: bool = True) -> QuerySet[System]:
    """Return the systems an account answers for as owner or steward, with `asked_by`, the first day due, if any.

    With `due_only` those alone that a campaign asks about, or whose attestation has ended or ends soon.
    """
    held = visible(live_systems(today), scope, "organization").filter(held_by(account))
    # What one person answers for is a short list; judged from there, what is asked of all others is never looked at.
    rows = System.objects.filter(pk__in=list(held.order_by().values_list("pk", flat=True)))
    waiting = AttestationRequest.objects.filter(open_request(), system=OuterRef("pk"))
    rows = rows.annotate(asked_by=waiting.order_by("campaign__due_on").values("campaign__due_on")[:1])
    if due_only:
        soon = today + timedelta(days=SOON_DAYS)
        ended = Q(attested_until__isnull=True) | Q(attested_until__lte=soon)
        unknown = ~documented(today) & ~none_attested(soon)
        rows = rows.filter(Q(asked_by__isnull=False) | ended | unknown)
    return rows.order_by(F("asked_by").asc(nulls_last=True), "criticality", "name", "pk")


def open_request() -> Q:
    """Return the condition on a request that it waits for an answer to a campaign that is open."""
    return Q(state=RequestState.OPEN, campaign__opened_at__isnull=False, campaign__closed_at__isnull=True)


def asked_systems(campaign: Campaign, today: date) -> QuerySet[System]:
    """Return the systems that a campaign is about."""
    rows = live_systems(today)
    if campaign.lifecycle:
        rows = rows.filter(lifecycle=campaign.lifecycle)
    if campaign.criticality:
        rows = rows.filter(criticality__lte=campaign.criticality)
    if campaign.organization_id is not None:
        below = OrganizationClosure.objects.filter(ancestor=campaign.organization_id).values("descendant")
        rows = rows.filter(organization__in=below)
    return rows


@dataclass(frozen=True)
class Progress:
    """How far a campaign is, for one agency or in all."""

    code: str
    name: str
    asked: int
    answered: int
    waiting: int
    nobody: int

    @property
    def share(self) -> float | None:
        """The share that is answered; none where nothing is asked."""
        return self.answered / self.asked if self.asked else None


def progress(scope: Scope, campaign: int, today: date) -> list[Progress]:
    """Return how far a campaign, named by its id, is by agency, least answered first, in one query."""
    rows = visible(AttestationRequest.objects.filter(campaign=campaign), scope, "system__organization")
    counted = (
        rows.exclude(state=RequestState.WITHDRAWN)
        .values(code=F("system__organization__code"), name=F("system__organization__name"))
        .annotate(
            asked=Count("pk"),
            answered=Count("pk", filter=Q(state=RequestState.ANSWERED)),
            waiting=Count("pk", filter=Q(state=RequestState.OPEN)),
            nobody=Count("pk", filter=Q(state=RequestState.OPEN) & ~_somebody(today)),
        )
        .order_by("name")
    )
    found = [Progress(**row) for row in counted]
    return sorted(found, key=lambda one: (one.share or 0.0, one.name))


def _somebody(today: date) -> Q:
    """The condition on a request that there is somebody to ask."""
    owner = Q(system__owner__isnull=False) & (
        Q(system__owner__left_on__isnull=True) | Q(system__owner__left_on__gt=today)
    )
    return owner | Q(system__steward__isnull=False)


def totals(scope: Scope, campaigns: tuple[int, ...]) -> dict[int, dict[str, int]]:
    """Return asked, answered and waiting by campaign, each named by its id, in one query."""
    rows = visible(AttestationRequest.objects.filter(campaign__in=campaigns), scope, "system__organization")
    counted = (
        rows.exclude(state=RequestState.WITHDRAWN)
        .values("campaign")
        .annotate(
            asked=Count("pk"),
            answered=Count("pk", filter=Q(state=RequestState.ANSWERED)),
            waiting=Count("pk", filter=Q(state=RequestState.OPEN)),
        )
        .order_by()
    )
    return {
        row["campaign"]: {"asked": row["asked"], "answered": row["answered"], "waiting": row["waiting"]}
        for row in counted
    }


def unanswered(campaign: Campaign, scope: Scope, today: date) -> QuerySet[Any, Any]:
    """Return the requests of a campaign that wait, with the e-mail and name of whom they wait for."""
    rows = visible(
        AttestationRequest.objects.filter(campaign=campaign, state=RequestState.OPEN),
        scope,
        "system__organization",
    )
    return (
        rows.select_related("system__organization")
        .annotate(whose=responsible(today, "system__"))
        .order_by("system__organization__name", "system__criticality", "system__name", "aspect")
    )


def people(ids: Iterable[Any]) -> dict[int, Person]:
    """Return people by id, in one query."""
    return Person.objects.in_bulk({pk for pk in ids if pk})


ASPECTS = tuple(Aspect)
"""Both things that are vouched for."""
