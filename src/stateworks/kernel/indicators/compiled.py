"""Compiled measures kept on disk, so that a new process need not compile them again.

Compiling is slow for what it does, and a run in a fresh process would spend more on it than on one open month. A kept
text is used only where everything that it follows from is the same: the measure's source, every file of the program and of
the package that the measure comes from, the libraries' versions, the columns, and what was asked. `verify` never looks
here: it compiles anew, so that a text changed on disk shows as a changed definition.
"""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from collections.abc import Callable, Sequence
from functools import lru_cache
from importlib import import_module
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.conf import settings

if TYPE_CHECKING:
    from stateworks.kernel.indicators.measures import Measure

LIBRARIES = ("ibis-framework", "sqlglot", "duckdb")
KEPT_FILES = 500
"""How many texts are kept at most; when there are more, all are forgotten."""


def kept(
    measure: Measure, asked: Sequence[Any], make: Callable[[], list[dict[str, Any]]]
) -> list[dict[str, Any]]:
    """Return the compiled texts of a measure from disk, or make them and keep them there."""
    if "<locals>" in measure.function.__qualname__ or not measure.function.__module__:
        return make()  # what a function inside another one closes over cannot be seen
    content = [
        measure.name,
        measure.version,
        measure.unit,
        measure.source,
        _stamp(measure.function.__module__),
        asked,
    ]
    digest = hashlib.sha256(json.dumps(content, sort_keys=True, default=str).encode()).hexdigest()
    file = Path(settings.STATEWORKS_HOME) / "cache" / "measures" / f"{digest}.json"
    try:
        found: list[dict[str, Any]] = json.loads(file.read_text())
        return found
    except (OSError, ValueError):
        made = make()
    _keep(file, made)
    # As it will be read the next time: JSON knows no tuples.
    again: list[dict[str, Any]] = json.loads(json.dumps(made))
    return again


def _keep(file: Path, made: list[dict[str, Any]]) -> None:
    """Write beside and put in place; where that is not possible, the next process compiles again."""
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        others = list(file.parent.glob("*.json"))
        if len(others) >= KEPT_FILES:
            for other in others:
                other.unlink(missing_ok=True)
        handle, name = tempfile.mkstemp(dir=file.parent, suffix=".writing")
        with os.fdopen(handle, "w") as out:
            json.dump(made, out)
        Path(name).replace(file)
    except OSError:
        return


@lru_cache(maxsize=64)
def _stamp(module: str) -> str:
    """Hash names, sizes and times of all source files that a measure can stand on, and the libraries' versions."""
    roots = {"stateworks", module.partition(".")[0]}
    found = [f"{name} {version(name)}" for name in LIBRARIES]
    for root in sorted(roots):
        place = getattr(import_module(root), "__file__", None)
        if place is None:
            continue
        package = Path(place)
        found += _files(str(package.parent)) if package.name == "__init__.py" else [_one(str(package))]
    return hashlib.sha256("\n".join(found).encode()).hexdigest()


def _files(folder: str) -> list[str]:
    found = []
    for place, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if name not in {"__pycache__", "static", "templates"})
        found += [_one(os.path.join(place, name)) for name in sorted(names) if name.endswith(".py")]
    return found


def _one(path: str) -> str:
    about = os.stat(path)
    return f"{path} {about.st_size} {about.st_mtime_ns}"
