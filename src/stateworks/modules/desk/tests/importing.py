"""A process of its own that imports files into the test's instance, and can be made to kill itself on the way.

It reads one JSON request a line and forks for each, so that what is imported once serves all of them. `die_at` counts the
places below, before and after each call; there the child sends itself SIGKILL, as a power cut would.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

PLACES = (
    ("staging", "Stager._write"), ("staging", "Stager._unique"), ("store", "settle"), ("intake", "compare"),
    ("intake", "derive_all"), ("tables", "write_parquet"), ("tables", "sha256"), ("tables", "commit"), ("store", "prepare"),
    ("quarantine", "keep"), ("quarantine", "mark_fixed"), ("store", "publish"), ("store", "mark_fresh"),
    ("progress", "Watch.step"),
)  # fmt: skip


class Countdown:
    """Kills the process at its n-th place, or waits there while a file exists; counts on where both are 0."""

    def __init__(self, die_at: int, wait_at: int, flag: Path | None) -> None:
        self.die_at, self.wait_at, self.flag, self.passed = die_at, wait_at, flag, 0

    def place(self) -> None:
        self.passed += 1
        if self.passed == self.die_at:
            os.kill(os.getpid(), signal.SIGKILL)
        if self.passed == self.wait_at and self.flag is not None:
            self.flag.touch()
            while self.flag.exists():
                time.sleep(0.05)

    def around(self, function: Callable[..., Any]) -> Callable[..., Any]:
        def wrapped(*arguments: Any, **named: Any) -> Any:
            self.place()
            result = function(*arguments, **named)
            self.place()
            return result

        return wrapped


def arm(countdown: Countdown) -> None:
    """Put the countdown around every place."""
    from importlib import import_module

    for module_name, name in PLACES:
        owner: Any = import_module(f"stateworks.kernel.lake.{module_name}")
        *classes, attribute = name.split(".")
        for inner in classes:
            owner = getattr(owner, inner)
        setattr(owner, attribute, countdown.around(getattr(owner, attribute)))


def answer(request: dict[str, Any]) -> dict[str, Any]:
    """Do one import and tell its counts, or why it was refused."""
    from datetime import datetime

    from stateworks.kernel.errors import Refused
    from stateworks.kernel.lake.intake import import_feed

    flag = request.get("flag")
    countdown = Countdown(request.get("die_at", 0), request.get("wait_at", 0), Path(flag) if flag else None)
    arm(countdown)
    try:
        done = import_feed(
            request["dataset"], request["path"], mapping=request["mapping"], by=None,
            at=datetime.fromisoformat(request["at"]),
        )  # fmt: skip
    except Refused as refused:
        return {"refused": refused.sentence}
    counts = {
        name: getattr(done, name) for name in ("read", "inserted", "updated", "unchanged", "quarantined")
    }
    return {**counts, "places": countdown.passed}


def serve(database: str, lake: str) -> None:
    """Answer requests until the input ends."""
    import django

    django.setup()
    from django.conf import settings
    from django.db import connections

    connections["default"].settings_dict["NAME"] = database
    settings.LAKE_ROOT = Path(lake)
    # Read once, before the forks, or each child would read them again.
    import dataframely  # noqa: F401
    import deltalake  # noqa: F401
    import duckdb  # noqa: F401
    import polars  # noqa: F401
    import pyarrow.csv
    import pyarrow.dataset  # noqa: F401

    from stateworks.kernel.lake import intake  # noqa: F401
    from stateworks.modules.desk import schemas  # noqa: F401

    print("ready", flush=True)  # noqa: T201
    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            # Leave at once in any case: a fork cannot tidy up after threads that stayed with its parent.
            try:
                print(json.dumps(answer(json.loads(line))), flush=True)  # noqa: T201
            except BaseException:  # noqa: BLE001 - told to the parent by the exit status
                os._exit(1)
            os._exit(0)
        _, status = os.waitpid(child, 0)
        if os.WIFSIGNALED(status):
            print(json.dumps({"killed": os.WTERMSIG(status)}), flush=True)  # noqa: T201
        elif os.WEXITSTATUS(status):
            print(json.dumps({"failed": os.WEXITSTATUS(status)}), flush=True)  # noqa: T201


if __name__ == "__main__":
    serve(sys.argv[1], sys.argv[2])
