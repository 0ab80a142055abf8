"""Break glass: a way in for an emergency, given by the command, that works once, shortly, and in sight of all administrators."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import QuerySet

from stateworks.kernel.access import audit
from stateworks.kernel.access.models import Account, BreakGlass, Role
from stateworks.kernel.access.permissions import may
from stateworks.kernel.access.scope import SYSTEM, entered
from stateworks.kernel.access.tokens import digest
from stateworks.kernel.errors import Refused
from stateworks.kernel.org.models import OrganizationKind

LASTS = timedelta(minutes=15)
"""How long the link can be opened."""
SESSION = timedelta(hours=1)
"""How long its session lasts."""
SHOWN = timedelta(days=30)
"""How long administrators see that it was made."""


def break_glass(account: Account, *, reason: str, made_by: str, at: datetime) -> tuple[BreakGlass, str]:
    """Make a link's secret for an administrator who cannot sign in otherwise; only the command does this.

    `made_by` is the operating system account that asks. Earlier links of the same account stop working.
    """
    if not reason.strip():
        raise Refused("Say why with --reason; every administrator will read it.")
    if not account.is_active or account.is_service:
        raise Refused(f"{account.email} is closed or stands for a program; name an administrator's account.")
    if not may(account, Role.ADMINISTRATOR):
        raise Refused(
            f"{account.email} is no administrator of the whole state; "
            f"give the role first: `stateworks account grant {account.email} administrator`."
        )
    secret = secrets.token_urlsafe(32)
    with entered(SYSTEM):
        BreakGlass.objects.filter(account=account, used_at=None, expires_at__gt=at).update(expires_at=at)
        made = BreakGlass.objects.create(
            account=account, digest=digest(secret), reason=reason.strip(), made_at=at, made_by=made_by[:120],
            expires_at=at + LASTS,
        )  # fmt: skip
        audit.record(
            "break glass", f"account {account.email}", by=None, at=at, reason=made.reason,
            after={"made by": made.made_by, "until": made.expires_at.isoformat()},
        )  # fmt: skip
    return made, secret


def waiting(secret: str, *, at: datetime) -> BreakGlass | None:
    """Return the link that a secret opens, or None where it was used, is too old or never was."""
    with entered(SYSTEM):
        return (
            BreakGlass.objects.select_related("account")
            .filter(digest=digest(secret), used_at=None, expires_at__gt=at, account__is_active=True)
            .first()
        )


def use(secret: str, *, address: str, at: datetime) -> Account | None:
    """Take the link's one use and return its account, or None where it does not open any more."""
    with entered(SYSTEM), transaction.atomic():
        found = waiting(secret, at=at)
        if found is None:
            return None
        # One of two that come at once is too late.
        taken = BreakGlass.objects.filter(pk=found.pk, used_at=None).update(
            used_at=at, used_from=address[:60]
        )
        if not taken:
            return None
        audit.record(
            "use break glass", f"account {found.account.email}", by=found.account, at=at, reason=found.reason,
            after={"address": address},
        )  # fmt: skip
    return found.account


def lately(at: datetime) -> QuerySet[BreakGlass]:
    """Return the links of the last weeks, newest first, as far as the scope sees them."""
    return BreakGlass.objects.select_related("account").filter(made_at__gt=at - SHOWN)


def administrators(at: datetime) -> list[str]:
    """Return the addresses of all who administer the whole state: they are told."""
    with entered(SYSTEM):
        held = Account.objects.filter(
            is_active=True, is_service=False, grants__role=Role.ADMINISTRATOR,
            grants__organization__kind=OrganizationKind.STATE,
        ).order_by("email").distinct()  # fmt: skip
        return [one.email for one in held if may(one, Role.ADMINISTRATOR)]
