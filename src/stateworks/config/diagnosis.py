"""What the doctor looks at: each part of an instance, what was found, and what to do about it.

A check returns a sentence where all is well, raises `Warned` where something should be seen to, and `Refused` where the
instance cannot do its work.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from stateworks.config import environment
from stateworks.kernel.errors import Refused

OK, WARNING, ERROR = "ok", "warning", "error"
LITTLE_BYTES = 1 << 30
OLD_BACKUP = timedelta(days=2)
CLOCK_SECONDS = 5
MAIL_SECONDS = 5.0
#: What a file or folder with secrets may let others do: nothing.
OTHERS = 0o077


class Warned(Refused):
    """Something works and should be seen to all the same."""


@dataclass(frozen=True)
class Finding:
    """What one check found; `remedy` is empty where all is well."""

    check: str
    level: str
    found: str
    remedy: str

    def to_json(self) -> dict[str, Any]:
        """Return it as the doctor prints it."""
        return {
            "check": self.check, "ok": self.level == OK, "level": self.level, "found": self.found, "remedy": self.remedy,
        }  # fmt: skip


def findings(checks: Mapping[str, tuple[Callable[[], str], str]]) -> Iterator[Finding]:
    """Run checks one by one; one that fails does not keep the others from running."""
    for name, (check, remedy) in checks.items():
        try:
            yield Finding(name, OK, check(), "")
        except Warned as warned:
            yield Finding(name, WARNING, warned.sentence, remedy)
        except Refused as refused:
            yield Finding(name, ERROR, refused.sentence, remedy)
        except Exception as error:  # noqa: BLE001 - a doctor reports whatever is wrong
            yield Finding(name, ERROR, f"{type(error).__name__}: {' '.join(str(error).split())}", remedy)


def _home() -> Path:
    from django.conf import settings

    return Path(settings.STATEWORKS_HOME)


def _one(query: str) -> tuple[Any, ...]:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(query)
        return tuple(cursor.fetchone())


def permissions() -> str:
    """Folders can be written, and what holds secrets is closed to others."""
    from django.conf import settings

    for folder in (_home(), Path(settings.LAKE_ROOT), Path(settings.MEDIA_ROOT)):
        if folder.exists() and not os.access(folder, os.R_OK | os.W_OK | os.X_OK):
            raise Refused(f"{folder} cannot be read and written by this account.")
    for name in ("secret.key", "database.json", "postgres/cluster.json"):
        file = _home() / name
        if file.exists() and file.stat().st_mode & OTHERS:
            raise Refused(f"{file} holds a secret and is open to others.")
    return "folders can be written, secrets are closed"


def disk() -> str:
    """There is room where data folder and lake lie."""
    from django.conf import settings

    said = []
    for name, folder in (("data folder", _home()), ("lake", Path(settings.LAKE_ROOT))):
        place = folder if folder.exists() else folder.parent
        free = shutil.disk_usage(place).free
        if free < LITTLE_BYTES:
            raise Refused(f"Only {free >> 20} MB are free at {place}.")
        said.append(f"{free >> 30} GB free for the {name}")
    return ", ".join(said)


def clock() -> str:
    """This machine and the database agree about the time."""
    (there,) = _one("SELECT clock_timestamp()")
    apart = abs((datetime.now(UTC) - there).total_seconds())
    if apart > CLOCK_SECONDS:
        raise Warned(f"The clocks of this machine and of the database are {apart:.0f} seconds apart.")
    return "agrees with the database's"


def server_settings() -> str:
    """The database server's settings suit."""
    durable, encoding, most, used = _one(
        "SELECT current_setting('fsync') = 'on' AND current_setting('full_page_writes') = 'on', "
        "current_setting('server_encoding'), current_setting('max_connections')::int, "
        "(SELECT count(*) FROM pg_stat_activity)"
    )
    if encoding != "UTF8":
        raise Refused(f"The database's encoding is {encoding} and not UTF8.")
    if not durable:
        raise Warned("The server may lose committed rows at a power cut: fsync or full_page_writes is off.")
    if used > most * 0.8:
        raise Warned(f"{used} of {most} connections are taken.")
    return f"{used} of {most} connections taken"


def mail() -> str:
    """The mail server takes us; no letter is sent."""
    if not environment.EMAIL_URL.is_set():
        return "no server is named: letters are printed and reach nobody"
    from django.core.mail import get_connection

    post = get_connection(timeout=MAIL_SECONDS)
    try:
        post.open()
    except OSError as error:
        raise Warned(f"The mail server does not take us: {' '.join(str(error).split())}") from None
    post.close()
    return "the server takes us"


def backup() -> str:
    """There is a backup of late."""
    from stateworks.config import noted

    last = noted.read("backup")
    if last is None:
        (began,) = _one("SELECT min(applied) FROM django_migrations")
        if began is not None and datetime.now(UTC) - began < OLD_BACKUP:
            return "none yet; the instance is new"
        raise Warned("No backup was made yet by `stateworks backup`.")
    age = datetime.now(UTC) - datetime.fromtimestamp(last["at"], UTC)
    if age > OLD_BACKUP:
        raise Warned(f"The last backup is {age.days} days old ({last['path']}).")
    if not Path(last["path"]).exists():
        raise Warned(f"The last backup is no longer at {last['path']}.")
    return f"{int(age.total_seconds() // 3600)} hours old, {last['path']}"


def verification() -> str:
    """The last verification found no difference."""
    from stateworks.config import noted

    last = noted.read("verify")
    if last is None:
        return "none made yet"
    if last["different"]:
        raise Warned(f"The last verification found {last['different']} differences.")
    return f"{last['checked']:,} figures, none different"


def restore() -> str:
    """No restore is half done."""
    from stateworks.config.backups import marker

    marker.refuse(_home())
    return "none under way"
