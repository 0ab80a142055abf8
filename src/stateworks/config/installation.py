"""Making an instance, or bringing it up to date: folders, the app role, migrations, the cache table."""

from __future__ import annotations

import json
import os
import secrets
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.core.management import call_command
from django.db import connections
from django.db.migrations.executor import MigrationExecutor
from django.db.utils import ProgrammingError

from stateworks.config import environment
from stateworks.config.binaries import make_folder
from stateworks.kernel.errors import Refused

OLDEST_SERVER = 160_000
#: Two processes that install at once would run each migration twice; the number is the lock's name.
INSTALLING = 7_308_904


def install(home: Path, say: Callable[[str], None]) -> dict[str, Any]:
    """Make or upgrade the instance and return what was done; safe to repeat and to run twice at once."""
    prepare(home)
    owner = connections["owner"]
    with owner.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [INSTALLING])
    try:
        executor = MigrationExecutor(owner)
        waiting = executor.migration_plan(executor.loader.graph.leaf_nodes())
        if waiting:
            say(f"Applying {len(waiting)} database changes …")
            call_command("migrate", database="owner", verbosity=0, interactive=False)
        call_command("createcachetable", database="owner", verbosity=0)
    finally:
        with owner.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [INSTALLING])
        owner.close()
    _check_app_role()
    where = "embedded PostgreSQL" if not environment.DATABASE_URL.is_set() else "the server at DATABASE_URL"
    return {"home": str(home), "database": where, "changes_applied": len(waiting)}


def prepare(home: Path) -> None:
    """Make the folders and the app role, and refuse a server that cannot serve; the database stays as it is."""
    for folder in (home, home / "lake", home / "files"):
        make_folder(folder, 0o700)
    connections["owner"].ensure_connection()
    _check_server()
    if environment.DATABASE_URL.is_set() and not environment.DATABASE_OWNER_URL.is_set():
        _make_app_role(home)


def _check_server() -> None:
    with connections["owner"].cursor() as cursor:
        cursor.execute(
            "SELECT current_setting('server_version_num')::int, current_setting('server_encoding')"
        )
        version, encoding = cursor.fetchone()
    if version < OLDEST_SERVER:
        raise Refused(f"The server runs PostgreSQL {version // 10_000}; Stateworks needs 16 or newer.")
    if encoding != "UTF8":
        raise Refused(f"The database's encoding is {encoding}; create one with ENCODING 'UTF8'.")


def _make_app_role(home: Path) -> None:
    """Make the role that the product runs as, where DATABASE_URL names a role with more power than it should have.

    Its password is made here and kept in the data folder alone.
    """
    file = home / "database.json"
    owner = connections["owner"]
    with owner.cursor() as cursor:
        cursor.execute(
            "SELECT rolsuper OR rolbypassrls OR pg_get_userbyid(datdba) = rolname "
            "FROM pg_roles, pg_database WHERE rolname = current_user AND datname = current_database()"
        )
        (powerful,) = cursor.fetchone()
        if not powerful or file.exists():
            return
        role = f"{owner.settings_dict['NAME']}_app"
        password = secrets.token_urlsafe(24)
        name = owner.ops.quote_name(role)
        cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role])
        verb = "ALTER" if cursor.fetchone() else "CREATE"
        try:
            cursor.execute(f"{verb} ROLE {name} LOGIN NOINHERIT PASSWORD '{password}'")
        except ProgrammingError as error:
            raise Refused(
                "The role of DATABASE_URL owns the database and may not make another role; make one that owns nothing, "
                "name it in DATABASE_URL, and name the owner in DATABASE_OWNER_URL."
            ) from error
    settings = owner.settings_dict
    kept = {"HOST": settings["HOST"], "PORT": settings["PORT"], "NAME": settings["NAME"]}
    unfinished = file.with_suffix(".new")
    with os.fdopen(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as out:
        json.dump({**kept, "USER": role, "PASSWORD": password}, out)
    unfinished.rename(file)
    connections["default"].close()
    connections["default"].settings_dict.update(USER=role, PASSWORD=password)


def _check_app_role() -> None:
    """Refuse to run as a role that row-level security does not hold for."""
    with connections["default"].cursor() as cursor:
        cursor.execute("SELECT rolsuper, rolbypassrls FROM pg_roles WHERE rolname = current_user")
        superuser, bypasses = cursor.fetchone()
    if superuser or bypasses:
        raise Refused(
            "The role that the product would run as sees every row; name in DATABASE_URL a role that is no superuser "
            "and has no BYPASSRLS, and the owner in DATABASE_OWNER_URL."
        )
