"""Whether a backup is whole, told without the product's own code: each file against its manifest, each table counted."""

from __future__ import annotations

import hashlib
import json
import tarfile
from pathlib import Path

from tests.faults.standing import PASSING, Standing
from tests.instances import rows

MANIFEST = "manifest.json"


def whole(backup: Path, standing: Standing) -> bool:
    """Tell whether all files are there as the manifest says, and no other, and whether it knows of as many rows as there are."""
    try:
        content = contents(backup)
    except tarfile.TarError:
        return False
    if MANIFEST not in content:
        return False
    manifest = json.loads(content.pop(MANIFEST))
    said = {name: digest for name, (_, digest) in manifest["files"].items()}
    counted = {name: count for name, count in rows(standing.database).items() if name not in PASSING}
    told = {name: count for name, count in manifest["tables"].items() if name not in PASSING}
    return (
        said == {name: hashlib.sha256(one).hexdigest() for name, one in content.items()} and told == counted
    )


def contents(backup: Path) -> dict[str, bytes]:
    """Read the files of a backup, by name."""
    if backup.is_dir():
        return {str(one.relative_to(backup)): one.read_bytes() for one in backup.rglob("*") if one.is_file()}
    found = {}
    with tarfile.open(backup) as archive:
        for member in archive.getmembers():
            inside = archive.extractfile(member)
            assert inside is not None
            found[member.name] = inside.read()
    return found
