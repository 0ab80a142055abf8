"""A process that has everything imported and forks a child for each request, since starting anew takes longer than the work.

It reads a JSON request a line and answers each with a line: `commands` of the product, or `call`, a function of the tests by
`module:name` with its `arguments`. With `die_at` the child dies at that place (see places.py).

Forking is safe here: the parent never opens a database, the threads that the libraries start when they are imported wait for work
at the fork and hold no lock, and the pools with which polars, DuckDB and deltalake compute come into being in the child.
"""

from __future__ import annotations

import contextlib
import gc
import io
import json
import os
import pkgutil
import signal
import sys
import tempfile
import traceback
from importlib import import_module
from pathlib import Path
from typing import Any

import typer

from tests.faults.places import Places

MODULE = "tests.faults.forks"
LIBRARIES = (
    "duckdb",
    "polars",
    "deltalake",
    "pyarrow.parquet",
    "ibis.backends.duckdb",
    "scipy.stats",
    "dataframely",
)
SKIPPED = (".tests", ".migrations", ".testing", ".gunicorn", ".spark", ".wsgi")
#: Threads of the memory allocators, which would not come along.
STILL = {
    "_RJEM_MALLOC_CONF": "background_thread:false", "MALLOC_CONF": "background_thread:false",
    "ARROW_DEFAULT_MEMORY_POOL": "system", "OPENBLAS_NUM_THREADS": "1", "PYTHONDONTWRITEBYTECODE": "1",
}  # fmt: skip


def serve() -> None:
    """Answer requests until the input ends."""
    _import_everything()
    _say("ready")
    for line in sys.stdin:
        answer = _forked(json.loads(line))
        # What a child had to import on the way is there for the next ones.
        for name in answer.pop("imported", ()):
            with contextlib.suppress(Exception):
                import_module(name)
        gc.freeze()  # a child's collections would otherwise touch, and so copy, all of it
        _say(answer)


def _import_everything() -> None:
    from stateworks.cli.instance import open_django

    open_django()
    for name in LIBRARIES:
        import_module(name)
    import stateworks

    for found in pkgutil.walk_packages(stateworks.__path__, "stateworks."):
        if not any(part in found.name for part in SKIPPED):
            import_module(found.name)
    from django.db.migrations.loader import MigrationLoader
    from django.urls import get_resolver

    MigrationLoader(None)
    _ = get_resolver().url_patterns
    # The tree of commands takes as long as a short command; here it is built once.
    command = sys.modules["stateworks.cli.main"]
    command.app = typer.main.get_command(command.app)  # type: ignore[attr-defined]


def _say(answer: Any) -> None:
    print(json.dumps(answer), flush=True)  # noqa: T201


def _forked(asked: dict[str, Any]) -> dict[str, Any]:
    """Do a request in a child and return what came of it, or at what kind of place it was killed."""
    hear, tell = os.pipe()
    with tempfile.TemporaryFile("w+") as answer:
        child = os.fork()
        if child == 0:
            status = 1
            try:
                status = _child(asked, tell, answer)
            finally:
                os._exit(status)
        os.close(tell)
        kind = os.read(hear, 100).decode()  # nothing, once it has ended
        if kind:
            os.kill(child, signal.SIGKILL)
        _, status = os.waitpid(child, 0)
        os.close(hear)
        if os.WIFSIGNALED(status):
            return {"killed": os.WTERMSIG(status), "place": kind}
        answer.seek(0)
        return dict(json.loads(answer.read()))


def _child(asked: dict[str, Any], tell: int, answer: Any) -> int:
    found: dict[str, Any] = {"status": [], "output": []}
    errors = tempfile.TemporaryFile("w+")  # noqa: SIM115 - it lasts as long as the process
    os.dup2(errors.fileno(), 2)
    os.environ.update(asked.get("environment", {}))
    known = set(sys.modules)
    places = Places(asked.get("die_at", 0), tell, from_outside=asked.get("from_outside", False))
    places.watch()
    try:
        if "call" in asked:
            module, _, name = asked["call"].partition(":")
            found["said"] = getattr(import_module(module), name)(**asked.get("arguments", {}))
        for arguments in asked.get("commands", ()):
            from stateworks.cli.main import main

            out = io.StringIO()
            with contextlib.redirect_stdout(out):
                found["status"].append(main(arguments))
            found["output"].append(out.getvalue())
    except Exception:  # noqa: BLE001 - whatever it is, who asked is told
        traceback.print_exc()
        found["status"].append(-1)
    places.end()
    sys.stderr.flush()
    found["places"] = places.kinds
    found["imported"] = sorted(set(sys.modules) - known)
    found["errors"] = Path(f"/proc/self/fd/{errors.fileno()}").read_text()
    answer.write(json.dumps(found))
    answer.flush()
    return 0


if __name__ == "__main__":
    serve()
