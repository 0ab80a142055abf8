"""A worker in a process of its own, in the test's instance, that can be made to kill itself or to wait on the way.

`die_at` counts the places below, before and after each call; there it sends itself SIGKILL. At `wait_at` it makes a file
and waits until the file is gone.
"""

from __future__ import annotations

import json
import signal
import sys
from datetime import timedelta
from importlib import import_module
from pathlib import Path
from typing import Any

from stateworks.modules.desk.tests.importing import Countdown, arm

MODULE = "tests.durable_worker"
PLACES = (
    "jobs.queue.take", "jobs.queue.end", "lake.progress.begin", "records.snapshot.snapshot_changed",
    "indicators.runs.compute", "indicators.storing.store",
)  # fmt: skip


def main(database: str, lake: str, files: str, options: dict[str, Any]) -> None:
    """Do what waits (`once`), or work until told to end; print how many jobs and places there were."""
    import django

    django.setup()
    from django.conf import settings
    from django.db import connections
    from django.utils import timezone

    from stateworks.kernel.jobs.worker import Worker

    connections["default"].settings_dict["NAME"] = database
    settings.LAKE_ROOT, settings.MEDIA_ROOT = Path(lake), Path(files)
    flag = Path(options["flag"]) if "flag" in options else None
    countdown = Countdown(options.get("die_at", 0), options.get("wait_at", 0), flag)
    arm(countdown)
    for name in PLACES:
        package, module, attribute = name.split(".")
        owner = import_module(f"stateworks.kernel.{package}.{module}")
        setattr(owner, attribute, countdown.around(getattr(owner, attribute)))
    worker = Worker(clock=timezone.now, regular=False, lease=timedelta(seconds=options.get("lease", 60)))
    signal.signal(signal.SIGTERM, lambda *_: worker.stop())
    count = worker.run(until_empty=options.get("once", True))
    print(json.dumps({"jobs": count, "places": countdown.passed}))  # noqa: T201


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], sys.argv[3], json.loads(sys.argv[4]))
