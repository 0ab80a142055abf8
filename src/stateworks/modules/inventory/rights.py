"""What may be done with the inventory beyond reading it, and by whom."""

from __future__ import annotations

from stateworks.kernel.access.models import Role
from stateworks.kernel.access.permissions import Right, register_rights

_KEEPERS = (Role.OWNER, Role.DATA_STEWARD, Role.ADMINISTRATOR)

register_rights(
    Right("inventory.attest", "vouch for systems and their dependencies", _KEEPERS),
    Right("outages.declare", "declare outages", (*_KEEPERS, Role.PLANNER)),
    Right(
        "outages.decide", "say which systems an outage hit", (*_KEEPERS, Role.PLANNER, Role.AGENCY_LIAISON)
    ),
    Right("outages.confirm", "confirm the list of systems that an outage hit", _KEEPERS),
    Right("findings.except", "excuse findings", (Role.APPROVER, Role.ADMINISTRATOR)),
    Right(
        "rationalization.decide",
        "decide what becomes of systems",
        (Role.PLANNER, Role.APPROVER, Role.ADMINISTRATOR),
    ),
)
