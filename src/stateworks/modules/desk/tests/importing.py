"""A process of its own that imports files into the test's instance, and can be made to kill itself on the way.

It reads one JSON request a line and answers each in a new process. `die_at` counts the places below, before and after each
call; there that process sends itself SIGKILL, as a power cut would.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

MODULE = "stateworks.modules.desk.tests.importing"
PLACES = (
    ("staging", "Stager._write"), ("staging", "Stager._unique"), ("store", "settle"), ("intake", "compare"),
    ("intake", "derive_all"), ("tables", "write_parquet"), ("rewriting", "rewrite"), ("tables", "adopt"),
    ("tables", "sha256"), ("tables", "commit"), ("store", "prepare"),
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


def once(database: str, lake: str) -> None:
    """Set up the instance of the test, answer the one request on the input, and end."""
    import django

    django.setup()
    from django.conf import settings
    from django.db import connections

    connections["default"].settings_dict["NAME"] = database
    settings.LAKE_ROOT = Path(lake)
    print(json.dumps(answer(json.loads(sys.stdin.readline()))), flush=True)  # noqa: T201


def serve(database: str, lake: str) -> None:
    """Answer requests until the input ends, each in a new process.

    Not in a fork: the threads that polars and DuckDB start do not come along, and a child that needs one waits for ever.
    """
    print("ready", flush=True)  # noqa: T201
    for line in sys.stdin:
        done = subprocess.run(
            [sys.executable, "-m", MODULE, database, lake, "once"],
            input=line,
            stdout=subprocess.PIPE,
            text=True,
            check=False,
        )
        if done.returncode < 0:
            print(json.dumps({"killed": -done.returncode}), flush=True)  # noqa: T201
        elif done.returncode:
            print(json.dumps({"failed": done.returncode}), flush=True)  # noqa: T201
        else:
            print(done.stdout.splitlines()[-1], flush=True)  # noqa: T201


if __name__ == "__main__":
    (once if sys.argv[3:] == ["once"] else serve)(sys.argv[1], sys.argv[2])
