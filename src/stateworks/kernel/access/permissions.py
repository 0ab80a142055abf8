"""What each role may do, as one table, and the questions to ask of it.

A grant gives a role at an organization and everything below it. What somebody sees follows from having any grant there
(see `scope`); what somebody may do follows from this table.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied
from django.db import connection

from stateworks.kernel.access.models import Account, Role
from stateworks.kernel.org.models import Organization

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser


@dataclass(frozen=True)
class Right:
    """One thing that can be done, in words that follow “may not”, and the roles that may do it."""

    name: str
    words: str
    roles: tuple[Role, ...]


_ADMINISTRATOR, _PLANNER, _STEWARD, _OWNER = Role.ADMINISTRATOR, Role.PLANNER, Role.DATA_STEWARD, Role.OWNER
_APPROVER, _LIAISON, _AUDITOR = Role.APPROVER, Role.AGENCY_LIAISON, Role.AUDITOR

RIGHTS: dict[str, Right] = {
    right.name: right
    for right in (
        Right("accounts.manage", "make accounts and give roles", (_ADMINISTRATOR,)),
        Right("audit.read", "read the audit record", (_AUDITOR, _ADMINISTRATOR)),
        Right("records.change", "change records", (_STEWARD, _ADMINISTRATOR)),
        Right("data.import", "load data", (_STEWARD, _ADMINISTRATOR)),
        Right("data.quarantine", "see and dismiss refused rows", (_STEWARD, _ADMINISTRATOR)),
        Right("data.see_refused", "see refused rows", (_STEWARD, _ADMINISTRATOR, _AUDITOR)),
        Right("plan.change", "import, correct and load plans", (_PLANNER, _ADMINISTRATOR)),
        Right("indicators.run", "compute indicators", (_PLANNER, _STEWARD, _ADMINISTRATOR)),
        Right("values.report", "report values", (_OWNER, _STEWARD, _PLANNER)),
        Right("values.explain", "write a note on a missed goal", (_OWNER, _PLANNER)),
        Right("values.prepare", "prepare values for sign-off", (_OWNER, _STEWARD, _PLANNER)),
        Right("values.approve", "approve values for publication", (_APPROVER,)),
        Right("milestones.report", "report on milestones", (_OWNER, _PLANNER)),
        Right("milestones.confirm", "confirm that a milestone is done", (_APPROVER, _PLANNER)),
        Right("checkins.make", "check in on initiatives", (_OWNER, _PLANNER)),
        Right("rows.see", "see the rows behind a value", (
            _ADMINISTRATOR, _PLANNER, _STEWARD, _OWNER, _APPROVER, _LIAISON, _AUDITOR,
        )),
    )
}  # fmt: skip


def register_rights(*rights: Right) -> None:
    """Add a module's own rights to the table; a name that means something else already is a mistake of the program."""
    for right in rights:
        if RIGHTS.get(right.name, right) != right:
            raise ValueError(f"The right {right.name} is declared twice, differently.")
        RIGHTS[right.name] = right


def may(account: Account | AnonymousUser | None, roles: Role | str | Iterable[Role | str],
        organization: Organization | None = None) -> bool:  # fmt: skip
    """Tell whether an account holds one of the roles today at the organization or above it.

    Without an organization the role must be held for the whole state. Somebody signed out or deactivated holds none.
    """
    if account is None or account.pk is None:
        return False
    wanted = [str(roles)] if isinstance(roles, str) else [str(role) for role in roles]
    with connection.cursor() as cursor:
        # Asked of the database's own function, so that the answer does not depend on whose scope was entered.
        if organization is None:
            cursor.execute("SELECT access_role_statewide(%s, %s::text[])", [account.pk, wanted])
        else:
            cursor.execute("SELECT access_role_at(%s, %s::text[], %s)", [account.pk, wanted, organization.pk])
        return bool(cursor.fetchone()[0])


def may_anywhere(account: Account | AnonymousUser | None, roles: Role | str | Iterable[Role | str]) -> bool:
    """Tell whether an account holds one of the roles at any organization: for menus, never for a decision on a row."""
    if account is None or account.pk is None:
        return False
    wanted = [str(roles)] if isinstance(roles, str) else [str(role) for role in roles]
    with connection.cursor() as cursor:
        cursor.execute("SELECT access_role_anywhere(%s, %s::text[])", [account.pk, wanted])
        return bool(cursor.fetchone()[0])


def allowed(
    account: Account | AnonymousUser | None, right: str, organization: Organization | None = None
) -> bool:
    """Tell whether an account has a right of the table above at the organization, or for the whole state."""
    return may(account, RIGHTS[right].roles, organization)


def require(by: Account | None, right: str, organization: Organization | None = None) -> None:
    """Let the verb go on, or raise PermissionDenied with a sentence.

    `by` None is the system, and only inside a system scope: a visitor who is not signed in is None too, and has none.
    """
    if by is None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT access_sees_everything()")
            if cursor.fetchone()[0]:
                return
        raise PermissionDenied(f"Sign in to {RIGHTS[right].words}.")
    if not allowed(by, right, organization):
        where = f"for {organization.name}" if organization is not None else "for the whole state"
        names = " or ".join(role.label.lower() for role in RIGHTS[right].roles)
        raise PermissionDenied(f"{by} may not {RIGHTS[right].words} {where}; that takes the role {names}.")


def organizations_where(account: Account, right: str) -> list[int]:
    """Return the ids of the organizations at which an account has a right: for checking many rows at once."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT c.descendant_id FROM access_lasting_grants(%s) g "
            "JOIN org_organizationclosure c ON c.ancestor_id = g.organization_id WHERE g.role = ANY (%s::text[])",
            [account.pk, [str(role) for role in RIGHTS[right].roles]],
        )
        return [row[0] for row in cursor.fetchall()]
