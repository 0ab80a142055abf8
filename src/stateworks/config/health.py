"""What a load balancer asks: whether the process answers, and whether it can do its work."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

from django.conf import settings
from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse, JsonResponse

from stateworks.kernel.errors import Refused

OK = "ok"


class Health:
    """Answers `/health/live` and `/health/ready` before anything that needs a session or a host name."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer a question about health, and pass everything else on."""
        if request.path == "/health/live":
            return JsonResponse({"status": "ok"})
        if request.path == "/health/ready":
            return ready()
        return self.get_response(request)


def ready() -> JsonResponse:
    """Answer in words whether database, its changes and the lake allow work, with status 503 where one does not.

    A site without a worker still answers, so that is told and is no reason for a 503.
    """
    parts = {"database": database(), "migrations": "unknown", "lake": lake()}
    if parts["database"] == OK:
        parts["migrations"] = migrations()
    unavailable = any(words != OK for words in parts.values())
    told = {"status": "unavailable" if unavailable else OK, **parts}
    if parts["database"] == OK:
        told["worker"] = worker()
    return JsonResponse(told, status=503 if unavailable else 200)


def database() -> str:
    """Say whether the database can be asked."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1 FROM django_migrations LIMIT 1")
            return OK if cursor.fetchone() is not None else "is not set up"
    except (DatabaseError, Refused):
        connection.close()
        return "cannot be asked"


def migrations() -> str:
    """Say whether the database has all changes that this program needs."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT app, name FROM django_migrations")
        applied = set(cursor.fetchall())
    waiting = len(_known() - applied)
    return OK if not waiting else f"{waiting} changes wait for `stateworks init`"


_wanted: set[tuple[str, str]] = set()


def _known() -> set[tuple[str, str]]:
    """Return the changes that the program brings; read once, since files do not change under a process."""
    if not _wanted:
        from django.db.migrations.loader import MigrationLoader

        _wanted.update(MigrationLoader(None).disk_migrations)
    return _wanted


def lake() -> str:
    """Say whether the lake can be written to, and that no restore is under way."""
    from stateworks.config.backups import marker

    if marker.there(Path(settings.STATEWORKS_HOME)):
        return "is being restored"
    root = Path(settings.LAKE_ROOT)
    place = root if root.exists() else root.parent
    return OK if os.access(place, os.W_OK | os.X_OK) else "cannot be written"


def worker() -> str:
    """Say whether anybody does the jobs."""
    from django.utils import timezone

    from stateworks.kernel.jobs.workers import alive

    try:
        return "ok" if alive(timezone.now()) else "none"
    except DatabaseError:
        return "unknown"
