"""What runs in a PostgreSQL data directory: read from its own notes and from the system's list of processes."""

from __future__ import annotations

import contextlib
import os
import time
from pathlib import Path

from stateworks.kernel.errors import Refused

READY = "ready"
#: The line of postmaster.pid that holds the server's state, counted from nought.
STATE_LINE = 7


def postmaster(data: Path) -> tuple[int | None, str]:
    """Return the process id of the server that runs in the data directory, and its state; None when none runs."""
    try:
        lines = (data / "postmaster.pid").read_text().splitlines()
        pid = int(lines[0])
        # The id may have been given to another program since: a server's working folder is its data directory.
        if not os.path.samefile(f"/proc/{pid}/cwd", data):
            return None, ""
    except (OSError, ValueError, IndexError):
        return None, ""
    return pid, lines[STATE_LINE].strip() if len(lines) > STATE_LINE else "starting"


def wait_until_ready(data: Path) -> bool:
    """Wait for a server that somebody else began to start; return False if there is none."""
    while True:
        pid, state = postmaster(data)
        if pid is None or state == READY:
            return pid is not None
        time.sleep(0.05)


def forget_former_server(data: Path, lock_files: tuple[Path, ...]) -> None:
    """Delete the lock files of a server that was killed, once the last of its workers has gone.

    PostgreSQL looks only whether the process id in them exists, and would refuse for ever where it now belongs
    to another program, or to a zombie that no init process buries (usual in containers).
    """
    deadline = time.monotonic() + 60
    while workers(data):
        if time.monotonic() > deadline:
            raise Refused(f"Processes of a former server still work in {data}; end them and try again.")
        time.sleep(0.05)
    for file in lock_files:
        file.unlink(missing_ok=True)


def workers(data: Path) -> list[int]:
    """Return the processes whose working folder is the data directory, as every PostgreSQL process's is."""
    found = []
    for process in Path("/proc").iterdir():
        if process.name.isdigit():
            with contextlib.suppress(OSError):
                if os.path.samefile(process / "cwd", data):
                    found.append(int(process.name))
    return found
