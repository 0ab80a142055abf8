"""Watching systems: what was found on the checklist, and what is onboarded to a monitoring tool."""

from __future__ import annotations

import csv
from datetime import date, datetime, timedelta
from pathlib import Path

from django.db import transaction

from stateworks.kernel.access import audit
from stateworks.kernel.access.models import Account
from stateworks.kernel.access.permissions import require
from stateworks.kernel.errors import Refused
from stateworks.kernel.history import noted
from stateworks.kernel.plans.load import local_day
from stateworks.modules.inventory.attesting import person_of
from stateworks.modules.inventory.models import Check, CheckItem, CheckState, Monitor, MonitoringTool, System

BUNDLED = Path(__file__).parents[1] / "defaults" / "check_item.csv"
VALID_DAYS = 365
"""How long what was found counts; then somebody looks again."""


@transaction.atomic
def record_check(code: str, item: str, state: str, *, evidence: str = "", by: Account, at: datetime) -> Check:
    """Write down what was found for one point of the checklist; it counts for a year."""
    system = _system(code, by)
    point = CheckItem.objects.filter(code=item).first()
    today = local_day(at)
    if point is None or (point.retired_on is not None and point.retired_on <= today):
        raise Refused(f"The checklist has no point {item}.")
    if state not in CheckState.values:
        raise Refused(f"“{state}” is none of {', '.join(CheckState.values)}.")
    if state == CheckState.PASSED and not evidence.strip():
        raise Refused(f"“{point.name}”: say where it can be seen, such as the address of the alert.")
    if state == CheckState.NOT_APPLICABLE and not evidence.strip():
        raise Refused(f"“{point.name}”: say why it does not apply.")
    before = Check.objects.filter(system=system, item=point).values("state", "evidence").first()
    fields = {
        "state": state, "checked_on": today, "valid_until": today + timedelta(days=VALID_DAYS),
        "checked_by": person_of(by), "evidence": evidence.strip()[:400],
    }  # fmt: skip
    with noted(by=str(by), reason="looked at", at=at.isoformat()):
        made, _ = Check.objects.update_or_create(system=system, item=point, defaults=fields)
    audit.record(
        "record check", f"inventory.check {code} {item}", by=by, at=at, before=before,
        after={"state": state, "evidence": made.evidence},
    )  # fmt: skip
    return made


@transaction.atomic
def onboard(
    code: str, tool: str, entity: str, *, name: str = "", on: date | None = None, by: Account, at: datetime
) -> Monitor:
    """Note that a tool watches a system, by the tool's own id; what was offboarded before is watched again."""
    system = _system(code, by)
    found = MonitoringTool.objects.filter(code=tool).first()
    today = local_day(at)
    day = on or today
    if found is None:
        raise Refused(f"There is no monitoring tool {tool}; check the code.")
    if not entity.strip():
        raise Refused("Write the tool's own id of what it watches.")
    if day > today:
        raise Refused(f"{day} is in the future; note it once it is watched.")
    row = Monitor.objects.filter(tool=found, entity=entity.strip()).first()
    if row is not None and row.system_id != system.pk:
        raise Refused(f"{found.name} knows {entity.strip()} as another system; offboard it there first.")
    if row is not None and row.offboarded_on is None:
        raise Refused(f"{found.name} watches {entity.strip()} since {row.onboarded_on} already.")
    row = row or Monitor(system=system, tool=found, entity=entity.strip())
    row.name, row.onboarded_on, row.offboarded_on = name.strip()[:200] or row.name, day, None
    with noted(by=str(by), reason="onboarded", at=at.isoformat()):
        row.save()
    audit.record(
        "onboard",
        f"inventory.monitor {tool} {row.entity}",
        by=by,
        at=at,
        after={"system": code, "on": day.isoformat()},
    )
    return row


@transaction.atomic
def offboard(monitor: int, *, reason: str, on: date | None = None, by: Account, at: datetime) -> Monitor:
    """Note that a tool no longer watches something, and why."""
    row = (
        Monitor.objects.select_for_update(of=("self",))
        .select_related("tool", "system")
        .filter(pk=monitor)
        .first()
    )
    if row is None:
        raise Refused("There is no such monitor that you may see.")
    _system(row.system.code, by)
    day = on or local_day(at)
    if row.offboarded_on is not None:
        raise Refused(f"It was offboarded on {row.offboarded_on} already.")
    if not reason.strip():
        raise Refused("Say why it is no longer watched.")
    if day < row.onboarded_on:
        raise Refused(f"It is watched since {row.onboarded_on}; it cannot end before that.")
    row.offboarded_on = day
    with noted(by=str(by), reason=reason.strip(), at=at.isoformat()):
        row.save(update_fields=["offboarded_on"])
    audit.record(
        "offboard", f"inventory.monitor {row.tool.code} {row.entity}", by=by, at=at, reason=reason.strip(),
        after={"on": day.isoformat()},
    )  # fmt: skip
    return row


def load_checklist(*, by: Account | None, at: datetime) -> int:
    """Add the bundled points of the checklist that are not there yet; those that are stay as they are."""
    added = 0
    with transaction.atomic(), BUNDLED.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            fields = {
                "name": row["name"], "help": row["help"], "required": row["required"] == "true", "order": int(row["order"]),
            }  # fmt: skip
            _, new = CheckItem.objects.get_or_create(code=row["code"], defaults=fields)
            added += new
        if added:
            audit.record("load checklist", "inventory.check_item", by=by, at=at, after={"added": added})
    return added


def _system(code: str, by: Account) -> System:
    system = System.objects.select_related("organization").filter(code=code).first()
    if system is None:
        raise Refused(f"There is no system {code} that you may see; check the code.")
    require(by, "inventory.attest", system.organization)
    return system
