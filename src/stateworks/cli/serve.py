"""`stateworks serve`: the site by gunicorn, and a worker beside it."""

from __future__ import annotations

import atexit
import contextlib
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time
from typing import TYPE_CHECKING, Any

import typer

from stateworks.kernel.errors import Refused

#: A worker that ends by itself is started again, but not more often than this.
PAUSE_SECONDS = 5.0
#: What a worker gets to finish its job or to give it back; it needs twice its own patience at most.
FAREWELL_SECONDS = 25.0

if TYPE_CHECKING:
    from gunicorn.app.base import BaseApplication


def register(main: typer.Typer) -> None:
    """Add the command."""
    main.command("serve")(serve)


def serve(
    host: str = typer.Option("127.0.0.1", help="The address to listen at."),
    port: int = typer.Option(8000, help="The port to listen at."),
    workers: int = typer.Option(2, min=1, help="Processes; each answers several requests at once."),
    threads: int = typer.Option(4, min=1, help="Requests that one process answers at once."),
    worker: bool = typer.Option(True, help="Bring a worker along, which does the jobs that pages ask for."),
) -> None:
    """Serve the site until stopped (Ctrl-C)."""
    from stateworks.cli.instance import open_instance

    _check_free(host, port)
    counts = tempfile.mkdtemp(prefix="stateworks-counts-")
    atexit.register(_forget, os.getpid(), counts)
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = counts  # read when the metrics are imported
    open_instance()
    from django.db import connections

    connections.close_all()  # a connection must not be shared with the workers
    url = f"http://{host}:{port}"
    _application(
        {
            "bind": f"{host}:{port}",
            "workers": workers,
            "threads": threads,
            "worker_class": "gthread",
            # Loaded before the workers start: they are ready at once and share its memory.
            "preload_app": True,
            "timeout": 120,
            "graceful_timeout": 20,
            "control_socket_disable": True,
            "loglevel": "warning",
            "logger_class": "stateworks.config.gunicorn_log.Log",
            "child_exit": lambda _server, ended: _count_no_more(ended.pid),
            "proc_name": "stateworks",
            "post_worker_init": lambda _worker: threading.Thread(target=_warm, daemon=True).start(),
            "when_ready": lambda _server: print(f"Stateworks is ready at {url}", file=sys.stdout, flush=True),  # noqa: T201
        },
        WorkerBeside() if worker else None,
    ).run()


def _count_no_more(pid: int) -> None:
    """Forget what only a living process tells."""
    from prometheus_client import multiprocess

    multiprocess.mark_process_dead(pid)  # type: ignore[no-untyped-call]


def _forget(pid: int, counts: str) -> None:
    """Delete the folder of counts when the site ends, and not when one of its processes does."""
    if os.getpid() == pid:
        shutil.rmtree(counts, ignore_errors=True)


class WorkerBeside:
    """The worker's process: kept alive while the site is, and ended with it.

    It ends by itself when its parent has gone, so that a site that was killed leaves no worker behind.
    """

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self._started_at = 0.0

    def keep(self) -> None:
        """Start it where it does not run."""
        if self._process is not None:
            # Whoever reaps the site's children may have reaped this one; poll() then says that it has ended.
            if self._process.poll() is None or time.monotonic() - self._started_at < PAUSE_SECONDS:
                return
            sys.stderr.write("The worker ended and is started again.\n")
        self._started_at = time.monotonic()
        command = [sys.executable, "-c", "from stateworks.cli.main import run; run()", "work"]
        self._process = subprocess.Popen([*command, "--beside", str(os.getpid())])

    def ask_to_end(self) -> None:
        """Tell it to finish."""
        if self._process is not None and self._process.poll() is None:
            self._process.terminate()

    def end(self) -> None:
        """Wait until it has finished; after its time is over, end it: whatever it does can be repeated."""
        if self._process is None:
            return
        self.ask_to_end()
        try:
            self._process.wait(timeout=FAREWELL_SECONDS)
        except subprocess.TimeoutExpired:
            with contextlib.suppress(ProcessLookupError):
                self._process.kill()
            self._process.wait()
        self._process = None


def _warm() -> None:
    """Import what lists of rows need, while nobody waits for it: else the first visitor of each worker would.

    Not before the workers are forked, since these libraries may start threads, which do not come along.
    """
    import duckdb  # noqa: F401
    import ibis  # noqa: F401
    import polars  # noqa: F401
    import pyarrow  # noqa: F401


def _check_free(host: str, port: int) -> None:
    """Refuse before anything is started where the address is taken."""
    try:
        with socket.create_server((host, port)):
            pass
    except OSError as error:
        raise Refused(
            f"Port {port} at {host} is not free; stop what uses it, or choose another with --port."
        ) from error


def _application(options: dict[str, Any], beside: WorkerBeside | None) -> BaseApplication:
    """Return gunicorn as an object of this process, so that the embedded server is stopped when it ends."""
    from gunicorn.app.base import BaseApplication
    from gunicorn.arbiter import Arbiter

    class Pair(Arbiter):  # type: ignore[misc]
        """Gunicorn's master, which looks after one more child than its own."""

        def manage_workers(self) -> None:
            super().manage_workers()
            if beside is not None:
                beside.keep()

        def stop(self, graceful: bool = True) -> None:
            if beside is not None:
                beside.ask_to_end()
            super().stop(graceful)
            if beside is not None:
                beside.end()

    class Site(BaseApplication):  # type: ignore[misc]
        """The site with its options, none read from files or the environment."""

        def load_config(self) -> None:
            for name, value in options.items():
                if name in self.cfg.settings:
                    self.cfg.set(name, value)

        def load(self) -> Any:
            from stateworks.config.wsgi import application

            return application

        def run(self) -> None:
            Pair(self).run()

    return Site()
