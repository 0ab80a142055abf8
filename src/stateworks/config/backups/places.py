"""Where a backup lies: a folder or a tar file, written under another name first, and read back."""

from __future__ import annotations

import hashlib
import io
import os
import shutil
import tarfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Protocol

from stateworks.config.backups import manifest
from stateworks.config.backups.manifest import Entry, Manifest
from stateworks.kernel.errors import Refused

CHUNK = 1 << 20
UNFINISHED = ".unfinished"


class Writer(Protocol):
    """Takes the files of a backup that is being made."""

    entries: dict[str, Entry]

    def add(self, name: str, source: Path, known: str = "") -> Entry:
        """Copy a file in under a name and return its size and hash; `known` is the hash it is said to have."""

    def make(self, name: str, write: Callable[[Path], None]) -> Entry:
        """Have a file written that is nowhere yet, and take it in."""

    def finish(self, told: bytes) -> None:
        """Write the manifest and give the backup its own name."""

    def drop(self) -> None:
        """Delete what was written so far."""


def writer(target: Path, previous: Reader | None = None) -> Writer:
    """Return who writes a backup to a path that must be free; a path that ends in `.tar` becomes one file.

    What the `previous` backup holds already is shared with it where both are folders on one file system.
    """
    if target.exists() or target.is_symlink():
        half = target.with_name(f".{target.name}{UNFINISHED}")
        if half.is_file() and half.samefile(target):
            half.unlink()  # killed once it had its name: the other one is all that was left to go
        raise Refused(f"{target} is there already; a backup overwrites nothing: name another place.")
    if not target.parent.is_dir():
        raise Refused(f"The folder {target.parent} is not there; make it, or name another place.")
    return TarWriter(target) if target.suffix == ".tar" else FolderWriter(target, previous)


class FolderWriter:
    """Writes a backup as a folder."""

    def __init__(self, target: Path, previous: Reader | None) -> None:
        self.target = target
        self.half = target.with_name(f".{target.name}{UNFINISHED}")
        self.previous = previous
        self.former = _by_name(previous)
        self.entries: dict[str, Entry] = {}
        self.shared = 0
        self.drop()
        self.half.mkdir(mode=0o700)

    def add(self, name: str, source: Path, known: str = "") -> Entry:
        """Copy a file in, or link it to the previous backup's where that one is known to be the same."""
        place = self.half / name
        private_folder(place.parent)
        former = self.former.get(name)
        if known and former is not None and former.sha256 == known and self._linked(name, place, former):
            self.entries[name] = former
            return former
        with source.open("rb") as content, _private(place) as out:
            self.entries[name] = copied(content, out)
        return self.entries[name]

    def make(self, name: str, write: Callable[[Path], None]) -> Entry:
        """Have a file written where it belongs."""
        write(self.half / name)
        with (self.half / name).open("rb") as content:
            self.entries[name] = copied(content, None)
        return self.entries[name]

    def _linked(self, name: str, place: Path, former: Entry) -> bool:
        assert self.previous is not None
        origin = self.previous.path / name
        try:
            if origin.stat().st_size != former.size:
                return False
            os.link(origin, place)
        except OSError:
            return False  # another file system, or one without links
        self.shared += former.size
        return True

    def finish(self, told: bytes) -> None:
        """Write the manifest last and rename: a folder of the right name is a whole backup."""
        with _private(self.half / manifest.NAME) as out:
            out.write(told)
        os.sync()
        if self.target.exists():
            raise Refused(f"{self.target} has come into being meanwhile; name another place.")
        self.half.rename(self.target)
        _sync_folder(self.target.parent)

    def drop(self) -> None:
        """Delete what was written so far, by this process or by one that was killed."""
        shutil.rmtree(self.half, ignore_errors=True)


class TarWriter:
    """Writes a backup as one tar file; what is in it is packed already."""

    def __init__(self, target: Path) -> None:
        self.target = target
        self.half = target.with_name(f".{target.name}{UNFINISHED}")
        self._beside = target.with_name(f".{target.name}{UNFINISHED}-database")
        self.entries: dict[str, Entry] = {}
        self.drop()
        self._out = _private(self.half)
        self._tar = tarfile.open(fileobj=self._out, mode="w", format=tarfile.PAX_FORMAT)  # noqa: SIM115

    def add(self, name: str, source: Path, known: str = "") -> Entry:
        """Append a file."""
        with source.open("rb") as content:
            member = tarfile.TarInfo(name)
            member.size, member.mode = os.fstat(content.fileno()).st_size, 0o600
            counted = _Counted(content)
            self._tar.addfile(member, counted)
        self.entries[name] = Entry(counted.size, counted.digest.hexdigest())
        return self.entries[name]

    def make(self, name: str, write: Callable[[Path], None]) -> Entry:
        """Have a file written beside, and append it."""
        write(self._beside)
        try:
            return self.add(name, self._beside)
        finally:
            self._beside.unlink()

    def finish(self, told: bytes) -> None:
        """Append the manifest and rename."""
        member = tarfile.TarInfo(manifest.NAME)
        member.size, member.mode = len(told), 0o600
        self._tar.addfile(member, io.BytesIO(told))
        self._tar.close()
        self._out.flush()
        os.fsync(self._out.fileno())
        self._out.close()
        os.link(self.half, self.target)  # unlike a rename it overwrites nothing
        self.half.unlink()
        _sync_folder(self.target.parent)

    def drop(self) -> None:
        """Delete what was written so far."""
        self.half.unlink(missing_ok=True)
        self._beside.unlink(missing_ok=True)


class _Counted:
    """A file that is hashed and counted while somebody reads it."""

    def __init__(self, content: IO[bytes]) -> None:
        self._content = content
        self.digest = hashlib.sha256()
        self.size = 0

    def read(self, length: int = -1) -> bytes:
        found = self._content.read(length)
        self.digest.update(found)
        self.size += len(found)
        return found


class Reader:
    """A backup that is read: its manifest, and its files by name."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._tar: tarfile.TarFile | None = None
        self._members: dict[str, tarfile.TarInfo] = {}
        if path.is_file():
            self._open_tar()
        elif not path.is_dir():
            raise Refused(f"There is no backup at {path}; name the folder or the .tar file that was written.")
        self.manifest = self._read_manifest()

    def _open_tar(self) -> None:
        try:
            self._tar = tarfile.open(self.path, mode="r:")  # noqa: SIM115
            members = self._tar.getmembers()
        except (tarfile.TarError, OSError) as error:
            raise Refused(f"{self.path} is cut off or no backup: {error}.") from error
        self._members = {one.name: one for one in members if one.isreg()}
        if len(self._members) != len(members):
            raise Refused(f"{self.path} holds something twice, or other things than files; it is no backup.")

    def _read_manifest(self) -> Manifest:
        try:
            with self.opened(manifest.NAME) as content:
                return manifest.read(content.read(), str(self.path))
        except FileNotFoundError:
            inside = [one.path for one in shelf(self.path)] if self.path.is_dir() else []
            if inside:
                raise Refused(
                    f"{self.path} is a folder of {len(inside)} backups; name one of them, such as {inside[-1]}."
                ) from None
            raise Refused(
                f"{self.path} has no manifest, so it is no whole backup: a backup that was interrupted has none."
            ) from None

    def names(self) -> set[str]:
        """Return the names of all files that are there, the manifest apart."""
        if self._tar is not None:
            return set(self._members) - {manifest.NAME}
        found = {str(one.relative_to(self.path)) for one in self.path.rglob("*") if not one.is_dir()}
        return found - {manifest.NAME}

    @contextmanager
    def opened(self, name: str) -> Iterator[IO[bytes]]:
        """Open a file of the backup; raises FileNotFoundError."""
        if self._tar is None:
            place = self.path / name
            if place.is_symlink():
                raise Refused(f"{place} is a link; a backup holds none.")
            with place.open("rb") as content:
                yield content
            return
        member = self._members.get(name)
        inside = self._tar.extractfile(member) if member else None
        if inside is None:
            raise FileNotFoundError(name)
        with inside:
            yield inside

    def copy(self, name: str, target: Path) -> None:
        """Write a file of the backup to a place on disk, and refuse it where it is not what the manifest says."""
        private_folder(target.parent)
        with self.opened(name) as content, _private(target) as out:
            found = copied(content, out)
        if found != self.manifest.entries[name]:
            raise Refused(f"{name} in {self.path} is not what was written; use another backup.")

    def close(self) -> None:
        """Let go of the file."""
        if self._tar is not None:
            self._tar.close()


def shelf(folder: Path) -> list[Reader]:
    """Return the whole backups in a folder, oldest first, by the time at which each was made."""
    found = []
    for place in sorted(folder.iterdir()):
        if place.name.startswith(".") or not (place.is_dir() or place.suffix == ".tar"):
            continue
        if place.is_dir() and not (place / manifest.NAME).is_file():
            continue
        try:
            found.append(Reader(place))
        except Refused:
            continue  # not ours to judge here: `--check` says what is wrong with it
    return sorted(found, key=lambda one: one.manifest.made_at)


def private_folder(folder: Path) -> None:
    """Make a folder, and those above it that are missing, for their owner alone."""
    if not folder.is_dir():
        private_folder(folder.parent)
        folder.mkdir(mode=0o700, exist_ok=True)


def make_shelf(folder: Path) -> None:
    """Make a folder of backups where there is none."""
    if folder.is_dir():
        return
    try:
        folder.mkdir(mode=0o700)
    except OSError as error:
        raise Refused(f"The folder {folder} cannot be made: {error.strerror}.") from error


def sweep(folder: Path) -> None:
    """Delete from a folder of dated backups what was never finished there; nobody else may be making one."""
    for half in folder.glob(f".*{UNFINISHED}"):
        shutil.rmtree(half, ignore_errors=True)


def remove(path: Path) -> None:
    """Delete a backup; under another name first, so that what is left after a crash passes for none."""
    half = path.with_name(f".{path.name}{UNFINISHED}")
    path.rename(half)
    if half.is_dir():
        shutil.rmtree(half)
    else:
        half.unlink()


def copied(content: IO[bytes], out: IO[bytes] | None) -> Entry:
    """Copy a stream, or only read it, and return its size and hash."""
    digest, size = hashlib.sha256(), 0
    while chunk := content.read(CHUNK):
        digest.update(chunk)
        size += len(chunk)
        if out is not None:
            out.write(chunk)
    return Entry(size, digest.hexdigest())


def _by_name(previous: Reader | None) -> dict[str, Entry]:
    if previous is None or not previous.path.is_dir():
        return {}
    return dict(previous.manifest.entries)


def _private(path: Path) -> IO[bytes]:
    """Open a new file that only its owner may read."""
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb")


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
