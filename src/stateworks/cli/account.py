"""`stateworks account`: who can sign in, and what their roles reach."""

from __future__ import annotations

import secrets
from datetime import date
from typing import TYPE_CHECKING, Annotated

import typer

from stateworks.cli.instance import open_instance
from stateworks.cli.output import Format, FormatOption, say, show
from stateworks.kernel.errors import Refused

if TYPE_CHECKING:
    from stateworks.kernel.access.models import Account, Role
    from stateworks.kernel.org.models import Organization

app = typer.Typer(help="Accounts: who can sign in, and what they may do.", no_args_is_help=True)

EmailArgument = Annotated[str, typer.Argument(help="E-mail address, which is also the name to sign in with.")]
OrganizationOption = Annotated[
    str, typer.Option("--at", help="Code of the organization where the role holds; the state without it.")
]


def register(main: typer.Typer) -> None:
    """Add the group to the command."""
    main.add_typer(app, name="account")


@app.command("create")
def create(
    email: EmailArgument,
    name: Annotated[str, typer.Option(help="The person's name.")] = "",
    role: Annotated[str, typer.Option(help="A role to give at once, such as administrator.")] = "",
    at: OrganizationOption = "",
    form: FormatOption = Format.TABLE,
) -> None:
    """Create an account and print its first password, which is shown this once."""
    open_instance()
    from django.utils import timezone

    from stateworks.kernel.access.scope import SYSTEM, entered
    from stateworks.kernel.access.verbs import create_account, grant

    password = secrets.token_urlsafe(15)
    with entered(SYSTEM):
        account = create_account(email, name=name, password=password, by=None, at=timezone.now())
        if role:
            grant(account, _role(role), _organization(at), by=None, at=timezone.now())
    show({"email": account.email, "password": password, "role": role or None}, form)
    say("Pass the password on by a safe way; it is not shown again.")


@app.command("grant")
def give(
    email: EmailArgument,
    role: Annotated[str, typer.Argument(help="The role, such as data_steward.")],
    at: OrganizationOption = "",
    until: Annotated[str | None, typer.Option(help="Last day of the role, as 2026-12-31.")] = None,
) -> None:
    """Give an account a role at an organization and everything below it."""
    open_instance()
    from django.utils import timezone

    from stateworks.kernel.access.scope import SYSTEM, entered
    from stateworks.kernel.access.verbs import grant

    with entered(SYSTEM):
        organization = _organization(at)
        grant(_account(email), _role(role), organization, until=_day(until), by=None, at=timezone.now())
        say(f"{email} is {role.replace('_', ' ')} for {organization.name}.")


@app.command("revoke")
def take_back(
    email: EmailArgument,
    role: Annotated[str, typer.Argument(help="The role, such as data_steward.")],
    at: OrganizationOption = "",
    reason: Annotated[str, typer.Option(help="Why, for the audit record.")] = "",
) -> None:
    """Take a role back; yesterday was its last day, and what was done with it stays on record."""
    open_instance()
    from django.utils import timezone

    from stateworks.kernel.access.scope import SYSTEM, entered
    from stateworks.kernel.access.verbs import revoke

    with entered(SYSTEM):
        account, organization = _account(email), _organization(at)
        held = account.grants.filter(role=_role(role), organization=organization, until=None).first()
        if held is None:
            raise Refused(
                f"{email} is not {role.replace('_', ' ')} of {organization.name}; see `stateworks account list`."
            )
        revoke(held, reason=reason, by=None, at=timezone.now())
        say(f"{email} is no longer {role.replace('_', ' ')} for {organization.name}.")


@app.command("deactivate")
def deactivate(
    email: EmailArgument, reason: Annotated[str, typer.Option(help="Why, for the audit record.")]
) -> None:
    """Let nobody sign in to an account any more; what it did stays on record."""
    open_instance()
    from django.utils import timezone

    from stateworks.kernel.access.scope import SYSTEM, entered
    from stateworks.kernel.access.verbs import deactivate_account

    with entered(SYSTEM):
        deactivate_account(_account(email), reason=reason, by=None, at=timezone.now())
        say(f"{email} cannot sign in any more.")


@app.command("reactivate")
def reactivate(
    email: EmailArgument, reason: Annotated[str, typer.Option(help="Why, for the audit record.")]
) -> None:
    """Open a closed account again, with the roles that it still holds."""
    open_instance()
    from django.utils import timezone

    from stateworks.kernel.access.scope import SYSTEM, entered
    from stateworks.kernel.access.verbs import reactivate_account

    with entered(SYSTEM):
        reactivate_account(_account(email), reason=reason, by=None, at=timezone.now())
        say(f"{email} can sign in again.")


@app.command("password")
def password(email: EmailArgument, form: FormatOption = Format.TABLE) -> None:
    """Give an account a new password and print it this once."""
    open_instance()
    from django.utils import timezone

    from stateworks.kernel.access.scope import SYSTEM, entered
    from stateworks.kernel.access.verbs import set_password

    new = secrets.token_urlsafe(15)
    with entered(SYSTEM):
        set_password(_account(email), new, by=None, at=timezone.now())
    show({"email": email, "password": new}, form)


@app.command("list")
def accounts(form: FormatOption = Format.TABLE) -> None:
    """List the accounts with their roles."""
    open_instance()
    from stateworks.kernel.access.models import Account
    from stateworks.kernel.access.scope import SYSTEM, entered

    with entered(SYSTEM):
        rows = [
            {
                "email": account.email,
                "name": account.name,
                "active": account.is_active,
                "roles": ", ".join(
                    f"{held.role} at {held.organization.code}"
                    + (f" until {held.until}" if held.until else "")
                    for held in account.grants.all()
                ),
            }
            for account in Account.objects.filter(is_service=False)
            .order_by("email")
            .prefetch_related("grants__organization")
        ]
    show(rows, form)


def _account(email: str) -> Account:
    from stateworks.kernel.access.models import Account

    found = Account.objects.filter(email__iexact=email, is_service=False).first()
    if found is None:
        raise Refused(f"There is no account {email}; see `stateworks account list`.")
    return found


def _role(name: str) -> Role:
    from stateworks.kernel.access.models import Role

    if name not in Role.values:
        raise Refused(f"There is no role {name}; the roles are {', '.join(Role.values)}.")
    return Role(name)


def _organization(code: str) -> Organization:
    from stateworks.kernel.org.models import Organization, OrganizationKind

    if code:
        found = Organization.objects.filter(code=code).first()
        if found is None:
            raise Refused(
                f"There is no organization {code}; see `stateworks data export office.organization`."
            )
        return found
    state = Organization.objects.filter(kind=OrganizationKind.STATE).first()
    if state is None:
        raise Refused(
            "There is no state yet, so a role has no place to hold; load your organizations first: "
            "`stateworks data import office.organization FILE`."
        )
    return state


def _day(text: str | None) -> date | None:
    if text is None:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Refused(f"“{text}” is not a date; write it as 2026-12-31.") from None
