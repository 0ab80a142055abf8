"""Judging systems and deciding what becomes of them."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction

from stateworks.kernel.access import audit
from stateworks.kernel.access.models import Account
from stateworks.kernel.access.permissions import require
from stateworks.kernel.errors import Refused
from stateworks.kernel.history import noted
from stateworks.kernel.plans.load import local_day
from stateworks.modules.inventory.models import Disposition, Lifecycle, Rationalization, System
from stateworks.modules.inventory.rationalizing import proposed


@transaction.atomic
def assess(
    code: str,
    *,
    value: int | None,
    fitness: int | None,
    risk: int | None = None,
    annual_cost_cents: int | None = None,
    by: Account,
    at: datetime,
) -> Rationalization:
    """Judge a system today; what is proposed follows by the rule. A second time on one day replaces the first."""
    system = _system(code, by)
    for name, grade in (("value", value), ("fitness", fitness), ("risk", risk)):
        if grade is not None and not 1 <= grade <= 5:
            raise Refused(f"The {name} is a grade from 1 to 5, not {grade}.")
    if value is None or fitness is None:
        raise Refused("Give a grade for value and one for fitness; without both nothing can be proposed.")
    if annual_cost_cents is not None and annual_cost_cents < 0:
        raise Refused("A cost is not negative.")
    today = local_day(at)
    row = Rationalization.objects.filter(system=system, assessed_on=today).first()
    if row is not None and row.decided:
        raise Refused(
            f"It was decided today already: {row.get_decided_display().lower()}. Judge it anew on another day."
        )
    row = row or Rationalization(system=system, assessed_on=today)
    row.value, row.fitness, row.risk, row.annual_cost_cents = value, fitness, risk, annual_cost_cents
    row.proposed = proposed(value, fitness)
    with noted(by=str(by), reason="judged", at=at.isoformat()):
        row.save()
    audit.record(
        "assess", f"inventory.rationalization {code} {today}", by=by, at=at,
        after={"value": value, "fitness": fitness, "risk": risk, "proposed": row.proposed},
    )  # fmt: skip
    return row


@transaction.atomic
def decide(
    code: str,
    *,
    decided: str,
    reason: str,
    target_on: date | None = None,
    successor: str = "",
    by: Account,
    at: datetime,
) -> Rationalization:
    """Decide what becomes of a system, on its newest assessment; another way than the proposed one is fine, with a reason."""
    system = _system(code, by)
    row = Rationalization.objects.select_for_update().filter(system=system).order_by("-assessed_on").first()
    if row is None:
        raise Refused(f"{system.name} has not been judged yet; grade its value and fitness first.")
    if decided not in Disposition.values:
        raise Refused(f"“{decided}” is no disposition; use one of {', '.join(Disposition.values)}.")
    if not reason.strip():
        raise Refused("A decision needs its reason.")
    today = local_day(at)
    if target_on is not None and target_on < today:
        raise Refused(f"{target_on} is past; the day by which it is to be so is a later one.")
    heir = None
    if successor.strip():
        heir = System.objects.filter(code=successor.strip()).first()
        if heir is None:
            raise Refused(
                f"There is no system {successor} that you may see; check the code of the successor."
            )
        if heir.pk == system.pk:
            raise Refused("A system cannot take over from itself; name another.")
        if heir.lifecycle == Lifecycle.RETIRED:
            raise Refused(f"{heir.name} is retired; it cannot take over.")
    before = {"decided": row.decided, "reason": row.reason} if row.decided else None
    row.decided, row.decided_on, row.decided_by, row.reason = decided, today, by, reason.strip()
    row.target_on, row.successor = target_on, heir
    with noted(by=str(by), reason=reason.strip(), at=at.isoformat()):
        row.save()
    audit.record(
        "decide disposition", f"inventory.rationalization {code} {row.assessed_on}", by=by, at=at, reason=reason.strip(),
        before=before, after={"decided": decided, "target_on": target_on.isoformat() if target_on else None,
                              "successor": heir.code if heir else None},
    )  # fmt: skip
    return row


def _system(code: str, by: Account) -> System:
    system = System.objects.select_related("organization").filter(code=code).first()
    if system is None:
        raise Refused(f"There is no system {code} that you may see; check the code.")
    require(by, "rationalization.decide", system.organization)
    return system
