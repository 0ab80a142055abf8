"""The database of a backup: written by pg_dump from one snapshot, read back in one transaction.

Reading back needs no server program but `pg_restore` as a translator: the script that it writes is run through our own
connection, so that TLS and passwords are the product's, and a failure half way leaves the database as it was.
"""

from __future__ import annotations

import errno
import os
import re
import shutil
import subprocess
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import IO, Any

import psycopg
from psycopg import conninfo, pq, sql

from stateworks.config import environment
from stateworks.config.binaries import programs
from stateworks.kernel import full_disk
from stateworks.kernel.errors import Refused

#: Passing things: who is signed in, and what was looked up. After a restore everybody signs in anew.
WITHOUT_ROWS = ("django_session", "config_cache")
COMPRESSION = "gzip:1"
COPY = re.compile(rb"^COPY .* FROM stdin;\r?\n?$")


def parameters(alias: str = "owner") -> dict[str, str]:
    """Return how libpq reaches the database as the owner; starts the embedded server."""
    from django.db import connections

    known = {one.keyword.decode() for one in pq.Conninfo.get_defaults()}
    found = connections[alias].get_connection_params()
    return {name: str(value) for name, value in found.items() if name in known}


def connect() -> psycopg.Connection[tuple[Any, ...]]:
    """Open a connection of our own as the owner; refuse a role that does not see every row."""
    made = psycopg.connect(**parameters(), autocommit=True)  # type: ignore[arg-type]
    row = made.execute(
        "SELECT rolsuper OR rolbypassrls, EXISTS (SELECT FROM pg_tables WHERE schemaname = 'public' "
        "AND NOT pg_has_role(tableowner, 'USAGE')) FROM pg_roles WHERE rolname = current_user"
    ).fetchone()
    if row is None or not row[0] or row[1]:
        made.close()
        raise Refused(
            "A backup must see every row, which the site's own role does not; name the role that owns the database in "
            "DATABASE_OWNER_URL, and give it BYPASSRLS."
        )
    return made


def write(target: Path, snapshot: str, server: int) -> None:
    """Dump the database as the snapshot shows it, without the rows of sessions and cache."""
    reach = parameters()
    password = reach.pop("password", "")
    command = [
        str(program("pg_dump", server)), "--format=custom", f"--compress={COMPRESSION}", f"--snapshot={snapshot}",
        "--schema=public", "--no-password", *(f"--exclude-table-data=public.{name}" for name in WITHOUT_ROWS),
        f"--file={target}", f"--dbname={conninfo.make_conninfo(**reach)}",
    ]  # fmt: skip
    os.close(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    done = subprocess.run(
        command, env={"PATH": os.defpath, "LC_ALL": "C", "PGPASSWORD": password}, capture_output=True, text=True,
        check=False,
    )  # fmt: skip
    if done.returncode:
        words = done.stderr.strip().splitlines() or ["it said nothing"]
        if full_disk.is_said(done.stderr):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(target))
        raise Refused(
            f"The database could not be dumped: {words[-1]}. If it speaks of SSL or of a version, install "
            "PostgreSQL's client programs of the server's version.",
            words,
        )


def program(name: str, server: int) -> Path:
    """Return the program that suits a server of this major version.

    The embedded server has its own. For another one the system's are taken where they are recent enough, since those of the
    package speak no TLS.
    """
    if environment.DATABASE_URL.is_set():
        found = shutil.which(name)
        if found and _major(found) >= server:
            return Path(found)
    own = programs(None) / name
    if _major(str(own)) < server:
        raise Refused(
            f"The server is PostgreSQL {server}, newer than every {name} here; install its client programs."
        )
    return own


def _major(path: str) -> int:
    said = subprocess.run([path, "--version"], capture_output=True, text=True, check=True).stdout
    found = re.search(r"(\d+)", said.rpartition(")")[2])
    return int(found[1]) if found else 0


def read(
    dump: Path, connection: psycopg.Connection[tuple[Any, ...]], roles: Mapping[str, tuple[str, str]]
) -> None:
    """Put a dump in the place of everything in the schema `public`, in the transaction that the connection is in.

    `roles` has for `owner` and `app` the name in the dump and the name here.
    """
    server = connection.info.server_version // 10_000
    # Default privileges go with the schema; they would give new tables more than the dump says.
    connection.execute("DROP SCHEMA IF EXISTS public CASCADE")
    connection.execute("CREATE SCHEMA public AUTHORIZATION pg_database_owner")
    connection.execute("GRANT USAGE ON SCHEMA public TO PUBLIC")
    for section in ("pre-data", "data", "post-data"):
        with _script(dump, f"--section={section}", "--no-owner", "--no-privileges") as script:
            _run(script, connection, server)
    listed = _listed(dump)
    chosen = dump.with_suffix(".rights")
    chosen.write_text("\n".join(line for line in listed if " ACL " in line) + "\n")
    with _script(dump, f"--use-list={chosen}", "--no-owner") as script:
        _run((_renamed(line, roles) for line in script), connection, server)
    chosen.unlink()


class _script:  # noqa: N801 - it reads as a function
    """The lines of the script that pg_restore makes of a part of a dump; it must come to its end."""

    def __init__(self, dump: Path, *options: str) -> None:
        command = [str(programs(None) / "pg_restore"), *options, "--file=-", str(dump)]
        self._process = subprocess.Popen(
            command, env={"PATH": os.defpath, "LC_ALL": "C"}, stdout=subprocess.PIPE, stderr=subprocess.PIPE
        )

    def __enter__(self) -> IO[bytes]:
        assert self._process.stdout is not None
        return self._process.stdout

    def __exit__(self, kind: type[BaseException] | None, *rest: object) -> None:
        if kind is not None:
            self._process.kill()
        _output, words = self._process.communicate()
        if kind is None and self._process.returncode:
            said = words.decode(errors="replace").strip().splitlines() or ["it said nothing"]
            raise Refused(f"The database in the backup cannot be read: {said[-1]}.", said)


def _listed(dump: Path) -> list[str]:
    with _script(dump, "--list") as script:
        return script.read().decode().splitlines()


def _run(script: Iterable[bytes], connection: psycopg.Connection[tuple[Any, ...]], server: int) -> None:
    """Run a script: statements as they stand, the rows of COPY as they come."""
    statements: list[bytes] = []
    lines = iter(script)
    for line in lines:
        if COPY.match(line):
            _execute(statements, connection)
            with connection.cursor() as cursor, cursor.copy(line.rstrip().rstrip(b";")) as copy:
                for content in lines:
                    if content.rstrip(b"\r\n") == b"\\.":
                        break
                    copy.write(content)
        elif line.startswith((b"\\restrict ", b"\\unrestrict ")):
            continue  # words for psql
        elif line.strip() == b"CREATE SCHEMA public;" or (
            server < 17 and line.startswith(b"SET transaction_timeout")
        ):
            continue  # made above; not known there
        else:
            statements.append(line)
    _execute(statements, connection)


def _execute(statements: list[bytes], connection: psycopg.Connection[tuple[Any, ...]]) -> None:
    text = b"".join(statements)
    statements.clear()
    if any(line.strip() and not line.startswith(b"--") for line in text.splitlines()):
        connection.execute(text)


def _renamed(line: bytes, roles: Mapping[str, tuple[str, str]]) -> bytes:
    """Give a statement about rights the names that the roles have here."""
    text = line.decode()
    for former, now in roles.values():
        if former != now:
            there, here = (sql.Identifier(name).as_string(None) for name in (former, now))
            pattern = rf"\b(TO|FROM|FOR ROLE) (?:{re.escape(there)}|{re.escape(former)})(?=[\s;,])"
            text = re.sub(pattern, lambda found, here=here: f"{found[1]} {here}", text)  # type: ignore[misc]
    return text.encode()
