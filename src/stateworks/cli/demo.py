"""`stateworks demo`: a fictional state with known truth, ready to be looked at."""

from __future__ import annotations

import hashlib
import hmac
from typing import TYPE_CHECKING

import typer

from stateworks.cli.output import Format, FormatOption, print_json, print_table, say

if TYPE_CHECKING:
    from stateworks.kernel.access.models import Account
    from stateworks.kernel.demo import World

URL = "http://127.0.0.1:8000/"
DOMAIN = "meridian.example"
# Role: name, e-mail local part, code of the organization where the grant holds.
PEOPLE = {
    "administrator": ("Avery Administrator", "admin", "meridian"),
    "planner": ("Parker Planner", "planner", "meridian"),
    "data_steward": ("Dana Data-Steward", "steward", "meridian"),
    "owner": ("Owen Owner", "owner", "meridian"),
    "approver": ("April Approver", "approver", "meridian"),
    "agency_liaison": ("Lee Liaison", "liaison", "dhs"),
    "auditor": ("Audra Auditor", "auditor", "meridian"),
}


def register(main: typer.Typer) -> None:
    """Add the command."""
    main.command("demo")(demo)


def demo(
    scale: float = typer.Option(1.0, min=0.01, max=1000, help="How much data: 1 is about 54,000 tickets."),
    seed: int = typer.Option(1, help="Another seed is another state."),
    form: FormatOption = Format.TABLE,
) -> None:
    """Set up a fictional state with three years of data, compute its indicators, and say how to sign in."""
    from datetime import UTC, datetime

    from stateworks.cli.instance import open_django

    open_django()
    from django.conf import settings
    from django.utils import timezone

    from stateworks.config.backups import marker
    from stateworks.config.installation import install
    from stateworks.kernel.access.scope import SYSTEM, entered
    from stateworks.kernel.demo import World, build
    from stateworks.kernel.plans import demo as plans

    marker.refuse(settings.STATEWORKS_HOME)
    install(settings.STATEWORKS_HOME, say)
    with entered(SYSTEM):
        account = by_system()
    world = World(
        seed=seed,
        scale=scale,
        folder=settings.STATEWORKS_HOME / "demo",
        by=account,
        # Whatever the clock says, people have recorded what they did by the demo's last day.
        clock=lambda: max(timezone.now(), datetime(2026, 11, 2, 15, tzinfo=UTC)),
        say=say,
    )
    build(world)
    with entered(SYSTEM):
        people = accounts(world)
        plans.adopt(world, people)
    plans.runs(world, people)
    shown = [
        {"role": role, "email": person.email, "password": password(person.email)}
        for role, person in people.items()
    ]
    if form is Format.JSON:
        print_json({"url": URL, "accounts": shown})
    else:
        print_table(shown, title=f"Sign in at {URL}accounts/login/ (start the site with `stateworks serve`)")


def accounts(world: World) -> dict[str, Account]:
    """Make one account a role, with its grant; safe to repeat."""
    from stateworks.kernel.access.models import Account
    from stateworks.kernel.access.verbs import create_account, grant
    from stateworks.kernel.demo import FIRST_DAY
    from stateworks.kernel.org.models import Organization

    made = {}
    for role, (name, local, code) in PEOPLE.items():
        email = f"{local}@{DOMAIN}"
        account = Account.objects.filter(email=email).first()
        if account is None:
            account = create_account(email, name=name, password=password(email), by=None, at=world.at)
            grant(account, role, Organization.objects.get(code=code), since=FIRST_DAY, by=None, at=world.at)
        made[role] = account
    return made


def password(email: str) -> str:
    """The demo account's password: another on every instance, since it is made from the instance's secret key."""
    from django.conf import settings

    digest = hmac.new(settings.SECRET_KEY.encode(), f"demo:{email}".encode(), hashlib.sha256).hexdigest()
    return "-".join((digest[:4], digest[4:8], digest[8:12], digest[12:16]))


def by_system() -> Account:
    """The account in whose name the demo's files are loaded; nobody can sign in to it."""
    from stateworks.kernel.access.models import Account

    account = Account.objects.filter(email=f"demo@{DOMAIN}").first()
    return account or Account.objects.create_user(f"demo@{DOMAIN}", name="Demo")
