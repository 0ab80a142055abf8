"""What owners do: vouch for facts and dependencies, correct them, say that there are none, and take it back."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction

from stateworks.kernel.access.models import Account
from stateworks.kernel.access.scope import SYSTEM, entered
from stateworks.kernel.errors import Refused
from stateworks.kernel.history import noted
from stateworks.kernel.plans.load import local_day
from stateworks.kernel.records.changes import Invalid, shown_values
from stateworks.kernel.records.fields import REFERENCE, Bound, bound
from stateworks.kernel.records.types import record_type
from stateworks.kernel.records.values import read_column
from stateworks.modules.inventory.attesting import FACTS, alive, person_of
from stateworks.modules.inventory.models import (
    Aspect,
    Attestation,
    AttestationKind,
    AttestationRequest,
    Confidence,
    Dependency,
    DependencySource,
    Lifecycle,
    RequestState,
    Strength,
    System,
)
from stateworks.modules.inventory.verbs.answering import (
    answering,
    attested,
    freshen,
    live_dependencies,
    told,
    unchanged,
)


@dataclass(frozen=True)
class NewDependency:
    """A dependency that an owner adds: the provider's code, and whether the system stops without it."""

    provider: str
    strength: str = Strength.HARD
    group: str = ""
    min_up: int = 1
    note: str = ""


@transaction.atomic
def reaffirm(
    code: str, aspects: Collection[str], *, by: Account, at: datetime, seen: str = "", note: str = ""
) -> list[Attestation]:
    """Vouch for facts, dependencies or both as they stand; nothing but the freshness changes.

    `seen` is the fingerprint of what was shown: where something changed since, the answer is refused.
    """
    system = answering(code, by)
    unchanged(system, seen, at)
    return [_reaffirmed(system, Aspect(aspect), by, at, note) for aspect in aspects]


def reaffirm_several(
    codes: Mapping[str, str], aspects: Collection[str], *, by: Account, at: datetime
) -> tuple[list[str], dict[str, str]]:
    """Vouch for several systems (code to fingerprint) as they stand; return who was done, and why others were not.

    A system whose dependencies are unknown has only its facts confirmed: silence is no answer about dependencies.
    """
    done: list[str] = []
    refused: dict[str, str] = {}
    for code, seen in codes.items():
        try:
            reaffirm(code, aspects, by=by, at=at, seen=seen)
        except (Refused, PermissionDenied) as error:
            refused[code] = getattr(error, "sentence", "") or str(error)
        else:
            done.append(code)
    return done, refused


@transaction.atomic
def change_and_attest(
    code: str, values: Mapping[str, str], *, by: Account, at: datetime, seen: str = "", note: str = ""
) -> Attestation:
    """Correct facts of a system and vouch for them; texts are read as a file's are.

    Values that are as they were make it a reaffirmation. Raises Invalid with a sentence for each wrong field.
    """
    system = answering(code, by)
    unchanged(system, seen, at)
    odd = sorted(set(values) - set(FACTS))
    if odd:
        raise Refused(f"{', '.join(odd)} cannot be changed here; an owner corrects {', '.join(FACTS)}.")
    declared = record_type("inventory.system")
    before = _shown(system)
    columns = [bound(declared, name) for name in values]
    problems: dict[str, str] = {}
    for one in columns:
        _set(system, one, values[one.name], problems)
    if system.lifecycle == Lifecycle.RETIRED and system.retired_on is None:
        system.retired_on = local_day(at)
    if not problems:
        try:
            with entered(SYSTEM):
                # What stays as it was may be hidden from him, such as the owner in another department.
                system.full_clean()
        except ValidationError as error:
            problems |= {
                name if name in values else "": " ".join(texts) for name, texts in error.message_dict.items()
            }
    if problems:
        many = "One field needs" if len(problems) == 1 else f"{len(problems)} fields need"
        raise Invalid(f"{many} correction; nothing was saved.", problems)
    after = _shown(system)
    changed = sorted(name for name in after if before[name] != after[name])
    if not changed:
        return _reaffirmed(system, Aspect.FACTS, by, at, note)
    made = attested(system, Aspect.FACTS, AttestationKind.CHANGED, by, at, note)
    with noted(by=str(by), reason=note or "corrected by its owner", at=at.isoformat()):
        system.attested_on, system.attested_until = made.on, made.until
        system.save()
    told("change and attest", system, by, at, note,
          before={name: before[name] for name in changed}, after={name: after[name] for name in changed})  # fmt: skip
    return made


@transaction.atomic
def attest_dependencies(
    code: str,
    *,
    strengths: Mapping[int, str] | None = None,
    retire: Collection[int] = (),
    add: Sequence[NewDependency] = (),
    by: Account,
    at: datetime,
    seen: str = "",
    note: str = "",
) -> Attestation:
    """Vouch for what a system depends on after correcting the list: new strengths by id, rows that end, new rows."""
    system = answering(code, by)
    unchanged(system, seen, at)
    today = local_day(at)
    rows = {row.pk: row for row in live_dependencies(system, today)}
    unknown = ({*(strengths or {}), *retire}) - set(rows)
    if unknown:
        raise Refused(f"{system.name} has no such dependency any more; look at the list again.")
    person = person_of(by)
    with noted(by=str(by), reason=note or "dependencies confirmed by the owner", at=at.isoformat()):
        changed = _ended(rows, retire, today)
        for pk, strength in (strengths or {}).items():
            if strength not in Strength.values:
                raise Refused(f"“{strength}” is no strength; use {' or '.join(Strength.values)}.")
            if pk not in retire and rows[pk].strength != strength:
                changed.append(f"{rows[pk].pk} {strength}")
                rows[pk].strength = strength
                rows[pk].save(update_fields=["strength"])
        for one in add:
            changed.append(f"+ {_added(system, one, person, today).provider.code}")
        if not live_dependencies(system, today).exists():
            raise Refused(
                f"No dependency of {system.name} is left. If it depends on nothing, say so with the button for that."
            )
        kind = AttestationKind.CHANGED if changed else AttestationKind.REAFFIRMED
        made = attested(system, Aspect.DEPENDENCIES, kind, by, at, note)
        freshen(system, made, today)
    told("attest dependencies", system, by, at, note, after={"kind": made.kind, "changes": changed})
    return made


@transaction.atomic
def attest_none(code: str, *, by: Account, at: datetime, seen: str = "", note: str = "") -> Attestation:
    """Vouch that a system depends on nothing; refused while dependencies are documented."""
    system = answering(code, by)
    unchanged(system, seen, at)
    today = local_day(at)
    count = live_dependencies(system, today).count()
    if count:
        things = "a documented dependency" if count == 1 else f"{count} documented dependencies"
        raise Refused(
            f"{system.name} has {things}; end those that do not hold before you say that there is none."
        )
    made = attested(system, Aspect.DEPENDENCIES, AttestationKind.NONE, by, at, note)
    with noted(by=str(by), reason=note or "depends on nothing", at=at.isoformat()):
        system.none_attested_on, system.none_attested_until = made.on, made.until
        system.save(update_fields=["none_attested_on", "none_attested_until"])
    told("attest none", system, by, at, note, after={"until": made.until.isoformat()})
    return made


@transaction.atomic
def confirm_as_provider(code: str, ids: Collection[int], *, by: Account, at: datetime) -> int:
    """Confirm, for the provider, that others depend on it; return how many rows it was said of."""
    system = answering(code, by)
    today = local_day(at)
    rows = Dependency.objects.filter(alive(today), provider=system, pk__in=list(ids))
    with noted(by=str(by), reason="confirmed by the provider", at=at.isoformat()):
        count = rows.update(confirmed_by=person_of(by), confirmed_on=today)
    if count:
        told("confirm as provider", system, by, at, "", after={"dependencies": sorted(ids)})
    return count


@transaction.atomic
def withdraw(attestation: int, *, reason: str, by: Account, at: datetime) -> Attestation:
    """Take an attestation back: what it said counts no more, and an open campaign asks again."""
    found = Attestation.objects.select_for_update(of=("self",)).filter(pk=attestation).first()
    if found is None:
        raise Refused("There is no such attestation that you may see.")
    system = answering(System.objects.get(pk=found.system_id).code, by)
    if found.withdrawn_at is not None:
        raise Refused(f"It was taken back on {local_day(found.withdrawn_at)} already.")
    if not reason.strip():
        raise Refused("Say why it is taken back.")
    found.withdrawn_at, found.withdrawn_by, found.withdrawn_reason = at, by, reason.strip()[:300]
    found.save(update_fields=["withdrawn_at", "withdrawn_by", "withdrawn_reason"])
    before = (
        Attestation.objects.filter(system=system, aspect=found.aspect, withdrawn_at__isnull=True)
        .order_by("-at", "-pk")
        .first()
    )
    with noted(by=str(by), reason=reason.strip(), at=at.isoformat()):
        _fall_back(system, found, before)
    AttestationRequest.objects.filter(
        system=system, aspect=found.aspect, state=RequestState.ANSWERED, answered_at=found.at,
        campaign__closed_at__isnull=True,
    ).update(state=RequestState.OPEN, answered_at=None)  # fmt: skip
    told(
        "withdraw attestation",
        system,
        by,
        at,
        reason,
        before={"kind": found.kind, "on": found.on.isoformat()},
    )
    return found


def _reaffirmed(system: System, aspect: Aspect, by: Account, at: datetime, note: str) -> Attestation:
    today = local_day(at)
    if aspect == Aspect.FACTS:
        made = attested(system, aspect, AttestationKind.REAFFIRMED, by, at, note)
        with noted(by=str(by), reason=note or "reaffirmed", at=at.isoformat()):
            system.attested_on, system.attested_until = made.on, made.until
            system.save(update_fields=["attested_on", "attested_until"])
    elif live_dependencies(system, today).exists():
        made = attested(system, aspect, AttestationKind.REAFFIRMED, by, at, note)
        with noted(by=str(by), reason=note or "reaffirmed", at=at.isoformat()):
            freshen(system, made, today)
    else:
        raise Refused(
            f"No dependency of {system.name} is documented, so there is nothing to confirm: "
            "list what it depends on, or say that it depends on nothing."
        )
    told("reaffirm", system, by, at, note, after={"aspect": str(aspect), "until": made.until.isoformat()})
    return made


def _fall_back(system: System, taken: Attestation, before: Attestation | None) -> None:
    """Let freshness be what the attestation before says, or nothing."""
    on, until = (before.on, before.until) if before else (None, None)
    if taken.aspect == Aspect.FACTS:
        system.attested_on, system.attested_until = on, until
        system.save(update_fields=["attested_on", "attested_until"])
        return
    was_none = before is not None and before.kind == AttestationKind.NONE
    system.none_attested_on, system.none_attested_until = (on, until) if was_none else (None, None)
    system.save(update_fields=["none_attested_on", "none_attested_until"])
    rows = Dependency.objects.filter(system=system, attested_on=taken.on)
    if before is None or was_none:
        rows.update(attested_by=None, attested_on=None, attested_until=None)
    else:
        rows.update(attested_by=before.person, attested_on=on, attested_until=until)


def _ended(rows: Mapping[int, Dependency], retire: Collection[int], today: date) -> list[str]:
    Dependency.objects.filter(pk__in=list(retire)).update(retired_on=today)
    return [f"- {rows[pk].pk}" for pk in sorted(retire)]


def _added(system: System, new: NewDependency, person: Any, today: date) -> Dependency:
    provider = System.objects.filter(code=new.provider).first()
    if provider is None:
        raise Refused(f"There is no system {new.provider} that you may see; check the code.")
    if new.strength not in Strength.values:
        raise Refused(f"“{new.strength}” is no strength; use {' or '.join(Strength.values)}.")
    if provider.pk == system.pk:
        raise Refused("A system cannot depend on itself; name the other system.")
    if provider.lifecycle == Lifecycle.RETIRED:
        raise Refused(f"{provider.name} is retired since {provider.retired_on}; nothing can depend on it.")
    fields = {
        "strength": new.strength, "group": new.group.strip(), "min_up": new.min_up, "note": new.note.strip(),
        "source": DependencySource.ATTESTED, "confidence": Confidence.HIGH, "retired_on": None,
    }  # fmt: skip
    row = Dependency.objects.filter(
        system=system, provider=provider, component__isnull=True, provider_component__isnull=True
    ).first()
    if row is not None and (row.retired_on is None or row.retired_on > today):
        raise Refused(f"{system.name} depends on {provider.name} already.")
    if row is None:
        return Dependency.objects.create(system=system, provider=provider, attested_by=person, **fields)
    for name, value in fields.items():
        setattr(row, name, value)
    row.save(update_fields=list(fields))
    return row


def _set(system: System, one: Bound, text: str, problems: dict[str, str]) -> None:
    import polars as pl

    series = pl.Series(one.name, [text.replace("\r\n", "\n") or None], dtype=pl.String)
    read, faults = read_column(one, series, zone=settings.TIME_ZONE)
    if faults:
        problems[one.name] = faults[0].sentence(text)
        return
    value = read[0]
    if one.kind == REFERENCE and value is not None:
        target = one.related._default_manager.filter(**{one.target: value}).first()
        if target is None:
            problems[one.name] = (
                f"There is no {one.related._meta.verbose_name} with the code “{value}”; correct the {one.name}."
            )
            return
        value = target
    setattr(system, one.field.name, value)


def _shown(system: System) -> dict[str, Any]:
    with entered(SYSTEM):
        return shown_values(record_type("inventory.system"), system)
