"""What people do with findings: excuse one until a day, take the excuse back, and have a mended one looked at again."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.db import transaction

from stateworks.kernel.access import audit
from stateworks.kernel.access.models import Account
from stateworks.kernel.access.permissions import require
from stateworks.kernel.errors import Refused
from stateworks.kernel.history import noted
from stateworks.kernel.plans.load import local_day
from stateworks.modules.inventory.models import Finding, FindingException, FindingState
from stateworks.modules.inventory.rules import recheck

LONGEST = 365
"""No exception lasts longer than so many days: then somebody looks again."""


@transaction.atomic
def except_finding(
    finding: int, *, reason: str, expires_on: date, by: Account, at: datetime
) -> FindingException:
    """Excuse a finding until a day, at most a year ahead; then it is open again."""
    found = _locked(finding)
    require(by, "findings.except", found.system.organization)
    today = local_day(at)
    if found.state == FindingState.MENDED:
        raise Refused(f"It was mended on {found.mended_on}; there is nothing to excuse.")
    if not reason.strip():
        raise Refused("An exception needs a reason: why it is acceptable until then.")
    if expires_on <= today:
        raise Refused(f"{expires_on} is not in the future; an exception lasts until a later day.")
    if expires_on > today + timedelta(days=LONGEST):
        raise Refused(
            f"{expires_on} is more than a year ahead; the last day can be {today + timedelta(days=LONGEST)}."
        )
    made = FindingException.objects.create(
        finding=found, reason=reason.strip(), approved_by=by, approved_at=at, expires_on=expires_on
    )
    with noted(by=str(by), reason=reason.strip(), at=at.isoformat()):
        found.state = FindingState.EXCEPTED
        found.save(update_fields=["state"])
    _told("except finding", found, by, at, reason, {"expires_on": expires_on.isoformat()})
    return made


@transaction.atomic
def end_exception(finding: int, *, reason: str, by: Account, at: datetime) -> Finding:
    """Take an exception back: the finding is open again at once, with its days to mend it."""
    found = _locked(finding)
    require(by, "findings.except", found.system.organization)
    if found.state != FindingState.EXCEPTED:
        raise Refused("It is not excused.")
    if not reason.strip():
        raise Refused("Say why the exception ends.")
    today = local_day(at)
    found.exceptions.filter(expires_on__gte=today).update(expires_on=today - timedelta(days=1))
    with noted(by=str(by), reason=reason.strip(), at=at.isoformat()):
        found.state, found.due_on = FindingState.OPEN, today + timedelta(days=found.rule.due_days)
        found.save(update_fields=["state", "due_on"])
    _told("end exception", found, by, at, reason, {})
    return found


@transaction.atomic
def check_again(finding: int, *, by: Account, at: datetime) -> bool:
    """Look whether a finding is mended, and close it if so; return whether it is. Nobody can declare it mended."""
    found = _locked(finding)
    if found.state == FindingState.MENDED:
        return True
    today = local_day(at)
    if recheck(found, today=today):
        return False
    with noted(by=str(by), reason="checked again", at=at.isoformat()):
        found.state, found.mended_on = FindingState.MENDED, today
        found.save(update_fields=["state", "mended_on"])
    _told("mend finding", found, by, at, "", {"mended_on": today.isoformat()})
    return True


def _locked(finding: int) -> Finding:
    found = (
        Finding.objects.select_for_update(of=("self",))
        .select_related("rule", "system__organization")
        .filter(pk=finding)
        .first()
    )
    if found is None:
        raise Refused("There is no such finding that you may see.")
    return found


def _told(verb: str, found: Finding, by: Account, at: datetime, reason: str, after: dict[str, str]) -> None:
    audit.record(
        verb, f"inventory.finding {found.rule.code} {found.system.code} {found.subject}".strip(),
        by=by, at=at, reason=reason.strip(), after=after or None,
    )  # fmt: skip
