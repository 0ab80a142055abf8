"""What people do in an outage: declare it, say which systems it hits, confirm the list, restore, close, cancel.

Each change takes the outage's row first, so that two people at once wait for each other instead of overwriting.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import connection, transaction
from django.db.models import Q

from stateworks.kernel.access import audit
from stateworks.kernel.access.models import Account
from stateworks.kernel.access.permissions import RIGHTS, may_anywhere, organizations_where, require
from stateworks.kernel.access.scope import SYSTEM, entered, scope_of, visible
from stateworks.kernel.errors import Refused
from stateworks.kernel.org.models import Organization
from stateworks.kernel.plans.load import local_day
from stateworks.modules.inventory.impact import Impact, frozen
from stateworks.modules.inventory.lookup import Thing
from stateworks.modules.inventory.models import Outage, OutageImpact, System, Verdict
from stateworks.modules.inventory.outage_letters import send_after_commit
from stateworks.modules.inventory.outage_reading import outages_seen

MOST_CRITICAL = 10
"""An outage counts as critical if it touches one of this many most critical systems."""


@transaction.atomic
def declare(
    source: Thing, *, title: str = "", drill: bool = False, began_at: datetime | None = None, reference: str = "",
    by: Account, at: datetime,
) -> Outage:  # fmt: skip
    """Declare an outage, or a drill: the graph is frozen, its candidates are kept, and their owners are told."""
    if not may_anywhere(by, RIGHTS["outages.declare"].roles):
        raise PermissionDenied(f"{by} may not {RIGHTS['outages.declare'].words}.")
    if began_at is not None and began_at > at:
        raise Refused("An outage cannot have begun in the future; leave the time out if it is not known.")
    found = frozen(source, local_day(at))
    with entered(SYSTEM):
        outage = Outage.objects.create(
            code=_next_code(drill, at), title=title.strip() or f"{source.name} is down", drill=drill, source=source.kind,
            **{f"{source.kind}_id": source.pk}, began_at=began_at, declared_at=at, declared_by=by,
            graph_version=found.graph_version, reference=reference.strip(),
        )  # fmt: skip
        OutageImpact.objects.bulk_create(_candidates(outage, found), batch_size=2000)
        outage.critical = _is_critical(outage)
        outage.save(update_fields=["critical"])
        _note("declare outage", outage, by=by, at=at, after={"source": f"{source.kind} {source.code}", "drill": drill,
              "candidates": len(found.hits), "graph_version": found.graph_version})  # fmt: skip
        send_after_commit(outage, at=at)
    return outage


def _candidates(outage: Outage, found: Impact) -> list[OutageImpact]:
    return [
        OutageImpact(
            outage=outage, system_id=hit.pk, predicted=True, strength=hit.strength, hops=min(hit.hops, 32767),
            path=[{"kind": step.kind, "id": step.pk, "name": step.name} for step in hit.path], via=list(hit.via),
        )
        for hit in found.hits
    ]  # fmt: skip


def _next_code(drill: bool, at: datetime) -> str:
    """Return the next free code of the year; the lock makes a second declaration wait until the first is done."""
    head = f"{'drill' if drill else 'outage'}-{local_day(at).year}-"
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('inventory.outage.code'))")
    taken = Outage.objects.filter(code__startswith=head).values_list("code", flat=True)
    numbers = [int(code[len(head) :]) for code in taken if code[len(head) :].isdigit()]
    return f"{head}{max(numbers, default=0) + 1:03}"


@transaction.atomic
def decide(
    code: str, systems: Iterable[int], verdict: str, *, note: str = "", by: Account, at: datetime
) -> int:
    """Say of candidates whether they are affected; returns how many changed. Their owners may, and who serves their agency.

    `Verdict.CANDIDATE` takes a decision back. Allowed until the outage is closed; the time to identify does not move.
    """
    outage = _open(code, by)
    wanted = set(systems)
    if not wanted:
        raise Refused("Tick the systems first.")
    rows = list(
        visible(OutageImpact.objects.filter(outage=outage, system__in=wanted), scope_of(by), "system__organization")
        .select_related("system")
    )  # fmt: skip
    if len(rows) < len(wanted):
        raise Refused("Some of these are no candidates of this outage; load the page again.")
    _may_decide([row.system for row in rows], by)
    return _decided(outage, rows, verdict, note=note, by=by, at=at)


def _decided(
    outage: Outage, rows: list[OutageImpact], verdict: str, *, note: str, by: Account, at: datetime
) -> int:
    changed = [row for row in rows if row.verdict != verdict or (note and row.note != note)]
    if not changed:
        return 0
    before = {row.system.code: row.verdict for row in changed}
    undone = verdict == Verdict.CANDIDATE
    for row in changed:
        row.verdict, row.note = verdict, note[:300] or row.note
        row.decided_at, row.decided_by = (None, None) if undone else (at, by)
    with entered(SYSTEM):
        OutageImpact.objects.bulk_update(
            changed, ["verdict", "note", "decided_at", "decided_by"], batch_size=1000
        )
        _critical_again(outage)
        words = {Verdict.HIT: "say affected", Verdict.SPARED: "say not affected"}
        _note(words.get(Verdict(verdict), "take decision back"), outage, by=by, at=at, reason=note, before=before,
              after={row.system.code: verdict for row in changed})  # fmt: skip
    return len(changed)


@transaction.atomic
def add_system(code: str, system: System, *, note: str = "", by: Account, at: datetime) -> OutageImpact:
    """Add a system that is affected though the graph did not name it."""
    outage = _open(code, by)
    if system.pk == outage.system_id:
        raise Refused(f"{system.name} is what failed; add the systems it takes with it.")
    if not visible(System.objects.filter(pk=system.pk), scope_of(by), "organization").exists():
        raise Refused("There is no such system that you may see.")
    _may_decide([system], by)
    row = OutageImpact.objects.select_related("system").filter(outage=outage, system=system).first()
    if row is None:
        with entered(SYSTEM):
            row = OutageImpact.objects.create(outage=outage, system=system, predicted=False)
    _decided(outage, [row], Verdict.HIT, note=note.strip(), by=by, at=at)
    return row


@transaction.atomic
def confirm(code: str, *, by: Account, at: datetime) -> Outage:
    """Confirm the list of systems hit: the time to identify ends here. A second confirmation does not move the first."""
    outage = _open(code, by)
    _may_confirm(outage, by)
    if outage.identified_at is not None:
        return outage
    outage.identified_at, outage.identified_by = max(at, outage.declared_at), by
    with entered(SYSTEM):
        outage.save(update_fields=["identified_at", "identified_by"])
        _critical_again(outage)
        hit = OutageImpact.objects.filter(outage=outage, verdict=Verdict.HIT).count()
        _note("confirm impact", outage, by=by, at=at, after={"affected": hit, "critical": outage.critical})
    return outage


@transaction.atomic
def restore(code: str, *, restored_at: datetime | None = None, by: Account, at: datetime) -> Outage:
    """Record that everything works again, now or at an earlier time."""
    outage = _open(code, by)
    _may_confirm(outage, by)
    when = restored_at or at
    if when > at or when < (outage.began_at or outage.declared_at):
        raise Refused("It was restored after it began, and not in the future; correct the time.")
    return _moved(outage, "restore outage", {"restored_at": when}, by=by, at=at)


@transaction.atomic
def close(code: str, *, cause: str = "", by: Account, at: datetime) -> Outage:
    """Close an outage whose impact is confirmed and which is over; what it showed counts for the back-test from now on."""
    outage = _open(code, by)
    _may_confirm(outage, by)
    if outage.identified_at is None:
        raise Refused("Confirm the list of affected systems before closing.")
    if outage.restored_at is None:
        raise Refused("Record that it is restored before closing.")
    fields: dict[str, Any] = {"closed_at": at}
    if cause.strip():
        fields["cause"] = cause.strip()
    return _moved(outage, "close outage", fields, by=by, at=at)


@transaction.atomic
def cancel(code: str, *, reason: str, by: Account, at: datetime) -> Outage:
    """Take back a declaration that was a mistake, with a reason; it counts for nothing."""
    outage = _open(code, by)
    if by.pk != outage.declared_by_id:
        _may_confirm(outage, by)
    if not reason.strip():
        raise Refused("Say why the declaration was a mistake.")
    return _moved(outage, "cancel outage", {"cancelled_at": at}, reason=reason.strip(), by=by, at=at)


def _moved(
    outage: Outage, verb: str, fields: dict[str, Any], *, reason: str = "", by: Account, at: datetime
) -> Outage:
    before = {name: _plain(getattr(outage, name)) for name in fields}
    for name, value in fields.items():
        setattr(outage, name, value)
    with entered(SYSTEM):
        outage.save(update_fields=list(fields))
    _note(verb, outage, by=by, at=at, reason=reason, before=before,
          after={name: _plain(value) for name, value in fields.items()})  # fmt: skip
    return outage


def _open(code: str, by: Account) -> Outage:
    """Return the outage, its row taken until the transaction ends; a closed or cancelled one takes no change."""
    # Who is hit may say so though what failed is kept from him, and with it the outage's own row.
    with entered(SYSTEM):
        rows = outages_seen(scope_of(by)).select_for_update(of=("self",))
        outage = rows.filter(code=code).first()
    if outage is None:
        raise Refused(f"There is no outage {code} that you may see.")
    if outage.cancelled_at is not None:
        raise Refused(f"{code} was cancelled; nothing is changed in it any more.")
    if outage.closed_at is not None:
        raise Refused(f"{code} is closed; nothing is changed in it any more.")
    return outage


def decidable(systems: Iterable[System], by: Account) -> set[int]:
    """Return the ids of the systems of which an account may say whether they are affected."""
    at = set(organizations_where(by, "outages.decide"))
    mine = by.person_id
    return {
        system.pk
        for system in systems
        if system.organization_id in at or (mine and mine in (system.owner_id, system.steward_id))
    }


def _may_decide(systems: list[System], by: Account) -> None:
    allowed = decidable(systems, by)
    if refused := [system.name for system in systems if system.pk not in allowed]:
        more = f" and {len(refused) - 1} more" if len(refused) > 1 else ""
        raise PermissionDenied(
            f"{by} may not say whether {refused[0]}{more} is affected: that is for its owner."
        )


def source_organization(outage: Outage) -> Organization | None:
    """Return the organization of what failed; None where it belongs to nobody, or to the whole state."""
    if not (outage.system_id or outage.component_id):
        return None
    with entered(SYSTEM):
        of = Q(pk=outage.system_id) if outage.system_id else Q(components=outage.component_id)
        system = System.objects.select_related("organization").filter(of).first()
    return system.organization if system else None


def _may_confirm(outage: Outage, by: Account) -> None:
    require(by, "outages.confirm", source_organization(outage))


def _is_critical(outage: Outage) -> bool:
    top = Q(critical_rank__lte=MOST_CRITICAL)
    hit = OutageImpact.objects.filter(outage=outage, verdict=Verdict.HIT)
    touched = Q(pk__in=hit.values("system"))
    if outage.system_id:
        touched |= Q(pk=outage.system_id)
    if outage.component_id:
        touched |= Q(components=outage.component_id)
    return System.objects.filter(top & touched).exists()


def _critical_again(outage: Outage) -> None:
    critical = _is_critical(outage)
    if critical != outage.critical:
        outage.critical = critical
        outage.save(update_fields=["critical"])


def _note(verb: str, outage: Outage, *, by: Account, at: datetime, **more: Any) -> None:
    audit.record(verb, f"inventory.outage {outage.code}", by=by, at=at, **more)


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else value
