"""Starts a process that imports for a test, and talks to it."""

from __future__ import annotations

import json
import os
import select
import subprocess
import sys
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection

PATIENCE_SECONDS = 300


class Importer:
    """A process that imports for the test."""

    def __init__(self) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "stateworks.modules.desk.tests.importing", str(connection.settings_dict["NAME"]),
             str(settings.LAKE_ROOT)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env={**os.environ, "PYTHONWARNINGS": "ignore"},
        )  # fmt: skip
        assert self.read() == "ready"

    def send(self, path: Path, mapping: str, at: datetime, **more: Any) -> None:
        assert self.process.stdin is not None
        request = {
            "dataset": "desk.event",
            "path": str(path),
            "mapping": mapping,
            "at": at.isoformat(),
            **more,
        }
        self.process.stdin.write(json.dumps(request) + "\n")
        self.process.stdin.flush()

    def read(self) -> str:
        assert self.process.stdout is not None
        # A test that waits for ever tells nobody what is wrong.
        ready, _, _ = select.select([self.process.stdout], [], [], PATIENCE_SECONDS)
        assert ready, "the importing process does not answer"
        return self.process.stdout.readline().strip()

    def answer(self) -> dict[str, Any]:
        return json.loads(self.read())

    def close(self) -> None:
        assert self.process.stdin is not None
        self.process.stdin.close()
        self.process.wait(60)
