"""The embedded PostgreSQL server of one data folder: made, started, found again, recovered and stopped.

Every process that uses the server holds a shared lock while it lives. Whoever ends last stops the server, so nothing
is left running; a process that was killed leaves the server to the next one. No process of the product knows the
superuser's password: nobody does.
"""

from __future__ import annotations

import atexit
import contextlib
import fcntl
import hashlib
import json
import os
import pwd
import secrets
import shlex
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import IO

from stateworks.config.binaries import MAJOR_VERSION, SYSTEM_FOLDER, make_folder, programs, service_account
from stateworks.config.cluster_settings import SETTINGS, WITHOUT_DURABILITY
from stateworks.config.postmaster import READY, forget_former_server, postmaster, wait_until_ready
from stateworks.kernel.errors import Refused

DATABASE = "stateworks"
OWNER = "stateworks_owner"
APP = "stateworks_app"
PORT = 5432
#: A socket's whole path may have 107 bytes on Linux.
LONGEST_SOCKET_PATH = 107
#: Recovery of a large database after a crash takes as long as it takes: only a server that hangs is given up.
START_LIMIT_SECONDS = 3600

#: How long open transactions get to be written down. A server that takes longer is stopped as by a power cut and recovers
#: at its next start: nothing that was committed is lost.
STOP_LIMIT_SECONDS = 120


@dataclass(frozen=True)
class Login:
    """What a client needs to connect as one role."""

    host: str
    port: int
    user: str
    password: str = field(repr=False)


class Server:
    """The embedded server that belongs to one data folder (`home`)."""

    def __init__(self, home: Path, *, durable: bool = True) -> None:
        self.home = home.absolute()
        self.durable = durable
        self.own_folder = self.home / "postgres"
        self._lock_holder: tuple[int, IO[str]] | None = None
        self._lock_descriptor: int | None = None

    @cached_property
    def account(self) -> pwd.struct_passwd | None:
        """The account that runs the server, or None for our own."""
        return service_account()

    @cached_property
    def folder(self) -> Path:
        """Where the database lies: in the data folder, or below /var/lib when root runs us."""
        if self.account is None:
            return self.own_folder
        recorded = self._read_secrets().get("folder")
        return Path(recorded) if recorded else self._system_folder

    @property
    def _system_folder(self) -> Path:
        return SYSTEM_FOLDER / hashlib.sha256(str(self.home.resolve()).encode()).hexdigest()[:12]

    @property
    def data(self) -> Path:
        """The server's own data directory."""
        return self.folder / "data"

    @cached_property
    def sockets(self) -> Path:
        """A folder that only we can enter, with a path short enough for a socket."""
        folder = self.folder / "run"
        if len(os.fsencode(folder / f".s.PGSQL.{PORT}")) <= LONGEST_SOCKET_PATH:
            return folder
        digest = hashlib.sha256(str(self.folder).encode()).hexdigest()[:12]
        return Path(tempfile.gettempdir()) / f"stateworks-{os.geteuid()}-{digest}"

    # -- what callers use

    def login(self, role: str) -> Login:
        """Start the server if it does not run, and return how to connect as the role (`OWNER` or `APP`)."""
        self.start()
        password = self._read_secrets()[role]
        return Login(str(self.sockets), PORT, role, password)

    def start(self) -> None:
        """Make sure that the server runs and goes on running while this process lives."""
        if self._held() and self.running():
            return
        with self._exclusive():
            self._hold()
            if not (self.data / "PG_VERSION").exists() or not self._read_secrets():
                self._create()
            self._check_version()
            self._check_place()
            if not wait_until_ready(self.data):
                self._launch()

    def running(self) -> bool:
        """Say whether the server runs and takes connections."""
        pid, state = postmaster(self.data)
        return pid is not None and state == READY

    def release(self) -> None:
        """Stop the server if no other process uses it."""
        if not self._held() or not self.own_folder.exists():
            return
        with self._exclusive():
            assert self._lock_holder is not None
            _, file = self._lock_holder
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                pass  # somebody else still works
            else:
                self.stop()
            finally:
                file.close()
                self._lock_holder = None

    def stop(self) -> None:
        """Stop the server now, whoever uses it."""
        for mode, limit in (("fast", STOP_LIMIT_SECONDS), ("immediate", START_LIMIT_SECONDS)):
            if postmaster(self.data)[0] is not None:
                self._run(
                    "pg_ctl", "stop", "-D", str(self.data), "-m", mode, "-w", "-t", str(limit),
                    must_succeed=mode == "immediate",
                )  # fmt: skip

    def destroy(self) -> None:
        """Stop the server and delete its database for good, and former ones that were set aside for this data folder."""
        if self.account is not None:
            for aside in SYSTEM_FOLDER.glob(f"{self._system_folder.name}.deleted-*"):
                # Ours only: the note inside says whose it was, and a folder without one stays.
                if (aside / "home").is_file() and (aside / "home").read_text() == str(self.home):
                    shutil.rmtree(aside, ignore_errors=True)
        if not self.own_folder.exists():
            return
        with self._exclusive():
            self.stop()
            if self._lock_holder is not None:
                self._lock_holder[1].close()
                self._lock_holder = None
            if self.folder != self.own_folder:
                shutil.rmtree(self.folder, ignore_errors=True)
            shutil.rmtree(self.sockets, ignore_errors=True)
            shutil.rmtree(self.own_folder, ignore_errors=True)

    # -- locks

    @contextlib.contextmanager
    def _exclusive(self) -> Iterator[None]:
        """Keep other processes from starting or stopping the server at the same moment."""
        make_folder(self.home, 0o700)
        make_folder(self.own_folder, 0o700)
        try:
            file = (self.own_folder / "start.lock").open("a")
        except PermissionError as error:
            raise Refused(
                f"The data folder {self.home} belongs to another user; run the command as that user, "
                "or set STATEWORKS_HOME to a folder of your own."
            ) from error
        with file:
            fcntl.flock(file, fcntl.LOCK_EX)
            self._lock_descriptor = file.fileno()
            yield

    def _held(self) -> bool:
        # A forked worker shares its parent's lock, which would count the two as one: it must take its own.
        return self._lock_holder is not None and self._lock_holder[0] == os.getpid()

    def _hold(self) -> None:
        if self._held():
            return
        file = (self.own_folder / "users.lock").open("a")
        fcntl.flock(file, fcntl.LOCK_SH)
        self._lock_holder = (os.getpid(), file)
        atexit.register(self.release)

    # -- the server's life

    def _create(self) -> None:
        """Make an empty database with its two roles; a killed attempt leaves nothing that counts."""
        if self.account is not None:
            make_folder(SYSTEM_FOLDER, 0o755)
            self._secrets_file.unlink(missing_ok=True)
            self.__dict__.pop("folder", None)
            self._set_aside()
        make_folder(self.folder, 0o700, self.account)
        unfinished = self.folder / "data.new"
        shutil.rmtree(unfinished, ignore_errors=True)
        shutil.rmtree(self.data, ignore_errors=True)
        passwords = {role: secrets.token_urlsafe(24) for role in (OWNER, APP)}
        chosen = SETTINGS if self.durable else {**SETTINGS, **WITHOUT_DURABILITY}
        settings = [part for name, value in chosen.items() for part in ("-c", f"{name}={value}")]
        with self._password_file() as password_file:
            self._run(
                "initdb", "-D", str(unfinished), "--username=stateworks_superuser", "--auth=scram-sha-256",
                f"--pwfile={password_file}", "--encoding=UTF8", "--locale-provider=builtin",
                "--builtin-locale=C.UTF-8", "--locale=C", "--no-instructions", *settings,
            )  # fmt: skip
        roles = [
            f"CREATE ROLE {APP} LOGIN NOINHERIT PASSWORD '{passwords[APP]}';",
            # Migrations change rows of every agency, and tests make a database of their own.
            f"CREATE ROLE {OWNER} LOGIN BYPASSRLS CREATEDB PASSWORD '{passwords[OWNER]}';",
            # Lets the owner end the app's connections when a test database is dropped.
            f"GRANT {APP} TO {OWNER};",
            f"GRANT SET ON PARAMETER session_replication_role TO {OWNER};",
            f"CREATE DATABASE {DATABASE} OWNER {OWNER};",
        ]
        # A single-user server takes these with no password and no socket open.
        done = self._run(
            "postgres", "--single", "-D", str(unfinished), "postgres", text="\n".join(roles) + "\n"
        )
        if "ERROR:" in done.stderr or "FATAL:" in done.stderr:
            raise Refused(
                f"The embedded database could not be set up: {done.stderr.strip().splitlines()[-1]}"
            )
        self._write_secrets({**passwords, "folder": str(self.folder)})
        if self.account is not None:
            (self.folder / "home").write_text(str(self.home))
        unfinished.rename(self.data)

    def _launch(self) -> None:
        """Start the server; after a crash this is where it recovers."""
        self._make_sockets()
        options = f"-k {shlex.quote(str(self.sockets))} -p {PORT}"
        log = self.folder / "start.log"
        socket_lock = self.sockets / f".s.PGSQL.{PORT}.lock"
        forget_former_server(self.data, (self.data / "postmaster.pid", socket_lock))
        done = self._run(
            "pg_ctl", "start", "-D", str(self.data), "-o", options, "-l", str(log),
            "-w", "-t", str(START_LIMIT_SECONDS), must_succeed=False,
        )  # fmt: skip
        if done.returncode != 0:
            words = log.read_text(errors="replace") if log.exists() else done.stderr
            raise Refused(
                f"The embedded database did not start; its own words are in {self.folder}.",
                words.splitlines()[-5:],
            )

    def _make_sockets(self) -> None:
        make_folder(self.sockets, 0o700, self.account)
        found = self.sockets.lstat()
        owner = self.account.pw_uid if self.account else os.geteuid()
        if self.sockets.is_symlink() or found.st_uid != owner or found.st_mode & 0o077:
            raise Refused(
                f"The folder {self.sockets} is open to others; delete it, or set STATEWORKS_HOME to a shorter path."
            )

    def _check_version(self) -> None:
        found = (self.data / "PG_VERSION").read_text().strip()
        if found != MAJOR_VERSION:
            raise Refused(
                f"The database in {self.data} was made by PostgreSQL {found} and this version brings "
                f"{MAJOR_VERSION}; restore a backup into a new STATEWORKS_HOME."
            )

    def _check_place(self) -> None:
        """Refuse the copy of a data folder, which would quietly share the original's database."""
        note = self.folder / "home"
        if self.account is None or not note.exists():
            return
        original = Path(note.read_text())
        if original == self.home:
            return
        if (original / "postgres" / "cluster.json").exists():
            raise Refused(
                f"The data folder {self.home} is a copy of {original} and would share its database; "
                "make a new one with `stateworks init` and restore a backup into it."
            )
        note.write_text(str(self.home))

    def _set_aside(self) -> None:
        """Keep the database of a data folder that was deleted, but out of the way of a new one."""
        if not self.folder.exists():
            return
        self.stop()
        if self.data.exists():
            aside = self.folder.with_name(
                f"{self.folder.name}.deleted-{time.strftime('%Y%m%d-%H%M%S', time.gmtime())}"
            )
            self.folder.rename(aside)
            sys.stderr.write(
                f"The data folder {self.home} is new; its former database was set aside in {aside}.\n"
            )
        else:
            shutil.rmtree(self.folder)

    # -- secrets and processes

    @property
    def _secrets_file(self) -> Path:
        return self.own_folder / "cluster.json"

    def _read_secrets(self) -> dict[str, str]:
        try:
            found: dict[str, str] = json.loads(self._secrets_file.read_text())
        except FileNotFoundError:
            return {}
        return found

    def _write_secrets(self, values: Mapping[str, str]) -> None:
        unfinished = self._secrets_file.with_suffix(".new")
        unfinished.unlink(missing_ok=True)
        with os.fdopen(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            json.dump(dict(values), file)
        unfinished.rename(self._secrets_file)

    @contextlib.contextmanager
    def _password_file(self) -> Iterator[Path]:
        """Hold a random superuser password just long enough for initdb to read it."""
        path = self.folder / "superuser.password"
        path.unlink(missing_ok=True)
        try:
            with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
                file.write(secrets.token_urlsafe(32))
            if self.account is not None:
                os.chown(path, self.account.pw_uid, self.account.pw_gid)
            yield path
        finally:
            path.unlink(missing_ok=True)

    def _run(
        self, program: str, *arguments: str, text: str | None = None, must_succeed: bool = True
    ) -> subprocess.CompletedProcess[str]:
        """Run one of PostgreSQL's programs as the account that the server runs as.

        Whatever ends by itself shares the start lock: should we be killed meanwhile, others wait for it. A server
        that stays must not hold the lock.
        """
        account = self.account
        done = subprocess.run(
            [str(programs(account) / program), *arguments],
            input=text if text is not None else "",
            cwd=self.folder,
            env={"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC"},
            user=account.pw_uid if account else None,
            group=account.pw_gid if account else None,
            extra_groups=[] if account else None,
            pass_fds=(self._lock_descriptor,) if program != "pg_ctl" and self._lock_descriptor else (),
            capture_output=True,
            text=True,
            check=False,
        )
        if must_succeed and done.returncode:
            words = (done.stderr or done.stdout).strip().splitlines() or ["it said nothing"]
            raise Refused(f"The embedded database's program {program} failed: {words[-1]}.", words)
        return done


_servers: dict[Path, Server] = {}


def server(home: Path, *, durable: bool = True) -> Server:
    """Return this process's handle of the server that belongs to the data folder.

    A database that is made without being `durable` may be lost with the machine: for tests alone.
    """
    return _servers.setdefault(home.absolute(), Server(home, durable=durable))
