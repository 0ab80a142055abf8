"""The embedded server's life, on real servers in data folders of their own."""

from __future__ import annotations

import os
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import textwrap
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from stateworks.config.postgres import APP, DATABASE, LONGEST_SOCKET_PATH, OWNER, PORT, Server
from stateworks.kernel.errors import Refused


@pytest.fixture
def home() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="stateworks-postgres-"))
    yield folder
    Server(folder).destroy()
    shutil.rmtree(folder)


def connect(server: Server, role: str = APP, **other: str) -> psycopg.Connection[tuple[object, ...]]:
    login = server.login(role)
    return psycopg.connect(
        host=login.host,
        port=login.port,
        user=login.user,
        dbname=DATABASE,
        **{"password": login.password, **other},
    )


def postmaster(server: Server) -> int:
    return int((server.data / "postmaster.pid").read_text().splitlines()[0])


def gone(pid: int) -> bool:
    """Say whether the process has ended, waiting for it a little."""
    for _ in range(200):
        try:
            state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
        except FileNotFoundError:
            return True
        if state == "Z":
            return True
        time.sleep(0.05)
    return False


def in_another_process(home: Path, code: str) -> subprocess.Popen[str]:
    """Run code with `server` in a process of its own; it prints and reads through pipes."""
    imports = "from pathlib import Path\nfrom stateworks.config.postgres import *\n"
    prelude = f"{imports}server = Server(Path({str(home)!r}))\n"
    return subprocess.Popen(
        [sys.executable, "-c", prelude + textwrap.dedent(code)],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip


def test_it_starts_keeps_rows_and_is_found_again(home: Path) -> None:
    first = Server(home)
    with connect(first, OWNER) as connection:
        connection.execute("CREATE TABLE kept (n int)")
        connection.execute("INSERT INTO kept VALUES (7)")
    pid = postmaster(first)
    second = Server(home)
    second.start()
    assert postmaster(second) == pid, "a running server is used, not started again"
    first.release()
    assert second.running(), "one of its two users still works"
    second.release()
    assert not second.running()
    assert gone(pid)
    with connect(second, OWNER) as connection:
        assert connection.execute("SELECT n FROM kept").fetchone() == (7,)


def test_it_recovers_after_kill_9_with_every_committed_row(home: Path) -> None:
    server = Server(home)
    with connect(server, OWNER) as connection:
        connection.execute("CREATE TABLE kept (n int)")
        connection.execute("INSERT INTO kept SELECT generate_series(1, 1000)")
    open_one = connect(server, OWNER)
    open_one.execute("INSERT INTO kept VALUES (0)")
    pid = postmaster(server)
    os.kill(pid, signal.SIGKILL)
    assert gone(pid)
    with connect(server, OWNER) as connection:
        assert connection.execute("SELECT count(*), min(n) FROM kept").fetchone() == (1000, 1)
    open_one.close()


def test_two_homes_have_two_servers_at_once(home: Path) -> None:
    other_home = Path(tempfile.mkdtemp(prefix="stateworks-postgres-"))
    one, other = Server(home), Server(other_home)
    try:
        with connect(one, OWNER) as first, connect(other, OWNER) as second:
            first.execute("CREATE TABLE mine (n int)")
            assert second.execute("SELECT to_regclass('mine')").fetchone() == (None,)
        assert postmaster(one) != postmaster(other)
        with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
            connect(one, APP, password=other.login(APP).password)
    finally:
        other.destroy()
        shutil.rmtree(other_home)


def test_processes_that_start_at_once_share_one_server(home: Path) -> None:
    code = (
        "server.start(); print((server.data / 'postmaster.pid').read_text().split()[0], flush=True); input()"
    )
    starters = [in_another_process(home, code) for _ in range(4)]
    pids = {starter.stdout.readline() for starter in starters if starter.stdout}
    assert len(pids) == 1
    for starter in starters:
        starter.communicate("\n")
        assert starter.returncode == 0
    assert gone(int(pids.pop())), "the last one to end stops it"


def test_a_killed_user_leaves_a_server_that_the_next_one_stops(home: Path) -> None:
    user = in_another_process(home, "server.start(); print('started', flush=True); input()")
    assert user.stdout
    assert user.stdout.readline() == "started\n"
    user.kill()
    user.wait()
    server = Server(home)
    assert server.running()
    server.start()
    pid = postmaster(server)
    server.release()
    assert gone(pid)


def test_setting_up_again_after_it_was_killed_half_way(home: Path) -> None:
    maker = in_another_process(home, "print('on it', flush=True); server.start()")
    assert maker.stdout
    maker.stdout.readline()
    time.sleep(0.4)  # initdb is at work
    maker.kill()
    maker.wait()
    with connect(Server(home)) as connection:
        assert connection.execute("SELECT current_user").fetchone() == (APP,)


def test_a_process_id_that_now_belongs_to_another_program_is_no_obstacle(home: Path) -> None:
    server = Server(home)
    server.start()
    note = (server.data / "postmaster.pid").read_text()
    server.stop()
    (server.data / "postmaster.pid").write_text("\n".join([str(os.getpid()), *note.splitlines()[1:]]) + "\n")
    with connect(server) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)


def test_folders_secrets_and_passwords_are_closed_to_others(home: Path) -> None:
    before = stat.S_IMODE(home.parent.stat().st_mode)
    server = Server(home)
    server.start()
    assert stat.S_IMODE(home.parent.stat().st_mode) == before, "a folder we did not make is left alone"
    assert stat.S_IMODE(server.sockets.stat().st_mode) == 0o700
    assert stat.S_IMODE(server.data.stat().st_mode) == 0o700
    assert stat.S_IMODE((home / "postgres" / "cluster.json").stat().st_mode) == 0o600
    rules = [
        line.split()[-1]
        for line in (server.data / "pg_hba.conf").read_text().splitlines()
        if line.strip() and not line.startswith("#")
    ]
    assert set(rules) == {"scram-sha-256"}
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        connect(server, password="wrong")
    with connect(server) as connection:
        assert connection.execute("SHOW listen_addresses").fetchone() == ("",)


def test_the_server_never_runs_as_root(home: Path) -> None:
    server = Server(home)
    server.start()
    assert os.stat(f"/proc/{postmaster(server)}").st_uid != 0


def test_a_long_path_gets_a_short_socket(home: Path) -> None:
    long = home / ("a" * 60) / ("b" * 60)
    server = Server(long)
    assert len(os.fsencode(server.sockets / f".s.PGSQL.{PORT}")) <= LONGEST_SOCKET_PATH
    try:
        with connect(server) as connection:
            assert connection.execute("SELECT 1").fetchone() == (1,)
    finally:
        server.destroy()


def test_another_release_of_postgresql_is_refused_with_a_way_out(home: Path) -> None:
    server = Server(home)
    server.start()
    server.stop()
    (server.data / "PG_VERSION").write_text("15\n")
    with pytest.raises(Refused, match=r"made by PostgreSQL 15 .* restore a backup"):
        Server(home).start()


def test_a_deleted_data_folder_begins_anew(home: Path) -> None:
    server = Server(home)
    with connect(server, OWNER) as connection:
        connection.execute("CREATE TABLE former (n int)")
    folder = server.folder
    server.release()
    shutil.rmtree(home / "postgres")
    fresh = Server(home)
    with connect(fresh, OWNER) as connection:
        assert connection.execute("SELECT to_regclass('former')").fetchone() == (None,)
    if server.account is None:
        return
    (aside,) = folder.parent.glob(f"{folder.name}.deleted-*")
    foreign = folder.with_name(f"{folder.name}.deleted-by-hand")
    foreign.mkdir()
    try:
        Server(home).destroy()
        # What was set aside for this data folder goes with it, and nothing that others put there.
        assert not aside.exists()
        assert not folder.exists()
        assert foreign.exists()
    finally:
        foreign.rmdir()


def test_a_copied_data_folder_never_shares_its_database_and_a_moved_one_keeps_it(home: Path) -> None:
    server = Server(home)
    server.start()
    server.release()
    copy = home.with_name(home.name + "-copy")
    shutil.copytree(home, copy, symlinks=True)
    try:
        if server.account is None:  # the database lies in the data folder and was copied with it
            copied = Server(copy)
            copied.start()
            assert copied.data != server.data
            copied.destroy()
        else:  # it lies below /var/lib, and both would name the same one
            with pytest.raises(Refused, match="is a copy of"):
                Server(copy).start()
    finally:
        shutil.rmtree(copy)
    moved = home.with_name(home.name + "-moved")
    home.rename(moved)
    try:
        with connect(Server(moved)) as connection:
            assert connection.execute("SELECT 1").fetchone() == (1,)
    finally:
        Server(moved).destroy()
        moved.rename(home)


def test_a_server_that_cannot_end_in_time_is_cut_off_and_loses_nothing(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("stateworks.config.postgres.STOP_LIMIT_SECONDS", 1)
    server = Server(home)
    with connect(server, OWNER) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 1 AS n")
        row = connection.execute("SELECT pg_backend_pid()").fetchone()
        assert row
        connection.commit()
        os.kill(row[0], signal.SIGSTOP)  # it hears no request to end
        server.stop()
        assert not server.running()
    with connect(server, OWNER) as connection:
        assert connection.execute("SELECT n FROM kept").fetchone() == (1,)
