"""`stateworks serve`: the site, by gunicorn."""

from __future__ import annotations

import socket
import sys
import threading
from typing import TYPE_CHECKING, Any

import typer

from stateworks.kernel.errors import Refused

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
) -> None:
    """Serve the site until stopped (Ctrl-C)."""
    from stateworks.cli.instance import open_instance

    _check_free(host, port)
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
            "proc_name": "stateworks",
            "post_worker_init": lambda _worker: threading.Thread(target=_warm, daemon=True).start(),
            "when_ready": lambda _server: print(f"Stateworks is ready at {url}", file=sys.stdout, flush=True),  # noqa: T201
        }
    ).run()


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


def _application(options: dict[str, Any]) -> BaseApplication:
    """Return gunicorn as an object of this process, so that the embedded server is stopped when it ends."""
    from gunicorn.app.base import BaseApplication

    class Site(BaseApplication):  # type: ignore[misc]
        """The site with its options, none read from files or the environment."""

        def load_config(self) -> None:
            for name, value in options.items():
                if name in self.cfg.settings:
                    self.cfg.set(name, value)

        def load(self) -> Any:
            from stateworks.config.wsgi import application

            return application

    return Site()
