"""What a load balancer asks: whether the process answers, and whether it can do its work."""

from __future__ import annotations

from collections.abc import Callable

from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse, JsonResponse

from stateworks.kernel.errors import Refused


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
    """Answer whether the database can be asked, with status 503 where it cannot."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1 FROM django_migrations LIMIT 1")
            migrated = cursor.fetchone() is not None
    except (DatabaseError, Refused):
        connection.close()
        return JsonResponse({"status": "unavailable", "database": "cannot be asked"}, status=503)
    if not migrated:
        return JsonResponse({"status": "unavailable", "database": "is not set up"}, status=503)
    return JsonResponse({"status": "ok", "database": "ok", "worker": worker()})


def worker() -> str:
    """Say whether anybody does the jobs; a site without a worker still answers, so this is no reason for a 503."""
    from django.utils import timezone

    from stateworks.kernel.jobs.workers import alive

    try:
        return "ok" if alive(timezone.now()) else "none"
    except DatabaseError:
        return "unknown"
