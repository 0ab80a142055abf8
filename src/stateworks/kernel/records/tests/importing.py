"""A process of its own that imports records into the test's instance, and can be made to kill itself on the way.

`die_at` counts the places below, before and after each call; there it sends itself SIGKILL, as a power cut would.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from collections.abc import Callable
from datetime import datetime
from importlib import import_module
from pathlib import Path
from typing import Any

MODULE = "stateworks.kernel.records.tests.importing"
PLACES = (
    "records.intake.announce", "records.intake.read_rows", "records.staging.Staging.make", "records.staging.Staging.fill",
    "records.staging.Staging.match", "records.staging.Staging.upsert", "records.staging.Staging.drop",
    "lake.quarantine.keep", "records.intake._mark_fixed", "access.audit.record",
)  # fmt: skip


def main(database: str, path: str, at: str, die_at: int) -> None:
    """Load one file of vendors and print its counts and how many places were passed."""
    import django

    django.setup()
    from django.db import connections

    connections["default"].settings_dict["NAME"] = database
    passed = 0

    def place() -> None:
        nonlocal passed
        passed += 1
        if passed == die_at:
            os.kill(os.getpid(), signal.SIGKILL)

    def around(function: Callable[..., Any]) -> Callable[..., Any]:
        def wrapped(*arguments: Any, **named: Any) -> Any:
            place()
            result = function(*arguments, **named)
            place()
            return result

        return wrapped

    for name in PLACES:
        package, module, *attributes = name.split(".")
        owner: Any = import_module(f"stateworks.kernel.{package}.{module}")
        for inner in attributes[:-1]:
            owner = getattr(owner, inner)
        setattr(owner, attributes[-1], around(getattr(owner, attributes[-1])))

    from stateworks.kernel.records.intake import import_records

    done = import_records("office.vendor", Path(path), by=None, at=datetime.fromisoformat(at))
    counts = [done.read, done.inserted, done.updated, done.unchanged, done.quarantined]
    print(json.dumps({"counts": counts, "places": passed}))  # noqa: T201


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4]))
