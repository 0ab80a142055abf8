"""Putting a backup back: everything is proved first, the database changes in one transaction, and a killed try is repeated."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg
from django.conf import settings
from django.db import connections
from django.db.migrations.loader import MigrationLoader
from psycopg import sql

from stateworks.config import installation
from stateworks.config.backups import checking, contents, dump, marker, places, taking
from stateworks.config.backups.manifest import Manifest
from stateworks.kernel.errors import Refused

PUT_BY = ".restoring"
LEAVING_SECONDS = 5.0
#: Rows in any of these mean that somebody works with the instance.
TELLING = (
    "access_account",
    "org_organization",
    "lake_dataset",
    "lake_import",
    "plans_plan",
    "indicators_run",
)


@dataclass(frozen=True)
class Restored:
    """What was put back, and where the instance that was there before is kept, if there was one."""

    manifest: Manifest
    before: Path | None
    changes_applied: int


def restore(path: Path, *, replace: bool, at: datetime, say: Callable[[str], None]) -> Restored:
    """Put a backup into an empty instance, or (`replace`) into one that is backed up first.

    Raises Refused, with nothing changed, where the backup is damaged or newer than the program, where the instance is not
    empty, or where something works on it.
    """
    home = Path(settings.STATEWORKS_HOME)
    say("Checking the backup …")
    found = checking.check(path.absolute())
    _check_migrations(found.manifest)
    installation.prepare(home)
    before, begun = None, False
    with dump.connect() as connection:
        _check_alone(connection)
        if not marker.there(home):
            if _in_use(connection):
                if not replace:
                    raise Refused(
                        f"The instance in {home} is not empty; restore into a new STATEWORKS_HOME and an empty database, "
                        "or say --replace, which backs this one up first."
                    )
                before = _kept(home, at, say)
            marker.written(home, path.absolute())
            begun = True
    lake, files = Path(settings.LAKE_ROOT), Path(settings.MEDIA_ROOT)
    try:
        say("Copying the lake and uploaded files …")
        for root, part in ((lake, "lake/"), (files, "files/")):
            _put_by(found, root, part)
        say("Restoring the database …")
        _database(found, files)
    except Exception:
        for root in (lake, files):
            shutil.rmtree(root / PUT_BY, ignore_errors=True)
        if begun:  # an earlier try may have changed the database already; this one has not
            marker.gone(home)
        raise
    for root in (lake, files):
        _swap(root)
    _key(found, home)
    connections.close_all()
    done = installation.install(home, say)
    marker.gone(home)
    found.close()
    return Restored(found.manifest, before, done["changes_applied"])


def _check_migrations(told: Manifest) -> None:
    """Refuse a database that had changes which this program does not know."""
    loader = MigrationLoader(None)
    known = {f"{app}.{name}" for app, name in loader.disk_migrations}
    for migration in loader.disk_migrations.values():
        known |= {f"{app}.{name}" for app, name in migration.replaces}
    # Packages that were left out since leave their tables and do no harm; what is newer than this program does.
    ours = {config.label for config in _apps()}
    newer = [name for name in told.migrations if name not in known and name.partition(".")[0] in ours]
    if newer:
        raise Refused(
            f"The backup was made by Stateworks {told.product}, whose database this program does not know ({newer[0]}); "
            "install that version or a newer one."
        )


def _apps() -> list[Any]:
    from django.apps import apps

    return list(apps.get_app_configs())


def _check_alone(connection: psycopg.Connection[tuple[Any, ...]]) -> None:
    for one in connections.all():
        one.close()
    deadline = time.monotonic() + LEAVING_SECONDS
    # A process of the server lives on for a moment after its client, which may have been ourselves, has gone.
    while others := _others(connection):
        if time.monotonic() > deadline:
            many = "1 other connection uses" if others == 1 else f"{others} other connections use"
            raise Refused(f"{many} the database; stop the site and every worker, and restore again.")
        time.sleep(0.1)


def _others(connection: psycopg.Connection[tuple[Any, ...]]) -> int:
    ((count,),) = connection.execute(
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() "
        "AND usesysid IS NOT NULL AND backend_type IS DISTINCT FROM 'autovacuum worker'"
    ).fetchall()
    return int(count)


def _in_use(connection: psycopg.Connection[tuple[Any, ...]]) -> bool:
    """Tell whether the instance holds anything that somebody would miss."""
    for root in (Path(settings.LAKE_ROOT), Path(settings.MEDIA_ROOT)):
        if root.is_dir() and any(not one.name.startswith(".") for one in root.iterdir()):
            return True
    there = {
        name for (name,) in connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
    }
    if there and not set(TELLING) <= there:
        return True
    for name in TELLING if there else ():
        query = sql.SQL("SELECT EXISTS (SELECT FROM public.{})").format(sql.Identifier(name))
        if connection.execute(query).fetchall()[0][0]:
            return True
    return False


def _kept(home: Path, at: datetime, say: Callable[[str], None]) -> Path:
    """Back up the instance that is about to be replaced."""
    say("Backing up what is there …")
    places.make_shelf(home / "backups")
    place = home / "backups" / f"before-restore-{at.astimezone(UTC):%Y%m%dT%H%M%SZ}"
    return taking.take(place, with_key=True, at=at, say=lambda words: None).path


def _put_by(found: places.Reader, root: Path, part: str) -> None:
    """Copy a part of the backup into a folder inside the place that it will take."""
    root.mkdir(mode=0o700, parents=True, exist_ok=True)
    put_by = root / PUT_BY
    shutil.rmtree(put_by, ignore_errors=True)
    put_by.mkdir(mode=0o700)
    for name in found.manifest.entries:
        if name.startswith(part):
            found.copy(name, put_by / name.removeprefix(part))


def _swap(root: Path) -> None:
    """Let what was put by take its place; repeated after a crash it has the same outcome."""
    put_by = root / PUT_BY
    for old in root.iterdir():
        if old == put_by or old.name == contents.HELD:
            continue
        if old.is_dir() and not old.is_symlink():
            shutil.rmtree(old)
        else:
            old.unlink()
    for new in put_by.iterdir():
        new.rename(root / new.name)
    put_by.rmdir()
    os.sync()


def _database(found: places.Reader, scratch: Path) -> None:
    file = scratch / PUT_BY / taking.DATABASE
    found.copy(taking.DATABASE, file)
    here = taking.roles()
    roles = {name: (str(former), here[name]) for name, former in found.manifest.roles.items()}
    with dump.connect() as connection:
        try:
            connection.execute("BEGIN")
            dump.read(file, connection, roles)
            counted = contents.row_counts(connection, dump.WITHOUT_ROWS)
            if counted != dict(found.manifest.tables):
                raise Refused(
                    "The restored tables have other rows than the manifest counts; nothing was changed."
                )
            connection.execute("COMMIT")
        except psycopg.Error as error:
            words = " ".join(str(error).split())
            raise Refused(f"The database could not be restored and is as it was: {words}") from error
    file.unlink()


def _key(found: places.Reader, home: Path) -> None:
    """Put the key back where the backup holds it and the data folder is to have it."""
    if taking.KEY in found.manifest.entries:
        new = home / f".{taking.KEY}"
        new.unlink(missing_ok=True)
        found.copy(taking.KEY, new)
        new.replace(home / taking.KEY)
