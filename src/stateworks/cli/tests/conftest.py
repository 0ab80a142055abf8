"""The command in a process of its own, with a data folder of its own."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from stateworks.config.postgres import Server

COMMAND = [str(Path(sys.executable).with_name("stateworks"))]


@dataclass
class Shell:
    """A shell whose environment has nothing of Stateworks but the data folder."""

    home: Path
    environment: dict[str, str] = field(default_factory=dict)

    def variables(self) -> dict[str, str]:
        """Return the environment that a command gets."""
        strange = ("STATEWORKS_", "DATABASE_", "DJANGO_", "EMAIL_")
        kept = {name: value for name, value in os.environ.items() if not name.startswith(strange)}
        return {**kept, "STATEWORKS_HOME": str(self.home), **self.environment}

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run the command to its end."""
        return subprocess.run(
            [*COMMAND, *arguments],
            env=self.variables(),
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        """Start the command and leave it running."""
        return subprocess.Popen(
            [*COMMAND, *arguments],
            env=self.variables(),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )


@pytest.fixture(scope="module")
def shell() -> Iterator[Shell]:
    """A shell with an empty data folder, one for all tests of a file."""
    home = Path(tempfile.mkdtemp(prefix="stateworks-command-"))
    yield Shell(home)
    Server(home).destroy()
    shutil.rmtree(home)
