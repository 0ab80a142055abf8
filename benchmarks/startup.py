"""How long the command takes to answer, and the server to be ready; printed, for a person to judge."""

from __future__ import annotations

import socket
import time
import urllib.error
import urllib.request
from statistics import median

from benchmarks import instance

HELP, SERVE = 0.5, 5.0
GIVE_UP = 60.0


def said() -> list[str]:
    """Return one line for each start-up that is measured."""
    return [
        _line("stateworks --help", median(help_seconds() for _ in range(5)), HELP),
        _line("stateworks serve, until it says it is ready", serve_seconds(), SERVE),
    ]


def _line(what: str, seconds: float, limit: float) -> str:
    return f"{what}: {seconds:.2f} s (wanted: under {limit:g} s)"


def help_seconds() -> float:
    """Time `stateworks --help`."""
    before = time.perf_counter()
    process = instance.command("--help")
    process.communicate()
    assert process.returncode == 0
    return time.perf_counter() - before


def serve_seconds() -> float:
    """Time `stateworks serve` from start to the first answer of its health page."""
    with socket.create_server(("127.0.0.1", 0)) as found:
        port = found.getsockname()[1]
    before = time.perf_counter()
    process = instance.command("serve", "--port", str(port))
    try:
        while time.perf_counter() - before < GIVE_UP:
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{port}/health/ready", timeout=5) as reply:
                    if reply.status == 200:
                        return time.perf_counter() - before
            except (urllib.error.URLError, OSError):
                time.sleep(0.02)
        raise TimeoutError(f"stateworks serve was not ready within {GIVE_UP:g} s")
    finally:
        process.terminate()
        process.communicate(timeout=30)
