"""What commands note in the data folder about themselves, for the doctor and for metrics: when, and how it ended."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings


def _file(name: str) -> Path:
    return Path(settings.STATEWORKS_HOME) / f"last-{name}.json"


def write(name: str, at: datetime, **facts: Any) -> None:
    """Note that something was done."""
    file = _file(name)
    half = file.with_suffix(".new")
    half.write_text(json.dumps({"at": at.timestamp(), **facts}))
    half.replace(file)


def read(name: str) -> dict[str, Any] | None:
    """Return what was noted last; None where there is nothing, or nothing that can be read."""
    try:
        found: dict[str, Any] = json.loads(_file(name).read_text())
    except (OSError, ValueError):
        return None
    return found
