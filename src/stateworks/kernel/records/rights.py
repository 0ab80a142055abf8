"""Who may change which rows of a record type: the type's own right, at the organization a row belongs to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied
from django.db.models import Model

from stateworks.kernel.access.permissions import RIGHTS, allowed, may_anywhere
from stateworks.kernel.org.models import Organization
from stateworks.kernel.records.types import RecordType

if TYPE_CHECKING:
    from stateworks.kernel.access.models import Account


def organization_of(declared: RecordType, record: Model) -> Organization | None:
    """Return the organization a record belongs to; None for the office's own."""
    if declared.organization is None:
        return None
    found: object = record
    for step in declared.organization.split("__"):
        found = getattr(found, step, None)
    return found if isinstance(found, Organization) else None


def may_change(declared: RecordType, account: Account | None, record: Model) -> bool:
    """Tell whether an account may change a record."""
    return account is not None and allowed(account, declared.change, organization_of(declared, record))


def may_change_some(declared: RecordType, account: Account | None) -> bool:
    """Tell whether an account may change any record of the type: for what a page offers, never for a decision on a row."""
    if account is None:
        return False
    if declared.organization is None:
        return allowed(account, declared.change)
    return may_anywhere(account, RIGHTS[declared.change].roles)


def require_some(declared: RecordType, account: Account | None) -> Account:
    """Return the account if it may change records of the type somewhere, or raise PermissionDenied with a sentence."""
    if account is None:
        raise PermissionDenied("Sign in first.")
    if not may_change_some(declared, account):
        right = RIGHTS[declared.change]
        names = " or ".join(role.label.lower() for role in right.roles)
        where = " for the whole state" if declared.organization is None else ""
        raise PermissionDenied(f"You may not {right.words}{where}; that takes the role {names}.")
    return account
