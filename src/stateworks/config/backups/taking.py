"""Taking a backup while the instance works: one snapshot of the database decides what belongs to it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg
from django.conf import settings

from stateworks import __version__
from stateworks.config.backups import contents, dump, places
from stateworks.config.backups.manifest import Manifest
from stateworks.kernel import full_disk
from stateworks.kernel.errors import Refused
from stateworks.kernel.lake.store import COPYING, lock_name

DATABASE = "database.dump"
KEY = "secret.key"
#: Two backups at once would hold each other's files; the number is the lock's name.
BACKING_UP = 7_308_905


@dataclass
class Taken:
    """A backup that was made: where, its manifest, the bytes shared with the previous one, and older ones removed."""

    path: Path
    manifest: Manifest
    shared: int = 0
    removed: list[Path] = field(default_factory=list)


def take_dated(shelf: Path, *, keep: int, with_key: bool, at: datetime, say: Callable[[str], None]) -> Taken:
    """Make a backup of today in a folder of backups, sharing files with the newest one; keep as many as told."""
    places.make_shelf(shelf)
    former = places.shelf(shelf)
    taken = take(
        shelf / f"stateworks-{at.astimezone(UTC):%Y%m%dT%H%M%SZ}", with_key=with_key, at=at, say=say,
        previous=former[-1] if former else None, shelf=shelf,
    )  # fmt: skip
    for old in [*former, places.Reader(taken.path)][:-keep]:
        places.remove(old.path)
        taken.removed.append(old.path)
    return taken


def take(
    target: Path,
    *,
    with_key: bool,
    at: datetime,
    say: Callable[[str], None],
    previous: places.Reader | None = None,
    shelf: Path | None = None,
) -> Taken:
    """Write a backup to a path that is free; imports, runs and clean-ups may go on meanwhile.

    What killed tries have left on a `shelf` of dated backups, each under a name of its own, is deleted first.

    Raises Refused where the place is taken or full, or another backup is being made; then nothing is left of it.
    """
    target = target.absolute()
    for root in (Path(settings.LAKE_ROOT), Path(settings.MEDIA_ROOT)):
        if target.is_relative_to(root.absolute()):
            raise Refused(f"{target} lies in {root}, which it would be a copy of; name a place outside.")
    with _alone() as connection:
        if shelf is not None:
            places.sweep(shelf)
        held = contents.HeldFiles(
            Path(settings.MEDIA_ROOT)
        )  # first: it sweeps, also where the place is taken
        out = places.writer(target, previous)
        try:
            made = _write(connection, out, held, with_key=with_key, at=at, say=say)
        except OSError as error:
            out.drop()
            if error.errno in full_disk.FULL:
                raise Refused(
                    f"There is no room for the backup at {target.parent}; nothing was kept. Make room there, or name "
                    "another place."
                ) from error
            raise
        except BaseException:
            out.drop()
            raise
        finally:
            held.release()
    return Taken(target, made, getattr(out, "shared", 0))


@contextmanager
def _alone() -> Iterator[psycopg.Connection[tuple[Any, ...]]]:
    """Be the only backup, and keep clean-ups of the lake from deleting while the connection lives."""
    connection = dump.connect()
    try:
        row = connection.execute("SELECT pg_try_advisory_lock(%s)", [BACKING_UP]).fetchone()
        if row is None or not row[0]:
            raise Refused("Another backup is being made; wait for its end.")
        connection.execute("SELECT pg_advisory_lock_shared(hashtextextended(%s, 0))", [lock_name(COPYING)])
        yield connection
    finally:
        connection.close()


def _write(
    connection: psycopg.Connection[tuple[Any, ...]],
    out: places.Writer,
    held: contents.HeldFiles,
    *,
    with_key: bool,
    at: datetime,
    say: Callable[[str], None],
) -> Manifest:
    held.hold()
    connection.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
    ((snapshot, version),) = connection.execute(
        "SELECT pg_export_snapshot(), current_setting('server_version')"
    ).fetchall()
    _check_set_up(connection)
    held.hold()
    say("Dumping the database …")
    out.make(DATABASE, lambda file: dump.write(file, snapshot, connection.info.server_version // 10_000))
    say("Copying the lake …")
    damaged = [name for one in contents.lake_files(connection, at) if (name := _lake_file(out, one))]
    facts: dict[str, Any] = {
        "datasets": contents.datasets(connection),
        "tables": contents.row_counts(connection, dump.WITHOUT_ROWS),
        "migrations": tuple(
            f"{app}.{name}"
            for app, name in connection.execute("SELECT app, name FROM django_migrations ORDER BY id")
        ),
    }
    connection.execute("COMMIT")
    say("Copying uploaded files …")
    for name, path in held.files():
        out.add(f"files/{name}", path)
    key = Path(settings.STATEWORKS_HOME) / KEY
    has_key = with_key and key.is_file()
    if has_key:
        out.add(KEY, key)
    made = Manifest(
        made_at=at.astimezone(UTC).isoformat(), product=__version__, server=version, roles=roles(),
        secrets={"key": has_key, "password_hashes": True, "sessions": False, "settings": False},
        damaged=tuple(damaged), entries=out.entries, **facts,
    )  # fmt: skip
    out.finish(json.dumps(made.to_json(), ensure_ascii=False, indent=1).encode() + b"\n")
    return made


def _check_set_up(connection: psycopg.Connection[tuple[Any, ...]]) -> None:
    ((there,),) = connection.execute("SELECT to_regclass('public.lake_dataset') IS NOT NULL").fetchall()
    if not there:
        raise Refused("There is nothing to back up: the instance is not set up; run `stateworks init` first.")


def _lake_file(out: places.Writer, one: contents.LakeFile) -> str:
    """Copy a file of the lake and return what is wrong with it, if anything is."""
    try:
        written = out.add(f"lake/{one.name}", one.path, one.sha256)
    except FileNotFoundError:
        return f"{one.name} is gone" if one.needed else ""
    return f"{one.name} was changed" if one.sha256 and written.sha256 != one.sha256 else ""


def roles() -> dict[str, str]:
    """Return how the database's two roles are called here."""
    from django.db import connections

    return {
        name: str(connections[alias].settings_dict["USER"])
        for name, alias in (("owner", "owner"), ("app", "default"))
    }
