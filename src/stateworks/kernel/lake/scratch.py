"""Folders beside the tables for what does not outlive a process, such as rows on their way and what memory cannot hold."""

from __future__ import annotations

import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from stateworks.kernel.lake import tables

SCRATCH = ".staging"
READING = ".reading-"


@contextmanager
def scratch_folder(name: str) -> Iterator[Path]:
    """Make a folder that is deleted afterwards; those of dead processes go too."""
    base = tables.lake_root() / SCRATCH
    base.mkdir(parents=True, exist_ok=True)
    for left in (*base.iterdir(), *tables.lake_root().glob(f"{READING}*")):
        if not _alive(left.name.rpartition("-")[2]):
            shutil.rmtree(left, ignore_errors=True)
    # Two threads of a process may do the same at once; the process stands last.
    folder = base / f"{name}-{secrets.token_hex(4)}-{os.getpid()}"
    folder.mkdir()
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def spill_of_reader(process: int) -> Path:
    """Return the folder that a process's reading DuckDB makes once its memory is full, and deletes itself if it can."""
    return tables.lake_root() / f"{READING}{process}"


def _alive(pid: str) -> bool:
    try:
        os.kill(int(pid), 0)
    except (ValueError, ProcessLookupError):
        return False
    except PermissionError:
        return True
    return True
