"""`stateworks doctor`: what this instance is set to, and whether its parts work."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import typer

from stateworks.cli.output import Format, FormatOption, end, print_json, print_table
from stateworks.kernel.errors import Refused


def register(main: typer.Typer) -> None:
    """Add the command."""
    main.command("doctor")(doctor)


def doctor(form: FormatOption = Format.TABLE) -> None:
    """List every setting with its value, and check that the parts work."""
    settings, found = settings_in_force(), list(checks())
    if form is Format.JSON:
        print_json({"version": _version(), "settings": settings, "checks": found})
    else:
        print_table(settings, title="Settings")
        typer.echo()
        print_table(found, title="Checks")
    end(something_to_see=not all(check["ok"] for check in found))


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


def checks() -> Iterator[dict[str, Any]]:
    """Run the checks one by one; one that fails does not keep the others from running."""
    for name, check in CHECKS.items():
        try:
            yield {"check": name, "ok": True, "found": check()}
        except Refused as refused:
            yield {"check": name, "ok": False, "found": refused.sentence}
        except Exception as error:  # noqa: BLE001 - a doctor reports whatever is wrong
            yield {
                "check": name,
                "ok": False,
                "found": f"{type(error).__name__}: {' '.join(str(error).split())}",
            }


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


def _space() -> str:
    import shutil

    from django.conf import settings

    free = shutil.disk_usage(settings.STATEWORKS_HOME).free
    if free < 1 << 30:
        raise Refused(f"Only {free >> 20} MB are free at {settings.STATEWORKS_HOME}.")
    return f"{free >> 30} GB free"


def _proxy() -> str:
    from django.conf import settings

    from stateworks.config import environment

    count = settings.ALLAUTH_TRUSTED_PROXY_COUNT
    if environment.HTTPS.yes() and not count:
        raise Refused(
            "All clients look like the proxy and share one limit on sign-ins; set STATEWORKS_PROXIES=1."
        )
    return f"{count} before the site"


def _sign_in() -> str:
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

    from stateworks.kernel.access.scope import SYSTEM, entered
    from stateworks.kernel.jobs.workers import START, alive, waiting

    at = timezone.now()
    with entered(SYSTEM):
        lives, count = alive(at), waiting(at)
    jobs = "1 job is" if count == 1 else f"{count} jobs are"
    if not lives and count:
        raise Refused(f"No worker runs and {jobs} waiting; start one with `{START}` or `stateworks serve`.")
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


CHECKS: dict[str, Callable[[], str]] = {
    "settings": _settings,
    "database": _database,
    "database changes": _migrations,
    "database role": _role,
    "disk": _space,
    "worker": _worker,
    "proxies": _proxy,
    "sign-in": _sign_in,
    "page design": _assets,
    "spark": _spark,
}
