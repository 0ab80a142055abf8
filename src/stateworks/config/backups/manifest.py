"""What a backup says about itself: each file with its hash, what it holds, and which program made it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import Any

from stateworks.kernel.errors import Refused

NAME = "manifest.json"
KIND = "stateworks backup"
FORMAT = 1


@dataclass(frozen=True)
class Entry:
    """One file of a backup: its size in bytes and its SHA-256."""

    size: int
    sha256: str


@dataclass(frozen=True)
class Manifest:
    """The list of a backup's files, sealed by a hash over everything that it says."""

    made_at: str
    product: str
    server: str
    roles: Mapping[str, str]
    migrations: tuple[str, ...]
    tables: Mapping[str, int]
    datasets: Mapping[str, Mapping[str, int]]
    secrets: Mapping[str, bool]
    damaged: tuple[str, ...]
    entries: Mapping[str, Entry] = field(repr=False)

    def to_json(self) -> dict[str, Any]:
        """Return everything it says, the seal last."""
        said: dict[str, Any] = {
            "kind": KIND, "format": FORMAT, "made_at": self.made_at, "product": self.product, "server": self.server,
            "roles": dict(self.roles), "secrets": dict(self.secrets), "damaged": list(self.damaged),
            "datasets": {name: dict(one) for name, one in self.datasets.items()}, "tables": dict(self.tables),
            "migrations": list(self.migrations),
            "files": {name: [one.size, one.sha256] for name, one in sorted(self.entries.items())},
        }  # fmt: skip
        return {**said, "seal": seal(said)}

    @property
    def size(self) -> int:
        """How many bytes its files have together."""
        return sum(one.size for one in self.entries.values())


def seal(said: Mapping[str, Any]) -> str:
    """Return the SHA-256 over a manifest's content."""
    plain = json.dumps(said, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(plain.encode()).hexdigest()


def read(content: bytes, where: str) -> Manifest:
    """Return the manifest that a file holds; refuse what is cut off, changed or of another kind."""
    try:
        said = json.loads(content)
        found = said.pop("seal")
        if said["kind"] != KIND:
            raise KeyError(KIND)
        if said["format"] > FORMAT:
            raise Refused(
                f"{where} was made by a newer Stateworks ({said['product']}); restore it with that version."
            )
        entries = {name: Entry(int(size), str(digest)) for name, (size, digest) in said["files"].items()}
        made = Manifest(
            said["made_at"], said["product"], said["server"], said["roles"], tuple(said["migrations"]), said["tables"],
            said["datasets"], said["secrets"], tuple(said["damaged"]), entries,
        )  # fmt: skip
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise Refused(f"The manifest of {where} cannot be read; this is no whole backup.") from error
    if found != seal(said):
        raise Refused(
            f"The manifest of {where} was changed after it was written; do not rely on this backup."
        )
    wrong = [name for name in entries if not _inside(name)]
    if wrong:
        raise Refused(f"The manifest of {where} names a file outside the backup: {wrong[0]}.")
    return made


def _inside(name: str) -> bool:
    """Whether a name leads nowhere but below the backup."""
    path = PurePosixPath(name)
    return bool(name) and not path.is_absolute() and ".." not in path.parts and str(path) == name
