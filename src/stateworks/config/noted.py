"""What commands note in the data folder about themselves, for the doctor and for metrics: when, and how it ended."""

from __future__ import annotations

import contextlib
import json
import logging
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings

log = logging.getLogger(__name__)


def _file(name: str) -> Path:
    return Path(settings.STATEWORKS_HOME) / f"last-{name}.json"


def write(name: str, at: datetime, **facts: Any) -> None:
    """Note that something was done; where that cannot be noted it is done all the same, and a warning says so."""
    file = _file(name)
    half = file.with_suffix(".new")
    try:
        half.write_text(json.dumps({"at": at.timestamp(), **facts}))
        half.replace(file)
    except OSError as error:
        log.warning(
            "%s could not be written, so the doctor does not know of this %s: %s", file, name, error.strerror
        )
        with contextlib.suppress(OSError):
            half.unlink(missing_ok=True)


def read(name: str) -> dict[str, Any] | None:
    """Return what was noted last; None where there is nothing, or nothing that can be read."""
    try:
        found: dict[str, Any] = json.loads(_file(name).read_text())
    except (OSError, ValueError):
        return None
    return found
