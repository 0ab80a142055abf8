"""`stateworks doctor`: what this instance is set to, and whether its parts work."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import typer

from stateworks.cli.output import REFUSED, Format, FormatOption, end, print_json, print_table
from stateworks.kernel.errors import Refused

if TYPE_CHECKING:
    from stateworks.config.diagnosis import Finding


def register(main: typer.Typer) -> None:
    """Add the command."""
    main.command("doctor")(doctor)


def doctor(form: FormatOption = Format.TABLE) -> None:
    """List every setting, check that the parts work, and say what to do; status 1 for warnings, 2 where one does not work."""
    from stateworks.config.diagnosis import ERROR, OK

    settings, found = settings_in_force(), [one.to_json() for one in checks()]
    if form is Format.JSON:
        print_json({"version": _version(), "settings": settings, "checks": found})
    else:
        print_table(settings, title="Settings")
        typer.echo()
        print_table(found, ["check", "level", "found", "remedy"], title="Checks")
    levels = {one["level"] for one in found}
    if ERROR in levels:
        raise typer.Exit(REFUSED)
    end(something_to_see=levels != {OK})


def settings_in_force() -> list[dict[str, Any]]:
    """Return each variable of the environment with its value; secrets only as "set"."""
    from stateworks.config import environment

    return [
        {
            "name": variable.name,
            "value": "(set)" if variable.secret and variable.is_set() else variable.read(),
            "from": "environment" if variable.is_set() else "default",
            "purpose": variable.purpose,
        }
        for variable in environment.ALL
    ]


def checks() -> Iterator[Finding]:
    """Run every check."""
    from stateworks.config import diagnosis as part

    yield from part.findings(
        {
            "settings": (_settings, "Correct the variable in the environment."),
            "restore": (part.restore, "Run the restore again, to its end."),
            "permissions": (
                part.permissions,
                "chown the folder to the account that runs the site; chmod 600 the file.",
            ),
            "disk": (part.disk, "Make room, or move the data folder or the lake to a larger disk."),
            "database": (_database, "Start PostgreSQL, and check DATABASE_URL."),
            "database settings": (part.server_settings, "Correct postgresql.conf, or run fewer processes."),
            "database changes": (_migrations, "Run `stateworks init`."),
            "database role": (
                _role,
                "Name the owner in DATABASE_OWNER_URL and a role without power in DATABASE_URL.",
            ),
            "clock": (part.clock, "Have both machines ask a time server."),
            "worker": (_worker, "Run `stateworks work`, or `stateworks serve` without --no-worker."),
            "mail": (part.mail, "Name the mail server in EMAIL_URL, and check its name, port and password."),
            "backup": (part.backup, "Run `stateworks backup FOLDER --keep 14` every night."),
            "verification": (part.verification, "Run `stateworks verify`; it lists what differs."),
            "proxies": (_proxy, "Set STATEWORKS_PROXIES to the number of proxies before the site."),
            "sign-in": (
                sign_in,
                "Set STATEWORKS_PASSWORDS=yes, or name an identity provider and its domains.",
            ),
            "page design": (_assets, "Run `make assets`, or install the built wheel."),
            "Spark": (
                _spark,
                "Install Java 17, or correct STATEWORKS_SPARK_MASTER and STATEWORKS_SPARK_OPTIONS.",
            ),
        }
    )


def _version() -> str:
    from stateworks import __version__

    return __version__


def _settings() -> str:
    from zoneinfo import ZoneInfo

    from stateworks.cli.instance import open_django

    open_django()
    from django.conf import settings

    ZoneInfo(settings.TIME_ZONE)
    return f"data folder {settings.STATEWORKS_HOME}"


def _database() -> str:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('server_version'), current_user")
        version, user = cursor.fetchone()
    return f"PostgreSQL {version} as {user}"


def _migrations() -> str:
    from stateworks.cli.instance import pending_migrations

    waiting = pending_migrations("default")
    if waiting:
        raise Refused(f"{len(waiting)} database changes wait; run `stateworks init`.")
    return "up to date"


def _role() -> str:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT rolsuper OR rolbypassrls, (SELECT count(*) FROM pg_tables WHERE tableowner = current_user) "
            "FROM pg_roles WHERE rolname = current_user"
        )
        powerful, owned = cursor.fetchone()
    if powerful or owned:
        raise Refused("The product's role sees every row; see DATABASE_OWNER_URL in the documentation.")
    return "row-level security holds for the product's role"


def _proxy() -> str:
    from django.conf import settings

    from stateworks.config import environment
    from stateworks.config.diagnosis import Warned

    count = settings.ALLAUTH_TRUSTED_PROXY_COUNT
    if environment.HTTPS.yes() and not count:
        raise Warned(
            "All clients look like the proxy and share one limit on sign-ins; set STATEWORKS_PROXIES=1."
        )
    return f"{count} before the site"


def sign_in() -> str:
    """Return the ways in; Refused where there is none, or one that finds no account."""
    from django.conf import settings

    from stateworks.config import environment

    ways = ["passwords"] if settings.PASSWORDS_ALLOWED else []
    ways += ["OpenID Connect"] if environment.OIDC_ISSUER.is_set() else []
    ways += ["SAML"] if environment.SAML_METADATA.is_set() else []
    if not ways:
        raise Refused(
            "Nobody can sign in but by break glass: passwords are off, and no identity provider is named."
        )
    if environment.SAML_METADATA.is_set() and not environment.SIGNIN_DOMAINS.is_set():
        raise Refused(
            "SAML vouches for no address, so that it finds no account; set STATEWORKS_SIGNIN_DOMAINS."
        )
    roles = ", ".join(role.replace("_", " ") for role in settings.SECOND_FACTOR_ROLES)
    return f"{' and '.join(ways)}; second factor {'for ' + roles if roles else 'where people set one up'}"


def _worker() -> str:
    from django.utils import timezone

    from stateworks.config.diagnosis import Warned
    from stateworks.kernel.access.scope import SYSTEM, entered
    from stateworks.kernel.jobs.workers import START, alive, waiting

    at = timezone.now()
    with entered(SYSTEM):
        lives, count = alive(at), waiting(at)
    jobs = "1 job is" if count == 1 else f"{count} jobs are"
    if not lives and count:
        raise Warned(f"No worker runs and {jobs} waiting; start one with `{START}` or `stateworks serve`.")
    return f"{'running' if lives else 'none runs'}, {jobs} under way"


def _assets() -> str:
    from django.contrib.staticfiles import finders

    if not finders.find("stateworks/dist/stateworks.css"):
        raise Refused("The pages' design is not built; run `make assets`.")
    return "built"


def _spark() -> str:
    from importlib.metadata import PackageNotFoundError, version

    from django.conf import settings

    from stateworks.kernel.lake.engines import spark_session

    try:
        found = version("pyspark")
    except PackageNotFoundError:
        return "not installed; figures are computed by DuckDB"
    spark_session.options(settings.SPARK_OPTIONS)
    java = spark_session.require_java()
    spark_session.require_master(settings.SPARK_MASTER)
    return f"Spark {found} with Java {java} at {settings.SPARK_MASTER}"
