"""Proving that a backup is whole, file by file."""

from __future__ import annotations

from pathlib import Path

from stateworks.config.backups import places
from stateworks.kernel.errors import Refused

SHOWN = 20


def check(path: Path) -> places.Reader:
    """Read a whole backup and return it; refuse one that is cut off, or of which a single byte is not what was written."""
    found = places.Reader(path)
    said, there = found.manifest.entries, found.names()
    wrong = [f"{name} is missing" for name in sorted(set(said) - there)]
    wrong += [f"{name} does not belong to it" for name in sorted(there - set(said))]
    for name, entry in said.items():
        if name in there:
            with found.opened(name) as content:
                if places.copied(content, None) != entry:
                    wrong.append(f"{name} is not what was written")
    if wrong:
        found.close()
        many = "1 file is" if len(wrong) == 1 else f"{len(wrong)} files are"
        raise Refused(
            f"The backup {path} is damaged: {many} not as its manifest says; use another one.", wrong[:SHOWN]
        )
    return found
