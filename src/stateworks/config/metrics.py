"""What Prometheus asks for at `/metrics`: requests as they come, and the instance's state when it asks."""

from __future__ import annotations

import hmac
import os
import time
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse
from prometheus_client import (
    CONTENT_TYPE_LATEST,
    CollectorRegistry,
    Counter,
    Histogram,
    generate_latest,
    multiprocess,
)
from prometheus_client.core import GaugeMetricFamily

from stateworks.config import environment
from stateworks.kernel.errors import Refused

#: Where the site's processes put their counts together; `serve` names it before anything is imported.
FOLDER = "PROMETHEUS_MULTIPROC_DIR"
LAKE_SECONDS = 60.0
REQUESTS = Counter("stateworks_requests", "Requests answered.", ["view", "method", "status"], registry=None)
SECONDS = Histogram(
    "stateworks_request_seconds", "How long an answer took.", ["view"], registry=None,
    buckets=(0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30),
)  # fmt: skip
_METHODS = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}


def observe(view: str, method: str, status: int, took: float) -> None:
    """Count an answer."""
    REQUESTS.labels(view, method if method in _METHODS else "other", str(status)).inc()
    SECONDS.labels(view).observe(took)


class Metrics:
    """Answers `/metrics` on the machine itself, or to who knows the token; for everybody else there is no such page."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer a question for metrics, and pass everything else on."""
        if request.path != "/metrics" or not allowed(request):
            return self.get_response(request)
        registry = CollectorRegistry()
        if os.environ.get(FOLDER):
            multiprocess.MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
        else:
            registry.register(REQUESTS)
            registry.register(SECONDS)
        registry.register(State())
        return HttpResponse(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)


def allowed(request: HttpRequest) -> bool:
    """Tell whether a request may see the metrics: by the token where one is set, else from this machine and no proxy."""
    token = environment.METRICS_TOKEN.read()
    if token:
        return hmac.compare_digest(
            request.headers.get("Authorization", "").encode(), f"Bearer {token}".encode()
        )
    # A proxy on this machine passes on what comes from everywhere.
    passed_on = any(name in request.headers for name in ("X-Forwarded-For", "Forwarded", "X-Real-IP", "Via"))
    return request.META.get("REMOTE_ADDR") in {"127.0.0.1", "::1"} and not passed_on


class State:
    """The instance's state at the moment it is asked for."""

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """Yield each metric; without a database only that it cannot be asked."""
        from django.utils import timezone

        from stateworks.kernel.access.scope import SYSTEM, entered

        try:
            with entered(SYSTEM):
                found = [*_jobs(timezone.now()), *_data(timezone.now()), *_database()]
            up = 1
        except (DatabaseError, Refused):
            connection.close()
            found, up = [], 0
        yield GaugeMetricFamily("stateworks_database_up", "Whether the database can be asked.", up)
        yield from found
        yield GaugeMetricFamily("stateworks_lake_bytes", "Size of the lake's files.", _lake_bytes())
        yield from _noted()


def _family(
    name: str, about: str, label: str, values: Iterator[tuple[str, float]] | Any
) -> GaugeMetricFamily:
    family = GaugeMetricFamily(name, about, labels=[label])
    for value, number in values:
        family.add_metric([value], number)
    return family


def _jobs(at: datetime) -> Iterator[GaugeMetricFamily]:
    from django.db.models import Count, Min

    from stateworks.kernel.jobs.models import Job, JobState
    from stateworks.kernel.jobs.workers import alive

    counted = dict(Job.objects.order_by().values_list("state").annotate(Count("pk")))
    yield _family(
        "stateworks_jobs",
        "Jobs by state.",
        "state",
        [(state, counted.get(state, 0)) for state in JobState.values],
    )
    oldest = Job.objects.filter(state=JobState.WAITING).aggregate(at=Min("asked_at"))["at"]
    age = (at - oldest).total_seconds() if oldest else 0
    yield GaugeMetricFamily(
        "stateworks_oldest_waiting_job_seconds", "Age of the job that waits longest.", age
    )
    yield GaugeMetricFamily("stateworks_worker_alive", "Whether a worker lives.", int(alive(at)))


def _data(at: datetime) -> Iterator[GaugeMetricFamily]:
    from django.db.models import Count

    from stateworks.kernel.indicators.models import Run
    from stateworks.kernel.lake.models import Dataset, Import, QuarantinedRow

    imports = Import.objects.order_by().values_list("state").annotate(Count("pk"))
    yield _family("stateworks_imports", "Imports by state.", "state", imports)
    waiting = QuarantinedRow.objects.filter(dismissed_at=None, fixed_by=None)
    yield _family(
        "stateworks_quarantined_rows", "Refused rows that wait for somebody.", "dataset",
        waiting.order_by().values_list("dataset").annotate(Count("pk")),
    )  # fmt: skip
    known = list(Dataset.objects.exclude(fresh_at=None).values_list("name", "rows", "fresh_at"))
    yield _family(
        "stateworks_dataset_rows", "Rows of a dataset.", "dataset", [(name, rows) for name, rows, _ in known]
    )
    yield _family(
        "stateworks_dataset_age_seconds", "Time since a dataset was last confirmed.", "dataset",
        [(name, (at - fresh).total_seconds()) for name, _, fresh in known if fresh],
    )  # fmt: skip
    runs = Run.objects.exclude(finished_at=None).order_by()
    yield _family(
        "stateworks_runs", "Finished runs of a plan.", "plan", runs.values_list("plan").annotate(Count("pk"))
    )


def _database() -> Iterator[GaugeMetricFamily]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT (SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()), "
            "pg_database_size(current_database()), current_setting('max_connections')::int"
        )
        count, size, most = cursor.fetchone()
    yield GaugeMetricFamily("stateworks_database_connections", "Open connections to the database.", count)
    yield GaugeMetricFamily(
        "stateworks_database_connections_max", "Connections that the server allows.", most
    )
    yield GaugeMetricFamily("stateworks_database_bytes", "Size of the database.", size)


_measured: tuple[float, int] = (0.0, 0)


def _lake_bytes() -> int:
    """Add up the lake's files, once a minute at most: there may be many."""
    global _measured
    if _measured[0] and time.monotonic() - _measured[0] < LAKE_SECONDS:
        return _measured[1]
    size = 0
    for folder, _, names in os.walk(settings.LAKE_ROOT):
        for name in names:
            try:
                size += Path(folder, name).stat().st_size
            except FileNotFoundError:
                continue
    _measured = (time.monotonic(), size)
    return size


def _noted() -> Iterator[GaugeMetricFamily]:
    """What commands noted: the last verification and the last backup."""
    from stateworks.config import noted

    verified, backup = noted.read("verify"), noted.read("backup")
    if verified:
        yield GaugeMetricFamily(
            "stateworks_verified_timestamp", "When figures were last verified.", verified["at"]
        )
        yield GaugeMetricFamily("stateworks_verify_differences", "What differed then.", verified["different"])
    if backup:
        yield GaugeMetricFamily("stateworks_backup_timestamp", "When the last backup was made.", backup["at"])
