"""What belongs to one moment of an instance: told by the database's snapshot, found on disk."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

from stateworks.config.backups.places import private_folder
from stateworks.kernel.errors import Refused
from stateworks.kernel.lake import tables, upkeep

HELD = ".backup"
"""The folder among the uploaded files that keeps them while they are copied."""


@dataclass(frozen=True)
class LakeFile:
    """A file of the lake that a backup takes: its place below the lake, and the hash it was written with, if known."""

    path: Path
    name: str
    sha256: str
    needed: bool


def row_counts(snapshot: psycopg.Connection[tuple[Any, ...]], without: tuple[str, ...]) -> dict[str, int]:
    """Count the rows of every table but some."""
    names = snapshot.execute(
        "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1"
    ).fetchall()
    counts = {}
    for (name,) in names:
        if name not in without:
            query = sql.SQL("SELECT count(*) FROM public.{}").format(sql.Identifier(name))
            counts[name] = snapshot.execute(query).fetchall()[0][0]
    return counts


def datasets(snapshot: psycopg.Connection[tuple[Any, ...]]) -> dict[str, dict[str, int]]:
    """Return each dataset's pointer and rows."""
    rows = snapshot.execute("SELECT name, version, rows FROM lake_dataset ORDER BY name").fetchall()
    return {name: {"version": version, "rows": count} for name, version, count in rows}


def lake_files(snapshot: psycopg.Connection[tuple[Any, ...]], at: datetime) -> Iterator[LakeFile]:
    """Yield the logs and Parquet files of every version that the snapshot knows, and no commit that came later.

    A file is `needed` where the current version, a signed one or one of the last 35 days consists of it; others are
    taken as long as they are there.
    """
    for dataset, found in datasets(snapshot).items():
        if found["version"] < 0:
            continue
        versions = snapshot.execute(
            "SELECT version, created_at, pinned FROM lake_datasetversion WHERE dataset_id = %s ORDER BY version",
            [dataset],
        ).fetchall()
        written = snapshot.execute(
            "SELECT path, sha256 FROM lake_datafile WHERE dataset_id = %s ORDER BY path", [dataset]
        ).fetchall()
        yield from _table(dataset, found["version"], upkeep.kept(versions, at=at), dict(written))


def _table(dataset: str, newest: int, kept: set[int], written: dict[str, str]) -> Iterator[LakeFile]:
    root, base = tables.lake_root(), tables.folder(dataset)
    live: set[str] = set()
    needed: set[str] = set()
    for version in range(newest + 1):
        log = base / "_delta_log" / f"{version:020}.json"
        if not log.exists():
            raise Refused(f"The lake lost the log {log}; restore it from an earlier backup.")
        yield LakeFile(log, str(log.relative_to(root)), "", needed=True)
        for line in log.read_text().splitlines():
            action = json.loads(line)
            if "add" in action:
                live.add(action["add"]["path"])
            elif "remove" in action:
                live.discard(action["remove"]["path"])
        if version in kept:
            needed |= live
    # A checkpoint spares readers the logs before it. Which one is the newest is found without the note that says so.
    for checkpoint in sorted((base / "_delta_log").glob("*.checkpoint*.parquet")):
        if int(checkpoint.name.partition(".")[0]) <= newest:
            yield LakeFile(checkpoint, str(checkpoint.relative_to(root)), "", needed=True)
    for name in sorted(needed | set(written)):
        path = base / name
        if name in needed or path.exists():
            yield LakeFile(path, str(path.relative_to(root)), written.get(name, ""), name in needed)


class HeldFiles:
    """The uploaded files of one moment, kept from being deleted or replaced by links beside them.

    Held before the snapshot is taken and once more after it: whatever the snapshot refers to was there at one of the two.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        self.held = root / HELD
        shutil.rmtree(self.held, ignore_errors=True)

    def hold(self) -> None:
        """Link every file that is there now."""
        if not self.root.is_dir():
            return
        for source in _files(self.root):
            place = self.held / source.relative_to(self.root)
            try:
                if place.exists() and place.samefile(source):
                    continue
                private_folder(place.parent)
                place.unlink(missing_ok=True)
                _link(source, place)
            except FileNotFoundError:
                continue  # deleted at this moment: nobody needs it

    def files(self) -> Iterator[tuple[str, Path]]:
        """Yield each file's name below the folder of uploaded files, and where it is held."""
        if self.held.is_dir():
            for path in sorted(_files(self.held)):
                yield str(path.relative_to(self.held)), path

    def release(self) -> None:
        """Delete the links."""
        shutil.rmtree(self.held, ignore_errors=True)


def _files(root: Path) -> Iterator[Path]:
    for folder, below, names in os.walk(root):
        below[:] = [name for name in below if name != HELD]
        for name in names:
            path = Path(folder, name)
            if path.is_file() and not path.is_symlink():
                yield path


def _link(source: Path, place: Path) -> None:
    try:
        os.link(source, place)
    except FileNotFoundError:
        raise
    except OSError:
        shutil.copyfile(source, place)  # a file system without links
