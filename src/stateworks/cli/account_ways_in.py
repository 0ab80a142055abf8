"""`stateworks account`: ways in beside a password: an emergency, programs' tokens, and what people have lost."""

from __future__ import annotations

from typing import Annotated

import typer

from stateworks.cli.account import EmailArgument, OrganizationOption, _account, _organization, app
from stateworks.cli.instance import open_instance
from stateworks.cli.output import Format, FormatOption, say, show
from stateworks.kernel.errors import Refused

tokens = typer.Typer(help="Tokens with which programs come to the API.", no_args_is_help=True)
ReasonOption = Annotated[str, typer.Option(help="Why, for the audit record.")]


def register(main: typer.Typer) -> None:
    """Add the commands to the group of accounts."""
    app.add_typer(tokens, name="token")


@app.command("break-glass")
def break_glass(
    email: EmailArgument,
    reason: Annotated[str, typer.Option(help="Why; every administrator reads it.")],
    form: FormatOption = Format.TABLE,
) -> None:
    """Make a sign-in link for an administrator in an emergency: it works once, within fifteen minutes.

    All administrators are told by e-mail and on the page of accounts.
    """
    open_instance()
    import getpass

    from django.urls import reverse
    from django.utils import timezone

    from stateworks.config.signin.emergency import tell
    from stateworks.kernel.access import break_glass as glass
    from stateworks.kernel.access.scope import SYSTEM, entered

    try:
        operator = getpass.getuser()
    except (KeyError, OSError):  # a container's account may have no name
        operator = "unknown"
    with entered(SYSTEM):
        made, secret = glass.break_glass(_account(email), reason=reason, made_by=operator, at=timezone.now())
    tell(f"{operator} made a break-glass link for {made.account.email} on the machine. Reason: {made.reason}")
    show(
        {
            "email": made.account.email,
            "path": reverse("break_glass", args=[secret]),
            "until": made.expires_at,
        },
        form,
    )
    say("Open the path at your site's address within fifteen minutes; it works once.")


@app.command("end-sessions")
def end_sessions(email: EmailArgument, reason: ReasonOption) -> None:
    """Sign an account out everywhere."""
    open_instance()
    from django.utils import timezone

    from stateworks.kernel.access import sessions
    from stateworks.kernel.access.scope import SYSTEM, entered

    with entered(SYSTEM):
        sessions.end_sessions(_account(email), reason=reason, by=None, at=timezone.now())
    say(f"All sessions of {email} are ended.")


@app.command("forget-second-factor")
def forget_second_factor(email: EmailArgument, reason: ReasonOption) -> None:
    """Remove the second factors of somebody who lost them, and end the sessions."""
    open_instance()
    from django.utils import timezone

    from stateworks.kernel.access import verbs
    from stateworks.kernel.access.scope import SYSTEM, entered

    with entered(SYSTEM):
        verbs.forget_second_factor(_account(email), reason=reason, by=None, at=timezone.now())
    say(f"{email} has no second factor any more.")


@app.command("forget-identity")
def forget_identity(email: EmailArgument, reason: ReasonOption) -> None:
    """Forget which identity of the provider an account belongs to, and end the sessions."""
    open_instance()
    from django.utils import timezone

    from stateworks.kernel.access import verbs
    from stateworks.kernel.access.scope import SYSTEM, entered

    with entered(SYSTEM):
        verbs.forget_identity(_account(email), reason=reason, by=None, at=timezone.now())
    say(f"The next identity with the address {email} is taken.")


@tokens.command("create")
def create(
    name: Annotated[str, typer.Argument(help="Which program uses it.")],
    role: Annotated[str, typer.Argument(help="The role, such as auditor or agency_liaison.")],
    at: OrganizationOption = "",
    writes: Annotated[
        bool, typer.Option("--writes", help="It may also write, as far as its role may.")
    ] = False,
    dataset: Annotated[list[str] | None, typer.Option(help="Only this dataset; may be repeated.")] = None,
    days: Annotated[int, typer.Option(help="Days that it lasts, at most 365.")] = 90,
    form: FormatOption = Format.TABLE,
) -> None:
    """Make a token and print it, this once."""
    open_instance()
    from django.utils import timezone

    from stateworks.kernel.access.scope import SYSTEM, entered
    from stateworks.kernel.access.tokens import issue
    from stateworks.web.data.catalogue import dataset_named

    for one in dataset or []:
        if dataset_named(one) is None:
            raise Refused(f"There is no dataset {one}; see `stateworks data list`.")
    with entered(SYSTEM):
        made, text = issue(
            name,
            role,
            _organization(at),
            writes=writes,
            datasets=dataset or [],
            days=days,
            by=None,
            at=timezone.now(),
        )
    show({"name": made.name, "token": text, "until": made.expires_at}, form)
    say("Pass the token on by a safe way; it is not shown again.")


@tokens.command("list")
def listed(form: FormatOption = Format.TABLE) -> None:
    """List the tokens."""
    open_instance()
    from stateworks.kernel.access.models import ServiceToken
    from stateworks.kernel.access.scope import SYSTEM, entered

    with entered(SYSTEM):
        rows = [
            {
                "token": one.public, "name": one.name,
                "role": ", ".join(f"{held.role} at {held.organization.code}" for held in one.account.grants.all()),
                "writes": not one.reads_only, "datasets": ", ".join(one.datasets), "last_used": one.last_used_at,
                "until": one.expires_at, "revoked": one.revoked_at,
            }
            for one in ServiceToken.objects.prefetch_related("account__grants__organization")
        ]  # fmt: skip
    show(rows, form)


@tokens.command("revoke")
def revoke(
    token: Annotated[str, typer.Argument(help="The token's name, or its part that may be seen.")],
    reason: ReasonOption,
) -> None:
    """Let a token open nothing any more, at once."""
    open_instance()
    from django.db.models import Q
    from django.utils import timezone

    from stateworks.kernel.access.models import ServiceToken
    from stateworks.kernel.access.scope import SYSTEM, entered
    from stateworks.kernel.access.tokens import revoke_token

    with entered(SYSTEM):
        live = ServiceToken.objects.filter(revoked_at=None)
        found = live.filter(Q(public=token) | Q(name__iexact=token)).first()
        if found is None:
            raise Refused(f"There is no token {token} in use; see `stateworks account token list`.")
        revoke_token(found, reason=reason, by=None, at=timezone.now())
    say(f"The token “{found.name}” opens nothing any more.")
