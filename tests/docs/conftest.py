"""A shell in which the documentation's commands run, on an instance of their own."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.docs.pages import ROOT


@dataclass(frozen=True)
class Shell:
    """Runs shell lines as a reader would: in a folder with the checkout's `docs` and `plans`, `stateworks` on the path."""

    folder: Path
    home: Path

    def run(self, text: str, **more: str) -> subprocess.CompletedProcess[str]:
        """Run lines until one fails, and return what the last one said."""
        kept = {name: os.environ[name] for name in ("HOME", "LANG", "TMPDIR") if name in os.environ}
        path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
        environment = {**kept, "PATH": path, "STATEWORKS_HOME": str(self.home), **more}
        return subprocess.run(
            ["bash", "-e", "-o", "pipefail", "-c", text],
            cwd=self.folder, env=environment, capture_output=True, text=True, timeout=300,
        )  # fmt: skip


@pytest.fixture(scope="module")
def shell(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shell]:
    """A shell with a data folder that is deleted afterwards, server and all."""
    folder = tmp_path_factory.mktemp("reader")
    for name in ("docs", "plans"):
        (folder / name).symlink_to(ROOT / name)
    home = tmp_path_factory.mktemp("home")
    yield Shell(folder, home)
    from stateworks.config.postgres import server

    server(home).destroy()
    shutil.rmtree(home, ignore_errors=True)
