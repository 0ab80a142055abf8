"""A full disk, told from all other errors, whoever met it: Python, PostgreSQL, DuckDB, polars or the Delta library."""

from __future__ import annotations

import errno
import os
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

FULL = {errno.ENOSPC, errno.EDQUOT}
#: The libraries' errors are of all kinds and carry the operating system's words, or say what they wanted to write.
SAID = ("no space left on device", "disk quota exceeded", "could not write all bytes")
#: PostgreSQL's own code for it.
DATABASE_FULL = "53100"
TIGHT = 0.05
#: So much more room is asked for: more than what a library holds back before it writes.
MORE = 64 * 1024
_PATH = re.compile(r"/[^\s\"'“”:,;]+")


def words(error: BaseException) -> str | None:
    """Return what a person is told where an error came from a full disk: which one, and what to do; None for another error."""
    for one in _chain(error):
        if getattr(one, "sqlstate", None) == DATABASE_FULL:
            return (
                "The disk of the database is full; nothing was kept. Make room on it, then do the same again."
            )
        if (isinstance(one, OSError) and one.errno in FULL) or is_said(str(one)):
            place = _place(one)
            disk = "A disk" if place is None else f"The disk that holds {place}"
            return f"{disk} is full; nothing was kept. Make room on it, then do the same again."
    return None


def raise_if_full(path: Path) -> None:
    """Raise the system's own error where a file that is there finds no more room, for libraries whose errors leave it out."""
    if not path.is_file():
        return
    left = MORE
    try:
        with path.open("ab", buffering=0) as file:
            while left:
                left -= file.write(bytes(left))
    except OSError as error:
        if error.errno in FULL:
            raise OSError(error.errno, error.strerror, str(path)) from error


def is_said(text: str) -> bool:
    """Tell whether a program's words speak of a full disk."""
    return any(one in text.lower() for one in SAID)


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        yield error
        error = error.__cause__ or error.__context__


def _place(error: BaseException) -> Path | None:
    """Return the folder that could not be written into: one of the instance's own, where it lies in one."""
    from django.conf import settings

    own = [Path(settings.LAKE_ROOT), Path(settings.MEDIA_ROOT)]
    named = getattr(error, "filename", None)
    paths = [Path(os.fsdecode(named))] if named else [Path(found) for found in _PATH.findall(str(error))]
    for path in paths:
        for root in own:
            if path.is_relative_to(root):
                return root
        if path.is_absolute() and path.parent.is_dir():
            return path.parent
    # Who writes into an open file is not told which; what little room there is tells.
    tight = [
        (share, root)
        for root in (*own, Path(settings.STATEWORKS_HOME))
        if root.is_dir() and (share := _free_share(root)) < TIGHT
    ]
    return min(tight)[1] if tight else None


def _free_share(folder: Path) -> float:
    told = shutil.disk_usage(folder)
    return told.free / max(told.total, 1)
