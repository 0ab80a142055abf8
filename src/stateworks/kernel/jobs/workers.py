"""Which workers live: told by their heartbeats, and on the same machine by their processes."""

from __future__ import annotations

import os
from collections.abc import Iterable
from datetime import datetime, timedelta
from pathlib import Path

from django.db.models import Q

from stateworks.kernel.jobs.models import UNDER_WAY, Job, Worker

SILENCE = timedelta(seconds=30)
"""A worker that has said nothing for so long is taken for gone by pages; its job has a lease of its own."""
FORGOTTEN = timedelta(days=1)
START = "stateworks work"


def alive(at: datetime) -> bool:
    """Tell whether any worker has lately said that it lives."""
    return Worker.objects.filter(heartbeat_at__gt=at - SILENCE).exists()


def waiting(at: datetime) -> int:
    """Return how many jobs could begin now or run; call it in a scope that sees them."""
    return Job.objects.filter(state__in=UNDER_WAY, not_before__lte=at).count()


def place() -> str:
    """Name the machine's present start and the table of processes that this one stands in; empty where unknown.

    Two containers of one host name are told apart by it, so that a process id means the same to both or is not used.
    """
    try:
        boot = Path("/proc/sys/kernel/random/boot_id").read_text().strip()
        return f"{boot} {os.readlink('/proc/self/ns/pid')}"
    except OSError:
        return ""


def dead_here() -> list[str]:
    """Return the workers of this machine whose process has gone."""
    here = place()
    return [
        one.name for one in Worker.objects.all() if here and one.place == here and not _process_lives(one.pid)
    ]


def forget(names: Iterable[str], *, at: datetime) -> None:
    """Take workers off the list, and those that nobody has heard of for a day."""
    Worker.objects.filter(Q(name__in=list(names)) | Q(heartbeat_at__lt=at - FORGOTTEN)).delete()


def _process_lives(pid: int) -> bool:
    try:
        # One that was killed and that nobody has waited for is still in the table.
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in {"Z", "X"}
    except OSError:
        return False
