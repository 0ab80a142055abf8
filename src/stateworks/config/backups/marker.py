"""The note in the data folder that a restore is under way: while it lies there, nothing else works on the instance."""

from __future__ import annotations

import json
import os
from pathlib import Path

from stateworks.kernel.errors import Refused

NAME = "restoring.json"


def written(home: Path, backup: Path) -> None:
    """Note that a backup is being restored, for good on the disk before anything is changed."""
    half = home / f".{NAME}"
    with half.open("w") as out:
        json.dump({"backup": str(backup)}, out)
        out.flush()
        os.fsync(out.fileno())
    half.rename(home / NAME)


def there(home: Path) -> bool:
    """Tell whether a restore was begun and has not ended."""
    return (home / NAME).exists()


def refuse(home: Path) -> None:
    """Refuse to work on an instance that is half restored."""
    if not there(home):
        return
    try:
        backup = json.loads((home / NAME).read_text())["backup"]
    except (ValueError, KeyError):
        backup = "BACKUP"
    raise Refused(f"The instance in {home} is being restored, or a restore was interrupted: "
                  f"run `stateworks restore {backup}` again.")  # fmt: skip


def gone(home: Path) -> None:
    """Delete the note: the restore has ended."""
    (home / NAME).unlink(missing_ok=True)
