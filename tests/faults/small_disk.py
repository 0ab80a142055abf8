"""A folder on a disk of its own that is small enough to be full: a file system in memory, mounted over the folder."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

ROOM = 24 * 1024 * 1024


class SmallDisk:
    """A small disk that can be filled."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.ballast = folder / "ballast"

    def fill(self, room: int) -> None:
        """Leave so many bytes free."""
        self.free()
        told = os.statvfs(self.folder)
        with self.ballast.open("wb") as file:
            os.posix_fallocate(file.fileno(), 0, max(told.f_bavail * told.f_frsize - room, 1))

    def free(self) -> None:
        """Make room."""
        self.ballast.unlink(missing_ok=True)


@contextmanager
def on_small_disk(folder: Path) -> Iterator[SmallDisk]:
    """Move a folder and what is in it onto a small disk; at the end all of it is back where it was."""
    folder.mkdir(exist_ok=True)
    aside = folder.with_name(f"{folder.name}.aside")
    shutil.rmtree(aside, ignore_errors=True)
    size = sum(one.stat().st_blocks * 512 for one in folder.rglob("*")) + ROOM
    told = folder.stat()
    options = f"size={size},mode={told.st_mode & 0o7777:o},uid={told.st_uid},gid={told.st_gid}"
    folder.rename(aside)
    folder.mkdir()
    _run("mount", "-t", "tmpfs", "-o", options, "stateworks-small-disk", str(folder))
    try:
        _run("cp", "-a", f"{aside}/.", str(folder))
        shutil.rmtree(aside)
        disk = SmallDisk(folder)
        yield disk
        disk.free()
    finally:
        if not aside.exists():
            _run("cp", "-a", str(folder), str(aside))
        _run("umount", "--lazy", str(folder))
        folder.rmdir()
        aside.rename(folder)


@cache
def why_not() -> str:
    """Return why no disk can be mounted here; nothing where one can."""
    if os.geteuid() != 0:
        return "mounting a small disk takes root"
    probe = Path("/tmp") / f"stateworks-mount-{os.getpid()}"
    probe.mkdir()
    try:
        _run("mount", "-t", "tmpfs", "-o", "size=1m", "stateworks-small-disk", str(probe))
        _run("umount", str(probe))
    except (OSError, subprocess.CalledProcessError) as error:
        words = getattr(error, "stderr", "") or str(error)
        return f"no disk can be mounted ({' '.join(words.split())})"
    finally:
        probe.rmdir()
    return ""


def _run(*command: str) -> None:
    subprocess.run(command, check=True, capture_output=True, text=True)
