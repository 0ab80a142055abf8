"""What every answer of an owner rests on: may he give it, is it about what he saw, and how it is written down."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from django.core.exceptions import PermissionDenied

from stateworks.kernel.access import audit
from stateworks.kernel.access.models import Account
from stateworks.kernel.access.scope import SYSTEM
from stateworks.kernel.errors import Refused
from stateworks.kernel.plans.load import local_day
from stateworks.modules.inventory.attesting import (
    VALID_DAYS,
    alive,
    answerable,
    fingerprint,
    needed_by,
    open_request,
    person_of,
)
from stateworks.modules.inventory.models import (
    Aspect,
    Attestation,
    AttestationKind,
    AttestationRequest,
    Dependency,
    Lifecycle,
    RequestState,
    System,
)


def answering(code: str, by: Account) -> System:
    """Return the system, locked, if the account may answer for it."""
    system = (
        System.objects.select_for_update(of=("self",))
        .select_related("organization")
        .filter(code=code)
        .first()
    )
    if system is None:
        raise Refused(f"There is no system {code} that you may see; check the code.")
    if system.pk not in answerable([system], by):
        raise PermissionDenied(
            f"{by} may not answer for {system.name}: its owner and steward may, and who keeps the inventory of "
            f"{system.organization.name}."
        )
    if system.lifecycle == Lifecycle.RETIRED:
        raise Refused(f"{system.name} is retired since {system.retired_on}; nothing is asked about it.")
    return system


def unchanged(system: System, seen: str, at: datetime) -> None:
    """Refuse an answer about what has changed since it was shown."""
    if not seen:
        return
    needs = needed_by([system], local_day(at), SYSTEM).get(system.pk, [])
    if fingerprint(system, needs) != seen:
        raise Refused(f"{system.name} was changed after it was shown to you; look at it again.")


def live_dependencies(system: System, today: date) -> Any:
    """Return what a system depends on today."""
    return Dependency.objects.filter(alive(today), system=system)


def attested(
    system: System, aspect: Aspect, kind: AttestationKind, by: Account, at: datetime, note: str
) -> Attestation:
    """Write the attestation down and answer every open request for it; the longest of them says how long it counts."""
    requests = list(
        AttestationRequest.objects.select_for_update(of=("self",))
        .filter(open_request(), system=system, aspect=aspect)
        .select_related("campaign")
        .order_by("campaign__due_on")
    )
    days = max((one.campaign.valid_days for one in requests), default=VALID_DAYS)
    today = local_day(at)
    made = Attestation.objects.create(
        system=system, aspect=aspect, kind=kind, person=person_of(by), by=by,
        campaign=requests[0].campaign if requests else None, at=at, on=today, until=today + timedelta(days=days),
        note=note.strip()[:300],
    )  # fmt: skip
    AttestationRequest.objects.filter(pk__in=[one.pk for one in requests]).update(
        state=RequestState.ANSWERED, answered_at=at
    )
    return made


def freshen(system: System, made: Attestation, today: date) -> None:
    """Mark what a system depends on as vouched for; where something is listed, “depends on nothing” ends."""
    live_dependencies(system, today).update(
        attested_by=made.person, attested_on=made.on, attested_until=made.until
    )
    if system.none_attested_on is not None:
        system.none_attested_on = system.none_attested_until = None
        system.save(update_fields=["none_attested_on", "none_attested_until"])


def told(
    verb: str, system: System, by: Account, at: datetime, reason: str, *,
    before: Mapping[str, Any] | None = None, after: Mapping[str, Any] | None = None,
) -> None:  # fmt: skip
    """Put an answer on the audit record."""
    audit.record(
        verb,
        f"inventory.system {system.code}",
        by=by,
        at=at,
        reason=reason.strip(),
        before=before,
        after=after,
    )
