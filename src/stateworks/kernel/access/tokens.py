"""Service tokens: what a program shows to the API instead of signing in.

A token reads `sw_PUBLIC_SECRET`. It acts as an account of its own with one role at one organization, so that row scope,
rights and audit record hold for it as for everybody; what it reads can be narrowed further to some datasets.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction

from stateworks.kernel.access import audit
from stateworks.kernel.access.models import Account, Grant, Role, ServiceToken
from stateworks.kernel.access.permissions import require
from stateworks.kernel.access.scope import SYSTEM, entered
from stateworks.kernel.errors import Refused
from stateworks.kernel.org.models import Organization

DAYS = 90
"""How long a token lasts when nobody says."""
#: Roles that a program may hold: it neither gives roles nor signs figures.
ROLES: tuple[Role, ...] = (Role.AGENCY_LIAISON, Role.AUDITOR, Role.DATA_STEWARD, Role.OWNER, Role.PLANNER)
#: How exactly the last use is remembered: not every request needs to write.
GRAIN = timedelta(minutes=1)


def issue(
    name: str,
    role: Role | str,
    organization: Organization,
    *,
    writes: bool = False,
    datasets: Sequence[str] = (),
    days: int = DAYS,
    by: Account | None,
    at: datetime,
) -> tuple[ServiceToken, str]:
    """Make a token and return it with its text, which is shown this once and can never be had again."""
    require(by, "accounts.manage")
    name = " ".join(name.split())
    if not name or len(name) > 120:
        raise Refused("Give the token a name of at most 120 characters that says which program uses it.")
    if role not in ROLES:
        raise Refused(f"A program cannot hold the role “{role}”; it can be {', '.join(ROLES)}.")
    if not 1 <= days <= 365:
        raise Refused(f"A token lasts from 1 to 365 days, not {days}.")
    live = ServiceToken.objects.filter(name__iexact=name, revoked_at=None, expires_at__gt=at)
    if live.exists():
        raise Refused(f"There is a token “{name}” in use; revoke it first, or choose another name.")
    public, secret = secrets.token_hex(6), secrets.token_urlsafe(32)
    ends = at + timedelta(days=days)
    with transaction.atomic():
        account = Account.objects.create_user(f"token-{public}@service.invalid", name=name, is_service=True)
        Grant.objects.create(
            account=account, role=role, organization=organization, since=_day(at), until=_day(ends)
        )
        token = ServiceToken.objects.create(
            account=account, name=name, public=public, digest=digest(secret), reads_only=not writes,
            datasets=sorted(set(datasets)), made_by=by, made_at=at, expires_at=ends,
        )  # fmt: skip
        audit.record(
            "make token", f"token {name}", by=by, at=at,
            after={"token": public, "role": str(role), "organization": organization.code, "writes": writes,
                   "datasets": token.datasets, "until": str(_day(ends))},
        )  # fmt: skip
    return token, f"sw_{public}_{secret}"


def revoke_token(token: ServiceToken, *, reason: str = "", by: Account | None, at: datetime) -> None:
    """Let a token open nothing from now on; its account is closed with it."""
    require(by, "accounts.manage")
    with transaction.atomic():
        changed = ServiceToken.objects.filter(pk=token.pk, revoked_at=None).update(revoked_at=at)
        if not changed:
            raise Refused(f"The token “{token.name}” was revoked already.")
        Account.objects.filter(pk=token.account_id).update(is_active=False)
        audit.record(
            "revoke token", f"token {token.name}", by=by, at=at, reason=reason, before={"token": token.public}
        )
    token.refresh_from_db()


def token_of(text: str, *, address: str, at: datetime) -> ServiceToken | None:
    """Return the token that a text is, or None where it is wrong, expired or revoked; its use is noted.

    The first use of a day goes into the audit record, with the network address.
    """
    prefix, _, rest = text.partition("_")
    public, _, secret = rest.partition("_")
    with entered(SYSTEM):
        token = ServiceToken.objects.select_related("account").filter(public=public).first()
        # Compared even where there is no such token, so that the answer takes as long.
        right = hmac.compare_digest(token.digest if token else digest(""), digest(secret))
        if token is None or not right or prefix != "sw" or not secret:
            return None
        if token.revoked_at is not None or token.expires_at <= at or not token.account.is_active:
            return None
        before = token.last_used_at
        if before is None or at - before >= GRAIN:
            ServiceToken.objects.filter(pk=token.pk).update(last_used_at=at)
        if before is None or _day(before) != _day(at):
            audit.record(
                "use token", f"token {token.name}", by=token.account, at=at, after={"address": address}
            )
    return token


def digest(secret: str) -> str:
    """Return what is kept of a secret."""
    return hashlib.sha256(secret.encode()).hexdigest()


def _day(at: datetime) -> date:
    return at.astimezone(ZoneInfo(settings.TIME_ZONE)).date()
