"""What administrators do: make accounts, give roles and take them back; each with its entry in the audit record."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction

from stateworks.kernel.access import audit
from stateworks.kernel.access.models import Account, Grant, Role
from stateworks.kernel.access.permissions import require
from stateworks.kernel.access.scope import SYSTEM, entered
from stateworks.kernel.access.sessions import end_sessions
from stateworks.kernel.errors import Refused
from stateworks.kernel.org.models import Organization, OrganizationKind, Person


def create_account(
    email: str,
    *,
    name: str = "",
    password: str | None = None,
    person: Person | None = None,
    by: Account | None,
    at: datetime,
) -> Account:
    """Make an account that can sign in once it has a password, and see and do something once it has a grant."""
    require(by, "accounts.manage")
    email = email.strip().lower()
    try:
        validate_email(email)
    except ValidationError:
        raise Refused(f"“{email}” is no e-mail address; write it as name@example.gov.") from None
    if Account.objects.filter(email=email).exists():
        raise Refused(f"There is an account {email} already; give it the role it lacks.")
    check_password(password, Account(email=email, name=name))
    with transaction.atomic():
        account = Account.objects.create_user(email, password, name=name, person=person)
        audit.record("create account", f"account {email}", by=by, at=at, after={"name": name})
    return account


def set_password(account: Account, password: str, *, by: Account | None, at: datetime) -> None:
    """Give an account a new password; its sessions elsewhere end with the old one."""
    if by is None or by.pk != account.pk:
        require(by, "accounts.manage")
    check_password(password, account)
    with transaction.atomic():
        account.set_password(password)
        account.save(update_fields=["password"])
        audit.record("set password", f"account {account.email}", by=by, at=at)


def deactivate_account(account: Account, *, reason: str, by: Account | None, at: datetime) -> None:
    """Let nobody sign in to an account any more, and end its sessions; what it did stays on record."""
    require(by, "accounts.manage")
    with transaction.atomic():
        _keep_an_administrator(account)
        account.is_active = False
        # A session of today must not wake up when the account is opened again.
        account.session_stamp += 1
        account.save(update_fields=["is_active", "session_stamp"])
        audit.record("deactivate account", f"account {account.email}", by=by, at=at, reason=reason)


def reactivate_account(account: Account, *, reason: str, by: Account | None, at: datetime) -> None:
    """Let a closed account sign in again, with the roles that it still holds."""
    require(by, "accounts.manage")
    if account.is_service:
        raise Refused("A revoked token stays revoked; make a new one.")
    with transaction.atomic():
        account.is_active = True
        account.save(update_fields=["is_active"])
        audit.record("reactivate account", f"account {account.email}", by=by, at=at, reason=reason)


def forget_second_factor(account: Account, *, reason: str, by: Account | None, at: datetime) -> int:
    """Remove the authenticator app, passkeys and recovery codes of somebody who lost them, and end the sessions.

    Returns how many were removed. Where the roles ask for a second factor, the next sign-in leads to setting one up.
    """
    from allauth.mfa.models import Authenticator

    require(by, "accounts.manage")
    with transaction.atomic():
        held = Authenticator.objects.filter(user=account)
        kinds = sorted(held.values_list("type", flat=True))
        held.delete()
        audit.record(
            "forget second factor",
            f"account {account.email}",
            by=by,
            at=at,
            reason=reason,
            before={"held": kinds},
        )
        end_sessions(account, reason=reason, by=by, at=at)
    return len(kinds)


def forget_identity(account: Account, *, reason: str, by: Account | None, at: datetime) -> int:
    """Forget which identity of the provider the account belongs to: the next one with its e-mail address is taken."""
    from allauth.socialaccount.models import SocialAccount

    require(by, "accounts.manage")
    with transaction.atomic():
        known = SocialAccount.objects.filter(user=account)
        before = {"identities": [f"{one.provider} {one.uid}" for one in known]}
        known.delete()
        audit.record(
            "forget identity", f"account {account.email}", by=by, at=at, reason=reason, before=before
        )
        end_sessions(account, reason=reason, by=by, at=at)
    return len(before["identities"])


def grant(
    account: Account,
    role: Role | str,
    organization: Organization,
    *,
    since: date | None = None,
    until: date | None = None,
    reason: str = "",
    by: Account | None,
    at: datetime,
) -> Grant:
    """Give an account a role at an organization and everything below it, from a day (today) until a day (while it lasts)."""
    require(by, "accounts.manage", organization)
    if role not in Role.values:
        raise Refused(f"“{role}” is no role; the roles are {', '.join(Role.values)}.")
    since = since or _today(at)
    if until is not None and until < since:
        raise Refused(f"The role would end on {until}, before it begins on {since}; correct the dates.")
    with transaction.atomic():
        # Two administrators at once must not give the same role twice.
        Account.objects.select_for_update().get(pk=account.pk)
        lasting = Grant.objects.filter(account=account, role=role, organization=organization, until=None)
        if lasting.exists() and until is None:
            raise Refused(f"{account} is {Role(role).label.lower()} of {organization} already.")
        made = Grant.objects.create(
            account=account, role=role, organization=organization, since=since, until=until
        )
        audit.record(
            "grant", f"account {account.email}", by=by, at=at, reason=reason,
            after={"role": str(role), "organization": organization.code, "since": str(since), "until": str(until or "")},
        )  # fmt: skip
    return made


def revoke(held: Grant, *, reason: str = "", by: Account | None, at: datetime) -> None:
    """Take a role back: yesterday was its last day. What was done with it stays on record."""
    require(by, "accounts.manage", held.organization)
    today = _today(at)
    with transaction.atomic():
        if held.role == Role.ADMINISTRATOR and held.organization.kind == OrganizationKind.STATE:
            _keep_an_administrator(held.account)
        before = {"role": held.role, "organization": held.organization.code, "since": str(held.since)}
        if held.since >= today:
            held.delete()
        else:
            held.until = today - timedelta(days=1)
            held.save(update_fields=["until"])
        audit.record("revoke", f"account {held.account.email}", by=by, at=at, reason=reason, before=before)


def check_password(password: str | None, account: Account) -> None:
    """Refuse a password that is too easy to guess; None means that nobody can sign in with one."""
    if password is None:
        return
    try:
        validate_password(password, account)
    except ValidationError as error:
        raise Refused(f"Choose another password: {' '.join(error.messages)}") from None


def _keep_an_administrator(leaving: Account) -> None:
    """Refuse what would leave nobody who can give roles."""
    with entered(SYSTEM):
        # Locked in one order, so that two administrators cannot remove each other at the same moment.
        accounts = Account.objects.select_for_update().filter(is_active=True).order_by("pk")
        others = Grant.objects.filter(
            role=Role.ADMINISTRATOR,
            organization__kind=OrganizationKind.STATE,
            until=None,
            account__in=accounts,
        ).exclude(account=leaving)
        list(accounts.values_list("pk", flat=True))
        if not others.exists():
            raise Refused(f"{leaving} is the last administrator; give the role to somebody else first.")


def _today(at: datetime) -> date:
    return at.astimezone(ZoneInfo(settings.TIME_ZONE)).date()
